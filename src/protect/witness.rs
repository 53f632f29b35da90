//! Two ways in which everything could be: what shows that a withheld count could be another one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::system::{Count, System};
use crate::region::Hierarchy;

/// By how much counts differ from the true ones; those that do not are left out.
pub type Shift = BTreeMap<Count, i64>;

/// Two ways in which everything could be, given by how they differ from the truth. Both agree with all that is published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// One of them.
    pub low: Shift,
    /// The other.
    pub high: Shift,
}

impl Witness {
    /// How far apart the two values of a count are.
    pub fn width(&self, count: Count) -> i64 {
        (at(&self.high, count) - at(&self.low, count)).abs()
    }

    /// How far below and above its true value the two values of a count lie.
    pub fn reach(&self, count: Count) -> (i64, i64) {
        let (low, high) = (at(&self.low, count), at(&self.high, count));
        (-low.min(high).min(0), low.max(high).max(0))
    }

    /// The counts that are not the same in both ways and in truth.
    pub fn counts(&self) -> impl Iterator<Item = Count> {
        self.low.keys().chain(self.high.keys()).copied()
    }
}

/// By how much a count differs from the true one.
pub fn at(shift: &Shift, count: Count) -> i64 {
    if shift.is_empty() { 0 } else { shift.get(&count).copied().unwrap_or(0) }
}

/// What is to be shown: that a count could be another one; for everybody, or for somebody who is alone in some count and so knows it.
pub type Claim = (Count, Option<Count>);

/// What shows each claim.
pub type Witnesses = BTreeMap<Claim, Witness>;

/// What shows each claim, and which of these each count is moved by.
#[derive(Debug, Default)]
pub struct Shown {
    witnesses: Witnesses,
    moving: HashMap<Count, BTreeSet<Claim>>,
}

impl Shown {
    /// What shows a claim; `None` where nothing does.
    pub fn get(&self, claim: Claim) -> Option<&Witness> {
        self.witnesses.get(&claim)
    }

    /// Notes what shows a claim; it takes the place of what showed it before.
    pub fn set(&mut self, claim: Claim, witness: Witness) {
        self.remove(claim);
        for count in witness.counts() {
            self.moving.entry(count).or_default().insert(claim);
        }
        self.witnesses.insert(claim, witness);
    }

    /// Takes out what shows a claim.
    pub fn remove(&mut self, claim: Claim) -> Option<Witness> {
        let witness = self.witnesses.remove(&claim)?;
        for count in witness.counts() {
            self.moving.get_mut(&count).map(|claims| claims.remove(&claim));
        }
        Some(witness)
    }

    /// Takes out everything that moves a count.
    pub fn remove_moving(&mut self, count: Count) -> Vec<(Claim, Witness)> {
        let claims = self.moving.get(&count).cloned().unwrap_or_default();
        claims.into_iter().filter_map(|claim| Some((claim, self.remove(claim)?))).collect()
    }

    /// All that is shown.
    pub fn into_witnesses(self) -> Witnesses {
        self.witnesses
    }
}

impl Witness {
    /// The counts of one person that it moves, and that are not about the persons of `count` alone: whoever is alone in one of them sees that
    /// it is not so.
    pub fn singles(&self, system: &System, hierarchy: &Hierarchy, count: Count) -> BTreeSet<Count> {
        let is_other =
            |&single: &Count| single != count && system.counts[single].value == 1 && !system.is_of_same(hierarchy, count, single);
        self.counts().filter(is_other).collect()
    }
}
