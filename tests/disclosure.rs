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
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::OnceLock;

use esep::language::{self, Language, LanguageCode};
use esep::period::PeriodIndex;
use esep::protect::{self, Audience, Published};
use esep::report::{self, Background, Material, Selection};
use esep::{companion, press, table};

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
        let empty = Reader::of_groups(&project, &Default::default());
        let truth = |wish: &Wish| empty.truth(wish);
        for (single, known) in &all {
            if known.is_some() || truth(single) != 1 { continue }
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

/// The house's English.
fn english() -> &'static Language {
    static ENGLISH: OnceLock<Language> = OnceLock::new();
    ENGLISH.get_or_init(|| {
        let project = esep::sources::read(canary::folder().path()).expect("it can be read").0;
        let labels = [report::LABELS, companion::LABELS].concat();
        let mut found = Vec::new();
        let code = LanguageCode::new("en");
        let codes = [code.clone()];
        let files = (&project.templates, &project.house_languages);
        language::load(&codes, &labels, files, [], &mut found).remove(&code).expect("the house has English")
    })
}

/// Everything that is made from what is published of the last period.
fn made(published: &Published<'_>) -> BTreeMap<String, Vec<u8>> {
    let period = published.latest().expect("there are data");
    let rows = press::rows(published, &[PeriodIndex(0), period], &Selection::default());
    let mut made = BTreeMap::from([
        ("table as CSV".to_owned(), table::csv(&rows).into_bytes()),
        ("table as JSON".to_owned(), table::json(&rows).into_bytes()),
    ]);
    let background = Background::new(published, period);
    let material = Material::new(published, period, None);
    for region in report::orders(published, period, &Selection::default()).into_iter().map(|order| order.region) {
        let report = report::write(material, &background, english(), region);
        let code = &published.specs().hierarchy.region(region).code;
        for (key, part) in serde_json::to_value(&report).expect("a model is plain data").as_object().expect("it has keys") {
            made.insert(format!("{key} in the report of {code}"), serde_json::to_vec_pretty(part).expect("it can be written"));
        }
        let workbook = companion::write(material, english(), region, &report).expect("it can be written");
        made.insert(format!("workbook of {code}"), workbook);
    }
    made
}

#[test]
fn what_is_published_is_the_same_with_other_persons_behind_what_is_withheld() {
    let (mut compared, mut unknown, mut differing) = (0, 0, BTreeMap::new());
    for seed in seeds(30) {
        let project = Project::new(seed, true);
        let computed = project.compute(&project.units);
        let protected = protect::disclosure(computed.inside(&project.specs));
        let published = protect::publish_without(computed.inside(&project.specs), &protected);
        let told = attack::told(&project, &published);
        let mut reader = Reader::of_units(&project, &told);
        let hidden: Vec<Wish> = told.into_iter().filter(|(wish, known)| known.is_none() && reader.can_be_somebody(wish)).map(|(wish, _)| wish).collect();
        let expected = made(&published);
        for wish in hidden.iter().step_by(hidden.len().div_ceil(4).max(1)) {
            let Some(others) = reader.other_answers(wish, &project.units) else {
                unknown += 1;
                continue;
            };
            compared += 1;
            let computed = project.compute(&others);
            let found = made(&protect::publish_without(computed.inside(&project.specs), &protected));
            for (name, bytes) in &expected {
                if found.get(name) != Some(bytes) {
                    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                    let difference = if name.starts_with("workbook") { String::new() } else { support::diff(&text(bytes), &text(&found[name])) };
                    let what = name.split(" of ").next().unwrap_or_default().to_owned();
                    differing.entry(what).or_insert_with(|| format!("{name}, {wish:?}\n{difference}\n{}", self::told(seed, &project)));
                }
            }
        }
    }
    assert!(differing.is_empty(), "{}", differing.values().cloned().collect::<Vec<_>>().join("\n\n"));
    assert!(unknown < compared, "{compared} compared, {unknown} unknown");
}
