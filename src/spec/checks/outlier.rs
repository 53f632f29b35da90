//! `outlier`: a number, or a rate, is far from those of its peers.

use super::keys::keys;
use super::kind::{Kind, RowKind};
use super::rows::{Rows, Wanted};
use crate::spec::FieldIndex;
use crate::spec::expression::Sum;
use crate::value::Ratio;
use crate::yaml::{List, Spanned};

keys! {
    /// A number, or a rate, is far from those of its peers.
    pub struct Keys {
        /// The number: a field, or a sum of fields.
        field: Option<Spanned<String>>,
        /// What it is out of.
        denominator: Option<Spanned<String>>,
        /// For `outlier`: category fields; rows with the same values are peers.
        peers: List<Spanned<String>>,
        /// For `outlier` and `heaping`: how far from the expected, in standard deviations.
        cutoff: Option<Spanned<String>>,
        /// The fewest peers that something can be said of.
        at_least: Option<Spanned<u32>>,
    }
}

/// A number is far from those of its peers.
#[derive(Clone, Debug)]
pub struct Outlier {
    /// The number.
    pub sum: Sum,
    /// What it is divided by.
    pub denominator: Option<Sum>,
    /// Rows with the same values are peers.
    pub peers: Vec<FieldIndex>,
    /// How many robust standard deviations are far.
    pub cutoff: Ratio,
    /// The fewest peers.
    pub at_least: usize,
}

impl Kind for Outlier {
    type Keys = Keys;
    const NAME: &'static str = "outlier";
    const NEEDED: &'static [&'static str] = &["field", "at_least"];
    const PLACEHOLDERS: &'static [&'static str] = &["unit", "key", "region", "period", "field", "value", "expected", "peers"];
}

impl RowKind for Outlier {
    fn load(keys: Keys, rows: &mut dyn Rows<'_>) -> Option<Self> {
        let sum = rows.sum_of_counts(keys.field.as_ref(), Self::NAME);
        let denominator = keys.denominator.map(|raw| rows.sum_of_counts(Some(&raw), Self::NAME));
        let peers = rows.fields(&keys.peers.0, Wanted::CATEGORY);
        let cutoff = rows.cutoff(keys.cutoff.as_ref(), "3.5");
        let denominator = match denominator {
            Some(sum) => Some(sum?),
            None => None,
        };
        let at_least = (keys.at_least?.value as usize).max(3);
        Some(Self { sum: sum?, denominator, peers: peers?, cutoff: cutoff?, at_least })
    }
}
