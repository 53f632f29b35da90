//! `near-duplicates`: two rows of a region are alike in name, or in all numbers.

use super::keys::keys;
use super::kind::{Kind, RowKind};
use super::rows::{Rows, Wanted};
use crate::spec::FieldIndex;
use crate::yaml::{List, Spanned};

keys! {
    /// Two rows of a region are alike in name, or in all numbers.
    pub struct Keys {
        /// For `near-duplicates`: the field with the name.
        name: Option<Spanned<String>>,
        /// For `near-duplicates`: how many letters may differ; 2 when left out.
        distance: Option<Spanned<u32>>,
        /// The counts that are compared.
        fields: List<Spanned<String>>,
        /// The fewest answers, peers or values that something can be said of.
        at_least: Option<Spanned<u32>>,
    }
}

/// Two rows of a region are alike.
#[derive(Clone, Debug)]
pub struct NearDuplicates {
    /// The field with the name.
    pub name: Option<FieldIndex>,
    /// How many letters may differ.
    pub distance: usize,
    /// Counts that are compared.
    pub fields: Vec<FieldIndex>,
    /// The fewest counts above zero that rows must share.
    pub at_least: usize,
}

impl Kind for NearDuplicates {
    type Keys = Keys;
    const NAME: &'static str = "near-duplicates";
    const NEEDED: &'static [&'static str] = &[];
    const PLACEHOLDERS: &'static [&'static str] = &["unit", "key", "region", "period", "other", "other_key"];
    const COMPARES_UNITS: bool = true;
}

impl RowKind for NearDuplicates {
    fn load(keys: Keys, rows: &mut dyn Rows<'_>) -> Option<Self> {
        let name = rows.field_of(keys.name.as_ref(), Wanted::TEXT)?;
        let fields = rows.fields(&keys.fields.0, Wanted::COUNT)?;
        if name.is_none() && fields.is_empty() {
            rows.fault::<()>(rows.span(), "the kind `near-duplicates` needs `name`, `fields` or both");
        }
        let distance = keys.distance.map_or(2, |distance| distance.value as usize);
        let at_least = keys.at_least.map_or(5, |number| number.value as usize);
        Some(Self { name, distance, fields, at_least })
    }
}
