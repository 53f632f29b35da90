//! The one door: results in, [`Published`] out. Whatever is printed, listed or drawn is made from [`Published`] alone, so nobody behind the
//! door sees a sum, a row or a cell that was not let through.

mod audience;
mod behind;
mod blocked;
mod earlier;
mod findings;
pub mod jj;
mod lock;
mod moves;
mod proof;
mod quantities;
mod rows;
mod secondary;
mod system;
mod units;
mod waivers;
mod withheld;
mod witness;

use std::borrow::Cow;

use crate::check::Waived;
use crate::compute::combine;
use crate::compute::compare::{Rank, Ranks};
use crate::compute::conditions::{self, Conditions};
use crate::compute::contributions::{self, Asked, Contribution};
use crate::compute::matched::{self, Matched};
use crate::compute::plan::{self, Need};
use crate::compute::reliability::Evidence;
use crate::compute::sums::Which;
use crate::compute::{Cell, Coverage, Results, Slice};
use crate::dataset::Data;
use crate::diagnostic::{Diagnostic, Severity};
use crate::intake::receipts::Receipt;
use crate::intake::released::Released;
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{DatasetIndex, Indicator, IndicatorIndex, Specs, Term};
use crate::worker::Recollection;

pub use audience::Audience;
pub use behind::Behind;
pub use blocked::{Blocked, Reason};
pub use lock::{Cost, Protected};
pub use quantities::What;
pub use rows::Rows;
pub use system::{About, Count, Place};
pub use units::Units;
pub use waivers::LetThrough;
pub use withheld::Withholding;

/// What stands before the door.
#[derive(Clone, Copy)]
pub struct Inside<'a> {
    /// The specifications.
    pub specs: &'a Specs,
    /// What was reported.
    pub data: &'a Data,
    /// What was computed from the data.
    pub results: &'a Results,
    /// What errors block.
    pub blocked: &'a Blocked,
    /// The findings of the whole project.
    pub findings: &'a [Diagnostic],
    /// The findings that a waiver lets through, as they were without the waiver.
    pub waived: &'a [Waived],
    /// When submissions came.
    pub receipts: &'a [Receipt],
    /// The numbers of the releases that are out.
    pub released: &'a [Released],
    /// What was found to be withheld before; `None` where nothing is remembered.
    pub recollection: Option<&'a Recollection>,
}

/// What may be told. The numbers of blocked regions have a reason instead of a value, also where other regions are compared with them.
pub struct Published<'a> {
    audience: Audience,
    specs: &'a Specs,
    data: &'a Data,
    results: Cow<'a, Results>,
    ranks: Ranks,
    blocked: &'a Blocked,
    findings: &'a [Diagnostic],
    waived: &'a [Waived],
    receipts: &'a [Receipt],
    cost: Cost,
    notices: Vec<Diagnostic>,
}

/// Lets through what an audience may be told. The blocked numbers are kept back from everybody, small counts of persons from the public.
pub fn publish(inside: Inside<'_>, audience: Audience) -> Published<'_> {
    match audience {
        Audience::Internal => open(inside, audience, unblocked(inside)),
        Audience::Public => publish_without(inside, &Withholding::of(inside.specs, &disclosure(inside))),
    }
}

/// Lets through what the public may be told when what is withheld is given. So one can see that what is published does not depend on what
/// stands behind it: it is the same for other numbers there.
pub fn publish_without<'a>(inside: Inside<'a>, withheld: &Withholding) -> Published<'a> {
    let results = withheld::withhold(inside.specs, unblocked(inside), withheld);
    let Withholding { cost, notices, .. } = withheld;
    Published { cost: *cost, notices: notices.clone(), ..open(inside, Audience::Public, results) }
}

fn open<'a>(inside: Inside<'a>, audience: Audience, results: Cow<'a, Results>) -> Published<'a> {
    let Inside { specs, data, blocked, findings, waived, receipts, .. } = inside;
    // Only what is let through is ranked.
    let ranks = Ranks::new(specs, &results);
    let (cost, notices) = (Cost::default(), Vec::new());
    Published { audience, specs, data, results, ranks, blocked, findings, waived, receipts, cost, notices }
}

/// The results without what errors block.
fn unblocked<'a>(inside: Inside<'a>) -> Cow<'a, Results> {
    let Inside { results, blocked, .. } = inside;
    if blocked.is_empty() {
        Cow::Borrowed(results)
    } else {
        let without = results.without(|region, period| blocked.holds(region, period));
        Cow::Owned(combine::combined(inside.specs, without, |_, _| false))
    }
}

/// What is withheld from the public in each period, with all counts and the proof: for whoever answers for the release, never for a release.
pub fn disclosure(inside: Inside<'_>) -> Vec<Protected> {
    lock::protect(inside)
}

