//! Files that break readers, and templates that break the typesetter: each ends in data or in one clear message, and the run goes on.

mod support;

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use esep::grid::{Bounds, Reader, Workers};
use esep::press;
use esep::project;
use esep::protect::Audience;
use esep::region::RegionCode;
use esep::report::{Kind, Order};
use esep::typeset::{self, Typesetter};
use serde_json::Value;
use support::GridCell;
use support::archive;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const NORTH: &str = include_str!("../src/starter/inputs/2025/north-province.csv");

/// A starter project without the northern office's file of 2025.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (path, text) in esep::sources::starter() {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("files lie in folders")).expect("folders can be made");
        fs::write(path, text).expect("files can be written");
    }
    fs::remove_file(inputs(folder.path()).join("north-province.csv")).expect("the starter has it");
    folder
}

fn inputs(project: &Path) -> PathBuf {
    project.join("inputs/2025")
}

/// The findings of `esep check` that lie in a file or an archive, apart from what follows from missing numbers.
fn check(project: &Path, options: &[&str]) -> Vec<(String, String, String)> {
    let output = Command::new(env!("CARGO_BIN_EXE_esep"))
        .args(["check", "--format", "json", "--project"])
        .arg(project)
        .args(options)
        .output()
        .expect("the program runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("panicked") && !errors.contains("memory allocation"), "nothing breaks on the terminal: {errors}");
    let list: Vec<Value> = serde_json::from_slice(&output.stdout).expect("the findings are JSON");
    let text = |found: &Value, key: &str| found[key].as_str().unwrap_or_default().to_owned();
    list.iter().map(|found| (text(found, "file"), text(found, "rule"), text(found, "message"))).collect()
}

/// The one finding of a file, as `rule: message`.
fn one(findings: &[(String, String, String)], name: &str) -> String {
    let file = format!("inputs/2025/{name}");
    let own: Vec<String> =
        findings.iter().filter(|(found, _, _)| *found == file).map(|(_, rule, message)| format!("{rule}: {message}")).collect();
    assert_eq!(own.len(), 1, "one message for {name}: {own:?} of {findings:?}");
    own[0].clone()
}

fn cells(text: &str) -> Vec<Vec<GridCell>> {
    text.lines().map(|line| line.split(',').map(GridCell::new).collect()).collect()
}

fn xlsx() -> Vec<u8> {
    support::xlsx(&[("Libraries".to_owned(), cells(NORTH))])
}

/// A workbook with one part replaced.
fn with_part(workbook: &[u8], path: &str, write: impl FnOnce(&mut dyn Write)) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(workbook)).expect("a workbook is a zip");
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_level(Some(1));
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).expect("it has the part");
        let name = String::from_utf8(file.name_raw().to_vec()).expect("names are ASCII");
        if name != path {
            out.start_file(name, options).expect("it can be written");
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).expect("it can be read");
            out.write_all(&bytes).expect("it can be written");
        }
    }
    out.start_file(path, options).expect("it can be written");
    write(&mut out);
    out.finish().expect("it can be written").into_inner()
}

const SHEET: &str = "xl/worksheets/sheet1.xml";
const SHEET_START: &str = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#;
const SHEET_END: &str = "</sheetData></worksheet>";

fn with_sheet(rows: &str) -> Vec<u8> {
    with_part(&xlsx(), SHEET, |out| write!(out, "{SHEET_START}{rows}{SHEET_END}").expect("it can be written"))
}

