//! `unchanged`: a row repeats that of the period before.

use super::keys::keys;
use super::kind::{Kind, RowKind};
use super::rows::Rows;
use crate::spec::FieldIndex;
use crate::yaml::{List, Spanned};

keys! {
    /// A row repeats that of the period before.
    pub struct Keys {
        /// The counts that are compared; all of them when left out.
        fields: List<Spanned<String>>,
        /// The fewest pairs of answers that something can be said of.
        at_least: Option<Spanned<u32>>,
        /// For `unchanged`: how many answers may differ; none when left out.
        differing: Option<Spanned<u32>>,
    }
}

/// A row repeats that of the period before.
#[derive(Clone, Debug)]
pub struct Unchanged {
    /// Counts that are compared.
    pub fields: Vec<FieldIndex>,
    /// The fewest pairs of answers, pairs of zeros apart.
    pub at_least: usize,
    /// How many of them may differ.
    pub differing: usize,
}

impl Kind for Unchanged {
    type Keys = Keys;
    const NAME: &'static str = "unchanged";
    const NEEDED: &'static [&'static str] = &["at_least"];
    const PLACEHOLDERS: &'static [&'static str] = &["unit", "key", "region", "period", "before", "value", "expected"];
}

impl RowKind for Unchanged {
    fn load(keys: Keys, rows: &mut dyn Rows<'_>) -> Option<Self> {
        let fields = rows.counts(&keys.fields.0)?;
        let differing = keys.differing.map_or(0, |differing| differing.value as usize);
        Some(Self { fields, at_least: keys.at_least?.value as usize, differing })
    }
}
