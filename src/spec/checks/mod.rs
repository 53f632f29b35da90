//! Checks that the project declares itself, and waivers, resolved: every name in them is known to exist.

pub mod format;

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, FileName, Severity, Span};
use crate::language::Localized;
use crate::period::PeriodIndex;
use crate::region::{LevelIndex, RegionIndex};
use crate::spec::expression::{Condition, Sum};
use crate::spec::{DatasetIndex, FieldIndex, IndicatorIndex};
use crate::value::Ratio;

pub use format::{RawCheckKind, Relation};

/// A check.
#[derive(Clone, Debug)]
pub struct Check {
    /// The name of the fault.
    pub id: Arc<str>,
    /// How grave a finding is.
    pub severity: Severity,
    /// What the fault is called in tables.
    pub title: Option<Localized>,
    /// What a finding says, with placeholders.
    pub message: Localized,
    /// What to do about it, with placeholders.
    pub hint: Option<Localized>,
    /// The first period that is looked at.
    pub since: Option<PeriodIndex>,
    /// Its kind.
    pub kind: RawCheckKind,
    /// What is looked at.
    pub subject: CheckSubject,
    /// The file it is declared in.
    pub file: FileName,
}

/// What a check looks at.
#[derive(Clone, Debug)]
pub enum CheckSubject {
    /// The rows of a dataset.
    Rows {
        /// The dataset.
        dataset: DatasetIndex,
        /// Which of its rows; of `silent-units`, which of the register's.
        filter: Condition,
        /// What they are held to.
        kind: RowCheck,
    },
    /// Figures of regions, against published ones.
    Series(Vec<Published>),
}

/// What the rows of a dataset are held to.
#[derive(Clone, Debug)]
pub enum RowCheck {
    /// The fields are answered, except where the condition holds.
    Required {
        /// The fields.
        fields: Vec<FieldIndex>,
        /// Which rows may leave them blank.
        blank_where: Option<Condition>,
    },
    /// The sum lies within bounds.
    Range {
        /// The number.
        sum: Sum,
        /// The smallest allowed.
        min: Option<i64>,
        /// The largest allowed.
        max: Option<i64>,
    },
    /// The answer is one of these, as files spell them.
    Allowed {
        /// The field.
        field: FieldIndex,
        /// The values.
        values: Vec<String>,
    },
    /// Parts and whole agree.
    Sum {
        /// The whole.
        total: Sum,
        /// The parts.
        parts: Sum,
        /// How they compare.
        relation: Relation,
    },
    /// A part is no larger than its whole.
    Within {
        /// The part.
        numerator: Sum,
        /// The whole.
        denominator: Sum,
    },
    /// When the first holds, the second must.
    Implication {
        /// When this holds …
        premise: Condition,
        /// … this must hold.
        conclusion: Condition,
    },
    /// The last digit follows from the others.
    CheckDigit {
        /// The identifier.
        field: FieldIndex,
        /// Lists of weights of the same length, tried in turn.
        weights: Vec<Vec<u32>>,
        /// The divisor.
        modulus: u32,
    },
    /// Units of the register did not report.
    SilentUnits,
    /// Units reported that the register does not list.
    UnregisteredUnits,
    /// Two rows of a region are alike.
    NearDuplicates {
        /// The field with the name.
        name: Option<FieldIndex>,
        /// How many letters may differ.
        distance: usize,
        /// Counts that are compared.
        fields: Vec<FieldIndex>,
        /// The fewest counts above zero that rows must share.
        at_least: usize,
    },
    /// A row repeats that of the period before.
    Unchanged {
        /// Counts that are compared.
        fields: Vec<FieldIndex>,
        /// The fewest pairs of answers, pairs of zeros apart.
        at_least: usize,
        /// How many of them may differ.
        differing: usize,
    },
    /// A number changed by much.
    Jump {
        /// The number.
        sum: Sum,
        /// The smallest change.
        absolute: i64,
        /// The smallest change in percent.
        percent: i64,
    },
    /// A number is far from those of its peers.
    Outlier {
        /// The number.
        sum: Sum,
        /// What it is divided by.
        denominator: Option<Sum>,
        /// Rows with the same values are peers.
        peers: Vec<FieldIndex>,
        /// How far is far.
        cutoff: Ratio,
        /// The fewest peers.
        at_least: usize,
    },
    /// Numbers are round too often.
    Heaping {
        /// The number.
        sum: Sum,
        /// Whose multiples are round.
        base: i64,
        /// The smallest number that is looked at.
        above: i64,
        /// The level whose regions are looked at.
        level: LevelIndex,
        /// How far is far.
        cutoff: Ratio,
        /// The fewest numbers.
        at_least: usize,
    },
}

/// A figure as it was published.
#[derive(Clone, Debug)]
pub struct Published {
    /// The indicator.
    pub indicator: IndicatorIndex,
    /// The region.
    pub region: RegionIndex,
    /// The period.
    pub period: PeriodIndex,
    /// The figure in the printed unit.
    pub value: Ratio,
    /// The difference that is no fault.
    pub tolerance: Ratio,
    /// The file of the series.
    pub file: FileName,
    /// Where the figure stands.
    pub span: Span,
}

/// A finding that somebody lets through.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// The name of the rule or check.
    pub rule: String,
    /// Findings in it and below it are meant.
    pub region: Option<RegionIndex>,
    /// The unit's key.
    pub unit: Option<String>,
    /// The id of a field.
    pub field: Option<String>,
    /// The period.
    pub period: Option<PeriodIndex>,
    /// Why it may pass.
    pub reason: Localized,
    /// Who answers for it.
    pub who: String,
    /// As it is written: a period or a day.
    pub until: String,
    /// The last period for whose data it holds; `None` when it ended before all of them.
    pub last: Option<PeriodIndex>,
    /// The file it is declared in.
    pub file: FileName,
    /// Where it stands.
    pub span: Span,
}

impl Waiver {
    /// Whether it is for a unit's findings of this kind.
    pub fn names_unit_of(&self, found: &Diagnostic) -> bool {
        self.unit.as_deref().is_some_and(|unit| found.concern.unit.as_deref() == Some(unit)) && self.rule == found.name()
    }
}
