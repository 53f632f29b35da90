//! What must be withheld besides the small counts, so that these do not follow from the rest. It proposes; [`super::proof`] decides.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::moves::{Aim, Board, Witness};
use super::system::{Count, Equation, System};
use crate::region::Hierarchy;
use crate::spec::Confidentiality;

/// What is withheld, and why it is safe.
#[derive(Clone, Debug, Default)]
pub struct Proposal {
    /// Whether each count is withheld.
    pub withheld: Vec<bool>,
    /// For each withheld count that is withheld for the sake of others, one of them.
    pub sake: BTreeMap<Count, Count>,
    /// Two ways in which everything could be, for each count that must not be known.
    pub witnesses: BTreeMap<Count, Witness>,
}

/// Looks for what must be withheld so that no small count follows from what is published, besides the small counts themselves.
pub fn propose(system: &System, hierarchy: &Hierarchy, rule: &Confidentiality, costs: Vec<u64>) -> Proposal {
    let withheld: Vec<bool> = system.counts.iter().map(|counted| counted.is_small && counted.is_printed()).collect();
    let is_open = system.counts.iter().zip(&withheld).map(|(counted, withheld)| *withheld || !counted.is_printed()).collect();
    let mut search = Search {
        board: Board::new(system, hierarchy, is_open, costs),
        rule,
        withheld,
        witnesses: BTreeMap::new(),
        sake: BTreeMap::new(),
    };
    search.run();
    let Search { withheld, witnesses, sake, .. } = search;
    Proposal { withheld, sake, witnesses }
}

struct Search<'a> {
    board: Board<'a>,
    rule: &'a Confidentiality,
    withheld: Vec<bool>,
    witnesses: BTreeMap<Count, Witness>,
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
        self.withheld[count] || counted.is_small && !counted.is_printed()
    }

    /// Finds two values of a count, and withholds what must be withheld for them. Returns what is withheld now.
    fn prove(&mut self, count: Count) -> Vec<Count> {
        if self.witnesses.contains_key(&count) {
            return Vec::new();
        }
        let aim = Aim { count, width: self.rule.width, may_hide: true, fixed: None };
        let Some((witness, hidden)) = self.board.find(aim) else {
            // Nothing shows that it is safe; the proof will refuse it.
            return Vec::new();
        };
        for &own in &hidden {
            self.hide(own, count);
        }
        self.keep(&witness);
        hidden
    }

    fn hide(&mut self, count: Count, sake: Count) {
        self.withheld[count] = true;
        self.board.is_open[count] = true;
        self.sake.insert(count, sake);
    }

    /// Notes what a witness shows, for every count that it moves far enough.
    fn keep(&mut self, witness: &Witness) {
        for count in witness.counts().collect::<BTreeSet<Count>>() {
            if witness.width(count) >= self.rule.width && self.needs_proof(count) {
                self.witnesses.entry(count).or_insert_with(|| witness.clone());
            }
        }
    }

    /// Withholds more where the withheld counts of an equation add up to few persons. Returns what is withheld now.
    fn unions(&mut self) -> Vec<Count> {
        let mut more = Vec::new();
        loop {
            let known = known(self.board.system, &self.board.is_open);
            let faulty = self.board.system.equations.iter().find_map(|equation| self.remedy(equation, &known));
            let Some((count, sake)) = faulty else { return more };
            self.hide(count, sake);
            more.push(count);
        }
    }

    /// The count to be withheld where an equation tells too much; `None` where it does not, or nothing is left to be withheld.
    fn remedy(&self, equation: &Equation, known: &[bool]) -> Option<(Count, Count)> {
        let sake = faulty(self.board.system, self.rule, equation, known)?;
        let counts = &self.board.system.counts;
        let after = |count: Count| {
            let mut known = known.to_vec();
            known[count] = false;
            faulty(self.board.system, self.rule, equation, &known).is_some()
        };
        let candidates = equation.0.iter().map(|&(count, _)| count).filter(|&count| known[count]);
        let candidates = candidates.filter_map(|count| Some((count, self.opener(count, known)?)));
        let best = candidates
            .min_by_key(|&(count, opener)| (after(count), counts[count].value == 0, self.board.costs[opener], count))?;
        Some((best.1, sake))
    }

    /// What must be withheld so that a known count is open: itself, or, where it is printed nowhere and follows from others, the one of these
    /// that costs least.
    fn opener(&self, count: Count, known: &[bool]) -> Option<Count> {
        let can_hide = |&count: &Count| known[count] && !self.withheld[count] && self.board.system.counts[count].is_printed();
        if self.board.system.counts[count].is_printed() {
            return Some(count).filter(can_hide);
        }
        let others = self.board.system.of[count].iter().flat_map(|&equation| &self.board.system.equations[equation].0);
        others.map(|&(other, _)| other).filter(can_hide).min_by_key(|&other| (self.board.costs[other], other))
    }

    /// Publishes again what need not be withheld: the dearest first.
    fn release(&mut self) {
        let counts = &self.board.system.counts;
        let mut secondary: Vec<Count> =
            (0..counts.len()).filter(|&count| self.withheld[count] && !counts[count].is_small).collect();
        secondary.sort_by_key(|&count| (std::cmp::Reverse(self.board.costs[count]), count));
        for count in secondary {
            self.publish(count);
        }
    }

    /// Publishes a count if everything else stays safe.
    fn publish(&mut self, count: Count) {
        self.withheld[count] = false;
        self.board.is_open[count] = false;
        let moves = |witness: &Witness| witness.low.contains_key(&count) || witness.high.contains_key(&count);
        let touched: Vec<Count> = self.witnesses.iter().filter(|(_, witness)| moves(witness)).map(|(own, _)| *own).collect();
        let before: Vec<(Count, Witness)> = touched.iter().filter_map(|own| Some((*own, self.witnesses.remove(own)?))).collect();
        let mut is_safe = true;
        for &own in touched.iter().filter(|own| **own != count) {
            if self.witnesses.contains_key(&own) {
                continue;
            }
            let aim = Aim { count: own, width: self.rule.width, may_hide: false, fixed: None };
            match self.board.find(aim) {
                Some((witness, _)) => self.keep(&witness),
                None => {
                    is_safe = false;
                    break;
                }
            }
        }
        is_safe = is_safe && self.is_quiet(count);
        if is_safe {
            self.sake.remove(&count);
        } else {
            self.withheld[count] = true;
            self.board.is_open[count] = true;
            self.witnesses.extend(before);
        }
    }

    /// Whether no equation around a count tells too much.
    fn is_quiet(&self, count: Count) -> bool {
        let system = self.board.system;
        let known = known(system, &self.board.is_open);
        let around = system.of[count].iter().flat_map(|&equation| system.equations[equation].0.iter());
        let around: BTreeSet<usize> = around.flat_map(|&(own, _)| system.of[own].iter().copied()).collect();
        around.into_iter().all(|equation| faulty(system, self.rule, &system.equations[equation], &known).is_none())
    }
}

