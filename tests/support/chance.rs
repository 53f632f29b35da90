//! Small projects by chance: a tree of regions, indicators over counts of persons, and what units answered. The same seed makes the same one.

use std::collections::BTreeMap;
use std::fmt::Write;

use esep::compute::{self, Results};
use esep::dataset::Data;
use esep::diagnostic::{Diagnostic, FileName};
use esep::grid::Reader;
use esep::protect::{Blocked, Inside};
use esep::sources::{BinaryFile, Sources, TextFile};
use esep::spec::{self, Specs};
use esep::{check, intake};

/// Numbers by chance (SplitMix64).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// The counts of a unit.
pub const FIELDS: [&str; 5] = ["a", "b", "c", "d", "e"];

/// An indicator: its numerator, its denominator and its parts, as the fields that are added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    pub numerator: &'static [usize],
    pub denominator: &'static [usize],
    pub parts: &'static [&'static [usize]],
    pub has_rest: bool,
}

/// Shares of wholes that have something in common; of the last one, the numerator is another field that is never larger.
const SHAPES: [Shape; 8] = [
    Shape { numerator: &[0], denominator: &[0, 1], parts: &[], has_rest: false },
    Shape { numerator: &[0], denominator: &[0, 1, 2], parts: &[], has_rest: false },
    Shape { numerator: &[0, 1], denominator: &[0, 1, 2], parts: &[&[0], &[1]], has_rest: false },
    Shape { numerator: &[0, 1], denominator: &[0, 1, 2], parts: &[&[0], &[1]], has_rest: true },
    Shape { numerator: &[1], denominator: &[1, 2], parts: &[], has_rest: false },
    Shape { numerator: &[2], denominator: &[0, 1, 2], parts: &[&[0]], has_rest: true },
    Shape { numerator: &[0, 2], denominator: &[0, 1, 2], parts: &[], has_rest: false },
    Shape { numerator: &[3], denominator: &[4], parts: &[], has_rest: false },
];

/// The values of the categories that indicators are broken down by.
pub const CATEGORIES: [(&str, [&str; 2]); 2] = [("sex", ["female", "male"]), ("age", ["young", "old"])];

/// What a unit answered.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The code of its region.
    pub region: String,
    /// Its value in each category; 2 stands for none.
    pub groups: [usize; 2],
    /// Its counts; `None` where it did not answer.
    pub counts: [Option<i64>; 5],
}

/// What was answered in 2024 and in 2025.
pub type Years<'a> = [&'a [Unit]; 2];

/// A project in memory.
pub struct Project {
    /// Each region with the region around it; the first is the top.
    pub regions: Vec<(String, Option<String>)>,
    /// The indicators, and by which categories each is broken down.
    pub indicators: Vec<(Shape, Vec<usize>)>,
    /// What was answered in 2025.
    pub units: Vec<Unit>,
    /// What was answered in the year before.
    pub earlier: Vec<Unit>,
    /// Whether each row is a person, so that nobody may be told how many came.
    pub rows_are_persons: bool,
    /// The lines of the rule.
    pub rule: String,
    /// Their specifications.
    pub specs: Specs,
}

/// What was computed from a project.
pub struct Computed {
    pub data: Data,
    pub results: Results,
    pub blocked: Blocked,
    pub findings: Vec<Diagnostic>,
}

impl Project {
    /// The project of a seed; `is_whole` asks for units that answer everything.
    pub fn new(seed: u64, is_whole: bool) -> Self {
        let mut dice = Dice::new(seed);
        let regions = regions(&mut dice);
        let mut indicators = Vec::new();
        for _ in 0..=dice.below(3) {
            let shape = SHAPES[dice.below(SHAPES.len() as u64) as usize].clone();
            let breakdowns = match dice.below(5) {
                0 => vec![],
                1 | 2 => vec![0],
                3 => vec![1],
                _ => vec![0, 1],
            };
            indicators.push((shape, breakdowns));
        }
        let earlier = if dice.once_in(3) { Vec::new() } else { units(&mut dice, &regions, false) };
        let units = units(&mut dice, &regions, is_whole);
        let rule = rule(&mut dice);
        let rows_are_persons = dice.once_in(2);
        let specs = specs(&regions, &indicators, &rule, rows_are_persons);
        Self { regions, indicators, units, earlier, rows_are_persons, rule, specs }
    }

    /// What was answered.
    pub fn years(&self) -> Years<'_> {
        [&self.earlier, &self.units]
    }

    /// What is computed from some answers, such as the project's own.
    pub fn compute(&self, [earlier, units]: Years<'_>) -> Computed {
        let inputs = [("2024", earlier), ("2025", units)].map(|(period, units)| (period.to_owned(), vec![file(period, units)]));
        let sources = Sources { inputs: BTreeMap::from(inputs), ..Sources::default() };
        let mut findings = Vec::new();
        let data = intake::read(&self.specs, &sources, &[], &Reader::InProcess, &mut findings);
        let results = compute::run(&self.specs, &data);
        let useless = check::useless(&findings);
        let languages = BTreeMap::new();
        let subject =
            check::Subject { specs: &self.specs, data: &data, results: &results, languages: &languages, useless: &useless };
        findings.extend(check::data(subject));
        let blocked = Blocked::new(&self.specs, &findings);
        assert!(blocked.is_empty(), "units answer what can be: {findings:?}");
        Computed { data, results, blocked, findings }
    }
}

