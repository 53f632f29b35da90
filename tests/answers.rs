//! Workbooks for offices: blank ones to be filled in, and their own with what was found.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::{Command, Output};

use rust_xlsxwriter::{
    Chart, ChartType, Color, ConditionalFormatCell, ConditionalFormatCellRule, DataValidation, Format, FormatBorder, Formula,
    Note, Table, Workbook,
};
use support::COLUMNS;
use tempfile::TempDir;
use umya_spreadsheet::{Spreadsheet, reader, writer};

fn esep(at: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_esep")).args(arguments).current_dir(at).output().expect("the program runs")
}

#[track_caller]
fn runs(at: &Path, arguments: &[&str], code: i32) -> String {
    let output = esep(at, arguments);
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}:\n{text}");
    text
}

/// A case's project, with reports in two languages.
fn project(case: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    support::assemble(&support::tests().join("cases").join(case), folder.path()).expect("the case is sound");
    let programme = folder.path().join("indicator-specs/programme.yaml");
    let text = fs::read_to_string(&programme).expect("a programme");
    fs::write(&programme, text.replace("publish: [en]", "publish: [en, ru]")).expect("written");
    folder
}

fn open(path: &Path) -> Spreadsheet {
    reader::xlsx::read(path).expect("a workbook")
}

fn text(book: &Spreadsheet, sheet: &str, cell: &str) -> String {
    book.get_sheet_by_name(sheet).expect("the sheet is there").get_value(cell)
}

#[test]
fn a_form_lists_what_is_known_and_asks_for_the_rest() {
    let project = project("a-sound-project");
    let said = runs(project.path(), &["forms"], 0);
    assert_eq!(said, "2 workbooks in `out/forms/2030`\n");
    let book = open(&project.path().join("out/forms/2030/10 North.xlsx"));
    let names: Vec<&str> = book.get_sheet_collection().iter().map(|sheet| sheet.get_name()).collect();
    assert_eq!(names, ["Instructions – Инструкция", "Passports", "2025 – Passports", "Lists"]);
    // Names in the other language above, in the lead language right above the data.
    assert_eq!(text(&book, "Passports", "A5"), "БИН");
    assert_eq!(text(&book, "Passports", "A6"), "BIN");
    assert!(!text(&book, "Passports", "A7").is_empty());
    assert_eq!(text(&book, "Passports", "A7"), text(&book, "2025 – Passports", "A7"));
    assert_eq!(text(&book, "Passports", "H7"), "");
    assert!(!text(&book, "2025 – Passports", "H7").is_empty());
    let sheet = book.get_sheet_by_name("Passports").expect("the sheet is there");
    let locked = |cell: &str| sheet.get_style(cell).get_protection().is_none_or(|protection| *protection.get_locked());
    assert!(locked("A7") && locked("D7") && locked("H6"));
    assert!(!locked("E7") && !locked("H7"));
}

#[test]
fn a_form_that_was_filled_in_comes_through_without_a_finding() {
    let project = project("a-sound-project");
    runs(project.path(), &["forms"], 0);
    let inputs = project.path().join("inputs/2030");
    fs::create_dir_all(&inputs).expect("made");
    fs::copy(project.path().join("inputs/2025/register.csv"), inputs.join("register.csv")).expect("copied");
    for path in support::files(&project.path().join("out/forms/2030")).expect("listed") {
        if path.extension().is_none_or(|extension| extension != "xlsx") {
            continue;
        }
        let mut book = open(&path);
        let sheet = book.get_sheet_by_name_mut("Passports").expect("the sheet is there");
        for row in (7..).take_while(|row| !sheet.get_value((1, *row)).is_empty()).collect::<Vec<u32>>() {
            for (column, value) in [(7, "yes"), (8, "12"), (9, "3"), (10, "9")] {
                let cell = sheet.get_cell_mut((column, row));
                assert!(cell.get_style().get_protection().is_some_and(|protection| !protection.get_locked()));
                cell.set_value(value);
            }
        }
        writer::xlsx::write(&book, inputs.join(path.file_name().expect("it has a name"))).expect("written");
    }
    let said = runs(project.path(), &["check"], 0);
    assert!(said.ends_with("6 workbooks checked: nothing found\n"), "{said}");
    let results = runs(project.path(), &["results", "--period", "2030"], 0);
    assert!(results.contains("\n2030,2.1,0,Republic,republic,,45,45,"), "{results}");
    // `tests/libreoffice.sh` goes on with the project.
    if let Some(keep) = std::env::var_os("ESEP_KEEP") {
        fs::rename(project.keep(), keep).expect("moved");
    }
}

