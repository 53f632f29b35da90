//! What the data of a region can be judged by, beside its numbers: what came, what is blank, what was found and what came late; and whom to
//! visit first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use jiff::civil::Date;

use super::completeness::{self, Cells};
use super::{Coverage, Results};
use crate::dataset::{Correction, Data};
use crate::diagnostic::{Diagnostic, FileName, Severity};
use crate::intake::receipts::Receipt;
use crate::period::PeriodIndex;
use crate::region::{RegionCode, RegionIndex};
use crate::spec::{DatasetIndex, Indicator, Specs};
use crate::value::Ratio;

/// How many warnings an error weighs as much as.
const ERROR_WEIGHT: u64 = 3;
/// How many hundredths of the data a day of delay weighs as much as.
const DAY_WEIGHT: i64 = 1;

/// What is known of the data of a period.
pub struct Evidence<'a> {
    specs: &'a Specs,
    period: PeriodIndex,
    datasets: Vec<Came>,
    /// The files that hold rows of each region.
    files: BTreeMap<RegionIndex, BTreeSet<&'a FileName>>,
    findings: Vec<Tally<'a>>,
    /// How many findings concern each region or a region within it.
    counts: Vec<Counts>,
    corrections: Vec<&'a Correction>,
    /// The region of each answer and each row that later submissions changed.
    changes: Vec<RegionIndex>,
    receipts: &'a [Receipt],
}

/// What came of a dataset, with one entry for each region.
struct Came {
    dataset: DatasetIndex,
    coverage: Vec<Coverage>,
    cells: Vec<Cells>,
}

/// Findings that documents do not tell apart, counted together.
pub struct Tally<'a> {
    /// One of these findings. Its words tell of cells, and stay here.
    finding: &'a Diagnostic,
    /// How many there are.
    pub count: u64,
    /// The regions that they are about.
    pub regions: Vec<RegionIndex>,
}

impl Tally<'_> {
    /// How grave they are.
    pub fn severity(&self) -> Severity {
        self.finding.severity
    }

    /// The name of their rule or check.
    pub fn name(&self) -> &str {
        self.finding.name()
    }

    /// Whether a waiver lets them through.
    pub fn is_waived(&self) -> bool {
        self.finding.waived.is_some()
    }
}

/// Findings by their severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors.
    pub errors: u64,
    /// Warnings.
    pub warnings: u64,
    /// Notes.
    pub notes: u64,
}

impl Counts {
    fn add(&mut self, severity: Severity, count: u64) {
        match severity {
            Severity::Error => self.errors += count,
            Severity::Warning => self.warnings += count,
            Severity::Note => self.notes += count,
        }
    }
}

/// A file that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission<'a> {
    /// Its name in the project.
    pub file: &'a FileName,
    /// The day on which it came, where that is known.
    pub received: Option<Date>,
    /// By how many days it was late; `None` in time, where no day is known or due, and for corrections.
    pub late: Option<i64>,
    /// Whether it corrects an earlier one.
    pub correction: bool,
}

/// What is missing from a region's data or raises questions in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// The coverage of all datasets together for which the expected number is known; where it is known for none, nothing is expected.
    pub coverage: Coverage,
    /// Rows of all datasets.
    pub rows: u64,
    /// How many answers were asked for and given.
    pub cells: Cells,
    /// The findings by severity.
    pub findings: Counts,
    /// How many days late the last submission came; corrections are not counted.
    pub days_late: i64,
}

impl Score {
    /// How gravely the data are in doubt: the hundredths of units that are silent, of answers left blank and of rows with findings, plus
    /// the days of delay.
    pub fn weight(&self) -> Ratio {
        let share = |part: u64, whole: u64| Ratio::new(i128::from(part), i128::from(whole)).unwrap_or(Ratio::whole(0)).times(100);
        let findings = (self.findings.errors * ERROR_WEIGHT + self.findings.warnings).min(self.rows);
        [
            share(self.silent().into(), self.coverage.expected.unwrap_or(0).into()),
            share(self.blank(), self.cells.asked),
            share(findings, self.rows),
            Ratio::whole(self.days_late * DAY_WEIGHT),
        ]
        .into_iter()
        .fold(Ratio::whole(0), Ratio::plus)
    }

