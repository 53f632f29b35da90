//! `within`: a part is no larger than the whole it is taken from.

use super::keys::keys;
use super::kind::{Kind, RowKind};
use super::rows::Rows;
use crate::spec::expression::Sum;
use crate::yaml::Spanned;

keys! {
    /// A part is no larger than the whole it is taken from.
    pub struct Keys {
        /// For `within`: what is counted.
        numerator: Option<Spanned<String>>,
        /// For `within` and `outlier`: out of what.
        denominator: Option<Spanned<String>>,
    }
}

/// A part is no larger than its whole.
#[derive(Clone, Debug)]
pub struct Within {
    /// The part, in the units of the whole.
    pub numerator: Sum,
    /// The whole.
    pub denominator: Sum,
}

impl Kind for Within {
    type Keys = Keys;
    const NAME: &'static str = "within";
    const NEEDED: &'static [&'static str] = &["numerator", "denominator"];
    const PLACEHOLDERS: &'static [&'static str] = &["unit", "key", "region", "period", "field", "whole", "value", "expected"];
}

impl RowKind for Within {
    fn load(keys: Keys, rows: &mut dyn Rows<'_>) -> Option<Self> {
        let numerator = rows.sum(keys.numerator.as_ref());
        let denominator = rows.sum(keys.denominator.as_ref());
        let (numerator, denominator) = numerator?.aligned(denominator?);
        Some(Self { numerator, denominator })
    }
}
