//! Every count of persons of a period, and the equations between them: regions add up to those above, groups to the whole, parts to the
//! numerator; what is left of a whole follows from it.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use super::quantities::{Block, EVERYBODY, Group, Groups, Quantities, What};
use crate::compute::sums::Which;
use crate::region::{Hierarchy, RegionIndex};
use crate::spec::{Confidentiality, IndicatorIndex, Specs};

/// The position of a count in its [`System`].
pub type Count = usize;

/// A count of persons.
#[derive(Clone, Debug, Hash)]
pub struct Counted {
    /// How many there are.
    pub value: i64,
    /// Where it would be printed; it stands in several places when these are over the same persons. Empty for a count that is nowhere
    /// printed, though it may follow from others.
    pub places: Vec<Place>,
    /// Whether the rule withholds it for its own sake.
    pub is_small: bool,
    /// Whether it follows from printed counts: it is printed itself, or is what they leave of each other.
    pub is_derived: bool,
    /// Whether readers know it already, whatever is published now: an earlier release told it, or it follows from what one told.
    pub is_out: bool,
    /// Whether earlier releases withheld it wherever it is printed: then it stays withheld.
    pub was_kept: bool,
    /// Whether it is printed as a number that the rule withholds, though it is none itself: with what is not of persons added to it.
    pub prints_small: bool,
    /// The blocks of persons that it is the sum of.
    pub blocks: Vec<(Block, i64)>,
    /// One of the things that it is.
    pub about: About,
}

impl Counted {
    /// How far apart its possible values must be: as far as the rule says; where it has nothing to do with what is printed, it must only not be
    /// known.
    pub fn width(&self, rule: &Confidentiality) -> i64 {
        if self.is_derived { rule.width } else { 1 }
    }

    /// Whether it is withheld whatever else is: for its own sake, or since it was withheld before.
    pub fn stays_withheld(&self) -> bool {
        self.is_printed() && (self.is_small || self.was_kept && !self.is_out)
    }

    /// Whether it is printed somewhere unless it is withheld.
    pub fn is_printed(&self) -> bool {
        !self.places.is_empty()
    }
}

/// Where a count is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The indicator.
    pub indicator: IndicatorIndex,
    /// Which of its sums.
    pub which: Which,
    /// The region.
    pub region: RegionIndex,
    /// The position of the slice in the indicator.
    pub slice: usize,
}

/// What a count is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct About {
    /// What is counted.
    pub what: What,
    /// The group.
    pub group: Group,
    /// The region.
    pub region: RegionIndex,
    /// Whether only rows in the region itself are meant, none of the regions within it.
    pub own: bool,
}

/// Counts, each times its factor, that add up to zero.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Equation(pub Vec<(Count, i64)>);

/// All counts of persons of a period.
#[derive(Hash)]
pub struct System {
    /// The counts.
    pub counts: Vec<Counted>,
    /// The equations between them.
    pub equations: Vec<Equation>,
    /// For each count, the equations that it is in.
    pub of: Vec<Vec<usize>>,
    /// What earlier releases tell too much of.
    pub exposed: Exposed,
    /// The indicators that print another sum than that of their rows.
    pub beyond: BTreeSet<IndicatorIndex>,
    /// What is counted.
    pub quantities: Quantities,
    within: Places,
    own: Places,
}

/// The count of each quantity, group and region; `None` where nobody can be.
type Places = Vec<Vec<Vec<Option<Count>>>>;

/// What earlier releases tell too much of, whatever is published now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Exposed {
    /// The counts that are narrowed down, but not known.
    pub narrowed: BTreeSet<Count>,
    /// The equations that tell of few persons together.
    pub equations: BTreeSet<usize>,
}

/// What decides which counts are printed.
pub trait Prints {
    /// The position of a group among the slices of an indicator.
    fn slice(&self, indicator: IndicatorIndex, group: Group, groups: &Groups) -> Option<usize>;
    /// Whether a sum is printed unless it is withheld.
    fn prints(&self, place: Place) -> bool;
    /// Whether the sum that is printed there is this number.
    fn is_printed_as(&self, place: Place, value: i64) -> bool;
    /// Whether an earlier release told that a sum is this number.
    fn told_before(&self, place: Place, value: i64) -> bool;
    /// Whether earlier releases withheld a sum, and none told it.
    fn kept_before(&self, place: Place) -> bool;
}