    /// How many of the expected units did not report.
    pub fn silent(&self) -> u32 {
        self.coverage.expected.unwrap_or(0).saturating_sub(self.coverage.reported)
    }

    /// How many answers were left blank.
    pub fn blank(&self) -> u64 {
        self.cells.asked - self.cells.answered
    }
}

/// How many days `received` lies after `due`; zero in time.
fn days_late(due: Date, received: Date) -> i64 {
    i64::from(due.until(received).map_or(0, |span| span.get_days())).max(0)
}

/// The regions that a finding is about.
pub fn regions(specs: &Specs, finding: &Diagnostic) -> Vec<RegionIndex> {
    finding.concern.regions.iter().filter_map(|code| specs.hierarchy.find(&RegionCode::new(code.as_ref()))).collect()
}

impl<'a> Evidence<'a> {
    /// The evidence of a period and its datasets; `findings` are those of the whole project that may be told.
    pub fn new(
        specs: &'a Specs,
        (data, results): (&'a Data, &Results),
        (period, datasets): (PeriodIndex, Vec<DatasetIndex>),
        findings: impl Iterator<Item = &'a Diagnostic>,
        receipts: &'a [Receipt],
    ) -> Self {
        let regions = || (0..specs.hierarchy.len()).map(RegionIndex);
        let came = |dataset| Came {
            dataset,
            coverage: regions().map(|region| results.coverage(dataset, period, region)).collect(),
            cells: completeness::run(specs, data, period, dataset),
        };
        let datasets: Vec<Came> = datasets.into_iter().map(came).collect();
        let mut files: BTreeMap<RegionIndex, BTreeSet<&FileName>> = BTreeMap::new();
        for Came { dataset, .. } in &datasets {
            let table = data.table(period, *dataset);
            for row in 0..table.len() {
                files.entry(table.region(row)).or_default().insert(&table.place(row).file);
            }
        }
        let findings = tallies(specs, period, findings);
        let mut counts = vec![Counts::default(); specs.hierarchy.len()];
        for Tally { finding, count, regions } in &findings {
            let around: BTreeSet<RegionIndex> = regions.iter().flat_map(|&region| specs.hierarchy.upwards(region)).collect();
            around.into_iter().for_each(|region| counts[region.0].add(finding.severity, *count));
        }
        let corrections = data.corrections.iter().filter(|correction| correction.period == period).collect();
        let changes = data.changes.iter().filter(|change| change.period == period).map(|change| change.region).collect();
        Self { specs, period, datasets, files, findings, counts, corrections, changes, receipts }
    }

    /// For each dataset, what came of it in a region, and the answers asked for and given.
    pub fn datasets(&self, region: RegionIndex) -> impl Iterator<Item = (DatasetIndex, Coverage, Cells)> {
        self.datasets.iter().map(move |came| (came.dataset, came.coverage[region.0], came.cells[region.0]))
    }

    /// The findings that concern a region or what lies within it.
    pub fn findings(&self, region: RegionIndex) -> impl Iterator<Item = &Tally<'a>> {
        let is_inside = move |inner: &RegionIndex| self.specs.hierarchy.contains(region, *inner);
        self.findings.iter().filter(move |tally| tally.regions.iter().any(is_inside))
    }

    /// For each indicator, how many warnings in a region are about the answers that it is computed from.
    pub fn warnings(&self, region: RegionIndex) -> Vec<u64> {
        let looked_at = |indicator: &Indicator| -> BTreeSet<(&str, &str)> {
            let sides = [&indicator.numerator, &indicator.denominator];
            let names = sides.map(|side| {
                let dataset = self.specs.dataset(side.dataset);
                side.fields().into_iter().map(move |field| (dataset.id.as_str(), dataset.field(field).id.as_str()))
            });
            names.into_iter().flatten().collect()
        };
        let fields: Vec<BTreeSet<(&str, &str)>> = self.specs.indicators.iter().map(looked_at).collect();
        let mut counts = vec![0; fields.len()];
        for Tally { finding, count: found, .. } in self.findings(region) {
            let Some(dataset) = finding.concern.dataset.as_deref().filter(|_| finding.severity == Severity::Warning) else {
                continue;
            };
            for (count, fields) in counts.iter_mut().zip(&fields) {
                if finding.concern.fields.iter().any(|field| fields.contains(&(dataset, field.as_ref()))) {
                    *count += found;
                }
            }
        }
        counts
    }

