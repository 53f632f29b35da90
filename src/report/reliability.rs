//! The reliability protocol of a region: can its data be trusted, and whom should an inspector visit first.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use jiff::civil::Date;

use super::model::{
    CompletenessRow, PlaceRow, Protocol, Reason, Reliability, RuleRow, Timeliness, TimelinessRow, Visit, WaiverRow,
};
use super::{Material, Scope};
use crate::check::Waived;
use crate::compute::completeness::{self, Cells};
use crate::compute::matched::{self, Matched};
use crate::compute::{Coverage, Results};
use crate::dataset::{Change, Correction, Data};
use crate::diagnostic::{Diagnostic, FileName, Severity};
use crate::intake::receipts::Receipt;
use crate::language::Language;
use crate::period::PeriodIndex;
use crate::region::{RegionCode, RegionIndex};
use crate::spec::{DatasetIndex, Indicator, Specs};
use crate::value::Ratio;

/// How many regions are named as those to visit first.
const VISITS: usize = 10;
/// An error weighs as much as so many warnings.
const ERROR_WEIGHT: u64 = 3;
/// A day of delay weighs as much as so many hundredths of the data.
const DAY_WEIGHT: i64 = 1;

/// By what the data can be judged, beside the numbers.
pub struct Evidence<'a> {
    /// Answers asked for and given: by dataset, then by region.
    cells: Vec<(DatasetIndex, Vec<Cells>)>,
    /// The units that answered in the period and in the one before: by indicator, then by region.
    matched: Vec<Option<Vec<Matched>>>,
    /// The files that hold rows of each region.
    files: BTreeMap<RegionIndex, BTreeSet<FileName>>,
    /// What was found, counted.
    findings: Vec<Tally<'a>>,
    /// What was reported.
    pub data: &'a Data,
    /// What was let through.
    pub waived: &'a [Waived],
    /// When submissions came.
    pub receipts: &'a [Receipt],
}

impl<'a> Evidence<'a> {
    /// Of a period; `findings` are those of the whole project.
    pub fn new(
        specs: &Specs,
        period: PeriodIndex,
        data: &'a Data,
        findings: &'a [Diagnostic],
        waived: &'a [Waived],
        receipts: &'a [Receipt],
    ) -> Self {
        let cells = |index| (index, completeness::run(specs, data, period, index));
        let matched = specs.indicators.iter().map(|indicator| matched::run(specs, data, indicator, period));
        let cells: Vec<(DatasetIndex, Vec<Cells>)> = super::covered_datasets(specs, period).into_iter().map(cells).collect();
        let mut files: BTreeMap<RegionIndex, BTreeSet<FileName>> = BTreeMap::new();
        for (index, _) in &cells {
            let table = data.table(period, *index);
            for row in 0..table.len() {
                let (files, file) = (files.entry(table.region(row)).or_default(), &table.place(row).file);
                if !files.contains(file) {
                    files.insert(file.clone());
                }
            }
        }
        Self { cells, matched: matched.collect(), files, findings: tallies(specs, period, findings), data, waived, receipts }
    }

    /// The units of a region that answered for an indicator in the period and in the one before.
    pub fn matched(&self, indicator: usize, region: RegionIndex) -> Option<Matched> {
        self.matched[indicator].as_ref().map(|regions| regions[region.0])
    }
}

/// What a report says of the reliability of its region's data.
pub(super) fn words(scope: &Scope<'_>, evidence: &Evidence<'_>) -> Reliability {
    let writer = Writer::new(*scope, evidence);
    let score = writer.score(scope.region);
    Reliability {
        asked: scope.number(score.cells.asked as i64),
        filled: scope.number(score.cells.answered as i64),
        filled_share: writer.filled_share(score.cells),
        warnings: scope.number(score.warnings as i64),
        notes: scope.number(score.notes as i64),
        rules: writer.rules(),
        waivers: writer.waivers(),
    }
}

