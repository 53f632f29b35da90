//! A project in which every count under the rule is a number that stands nowhere else.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::OnceLock;

use esep::compute::Cell;
use esep::grid::Reader;
use esep::period::PeriodIndex;
use esep::press::{self, BuildOptions};
use esep::project::{self, Project};
use esep::protect::{Audience, Published};
use esep::region::RegionIndex;
use esep::release::Shelf;
use esep::report::Selection;
use esep::spec::{Decimals, Indicator, IndicatorIndex};
use esep::typeset::Typesetter;
use esep::value::{Amount, Ratio};
use tempfile::TempDir;

use crate::chance::Dice;
use crate::made::{self, Made};
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
                // Of one district in each oblast, everything is small.
                let often = |usual: u64| if number % 3 == 1 { 1 } else { usual };
                let (special, home) = (numbers.count(often(4)), numbers.count(often(6)));
                let supported = if special < 1_000_000 { 0 } else { special - numbers.count(3).min(special / 2) };
                let pupils = special + home + numbers.count(5);
                let _ = writeln!(returns, "{school};{district};{locality};{pupils};{special};{home};{supported};0");
                let trained = numbers.count(often(5));
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

/// The project with both of its releases.
pub struct Canary {
    pub project: Project,
    pub public: PathBuf,
    pub internal: PathBuf,
    /// Where all of it stands.
    _folder: TempDir,
}

/// The project, read and built once.
pub fn built() -> &'static Canary {
    static CANARY: OnceLock<Canary> = OnceLock::new();
    CANARY.get_or_init(|| {
        let folder = folder();
        let project = load(&folder);
        let [public, internal] = [Audience::Public, Audience::Internal].map(|audience| build(&folder, &project, audience));
        Canary { project, public, internal, _folder: folder }
    })
}

impl Canary {
    /// What is made for an audience, with the texts that stand for pictures.
    pub fn made(&self, audience: Audience) -> Made {
        let release = match audience {
            Audience::Public => &self.public,
            Audience::Internal => &self.internal,
        };
        let mut made = made::made(&self.project.ready(audience).expect("the specifications are right").published);
        made.extend(made::alternatives(release));
        made
    }
}

fn load(folder: &TempDir) -> Project {
    let project = project::load(folder.path(), &Reader::InProcess).expect("the project can be read");
    let errors: Vec<_> = project.diagnostics.iter().filter(|found| found.severity == esep::diagnostic::Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    project
}

/// Builds the last period for an audience; where it stands.
fn build(folder: &TempDir, project: &Project, audience: Audience) -> PathBuf {
    let out = folder.path().join(audience.name());
    let ready = project.ready(audience).expect("the specifications are right");
    assert!(ready.published.notices().is_empty(), "{:?}", ready.published.notices());
    let typesetter = Typesetter::InProcess;
    let options = BuildOptions {
        period: None,
        selection: Selection::default(),
        date: None,
        jobs: 2,
        typesetter,
        site: true,
        keeps_sources: false,
    };
    let shelf = Shelf::open(&out, &out, press::holding(audience), false).expect("it can be opened");
    let built = press::build(&ready, &options, &shelf, |_, _| {}).expect("it can be written");
    assert!(built.diagnostics.is_empty(), "{:?}", built.diagnostics);
    built.place.expect("something was published")
}

/// The digits of numbers, as far as something that is published tells them.
#[derive(Default)]
pub struct Digits {
    /// Counts that are printed, and values as they are printed.
    pub printed: BTreeSet<String>,
    /// What printed counts leave of each other.
    pub left: BTreeSet<String>,
}

impl Digits {
    /// Those of some periods.
    pub fn of(published: &Published<'_>, periods: Range<usize>) -> Self {
        let specs = published.specs();
        let mut digits = Self::default();
        let regions = |period: usize| (0..specs.hierarchy.len()).map(move |region| (PeriodIndex(period), RegionIndex(region)));
        for (number, indicator) in specs.indicators.iter().enumerate() {
            let index = IndicatorIndex(number);
            for (period, region) in periods.clone().flat_map(regions) {
                for slice in 0..published.slices(index).len() {
                    digits.add(indicator, published.slice(index, period, region, slice), slice == 0);
                }
            }
        }
        digits
    }

    fn add(&mut self, indicator: &Indicator, cell: &Cell, has_parts: bool) {
        let parts = 0..if has_parts { indicator.parts.len() } else { 0 };
        let units = |sum: Option<Amount>| sum.map(|sum| sum.units);
        let (numerator, denominator) = (units(cell.told_numerator()), units(cell.told_denominator()));
        let told: Vec<Option<i64>> = parts.clone().map(|part| units(cell.told_part(part))).collect();
        let all_parts = told.iter().copied().sum::<Option<i64>>();
        let left = [numerator, all_parts.filter(|_| indicator.rest.is_some())].map(|taken| Some(denominator? - taken?));
        let share = |left: i64| Ratio::new(left.into(), denominator?.into());
        let count = |count: i64| (count > 0).then(|| count.to_string());
        // Shorter ones stand everywhere.
        let Decimals { first, from } = &indicator.decimals;
        let places = || std::iter::once(*first).chain(from.iter().map(|(_, places)| *places));
        let printed = |value: Ratio| places().map(move |places| value.times(indicator.per).decimal(places).replace('.', ""));
        let value = |value: Ratio| printed(value).filter(|digits| digits.len() >= 5);
        self.printed.extend([numerator, denominator].into_iter().chain(told).flatten().filter_map(count));
        self.printed.extend(parts.map(|part| cell.part(part)).chain([cell.value()]).flatten().flat_map(value));
        self.left.extend(left.into_iter().flatten().filter_map(count));
        self.left.extend(left.into_iter().flatten().filter_map(share).flat_map(value));
    }

    /// Those that others do not tell.
    pub fn without(&self, others: &Self) -> Self {
        let is_new = |digits: &&String| !others.printed.contains(*digits) && !others.left.contains(*digits);
        let [printed, left] = [&self.printed, &self.left].map(|own| own.iter().filter(is_new).cloned().collect());
        Self { printed, left }
    }
}
