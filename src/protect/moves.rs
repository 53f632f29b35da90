//! How persons can be moved between regions, groups and parts without changing any published count: what shows that a withheld count could
//! be another one.
//!
//! A step adds a person to a block in one region, or exchanges it for one of another block or group, and does the reverse in another region,
//! so that the sums of all regions above both stay what they are.

use std::collections::{BTreeMap, BTreeSet};

use super::quantities::{Block, EVERYBODY, Group};
use super::system::{Count, System};
use super::witness::{Shift, Witness, at};
use crate::region::{Hierarchy, RegionIndex};

/// What is looked for.
#[derive(Clone, Copy)]
pub struct Aim {
    /// The count that is to have two values.
    pub count: Count,
    /// How far apart they must be.
    pub width: i64,
    /// Whether published counts may be withheld for it.
    pub may_hide: bool,
    /// Counts that must stay as they are.
    pub fixed: [Option<Count>; 2],
}

/// Which counts are open: withheld, or printed nowhere.
pub struct Board<'a> {
    pub system: &'a System,
    pub hierarchy: &'a Hierarchy,
    /// Whether each count is unknown to readers.
    pub is_open: Vec<bool>,
    /// What withholding each count costs readers.
    pub costs: &'a [u64],
    /// For each block, the persons of it who can come or go.
    persons: Vec<Vec<Person>>,
}

/// A person of a block, alone, with one of another block who comes along (`1`), or in place of one who leaves (`-1`).
struct Person {
    /// The regions where there can be such a person.
    seats: Vec<RegionIndex>,
    /// The fields of the groups that the person is counted in.
    fields: Vec<usize>,
    /// What the person's coming changes, by group and region; `None` where nobody can be in the group.
    prints: Vec<Vec<Option<Change>>>,
    /// The same, over the rows in the region itself.
    own: Vec<Vec<Change>>,
}

/// By how much counts change.
type Change = Vec<(Count, i64)>;

/// A step: how counts change, what must be withheld for it, and how often it can be taken in either direction.
struct Step {
    change: Change,
    gain: i64,
    toll: Toll,
}

/// What a change costs, and how often it can be made in either direction.
#[derive(Clone, Copy)]
struct Toll {
    cost: u64,
    up: i64,
    down: i64,
}

impl Toll {
    const NONE: Self = Self { cost: 0, up: i64::MAX, down: i64::MAX };

    fn and(self, other: Self) -> Self {
        Self { cost: self.cost + other.cost, up: self.up.min(other.up), down: self.down.min(other.down) }
    }

    fn reach(self) -> i64 {
        self.up.saturating_add(self.down)
    }
}

/// Where a person comes to, the first region above that has the other one within it, too, and where a person leaves; without these, the
/// counts of all regions above change.
type Places = (RegionIndex, Option<RegionIndex>, Option<RegionIndex>);

/// The regions whose counts change when a person comes to one place and leaves another, with the sign of the change.
type Ways = Vec<(RegionIndex, i64)>;

/// The two ways while they are looked for, and what is withheld for them.
#[derive(Default)]
struct Draft {
    witness: Witness,
    hidden: Vec<Count>,
}

/// The best step so far.
struct Best {
    missing: i64,
    score: u64,
    step: Option<Step>,
}

impl Best {
    /// Whether a step with these tolls can be better than what is known.
    fn is_worth(&self, toll: Toll, each: i64) -> bool {
        let gain = self.gain(toll, each);
        gain > 0 && self.step.as_ref().is_none_or(|best| (self.score(toll, gain), -gain) < (self.score, -best.gain))
    }

    /// Whether nothing better can be found.
    fn is_perfect(&self) -> bool {
        self.step.as_ref().is_some_and(|best| best.toll.cost == 0 && best.gain >= self.missing)
    }

    fn gain(&self, toll: Toll, each: i64) -> i64 {
        each.saturating_mul(toll.reach()).min(self.missing)
    }

    fn score(&self, toll: Toll, gain: i64) -> u64 {
        toll.cost.saturating_mul(self.missing.unsigned_abs()).div_ceil(gain.unsigned_abs())
    }
}

