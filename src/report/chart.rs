//! Where things stand on a chart: its axis, its ticks, the classes of a map. They are computed once, for everything that draws.

use super::model::Figure;
use crate::value::{Ratio, Scale};

/// The number of shades on a map that can still be told apart in grey print.
pub const CLASSES: i64 = 4;

/// A value as it is printed, in the printed unit. Charts are drawn from it: they tell no more than the number beside them.
pub fn printed(value: Ratio, scale: Scale) -> Ratio {
    nearest(value.times(scale.per), scale.decimals)
}

/// A number in the printed unit as it is printed with so many decimals.
pub fn nearest(number: Ratio, decimals: u32) -> Ratio {
    Ratio::new(number.rounded(decimals), 10_i128.pow(decimals)).expect("a power of ten is not zero")
}

/// A value as it is printed, as a share of the whole.
pub fn share(value: Ratio, scale: Scale) -> f64 {
    let whole = u32::try_from(scale.per).expect("`per` is a small positive number");
    printed(value, scale).over(whole).approximate()
}

/// Makes the shares of the parts of a whole fill it: rounded as they are printed, they may add up to a little more or less. Gives whether they
/// did not.
pub fn fill(parts: &mut [Figure]) -> bool {
    let sum: f64 = parts.iter().filter_map(|part| part.share).sum();
    if sum > 0.0 {
        parts.iter_mut().filter_map(|part| part.share.as_mut()).for_each(|share| *share /= sum);
    }
    (sum - 1.0).abs() < 1e-9
}

/// The end of the axis on which bars of different indicators stand side by side: percentages have one axis, that of the whole.
pub fn common_end(end: f64, per: i64) -> f64 {
    if per == 100 { end.max(100.0) } else { end }
}

/// Where a value that stands at a place on an axis with this end stands on an axis with another end.
pub fn rescaled(place: f64, end: f64, other: f64) -> f64 {
    place * end / other
}

/// The value axis of an indicator's charts: from zero, or from a round number below it, to a round number, in the printed unit.
pub struct Axis {
    /// The value at its beginning; zero where no value is negative.
    pub start: Ratio,
    /// The value at its end.
    pub end: Ratio,
    /// The values of its ticks, zero among them.
    pub ticks: Vec<Ratio>,
}

impl Axis {
    /// An axis that reaches the largest of these values. For percentages within the whole it ends at 100, unless it would stand more than half
    /// empty.
    pub fn new(values: impl Iterator<Item = Ratio>, per: i64) -> Self {
        let zero = Ratio::whole(0);
        let (least, largest) = values.fold((zero, zero), |(least, largest), value| (least.min(value), largest.max(value)));
        let is_share = per == 100 && least == zero && largest <= Ratio::whole(100);
        if is_share && (largest > Ratio::whole(50) || largest == zero) {
            return Self::whole();
        }
        // The step is the first of 1, 2, 5, 10, 20, 50 … thousandths with which five steps reach all values.
        let steps = (0..15).flat_map(|zeros| [1, 2, 5].map(|digit| Ratio::whole(digit * 10_i64.pow(zeros)).over(1000)));
        let counts = |step: Ratio| {
            let count = |size: Ratio| size.divided_by(step).map_or(0, |steps| steps.ceiling());
            (count(zero.minus(least)), count(largest))
        };
        let fits = |step: &Ratio| {
            let (below, above) = counts(*step);
            below + above <= 5
        };
        let step = steps.into_iter().find(fits).unwrap_or(largest.max(zero.minus(least)));
        let (below, above) = counts(step);
        let (below, above) = if below == 0 { (0, 5) } else { (below as i64, above as i64) };
        let ticks: Vec<Ratio> = (-below..=above).map(|count| step.times(count)).collect();
        Self { start: step.times(-below), end: step.times(above), ticks }
    }

    /// The axis of all percentages of a whole.
    pub fn whole() -> Self {
        Self { start: Ratio::whole(0), end: Ratio::whole(100), ticks: [0, 20, 40, 60, 80, 100].map(Ratio::whole).into() }
    }

    /// The position of a value on the axis, 0 to 1.
    pub fn position(&self, value: Ratio) -> f64 {
        let share = value.minus(self.start).divided_by(self.end.minus(self.start));
        share.map_or(0.0, |share| share.approximate().clamp(0.0, 1.0))
    }

    /// The position of zero.
    pub fn zero(&self) -> f64 {
        self.position(Ratio::whole(0))
    }

