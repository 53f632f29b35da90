//! One number: its sums, how many units it rests on, and why it may not be told. Only this room sees its fields.

use super::combine;
use super::roll::Standing;
use super::sums::Which;
use crate::spec::{DatasetIndex, Indicator, Specs, Thresholds};
use crate::value::{Amount, Missing, Ratio, Value};

/// How many units a number rests on. Invariant: no more units reported than were expected, and no more answered than reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Coverage {
    /// How many units of the population should report; `None` when nothing tells.
    pub expected: Option<u32>,
    /// How many of the expected units reported; of all units, when nothing tells which are expected.
    pub reported: u32,
    /// How many of the reporting units answered what the indicator needs.
    pub answered: u32,
    /// How many units answered that the register does not list. They count in the sums, and in none of the figures above.
    pub unregistered: u32,
    /// Whether all of this is withheld, since the units are persons; then the figures are zero.
    pub withheld: bool,
}

impl Coverage {
    /// What is told of a coverage that is withheld.
    pub const WITHHELD: Self = Self { expected: None, reported: 0, answered: 0, unregistered: 0, withheld: true };

    /// Answered out of expected; out of reported where the expected number is not known.
    pub fn share(&self) -> Option<Ratio> {
        Ratio::new(i128::from(self.answered), i128::from(self.expected.unwrap_or(self.reported)))
    }

    /// Reported out of expected; `None` where the expected number is not known, since nothing is called complete then.
    pub fn completeness(&self) -> Option<Ratio> {
        Ratio::new(i128::from(self.reported), i128::from(self.expected?))
    }

    pub(super) fn count(&mut self, standing: Standing, answered: bool) {
        match standing {
            Standing::Listed => {
                self.reported += 1;
                self.answered += u32::from(answered);
            }
            Standing::Unlisted => self.unregistered += u32::from(answered),
            Standing::Repeated => {}
        }
    }

    pub(super) fn expect_one(&mut self) {
        self.expected = self.expected.map(|expected| expected + 1);
    }

    /// Takes back all answers, when nothing of a side is in the sums.
    pub(super) fn leave_out(&mut self) {
        (self.answered, self.unregistered) = (0, 0);
    }

    pub(super) fn add(&mut self, other: &Coverage) {
        self.expected = self.expected.zip(other.expected).map(|(left, right)| left + right);
        self.reported += other.reported;
        self.answered += other.answered;
        self.unregistered += other.unregistered;
    }
}

/// The number of one indicator, period, region and slice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cell {
    /// Sum of the numerators, in their units.
    pub(super) numerator: i64,
    /// Sum of the denominators, in their units.
    pub(super) denominator: i64,
    /// Sums of the parts, in the indicator's order and in the units of the numerator.
    pub(super) parts: Box<[i64]>,
    /// The places of the units of the numerator, and of those of the denominator.
    pub(super) places: (u8, u8),
    /// How many units of the denominator's population it rests on.
    pub(super) coverage: Coverage,
    /// What there is of the numerator alone, where it comes from a dataset of its own.
    pub(super) apart: Option<Box<Apart>>,
    /// Whether some region within has rows of one side and none of the other, though nothing tells that none was due.
    pub(super) one_sided: bool,
    /// How many reported rows belong to the denominator's population.
    pub(super) rows: u32,
    /// How many of these rows are in the sums.
    pub(super) counted: u32,
    /// Whether the numerator has a sum here. It always has where both sides come from one dataset; else some row of the numerator's dataset
    /// must have answered here, or, where rows are counted, the dataset must have come at all.
    pub(super) numerator_reported: bool,
    /// Whether anything was reported in the denominator's dataset, anywhere in this period; also true where the indicator does not live.
    pub(super) dataset_reported: bool,
    /// Whether the sum of the numerators is the value.
    pub(super) is_total: bool,
    /// The value, where it is put together from other numbers.
    pub(super) made: Option<Box<Made>>,
    /// Why the number is kept back, although there may be one.
    pub(super) kept_back: Option<Missing>,
    /// Which of the sums are withheld; `None` when all are told.
    pub(super) withheld: Option<Box<Withheld>>,
}

