//! Number or reason. Ratios are exact; they are rounded once, half away from zero, when they are printed.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::iter;
use std::ops::{Add, Sub};

use serde::{Serialize, Serializer};

/// Why a cell holds no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blank {
    /// The question does not apply to this unit: it leaves the population.
    NotApplicable,
    /// The unit declined to answer.
    Refused,
    /// Nothing was reported.
    NotReported,
}

impl Blank {
    /// The reason's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Blank::NotApplicable => "not-applicable",
            Blank::Refused => "refused",
            Blank::NotReported => "not-reported",
        }
    }
}

/// Why there is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// No unit here belongs to the population.
    NotApplicable,
    /// Units belong to the population, none of them answered.
    NotReported,
    /// Units answered, and the denominator sums to zero.
    ZeroDenominator,
    /// There is a number; it would tell of single persons.
    Withheld,
    /// There is a number; the data that it rests on have errors.
    Blocked,
}

impl Missing {
    /// Every reason.
    pub const ALL: [Missing; 5] =
        [Missing::NotApplicable, Missing::NotReported, Missing::ZeroDenominator, Missing::Withheld, Missing::Blocked];

    /// The reasons that come from the data; the others are decided when numbers are published.
    pub const COMPUTED: [Missing; 3] = [Missing::NotApplicable, Missing::NotReported, Missing::ZeroDenominator];

    /// The reason's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Missing::NotApplicable => "not-applicable",
            Missing::NotReported => "not-reported",
            Missing::ZeroDenominator => "zero-denominator",
            Missing::Withheld => "withheld",
            Missing::Blocked => "unreliable",
        }
    }
}

/// How a value is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// 100 for percent.
    pub per: i64,
    /// Places after the decimal sign.
    pub decimals: u32,
    /// Whether a percentage is one of points, such as the difference of two shares.
    pub points: bool,
}

impl Scale {
    /// Percent with so many decimals.
    pub fn percent(decimals: u32) -> Self {
        Self { per: 100, decimals, points: false }
    }
}

/// A sum as it was added up, exact: so many units of 10^-places. 12.5 with one place is 125 units.
#[derive(Clone, Copy, Debug, Default)]
pub struct Amount {
    /// How many units.
    pub units: i64,
    /// The places after the decimal sign; 0 for what is counted.
    pub places: u32,
}

impl Amount {
    /// The most places that a number has.
    pub const MOST_PLACES: u32 = 6;

    /// So many units of 10^-places.
    pub fn new(units: i64, places: u32) -> Self {
        Self { units, places }
    }

    /// A whole number.
    pub fn whole(units: i64) -> Self {
        Self { units, places: 0 }
    }

    /// Reads a decimal number with a point, such as `12.5` or `-3`, with the places that are written; at most 18 digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        let (whole, decimals) = digits.split_once('.').map_or((digits, None), |(whole, decimals)| (whole, Some(decimals)));
        let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let decimals = match decimals {
            Some(decimals) if !are_digits(decimals) => return None,
            Some(decimals) => decimals,
            None => "",
        };
        if !are_digits(whole) || whole.len() + decimals.len() > 18 {
            return None;
        }
        let units: i64 = format!("{whole}{decimals}").parse().ok()?;
        Some(Self { units: sign * units, places: decimals.len() as u32 })
    }

    /// The same number with other places; `None` where it has more places than these, or does not fit.
    pub fn at(self, places: u32) -> Option<Self> {
        let scale = |exponent: u32| 10_i64.checked_pow(exponent);
        let units = match places.checked_sub(self.places) {
            Some(more) => self.units.checked_mul(scale(more)?)?,
            None => {
                let scale = scale(self.places - places)?;
                (self.units % scale == 0).then_some(self.units / scale)?
            }
        };
        Some(Self { units, places })
    }

    /// The same number without zeros at the end of its decimals.
    pub fn trimmed(self) -> Self {
        (0..self.places).find_map(|places| self.at(places)).unwrap_or(self)
    }

    /// The number without its sign.
    pub fn abs(self) -> Self {
        Self { units: self.units.abs(), ..self }
    }

    /// The number as a fraction.
    pub fn ratio(self) -> Ratio {
        Ratio { numerator: i128::from(self.units), denominator: power_of_ten(self.places) }
    }

    /// The ratio to another sum, exact and not reduced: both in units of the one with more places; `None` when the other one is zero.
    pub fn over(self, other: Amount) -> Option<Ratio> {
        let places = self.places.max(other.places);
        Ratio::new(self.scaled(places), other.scaled(places))
    }

    /// The float nearest to it, for the cells of spreadsheets; no printed digit comes from it.
    pub fn nearest(self) -> f64 {
        self.to_string().parse().expect("digits make a number")
    }

    /// In units of 10^-places, of which there are no fewer than its own.
    fn scaled(self, places: u32) -> i128 {
        i128::from(self.units) * power_of_ten(places - self.places)
    }

    /// Both in the units of the one with more places.
    fn aligned(self, other: Amount) -> (i128, i128, u32) {
        let places = self.places.max(other.places);
        (self.scaled(places), other.scaled(places), places)
    }
}

