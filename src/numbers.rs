//! One row of a number: its value, what it is a ratio of, its change, its target, its rank and its marks. It is made once, for everything
//! that prints or lists numbers.

use std::cmp::Ordering;

use crate::compute::compare::{self, Gap, Rank};
use crate::compute::{Cell, Coverage, Slice};
use crate::language::Localized;
use crate::period::PeriodIndex;
use crate::protect::Published;
use crate::region::RegionIndex;
use crate::spec::{Category, Field, Indicator, IndicatorIndex, Part, Specs, Thresholds};
use crate::value::{Amount, Ratio, Scale, Value};

/// The numbers of a period.
#[derive(Clone, Copy)]
pub struct Numbers<'a> {
    published: &'a Published<'a>,
    period: PeriodIndex,
}

/// Which units, or which part of the numerator, a number is about.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// The whole population.
    Whole,
    /// A numerator printed apart.
    Part {
        /// Its position in the indicator.
        position: usize,
        /// The part, with its names.
        part: &'a Part,
    },
    /// The units with a value of a breakdown.
    Group {
        /// The position of the slice.
        slice: usize,
        /// The position of the breakdown in the indicator.
        breakdown: usize,
        /// The field of the breakdown.
        field: &'a Field,
        /// The value of the field; `None` stands for the units that did not state it.
        value: Option<&'a Category>,
    },
}

impl<'a> Subject<'a> {
    /// `part=id`, `field=value`; empty for the whole population.
    pub fn id(&self) -> String {
        match self {
            Subject::Whole => String::new(),
            Subject::Part { part, .. } => format!("part={}", part.id),
            Subject::Group { field, value, .. } => format!("{}={}", field.id, value.map_or("", |value| value.id.as_str())),
        }
    }

    /// The name of the field that the population is broken down by; `None` for any other subject.
    pub fn by(&self) -> Option<&'a Localized> {
        match self {
            Subject::Whole | Subject::Part { .. } => None,
            Subject::Group { field, .. } => Some(&field.name),
        }
    }

    /// The name of the part or the group; `None` for the whole, and for the units that did not state their group.
    pub fn name(&self) -> Option<&'a Localized> {
        match self {
            Subject::Whole => None,
            Subject::Part { part, .. } => Some(&part.name),
            Subject::Group { value, .. } => value.map(|value| &value.name),
        }
    }
}

/// A value, with what it rests on.
#[derive(Clone, Copy, Debug)]
pub struct Number<'a> {
    /// The ratio, or why there is none.
    pub value: Value,
    /// The numerator of the ratio; zero where the number is kept back.
    pub numerator: Amount,
    /// The denominator of the ratio; zero where the number is kept back.
    pub denominator: Amount,
    /// The numerator where it may be told, also beside a ratio that is withheld.
    pub told_numerator: Option<Amount>,
    /// The denominator where it may be told, also beside a ratio that is withheld.
    pub told_denominator: Option<Amount>,
    /// How it is printed.
    pub scale: Scale,
    /// How far it can be trusted.
    pub marks: Marks,
    cell: &'a Cell,
}

/// The marks beside a value. A missing value has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// The value rests on few units.
    pub small: bool,
    /// Too few answered, or one side came without the other.
    pub incomplete: bool,
    /// How the value compares with the digits that it prints as.
    pub beside: Ordering,
}

/// A target, in the printed unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The period it is set for.
    pub period: PeriodIndex,
    /// The value to be reached.
    pub value: Ratio,
    /// How far the value is from the target; `None` without a value, or where neither more nor less is better.
    pub gap: Option<Gap>,
}

/// A number, with what it is compared with.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// The number.
    pub number: Number<'a>,
    /// The number of the period before; `None` when the region did not exist then, or the series breaks in between.
    pub previous: Option<Number<'a>>,
    /// The change from the period before; `None` unless both have a value.
    pub change: Option<Ratio>,
    /// The target; `None` except for the whole population.
    pub target: Option<Target>,
    /// The place among the neighbours; `None` except for the whole population.
    pub rank: Option<Rank>,
}

impl<'a> Number<'a> {
    /// The number of a sum over the denominator of a cell.
    fn new(specs: &Specs, (indicator, scale): (&Indicator, Scale), cell: &'a Cell, (value, numerator): (Value, Amount)) -> Self {
        let is_number = value.is_ok();
        let marks = Marks {
            small: is_number && cell.is_small(specs, indicator),
            incomplete: is_number && cell.is_incomplete(&specs.programme.thresholds),
            beside: value.map_or(Ordering::Equal, |ratio| ratio.beside_print(scale)),
        };
        let told_numerator = (is_number && indicator.is_summed()).then_some(numerator);
        let told_denominator = cell.told_denominator();
        Self { value, numerator, denominator: cell.denominator(), told_numerator, told_denominator, scale, marks, cell }
    }

    /// The number of a cell.
    fn whole(specs: &Specs, printed: (&Indicator, Scale), cell: &'a Cell) -> Self {
        let number = Self::new(specs, printed, cell, (cell.value(), cell.numerator()));
        Self { told_numerator: cell.told_numerator(), ..number }
    }

    /// Whether there is a value that rests on enough units and enough answers.
    pub fn is_firm(&self) -> bool {
        self.value.is_ok() && !self.marks.small && !self.marks.incomplete
    }

