//! What holds for any data: order and threads do not matter, parents are sums, no bytes make a panic, numbers are exact.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use esep::compute::Results;
use esep::dataset::{Data, RowFate};
use esep::diagnostic::{Diagnostic, FileName, Place, Rule};
use esep::grid::Reader;
use esep::language::{Language, LanguageCode};
use esep::period::PeriodIndex;
use esep::press;
use esep::protect::{self, Audience, Blocked, Inside};
use esep::region::{RegionCode, RegionIndex};
use esep::report::Selection;
use esep::sources::{BinaryFile, Sources, TextFile};
use esep::spec::{DatasetIndex, IndicatorIndex, Specs};
use esep::value::{Amount, Ratio};
use esep::{compute, intake, language, report, sources, spec, table};
use proptest::prelude::*;
use support::{COLUMNS, Grid, GridCell};

/// Few cases each, so that the whole file takes seconds; `PROPTEST_CASES` asks for more.
fn few(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(cases), failure_persistence: None, ..ProptestConfig::default() }
}

/// The base project's files.
fn base() -> &'static Sources {
    static BASE: OnceLock<Sources> = OnceLock::new();
    BASE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder for the base");
        // A folder without files of its own: the base as it is.
        let bare = tempfile::tempdir().expect("a case that changes nothing");
        support::assemble(bare.path(), folder.path()).expect("the base is sound");
        sources::read(folder.path()).expect("the base can be read").0
    })
}

fn specs() -> &'static Specs {
    static SPECS: OnceLock<Specs> = OnceLock::new();
    SPECS.get_or_init(|| spec::load(&base().specs, &mut Vec::new()).expect("the base's specifications are sound"))
}

/// The specifications of the case about numbers with decimals.
fn decimal_specs() -> &'static Specs {
    static SPECS: OnceLock<Specs> = OnceLock::new();
    SPECS.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder for the case");
        support::assemble(&support::tests().join("cases/numbers-with-decimals"), folder.path()).expect("the case is sound");
        let sources = sources::read(folder.path()).expect("the case can be read").0;
        spec::load(&sources.specs, &mut Vec::new()).expect("its specifications are sound")
    })
}

/// A row of a passport: district, ownership, locality, room, three counts; blanks among them.
type Passport = (&'static str, &'static str, &'static str, &'static str, Option<u16>, Option<u16>, Option<u16>);

fn passport() -> impl Strategy<Value = Passport> {
    let word = |words: &'static [&'static str]| proptest::sample::select(words);
    (
        word(&["11", "12", "21", "22"]),
        word(&["State", "Private", "", "н/д"]),
        word(&["Town", "Village", "", "отказ"]),
        word(&["да", "нет", "", "н/п", "отказ"]),
        proptest::option::of(0..500_u16),
        proptest::option::of(0..500_u16),
        proptest::option::of(0..500_u16),
    )
}

/// Rows as text, each with a number of its own.
fn rows(passports: &[Passport]) -> Vec<Vec<String>> {
    let count = |count: Option<u16>| count.map_or_else(String::new, |count| count.to_string());
    passports
        .iter()
        .enumerate()
        .map(|(number, (district, ownership, locality, room, teachers, special, trained))| {
            let texts = [*district, *ownership, *locality, *room].map(str::to_owned);
            let [district, ownership, locality, room] = texts;
            let names = [(100_000_000_000 + number as u64).to_string(), format!("Unit {number}"), String::new()];
            names
                .into_iter()
                .chain([district, ownership, locality, room])
                .chain([count(*teachers), count(*special), count(*trained)])
                .collect()
        })
        .collect()
}

fn table_of(columns: &[usize], rows: &[Vec<String>]) -> Vec<u8> {
    let line = |cells: Vec<&str>| cells.join(";") + "\n";
    let header = line(columns.iter().map(|&column| COLUMNS[column]).collect());
    let body = rows.iter().map(|row| line(columns.iter().map(|&column| row[column].as_str()).collect()));
    (header + &body.collect::<String>()).into_bytes()
}

