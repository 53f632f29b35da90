//! What is withheld does not follow from what is published: attacked with all whole numbers that fit, with other persons in place of the true
//! ones, and by looking for numbers that stand nowhere else.

#[path = "support/attack.rs"]
mod attack;
#[path = "support/chance.rs"]
mod chance;

use attack::Learnt;
use chance::Project;
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
        let mut reader = attack::Reader::new(&project, &published);
        for (wish, known) in attack::told(&project, &published) {
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