impl<'a> Board<'a> {
    pub fn new(system: &'a System, hierarchy: &'a Hierarchy, is_open: Vec<bool>, costs: &'a [u64]) -> Self {
        let quantities = &system.quantities;
        let blocks = quantities.all.iter().flat_map(|quantity| &quantity.blocks).map(|&(block, _)| block + 1).max().unwrap_or(0);
        let mut partners = vec![BTreeSet::new(); blocks];
        for quantity in &quantities.all {
            for &(block, factor) in &quantity.blocks {
                let others = quantity.blocks.iter().filter(|(other, _)| *other != block);
                // The sign with which the other one leaves this quantity as it is.
                partners[block].extend(others.map(|&(other, own)| (other, -factor.signum() * own.signum())));
            }
        }
        let persons = |(block, partners): (Block, &BTreeSet<(Block, i64)>)| {
            let partners = partners.iter().copied().map(Some);
            std::iter::once(None).chain(partners).map(|partner| Person::new(system, hierarchy, block, partner)).collect()
        };
        let persons = partners.iter().enumerate().map(persons).collect();
        Self { system, hierarchy, is_open, costs, persons }
    }

    /// Two ways in which everything could be that give a count values as far apart as is asked for, and the counts that must be withheld for
    /// them; those that cost readers least. `None` when there is no such way.
    pub fn find(&self, aim: Aim) -> Option<(Witness, Vec<Count>)> {
        let mut draft = Draft::default();
        // Each step widens the range by one at least.
        for _ in 0..aim.width {
            let missing = aim.width - draft.witness.width(aim.count);
            if missing <= 0 {
                break;
            }
            let step = self.best(aim, &draft, missing)?;
            self.take(&mut draft, aim.count, &step, missing);
        }
        (draft.witness.width(aim.count) >= aim.width).then_some((draft.witness, draft.hidden))
    }

    /// Takes a step in both directions, as far as it goes and no farther than needed.
    fn take(&self, draft: &mut Draft, count: Count, step: &Step, missing: i64) {
        let each = step.change.iter().find(|(own, _)| *own == count).map_or(1, |(_, factor)| factor.abs());
        let needed = (missing + each - 1) / each;
        let up = step.toll.up.min(needed);
        let down = step.toll.down.min(needed - up);
        for &(own, factor) in &step.change {
            shift(&mut draft.witness.high, own, factor * up);
            shift(&mut draft.witness.low, own, -factor * down);
            if !self.is_open[own] && !draft.hidden.contains(&own) {
                draft.hidden.push(own);
            }
        }
    }

    /// The step that gives the most for what must be withheld for it.
    fn best(&self, aim: Aim, draft: &Draft, missing: i64) -> Option<Step> {
        let counted = &self.system.counts[aim.count];
        let mut best = Best { missing, score: 0, step: None };
        for &(block, _) in &counted.blocks {
            for person in &self.persons[block] {
                for &here in person.seats.iter().filter(|&&region| self.is_at(aim, region)).take(MOST_SEATS) {
                    self.steps_from(here, aim, draft, person, &mut best);
                    if best.is_perfect() {
                        return best.step;
                    }
                }
            }
        }
        best.step
    }

    /// Whether rows in a region are in the count.
    fn is_at(&self, aim: Aim, region: RegionIndex) -> bool {
        let about = self.system.counts[aim.count].about;
        if about.own { region == about.region } else { self.hierarchy.contains(about.region, region) }
    }

    /// The steps in which a person comes to a region. Neighbours come first, since between them the fewest counts change; then regions that
    /// have ever less in common with it.
    fn steps_from(&self, here: RegionIndex, aim: Aim, draft: &Draft, person: &Person, best: &mut Best) {
        let about = self.system.counts[aim.count].about;
        let field = self.system.quantities.groups.field_of(about.group);
        let mut inner = here;
        let outer = self.hierarchy.upwards(here).skip(1).map(Some).chain([None]);
        for outer in outer {
            let within = inner;
            inner = outer.unwrap_or(inner);
            // Within the region of the count a person's moving leaves it as it is.
            if !about.own && outer.is_some_and(|outer| self.hierarchy.contains(about.region, outer)) {
                continue;
            }
            let Some((ways, each)) = self.ways(aim, (here, outer, None), person) else { continue };
            let can = |group: Group, best: &Best| {
                self.toll(aim, draft, person, &ways, group).is_some_and(|toll| best.is_worth(toll, each))
            };
            let (transfers, exchanges) = (can(EVERYBODY, best), field.is_some() && can(about.group, best));
            if !transfers && !exchanges {
                return;
            }
            let others = person.seats.iter().copied();
            let others = others.filter(|&there| {
                outer.is_some_and(|outer| self.hierarchy.contains(outer, there)) && !self.hierarchy.contains(within, there)
            });
            let is_top = outer.is_none();
            for there in others.take(MOST_SEATS).map(Some).chain(is_top.then_some(None)) {
                if transfers {
                    self.transfer(aim, draft, person, (here, outer, there), best);
                }
                if let Some(field) = field.filter(|_| exchanges) {
                    self.exchange(aim, draft, person, (here, outer, there), field, best);
                }
                if best.is_perfect() {
                    return;
                }
            }
        }
    }

