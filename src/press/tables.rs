//! The numbers of a release as tables, and the numbers that somebody asks for.

use crate::period::PeriodIndex;
use crate::protect::{Audience, Published};
use crate::region::RegionIndex;
use crate::release::{self, FileEntry, Staging};
use crate::report::Selection;
use crate::table;

/// The tables of a release.
pub(super) struct Texts {
    /// For spreadsheets and statistics programs.
    pub csv: String,
    /// With everything that is known of the numbers.
    json: String,
}

/// The tables of a period.
pub(super) fn texts(published: &Published<'_>, period: PeriodIndex) -> Texts {
    let everything = Selection::default();
    Texts {
        csv: table::csv(&rows(published, &[period], &everything)),
        json: table::document(published, period, &selected(published, period, &everything, false)),
    }
}

/// Writes the tables of a release for an audience; returns their entries for the manifest.
pub(super) fn write(texts: &Texts, audience: Audience, staging: &Staging<'_>) -> Result<Vec<FileEntry>, release::Error> {
    let store = |(ending, text): (&str, &String)| {
        let name = format!("results{}.{ending}", audience.suffix());
        staging.write(&name, text.as_bytes())?;
        Ok(FileEntry::new(name, text.as_bytes()))
    };
    [("csv", &texts.csv), ("json", &texts.json)].into_iter().map(store).collect()
}

/// Every number of these periods in the selected regions, named in the selected language; numbers of blocked regions are left out.
pub fn rows(published: &Published<'_>, periods: &[PeriodIndex], selection: &Selection) -> Vec<table::Row> {
    let language = selection.languages.first().unwrap_or(&published.specs().programme.publish[0]);
    let of = |&period: &PeriodIndex| table::rows(published, language, period, &selected(published, period, selection, false));
    periods.iter().flat_map(of).collect()
}

/// The selected regions whose numbers of a period are blocked by errors.
pub fn left_out(published: &Published<'_>, period: PeriodIndex, selection: &Selection) -> Vec<RegionIndex> {
    selected(published, period, selection, true)
}

fn selected(published: &Published<'_>, period: PeriodIndex, selection: &Selection, blocked: bool) -> Vec<RegionIndex> {
    let specs = published.specs();
    let mut regions = selection.regions_on(&specs.hierarchy, specs.period(period).date);
    regions.retain(|&region| published.blocked().holds(region, period) == blocked);
    regions
}