#[test]
fn forms_have_the_same_bytes_again() {
    let project = project("a-sound-project");
    runs(project.path(), &["forms", "--out", "one"], 0);
    runs(project.path(), &["forms", "--out", "two"], 0);
    let bytes = |out: &str| {
        let files = support::files(&project.path().join(out)).expect("listed");
        files.into_iter().map(|path| fs::read(path).expect("read")).collect::<Vec<_>>()
    };
    assert_eq!(bytes("one"), bytes("two"));
}

#[test]
fn a_region_or_a_period_that_nobody_knows_is_named() {
    let project = project("a-sound-project");
    assert!(runs(project.path(), &["forms", "--region", "99"], 2).contains("unknown region `99`"));
    assert!(runs(project.path(), &["forms", "--period", "1999"], 2).contains("unknown period `1999`"));
    assert_eq!(runs(project.path(), &["--quiet", "forms", "--region", "10"], 0), "");
}

/// A workbook as an office might have furnished it, with two faults: a word for a count (H5), and a district left blank (D6).
fn rich() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Passports").expect("a name");
    let title = Format::new().set_bold().set_font_size(14).set_background_color(Color::RGB(0xDDEBF7));
    sheet.merge_range(0, 0, 0, 9, "Passports of the organisations", &title).expect("merged");
    let head = Format::new().set_bold().set_border(FormatBorder::Thin).set_text_wrap();
    for (column, header) in COLUMNS.iter().enumerate() {
        sheet.write_with_format(2, column as u16, *header, &head).expect("written");
    }
    let green = Format::new().set_background_color(Color::RGB(0xE2EFDA)).set_border(FormatBorder::Dotted);
    for (row, (bin, name, district)) in
        [("100000000001", "First", "Abay"), ("100000000002", "Second", "Abay"), ("100000000003", "Third", "")]
            .into_iter()
            .enumerate()
    {
        let row = row as u32 + 3;
        for (column, text) in [bin, name, "North", district, "State", "town", "yes"].into_iter().enumerate() {
            if !text.is_empty() {
                sheet.write_string(row, column as u16, text).expect("written");
            }
        }
        sheet.write_number_with_format(row, 7, 30, &green).expect("written");
        sheet.write_number(row, 8, 2).expect("written");
        sheet.write_formula(row, 9, Formula::new(format!("=H{0}-I{0}-10", row + 1)).set_result("18")).expect("written");
    }
    sheet.write_string_with_format(4, 7, "много", &green).expect("written");
    sheet.insert_note(4, 7, &Note::new("as the head said").set_author("Office")).expect("noted");
    sheet.insert_note(3, 1, &Note::new("the oldest one").set_author("Office")).expect("noted");
    sheet.set_column_width(1, 42).expect("wide");
    sheet.set_row_height(2, 48).expect("high");
    sheet.set_freeze_panes(3, 2).expect("frozen");
    sheet
        .add_data_validation(3, 6, 20, 6, &DataValidation::new().allow_list_strings(&["yes", "no"]).expect("short"))
        .expect("ruled");
    let many =
        ConditionalFormatCell::new().set_rule(ConditionalFormatCellRule::GreaterThan(100)).set_format(Format::new().set_bold());
    sheet.add_conditional_format(3, 7, 20, 7, &many).expect("ruled");
    let other = book.add_worksheet();
    other.set_name("Own count").expect("a name");
    other.write_string(0, 0, "Year").and_then(|sheet| sheet.write_string(0, 1, "Sum")).expect("written");
    other.write_number(1, 0, 2025).and_then(|sheet| sheet.write_formula(1, 1, "=SUM(Passports!I4:I6)")).expect("written");
    other.add_table(0, 0, 2, 1, &Table::new()).expect("a table");
    let mut chart = Chart::new(ChartType::Column);
    chart.add_series().set_values("'Own count'!$B$2:$B$2");
    other.insert_chart(4, 3, &chart).expect("a chart");
    book.define_name("Rate", "=0.5").expect("named");
    book.save_to_buffer().expect("written to memory")
}