fn with_inputs(files: Vec<(String, Vec<u8>)>) -> Sources {
    let files =
        files.into_iter().map(|(name, bytes)| BinaryFile { name: FileName::new(format!("inputs/2025/{name}")), bytes }).collect();
    Sources { inputs: BTreeMap::from([("2025".to_owned(), files)]), ..Sources::default() }
}

fn computed(sources: &Sources) -> (Data, Results, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let data = intake::read(specs(), sources, &[], &Reader::InProcess, &mut diagnostics);
    let results = compute::run(specs(), &data);
    (data, results, diagnostics)
}

/// All numbers as text.
fn numbers(sources: &Sources) -> String {
    let (data, results, _) = computed(sources);
    let blocked = Blocked::default();
    let inside = Inside {
        specs: specs(),
        data: &data,
        results: &results,
        blocked: &blocked,
        findings: &[],
        waived: &[],
        receipts: &[],
        released: &[],
        recollection: None,
    };
    table::csv(press::rows(&protect::publish(inside, Audience::Public), &[PeriodIndex(1)], &Selection::default()))
}

proptest! {
    #![proptest_config(few(24))]

    #[test]
    fn order_of_rows_columns_and_files_changes_no_number(
        passports in proptest::collection::vec(passport(), 1..40),
        columns in Just((0..COLUMNS.len()).collect::<Vec<usize>>()).prop_shuffle(),
        order in any::<u64>(),
        cut in any::<proptest::sample::Index>(),
    ) {
        let rows = rows(&passports);
        let straight: Vec<usize> = (0..COLUMNS.len()).collect();
        let one = with_inputs(vec![("all.csv".into(), table_of(&straight, &rows))]);

        let mut mixed = rows.clone();
        // Any order will do: by a hash of the row's number and the seed.
        mixed.sort_by_key(|row| row[0].bytes().fold(order, |hash, byte| hash.wrapping_mul(31).rotate_left(5) ^ u64::from(byte)));
        let (first, second) = mixed.split_at(cut.index(mixed.len()));
        let several = with_inputs(vec![
            ("a.csv".into(), table_of(&columns, second)),
            ("b.csv".into(), table_of(&straight, first)),
        ]);
        prop_assert_eq!(numbers(&one), numbers(&several));
    }

    #[test]
    fn the_number_of_threads_changes_nothing(passports in proptest::collection::vec(passport(), 1..40)) {
        let files = rows(&passports)
            .chunks(3)
            .enumerate()
            .map(|(number, rows)| (format!("{number}.csv"), table_of(&(0..COLUMNS.len()).collect::<Vec<_>>(), rows)))
            .collect();
        let sources = with_inputs(files);
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| (numbers(&sources), computed(&sources).2))
        };
        prop_assert_eq!(run(1), run(4));
    }

    #[test]
    fn a_parent_is_the_sum_of_its_children(passports in proptest::collection::vec(passport(), 0..60)) {
        let sources = with_inputs(vec![("all.csv".into(), table_of(&(0..COLUMNS.len()).collect::<Vec<_>>(), &rows(&passports)))]);
        let (_, results, _) = computed(&sources);
        let hierarchy = &specs().hierarchy;
        for indicator in (0..specs().indicators.len()).map(IndicatorIndex) {
            for slice in 0..results.slices(indicator).len() {
                for (parent, _) in hierarchy.all().filter(|(region, _)| hierarchy.within(*region).len() > 1) {
                    let sums = |region: RegionIndex| {
                        let cell = results.slice(indicator, PeriodIndex(1), region, slice);
                        [cell.numerator().units, cell.denominator().units, cell.coverage().reported as i64, cell.coverage().answered as i64]
                    };
                    // Every row lies in a district, so parents hold nothing of their own.
                    let mut below = [0; 4];
                    for (child, _) in hierarchy.all().filter(|(_, region)| region.parent == Some(parent)) {
                        for (sum, part) in below.iter_mut().zip(sums(child)) {
                            *sum += part;
                        }
                    }
                    prop_assert_eq!(sums(parent), below);
                }
            }
            let total = results.total(indicator, PeriodIndex(1), hierarchy.top());
            let slices = results.slices(indicator).len();
            if slices > 1 {
                let parts: i64 =
                    (1..slices).map(|slice| results.slice(indicator, PeriodIndex(1), hierarchy.top(), slice).denominator().units).sum();
                prop_assert_eq!(total.denominator().units, parts, "the slices of a breakdown hold every row once");
            }
        }
    }
}

