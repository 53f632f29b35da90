//! A project in which every count under the rule is a number that stands nowhere else.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use esep::grid::Reader;
use esep::period::PeriodIndex;
use esep::press::{self, BuildOptions};
use esep::project::{self, Project};
use esep::protect::{Audience, Published};
use esep::region::RegionIndex;
use esep::release::Shelf;
use esep::report::Selection;
use esep::spec::IndicatorIndex;
use esep::typeset::Typesetter;
use tempfile::TempDir;

use crate::chance::Dice;
use crate::support;

const DISTRICTS: [&str; 8] = ["11", "12", "13", "21", "22", "31", "32", "33"];

/// The project in a folder of its own.
pub fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    support::assemble(&support::tests().join("disclosure/canary"), folder.path()).expect("the project is sound");
    let mut numbers = Numbers { dice: Dice::new(7), known: BTreeSet::new() };
    for period in ["2023", "2024", "2025"] {
        let mut returns = "Code;District;Locality;Pupils;Special;Home;Supported;Clubs\n".to_owned();
        let mut staff = "Code;District;Locality;Teachers;Trained\n".to_owned();
        for (number, district) in DISTRICTS.iter().enumerate() {
            for (place, locality) in ["Town", "Village"].iter().enumerate() {
                let school = 100 + 10 * number + place;
                let (special, home) = (numbers.count(4), numbers.count(6));
                let supported = if special < 1_000_000 { 0 } else { special - numbers.count(3).min(special / 2) };
                let pupils = special + home + numbers.count(5);
                let _ = writeln!(returns, "{school};{district};{locality};{pupils};{special};{home};{supported};0");
                let trained = numbers.count(5);
                let teachers = trained + numbers.count(5);
                let _ = writeln!(staff, "{school};{district};{locality};{teachers};{trained}");
            }
        }
        let inputs = folder.path().join("inputs").join(period);
        fs::create_dir_all(&inputs).expect("made");
        fs::write(inputs.join("returns.csv"), returns).expect("written");
        fs::write(inputs.join("staff.csv"), staff).expect("written");
    }
    folder
}

struct Numbers {
    dice: Dice,
    known: BTreeSet<i64>,
}

impl Numbers {
    /// A new number: one in so many is under the rule, with six digits, the others are above it, with eight.
    fn count(&mut self, small_once_in: u64) -> i64 {
        loop {
            let is_small = self.dice.once_in(small_once_in);
            let (least, range) = if is_small { (100_003, 899_990) } else { (10_000_019, 49_999_000) };
            let number = least + self.dice.below(range) as i64;
            if number % 2 != 0 && number % 5 != 0 && self.known.insert(number) {
                return number;
            }
        }
    }
}

pub fn load(folder: &TempDir) -> Project {
    let project = project::load(folder.path(), &Reader::InProcess).expect("the project can be read");
    let errors: Vec<_> = project.diagnostics.iter().filter(|found| found.severity == esep::diagnostic::Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    project
}

/// Builds the last period for an audience; where it stands.
pub fn build(folder: &TempDir, project: &Project, audience: Audience) -> PathBuf {
    let out = folder.path().join(audience.name());
    let ready = project.ready(audience).expect("the specifications are right");
    assert!(ready.published.notices().is_empty(), "{:?}", ready.published.notices());
    let options =
        BuildOptions { period: None, selection: Selection::default(), date: None, jobs: 2, typesetter: Typesetter::InProcess };
    let shelf = Shelf::open(&out, &out, press::holding(audience), false).expect("it can be opened");
    let built = press::build(&ready, &options, &shelf, |_, _| {}).expect("it can be written");
    assert!(built.diagnostics.is_empty(), "{:?}", built.diagnostics);
    built.place.expect("something was published")
}

/// The counts of all numbers of some periods, and the digits of their values as printed; as far as `published` tells them.
pub fn numbers(published: &Published<'_>, periods: Range<usize>) -> (BTreeSet<i64>, BTreeSet<String>) {
    let specs = published.specs();
    let (mut counts, mut values) = (BTreeSet::new(), BTreeSet::new());
    for (number, indicator) in specs.indicators.iter().enumerate() {
        let index = IndicatorIndex(number);
        for (period, region) in periods.clone().flat_map(|period| (0..specs.hierarchy.len()).map(move |region| (period, region)))
        {
            for slice in 0..published.slices(index).len() {
                let cell = published.slice(index, PeriodIndex(period), RegionIndex(region), slice);
                counts.extend(cell.told_numerator());
                counts.extend(cell.told_denominator());
                let mut told = vec![cell.value()];
                if slice == 0 {
                    counts.extend((0..indicator.parts.len()).filter_map(|part| cell.told_part(part)));
                    told.extend((0..indicator.parts.len()).map(|part| cell.part(part)));
                }
                let value = |value: esep::value::Ratio| value.times(indicator.per).decimal(indicator.decimals);
                values.extend(told.into_iter().flatten().map(|told| value(told).replace('.', "")));
            }
        }
    }
    (counts, values)
}
