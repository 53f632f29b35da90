//! How persons can be moved between regions, groups and parts without changing any published count: what shows that a withheld count could
//! be another one.
//!
//! A step adds a person to a block in one region, or exchanges it for one of another block or group, and does the reverse in another region,
//! so that the sums of all regions above both stay what they are.

use std::cell::{Cell, OnceCell};
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
    /// For each count what the search asks for most often, beside each other.
    prices: Vec<Price>,
    /// For each block, the persons of it who can come or go.
    persons: Vec<Vec<Person>>,
}

/// What is to be known of a count for a step that changes it.
#[derive(Clone, Copy)]
struct Price {
    value: i64,
    cost: u64,
    is_out: bool,
}

/// A person of a block, alone, with one of another block who comes along (`1`), or in place of one who leaves (`-1`).
struct Person {
    /// The regions where there can be such a person.
    seats: Vec<RegionIndex>,
    /// The fields of the groups that the person is counted in.
    fields: Vec<usize>,
    /// What the person's coming changes, by group and region; `None` where nobody can be in the group.
    prints: Vec<Vec<Option<Change>>>,
    /// The same, over the rows in the region itself; `None` where nobody can be in the group there.
    own: Vec<Vec<Option<Change>>>,
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

/// One end of a step: the region where a person comes or goes, and the first region above it whose counts stay. The counts over the rows of the
/// first region itself change, and those of all regions below the second. Where both are one, the person stays in the region: only the counts
/// over its own rows change.
type Way = (RegionIndex, Option<RegionIndex>);

/// What a step is looked for with.
#[derive(Clone, Copy)]
struct Search<'a> {
    aim: Aim,
    draft: &'a Draft,
    person: &'a Person,
}

/// The end of a step where a person comes. It is looked at once for all places where a person may leave.
struct Coming<'a> {
    board: &'a Board<'a>,
    search: Search<'a>,
    way: Way,
    /// The sign with which the count grows, and by how much.
    sign: i64,
    each: i64,
    /// What coming costs, by group, and what going from here costs.
    tolls: [Vec<OnceCell<Option<Toll>>>; 2],
    /// What the reverse costs above the last place where a person may leave: places beside each other have the regions above in common.
    above: [Vec<Cell<Above>>; 2],
}

/// A region, and what a change of it and of those above it costs.
type Above = Option<(RegionIndex, Option<Toll>)>;

