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
use crate::value::{Amount, Missing, Ratio, Scale, Value};

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
    /// How its value comes about.
    pub method: Method,
    /// What is counted. Of a combination, its name, and the rows that its first term is over.
    pub numerator: Measure,
    /// Out of what. A total has none: here stand the rows that it is over. Of a combination as the numerator.
    pub denominator: Measure,
    /// Numerators printed apart; they use the numerator's dataset and population.
    pub parts: Vec<Part>,
    /// What the parts leave over of the denominator; with it they are drawn as the parts of a whole.
    pub rest: Option<Localized>,
    /// Whether the numerator of a percentage may be larger than its denominator.
    pub may_exceed: bool,
    /// The periods in which it is computed.
    pub life: Life,
    /// The first periods of another way of counting, and what has changed; in the order of periods.
    pub breaks: Vec<(PeriodIndex, Localized)>,
    /// The lowest level of regions that it is published for; every level when `None`.
    pub publish_from: Option<LevelIndex>,
    /// 100 for percent.
    pub per: i64,
    /// Places after the decimal sign, by period.
    pub decimals: Decimals,
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

/// How the value of an indicator comes about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    /// The sum of the numerator over that of the denominator.
    Ratio,
    /// The sum of the numerator.
    Total,
    /// A quantile over units: what the given percentage of them stay below, in what each has – its numerator over its denominator or, where
    /// there is none, its numerator.
    Quantile {
        /// From 1 to 99; 50 is the median.
        percent: u32,
        /// Whether units have no denominator.
        alone: bool,
    },
    /// Values of other indicators, put together.
    Combination(Combination),
}

/// The places that values have after the decimal sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimals {
    /// Those of the first period.
    pub first: u32,
    /// Other ones from a period on, the earliest first.
    pub from: Vec<(PeriodIndex, u32)>,
}

impl Decimals {
    /// The same in all periods.
    pub fn always(decimals: u32) -> Self {
        Self { first: decimals, from: Vec::new() }
    }

    /// Those of a period.
    pub fn of(&self, period: PeriodIndex) -> u32 {
        let last = self.from.iter().rev().find(|(from, _)| *from <= period);
        last.map_or(self.first, |(_, decimals)| *decimals)
    }
}

/// Values of other indicators, put together: a weighted sum of them, or one over another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Combination {
    /// What is added up; never empty.
    pub above: Vec<Term>,
    /// What that is divided by; where it is empty, nothing.
    pub below: Vec<Term>,
}

impl Combination {
    /// All terms, those above first.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.above.iter().chain(&self.below)
    }
}

/// A value of another indicator, weighted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The indicator.
    pub indicator: IndicatorIndex,
    /// What its value is multiplied by.
    pub weight: Ratio,
    /// One of its groups: the position of the breakdown, and the value of its category; where it is `None`, the whole population, and in the
    /// groups of the combination the group of the same name.
    pub group: Option<(usize, u16)>,
    /// The level of the region around, in place of the region itself.
    pub level: Option<LevelIndex>,
    /// Of which periods.
    pub periods: TermPeriods,
}

/// Of which periods the value of a term is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermPeriods {
    /// The period itself.
    This,
    /// The period that it is compared with.
    Compared,
    /// All periods from the one on from which it is cumulated, added up.
    ToDate,
    /// The period less the one before, where that is cumulated from the same one on.
    SinceLast,
}

impl Indicator {
    /// How its value of a period is printed.
    pub fn scale(&self, period: PeriodIndex) -> Scale {
        Scale { per: self.per, decimals: self.decimals.of(period), points: self.in_points() }
    }

    /// Whether it is a total of rows.
    pub fn is_total(&self) -> bool {
        self.method == Method::Total
    }

    /// Whether its value is the ratio of the sums of a numerator and a denominator.
    pub fn is_ratio(&self) -> bool {
        self.method == Method::Ratio
    }

    /// Whether its value is made of sums over rows, which are told with it.
    pub fn is_summed(&self) -> bool {
        matches!(self.method, Method::Ratio | Method::Total)
    }

    /// What it is put together from; `None` where it is computed from rows.
    pub fn combination(&self) -> Option<&Combination> {
        match &self.method {
            Method::Combination(combination) => Some(combination),
            Method::Ratio | Method::Total | Method::Quantile { .. } => None,
        }
    }

