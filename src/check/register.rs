//! `silent-units`, `unregistered-unit` and `register-disagrees`: the register and the submissions name different units, or say different
//! things about the same unit.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::{Collected, Subject, concern};
use crate::compute::evaluate::{Mapping, RowView};
use crate::compute::roll::{self, Roll, Silent};
use crate::dataset::Table;
use crate::diagnostic::{CauseKind, Concern, Diagnostic, Fact, Place, Rule, list_some};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::checks::{CheckSubject, RowCheck};
use crate::spec::{Dataset, DatasetIndex, FieldIndex, Specs};

/// Matches units by their key. Where a declared check does the same for a dataset, it replaces the first two rules.
pub fn check(subject: Subject<'_>) -> Vec<Diagnostic> {
    let specs = subject.specs;
    let mut found = Vec::new();
    for Collected { period, index, .. } in subject.tables() {
        let Some(register) = Register::new(subject, period, index) else { continue };
        if !is_declared(specs, index, |kind| matches!(kind, RowCheck::SilentUnits(_))) {
            register.report_silent(&mut found);
        }
        if !is_declared(specs, index, |kind| matches!(kind, RowCheck::UnregisteredUnits(_))) {
            register.report_unregistered(&mut found);
        }
        register.report_disagreeing(&mut found);
    }
    found
}

/// A unit of a register that did not report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SilentUnit {
    /// The period.
    pub period: PeriodIndex,
    /// What it did not send.
    pub dataset: DatasetIndex,
    /// Where the register says that it is.
    pub region: RegionIndex,
    /// Its key; the answers of several key fields are joined by `, `.
    pub key: String,
    /// Its name.
    pub title: String,
    /// Its row in the register.
    pub place: Place,
}

/// Every unit that did not report, whatever the project's own checks leave out; by period, dataset and region. And the datasets of which nobody
/// knows that in a period, since something of them could not be read.
pub fn silent_units(subject: Subject<'_>) -> (Vec<SilentUnit>, Vec<(PeriodIndex, DatasetIndex)>) {
    let (mut units, mut unknown) = (Vec::new(), Vec::new());
    for Collected { period, index: dataset, .. } in subject.tables() {
        let Some(register) = Register::new(subject, period, dataset) else { continue };
        if !register.is_known() {
            unknown.push((period, dataset));
        }
        for (region, rows) in register.silent() {
            units.extend(rows.into_iter().map(|row| {
                let (key, title, place) = (register.key(row), register.title(row), register.place(row));
                SilentUnit { period, dataset, region, key, title, place }
            }));
        }
    }
    (units, unknown)
}

fn is_declared(specs: &Specs, index: DatasetIndex, is_kind: impl Fn(&RowCheck) -> bool) -> bool {
    specs.checks.iter().any(|check| match &check.subject {
        CheckSubject::Rows { dataset, kind, .. } => *dataset == index && is_kind(kind),
        CheckSubject::Figures(_) => false,
    })
}

/// A dataset and its register in one period.
pub struct Register<'a> {
    subject: Subject<'a>,
    period: PeriodIndex,
    index: DatasetIndex,
    dataset: &'a Dataset,
    register_dataset: &'a Dataset,
    table: &'a Table,
    register: &'a Table,
    roll: Roll,
}

impl<'a> Register<'a> {
    /// `None` when the dataset has no register, none was sent, or the dataset is not asked for in the period.
    pub fn new(subject: Subject<'a>, period: PeriodIndex, index: DatasetIndex) -> Option<Self> {
        let Subject { specs, data, .. } = subject;
        let dataset = specs.dataset(index);
        let (register, register_dataset) = roll::register(specs, data, dataset, period)?;
        let table = data.table(period, index);
        let roll = Roll::new(specs, data, period, index);
        Some(Self { subject, period, index, dataset, register_dataset, table, register, roll })
    }