/// How many warnings there are about the answers that each indicator is computed from, in a region.
pub(super) fn warnings(scope: &Scope<'_>, evidence: &Evidence<'_>) -> Vec<usize> {
    let specs = scope.material.specs;
    let looked_at = |indicator: &Indicator| -> BTreeSet<(&str, &str)> {
        let sides = [&indicator.numerator, &indicator.denominator];
        let names = sides.map(|side| {
            let dataset = &specs.datasets[side.dataset.0];
            side.fields().into_iter().map(move |field| (dataset.id.as_str(), dataset.field(field).id.as_str()))
        });
        names.into_iter().flatten().collect()
    };
    let fields: Vec<BTreeSet<(&str, &str)>> = specs.indicators.iter().map(looked_at).collect();
    let mut counts = vec![0; fields.len()];
    for Tally { finding, count: found, .. } in findings(scope, evidence) {
        let Some(dataset) = finding.concern.dataset.as_deref().filter(|_| finding.severity == Severity::Warning) else {
            continue;
        };
        for (count, fields) in counts.iter_mut().zip(&fields) {
            if finding.concern.fields.iter().any(|field| fields.contains(&(dataset, field.as_ref()))) {
                *count += *found as usize;
            }
        }
    }
    counts
}

/// Draws up the protocol of a region.
pub fn write(material: Material<'_>, evidence: &Evidence<'_>, language: &Language, region: RegionIndex) -> Protocol {
    let writer = Writer::new(Scope { material, language, region }, evidence);
    let mut front = writer.scope.front(Vec::new());
    front.subtitle = Some(writer.scope.label("reliability_title"));
    front.number = format!("{}-{}", front.number, writer.scope.label("reliability_code"));
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

/// Findings that are alike in all that documents tell of them, and the regions of the hierarchy that they are about.
struct Tally<'a> {
    /// One of them.
    finding: &'a Diagnostic,
    count: u64,
    regions: Vec<RegionIndex>,
}

/// The findings of a period, counted: a document looks at each kind once, however many there are.
fn tallies<'a>(specs: &Specs, period: PeriodIndex, all: &'a [Diagnostic]) -> Vec<Tally<'a>> {
    let period = specs.programme.periods[period.0].id.as_str();
    let mut places: HashMap<Alike<'_>, usize> = HashMap::new();
    let mut tallies: Vec<Tally<'_>> = Vec::new();
    for finding in all.iter().filter(|finding| finding.concern.period.as_deref().is_none_or(|id| id == period)) {
        let place = *places.entry(Alike::new(finding)).or_insert_with(|| {
            tallies.push(Tally { finding, count: 0, regions: concerned(specs, finding) });
            tallies.len() - 1
        });
        tallies[place].count += finding.count as u64;
    }
    tallies
}

/// What documents tell of a finding.
#[derive(PartialEq, Eq)]
struct Alike<'a> {
    severity: Severity,
    name: &'a str,
    is_waived: bool,
    dataset: Option<&'a str>,
    fields: &'a [Arc<str>],
    regions: &'a Arc<[Arc<str>]>,
}

impl<'a> Alike<'a> {
    fn new(finding: &'a Diagnostic) -> Self {
        Self {
            severity: finding.severity,
            name: finding.name(),
            is_waived: finding.waived.is_some(),
            dataset: finding.concern.dataset.as_deref(),
            fields: &finding.concern.fields,
            regions: &finding.concern.regions,
        }
    }
}

impl Hash for Alike<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Lists of regions may be long, and many findings share one.
        let regions = (self.regions.len(), self.regions.first(), self.regions.last());
        (self.severity, self.name, self.is_waived, self.dataset, self.fields, regions).hash(state);
    }
}

/// The findings that concern a region or what lies within it.
fn findings<'a, 'b>(scope: &Scope<'_>, evidence: &'b Evidence<'a>) -> Vec<&'b Tally<'a>> {
    let hierarchy = &scope.material.specs.hierarchy;
    let is_inside = |tally: &&Tally<'_>| tally.regions.iter().any(|&inner| hierarchy.contains(scope.region, inner));
    evidence.findings.iter().filter(is_inside).collect()
}

