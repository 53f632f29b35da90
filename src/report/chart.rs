//! Where things stand on a chart: its axis, its ticks, the classes of a map. Reckoned once for whoever draws.

use crate::value::Ratio;

/// Shades of a map that can still be told apart in grey print.
pub const CLASSES: i64 = 4;

/// A value as it is printed, in the printed unit. Charts are drawn from it: they tell no more than the number beside them.
pub fn printed(value: Ratio, per: i64, decimals: u32) -> Ratio {
    let rounded = value.times(per).rounded(decimals);
    Ratio::new(rounded, 10_i128.pow(decimals)).expect("a power of ten is not zero")
}

/// A value as it is printed, as a share of the whole.
pub fn share(value: Ratio, per: i64, decimals: u32) -> f64 {
    let whole = u32::try_from(per).expect("`per` is a small positive number");
    printed(value, per, decimals).over(whole).approximate()
}

/// Where a value that stands at a place on an axis with this end stands on an axis with another end.
pub fn rescaled(place: f64, end: f64, other: f64) -> f64 {
    place * end / other
}

/// The value axis of an indicator's charts: from zero to a round number, in the printed unit.
pub struct Axis {
    /// Where it ends.
    pub end: Ratio,
    /// Where its ticks stand, from zero on.
    pub ticks: Vec<Ratio>,
}

impl Axis {
    /// An axis that reaches the largest of these values; all of a whole for shares in percent.
    pub fn new(values: impl Iterator<Item = Ratio>, per: i64) -> Self {
        let largest = values.max().unwrap_or(Ratio::whole(0));
        let hundred = Ratio::whole(100);
        if per == 100 && largest <= hundred {
            return Self { end: hundred, ticks: [0, 20, 40, 60, 80, 100].map(Ratio::whole).into() };
        }
        // The first of 1, 2, 5, 10, 20, 50 … thousandths of which five steps reach the largest value.
        let steps = (0..15).flat_map(|zeros| [1, 2, 5].map(|digit| Ratio::whole(digit * 10_i64.pow(zeros)).over(1000)));
        let step = steps.into_iter().find(|step| step.times(5) >= largest).unwrap_or(largest);
        Self { end: step.times(5), ticks: (0..=5).map(|count| step.times(count)).collect() }
    }

    /// Where a value stands, 0 to 1.
    pub fn position(&self, value: Ratio) -> f64 {
        value.divided_by(self.end).map_or(0.0, |share| share.approximate().clamp(0.0, 1.0))
    }

    /// As many places as the ticks need: none for whole numbers.
    pub fn places(&self) -> u32 {
        self.ticks.iter().map(|tick| tick.places(3)).max().unwrap_or(0)
    }
}

/// The classes of a map, all equally wide, in the printed unit.
pub struct Classes {
    low: Ratio,
    step: Ratio,
}

impl Classes {
    /// Classes that begin and end at round numbers and span these values as they are printed, no finer than what is printed. Classes of
    /// shares end at the whole.
    pub fn new(printed: &[Ratio], axis: &Axis, per: i64, decimals: u32) -> Self {
        let zero = Ratio::whole(0);
        let (least, most) = match (printed.iter().min(), printed.iter().max()) {
            (Some(&least), Some(&most)) if least < most => (least, most),
            _ => (zero, axis.end),
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
        steps.find_map(fitting).unwrap_or(Self { low: zero, step: axis.end })
    }

    /// Where a class begins; the one behind the last begins where the last ends.
    pub fn limit(&self, class: i64) -> Ratio {
        self.low.plus(self.step.times(class))
    }

    /// The class of a value as it is printed, from 0 on.
    pub fn of(&self, printed: Ratio) -> usize {
        (1..CLASSES).filter(|&class| printed >= self.limit(class)).count()
    }
}