    /// A person comes `here` and leaves `there`; in the groups that cost least, one of each field.
    fn transfer(&self, aim: Aim, draft: &Draft, person: &Person, places: Places, best: &mut Best) {
        let aimed = self.system.counts[aim.count].about.group;
        let Some((ways, each)) = self.ways(aim, places, person) else { return };
        let Some(mut toll) = self.toll(aim, draft, person, &ways, EVERYBODY) else { return };
        if !best.is_worth(toll, each) {
            return;
        }
        let groups = &self.system.quantities.groups;
        let own = groups.field_of(aimed);
        let mut chosen = vec![EVERYBODY];
        for &field in &person.fields {
            let wanted = groups.of(field).filter(|&group| own != Some(field) || group == aimed);
            let found = wanted.filter_map(|group| Some((group, self.toll(aim, draft, person, &ways, group)?)));
            let Some((group, more)) = found.min_by_key(|(_, toll)| (toll.cost, -toll.reach())) else { return };
            chosen.push(group);
            toll = toll.and(more);
        }
        if best.is_worth(toll, each) {
            let change = chosen.iter().flat_map(|&group| person.change(&ways, group)).collect();
            best.set(Step { change, gain: best.gain(toll, each), toll });
        }
    }

    /// A person changes to the group of the count from another one `here`, and another person the other way `there`.
    fn exchange(&self, aim: Aim, draft: &Draft, person: &Person, places: Places, field: usize, best: &mut Best) {
        let to = self.system.counts[aim.count].about.group;
        let Some((ways, each)) = self.ways(aim, places, person) else { return };
        let Some(coming) = self.toll(aim, draft, person, &ways, to) else { return };
        if !best.is_worth(coming, each) {
            return;
        }
        let back: Ways = ways.iter().map(|&(region, sign)| (region, -sign)).collect();
        for from in self.system.quantities.groups.of(field).filter(|&group| group != to) {
            let Some(leaving) = self.toll(aim, draft, person, &back, from) else { continue };
            let toll = coming.and(leaving);
            if best.is_worth(toll, each) {
                let change = person.change(&ways, to).chain(person.change(&back, from)).collect();
                best.set(Step { change, gain: best.gain(toll, each), toll });
            }
        }
    }

    /// The regions whose counts change when a person comes `here` and leaves `there`: those below the first region that holds both. The signs
    /// are such that the count grows, and by how much is told, too; `None` where it stays.
    fn ways(&self, aim: Aim, (here, outer, there): Places, person: &Person) -> Option<(Ways, i64)> {
        let up = |from: RegionIndex| self.hierarchy.upwards(from).take_while(move |&region| Some(region) != outer);
        let mut ways: Ways = up(here).map(|region| (region, 1)).collect();
        let group = self.system.counts[aim.count].about.group;
        let factor = person.change(&ways, group).find(|(count, _)| *count == aim.count).map(|(_, factor)| factor)?;
        ways.extend(there.into_iter().flat_map(up).map(|region| (region, -1)));
        if factor < 0 {
            ways.iter_mut().for_each(|(_, sign)| *sign = -*sign);
        }
        Some((ways, factor.abs()))
    }

    /// What a person's coming costs in a group; `None` where nobody can be in it, or where a count may not change.
    fn toll(&self, aim: Aim, draft: &Draft, person: &Person, ways: &Ways, group: Group) -> Option<Toll> {
        let is_empty = ways.iter().any(|&(region, _)| person.prints[group][region.0].is_none());
        if is_empty && group != EVERYBODY {
            return None;
        }
        let mut toll = Toll::NONE;
        for (count, factor) in person.change(ways, group) {
            if aim.fixed.contains(&Some(count)) {
                return None;
            }
            if !self.is_open[count] && !draft.hidden.contains(&count) {
                if !aim.may_hide || self.system.counts[count].is_out {
                    return None;
                }
                toll.cost += self.costs[count];
            }
            let value = self.system.counts[count].value;
            // A sum of differences may lie below zero; then it has no bound.
            if value >= 0 {
                if factor < 0 {
                    toll.up = toll.up.min((value + at(&draft.witness.high, count)) / -factor);
                } else {
                    toll.down = toll.down.min((value + at(&draft.witness.low, count)) / factor);
                }
            }
        }
        Some(toll)
    }
}

