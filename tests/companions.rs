//! The workbooks beside reports and the tables of a release: how they are built, and that their numbers are those of `results.csv`.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use umya_spreadsheet::{Spreadsheet, Worksheet, reader};

/// Projects that together have every kind of number: parts, groups, several periods, all reasons for none.
const CASES: [&str; 5] =
    ["a-sound-project", "parts", "a-breakdown-with-not-stated", "another-country", "blank-zero-not-applicable-refused"];

/// The last release of a case, in English.
fn release(case: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    support::assemble(&support::tests().join("cases").join(case), folder.path()).expect("the case is sound");
    build(folder.path(), "out");
    let place = support::entries(&folder.path().join("out")).expect("there are releases").pop().expect("there is one");
    (folder, place)
}

fn build(project: &Path, out: &str) {
    let run = Command::new(env!("CARGO_BIN_EXE_esep"))
        .args(["build", "--quiet", "--language", "en", "--out", out])
        .current_dir(project)
        .output()
        .expect("the program runs");
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
}

fn of_kind(place: &Path, extension: &str) -> Vec<PathBuf> {
    let files = support::files(place).expect("the release can be listed");
    files.into_iter().filter(|file| file.extension().is_some_and(|found| found == extension)).collect()
}

fn open(path: &Path) -> Spreadsheet {
    reader::xlsx::read(path).expect("a workbook")
}

/// A table of a sheet: headers and rows.
struct Table {
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn column(&self, header: &str) -> usize {
        self.headers.iter().position(|known| known == header).unwrap_or_else(|| panic!("`{header}` among {:?}", self.headers))
    }

    /// The first column with such a header: that of the reporting period.
    fn value(&self) -> usize {
        self.headers.iter().position(|known| known.starts_with("Value, ")).expect("there is a value")
    }
}

/// The only table of a sheet, which it must fill from the first column to the last row.
fn table(sheet: &Worksheet) -> Table {
    let name = sheet.get_name();
    let [marked] = sheet.get_tables() else { panic!("`{name}` has one marked-up table") };
    let (from, to) = marked.get_area();
    let (left, top) = (*from.get_col_num(), *from.get_row_num());
    let (right, bottom) = (*to.get_col_num(), *to.get_row_num());
    assert_eq!(left, 1, "the table of `{name}` begins in column A");
    assert_eq!((right, bottom), sheet.get_highest_column_and_row(), "nothing stands beside or below the table of `{name}`");
    let text = |column: u32, row: u32| {
        let value = sheet.get_value((column, row));
        assert_eq!(value.trim(), value, "`{name}` row {row} column {column} has no blanks around it");
        assert!(!value.is_empty(), "`{name}` row {row} column {column} is not empty");
        value
    };
    let row = |row: u32| (left..=right).map(|column| text(column, row)).collect::<Vec<String>>();
    let headers = row(top);
    let differing: BTreeSet<String> = headers.iter().map(|header| header.to_lowercase()).collect();
    assert_eq!(differing.len(), headers.len(), "headers of `{name}` differ: {headers:?}");
    let known: Vec<&str> = marked.get_columns().iter().map(|column| column.get_name()).collect();
    assert_eq!(known, headers, "the table's columns are called as its header row says");
    Table { headers, rows: (top + 1..=bottom).map(row).collect() }
}

#[test]
fn a_workbook_has_cover_contents_notes_and_a_table_a_sheet() {
    for case in CASES {
        let (_project, place) = release(case);
        let workbooks = of_kind(&place, "xlsx");
        assert!(!workbooks.is_empty());
        for path in workbooks {
            assert!(path.with_extension("pdf").is_file(), "{} stands beside a report", path.display());
            check_structure(&open(&path));
        }
    }
}

