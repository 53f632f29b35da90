//! The costly stages on the shipped project: reading its workbooks, computing its numbers, setting its reports, and drawing the
//! workbooks beside them.
//!
//! `cargo bench --profile dev` measures the program as the README runs it.

use std::path::Path;

use divan::{Bencher, black_box};
use esep::grid::Reader;
use esep::period::PeriodIndex;
use esep::pipeline::{self, Computed, Project};
use esep::region::LevelIndex;
use esep::report::reliability::Evidence;
use esep::report::{self, Kind, Material, Order, Selection};
use esep::{companion, compute, intake, table, typeset};

fn main() {
    divan::main();
}

fn project() -> Project {
    pipeline::load(Path::new(env!("CARGO_MANIFEST_DIR")), &Reader::InProcess).expect("the shipped project can be read")
}

#[divan::bench(sample_count = 10)]
fn intake_of_all_workbooks(bencher: Bencher<'_, '_>) {
    let project = project();
    let specs = &project.computed.as_ref().expect("the shipped specifications are right").specs;
    bencher.bench_local(|| black_box(intake::read(specs, &project.sources, &[], &Reader::InProcess, &mut Vec::new())));
}

#[divan::bench(sample_count = 10)]
fn computing_all_indicators(bencher: Bencher<'_, '_>) {
    let project = project();
    let computed = project.computed.as_ref().expect("the shipped specifications are right");
    bencher.bench_local(|| black_box(compute::run(&computed.specs, &computed.data)));
}

/// Another report each time, in turn over the regions of a level and the languages: what is alike in two reports in a row is
/// remembered, as in a run.
#[divan::bench(sample_count = 12, args = [0, 1, 2])]
fn typesetting_a_report_of_level(bencher: Bencher<'_, '_>, level: usize) {
    let project = project();
    let computed = project.computed.as_ref().expect("the shipped specifications are right");
    let period = computed.data.latest().expect("the shipped project has data");
    let selection = Selection {
        levels: vec![LevelIndex(level)],
        languages: computed.specs.programme.languages.clone(),
        ..Selection::default()
    };
    let mut faults = Vec::new();
    let mut orders = report::orders(&computed.specs, period, &selection);
    let folders = report::folders(&computed.specs, &orders, period);
    let Project { sources, .. } = &project;
    let engine = typeset::prepare(&computed.languages, &sources.templates, &folders, &sources.assets, &[], &mut faults);
    assert!(faults.is_empty(), "the shipped templates are right");
    orders.sort_by_key(|order| order.region);
    let mut orders = orders.iter().cycle();
    let Computed { specs, data, waived, receipts, .. } = computed;
    let evidence = Evidence::new(specs, period, data, &project.diagnostics, waived, receipts);
    bencher.bench_local(|| set(computed, &evidence, &engine, period, orders.next().expect("a level has regions")));
}

fn set(computed: &Computed, evidence: &Evidence<'_>, engine: &typeset::Engine, period: PeriodIndex, order: &Order) -> usize {
    let material = Material { specs: &computed.specs, results: &computed.results, period, date: None };
    let report = report::write(material, evidence, &computed.languages[&order.language], order.region);
    let csv = table::csv(&table::rows(&computed.specs, &computed.results, &order.language, period, &[order.region]));
    let issued = computed.specs.programme.periods[period.0].issued;
    engine.typeset(&report, &csv, issued).expect("the shipped templates are right").pages
}

/// The workbook beside another report each time; without the writing of the report that it takes its words from.
#[divan::bench(sample_count = 12, args = [0, 1, 2])]
fn drawing_a_workbook_of_level(bencher: Bencher<'_, '_>, level: usize) {
    let project = project();
    let computed = project.computed.as_ref().expect("the shipped specifications are right");
    let period = computed.data.latest().expect("the shipped project has data");
    let selection = Selection { levels: vec![LevelIndex(level)], ..Selection::default() };
    let Computed { specs, data, results, waived, receipts, languages, .. } = computed;
    let evidence = Evidence::new(specs, period, data, &project.diagnostics, waived, receipts);
    let material = Material { specs, results, period, date: None };
    let orders = report::orders(specs, period, &selection);
    let reports: Vec<_> = orders
        .iter()
        .filter(|order| order.kind == Kind::Report)
        .map(|order| {
            let language = &languages[&order.language];
            (language, order.region, report::write(material, &evidence, language, order.region))
        })
        .collect();
    let mut reports = reports.iter().cycle();
    bencher.bench_local(|| {
        let (language, region, report) = reports.next().expect("a level has regions");
        companion::write(material, language, *region, report).expect("a workbook holds it").len()
    });
}
