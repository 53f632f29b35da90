//! Which numbers of a release are approved: by whom, and what still waits.

use std::collections::{BTreeMap, BTreeSet};

use super::Ledger;
use crate::diagnostic::{Diagnostic, Rule};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::Specs;
use crate::spec::approvals::Approval;

/// What becomes of numbers before they count.
#[derive(Clone, Copy, Debug, Default)]
pub enum Standing<'a> {
    /// Nobody is asked to approve them.
    #[default]
    Unasked,
    /// They are approved: by the region that answers for them, or, above all regions that do, by all of these.
    Approved {
        /// The approval; `None` above all regions that approve.
        by: Option<&'a Approval>,
        /// The regions within whose numbers nobody has approved: their approval was not waited for.
        without: &'a [RegionIndex],
    },
    /// Somebody's approval is wanting, or is of other numbers.
    Preliminary,
}

/// Which numbers of a period are approved.
#[derive(Debug, Default)]
pub struct Approvals<'a> {
    /// By region; none where nobody is asked.
    words: Vec<Word<'a>>,
    /// The regions that have not approved their numbers, in their order.
    waiting: Vec<RegionIndex>,
    /// The approvals of numbers that are others by now.
    faults: Vec<Diagnostic>,
}

/// What was said of the numbers of a region.
#[derive(Clone, Debug, Default)]
struct Word<'a> {
    is_approved: bool,
    by: Option<&'a Approval>,
    /// The approvers within that have not approved.
    without: Vec<RegionIndex>,
}

impl<'a> Approvals<'a> {
    /// Compares the approvals of a period with the numbers of a release for everybody.
    pub fn new(specs: &'a Specs, period: PeriodIndex, numbers: &Ledger) -> Self {
        let Some(levels) = Levels::new(specs, period) else { return Self::default() };
        let mut approvals = Self::default();
        let mut holds: BTreeMap<RegionIndex, Option<&Approval>> = BTreeMap::new();
        for &approver in &levels.approvers {
            let approval = specs.approvals.iter().find(|approval| (approval.period, approval.region) == (period, approver));
            let now = levels.hashes(approver, numbers);
            let differing = approval.map(|approval| differing(approval, &now));
            if let (Some(approval), Some(differing)) = (approval, &differing)
                && !differing.is_empty()
            {
                approvals.faults.push(void(specs, approval, differing));
            }
            let is_void = differing.is_some_and(|differing| !differing.is_empty());
            holds.insert(approver, approval.filter(|_| !is_void));
        }
        // A region comes before those within it, so from the last one on all within are known.
        let mut approved: BTreeSet<RegionIndex> = BTreeSet::new();
        for &approver in levels.approvers.iter().rev() {
            let Some(approval) = holds[&approver] else { continue };
            if levels.below(approver).all(|inner| approved.contains(&inner) || approval.without.contains(&inner)) {
                approved.insert(approver);
            }
        }
        let late: Vec<RegionIndex> = levels.approvers.iter().copied().filter(|approver| !approved.contains(approver)).collect();
        let word = |region: RegionIndex| Word {
            is_approved: match levels.approver(region) {
                Some(approver) => approved.contains(&approver),
                None => levels.below(region).all(|inner| approved.contains(&inner)),
            },
            by: levels.approver(region).and_then(|approver| holds[&approver]),
            without: late.iter().copied().filter(|&inner| specs.hierarchy.contains(region, inner)).collect(),
        };
        approvals.words = (0..specs.hierarchy.len()).map(RegionIndex).map(word).collect();
        approvals.waiting = levels.approvers.iter().copied().filter(|approver| holds[approver].is_none()).collect();
        approvals
    }

    /// What became of the numbers of a region.
    pub fn of(&self, region: RegionIndex) -> Standing<'_> {
        match self.words.get(region.0) {
            None => Standing::Unasked,
            Some(Word { is_approved: true, by, without }) => Standing::Approved { by: *by, without },
            Some(_) => Standing::Preliminary,
        }
    }

    /// The regions whose approval is wanting, or is of other numbers.
    pub fn waiting(&self) -> &[RegionIndex] {
        &self.waiting
    }

    /// The approvals of numbers that are others by now, each with the indicators that have changed.
    pub fn faults(&self) -> &[Diagnostic] {
        &self.faults
    }
}