fn check_structure(book: &Spreadsheet) {
    let sheets = book.get_sheet_collection();
    let names: Vec<&str> = sheets.iter().map(|sheet| sheet.get_name()).collect();
    assert_eq!(names[..3], ["Cover", "Contents", "Notes"]);
    assert!(names.iter().all(|name| name.chars().count() <= 31), "{names:?}");
    assert!(!book.get_properties().get_title().is_empty());
    assert!(!book.get_properties().get_created().is_empty());
    let custom = book.get_properties().get_custom_properties().get_custom_document_property_list();
    assert!(custom.iter().any(|property| property.get_name() == "Language"));

    let mut ids = BTreeSet::new();
    for sheet in sheets {
        let name = sheet.get_name();
        assert!(sheet.get_merge_cells().is_empty(), "`{name}` has no merged cells");
        assert_ne!(sheet.get_sheet_state(), "hidden");
        assert!(sheet.get_column_dimensions().iter().all(|column| !column.get_hidden()), "`{name}` hides no column");
        assert!(sheet.get_row_dimensions().iter().all(|row| !row.get_hidden()), "`{name}` hides no row");
        assert!(!sheet.get_value("A1").is_empty(), "`{name}` has a title");
        for marked in sheet.get_tables() {
            assert!(ids.insert(marked.get_name().to_owned()), "two tables are called `{}`", marked.get_name());
        }
        if name != "Cover" {
            assert_eq!(sheet.get_value("A2"), "There is one table on this sheet.");
            check_numbers(name, sheet, &table(sheet));
        }
    }
    assert!(sheets[0].get_tables().is_empty());
    check_links(book, &names);
    check_notes(book);
}

/// A column with a number has nothing else but short forms in square brackets, and no number is text.
fn check_numbers(name: &str, sheet: &Worksheet, table: &Table) {
    let first = sheet.get_highest_row() - table.rows.len() as u32 + 1;
    for (column, header) in table.headers.iter().enumerate() {
        let cell = |row: usize| sheet.get_cell((column as u32 + 1, first + row as u32)).expect("no cell is empty");
        let numbers = (0..table.rows.len()).filter(|&row| cell(row).get_data_type() == "n").count();
        let words = table.rows.iter().filter(|row| row[column].starts_with('[') && row[column].ends_with(']')).count();
        if numbers > 0 {
            assert_eq!(numbers + words, table.rows.len(), "`{header}` of `{name}` holds numbers and short forms");
        } else if !["No.", "Region code", "Period of the target"].contains(&header.as_str()) {
            let text = table.rows.iter().find(|row| row[column].parse::<f64>().is_ok());
            assert!(text.is_none(), "`{header}` of `{name}` holds a number as text: {text:?}");
        }
    }
}

/// Contents lead to every sheet that follows, and every sheet leads back to them and to the notes.
fn check_links(book: &Spreadsheet, names: &[&str]) {
    let contents = book.get_sheet_by_name("Contents").expect("it is there");
    let listed = table(contents);
    let first = contents.get_highest_row() - listed.rows.len() as u32 + 1;
    assert_eq!(listed.rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), names[2..]);
    for (row, listed) in (first..).zip(&listed.rows) {
        let link = contents.get_cell((1, row)).and_then(|cell| cell.get_hyperlink()).expect("it is a link");
        assert_eq!(link.get_url(), format!("'{}'!A1", listed[0]));
        let sheet = book.get_sheet_by_name(&listed[0]).expect("the link leads to a sheet");
        assert_eq!(table(sheet).rows.len().to_string(), listed[2]);
        assert_eq!(sheet.get_value("A1"), listed[1]);
        let links: Vec<&str> = (1..7).filter_map(|row| Some(sheet.get_cell((1, row))?.get_hyperlink()?.get_url())).collect();
        let expected: &[&str] = if listed[0] == "Notes" { &["'Contents'!A1"] } else { &["'Notes'!A1", "'Contents'!A1"] };
        assert_eq!(links, expected);
    }
}

