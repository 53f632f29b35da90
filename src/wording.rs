//! What the program itself finds, in the words of every language of the programme: offices are told in their own.

use std::collections::BTreeMap;

use crate::diagnostic::{Cause, CauseKind, Diagnostic, Fact, Wording, quotation};
use crate::language::{Language, LanguageCode, fill};
use crate::region::RegionCode;
use crate::spec::{Field, FieldKind, Specs};

/// The labels that every language needs.
pub const LABELS: &[&str] = CauseKind::LABELS;

/// Words the findings of which the cause is known; the project's own checks have words already.
pub fn attach(specs: &Specs, languages: &BTreeMap<LanguageCode, Language>, diagnostics: &mut [Diagnostic]) {
    for found in diagnostics {
        if let Some(cause) = &found.cause {
            found.wordings = languages.values().filter_map(|language| word(specs, language, cause)).collect();
        }
    }
}

/// `None` where the language has no words for it.
fn word(specs: &Specs, language: &Language, cause: &Cause) -> Option<Wording> {
    let fact = |name: &str| {
        let fact = cause.facts.iter().find(|(known, _)| *known == name);
        fact.map(|(_, fact)| spelt(specs, language, fact))
    };
    let text = |label: &str| language.labels.get(label).map(|text| fill(text, fact));
    Some(Wording {
        language: language.code.as_str().into(),
        message: text(cause.kind.label())?,
        hint: text(cause.kind.hint_label()).filter(|hint| !hint.is_empty()),
    })
}

fn spelt(specs: &Specs, language: &Language, fact: &Fact) -> String {
    match fact {
        Fact::Text(text) => quotation(text),
        Fact::Field { dataset, field } => match find(specs, dataset, field) {
            Some(field) => field.name.get(&language.code).to_owned(),
            None => field.to_string(),
        },
        Fact::Values { dataset, field } => match find(specs, dataset, field).map(|field| &field.kind) {
            Some(FieldKind::Category(values)) => {
                let names = values.iter().map(|value| value.name.get(&language.code));
                names.collect::<Vec<_>>().join(", ")
            }
            Some(FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } | FieldKind::Flag | FieldKind::Count { .. })
            | None => String::new(),
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
        Fact::Regions(codes) => {
            let name = |code: &str| {
                let region = specs.hierarchy.find(&RegionCode::new(code)).map(|index| specs.hierarchy.region(index));
                region.map_or_else(|| code.to_owned(), |region| format!("{} ({code})", region.name.get(&language.code)))
            };
            codes.iter().map(|code| name(code)).collect::<Vec<_>>().join(", ")
        }
    }
}

fn find<'a>(specs: &'a Specs, dataset: &str, field: &str) -> Option<&'a Field> {
    let dataset = specs.datasets.iter().find(|known| known.id == dataset)?;
    Some(dataset.field(dataset.find(field)?))
}
