//! Each wrong proof is refused for what is wrong with it, and a count that tells too much is found wherever it is planted.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::*;
use crate::grid::Reader;
use crate::protect::proof::check;
use crate::protect::witness::{Shift, Witness, Witnesses};
use crate::sources::{BinaryFile, Sources, TextFile};
use crate::spec::{self, Confidentiality};
use crate::worker::Memory;
use crate::{compute, intake};

/// A country with three districts, `1` to `3`, in which some of all persons are counted, by sex. All of them are persons only where the
/// project says so.
struct Project {
    specs: Specs,
    data: Data,
}

const PROGRAMME: &str = r#"
title: { en: Test }
publisher: { en: Publisher }
source: { en: returns }
languages: [en]
levels:
  - { id: country, name: { en: Country }, plural: { en: Countries } }
  - { id: district, name: { en: District }, plural: { en: Districts } }
periods: [{ id: "2025", name: { en: "2025" }, within: { en: in 2025 }, date: 2025-10-05 }]
sections: [{ id: people, name: { en: People } }]
units:
  offices: { en: { one: office, other: offices } }
  persons: { en: { one: person, other: persons } }
words: { yes: [y], no: [n], not_reported: ["-"], not_applicable: [n/a], refused: [refused] }
thresholds: { small_denominator: 2, low_coverage: 80, near_target: 5 }
"#;

const REGIONS: &str = r#"
regions:
  - { code: "0", level: country, name: { en: Country } }
  - { code: "1", level: district, parent: "0", name: { en: First } }
  - { code: "2", level: district, parent: "0", name: { en: Second } }
  - { code: "3", level: district, parent: "0", name: { en: Third } }
"#;

const DATASET: &str = r#"
id: returns
name: { en: Returns }
unit: offices
key: [id]
region: district
level: district
fields:
  - { id: id, type: code, name: { en: id }, required: true }
  - { id: district, type: region, name: { en: district }, required: true }
  - id: sex
    type: category
    name: { en: sex }
    values: [{ id: female, name: { en: female } }, { id: male, name: { en: male } }]
  - { id: some, type: count, sensitive: true, name: { en: some } }
"#;

const INDICATOR: &str = r#"
id: "1.1"
section: people
name: { en: Share }
short: { en: Share }
dataset: returns
unit: persons
direction: up
numerator: { name: { en: some }, sum: some }
denominator: { name: { en: all }, sum: persons }
breakdowns: [sex]
"#;

impl Project {
    /// A project of rows of `district, sex, some, all`.
    fn new(rule: &str, all_are_persons: bool, rows: &[(u8, &str, u32, u32)]) -> Self {
        let file = |name: &str, text: String| TextFile { name: FileName::new(format!("indicator-specs/{name}")), text };
        let all = format!("  - {{ id: persons, type: count, sensitive: {all_are_persons}, name: {{ en: all }} }}\n");
        let files = [
            file("programme.yaml", format!("{PROGRAMME}confidentiality: {rule}\n")),
            file("regions.yaml", REGIONS.to_owned()),
            file("datasets/returns.yaml", format!("{DATASET}{all}")),
            file("indicators/1.1.yaml", INDICATOR.to_owned()),
        ];
        let mut findings = Vec::new();
        let specs = spec::load(&files, &mut findings).expect("the specifications can be read");
        assert!(findings.is_empty(), "{findings:?}");
        let row = |(number, (district, sex, some, all)): (usize, &(u8, &str, u32, u32))| {
            format!("{};{district};{sex};{some};{all}\n", 100 + number)
        };
        let rows: String = rows.iter().enumerate().map(row).collect();
        let file = BinaryFile {
            name: FileName::new("inputs/2025/returns.csv"),
            bytes: format!("id;district;sex;some;persons\n{rows}").into_bytes(),
        };
        let sources = Sources { inputs: BTreeMap::from([("2025".to_owned(), vec![file])]), ..Sources::default() };
        let data = intake::read(&specs, &sources, &[], &Reader::InProcess, &mut findings);
        assert!(findings.is_empty(), "{findings:?}");
        Self { specs, data }
    }

    fn rule(&self) -> &Confidentiality {
        &self.specs.programme.confidentiality
    }

    fn protected(&self) -> Protected {
        self.remembered(None)
    }