    /// How many decimals the ticks need; none for whole numbers.
    pub fn places(&self) -> u32 {
        self.ticks.iter().map(|tick| tick.places(3)).max().unwrap_or(0)
    }
}

/// The classes of a map, all of the same width, in the printed unit.
pub struct Classes {
    low: Ratio,
    step: Ratio,
}

impl Classes {
    /// Classes that begin and end at round numbers and cover these values as printed. They are no finer than the printed decimals, and
    /// those of percentages end at the whole.
    pub fn new(printed: &[Ratio], axis: &Axis, per: i64, decimals: u32) -> Self {
        let zero = Ratio::whole(0);
        let (least, most) = match (printed.iter().min(), printed.iter().max()) {
            (Some(&least), Some(&most)) if least < most => (least, most),
            _ => (axis.start, axis.end),
        };
        let whole = Ratio::whole(100);
        let share = per == 100 && most <= whole && least >= zero;
        let steps =
            (0..15).flat_map(|zeros| [10, 20, 25, 50].map(|digits| Ratio::whole(digits * 10_i64.pow(zeros)).over(10_000)));
        let fitting = |step: Ratio| {
            let below = zero.minus(least.divided_by(step)?).ceiling();
            let low = step.times(i64::try_from(-below).ok()?);
            let end = low.plus(step.times(CLASSES));
            let low = if share && end > whole { whole.minus(step.times(CLASSES)).max(zero) } else { low };
            (low.plus(step.times(CLASSES)) >= most).then_some(Self { low, step })
        };
        let mut steps = steps.filter(|step| step.places(4) <= decimals);
        steps.find_map(fitting).unwrap_or(Self { low: axis.start, step: axis.end.minus(axis.start) })
    }

    /// Where a class begins; the number behind the last class gives its end.
    pub fn limit(&self, class: i64) -> Ratio {
        self.low.plus(self.step.times(class))
    }

    /// The class of a printed value, from 0.
    pub fn of(&self, printed: Ratio) -> usize {
        (1..CLASSES).filter(|&class| printed >= self.limit(class)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_are_rounded_up_fill_the_whole_and_no_more() {
        let part = |eighths| Figure {
            text: String::new(),
            almost: None,
            share: Ratio::new(eighths, 8).map(|ratio| share(ratio, Scale::percent(0))),
            missing: None,
            small: false,
            incomplete: false,
            broken: false,
            numerator: None,
            denominator: None,
        };
        let mut parts: Vec<Figure> = [1, 1, 1, 1, 4].map(part).into();
        let widths = |parts: &[Figure]| parts.iter().filter_map(|part| part.share).collect::<Vec<f64>>();
        assert_eq!(widths(&parts), [0.13, 0.13, 0.13, 0.13, 0.5]);
        assert!(!fill(&mut parts), "five eighths print as more");
        assert!((widths(&parts).iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn an_axis_reaches_what_is_printed() {
        let axis = Axis::new(
            [printed(Ratio::new(5, 2000).expect("not zero"), Scale { per: 1000, ..Scale::percent(0) })].into_iter(),
            1000,
        );
        assert!(axis.end >= Ratio::whole(3), "2.5 prints as 3");
    }

    #[test]
    fn an_axis_begins_below_zero_where_a_value_does() {
        let ends = |values: &[i64]| {
            let axis = Axis::new(values.iter().map(|value| Ratio::whole(*value)), 100);
            (axis.start, axis.end, axis.ticks.len())
        };
        let whole = |start, end, ticks| (Ratio::whole(start), Ratio::whole(end), ticks);
        assert_eq!(ends(&[-3, 12]), whole(-5, 15, 5));
        assert_eq!(ends(&[-30]), whole(-30, 0, 4));
        assert_eq!(ends(&[-60, 70]), whole(-100, 100, 5));
        let axis = Axis::new([-5, 15].map(Ratio::whole).into_iter(), 100);
        assert!((axis.zero() - 0.25).abs() < 1e-12);
    }

    #[test]
    fn an_axis_of_percentages_is_no_longer_than_what_stands_on_it() {
        let end = |largest: i64| Axis::new([Ratio::whole(largest)].into_iter(), 100).end;
        assert_eq!([0, 1, 7, 10, 26, 50, 51, 100].map(end), [100, 1, 10, 10, 50, 50, 100, 100].map(Ratio::whole));
        assert_eq!(end(101), Ratio::whole(250), "more than the whole");
        assert_eq!((common_end(10.0, 100), common_end(250.0, 100), common_end(5.0, 1000)), (100.0, 250.0, 5.0));
    }
}