impl<'a> Published<'a> {
    /// For whom it is.
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// The specifications.
    pub fn specs(&self) -> &'a Specs {
        self.specs
    }

    /// What withholding small counts costs readers.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// What is to be known about the protection before anything is published: indicators that are withheld whole, small counts that
    /// readers have already; as errors, where the proof fails that no small count follows from what would be published.
    pub fn notices(&self) -> &[Diagnostic] {
        &self.notices
    }

    /// Why nothing may be published: the proof fails.
    pub fn refusals(&self) -> impl Iterator<Item = &Diagnostic> {
        self.notices.iter().filter(|found| found.severity == Severity::Error)
    }

    /// Whether an indicator is told of a region at all.
    pub fn tells(&self, indicator: IndicatorIndex, region: RegionIndex) -> bool {
        self.audience == Audience::Internal || self.specs.is_published_at(indicator, region)
    }

    /// The datasets that indicators are computed from in a period and of which it may be told how much came in.
    pub fn covered_datasets(&self, period: PeriodIndex) -> Vec<DatasetIndex> {
        let mut datasets = self.specs.covered_datasets(period);
        datasets.retain(|&dataset| self.covers(dataset));
        datasets
    }

    /// Whether it may be told how many units of a dataset reported.
    pub fn covers(&self, dataset: DatasetIndex) -> bool {
        self.audience == Audience::Internal || !self.specs.dataset(dataset).sensitive
    }

    /// Whether small counts are withheld from an indicator: a side or a part of it counts persons.
    pub fn withholds(&self, indicator: &Indicator) -> bool {
        let is_sensitive = |which: Which| self.specs.is_sensitive(which.dataset(indicator), which.quantity(indicator));
        let is_made_of_such = |term: &Term| self.withholds(self.specs.indicator(term.indicator));
        self.audience == Audience::Public
            && (Which::all(indicator).any(is_sensitive)
                || indicator.quantile().is_some() && self.specs.asks_of_persons(indicator)
                || indicator.combination().is_some_and(|made| made.terms().any(is_made_of_such)))
    }

    /// What errors block.
    pub fn blocked(&self) -> &'a Blocked {
        self.blocked
    }

    /// The last period in which anything was reported.
    pub fn latest(&self) -> Option<PeriodIndex> {
        self.data.latest()
    }

    /// The last period in which anything was reported for a dataset.
    pub fn latest_of(&self, dataset: DatasetIndex) -> Option<PeriodIndex> {
        self.data.latest_of(dataset)
    }

    /// The slices of an indicator, the total first.
    pub fn slices(&self, indicator: IndicatorIndex) -> &[Slice] {
        self.results.slices(indicator)
    }

    /// The number of a slice, by its position in [`Published::slices`].
    pub fn slice(&self, indicator: IndicatorIndex, period: PeriodIndex, region: RegionIndex, slice: usize) -> &Cell {
        self.results.slice(indicator, period, region, slice)
    }

    /// The number of the whole population.
    pub fn total(&self, indicator: IndicatorIndex, period: PeriodIndex, region: RegionIndex) -> &Cell {
        self.results.total(indicator, period, region)
    }

    /// How many units of a dataset should report and how many did; `answered` equals those that did.
    pub fn coverage(&self, dataset: DatasetIndex, period: PeriodIndex, region: RegionIndex) -> Coverage {
        self.results.coverage(dataset, period, region)
    }

    /// The place of a region among the regions with the same parent. `None` where the region has no number or no neighbours, or neither
    /// more nor less is better.
    pub fn rank(&self, indicator: IndicatorIndex, period: PeriodIndex, region: RegionIndex) -> Option<Rank> {
        self.ranks.of(indicator, period, region)
    }

    /// What a region needs in a period, the largest gap first; `below` are the regions in which the gaps may lie.
    pub fn needs(&self, period: PeriodIndex, region: RegionIndex, below: &[RegionIndex]) -> Vec<Need> {
        plan::needs(self.specs, &self.results, period, region, below)
    }

    /// The units that answered in a period and in the one before: by indicator, then by region. Of blocked regions there are none.
    pub fn matched(&self, period: PeriodIndex) -> Vec<Option<Vec<Matched>>> {
        let of = |indicator: &Indicator| {
            // Their sums are no counts that the proof knows of.
            if self.withholds(indicator) {
                return None;
            }
            let mut regions = matched::run(self.specs, self.data, indicator, period)?;
            for (region, matched) in regions.iter_mut().enumerate() {
                if self.blocked.holds(RegionIndex(region), period) {
                    *matched = Matched::default();
                }
            }
            Some(regions)
        };
        self.specs.indicators.iter().map(of).collect()
    }

    /// What each unit has of what the indicators ask about; `None` where no dataset tells, or where the public must not know how many units
    /// there are. What rests on sensitive answers is nobody's to know of a single unit.
    pub fn conditions(&self, period: PeriodIndex) -> Option<Conditions> {
        let may_tell = |indicator: &Indicator| self.audience == Audience::Internal || !self.specs.asks_of_persons(indicator);
        let conditions = conditions::run(self.specs, self.data, period, may_tell)?;
        self.covers(conditions.dataset).then_some(conditions)
    }

    /// What the data of a period can be judged by.
    pub fn evidence(&self, period: PeriodIndex) -> Evidence<'a> {
        Evidence::new(
            self.specs,
            (self.data, &self.results),
            (period, self.covered_datasets(period)),
            self.findings.iter().filter(|finding| findings::may_tell(self.specs, self.audience, finding)),
            self.receipts,
        )
    }

    /// The findings of a period in a region and within it that waivers let through.
    pub fn waivers(&self, period: PeriodIndex, region: RegionIndex) -> Vec<LetThrough<'a>> {
        waivers::let_through(self, period, region)
    }

    /// The rows of a dataset, for those who sent them.
    pub fn rows(&self, period: PeriodIndex, dataset: DatasetIndex) -> Rows<'a> {
        Rows::new(self, period, dataset)
    }

    /// What stands behind the numbers, for those who work with the data; `None` for the public.
    pub fn behind(&self) -> Option<Behind<'_>> {
        Behind::new(self)
    }

    /// What each row does to a number, for those who work with the data; `None` for the public.
    pub fn contributions(&self, asked: Asked) -> Option<Vec<Contribution>> {
        let may_know = self.audience == Audience::Internal;
        may_know.then(|| contributions::of(self.specs, self.data, &self.results, asked))
    }

    /// The units of a dataset, each for itself.
    pub fn units(&self, period: PeriodIndex, dataset: DatasetIndex) -> Units<'a> {
        Units::new(self, period, dataset)
    }
}