    fn remembered(&self, recollection: Option<&Recollection>) -> Protected {
        let results = compute::run(&self.specs, &self.data);
        let (specs, data, blocked) = (&self.specs, &self.data, Blocked::default());
        let inside = Inside {
            specs,
            data,
            results: &results,
            blocked: &blocked,
            findings: &[],
            waived: &[],
            receipts: &[],
            released: &[],
            recollection,
        };
        protect(inside).pop().expect("there is a period")
    }

    /// The name of a count, without its indicator and period.
    fn name(&self, protected: &Protected, count: Count) -> String {
        let name = protected.name(&self.specs, count);
        name.trim_start_matches("1.1 ").trim_end_matches(", 2025").to_owned()
    }

    fn count(&self, protected: &Protected, name: &str) -> Count {
        let mut counts = 0..protected.system.counts.len();
        counts.find(|&count| self.name(protected, count) == name).unwrap_or_else(|| panic!("there is a {name}"))
    }

    /// The names of what is withheld.
    fn withheld(&self, protected: &Protected) -> Vec<String> {
        let withheld = protected.proposal.withheld.iter().enumerate().filter(|(_, withheld)| **withheld);
        withheld.map(|(count, _)| self.name(protected, count)).collect()
    }

    /// What is wrong when a release tells what `tell` says.
    fn check(&self, protected: &Protected, told: &[bool], witnesses: &Witnesses) -> Vec<Leak> {
        check(&protected.system, (&self.specs.hierarchy, self.rule()), told, witnesses)
    }
}

/// Whether each count is told.
fn told(protected: &Protected) -> Vec<bool> {
    let counts = protected.system.counts.iter().zip(&protected.proposal.withheld);
    counts.map(|(counted, withheld)| counted.is_printed() && !withheld).collect()
}

/// Seven, three and six in rows, nine and seven in columns: 5 and 2, 1 and 2, 3 and 3.
fn three_by_two() -> Project {
    let rows = [(1, "female", 5), (1, "male", 2), (2, "female", 1), (2, "male", 2), (3, "female", 3), (3, "male", 3)];
    let rule = "{ smallest_count: 3, smallest_denominator: 1, single: ignored }";
    Project::new(rule, false, &rows.map(|(district, sex, some)| (district, sex, some, 100)))
}

#[test]
fn the_first_of_four_withheld_inner_cells_lies_from_three_to_six() {
    let project = three_by_two();
    let protected = project.protected();
    assert_eq!(protected.leaks, []);
    let inner = ["female", "male"].map(|sex| ["1", "2"].map(|district| format!("numerator, sex={sex}, {district}"))).concat();
    let mut withheld = project.withheld(&protected);
    withheld.sort();
    assert_eq!(withheld, inner);
    let open: Vec<Count> = inner.iter().map(|name| project.count(&protected, name)).collect();
    let mut found = Vec::new();
    for numbers in 0..10_i64.pow(4) {
        let digit = |position: usize| numbers / 10_i64.pow(position as u32) % 10;
        let value = |count: Count| open.iter().position(|&own| own == count).map_or(protected.system.counts[count].value, digit);
        let fits = |equation: &Equation| equation.0.iter().map(|&(count, factor)| factor * value(count)).sum::<i64>() == 0;
        if protected.system.equations.iter().all(fits) {
            found.push(digit(0));
        }
    }
    assert_eq!(found, [3, 4, 5, 6]);
}

#[test]
fn each_wrong_witness_is_refused_for_what_is_wrong_with_it() {
    let project = three_by_two();
    let protected = project.protected();
    let told = told(&protected);
    let count = project.count(&protected, "numerator, sex=male, 2");
    let right = &protected.proposal.witnesses;
    assert_eq!(project.check(&protected, &told, right), []);
    let with = |witness: Option<Witness>| {
        let mut witnesses = right.clone();
        match witness {
            Some(witness) => _ = witnesses.insert((count, None), witness),
            None => _ = witnesses.remove(&(count, None)),
        }
        project.check(&protected, &told, &witnesses)
    };
    let changed = |change: &dyn Fn(&mut Witness)| {
        let mut witness = right[&(count, None)].clone();
        change(&mut witness);
        Some(witness)
    };
    assert_eq!(with(None), [Leak::Unproven(count)]);
    assert_eq!(with(Some(Witness::default())), [Leak::Narrow(count)]);
    let alone = Witness { low: Shift::new(), high: Shift::from([(count, 1)]) };
    assert!(matches!(with(Some(alone))[..], [Leak::Broken(found, _)] if found == count));
    let far = changed(&|witness| {
        [&mut witness.low, &mut witness.high].into_iter().flat_map(|way| way.values_mut()).for_each(|by| *by *= 100)
    });
    assert!(matches!(with(far)[..], [Leak::Negative(found, _)] if found == count));
    let total = project.count(&protected, "numerator, 1");
    let through_the_total = changed(&|witness| _ = witness.high.insert(total, 1));
    assert_eq!(with(through_the_total).iter().map(Leak::count).collect::<Vec<_>>(), [count]);
    let moved = Witness { low: Shift::new(), high: Shift::from([(total, 1)]) };
    assert_eq!(with(Some(moved)), [Leak::Told(count, total)]);
}

