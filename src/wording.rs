//! Findings in the words of a language, so that offices read them in their own. Words are made when somebody reads them, since many
//! findings are never read in any language.

use std::borrow::Cow;

use crate::diagnostic::{Cause, CauseKind, Diagnostic, Fact, Place, Wording, cell_name, quotation};
use crate::language::{Language, fill};
use crate::region::RegionCode;
use crate::spec::{Field, FieldKind, Indicator, Measure, Specs};

/// The labels that every language needs.
pub const LABELS: &[&str] = CauseKind::LABELS;

/// The label for a finding that stands for several.
pub const MORE: &str = "finding_more";

/// The labels of places in a table: the sheet, a cell, a whole row.
pub const PLACES: &[&str] = &["place_sheet", "place_cell", "place_row"];

/// A finding in the words of a language: those of the project's own check, or those that the language has for its cause. `None` where there
/// are neither.
pub fn of(specs: &Specs, language: &Language, found: &Diagnostic) -> Option<Wording> {
    let own = found.wordings.iter().find(|wording| *wording.language == *language.code.as_str());
    let wording = match own {
        Some(own) => own.clone(),
        None => word(specs, language, found.cause.as_ref()?)?,
    };
    Some(match found.count {
        1 => wording,
        count => Wording { message: more(language, count, wording.message), ..wording },
    })
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
fn word(specs: &Specs, language: &Language, cause: &Cause) -> Option<Wording> {
    let fact = |name: &str| {
        let known = |name: &str| cause.facts.iter().find(|(known, _)| *known == name).map(|(_, fact)| fact);
        match name {
            "values" => known("field").map(|field| values(specs, language, field)),
            _ => known(name).map(|fact| spelt(specs, language, fact)),
        }
    };
    let text = |label: &str| language.labels.get(label).map(|text| fill(text, fact));
    Some(Wording {
        language: language.code.as_str().into(),
        message: text(cause.kind.label())?,
        hint: text(cause.kind.hint_label()).filter(|hint| !hint.is_empty()),
    })
}

/// The names of the values that a field may hold.
fn values(specs: &Specs, language: &Language, field: &Fact) -> String {
    let field = match field {
        Fact::Field { dataset, field } => find(specs, dataset, field),
        Fact::Text(_)
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
        Fact::Text(text) => quotation(text),
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