/// Every short form in a cell is explained.
fn check_notes(book: &Spreadsheet) {
    let notes = table(book.get_sheet_by_name("Notes").expect("it is there"));
    let explained: BTreeSet<&str> = notes.rows.iter().map(|row| row[0].as_str()).collect();
    for sheet in book.get_sheet_collection().iter().skip(3) {
        for cell in table(sheet).rows.iter().flatten().filter(|cell| cell.starts_with('[')) {
            for form in cell.split_inclusive(']') {
                assert!(explained.contains(form), "`{form}` of `{}` is explained", sheet.get_name());
            }
        }
    }
}

/// A line of `results.csv`.
type Line = BTreeMap<String, String>;

fn lines(place: &Path) -> Vec<Line> {
    let mut reader = csv::Reader::from_path(place.join("results.csv")).expect("there is a table");
    reader.deserialize().map(|line| line.expect("a line")).collect()
}

/// A cell of a workbook says the same as a field of `results.csv`: the same number, or a reason for none.
fn agree(cell: &str, field: &str, line: &Line) {
    let is_count = ["expected", "reported", "answered"].contains(&field);
    let short = match line["missing"].as_str() {
        _ if is_count && line[field].is_empty() => "[none]",
        _ if is_count => "",
        "not-reported" => "[x]",
        "not-applicable" => "[z]",
        "zero-denominator" => "[no units]",
        _ => "",
    };
    if short.is_empty() {
        let number = |text: &str| text.parse::<f64>().unwrap_or_else(|_| panic!("`{text}` is a number: {field} of {line:?}"));
        assert_eq!(number(cell), number(&line[field]), "{field} of {line:?}");
    } else {
        assert_eq!(cell, short, "{field} of {line:?}");
    }
}

fn agrees(table: &Table, row: &[String], line: &Line) {
    agree(&row[table.value()], "value", line);
    for (header, field) in [
        ("Numerator", "numerator"),
        ("Denominator", "denominator"),
        ("Expected", "expected"),
        ("Received", "reported"),
        ("Answered", "answered"),
    ] {
        agree(&row[table.column(header)], field, line);
    }
}

#[test]
fn numbers_of_workbooks_are_those_of_the_results() {
    for case in CASES {
        let (_project, place) = release(case);
        let lines = lines(&place);
        let mut compared = 0;
        for path in of_kind(&place, "xlsx") {
            let book = open(&path);
            let sheet = |name: &str| book.get_sheet_by_name(name).map(table);
            let coverage = sheet("Completeness of the data").expect("every report has it");
            let region = &coverage.rows[0][coverage.column("Region code")];

            let summary = sheet("Summary of indicators").expect("every report has it");
            let own =
                |slice: bool| lines.iter().filter(move |line| line["region"] == *region && line["slice"].is_empty() != slice);
            assert_eq!(summary.rows.len(), own(false).count());
            for (row, line) in summary.rows.iter().zip(own(false)) {
                assert_eq!(row[0], line["indicator"]);
                agrees(&summary, row, line);
                compared += 1;
            }
            let trend = sheet("By period").expect("every report has it");
            let last: Vec<Option<&String>> = trend.rows.iter().map(|row| row.last()).collect();
            let values: Vec<Option<&String>> = summary.rows.iter().map(|row| row.get(summary.value())).collect();
            assert_eq!(last, values, "the trend of {region} ends with the value of the period");
            let groups = sheet("Groups and parts");
            assert_eq!(groups.as_ref().map_or(0, |groups| groups.rows.len()), own(true).count());
            for (row, line) in groups.iter().flat_map(|groups| &groups.rows).zip(own(true)) {
                assert_eq!(row[0], line["indicator"]);
                agrees(groups.as_ref().expect("it has rows"), row, line);
                compared += 1;
            }
            if let Some(below) = sheet("Regions within") {
                for row in &below.rows {
                    let is_it = |line: &&Line| {
                        line["indicator"] == row[0]
                            && line["region"] == row[below.column("Region code")]
                            && line["slice"].is_empty()
                    };
                    agrees(&below, row, lines.iter().find(is_it).expect("the results have it"));
                    compared += 1;
                }
            }
        }
        assert!(compared > 0, "{case}");
    }
}