#[test]
fn a_count_that_is_withheld_for_others_is_refused_when_it_is_told() {
    let project = three_by_two();
    let protected = project.protected();
    let mut told = told(&protected);
    let first = project.count(&protected, "numerator, sex=female, 1");
    told[first] = true;
    let leaks = project.check(&protected, &told, &protected.proposal.witnesses);
    assert_eq!(leaks.len(), 3, "the other three follow: {leaks:?}");
    assert!(leaks.iter().all(|leak| matches!(leak, Leak::Told(_, told) if *told == first)), "{leaks:?}");
    // Nor does it help to tell of no way at all.
    let leaks = project.check(&protected, &told, &BTreeMap::new());
    assert_eq!(leaks.iter().filter(|leak| matches!(leak, Leak::Unproven(_))).count(), 3, "{leaks:?}");
}

#[test]
fn a_small_count_that_is_told_is_refused() {
    let project = three_by_two();
    let protected = project.protected();
    let mut told = told(&protected);
    let small = project.count(&protected, "numerator, sex=male, 2");
    told[small] = true;
    assert!(project.check(&protected, &told, &protected.proposal.witnesses).contains(&Leak::Small(small)));
}

#[test]
fn withheld_counts_that_add_up_to_few_persons_are_refused() {
    // Two of each sex in the first district, where four are told.
    let rows = [(1, "female", 2), (1, "male", 2), (2, "female", 30), (2, "male", 40), (3, "female", 20), (3, "male", 50)];
    let rows = rows.map(|(district, sex, some)| (district, sex, some, 1000));
    let project = Project::new("{ smallest_count: 4, smallest_denominator: 1, single: ignored }", false, &rows);
    let protected = project.protected();
    assert_eq!(protected.leaks, []);
    let four = project.count(&protected, "numerator, 1");
    assert!(!protected.proposal.withheld[four], "four are no small count");
    let strict = Confidentiality { smallest_count: 5, ..*project.rule() };
    let leaks = check(&protected.system, (&project.specs.hierarchy, &strict), &told(&protected), &protected.proposal.witnesses);
    assert!(
        leaks.iter().any(|leak| matches!(leak, Leak::Union(_, equation) if equation.0.iter().any(|(count, _)| *count == four))),
        "{leaks:?}"
    );
}

#[test]
fn a_total_and_the_sides_of_a_small_remainder_are_refused_when_they_are_told() {
    // In the first district, all but two of the girls are counted.
    let rows = [
        (1, "female", 98, 100),
        (1, "male", 50, 100),
        (2, "female", 50, 100),
        (2, "male", 50, 100),
        (3, "female", 50, 100),
        (3, "male", 50, 100),
    ];
    let project = Project::new("{ smallest_count: 5, smallest_denominator: 10 }", true, &rows);
    let protected = project.protected();
    assert_eq!(protected.leaks, []);
    let remainder = project.count(&protected, "denominator less numerator, sex=female, 1");
    assert!(protected.system.counts[remainder].is_small);
    let withheld: Vec<Count> = (0..told(&protected).len()).filter(|&count| protected.proposal.withheld[count]).collect();
    assert!(!withheld.is_empty());
    for planted in withheld {
        let mut told = told(&protected);
        told[planted] = true;
        let leaks = project.check(&protected, &told, &protected.proposal.witnesses);
        assert!(!leaks.is_empty(), "{} may be told", project.name(&protected, planted));
    }
    let mut told = told(&protected);
    for side in ["numerator", "denominator"] {
        told[project.count(&protected, &format!("{side}, sex=female, 1"))] = true;
    }
    let leaks = project.check(&protected, &told, &protected.proposal.witnesses);
    assert!(leaks.iter().any(|leak| leak.count() == remainder), "{leaks:?}");
}