impl System {
    /// The system of a period.
    pub fn new(specs: &Specs, quantities: Quantities, prints: &impl Prints, exposed: &Exposed) -> Self {
        let mut maker = Maker { specs, quantities, counts: Vec::new(), known: HashMap::new() };
        let within = maker.places(false);
        let own = maker.places(true);
        let beyond = maker.print(prints, &within);
        let Maker { quantities, counts, .. } = maker;
        let (of, exposed) = (vec![Vec::new(); counts.len()], exposed.clone());
        let mut system = Self { of, counts, equations: Vec::new(), exposed, beyond, quantities, within, own };
        system.relate(specs);
        system.mark_out();
        system.mark(specs);
        system
    }

    /// Marks the counts that follow from those that were told before.
    fn mark_out(&mut self) {
        if self.counts.iter().any(|counted| counted.is_out) {
            let is_open: Vec<bool> = self.counts.iter().map(|counted| !counted.is_out).collect();
            for (counted, known) in self.counts.iter_mut().zip(known(&self.equations, &self.of, &is_open)) {
                counted.is_out = known;
            }
        }
    }

    /// Which counts readers know: those that are not open, and those that follow from these one by one.
    pub fn known(&self, is_open: &[bool]) -> Vec<bool> {
        known(&self.equations, &self.of, is_open)
    }

    /// The count of a quantity; `None` where nobody can be.
    pub fn at(&self, quantity: usize, group: Group, region: RegionIndex) -> Option<Count> {
        self.within[quantity][group][region.0]
    }

    /// The same, over the rows in a region itself, where there are also regions within it.
    pub fn own(&self, quantity: usize, group: Group, region: RegionIndex) -> Option<Count> {
        self.own[quantity][group][region.0]
    }

    /// Whether a count of nobody or of one person is about the person who is alone in another one.
    pub fn is_of_same(&self, hierarchy: &Hierarchy, count: Count, single: Count) -> bool {
        let (own, other) = (&self.counts[count], &self.counts[single]);
        let (here, there) = (own.about.region, other.about.region);
        own.value <= 1
            && (hierarchy.contains(here, there) || hierarchy.contains(there, here))
            && own.about.what.indicator() == other.about.what.indicator()
    }

    /// Whether a quantity is counted in a group.
    pub fn is_counted(&self, quantity: usize, group: Group) -> bool {
        let fields = &self.quantities.all[quantity].fields;
        self.quantities.groups.field_of(group).is_none_or(|field| fields.contains(&field))
    }

    /// The groups that a quantity is counted in.
    pub fn groups(&self, quantity: usize) -> impl Iterator<Item = Group> {
        let fields = self.quantities.all[quantity].fields.iter();
        std::iter::once(EVERYBODY).chain(fields.flat_map(|&field| self.quantities.groups.of(field)))
    }

    /// Marks the counts that the rule withholds for their own sake.
    fn mark(&mut self, specs: &Specs) {
        let rule = &specs.programme.confidentiality;
        for counted in &mut self.counts {
            counted.is_small = rule.withholds(counted.value) || counted.prints_small;
            counted.is_derived = counted.is_printed();
        }
        self.mark_parts(rule);
        self.exposed.narrowed.iter().for_each(|&count| self.counts[count].is_derived = false);
    }

    /// Marks the counts that the rule withholds as parts of a whole.
    fn mark_parts(&mut self, rule: &Confidentiality) {
        let quantities: Vec<What> = self.quantities.all.iter().map(|quantity| quantity.what).collect();
        for (whole, _) in quantities.iter().enumerate().filter(|(_, what)| matches!(what, What::Sum(_, Which::Denominator))) {
            let What::Sum(indicator, _) = quantities[whole] else { continue };
            // Only where the numerator is a part of the denominator there is something left of it.
            if !quantities.contains(&What::Remainder(indicator)) {
                continue;
            }
            for (part, what) in quantities.iter().enumerate() {
                let is_part = match *what {
                    What::Sum(own, which) => own == indicator && which != Which::Denominator,
                    What::Remainder(own) | What::Left(own, _) | What::Rest(own) => own == indicator,
                    What::Common(..) => false,
                };
                if is_part {
                    self.mark_part(rule, whole, part);
                }
            }
        }
    }

