//! Rules over specifications, data and results; findings out. One file a rule, and in `declared` one file a kind of check.

mod arithmetic;
mod crossed_groups;
mod deciding_blank;
mod declared;
mod examples;
mod lost;
mod missing_total;
mod one_sided;
mod register;
mod signs;
mod silent_regions;
mod waivers;
mod zero_denominator;

use std::collections::{BTreeMap, HashSet};

use rayon::prelude::*;

use crate::compute::Results;
use crate::dataset::{Data, Table};
use crate::diagnostic::{self, Concern, Diagnostic, Place, Severity};
use crate::language::{Language, LanguageCode};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Dataset, DatasetIndex, Specs};

pub use lost::blame as lost;
pub use register::{SilentUnit, silent_units};
pub use signs::check as signs;
pub use waivers::{Waived, waive};

/// The most findings of a rule, or of all declared checks together, that are kept one by one; more are counted.
const MOST: usize = 1_000_000;

/// What rules look at.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The specifications.
    pub specs: &'a Specs,
    /// What was reported.
    pub data: &'a Data,
    /// What was computed from the data.
    pub results: &'a Results,
    /// The languages that could be read: findings of declared checks write numbers as each of them does.
    pub languages: &'a BTreeMap<LanguageCode, Language>,
    /// The cells whose contents are of no use: it has been told why, so nobody needs to be told that they hold no answer.
    pub useless: &'a HashSet<Place>,
}

/// What came of a dataset in a period.
#[derive(Clone, Copy)]
struct Collected<'a> {
    period: PeriodIndex,
    index: DatasetIndex,
    dataset: &'a Dataset,
    table: &'a Table,
}

impl<'a> Subject<'a> {
    /// What came of every dataset in every period; tables may be empty.
    fn tables(self) -> impl Iterator<Item = Collected<'a>> {
        let Subject { specs, data, .. } = self;
        let of = |(period, index)| Collected { period, index, dataset: specs.dataset(index), table: data.table(period, index) };
        specs.collections().map(of)
    }
}

/// The cells of errors that reading has found.
pub fn useless(diagnostics: &[Diagnostic]) -> HashSet<Place> {
    let is_cell =
        |found: &&Diagnostic| found.severity == Severity::Error && matches!(found.place, Place::Cell { column: Some(_), .. });
    diagnostics.iter().filter(is_cell).map(|found| found.place.clone()).collect()
}

/// Runs the worked examples of the specifications, and reports those that fail.
pub fn specifications(specs: &Specs) -> Vec<Diagnostic> {
    examples::check(specs)
}

/// Runs every rule and every declared check on the data, and gives what they find.
pub fn data(subject: Subject<'_>) -> Vec<Diagnostic> {
    let rules = [
        deciding_blank::check,
        missing_total::check,
        crossed_groups::check,
        arithmetic::check,
        register::check,
        silent_regions::check,
        one_sided::check,
        zero_denominator::check,
        declared::check,
    ];
    let bounded = |rule: &fn(Subject<'_>) -> Vec<Diagnostic>| {
        let mut found = rule(subject);
        diagnostic::fold(&mut found, MOST, |found| subject.specs.waivers.iter().any(|waiver| waiver.names_unit_of(found)));
        found
    };
    rules.par_iter().flat_map_iter(bounded).collect()
}

/// What a finding in a dataset, a region and a period concerns.
fn concern(specs: &Specs, dataset: &Dataset, region: RegionIndex, period: PeriodIndex) -> Concern {
    Concern {
        regions: [specs.hierarchy.region(region).code.as_str().into()].into(),
        period: Some(specs.period(period).id.as_str().into()),
        dataset: Some(dataset.id.shared()),
        ..Concern::default()
    }
}