/// Cells as sheets of all kinds hold them: headers, regions, numbers, words of totals and remarks, nothing.
const SCRAPS: [&str; 22] = [
    "",
    "",
    "",
    "BIN",
    "Organisation",
    "District",
    "Teachers",
    "Trained",
    "North",
    "Abay",
    "11",
    "Kent",
    "0",
    "5",
    "1",
    "2",
    "да",
    "State",
    "100000000001",
    "First",
    "Director: A. B.",
    "Nowhere",
];

fn scraps() -> impl Strategy<Value = Vec<Vec<String>>> {
    let row = proptest::collection::vec(proptest::sample::select(&SCRAPS[..]).prop_map(str::to_owned), 0..11);
    proptest::collection::vec(row, 0..12)
}

fn text_of(rows: &[Vec<String>]) -> Vec<u8> {
    rows.iter().map(|row| row.join(";") + "\n").collect::<String>().into_bytes()
}

proptest! {
    #![proptest_config(few(200))]

    #[test]
    fn every_row_counts_or_is_set_aside(
        passports in proptest::collection::vec(passport(), 0..6),
        above in scraps(),
        below in scraps(),
        others in proptest::collection::vec(scraps(), 0..3),
        again in any::<bool>(),
    ) {
        let table = [COLUMNS.iter().map(|column| (*column).to_owned()).collect(), vec![String::new()]];
        let whole: Vec<Vec<String>> = above.into_iter().chain(table).chain(rows(&passports)).chain(below).collect();
        let mut tables = vec![whole.clone()];
        tables.extend(others);
        tables.extend(again.then_some(whole));
        let files: Vec<(String, Vec<u8>)> =
            tables.iter().enumerate().map(|(number, rows)| (format!("{number}.csv"), text_of(rows))).collect();
        let (data, _, diagnostics) = computed(&with_inputs(files));
        let balance = &data.balance;

        let filled = tables.iter().flatten().filter(|row| row.iter().any(|cell| !cell.is_empty())).count() as u64;
        prop_assert_eq!(balance.rows_seen, filled);
        prop_assert_eq!(balance.rows.values().sum::<u64>(), filled);
        prop_assert_eq!(balance.files.values().sum::<u64>(), tables.len() as u64);
        let counted: usize = (0..specs().datasets.len()).map(|index| data.table(PeriodIndex(1), DatasetIndex(index)).len()).sum();
        prop_assert_eq!(balance.rows.get(&RowFate::Counted).copied().unwrap_or(0), counted as u64);

        // What is set aside row by row is named row by row.
        let named: BTreeSet<(&str, u32)> = diagnostics
            .iter()
            .map(|found| &found.place)
            .chain(data.interpretations.iter().map(|found| &found.place))
            .filter_map(|place| match place {
                Place::Cell { file, row, .. } => Some((file.as_str(), *row)),
                Place::File(_) | Place::Text { .. } => None,
            })
            .collect();
        let mut fates = vec![
            RowFate::RepeatedHeading, RowFate::ColumnNumbers, RowFate::Caption, RowFate::Total, RowFate::Remark,
        ];
        // Where the column of the region is missing, that is told once.
        if !diagnostics.iter().any(|found| found.rule == Rule::MissingColumn) {
            fates.push(RowFate::WithoutRegion);
        }
        let aside: u64 = fates.iter().filter_map(|fate| balance.rows.get(fate)).sum();
        prop_assert!(named.len() as u64 >= aside, "{aside} rows are set aside, {} are named: {balance:?}", named.len());
    }
}

