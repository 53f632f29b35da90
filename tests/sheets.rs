//! Sheets of units, as the units get them: what their pages say, where they stand, and what becomes of them when data are in doubt.

#[path = "support/pdf.rs"]
mod pdf;
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use esep::grid::Reader;
use esep::language::LanguageCode;
use esep::press::sheets::{self, Made, Options, Selection};
use esep::project::{self, Project};
use esep::protect::Audience;
use esep::region::RegionCode;
use esep::release::{Holding, Shelf};
use esep::typeset::Typesetter;
use tempfile::TempDir;

/// The project of a case in a folder of its own; `extra` is added to its programme.
fn case(name: &str, extra: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    support::assemble(&support::tests().join("cases").join(name), folder.path()).expect("the case is sound");
    let programme = folder.path().join("indicator-specs/programme.yaml");
    let text = fs::read_to_string(&programme).expect("there is a programme");
    fs::write(programme, text + extra).expect("it can be written");
    folder
}

fn load(folder: &TempDir) -> Project {
    project::load(folder.path(), &Reader::InProcess).expect("the project can be read")
}

/// Makes the sheets of the last period into `out`.
fn make(project: &Project, selection: &Selection, out: &Path, jobs: usize) -> Made {
    let ready = project.ready(Audience::Public).expect("the specifications are right");
    let units = sheets::units(&ready.published, ready.computed.latest()).expect("the programme names a dataset");
    let options = Options { selection: selection.clone(), jobs, typesetter: Typesetter::InProcess, keeps_sources: false };
    let shelf = Shelf::open(out, out, Holding::Sheets, true).expect("nobody else writes there");
    let made = sheets::make(&ready, &units, &options, &shelf, |_, _| {});
    let made = made.expect("they can be written");
    assert!(made.diagnostics.is_empty(), "{:?}", made.diagnostics);
    made
}

/// The files in a folder, by their paths with `/`.
fn tree(place: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = support::files(place).expect("it can be listed");
    let name = |file: &Path| file.strip_prefix(place).expect("it lies there").to_string_lossy().replace('\\', "/");
    files.iter().map(|file| (name(file), fs::read(file).expect("it can be read"))).collect()
}

/// What each sheet says, on one line; by its path.
fn pages(project: &Project, selection: &Selection) -> BTreeMap<String, String> {
    let out = tempfile::tempdir().expect("a folder");
    let made = make(project, selection, out.path(), 2);
    assert_eq!(made.pages, made.sheets, "each fits on a page");
    let sheets = tree(&made.place.expect("there are sheets")).into_iter().filter(|(path, _)| path.ends_with(".pdf"));
    let words = |bytes| pdf::text(bytes, &[]).split_whitespace().collect::<Vec<_>>().join(" ");
    sheets.map(|(path, bytes)| (path, words(bytes))).collect()
}