    fn mark_part(&mut self, rule: &Confidentiality, whole: usize, part: usize) {
        let groups: Vec<Group> = self.groups(part).collect();
        for group in groups {
            for region in (0..self.within[whole][group].len()).map(RegionIndex) {
                // Where the group itself is told nowhere, no rate is told of it.
                if let (Some(whole), Some(part)) = (self.at(whole, group, region), self.at(part, group, region))
                    && (self.counts[whole].is_printed() || self.counts[whole].is_out)
                {
                    self.counts[part].is_derived = true;
                    self.counts[part].is_small |= rule.withholds_part(self.counts[part].value, self.counts[whole].value);
                }
            }
        }
    }

    /// Writes the equations.
    fn relate(&mut self, specs: &Specs) {
        let mut equations: Vec<(Option<Count>, Vec<Term>)> = Vec::new();
        let regions = || specs.hierarchy.all().map(|(region, _)| region);
        let mut children = vec![Vec::new(); specs.hierarchy.len()];
        specs.hierarchy.all().filter_map(|(region, named)| Some((region, named.parent?))).for_each(|(region, parent)| {
            children[parent.0].push(region);
        });
        for quantity in 0..self.quantities.all.len() {
            for group in self.groups(quantity) {
                for region in regions() {
                    let below: Vec<Option<Count>> =
                        children[region.0].iter().map(|&inner| self.at(quantity, group, inner)).collect();
                    if below.iter().any(Option::is_some) {
                        let own = self.own(quantity, group, region);
                        equations.push((self.at(quantity, group, region), below.into_iter().chain([own]).map(plus).collect()));
                    }
                }
            }
            for field in self.quantities.all[quantity].fields.clone() {
                for region in regions() {
                    let groups = self.quantities.groups.of(field).map(|group| plus(self.at(quantity, group, region)));
                    equations.push((self.at(quantity, EVERYBODY, region), groups.collect()));
                }
            }
        }
        for (whole, parts) in &self.quantities.relations {
            for group in self.groups(*whole) {
                if parts.iter().all(|&(part, _)| self.is_counted(part, group)) {
                    for region in regions() {
                        let sum = parts.iter().map(|&(part, factor)| (self.at(part, group, region), factor));
                        equations.push((self.at(*whole, group, region), sum.collect()));
                    }
                }
            }
        }
        let mut seen = HashSet::new();
        for (whole, parts) in equations {
            let equation = equation(whole, &parts);
            if !equation.0.is_empty() && seen.insert(equation.clone()) {
                self.add(equation);
            }
        }
    }

    fn add(&mut self, equation: Equation) {
        let position = self.equations.len();
        equation.0.iter().for_each(|&(count, _)| self.of[count].push(position));
        self.equations.push(equation);
    }
}

/// Which counts are known: those that are not open, and those that follow from these one by one; `of` has the equations of each count.
fn known(equations: &[Equation], of: &[Vec<usize>], is_open: &[bool]) -> Vec<bool> {
    let mut known: Vec<bool> = is_open.iter().map(|open| !open).collect();
    let open = |known: &[bool], equation: usize| {
        let mut open = equations[equation].0.iter().filter(|&&(count, _)| !known[count]);
        open.next().filter(|_| open.next().is_none()).map(|&(count, _)| count)
    };
    let mut queue: VecDeque<usize> = (0..equations.len()).collect();
    while let Some(equation) = queue.pop_front() {
        if let Some(count) = open(&known, equation) {
            known[count] = true;
            queue.extend(&of[count]);
        }
    }
    known
}

/// A count with its factor; none where nobody can be.
type Term = (Option<Count>, i64);

