//! `silent-units` and `unregistered-unit`: the register and the submissions name different units.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::{Subject, concern};
use crate::compute::evaluate::RowView;
use crate::dataset::Table;
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Place, Rule, list_some};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::checks::{CheckSubject, RowCheck};
use crate::spec::{Dataset, DatasetIndex, Specs};

/// Matches units by their key. A declared check of the kind takes the place of the rule for its dataset.
pub fn check(subject: Subject<'_>) -> Vec<Diagnostic> {
    let specs = subject.specs;
    let mut found = Vec::new();
    for period in (0..specs.programme.periods.len()).map(PeriodIndex) {
        for index in (0..specs.datasets.len()).map(DatasetIndex) {
            let Some(register) = Register::new(subject, period, index) else { continue };
            if !is_declared(specs, index, |kind| matches!(kind, RowCheck::SilentUnits)) {
                register.report_silent(&mut found);
            }
            if !is_declared(specs, index, |kind| matches!(kind, RowCheck::UnregisteredUnits)) {
                register.report_unregistered(&mut found);
            }
        }
    }
    found
}

fn is_declared(specs: &Specs, index: DatasetIndex, is_kind: impl Fn(&RowCheck) -> bool) -> bool {
    specs.checks.iter().any(|check| match &check.subject {
        CheckSubject::Rows { dataset, kind, .. } => *dataset == index && is_kind(kind),
        CheckSubject::Series(_) => false,
    })
}

/// A dataset and its register in one period, by the keys of their units.
pub struct Register<'a> {
    subject: Subject<'a>,
    period: PeriodIndex,
    dataset: &'a Dataset,
    register_dataset: &'a Dataset,
    table: &'a Table,
    register: &'a Table,
    reported: BTreeMap<Vec<String>, usize>,
    registered: BTreeMap<Vec<String>, usize>,
}

impl<'a> Register<'a> {
    /// `None` when the dataset has no register, or it was not sent in.
    pub fn new(subject: Subject<'a>, period: PeriodIndex, index: DatasetIndex) -> Option<Self> {
        let specs = subject.specs;
        let dataset = &specs.datasets[index.0];
        let register_index = dataset.expected.filter(|_| dataset.life.holds(period))?;
        let register_dataset = &specs.datasets[register_index.0];
        let (table, register) = (subject.data.table(period, index), subject.data.table(period, register_index));
        if register.is_empty() {
            return None;
        }
        let reported = (0..table.len()).map(|row| (table.key(specs, dataset, row), row)).collect();
        let registered = (0..register.len()).map(|row| (register.key(specs, register_dataset, row), row)).collect();
        Some(Self { subject, period, dataset, register_dataset, table, register, reported, registered })
    }

    /// The rows of the register that nobody reported, by region.
    pub fn silent(&self) -> BTreeMap<RegionIndex, Vec<usize>> {
        let mut silent: BTreeMap<RegionIndex, Vec<usize>> = BTreeMap::new();
        let lost: HashSet<Vec<String>> = self.table.lost_keys(self.subject.specs, self.dataset).into_iter().collect();
        // With a submission unread or a row without its key, nobody knows who is silent.
        let has_blank = self.reported.keys().chain(&lost).any(|key| key.iter().any(String::is_empty));
        if has_blank || !self.subject.data.is_whole(self.period) {
            return silent;
        }
        for (key, &row) in &self.registered {
            if !self.reported.contains_key(key) && !lost.contains(key) {
                silent.entry(self.register.region(row)).or_default().push(row);
            }
        }
        silent
    }

    /// The rows of units that the register does not list.
    pub fn unregistered(&self) -> Vec<usize> {
        let strange = self.reported.iter().filter(|(key, _)| !self.registered.contains_key(*key));
        strange.filter(|(key, _)| !key.iter().any(String::is_empty)).map(|(_, row)| *row).collect()
    }

    /// A row of the register.
    pub fn view(&self, row: usize) -> RowView<'a> {
        RowView::new(self.register, row)
    }

    /// The name of a unit of the register.
    pub fn title(&self, row: usize) -> String {
        self.register.title(self.subject.specs, self.register_dataset, row)
    }

    /// The key of a unit of the register.
    pub fn key(&self, row: usize) -> String {
        self.register.key(self.subject.specs, self.register_dataset, row).join(", ")
    }

    /// Where a unit stands in the register.
    pub fn place(&self, row: usize) -> Place {
        self.register.place(row).place()
    }

    fn report_silent(&self, found: &mut Vec<Diagnostic>) {
        let specs = self.subject.specs;
        for (region, rows) in self.silent() {
            let names: Vec<String> = rows.iter().map(|&row| self.title(row)).collect();
            let message = format!(
                "{} of the register's units in the region `{}` did not send `{}` for `{}`: {}",
                names.len(),
                specs.hierarchy.region(region).code,
                self.dataset.id,
                specs.programme.periods[self.period.0].id,
                list_some(&names)
            );
            let mut about = concern(specs, self.dataset, region, self.period);
            about.unit = only(&rows, |row| self.key(row));
            found.push(
                Diagnostic::new(Rule::SilentUnits, self.place(rows[0]), message)
                    .hint("ask the office for them; until then they lower the coverage")
                    .concerning(about),
            );
        }
    }

    fn report_unregistered(&self, found: &mut Vec<Diagnostic>) {
        let specs = self.subject.specs;
        for row in self.unregistered() {
            let title = self.table.title(specs, self.dataset, row);
            let period = &specs.programme.periods[self.period.0].id;
            let message = format!("`{title}` is not in the register of `{period}`");
            let mut about = concern(specs, self.dataset, self.table.region(row), self.period);
            about.unit = Some(self.table.key(specs, self.dataset, row).join(", ").into());
            about.fields = self.dataset.ids(&self.dataset.key);
            found.push(
                Diagnostic::new(Rule::UnregisteredUnit, self.table.place(row).place(), message)
                    .hint("correct its key, or enter it in the register")
                    .because(CauseKind::UnregisteredUnit, vec![("unit", Fact::Text(title))])
                    .concerning(about),
            );
        }
    }
}

/// The key of the only row of a list.
pub fn only(rows: &[usize], key: impl Fn(usize) -> String) -> Option<Arc<str>> {
    match rows {
        [row] => Some(key(*row).into()),
        _ => None,
    }
}