#[test]
fn a_sheet_says_what_a_unit_has_beside_its_region() {
    let folder = case("sheets-of-units", "");
    let pages = pages(&load(&folder), &Selection::default());
    assert_eq!(
        pages.keys().map(String::as_str).collect::<Vec<_>>(),
        [
            "en/10 North/11 Abay/100000000001 First. Not for publication.pdf",
            "en/10 North/11 Abay/100000000002 Second. Not for publication.pdf",
            "en/10 North/12 Birlik/100000000003 Third. Not for publication.pdf",
            "en/20 South/21 Abay/200000000001 Fourth- No. 4-5 #[x]-. Not for publication.pdf",
            "en/20 South/22 Kent/200000000002 Fifth. Not for publication.pdf",
            "ru/10 Север/11 Абай/100000000001 First. Не для публикации.pdf",
            "ru/10 Север/11 Абай/100000000002 Second. Не для публикации.pdf",
            "ru/10 Север/12 Бирлик/100000000003 Third. Не для публикации.pdf",
            "ru/20 Юг/21 Абай/200000000001 Fourth- No. 4-5 #[x]-. Не для публикации.pdf",
            "ru/20 Юг/22 Кент/200000000002 Fifth. Не для публикации.pdf",
        ]
    );
    for (key, said) in [
        // Has what is asked, and lacked it before.
        (
            "en/10 North/11 Abay/100000000001",
            "Here 1 indicator is answered by yes or no; it is met. Target not reached: “Trained teachers”.",
        ),
        ("en/10 North/11 Abay/100000000001", "1.1 Support rooms yes no 50.0% 66.7% * 60.0%"),
        ("en/10 North/11 Abay/100000000001", "2.1 Trained teachers 35.7% 10 / 28 23.1% 35.7% * 72.9% 50.0% 2030"),
        ("en/10 North/11 Abay/100000000001", "Teachers 30 28 Special teachers 2 2 Trained 10 6"),
        ("en/10 North/11 Abay/100000000001", "not for publication"),
        ("ru/10 Север/11 Абай/100000000001", "1.1 Кабинеты поддержки да нет 50,0 % 66,7 % * 60,0 %"),
        (
            "ru/10 Север/11 Абай/100000000001",
            "Здесь 1 показатель с ответом «да» или «нет»; он выполнен. Цель не достигнута: «Обученные педагоги».",
        ),
        // Lacks it, and refused an answer; did not report in the period before.
        ("en/10 North/11 Abay/100000000002", "by yes or no. Not met: “Support rooms”. Answers missing: “Trained teachers”."),
        ("en/10 North/11 Abay/100000000002", "1.1 Support rooms no 50.0% 66.7% * 60.0%"),
        ("en/10 North/11 Abay/100000000002", "2.1 Trained teachers n/a 35.7% *"),
        ("en/10 North/11 Abay/100000000002", "Teachers 12 Special teachers refused Trained 3"),
        ("en/10 North/11 Abay/100000000002", "The checks of these answers found nothing."),
        // Is not asked.
        ("en/10 North/12 Birlik/100000000003", "No indicator here is answered by yes or no."),
        ("en/10 North/12 Birlik/100000000003", "1.1 Support rooms × ×"),
        // Did not answer; its name is no markup.
        ("en/20 South/21 Abay/200000000001", "Fourth: No. 4/5 #[x]*"),
        ("en/20 South/21 Abay/200000000001", "by yes or no. Answers missing: “Support rooms”."),
        // Raises a question.
        (
            "en/20 South/22 Kent/200000000002",
            "Findings Severity What was found What to do warning Fifth: “Trained”, 17, is more than “teachers except special ones”, 14 (indicator 2.1) Correct one of the two numbers",
        ),
    ] {
        let (path, page) = pages.iter().find(|(path, _)| path.starts_with(key)).expect("it is there");
        assert!(page.contains(said), "{path} does not say “{said}”:\n{page}");
    }
}

#[test]
fn sheets_are_the_same_at_any_number_of_threads() {
    let folder = case("sheets-of-units", "");
    let project = load(&folder);
    let out = tempfile::tempdir().expect("a folder");
    let files = |jobs: usize| {
        let made = make(&project, &Selection::default(), &out.path().join(jobs.to_string()), jobs);
        tree(&made.place.expect("there are sheets"))
    };
    let one = files(1);
    assert!(one == files(3), "two runs over the same files differ");
    let manifest: serde_json::Value = serde_json::from_slice(&one["manifest.json"]).expect("the manifest is JSON");
    assert_eq!(manifest["files"].as_array().map(Vec::len), Some(10));
}

#[test]
fn regions_keys_and_languages_choose() {
    let folder = case("sheets-of-units", "");
    let project = load(&folder);
    let hierarchy = &project.computed.as_ref().expect("the specifications are right").specs.hierarchy;
    let regions = vec![hierarchy.find(&RegionCode::new("10")).expect("it is in the registry")];
    let languages = vec![LanguageCode::new("en")];
    let chosen = Selection { regions, keys: vec!["100000000003".into(), "200000000001".into()], languages };
    assert_eq!(
        pages(&project, &chosen).into_keys().collect::<Vec<_>>(),
        ["en/10 North/12 Birlik/100000000003 Third. Not for publication.pdf"]
    );
}

#[test]
fn rows_of_groups_beside_their_total_have_no_sheets() {
    let folder = case("../countries/totals-beside-their-groups", "sheets: absences\n");
    let sheets = pages(&load(&folder), &Selection::default());
    assert!(!sheets.is_empty());
    assert!(sheets.keys().all(|path| path.contains(", all, all")), "{:?}", sheets.keys());
}

#[test]
fn a_blocked_region_is_not_told_of_and_its_units_get_their_sheets() {
    let folder = case("an-error-withholds-its-regions", "sheets: passports\n");
    let project = load(&folder);
    let chosen = Selection { keys: vec!["100000000003".into()], ..Selection::default() };
    let pages = pages(&project, &chosen);
    let (path, page) = pages.first_key_value().expect("it is there");
    assert_eq!(path, "en/10 North/12 Birlik/100000000003 Third. Not for publication.pdf");
    assert!(page.contains("2.1 Trained teachers 100.0% 4 / 4 u u"), "{page}");
    assert!(page.contains("error Third: Teachers is 8"), "{page}");
}

