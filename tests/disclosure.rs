//! What is withheld does not follow from what is published: attacked with all whole numbers that fit, with other persons in place of the true
//! ones, and by looking for numbers that stand nowhere else.

#[path = "support/attack.rs"]
mod attack;
#[path = "support/chance.rs"]
mod chance;

#[path = "support/canary.rs"]
mod canary;
#[path = "support/pdf.rs"]
mod pdf;
#[path = "support/seek.rs"]
mod seek;
mod support;

use attack::{Learnt, Reader, Wish};
use chance::Project;
use seek::Seeker;
use std::collections::BTreeSet;
use std::ops::Range;

use esep::protect::{self, Audience};

/// How many small projects by chance are tried; `PROPTEST_CASES` asks for more.
fn seeds(usual: u64) -> std::ops::Range<u64> {
    let asked = |name: &str| std::env::var(name).ok().and_then(|cases| cases.parse().ok());
    let first = asked("FIRST_SEED").unwrap_or(0);
    first..first + asked("PROPTEST_CASES").unwrap_or(usual)
}

/// What the project of a seed consists of, for whoever reads of a failure.
fn told(seed: u64, project: &Project) -> String {
    let units: Vec<String> = project.units.iter().map(|unit| format!("{unit:?}")).collect();
    format!("seed {seed}\n{:?}\n{}\n{}", project.indicators, project.rule, units.join("\n"))
}

#[test]
fn small_counts_are_withheld_and_the_proof_holds() {
    for seed in seeds(60) {
        let project = Project::new(seed, seed % 2 == 0);
        let computed = project.compute(&project.units);
        let rule = project.specs.programme.confidentiality;
        for protected in protect::disclosure(computed.inside(&project.specs)) {
            assert!(protected.leaks.is_empty(), "{:?}\n{}", protected.leaks, told(seed, &project));
        }
        let published = protect::publish(computed.inside(&project.specs), Audience::Public);
        for (wish, known) in attack::told(&project, &published) {
            let is_told = known.is_some_and(|known| rule.withholds(known));
            // Of a group in which nobody is counted, the reason says so.
            assert!(!is_told || known == Some(0), "{wish:?} {known:?}\n{}", told(seed, &project));
        }
    }
}

#[test]
fn nobody_can_work_out_what_is_withheld() {
    let (mut safe, mut unknown, mut learnt) = (0, 0, Vec::new());
    for seed in seeds(60) {
        let project = Project::new(seed, true);
        let computed = project.compute(&project.units);
        let rule = project.specs.programme.confidentiality;
        let published = protect::publish(computed.inside(&project.specs), Audience::Public);
        let all = attack::told(&project, &published);
        let mut reader = Reader::new(&project, &all);
        for (wish, known) in all {
            let truth = reader.truth(&wish);
            assert!(known.is_none_or(|known| known == truth), "{wish:?} is {truth}, {known:?} is told\n{}", told(seed, &project));
            if known.is_none() && rule.withholds(truth) && reader.can_be_somebody(&wish) {
                match reader.learns(&wish, rule.width) {
                    Learnt::Nothing => safe += 1,
                    Learnt::Unknown => unknown += 1,
                    Learnt::Between(low, high) => {
                        learnt.push(format!("{wish:?} is {truth}, and lies from {low} to {high}\n{}", told(seed, &project)));
                    }
                }
            }
        }
    }
    assert!(learnt.is_empty(), "{} of {}:\n{}", learnt.len(), safe + unknown + learnt.len(), learnt[0]);
    // The reader is not too weak to tell.
    assert!(unknown * 50 < safe, "{unknown} unknown, {safe} safe");
    eprintln!("{unknown} unknown, {safe} safe");
}

/// Somebody who is alone in a count knows it; does he learn another small count by that?
#[test]
fn who_is_alone_in_a_count_learns_no_other_one() {
    let (mut safe, mut unknown, mut learnt) = (0, 0, Vec::new());
    for seed in seeds(60) {
        let project = Project::new(seed, true);
        let computed = project.compute(&project.units);
        let rule = project.specs.programme.confidentiality;
        if !rule.protects_from_single { continue }
        let published = protect::publish(computed.inside(&project.specs), Audience::Public);
        let all = attack::told(&project, &published);
        let empty = Reader::new(&project, &Default::default());
        let truth = |wish: &Wish| empty.truth(wish);
        for (single, known) in &all {
            if known.is_some() || truth(single) != 1 { continue }
            let mut all = all.clone();
            all.insert(single.clone(), Some(1));
            let mut reader = Reader::new(&project, &all);
            for (wish, known) in &all {
                if known.is_none() && rule.withholds(truth(wish)) && reader.can_be_somebody(wish) && truth(wish) > 1 {
                    match reader.learns(wish, 1) {
                        Learnt::Nothing => safe += 1,
                        Learnt::Unknown => unknown += 1,
                        Learnt::Between(..) => {
                            learnt.push(format!("{single:?} tells {wish:?} is {}\n{}", truth(wish), told(seed, &project)));
                        }
                    }
                }
            }
        }
    }
    assert!(learnt.is_empty(), "{} of {}:\n{}", learnt.len(), safe + unknown + learnt.len(), learnt[0]);
    eprintln!("{unknown} unknown, {safe} safe");
}

/// The digits of the counts and values of some periods that an internal release tells, and a public one of any period does not.
fn secrets(project: &esep::project::Project, periods: Range<usize>) -> BTreeSet<String> {
    let of = |audience: Audience, periods: Range<usize>| {
        canary::numbers(&project.ready(audience).expect("it is ready").published, periods)
    };
    let ((counts, values), (told_counts, told_values)) = (of(Audience::Internal, periods), of(Audience::Public, 0..3));
    let counts = counts.difference(&told_counts).filter(|count| **count > 0).map(i64::to_string);
    counts.chain(values.difference(&told_values).filter(|value| value.len() >= 5).cloned()).collect()
}

#[test]
fn no_withheld_number_stands_anywhere_in_a_public_release() {
    let folder = canary::folder();
    let project = canary::load(&folder);
    let latest = secrets(&project, 2..3);
    assert!(latest.len() > 30, "{latest:?}");
    let seeker = Seeker(secrets(&project, 0..3));
    let internal = seeker.find_in(&canary::build(&folder, &project, Audience::Internal));
    let found: BTreeSet<String> = internal.into_values().flatten().collect();
    assert_eq!(latest.difference(&found).collect::<Vec<_>>(), Vec::<&String>::new(), "the search finds everything that is there");
    let public = seeker.find_in(&canary::build(&folder, &project, Audience::Public));
    assert!(public.is_empty(), "{public:#?}");
}
