//! Makes real projects of the folders under `tests/`: base, overlay, edits, and workbooks out of grids of text.

// Every test program uses a part of this.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use esep::diagnostic::{self, Place};
use esep::project::Project;
use tempfile::TempDir;

/// Signs of failed formulas, which become such cells.
const FAILED_FORMULAS: [&str; 7] = ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"];

/// The columns of a passport of the base, in order.
pub const COLUMNS: [&str; 10] = [
    "BIN",
    "Organisation",
    "Oblast",
    "District",
    "Ownership",
    "Locality",
    "Support room",
    "Teachers",
    "Special teachers",
    "Trained",
];

/// A cell of a grid.
#[derive(Clone, Debug, PartialEq)]
pub enum GridCell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// A truth value.
    Bool(bool),
    /// A failed formula.
    Error(String),
    /// A number shown as a percentage.
    Percent(f64),
    /// A day, kept as a number.
    Day(String),
    /// A number shown with zeros in front, and how many digits are shown.
    Padded(f64, usize),
    /// A text that is struck out, and one behind it that is not.
    Struck(String, String),
    /// A text, and one behind it that is raised.
    Raised(String, String),
    /// Merged with the cell to the left.
    Left,
    /// Merged with the cell above.
    Up,
}

impl GridCell {
    /// A number is written as Rust prints it, `25%` is a number shown so, `@2025-10-05` is a day, `#007` the number 7 shown with
    /// zeros; `<` is merged with the cell to the left, `^` with the one above. `'` before any of them, before `TRUE`,
    /// `FALSE` or a failed formula makes it text. In `~12~3` the 12 is struck out, in `~12` all; in `12^3` the 3 is raised.
    pub fn new(cell: &str) -> Self {
        let parse = |cell: &str| cell.parse().ok().filter(|number: &f64| number.is_finite() && number.to_string() == cell);
        let number: Option<f64> = parse(cell);
        match (cell, number) {
            ("", _) => GridCell::Empty,
            ("<", _) => GridCell::Left,
            ("^", _) => GridCell::Up,
            (percent, _) if percent.strip_suffix('%').and_then(parse).is_some() => {
                GridCell::Percent(percent.strip_suffix('%').and_then(parse).unwrap_or_default() / 100.0)
            }
            (day, _) if day.strip_prefix('@').is_some_and(|day| day.len() == 10) => GridCell::Day(day[1..].to_owned()),
            (zeros, _) if zeros.starts_with("#0") => GridCell::Padded(zeros[1..].parse().unwrap_or_default(), zeros.len() - 1),
            (struck, _) if struck.starts_with('~') => {
                let (struck, rest) = struck[1..].split_once('~').unwrap_or((&struck[1..], ""));
                GridCell::Struck(struck.to_owned(), rest.to_owned())
            }
            (raised, _) if raised.contains('^') && !raised.starts_with('\'') => {
                let (text, raised) = raised.split_once('^').unwrap_or_default();
                GridCell::Raised(text.to_owned(), raised.to_owned())
            }
            ("TRUE" | "FALSE", _) => GridCell::Bool(cell == "TRUE"),
            (_, Some(number)) => GridCell::Number(number),
            (sign, _) if FAILED_FORMULAS.contains(&sign) => GridCell::Error(sign.to_owned()),
            (text, _) => GridCell::Text(text.strip_prefix('\'').unwrap_or(text).to_owned()),
        }
    }
}

/// A sheet: its name and its cells.
pub type Grid = (String, Vec<Vec<GridCell>>);

/// The tests' own folder.
pub fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// Whether expectations are to be rewritten.
pub fn bless() -> bool {
    std::env::var_os("ESEP_BLESS").is_some()
}