/// Which counts readers know: those that are published, and those that follow from these one by one.
pub fn known(system: &System, is_open: &[bool]) -> Vec<bool> {
    let mut known: Vec<bool> = is_open.iter().map(|open| !open).collect();
    let open = |known: &[bool], equation: usize| {
        let mut open = system.equations[equation].0.iter().filter(|&&(count, _)| !known[count]);
        open.next().filter(|_| open.next().is_none()).map(|&(count, _)| count)
    };
    let mut queue: VecDeque<usize> = (0..system.equations.len()).collect();
    while let Some(equation) = queue.pop_front() {
        if let Some(count) = open(&known, equation) {
            known[count] = true;
            queue.extend(&system.of[count]);
        }
    }
    known
}

/// A count of which an equation tells too much: the counts in it that are not known add up to few persons, or do so for somebody who is alone
/// in one of them.
pub fn faulty(system: &System, rule: &Confidentiality, equation: &Equation, known: &[bool]) -> Option<Count> {
    let open: Vec<(Count, i64)> = equation.0.iter().copied().filter(|&(count, _)| !known[count]).collect();
    let &(first, sign) = open.first()?;
    // Where some are added and others taken away, nothing is told of their sum.
    if open.len() < 2 || open.iter().any(|&(count, factor)| factor.signum() != sign.signum() || system.counts[count].value < 0) {
        return None;
    }
    let small = open.iter().map(|&(count, _)| count).find(|&count| system.counts[count].is_small);
    let sum: i64 = open.iter().map(|&(count, factor)| factor.abs() * system.counts[count].value).sum();
    if rule.withholds_union(sum) {
        return Some(small.unwrap_or(first));
    }
    let has_single = rule.protects_from_single && open.iter().any(|&(count, _)| system.counts[count].value == 1);
    (has_single && rule.withholds_union(sum - 1)).then(|| small.unwrap_or(first))
}