impl fmt::Display for Amount {
    /// With a point and all its places, for files and messages. Pages use the signs of their language.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.ratio().decimal(self.places))
    }
}

impl Serialize for Amount {
    /// A number; where a number would lose digits, since programs keep 15 of them, a text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// A number of 15 digits is the same when it was a float in between.
        const MOST: i64 = 999_999_999_999_999;
        match self.places {
            0 => serializer.serialize_i64(self.units),
            _ if self.units.abs() <= MOST => serializer.serialize_f64(self.nearest()),
            _ => serializer.collect_str(self),
        }
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Amount {}

impl Hash for Amount {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { units, places } = self.trimmed();
        (units, places).hash(state);
    }
}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        let (left, right, _) = self.aligned(*other);
        left.cmp(&right)
    }
}

impl Add for Amount {
    type Output = Amount;
    fn add(self, other: Amount) -> Amount {
        let (left, right, places) = self.aligned(other);
        Self { units: held(left + right), places }
    }
}

impl Sub for Amount {
    type Output = Amount;
    fn sub(self, other: Amount) -> Amount {
        let (left, right, places) = self.aligned(other);
        Self { units: held(left - right), places }
    }
}

impl iter::Sum for Amount {
    fn sum<I: Iterator<Item = Amount>>(amounts: I) -> Amount {
        amounts.fold(Amount::default(), Amount::add)
    }
}

/// Units of a sum. The bounds of fields and of what a row may add keep them far below.
fn held(units: i128) -> i64 {
    i64::try_from(units).expect("sums are bounded by the specifications")
}

/// A value of an indicator.
pub type Value = Result<Ratio, Missing>;

/// An exact fraction. Invariant: the denominator is above zero.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    numerator: i128,
    denominator: i128,
}

impl Ratio {
    /// The fraction; `None` when the denominator is zero.
    pub fn new(numerator: i128, denominator: i128) -> Option<Self> {
        match denominator.cmp(&0) {
            Ordering::Less => Some(Self { numerator: -numerator, denominator: -denominator }),
            Ordering::Equal => None,
            Ordering::Greater => Some(Self { numerator, denominator }),
        }
    }

    /// A whole number as a fraction.
    pub fn whole(number: i64) -> Self {
        Self { numerator: i128::from(number), denominator: 1 }
    }