/// Writes the project of a case to the empty folder `to`.
///
/// A case with a programme and regions of its own stands alone; any other lies over `tests/base/`. From the base, what
/// `remove.txt` lists (a path a line) is left out; then the case's files are laid over it, then `edits.txt` is applied,
/// then folders called `*.xlsx` and `*.ods` become workbooks.
///
/// # Errors
/// When the case itself is faulty, in words.
pub fn assemble(case: &Path, to: &Path) -> Result<(), String> {
    let own = |file: &str| case.join("indicator-specs").join(file).is_file();
    if !(own("programme.yaml") && own("regions.yaml")) {
        let left_out = fs::read_to_string(case.join("remove.txt")).unwrap_or_default();
        for part in ["indicator-specs", "inputs"] {
            copy(&tests().join("base").join(part), &to.join(part))?;
        }
        for path in left_out.lines() {
            remove(&to.join(path)).map_err(|error| format!("remove.txt: {path}: {error}"))?;
        }
    }
    for part in ["indicator-specs", "inputs", "report-templates", "published"] {
        if case.join(part).is_dir() {
            copy(&case.join(part), &to.join(part))?;
        }
    }
    if let Ok(edits) = fs::read_to_string(case.join("edits.txt")) {
        edit(&edits, to)?;
    }
    make_workbooks(&to.join("inputs"))
}

/// The project of a case, in a folder of its own.
pub fn case(name: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    assemble(&tests().join("cases").join(name), folder.path()).expect("the case is sound");
    folder
}

/// Runs the program in a project; it must end with this code. What it says.
#[track_caller]
pub fn said(project: &TempDir, arguments: &[&str], code: i32) -> String {
    let program = Command::new(env!("CARGO_BIN_EXE_esep")).args(arguments).current_dir(project.path()).output();
    let output = program.expect("the program runs");
    let said = String::from_utf8(output.stderr).expect("what is printed is text");
    assert_eq!(output.status.code(), Some(code), "{said}");
    said
}

/// What `esep check` prints of a project.
pub fn findings(project: &Project) -> String {
    let line = |place: &Place| match place {
        Place::Text { file, span } => project.sources.line(file, span.line),
        Place::File(_) | Place::Cell { .. } => None,
    };
    project.diagnostics.iter().map(|found| diagnostic::render(found, line(&found.place)) + "\n").collect()
}

/// Reads `*.csv` of a folder as the sheets of a workbook, in the order of their names.
///
/// # Errors
/// When a grid cannot be read.
pub fn grids(folder: &Path) -> Result<Vec<Grid>, String> {
    let mut grids = Vec::new();
    for path in entries(folder)? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_path(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let rows = reader.records().map(|record| record.map(|record| record.iter().map(GridCell::new).collect()));
        grids.push((name, rows.collect::<Result<_, _>>().map_err(|error| format!("{}: {error}", path.display()))?));
    }
    Ok(grids)
}

/// The bytes of an `.xlsx` workbook.
pub fn xlsx(grids: &[Grid]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    // The same grids give the same bytes, whenever they are written.
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2025, 10, 5).expect("a day");
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&day));
    let percent = rust_xlsxwriter::Format::new().set_num_format("0%");
    let day = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
    let struck = rust_xlsxwriter::Format::new().set_font_strikethrough();
    let raised = rust_xlsxwriter::Format::new().set_font_script(rust_xlsxwriter::FormatScript::Superscript);
    let plain = rust_xlsxwriter::Format::new();
    for (name, rows) in grids {
        let sheet = book.add_worksheet();
        sheet.set_name(name.trim_start_matches('~')).expect("names of grids are names of sheets");
        // `~` before the name of a grid hides the sheet.
        sheet.set_hidden(name.starts_with('~'));
        merge(sheet, rows);
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let (row, column) = (row as u32, column as u16);
                match cell {
                    GridCell::Empty | GridCell::Left | GridCell::Up => Ok(&mut *sheet),
                    GridCell::Percent(number) => sheet.write_number_with_format(row, column, *number, &percent),
                    GridCell::Day(text) => {
                        let moment = rust_xlsxwriter::ExcelDateTime::parse_from_str(text).expect("a day as YYYY-MM-DD");
                        sheet.write_datetime_with_format(row, column, &moment, &day)
                    }
                    GridCell::Padded(number, digits) => {
                        let zeros = rust_xlsxwriter::Format::new().set_num_format("0".repeat(*digits));
                        sheet.write_number_with_format(row, column, *number, &zeros)
                    }
                    GridCell::Struck(text, rest) if rest.is_empty() => sheet.write_string_with_format(row, column, text, &struck),
                    GridCell::Struck(text, rest) => {
                        sheet.write_rich_string(row, column, &[(&struck, text.as_str()), (&plain, rest.as_str())])
                    }
                    GridCell::Raised(text, rest) => {
                        sheet.write_rich_string(row, column, &[(&plain, text.as_str()), (&raised, rest.as_str())])
                    }
                    GridCell::Text(text) => sheet.write_string(row, column, text),
                    GridCell::Number(number) => sheet.write_number(row, column, *number),
                    GridCell::Bool(flag) => sheet.write_boolean(row, column, *flag),
                    GridCell::Error(sign) => {
                        let formula = rust_xlsxwriter::Formula::new("=1/0").set_result(sign);
                        sheet.write_formula(row, column, formula)
                    }
                }
                .expect("grids are small");
            }
        }
    }
    book.save_to_buffer().expect("a workbook is written to memory")
}

