//! The reliability protocol of a region: can its data be trusted, and whom should an inspector visit first.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{
    CompletenessRow, PlaceRow, Protocol, Reason, Reliability, RuleRow, Timeliness, TimelinessRow, Visit, WaiverRow, WaiverWords,
};
use super::{Background, Material, Scope};
use crate::compute::completeness::Cells;
use crate::compute::reliability::{Evidence, Score, Submission};
use crate::diagnostic::Severity;
use crate::language::Language;
use crate::protect::LetThrough;
use crate::region::RegionIndex;
use crate::spec::checks::Waiver;
use crate::value::{Amount, Ratio};
use crate::wording;

/// How many regions are named to be visited first.
const VISITS: usize = 10;

/// What a report says of the reliability of its region's data.
pub(super) fn words(scope: &Scope<'_>, background: &Background<'_>) -> Reliability {
    let writer = Writer { scope: *scope, evidence: &background.evidence };
    let score = writer.evidence.score(scope.region);
    Reliability {
        asked: scope.number(score.cells.asked as i64),
        filled: scope.number(score.cells.answered as i64),
        filled_share: writer.filled_share(score.cells),
        warnings: scope.number(score.findings.warnings as i64),
        notes: scope.number(score.findings.notes as i64),
        rules: writer.rules(),
        waivers: writer.waivers(),
    }
}

/// Draws up the protocol of a region.
pub fn write(material: Material<'_>, background: &Background<'_>, language: &Language, region: RegionIndex) -> Protocol {
    let writer = Writer { scope: Scope { material, language, region }, evidence: &background.evidence };
    let mut front = writer.scope.front(Vec::new());
    front.subtitle = Some(writer.scope.label("reliability_title"));
    let number = format!("{}-{}", writer.scope.document_number(), writer.scope.label("reliability_code"));
    front.number = language.isolated(number);
    if let Some(number) = front.facts.first_mut() {
        number.1.clone_from(&front.number);
    }
    let completeness = writer.completeness();
    Protocol {
        visits: writer.visits(),
        unknown: completeness.iter().any(|row| row.expected.is_none()),
        completeness,
        places: writer.scope.below().into_iter().map(|place| writer.place(place)).collect(),
        timeliness: writer.timeliness(),
        rules: writer.rules(),
        waivers: writer.waivers(),
        front,
    }
}

struct Writer<'a> {
    scope: Scope<'a>,
    evidence: &'a Evidence<'a>,
}