    /// Whether it is computed from rows, and not from other indicators.
    pub fn is_from_rows(&self) -> bool {
        self.combination().is_none()
    }

    /// The percentage of a quantile; `None` of anything else.
    pub fn quantile(&self) -> Option<u32> {
        match self.method {
            Method::Quantile { percent, .. } => Some(percent),
            Method::Ratio | Method::Total | Method::Combination(_) => None,
        }
    }

    /// Whether it has a denominator that is counted in rows.
    pub fn has_denominator(&self) -> bool {
        matches!(self.method, Method::Ratio | Method::Quantile { alone: false, .. })
    }

    /// Whether it is the difference of percentages: its terms add up to weight zero.
    pub fn in_points(&self) -> bool {
        let is_difference = |combination: &Combination| {
            let weight = combination.above.iter().fold(Ratio::whole(0), |sum, term| sum.plus(term.weight));
            combination.below.is_empty() && weight == Ratio::whole(0)
        };
        self.per == 100 && self.combination().is_some_and(is_difference)
    }

    /// The last break of its series between two periods, with what has changed: their values are not compared.
    pub fn broken(&self, from: PeriodIndex, to: PeriodIndex) -> Option<&(PeriodIndex, Localized)> {
        self.breaks.iter().rev().find(|(first, _)| from < *first && *first <= to)
    }

    /// The target that counts in a period: the target of this period, else the next later one, else the last one. `None` without targets.
    pub fn target(&self, period: PeriodIndex) -> Option<(PeriodIndex, Ratio)> {
        self.targets.iter().find(|(due, _)| *due >= period).or(self.targets.last()).copied()
    }

    /// Whether its sums come from one dataset.
    pub fn is_of(&self, dataset: DatasetIndex) -> bool {
        self.is_summed() && self.numerator.dataset == dataset && self.denominator.dataset == dataset
    }

    /// Whether both sides count rows, so that each row either counts or does not.
    pub fn counts_rows(&self) -> bool {
        self.is_summed() && [&self.numerator, &self.denominator].iter().all(|side| side.quantity == Quantity::Rows)
    }

    /// Whether it is the share of the units of its population that have something: each of them adds one to the denominator, and one or nothing
    /// to the numerator.
    pub fn is_share_of_units(&self) -> bool {
        let is_whole = self.denominator.filter == Condition::always();
        let parts_count = self.parts.iter().all(|part| part.quantity == Quantity::Rows);
        self.is_ratio()
            && self.per == 100
            && !self.may_exceed
            && is_whole
            && parts_count
            && self.counts_rows()
            && self.shares_population()
    }

    /// The ratio of a numerator to a denominator, both in units of their own; of a total, its sum. `None` when the denominator is zero.
    pub fn over(&self, numerator: i64, denominator: i64) -> Option<Ratio> {
        let denominator = if self.is_total() { Amount::whole(1) } else { self.denominator.amount(denominator) };
        self.numerator.amount(numerator).over(denominator)
    }

    /// The places of the units in which its sides are compared.
    pub fn places(&self) -> u32 {
        self.numerator.quantity.places().max(self.denominator.quantity.places())
    }

    /// Whether both sides count the same units, so that a gap can be told in units.
    pub fn shares_population(&self) -> bool {
        self.is_ratio()
            && self.numerator.dataset == self.denominator.dataset
            && self.numerator.population == self.denominator.population
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
    /// The sum of so many of its units.
    pub fn amount(&self, units: i64) -> Amount {
        Amount::new(units, self.quantity.places())
    }

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
    /// The places of its units after the decimal sign; 0 where rows are counted.
    pub fn places(&self) -> u32 {
        match self {
            Quantity::Rows => 0,
            Quantity::Sum(sum) => sum.places,
        }
    }

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
    /// The result, or the reason for no value.
    pub expect: Result<Expected, Missing>,
    /// Of a combination, the values of its terms.
    pub values: Vec<Value>,
    /// Positions of parts and their numerators.
    pub parts: Vec<(usize, Amount)>,
    /// The place of the expected result in the file.
    pub span: Span,
}

/// The result that an example must give.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// The numerator and the denominator; 1 of a total.
    Sums(Amount, Amount),
    /// The value of what is made of other indicators.
    Value(Ratio),
}

/// What is typed into the cells of a row.
pub type ExampleRow = Vec<(FieldIndex, String, Span)>;