/// Merges cells: those that say so with the one to the left or above that does not.
fn merge(sheet: &mut rust_xlsxwriter::Worksheet, rows: &[Vec<GridCell>]) {
    let says = |row: usize, column: usize, sign: &GridCell| rows.get(row).and_then(|cells| cells.get(column)) == Some(sign);
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !matches!(cell, GridCell::Left | GridCell::Up)) {
            let width = (column + 1..).take_while(|&right| says(row, right, &GridCell::Left)).count();
            let height = (row + 1..).take_while(|&below| says(below, column, &GridCell::Up)).count();
            if width + height > 0 && *cell != GridCell::Empty {
                let format = rust_xlsxwriter::Format::new();
                let (last_row, last_column) = ((row + height) as u32, (column + width) as u16);
                sheet
                    .merge_range(row as u32, column as u16, last_row, last_column, "", &format)
                    .expect("merged cells do not overlap");
            }
        }
    }
}

/// The bytes of an `.ods` workbook; it has no failed formulas, no merged cells and no formats.
pub fn ods(grids: &[Grid]) -> Vec<u8> {
    let cell = |cell: &GridCell| {
        let text = |text: &str| format!(r#"office:value-type="string"><text:p>{}</text:p>"#, escaped(text));
        let inside = match cell {
            GridCell::Empty | GridCell::Left | GridCell::Up => ">".to_owned(),
            GridCell::Text(words) | GridCell::Day(words) | GridCell::Error(words) => text(words),
            GridCell::Struck(words, rest) | GridCell::Raised(words, rest) => text(&format!("{words}{rest}")),
            GridCell::Number(number) | GridCell::Padded(number, _) | GridCell::Percent(number) => {
                format!(r#"office:value-type="float" office:value="{number}">"#)
            }
            GridCell::Bool(flag) => format!(r#"office:value-type="boolean" office:boolean-value="{flag}">"#),
        };
        format!("<table:table-cell {inside}</table:table-cell>")
    };
    let row =
        |cells: &Vec<GridCell>| format!("<table:table-row>{}</table:table-row>", cells.iter().map(cell).collect::<String>());
    let tables: Vec<(&str, String)> = grids.iter().map(|(name, rows)| (name.as_str(), rows.iter().map(row).collect())).collect();
    ods_of("", &tables)
}

/// The bytes of an `.ods` workbook of tables, by their names and rows as XML, with `head` before all.
pub fn ods_of(head: &str, tables: &[(&str, String)]) -> Vec<u8> {
    let tables: String = tables
        .iter()
        .map(|(name, rows)| format!(r#"<table:table table:name="{}">{rows}</table:table>"#, escaped(name)))
        .collect();
    let names =
        ["office", "table", "text"].map(|name| format!(r#" xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0""#));
    let content = format!(
        "{head}<office:document-content{}><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
        names.concat()
    );
    archive(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())])
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// The bytes of a zip with these files.
pub fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        out.start_file(*name, zip::write::SimpleFileOptions::default()).expect("it can be written");
        std::io::Write::write_all(&mut out, bytes).expect("it can be written");
    }
    out.finish().expect("it can be written").into_inner()
}

/// The lines of both texts, those of `expected` alone after `-`, those of `actual` alone after `+`.
pub fn diff(expected: &str, actual: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), actual.lines().collect());
    // Length of the longest common subsequence from (i, j) on.
    let mut common = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut text = String::new();
    while i < old.len() || j < new.len() {
        let (sign, line) = if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
            (' ', old[i - 1])
        } else if j == new.len() || i < old.len() && common[i + 1][j] >= common[i][j + 1] {
            i += 1;
            ('-', old[i - 1])
        } else {
            j += 1;
            ('+', new[j - 1])
        };
        text.push_str(&format!("    {sign} {line}\n"));
    }
    text
}

/// All files below a folder, in the order of their paths.
///
/// # Errors
/// When a folder cannot be listed.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

/// What stands in a folder, in the order of names.
///
/// # Errors
/// When it cannot be listed.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let list = fs::read_dir(folder).and_then(|list| list.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>());
    let mut list = list.map_err(|error| format!("{}: {error}", folder.display()))?;
    list.sort();
    Ok(list)
}

