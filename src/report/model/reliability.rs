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
    /// The share of answers given in those asked for.
    pub filled_share: Option<String>,
    /// How many findings are warnings.
    pub warnings: Number,
    /// How many are notes.
    pub notes: Number,
    /// The findings, by rule.
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
    /// Whether the expected number is unknown for some datasets.
    pub unknown: bool,
    /// For each dataset, what was expected, what came in and what was filled in.
    pub completeness: Vec<CompletenessRow>,
    /// The same for each region below, over all datasets together whose expected number is known.
    pub places: Vec<PlaceRow>,
    /// When submissions came; `None` when the programme sets no day.
    pub timeliness: Option<Timeliness>,
    /// The findings, by rule.
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
    /// Why it should be visited; the weightiest reason comes first.
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
    /// How many of the expected units did; of all units, when nothing tells which are expected.
    pub reported: Number,
    /// How many units reported that the register does not list.
    pub unregistered: Number,
    /// The share of reported in expected.
    pub share: Option<String>,
    /// How many answers were asked for.
    pub asked: Number,
    /// How many were given.
    pub filled: Number,
    /// The share of given answers in those asked for.
    pub filled_share: Option<String>,
}

/// Completeness and findings of a region below.
#[derive(Debug, Serialize)]
pub struct PlaceRow {
    /// Its name.
    pub region: String,
    /// How many units should report.
    pub expected: Option<Number>,
    /// How many of the expected units did; of all units, when nothing tells which are expected.
    pub reported: Number,
    /// How many units reported that the register does not list.
    pub unregistered: Number,
    /// The share of reported in expected.
    pub share: Option<String>,
    /// The share of given answers in those asked for.
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
    /// How many replaced earlier ones.
    pub corrections: Number,
    /// How many answers and rows the replacing submissions changed.
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
    /// How many days it came after the due day; `None` for a correction.
    pub late: Option<Number>,
    /// Whether it replaces an earlier one.
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
    /// How many regions the findings are about.
    pub regions: Number,
}

/// Findings that somebody answers for.
#[derive(Debug, Serialize)]
pub struct WaiverRow {
    /// The rule.
    pub rule: String,
    /// How many findings.
    pub count: Number,
    /// Until when.
    pub until: String,
    /// The waiver itself; `None` for the public.
    pub waiver: Option<WaiverWords>,
}

/// A waiver in words.
#[derive(Debug, Serialize)]
pub struct WaiverWords {
    /// Where it applies.
    pub place: String,
    /// Why.
    pub reason: String,
    /// Who decided it.
    pub who: String,
}
