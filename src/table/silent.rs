//! The units that did not report, as rows for other programs. For those who work with the data: rows of units are not for publication.

use serde::Serialize;

use super::{is_formula, lines};
use crate::check::SilentUnit;
use crate::language::LanguageCode;
use crate::spec::Specs;

/// A unit of a register that did not report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Silent {
    /// The period's name in files.
    pub period: String,
    /// The dataset that it did not send.
    pub dataset: String,
    /// The code of the region that it is in.
    pub region: String,
    /// The region's name.
    pub region_name: String,
    /// Its key; the answers of several key fields are joined by `, `.
    pub key: String,
    /// Its name.
    pub unit: String,
    /// Where the register lists it.
    pub place: String,
}

/// Units as rows, with the names of regions in a language.
pub fn silent<'a>(specs: &Specs, language: &LanguageCode, units: impl IntoIterator<Item = &'a SilentUnit>) -> Vec<Silent> {
    let row = |unit: &SilentUnit| {
        let region = specs.hierarchy.region(unit.region);
        Silent {
            period: specs.period(unit.period).id.clone(),
            dataset: specs.dataset(unit.dataset).id.as_str().to_owned(),
            region: region.code.as_str().to_owned(),
            region_name: region.name.get(language).to_owned(),
            key: unit.key.clone(),
            unit: unit.title.clone(),
            place: unit.place.to_string(),
        }
    };
    units.into_iter().map(row).collect()
}

/// The rows as CSV with a header line: UTF-8, commas, LF. No text in it can act as a formula in a spreadsheet program.
pub fn silent_csv(rows: &[Silent]) -> String {
    if rows.is_empty() {
        return "period,dataset,region,region_name,key,unit,place\n".to_owned();
    }
    lines(rows.iter().map(Silent::inert))
}

impl Silent {
    /// The row with texts that cannot act as formulas.
    fn inert(&self) -> Self {
        let mut row = self.clone();
        let Self { period, dataset, region, region_name, key, unit, place } = &mut row;
        for text in [period, dataset, region, region_name, key, unit, place] {
            if is_formula(text) {
                text.insert(0, '\'');
            }
        }
        row
    }
}
