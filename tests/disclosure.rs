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
use esep::region::RegionCode;
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
        let model = serde_json::to_value(&report).expect("a model is plain data");
        for (key, part) in model.as_object().expect("it has keys").iter() {
            made.insert(format!("{key} in the report of {code}"), serde_json::to_vec_pretty(part).expect("it can be written"));
        }
        let workbook = companion::write(material, english(), region, &report).expect("it can be written");
        made.insert(format!("workbook of {code}"), workbook);
    }
    made
}

/// What differs between two things that are made, by their names.
fn differing<'a>(one: &'a BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>) -> Vec<&'a str> {
    one.iter().filter(|(name, bytes)| other.get(*name) != Some(*bytes)).map(|(name, _)| name.as_str()).collect()
}

#[test]
fn what_is_published_is_the_same_with_other_persons_behind_what_is_withheld() {
    let (mut compared, mut unknown) = (0, 0);
    for seed in seeds(20) {
        let project = Project::new(seed, true);
        let computed = project.compute(&project.units);
        let protected = protect::disclosure(computed.inside(&project.specs));
        let published = protect::publish_without(computed.inside(&project.specs), &protected);
        let all = attack::told(&project, &published);
        let mut reader = Reader::of_units(&project, &all);
        let is_hidden = |(wish, known): &(&Wish, &Option<i64>)| known.is_none() && reader.can_be_somebody(wish);
        let hidden: Vec<Wish> = all.iter().filter(is_hidden).map(|(wish, _)| wish.clone()).collect();
        let expected = made(&published);
        for wish in hidden.iter().step_by(hidden.len().div_ceil(4).max(1)) {
            let Some(others) = reader.other_answers(wish, &project.units) else {
                unknown += 1;
                continue;
            };
            compared += 1;
            let computed = project.compute(&others);
            let found = made(&protect::publish_without(computed.inside(&project.specs), &protected));
            let differing = differing(&expected, &found);
            assert!(differing.is_empty(), "{wish:?}\n{}", differences(&differing, &expected, &found) + &told(seed, &project));
        }
    }
    assert!(unknown < compared, "{compared} compared, {unknown} unknown");
}

/// What differs, line by line.
fn differences(names: &[&str], one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>) -> String {
    let text = |made: &BTreeMap<String, Vec<u8>>, name: &str| String::from_utf8_lossy(&made[name]).into_owned();
    let difference = |name: &&str| match name.starts_with("workbook") {
        true => format!("{name}\n"),
        false => format!("{name}\n{}", support::diff(&text(one, name), &text(other, name))),
    };
    names.iter().map(difference).collect()
}

#[test]
fn one_withheld_number_that_is_told_makes_tables_pages_and_workbooks_differ() {
    let project = Project::new(12, true);
    let computed = project.compute(&project.units);
    let mut protected = protect::disclosure(computed.inside(&project.specs));
    let all = attack::told(&project, &protect::publish_without(computed.inside(&project.specs), &protected));
    let mut reader = Reader::of_units(&project, &all);
    let (mut planted, mut kinds) = (0, BTreeSet::new());
    for (wish, _) in all.iter().filter(|(wish, known)| known.is_none() && wish.group.is_none()).take(8) {
        let Some(others) = reader.other_answers(wish, &project.units) else { continue };
        let region = project.specs.hierarchy.find(&RegionCode::new(wish.region.as_str())).expect("it is in the registry");
        let others = project.compute(&others);
        let period = protected.len() - 1;
        for count in 0..protected[period].proposal.withheld.len() {
            if !protected[period].proposal.withheld[count]
                || !protected[period].system.counts[count].places.iter().any(|place| place.region == region && place.slice == 0)
            {
                continue;
            }
            protected[period].proposal.withheld[count] = false;
            let of = |computed: &chance::Computed| made(&protect::publish_without(computed.inside(&project.specs), &protected));
            let (one, other) = (of(&computed), of(&others));
            kinds.extend(differing(&one, &other).into_iter().map(|name| name.split(" of ").next().unwrap_or(name).to_owned()));
            planted += 1;
            protected[period].proposal.withheld[count] = true;
        }
    }
    assert!(planted > 20, "{planted} were planted");
    for told in ["sections", "summary", "summary_counts", "trends", "plan"].map(|part| format!("{part} in the report")) {
        assert!(kinds.contains(&told), "{told} is among {kinds:?}");
    }
    for told in ["table as CSV", "table as JSON", "workbook"] {
        assert!(kinds.contains(told), "{told} is among {kinds:?}");
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
    for text in ["1734159", "7341590", "734-159", ""] {
        assert!(seeker.find(text).is_empty(), "{text}");
    }
}

/// Somebody who is alone in a count knows it; does he learn another small count by that?
#[test]
fn who_is_alone_in_a_count_learns_no_other_one() {
    let (mut safe, mut unknown, mut learnt) = (0, 0, Vec::new());
    for seed in seeds(60) {
        let project = Project::new(seed, true);
        let computed = project.compute(&project.units);
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
