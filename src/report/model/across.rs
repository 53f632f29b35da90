//! An indicator over all regions.

use serde::Serialize;

use super::{BelowRow, IndicatorWords, MethodologyEntry, Tick};

/// An indicator over all regions.
#[derive(Debug, Serialize)]
pub struct Across {
    /// The indicator in the top region.
    pub indicator: IndicatorWords,
    /// The name of its section.
    pub section: String,
    /// How it is defined.
    pub definition: MethodologyEntry,
    /// The axis on which all regions stand.
    pub axis: Vec<Tick>,
    /// The position of the target on it.
    pub target_share: Option<f64>,
    /// The levels that the indicator is published for, the top first.
    pub levels: Vec<AcrossLevel>,
}

/// The regions of a level.
#[derive(Debug, Serialize)]
pub struct AcrossLevel {
    /// What they are called.
    pub of: String,
    /// The regions, the best first, then those whose values rest on few units or on incomplete answers, then those without.
    pub rows: Vec<AcrossRow>,
}

/// A region of a level.
#[derive(Debug, Serialize)]
pub struct AcrossRow {
    /// The region right above it; empty where that is the top.
    pub within: String,
    /// The region with its value, on the common axis.
    #[serde(flatten)]
    pub row: BelowRow,
}

/// The values of a region, for readers who compare.
#[derive(Debug, Serialize)]
pub struct Values {
    /// Its code.
    pub code: String,
    /// Its name, with that of the region right above it where there are several above.
    pub name: String,
    /// Its value for each indicator as it stands in the table of regions and indicators, with its marks; empty where the indicator is not
    /// published for it.
    pub values: Vec<String>,
}
