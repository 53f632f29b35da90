//! The sheet of a unit: what it answered, and how it stands beside its region.

use serde::Serialize;

use super::{Figure, FrontMatter, Manuscript, Number};

/// The folder with the template of the sheet of a unit.
pub const SHEET: &str = "unit";

/// What the sheet of a unit says.
#[derive(Debug, Serialize)]
pub struct UnitSheet {
    /// What every document has.
    #[serde(flatten)]
    pub front: FrontMatter,
    /// Whom it is about.
    pub unit: UnitName,
    /// Whether it reported in the period before.
    pub reported_before: bool,
    /// How many indicators tell whether the unit has something.
    pub asked: Number,
    /// How many of these are as they should be.
    pub met: Number,
    /// The indicators that are not as they should be.
    pub lacking: Vec<IndicatorName>,
    /// Values that have not reached their targets.
    pub behind: Vec<IndicatorName>,
    /// The indicators for which the unit did not answer what is needed.
    pub unanswered: Vec<IndicatorName>,
    /// The questions that it left blank and that others depend on: these count neither as asked nor as answered.
    pub deciding: Vec<DecidingBlank>,
    /// The indicators, by section.
    pub sections: Vec<UnitSection>,
    /// Its answers, in the order of the columns.
    pub answers: Vec<UnitAnswer>,
    /// The findings about its answers, the gravest first.
    pub findings: Vec<UnitFinding>,
    /// How many more findings there are.
    pub findings_more: Number,
}

impl Manuscript for UnitSheet {
    fn folder(&self) -> &str {
        SHEET
    }

    fn front(&self) -> &FrontMatter {
        &self.front
    }
}

/// Whom a sheet is about.
#[derive(Debug, Serialize)]
pub struct UnitName {
    /// Its name.
    pub title: String,
    /// What it is: the noun of the dataset's rows.
    pub noun: String,
    /// The name of the dataset.
    pub dataset: String,
    /// The fields that identify it, with its answers.
    pub key: Vec<(String, String)>,
}

/// An indicator by its name.
#[derive(Clone, Debug, Serialize)]
pub struct IndicatorName {
    /// Its number.
    pub id: String,
    /// Its short label.
    pub short: String,
}

/// A question left blank, on whose answer it depends whether others are asked.
#[derive(Clone, Debug, Serialize)]
pub struct DecidingBlank {
    /// The name of its field.
    pub name: String,
    /// How many other questions depend on it.
    pub questions: Number,
}

/// A section with the indicators that are computed from the answers of units.
#[derive(Debug, Serialize)]
pub struct UnitSection {
    /// Its number, from 1.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// Its indicators.
    pub rows: Vec<UnitRow>,
}

/// An indicator: the unit beside its region.
#[derive(Debug, Serialize)]
pub struct UnitRow {
    /// Its number.
    pub id: String,
    /// Its short label.
    pub short: String,
    /// What the unit has.
    pub now: UnitValue,
    /// What it had in the period before; `None` when it did not report then.
    pub before: Option<UnitValue>,
    /// The value of its region.
    pub region: Figure,
    /// The value of the top region; `None` where that is its own region.
    pub top: Option<Figure>,
    /// The target.
    pub target: Option<UnitTarget>,
}

/// What a unit has, by the measure of an indicator.
#[derive(Debug, Serialize)]
pub struct UnitValue {
    /// `yes` or `no` where rows are counted on both sides, else `value`; `outside`, `unanswered` or `zero_denominator` where there is none.
    pub kind: &'static str,
    /// The word, the value or the mark.
    pub text: String,
    /// For `yes` and `no`, whether that is as it should be; `None` where neither is better.
    pub met: Option<bool>,
    /// What it adds to the numerator; only where fields are summed.
    pub numerator: Option<Number>,
    /// What it adds to the denominator.
    pub denominator: Option<Number>,
}

/// A target.
#[derive(Debug, Serialize)]
pub struct UnitTarget {
    /// The target as printed.
    pub text: String,
    /// The name of the target's period; `None` where it is the sheet's own.
    pub period: Option<String>,
}

/// An answer.
#[derive(Debug, Serialize)]
pub struct UnitAnswer {
    /// The name of the field.
    pub name: String,
    /// The answer, or the mark for the reason why there is none.
    pub now: String,
    /// The same in the period before; `None` when the unit did not report then, or the field was not asked.
    pub before: Option<String>,
}

/// What was found about the answers of a unit.
#[derive(Debug, Serialize)]
pub struct UnitFinding {
    /// `error`, `warning` or `note`.
    pub key: &'static str,
    /// The severity as a word.
    pub severity: String,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}
