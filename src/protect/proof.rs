//! The proof that a release tells of no small count. It knows nothing of how what is withheld was chosen: it is given what would be told, and
//! for each withheld count two ways in which everything could be, and checks with whole numbers that both agree with all that is told.

use super::system::{Count, Equation, System};
use super::witness::{Witness, Witnesses, at};
use crate::region::Hierarchy;
use crate::spec::Confidentiality;

/// Why a release is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leak {
    /// Nothing shows that a withheld count could have another value.
    Unproven(Count),
    /// Somebody who is alone in another count learns it.
    Alone(Count, Count),
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
            | Leak::Alone(count, _)
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
pub fn check(
    system: &System,
    (hierarchy, rule): (&Hierarchy, &Confidentiality),
    told: &[bool],
    witnesses: &Witnesses,
) -> Vec<Leak> {
    let mut leaks = Vec::new();
    for (count, counted) in system.counts.iter().enumerate() {
        if told[count] {
            if counted.is_small && !counted.is_out {
                leaks.push(Leak::Small(count));
            }
            continue;
        }
        // What is printed nowhere and not small may be known.
        if !counted.is_small && !counted.is_printed() {
            continue;
        }
        let Some(witness) = witnesses.get(&(count, None)) else {
            leaks.push(Leak::Unproven(count));
            continue;
        };
        leaks.extend(disproof(system, told, (count, counted.width(rule)), witness));
        if !rule.protects_from_single || !counted.is_small || !counted.is_derived {
            continue;
        }
        // Whoever is alone in a count knows it: there must be two ways for each of them, too.
        for single in witness.singles(system, hierarchy, count) {
            match witnesses.get(&(count, Some(single))) {
                Some(witness) if !witness.counts().any(|moved| moved == single) => {
                    leaks.extend(disproof(system, told, (count, 1), witness));
                }
                Some(_) | None => leaks.push(Leak::Alone(count, single)),
            }
        }
    }
    let open: Vec<bool> = told.iter().map(|told| !told).collect();
    let known = system.known(&open);
    for (position, equation) in system.equations.iter().enumerate() {
        if let Some(count) = faulty(system, rule, position, &known) {
            leaks.push(Leak::Union(count, equation.clone()));
        }
    }
    leaks
}

/// What is wrong with the proof of a count; `None` when it holds.
fn disproof(system: &System, told: &[bool], (count, width): (Count, i64), witness: &Witness) -> Option<Leak> {
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
    (witness.width(count) < width).then_some(Leak::Narrow(count))
}

/// A count of which an equation tells too much: the counts in it that are not known add up to few persons, or do so for somebody who is alone
/// in one of them. What earlier releases told of an equation cannot be called back.
pub fn faulty(system: &System, rule: &Confidentiality, equation: usize, known: &[bool]) -> Option<Count> {
    if system.exposed.equations.contains(&equation) {
        return None;
    }
    let open: Vec<(Count, i64)> = system.equations[equation].0.iter().copied().filter(|&(count, _)| !known[count]).collect();
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
