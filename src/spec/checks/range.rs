//! `range`: a number lies within bounds.

use super::keys::keys;
use super::kind::{Kind, RowKind};
use super::rows::Rows;
use crate::spec::expression::Sum;
use crate::spec::format::RawAmount;
use crate::value::Amount;
use crate::yaml::Spanned;

keys! {
    /// A number lies within bounds.
    pub struct Keys {
        /// The number: a field, or a sum of fields.
        field: Option<Spanned<String>>,
        /// For `range`: the smallest number allowed.
        min: Option<Spanned<RawAmount>>,
        /// For `range`: the largest number allowed.
        max: Option<Spanned<RawAmount>>,
    }
}

/// The sum lies within bounds.
#[derive(Clone, Debug)]
pub struct Range {
    /// The number.
    pub sum: Sum,
    /// The smallest allowed.
    pub min: Option<Amount>,
    /// The largest allowed.
    pub max: Option<Amount>,
}

impl Kind for Range {
    type Keys = Keys;
    const NAME: &'static str = "range";
    const NEEDED: &'static [&'static str] = &["field"];
    const PLACEHOLDERS: &'static [&'static str] = &["unit", "key", "region", "period", "field", "value", "expected"];
}

impl RowKind for Range {
    fn load(keys: Keys, rows: &mut dyn Rows<'_>) -> Option<Self> {
        let (min, max) = (keys.min.map(|min| min.value.0), keys.max.map(|max| max.value.0));
        if min.is_none() && max.is_none() {
            rows.fault::<()>(rows.span(), "the kind `range` needs `min`, `max` or both");
        }
        if min.zip(max).is_some_and(|(min, max)| min > max) {
            rows.fault::<()>(rows.span(), "`min` is larger than `max`");
        }
        Some(Self { sum: rows.sum(keys.field.as_ref())?, min, max })
    }
}