#[test]
fn results_as_json_say_the_same_as_the_csv_and_name_everything() {
    for case in CASES {
        let (_project, place) = release(case);
        let text = fs::read_to_string(place.join("results.json")).expect("there are results");
        let results: serde_json::Value = serde_json::from_str(&text).expect("they are JSON");
        let list = |key: &str| results[key].as_array().expect("a list").clone();
        let (rows, lines) = (list("rows"), lines(&place));
        assert_eq!(rows.len(), lines.len());
        let known = |key: &str, id: &str| -> BTreeSet<String> {
            list(key).iter().map(|entry| entry[id].as_str().expect("a name").to_owned()).collect()
        };
        let (indicators, regions, periods) = (known("indicators", "id"), known("regions", "code"), known("periods", "id"));
        let slices: BTreeSet<(String, String)> = list("indicators")
            .iter()
            .flat_map(|indicator| {
                let slices = indicator["slices"].as_array().expect("a list");
                slices.iter().map(|slice| (indicator["id"].to_string(), slice["id"].to_string())).collect::<Vec<_>>()
            })
            .collect();
        for (row, line) in rows.iter().zip(&lines) {
            for field in ["period", "indicator", "region", "slice"] {
                assert_eq!(row[field], line[field].as_str());
            }
            for field in ["numerator", "denominator", "value", "expected", "reported", "answered"] {
                assert_eq!(row[field].as_f64(), line[field].parse().ok(), "{field} of {row}");
            }
            assert_eq!(row["missing"].as_str().unwrap_or_default(), line["missing"]);
            assert!(indicators.contains(&line["indicator"]) && regions.contains(&line["region"]));
            assert!(periods.contains(&line["period"]));
            assert!(line["slice"].is_empty() || slices.contains(&(row["indicator"].to_string(), row["slice"].to_string())));
        }
        let languages = results["publication"]["languages"].as_array().expect("a list").len();
        for (key, list) in [("regions", list("regions")), ("indicators", list("indicators")), ("sections", list("sections"))] {
            for entry in list {
                assert_eq!(entry["name"].as_object().map(serde_json::Map::len), Some(languages), "{key}: {entry}");
            }
        }
    }
}

#[test]
fn the_manifest_lists_workbooks_and_they_have_the_same_bytes_again() {
    let (project, place) = release("a-sound-project");
    let text = fs::read_to_string(place.join("manifest.json")).expect("there is a manifest");
    let manifest: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let entries = manifest["companions"].as_array().expect("a list");
    let listed: BTreeSet<PathBuf> = entries.iter().map(|entry| place.join(entry["path"].as_str().expect("a path"))).collect();
    assert_eq!(listed, of_kind(&place, "xlsx").into_iter().collect());
    for entry in entries {
        assert_eq!(entry["kind"], "workbook");
        let bytes = fs::read(place.join(entry["path"].as_str().expect("a path"))).expect("it is there");
        assert_eq!(entry["size"], bytes.len());
        assert_eq!(entry["sha256"], esep::digest::sha256(&bytes));
        let of = manifest["reports"].as_array().expect("a list").iter().find(|report| report["path"] == entry["of"]);
        assert_eq!(of.expect("it stands beside a report")["kind"], "report");
    }
    let tables: Vec<&str> =
        manifest["tables"].as_array().expect("a list").iter().filter_map(|table| table["path"].as_str()).collect();
    assert_eq!(tables, ["editions.json", "results.csv", "results.json"]);

    build(project.path(), "again");
    for path in of_kind(&place, "xlsx") {
        let again = project.path().join("again").join("2025").join(path.strip_prefix(&place).expect("it lies there"));
        assert_eq!(fs::read(&path).expect("it is there"), fs::read(again).expect("it is there"));
    }
}
