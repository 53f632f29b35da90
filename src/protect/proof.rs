//! The proof that a release tells of no small count. It knows nothing of how what is withheld was chosen: it is given what would be told, and
//! for each withheld count two ways in which everything could be, and checks with whole numbers that both agree with all that is told.

use std::collections::BTreeMap;

use super::moves::{Shift, Witness};
use super::secondary::{faulty, known};
use super::system::{Count, Equation, System};
use crate::spec::Confidentiality;

/// Why a release is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leak {
    /// Nothing shows that a withheld count could have another value.
    Unproven(Count),
    /// It could, but its values are not far enough apart.
    Narrow(Count),
    /// One of the two ways does not agree with a count that is told.
    Told(Count, Count),
    /// One of the two ways breaks an equation between counts.
    Broken(Count, Equation),
    /// One of the two ways has fewer than no persons.
    Negative(Count, Count),
    /// The counts that an equation leaves open add up to few persons.
    Union(Count, Equation),
    /// A small count is told.
    Small(Count),
}

impl Leak {
    /// The count of which too much is told.
    pub fn count(&self) -> Count {
        match self {
            Leak::Unproven(count)
            | Leak::Narrow(count)
            | Leak::Told(count, _)
            | Leak::Broken(count, _)
            | Leak::Negative(count, _)
            | Leak::Union(count, _)
            | Leak::Small(count) => *count,
        }
    }
}

/// Checks that nothing of a small count follows from the counts that are told. Returns everything that is wrong.
pub fn check(system: &System, rule: &Confidentiality, told: &[bool], witnesses: &BTreeMap<Count, Witness>) -> Vec<Leak> {
    let mut leaks = Vec::new();
    for (count, counted) in system.counts.iter().enumerate() {
        if told[count] {
            if counted.is_small {
                leaks.push(Leak::Small(count));
            }
            continue;
        }
        // What is printed nowhere and not small may be known.
        if !counted.is_small && !counted.is_printed() {
            continue;
        }
        match witnesses.get(&count) {
            None => leaks.push(Leak::Unproven(count)),
            Some(witness) => leaks.extend(disproof(system, rule, told, count, witness)),
        }
    }
    let open: Vec<bool> = told.iter().map(|told| !told).collect();
    let known = known(system, &open);
    for equation in &system.equations {
        if let Some(count) = faulty(system, rule, equation, &known) {
            leaks.push(Leak::Union(count, equation.clone()));
        }
    }
    leaks
}

/// What is wrong with the proof of a count; `None` when it holds.
fn disproof(system: &System, rule: &Confidentiality, told: &[bool], count: Count, witness: &Witness) -> Option<Leak> {
    for way in [&witness.low, &witness.high] {
        for &moved in way.keys() {
            if told[moved] {
                return Some(Leak::Told(count, moved));
            }
            let value = system.counts[moved].value;
            if value >= 0 && value + at(way, moved) < 0 {
                return Some(Leak::Negative(count, moved));
            }
            for &equation in &system.of[moved] {
                let equation = &system.equations[equation];
                let sum: i128 = equation.0.iter().map(|&(own, factor)| i128::from(factor) * i128::from(at(way, own))).sum();
                if sum != 0 {
                    return Some(Leak::Broken(count, equation.clone()));
                }
            }
        }
    }
    let apart = (at(&witness.high, count) - at(&witness.low, count)).abs();
    (apart < rule.width).then_some(Leak::Narrow(count))
}

fn at(way: &Shift, count: Count) -> i64 {
    way.get(&count).copied().unwrap_or(0)
}