/// A workbook of a few MB with a sheet of `megabytes`.
fn bomb(megabytes: usize) -> Vec<u8> {
    with_part(&xlsx(), SHEET, |out| {
        write!(out, r#"{SHEET_START}<row r="1"><c r="A1" t="inlineStr"><is><t>"#).expect("it can be written");
        let block = vec![b'0'; 1 << 20];
        for _ in 0..megabytes {
            out.write_all(&block).expect("it can be written");
        }
        write!(out, "</t></is></c></row>{SHEET_END}").expect("it can be written");
    })
}

/// A record of an old workbook.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

fn number(row: u16, column: u16) -> Vec<u8> {
    let head: Vec<u8> = [row, column, 0].iter().flat_map(|part| part.to_le_bytes()).collect();
    record(0x0203, &[&head[..], &1_f64.to_le_bytes()].concat())
}

/// An old workbook with a sheet of two cells, in the corners of the largest range; `extra` stands behind its first record.
fn xls(extra: &[u8]) -> Vec<u8> {
    let start = |kind: u16| {
        record(0x0809, &[0x0600_u16, kind, 0, 0, 0, 0, 0, 0].iter().flat_map(|part| part.to_le_bytes()).collect::<Vec<_>>())
    };
    let end = record(0x000A, &[]);
    let globals = [start(5), extra.to_vec()].concat();
    let place = (globals.len() + 4 + 10 + end.len()) as u32;
    let name = record(0x0085, &[&place.to_le_bytes()[..], &[0, 0, 2, 0], b"S1"].concat());
    let mut size: Vec<u8> = [0_u32, 65_536].iter().flat_map(|row| row.to_le_bytes()).collect();
    size.extend([0_u16, 256, 0].iter().flat_map(|column| column.to_le_bytes()));
    let sheet = [start(0x10), record(0x0200, &size), number(0, 0), number(65_535, 255), end.clone()].concat();
    let mut stream = [globals, name, end, sheet].concat();
    stream.resize(8 * 512, 0);
    compound("Workbook", &stream)
}

/// A compound file with one stream.
fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    const END: u32 = 0xFFFF_FFFE;
    let mut head = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    head.resize(24, 0);
    for part in [0x3E_u16, 3, 0xFFFE, 9, 6] {
        head.extend(part.to_le_bytes());
    }
    head.resize(44, 0);
    // One sector of the table, which lies first; the folder lies second.
    for part in [1_u32, 1, 0, 4096, END, 0, END, 0, 0] {
        head.extend(part.to_le_bytes());
    }
    head.resize(512, 0xFF);
    let mut table: Vec<u8> = [0xFFFF_FFFD, END].iter().flat_map(|sector: &u32| sector.to_le_bytes()).collect();
    let sectors = stream.len() / 512;
    for sector in 0..sectors as u32 {
        let next = if sector + 1 == sectors as u32 { END } else { sector + 3 };
        table.extend(next.to_le_bytes());
    }
    table.resize(512, 0xFF);
    let entry = |name: &str, kind: u8, child: u32, first: u32, size: u32| {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = entry.len() as u16 + 2;
        entry.resize(64, 0);
        entry.extend(length.to_le_bytes());
        entry.extend([kind, 1]);
        for part in [u32::MAX, u32::MAX, child] {
            entry.extend(part.to_le_bytes());
        }
        entry.resize(116, 0);
        entry.extend(first.to_le_bytes());
        entry.extend(size.to_le_bytes());
        entry.resize(128, 0);
        entry
    };
    let mut folder = [entry("Root Entry", 5, 1, END, 0), entry(name, 2, u32::MAX, 2, stream.len() as u32)].concat();
    folder.resize(512, 0);
    [head, table, folder, stream.to_vec()].concat()
}

/// The same zip with its files marked as encrypted.
fn locked(mut bytes: Vec<u8>) -> Vec<u8> {
    for (start, offset) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let places: Vec<usize> = (0..bytes.len() - 4).filter(|&place| bytes[place..].starts_with(start)).collect();
        places.into_iter().for_each(|place| bytes[place + offset] |= 1);
    }
    bytes
}

/// A workbook of one table with these rows.
fn ods(rows: &str) -> Vec<u8> {
    ods_of("", rows)
}

fn ods_of(head: &str, rows: &str) -> Vec<u8> {
    support::ods_of(head, &[("S", rows.to_owned())])
}

