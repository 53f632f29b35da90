//! `outlier`: a number, or a rate, is far from those of its peers. `docs/checks.md` has the formulas and where they come from.
//!
//! All in whole numbers, scores in thousandths of a standard deviation, so that the same data give the same findings everywhere.

use std::collections::BTreeMap;

use super::{Scene, Write, fields, numbers};
use crate::compute::evaluate;
use crate::diagnostic::Diagnostic;
use crate::spec::checks::outlier::Outlier;
use crate::value::Ratio;

/// A row's number, and what it is out of.
#[derive(Clone, Copy)]
struct Point {
    row: usize,
    count: i64,
    /// One where there is no denominator.
    size: i64,
}

/// Rows with the same values of the categories are peers, wherever they lie.
pub fn check(scene: &Scene<'_>, outlier: &Outlier, found: &mut Vec<Diagnostic>) {
    let mut groups: BTreeMap<Vec<Option<u16>>, Vec<Point>> = BTreeMap::new();
    for row in scene.rows() {
        let view = scene.view(row);
        let Ok(count @ 0..) = evaluate::sum(&outlier.sum, &view) else { continue };
        let size = outlier.denominator.as_ref().map_or(Ok(1), |sum| evaluate::sum(sum, &view));
        let Ok(size @ 1..) = size else { continue };
        let group = outlier.peers.iter().map(|&field| scene.table.category(field, row).ok()).collect();
        groups.entry(group).or_default().push(Point { row, count, size });
    }
    for points in groups.into_values() {
        judge(scene, outlier, &points, found);
    }
}

fn judge(scene: &Scene<'_>, outlier: &Outlier, points: &[Point], found: &mut Vec<Diagnostic>) {
    // Where half of the peers have none, having any at all is a question of its own: those that have are compared with each other.
    let positive: Vec<Point> = points.iter().copied().filter(|point| point.count > 0).collect();
    let points = if positive.len() * 2 <= points.len() { positive.as_slice() } else { points };
    if points.len() < outlier.at_least {
        return;
    }
    let Some(scale) = Scale::new(points, outlier) else { return };
    let mut concerned = fields(&outlier.sum);
    concerned.extend(outlier.denominator.iter().flat_map(fields));
    for point in points.iter().filter(|point| scale.side(point.count, point.size) != 0) {
        let (low, high) = scale.usual(point.size);
        let whole = |write: Write<'_>, number: i64| write(Ratio::whole(number), 0);
        let of = |write: Write<'_>| match outlier.denominator {
            None => String::new(),
            Some(_) => format!("/{}", whole(write, point.size)),
        };
        let value = |write: Write<'_>| whole(write, point.count) + &of(write);
        let expected = |write: Write<'_>| {
            let low = if low < high { whole(write, low) + "–" } else { String::new() };
            low + &whole(write, high) + &of(write)
        };
        let facts = vec![
            scene.sum("field", &outlier.sum),
            ("value", numbers(scene.subject, value)),
            ("expected", numbers(scene.subject, expected)),
            scene.count("peers", points.len()),
        ];
        found.push(scene.about_row(point.row, &concerned, facts));
    }
}

/// How numbers become scores of which chance alone would make a standard deviation of about one.
#[derive(Clone, Copy)]
enum Score {
    /// Counts: 2·√(x + 3/8).
    Root,
    /// Parts of wholes: (x − n·p) / √(n·p·(1 − p)), with p of all peers in units of [`ONE`].
    Share(i128),
    /// Rates that may exceed one: (x − n·p) / √(n·p).
    Rate(i128),
}

/// One, in the units of a share.
const ONE: i128 = 1 << 20;

/// A thousand times the square root of a ratio.
fn thousand_roots(numerator: i128, denominator: i128) -> i128 {
    let (numerator, denominator) = (numerator.unsigned_abs(), denominator.unsigned_abs().max(1));
    // Where the product does not fit, the ratio is so large that its decimals do not matter.
    let square = match numerator.checked_mul(1_000_000) {
        Some(product) => product / denominator,
        None => (numerator / denominator).saturating_mul(1_000_000),
    };
    i128::try_from(square.isqrt()).unwrap_or(i128::MAX)
}

impl Score {
    /// `None` where the peers have nothing, or all of everything: then there is no scatter to compare with.
    fn new(points: &[Point], is_rate: bool) -> Option<Self> {
        if !is_rate {
            return Some(Score::Root);
        }
        let counts: i128 = points.iter().map(|point| i128::from(point.count)).sum();
        let sizes: i128 = points.iter().map(|point| i128::from(point.size)).sum();
        let share = counts * ONE / sizes.max(1);
        if points.iter().all(|point| point.count <= point.size) {
            (0 < share && share < ONE).then_some(Score::Share(share))
        } else {
            (share > 0).then_some(Score::Rate(share))
        }
    }

