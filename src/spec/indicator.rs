//! An indicator: its two sides, its parts and breakdowns, its targets and worked examples.

use std::collections::BTreeSet;

use super::UnitIndex;
use super::dataset::{DatasetIndex, Life};
use super::expression::{Condition, Sum};
use super::id::FieldIndex;
use crate::diagnostic::{FileName, Span};
use crate::language::Localized;
use crate::period::PeriodIndex;
use crate::region::LevelIndex;
use crate::value::{Missing, Ratio};

/// An indicator's position in [`Specs::indicators`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndicatorIndex(pub usize);

/// An indicator.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Its number.
    pub id: String,
    /// The position of its section.
    pub section: usize,
    /// Its full wording.
    pub name: Localized,
    /// A short label.
    pub short: Localized,
    /// How the wording was read.
    pub note: Option<Localized>,
    /// What to do where its target is missed, as the heading of a measure.
    pub action: Option<Localized>,
    /// Who is responsible for that; where it is `None`, the one of the level.
    pub responsible: Option<Localized>,
    /// What the denominator counts; of a total, what the numerator does.
    pub unit: UnitIndex,
    /// What is counted.
    pub numerator: Measure,
    /// Out of what. A total has none: here stand the rows that it is over.
    pub denominator: Measure,
    /// Whether the sum of the numerator is the value.
    pub is_total: bool,
    /// Numerators printed apart; they use the numerator's dataset and population.
    pub parts: Vec<Part>,
    /// What the parts leave over of the denominator; with it they are drawn as the parts of a whole.
    pub rest: Option<Localized>,
    /// Whether the numerator of a percentage may be larger than its denominator.
    pub may_exceed: bool,
    /// The periods in which it is computed.
    pub life: Life,
    /// The lowest level of regions that it is published for; every level when `None`.
    pub publish_from: Option<LevelIndex>,
    /// 100 for percent.
    pub per: i64,
    /// Places after the decimal sign.
    pub decimals: u32,
    /// Category fields of the denominator's dataset.
    pub breakdowns: Vec<FieldIndex>,
    /// Which way is better.
    pub direction: Direction,
    /// Targets in the printed unit, by period.
    pub targets: Vec<(PeriodIndex, Ratio)>,
    /// Rows and the results they must give.
    pub examples: Vec<Example>,
    /// The file it is declared in.
    pub file: FileName,
}

impl Indicator {
    /// The target that counts in a period: the target of this period, else the next later one, else the last one. `None` without targets.
    pub fn target(&self, period: PeriodIndex) -> Option<(PeriodIndex, Ratio)> {
        self.targets.iter().find(|(due, _)| *due >= period).or(self.targets.last()).copied()
    }

    /// Whether both sides come from one dataset.
    pub fn is_of(&self, dataset: DatasetIndex) -> bool {
        self.numerator.dataset == dataset && self.denominator.dataset == dataset
    }

    /// Whether both sides count rows, so that each row either counts or does not.
    pub fn counts_rows(&self) -> bool {
        [&self.numerator, &self.denominator].iter().all(|side| side.quantity == Quantity::Rows)
    }

    /// Whether it is the share of the units of its population that have something: each of them adds one to the denominator, and one or nothing
    /// to the numerator.
    pub fn is_share_of_units(&self) -> bool {
        let is_whole = self.denominator.filter == Condition::always();
        let parts_count = self.parts.iter().all(|part| part.quantity == Quantity::Rows);
        self.per == 100 && !self.may_exceed && is_whole && parts_count && self.counts_rows() && self.shares_population()
    }

    /// Whether both sides count the same units, so that a gap can be told in units.
    pub fn shares_population(&self) -> bool {
        self.numerator.dataset == self.denominator.dataset && self.numerator.population == self.denominator.population
    }
}

/// One side of an indicator.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Its name in words, for the formula.
    pub name: Localized,
    /// The dataset it is taken from.
    pub dataset: DatasetIndex,
    /// Which rows belong to it.
    pub population: Condition,
    /// Which of these rows count.
    pub filter: Condition,
    /// What each row that counts adds.
    pub quantity: Quantity,
    /// Its place in the file.
    pub span: Span,
}

impl Measure {
    /// The fields of its dataset that the measure looks at.
    pub fn fields(&self) -> BTreeSet<FieldIndex> {
        [self.population.fields(), self.filter.fields(), self.quantity.fields()].into_iter().flatten().collect()
    }
}

/// What each row that counts adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// One.
    Rows,
    /// The sum of some of its fields.
    Sum(Sum),
}

impl Quantity {
    /// The fields that are summed.
    pub fn fields(&self) -> BTreeSet<FieldIndex> {
        match self {
            Quantity::Rows => BTreeSet::new(),
            Quantity::Sum(sum) => sum.terms.iter().map(|(_, field)| *field).collect(),
        }
    }
}

/// A numerator printed apart.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its name in files.
    pub id: String,
    /// Its name on the page.
    pub name: Localized,
    /// Which rows count.
    pub filter: Condition,
    /// What each row that counts adds.
    pub quantity: Quantity,
}

impl Part {
    /// The fields of the numerator's dataset that the part looks at, apart from those of the population.
    pub fn fields(&self) -> BTreeSet<FieldIndex> {
        [self.filter.fields(), self.quantity.fields()].into_iter().flatten().collect()
    }
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither.
    Neutral,
}

impl Direction {
    /// Its name in files and templates.
    pub fn name(self) -> &'static str {
        match self {
            Direction::Up => "up",
            Direction::Down => "down",
            Direction::Neutral => "none",
        }
    }
}

/// Rows and the result they must give.
#[derive(Clone, Debug)]
pub struct Example {
    /// Rows by dataset: field and what is typed into its cell, with its place.
    pub given: Vec<(DatasetIndex, Vec<ExampleRow>)>,
    /// The numerator and the denominator, or the reason for no value.
    pub expect: Result<(i128, i128), Missing>,
    /// Positions of parts and their numerators.
    pub parts: Vec<(usize, i64)>,
    /// The place of the expected result in the file.
    pub span: Span,
}

/// What is typed into the cells of a row.
pub type ExampleRow = Vec<(FieldIndex, String, Span)>;