fn file(period: &str, units: &[Unit]) -> BinaryFile {
    let mut table = "id;place;sex;age;a;b;c;d;e\n".to_owned();
    for (number, unit) in units.iter().enumerate() {
        let _ = write!(table, "{};{}", 100 + number, unit.region);
        for ((_, values), group) in CATEGORIES.iter().zip(unit.groups) {
            let _ = write!(table, ";{}", values.get(group).copied().unwrap_or(""));
        }
        for count in unit.counts {
            let _ = write!(table, ";{}", count.map(|count| count.to_string()).unwrap_or_default());
        }
        table.push('\n');
    }
    BinaryFile { name: FileName::new(format!("inputs/{period}/people.csv")), bytes: table.into_bytes() }
}

impl Computed {
    /// What stands before the door.
    pub fn inside<'a>(&'a self, specs: &'a Specs) -> Inside<'a> {
        let Self { data, results, blocked, findings, .. } = self;
        Inside { specs, data, results, blocked, findings, waived: &[], receipts: &[], released: &[], recollection: None }
    }
}

fn regions(dice: &mut Dice) -> Vec<(String, Option<String>)> {
    let mut regions = vec![("0".to_owned(), None)];
    for oblast in 1..=1 + dice.below(3) {
        regions.push((format!("{oblast}0"), Some("0".to_owned())));
        for district in 1..=1 + dice.below(3) {
            regions.push((format!("{oblast}{district}"), Some(format!("{oblast}0"))));
        }
    }
    regions
}

fn units(dice: &mut Dice, regions: &[(String, Option<String>)], is_whole: bool) -> Vec<Unit> {
    let mut units = Vec::new();
    // Small counts among many, or many of them.
    let most = [4, 8, 13, 30][dice.below(4) as usize];
    for (region, _) in regions {
        // Now and then a unit reports for a region that holds others.
        let count = match region.ends_with('0') {
            true if dice.once_in(4) => 1 + dice.below(2),
            true => 0,
            false => 1 + dice.below(4),
        };
        for _ in 0..count {
            let group = |dice: &mut Dice| if dice.once_in(12) { 2 } else { dice.below(2) as usize };
            let groups = [group(dice), group(dice)];
            let mut counts = [0; 5].map(|_| if dice.once_in(3) { 0 } else { dice.below(most) as i64 });
            counts[4] += counts[3];
            let counts = counts.map(|count| (is_whole || !dice.once_in(10)).then_some(count));
            units.push(Unit { region: region.clone(), groups, counts });
        }
    }
    units
}

fn rule(dice: &mut Dice) -> String {
    let smallest = 2 + dice.below(5);
    let denominator = 1 + dice.below(10);
    let zero = if dice.once_in(4) { "withheld" } else { "published" };
    let single = if dice.once_in(3) { "ignored" } else { "protected" };
    format!(
        "{{ smallest_count: {smallest}, smallest_denominator: {denominator}, smallest_group: 10, zero: {zero}, single: {single} }}"
    )
}

const PROGRAMME: &str = r#"
title: { en: Test }
publisher: { en: Publisher }
source: { en: returns }
languages: [en, ru]
levels:
  - { id: republic, name: { en: Republic }, plural: { en: Republics } }
  - { id: oblast, name: { en: Oblast }, plural: { en: Oblasts } }
  - { id: district, name: { en: District }, plural: { en: Districts } }
periods:
  - { id: "2024", name: { en: "2024" }, within: { en: in 2024 }, date: 2024-10-05 }
  - { id: "2025", name: { en: "2025" }, within: { en: in 2025 }, date: 2025-10-05 }
sections:
  - { id: people, name: { en: People } }
units:
  schools:
    en: { one: school, other: schools }
    ru: { one: школа, few: школы, many: школ, other: школы }
  pupils:
    en: { one: pupil, other: pupils }
    ru: { one: ученик, few: ученика, many: учеников, other: ученика }
words: { yes: [y], no: [n], not_reported: ["-"], not_applicable: [n/a], refused: [refused] }
thresholds: { small_denominator: 2, low_coverage: 80, near_target: 5 }
"#;

const DATASET: &str = r#"
id: people
name: { en: People }
unit: schools
key: [id]
region: place
fields:
  - { id: id, type: code, name: { en: id }, required: true }
  - { id: place, type: region, name: { en: place }, required: true }
  - id: sex
    type: category
    name: { en: sex }
    values: [{ id: female, name: { en: female } }, { id: male, name: { en: male } }]
  - id: age
    type: category
    name: { en: age }
    values: [{ id: young, name: { en: young } }, { id: old, name: { en: old } }]
