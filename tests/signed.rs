//! What the person who signs a release is given: every number that is withheld, in a folder that nobody publishes.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::said;
use tempfile::TempDir;
use umya_spreadsheet::{Worksheet, reader};

const INTERNAL: &str = "For internal use, not for publication";
const BOOK: &str = "Withheld numbers. Not for publication.xlsx";

/// The base of the cases; its teachers are persons of whom small counts are withheld.
fn project() -> TempDir {
    let folder = support::case("a-sound-project");
    let dataset = folder.path().join("indicator-specs/datasets/passports.yaml");
    let text = fs::read_to_string(&dataset).expect("there is a dataset");
    fs::write(&dataset, text.replace("max: 500 }", "max: 500, sensitive: true }")).expect("it can be written");
    folder
}

/// What stands in a sheet, row by row.
fn rows(sheet: &Worksheet) -> Vec<Vec<String>> {
    let (last_column, last_row) = sheet.get_highest_column_and_row();
    let row = |row: u32| (1..=last_column).map(|column| sheet.get_value((column, row))).collect();
    (1..=last_row).map(row).collect()
}

/// The sheets of the workbook of a period by their names.
fn sheets(project: &TempDir) -> Vec<(String, Vec<Vec<String>>)> {
    let book = reader::xlsx::read(project.path().join("private/disclosure/2025").join(BOOK)).expect("a workbook");
    let sheets = book.get_sheet_collection_no_check();
    sheets.iter().map(|sheet| (sheet.get_name().to_owned(), rows(sheet))).collect()
}

/// Some columns of the rows below the header that holds `header`.
fn listed(sheet: &[Vec<String>], columns: &[&str]) -> Vec<String> {
    let head = sheet.iter().position(|row| row.iter().any(|cell| cell == columns[0])).expect("there is a header");
    let places: Vec<usize> = columns
        .iter()
        .map(|column| {
            sheet[head].iter().position(|cell| cell == column).unwrap_or_else(|| panic!("`{column}`: {:?}", sheet[head]))
        })
        .collect();
    sheet[head + 1..].iter().map(|row| places.iter().map(|&place| row[place].as_str()).collect::<Vec<_>>().join(" | ")).collect()
}

fn files(place: &Path) -> Vec<PathBuf> {
    support::files(place).expect("it can be listed")
}

#[test]
fn every_withheld_number_is_listed_with_its_reason_and_its_range() {
    let project = project();
    let told = said(&project, &["disclosure", "--language", "en"], 0);
    assert!(told.contains("1 period in `private/disclosure`") && told.contains("not for publication"), "{told}");
    let sheets = sheets(&project);
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Summary", "Withheld numbers", "Small, printed nowhere", "What hides small counts"]);
    for (name, rows) in &sheets {
        assert!(rows.iter().any(|row| row[0] == INTERNAL), "`{name}` does not say for whom it is");
    }
    let costs = listed(&sheets[0].1, &["Level", "Numbers if nothing were withheld", "Published", "Withheld as small"]);
    assert_eq!(costs, ["[none] | 14 | 8 | 2", "Republic | 2 | 2 | 0", "Oblast | 4 | 4 | 0", "District | 8 | 2 | 2"]);
    let withheld = listed(&sheets[1].1, &["Part", "Region code", "Persons", "Why"]);
    // Four teachers of Birlik, all of them trained, would follow from those of Abay; four of the other Abay are not trained.
    let expected = [
        "Numerator | 11 | 13 | Withheld for the sake of others",
        "Numerator | 12 | 4 | Withheld as small",
        "Numerator | 21 | 20 | Withheld for the sake of others",
        "Numerator | 22 | 7 | Withheld for the sake of others",
        "Denominator | 11 | 40 | Withheld for the sake of others",
        "Denominator | 12 | 4 | Withheld as small",
    ];
    assert_eq!(withheld, expected);
    let sakes = listed(&sheets[1].1, &["Region code", "For whose sake"]);
    assert!(sakes.contains(&"11 | 2.1, Numerator, 12 Birlik".to_owned()), "{sakes:?}");
    // What is printed nowhere must only have two values.
    for (rows, width) in [(&sheets[1].1, 3), (&sheets[2].1, 1)] {
        for range in listed(rows, &["Persons", "Shown to be possible: from", "Shown to be possible: to"]) {
            let numbers: Vec<i64> = range.split(" | ").map(|number| number.parse().expect("a number")).collect();
            let [persons, least, most] = numbers[..] else { panic!("{range}") };
            assert!(0 <= least && least <= persons && persons <= most && most - least >= width, "{range}");
        }
    }
    let unprinted = listed(&sheets[2].1, &["Part", "Region code", "Persons"]);
    assert!(unprinted.contains(&"what the numerator leaves of the denominator | 21 | 4".to_owned()), "{unprinted:?}");
    let hiding = listed(&sheets[3].1, &["Small count", "Not published beside it in an equation"]);
    assert!(hiding.contains(&"2.1, Numerator, 12 Birlik | 2.1, Numerator, 11 Abay".to_owned()), "{hiding:?}");
}

