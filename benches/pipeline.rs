//! The costly stages on the shipped project: reading its workbooks, computing its numbers, withholding small counts, setting its reports,
//! and drawing the workbooks beside them.
//!
//! `cargo bench --profile dev` measures the program as the README runs it.

use std::path::Path;

use divan::{Bencher, black_box};
use esep::grid::Reader;
use esep::project::{self, Computed, Project};
use esep::protect::Audience;
use esep::region::LevelIndex;
use esep::report::{self, Background, Kind, Material, Order, Selection};
use esep::typeset::Kit;
use esep::{companion, compute, intake, table, typeset};

fn main() {
    divan::main();
}

fn project() -> Project {
    project::load(Path::new(env!("CARGO_MANIFEST_DIR")), &Reader::InProcess).expect("the shipped project can be read")
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
    bencher.bench_local(|| black_box(compute::run(&computed.specs, computed.inside(&[]).data)));
}

/// What is withheld in all periods, with its proof.
#[divan::bench(sample_count = 5)]
fn withholding_small_counts(bencher: Bencher<'_, '_>) {
    let project = project();
    let ready = project.ready(Audience::Internal).expect("the shipped specifications are right");
    bencher.bench_local(|| black_box(ready.disclosure()).len());
}

/// Another report each time, in turn over the regions of a level and the languages: what is alike in two reports in a row is
/// remembered, as in a run.
#[divan::bench(sample_count = 12, args = [0, 1, 2])]
fn typesetting_a_report_of_level(bencher: Bencher<'_, '_>, level: usize) {
    let project = project();
    let computed = project.computed.as_ref().expect("the shipped specifications are right");
    let period = computed.latest().expect("the shipped project has data");
    let selection = Selection {
        levels: vec![LevelIndex(level)],
        languages: computed.specs.programme.languages.clone(),
        ..Selection::default()
    };
    let mut faults = Vec::new();
    let ready = project.ready(Audience::Public).expect("the shipped specifications are right");
    let published = &ready.published;
    let mut orders = report::orders(published, period, &selection);
    let folders = report::folders(&computed.specs, &orders, period);
    let Project { sources, .. } = &project;
    let kit = Kit {
        languages: &computed.languages,
        templates: &sources.templates,
        folders: &folders,
        assets: &sources.assets,
        texts: &[],
    };
    let engine = typeset::prepare(kit, &mut faults);
    assert!(faults.is_empty(), "the shipped templates are right");
    orders.sort_by_key(|order| order.region);
    let mut orders = orders.iter().cycle();
    let background = Background::new(published, period);
    let material = Material::new(published, period, None);
    bencher.bench_local(|| set(computed, material, &background, &engine, orders.next().expect("a level has regions")));
}

fn set(
    computed: &Computed,
    material: Material<'_>,
    background: &Background<'_>,
    engine: &typeset::Engine,
    order: &Order,
) -> usize {
    let Material { published, period, .. } = material;
    let report = report::write(material, background, &computed.languages[&order.language], order.region);
    let csv = table::csv(table::rows(published, &order.language, period, &[order.region]));
    let issued = computed.specs.period(period).issued;
    engine.typeset(&report, &csv, issued).expect("the shipped templates are right").pages
}

/// The workbook beside another report each time; without the writing of the report that it takes its words from.
#[divan::bench(sample_count = 12, args = [0, 1, 2])]
fn drawing_a_workbook_of_level(bencher: Bencher<'_, '_>, level: usize) {
    let project = project();
    let computed = project.computed.as_ref().expect("the shipped specifications are right");
    let period = computed.latest().expect("the shipped project has data");
    let selection = Selection { levels: vec![LevelIndex(level)], ..Selection::default() };
    let Computed { languages, .. } = computed;
    let ready = project.ready(Audience::Public).expect("the shipped specifications are right");
    let published = &ready.published;
    let background = Background::new(published, period);
    let material = Material::new(published, period, None);
    let orders = report::orders(published, period, &selection);
    let reports: Vec<_> = orders
        .iter()
        .filter(|order| order.kind == Kind::Report)
        .map(|order| {
            let language = &languages[&order.language];
            (language, order.region, report::write(material, &background, language, order.region))
        })
        .collect();
    let mut reports = reports.iter().cycle();
    bencher.bench_local(|| {
        let (language, region, report) = reports.next().expect("a level has regions");
        companion::write(material, language, *region, report).expect("a workbook holds it").len()
    });
}