#[test]
fn who_is_alone_in_a_count_must_be_shown_two_ways_as_well() {
    let rows = [(1, "female", 2), (1, "male", 1), (2, "female", 0), (2, "male", 0), (3, "female", 0), (3, "male", 3)];
    let rows = rows.map(|(district, sex, some)| (district, sex, some, 100));
    let project = Project::new("{ smallest_count: 3, smallest_denominator: 1, single: protected }", false, &rows);
    let protected = project.protected();
    assert_eq!(protected.leaks, []);
    let told = told(&protected);
    let [count, single] = ["female", "male"].map(|sex| project.count(&protected, &format!("numerator, sex={sex}, 1")));
    let right = &protected.proposal.witnesses;
    let of_all = &right[&(count, None)];
    assert!(of_all.counts().any(|moved| moved == single), "he sees that it is not so");
    let with = |witness: Option<Witness>| {
        let mut witnesses = right.clone();
        match witness {
            Some(witness) => _ = witnesses.insert((count, Some(single)), witness),
            None => _ = witnesses.remove(&(count, Some(single))),
        }
        project.check(&protected, &told, &witnesses)
    };
    assert_eq!(with(Some(right[&(count, Some(single))].clone())), []);
    assert_eq!(with(None), [Leak::Alone(count, single)]);
    assert_eq!(with(Some(of_all.clone())), [Leak::Alone(count, single)]);
    assert_eq!(with(Some(Witness::default())), [Leak::Narrow(count)]);
}

#[test]
fn a_total_that_is_withheld_for_its_parts_is_refused_when_it_is_told() {
    let rows = [(1, "female", 5), (1, "male", 2), (2, "female", 1), (2, "male", 2), (3, "female", 3), (3, "male", 3)];
    let rows = rows.map(|(district, sex, some)| (district, sex, some, 100));
    let project = Project::new("{ smallest_count: 3, smallest_denominator: 1, single: protected }", false, &rows);
    let protected = project.protected();
    let mut told = told(&protected);
    let total = project.count(&protected, "numerator, 2");
    assert!(protected.proposal.withheld[total] && !protected.system.counts[total].is_small);
    told[total] = true;
    assert!(!project.check(&protected, &told, &protected.proposal.witnesses).is_empty());
    // The one and the two that it consists of are known to whoever is the one.
    let leaks = project.check(&protected, &told, &BTreeMap::new());
    assert!(
        leaks.iter().any(|leak| matches!(leak, Leak::Union(_, equation) if equation.0.iter().any(|(count, _)| *count == total)))
    );
}

/// Remembers what was kept first, and takes everything for it.
#[derive(Debug, Default)]
struct First(OnceLock<Vec<u8>>);

impl Memory for First {
    fn recall(&self, _: &str) -> Option<Vec<u8>> {
        self.0.get().cloned()
    }

    fn keep(&self, _: &str, answer: &[u8]) {
        let _ = self.0.set(answer.to_vec());
    }
}

fn remembering() -> Recollection {
    let program = std::env::current_exe().expect("the system tells it");
    Recollection::new(Arc::new(First::default()), &program, "withhold").expect("the system tells the program")
}

#[test]
fn what_is_remembered_is_proven_again() {
    let project = |first: u32| {
        let rows =
            [(1, "female", first), (1, "male", 30), (2, "female", 20), (2, "male", 40), (3, "female", 30), (3, "male", 50)];
        let rule = "{ smallest_count: 5, smallest_denominator: 10, single: ignored }";
        Project::new(rule, false, &rows.map(|(district, sex, some)| (district, sex, some, 1000)))
    };
    let (small, large) = (project(3), project(10));
    let found = small.protected();
    assert!(found.shut.is_empty() && !small.withheld(&found).is_empty() && large.withheld(&large.protected()).is_empty());

    let recollection = remembering();
    for _ in 0..2 {
        let known = small.remembered(Some(&recollection));
        assert_eq!((known.proposal.withheld, known.shut), (found.proposal.withheld.clone(), BTreeSet::new()));
    }
    // Of something else: nothing would be withheld. The proof refuses that, and nothing of the indicator is published.
    let recollection = remembering();
    large.remembered(Some(&recollection));
    let refused = small.remembered(Some(&recollection));
    assert!(!refused.shut.is_empty());
    assert!(refused.system.counts.iter().all(|counted| !counted.is_printed()));
}