    /// What is missing from a region's data or raises questions in it.
    pub fn score(&self, region: RegionIndex) -> Score {
        let mut score = Score { findings: self.counts[region.0], ..Score::default() };
        for (_, own, cells) in self.datasets(region) {
            score.rows += u64::from(own.reported) + u64::from(own.unregistered);
            score.cells.add(&cells);
            // A dataset whose expected number is unknown must not make the others look complete.
            if let Some(expected) = own.expected {
                score.coverage.expected = Some(score.coverage.expected.unwrap_or(0) + expected);
                score.coverage.reported += own.reported;
                score.coverage.unregistered += own.unregistered;
            }
        }
        score.days_late = self.submissions(region).into_iter().filter_map(|submission| submission.late).max().unwrap_or(0);
        score
    }

    /// The lowest regions within `region` where something is missing or raises questions, the weightiest first.
    pub fn visits(&self, region: RegionIndex) -> Vec<(RegionIndex, Score)> {
        let (hierarchy, day) = (&self.specs.hierarchy, self.specs.period(self.period).date);
        let is_lowest = |inner: &RegionIndex| {
            *inner != region && hierarchy.region(*inner).exists_on(day) && hierarchy.children(*inner, day).is_empty()
        };
        let lowest = hierarchy.within(region).map(RegionIndex).filter(is_lowest);
        let mut scored: Vec<(RegionIndex, Score)> = lowest.map(|region| (region, self.score(region))).collect();
        scored.retain(|(_, score)| score.weight() > Ratio::whole(0));
        scored.sort_by_cached_key(|(region, score)| (Reverse(score.weight()), *region));
        scored
    }

    /// The files that hold rows of a region or of regions within it, or held some before a correction; in the order of their paths.
    pub fn submissions(&self, region: RegionIndex) -> Vec<Submission<'a>> {
        let within = self.specs.hierarchy.within(region);
        let own = self.files.range(RegionIndex(within.start)..RegionIndex(within.end));
        let mut files: BTreeSet<&FileName> = own.flat_map(|(_, files)| files).copied().collect();
        let is_here = |correction: &&&Correction| self.specs.hierarchy.contains(region, correction.region);
        files.extend(self.corrections.iter().filter(is_here).map(|correction| &correction.earlier));
        let due = self.specs.period(self.period).due;
        let submission = |file: &'a FileName| {
            let received = self.receipts.iter().find(|receipt| receipt.file == file.as_str()).map(|receipt| receipt.received);
            let correction = self.corrections.iter().any(|correction| correction.later == *file);
            // Who corrects what was sent in time is not late.
            let late = received.zip(due).filter(|_| !correction).map(|(received, due)| days_late(due, received));
            Submission { file, received, late: late.filter(|days| *days > 0), correction }
        };
        files.into_iter().map(submission).collect()
    }

    /// How many answers and rows of a region later submissions changed.
    pub fn changes(&self, region: RegionIndex) -> usize {
        self.changes.iter().filter(|&&inner| self.specs.hierarchy.contains(region, inner)).count()
    }
}

/// The findings of a period, with equal ones counted together: a document looks at each kind once, however many there are.
fn tallies<'a>(specs: &Specs, period: PeriodIndex, all: impl Iterator<Item = &'a Diagnostic>) -> Vec<Tally<'a>> {
    let period = specs.period(period).id.as_str();
    let mut places: HashMap<Alike<'_>, usize> = HashMap::new();
    let mut tallies: Vec<Tally<'_>> = Vec::new();
    for finding in all.filter(|finding| finding.concern.period.as_deref().is_none_or(|id| id == period)) {
        let place = *places.entry(Alike::new(finding)).or_insert_with(|| {
            tallies.push(Tally { finding, count: 0, regions: regions(specs, finding) });
            tallies.len() - 1
        });
        tallies[place].count += finding.count as u64;
    }
    tallies
}

/// What documents tell of a finding; equal ones are counted together.
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
        // Lists of regions may be long, and many findings share one list: its length and its ends are enough for the hash.
        let regions = (self.regions.len(), self.regions.first(), self.regions.last());
        (self.severity, self.name, self.is_waived, self.dataset, self.fields, regions).hash(state);
    }
}
