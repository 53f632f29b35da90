//! An attack on what is published: a reader who knows which units there are, what they were asked, and every printed count, and who tries all
//! whole numbers that fit. It uses nothing of how counts are withheld, nor of the proof.

use std::collections::BTreeMap;

use esep::compute::Slice;
use esep::period::PeriodIndex;
use esep::protect::Published;
use esep::region::RegionCode;
use esep::spec::IndicatorIndex;
use esep::value::{Amount, Missing};

use crate::chance::{Project, Unit};

/// The period that is read.
const PERIOD: PeriodIndex = PeriodIndex(1);

/// A group: a category and the position of a value, or 2 for none stated; `None` for everybody.
pub type Group = Option<(usize, usize)>;

/// The fields that persons are counted in once: the last one of [`crate::chance::FIELDS`] holds the one before it, so what it has beside it
/// stands in its place.
const FIELDS: usize = 5;

/// Something that the reader wants to know: a sum of the fields over a group in a region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wish {
    pub fields: Vec<usize>,
    pub group: Group,
    pub region: String,
}

/// How many of a unit are counted in each field, once.
pub fn persons(unit: &Unit) -> [i64; FIELDS] {
    let mut persons = unit.counts.map(|count| count.unwrap_or(0));
    persons[4] -= persons[3];
    persons
}

/// The fields of a sum, each of which counts persons once.
pub fn once(fields: &[usize]) -> Vec<usize> {
    let mut found: Vec<usize> = fields.iter().flat_map(|&field| if field == 4 { vec![3, 4] } else { vec![field] }).collect();
    found.sort_unstable();
    found
}

/// Everything that is printed or follows from it at once, in every region and group: numerators, denominators, parts and what these leave; with
/// what a reader is told of it.
pub fn told(project: &Project, published: &Published<'_>) -> BTreeMap<Wish, Option<i64>> {
    let mut found: BTreeMap<Wish, Option<i64>> = BTreeMap::new();
    let specs = &project.specs;
    for (number, (shape, breakdowns)) in project.indicators.iter().enumerate() {
        let index = IndicatorIndex(number);
        for (position, slice) in published.slices(index).iter().enumerate() {
            let group = match *slice {
                Slice::Total => None,
                Slice::Category { breakdown, value } => Some((breakdowns[breakdown], value.map_or(2, usize::from))),
            };
            for (code, _) in &project.regions {
                let region = specs.hierarchy.find(&RegionCode::new(code.as_str())).expect("it is in the registry");
                let cell = published.slice(index, PERIOD, region, position);
                let is_empty = cell.value() == Err(Missing::ZeroDenominator);
                let mut tell = |fields: Vec<usize>, told: Option<Amount>| {
                    let wish = Wish { fields, group, region: code.clone() };
                    let known = found.entry(wish).or_default();
                    *known = known.or(told.map(|told| told.units)).or(is_empty.then_some(0));
                };
                let (numerator, denominator) = (once(shape.numerator), once(shape.denominator));
                let left = |taken: &[usize]| denominator.iter().copied().filter(|field| !taken.contains(field)).collect();
                tell(numerator.clone(), cell.told_numerator());
                tell(denominator.clone(), cell.told_denominator());
                tell(left(&numerator), None);
                if group.is_none() {
                    let parts: Vec<usize> = shape.parts.iter().flat_map(|part| once(part)).collect();
                    for (part, fields) in shape.parts.iter().enumerate() {
                        tell(once(fields), cell.told_part(part));
                    }
                    if shape.has_rest {
                        tell(left(&parts), None);
                    }
                }
            }
        }
    }
    found
}

/// The groups of a unit.
fn groups(unit: &Unit) -> Vec<Group> {
    std::iter::once(None).chain(unit.groups.into_iter().enumerate().map(Some)).collect()
}

/// What a reader learns of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learnt {
    /// It can be one or another, far enough apart.
    Nothing,
    /// It lies between two numbers.
    Between(i64, i64),
    /// The reader gave up.
    Unknown,
}

/// There were too many possibilities.
struct GaveUp;

/// What a reader can work out.
pub struct Reader {
    atoms: Vec<Atom>,
    truth: Vec<i64>,
    equations: Vec<Equation>,
    of: Vec<Vec<usize>>,
    lowest: Vec<i64>,
    highest: Vec<i64>,
}

/// An unknown number: how many are counted in a field over the rows of a region itself, and in which groups these are counted.
struct Atom {
    field: usize,
    region: String,
    groups: Vec<Group>,
}

#[derive(Clone, Debug)]
struct Equation {
    terms: Vec<(usize, i64)>,
    sum: i64,
}

/// How far from the truth the reader looks.
const FARTHEST: i64 = 14;
/// How many guesses the reader makes for one wish.
const MOST_GUESSES: usize = 4_000;

