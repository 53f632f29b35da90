//! The year on one page, for who decides.

use serde::Serialize;

use super::Number;

/// What a region that holds others should look at first.
#[derive(Debug, Serialize)]
pub struct Digest {
    /// The targets from which most is missing, relative to the target; the worst first.
    pub gaps: Vec<DigestGap>,
    /// The regions that are most often in the first quarter.
    pub first: Vec<DigestRegion>,
    /// The regions that are most often in the last quarter.
    pub last: Vec<DigestRegion>,
}

/// A target that is missed.
#[derive(Debug, Serialize)]
pub struct DigestGap {
    /// The indicator's number.
    pub id: String,
    /// Its short label.
    pub short: String,
    /// Its value.
    pub value: String,
    /// The target.
    pub target: String,
    /// How many units are missing, with their noun.
    pub units_phrase: String,
    /// The groups that are farthest apart; `None` without two groups to compare.
    pub spread: Option<DigestSpread>,
    /// The regions in which most is missing.
    pub places: Vec<String>,
}

/// Two groups of a breakdown.
#[derive(Debug, Serialize)]
pub struct DigestSpread {
    /// The name of the breakdown.
    pub by: String,
    /// The group with the lowest value.
    pub low: String,
    /// The lowest value.
    pub low_value: String,
    /// The group with the highest value.
    pub high: String,
    /// The highest value.
    pub high_value: String,
}

/// How often a region is in a quarter.
#[derive(Debug, Serialize)]
pub struct DigestRegion {
    /// Its name.
    pub region: String,
    /// In how many indicators.
    pub count: Number,
    /// Of how many in which it has a place.
    pub of: Number,
}
