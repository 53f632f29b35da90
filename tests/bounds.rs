//! The bounds of reading, from both sides: what lies within is read, what lies beyond is named.

mod support;

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use esep::diagnostic::{Place, Rule};
use esep::grid::Reader;
use esep::project;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What is found in a file or an archive of a project that has it besides others.
fn found(name: &str, bytes: &[u8]) -> Vec<(Rule, String)> {
    found_in("a-sound-project", name, bytes)
}

/// The same in the project of another case.
fn found_in(case: &str, name: &str, bytes: &[u8]) -> Vec<(Rule, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    support::assemble(&support::tests().join("cases").join(case), folder.path()).expect("the case is sound");
    let path = format!("inputs/2025/{name}");
    fs::write(folder.path().join(&path), bytes).expect("written");
    let project = project::load(folder.path(), &Reader::InProcess).expect("it can be read");
    let own = project.diagnostics.into_iter().filter(|found| match &found.place {
        Place::File(file) | Place::Cell { file, .. } | Place::Text { file, .. } => Path::new(file.as_str()).starts_with(&path),
    });
    own.map(|found| (found.rule, found.message)).collect()
}

/// A workbook with something in its first cell and in another one.
fn spanning(row: u32, column: u16) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "one").and_then(|sheet| sheet.write(row, column, "two")).expect("written");
    book.save_to_buffer().expect("written to memory")
}

#[test]
fn a_sheet_has_at_most_five_million_cells() {
    // 999,999 rows of 5 columns, and one column more.
    let within = found("within.xlsx", &spanning(999_998, 4));
    assert!(within.iter().all(|(rule, _)| *rule == Rule::UnrecognisedTable), "{within:?}");
    let beyond = found("beyond.xlsx", &spanning(999_998, 5));
    assert_eq!(beyond.len(), 1, "{beyond:?}");
    assert!(beyond[0].1.contains("`F999999`"), "{beyond:?}");
}

#[test]
fn a_cell_has_at_most_32767_letters() {
    let table = |letters: usize| format!("a,b\n1,{}\n", "ә".repeat(letters));
    let within = found("within.csv", table(32_767).as_bytes());
    assert!(within.iter().all(|(rule, _)| *rule == Rule::UnrecognisedTable), "{within:?}");
    let expected = "expected at most 32767 letters in a cell, found 32768 in `B2`";
    assert_eq!(found("beyond.csv", table(32_768).as_bytes()), [(Rule::BoundExceeded, expected.to_owned())]);
}

#[test]
fn other_encodings_are_tried_on_no_more_than_a_megabyte() {
    const CASE: &str = "a-table-in-an-encoding-that-is-not-declared";
    let table = support::tests().join("cases").join(CASE).join("inputs/2025/north.csv");
    let table = fs::read(table).expect("the case has it");
    let below = |lines: usize| [format!("{}\n", "x".repeat(32_000)).repeat(lines).as_bytes(), &table].concat();
    let names_it = |bytes: &[u8]| found_in(CASE, "north.csv", bytes)[0].1.contains("in the encoding `IBM866`");
    assert!(names_it(&below(31)));
    assert!(!names_it(&below(33)));
}

/// Bytes that are packed to about a twelfth.
fn packable(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'a' + (state >> 24) as u8 % 26
    };
    (0..length).map(|at| if at % 256 < 16 { random() } else { b'-' }).collect()
}

#[test]
fn an_archive_unpacks_to_at_most_200_megabytes() {
    let archive = |sizes: &[usize]| {
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        for (number, megabytes) in sizes.iter().enumerate() {
            let options = SimpleFileOptions::default().compression_level(Some(1));
            out.start_file(format!("{number}.csv"), options).expect("begun");
            let block = packable(1 << 20);
            (0..*megabytes).for_each(|_| out.write_all(&block).expect("written"));
        }
        out.finish().expect("written").into_inner()
    };
    // Each file is within its own bound.
    let beyond = found("beyond.zip", &archive(&[70, 70, 70]));
    assert_eq!(beyond.len(), 1, "{beyond:?}");
    assert_eq!(beyond[0].0, Rule::BoundExceeded, "{beyond:?}");
}