impl Reader {
    /// A reader who is told some sums, and tries how many there can be in each group.
    pub fn of_groups(project: &Project, told: &BTreeMap<Wish, Option<i64>>) -> Self {
        let mut reader = Self::new();
        let categories = || (0..2).flat_map(|category| (0..3).map(move |value| Some((category, value))));
        for (region, _) in &project.regions {
            for field in 0..FIELDS {
                let first = reader.atoms.len();
                for group in std::iter::once(None).chain(categories()) {
                    let is_in = |unit: &&Unit| unit.region == *region && groups(unit).contains(&group);
                    let truth = project.units.iter().filter(is_in).map(|unit| persons(unit)[field]).sum();
                    // Who should answer is no secret, so it is known where nobody can be.
                    let can_be = project.units.iter().any(|unit| is_in(&unit));
                    let atom = Atom { field, region: region.clone(), groups: vec![group] };
                    reader.unknown(atom, truth, if can_be { truth + FARTHEST } else { 0 });
                }
                for category in 0..2 {
                    let values = (0..3).map(|value| (first + 1 + 3 * category + value, -1));
                    reader.add(Equation { terms: std::iter::once((first, 1)).chain(values).collect(), sum: 0 });
                }
            }
        }
        reader.hear(told)
    }

    /// A reader who is told some sums, and tries what each unit can have answered.
    pub fn of_units(project: &Project, told: &BTreeMap<Wish, Option<i64>>) -> Self {
        let mut reader = Self::new();
        for unit in &project.units {
            for (field, truth) in persons(unit).into_iter().enumerate() {
                let atom = Atom { field, region: unit.region.clone(), groups: groups(unit) };
                reader.unknown(atom, truth, truth + FARTHEST);
            }
        }
        reader.hear(told)
    }

    fn new() -> Self {
        let (atoms, equations) = (Vec::new(), Vec::new());
        Self { atoms, truth: Vec::new(), equations, of: Vec::new(), lowest: Vec::new(), highest: Vec::new() }
    }

    fn unknown(&mut self, atom: Atom, truth: i64, highest: i64) {
        self.atoms.push(atom);
        self.truth.push(truth);
        self.lowest.push(0);
        self.highest.push(highest);
        self.of.push(Vec::new());
    }

    fn hear(mut self, told: &BTreeMap<Wish, Option<i64>>) -> Self {
        for (wish, sum) in told.iter().filter_map(|(wish, told)| Some((wish, (*told)?))) {
            let terms = self.terms(wish);
            self.add(Equation { terms, sum });
        }
        self
    }

    /// The unknown numbers that a wish is the sum of.
    fn terms(&self, wish: &Wish) -> Vec<(usize, i64)> {
        let is_in = |region: &str| {
            let oblast = wish.region.strip_suffix('0');
            wish.region == "0" || wish.region == region || oblast.is_some_and(|oblast| region.starts_with(oblast))
        };
        let is_meant =
            |atom: &&Atom| wish.fields.contains(&atom.field) && atom.groups.contains(&wish.group) && is_in(&atom.region);
        (0..self.atoms.len()).filter(|&atom| is_meant(&&self.atoms[atom])).map(|atom| (atom, 1)).collect()
    }

    fn add(&mut self, equation: Equation) {
        let position = self.equations.len();
        equation.terms.iter().for_each(|&(place, _)| self.of[place].push(position));
        self.equations.push(equation);
    }

    fn remove_last(&mut self) {
        if let Some(equation) = self.equations.pop() {
            equation.terms.iter().for_each(|&(place, _)| _ = self.of[place].pop());
        }
    }

    /// The true number.
    pub fn truth(&self, wish: &Wish) -> i64 {
        self.terms(wish).iter().map(|&(place, _)| self.truth[place]).sum()
    }

    /// Whether anybody can be meant at all; where no unit is, everybody knows that.
    pub fn can_be_somebody(&self, wish: &Wish) -> bool {
        self.terms(wish).iter().any(|&(place, _)| self.highest[place] > 0)
    }

    /// What the reader learns of a wish: whether two numbers as far apart as is asked for both fit.
    pub fn learns(&mut self, wish: &Wish, width: i64) -> Learnt {
        let (terms, truth) = (self.terms(wish), self.truth(wish));
        let (mut low, mut high, mut gave_up) = (truth, truth, false);
        for far in 1..=width {
            for value in [truth + far, truth - far].into_iter().filter(|value| *value >= 0) {
                match self.fit(&terms, value) {
                    Ok(Some(_)) => (low, high) = (low.min(value), high.max(value)),
                    Ok(None) => {}
                    Err(GaveUp) => gave_up = true,
                }
                if high - low >= width {
                    return Learnt::Nothing;
                }
            }
        }
        if gave_up { Learnt::Unknown } else { Learnt::Between(low, high) }
    }

