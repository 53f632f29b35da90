//! The numbers of a release as tables, and its manifest; the numbers that somebody asks for.

use super::Built;
use crate::period::PeriodIndex;
use crate::protect::Published;
use crate::region::RegionIndex;
use crate::release::{self, FileEntry, Holding, Manifest, Staging};
use crate::report::Selection;
use crate::sources::Sources;
use crate::table;

/// Writes the tables and the manifest of a release; `whole` says that all its documents were asked for.
pub(super) fn write(
    sources: &Sources,
    published: &Published<'_>,
    period: PeriodIndex,
    staging: &Staging<'_>,
    built: &Built,
    whole: bool,
) -> Result<(), release::Error> {
    let everything = Selection::default();
    let csv = table::csv(&rows(published, &[period], &everything));
    staging.write("results.csv", csv.as_bytes())?;
    let document = table::document(published, period, &selected(published, period, &everything, false));
    staging.write("results.json", document.as_bytes())?;
    let (inputs, specifications, templates) = release::entries(sources);
    let manifest = Manifest {
        holds: Holding::Reports,
        program: release::PROGRAM.to_owned(),
        period: published.specs().period(period).id.clone(),
        complete: built.diagnostics.is_empty() && whole,
        reports: built.reports.clone(),
        companions: built.companions.clone(),
        blocked: built.blocked.clone(),
        tables: vec![FileEntry::new("results.csv", csv.as_bytes()), FileEntry::new("results.json", document.as_bytes())],
        inputs,
        specifications,
        templates,
    };
    let json = serde_json::to_string_pretty(&manifest).expect("the manifest is plain data");
    staging.write("manifest.json", format!("{json}\n").as_bytes())
}

/// Every number of these periods and of the regions and in the language selected; those of blocked regions are left out.
pub fn rows(published: &Published<'_>, periods: &[PeriodIndex], selection: &Selection) -> Vec<table::Row> {
    let language = selection.languages.first().unwrap_or(&published.specs().programme.publish[0]);
    let of = |&period: &PeriodIndex| table::rows(published, language, period, &selected(published, period, selection, false));
    periods.iter().flat_map(of).collect()
}

/// The regions selected of which errors block the numbers of a period.
pub fn left_out(published: &Published<'_>, period: PeriodIndex, selection: &Selection) -> Vec<RegionIndex> {
    selected(published, period, selection, true)
}

fn selected(published: &Published<'_>, period: PeriodIndex, selection: &Selection, blocked: bool) -> Vec<RegionIndex> {
    let specs = published.specs();
    let mut regions = selection.regions_on(&specs.hierarchy, specs.period(period).date);
    regions.retain(|&region| published.blocked().holds(region, period) == blocked);
    regions
}
