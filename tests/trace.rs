//! Where numbers come from and where cells go to: the rows behind every number of the demonstration add up to it, and changing a cell changes
//! the numbers that the trace of the cell names.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use encoding_rs::WINDOWS_1251;
use esep::compute::contributions::{Contribution, Does};
use esep::grid::Reader;
use esep::numbers::{Numbers, Subject};
use esep::project::{self, Project};
use esep::protect::{Audience, Published};
use esep::region::RegionIndex;
use esep::trace::backward::{self, Goes, Target};
use esep::trace::{self, Question, asked, change};
use esep::value::Amount;

/// The demonstration.
fn demonstration() -> Project {
    project::load(Path::new(env!("CARGO_MANIFEST_DIR")), &Reader::InProcess).expect("the project can be read")
}

/// What some rows add to the numerator and the denominator of each region that they lie in.
fn sums(published: &Published<'_>, question: Question<'_>, contributions: &[Contribution]) -> Vec<(Amount, Amount)> {
    let hierarchy = &published.specs().hierarchy;
    let mut sums = vec![(Amount::default(), Amount::default()); hierarchy.len()];
    for &Contribution { dataset, row, does } in contributions {
        let Does::Adds { numerator, denominator } = does else { continue };
        let rows = published.rows(question.period, dataset);
        for region in hierarchy.upwards(rows.region(row)) {
            let sum = &mut sums[region.0];
            *sum = (sum.0 + numerator, sum.1 + denominator);
        }
    }
    sums
}