proptest! {
    #![proptest_config(few(48))]

    #[test]
    fn nobody_answers_who_is_not_expected(
        returns in proptest::collection::vec((0..9_usize, passport()), 1..14),
        register in proptest::collection::vec((0..9_usize, passport()), 1..14),
    ) {
        // Units by few numbers: some are in one of the tables only, some stand twice, some in another district or with other answers.
        let numbered = |units: &[(usize, Passport)]| -> Vec<Vec<String>> {
            let passports: Vec<Passport> = units.iter().map(|(_, passport)| *passport).collect();
            let mut rows = rows(&passports);
            rows.iter_mut().zip(units).for_each(|(row, (number, _))| row[0] = (100_000_000_000 + *number as u64).to_string());
            rows
        };
        let files = vec![
            ("returns.csv".into(), table_of(&(0..COLUMNS.len()).collect::<Vec<_>>(), &numbered(&returns))),
            ("register.csv".into(), table_of(&[0, 1, 2, 3, 4, 5], &numbered(&register))),
        ];
        let (_, results, _) = computed(&with_inputs(files));
        let (hierarchy, period) = (&specs().hierarchy, PeriodIndex(1));
        for indicator in (0..specs().indicators.len()).map(IndicatorIndex) {
            for (region, _) in hierarchy.all() {
                for slice in 0..results.slices(indicator).len() {
                    let coverage = results.slice(indicator, period, region, slice).coverage();
                    prop_assert!(coverage.answered <= coverage.reported, "{coverage:?}");
                    prop_assert!(coverage.expected.is_none_or(|expected| coverage.reported <= expected), "{coverage:?}");
                    prop_assert!(coverage.share().is_none_or(|share| share <= Ratio::whole(1)), "{coverage:?}");
                }
            }
        }
        let distinct = |units: &[(usize, Passport)]| units.iter().map(|(number, _)| *number).collect::<BTreeSet<_>>();
        let (reported, registered) = (distinct(&returns), distinct(&register));
        let passports = specs().datasets.iter().position(|dataset| dataset.id == "passports").expect("the base has passports");
        let coverage = results.coverage(DatasetIndex(passports), period, hierarchy.top());
        prop_assert_eq!(coverage.expected, Some(registered.len() as u32), "all that is expected is what the register holds");
        prop_assert_eq!(coverage.reported, reported.intersection(&registered).count() as u32);
        prop_assert_eq!(coverage.unregistered, reported.difference(&registered).count() as u32);
    }
}

/// Every extension that is read, and one that is not.
const EXTENSIONS: [&str; 10] = ["xlsx", "xlsm", "xlsb", "xls", "ods", "csv", "tsv", "txt", "pdf", "XLSX"];

fn grid() -> Vec<Grid> {
    let cells = |row: Vec<String>| row.iter().map(|cell| GridCell::new(cell)).collect();
    let header = COLUMNS.iter().map(|column| GridCell::new(column)).collect();
    let passports: Vec<Passport> = vec![("11", "State", "Town", "да", Some(10), Some(2), Some(3)); 3];
    vec![("Passports".to_owned(), std::iter::once(header).chain(rows(&passports).into_iter().map(cells)).collect())]
}