    /// The rows of the register whose units did not report, by region.
    pub fn silent(&self) -> BTreeMap<RegionIndex, Vec<usize>> {
        let mut silent: BTreeMap<RegionIndex, Vec<usize>> = BTreeMap::new();
        let specs = self.subject.specs;
        let Silent::Units(rows) = &self.roll.silent else { return silent };
        if !self.is_known() {
            return silent;
        }
        let lost: HashSet<Vec<String>> = self.table.lost_keys(specs, self.dataset).into_iter().collect();
        for &row in rows {
            if !lost.contains(&self.register.key(specs, self.register_dataset, row)) {
                silent.entry(self.register.region(row)).or_default().push(row);
            }
        }
        silent
    }

    /// Whether it is known which units are silent: every submission was read, and every row has its key.
    fn is_known(&self) -> bool {
        let specs = self.subject.specs;
        let has_blank = self.roll.unlisted.iter().any(|&row| is_blank(&self.table.key(specs, self.dataset, row)));
        let has_lost = || self.table.lost_keys(specs, self.dataset).iter().any(|key| is_blank(key));
        !has_blank && self.subject.data.is_whole(self.period) && !has_lost()
    }

    /// The rows of units that the register does not list; rows without a key are left out.
    pub fn unregistered(&self) -> Vec<usize> {
        let specs = self.subject.specs;
        let is_named = |row: &usize| !is_blank(&self.table.key(specs, self.dataset, *row));
        self.roll.unlisted.iter().copied().filter(is_named).collect()
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

    /// The place of a unit's row in the register.
    pub fn place(&self, row: usize) -> Place {
        self.register.place(row).place()
    }

    fn report_silent(&self, found: &mut Vec<Diagnostic>) {
        let specs = self.subject.specs;
        for (region, rows) in self.silent() {
            let names: Vec<String> = rows.iter().map(|&row| self.title(row)).collect();
            let message = format!(
                "{} of the register's units in `{}` ({}) did not send `{}` for `{}`: {}",
                names.len(),
                specs.name_of(specs.hierarchy.region(region)),
                specs.hierarchy.region(region).code,
                self.dataset.id,
                specs.period(self.period).id,
                list_some(&names)
            );
            let facts = vec![
                ("count", Fact::count(names.len())),
                ("regions", Fact::Regions(vec![specs.hierarchy.region(region).code.as_str().into()])),
                ("dataset", Fact::Dataset(self.dataset.id.shared())),
                ("units", Fact::Text(names.join(", "))),
            ];
            let mut about = concern(specs, self.dataset, region, self.period);
            about.unit = only(&rows, |row| self.key(row));
            found.push(
                Diagnostic::new(Rule::SilentUnits, self.place(rows[0]), message)
                    .hint("ask the office for them; until then they lower the coverage")
                    .because(CauseKind::SilentUnits, facts)
                    .concerning(about),
            );
        }
    }

    fn report_unregistered(&self, found: &mut Vec<Diagnostic>) {
        let specs = self.subject.specs;
        for row in self.unregistered() {
            let title = self.table.title(specs, self.dataset, row);
            let unit = self.table.named(specs, self.dataset, row);
            let period = &specs.period(self.period).id;
            let message = format!("`{title}` is not in the register of `{period}`");
            let mut about = concern(specs, self.dataset, self.table.region(row), self.period);
            about.unit = Some(self.table.key(specs, self.dataset, row).join(", ").into());
            about.fields = self.dataset.ids(&self.dataset.key);
            found.push(
                Diagnostic::new(Rule::UnregisteredUnit, self.table.place(row).place(), message)
                    .hint("correct its key, or enter it in the register")
                    .because(CauseKind::UnregisteredUnit, vec![("unit", unit)])
                    .concerning(about),
            );
        }
    }

    /// Reports where return and register disagree. A unit counts, and is expected, where its return says, so such a difference changes the
    /// numbers of two regions.
    fn report_disagreeing(&self, found: &mut Vec<Diagnostic>) {
        let fields = self.deciding_fields();
        for &(row, registered) in &self.roll.listed {
            found.extend(self.other_region(row, registered));
            found.extend(fields.iter().filter_map(|&pair| self.other_answer((row, registered), pair)));
        }
    }

    fn other_region(&self, row: usize, registered: usize) -> Option<Diagnostic> {
        let hierarchy = &self.subject.specs.hierarchy;
        let (here, there) = (self.table.region(row), self.register.region(registered));
        if hierarchy.contains(here, there) || hierarchy.contains(there, here) {
            return None;
        }
        let code = |region: RegionIndex| -> Arc<str> { hierarchy.region(region).code.as_str().into() };
        let named = |region: RegionIndex| format!("{} ({})", self.region_name(region), code(region));
        let title = self.title_of(row);
        let message = format!("`{title}` is in {} here, and in {} in the register", named(here), named(there));
        let facts = vec![
            ("unit", self.table.named(self.subject.specs, self.dataset, row)),
            ("found", Fact::Regions(vec![code(here)])),
            ("register", Fact::Regions(vec![code(there)])),
        ];
        let about = Concern { regions: [code(here), code(there)].into(), ..self.about(row, self.dataset.region) };
        let place = self.table.place(row).cell(self.dataset.region);
        let hint = "correct one of the two; until then the unit counts, and is expected, where the return says";
        let found = Diagnostic::new(Rule::RegisterDisagrees, place, message).hint(hint);
        Some(found.because(CauseKind::RegisteredElsewhere, facts).concerning(about))
    }

    /// The fields of the dataset that decide whether a unit belongs to some population, each with the same field of the register.
    fn deciding_fields(&self) -> Vec<(FieldIndex, FieldIndex)> {
        let sides = self.subject.specs.indicators.iter().flat_map(|indicator| [&indicator.numerator, &indicator.denominator]);
        let fields: BTreeSet<FieldIndex> =
            sides.filter(|side| side.dataset == self.index).flat_map(|side| side.population.fields()).collect();
        let mapping = Mapping::new(self.dataset, self.register_dataset);
        fields.into_iter().filter_map(|field| Some((field, mapping.field(field)?))).collect()
    }

    fn other_answer(&self, (row, registered): (usize, usize), (field, own): (FieldIndex, FieldIndex)) -> Option<Diagnostic> {
        let specs = self.subject.specs;
        let here = self.table.spelt(specs, self.dataset, field, row);
        let there = self.register.spelt(specs, self.register_dataset, own, registered);
        // A blank disagrees with nothing.
        if here.is_empty() || there.is_empty() || here == there {
            return None;
        }
        let id = &self.dataset.field(field).id;
        let title = self.title_of(row);
        let said = |answer: &str| match answer {
            "true" => "yes".to_owned(),
            "false" => "no".to_owned(),
            other => other.to_owned(),
        };
        let message = format!("`{id}` of `{title}` is `{}` here, and `{}` in the register", said(&here), said(&there));
        let facts = vec![
            ("unit", self.table.named(self.subject.specs, self.dataset, row)),
            ("field", self.dataset.fact(field)),
            ("found", self.dataset.answer(field, here)),
            ("register", self.register_dataset.answer(own, there)),
        ];
        let hint = "correct one of the two; until then the return decides which indicators the unit belongs to";
        let found = Diagnostic::new(Rule::RegisterDisagrees, self.table.place(row).cell(field), message).hint(hint);
        Some(found.because(CauseKind::RegisteredOtherwise, facts).concerning(self.about(row, field)))
    }

    fn title_of(&self, row: usize) -> String {
        self.table.title(self.subject.specs, self.dataset, row)
    }

    fn region_name(&self, region: RegionIndex) -> &'a str {
        let specs = self.subject.specs;
        specs.hierarchy.region(region).name.get(&specs.programme.publish[0])
    }

    fn about(&self, row: usize, field: FieldIndex) -> Concern {
        let specs = self.subject.specs;
        Concern {
            unit: Some(self.table.key(specs, self.dataset, row).join(", ").into()),
            fields: vec![self.dataset.field(field).id.shared()],
            ..concern(specs, self.dataset, self.table.region(row), self.period)
        }
    }
}

/// An answer in a field, as a fact of a finding.
fn is_blank(key: &[String]) -> bool {
    key.iter().any(String::is_empty)
}

/// The key of the only row of a list.
pub fn only(rows: &[usize], key: impl Fn(usize) -> String) -> Option<Arc<str>> {
    match rows {
        [row] => Some(key(*row).into()),
        _ => None,
    }
}