    /// The sums of the numerator's parts, in the indicator's order.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = Amount> + use<'a> {
        self.cell.parts()
    }

    /// Whether some part of the numerator is withheld, so that the parts make no whole.
    pub fn withholds_parts(&self) -> bool {
        self.cell.withholds_parts()
    }

    /// What the parts leave of the denominator; below zero when they overlap.
    pub fn rest(&self) -> Amount {
        self.denominator - self.parts().sum::<Amount>()
    }

    /// How many units of the denominator's population it rests on.
    pub fn coverage(&self) -> &'a Coverage {
        self.cell.coverage()
    }

    /// The same for the numerator's population, where the numerator comes from a dataset of its own.
    pub fn numerator_coverage(&self) -> Option<&'a Coverage> {
        self.cell.numerator_coverage()
    }

    /// The lowest and the highest value that a share of units can have, whatever those answer that are silent; see [`Cell::range`].
    pub fn range(&self, indicator: &Indicator) -> Option<(Ratio, Ratio)> {
        self.value.ok().and_then(|_| self.cell.range(indicator, self.numerator))
    }

    /// How many units a value over units is of; `None` of any other.
    pub fn units(&self) -> Option<u64> {
        self.cell.units()
    }

    /// The share of units that answered; of two sides, the smaller share.
    pub fn share(&self) -> Option<Ratio> {
        self.cell.share()
    }

    /// How many units answered, for either side, that the register does not list.
    pub fn unregistered(&self) -> u32 {
        self.cell.unregistered()
    }

    /// Whether some region within has rows of one side and none of the other.
    pub fn is_one_sided(&self) -> bool {
        self.cell.is_one_sided()
    }

    /// Whether too few answered, with or without a value.
    pub fn is_incomplete(&self, thresholds: &Thresholds) -> bool {
        self.cell.is_incomplete(thresholds)
    }

    /// Whether no unit reported and none is expected: such a group is not shown.
    pub fn is_empty(&self) -> bool {
        self.cell.is_empty()
    }

    /// The number of another sum over the same denominator.
    pub fn of(&self, specs: &Specs, indicator: &Indicator, numerator: Amount) -> Number<'a> {
        Number::new(specs, (indicator, self.scale), self.cell, (self.cell.over_denominator(numerator), numerator))
    }
}

impl<'a> Numbers<'a> {
    /// The numbers of a period.
    pub fn new(published: &'a Published<'a>, period: PeriodIndex) -> Self {
        Self { published, period }
    }

    fn specs(&self) -> &'a Specs {
        self.published.specs()
    }

    /// Everything that an indicator has numbers for: the whole, the parts, then the groups of each breakdown.
    pub fn subjects(&self, index: IndicatorIndex) -> Vec<Subject<'a>> {
        let specs = self.specs();
        let indicator = specs.indicator(index);
        let parts = indicator.parts.iter().enumerate().map(|(position, part)| Subject::Part { position, part });
        let group = |(slice, found): (usize, &Slice)| {
            let (breakdown, field, value) = found.group(specs, indicator)?;
            // The value that stands for all groups together is none of them.
            if value.is_some_and(|value| value.is_total) {
                return None;
            }
            Some(Subject::Group { slice, breakdown, field, value })
        };
        let groups = self.published.slices(index).iter().enumerate().filter_map(group);
        std::iter::once(Subject::Whole).chain(parts).chain(groups).collect()
    }

    /// The number of a subject in a region, in this period or another one.
    pub fn number(&self, index: IndicatorIndex, period: PeriodIndex, region: RegionIndex, subject: Subject<'_>) -> Number<'a> {
        let specs = self.specs();
        let indicator = specs.indicator(index);
        let total = self.published.total(index, period, region);
        let printed = (indicator, indicator.scale(period));
        match subject {
            Subject::Whole => Number::whole(specs, printed, total),
            Subject::Part { position, .. } => {
                let number = Number::new(specs, printed, total, (total.part(position), total.part_sum(position)));
                Number { told_numerator: total.told_part(position), ..number }
            }
            Subject::Group { slice, .. } => Number::whole(specs, printed, self.published.slice(index, period, region, slice)),
        }
    }

    /// The number of the whole population in this period.
    pub fn total(&self, index: IndicatorIndex, region: RegionIndex) -> Number<'a> {
        self.number(index, self.period, region, Subject::Whole)
    }

    /// The number of the period before; `None` when the region did not exist then, or the series breaks in between.
    pub fn previous(&self, index: IndicatorIndex, region: RegionIndex, subject: Subject<'_>) -> Option<Number<'a>> {
        let before = self.specs().previous(self.period, region)?;
        if self.specs().indicator(index).broken(before, self.period).is_some() {
            return None;
        }
        Some(self.number(index, before, region, subject))
    }

    /// A number with what it is compared with.
    pub fn row(&self, index: IndicatorIndex, region: RegionIndex, subject: Subject<'_>) -> Row<'a> {
        let number = self.number(index, self.period, region, subject);
        let previous = self.previous(index, region, subject);
        let change = previous.and_then(|previous| compare::difference(number.value, previous.value));
        let (target, rank) = match subject {
            Subject::Whole => (self.target(index, region, number.value), self.published.rank(index, self.period, region)),
            Subject::Part { .. } | Subject::Group { .. } => (None, None),
        };
        Row { number, previous, change, target, rank }
    }

    /// The target that counts in this period for a region, and how far its value is from it.
    pub fn target(&self, index: IndicatorIndex, region: RegionIndex, value: Value) -> Option<Target> {
        let specs = self.specs();
        let indicator = specs.indicator(index);
        let (period, target) = specs.target(indicator, self.period, region)?;
        let gap = value.ok().and_then(|value| compare::gap(indicator, value, target, &specs.programme.thresholds));
        Some(Target { period, value: target, gap })
    }
}