/// Bytes of sound workbooks, to be spoilt.
fn workbooks() -> &'static [(&'static str, Vec<u8>)] {
    static WORKBOOKS: OnceLock<Vec<(&'static str, Vec<u8>)>> = OnceLock::new();
    WORKBOOKS.get_or_init(|| vec![("xlsx", support::xlsx(&grid())), ("ods", support::ods(&grid()))])
}

proptest! {
    #![proptest_config(few(96))]

    #[test]
    fn no_bytes_of_a_submission_make_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        for extension in EXTENSIONS {
            let (_, _, found) = computed(&with_inputs(vec![(format!("any.{extension}"), bytes.clone())]));
            prop_assert!(!found.is_empty(), "bytes without meaning are named");
        }
    }

    #[test]
    fn no_text_of_a_table_makes_a_panic(text in "([\",;\t\r\n'0-9a-zа-я =#./-]|BIN|District|Teachers|11|\u{feff}|\u{a0}|1e9){0,80}") {
        for extension in ["csv", "tsv", "txt"] {
            computed(&with_inputs(vec![(format!("any.{extension}"), format!("BIN;District;Teachers\n{text}").into_bytes())]));
            computed(&with_inputs(vec![(format!("any.{extension}"), text.clone().into_bytes())]));
        }
    }

    #[test]
    fn spoilt_workbooks_make_no_panic(
        which in any::<proptest::sample::Index>(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..12),
        cut in proptest::option::weighted(0.3, any::<proptest::sample::Index>()),
    ) {
        let (extension, sound) = &workbooks()[which.index(workbooks().len())];
        let mut bytes = sound.clone();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        computed(&with_inputs(vec![(format!("spoilt.{extension}"), bytes)]));
    }

    #[test]
    fn no_text_of_a_specification_makes_a_panic(text in "([\\[\\]{}:,&*!|>'\"#%@`?\n -]|id|key|fields|where|sum|null|~|0x1F|<<: |\\PC){0,60}") {
        for name in ["programme.yaml", "regions.yaml", "datasets/register.yaml", "indicators/9.9.yaml"] {
            load_with(name, &text);
        }
    }

    #[test]
    fn spoilt_specifications_make_no_panic(
        which in any::<proptest::sample::Index>(),
        line in any::<proptest::sample::Index>(),
        other in any::<proptest::sample::Index>(),
        junk in "[\\PC]{0,12}",
    ) {
        let file = &base().specs[which.index(base().specs.len())];
        let mut lines: Vec<String> = file.text.lines().map(str::to_owned).collect();
        let (line, other) = (line.index(lines.len()), other.index(lines.len()));
        lines.swap(line, other);
        lines[line].push_str(&junk);
        let name = file.name.as_str().strip_prefix("indicator-specs/").expect("specifications stand there");
        load_with(name, &lines.join("\n"));
    }
}

/// Loads the base with one file replaced or added, and computes what is left of it.
fn load_with(name: &str, text: &str) {
    let name = FileName::new(format!("indicator-specs/{name}"));
    let mut files: Vec<TextFile> = base().specs.iter().filter(|file| file.name != name).cloned().collect();
    files.push(TextFile { name, text: text.to_owned() });
    let mut diagnostics = Vec::new();
    if let Some(specs) = spec::load(&files, &mut diagnostics) {
        diagnostics.extend(esep::check::specifications(&specs));
        let data = intake::read(&specs, base(), &[], &Reader::InProcess, &mut diagnostics);
        let results = compute::run(&specs, &data);
        let useless = esep::check::useless(&diagnostics);
        let languages = BTreeMap::new();
        let subject =
            esep::check::Subject { specs: &specs, data: &data, results: &results, languages: &languages, useless: &useless };
        diagnostics.extend(esep::check::data(subject));
    }
}

#[test]
fn deeply_nested_yaml_makes_no_overflow() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("a:\n ", "")] {
        for depth in [100, 5_000, 50_000] {
            load_with("indicators/9.9.yaml", &format!("{}{}", open.repeat(depth), close.repeat(depth)));
        }
    }
    let nested = format!("population: {}{}\n", "{not: ".repeat(5_000), "}".repeat(5_000));
    let indicator = &base().specs.iter().find(|file| file.name.as_str().contains("1.1")).expect("the base has it").text;
    load_with("indicators/1.1-support-rooms.yaml", &indicator.replace("population: { ownership: state }\n", &nested));
}

#[test]
fn yaml_that_multiplies_itself_is_refused() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let copies = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{copies}]\n"));
    }
    load_with("indicators/9.9.yaml", &text);
}