fn plus(count: Option<Count>) -> Term {
    (count, 1)
}

/// The equation of a whole and its parts; empty when it says nothing.
fn equation(whole: Option<Count>, parts: &[Term]) -> Equation {
    let mut terms: HashMap<Count, i64> = HashMap::new();
    let all = parts.iter().map(|&(count, factor)| (count, -factor)).chain([(whole, 1)]);
    for (count, factor) in all.filter_map(|(count, factor)| Some((count?, factor))) {
        *terms.entry(count).or_insert(0) += factor;
    }
    let mut terms: Vec<(Count, i64)> = terms.into_iter().filter(|(_, factor)| *factor != 0).collect();
    terms.sort_unstable();
    Equation(terms)
}

/// The persons that a count is over: blocks, a group and a region; and whether only rows in the region itself are meant.
type Persons = (Vec<(Block, i64)>, Group, RegionIndex, bool);

/// What makes the counts of a system. Counts over the same persons are one.
struct Maker<'a> {
    specs: &'a Specs,
    quantities: Quantities,
    counts: Vec<Counted>,
    known: HashMap<Persons, Count>,
}

impl Maker<'_> {
    /// The counts of all quantities, groups and regions; with `own`, those over the rows in a region that holds others.
    fn places(&mut self, own: bool) -> Places {
        let regions = self.specs.hierarchy.len();
        let mut places = Vec::new();
        for quantity in 0..self.quantities.all.len() {
            let mut groups = vec![vec![None; regions]; self.quantities.groups.len()];
            let fields = self.quantities.all[quantity].fields.clone();
            let counted = fields.iter().flat_map(|&field| self.quantities.groups.of(field));
            for group in std::iter::once(EVERYBODY).chain(counted).collect::<Vec<_>>() {
                for region in (0..regions).map(RegionIndex) {
                    if !own || self.specs.hierarchy.within(region).len() > 1 {
                        groups[group][region.0] = self.count(quantity, group, region, own);
                    }
                }
            }
            places.push(groups);
        }
        places
    }

    fn count(&mut self, quantity: usize, group: Group, region: RegionIndex, own: bool) -> Option<Count> {
        let blocks = self.quantities.blocks_at(quantity, group, region, own);
        if blocks.is_empty() {
            return None;
        }
        let value = self.quantities.value(&blocks, group, region, own);
        let about = About { what: self.quantities.all[quantity].what, group, region, own };
        let counts = &mut self.counts;
        Some(*self.known.entry((blocks.clone(), group, region, own)).or_insert_with(|| {
            counts.push(Counted {
                value,
                places: Vec::new(),
                is_small: false,
                is_derived: false,
                is_out: false,
                was_kept: true,
                prints_small: false,
                blocks,
                about,
            });
            counts.len() - 1
        }))
    }

    /// Notes where each count is printed; returns the indicators that print another sum than that of their rows.
    fn print(&mut self, prints: &impl Prints, places: &Places) -> BTreeSet<IndicatorIndex> {
        let mut beyond = BTreeSet::new();
        for (quantity, groups) in places.iter().enumerate() {
            let What::Sum(indicator, which) = self.quantities.all[quantity].what else { continue };
            for (group, regions) in groups.iter().enumerate() {
                let Some(slice) = prints.slice(indicator, group, &self.quantities.groups) else { continue };
                for (region, count) in regions.iter().enumerate().filter_map(|(region, count)| Some((region, (*count)?))) {
                    let place = Place { indicator, which, region: RegionIndex(region), slice };
                    let counted = &mut self.counts[count];
                    let printed = self.quantities.printed(quantity, group, place.region, counted.value);
                    if prints.prints(place) {
                        counted.places.push(place);
                        counted.was_kept &= prints.kept_before(place);
                        let rule = &self.specs.programme.confidentiality;
                        counted.prints_small |= self.quantities.is_mixed(quantity) && rule.withholds(printed);
                        if !prints.is_printed_as(place, printed) {
                            beyond.insert(indicator);
                        }
                    }
                    counted.is_out |= prints.told_before(place, printed);
                }
            }
        }
        beyond
    }
}
