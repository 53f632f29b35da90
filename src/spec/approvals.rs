//! Who has approved which numbers, as `approvals.yaml` tells it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Place;
use crate::language::Localized;
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::format::RawText;
use crate::yaml::{Entries, List, Spanned};

/// The path of the file.
pub const FILE: &str = "indicator-specs/approvals.yaml";

/// `indicator-specs/approvals.yaml`: who has approved which numbers. `esep approve` writes its entries.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "approvals")]
pub struct RawApprovals {
    /// The approvals.
    pub approvals: List<RawApproval>,
}

/// An approval of the numbers of a region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawApproval {
    /// The period.
    pub period: Spanned<String>,
    /// The region's code; its level has `approves: true` in `programme.yaml`.
    pub region: Spanned<String>,
    /// Who approves: post and name, as printed.
    pub by: RawText,
    /// The day of the approval (YYYY-MM-DD).
    pub date: Spanned<String>,
    /// What the approver remarks; printed with the approval.
    pub remark: Option<RawText>,
    /// The codes of regions within whose approval is not waited for; printed with the approval.
    #[serde(default)]
    pub without: List<Spanned<String>>,
    /// For each indicator, by its number, the hash of what is approved, as `esep approve` takes it from a release.
    pub numbers: Entries<Spanned<String>>,
}

/// An approval of the numbers of a region.
#[derive(Clone, Debug)]
pub struct Approval {
    /// The period.
    pub period: PeriodIndex,
    /// The region.
    pub region: RegionIndex,
    /// Who approves.
    pub by: Localized,
    /// The day.
    pub date: Date,
    /// What the approver remarks.
    pub remark: Option<Localized>,
    /// The regions within whose approval is not waited for.
    pub without: Vec<RegionIndex>,
    /// For each indicator, by its number, the hash of what is approved.
    pub numbers: BTreeMap<String, String>,
    /// Where it stands.
    pub place: Place,
}