// A country has hundreds of thousands of cells, so each is small.
const _: () = assert!(size_of::<Cell>() <= 96);

/// What there is of a numerator that comes from a dataset of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Apart {
    /// How many units of its population the sum rests on.
    pub(super) coverage: Coverage,
    /// The dataset without rows here, where the other side has some.
    pub(super) lacks: Option<DatasetIndex>,
}

/// A value that is put together from other numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Made {
    value: Value,
    /// Whether one of them rests on few units.
    small: bool,
    /// How many units have a value; `None` where it is made of other values.
    units: Option<u64>,
}

/// Which sums of a number are withheld for confidentiality.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Withheld {
    numerator: bool,
    denominator: bool,
    parts: Vec<bool>,
}

impl Cell {
    /// A number that is put together from other ones: it rests on as little as the one of them that rests on least.
    pub(super) fn made<'a>(value: Value, small: bool, of: impl Iterator<Item = &'a Cell>) -> Self {
        let mut cell = Self { made: Some(Box::new(Made { value, small, units: None })), ..Self::default() };
        let mut least: Option<&Cell> = None;
        for other in of {
            cell.one_sided |= other.one_sided;
            cell.rows = cell.rows.max(other.rows);
            if least.is_none_or(|least| other.share().is_some_and(|share| least.share().is_none_or(|least| share < least))) {
                least = Some(other);
            }
        }
        if let Some(least) = least {
            cell.coverage = least.coverage;
            cell.apart = least.numerator_coverage().map(|&coverage| Box::new(Apart { coverage, lacks: None }));
        }
        cell
    }

    /// Puts a value over units, with how many of them have one, in the place of sums. `smallest`: from how many on it is not small.
    pub(super) fn over_units(&mut self, of_units: Option<(Ratio, u64)>, smallest: i64) {
        let value = match of_units {
            Some((value, _)) => combine::bounded(value),
            None => self.value().and(Err(Missing::ZeroDenominator)),
        };
        let units = of_units.map_or(0, |(_, units)| units);
        let small = i64::try_from(units).is_ok_and(|units| units < smallest);
        (self.numerator, self.denominator) = (0, 0);
        self.made = Some(Box::new(Made { value, small, units: Some(units) }));
    }

    /// How many units a value over units is of; `None` of any other.
    pub fn units(&self) -> Option<u64> {
        self.made.as_ref().and_then(|made| made.units)
    }

    /// Whether the value rests on few units, or on few persons.
    pub fn is_small(&self, specs: &Specs, indicator: &Indicator) -> bool {
        match &self.made {
            Some(made) => made.small,
            None => specs.is_small(indicator, self.denominator()),
        }
    }

    /// Sum of the numerators.
    pub fn numerator(&self) -> Amount {
        Amount::new(self.numerator, self.places.0.into())
    }

    /// Sum of the denominators; 1 of a total, whose value is its sum.
    pub fn denominator(&self) -> Amount {
        if self.is_total { Amount::whole(1) } else { self.summed_denominator() }
    }

    fn summed_denominator(&self) -> Amount {
        Amount::new(self.denominator, self.places.1.into())
    }

    /// Sums of the parts, in the indicator's order.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = Amount> + use<'_> {
        self.parts.iter().map(|&part| Amount::new(part, self.places.0.into()))
    }

    /// The sum of a part.
    pub fn part_sum(&self, part: usize) -> Amount {
        Amount::new(self.parts[part], self.places.0.into())
    }

    /// How many units of the denominator's population the number rests on.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// The same for the numerator's population, where the numerator comes from a dataset of its own.
    pub fn numerator_coverage(&self) -> Option<&Coverage> {
        self.apart.as_ref().map(|apart| &apart.coverage)
    }

    /// Whether some region within has rows of one side and none of the other, though nothing tells that none was due.
    pub fn is_one_sided(&self) -> bool {
        self.one_sided
    }

    /// The dataset without rows here, where the other side has some.
    pub fn lacks(&self) -> Option<DatasetIndex> {
        self.apart.as_ref().and_then(|apart| apart.lacks)
    }

    /// The ratio, or why there is none.
    pub fn value(&self) -> Value {
        let is_withheld = self.withheld.as_ref().is_some_and(|withheld| withheld.numerator || withheld.denominator);
        self.unless(is_withheld, self.over_denominator(self.numerator()))
    }

    /// The ratio of a part.
    pub fn part(&self, part: usize) -> Value {
        let is_withheld = self.withheld.as_ref().is_some_and(|withheld| withheld.denominator || withheld.parts[part]);
        self.unless(is_withheld, self.over_denominator(self.part_sum(part)))
    }

    /// A value, unless it is withheld; a value that is missing for another reason is missing for that.
    fn unless(&self, is_withheld: bool, value: Value) -> Value {
        match value {
            Ok(_) | Err(Missing::ZeroDenominator) if is_withheld => Err(Missing::Withheld),
            Ok(_) | Err(_) => value,
        }
    }

    /// Whether there are sums that a ratio could be made of, though their denominator may be zero.
    pub fn has_sums(&self) -> bool {
        matches!(self.value(), Ok(_) | Err(Missing::ZeroDenominator))
    }

    /// Whether the sums stand here: it is made of rows, and not kept back whole.
    fn has_sums_kept(&self) -> bool {
        self.made.is_none() && self.kept_back.is_none()
    }

    /// The sum of the denominators where it may be told, also beside a ratio that is withheld; a total has none.
    pub fn told_denominator(&self) -> Option<Amount> {
        let is_withheld = self.withheld.as_ref().is_some_and(|withheld| withheld.denominator);
        (!is_withheld && !self.is_total && self.has_sums_kept() && matches!(self.value(), Ok(_) | Err(Missing::Withheld)))
            .then_some(self.summed_denominator())
    }

    /// The sum of the numerators where it may be told, also beside a ratio that is withheld.
    pub fn told_numerator(&self) -> Option<Amount> {
        let is_withheld = self.withheld.as_ref().is_some_and(|withheld| withheld.numerator);
        (!is_withheld && self.has_sums_kept() && matches!(self.value(), Ok(_) | Err(Missing::Withheld)))
            .then_some(self.numerator())
    }

    /// The sum of a part where it may be told, also beside a ratio that is withheld.
    pub fn told_part(&self, part: usize) -> Option<Amount> {
        let is_withheld = self.withheld.as_ref().is_some_and(|withheld| withheld.parts[part]);
        (!is_withheld && self.has_sums_kept() && matches!(self.part(part), Ok(_) | Err(Missing::Withheld)))
            .then(|| self.part_sum(part))
    }

    /// Whether some part of the numerator is withheld.
    pub fn withholds_parts(&self) -> bool {
        self.withheld.as_ref().is_some_and(|withheld| withheld.parts.contains(&true))
    }

    /// Whether no unit reported and none is expected: such a group is not shown.
    pub fn is_empty(&self) -> bool {
        self.rows == 0 && self.coverage.expected.unwrap_or(0) == 0
    }

    /// The ratio of some other sum to the denominator; of what is put together from other numbers, its value.
    pub fn over_denominator(&self, numerator: Amount) -> Value {
        if let Some(reason) = self.kept_back {
            return Err(reason);
        }
        if let Some(made) = &self.made {
            return made.value;
        }
        if self.counted == 0 {
            let any = !self.dataset_reported || !self.is_empty();
            return Err(if any { Missing::NotReported } else { Missing::NotApplicable });
        }
        if !self.numerator_reported {
            return Err(Missing::NotReported);
        }
        numerator.over(self.denominator()).ok_or(Missing::ZeroDenominator)
    }

    /// The lowest and the highest value that a share of units can have once all answer that are expected: none of them has what the numerator
    /// counts, or all have it. `None` without a value, where nothing tells how many are expected, and for what is no share of units.
    pub fn range(&self, indicator: &Indicator, numerator: Amount) -> Option<(Ratio, Ratio)> {
        self.over_denominator(numerator).ok()?;
        let silent = i128::from(self.coverage.expected?.checked_sub(self.coverage.answered)?);
        // A share of units counts rows, so both are whole numbers.
        let (numerator, denominator) = (i128::from(numerator.units), i128::from(self.denominator));
        let of = |numerator: i128| Ratio::new(numerator, denominator + silent);
        of(numerator).zip(of(numerator + silent)).filter(|_| indicator.is_share_of_units())
    }

    /// The coverage of the denominator, then that of a numerator from a dataset of its own.
    pub fn coverages(&self) -> impl Iterator<Item = &Coverage> {
        std::iter::once(&self.coverage).chain(self.numerator_coverage())
    }

    /// The share of units that answered; of two sides, the smaller share.
    pub fn share(&self) -> Option<Ratio> {
        self.coverages().filter_map(Coverage::share).min()
    }

    /// How many units answered, for either side, that the register does not list.
    pub fn unregistered(&self) -> u32 {
        self.coverages().map(|coverage| coverage.unregistered).sum()
    }

    /// Whether too few answered for a side, or one side came without the other.
    pub fn is_incomplete(&self, thresholds: &Thresholds) -> bool {
        self.one_sided || thresholds.is_low(self.share())
    }

    /// Whether there is a value that rests on enough units and enough answers.
    pub fn is_firm(&self, specs: &Specs, indicator: &Indicator) -> bool {
        self.value().is_ok() && !self.is_small(specs, indicator) && !self.is_incomplete(&specs.programme.thresholds)
    }

    /// Keeps the number back: no sum remains. The reason, the coverage, and whether a side is missing may still be told.
    pub(super) fn keep_back(&mut self, reason: Missing) {
        (self.numerator, self.denominator) = (0, 0);
        self.parts.fill(0);
        self.made = None;
        self.kept_back = Some(reason);
    }

    /// Withholds one of the sums: nothing of it remains.
    pub(super) fn withhold(&mut self, which: Which) {
        let parts = self.parts.len();
        let withheld =
            self.withheld.get_or_insert_with(|| Box::new(Withheld { parts: vec![false; parts], ..Withheld::default() }));
        let (mark, sum) = match which {
            Which::Numerator => (&mut withheld.numerator, &mut self.numerator),
            Which::Denominator => (&mut withheld.denominator, &mut self.denominator),
            Which::Part(part) => (&mut withheld.parts[part], &mut self.parts[part]),
        };
        (*mark, *sum) = (true, 0);
    }

    /// Adds to the sums. A sum that is too large to be held is not told: no office means such numbers.
    pub(super) fn add_sums(&mut self, numerator: i64, denominator: i64, parts: &[i64]) {
        let sums = [&mut self.numerator, &mut self.denominator].into_iter().chain(&mut self.parts);
        for (sum, amount) in sums.zip([&numerator, &denominator].into_iter().chain(parts)) {
            match sum.checked_add(*amount) {
                Some(added) => *sum = added,
                None => self.kept_back = Some(Missing::Blocked),
            }
        }
    }

    pub(super) fn add(&mut self, other: &Cell) {
        self.add_sums(other.numerator, other.denominator, &other.parts);
        self.kept_back = self.kept_back.or(other.kept_back);
        self.coverage.add(&other.coverage);
        if let (Some(sum), Some(other)) = (&mut self.apart, &other.apart) {
            sum.coverage.add(&other.coverage);
        }
        self.rows += other.rows;
        self.counted += other.counted;
        self.numerator_reported |= other.numerator_reported;
    }
}