fn concerned(specs: &Specs, finding: &Diagnostic) -> Vec<RegionIndex> {
    finding.concern.regions.iter().filter_map(|code| specs.hierarchy.find(&RegionCode::new(code.as_ref()))).collect()
}

/// What is missing from a region's data, or raises questions.
#[derive(Default)]
struct Score {
    /// Of the datasets of which something tells how much should come, together; without any, nothing is expected.
    coverage: Coverage,
    /// Rows of all datasets.
    rows: u64,
    cells: Cells,
    errors: u64,
    warnings: u64,
    notes: u64,
    days_late: i64,
}

impl Score {
    /// Hundredths of the units that are silent, of the answers left blank, of the rows with findings, and days of delay.
    fn weight(&self) -> Ratio {
        let share = |part: u64, whole: u64| Ratio::new(i128::from(part), i128::from(whole)).unwrap_or(Ratio::whole(0)).times(100);
        let findings = (self.errors * ERROR_WEIGHT + self.warnings).min(self.rows);
        [
            share(self.silent(), self.coverage.expected.unwrap_or(0)),
            share(self.blank(), self.cells.asked),
            share(findings, self.rows),
            Ratio::whole(self.days_late * DAY_WEIGHT),
        ]
        .into_iter()
        .fold(Ratio::whole(0), Ratio::plus)
    }

    fn silent(&self) -> u64 {
        self.coverage.expected.unwrap_or(0).saturating_sub(self.coverage.reported)
    }

    fn blank(&self) -> u64 {
        self.cells.asked - self.cells.answered
    }
}

struct Writer<'a> {
    scope: Scope<'a>,
    evidence: &'a Evidence<'a>,
    findings: Vec<&'a Tally<'a>>,
}

impl<'a> Writer<'a> {
    fn new(scope: Scope<'a>, evidence: &'a Evidence<'a>) -> Self {
        Self { findings: findings(&scope, evidence), evidence, scope }
    }

    fn score(&self, region: RegionIndex) -> Score {
        let material = self.scope.material;
        let hierarchy = &material.specs.hierarchy;
        let results: &Results = material.results;
        let mut score = Score::default();
        for (index, cells) in &self.evidence.cells {
            let own = results.coverage(*index, material.period, region);
            score.rows += own.reported + own.unregistered;
            score.cells.asked += cells[region.0].asked;
            score.cells.answered += cells[region.0].answered;
            // What came of a dataset of which nothing tells how much should come does not make the others complete.
            if let Some(expected) = own.expected {
                score.coverage.expected = Some(score.coverage.expected.unwrap_or(0) + expected);
                score.coverage.reported += own.reported;
                score.coverage.unregistered += own.unregistered;
            }
        }
        for found in self.findings.iter().filter(|found| found.regions.iter().any(|&inner| hierarchy.contains(region, inner))) {
            match found.finding.severity {
                Severity::Error => score.errors += found.count,
                Severity::Warning => score.warnings += found.count,
                Severity::Note => score.notes += found.count,
            }
        }
        let Material { specs, period, .. } = material;
        if let Some(due) = specs.programme.periods[period.0].due {
            // Who corrects what was sent in time is not late.
            let first = self.submissions(region).into_iter().filter(|file| !self.is_correction(file));
            let late = first.filter_map(|file| self.received(file.as_str()));
            score.days_late = late.map(|day| days_late(due, day)).max().unwrap_or(0);
        }
        score
    }

    /// The lowest regions within this one, the weightiest first.
    fn visits(&self) -> Vec<Visit> {
        let hierarchy = &self.scope.material.specs.hierarchy;
        let day = self.scope.day();
        let lowest = |region: &RegionIndex| {
            *region != self.scope.region
                && hierarchy.region(*region).exists_on(day)
                && hierarchy.children(*region, day).is_empty()
        };
        let mut scored: Vec<(RegionIndex, Score)> = hierarchy
            .within(self.scope.region)
            .map(RegionIndex)
            .filter(lowest)
            .map(|region| (region, self.score(region)))
            .collect();
        scored.retain(|(_, score)| score.weight() > Ratio::whole(0));
        scored.sort_by_cached_key(|(region, score)| (std::cmp::Reverse(score.weight()), *region));
        let visit = |(position, (region, score)): (usize, &(RegionIndex, Score))| Visit {
            place: self.scope.language.whole(position as i128 + 1),
            region: self.full_name(*region),
            reasons: self.reasons(score),
        };
        scored.iter().take(VISITS).enumerate().map(visit).collect()
    }

