//! Findings in the words of a language, so that offices read them in their own. Words are made when somebody reads them, since many
//! findings are never read in any language.

use std::borrow::Cow;

use crate::diagnostic::{Cause, CauseKind, Diagnostic, Fact, Place, Wording, cell_name, quotation};
use crate::language::{Language, fill};
use crate::region::RegionCode;
use crate::spec::{Field, FieldKind, Indicator, Measure, Specs};

/// The labels that every language needs.
pub const LABELS: &[&str] = CauseKind::LABELS;

/// The labels of kinds of checks, for checks without a title.
pub const KINDS: &[&str] = &[
    "kind_required",
    "kind_range",
    "kind_allowed",
    "kind_sum",
    "kind_within",
    "kind_implication",
    "kind_check-digit",
    "kind_silent-units",
    "kind_unregistered-units",
    "kind_near-duplicates",
    "kind_unchanged",
    "kind_jump",
    "kind_outlier",
    "kind_heaping",
    "kind_published-series",
    "kind_agreement",
];

/// The label for a finding that stands for several.
pub const MORE: &str = "finding_more";

/// The labels of places in a table: the sheet, a cell, a whole row.
pub const PLACES: &[&str] = &["place_sheet", "place_cell", "place_row"];

/// The label that stands for a file of another office, where an office must not be told which it is, and the hint about it.
pub const OTHERS: [&str; 2] = ["other_office", "hint_other_office"];

/// A finding in the words of a language: those of the project's own check, or those that the language has for its cause. `None` where there
/// are neither.
pub fn of(specs: &Specs, language: &Language, found: &Diagnostic) -> Option<Wording> {
    told(specs, language, found, &Reader::Here)
}

/// The same for the office that sent the file: it is told what it can do itself, and no file of which `may_name` says no.
pub fn to_office(specs: &Specs, language: &Language, found: &Diagnostic, may_name: &dyn Fn(&str) -> bool) -> Option<Wording> {
    told(specs, language, found, &Reader::Office(may_name))
}

/// Who reads of a finding.
enum Reader<'a> {
    /// Those who work with the data.
    Here,
    /// An office, which may be told of these files.
    Office(&'a dyn Fn(&str) -> bool),
}

impl Reader<'_> {
    /// Whether a fact must not be told.
    fn is_kept_from(&self, fact: &Fact) -> bool {
        if let (Reader::Office(may_name), Fact::Elsewhere { files, .. }) = (self, fact) {
            !files.iter().all(|file| may_name(file.as_str()))
        } else {
            false
        }
    }
}

fn told(specs: &Specs, language: &Language, found: &Diagnostic, reader: &Reader<'_>) -> Option<Wording> {
    let own = found.wordings.iter().find(|wording| *wording.language == *language.code.as_str());
    let wording = match own {
        Some(own) => own.clone(),
        None => word(specs, language, found.cause.as_ref()?, reader)?,
    };
    Some(match found.count {
        1 => wording,
        count => Wording { message: more(language, count, wording.message), ..wording },
    })
}

/// What a rule or a declared check is called: by the title that the project or the language has for it, else by that of its kind, and by its
/// own name where several of a kind have no title.
pub fn title(specs: &Specs, language: &Language, name: &str) -> String {
    let label = |label: String| language.labels.get(&label).cloned().unwrap_or_else(|| name.to_owned());
    let Some(check) = specs.checks.iter().find(|check| *check.id == *name) else { return label(format!("rule_{name}")) };
    if let Some(title) = &check.title {
        return title.get(&language.code).to_owned();
    }
    let kind = label(format!("kind_{}", check.kind.name()));
    let alike = specs.checks.iter().filter(|other| other.kind == check.kind && other.title.is_none()).count();
    if alike > 1 { format!("{kind} ({name})") } else { kind }
}

/// A finding as somebody reads it in a language; unchanged where the language has no words for it.
pub fn worded(specs: &Specs, language: &Language, found: &Diagnostic) -> Diagnostic {
    match of(specs, language, found) {
        Some(Wording { message, hint, .. }) => Diagnostic { message, hint: hint.map(Cow::Owned), count: 1, ..found.clone() },
        None => found.clone(),
    }
}

