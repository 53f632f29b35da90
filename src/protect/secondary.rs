//! What must be withheld besides the small counts, so that these do not follow from the rest. It proposes; [`super::proof`] decides.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::moves::{Aim, Board};
use super::proof::faulty;
use super::system::{Count, Counted, System};
use super::witness::{Claim, Shown, Witness, Witnesses};
use crate::region::Hierarchy;
use crate::spec::Confidentiality;

/// What is withheld, and why it is safe.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Proposal {
    /// Whether each count is withheld.
    pub withheld: Vec<bool>,
    /// For each withheld count that is withheld for the sake of others, one of them.
    pub sake: BTreeMap<Count, Count>,
    /// Two ways in which everything could be, for each count that must not be known, also by those who are alone in another one.
    pub witnesses: Witnesses,
}

impl Proposal {
    /// Whether it is about the counts of a system. Whether it is safe is for the proof to say.
    pub fn fits(&self, system: &System) -> bool {
        let counts = system.counts.len();
        let claimed = self.witnesses.iter().flat_map(|(&(count, single), witness)| witness.counts().chain([count]).chain(single));
        let sakes = self.sake.iter().flat_map(|(&count, &sake)| [count, sake]);
        self.withheld.len() == counts && claimed.chain(sakes).all(|count| count < counts)
    }
}

/// Looks for what must be withheld so that no small count follows from what is published, besides the small counts themselves, and besides
/// what earlier releases withheld: that stays withheld, so that a corrected release differs from them by the correction alone.
pub fn propose(system: &System, hierarchy: &Hierarchy, rule: &Confidentiality, costs: &[u64]) -> Proposal {
    let withheld: Vec<bool> = system.counts.iter().map(Counted::stays_withheld).collect();
    let open = |(counted, withheld): (&Counted, &bool)| (*withheld || !counted.is_printed()) && !counted.is_out;
    let is_open = system.counts.iter().zip(&withheld).map(open).collect();
    let mut search = Search {
        board: Board::new(system, hierarchy, is_open, costs),
        rule,
        withheld,
        shown: Shown::default(),
        sake: BTreeMap::new(),
    };
    search.run();
    let Search { withheld, shown, sake, .. } = search;
    Proposal { withheld, sake, witnesses: shown.into_witnesses() }
}

struct Search<'a> {
    board: Board<'a>,
    rule: &'a Confidentiality,
    withheld: Vec<bool>,
    shown: Shown,
    sake: BTreeMap<Count, Count>,
}