impl Best {
    fn set(&mut self, step: Step) {
        self.score = self.score(step.toll, step.gain);
        self.step = Some(step);
    }
}

impl Person {
    fn new(system: &System, hierarchy: &Hierarchy, block: Block, partner: Option<(Block, i64)>) -> Self {
        let quantities = &system.quantities;
        let blocks: Vec<(Block, i64)> = std::iter::once((block, 1)).chain(partner).collect();
        let entering = |&(block, sign): &(Block, i64)| {
            let factor =
                move |blocks: &[(Block, i64)]| blocks.iter().find(|(own, _)| *own == block).map(|(_, factor)| factor * sign);
            let quantities = quantities.all.iter().enumerate();
            quantities.filter_map(move |(position, quantity)| Some((position, factor(&quantity.blocks)?))).collect::<Vec<_>>()
        };
        let entering: Vec<Vec<(usize, i64)>> = blocks.iter().map(entering).collect();
        let fields: BTreeSet<usize> =
            entering.iter().flatten().flat_map(|&(quantity, _)| quantities.all[quantity].fields.iter().copied()).collect();
        let regions = || hierarchy.all().map(|(region, _)| region);
        // Quantities over the same persons are one count, which changes once.
        let sum = |at: &dyn Fn(usize) -> Option<Count>| {
            let mut sum: BTreeMap<Count, i64> = BTreeMap::new();
            for entering in &entering {
                let counts: BTreeMap<Count, i64> =
                    entering.iter().filter_map(|&(quantity, factor)| Some((at(quantity)?, factor))).collect();
                counts.into_iter().for_each(|(count, factor)| *sum.entry(count).or_insert(0) += factor);
            }
            sum.into_iter().filter(|(_, factor)| *factor != 0).collect::<Vec<(Count, i64)>>()
        };
        let is_there = |group: Group, region: RegionIndex| {
            let mut counted = blocks
                .iter()
                .zip(&entering)
                .filter(|(_, entering)| entering.iter().any(|&(quantity, _)| system.is_counted(quantity, group)));
            counted.all(|(&(block, _), _)| quantities.has(block, group, region))
        };
        let print = |group: Group, region: RegionIndex| {
            is_there(group, region).then(|| sum(&|quantity| system.at(quantity, group, region)))
        };
        let groups = 0..quantities.groups.len();
        let is_seat = |&region: &RegionIndex| blocks.iter().all(|&(block, _)| quantities.is_in(block, EVERYBODY, region));
        Self {
            seats: regions().filter(is_seat).collect(),
            fields: fields.into_iter().collect(),
            prints: groups.clone().map(|group| regions().map(|region| print(group, region)).collect()).collect(),
            own: groups
                .map(|group| regions().map(|region| sum(&|quantity| system.own(quantity, group, region))).collect())
                .collect(),
        }
    }

    /// What the person's coming changes in a group.
    fn change<'b>(&'b self, ways: &'b Ways, group: Group) -> impl Iterator<Item = (Count, i64)> + 'b {
        ways.iter().enumerate().flat_map(move |(position, &(region, way))| {
            // The ways go upwards, so the lowest region is the first of its sign.
            let is_seat = position == 0 || ways[position - 1].1 != way;
            let own = if is_seat { self.own[group][region.0].as_slice() } else { &[] };
            let within = self.prints[group][region.0].as_deref().unwrap_or(&[]);
            own.iter().chain(within).map(move |&(count, factor)| (count, factor * way))
        })
    }
}

/// How many regions are tried on either side of a step. Where none of them helps, more is withheld than might be needed.
const MOST_SEATS: usize = 400;

fn shift(shift: &mut Shift, count: Count, by: i64) {
    let own = shift.entry(count).or_insert(0);
    *own += by;
    if *own == 0 {
        shift.remove(&count);
    }
}
