//! Corrections: rows of a later submission replace rows of an earlier one of the same period, by the rule of their dataset.

mod register;

mod identity;
mod office;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;

use super::submission::Submission;
use crate::dataset::{Change, ChangeKind, Correction, Data, RowFate, Typed, Why, spelt};
use crate::diagnostic::{CauseKind, Diagnostic, Fact, FileName, Place, Rule, list_some};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Corrections, DatasetIndex, FieldIndex, Specs};

pub use register::Arrival;
use register::{Register, Replacement, RowIndex, office};

/// What one unit or one office sent, by the day on which it came.
type Versions = BTreeMap<Option<Date>, Vec<RowIndex>>;

/// What the later rows replace: the earlier rows with the same scope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    /// A unit of an office. The same key from another office is a mistake of one of them, and no correction.
    Unit(Vec<String>, Option<RegionIndex>),
    Office(RegionIndex),
}

/// Takes out the rows that count no more, with their findings, and notes the changes in `data`; only for the datasets that are meant.
pub fn apply(
    specs: &Specs,
    arrivals: &[Arrival<'_>],
    submissions: &mut [Submission],
    data: &mut Data,
    meant: impl Fn(DatasetIndex) -> bool,
) {
    let may_change = |index: &DatasetIndex| specs.dataset(*index).corrections.is_some() && meant(*index);
    let datasets: BTreeSet<DatasetIndex> = (0..specs.datasets.len()).map(DatasetIndex).filter(may_change).collect();
    if datasets.is_empty() {
        return;
    }
    let mut found: Vec<(usize, Diagnostic)> = Vec::new();
    let mut register = Register { specs, arrivals, submissions, datasets, offices: HashMap::new(), identities: HashMap::new() };
    register.offices = register.offices();
    register.identities = identity::of(&register, &mut found);
    let scopes = register.scopes();
    // For each submission its rows that count no more, each with the submission that replaced it.
    let mut gone: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
    let mut successors: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut renewed: BTreeMap<usize, BTreeSet<DatasetIndex>> = BTreeMap::new();
    for ((period, dataset, scope), versions) in scopes.iter().filter(|(_, versions)| versions.len() > 1) {
        for replacement in register.replacements(scope, versions, &mut found) {
            let Replacement { before, after, is_whole } = &replacement;
            register.compare(before, after, &mut data.changes);
            for &(submission, row) in before {
                let later = after.iter().map(|(later, _)| *later).min().unwrap_or(submission);
                gone.entry(submission).or_default().insert(row, later);
                if *is_whole {
                    renewed.entry(submission).or_default().insert(*dataset);
                }
                let region = register.row((submission, row)).region;
                for later in after.iter().map(|(later, _)| *later).collect::<BTreeSet<usize>>() {
                    successors.entry(submission).or_default().insert(later);
                    data.corrections.extend(region.map(|region| Correction {
                        period: *period,
                        dataset: *dataset,
                        region,
                        earlier: arrivals[submission].file.clone(),
                        later: arrivals[later].file.clone(),
                    }));
                }
            }
        }
    }
    let correcting: BTreeSet<usize> = successors.values().flatten().copied().collect();
    for versions in scopes.values().filter(|versions| versions.len() == 1) {
        let alone = versions.values().flatten().filter(|(submission, _)| correcting.contains(submission));
        data.changes.extend(alone.filter_map(|&row| register.change(row, register.place(row), ChangeKind::Added)));
    }
    data.changes.sort();
    data.corrections.sort();
    data.corrections.dedup();
    for (submission, finding) in found {
        submissions[submission].diagnostics.push(finding);
    }
    let names = |positions: &BTreeSet<usize>| positions.iter().map(|&position| arrivals[position].file.as_str()).collect();
    for (submission, rows) in gone {
        let later: Vec<&str> = names(&successors[&submission]);
        let renewed = renewed.remove(&submission).unwrap_or_default();
        let rows = rows.into_iter().map(|(row, later)| (row, arrivals[later].file.clone())).collect();
        submissions[submission].supersede(&arrivals[submission], rows, renewed, &later);
    }
}

impl Register<'_> {
    /// The versions of each unit and each office that may be corrected.
    fn scopes(&self) -> BTreeMap<(PeriodIndex, DatasetIndex, Scope), Versions> {
        let mut scopes: BTreeMap<_, Versions> = BTreeMap::new();
        for (position, submission) in self.submissions.iter().enumerate() {
            let arrival = &self.arrivals[position];
            let rows = submission.rows.iter().enumerate().filter(|(_, (dataset, _))| self.datasets.contains(dataset));
            for (number, (dataset, row)) in rows {
                let office = row.region.map(|region| office(&self.specs.hierarchy, region));
                let scope = match self.specs.dataset(*dataset).corrections {
                    // A row without a region belongs to the office that its key has elsewhere.
                    Some(Corrections::Row) => self.identity((position, number)).map(|key| {
                        let office = office.or_else(|| self.offices.get(&(arrival.period, *dataset, key.clone())).copied());
                        Scope::Unit(key, office)
                    }),
                    Some(Corrections::Office) => office.map(Scope::Office),
                    None => None,
                };
                if let Some(scope) = scope {
                    let versions = scopes.entry((arrival.period, *dataset, scope)).or_default();
                    versions.entry(arrival.day).or_default().push((position, number));
                }
            }
        }
        scopes
    }

    /// What each day replaced of the rows that counted before it.
    fn replacements(&self, scope: &Scope, versions: &Versions, found: &mut Vec<(usize, Diagnostic)>) -> Vec<Replacement> {
        let mut days = versions.values();
        let mut counting: Vec<RowIndex> = days.next().cloned().unwrap_or_default();
        let mut all = Vec::new();
        for after in days {
            let of_day = match scope {
                Scope::Unit(..) => vec![Replacement { before: counting.clone(), after: after.clone(), is_whole: false }],
                Scope::Office(office) => self.by_office(*office, &counting, after, found),
            };
            let gone: BTreeSet<RowIndex> = of_day.iter().flat_map(|replacement| &replacement.before).copied().collect();
            counting.retain(|row| !gone.contains(row));
            counting.extend(after);
            all.extend(of_day);
        }
        all
    }

    /// Adds the changes between the earlier and the later rows.
    fn compare(&self, before: &[RowIndex], after: &[RowIndex], changes: &mut Vec<Change>) {
        let keyed = |rows: &[RowIndex]| -> HashMap<Vec<String>, RowIndex> {
            rows.iter().rev().filter_map(|&row| Some((self.identity(row)?, row))).collect()
        };
        let (old, new) = (keyed(before), keyed(after));
        for (key, &row) in &new {
            match old.get(key) {
                Some(&earlier) => self.answers(earlier, row, changes),
                None => changes.extend(self.change(row, self.place(row), ChangeKind::Added)),
            }
        }
        for (_, &row) in old.iter().filter(|(key, _)| !new.contains_key(*key)) {
            let later = self.arrivals[after[0].0].file.clone();
            changes.extend(self.change(row, self.place(row), ChangeKind::Removed { later }));
        }
    }

    fn answers(&self, earlier: RowIndex, row: RowIndex, changes: &mut Vec<Change>) {
        let (old, new) = (self.row(earlier), self.row(row));
        let dataset = self.specs.dataset(self.dataset(row));
        for field in (0..dataset.fields.len()).map(FieldIndex) {
            let (before, after) = (&old.cells[field.0], &new.cells[field.0]);
            if before == after {
                continue;
            }
            let spell = |typed: &Typed| match typed.blank() {
                Some(reason) => Err(reason),
                None => Ok(spelt(self.specs, dataset, field, typed)),
            };
            let earlier = old.place.cell(field);
            let kind = ChangeKind::Answer { field, before: spell(before), after: spell(after), earlier };
            changes.extend(self.change(row, new.place.cell(field), kind));
        }
    }

    /// The change of a row; `None` for a row without a key or a region, which has a finding already.
    fn change(&self, row: RowIndex, place: Place, kind: ChangeKind) -> Option<Change> {
        let key = self.identity(row)?.join(", ");
        Some(Change {
            place,
            kind,
            title: self.title(row),
            key,
            region: self.row(row).region?,
            period: self.arrivals[row.0].period,
            dataset: self.dataset(row),
        })
    }
}

