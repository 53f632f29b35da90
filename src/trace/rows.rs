//! The rows behind a number: those that count, and all others of the region, each with the one reason why it does not.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Desk, definition};
use crate::compute::contributions::{Does, Reason, Silence, Who};
use crate::compute::roll::{Roll, Standing};
use crate::dataset::{Aside, RowPlace, Typed, Why, spelt};
use crate::diagnostic::{FileName, Place, cell_name};
use crate::region::RegionIndex;
use crate::spec::{Dataset, DatasetIndex, FieldIndex, FieldKind};
use crate::value::{Amount, Blank};
use crate::words::Words;

/// A row, or a unit without one, and what it does to the number.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TracedRow {
    /// The file; empty where there is no row.
    pub file: String,
    /// The sheet; empty in a text table.
    pub sheet: String,
    /// The row, from 1; 0 where there is no row.
    pub row: u32,
    /// The dataset.
    pub dataset: String,
    /// The unit's key.
    pub key: String,
    /// The unit's name, or its key.
    pub unit: String,
    /// The code of the region that it counts in; empty where that could not be told.
    pub region: String,
    /// How it stands to the units that should report: `listed`, `unlisted`, `repeated`; `silent` for a unit of which nothing is among the data;
    /// `None` for a row that is not among the data.
    pub standing: Option<&'static str>,
    /// Why it is left out; `None` where it counts.
    pub left_out: Option<&'static str>,
    /// The file that counts in its place.
    pub instead: Option<String>,
    /// What it adds to the numerator.
    pub numerator: Amount,
    /// What it adds to the denominator.
    pub denominator: Amount,
    /// The cells that the number looks at.
    pub cells: Vec<TracedCell>,
}

/// A cell and how it was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TracedCell {
    /// The field.
    pub field: String,
    /// The field's name.
    #[serde(skip)]
    pub name: String,
    /// The cell, such as `H17`; `None` where the sheet has no column for the field.
    pub cell: Option<String>,
    /// What stands there, where that is not simply what it was understood as.
    pub stood: Option<String>,
    /// What it was understood as, by codes and ids; empty where it holds no answer.
    pub understood: String,
    /// Why it holds no answer.
    pub missing: Option<&'static str>,
    /// What it was understood as, in words.
    #[serde(skip)]
    pub words: String,
}

impl TracedRow {
    /// Whether it is a row of the data: only these add anything.
    pub fn is_of_data(&self) -> bool {
        self.standing.is_some_and(|standing| standing != SILENT)
    }
}

impl TracedCell {
    /// A cell of a row that could not be read.
    pub fn unread(field: &str) -> Self {
        let (name, understood, words) = (field.to_owned(), String::new(), String::new());
        Self { field: field.to_owned(), name, cell: None, stood: None, understood, missing: None, words }
    }

    /// Whether another cell of the same field says the same.
    pub fn says(&self, other: &TracedCell) -> bool {
        (&self.understood, self.missing) == (&other.understood, other.missing)
    }
}

/// How a unit stands of which nothing is among the data.
const SILENT: &str = "silent";

/// The reasons of rows that are not among the data, by name.
pub const REPLACED: &str = "replaced";
/// The same rows stand in another file.
pub const REPEATED: &str = "repeated";
/// Its region could not be told, or its cells do not stand below their headers.
pub const FAULTY: &str = "faulty";
/// The unit is expected and sent nothing.
pub const NO_RETURN: &str = "no_return";

/// All reasons, in the order in which they are listed.
pub const REASONS: [&str; 9] = [
    "unanswered",
    "not_applicable",
    "outside_population",
    "other_group",
    "other_side_missing",
    FAULTY,
    REPLACED,
    REPEATED,
    NO_RETURN,
];

/// Why a row that was set aside is left out.
pub fn reason(why: &Why) -> &'static str {
    match why {
        Why::Replaced { .. } => REPLACED,
        Why::Repeated { .. } => REPEATED,
        Why::WithoutRegion | Why::Shifted => FAULTY,
    }
}