#[test]
fn the_rows_behind_every_number_add_up_to_it() {
    let project = demonstration();
    let ready = project.ready(Audience::Internal).expect("the shipped specifications are right");
    let published = &ready.published;
    let specs = published.specs();
    let period = published.latest().expect("there are data");
    let numbers = Numbers::new(published, period);
    let top = specs.hierarchy.top();
    let mut compared = 0;
    for (indicator, about) in specs.indicators_of(period) {
        for subject in numbers.subjects(indicator) {
            let question = Question { indicator, period, region: top, subject };
            let contributions = published.contributions(asked(published, question)).expect("this is internal");
            let sums = sums(published, question, &contributions);
            for (region, named) in specs.hierarchy.all() {
                let number = numbers.number(indicator, period, region, subject);
                if number.value.is_ok() {
                    let place = format!("{} {} {}", about.id, subject.id(), named.code);
                    let (numerator, denominator) = sums[region.0];
                    assert_eq!((number.told_numerator, number.told_denominator), (Some(numerator), Some(denominator)), "{place}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 10_000, "{compared} numbers have been compared");
}

#[test]
fn a_region_is_asked_about_its_own_rows_only_and_the_public_about_none() {
    let project = demonstration();
    let ready = |audience| project.ready(audience).expect("the shipped specifications are right");
    let (internal, public) = (ready(Audience::Internal), ready(Audience::Public));
    let specs = internal.published.specs();
    let period = internal.published.latest().expect("there are data");
    let numbers = Numbers::new(&internal.published, period);
    let (indicator, _) = specs.indicators_of(period).next().expect("there are indicators");
    let subject = numbers.subjects(indicator)[0];
    for region in [1, 5, 40].map(RegionIndex) {
        let question = Question { indicator, period, region, subject };
        let contributions = internal.published.contributions(asked(&internal.published, question)).expect("this is internal");
        let number = numbers.number(indicator, period, region, subject);
        let (numerator, denominator) = sums(&internal.published, question, &contributions)[region.0];
        assert_eq!((number.numerator, number.denominator), (numerator, denominator));
        assert!(contributions.iter().all(|found| {
            let rows = internal.published.rows(period, found.dataset);
            specs.hierarchy.contains(region, rows.region(found.row))
        }));
        assert!(public.published.contributions(asked(&public.published, question)).is_none());
        assert!(public.published.behind().is_none());
    }
}

#[test]
fn every_row_of_a_region_is_told_once_and_those_without_a_return_are_those_that_lack() {
    let project = demonstration();
    let ready = project.ready(Audience::Internal).expect("the shipped specifications are right");
    let published = &ready.published;
    let specs = published.specs();
    let period = published.latest().expect("there are data");
    let numbers = Numbers::new(published, period);
    let language = ready.computed.languages.values().next().expect("there are languages");
    let (mut silent, mut replaced) = (0, 0);
    for region in [0, 1, 2, 8, 40].map(RegionIndex) {
        for (indicator, about) in specs.indicators_of(period) {
            // At the top only the wholes, to save time.
            let is_meant = |subject: &Subject<'_>| region.0 > 0 || matches!(subject, Subject::Whole);
            for subject in numbers.subjects(indicator).into_iter().filter(is_meant) {
                let question = Question { indicator, period, region, subject };
                let traced = trace::trace(published, language, question);
                let origin = traced.origin.expect("this is internal");
                let places: BTreeSet<(&str, &str, u32, &str, &str)> = origin
                    .rows
                    .iter()
                    .map(|row| (row.file.as_str(), row.sheet.as_str(), row.row, row.dataset.as_str(), row.region.as_str()))
                    .collect();
                assert_eq!(places.len(), origin.rows.len(), "{} {}", about.id, subject.id());
                let of = |reason: &str| origin.rows.iter().filter(|row| row.left_out == Some(reason)).count() as u64;
                let number = &traced.number;
                let lacking = |expected: Option<u32>, reported: Option<u32>| Some(expected? - reported.unwrap_or_default());
                let all =
                    [lacking(number.expected, number.reported), lacking(number.numerator_expected, number.numerator_reported)];
                let lacking: u32 = all.into_iter().flatten().sum();
                let without = origin.rows.iter().filter(|row| row.standing == Some("silent")).count() as u32;
                assert_eq!(without, lacking, "{} {} {region:?}", about.id, subject.id());
                silent += of("no_return");
                replaced += of("replaced");
            }
        }
    }
    assert!(silent > 0 && replaced > 0);
}

#[test]
fn what_the_units_of_a_change_add_is_the_change() {
    let project = demonstration();
    let ready = project.ready(Audience::Internal).expect("the shipped specifications are right");
    let published = &ready.published;
    let specs = published.specs();
    let period = published.latest().expect("there are data");
    let numbers = Numbers::new(published, period);
    let language = ready.computed.languages.values().next().expect("there are languages");
    let mut classes = BTreeSet::new();
    for region in [0, 1, 2, 8, 40, 100].map(RegionIndex) {
        for before in [specs.compared(period).expect("there is one"), esep::period::PeriodIndex(0)] {
            for (indicator, about) in specs.indicators_of(period).filter(|(_, about)| about.life.holds(before)) {
                // At the top only the wholes, to save time.
                let is_meant = |subject: &Subject<'_>| region.0 > 0 || matches!(subject, Subject::Whole);
                for subject in numbers.subjects(indicator).into_iter().filter(is_meant) {
                    let question = Question { indicator, period, region, subject };
                    let told = change::difference(published, language, question, before).expect("this is internal");
                    let sum = told.classes.iter().fold((Amount::default(), Amount::default()), |sum, class| {
                        (sum.0 + class.numerator, sum.1 + class.denominator)
                    });
                    classes.extend(told.classes.iter().map(|class| class.class));
                    let number = |period| numbers.number(indicator, period, region, subject);
                    let (now, then) = (number(period), number(before));
                    if now.value.is_ok() && then.value.is_ok() {
                        let own = (now.numerator - then.numerator, now.denominator - then.denominator);
                        assert_eq!(sum, own, "{} {} {region:?}", about.id, subject.id());
                    }
                }
            }
        }
    }
    assert!(["same", "changed", "came", "went", "entered", "left"].iter().all(|class| classes.contains(class)), "{classes:?}");
}

/// The fields of the demonstration's tables that are changed, by their column.
const KEY: usize = 0;
const NAME: usize = 1;
const OUTER: usize = 2;
const REGION: usize = 3;

/// A number: its indicator, what it is about, its region.
type Number = (String, String, String);

/// All numbers of the latest period as they were computed, whatever errors block.
fn computed(project: &Project) -> BTreeMap<Number, String> {
    let ready = project.ready(Audience::Internal).expect("the specifications are right");
    let specs = ready.published.specs();
    let results = ready.computed.inside(&project.diagnostics).results;
    let period = ready.published.latest().expect("there are data");
    let numbers = Numbers::new(&ready.published, period);
    let mut all = BTreeMap::new();
    for (index, indicator) in specs.indicators_of(period) {
        for subject in numbers.subjects(index) {
            let (slice, part) = match subject {
                Subject::Whole => (0, None),
                Subject::Part { position, .. } => (0, Some(position)),
                Subject::Group { slice, .. } => (slice, None),
            };
            for (region, named) in specs.hierarchy.all() {
                let cell = results.slice(index, period, region, slice);
                let numerator = part.map_or(cell.numerator(), |part| cell.part_sum(part));
                let told = (numerator, cell.denominator(), cell.coverage(), cell.numerator_coverage());
                all.insert((indicator.id.clone(), subject.id(), named.code.as_str().to_owned()), format!("{told:?}"));
            }
        }
    }
    all
}

/// A table of text: its path in the project, and its cells.
struct Grid {
    path: &'static str,
    rows: Vec<Vec<String>>,
}

impl Grid {
    fn write(&self, root: &Path) {
        let lines: Vec<String> = self.rows.iter().map(|row| row.join(";")).collect();
        let path = root.join(self.path);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("made");
        fs::write(path, lines.join("\r\n") + "\r\n").expect("written");
    }

    /// The row with this text in a column, counted from 0.
    fn find(&self, column: usize, text: &str) -> usize {
        self.rows.iter().position(|row| row.get(column).is_some_and(|cell| cell == text)).expect("there is such a row")
    }
}

fn load(root: &Path) -> Project {
    project::load(root, &Reader::InProcess).expect("the project can be read")
}

fn goes(project: &Project, place: &str) -> Goes {
    let ready = project.ready(Audience::Internal).expect("the specifications are right");
    let files: Vec<&str> = project.sources.inputs.values().flatten().map(|file| file.name.as_str()).collect();
    let target = Target::read(&ready.published, &files, place).expect("there is such a place");
    let language = ready.computed.languages.values().next().expect("there are languages");
    backward::goes(&ready.published, language, &target, |_| Vec::new()).expect("this is internal")
}

/// The office of the demonstration that sends tables of text, with the register and another office; the copy stands in `root`.
fn copy(root: &Path) -> [Grid; 4] {
    const PASSPORTS: &str = "inputs/2025/59_Северо-Казахстанская_область_Паспорта.csv";
    const RETURNS: &str = "inputs/2025/59_Северо-Казахстанская_область_Сведения_районов.csv";
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in support::files(&source.join("indicator-specs")).expect("listed") {
        let path = root.join(file.strip_prefix(source).expect("it lies there"));
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("made");
        fs::copy(&file, path).expect("copied");
    }
    fs::create_dir_all(root.join("inputs/2025")).expect("made");
    for file in ["inputs/2025/10_Абай_облысы.xlsx", "inputs/received.csv"] {
        fs::copy(source.join(file), root.join(file)).expect("copied");
    }
    let read = |path: &'static str| {
        let bytes = fs::read(source.join(path)).expect("read");
        let text = WINDOWS_1251.decode(&bytes).0.into_owned();
        Grid { path, rows: text.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect() }
    };
    let (mut passports, returns) = (read(PASSPORTS), read(RETURNS));
    let header = passports.find(KEY, "БИН");
    // One unit came again with other answers, and another one sent nothing.
    let mut again = passports.rows[header + 3].clone();
    let flag = again.iter().position(|cell| cell == "да").expect("a flag");
    again[flag] = "нет".to_owned();
    let later = Grid { path: "inputs/2025/2025-11-20/59.csv", rows: vec![passports.rows[header].clone(), again] };
    passports.rows.remove(header + 9);
    let project = demonstration();
    let ready = project.ready(Audience::Internal).expect("the specifications are right");
    let specs = ready.published.specs();
    let register = specs.datasets.iter().position(|dataset| dataset.id.as_str() == "register").expect("there is a register");
    let period = ready.published.latest().expect("there are data");
    let rows = ready.published.rows(period, esep::spec::DatasetIndex(register));
    let dataset = rows.dataset();
    let language = esep::language::LanguageCode::new("ru");
    let mut listed = vec![dataset.fields.iter().map(|field| field.name.get(&language).to_owned()).collect::<Vec<String>>()];
    for row in 0..rows.len() {
        let code = specs.hierarchy.region(rows.region(row)).code.as_str();
        if ["10", "59"].iter().any(|oblast| code.starts_with(oblast)) {
            let cell = |field: usize| {
                let field = esep::spec::FieldIndex(field);
                esep::dataset::spelt(specs, dataset, field, &rows.typed(field, row)).replace(';', ",")
            };
            listed.push((0..dataset.fields.len()).map(cell).collect());
        }
    }
    let register = Grid { path: "inputs/2025/register.csv", rows: listed };
    let grids = [passports, returns, later, register];
    grids.iter().for_each(|grid| grid.write(root));
    grids
}

/// What is written into the columns of a row in place of what stands there, and the code of a region to which that moves it.
type Edit = (Vec<(usize, String)>, Option<&'static str>);

fn one(column: usize, texts: &[&str]) -> Vec<Edit> {
    texts.iter().map(|text| (vec![(column, (*text).to_owned())], None)).collect()
}

#[test]
fn changing_a_cell_changes_the_numbers_that_its_trace_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let grids = copy(root);
    let [passports, returns, later, register] = [0, 1, 2, 3];
    let project = load(root);
    let before = computed(&project);
    let header = grids[passports].find(KEY, "БИН");
    let column = |name: &str| grids[passports].rows[header].iter().position(|cell| cell.starts_with(name)).expect("a column");
    let (kind, operates, access) = (column("Вид организации"), column("Организация действует"), column("Безбарьерный"));
    let (teachers, unused) = (column("Общая численность педагогов"), column("Тифлопедагог"));
    let (school, preschool) = (header + 1, header + 2);
    // Where the unit stands that came again, and the one that sent nothing.
    let replaced = header + 3;
    let listed = |row: usize| grids[register].find(KEY, &grids[passports].rows[row][KEY]);
    let silent = {
        let known: BTreeSet<&str> = grids[passports].rows.iter().map(|row| row[KEY].as_str()).collect();
        grids[register].rows.iter().position(|row| row[KEY].starts_with("000059") && !known.contains(row[KEY].as_str()))
    };
    let silent = silent.expect("one sent nothing");
    let kinds = ["Школа", "Дошкольная организация", "Колледж", ""];
    let keys = ["000059199999", ""];
    let mut regions = one(REGION, &["", "Тайыншинский район"]);
    regions.push((vec![(OUTER, "Область Абай".to_owned()), (REGION, "г. Семей".to_owned())], Some("101000000")));
    regions[1].1 = Some("596000000");
    // The cell, what is written there instead, and whether these are enough to change every number that is named.
    let cells: Vec<(usize, usize, usize, Vec<Edit>, bool)> = vec![
        (passports, school, teachers, one(teachers, &["0", "1", "92", "не относится", "", "20000"]), true),
        (passports, preschool, teachers, one(teachers, &["0", "20", ""]), true),
        (passports, school, operates, one(operates, &["нет", "", "не относится"]), true),
        (passports, school, access, one(access, &["Полный", "Частичный", "Отсутствует", "", "не относится"]), true),
        (passports, school, kind, one(kind, &kinds), true),
        (passports, preschool, kind, one(kind, &kinds), true),
        (passports, school, unused, one(unused, &["0", "7", "", "не относится"]), true),
        (passports, school, NAME, one(NAME, &["Другая школа"]), true),
        (passports, school, KEY, one(KEY, &keys), true),
        (passports, school, REGION, regions.clone(), true),
        (passports, replaced, teachers, one(teachers, &["0", "1", ""]), true),
        (passports, replaced, KEY, one(KEY, &keys), true),
        (later, 1, KEY, one(KEY, &keys), true),
        (later, 1, operates, one(operates, &["да", ""]), true),
        (returns, header + 1, 2, one(2, &["0", "2000", "", "1209"]), true),
        (returns, header + 1, 1, one(1, &[""]), false),
        (register, listed(school), KEY, one(KEY, &keys), true),
        (register, listed(school), REGION, one(REGION, &["", "596000000"]), true),
        (register, listed(school), 4, one(4, &["college", ""]), true),
        (register, silent, 4, one(4, &["preschool", "school", "college", ""]), true),
        (register, silent, NAME, one(NAME, &["Другая школа"]), true),
        (register, silent, REGION, vec![(vec![(REGION, "596000000".to_owned())], Some("596000000"))], false),
        (passports, header, teachers, one(teachers, &["Прочее"]), false),
        (passports, header - 1, 0, one(0, &["Область, 2026 год"]), true),
    ];
    let (mut named_in_all, mut changed_in_all) = (0, 0);
    for (grid, row, column, edits, are_enough) in cells {
        let place = format!("{}!{}", grids[grid].path, esep::diagnostic::cell_name(row as u32, column as u32));
        let told = goes(&project, &place);
        let named = names(&told);
        let mut changed: BTreeSet<Number> = BTreeSet::new();
        for (texts, elsewhere) in &edits {
            let mut edited = Grid { path: grids[grid].path, rows: grids[grid].rows.clone() };
            texts.iter().for_each(|(column, text)| edited.rows[row][*column].clone_from(text));
            edited.write(root);
            let other = load(root);
            let after = computed(&other);
            let hierarchy = &other.computed.as_ref().expect("the specifications are right").specs.hierarchy;
            let target = elsewhere.map(|code| hierarchy.find(&esep::region::RegionCode::new(code)).expect("a region"));
            let is_target = |code: &str| {
                let region = hierarchy.find(&esep::region::RegionCode::new(code));
                told.moves && target.zip(region).is_some_and(|(target, outer)| hierarchy.contains(outer, target))
            };
            for number in differing(&before, &after) {
                assert!(
                    named.contains(&number) || is_target(&number.2),
                    "{place}: {texts:?} changes {number:?} from {} to {}, and it is not named",
                    before[&number],
                    after[&number]
                );
                changed.insert(number);
            }
        }
        grids[grid].write(root);
        if are_enough {
            let never: Vec<&Number> = named.iter().filter(|number| !changed.contains(*number)).collect();
            assert!(never.is_empty(), "{place}: named, and changed by none of {edits:?}: {never:?}");
        }
        named_in_all += named.len();
        changed_in_all += changed.len();
    }
    assert!(named_in_all > 500 && changed_in_all > 500, "{named_in_all} named, {changed_in_all} changed");

    // A row that had not come, and a file that had not.
    let row = format!("{}!{}", grids[passports].path, school + 1);
    let mut without = Grid { path: grids[passports].path, rows: grids[passports].rows.clone() };
    without.rows.remove(school);
    without.write(root);
    let (named, changed) = (names(&goes(&project, &row)), differing(&before, &computed(&load(root))));
    assert!(changed.is_subset(&named) && !changed.is_empty(), "{row}: {:?}", changed.difference(&named));
    fs::remove_file(root.join(grids[passports].path)).expect("removed");
    let (named, changed) = (names(&goes(&project, grids[passports].path)), differing(&before, &computed(&load(root))));
    assert!(changed.is_subset(&named) && changed.len() > 1000, "{:?}", changed.difference(&named));
}

/// The numbers that a trace names.
fn names(goes: &Goes) -> BTreeSet<Number> {
    let each = |found: &backward::Resting| {
        let (indicator, slice) = (found.indicator.clone(), found.slice.clone());
        found.regions.clone().into_iter().map(move |region| (indicator.clone(), slice.clone(), region)).collect::<Vec<Number>>()
    };
    goes.numbers.iter().flat_map(each).collect()
}

/// The numbers that have become others.
fn differing(before: &BTreeMap<Number, String>, after: &BTreeMap<Number, String>) -> BTreeSet<Number> {
    after.iter().filter(|(number, value)| before[*number] != **value).map(|(number, _)| number.clone()).collect()
}

/// What is wrong with the traces of a project: of every number of every period at the top, and of every file.
fn faults(project: &Project) -> Vec<String> {
    // With faulty specifications `esep trace` stops.
    let is_submitted = |found: &esep::diagnostic::Diagnostic| found.place.file().as_str().starts_with("inputs");
    let is_error = |found: &esep::diagnostic::Diagnostic| found.severity == esep::diagnostic::Severity::Error;
    if project.diagnostics.iter().any(|found| is_error(found) && !is_submitted(found)) {
        return Vec::new();
    }
    let Some(ready) = project.ready(Audience::Internal) else { return Vec::new() };
    let published = &ready.published;
    let specs = published.specs();
    let Some(language) = ready.computed.languages.values().next() else { return Vec::new() };
    let mut faults = Vec::new();
    for period in (0..specs.programme.periods.len()).map(esep::period::PeriodIndex) {
        let numbers = Numbers::new(published, period);
        for (indicator, about) in specs.indicators_of(period) {
            for subject in numbers.subjects(indicator) {
                let question = Question { indicator, period, region: specs.hierarchy.top(), subject };
                let traced = trace::trace(published, language, question);
                let origin = traced.origin.as_ref().expect("this is internal");
                let sum = origin
                    .rows
                    .iter()
                    .fold((Amount::default(), Amount::default()), |sum, row| (sum.0 + row.numerator, sum.1 + row.denominator));
                let number = numbers.number(indicator, period, question.region, subject);
                let place = format!("{} {} {}", about.id, subject.id(), traced.number.period);
                // A total has no denominator: beside its sum stand the rows that it is over.
                let denominator = if about.is_total() { sum.1 } else { number.denominator };
                if about.is_summed() && number.value.is_ok() && sum != (number.numerator, denominator) {
                    faults.push(format!("{place}: {sum:?} and not {} / {}", number.numerator, number.denominator));
                }
                let odd = origin.rows.iter().filter_map(|row| row.left_out).find(|reason| !trace::REASONS.contains(reason));
                faults.extend(odd.map(|reason| format!("{place}: the reason {reason}")));
                let lacking = |expected: Option<u32>, reported: Option<u32>| Some(expected? - reported.unwrap_or_default());
                let lacking = lacking(traced.number.expected, traced.number.reported).unwrap_or_default()
                    + lacking(traced.number.numerator_expected, traced.number.numerator_reported).unwrap_or_default();
                let silent = origin.rows.iter().filter(|row| row.standing == Some("silent")).count() as u32;
                if about.is_from_rows() && lacking != silent {
                    faults.push(format!("{place}: {silent} without a return, and {lacking} lack"));
                }
                assert!(!trace::text::trace(language, &traced).is_empty());
            }
        }
    }
    for file in project.sources.inputs.values().flatten() {
        let told = goes(project, file.name.as_str());
        assert!(!trace::text::goes(language, &told).is_empty());
    }
    faults
}

#[test]
fn every_case_can_be_traced() {
    let mut faults = Vec::new();
    let mut rows = 0;
    for case in support::entries(&support::tests().join("cases")).expect("there are cases") {
        let folder = tempfile::tempdir().expect("a folder");
        support::assemble(&case, folder.path()).expect("a project");
        let project = load(folder.path());
        let name = case.file_name().expect("a name").to_string_lossy().into_owned();
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self::faults(&project))) {
            Ok(found) => faults.extend(found.into_iter().map(|fault| format!("{name}: {fault}"))),
            Err(_) => faults.push(format!("{name}: it panicked; the panic is printed above")),
        }
        rows += 1;
    }
    assert!(faults.is_empty() && rows > 100, "{}", faults.join("\n"));
}
