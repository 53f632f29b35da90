//! Values of indicators put together. They are added and divided as exact fractions, whatever their denominators are.
//!
//! A result with a long fraction is kept to twelve decimals and a half unit of the last one for all that follow, so that it rounds, compares
//! and ranks as the exact one does: it never lies on a limit that the exact one does not lie on.

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use super::pool::Pool;
use super::{Cell, Results, Slice};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Combination, IndicatorIndex, Specs, Term, TermPeriods};
use crate::value::{Missing, Ratio, Value};

/// An exact value, or why there is none.
type Exact = Result<BigRational, Missing>;

/// The value of a combination whose terms have these values, in their order.
pub fn value(combination: &Combination, values: &[Value]) -> Value {
    let exact = |value: &Value| value.map(fraction);
    let (above, below) = values.split_at(combination.above.len());
    let weighted = |terms: &[Term], values: &[Value]| sum(terms.iter().zip(values).map(|(term, value)| (term, exact(value))));
    let below = (!combination.below.is_empty()).then(|| weighted(&combination.below, below));
    kept(&quotient(weighted(&combination.above, above), below))
}

fn fraction(ratio: Ratio) -> BigRational {
    BigRational::new(ratio.numerator().into(), ratio.denominator().into())
}

/// The sum of two values; where they are missing, the graver reason.
fn added(total: Exact, value: Exact) -> Exact {
    match (total, value) {
        (Ok(total), Ok(value)) => Ok(total + value),
        (Err(reason), Err(other)) => Err(reason.max(other)),
        (Err(reason), Ok(_)) | (Ok(_), Err(reason)) => Err(reason),
    }
}

/// The weighted sum of the values of terms.
fn sum<'a>(terms: impl Iterator<Item = (&'a Term, Exact)>) -> Exact {
    let weighted = terms.map(|(term, value)| value.map(|value| value * fraction(term.weight)));
    weighted.fold(Ok(BigRational::zero()), added)
}

fn quotient(above: Exact, below: Option<Exact>) -> Exact {
    match (above, below) {
        (above, None) => above,
        (Ok(_), Some(Ok(below))) if below.is_zero() => Err(Missing::ZeroDenominator),
        (Ok(above), Some(Ok(below))) => Ok(above / below),
        (Err(reason), Some(Err(other))) => Err(reason.max(other)),
        (Err(reason), Some(Ok(_))) | (Ok(_), Some(Err(reason))) => Err(reason),
    }
}

/// A value as it is kept where it is no ratio of sums: with it all that follows fits.
pub fn bounded(value: Ratio) -> Value {
    kept(&Ok(fraction(value)))
}

/// A value as it is kept: exact where the fraction is short. One beyond all measure is not told.
fn kept(exact: &Exact) -> Value {
    const SHORT: i128 = 1_000_000_000;
    const WHOLE: i128 = 1_000_000_000_000_000_000;
    const LARGEST: i128 = 500_000_000_000_000;
    let exact = exact.as_ref().map_err(|reason| *reason)?;
    if let (Some(numerator), Some(denominator)) = (exact.numer().to_i128(), exact.denom().to_i128())
        && numerator.abs() <= WHOLE
        && denominator <= SHORT
    {
        return Ratio::new(numerator, denominator).ok_or(Missing::ZeroDenominator);
    }
    let size = exact.abs().to_integer();
    if size >= BigInt::from(LARGEST) {
        return Err(Missing::Blocked);
    }
    let scale = BigInt::from(if size < BigInt::from(SHORT) { 1_000_000_000_000_i128 } else { SHORT });
    let units = (exact * BigRational::from(scale.clone())).floor().to_integer();
    let fits = |number: BigInt| number.to_i128().expect("a value below the largest one fits");
    Ratio::new(fits(units * 2 + 1), fits(scale * 2)).ok_or(Missing::ZeroDenominator)
}

/// The value of every combination, by period, region and slice.
type Known = BTreeMap<IndicatorIndex, Vec<Vec<Vec<Exact>>>>;

/// The results, with the combinations computed from them; `hidden` are those that are withheld in a region, and with them what is made of
/// them.
pub fn combined(specs: &Specs, mut results: Results, hidden: impl Fn(IndicatorIndex, RegionIndex) -> bool) -> Results {
    let mut known = Known::new();
    for index in order(specs) {
        let Some(combination) = specs.indicator(index).combination() else { continue };
        let task = Task { specs, results: &results, known: &known, index, combination };
        let mut cells = task.cells();
        for (region, slices) in cells.iter_mut().flat_map(|regions| regions.iter_mut().enumerate()) {
            if hidden(index, RegionIndex(region)) {
                for (exact, cell) in slices {
                    *exact = Err(Missing::Withheld);
                    cell.keep_back(Missing::Withheld);
                }
            }
        }
        let exact =
            cells.iter().map(|regions| regions.iter().map(|slices| slices.iter().map(|(exact, _)| exact.clone()).collect()));
        let exact = exact.map(Iterator::collect).collect();
        let mut pool = Pool::default();
        let mut kept = |slices: Vec<(Exact, Cell)>| pool.keep(slices.into_iter().map(|(_, cell)| cell));
        results.indicators[index.0].cells =
            cells.into_iter().map(|regions| regions.into_iter().map(&mut kept).collect()).collect();
        known.insert(index, exact);
    }
    results
}

