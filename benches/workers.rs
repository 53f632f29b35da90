//! What worker processes cost: 20 workbooks of offices through intake, read in this process and in workers.
//!
//! `cargo bench --profile dev --bench workers` measures both side by side. Workers are started anew in each round, as in a run.

use std::collections::BTreeMap;

use divan::{Bencher, black_box};
use esep::diagnostic::FileName;
use esep::grid::{Bounds, Reader, Workers};
use esep::intake;
use esep::sources::{BinaryFile, Sources, TextFile};
use esep::spec::{self, Specs};
use rust_xlsxwriter::Workbook;

const HEADERS: [&str; 10] = [
    "Library number",
    "Name of library",
    "Province",
    "District",
    "Setting",
    "In operation",
    "Step-free access",
    "Opening hours at weekends",
    "Staff",
    "Staff trained in serving readers with disabilities",
];

fn main() {
    divan::main();
}

/// The specifications of the starter project.
fn specs() -> Specs {
    let starter = esep::sources::starter();
    let specs = starter.into_iter().filter(|(path, _)| path.starts_with("indicator-specs"));
    let specs: Vec<TextFile> =
        specs.map(|(path, text)| TextFile { name: FileName::new(path.to_string_lossy()), text: text.to_owned() }).collect();
    spec::load(&specs, &mut Vec::new()).expect("the starter is sound")
}

/// 20 workbooks with so many rows of 60 columns each.
fn sources(rows: u32) -> Sources {
    let files = (0..20).map(|file| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_row(0, 0, HEADERS).expect("it can be written");
        sheet.write_row(0, 10, (10..60).map(|column| format!("Column {column}"))).expect("it can be written");
        for row in 1..=rows {
            let texts = [format!("N-{file}-{row}"), format!("Library {row} of {file}")];
            sheet.write_row(row, 0, texts).expect("it can be written");
            sheet.write_row(row, 2, ["North", "Alder", "Town", "yes", "Full"]).expect("it can be written");
            let numbers = [row % 20, 10 + row % 7, row % 9].into_iter().chain((10..60).map(|column| row % column));
            sheet.write_row(row, 7, numbers).expect("it can be written");
        }
        let bytes = book.save_to_buffer().expect("it can be written");
        BinaryFile { name: FileName::new(format!("inputs/2025/{file:02}.xlsx")), bytes }
    });
    Sources { inputs: BTreeMap::from([("2025".to_owned(), files.collect())]), ..Sources::default() }
}

#[divan::bench(args = [200, 1000], sample_count = 20)]
fn twenty_workbooks_in_this_process(bencher: Bencher<'_, '_>, rows: u32) {
    let (specs, sources) = (specs(), sources(rows));
    bencher.bench_local(|| black_box(intake::read(&specs, &sources, &[], &Reader::InProcess, &mut Vec::new())));
}

#[divan::bench(args = [200, 1000], sample_count = 20)]
fn twenty_workbooks_in_new_workers(bencher: Bencher<'_, '_>, rows: u32) {
    let (specs, sources) = (specs(), sources(rows));
    bencher.bench_local(|| {
        let reader = Reader::Workers(Workers::new(env!("CARGO_BIN_EXE_esep").into(), Bounds::default()));
        black_box(intake::read(&specs, &sources, &[], &reader, &mut Vec::new()))
    });
}