/// A workbook with a text in one of its parts replaced.
fn edited(workbook: &[u8], path: &str, old: &str, new: &str) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(workbook)).expect("a workbook is a zip");
    let mut text = String::new();
    archive.by_name(path).expect("it has the part").read_to_string(&mut text).expect("it can be read");
    assert!(text.contains(old), "{path} has {old}: {text}");
    with_part(workbook, path, |out| out.write_all(text.replacen(old, new, 1).as_bytes()).expect("it can be written"))
}

/// A workbook whose stream follows itself for ever.
fn circle() -> Vec<u8> {
    let mut bytes = xls(&[]);
    // The table begins behind the head, and the stream in the sector 2.
    bytes[512 + 2 * 4..][..4].copy_from_slice(&2_u32.to_le_bytes());
    bytes
}

#[test]
fn hostile_files_end_in_one_message_each_and_the_run_goes_on() {
    let project = project();
    let inputs = inputs(project.path());
    let mut entities = String::from(r#"<!DOCTYPE sst [<!ENTITY a0 "many words of no sense">"#);
    for level in 1..30 {
        let copies = format!("&a{};", level - 1).repeat(10);
        entities.push_str(&format!(r#"<!ENTITY a{level} "{copies}">"#));
    }
    entities.push_str("]>");
    let entity_bomb = with_part(&xlsx(), SHEET, |out| {
        let cell = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>&a29;</t></is></c></row>"#;
        write!(out, "{entities}{SHEET_START}{cell}{SHEET_END}").expect("it can be written");
    });
    let cell = r#"<table:table-cell office:value-type="float" office:value="1"/>"#;
    let repeated = format!(
        r#"<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/></table:table-row><table:table-row>{cell}</table:table-row>"#
    );
    let whole = xlsx();
    let old = xls(&[]);
    let hostile: Vec<(&str, Vec<u8>, &str)> = vec![
        (
            "password.xlsx",
            compound("EncryptedPackage", &[0; 4096]),
            "protected-workbook: expected a workbook, found one that is protected by a password",
        ),
        ("password.xls", xls(&record(0x002F, &[1, 0, 1, 0, 1, 0])), "protected-workbook"),
        ("hidden-password.xls", xls(&record(0x002F, &[0, 0, 1, 0, 1, 0])), "protected-workbook"),
        ("password.zip", locked(archive(&[("a.csv", b"1,2")])), "protected-workbook"),
        ("torn.xlsx", whole[..whole.len() / 2].to_vec(), "not-a-spreadsheet: expected a workbook, found the torn part of one"),
        ("torn.xls", old[..1500].to_vec(), "not-a-spreadsheet"),
        ("torn.zip", archive(&[("a.csv", b"1,2")])[..40].to_vec(), "not-a-spreadsheet"),
        ("nothing.xlsx", Vec::new(), "not-a-spreadsheet: expected a workbook, found a file without contents"),
        (
            "page.xls",
            b"<html><table><tr><td>1</td></tr></table></html>".to_vec(),
            "not-a-spreadsheet: expected a workbook, found a web page under the name of one",
        ),
        ("letter.xlsx", b"%PDF-1.7 ...".to_vec(), "not-a-spreadsheet: expected a workbook, found a PDF"),
        ("entities.xlsx", entity_bomb, ""),
        (
            "far-corner.xlsx",
            with_sheet(r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#),
            "not-a-spreadsheet: expected a table, found `XFD1048576`",
        ),
        ("far-corner.xls", old, "not-a-spreadsheet: expected a table, found `IV65536`"),
        ("circle.xls", circle(), "not-a-spreadsheet"),
        (
            "ancient.xls",
            record(0x0209, &[0; 6]),
            "not-a-spreadsheet: expected a workbook, found one of a spreadsheet program from before 1995",
        ),
        (
            "open-quote.csv",
            b"a,b\n1,2\n\"3,4\n5,6\n".to_vec(),
            "not-a-spreadsheet: expected a quote that is closed, found one that opens in line 3",
        ),
        (
            "entities.ods",
            ods_of(
                r#"<!DOCTYPE x [<!ENTITY a "word">]>"#,
                "<table:table-row><table:table-cell><text:p>&a;</text:p></table:table-cell></table:table-row>",
            ),
            "not-a-spreadsheet",
        ),
        ("far-corner.ods", ods(&repeated), "not-a-spreadsheet"),
        ("impossible-cell.xlsx", with_sheet(r#"<row r="1"><c r="ZZZZZZZZZ99999999999"><v>1</v></c></row>"#), "not-a-spreadsheet"),
        ("bomb.xlsx", bomb(300), "bound-exceeded: expected to read this within 256 MB of memory, found that it takes more"),
        ("nested.zip", archive(&[("inner.zip", &archive(&[("a.csv", b"1,2")]))]), ""),
        ("trap.zip", archive(&[("a.csv", &vec![b'1'; 6 << 20])]), "bound-exceeded"),
    ];
    for (name, bytes, _) in &hostile {
        fs::write(inputs.join(name), bytes).expect("it can be written");
    }
    // What is sound beside them is read.
    fs::write(inputs.join("north-province.xls"), xlsx()).expect("it can be written");
    let start = Instant::now();
    let findings = check(project.path(), &["--file-memory", "256", "--file-seconds", "10"]);
    assert!(start.elapsed() < Duration::from_secs(60), "the bounds hold: {:?}", start.elapsed());
    for (name, _, expected) in &hostile {
        let name = if *name == "nested.zip" { "nested.zip/inner.zip" } else { name };
        let found = one(&findings, name);
        assert!(found.starts_with(expected), "{name}: expected `{expected}`, found `{found}`");
    }
    let others = findings.iter().filter(|(file, _, _)| file.contains("north-province") || file.contains("south-province"));
    assert_eq!(others.count(), 0, "sound files are read: {findings:?}");
}

#[test]
fn a_workbook_with_a_sheet_that_is_no_table_is_read_all_the_same() {
    const BOOK: &str = "xl/workbook.xml";
    const RELATIONS: &str = "xl/_rels/workbook.xml.rels";
    let sheet = |attributes: &str| format!(r#"<sheets><sheet name="M" sheetId="9" {attributes}/>"#);
    let whole = xlsx();
    let macros = edited(&whole, BOOK, "<sheets>", &sheet(r#"r:id="rId9""#));
    let relation = r#"<Relationship Id="rId9" Type="http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet" Target="macrosheets/sheet1.xml"/></Relationships>"#;
    for (what, bytes) in [
        ("a module", edited(&whole, BOOK, "<sheets>", &sheet(r#"r:id="""#))),
        ("macros", edited(&macros, RELATIONS, "</Relationships>", relation)),
        ("a state of its own", edited(&whole, BOOK, " sheetId=", r#" state="show" sheetId="#)),
        ("a range of rows", edited(&whole, SHEET, " ref=", r#" ref="1:5" before="#)),
    ] {
        let project = project();
        fs::write(inputs(project.path()).join("north-province.xlsx"), bytes).expect("it can be written");
        assert_eq!(check(project.path(), &[]), [], "{what}");
    }
}

#[test]
fn a_file_that_takes_too_long_is_given_up() {
    let project = project();
    fs::write(inputs(project.path()).join("long.xlsx"), bomb(400)).expect("it can be written");
    let start = Instant::now();
    let found = one(&check(project.path(), &["--file-memory", "8192", "--file-seconds", "0.1"]), "long.xlsx");
    assert!(found.starts_with("bound-exceeded: expected to read this within 0.1 s of processor time"), "{found}");
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn merged_cells_cost_what_can_be_seen_of_them() {
    let project = project();
    let merges = r#"<mergeCell ref="B1:XFD42"/>"#.repeat(20_000);
    let (end, list) = ("</sheetData>", format!("</sheetData><mergeCells>{merges}</mergeCells>"));
    fs::write(inputs(project.path()).join("north-province.xlsx"), edited(&xlsx(), SHEET, end, &list)).expect("it can be written");
    let start = Instant::now();
    let findings = check(project.path(), &[]);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(findings.iter().all(|(file, _, _)| file.ends_with("north-province.xlsx")), "{findings:?}");
}

#[test]
fn a_bit_that_was_flipped_on_the_way_never_gives_another_number() {
    let project = project();
    let place = inputs(project.path());
    let read = || {
        let project = project::load(project.path(), &Reader::InProcess).expect("it can be read");
        let refused = project.diagnostics.iter().any(|found| found.place.file().as_str().contains("north-province"));
        let rows = project.computed.map(|computed| {
            let table = computed.inside(&[]).data.table(esep::period::PeriodIndex(1), esep::spec::DatasetIndex(0));
            format!("{table:?}")
        });
        (refused, rows)
    };
    let grid = [("Libraries".to_owned(), cells(NORTH))];
    for (name, whole) in [("north-province.xlsx", support::xlsx(&grid)), ("north-province.ods", support::ods(&grid))] {
        let file = place.join(name);
        fs::write(&file, &whole).expect("it can be written");
        let (refused, sound) = read();
        assert!(!refused, "{name} is sound");
        let (mut told, mut tried) = (0, 0);
        for at in (0..whole.len()).step_by(23) {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            fs::write(&file, bytes).expect("it can be written");
            let (refused, rows) = read();
            assert!(refused || rows == sound, "{name}, byte {at}");
            (told, tried) = (told + usize::from(refused), tried + 1);
        }
        // Parts that nobody reads may be as they like.
        assert!(tried > 30 && told * 3 > tried, "{told} of {tried} are told");
        fs::remove_file(&file).expect("it is there");
    }
}

#[cfg(unix)]
#[test]
fn a_worker_that_hangs_or_babbles_or_ends_costs_its_file_only() {
    let hangs = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hostile/hangs.sh"));
    for (program, rule) in [(hangs, "bound-exceeded"), ("yes".into(), "not-a-spreadsheet"), ("true".into(), "not-a-spreadsheet")]
    {
        let project = project();
        fs::write(inputs(project.path()).join("north-province.xlsx"), xlsx()).expect("it can be written");
        let bounds = Bounds { patience: Duration::from_millis(200), ..Bounds::default() };
        let start = Instant::now();
        let read =
            project::load(project.path(), &Reader::Workers(Workers::new(program.clone(), bounds))).expect("it can be read");
        assert!(start.elapsed() < Duration::from_secs(5), "{} is ended", program.display());
        let files = read.diagnostics.iter().filter(|found| found.rule.name() == rule).count();
        assert_eq!(files, 4, "one finding for each file: {:?}", read.diagnostics);
    }
}

#[test]
fn a_worker_that_does_not_start_is_no_fault_of_the_files() {
    let project = project();
    let reader = Reader::Workers(Workers::new(project.path().join("no-program"), Bounds::default()));
    let message = project::load(project.path(), &reader).err().expect("nothing can be read").to_string();
    assert!(message.starts_with("cannot start a process that reads workbooks: No such file"), "{message}");
}

#[test]
fn files_that_take_too_much_memory_together_are_not_read_and_the_largest_are_named() {
    let project = project();
    let program = PathBuf::from(env!("CARGO_BIN_EXE_esep"));
    let load = |inputs: u64| {
        let workers = Workers::new(program.clone(), Bounds { inputs, ..Bounds::default() });
        project::load(project.path(), &Reader::Workers(workers)).expect("it can be read")
    };
    let beyond = load(1_000);
    let [found] = &*beyond.diagnostics else { panic!("one finding for all files: {:?}", beyond.diagnostics) };
    assert_eq!(
        (found.rule.name(), found.place.to_string().as_str(), found.stops_everything()),
        ("bound-exceeded", "inputs", true)
    );
    let hint = found.hint.as_deref().unwrap_or_default();
    assert!(hint.contains("`inputs/2025/south-province.csv` (1 KB)") && hint.contains("--inputs-memory"), "{hint}");
    let computed = beyond.computed.expect("the specifications are sound");
    let balance = computed.balance().lines();
    assert!(balance.starts_with("3 files: 3 without a table that can be read\n"), "{balance}");
    assert!(load(1 << 20).diagnostics.iter().all(|found| found.rule.name() != "bound-exceeded"));
}

#[test]
fn a_zip_of_workbooks_is_read_as_its_workbooks() {
    let project = project();
    let lock = b"user".as_slice();
    let bytes = archive(&[
        ("Offices/North.xlsx", &xlsx()),
        ("Offices/~$North.xlsx", lock),
        ("__MACOSX/._North.xlsx", lock),
        (".DS_Store", lock),
    ]);
    fs::write(inputs(project.path()).join("all.zip"), bytes).expect("it can be written");
    let findings = check(project.path(), &[]);
    assert_eq!(
        one(&findings, "all.zip"),
        "passed-over: lock files and hidden files are not read: `.DS_Store`, `Offices/~$North.xlsx`, `__MACOSX/._North.xlsx`"
    );
    assert_eq!(findings.len(), 1, "{findings:?}");
}

#[test]
fn a_torn_zip_that_ends_with_a_whole_workbook_is_not_read_as_that_workbook() {
    let project = project();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["North.xlsx", "South.xlsx"] {
        // Stored as it is, so that the end of the first workbook can be seen.
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file(name, stored).and_then(|()| Ok(zip.write_all(&xlsx())?)).expect("it can be packed");
    }
    let bytes = zip.finish().expect("it is whole").into_inner();
    fs::write(inputs(project.path()).join("all.zip"), &bytes[..bytes.len() * 4 / 5]).expect("it can be written");
    let found = one(&check(project.path(), &[]), "all.zip");
    assert_eq!(found, "not-a-spreadsheet: expected a workbook, found the torn part of one");
}

#[test]
fn lock_and_hidden_files_are_passed_over_and_said_so() {
    let project = project();
    let inputs = inputs(project.path());
    fs::write(inputs.join("north-province.xls"), NORTH).expect("it can be written");
    for name in ["~$north.xlsx", ".~lock.north.ods#", "Thumbs.db", "desktop.ini", ".DS_Store"] {
        fs::write(inputs.join(name), "user").expect("it can be written");
    }
    let findings = check(project.path(), &[]);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!((findings[0].0.as_str(), findings[0].1.as_str()), ("inputs/2025", "passed-over"));
}

#[test]
fn workers_and_this_process_read_the_same() {
    let project = project();
    let inputs = inputs(project.path());
    let grid = [("Libraries".to_owned(), cells(NORTH))];
    fs::write(inputs.join("north-province.ods"), support::ods(&grid)).expect("it can be written");
    let workers = Reader::Workers(Workers::new(env!("CARGO_BIN_EXE_esep").into(), Bounds::default()));
    let read = |reader: &Reader| {
        let project = project::load(project.path(), reader).expect("it can be read");
        let computed = project.computed.expect("the starter is sound");
        (
            format!("{:?}", project.diagnostics),
            format!(
                "{:?}",
                computed.inside(&[]).results.total(
                    esep::spec::IndicatorIndex(0),
                    esep::period::PeriodIndex(1),
                    computed.specs.hierarchy.top()
                )
            ),
        )
    };
    assert_eq!(read(&Reader::InProcess), read(&workers));
}

/// A template of the reports of districts that holds something of Typst or of minijinja.
fn with_template(project: &Path, text: &str) {
    let folder = project.join("report-templates/local");
    fs::create_dir_all(&folder).expect("it can be made");
    let own = include_str!("../report-templates/local/report.typ.j2");
    fs::write(folder.join("report.typ.j2"), format!("{own}\n{text}\n")).expect("it can be written");
}

/// Nests so deep that whoever follows it runs out of stack.
fn nested() -> String {
    format!("{{{{ region{} }}}}", ".name".repeat(200_000))
}

const GIANT: &str = "#let x = \"a\" * 100000000000";
const DEEP: &str = "#{ let y = $a$; for i in range(3000) { y = $ #y^2 $ }; y }";
const ENDLESS: &str = "#for a in range(9999) { for b in range(9999) { for c in range(9999) { let d = calc.pow(a, 2) } } }";

/// What the typesetter never forgets: names of labels.
#[cfg(target_os = "linux")]
const MANIFOLD: &str = "#for n in range(300000) { let _ = label(\"a name that takes some room, however many others there are beside it, \
                        and that stays as long as the process: \" + str(n)) }";

#[cfg(target_os = "linux")]
#[test]
fn a_worker_that_has_grown_gives_way_to_a_new_one() {
    let folder = project();
    fs::write(inputs(folder.path()).join("north-province.csv"), NORTH).expect("it can be written");
    let setters = |template: &str| {
        with_template(folder.path(), template);
        let mut build = Command::new(env!("CARGO_BIN_EXE_esep"))
            .args(["build", "-q", "--jobs", "1", "--cache-size", "0", "--language", "en", "--project"])
            .arg(folder.path())
            .arg("--out")
            .arg(folder.path().join("out"))
            .spawn()
            .expect("the program runs");
        let mut seen = std::collections::BTreeSet::new();
        while build.try_wait().expect("it can be asked").is_none() {
            seen.extend(setters_of(build.id()));
            std::thread::sleep(Duration::from_millis(20));
        }
        seen.len()
    };
    assert_eq!(setters(""), 1, "all that is small is set by one");
    assert!(setters(MANIFOLD) > 1, "what has grown does not stay");
}

/// The processes that a run has started to set documents.
#[cfg(target_os = "linux")]
fn setters_of(run: u32) -> Vec<String> {
    let names = fs::read_dir("/proc").expect("Linux has it").flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let told = |name: &str, file: &str| fs::read_to_string(format!("/proc/{name}/{file}")).unwrap_or_default();
    let is_of_run =
        |name: &String| told(name, "status").lines().any(|line| line.strip_prefix("PPid:\t") == Some(&run.to_string()));
    names.filter(is_of_run).filter(|name| told(name, "cmdline").contains(typeset::COMMAND)).collect()
}

#[test]
fn workers_and_this_process_set_the_same() {
    let folder = project();
    fs::write(inputs(folder.path()).join("north-province.csv"), NORTH).expect("it can be written");
    let workers =
        Typesetter::Workers { program: env!("CARGO_BIN_EXE_esep").into(), bounds: typeset::Bounds::default(), memory: None };
    let proof = |text: &str, typesetter: &Typesetter| {
        with_template(folder.path(), text);
        let project = project::load(folder.path(), &Reader::InProcess).expect("it can be read");
        let specs = &project.computed.as_ref().expect("the starter is sound").specs;
        let region = specs.hierarchy.find(&RegionCode::new("11")).expect("the starter has it");
        let order = Order { kind: Kind::Report, region, language: specs.programme.publish[0].clone() };
        press::proof(&project, typesetter, &order, Audience::Public)
    };
    let made = |text: &str, typesetter: &Typesetter| proof(text, typesetter).map(|document| document.bytes).expect("it is sound");
    assert!(made("", &Typesetter::InProcess) == made("", &workers), "two documents of one report differ");
    // A fault when the templates are loaded, one when they are filled in, one when the document is set.
    for text in ["{{ region.name", "{{ region.nmae }}", "#unknown-function()"] {
        let (own, other) = (proof(text, &Typesetter::InProcess), proof(text, &workers));
        let (own, other) = (own.expect_err("it has a fault"), other.expect_err("it has a fault"));
        assert!(!own.diagnostics.is_empty());
        assert_eq!(format!("{:?}", own.diagnostics), format!("{:?}", other.diagnostics));
        assert_eq!(own.generated, other.generated);
    }
}

#[test]
fn templates_that_break_the_typesetter_fail_their_own_documents() {
    let project = project();
    fs::write(inputs(project.path()).join("north-province.csv"), NORTH).expect("it can be written");
    let own = project.path().join("report-templates/local/own.typ");
    let build = |text: &str, said: &str| {
        with_template(project.path(), text);
        let output = Command::new(env!("CARGO_BIN_EXE_esep"))
            .args(["build", "-q", "--replace", "--document-seconds", "2", "--project"])
            .arg(project.path())
            .arg("--out")
            .arg(project.path().join("out"))
            .output()
            .expect("the program runs");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{errors}");
        assert!(errors.contains(said), "expected `{said}`, found {errors}");
        for word in ["panicked", "memory allocation", "overflowed"] {
            assert!(!errors.contains(word), "nothing breaks on the terminal: {errors}");
        }
        errors
    };
    let of_document = |text: &str, said: &str| {
        let errors = build(text, &format!("error[failed-report]: {said}"));
        assert!(errors.contains("--> en/10 North Province/11 Alder. 2025.pdf"), "the document is named: {errors}");
        let (made, failed) =
            ("out/2025/en/10 North Province/10 North Province. 2025.pdf", "out/2025/en/10 North Province/11 Alder. 2025.pdf");
        assert!(project.path().join(made).exists(), "the others are made");
        assert!(!project.path().join(failed).exists());
    };
    of_document("{{ \"a\" * 100000000000 }}", "this report could not be made");
    of_document(GIANT, "expected to make this document within 4096 MB of memory, found that it takes more");
    of_document(DEEP, "expected to make this document, found that something nests too deep");
    of_document(ENDLESS, "expected to make this document within 2 s of processor time, found that it takes more");
    fs::write(&own, GIANT).expect("it can be written");
    of_document(
        "#import \"/local/own.typ\": x",
        "expected to make this document within 4096 MB of memory, found that it takes more",
    );
    // What cannot even be loaded is known before any document is made.
    let brackets = format!("{{{{ {}1{} }}}}", "(".repeat(30_000), ")".repeat(30_000));
    build(&brackets, "error[invalid-template]: the template cannot be used: syntax error");
    let errors = build(&nested(), "error[invalid-template]: expected to load this, found that something nests too deep");
    assert!(errors.contains("--> report-templates/local/report.typ.j2"), "{errors}");
}

#[test]
fn a_report_that_is_watched_outlives_its_templates() {
    let project = project();
    with_template(project.path(), GIANT);
    let said = project.path().join("said");
    let mut watch = Command::new(env!("CARGO_BIN_EXE_esep"))
        .args(["watch", "--region", "21", "--document-seconds", "2", "--out"])
        .arg(project.path().join("proof.pdf"))
        .arg("--project")
        .arg(project.path())
        .stderr(fs::File::create(&said).expect("it can be written"))
        .spawn()
        .expect("the program runs");
    let mut await_text = |text: &str| {
        let begun = Instant::now();
        while !fs::read_to_string(&said).expect("it can be read").contains(text) {
            assert_eq!(watch.try_wait().expect("it can be asked"), None, "it goes on");
            assert!(begun.elapsed() < Duration::from_secs(300), "{}", fs::read_to_string(&said).unwrap_or_default());
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    await_text("within 4096 MB of memory, found that it takes more");
    with_template(project.path(), DEEP);
    await_text("expected to make this document, found that something nests too deep");
    with_template(project.path(), ENDLESS);
    await_text("within 2 s of processor time, found that it takes more");
    with_template(project.path(), &nested());
    await_text("expected to load this, found that something nests too deep");
    with_template(project.path(), "");
    await_text(" pages in ");
    watch.kill().expect("it runs");
    watch.wait().expect("it runs");
    assert!(project.path().join("proof.pdf").exists());
}