    /// A region's name, with that of the region it lies in where that is another one than the protocol's.
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
            reason("silent", score.silent(), score.coverage.expected),
            reason("errors", score.errors, None),
            reason("warnings", score.warnings, None),
            reason("blank", score.blank(), Some(score.cells.asked)),
            reason("late", score.days_late.unsigned_abs(), None),
        ]
        .into_iter()
        .filter(|reason| reason.count.n > 0)
        .collect()
    }

    fn completeness(&self) -> Vec<CompletenessRow> {
        let material = self.scope.material;
        let row = |(index, cells): &(DatasetIndex, Vec<Cells>)| {
            let coverage = self.scope.reporting(&material.results.coverage(*index, material.period, self.scope.region));
            let cells = cells[self.scope.region.0];
            CompletenessRow {
                dataset: material.specs.datasets[index.0].name.get(self.scope.code()).to_owned(),
                expected: coverage.expected,
                reported: coverage.reported,
                unregistered: coverage.unregistered,
                share: coverage.share,
                asked: self.scope.number(cells.asked as i64),
                filled: self.scope.number(cells.answered as i64),
                filled_share: self.filled_share(cells),
            }
        };
        self.evidence.cells.iter().map(row).collect()
    }

    fn filled_share(&self, cells: Cells) -> Option<String> {
        let share = Ratio::new(i128::from(cells.answered), i128::from(cells.asked))?;
        Some(self.scope.share(share))
    }

    fn place(&self, region: RegionIndex) -> PlaceRow {
        let score = self.score(region);
        let coverage = self.scope.reporting(&score.coverage);
        PlaceRow {
            region: self.scope.name(region),
            reported: if coverage.expected.is_some() { coverage.reported } else { self.scope.number(score.rows as i64) },
            expected: coverage.expected,
            unregistered: coverage.unregistered,
            share: coverage.share,
            filled_share: self.filled_share(score.cells),
            errors: self.scope.number(score.errors as i64),
            warnings: self.scope.number(score.warnings as i64),
            notes: self.scope.number(score.notes as i64),
        }
    }

    /// By rule, the gravest and most frequent first.
    fn rules(&self) -> Vec<RuleRow> {
        let mut rules: BTreeMap<(Severity, &str), (i64, BTreeSet<RegionIndex>)> = BTreeMap::new();
        for found in self.findings.iter().filter(|found| found.finding.waived.is_none()) {
            let (count, regions) = rules.entry((found.finding.severity, found.finding.name())).or_default();
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

    /// When the submissions of the region came. A submission belongs to the regions of its rows.
    fn timeliness(&self) -> Option<Timeliness> {
        let Material { specs, period, .. } = self.scope.material;
        let due = specs.programme.periods[period.0].due?;
        let rows: Vec<TimelinessRow> = self
            .submissions(self.scope.region)
            .into_iter()
            .map(|file| {
                let received = self.received(file.as_str());
                let correction = self.is_correction(&file);
                TimelinessRow {
                    file: file.as_str().rsplit('/').next().unwrap_or_default().to_owned(),
                    received: received.map(|day| self.scope.language.date(day)),
                    late: received
                        .filter(|_| !correction)
                        .map(|day| days_late(due, day))
                        .filter(|days| *days > 0)
                        .map(|days| self.scope.number(days)),
                    correction,
                }
            })
            .collect();
        let count =
            |wanted: &dyn Fn(&TimelinessRow) -> bool| self.scope.number(rows.iter().filter(|row| wanted(row)).count() as i64);
        Some(Timeliness {
            due: self.scope.language.date(due),
            on_time: count(&|row| !row.correction && row.received.is_some() && row.late.is_none()),
            late: count(&|row| row.late.is_some()),
            unknown: count(&|row| !row.correction && row.received.is_none()),
            corrections: count(&|row| row.correction),
            changes: self.scope.number(self.changes() as i64),
            rows,
        })
    }

    /// The files that hold rows of a region or of what lies within it, or held them before they were corrected; in the order of
    /// their paths.
    fn submissions(&self, region: RegionIndex) -> BTreeSet<FileName> {
        let within = self.scope.material.specs.hierarchy.within(region);
        let own = self.evidence.files.range(RegionIndex(within.start)..RegionIndex(within.end));
        let mut files: BTreeSet<FileName> = own.flat_map(|(_, files)| files).cloned().collect();
        files.extend(self.corrections(region).map(|correction| correction.earlier.clone()));
        files
    }

    /// What was corrected in a region or in what lies within it.
    fn corrections(&self, region: RegionIndex) -> impl Iterator<Item = &Correction> {
        let Material { specs, period, .. } = self.scope.material;
        let is_here =
            move |correction: &&Correction| correction.period == period && specs.hierarchy.contains(region, correction.region);
        self.evidence.data.corrections.iter().filter(is_here)
    }

    fn is_correction(&self, file: &FileName) -> bool {
        self.corrections(self.scope.material.specs.hierarchy.top()).any(|correction| correction.later == *file)
    }

    /// How many answers, and rows, later submissions changed.
    fn changes(&self) -> usize {
        let Material { specs, period, .. } = self.scope.material;
        let is_here = |change: &&Change| change.period == period && specs.hierarchy.contains(self.scope.region, change.region);
        self.evidence.data.changes.iter().filter(is_here).count()
    }

    fn received(&self, file: &str) -> Option<Date> {
        self.evidence.receipts.iter().find(|receipt| receipt.file == file).map(|receipt| receipt.received)
    }

    fn waivers(&self) -> Vec<WaiverRow> {
        let Material { specs, period, .. } = self.scope.material;
        let period = specs.programme.periods[period.0].id.as_str();
        let findings: Vec<&Diagnostic> = self.evidence.waived.iter().map(|waived| &waived.finding).collect();
        let inside = |finding: &Diagnostic| {
            finding.concern.period.as_deref().is_none_or(|id| id == period)
                && concerned(specs, finding).iter().any(|&inner| specs.hierarchy.contains(self.scope.region, inner))
        };
        let mut used: Vec<usize> = self
            .evidence
            .waived
            .iter()
            .zip(findings)
            .filter(|(_, finding)| inside(finding))
            .map(|(waived, _)| waived.waiver)
            .collect();
        used.sort_unstable();
        used.dedup();
        used.into_iter()
            .map(|position| {
                let waiver = &specs.waivers[position];
                let region = waiver.region.map(|region| self.scope.name(region));
                let place: Vec<String> = [region, waiver.unit.clone(), waiver.field.clone()].into_iter().flatten().collect();
                WaiverRow {
                    rule: self.rule_name(&waiver.rule),
                    place: place.join(", "),
                    reason: waiver.reason.get(self.scope.code()).to_owned(),
                    who: waiver.who.clone(),
                    until: waiver.until.clone(),
                }
            })
            .collect()
    }

    /// What the project calls its check, or the language file the rule; its own name where they do not.
    fn rule_name(&self, name: &str) -> String {
        let check = self.scope.material.specs.checks.iter().find(|check| *check.id == *name);
        if let Some(title) = check.and_then(|check| check.title.as_ref()) {
            return title.get(self.scope.code()).to_owned();
        }
        self.scope.language.labels.get(&format!("rule_{name}")).cloned().unwrap_or_else(|| name.to_owned())
    }
}

/// How many days a day lies after the last one; zero in time.
fn days_late(due: Date, received: Date) -> i64 {
    i64::from(due.until(received).map_or(0, |span| span.get_days())).max(0)
}
