//! The three costly stages on the shipped project: reading its workbooks, computing its numbers, setting its reports.
//!
//! `cargo bench --profile dev` measures the program as the README runs it.

use std::path::Path;

use divan::{Bencher, black_box};
use esep::pipeline::{self, Computed, Project};
use esep::region::{RegionCode, RegionIndex};
use esep::report::{self, Material};
use esep::{compute, intake, table, typeset};

fn main() {
    divan::main();
}

fn project() -> Project {
    pipeline::load(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the shipped project can be read")
}

#[divan::bench(sample_count = 10)]
fn intake_of_all_workbooks(bencher: Bencher<'_, '_>) {
    let project = project();
    let specs = &project.computed.as_ref().expect("the shipped specifications are right").specs;
    bencher.bench_local(|| black_box(intake::read(specs, &project.sources, &mut Vec::new())));
}

#[divan::bench(sample_count = 10)]
fn computing_all_indicators(bencher: Bencher<'_, '_>) {
    let project = project();
    let computed = project.computed.as_ref().expect("the shipped specifications are right");
    bencher.bench_local(|| black_box(compute::run(&computed.specs, &computed.data)));
}

/// The republic, an oblast, a district.
#[divan::bench(sample_count = 10, args = ["000000000", "100000000", "101000000"])]
fn typesetting_a_report(bencher: Bencher<'_, '_>, code: &str) {
    let project = project();
    let computed = project.computed.as_ref().expect("the shipped specifications are right");
    let region = computed.specs.hierarchy.find(&RegionCode::new(code)).expect("a region of the shipped registry");
    let mut faults = Vec::new();
    let engine = typeset::prepare(&computed.languages, &project.sources.templates, &project.sources.fonts, &mut faults);
    assert!(faults.is_empty(), "the shipped templates are right");
    bencher.bench_local(|| set(computed, &engine, region));
}

fn set(computed: &Computed, engine: &typeset::Engine, region: RegionIndex) -> usize {
    let period = computed.data.latest().expect("the shipped project has data");
    let language = &computed.languages[&computed.specs.programme.publish[0]];
    let material = Material { specs: &computed.specs, results: &computed.results, period, date: None };
    let report = report::write(material, language, region);
    let csv = table::csv(&table::rows(&computed.specs, &computed.results, &language.code, period, &[region]));
    let issued = computed.specs.programme.periods[period.0].issued;
    engine.typeset(&report, &csv, issued).expect("the shipped templates are right").pages
}
