//! `approvals.yaml`: who has approved which numbers. All faults of all entries are found in one pass.

use std::collections::BTreeMap;

use super::Loader;
use super::checks::Targets;
use crate::diagnostic::{Place, Rule, did_you_mean_or_list};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::sources::TextFile;
use crate::spec::approvals::{Approval, FILE, RawApproval, RawApprovals};
use crate::yaml::{self, Entries, Spanned};

impl Loader<'_> {
    /// The approvals; none where there is no file.
    pub(super) fn approvals(&mut self, files: &[TextFile], targets: Targets<'_>) -> Vec<Approval> {
        let mut approvals: Vec<Approval> = Vec::new();
        for file in files.iter().filter(|file| file.is_yaml_of(FILE)) {
            let Some(parsed) = yaml::parse::<RawApprovals>(file, self.diagnostics) else { continue };
            let mut loader = self.at(&file.name);
            for raw in &parsed.value.approvals.0 {
                let Some(approval) = loader.approval(raw, targets) else { continue };
                if approvals.iter().any(|known| (known.period, known.region) == (approval.period, approval.region)) {
                    let message = format!("the region `{}` approves the period `{}` twice", raw.region.value, raw.period.value);
                    loader.report(Rule::DuplicateName, raw.region.span, message).hint = Some("leave the later one".into());
                    continue;
                }
                approvals.push(approval);
            }
        }
        approvals
    }

    fn approval(&mut self, raw: &RawApproval, targets: Targets<'_>) -> Option<Approval> {
        let (by, remark) = (self.text(&raw.by), raw.remark.as_ref().map(|remark| self.text(remark)));
        let date = self.date(&raw.date);
        self.distinct("the region", &raw.without.0);
        let numbers = self.hashes(&raw.numbers);
        let region = self.region(&raw.region, targets);
        let without: Vec<_> = raw.without.0.iter().map(|code| self.region(code, targets)).collect();
        let period = self.period_approved(&raw.period, targets);
        if let Some(region) = region {
            self.approves(&raw.region, region, targets);
            for (code, inner) in raw.without.0.iter().zip(&without) {
                if let Some(inner) = *inner {
                    self.answers(code, inner, region, targets);
                }
            }
        }
        Some(Approval {
            period: period?,
            region: region?,
            by,
            date: date?,
            remark,
            without: without.into_iter().collect::<Option<_>>()?,
            numbers,
            place: Place::Text { file: self.file.clone(), span: raw.region.span },
        })
    }

    fn period_approved(&mut self, raw: &Spanned<String>, targets: Targets<'_>) -> Option<PeriodIndex> {
        let periods = &targets.known.frame.programme.periods;
        let found = periods.iter().position(|period| period.id == raw.value).map(PeriodIndex);
        if found.is_none() && targets.known.frame.whole {
            self.report(Rule::UnknownName, raw.span, format!("unknown period `{}`", raw.value)).hint =
                did_you_mean_or_list(&raw.value, periods.iter().map(|period| period.id.as_str())).map(Into::into);
        }
        found
    }

    /// Checks that regions of this level approve their numbers.
    fn approves(&mut self, raw: &Spanned<String>, region: RegionIndex, targets: Targets<'_>) {
        let programme = targets.known.frame.programme;
        let level = targets.hierarchy.map(|hierarchy| &programme.levels[hierarchy.region(region).level.0]);
        if let Some(level) = level.filter(|level| !level.approves) {
            let level = &level.id;
            let message = format!("regions of the level `{level}` approve no numbers, and `{}` is one of them", raw.value);
            self.report(Rule::InvalidSpecification, raw.span, message).hint =
                Some(format!("write `approves: true` at the level `{level}` in `programme.yaml`, or leave the entry out").into());
        }
    }

    /// Checks that a region that is not waited for is one that would be: it approves, and no other one stands between.
    fn answers(&mut self, raw: &Spanned<String>, inner: RegionIndex, region: RegionIndex, targets: Targets<'_>) {
        let Some(hierarchy) = targets.hierarchy else { return };
        let levels = &targets.known.frame.programme.levels;
        let approves = |region: &RegionIndex| levels[hierarchy.region(*region).level.0].approves;
        let code = |region: RegionIndex| hierarchy.region(region).code.as_str();
        if inner == region || !hierarchy.contains(region, inner) {
            let message = format!("the region `{}` does not lie within `{}`", raw.value, code(region));
            self.report(Rule::InvalidSpecification, raw.span, message);
        } else if !approves(&inner) {
            let message = format!("the region `{}` approves no numbers, so nobody waits for it", raw.value);
            self.report(Rule::InvalidSpecification, raw.span, message);
        } else if let Some(between) = hierarchy.upwards(inner).skip(1).find(approves).filter(|&above| above != region) {
            let message = format!("the region `{}` is waited for by `{}`, not by `{}`", raw.value, code(between), code(region));
            self.report(Rule::InvalidSpecification, raw.span, message).hint =
                Some(format!("name it in the approval of `{}`", code(between)).into());
        }
    }

    fn hashes(&mut self, raw: &Entries<Spanned<String>>) -> BTreeMap<String, String> {
        let mut hashes = BTreeMap::new();
        for (indicator, hash) in &raw.0 {
            if hash.value.len() != 64 || !hash.value.chars().all(|sign| matches!(sign, '0'..='9' | 'a'..='f')) {
                let message = format!("expected a hash of 64 digits and letters from a to f, found `{}`", hash.value);
                self.report(Rule::InvalidSpecification, hash.span, message).hint =
                    Some("`esep approve` writes the whole entry; copy it as it is".into());
            }
            hashes.insert(indicator.value.clone(), hash.value.clone());
        }
        hashes
    }
}