proptest! {
    #![proptest_config(few(256))]

    #[test]
    fn sums_of_decimals_are_those_of_their_last_places(
        rows in proptest::collection::vec((0..5005_i64, 0..50_000_i64, 0..1_000_000_000_000_i64), 1..30),
        sign in proptest::sample::select(vec![',', '.']),
    ) {
        let specs = decimal_specs();
        let spelt = |units: i64, places: u32| Amount::new(units, places).to_string().replace('.', &sign.to_string());
        let line = |(number, &(posts, filled, wages)): (usize, &(i64, i64, i64))| {
            let numbers = format!("{};{};{}", spelt(posts, 1), spelt(filled, 2), spelt(wages, 2));
            format!("{};Unit {number};North;Abay;State;Town;да;1;0;0;{numbers}\n", 100_000_000_000_u64 + number as u64)
        };
        let header = COLUMNS.join(";") + ";Posts;Filled posts;Wage fund\n";
        let table = header + &rows.iter().enumerate().map(line).collect::<String>();
        let sources = with_inputs(vec![("all.csv".into(), table.into_bytes())]);
        let data = intake::read(specs, &sources, &[], &Reader::InProcess, &mut Vec::new());
        let results = compute::run(specs, &data);
        let of = |id: &str| {
            let index = specs.indicators.iter().position(|indicator| indicator.id == id).expect("the case has it");
            results.total(IndicatorIndex(index), PeriodIndex(1), specs.hierarchy.top())
        };
        prop_assert_eq!(of("2.3").numerator(), Amount::new(rows.iter().map(|row| row.2).sum(), 2));
        prop_assert_eq!(of("2.4").numerator(), Amount::new(rows.iter().map(|row| row.0).sum(), 1));
        let whole = || rows.iter().filter(|row| row.0 > 5);
        let share = Ratio::new(whole().map(|row| i128::from(row.1)).sum(), whole().map(|row| i128::from(row.0) * 10).sum());
        prop_assert_eq!(of("2.2").value().ok(), share);
    }

    #[test]
    fn rounding_agrees_with_the_integers(numerator in -1_000_000_000_000_i64..1_000_000_000_000, denominator in 1..1_000_000_000_i64, decimals in 0..=3_u32) {
        let ratio = Ratio::new(numerator.into(), denominator.into()).expect("not zero");
        let units = ratio.rounded(decimals);
        // The nearest: twice the distance is at most one unit; a half goes away from zero.
        let (scaled, denominator) = (i128::from(numerator) * 10_i128.pow(decimals), i128::from(denominator));
        let distance = 2 * (units * denominator - scaled) * i128::from(numerator.signum());
        prop_assert!(distance <= denominator && distance > -denominator, "{ratio} with {decimals} decimals: {units}");
    }

    #[test]
    fn printed_numbers_read_back(numerator in -1_000_000_000_i64..1_000_000_000, denominator in 1..1_000_000_i64, decimals in 0..=3_u32) {
        let ratio = Ratio::new(numerator.into(), denominator.into()).expect("not zero");
        let exact = Ratio::new(ratio.rounded(decimals), 10_i128.pow(decimals)).expect("not zero");
        prop_assert_eq!(Ratio::parse(&ratio.decimal(decimals)), Some(exact));
        for language in languages().values() {
            let printed = language.decimal(ratio, decimals);
            prop_assert_eq!(Ratio::parse(&plain(language, &printed)), Some(exact), "{} in {}", printed, language.code);
            let signed = language.signed(ratio, decimals);
            prop_assert_eq!(Ratio::parse(plain(language, &signed).trim_start_matches('+')), Some(exact), "{} in {}", signed, language.code);
        }
    }

    #[test]
    fn differences_and_order_agree(a in -10_000_i64..10_000, b in 1..10_000_i64, c in -10_000_i64..10_000, d in 1..10_000_i64) {
        let ratio = |numerator: i64, denominator: i64| Ratio::new(numerator.into(), denominator.into()).expect("not zero");
        let (left, right) = (ratio(a, b), ratio(c, d));
        prop_assert_eq!(left.minus(right).sign(), left.cmp(&right));
        prop_assert_eq!(left.cmp(&right), (a * d).cmp(&(c * b)));
        prop_assert_eq!(left.minus(right), ratio(a * d - c * b, b * d));
    }
}