impl Coming<'_> {
    /// What it costs when a person comes here in a group; with the sign of −1, when one goes.
    fn toll(&self, sign: i64, group: Group) -> Option<Toll> {
        let tolls = &self.tolls[usize::from(sign < 0)];
        *tolls[group].get_or_init(|| self.board.toll(self.search, self.way, sign * self.sign, group))
    }

    /// The same where the reverse happens in another region.
    fn with(&self, there: Option<Way>, sign: i64, group: Group) -> Option<Toll> {
        let here = self.toll(sign, group)?;
        let Some((there, outer)) = there else { return Some(here) };
        let (board, change) = (self.board, -sign * self.sign);
        let seat = here.and(board.toll_of_seat(self.search, (there, outer), change, group)?);
        let Some(next) = board.hierarchy.region(there).parent.filter(|&next| Some(there) != outer && Some(next) != outer) else {
            return Some(seat);
        };
        let last = &self.above[usize::from(sign < 0)][group];
        let known = last.get().filter(|(region, _)| *region == next);
        let (_, above) = known.unwrap_or_else(|| (next, board.toll_within(self.search, (next, outer), change, group)));
        last.set(Some((next, above)));
        Some(seat.and(above?))
    }

    /// How counts change when a person comes here in a group, and the reverse happens in another region; with the sign of −1, the other way
    /// round.
    fn change(&self, there: Option<Way>, sign: i64, group: Group) -> impl Iterator<Item = (Count, i64)> + use<'_> {
        let ends = std::iter::once((self.way, sign * self.sign)).chain(there.map(|there| (there, -sign * self.sign)));
        ends.flat_map(move |(way, sign)| self.board.change(self.search.person, way, sign, group))
    }
}

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
    pub fn new(system: &'a System, hierarchy: &'a Hierarchy, is_open: Vec<bool>, costs: &[u64]) -> Self {
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
        let prices = system.counts.iter().zip(costs);
        let prices = prices.map(|(counted, &cost)| Price { value: counted.value, cost, is_out: counted.is_out }).collect();
        Self { system, hierarchy, is_open, prices, persons }
    }

    /// What withholding a count costs readers.
    pub fn cost(&self, count: Count) -> u64 {
        self.prices[count].cost
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
                    self.steps_from(here, Search { aim, draft, person }, &mut best);
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

    /// The regions of a way whose counts change: those below the first one whose counts stay.
    fn up(&self, (from, outer): Way) -> impl Iterator<Item = RegionIndex> + use<'_> {
        self.hierarchy.upwards(from).take_while(move |&region| Some(region) != outer)
    }

    /// The steps in which a person comes to a region. Neighbours come first, since between them the fewest counts change; then regions that
    /// have ever less in common with it.
    fn steps_from(&self, here: RegionIndex, search: Search<'_>, best: &mut Best) {
        let Search { aim, person, .. } = search;
        let about = self.system.counts[aim.count].about;
        let field = self.system.quantities.groups.field_of(about.group);
        let mut inner = None;
        let outer = self.hierarchy.upwards(here).map(Some).chain([None]);
        for outer in outer {
            let within = std::mem::replace(&mut inner, outer);
            // Within the region of the count a person's moving leaves it as it is.
            if !about.own && outer.is_some_and(|outer| self.hierarchy.contains(about.region, outer)) {
                continue;
            }
            let Some(coming) = self.coming(search, (here, outer)) else { continue };
            let can = |group: Group, best: &Best| coming.toll(1, group).is_some_and(|toll| best.is_worth(toll, coming.each));
            let (transfers, exchanges) = (can(EVERYBODY, best), field.is_some() && can(about.group, best));
            if !transfers && !exchanges {
                return;
            }
            let others = person.seats.iter().copied().filter(|&there| there != here);
            let others = others.filter(|&there| {
                let is_in = |region: Option<RegionIndex>| region.is_some_and(|region| self.hierarchy.contains(region, there));
                is_in(outer) && !is_in(within)
            });
            let is_top = outer.is_none();
            for there in others.take(MOST_SEATS).map(|there| Some((there, outer))).chain(is_top.then_some(None)) {
                if transfers {
                    self.transfer(&coming, there, best);
                }
                if let Some(field) = field.filter(|_| exchanges) {
                    self.exchange(&coming, there, field, best);
                }
                if best.is_perfect() {
                    return;
                }
            }
        }
    }

    /// A person comes `here` and leaves `there`; in the groups that cost least, one of each field.
    fn transfer(&self, coming: &Coming<'_>, there: Option<Way>, best: &mut Best) {
        let Search { aim, person, .. } = coming.search;
        let aimed = self.system.counts[aim.count].about.group;
        let Some(mut toll) = coming.with(there, 1, EVERYBODY) else { return };
        if !best.is_worth(toll, coming.each) {
            return;
        }
        let groups = &self.system.quantities.groups;
        let own = groups.field_of(aimed);
        let mut chosen = vec![EVERYBODY];
        for &field in &person.fields {
            let wanted = groups.of(field).filter(|&group| own != Some(field) || group == aimed);
            let found = wanted.filter_map(|group| Some((group, coming.with(there, 1, group)?)));
            let Some((group, more)) = found.min_by_key(|(_, toll)| (toll.cost, -toll.reach())) else { return };
            chosen.push(group);
            toll = toll.and(more);
        }
        if best.is_worth(toll, coming.each) {
            let change = chosen.iter().flat_map(|&group| coming.change(there, 1, group)).collect();
            best.set(Step { change, gain: best.gain(toll, coming.each), toll });
        }
    }

    /// A person changes to the group of the count from another one `here`, and another person the other way `there`.
    fn exchange(&self, coming: &Coming<'_>, there: Option<Way>, field: usize, best: &mut Best) {
        let to = self.system.counts[coming.search.aim.count].about.group;
        let Some(entering) = coming.with(there, 1, to) else { return };
        if !best.is_worth(entering, coming.each) {
            return;
        }
        for from in self.system.quantities.groups.of(field).filter(|&group| group != to) {
            let Some(leaving) = coming.with(there, -1, from) else { continue };
            let toll = entering.and(leaving);
            if best.is_worth(toll, coming.each) {
                let change = coming.change(there, 1, to).chain(coming.change(there, -1, from)).collect();
                best.set(Step { change, gain: best.gain(toll, coming.each), toll });
            }
        }
    }

    /// A person's coming, with the sign with which the count grows; `None` where it stays.
    fn coming<'b>(&'b self, search: Search<'b>, way: Way) -> Option<Coming<'b>> {
        let Aim { count, .. } = search.aim;
        let group = self.system.counts[count].about.group;
        let factor = self.change(search.person, way, 1, group).find(|(own, _)| *own == count).map(|(_, factor)| factor)?;
        let groups = self.system.quantities.groups.len();
        let tolls = [(); 2].map(|()| vec![OnceCell::new(); groups]);
        let above = [(); 2].map(|()| vec![Cell::new(None); groups]);
        Some(Coming { board: self, search, way, sign: factor.signum(), each: factor.abs(), tolls, above })
    }

    /// How counts change when a person comes or goes in a group, at one end of a step.
    fn change<'b>(
        &'b self,
        person: &'b Person,
        way: Way,
        sign: i64,
        group: Group,
    ) -> impl Iterator<Item = (Count, i64)> + use<'b> {
        let own = person.own[group][way.0.0].iter().flatten();
        let within = self.up(way).flat_map(move |region| person.within(region, group).unwrap_or_default());
        own.chain(within).map(move |&(count, factor)| (count, factor * sign))
    }

    /// What that costs; `None` where nobody can be in the group, or where a count may not change.
    fn toll(&self, search: Search<'_>, way: Way, sign: i64, group: Group) -> Option<Toll> {
        let own = self.toll_of(search, search.person.own[group][way.0.0].as_deref()?, sign)?;
        Some(own.and(self.toll_within(search, way, sign, group)?))
    }

    /// The part of that in the region where the person comes or goes.
    fn toll_of_seat(&self, search: Search<'_>, (region, outer): Way, sign: i64, group: Group) -> Option<Toll> {
        let own = self.toll_of(search, search.person.own[group][region.0].as_deref()?, sign)?;
        if Some(region) == outer {
            return Some(own);
        }
        Some(own.and(self.toll_of(search, search.person.within(region, group)?, sign)?))
    }

    /// What the changes in all regions of a way cost, but for those over the rows of a single region itself.
    fn toll_within(&self, search: Search<'_>, way: Way, sign: i64, group: Group) -> Option<Toll> {
        self.up(way).try_fold(Toll::NONE, |toll, region| {
            Some(toll.and(self.toll_of(search, search.person.within(region, group)?, sign)?))
        })
    }

    /// What some changes cost; `None` where a count may not change.
    fn toll_of(&self, Search { aim, draft, .. }: Search<'_>, change: &[(Count, i64)], sign: i64) -> Option<Toll> {
        let mut toll = Toll::NONE;
        for &(count, factor) in change {
            if aim.fixed.contains(&Some(count)) {
                return None;
            }
            let Price { value, cost, is_out } = self.prices[count];
            if !self.is_open[count] && !draft.hidden.contains(&count) {
                if !aim.may_hide || is_out {
                    return None;
                }
                toll.cost += cost;
            }
            // A sum of differences may lie below zero; then it has no bound.
            if value >= 0 {
                let factor = factor * sign;
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
        let all_can_be = |group: Group, can_be: &dyn Fn(Block) -> bool| {
            let counted = blocks.iter().zip(&entering);
            let mut counted = counted.filter(|(_, entering)| entering.iter().any(|&(own, _)| system.is_counted(own, group)));
            counted.all(|(&(block, _), _)| can_be(block))
        };
        let print = |group: Group, region: RegionIndex| {
            let can_be = all_can_be(group, &|block| quantities.has(block, group, region));
            can_be.then(|| sum(&|quantity| system.at(quantity, group, region)))
        };
        let own = |group: Group, region: RegionIndex| {
            let can_be = all_can_be(group, &|block| quantities.is_in(block, group, region));
            can_be.then(|| sum(&|quantity| system.own(quantity, group, region)))
        };
        let groups = 0..quantities.groups.len();
        let is_seat = |&region: &RegionIndex| blocks.iter().all(|&(block, _)| quantities.is_in(block, EVERYBODY, region));
        Self {
            seats: regions().filter(is_seat).collect(),
            fields: fields.into_iter().collect(),
            prints: groups.clone().map(|group| regions().map(|region| print(group, region)).collect()).collect(),
            own: groups.map(|group| regions().map(|region| own(group, region)).collect()).collect(),
        }
    }

    /// What the person's coming to a region changes there and in all regions above in the same way; `None` where nobody can be in the group.
    fn within(&self, region: RegionIndex, group: Group) -> Option<&[(Count, i64)]> {
        let none = (group == EVERYBODY).then_some([].as_slice());
        self.prints[group][region.0].as_deref().or(none)
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
