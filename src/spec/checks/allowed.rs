//! `allowed`: an answer is one of a list.

use super::keys::keys;
use super::kind::{Kind, RowKind};
use super::rows::Rows;
use crate::spec::{FieldIndex, FieldKind};
use crate::value::Amount;
use crate::yaml::{List, Spanned};

keys! {
    /// An answer is one of a list.
    pub struct Keys {
        /// The field.
        field: Option<Spanned<String>>,
        /// For `allowed`: the values.
        values: List<Spanned<String>>,
    }
}

/// The answer is one of these, as files spell them.
#[derive(Clone, Debug)]
pub struct Allowed {
    /// The field.
    pub field: FieldIndex,
    /// The values.
    pub values: Vec<String>,
}

impl Kind for Allowed {
    type Keys = Keys;
    const NAME: &'static str = "allowed";
    const NEEDED: &'static [&'static str] = &["field", "values"];
    const PLACEHOLDERS: &'static [&'static str] = &["unit", "key", "region", "period", "field", "value", "expected"];
}

impl RowKind for Allowed {
    fn load(keys: Keys, rows: &mut dyn Rows<'_>) -> Option<Self> {
        let field = rows.field(keys.field.as_ref())?;
        let values: Vec<Option<String>> = keys.values.0.iter().map(|value| spelt(value, field, rows)).collect();
        Some(Self { field, values: values.into_iter().collect::<Option<_>>()? })
    }
}

/// An allowed value as the dataset spells it.
fn spelt(raw: &Spanned<String>, field: FieldIndex, rows: &mut dyn Rows<'_>) -> Option<String> {
    match &rows.dataset().field(field).kind {
        FieldKind::Code | FieldKind::Text => Some(raw.value.clone()),
        FieldKind::Region { .. } => rows.region(raw).map(|_| raw.value.clone()),
        FieldKind::Category(categories) => {
            if !categories.iter().any(|category| category.id == raw.value) {
                let known: Vec<&str> = categories.iter().map(|category| category.id.as_str()).collect();
                rows.unknown("value", raw, &known);
                return None;
            }
            Some(raw.value.clone())
        }
        FieldKind::Flag => match rows.scope().words.flag(&raw.value) {
            Some(flag) => Some(flag.to_string()),
            None => rows.fault(raw.span, format!("expected yes or no, found `{}`", raw.value)),
        },
        &FieldKind::Count { places, .. } => {
            let number = Amount::parse(&raw.value).filter(|number| *number >= Amount::default());
            let wanted = if places == 0 { "a whole number".to_owned() } else { format!("a number with {places} decimals") };
            match number.and_then(|number| number.at(places)) {
                Some(number) => Some(number.to_string()),
                None => rows.fault(raw.span, format!("expected {wanted}, found `{}`", raw.value)),
            }
        }
    }
}