/// The combinations, each after those that it is made of.
fn order(specs: &Specs) -> Vec<IndicatorIndex> {
    fn visit(specs: &Specs, index: IndicatorIndex, order: &mut Vec<IndicatorIndex>) {
        let Some(combination) = specs.indicator(index).combination().filter(|_| !order.contains(&index)) else { return };
        combination.terms().for_each(|term| visit(specs, term.indicator, order));
        order.push(index);
    }
    let mut order = Vec::new();
    (0..specs.indicators.len()).for_each(|index| visit(specs, IndicatorIndex(index), &mut order));
    order
}

struct Task<'a> {
    specs: &'a Specs,
    results: &'a Results,
    known: &'a Known,
    index: IndicatorIndex,
    combination: &'a Combination,
}

impl Task<'_> {
    fn cells(&self) -> Vec<Vec<Vec<(Exact, Cell)>>> {
        let indicator = self.specs.indicator(self.index);
        let slices = self.results.slices(self.index).len();
        let places: Vec<Vec<usize>> = self.combination.terms().map(|term| places(self.specs, self.index, term)).collect();
        let regions = || (0..self.specs.hierarchy.len()).map(RegionIndex);
        let of_period = |period: PeriodIndex| {
            let of_slice = |region, slice| {
                if !indicator.life.holds(period) {
                    return (Err(Missing::NotApplicable), Cell::made(Err(Missing::NotApplicable), false, std::iter::empty()));
                }
                self.cell(&places, (period, region, slice))
            };
            regions().map(|region| (0..slices).map(|slice| of_slice(region, slice)).collect()).collect()
        };
        self.specs.periods().map(of_period).collect()
    }

    fn cell(&self, places: &[Vec<usize>], (period, region, slice): (PeriodIndex, RegionIndex, usize)) -> (Exact, Cell) {
        let mut values =
            self.combination.terms().zip(places).map(|(term, places)| (term, self.of_term(term, period, region, places[slice])));
        let above = sum(values.by_ref().take(self.combination.above.len()));
        let below = (!self.combination.below.is_empty()).then(|| sum(values));
        let exact = quotient(above, below);
        let specs = self.specs;
        let cells = |(term, places): (&Term, &Vec<usize>)| {
            let Some(region) = around(specs, term, region) else { return Vec::new() };
            let cell = |(period, _)| (term.indicator, self.results.slice(term.indicator, period, region, places[slice]));
            periods(specs, term, period, region).into_iter().map(cell).collect::<Vec<_>>()
        };
        let behind: Vec<(IndicatorIndex, &Cell)> = self.combination.terms().zip(places).flat_map(cells).collect();
        let small = behind.iter().any(|(index, cell)| cell.is_small(specs, specs.indicator(*index)));
        let cell = Cell::made(kept(&exact), small, behind.into_iter().map(|(_, cell)| cell));
        (exact, cell)
    }

    /// The value of a term, not weighted.
    fn of_term(&self, term: &Term, period: PeriodIndex, region: RegionIndex, slice: usize) -> Exact {
        let specs = self.specs;
        let region = around(specs, term, region).ok_or(Missing::NotApplicable)?;
        let value = |period: PeriodIndex| match self.known.get(&term.indicator) {
            Some(known) => known[period.0][region.0][slice].clone(),
            None => self.results.slice(term.indicator, period, region, slice).value().map(fraction),
        };
        let periods = periods(specs, term, period, region);
        // Before the first period, and before the region was there, nothing was asked.
        let Some(&(first, _)) = periods.first() else { return Err(Missing::NotApplicable) };
        // What is counted in another way is neither compared nor added.
        if specs.indicator(term.indicator).broken(first, period).is_some() {
            return Err(Missing::NotApplicable);
        }
        let values: Vec<(Exact, bool)> = periods.into_iter().map(|(period, is_less)| (value(period), is_less)).collect();
        // In a sum over periods nothing is added where the question does not apply; somewhere it must apply.
        let applies = |(value, _): &(Exact, bool)| term.periods != TermPeriods::ToDate || *value != Err(Missing::NotApplicable);
        if !values.iter().any(applies) {
            return Err(Missing::NotApplicable);
        }
        let signed = |(value, is_less): (Exact, bool)| value.map(|value| if is_less { -value } else { value });
        values.into_iter().filter(applies).map(signed).fold(Ok(BigRational::zero()), added)
    }
}

/// The positions of the slices of a term, by the slice of the combination.
pub fn places(specs: &Specs, index: IndicatorIndex, term: &Term) -> Vec<usize> {
    let (own, other) = (specs.indicator(index), specs.indicator(term.indicator));
    let theirs = super::slices(specs, other);
    let position = |slice: &Slice| {
        let found = match term.group {
            Some((breakdown, value)) => {
                let wanted = Slice::Category { breakdown, value: Some(value) };
                theirs.iter().position(|slice| *slice == wanted)
            }
            None => theirs.iter().position(|theirs| theirs.name(specs, other) == slice.name(specs, own)),
        };
        found.expect("the groups of a combination are those of its terms")
    };
    super::slices(specs, own).iter().map(position).collect()
}