    /// Reads a decimal number such as `60`, `82.5` or `-0.25`; at most nine decimals.
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 15 || decimals.len() > 9 || !all_digits(whole) || !all_digits(decimals) {
            return None;
        }
        let numerator: i128 = format!("{whole}{decimals}").parse().ok()?;
        Some(Self { numerator: sign * numerator, denominator: power_of_ten(decimals.len() as u32) })
    }

    /// The numerator as it was summed, not reduced.
    pub fn numerator(self) -> i128 {
        self.numerator
    }

    /// The denominator as it was summed, not reduced; above zero.
    pub fn denominator(self) -> i128 {
        self.denominator
    }

    /// `self - other`, exact.
    pub fn minus(self, other: Ratio) -> Ratio {
        let (left, right) = (self.reduced(), other.reduced());
        // The least common denominator stays small where both have the same one.
        let common = greatest_common_divisor(left.denominator, right.denominator);
        let (mine, its) = (right.denominator / common, left.denominator / common);
        let numerator = left.numerator * mine - right.numerator * its;
        Ratio { numerator, denominator: left.denominator * mine }.reduced()
    }

    /// `self + other`, exact.
    pub fn plus(self, other: Ratio) -> Ratio {
        self.minus(Ratio { numerator: -other.numerator, denominator: other.denominator })
    }

    /// `self × factor`, exact.
    pub fn times(self, factor: i64) -> Ratio {
        // Common factors are cancelled first, so that large factors fit.
        let divisor = greatest_common_divisor(i128::from(factor).abs(), self.denominator);
        Ratio { numerator: self.numerator * (i128::from(factor) / divisor), denominator: self.denominator / divisor }
    }

    /// `self / divisor`, exact; the divisor is above zero.
    pub fn over(self, divisor: u32) -> Ratio {
        Ratio { numerator: self.numerator, denominator: self.denominator * i128::from(divisor) }
    }

    /// `self / other`, exact; `None` when the other one is zero.
    pub fn divided_by(self, other: Ratio) -> Option<Ratio> {
        let (left, right) = (self.reduced(), other.reduced());
        // Common factors are cancelled before multiplying.
        let above = greatest_common_divisor(left.numerator.abs(), right.numerator.abs());
        let below = greatest_common_divisor(left.denominator, right.denominator);
        let numerator = (left.numerator / above) * (right.denominator / below);
        Ratio::new(numerator, (left.denominator / below) * (right.numerator / above)).map(Ratio::reduced)
    }

    /// The fewest decimals, at most `most`, with which the number is printed exactly; `most` when none of them do.
    pub fn places(self, most: u32) -> u32 {
        (0..most).find(|&places| Ratio::new(self.rounded(places), power_of_ten(places)) == Some(self)).unwrap_or(most)
    }

    /// The nearest multiple of 10^-decimals, as a number of such units. A half goes away from zero, so that a fall and a rise of the same
    /// size print alike.
    pub fn rounded(self, decimals: u32) -> i128 {
        // The whole part is scaled by itself: together with the fraction, a large numerator would not fit.
        let ratio = self.reduced();
        let (whole, rest) = (ratio.numerator.abs() / ratio.denominator, ratio.numerator.abs() % ratio.denominator);
        let scale = power_of_ten(decimals);
        let units = whole * scale + (2 * rest * scale + ratio.denominator) / (2 * ratio.denominator);
        if ratio.numerator < 0 { -units } else { units }
    }

    /// How the number compares with what it prints as, where it prints as zero or, in percent, as the whole; `Equal` where it prints as
    /// anything else. 1999/2000 prints as 100.0 % and is less.
    pub fn beside_print(self, Scale { per, decimals, points }: Scale) -> Ordering {
        let printed = self.times(per).rounded(decimals);
        match printed {
            0 => self.sign(),
            _ if per == 100 && !points && printed == Ratio::whole(100).rounded(decimals) => self.cmp(&Ratio::whole(1)),
            _ => Ordering::Equal,
        }
    }

    /// The number with a point and `decimals` places, `-3.20`, for files. Pages use the signs of their language.
    pub fn decimal(self, decimals: u32) -> String {
        let units = self.rounded(decimals);
        let sign = if units < 0 { "-" } else { "" };
        let (whole, rest) = split(units, decimals);
        if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:0width$}", width = decimals as usize) }
    }

    /// Whether it is below zero, zero, or above.
    pub fn sign(self) -> Ordering {
        self.numerator.cmp(&0)
    }

    /// A float for positions on a page; no printed digit comes from it.
    pub fn approximate(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    /// The smallest whole number that is at least the ratio.
    pub fn ceiling(self) -> i128 {
        let floor = self.numerator.div_euclid(self.denominator);
        if self.numerator.rem_euclid(self.denominator) == 0 { floor } else { floor + 1 }
    }

    fn reduced(self) -> Ratio {
        let divisor = greatest_common_divisor(self.numerator.abs(), self.denominator);
        Ratio { numerator: self.numerator / divisor, denominator: self.denominator / divisor }
    }
}

