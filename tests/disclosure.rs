//! What is withheld does not follow from what is published: attacked with all whole numbers that fit, with other persons in place of the true
//! ones, and by looking for numbers that stand nowhere else.

#[path = "support/attack.rs"]
mod attack;
#[path = "support/chance.rs"]
mod chance;

#[path = "support/canary.rs"]
mod canary;
#[path = "support/made.rs"]
mod made;
#[path = "support/pdf.rs"]
mod pdf;
#[path = "support/plant.rs"]
mod plant;
#[path = "support/seek.rs"]
mod seek;
mod support;

use attack::{Learnt, Reader, Wish};
use canary::{Canary, Digits};
use chance::{Computed, Project, Unit, Years};
use made::{Made, differences, differing, made};
use plant::{LEAKS, Leak};
use seek::Seeker;
use std::collections::BTreeSet;
use std::ops::Range;

use esep::protect::{self, Audience, Protected, Withholding};
use esep::region::RegionCode;

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
        let computed = project.compute(project.years());
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
        let computed = project.compute(project.years());
        let rule = project.specs.programme.confidentiality;
        let published = protect::publish(computed.inside(&project.specs), Audience::Public);
        let all = attack::told(&project, &published);
        let mut reader = Reader::of_groups(&project, &all);
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
}

/// What an internal release tells, and a public one of any period does not.
fn secrets(project: &esep::project::Project, periods: Range<usize>) -> Digits {
    let of =
        |audience: Audience, periods: Range<usize>| Digits::of(&project.ready(audience).expect("it is ready").published, periods);
    of(Audience::Internal, periods).without(&of(Audience::Public, 0..3))
}

/// Looks for what is secret in any period.
fn seeker(project: &esep::project::Project) -> Seeker {
    let Digits { printed, left } = secrets(project, 0..3);
    Seeker(printed.into_iter().chain(left).collect())
}

#[test]
fn no_withheld_number_stands_anywhere_in_a_public_release() {
    let Canary { project, public, internal, .. } = canary::built();
    let latest = secrets(project, 2..3).printed;
    assert!(latest.len() > 30, "{latest:?}");
    let seeker = seeker(project);
    let found: BTreeSet<String> = seeker.find_in(internal).into_values().flatten().collect();
    assert_eq!(latest.difference(&found).collect::<Vec<_>>(), Vec::<&String>::new(), "the search finds everything that is there");
    let public = seeker.find_in(public);
    assert!(public.is_empty(), "{public:#?}");
}