/// A number: its period and indicator, the position of its slice, and its region.
pub type Number = (PeriodIndex, IndicatorIndex, usize, RegionIndex);

/// What rests on the numbers for which this holds: the combinations that are made of them, and those that are made of these.
pub fn resting(specs: &Specs, holds: impl Fn(PeriodIndex, IndicatorIndex, usize, RegionIndex) -> bool) -> BTreeSet<Number> {
    let mut found: BTreeSet<Number> = BTreeSet::new();
    for index in order(specs) {
        let indicator = specs.indicator(index);
        let Some(combination) = indicator.combination() else { continue };
        let terms: Vec<(&Term, Vec<usize>)> = combination.terms().map(|term| (term, places(specs, index, term))).collect();
        let slices = super::slices(specs, indicator).len();
        for period in specs.periods().filter(|&period| indicator.life.holds(period)) {
            for (region, slice) in
                (0..specs.hierarchy.len()).flat_map(|at| (0..slices).map(move |slice| (RegionIndex(at), slice)))
            {
                let is_touched = |(term, places): &(&Term, Vec<usize>)| {
                    let Some(around) = around(specs, term, region) else { return false };
                    periods(specs, term, period, around).into_iter().any(|(earlier, _)| {
                        let (of, slice) = (term.indicator, places[slice]);
                        holds(earlier, of, slice, around) || found.contains(&(earlier, of, slice, around))
                    })
                };
                if terms.iter().any(is_touched) {
                    found.insert((period, index, slice, region));
                }
            }
        }
    }
    found
}

/// The region that a term is about.
pub fn around(specs: &Specs, term: &Term, region: RegionIndex) -> Option<RegionIndex> {
    match term.level {
        None => Some(region),
        Some(level) => specs.hierarchy.upwards(region).find(|&outer| specs.hierarchy.region(outer).level == level),
    }
}

/// The periods that a term is about in the region that it is about, the oldest first, each with whether its value is taken away; those in
/// which the region did not exist are left out.
pub fn periods(specs: &Specs, term: &Term, period: PeriodIndex, region: RegionIndex) -> Vec<(PeriodIndex, bool)> {
    let existed =
        |earlier: &PeriodIndex| *earlier == period || specs.hierarchy.region(region).exists_on(specs.period(*earlier).date);
    let first = specs.period(period).cumulated_from.unwrap_or(period);
    let span = (first.0..=period.0).map(PeriodIndex);
    let periods: Vec<PeriodIndex> = match term.periods {
        TermPeriods::This => vec![period],
        TermPeriods::Compared => specs.compared(period).into_iter().collect(),
        TermPeriods::SinceLast => (first.0.max(period.0.saturating_sub(1))..=period.0).map(PeriodIndex).collect(),
        TermPeriods::ToDate => span.collect(),
    };
    let is_less = |earlier: PeriodIndex| term.periods == TermPeriods::SinceLast && earlier != period;
    periods.into_iter().filter(existed).map(|earlier| (earlier, is_less(earlier))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(numerator: i64, denominator: i64) -> Exact {
        Ok(BigRational::new(numerator.into(), denominator.into()))
    }

    #[test]
    fn short_fractions_are_kept_as_they_are() {
        assert_eq!(kept(&exact(-7, 3)), Ok(Ratio::new(-7, 3).expect("not zero")));
        assert_eq!(kept(&Err(Missing::Withheld)), Err(Missing::Withheld));
    }

    #[test]
    fn no_value_that_is_kept_is_too_long_for_what_follows() {
        let long = Ratio::new(1_000_000_007, 2 * 999_999_937 * 999_999_929).expect("not zero");
        let (value, other) =
            (bounded(long).expect("a number"), bounded(Ratio::new(7, 999_999_937).expect("not zero")).expect("a number"));
        assert!(i64::try_from(value.denominator()).is_ok(), "gaps to targets are told in whole units");
        assert_eq!(value.minus(other).times(100_000).rounded(3), long.minus(other).times(100_000).rounded(3));
    }

    #[test]
    fn long_fractions_round_as_the_exact_ones_do() {
        // Just below, on and just above a half of the printed unit.
        let (half, tiny) = (BigRational::new(1.into(), 2000.into()), BigRational::new(1.into(), 10_i128.pow(30).into()));
        for (value, printed) in [(half.clone() - tiny.clone(), 0), (half.clone(), 1), (half + tiny.clone(), 1)] {
            assert_eq!(kept(&Ok(value.clone())).expect("a number").rounded(3), printed);
            assert_eq!(kept(&Ok(-value)).expect("a number").rounded(3), -printed);
        }
        let small = kept(&Ok(tiny)).expect("a number");
        assert!(small > Ratio::whole(0), "more than zero stays more than zero");
    }
}
