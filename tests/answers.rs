//! Workbooks for offices: blank ones to be filled in, and their own with what was found.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
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
    assert_eq!(said, "2 workbooks in `private/forms/2030`\n");
    let book = open(&project.path().join("private/forms/2030/10 North.xlsx"));
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
fn a_form_greys_what_is_not_asked() {
    let project = project("questions-that-are-not-asked");
    runs(project.path(), &["forms"], 0);
    let bytes = fs::read(project.path().join("private/forms/2030/10 North.xlsx")).expect("a form");
    let sheet = String::from_utf8_lossy(&parts(&bytes)["xl/worksheets/sheet2.xml"]).replace("&gt;", ">");
    let rule = |column: &str| {
        let rules = sheet.split_once(&format!("<conditionalFormatting sqref=\"{column}7:"))?.1;
        let (_, formula) = rules.split_once("<formula>")?;
        formula.split_once("</formula>").map(|(formula, _)| formula)
    };
    assert_eq!(rule("G"), Some("$E7=\"Private\""));
    // What follows the first condition is for blanks: one that is itself not asked for leaves nothing open.
    let teachers = concat!(
        r#"OR(AND($E7="State",$G7="no"),AND(NOT(OR($E7="Private",$G7="yes")),OR($E7="State",$E7="Private"),"#,
        r#"OR(OR($G7="yes",$G7="no"),AND($G7="",$E7="Private"))))"#
    );
    assert_eq!(rule("H"), Some(teachers));
    let (some, none) = ("AND(ISNUMBER($H7),(0+$H7)>(0))", "AND(ISNUMBER($H7),NOT((0+$H7)>(0)))");
    let special = format!(r#"OR({none},AND(NOT({some}),OR(ISNUMBER($H7),AND($H7="",{teachers}))))"#);
    assert_eq!(rule("I"), Some(special.as_str()));
    let instructions = open(&project.path().join("private/forms/2030/10 North.xlsx"));
    let cover = instructions.get_sheet_by_name("Instructions – Инструкция").expect("there are instructions");
    let mentions = |row: u32| cover.get_value((1, row)).contains("dark grey");
    assert!((1..60).any(mentions), "the instructions say what grey means");
}

#[test]
fn a_form_that_was_filled_in_comes_through_without_a_finding() {
    let project = project("a-sound-project");
    runs(project.path(), &["forms"], 0);
    let inputs = project.path().join("inputs/2030");
    fs::create_dir_all(&inputs).expect("made");
    fs::copy(project.path().join("inputs/2025/register.csv"), inputs.join("register.csv")).expect("copied");
    for path in support::files(&project.path().join("private/forms/2030")).expect("listed") {
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
    assert!(said.contains("6 workbooks checked: nothing found\n"), "{said}");
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
    assert!(runs(project.path(), &["forms", "--region", "2"], 2).contains("unknown region `2`; did you mean `20` (South)?"));
    assert!(runs(project.path(), &["forms", "--period", "1999"], 2).contains("unknown period `1999`"));
    assert_eq!(runs(project.path(), &["--quiet", "forms", "--region", "10"], 0), "");
}

#[test]
fn forms_of_one_region_never_remove_those_of_another() {
    let project = project("a-sound-project");
    runs(project.path(), &["forms", "--region", "10"], 0);
    runs(project.path(), &["forms", "--region", "10"], 0);
    let said = runs(project.path(), &["forms", "--region", "20"], 2);
    assert!(said.contains("it holds files that this run does not make: `10 North.xlsx`") && said.contains("--replace"), "{said}");
    assert!(project.path().join("private/forms/2030/10 North.xlsx").exists());
    runs(project.path(), &["forms", "--region", "20", "--replace"], 0);
    assert!(!project.path().join("private/forms/2030/10 North.xlsx").exists());
    runs(project.path(), &["forms"], 0);
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

/// The sheet that a workbook opens with, and the others that are selected.
fn opens_with(parts: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let text = |path: &str| String::from_utf8_lossy(&parts[path]).into_owned();
    let value = |tag: &str, name: &str| Some(tag.split_once(&format!("{name}=\""))?.1.split_once('"')?.0.to_owned());
    let (book, relations) = (text("xl/workbook.xml"), text("xl/_rels/workbook.xml.rels"));
    let active: usize = value(&book, "activeTab").map_or(0, |number| number.parse().expect("a number"));
    let sheets = book.split("<sheet ").skip(1).enumerate().filter_map(|(position, tag)| {
        let id = value(tag, "r:id").expect("it has an id");
        let relation = relations.split("<Relationship ").find(|tag| tag.contains(&format!("Id=\"{id}\""))).expect("it is there");
        let sheet = text(&format!("xl/{}", value(relation, "Target").expect("it leads there")));
        let is_selected = matches!(value(&sheet, "tabSelected").as_deref(), Some("1" | "true"));
        assert!(is_selected || position != active, "{tag}");
        is_selected.then(|| value(tag, "name").expect("it has a name"))
    });
    sheets.collect()
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
    assert_eq!(said, "1 answer in `private/answers`\n", "{}", runs(project.path(), &["check"], 1));
    let path = project.path().join("private/answers/2025/north.xlsx");
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
    assert!(own.contains("В ячейке «Педагоги» ожидается целое число, а стоит «много»"), "{own}");
    assert!(comment(&book, "D6").expect("there is a comment").contains("Не заполнено: «Район»"));
    assert!(comment(&book, "B4").expect("there is a comment").ends_with("the oldest one"));
    assert_eq!(text(&book, "Passports", "H5"), "много");
    // The list of findings.
    let list = "Findings – Замечания";
    assert!(text(&book, list, "B3").starts_with("Colours: red is an error"));
    assert!(text(&book, list, "B4").starts_with("Цвета: красный"));
    let headings: Vec<String> = ["A", "B", "D", "E"].map(|column| text(&book, list, &format!("{column}5"))).into();
    assert_eq!(headings, ["Cell / Ячейка", "Place / Место", "Severity / Важность", "Rule / Правило"]);
    let column = |column: &str| (6..10).map(|row| text(&book, list, &format!("{column}{row}"))).collect::<Vec<String>>();
    let (cells, places, severities) = (column("A"), column("B"), column("D"));
    assert!(cells[..2].contains(&"H5".to_owned()) && cells[..2].contains(&"D6".to_owned()), "{cells:?}");
    assert_eq!(places[..2], ["Passports", "Passports"]);
    assert!(severities[..2].iter().all(|severity| severity == "error / ошибка"), "errors come first: {severities:?}");
    let of_row = cells.iter().position(|cell| cell == "row 1 / строка 1").expect("a finding about a row has one, too");
    assert_eq!(places[of_row], "Own count");
    let rules = column("E");
    assert!(
        rules.contains(&"There is no number where one is expected\nНа месте числа стоит другая запись".to_owned()),
        "{rules:?}"
    );
    // The workbook opens with it, and nothing else is selected.
    assert_eq!(opens_with(&after), ["Findings – Замечания"]);
    // Cells outside the marked ones have the format they had.
    let sheet =
        |bytes: &[u8]| String::from_utf8(parts(bytes).remove("xl/worksheets/sheet1.xml").expect("a sheet")).expect("text");
    let cells = |text: &str| text.split("<c ").skip(1).map(str::to_owned).collect::<Vec<_>>();
    let (before, after) = (cells(&sheet(&sent)), cells(&sheet(&answer)));
    let same = before.iter().filter(|cell| after.contains(cell)).count();
    assert_eq!(same, before.len() - 1, "only the cell with the word has another format");
}

#[test]
fn a_second_answer_renews_the_marks_and_tells_what_was_mended() {
    let project = with_north(&rich());
    let (sent, back) = (project.path().join("inputs/2025/north.xlsx"), project.path().join("private/answers/2025/north.xlsx"));
    runs(project.path(), &["answer"], 0);
    fs::copy(&back, &sent).expect("sent again");
    runs(project.path(), &["answer"], 0);
    let second = fs::read(&back).expect("there");
    let list = "Findings – Замечания";
    assert!(text(&open(&back), list, "B2").contains("new / новое: 0"), "{}", text(&open(&back), list, "B2"));
    assert_eq!(text(&open(&back), list, "C6"), "remaining / осталось");
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
    let states: Vec<String> = (6..10).map(|row| text(&book, list, &format!("C{row}"))).collect();
    assert!(
        states.contains(&"fixed / исправлено".to_owned()) && states.contains(&"remaining / осталось".to_owned()),
        "{states:?}"
    );
    assert_eq!(book.get_sheet_collection().iter().filter(|sheet| sheet.get_name().starts_with("Findings")).count(), 1);
}

/// A unit that two offices have sent with one key: each is told so, and neither what the other sent.
#[test]
fn an_answer_names_no_file_of_another_office() {
    let project = project("a-duplicate-organisation");
    let programme = project.path().join("indicator-specs/programme.yaml");
    let known = fs::read_to_string(&programme).expect("a programme");
    let due = known.replace("date: 2025-10-05 }", "date: 2025-10-05, due: 2025-11-01 }");
    fs::write(&programme, due).expect("written");
    let dataset = project.path().join("indicator-specs/datasets/passports.yaml");
    let known = fs::read_to_string(&dataset).expect("a dataset");
    fs::write(&dataset, format!("{known}\ncorrections: row\n")).expect("written");
    assert!(runs(project.path(), &["check"], 1).contains("inputs/2025/north.xlsx, sheet `Passports`, row 2"));
    let answered = |languages: &[&str]| {
        let command = [&["answer", "--replace"], languages].concat();
        runs(project.path(), &command, 0);
        let book = open(&project.path().join("private/answers/2025/south.xlsx"));
        let list = book.get_sheet_collection().last().expect("a list");
        let cells: Vec<String> =
            (1..20).flat_map(|row| (1..13).map(move |column| (column, row))).map(|at| list.get_value(at)).collect();
        (list.get_name().to_owned(), cells.join("\n"))
    };
    let (_, told) = answered(&[]);
    assert!(told.contains("the first time in a file of another office"), "{told}");
    assert!(told.contains("check what you sent, and tell us"), "{told}");
    assert!(told.contains("Send the corrected workbook by 1 November 2025."), "{told}");
    assert!(!told.contains("north") && !told.contains("received.csv"), "{told}");
    // One language, because it is asked for, or because the office reads it.
    assert_eq!(answered(&["--language", "ru"]).0, "Замечания");
    let offices = "sender: a@b.example\noffices:\n  - { id: south, name: { ru: Юг, en: South }, regions: [\"20\"], languages: [ru], channel: folder, gets: [answer] }\n";
    fs::write(project.path().join("indicator-specs/offices.yaml"), offices).expect("written");
    let (name, told) = answered(&[]);
    assert_eq!(name, "Замечания");
    assert!(told.contains("первый раз – файл другого ведомства") && !told.contains("first time"), "{told}");
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
    let book = open(&project.path().join("private/answers/2025/north.csv.xlsx"));
    assert_eq!(text(&book, "1", "H2"), "a few");
    assert_eq!(text(&book, "1", "A2"), "100000000001");
    let sheet = book.get_sheet_by_name("1").expect("there");
    assert_eq!(sheet.get_style("H2").get_background_color().expect("a fill").get_argb(), "FFFFC7C9");
    assert_eq!(sheet.get_comments().len(), 1);
}

#[test]
fn a_sound_project_gets_no_answers() {
    let project = project("a-sound-project");
    assert_eq!(runs(project.path(), &["answer"], 0), "0 answers in `private/answers`\n");
    assert!(!project.path().join("out").exists());
}

/// A workbook with some of its parts changed: called otherwise, or with another text, or left out.
fn with_parts(bytes: &[u8], change: impl Fn(&str, String) -> Option<(String, String)>) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts(bytes) {
        let text = String::from_utf8(bytes).expect("parts are text");
        if let Some((name, text)) = change(&name, text) {
            out.start_file(name, zip::write::SimpleFileOptions::default()).expect("begun");
            out.write_all(text.as_bytes()).expect("written");
        }
    }
    out.finish().expect("written").into_inner()
}

/// A workbook without any format, with a word for a count (H2).
fn plain() -> Workbook {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Passports").expect("a name");
    for (column, header) in COLUMNS.iter().enumerate() {
        sheet.write(0, column as u16, *header).expect("written");
    }
    for (column, text) in ["100000000001", "First", "North", "Abay", "State", "town", "yes", "a few"].into_iter().enumerate() {
        sheet.write_string(1, column as u16, text).expect("written");
    }
    book
}

#[test]
fn marks_are_known_after_another_program_saved_the_workbook() {
    let project = with_north(&rich());
    let (sent, back) = (project.path().join("inputs/2025/north.xlsx"), project.path().join("private/answers/2025/north.xlsx"));
    runs(project.path(), &["answer"], 0);
    let first = fs::read(&back).expect("there");
    // What LibreOffice writes: a second colour near that of the fill, and nobody's name at comments.
    let saved = with_parts(&first, |name, text| {
        let text = match name {
            "xl/styles.xml" => {
                let (head, rest) = text.split_once("FFE2EFDA\"/>").expect("the fill of the office");
                let rest = rest.replacen("<bgColor indexed=\"64\"/>", "<bgColor rgb=\"FFFFC7C9\"/>", 1);
                format!("{head}FFE2EFDA\"/>{rest}")
            }
            "xl/comments1.xml" => text.replace("<author>esep</author>", "<author> </author>"),
            _ => text,
        };
        Some((name.to_owned(), text))
    });
    fs::write(&sent, saved).expect("sent again");
    runs(project.path(), &["answer"], 0);
    let book = open(&back);
    assert_eq!(fill(&book, "H4"), "FFE2EFDA");
    assert_eq!(fill(&book, "H5"), "FFFFC7C9");
    let comment = comment(&book, "D6").expect("there is a comment");
    assert_eq!(comment.matches("Не заполнено: «Район»").count(), 1, "{comment}");
}

#[test]
fn a_comment_by_a_person_called_esep_stays() {
    let mut book = plain();
    let sheet = book.worksheet_from_name("Passports").expect("it is there");
    sheet.insert_note(1, 1, &Note::new("mine").set_author("esep")).expect("noted");
    sheet.insert_note(1, 7, &Note::new("mine too").set_author("esep")).expect("noted");
    let project = with_north(&book.save_to_buffer().expect("written to memory"));
    let (sent, back) = (project.path().join("inputs/2025/north.xlsx"), project.path().join("private/answers/2025/north.xlsx"));
    for round in 0..2 {
        runs(project.path(), &["answer"], 0);
        let book = open(&back);
        assert!(comment(&book, "B2").expect("it is there").ends_with("mine"), "{round}");
        let both = comment(&book, "H2").expect("it is there");
        assert!(both.contains("mine too") && both.matches("“Teachers” asks for").count() == 1, "{round}: {both}");
        fs::copy(&back, &sent).expect("sent again");
    }
}

/// The workbook of the case was answered, and LibreOffice has saved it since. `tests/judges/answers.sh` does this with all of the demonstration.
#[test]
fn an_answer_that_libreoffice_saved_is_answered_again() {
    let project = project("an-answer-saved-by-libreoffice");
    let back = project.path().join("private/answers/2025/north.xlsx");
    runs(project.path(), &["answer"], 0);
    let book = open(&back);
    // The header, a mark, a cell of a colour of its own, a plain one.
    assert_eq!(
        ["B2", "H4", "D5", "H5", "B3"].map(|cell| fill(&book, cell)),
        ["FFDDEBF7", "FFFFC7C9", "FFFFC7C9", "FFE2EFDA", ""]
    );
    let both = comment(&book, "H4").expect("there is a comment");
    assert!(both.contains("as the head said") && both.contains("it is so"), "{both}");
    assert_eq!(both.matches("“Teachers” asks for a whole number").count(), 1, "{both}");
    assert!(comment(&book, "B3").expect("there is a comment").ends_with("the oldest one"));
    let comments = book.get_sheet_by_name("Passports").expect("it is there").get_comments().len();
    assert_eq!(comments, 3, "those of the two faults and one of the office");
    let lists: Vec<&str> = book.get_sheet_collection().iter().map(|sheet| sheet.get_name()).collect();
    assert_eq!(lists, ["Passports", "Findings"]);
    assert!(text(&book, "Findings", "B2").starts_with("new / новое: 0; remaining / осталось: 2"));
    assert_eq!(opens_with(&parts(&fs::read(&back).expect("there"))), ["Findings"]);
}

#[test]
fn a_workbook_with_unusual_parts_gets_an_answer() {
    let sent = plain().save_to_buffer().expect("written to memory");
    // Cuts the element out that begins so.
    let without = |text: String, begin: &str| {
        let (head, rest) = text.split_once(begin).expect("it is there");
        format!("{head}{}", rest.split_once("/>").expect("it ends").1)
    };
    let unstyled = with_parts(&sent, |name, text| {
        let text = match name {
            "xl/styles.xml" => return None,
            "[Content_Types].xml" => without(text, "<Override PartName=\"/xl/styles.xml\""),
            "xl/_rels/workbook.xml.rels" => {
                let at = text.find("/styles\"").expect("it leads there");
                let start = text[..at].rfind("<Relationship ").expect("it begins");
                let begin = text[start..at].to_owned();
                without(text, &begin)
            }
            _ => text,
        };
        Some((name.to_owned(), text))
    });
    let backslashes = with_parts(&sent, |name, text| Some((name.replace('/', "\\"), text)));
    let capitals = with_parts(&sent, |name, text| Some((name.replace("styles.xml", "Styles.XML"), text)));
    for (what, bytes) in [("no styles", unstyled), ("backslashes", backslashes), ("capitals", capitals)] {
        let project = with_north(&bytes);
        runs(project.path(), &["answer"], 0);
        let path = project.path().join("private/answers/2025/north.xlsx");
        if what == "no styles" {
            assert_eq!(fill(&open(&path), "H2"), "FFFFC7C9");
        }
        // Whatever it looks like, the program reads it again and knows its marks.
        fs::copy(&path, project.path().join("inputs/2025/north.xlsx")).expect("sent again");
        runs(project.path(), &["answer"], 0);
        let list = parts(&fs::read(&path).expect("there"));
        let list = list.iter().find(|(name, _)| name.contains("esepFindings")).expect("the list of findings").1;
        assert!(String::from_utf8_lossy(list).contains("new / новое: 0"), "{what}");
    }
}

#[test]
fn a_twin_hides_what_the_file_hides() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Draft").expect("a name").set_hidden(true).write(0, 0, "draft").expect("written");
    let sheet = book.add_worksheet().set_name("Passports").expect("a name").set_active(true);
    for (column, header) in COLUMNS.iter().enumerate() {
        sheet.write(0, column as u16, *header).expect("written");
        sheet.write(1, column as u16, if column == 7 { "a few" } else { "100000000001" }).expect("written");
    }
    let project = project("a-sound-project");
    let bytes = book.save_to_buffer().expect("written to memory");
    fs::write(project.path().join("inputs/2025/more.xls"), bytes).expect("written");
    runs(project.path(), &["answer"], 0);
    let twin = parts(&fs::read(project.path().join("private/answers/2025/more.xls.xlsx")).expect("there"));
    let book = String::from_utf8_lossy(&twin["xl/workbook.xml"]).into_owned();
    assert!(book.contains("<sheet name=\"Draft\" sheetId=\"1\" state=\"hidden\""), "{book}");
    // It opens with the list of findings.
    assert!(book.contains("activeTab=\"2\""), "{book}");
}

#[test]
fn what_is_beyond_the_bounds_gets_a_message_and_no_answer() {
    let project = project("a-sound-project");
    let inputs = project.path().join("inputs/2025");
    let faulty = "100000000009,Ninth,North,Abay,State,town,yes,a few,2,9\n";
    fs::write(inputs.join("long.csv"), format!("{}\n{faulty}{}", COLUMNS.join(","), ",,,,,,,,,\n".repeat(100_000)))
        .expect("written");
    let mut book = Workbook::new();
    for number in 0..1_001 {
        let sheet = book.add_worksheet().set_name(format!("S{number}")).expect("a name");
        for (column, header) in COLUMNS.iter().enumerate().filter(|_| number == 0) {
            sheet.write(0, column as u16, *header).expect("written");
            sheet.write(1, column as u16, "many").expect("written");
        }
    }
    fs::write(inputs.join("many.xls"), book.save_to_buffer().expect("written to memory")).expect("written");
    let start = std::time::Instant::now();
    let said = runs(project.path(), &["answer"], 1);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    assert!(said.contains("`inputs/2025/long.csv` cannot be sent back with marks: it has more than 1000000 cells"), "{said}");
    assert!(said.contains("`inputs/2025/many.xls` cannot be sent back with marks: it has more than 1000 sheets"), "{said}");
}