    /// In thousandths. Grows with the count.
    fn of(self, count: i64, size: i64) -> i128 {
        let (count, size) = (i128::from(count), i128::from(size));
        let residual = |share: i128, variance: i128| {
            let distance = count * ONE - size * share;
            // Both are halved until the square fits; the quotient stays the same but for digits that do not matter.
            let mut halvings = 0;
            while (distance.abs() >> halvings) >= 1 << 53 {
                halvings += 1;
            }
            let shrunk = distance.abs() >> halvings;
            let root = thousand_roots(shrunk * shrunk, (variance >> (2 * halvings)).max(1));
            if distance < 0 { -root } else { root }
        };
        match self {
            Score::Root => thousand_roots(8 * count + 3, 2),
            Score::Share(share) => residual(share, size * share * (ONE - share)),
            Score::Rate(share) => residual(share, size * share * ONE),
        }
    }
}

/// The middle of the peers' scores, and how far from it is far.
struct Scale {
    score: Score,
    middle: i128,
    reach: i128,
    /// The largest count that a bound is looked for at.
    largest: i64,
    is_share: bool,
}

impl Scale {
    fn new(points: &[Point], outlier: &Outlier) -> Option<Self> {
        let score = Score::new(points, outlier.denominator.is_some())?;
        let mut scores: Vec<i128> = points.iter().map(|point| score.of(point.count, point.size)).collect();
        scores.sort_unstable();
        let middle = median(&scores);
        let mut distances: Vec<i128> = scores.iter().map(|score| (score - middle).abs()).collect();
        distances.sort_unstable();
        let spread = match median(&distances) {
            0 => (scores[scores.len() * 3 / 4] - scores[scores.len() / 4]) * 7_413 / 10_000,
            deviation => deviation * 14_826 / 10_000,
        };
        // Peers never count as closer together than chance alone would put them.
        let spread = spread.max(1_000);
        let reach = spread * outlier.cutoff.numerator() / outlier.cutoff.denominator();
        let largest = points.iter().map(|point| point.count).max().unwrap_or_default();
        Some(Self { score, middle, reach, largest, is_share: matches!(score, Score::Share(_)) })
    }

    /// −1 when the count is far below its peers, 1 when it is far above, else 0.
    fn side(&self, count: i64, size: i64) -> i32 {
        let distance = self.score.of(count, size) - self.middle;
        match (distance > self.reach, distance < -self.reach) {
            (true, _) => 1,
            (_, true) => -1,
            (false, false) => 0,
        }
    }

    /// The smallest and the largest count that would not be far.
    fn usual(&self, size: i64) -> (i64, i64) {
        let end = if self.is_share { size } else { self.largest };
        (first(end, |count| self.side(count, size) >= 0), first(end, |count| self.side(count, size) > 0 || count == end + 1) - 1)
    }
}

/// The first count for which a condition that stays true once it is true holds; one past the end when there is none.
fn first(end: i64, holds: impl Fn(i64) -> bool) -> i64 {
    let (mut low, mut high) = (0, end + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// Of sorted numbers; of an even count the mean of the two in the middle, rounded down.
fn median(sorted: &[i128]) -> i128 {
    let half = sorted.len() / 2;
    match sorted {
        [] => 0,
        _ if sorted.len() % 2 == 1 => sorted[half],
        _ => (sorted[half - 1] + sorted[half]).div_euclid(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::expression::Sum;
    use crate::value::Ratio;

    #[test]
    fn scores_are_thousandths_of_a_standard_deviation() {
        // 2·√(0.375) and 2·√(100.375).
        assert_eq!(Score::Root.of(0, 1), 1_224);
        assert_eq!(Score::Root.of(100, 1), 20_037);
        // 90 of 100 at one half: 40 / √25 = 8.
        assert_eq!(Score::Share(ONE / 2).of(90, 100), 8_000);
        assert_eq!(Score::Share(ONE / 2).of(10, 100), -8_000);
        // 30 where 20 are expected: 10 / √20.
        assert_eq!(Score::Rate(2 * ONE).of(30, 10), 2_236);
    }

    #[test]
    fn large_numbers_do_not_overflow() {
        let largest = 1_000_000_000_000;
        assert!(Score::Share(ONE / 2).of(largest, largest) > 900_000_000);
        assert!(Score::Rate(1).of(largest, 1) > Score::Rate(1).of(largest / 2, 1));
        assert!(Score::Root.of(i64::MAX / 16, 1) > 0);
    }

    #[test]
    fn a_count_is_judged_by_its_peers_and_never_closer_than_chance() {
        let cutoff = Ratio::parse("3.5").expect("a number");
        let outlier = Outlier { sum: Sum::default(), denominator: None, peers: Vec::new(), cutoff, at_least: 5 };
        let points: Vec<Point> = [4; 20].iter().map(|&count| Point { row: 0, count, size: 1 }).collect();
        let scale = Scale::new(&points, &outlier).expect("counts have a scale");
        // All peers have 4; 2·√4.375 ± 3.5 reaches from 0 to 14.
        assert_eq!((scale.side(0, 1), scale.side(14, 1), scale.side(15, 1)), (0, 0, 1));
    }

    #[test]
    fn the_usual_range_ends_where_findings_begin() {
        assert_eq!(first(10, |count| count >= 4), 4);
        assert_eq!(first(10, |_| false), 11);
        assert_eq!(median(&[1, 2, 4]), 2);
        assert_eq!(median(&[-1, 0]), -1);
    }
}