/// The parts of a workbook's archive.
fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes.to_vec())).expect("an archive");
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).expect("a part");
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).expect("read");
            (part.name().expect("it has a name").into_owned(), bytes)
        })
        .collect()
}

/// A project in which the northern office has sent this.
fn with_north(bytes: &[u8]) -> TempDir {
    let project = project("a-sound-project");
    fs::write(project.path().join("inputs/2025/north.xlsx"), bytes).expect("written");
    project
}

fn fill(book: &Spreadsheet, cell: &str) -> String {
    let style = book.get_sheet_by_name("Passports").expect("the sheet is there").get_style(cell);
    style.get_background_color().map_or_else(String::new, |colour| colour.get_argb().to_owned())
}

fn comment(book: &Spreadsheet, cell: &str) -> Option<String> {
    let sheet = book.get_sheet_by_name("Passports").expect("the sheet is there");
    let comment = sheet.get_comments().iter().find(|comment| comment.get_coordinate().to_string() == cell)?;
    Some(comment.get_text().get_rich_text().map_or_else(String::new, |text| text.get_text().into_owned()))
}

#[test]
fn an_answer_marks_the_cells_and_changes_nothing_else() {
    let sent = rich();
    let project = with_north(&sent);
    let said = runs(project.path(), &["answer"], 0);
    assert_eq!(said, "1 answer in `out/answers`\n", "{}", runs(project.path(), &["check"], 1));
    let path = project.path().join("out/answers/2025/north.xlsx");
    let answer = fs::read(&path).expect("the answer is there");
    // Parts that are not concerned keep their bytes.
    let (before, after) = (parts(&sent), parts(&answer));
    let changed: Vec<&str> =
        before.iter().filter(|(name, bytes)| after.get(*name) != Some(bytes)).map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        changed,
        [
            "[Content_Types].xml",
            "xl/_rels/workbook.xml.rels",
            "xl/comments1.xml",
            "xl/drawings/vmlDrawing1.vml",
            "xl/styles.xml",
            "xl/workbook.xml",
            "xl/worksheets/sheet1.xml"
        ]
    );
    let book = open(&path);
    assert_eq!(fill(&book, "H5"), "FFFFC7C9");
    assert_eq!(fill(&book, "D6"), "FFFFC7C9");
    assert_eq!(fill(&book, "H4"), "FFE2EFDA");
    let own = comment(&book, "H5").expect("there is a comment");
    assert!(own.contains("as the head said"), "{own}");
    assert!(own.contains("“Teachers” asks for a whole number and holds “много”"), "{own}");
    assert!(own.contains("В «Педагоги» ожидается целое число, стоит «много»"), "{own}");
    assert!(comment(&book, "D6").expect("there is a comment").contains("Не заполнено: «Район»"));
    assert!(comment(&book, "B4").expect("there is a comment").ends_with("the oldest one"));
    assert_eq!(text(&book, "Passports", "H5"), "много");
    // The list of findings.
    let list = "Findings – Замечания";
    assert_eq!(text(&book, list, "A3"), "Place / Место");
    let places: Vec<String> = (4..8).map(|row| text(&book, list, &format!("A{row}"))).collect();
    assert!(places.contains(&"Passports!H5".to_owned()) && places.contains(&"Passports!D6".to_owned()), "{places:?}");
    // Cells outside the marked ones have the format they had.
    let sheet =
        |bytes: &[u8]| String::from_utf8(parts(bytes).remove("xl/worksheets/sheet1.xml").expect("a sheet")).expect("text");
    let cells = |text: &str| text.split("<c ").map(str::to_owned).collect::<Vec<_>>();
    let (before, after) = (cells(&sheet(&sent)), cells(&sheet(&answer)));
    let same = before.iter().filter(|cell| after.contains(cell)).count();
    assert_eq!(same, before.len() - 1, "only the cell with the word has another format");
}

