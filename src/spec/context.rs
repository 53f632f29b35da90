//! What a region is beside its indicators, which regions are like it, and which tables of regions by groups are printed.

use super::id::FieldIndex;
use super::indicator::IndicatorIndex;
use crate::language::Localized;
use crate::region::LevelIndex;

/// A measure of what a region is, taken from the denominator of an indicator.
#[derive(Clone, Debug)]
pub struct Context {
    /// Its name in the specifications.
    pub id: String,
    /// Its name on the page.
    pub name: Localized,
    /// The indicator whose denominator it is.
    pub indicator: IndicatorIndex,
    /// The position of a breakdown and of one of its values: the share of this group in the denominator, instead of the denominator itself.
    pub share: Option<(usize, u16)>,
}

/// The regions of a level whose places by some measures are nearest to those of a region.
#[derive(Clone, Debug)]
pub struct Similar {
    /// Positions in [`super::Specs::context`]; at least one.
    pub by: Vec<usize>,
    /// How many regions.
    pub most: usize,
}

/// A table of all regions of a level by the groups of a breakdown.
#[derive(Clone, Debug)]
pub struct Crossing {
    /// The level.
    pub level: LevelIndex,
    /// The indicators that are broken down by the field, each with the field in the dataset of its denominator; at least one.
    pub indicators: Vec<(IndicatorIndex, FieldIndex)>,
}
