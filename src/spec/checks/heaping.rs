//! `heaping`: numbers of a region are round more often than chance allows.

use super::keys::keys;
use super::kind::{Kind, RowKind};
use super::rows::Rows;
use crate::region::LevelIndex;
use crate::spec::expression::Sum;
use crate::value::Ratio;
use crate::yaml::Spanned;

keys! {
    /// Numbers of a region are round more often than chance allows.
    pub struct Keys {
        /// The number: a field, or a sum of fields.
        field: Option<Spanned<String>>,
        /// For `heaping`: round numbers are the multiples of this; 5 when left out.
        base: Option<Spanned<u32>>,
        /// For `heaping`: smaller numbers are not looked at; twice the base when left out.
        above: Option<Spanned<u32>>,
        /// For `heaping`: the level whose regions are looked at.
        level: Option<Spanned<String>>,
        /// How far from the expected, in standard deviations.
        cutoff: Option<Spanned<String>>,
        /// The fewest numbers that something can be said of.
        at_least: Option<Spanned<u32>>,
    }
}

/// Numbers are round too often.
#[derive(Clone, Debug)]
pub struct Heaping {
    /// The number.
    pub sum: Sum,
    /// Its multiples are round.
    pub base: i64,
    /// Smaller numbers are not looked at: their last digits are not even.
    pub above: i64,
    /// The level whose regions are looked at.
    pub level: LevelIndex,
    /// How far is far, in standard deviations.
    pub cutoff: Ratio,
    /// The fewest numbers.
    pub at_least: usize,
}

impl Kind for Heaping {
    type Keys = Keys;
    const NAME: &'static str = "heaping";
    const NEEDED: &'static [&'static str] = &["field", "level", "at_least"];
    const PLACEHOLDERS: &'static [&'static str] = &["region", "period", "field", "base", "count", "value", "expected"];
}

impl RowKind for Heaping {
    fn load(keys: Keys, rows: &mut dyn Rows<'_>) -> Option<Self> {
        let sum = rows.sum_of_counts(keys.field.as_ref(), Self::NAME);
        let base = keys.base.map_or(5, |base| i64::from(base.value));
        if base < 2 {
            return rows.fault(rows.span(), format!("expected a base of 2 or more, found `{base}`"));
        }
        let above = keys.above.map_or(2 * base, |above| i64::from(above.value));
        let level = keys.level.and_then(|level| rows.level(&level));
        let cutoff = rows.cutoff(keys.cutoff.as_ref(), "4");
        let at_least = (keys.at_least?.value as usize).max(1);
        Some(Self { sum: sum?, base, above, level: level?, cutoff: cutoff?, at_least })
    }
}