impl Writer<'_> {
    fn visits(&self) -> Vec<Visit> {
        let visit = |(position, (region, score)): (usize, (RegionIndex, Score))| Visit {
            place: self.scope.language.whole(position as i128 + 1),
            region: self.full_name(region),
            reasons: self.reasons(&score),
        };
        self.evidence.visits(self.scope.region).into_iter().take(VISITS).enumerate().map(visit).collect()
    }

    /// A region's name, followed by the name of its parent unless that is the protocol's region.
    fn full_name(&self, region: RegionIndex) -> String {
        let parent = self.scope.material.specs.hierarchy.region(region).parent;
        match parent.filter(|&parent| parent != self.scope.region) {
            Some(parent) => format!("{} ({})", self.scope.name(region), self.scope.name(parent)),
            None => self.scope.name(region),
        }
    }

    fn reasons(&self, score: &Score) -> Vec<Reason> {
        let number = |count: u64| self.scope.number(count as i64);
        let reason = |kind, count: u64, of: Option<u64>| Reason { kind, count: number(count), of: of.map(number) };
        [
            reason("silent", score.silent().into(), score.coverage.expected.map(u64::from)),
            reason("errors", score.findings.errors, None),
            reason("warnings", score.findings.warnings, None),
            reason("blank", score.blank(), Some(score.cells.asked)),
            reason("late", score.days_late.unsigned_abs(), None),
        ]
        .into_iter()
        .filter(|reason| reason.count.n > Amount::default())
        .collect()
    }

    fn completeness(&self) -> Vec<CompletenessRow> {
        let rows = self.evidence.datasets(self.scope.region).map(|(index, coverage, cells)| {
            let coverage = self.scope.reporting(&coverage);
            CompletenessRow {
                dataset: self.scope.material.specs.dataset(index).name.get(self.scope.code()).to_owned(),
                expected: coverage.expected,
                reported: coverage.reported,
                unregistered: coverage.unregistered,
                share: coverage.share,
                asked: self.scope.number(cells.asked as i64),
                filled: self.scope.number(cells.answered as i64),
                filled_share: self.filled_share(cells),
            }
        });
        rows.collect()
    }

    fn filled_share(&self, cells: Cells) -> Option<String> {
        let share = Ratio::new(i128::from(cells.answered), i128::from(cells.asked))?;
        Some(self.scope.share(share))
    }

    fn place(&self, region: RegionIndex) -> PlaceRow {
        let score = self.evidence.score(region);
        let coverage = self.scope.reporting(&score.coverage);
        PlaceRow {
            region: self.scope.name(region),
            reported: if coverage.expected.is_some() { coverage.reported } else { self.scope.number(score.rows as i64) },
            expected: coverage.expected,
            unregistered: coverage.unregistered,
            share: coverage.share,
            filled_share: self.filled_share(score.cells),
            errors: self.scope.number(score.findings.errors as i64),
            warnings: self.scope.number(score.findings.warnings as i64),
            notes: self.scope.number(score.findings.notes as i64),
        }
    }

    /// The findings by rule, the gravest and most frequent first.
    fn rules(&self) -> Vec<RuleRow> {
        let mut rules: BTreeMap<(Severity, &str), (i64, BTreeSet<RegionIndex>)> = BTreeMap::new();
        for found in self.evidence.findings(self.scope.region).filter(|found| !found.is_waived()) {
            let (count, regions) = rules.entry((found.severity(), found.name())).or_default();
            *count += found.count as i64;
            regions.extend(&found.regions);
        }
        let mut rows: Vec<_> = rules.into_iter().collect();
        rows.sort_by_key(|((severity, name), (count, _))| (*severity, -count, *name));
        rows.into_iter()
            .map(|((severity, name), (count, regions))| RuleRow {
                name: self.rule_name(name),
                severity: self.scope.label(&format!("severity_{}", severity.name())),
                count: self.scope.number(count),
                regions: self.scope.number(regions.len() as i64),
            })
            .collect()
    }

    /// When the submissions of the region came; a submission belongs to the regions of its rows. `None` when the programme sets no day.
    fn timeliness(&self) -> Option<Timeliness> {
        let Material { specs, period, .. } = self.scope.material;
        let due = specs.period(period).due?;
        let row = |Submission { file, received, late, correction }: Submission<'_>| TimelinessRow {
            file: file.as_str().rsplit('/').next().unwrap_or_default().to_owned(),
            received: received.map(|day| self.scope.language.date(day)),
            late: late.map(|days| self.scope.number(days)),
            correction,
        };
        let rows: Vec<TimelinessRow> = self.evidence.submissions(self.scope.region).into_iter().map(row).collect();
        let count =
            |wanted: &dyn Fn(&TimelinessRow) -> bool| self.scope.number(rows.iter().filter(|row| wanted(row)).count() as i64);
        Some(Timeliness {
            due: self.scope.language.date(due),
            on_time: count(&|row| !row.correction && row.received.is_some() && row.late.is_none()),
            late: count(&|row| row.late.is_some()),
            unknown: count(&|row| !row.correction && row.received.is_none()),
            corrections: count(&|row| row.correction),
            changes: self.scope.number(self.evidence.changes(self.scope.region) as i64),
            rows,
        })
    }

    fn waivers(&self) -> Vec<WaiverRow> {
        let Material { published, period, .. } = self.scope.material;
        let row = |LetThrough { rule, findings, until, waiver }: LetThrough<'_>| WaiverRow {
            rule: self.rule_name(rule),
            count: self.scope.number(findings as i64),
            until: until.to_owned(),
            waiver: waiver.map(|waiver| self.waiver(waiver)),
        };
        published.waivers(period, self.scope.region).into_iter().map(row).collect()
    }

    fn waiver(&self, waiver: &Waiver) -> WaiverWords {
        let region = waiver.region.map(|region| self.scope.name(region));
        let place: Vec<String> = [region, waiver.unit.clone(), waiver.field.clone()].into_iter().flatten().collect();
        WaiverWords { place: place.join(", "), reason: waiver.reason.get(self.scope.code()).to_owned(), who: waiver.who.clone() }
    }

    /// The title that the project gives its check or the language file the rule; its own name where there is no title.
    fn rule_name(&self, name: &str) -> String {
        wording::title(self.scope.material.specs, self.scope.language, name)
    }
}