/// The whole part and the decimals, without sign, of a number counted in units of 10^-decimals.
pub fn split(units: i128, decimals: u32) -> (i128, i128) {
    let one = power_of_ten(decimals);
    (units.abs() / one, units.abs() % one)
}

fn power_of_ten(exponent: u32) -> i128 {
    10_i128.pow(exponent)
}

fn greatest_common_divisor(mut left: i128, mut right: i128) -> i128 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left.max(1)
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ratio {}

impl Hash for Ratio {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Ratio { numerator, denominator } = self.reduced();
        (numerator, denominator).hash(state);
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        // Whole parts are compared first, then the remainders turned upside down: products of large numbers would not fit.
        let (mut left, mut right) = (*self, *other);
        let mut turned = false;
        loop {
            let whole = |ratio: Ratio| ratio.numerator.div_euclid(ratio.denominator);
            let rest = |ratio: Ratio| ratio.numerator.rem_euclid(ratio.denominator);
            let order = whole(left).cmp(&whole(right));
            let order = match (rest(left), rest(right)) {
                _ if order.is_ne() => order,
                (0, 0) => return Ordering::Equal,
                (0, _) => Ordering::Less,
                (_, 0) => Ordering::Greater,
                (first, second) => {
                    left = Ratio { numerator: left.denominator, denominator: first };
                    right = Ratio { numerator: right.denominator, denominator: second };
                    turned = !turned;
                    continue;
                }
            };
            return if turned { order.reverse() } else { order };
        }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.numerator, self.denominator)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn what_prints_as_the_whole_or_as_nothing_may_be_less_or_more() {
        let beside = |numerator, denominator, per| {
            Ratio::new(numerator, denominator).map(|ratio| ratio.beside_print(Scale { per, decimals: 1, points: false }))
        };
        assert_eq!(beside(1999, 2000, 100), Some(Ordering::Less));
        assert_eq!(beside(2000, 2000, 100), Some(Ordering::Equal));
        assert_eq!(beside(20_001, 20_000, 100), Some(Ordering::Greater));
        assert_eq!(beside(1998, 2000, 100), Some(Ordering::Equal), "99.9 is no claim");
        assert_eq!(beside(0, 3000, 100), Some(Ordering::Equal));
        assert_eq!(beside(1, 3000, 100), Some(Ordering::Greater));
        assert_eq!(beside(-1, 3000, 100), Some(Ordering::Less));
        assert_eq!(beside(1, 30_000, 1000), Some(Ordering::Greater));
        assert_eq!(beside(99_999, 100_000, 1), Some(Ordering::Equal), "one for one is no whole");
    }

    fn ratio(numerator: i128, denominator: i128) -> Ratio {
        Ratio::new(numerator, denominator).expect("not zero")
    }

    #[test]
    fn fractions_that_are_the_same_are_found_as_the_same() {
        let known: HashSet<Ratio> = [ratio(1, 2), ratio(-1, 2), ratio(0, 5)].into();
        assert!([ratio(2, 4), ratio(-2, 4), ratio(2, -4), ratio(0, 1)].iter().all(|other| known.contains(other)));
        assert!(![ratio(1, 3), ratio(-1, 4), ratio(2, 1)].iter().any(|other| known.contains(other)));
    }

    #[test]
    fn halves_are_rounded_away_from_zero_from_the_integers() {
        assert_eq!(ratio(23, 80).times(100).decimal(1), "28.8");
        assert_eq!(ratio(1, 8).decimal(2), "0.13");
        assert_eq!(ratio(-1, 8).decimal(2), "-0.13");
        assert_eq!(ratio(1, 3).times(100).decimal(0), "33");
        assert_eq!(ratio(999, 1000).times(100).decimal(0), "100");
    }

    #[test]
    fn amounts_are_exact_and_print_with_all_their_places() {
        let amount = |text: &str| Amount::parse(text).expect("a number");
        assert_eq!(amount("12.50").to_string(), "12.50");
        assert_eq!(amount("-0.05").to_string(), "-0.05");
        assert_eq!(amount("12.50").trimmed().to_string(), "12.5");
        assert_eq!(amount("0.1") + amount("0.25"), amount("0.35"));
        assert_eq!(amount("1") - amount("0.25"), amount("0.750"));
        assert!(amount("0.5") < amount("0.51") && amount("2") > amount("1.9"));
        assert_eq!(amount("12.5").over(amount("5")), Some(ratio(5, 2)));
        assert_eq!(amount("12.5").over(amount("0.0")), None);
        assert_eq!((amount("12.5").at(2), amount("12.5").at(0)), (Some(amount("12.5")), None));
        for text in ["", "1.", ".5", "1,5", "1e3", "--1", "1234567890123456789"] {
            assert!(Amount::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn amounts_are_numbers_in_json_as_long_as_no_digit_is_lost() {
        let json = |units, places| serde_json::to_string(&Amount::new(units, places)).expect("plain data");
        assert_eq!(json(125, 1), "12.5");
        assert_eq!(json(-999_999_999_999_999, 2), "-9999999999999.99");
        assert_eq!(json(12_345_678_901_234_567, 2), "\"123456789012345.67\"");
        assert_eq!(json(12_345_678_901_234_567, 0), "12345678901234567");
    }

    #[test]
    fn a_tiny_fall_prints_as_zero_without_a_sign() {
        assert_eq!(ratio(-1, 1000).decimal(1), "0.0");
    }

    #[test]
    fn decimals_are_read_exactly() {
        assert_eq!(Ratio::parse("82.5"), Some(ratio(165, 2)));
        assert_eq!(Ratio::parse("-0.25"), Some(ratio(-1, 4)));
        assert_eq!(Ratio::parse("1e3"), None);
        assert_eq!(Ratio::parse("82,5"), None);
    }

    #[test]
    fn large_ratios_are_compared_exactly() {
        let large = i128::MAX / 2;
        assert!(ratio(large, large - 1) < ratio(large - 1, large - 2));
        assert!(ratio(-large, large - 1) > ratio(1 - large, large - 2));
        assert_eq!(ratio(large - 1, 2 * (large - 1)).cmp(&ratio(1, 2)), Ordering::Equal);
        assert!(ratio(-1, 3) < ratio(-1, 4) && ratio(7, 3) < ratio(5, 2) && ratio(2, 1) > ratio(5, 3));
    }

    #[test]
    fn the_largest_target_and_the_largest_sums_fit() {
        let (target, sum) = (Ratio::parse("999999999.999999999").expect("a number"), i128::from(i64::MAX));
        let value = ratio(sum - 1, sum);
        let gap = target.minus(value.times(100));
        assert_eq!(gap.rounded(3), 999_999_900_000);
        assert_eq!(target.over(100_000).minus(value).times(i64::MAX).ceiling(), 92_224_496_996_510_903_201_961);
        assert!(gap.divided_by(target).is_some_and(|share| share < Ratio::whole(1)));
        assert!(value.plus(ratio(sum, sum)) < Ratio::whole(2));
    }

    #[test]
    fn a_ratio_of_ratios_is_exact() {
        assert_eq!(ratio(1, 3).divided_by(ratio(-2, 5)), Some(ratio(-5, 6)));
        assert_eq!(ratio(1, 3).divided_by(ratio(0, 5)), None);
    }

    #[test]
    fn as_many_places_are_printed_as_are_needed() {
        assert_eq!(Ratio::whole(5).places(3), 0);
        assert_eq!(ratio(165, 2).places(3), 1);
        assert_eq!(ratio(-1, 4).places(3), 2);
        assert_eq!(ratio(1, 3).places(3), 3);
    }

    #[test]
    fn differences_are_exact() {
        assert_eq!(ratio(2, 3).minus(ratio(1, 2)), ratio(1, 6));
        assert!(ratio(1, 3) < ratio(34, 100));
    }

    #[test]
    fn a_ceiling_is_the_next_whole_number() {
        assert_eq!(ratio(7, 2).ceiling(), 4);
        assert_eq!(ratio(8, 2).ceiling(), 4);
        assert_eq!(ratio(-7, 2).ceiling(), -3);
    }
}