impl Submission {
    /// Takes out rows with their findings, and reports in which files the rows stand that replace them. In the datasets `renewed` the
    /// office sent everything anew.
    fn supersede(
        &mut self,
        arrival: &Arrival<'_>,
        mut rows: BTreeMap<usize, FileName>,
        mut renewed: BTreeSet<DatasetIndex>,
        later: &[&str],
    ) {
        // A row without a region goes when all other rows of its table go.
        for (number, (dataset, row)) in self.rows.iter().enumerate() {
            if row.region.is_some() && !rows.contains_key(&number) {
                renewed.remove(dataset);
            }
        }
        let lost = self.rows.iter().enumerate().filter(|(_, (dataset, row))| row.region.is_none() && renewed.contains(dataset));
        let any = FileName::new(later.first().copied().unwrap_or_default());
        rows.extend(lost.map(|(number, _)| (number, any.clone())).collect::<Vec<_>>());
        let whole = rows.len() == self.rows.len();
        let message = if whole {
            format!("nothing of this file counts any more: what takes its place stands in {}", list_some(later))
        } else {
            let (noun, count, their) = if rows.len() == 1 { ("row", "counts", "its") } else { ("rows", "count", "their") };
            let later = list_some(later);
            format!("{} {noun} of this file {count} no more: later ones take {their} place, in {later}", rows.len())
        };
        let places: BTreeSet<(Arc<str>, u32)> =
            rows.keys().map(|&number| &self.rows[number].1.place).map(|place| (place.sheet.clone(), place.row)).collect();
        let sheets: BTreeSet<Arc<str>> = places.iter().map(|(sheet, _)| sheet.clone()).collect();
        // Where some rows of a sheet still count, only the findings of the other rows go.
        let is_gone = |place: &Place| match place {
            Place::Cell { sheet, row, .. } => places.contains(&(sheet.clone(), *row)) || whole && sheets.contains(sheet),
            Place::File(_) | Place::Text { .. } => false,
        };
        // A finding that stands for several may be about rows that still count.
        self.diagnostics.retain(|found| found.count > 1 && !whole || !is_gone(&found.place));
        self.interpretations.retain(|found| !is_gone(&found.place));
        self.balance.rows(RowFate::Superseded, rows.len());
        for (number, (dataset, row)) in std::mem::take(&mut self.rows).into_iter().enumerate() {
            match rows.get(&number) {
                Some(later) => self.asides.push((dataset, row.aside(Why::Replaced { later: later.clone() }))),
                None => self.rows.push((dataset, row)),
            }
        }
        let way = "`esep changes` prints what has changed in which cell";
        // Whoever recorded a wrong or mistyped day sees it here.
        let hint = match arrival.day {
            Some(_) => way.to_owned(),
            None => format!("no day is known on which this file came, so it counts as the earlier one; {way}"),
        };
        let kind = match (whole, arrival.day) {
            (true, Some(_)) => CauseKind::SupersededFile,
            (true, None) => CauseKind::SupersededFileWithoutDay,
            (false, Some(_)) => CauseKind::SupersededRows,
            (false, None) => CauseKind::SupersededRowsWithoutDay,
        };
        let files = later.iter().map(|&file| FileName::new(file)).collect();
        let facts = vec![("count", Fact::count(rows.len())), ("later", Fact::Elsewhere { text: later.join(", "), files })];
        let found = Diagnostic::new(Rule::Superseded, Place::File(arrival.file.clone()), message).hint(hint);
        self.diagnostics.push(found.because(kind, facts));
    }
}