/// A place as somebody reads it in a language.
pub fn place(language: &Language, place: &Place) -> String {
    let Place::Cell { file, sheet, row, column } = place else { return place.to_string() };
    let text = |label: &str, what: &str, value: &str| {
        let text = language.labels.get(label).map(String::as_str).unwrap_or_default();
        fill(text, |name| (name == what).then(|| value.to_owned()))
    };
    let file = Place::File(file.clone()).to_string();
    let sheet = (!sheet.is_empty()).then(|| text("place_sheet", "sheet", &quotation(sheet)));
    let within = match column {
        Some(column) => text("place_cell", "cell", &cell_name(*row, *column)),
        None => text("place_row", "row", &(row + 1).to_string()),
    };
    [Some(file), sheet, Some(within)].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The message of a finding that stands for several.
fn more(language: &Language, count: usize, first: String) -> String {
    let text = language.labels.get(MORE).map_or("{count}: {first}", String::as_str);
    fill(text, |name| match name {
        "count" => Some(language.whole(count as i128)),
        "first" => Some(first.clone()),
        _ => None,
    })
}

/// The words that the language has for a cause; `None` where it has none.
fn word(specs: &Specs, language: &Language, cause: &Cause, reader: &Reader<'_>) -> Option<Wording> {
    let fact = |name: &str| {
        let known = |name: &str| cause.facts.iter().find(|(known, _)| *known == name).map(|(_, fact)| fact);
        match name {
            "values" => known("field").map(|field| values(specs, language, field)),
            _ => known(name).map(|fact| match reader.is_kept_from(fact) {
                true => language.labels.get(OTHERS[0]).cloned().unwrap_or_default(),
                false => spelt(specs, language, fact),
            }),
        }
    };
    let hint = match reader {
        Reader::Here => cause.kind.hint_label(),
        Reader::Office(_) if cause.facts.iter().any(|(_, fact)| reader.is_kept_from(fact)) => OTHERS[1],
        Reader::Office(_) => cause.kind.office_hint_label(),
    };
    let text = |label: &str| language.labels.get(label).map(|text| fill(text, fact));
    Some(Wording {
        language: language.code.as_str().into(),
        message: text(cause.kind.label())?,
        hint: text(hint).filter(|hint| !hint.is_empty()),
    })
}

/// The names of the values that a field may hold.
fn values(specs: &Specs, language: &Language, field: &Fact) -> String {
    let field = match field {
        Fact::Field { dataset, field } => find(specs, dataset, field),
        Fact::Text(_)
        | Fact::Number(_)
        | Fact::Elsewhere { .. }
        | Fact::Dataset(_)
        | Fact::Answer { .. }
        | Fact::Region(_)
        | Fact::Regions(_)
        | Fact::Numerator(_)
        | Fact::Denominator(_) => None,
    };
    match field.map(|field| &field.kind) {
        Some(FieldKind::Category(values)) => {
            let names = values.iter().map(|value| value.name.get(&language.code));
            names.collect::<Vec<_>>().join(", ")
        }
        Some(FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } | FieldKind::Flag | FieldKind::Count { .. }) | None => {
            String::new()
        }
    }
}

fn spelt(specs: &Specs, language: &Language, fact: &Fact) -> String {
    let region = |code: &str| specs.hierarchy.find(&RegionCode::new(code)).map(|index| specs.hierarchy.region(index));
    let side = |id: &str, of: fn(&Indicator) -> &Measure| {
        let indicator = specs.indicators.iter().find(|indicator| *indicator.id == *id);
        indicator.map_or_else(|| id.to_owned(), |indicator| of(indicator).name.get(&language.code).to_owned())
    };
    match fact {
        Fact::Text(text) | Fact::Elsewhere { text, .. } => quotation(text),
        Fact::Number(number) => language.amount(*number),
        Fact::Field { dataset, field } => match find(specs, dataset, field) {
            Some(field) => field.name.get(&language.code).to_owned(),
            None => field.to_string(),
        },
        Fact::Dataset(id) => {
            let dataset = specs.datasets.iter().find(|known| known.id == **id);
            dataset.map_or_else(|| id.to_string(), |dataset| dataset.name.get(&language.code).to_owned())
        }
        Fact::Answer { dataset, field, answer } => match find(specs, dataset, field).map(|field| &field.kind) {
            Some(FieldKind::Category(values)) => {
                let value = values.iter().find(|value| value.id == **answer);
                value.map_or_else(|| quotation(answer), |value| value.name.get(&language.code).to_owned())
            }
            Some(FieldKind::Flag) => {
                let word = if **answer == *"true" { "yes" } else { "no" };
                language.labels.get(word).cloned().unwrap_or_default()
            }
            Some(FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } | FieldKind::Count { .. }) | None => {
                quotation(answer)
            }
        },
        Fact::Region(code) => region(code).map_or_else(|| code.to_string(), |region| region.name.get(&language.code).to_owned()),
        Fact::Regions(codes) => {
            let name = |code: &str| {
                region(code).map_or_else(|| code.to_owned(), |region| format!("{} ({code})", region.name.get(&language.code)))
            };
            codes.iter().map(|code| name(code)).collect::<Vec<_>>().join(", ")
        }
        Fact::Numerator(id) => side(id, |indicator| &indicator.numerator),
        Fact::Denominator(id) => side(id, |indicator| &indicator.denominator),
    }
}

fn find<'a>(specs: &'a Specs, dataset: &str, field: &str) -> Option<&'a Field> {
    let dataset = specs.datasets.iter().find(|known| known.id == *dataset)?;
    Some(dataset.field(dataset.find(field)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::checks::CheckKind;

    #[test]
    fn every_kind_of_check_has_a_label() {
        let labels: Vec<String> = CheckKind::NAMES.iter().map(|name| format!("kind_{name}")).collect();
        assert_eq!(labels, KINDS);
    }
}