impl Desk<'_> {
    /// The rows of the region and of all regions within it that came, those that were set aside, and the units that sent nothing.
    pub fn rows(&self) -> Vec<TracedRow> {
        let datasets = self.datasets();
        let rolls: BTreeMap<DatasetIndex, Roll> =
            datasets.iter().map(|&dataset| (dataset, self.behind.roll(self.question.period, dataset))).collect();
        let mut rows: Vec<TracedRow> = Vec::new();
        for found in self.behind.contributions(self.asked) {
            let (left_out, numerator, denominator) = match found.does {
                Does::Adds { numerator, denominator } => (None, numerator, denominator),
                Does::LeftOut(reason) => (Some(Reason::name(reason)), Amount::default(), Amount::default()),
            };
            let standing = match rolls[&found.dataset].standing(found.row) {
                Standing::Listed => "listed",
                Standing::Unlisted => "unlisted",
                Standing::Repeated => "repeated",
            };
            let row = self.row(found.dataset, found.row);
            rows.push(TracedRow { standing: Some(standing), left_out, numerator, denominator, ..row });
        }
        for &dataset in &datasets {
            rows.extend(self.asides(dataset));
        }
        // A unit whose row is faulty did send something.
        let faulty = rows.iter().filter(|row| row.left_out == Some(FAULTY));
        let faulty: BTreeSet<(String, String)> = faulty.map(|row| (row.dataset.clone(), row.key.clone())).collect();
        for silence in self.behind.silent(self.asked) {
            let row = self.silence(silence);
            let is_faulty = faulty.contains(&(row.dataset.clone(), row.key.clone()));
            let left_out = Some(if is_faulty { FAULTY } else { NO_RETURN });
            rows.push(TracedRow { standing: Some(SILENT), left_out, ..row });
        }
        rows
    }

    /// The datasets that the number is made of, the denominator's first.
    pub fn datasets(&self) -> Vec<DatasetIndex> {
        if !self.indicator.is_from_rows() {
            return Vec::new();
        }
        let mut datasets = vec![self.indicator.denominator.dataset, self.indicator.numerator.dataset];
        datasets.dedup();
        datasets
    }

    /// A row of the data, with nothing said of what it does.
    fn row(&self, index: DatasetIndex, row: usize) -> TracedRow {
        let rows = self.published.rows(self.question.period, index);
        TracedRow {
            key: rows.key(row).join(", "),
            unit: rows.title(row),
            region: self.code(rows.region(row)),
            ..self.placed(index, rows.place(row), |field| rows.typed(field, row))
        }
    }

    fn code(&self, region: RegionIndex) -> String {
        self.specs.hierarchy.region(region).code.as_str().to_owned()
    }

    /// What stands in the row at a place.
    fn placed(&self, index: DatasetIndex, place: &RowPlace, typed: impl Fn(FieldIndex) -> Typed) -> TracedRow {
        let cells = self.fields(index).into_iter().map(|field| self.cell(place, (index, field), &typed(field)));
        TracedRow {
            file: place.file.as_str().to_owned(),
            sheet: place.sheet.to_string(),
            row: place.row + 1,
            dataset: self.specs.dataset(index).id.to_string(),
            cells: cells.collect(),
            ..TracedRow::default()
        }
    }

    /// The fields of a dataset that the number looks at, in their order.
    pub fn fields(&self, index: DatasetIndex) -> Vec<FieldIndex> {
        let whole = self.specs.dataset(self.indicator.denominator.dataset);
        definition::fields(self.indicator, index, (whole, self.question.subject), self.specs.dataset(index))
    }

    /// A cell of a row and how it was understood.
    pub fn cell(&self, place: &RowPlace, (dataset, field): (DatasetIndex, FieldIndex), typed: &Typed) -> TracedCell {
        let declared = self.specs.dataset(dataset);
        let at = place.cell(field);
        let column = match at {
            Place::Cell { column, .. } => column,
            Place::File(_) | Place::Text { .. } => None,
        };
        let found = column.and_then(|_| self.stood.get(&at));
        TracedCell {
            field: declared.field(field).id.to_string(),
            name: declared.field(field).name.get(&self.language.code).to_owned(),
            cell: column.map(|column| cell_name(place.row, column)),
            stood: found.map(|&found| found.to_owned()),
            understood: spelt(self.specs, declared, field, typed),
            missing: typed.blank().map(Blank::name),
            words: self.words(declared, field, typed),
        }
    }

    /// An answer in words.
    fn words(&self, dataset: &Dataset, field: FieldIndex, typed: &Typed) -> String {
        let words = Words { specs: self.specs, language: self.language };
        match (typed, &dataset.field(field).kind) {
            (Typed::Category(Ok(value)), FieldKind::Category(values)) => {
                values[usize::from(*value)].name.get(&self.language.code).to_owned()
            }
            (Typed::Region(Ok(region)), _) => {
                let region = self.specs.hierarchy.region(*region);
                format!("{} ({})", region.name.get(&self.language.code), region.code)
            }
            (Typed::Flag(Ok(flag)), _) => words.flag(*flag).to_owned(),
            (Typed::Count(Ok(units)), _) => self.language.amount(dataset.field(field).amount(*units)),
            (typed, _) => match typed.blank() {
                Some(blank) => self.voice().blank(blank).to_owned(),
                None => spelt(self.specs, dataset, field, typed),
            },
        }
    }

    /// The rows of a dataset that were set aside and would count in the region, or may.
    fn asides(&self, index: DatasetIndex) -> Vec<TracedRow> {
        let dataset = self.specs.dataset(index);
        let hierarchy = &self.specs.hierarchy;
        let mut offices: BTreeMap<&FileName, RegionIndex> = BTreeMap::new();
        let asides = self.behind.asides(self.question.period, index);
        if asides.iter().any(|aside| aside.region.is_none()) {
            offices = self.offices();
        }
        let is_here = |aside: &&Aside| match aside.region {
            Some(region) => hierarchy.contains(self.question.region, region),
            // Where nothing is known of a row but its file, it belongs somewhere in the region that the other rows of the file lie in.
            None => {
                let office = offices.get(&aside.place.file).copied().unwrap_or(hierarchy.top());
                hierarchy.contains(self.question.region, office) || hierarchy.contains(office, self.question.region)
            }
        };
        let traced = |aside: &Aside| {
            let instead = match &aside.why {
                Why::Replaced { later: file } | Why::Repeated { first: file } => Some(file),
                Why::WithoutRegion | Why::Shifted => None,
            };
            let row = if aside.cells.is_empty() {
                let (file, sheet) = (aside.place.file.as_str().to_owned(), aside.place.sheet.to_string());
                TracedRow { file, sheet, row: aside.place.row + 1, dataset: dataset.id.to_string(), ..TracedRow::default() }
            } else {
                self.placed(index, &aside.place, |field| aside.cells[field.0].clone())
            };
            TracedRow {
                key: aside.key(self.specs, dataset).unwrap_or_default().join(", "),
                unit: aside.title(self.specs, dataset),
                region: aside.region.map(|region| self.code(region)).unwrap_or_default(),
                left_out: Some(reason(&aside.why)),
                instead: instead.map(|file| file.as_str().to_owned()),
                ..row
            }
        };
        asides.iter().filter(is_here).map(traced).collect()
    }

    /// For each file of the period, the lowest region that holds all its rows.
    fn offices(&self) -> BTreeMap<&FileName, RegionIndex> {
        let hierarchy = &self.specs.hierarchy;
        let mut offices: BTreeMap<&FileName, RegionIndex> = BTreeMap::new();
        for index in (0..self.specs.datasets.len()).map(DatasetIndex) {
            let rows = self.published.rows(self.question.period, index);
            for row in 0..rows.len() {
                let office = offices.entry(&rows.place(row).file).or_insert(rows.region(row));
                let outer = hierarchy.upwards(*office).find(|&outer| hierarchy.contains(outer, rows.region(row)));
                *office = outer.unwrap_or(hierarchy.top());
            }
        }
        offices
    }

    /// A unit that sent nothing, where the register lists it.
    fn silence(&self, Silence { dataset, who }: Silence) -> TracedRow {
        let of = self.specs.dataset(dataset).id.to_string();
        match who {
            Who::Unit { register, row } => {
                let rows = self.published.rows(self.question.period, register);
                let place = rows.place(row);
                TracedRow {
                    file: place.file.as_str().to_owned(),
                    sheet: place.sheet.to_string(),
                    row: place.row + 1,
                    dataset: of,
                    key: rows.key(row).join(", "),
                    unit: rows.title(row),
                    region: self.code(rows.region(row)),
                    ..TracedRow::default()
                }
            }
            Who::Region(region) => TracedRow {
                dataset: of,
                key: self.code(region),
                unit: self.specs.hierarchy.region(region).name.get(&self.language.code).to_owned(),
                region: self.code(region),
                ..TracedRow::default()
            },
        }
    }
}