fn is_workbook_folder(path: &Path) -> bool {
    path.is_dir() && path.extension().is_some_and(|extension| extension == "xlsx" || extension == "ods")
}

/// Copies a tree over another one; the folder of a workbook takes the place of the one that was there.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let wrap = |error: std::io::Error| format!("{}: {error}", to.display());
    if is_workbook_folder(from) && to.exists() {
        remove(to).map_err(wrap)?;
    }
    fs::create_dir_all(to).map_err(wrap)?;
    for path in entries(from)? {
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target).map_err(wrap)?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> std::io::Result<()> {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

/// Applies edits: a line with a file's path, then lines after `- ` to be found once there, then lines after `+ ` that take
/// their place (none: they are taken out). A file may have several such pairs; lines after `#` are remarks.
fn edit(edits: &str, root: &Path) -> Result<(), String> {
    let mut file: Option<PathBuf> = None;
    let mut lines = edits.lines().peekable();
    while let Some(line) = lines.next() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if !line.starts_with("- ") {
            file = Some(root.join(line));
            continue;
        }
        let mut old = format!("{}\n", &line[2..]);
        let mut new = String::new();
        while let Some(more) = lines.next_if(|next| next.starts_with("- ")) {
            old.push_str(&format!("{}\n", &more[2..]));
        }
        while let Some(more) = lines.next_if(|next| next.starts_with("+ ")) {
            new.push_str(&format!("{}\n", &more[2..]));
        }
        let file = file.as_ref().ok_or_else(|| format!("edits.txt: no file stands before `{line}`"))?;
        let text = fs::read_to_string(file).map_err(|error| format!("edits.txt: {}: {error}", file.display()))?;
        // Whole lines: the text before them ends with a line break.
        let text = format!("\n{text}");
        let found = text.matches(&format!("\n{old}")).count();
        if found != 1 {
            return Err(format!("edits.txt: expected these lines once in {}, found them {found} times:\n{old}", file.display()));
        }
        let text = text.replacen(&format!("\n{old}"), &format!("\n{new}"), 1);
        fs::write(file, &text[1..]).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

fn make_workbooks(folder: &Path) -> Result<(), String> {
    if !folder.is_dir() {
        return Ok(());
    }
    for path in entries(folder)? {
        if is_workbook_folder(&path) {
            let grids = grids(&path)?;
            let bytes = if path.extension().is_some_and(|extension| extension == "ods") { ods(&grids) } else { xlsx(&grids) };
            remove(&path).and_then(|()| fs::write(&path, bytes)).map_err(|error| format!("{}: {error}", path.display()))?;
        } else if path.is_dir() {
            make_workbooks(&path)?;
        }
    }
    Ok(())
}