impl Search<'_> {
    fn run(&mut self) {
        let all = 0..self.board.system.counts.len();
        let mut queue: VecDeque<Count> = all.filter(|&count| self.needs_proof(count)).collect();
        loop {
            while let Some(count) = queue.pop_front() {
                queue.extend(self.prove(count));
            }
            let more = self.unions();
            if more.is_empty() {
                break;
            }
            queue.extend(more);
        }
        self.release();
    }

    /// Whether a count must not follow from what is published: it is withheld, or printed nowhere and small.
    fn needs_proof(&self, count: Count) -> bool {
        let counted = &self.board.system.counts[count];
        !counted.is_out && (self.withheld[count] || counted.is_small && !counted.is_printed())
    }

    /// Finds two values of a count, and withholds what must be withheld for them. Returns what is withheld now.
    fn prove(&mut self, count: Count) -> Vec<Count> {
        let mut hidden = Vec::new();
        let mut left = u64::MAX;
        // Where nothing shows that it is safe, the proof will refuse it.
        self.show(count, None, &mut left, &mut hidden);
        hidden
    }

    /// Shows all claims about a count. `without` must stay published; else what is withheld for it is added to `hidden`, and its cost taken from
    /// `left`. Returns whether it was done within that.
    fn show(&mut self, count: Count, without: Option<Count>, left: &mut u64, hidden: &mut Vec<Count>) -> bool {
        if !self.claim((count, None), without, left, hidden) {
            return false;
        }
        let counted = &self.board.system.counts[count];
        if !self.rule.protects_from_single || !counted.is_small || !counted.is_derived {
            return true;
        }
        let witness = self.shown.get((count, None)).expect("it has just been shown");
        let singles = witness.singles(self.board.system, self.board.hierarchy, count);
        singles.into_iter().all(|single| self.claim((count, Some(single)), without, left, hidden))
    }

    fn claim(&mut self, claim: Claim, without: Option<Count>, left: &mut u64, hidden: &mut Vec<Count>) -> bool {
        if self.shown.get(claim).is_some() {
            return true;
        }
        let (count, single) = claim;
        let width = if single.is_some() { 1 } else { self.width(count) };
        let aim = Aim { count, width, may_hide: *left > 0, fixed: [single, without] };
        let Some((witness, more)) = self.board.find(aim) else { return false };
        let cost: u64 = more.iter().map(|&count| self.board.cost(count)).sum();
        if cost > 0 && cost >= *left {
            return false;
        }
        *left -= cost;
        more.iter().for_each(|&own| self.hide(own, count));
        hidden.extend(more);
        if single.is_none() {
            self.keep(&witness);
        }
        self.shown.set(claim, witness);
        true
    }

    fn width(&self, count: Count) -> i64 {
        self.board.system.counts[count].width(self.rule)
    }

    fn hide(&mut self, count: Count, sake: Count) {
        self.withheld[count] = true;
        self.board.is_open[count] = true;
        self.sake.insert(count, sake);
    }

    /// Notes what a witness shows, for every count that it moves far enough.
    fn keep(&mut self, witness: &Witness) {
        for count in witness.counts().collect::<BTreeSet<Count>>() {
            let claim = (count, None);
            if witness.width(count) >= self.width(count) && self.needs_proof(count) && self.shown.get(claim).is_none() {
                self.shown.set(claim, witness.clone());
            }
        }
    }

    /// Withholds more where the withheld counts of an equation add up to few persons. Returns what is withheld now.
    fn unions(&mut self) -> Vec<Count> {
        let mut more = Vec::new();
        loop {
            let known = self.board.system.known(&self.board.is_open);
            let faulty = (0..self.board.system.equations.len()).find_map(|equation| self.remedy(equation, &known));
            let Some((count, sake)) = faulty else { return more };
            self.hide(count, sake);
            more.push(count);
        }
    }

    /// The count to be withheld where an equation tells too much; `None` where it does not, or nothing is left to be withheld.
    fn remedy(&self, equation: usize, known: &[bool]) -> Option<(Count, Count)> {
        let sake = faulty(self.board.system, self.rule, equation, known)?;
        let counts = &self.board.system.counts;
        let after = |count: Count| {
            let mut known = known.to_vec();
            known[count] = false;
            faulty(self.board.system, self.rule, equation, &known).is_some()
        };
        let terms = &self.board.system.equations[equation].0;
        let candidates = terms.iter().map(|&(count, _)| count).filter(|&count| known[count]);
        let candidates = candidates.filter_map(|count| Some((count, self.opener(count, known)?)));
        let best =
            candidates.min_by_key(|&(count, opener)| (after(count), counts[count].value == 0, self.board.cost(opener), count))?;
        Some((best.1, sake))
    }

    /// What must be withheld so that a known count is open: itself, or, where it is printed nowhere and follows from others, the one of these
    /// that costs least.
    fn opener(&self, count: Count, known: &[bool]) -> Option<Count> {
        let counts = &self.board.system.counts;
        let can_hide =
            |&count: &Count| known[count] && !self.withheld[count] && counts[count].is_printed() && !counts[count].is_out;
        if counts[count].is_printed() {
            return Some(count).filter(can_hide);
        }
        let others = self.board.system.of[count].iter().flat_map(|&equation| &self.board.system.equations[equation].0);
        others.map(|&(other, _)| other).filter(can_hide).min_by_key(|&other| (self.board.cost(other), other))
    }

    /// Publishes again what need not be withheld, the dearest first, also where something that costs less must be withheld in its place.
    fn release(&mut self) {
        for may_hide in [false, true, false] {
            let counts = &self.board.system.counts;
            let is_secondary = |&count: &Count| self.withheld[count] && !counts[count].stays_withheld();
            let mut secondary: Vec<Count> = (0..counts.len()).filter(is_secondary).collect();
            secondary.sort_by_key(|&count| (Reverse(self.board.cost(count)), count));
            for count in secondary {
                if self.withheld[count] {
                    self.publish(count, may_hide);
                }
            }
        }
    }

    /// Publishes a count if everything else stays safe; others that cost less together may be withheld for it.
    fn publish(&mut self, count: Count, may_hide: bool) {
        self.withheld[count] = false;
        self.board.is_open[count] = false;
        let before = self.shown.remove_moving(count);
        let touched: BTreeSet<Count> = before.iter().map(|((own, _), _)| *own).collect();
        let mut hidden = Vec::new();
        let is_safe = self.repair(count, touched, may_hide, &mut hidden) && self.is_quiet(hidden.iter().copied().chain([count]));
        if is_safe {
            self.sake.remove(&count);
            return;
        }
        for &own in &hidden {
            self.withheld[own] = false;
            self.board.is_open[own] = false;
            self.sake.remove(&own);
            self.shown.remove_moving(own);
        }
        self.withheld[count] = true;
        self.board.is_open[count] = true;
        before.into_iter().for_each(|(claim, witness)| self.shown.set(claim, witness));
    }

    /// Proves counts anew without one of the counts that they were proven by. `hidden` is what is withheld for that; together it must cost less
    /// than that one. Returns whether it was done.
    fn repair(&mut self, without: Count, touched: BTreeSet<Count>, may_hide: bool, hidden: &mut Vec<Count>) -> bool {
        let mut queue: VecDeque<Count> = touched.into_iter().filter(|own| *own != without).collect();
        let mut left = if may_hide { self.board.cost(without) } else { 0 };
        while let Some(own) = queue.pop_front() {
            let known = hidden.len();
            if !self.show(own, Some(without), &mut left, hidden) {
                return false;
            }
            queue.extend(&hidden[known..]);
        }
        true
    }

    /// Whether no equation around some counts tells too much.
    fn is_quiet(&self, counts: impl Iterator<Item = Count>) -> bool {
        let system = self.board.system;
        let known = system.known(&self.board.is_open);
        let around = counts.flat_map(|count| &system.of[count]).flat_map(|&equation| system.equations[equation].0.iter());
        let around: BTreeSet<usize> = around.flat_map(|&(own, _)| system.of[own].iter().copied()).collect();
        around.into_iter().all(|equation| faulty(system, self.rule, equation, &known).is_none())
    }
}