"#;

fn specs(regions: &[(String, Option<String>)], indicators: &[(Shape, Vec<usize>)], rule: &str, rows_are_persons: bool) -> Specs {
    let file = |name: &str, text: String| TextFile {
        name: FileName::new(format!("indicator-specs/{name}")),
        text: in_two_languages(&text),
    };
    let region = |(code, parent): &(String, Option<String>)| {
        let level = match parent.as_deref() {
            None => "republic",
            Some("0") => "oblast",
            Some(_) => "district",
        };
        let parent = parent.as_ref().map(|parent| format!("parent: \"{parent}\", ")).unwrap_or_default();
        format!("  - {{ code: \"{code}\", level: {level}, {parent}name: {{ en: Region {code} }} }}\n")
    };
    let fields = FIELDS.map(|id| format!("  - {{ id: {id}, type: count, sensitive: true, name: {{ en: {id} }} }}\n")).concat();
    let mut files = vec![
        file("programme.yaml", format!("{PROGRAMME}confidentiality: {rule}\n{}", overview(indicators))),
        file("regions.yaml", format!("regions:\n{}", regions.iter().map(region).collect::<String>())),
        file("datasets/people.yaml", format!("sensitive: {rows_are_persons}\n{DATASET}{fields}")),
    ];
    for (number, (shape, breakdowns)) in indicators.iter().enumerate() {
        files.push(file(&format!("indicators/1.{}.yaml", number + 1), indicator(number + 1, shape, breakdowns)));
    }
    let mut findings = Vec::new();
    let specs = spec::load(&files, &mut findings).unwrap_or_else(|| panic!("the specifications can be read: {findings:?}"));
    assert!(findings.is_empty(), "the specifications are sound: {findings:?}");
    specs
}

/// What regions are, which are similar, and tables of regions by groups: of all denominators and breakdowns.
fn overview(indicators: &[(Shape, Vec<usize>)]) -> String {
    let mut text = "context:\n".to_owned();
    for (number, (_, breakdowns)) in indicators.iter().enumerate() {
        let number = number + 1;
        let _ = writeln!(text, "  - {{ id: all{number}, name: {{ en: All {number} }}, denominator: \"1.{number}\" }}");
        for &breakdown in breakdowns {
            let (field, [value, _]) = CATEGORIES[breakdown];
            let _ = writeln!(
                text,
                "  - {{ id: {field}{number}, name: {{ en: Share {number} }}, denominator: \"1.{number}\", share: {{ {field}: {value} }} }}"
            );
        }
    }
    text.push_str("similar: { by: [all1], most: 2 }\n");
    let mut fields: Vec<usize> = indicators.iter().flat_map(|(_, breakdowns)| breakdowns.iter().copied()).collect();
    fields.sort_unstable();
    fields.dedup();
    for (at, &field) in fields.iter().enumerate() {
        let head = if at == 0 { "tables:\n" } else { "" };
        let _ = writeln!(text, "{head}  - {{ level: district, by: {} }}", CATEGORIES[field].0);
    }
    text
}

/// A specification whose English texts are its Russian ones, too.
fn in_two_languages(specification: &str) -> String {
    let mut pieces = specification.split("{ en: ");
    let mut whole = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (text, rest) = piece.split_once(" }").expect("a text ends");
        let _ = write!(whole, "{{ en: {text}, ru: {text} }}{rest}");
    }
    whole
}

fn indicator(number: usize, shape: &Shape, breakdowns: &[usize]) -> String {
    let sum = |fields: &[usize]| fields.iter().map(|&field| FIELDS[field]).collect::<Vec<_>>().join(" + ");
    let mut text = format!(
        "id: \"1.{number}\"\nsection: people\nname: {{ en: Share {number} }}\nshort: {{ en: Share {number} }}\ndataset: people\n\
         unit: pupils\ndirection: up\ntarget: {{ \"2025\": 60 }}\nnumerator: {{ name: {{ en: some }}, sum: {} }}\ndenominator: {{ name: {{ en: all }}, sum: {} }}\n",
        sum(shape.numerator),
        sum(shape.denominator),
    );
    if !shape.parts.is_empty() {
        text.push_str("parts:\n");
        for (part, fields) in shape.parts.iter().enumerate() {
            let _ = writeln!(text, "  - {{ id: p{part}, name: {{ en: part {part} }}, sum: {} }}", sum(fields));
        }
    }
    if shape.has_rest {
        text.push_str("rest: { en: others }\n");
    }
    if !breakdowns.is_empty() {
        let names: Vec<&str> = breakdowns.iter().map(|&breakdown| CATEGORIES[breakdown].0).collect();
        let _ = writeln!(text, "breakdowns: [{}]", names.join(", "));
    }
    text
}