    /// Answers of all units with which a wish has another value than in truth, and everything that is told is true; `None` where the reader
    /// finds none.
    pub fn other_answers(&mut self, wish: &Wish, units: &[Unit]) -> Option<Vec<Unit>> {
        let (terms, truth) = (self.terms(wish), self.truth(wish));
        let numbers = [1, -1, 2, -2, 3].into_iter().find_map(|by| self.fit(&terms, truth + by).ok().flatten())?;
        let answers = |(unit, persons): (&Unit, &[i64])| {
            let mut counts: Vec<Option<i64>> = persons.iter().copied().map(Some).collect();
            counts[4] = Some(persons[3] + persons[4]);
            Unit { counts: counts.try_into().expect("there are as many as fields"), ..unit.clone() }
        };
        Some(units.iter().zip(numbers.chunks(FIELDS)).map(answers).collect())
    }

    /// Numbers with which some have a sum, and everything that is told is true; `None` where there are none.
    fn fit(&mut self, terms: &[(usize, i64)], sum: i64) -> Result<Option<Vec<i64>>, GaveUp> {
        self.add(Equation { terms: terms.to_vec(), sum });
        let (last, mut guesses) = (self.equations.len() - 1, 0);
        let found = self.try_all((self.lowest.clone(), self.highest.clone()), None, last, &mut guesses);
        self.remove_last();
        if guesses < MOST_GUESSES { Ok(found) } else { Err(GaveUp) }
    }

    /// Numbers within bounds that fit all equations.
    fn try_all(
        &self,
        bounds: (Vec<i64>, Vec<i64>),
        fixed: Option<usize>,
        wished: usize,
        guesses: &mut usize,
    ) -> Option<Vec<i64>> {
        *guesses += 1;
        if *guesses >= MOST_GUESSES {
            return None;
        }
        let (mut low, mut high) = bounds;
        let begin = match fixed {
            Some(place) => self.of[place].clone(),
            None => (0..self.equations.len()).collect(),
        };
        if !self.narrow(begin, &mut low, &mut high) {
            return None;
        }
        let guess = |place: usize| self.truth[place].clamp(low[place], high[place]);
        let excess =
            |equation: &Equation| equation.terms.iter().map(|&(place, factor)| factor * guess(place)).sum::<i64>() - equation.sum;
        // What the reader wishes to know comes last, as it is easily met.
        let order = (0..self.equations.len()).filter(|&position| position != wished).chain([wished]);
        let Some((equation, excess)) = order
            .map(|position| &self.equations[position])
            .map(|equation| (equation, excess(equation)))
            .find(|(_, excess)| *excess != 0)
        else {
            return Some((0..self.truth.len()).map(guess).collect());
        };
        let open = equation.terms.iter().filter(|(place, _)| low[*place] < high[*place]);
        let &(place, factor) = open.min_by_key(|(place, _)| high[*place] - low[*place])?;
        let mut values: Vec<i64> = (low[place]..=high[place]).collect();
        values.sort_by_key(|value| ((excess + factor * (value - guess(place))).abs(), (value - guess(place)).abs()));
        values.into_iter().find_map(|value| {
            let (mut low, mut high) = (low.clone(), high.clone());
            (low[place], high[place]) = (value, value);
            self.try_all((low, high), Some(place), wished, guesses)
        })
    }

    /// Narrows the bounds by the equations; whether something is left.
    fn narrow(&self, begin: Vec<usize>, low: &mut [i64], high: &mut [i64]) -> bool {
        let mut queue = begin;
        let mut is_queued = vec![false; self.equations.len()];
        queue.iter().for_each(|&position| is_queued[position] = true);
        while let Some(position) = queue.pop() {
            is_queued[position] = false;
            let Equation { terms, sum } = &self.equations[position];
            let least =
                |place: usize, factor: i64, low: &[i64], high: &[i64]| factor * if factor > 0 { low[place] } else { high[place] };
            let all_least: i64 = terms.iter().map(|&(place, factor)| least(place, factor, low, high)).sum();
            let all_most: i64 = terms.iter().map(|&(place, factor)| -least(place, -factor, low, high)).sum();
            if all_least > *sum || all_most < *sum {
                return false;
            }
            for &(place, factor) in terms {
                // Factors are 1 or -1.
                let (own_least, own_most) = (least(place, factor, low, high), -least(place, -factor, low, high));
                let most = sum - (all_least - own_least);
                let fewest = sum - (all_most - own_most);
                let (from, to) = if factor > 0 { (fewest, most) } else { (-most, -fewest) };
                if from > low[place] || to < high[place] {
                    low[place] = low[place].max(from);
                    high[place] = high[place].min(to);
                    if low[place] > high[place] {
                        return false;
                    }
                    for &more in &self.of[place] {
                        if !is_queued[more] {
                            is_queued[more] = true;
                            queue.push(more);
                        }
                    }
                    // The bounds of this equation changed with it.
                    if !is_queued[position] {
                        is_queued[position] = true;
                        queue.push(position);
                    }
                    break;
                }
            }
        }
        true
    }
}