/// The house's languages.
fn languages() -> &'static BTreeMap<LanguageCode, Language> {
    static LANGUAGES: OnceLock<BTreeMap<LanguageCode, Language>> = OnceLock::new();
    LANGUAGES.get_or_init(|| {
        let codes = ["kk", "ru", "en"].map(LanguageCode::new);
        let mut found = Vec::new();
        let languages = language::load(&codes, report::LABELS, (&base().templates, &base().house_languages), [], &mut found);
        assert!(found.is_empty(), "the house's languages are sound: {found:?}");
        languages
    })
}

/// A number as a language prints it, with the signs that programs write.
fn plain(language: &Language, printed: &str) -> String {
    let half = Ratio::new(1, 2).expect("not zero");
    let point = language.decimal(half, 1).chars().nth(1);
    let sign = |sign: char| match sign {
        '−' => Some('-'),
        _ if Some(sign) == point => Some('.'),
        '0'..='9' | '+' | '-' => Some(sign),
        // Parts groups of digits.
        _ => None,
    };
    printed.chars().filter_map(sign).collect()
}

/// Indicators beside those of the base: parts of the teachers, what is put together from these, and a median.
const MEASURES: [(&str, &str); 6] = [
    (
        "3.1",
        "dataset: passports, numerator: { name: N, sum: trained }, denominator: { name: N, sum: teachers }, may_exceed: true",
    ),
    (
        "3.2",
        "dataset: passports, numerator: { name: N, sum: special_teachers }, denominator: { name: N, sum: teachers }, may_exceed: true",
    ),
    (
        "3.3",
        "dataset: passports, numerator: { name: N, sum: trained - special_teachers }, denominator: { name: N, sum: teachers }, may_exceed: true",
    ),
    ("3.4", "numerator: { name: N, indicators: [{ indicator: '3.1' }, { indicator: '3.2', weight: -1 }] }"),
    (
        "3.5",
        "numerator: { name: N, indicators: [{ indicator: '3.1' }] }, denominator: { name: N, indicators: [{ indicator: '3.2', level: republic }] }",
    ),
    ("3.6", "dataset: passports, quantile: 50, numerator: { name: N, sum: teachers }"),
];

/// The base's specifications with [`MEASURES`].
fn measured() -> &'static (Specs, BTreeMap<String, IndicatorIndex>) {
    static SPECS: OnceLock<(Specs, BTreeMap<String, IndicatorIndex>)> = OnceLock::new();
    SPECS.get_or_init(|| {
        let mut files = base().specs.clone();
        for (id, rest) in MEASURES {
            let head = format!("id: '{id}', section: people, name: N, short: N, direction: none");
            let text = format!("{{ {head}, {rest} }}").replace(": N", ": { ru: н, en: n }");
            files.push(TextFile { name: FileName::new(format!("indicator-specs/indicators/{id}.yaml")), text });
        }
        let mut found = Vec::new();
        let specs = spec::load(&files, &mut found).expect("the measures are sound");
        assert!(!esep::diagnostic::any_error(&found), "{found:?}");
        let positions = specs.indicators.iter().zip(0..).map(|(indicator, at)| (indicator.id.clone(), IndicatorIndex(at)));
        let positions = positions.collect();
        (specs, positions)
    })
}

/// The numbers of some files.
fn of_measures(sources: &Sources) -> Results {
    let (specs, _) = measured();
    compute::run(specs, &intake::read(specs, sources, &[], &Reader::InProcess, &mut Vec::new()))
}

