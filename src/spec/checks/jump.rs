//! `jump`: a number changed by much since the period before.

use super::keys::keys;
use super::kind::{Kind, RowKind};
use super::rows::Rows;
use crate::spec::expression::Sum;
use crate::spec::format::RawAmount;
use crate::value::Amount;
use crate::yaml::Spanned;

keys! {
    /// A number changed by much since the period before.
    pub struct Keys {
        /// The number: a field, or a sum of fields.
        field: Option<Spanned<String>>,
        /// For `jump`: the smallest change, in the field's own unit.
        absolute: Option<Spanned<RawAmount>>,
        /// For `jump`: the smallest change, in percent of the period before.
        percent: Option<Spanned<u32>>,
    }
}

/// A number changed by much.
#[derive(Clone, Debug)]
pub struct Jump {
    /// The number.
    pub sum: Sum,
    /// The smallest change.
    pub absolute: Amount,
    /// The smallest change in percent.
    pub percent: i64,
}

impl Kind for Jump {
    type Keys = Keys;
    const NAME: &'static str = "jump";
    const NEEDED: &'static [&'static str] = &["field", "absolute"];
    const PLACEHOLDERS: &'static [&'static str] = &["unit", "key", "region", "period", "before", "field", "value", "expected"];
}

impl RowKind for Jump {
    fn load(keys: Keys, rows: &mut dyn Rows<'_>) -> Option<Self> {
        let absolute = keys.absolute?;
        let RawAmount(least) = absolute.value;
        if least < Amount::default() {
            return rows.fault(absolute.span, format!("expected a number from zero up, found `{least}`"));
        }
        let percent = keys.percent.map_or(0, |percent| i64::from(percent.value));
        Some(Self { sum: rows.sum(keys.field.as_ref())?, absolute: least, percent })
    }
}