/// Computes a project with its own persons and with others behind some of what is withheld, in the last year and in the one before, and hands
/// over both with what is withheld. Returns for how many wishes no others were found.
fn with_other_persons(project: &Project, wishes: usize, mut compare: impl FnMut(&Wish, [&Computed; 2], &[Protected])) -> usize {
    let computed = project.compute(project.years());
    let all = attack::told(project, &protect::publish(computed.inside(&project.specs), Audience::Public));
    let mut reader = Reader::of_units(project, &all);
    let is_hidden = |(wish, known): &(&Wish, &Option<i64>)| known.is_none() && reader.can_be_somebody(wish);
    let hidden: Vec<&Wish> = all.iter().filter(is_hidden).map(|(wish, _)| wish).collect();
    let mut unknown = 0;
    for wish in hidden.iter().step_by(hidden.len().div_ceil(wishes).max(1)) {
        let Some(others) = others(&mut reader, wish, project) else {
            unknown += 1;
            continue;
        };
        let last = if project.earlier.is_empty() { &project.units } else { &project.earlier };
        let pairs: [[Years<'_>; 2]; 2] =
            [[project.years(), [&project.earlier, &others]], [[&project.units, last], [&others, last]]];
        for [own, other] in pairs.map(|pair| pair.map(|years| project.compute(years))) {
            compare(wish, [&own, &other], &protect::disclosure(own.inside(&project.specs)));
        }
    }
    unknown
}

/// Other answers than a project's own, with which everything that is told stays as it is.
fn others(reader: &mut Reader, wish: &Wish, project: &Project) -> Option<Vec<Unit>> {
    let mut others = reader.other_answers(wish, &project.units)?;
    if project.rows_are_persons {
        others.push(Unit { counts: [Some(0); 5], ..others[0].clone() });
    }
    Some(others)
}

#[test]
fn what_is_published_is_the_same_with_other_persons_behind_what_is_withheld() {
    let (mut compared, mut unknown) = (0, 0);
    for seed in seeds(20) {
        let project = Project::new(seed, true);
        unknown += with_other_persons(&project, 4, |wish, both, protected| {
            let of = |computed: &Computed| {
                made(&protect::publish_without(computed.inside(&project.specs), &Withholding::of(&project.specs, protected)))
            };
            let [expected, found] = both.map(of);
            let differing = differing(&expected, &found);
            assert!(differing.is_empty(), "{wish:?}\n{}", differences(&differing, &expected, &found) + &told(seed, &project));
            compared += 1;
        });
    }
    assert!(unknown < compared, "{compared} compared, {unknown} unknown");
}

#[test]
fn one_withheld_number_that_is_told_makes_tables_pages_and_workbooks_differ() {
    let (mut planted, mut kinds) = (0, BTreeSet::new());
    for seed in 14..18 {
        let project = Project::new(seed, true);
        let computed = project.compute(project.years());
        let mut protected = protect::disclosure(computed.inside(&project.specs));
        let all = attack::told(
            &project,
            &protect::publish_without(computed.inside(&project.specs), &Withholding::of(&project.specs, &protected)),
        );
        let mut reader = Reader::of_units(&project, &all);
        for (wish, _) in all.iter().filter(|(wish, known)| known.is_none() && wish.group.is_none()).take(8) {
            let Some(others) = others(&mut reader, wish, &project) else { continue };
            let region = project.specs.hierarchy.find(&RegionCode::new(wish.region.as_str())).expect("it is in the registry");
            let others = project.compute([&project.earlier, &others]);
            let period = protected.len() - 1;
            for count in 0..protected[period].proposal.withheld.len() {
                if !protected[period].proposal.withheld[count]
                    || !protected[period].system.counts[count]
                        .places
                        .iter()
                        .any(|place| place.region == region && place.slice == 0)
                {
                    continue;
                }
                protected[period].proposal.withheld[count] = false;
                let of = |computed: &Computed| {
                    made(&protect::publish_without(computed.inside(&project.specs), &Withholding::of(&project.specs, &protected)))
                };
                let (one, other) = (of(&computed), of(&others));
                kinds.extend(differing(&one, &other).into_iter().map(|name| name.rsplit('/').next().unwrap_or(name).to_owned()));
                planted += 1;
                protected[period].proposal.withheld[count] = true;
            }
        }
    }
    assert!(planted > 20, "{planted} were planted");
    let parts = ["sections", "summary", "summary_counts", "trends", "plan", "workbook.xlsx"];
    for told in parts.into_iter().chain(["results.csv", "results.json", "rows.json"]) {
        assert!(kinds.contains(told), "{told} is among {kinds:?}");
    }
}

#[test]
fn every_kind_of_planted_leak_is_found() {
    // By comparing, and by seeking.
    let mut found = [[false; 2]; LEAKS.len()];
    for seed in 0..12 {
        let project = Project::new(seed, true);
        with_other_persons(&project, 2, |wish, both, protected| {
            let public = both.map(|computed| {
                made(&protect::publish_without(computed.inside(&project.specs), &Withholding::of(&project.specs, protected)))
            });
            assert_eq!(differing(&public[0], &public[1]), Vec::<&str>::new(), "{wish:?}\n{}", told(seed, &project));
            let internal = both.map(|computed| made(&protect::publish(computed.inside(&project.specs), Audience::Internal)));
            for (leak, [by_comparing, _]) in LEAKS.iter().zip(&mut found) {
                let [one, other] = [0, 1].map(|side| leak.plant(&public[side], &internal[side]));
                *by_comparing |= !differing(&one, &other).is_empty();
            }
        });
    }
    let canary = canary::built();
    let (public, internal) = (canary.made(Audience::Public), canary.made(Audience::Internal));
    let seeker = seeker(&canary.project);
    let find = |made: &Made| made.iter().flat_map(|(name, bytes)| seeker.find_in_file(name, bytes.clone())).collect::<Vec<_>>();
    assert_eq!(find(&public), []);
    for (leak, [_, by_seeking]) in LEAKS.iter().zip(&mut found) {
        *by_seeking = !find(&leak.plant(&public, &internal)).is_empty();
    }
    for (Leak { kind, part, place, found_by }, found) in LEAKS.iter().zip(&found) {
        assert!(found_by.contains(&true));
        assert_eq!(found, found_by, "{kind}: {part} at {place} is found by comparing, and by seeking");
    }
}

/// A number by itself, and wherever it is planted: in a total, beside its denominator, as a change, in a text that stands for a picture, in an
/// earlier period, in the other language, as what is covered, in a plan.
#[test]
fn a_planted_number_is_found_however_it_is_written() {
    let seeker = Seeker(BTreeSet::from(["734159".to_owned(), "51873".to_owned()]));
    let number = BTreeSet::from(["734159".to_owned()]);
    for text in [
        "734159",
        "Total 734\u{a0}159 pupils",
        "734\u{202f}159 of 12\u{202f}000\u{202f}000",
        "+734,159 since 2024",
        "Bars: North 63.1 % (734 159), South 20 %",
        "in 2023 734 159",
        "734\u{2009}159 учеников",
        "received from 734’159 of 800’000",
        "734.159 more",
        "{\"n\":734159,\"text\":\"734\u{a0}159\"}",
        "<c r=\"B2\"><v>734159</v></c>",
        "out/2025/en/10 North 734159.pdf",
        "1,734159,3",
    ] {
        assert_eq!(seeker.find(text), number, "{text}");
    }
    assert_eq!(seeker.find("51.873 % and 51,873 %"), BTreeSet::from(["51873".to_owned()]));
    let checksum = format!("{}.734159.{}", "a".repeat(29), "0".repeat(27)).replace('.', "b");
    for text in ["1734159", "7341590", "734-159", "1,734,159", "734,159,000", "73 4159", "", &checksum] {
        assert!(seeker.find(text).is_empty(), "{text}");
    }
}

/// Somebody who is alone in a count knows it; does he learn another small count by that?
#[test]
fn who_is_alone_in_a_count_learns_no_other_one() {
    let (mut safe, mut unknown, mut learnt) = (0, 0, Vec::new());
    for seed in seeds(60) {
        let project = Project::new(seed, true);
        let computed = project.compute(project.years());
        let rule = project.specs.programme.confidentiality;
        if !rule.protects_from_single {
            continue;
        }
        let published = protect::publish(computed.inside(&project.specs), Audience::Public);
        let all = attack::told(&project, &published);
        let empty = Reader::of_groups(&project, &Default::default());
        let truth = |wish: &Wish| empty.truth(wish);
        for (single, known) in &all {
            if known.is_some() || truth(single) != 1 {
                continue;
            }
            let mut all = all.clone();
            all.insert(single.clone(), Some(1));
            let mut reader = Reader::of_groups(&project, &all);
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
}