#[test]
fn no_two_sheets_take_one_place() {
    let folder = case("sheets-of-units", "");
    let head = support::COLUMNS.join(",");
    let rows = ["A/1", "A:1"].map(|key| format!("{key},Same,North,Abay,State,Town,да,30,2,10\n"));
    fs::write(folder.path().join("inputs/2025/more.csv"), format!("{head}\n{}", rows.concat())).expect("written");
    let chosen =
        Selection { keys: vec!["A/1".into(), "A:1".into()], languages: vec![LanguageCode::new("en")], ..Selection::default() };
    let pages = pages(&load(&folder), &chosen);
    assert_eq!(
        pages.into_keys().collect::<Vec<_>>(),
        ["en/10 North/11 Abay/(2) A-1 Same. Not for publication.pdf", "en/10 North/11 Abay/A-1 Same. Not for publication.pdf"]
    );
}

#[test]
fn a_key_of_several_rows_tells_nothing_of_the_period_before() {
    let folder = case("sheets-of-units", "");
    let before = folder.path().join("inputs/2024/more.csv");
    let head = support::COLUMNS.join(",");
    let chosen =
        Selection { keys: vec!["100000000001".into()], languages: vec![LanguageCode::new("en")], ..Selection::default() };
    let of_one = |folder: &TempDir| pages(&load(folder), &chosen).into_values().next().expect("it is there");
    assert!(of_one(&folder).contains("Teachers 30 28"));
    // Another unit had the same key: whose answers these were cannot be told.
    fs::write(&before, format!("{head}\n100000000001,Stranger,South,Abay,Private,Village,да,77,7,5\n")).expect("written");
    let page = of_one(&folder);
    assert!(page.contains("Teachers 30 Special teachers 2"), "{page}");
    assert!(!page.contains("77"), "{page}");
    // Nor where the key stands twice now.
    fs::remove_file(&before).expect("removed");
    let now = folder.path().join("inputs/2025/more.csv");
    fs::write(&now, format!("{head}\n100000000001,Stranger,South,Kent,Private,Village,да,66,7,5\n")).expect("written");
    for page in pages(&load(&folder), &chosen).into_values() {
        assert!(!page.contains("Question 2025 2024"), "{page}");
        assert!(!page.contains("second time"), "the other row is somebody else's: {page}");
    }
    // Rows without a key belong to nobody.
    fs::write(&now, format!("{head}\n,Nobody,South,Kent,Private,Village,да,66,7,5\n")).expect("written");
    assert_eq!(pages(&load(&folder), &Selection::default()).len(), 10);
}

#[test]
fn what_should_not_be_has_the_sign_of_what_is_lacking() {
    let folder = case("sheets-of-units", "");
    let indicator = folder.path().join("indicator-specs/indicators/1.1-support-rooms.yaml");
    let text = fs::read_to_string(&indicator).expect("there is an indicator");
    fs::write(&indicator, text.replace("direction: up", "direction: down")).expect("written");
    let languages = vec![LanguageCode::new("en")];
    let of = |key: &str| {
        let chosen = Selection { keys: vec![key.into()], languages: languages.clone(), ..Selection::default() };
        pages(&load(&folder), &chosen).into_values().next().expect("it is there")
    };
    assert!(of("100000000001").contains("Not met: “Support rooms”"), "it has what it should not have");
    assert!(of("100000000002").contains("it is met"), "it lacks what it should not have");
}

#[test]
fn sheets_are_of_the_last_period_in_which_units_reported() {
    let folder = case("sheets-of-units", "");
    // The register of the next period comes before its answers.
    fs::create_dir(folder.path().join("inputs/2030")).expect("made");
    fs::copy(folder.path().join("inputs/2025/register.csv"), folder.path().join("inputs/2030/register.csv")).expect("copied");
    let project = load(&folder);
    let ready = project.ready(Audience::Public).expect("the specifications are right");
    let units = sheets::units(&ready.published, None).expect("the programme names a dataset");
    assert_eq!(ready.computed.specs.programme.periods[units.period.0].id, "2025");
    assert_eq!(units.len(), 5);
}

#[test]
fn a_sheet_names_the_blank_that_other_questions_depend_on() {
    let pages = pages(&load(&case("a-blank-that-others-depend-on", "")), &Selection::default());
    let of =
        |key: &str| pages.iter().find(|(path, _)| path.contains(key)).map(|(_, words)| words.as_str()).expect("it has a sheet");
    let first = of("100000000001");
    assert!(first.contains("“Support room” is not filled in: 3 other questions depend on this answer"), "{first}");
    assert!(first.contains("Fill in this cell first; the other questions depend on it"), "a check finds it: {first}");
    assert!(!first.contains("Answers missing"), "{first}");
    let third = of("100000000003");
    assert!(third.contains("Teachers × Special teachers × Trained ×"), "what is not asked does not apply: {third}");
}