/// For each indicator, by its number, the hash of what a region approves with its numbers: what a release tells of it and of all regions within
/// that have no approver of their own. `None` where regions of its level approve nothing.
pub fn hashes(specs: &Specs, period: PeriodIndex, region: RegionIndex, numbers: &Ledger) -> Option<BTreeMap<String, String>> {
    let levels = Levels::new(specs, period)?;
    levels.approvers.contains(&region).then(|| levels.hashes(region, numbers))
}

/// Who approves for whom.
struct Levels<'a> {
    specs: &'a Specs,
    /// The regions that approve, in their order.
    approvers: BTreeSet<RegionIndex>,
}

impl<'a> Levels<'a> {
    /// `None` where no level approves.
    fn new(specs: &'a Specs, period: PeriodIndex) -> Option<Self> {
        let day = specs.period(period).date;
        let approves = |region: &crate::region::Region| specs.level(region.level).approves && region.exists_on(day);
        let approvers = specs.hierarchy.all().filter(|(_, region)| approves(region)).map(|(index, _)| index).collect();
        specs.programme.levels.iter().any(|level| level.approves).then_some(Self { specs, approvers })
    }

    /// The region that answers for the numbers of a region: itself or the nearest one above.
    fn approver(&self, region: RegionIndex) -> Option<RegionIndex> {
        self.specs.hierarchy.upwards(region).find(|above| self.approvers.contains(above))
    }

    /// The approvers within a region with none between.
    fn below(&self, region: RegionIndex) -> impl Iterator<Item = RegionIndex> {
        let hierarchy = &self.specs.hierarchy;
        let own = self.approver(region);
        let is_next = move |inner: &RegionIndex| {
            *inner != region
                && hierarchy.contains(region, *inner)
                && hierarchy.upwards(*inner).skip(1).find(|above| self.approvers.contains(above)) == own
        };
        self.approvers.iter().copied().filter(is_next)
    }

    fn hashes(&self, approver: RegionIndex, numbers: &Ledger) -> BTreeMap<String, String> {
        let hierarchy = &self.specs.hierarchy;
        let answers = |region: &RegionIndex| self.approver(*region) == Some(approver);
        let own = hierarchy.within(approver).map(RegionIndex).filter(answers);
        numbers.hashes(&own.map(|region| hierarchy.region(region).code.as_str()).collect())
    }
}

/// The indicators of which something else is told than what was approved.
fn differing<'a>(approval: &'a Approval, now: &'a BTreeMap<String, String>) -> Vec<&'a str> {
    let all: BTreeSet<&String> = approval.numbers.keys().chain(now.keys()).collect();
    all.into_iter().filter(|indicator| approval.numbers.get(*indicator) != now.get(*indicator)).map(String::as_str).collect()
}

fn void(specs: &Specs, approval: &Approval, differing: &[&str]) -> Diagnostic {
    let language = &specs.programme.publish[0];
    let region = specs.hierarchy.region(approval.region);
    let name = |id: &&str| {
        let indicator = specs.indicators.iter().find(|indicator| indicator.id == **id);
        indicator
            .map_or_else(|| format!("{id} (which is no more)"), |indicator| format!("{id} ({})", indicator.short.get(language)))
    };
    let (those, names) = (if differing.len() == 1 { "indicator" } else { "indicators" }, differing.iter().map(name));
    let message = format!(
        "the approval of {} by {} ({}) holds no longer: the numbers of the {those} {} are not those that were approved",
        approval.date,
        region.name.get(language),
        region.code.as_str(),
        names.collect::<Vec<_>>().join(", "),
    );
    Diagnostic::new(Rule::VoidApproval, approval.place.clone(), message)
        .hint("send the region its new numbers, and put what `esep approve` then writes in place of this entry")
}