#[test]
fn the_system_is_written_for_a_judge_and_nobody_else_may_read_it() {
    let project = project();
    said(&project, &["disclosure", "--language", "en"], 0);
    let place = project.path().join("private/disclosure/2025");
    let names: Vec<String> =
        files(&place).iter().map(|file| file.file_name().expect("it has a name").to_string_lossy().into_owned()).collect();
    assert_eq!(names, [BOOK, "manifest.json", "system.jj"]);
    let manifest = fs::read_to_string(place.join("manifest.json")).expect("there is a manifest");
    assert!(manifest.contains(r#""holds": "withheld numbers""#), "{manifest}");
    let system = fs::read_to_string(place.join("system.jj")).expect("there is a system");
    let mut lines = system.lines();
    assert_eq!(lines.next(), Some("0"));
    let cells: usize = lines.next().and_then(|line| line.parse().ok()).expect("the number of cells");
    let statuses: Vec<&str> = lines.take(cells).filter_map(|line| line.split(' ').nth(3)).collect();
    assert!(statuses.len() == cells && statuses.iter().all(|status| ["s", "u", "m"].contains(status)), "{system}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for path in files(&place).iter().chain([&place]) {
            let mode = fs::metadata(path).expect("it is there").permissions().mode();
            assert_eq!(mode & 0o077, 0, "others may read `{}`", path.display());
        }
    }
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let project = project();
    said(&project, &["disclosure", "--language", "ru", "--out", "one"], 0);
    said(&project, &["disclosure", "--language", "ru", "--period", "2025", "--out", "two"], 0);
    let bytes = |out: &str| -> Vec<Vec<u8>> {
        files(&project.path().join(out)).iter().map(|file| fs::read(file).expect("it can be read")).collect()
    };
    assert_eq!(bytes("one"), bytes("two"));
}

#[test]
fn it_never_stands_among_releases_and_no_release_stands_beside_it() {
    let project = project();
    said(&project, &["build", "--language", "en", "--level", "republic"], 0);
    let told = said(&project, &["disclosure", "--out", "out"], 2);
    assert!(told.contains("/out` is a folder of releases"), "{told}");
    said(&project, &["disclosure"], 0);
    let told = said(&project, &["build", "--language", "en", "--out", "private/disclosure"], 2);
    assert!(told.contains("holds withheld numbers, which are never published"), "{told}");
}

#[test]
fn a_project_that_counts_no_persons_is_told_so() {
    let folder = support::case("a-sound-project");
    let told = said(&folder, &["disclosure"], 0);
    assert!(told.contains("nothing is withheld: no dataset or field of persons is `sensitive`"), "{told}");
}