#[test]
fn a_second_answer_renews_the_marks_and_tells_what_was_mended() {
    let project = with_north(&rich());
    let (sent, back) = (project.path().join("inputs/2025/north.xlsx"), project.path().join("out/answers/2025/north.xlsx"));
    runs(project.path(), &["answer"], 0);
    fs::copy(&back, &sent).expect("sent again");
    runs(project.path(), &["answer"], 0);
    let second = fs::read(&back).expect("there");
    let list = "Findings – Замечания";
    assert!(text(&open(&back), list, "B2").contains("new / новое: 0"), "{}", text(&open(&back), list, "B2"));
    assert_eq!(text(&open(&back), list, "B4"), "remaining / осталось");
    fs::copy(&back, &sent).expect("sent again");
    runs(project.path(), &["answer"], 0);
    assert_eq!(fs::read(&back).expect("there"), second, "an unchanged workbook gets the same answer");

    // The office mends one of the two, and saves with another program.
    let mut book = open(&sent);
    book.get_sheet_by_name_mut("Passports").expect("there").get_cell_mut("H5").set_value_number(30);
    writer::xlsx::write(&book, &sent).expect("saved");
    runs(project.path(), &["answer"], 0);
    let book = open(&back);
    assert_eq!(fill(&book, "H5"), "FFE2EFDA", "the fill of before is back");
    assert_eq!(fill(&book, "D6"), "FFFFC7C9");
    assert!(comment(&book, "H5").expect("the office's own is there").ends_with("as the head said"));
    assert!(text(&book, list, "B2").contains("fixed / исправлено: 1"), "{}", text(&book, list, "B2"));
    let states: Vec<String> = (4..8).map(|row| text(&book, list, &format!("B{row}"))).collect();
    assert!(
        states.contains(&"fixed / исправлено".to_owned()) && states.contains(&"remaining / осталось".to_owned()),
        "{states:?}"
    );
    assert_eq!(book.get_sheet_collection().iter().filter(|sheet| sheet.get_name().starts_with("Findings")).count(), 1);
}

#[test]
fn a_text_table_gets_a_twin() {
    let project = project("a-sound-project");
    let inputs = project.path().join("inputs/2025");
    fs::remove_file(inputs.join("north.xlsx")).expect("removed");
    let table = "BIN;Organisation;Oblast;District;Ownership;Locality;Support room;Teachers;Special teachers;Trained\n\
                 100000000001;First;North;Abay;State;town;yes;a few;2;9\n";
    fs::write(inputs.join("north.csv"), table).expect("written");
    runs(project.path(), &["answer"], 0);
    let book = open(&project.path().join("out/answers/2025/north.csv.xlsx"));
    assert_eq!(text(&book, "1", "H2"), "a few");
    assert_eq!(text(&book, "1", "A2"), "100000000001");
    let sheet = book.get_sheet_by_name("1").expect("there");
    assert_eq!(sheet.get_style("H2").get_background_color().expect("a fill").get_argb(), "FFFFC7C9");
    assert_eq!(sheet.get_comments().len(), 1);
}

#[test]
fn a_sound_project_gets_no_answers() {
    let project = project("a-sound-project");
    assert_eq!(runs(project.path(), &["answer"], 0), "0 answers in `out/answers`\n");
    assert!(!project.path().join("out").exists());
}
