//! `waivers.yaml`: findings that somebody lets through.

use super::Targets;
use crate::diagnostic::{Rule, did_you_mean_or_list};
use crate::period::{self, PeriodIndex};
use crate::sources::TextFile;
use crate::spec::checks::Waiver;
use crate::spec::checks::format::{RawWaiver, RawWaivers};
use crate::spec::load::Loader;
use crate::yaml::{self, Spanned};

/// The checks that a waiver may name besides the built-in rules.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub checks: &'a [&'a str],
    /// Whether every check could be read: only then is a name that is not there a fault.
    pub whole: bool,
}

impl Loader<'_> {
    /// The waivers in the order of their file.
    pub(super) fn waivers(&mut self, files: &[TextFile], rules: Rules<'_>, targets: Targets<'_>) -> Vec<Waiver> {
        let mut waivers = Vec::new();
        for file in files.iter().filter(|file| file.is_yaml_of("indicator-specs/waivers.yaml")) {
            let Some(parsed) = yaml::parse::<RawWaivers>(file, self.diagnostics) else { continue };
            for waiver in &parsed.value.waivers.0 {
                waivers.extend(self.at(&file.name).waiver(waiver, rules, targets));
            }
        }
        waivers
    }

    fn waiver(&mut self, raw: &RawWaiver, known: Rules<'_>, targets: Targets<'_>) -> Option<Waiver> {
        let rules = || Rule::ALL.iter().map(|rule| rule.name()).chain(known.checks.iter().copied());
        if known.whole && !rules().any(|rule| rule == raw.rule.value) {
            self.unknown("rule", &raw.rule, rules());
        }
        let (region, unit, field, period) = (&raw.region, &raw.unit, &raw.field, &raw.period);
        if region.is_none() && unit.is_none() && field.is_none() && period.is_none() {
            let hint = "name a `region`, a `unit`, a `field` or a `period`";
            return self.fault(raw.rule.span, "expected the place that is meant, found none".into(), Some(hint.into()));
        }
        let datasets = targets.known.datasets;
        if let Some(field) = field
            && targets.known.all_datasets_read
            && datasets.iter().all(|dataset| dataset.whole && dataset.find(&field.value).is_none())
        {
            let names = datasets.iter().flat_map(|dataset| dataset.fields.iter().map(|field| field.id.as_str()));
            self.unknown("field", field, names);
        }
        let reason = self.text(&raw.reason);
        // What is named and not known is reported; without it the waiver would reach further than was meant.
        let region = match region {
            Some(region) => Some(self.region(region, targets)?),
            None => None,
        };
        let period = match period {
            Some(period) => Some(self.period(period, targets.known.frame)?),
            None => None,
        };
        let last = self.until(&raw.until, targets)?;
        Some(Waiver {
            rule: raw.rule.value.clone(),
            region,
            unit: unit.as_ref().map(|unit| unit.value.clone()),
            field: field.as_ref().map(|field| field.value.clone()),
            period,
            reason,
            who: raw.who.value.clone(),
            until: raw.until.value.clone(),
            last,
            file: self.file.clone(),
            span: raw.rule.span,
        })
    }

    /// The last period up to a period or a day.
    fn until(&mut self, raw: &Spanned<String>, targets: Targets<'_>) -> Option<Option<PeriodIndex>> {
        let programme = targets.known.frame.programme;
        if let Some(period) = programme.period(&raw.value) {
            return Some(Some(period));
        }
        let Ok(day) = period::day(&raw.value) else {
            let message = format!("expected a period or a day as YYYY-MM-DD, found `{}`", raw.value);
            let hint = did_you_mean_or_list(&raw.value, programme.periods.iter().map(|period| period.id.as_str()));
            return self.fault(raw.span, message, hint);
        };
        Some(programme.periods.iter().rposition(|period| period.date <= day).map(PeriodIndex))
    }
}
