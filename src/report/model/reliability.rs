//! How far data can be trusted: in a report, and in a protocol of its own.

use serde::Serialize;

use super::{FrontMatter, Manuscript, Number};

/// The folder with the template of the reliability protocol.
pub const PROTOCOL: &str = "reliability";

/// Whether the data of a region can be trusted.
#[derive(Debug, Serialize)]
pub struct Reliability {
    /// How many answers were asked for.
    pub asked: Number,
    /// How many were given.
    pub filled: Number,
    /// Their share.
    pub filled_share: Option<String>,
    /// How many findings are warnings.
    pub warnings: Number,
    /// How many are notes.
    pub notes: Number,
    /// What was found, by rule.
    pub rules: Vec<RuleRow>,
    /// Exceptions that were let through.
    pub waivers: Vec<WaiverRow>,
}

/// What the reliability protocol of a region says.
#[derive(Debug, Serialize)]
pub struct Protocol {
    /// What every document has.
    #[serde(flatten)]
    pub front: FrontMatter,
    /// The regions to visit first, in this order, with the reasons.
    pub visits: Vec<Visit>,
    /// Whether of some datasets nothing tells how many should report.
    pub unknown: bool,
    /// By dataset, what was expected, came in and was filled in.
    pub completeness: Vec<CompletenessRow>,
    /// The same by region below, for all datasets together of which something tells how many should report.
    pub places: Vec<PlaceRow>,
    /// When submissions came; none when the programme sets no day.
    pub timeliness: Option<Timeliness>,
    /// What was found, by rule.
    pub rules: Vec<RuleRow>,
    /// Exceptions that were let through.
    pub waivers: Vec<WaiverRow>,
}

impl Manuscript for Protocol {
    fn folder(&self) -> &str {
        PROTOCOL
    }

    fn front(&self) -> &FrontMatter {
        &self.front
    }
}

/// A region to visit.
#[derive(Debug, Serialize)]
pub struct Visit {
    /// Its place in the order.
    pub place: String,
    /// Its name.
    pub region: String,
    /// Why, the weightiest first.
    pub reasons: Vec<Reason>,
}

/// Why a region should be visited.
#[derive(Debug, Serialize)]
pub struct Reason {
    /// `silent`, `blank`, `errors`, `warnings` or `late`.
    pub kind: &'static str,
    /// How many.
    pub count: Number,
    /// Out of how many.
    pub of: Option<Number>,
}

/// Completeness of a dataset.
#[derive(Debug, Serialize)]
pub struct CompletenessRow {
    /// Its name.
    pub dataset: String,
    /// How many units should report.
    pub expected: Option<Number>,
    /// How many of them did; of all units, when nothing tells who should.
    pub reported: Number,
    /// How many more did that the register does not list.
    pub unregistered: Number,
    /// One out of the other.
    pub share: Option<String>,
    /// How many answers were asked for.
    pub asked: Number,
    /// How many were given.
    pub filled: Number,
    /// One out of the other.
    pub filled_share: Option<String>,
}

/// Completeness and findings of a region below.
#[derive(Debug, Serialize)]
pub struct PlaceRow {
    /// Its name.
    pub region: String,
    /// How many units should report.
    pub expected: Option<Number>,
    /// How many of them did; of all units, when nothing tells who should.
    pub reported: Number,
    /// How many more did that the register does not list.
    pub unregistered: Number,
    /// One out of the other.
    pub share: Option<String>,
    /// Answers given out of those asked for.
    pub filled_share: Option<String>,
    /// Findings that are errors.
    pub errors: Number,
    /// Findings that are warnings.
    pub warnings: Number,
    /// Findings that are notes.
    pub notes: Number,
}

/// When submissions came.
#[derive(Debug, Serialize)]
pub struct Timeliness {
    /// The day they were due.
    pub due: String,
    /// How many came in time.
    pub on_time: Number,
    /// How many came later.
    pub late: Number,
    /// How many have no day recorded.
    pub unknown: Number,
    /// How many took the place of earlier ones.
    pub corrections: Number,
    /// How many answers and rows these changed.
    pub changes: Number,
    /// The submissions.
    pub rows: Vec<TimelinessRow>,
}

/// When a submission came.
#[derive(Debug, Serialize)]
pub struct TimelinessRow {
    /// The file.
    pub file: String,
    /// The day.
    pub received: Option<String>,
    /// Days after the day it was due; none of a correction.
    pub late: Option<Number>,
    /// Whether it takes the place of an earlier one.
    pub correction: bool,
}

/// Findings of a rule.
#[derive(Debug, Serialize)]
pub struct RuleRow {
    /// What the rule is called.
    pub name: String,
    /// How grave it is.
    pub severity: String,
    /// How many findings.
    pub count: Number,
    /// In how many regions.
    pub regions: Number,
}

/// An exception that was let through.
#[derive(Debug, Serialize)]
pub struct WaiverRow {
    /// The rule.
    pub rule: String,
    /// Where it applies.
    pub place: String,
    /// Why.
    pub reason: String,
    /// Who decided it.
    pub who: String,
    /// Until when.
    pub until: String,
}
