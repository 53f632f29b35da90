//! `check-digit`: the last digit of an identifier follows from the others.

use super::keys::keys;
use super::kind::{Kind, RowKind};
use super::rows::{Rows, Wanted};
use crate::spec::FieldIndex;
use crate::yaml::{List, Spanned};

/// So that the weighted sum of a hundred digits fits.
const LARGEST_WEIGHT: u32 = 1_000_000;

keys! {
    /// The last digit of an identifier follows from the others.
    pub struct Keys {
        /// The identifier.
        field: Option<Spanned<String>>,
        /// For `check-digit`: lists of weights, one number for each digit before the last; the next list serves where a remainder is no digit.
        weights: List<List<Spanned<u32>>>,
        /// For `check-digit`: what the weighted sum is divided by.
        modulus: Option<Spanned<u32>>,
    }
}

/// The last digit follows from the others.
#[derive(Clone, Debug)]
pub struct CheckDigit {
    /// The identifier.
    pub field: FieldIndex,
    /// Lists of weights of the same length, tried in turn.
    pub weights: Vec<Vec<u32>>,
    /// The divisor.
    pub modulus: u32,
}

impl Kind for CheckDigit {
    type Keys = Keys;
    const NAME: &'static str = "check-digit";
    const NEEDED: &'static [&'static str] = &["field", "weights", "modulus"];
    const PLACEHOLDERS: &'static [&'static str] = &["unit", "key", "region", "period", "field", "value", "expected"];
}

impl RowKind for CheckDigit {
    fn load(keys: Keys, rows: &mut dyn Rows<'_>) -> Option<Self> {
        let field = rows.field_of(keys.field.as_ref(), Wanted::IDENTIFIER)?;
        let weights: Vec<Vec<u32>> =
            keys.weights.0.iter().map(|list| list.0.iter().map(|weight| weight.value.min(LARGEST_WEIGHT)).collect()).collect();
        let length = weights.first().map_or(0, Vec::len);
        if length == 0 || length > 100 || weights.iter().any(|list| list.len() != length) {
            return rows.fault(rows.span(), "expected lists of weights of the same length, 1 to 100 numbers in each");
        }
        let modulus = keys.modulus?;
        if modulus.value < 2 {
            return rows.fault(modulus.span, format!("expected a modulus of 2 or more, found `{}`", modulus.value));
        }
        Some(Self { field: field?, weights, modulus: modulus.value })
    }
}