proptest! {
    #![proptest_config(few(24))]

    #[test]
    fn a_difference_of_indicators_is_the_indicator_of_the_difference(
        counts in proptest::collection::vec((0..4_usize, 1..500_u16, 0..500_u16, 0..500_u16), 1..40)
    ) {
        let districts = ["11", "12", "21", "22"];
        let passports: Vec<Passport> = counts
            .iter()
            .map(|&(at, teachers, special, trained)| (districts[at], "State", "Town", "да", Some(teachers), Some(special), Some(trained)))
            .collect();
        let all: Vec<usize> = (0..COLUMNS.len()).collect();
        let results = of_measures(&with_inputs(vec![("a.csv".to_owned(), table_of(&all, &rows(&passports)))]));
        let (specs, at) = measured();
        let value = |id: &str, region: RegionIndex| results.total(at[id], PeriodIndex(1), region).value();
        let top = specs.hierarchy.top();
        for region in (0..specs.hierarchy.len()).map(RegionIndex) {
            // Where all three rest on the same rows, both ways give the same, to the last digit that is kept.
            match (value("3.4", region), value("3.3", region)) {
                (Ok(made), Ok(direct)) => {
                    let apart = made.minus(direct);
                    prop_assert!(apart.times(1_000_000_000) < Ratio::whole(1) && apart.times(1_000_000_000) > Ratio::whole(-1));
                    prop_assert_eq!(made.times(100).rounded(3), direct.times(100).rounded(3));
                }
                (made, direct) => prop_assert_eq!(made.err(), direct.err()),
            }
            if let (Ok(part), Ok(own), Ok(whole)) = (value("3.5", region), value("3.1", region), value("3.2", top)) {
                let direct = own.divided_by(whole).expect("else there would be no value");
                prop_assert_eq!(part.times(100).rounded(3), direct.times(100).rounded(3));
            }
            let mut own: Vec<i64> = counts
                .iter()
                .filter(|(at, ..)| specs.hierarchy.contains(region, specs.hierarchy.find(&RegionCode::new(districts[*at])).expect("it is there")))
                .map(|&(_, teachers, ..)| i64::from(teachers))
                .collect();
            own.sort_unstable();
            let median = (!own.is_empty()).then(|| Ratio::whole(own[(own.len() - 1) / 2] + own[own.len() / 2]).over(2));
            prop_assert_eq!(value("3.6", region).ok(), median);
        }
    }

    #[test]
    fn the_range_of_a_share_holds_what_it_would_be_with_all_answers(
        units in proptest::collection::vec((0..4_usize, any::<bool>(), any::<bool>()), 1..30)
    ) {
        let districts = ["11", "12", "21", "22"];
        let passports: Vec<Passport> = units
            .iter()
            .map(|&(at, has_room, _)| (districts[at], "State", "Town", if has_room { "да" } else { "нет" }, Some(9), Some(1), Some(2)))
            .collect();
        let rows = rows(&passports);
        let all: Vec<usize> = (0..COLUMNS.len()).collect();
        let register = ("register.csv".to_owned(), table_of(&all[..6], &rows));
        let came: Vec<Vec<String>> = rows.iter().zip(&units).filter(|(_, (.., came))| *came).map(|(row, _)| row.clone()).collect();
        let of = |rows: &[Vec<String>]| of_measures(&with_inputs(vec![register.clone(), ("a.csv".to_owned(), table_of(&all, rows))]));
        let (whole, some) = (of(&rows), of(&came));
        let (specs, at) = measured();
        for region in (0..specs.hierarchy.len()).map(RegionIndex) {
            let number = some.total(at["1.1"], PeriodIndex(1), region);
            let truth = whole.total(at["1.1"], PeriodIndex(1), region).value();
            let range = number.range(specs.indicator(at["1.1"]), number.numerator());
            prop_assert_eq!(range.is_some(), number.value().is_ok());
            if let (Some((lowest, highest)), Ok(truth)) = (range, truth) {
                prop_assert!(lowest <= truth && truth <= highest, "{lowest:?} {truth:?} {highest:?}");
            }
        }
    }
}
