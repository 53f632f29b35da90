//! Typed columns of what was reported, by period and dataset. Each row knows its file, sheet and row.

mod aside;
mod balance;

use std::sync::Arc;

use crate::diagnostic::{Fact, FileName, Place, quotation, tidy};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Dataset, DatasetIndex, FieldIndex, FieldKind, Specs};
use crate::value::Blank;

pub use aside::{Aside, ReadSheet, Why};
pub use balance::{Balance, FileFate, RowFate, SheetFate};

/// An answer, or why there is none.
pub type Answer<T> = Result<T, Blank>;

/// The answer of a cell, by the type of its field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Typed {
    /// The answer of a code or text field.
    Text(Answer<Arc<str>>),
    /// The answer of a region field.
    Region(Answer<RegionIndex>),
    /// The answer of a category field, as a position in the field's list.
    Category(Answer<u16>),
    /// The answer of a flag field.
    Flag(Answer<bool>),
    /// The answer of a count field.
    Count(Answer<i64>),
}

impl Typed {
    /// Why the cell holds no answer; `None` where it holds one.
    pub fn blank(&self) -> Option<Blank> {
        match self {
            Typed::Text(answer) => answer.as_ref().err().copied(),
            Typed::Region(answer) => answer.err(),
            Typed::Category(answer) => answer.err(),
            Typed::Flag(answer) => answer.err(),
            Typed::Count(answer) => answer.err(),
        }
    }

    /// The answer of a category field, as a position in the field's list.
    pub fn category(&self) -> Answer<u16> {
        match self {
            Typed::Category(answer) => *answer,
            other => unreachable!("the field is a category: {other:?}"),
        }
    }

    /// The answer of a flag field.
    pub fn flag(&self) -> Answer<bool> {
        match self {
            Typed::Flag(answer) => *answer,
            other => unreachable!("the field is a flag: {other:?}"),
        }
    }

    /// The answer of a count field.
    pub fn count(&self) -> Answer<i64> {
        match self {
            Typed::Count(answer) => *answer,
            other => unreachable!("the field is a count: {other:?}"),
        }
    }
}

/// A column, with one answer for each row.
#[derive(Clone, Debug)]
enum Column {
    Text(Vec<Answer<Arc<str>>>),
    Region(Vec<Answer<RegionIndex>>),
    Category(Vec<Answer<u16>>),
    Flag(Vec<Answer<bool>>),
    Count(Vec<Answer<i64>>),
}

/// The place of a row in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowPlace {
    /// The file.
    pub file: FileName,
    /// The sheet; empty in a text table.
    pub sheet: Arc<str>,
    /// The row, from 0.
    pub row: u32,
    /// The column of each field of the dataset, from 0; `None` where the sheet has no column for the field.
    pub columns: Arc<[Option<u32>]>,
}

impl RowPlace {
    /// The row as a place.
    pub fn place(&self) -> Place {
        self.at(None)
    }

    /// The row for people, readable in every language: file, sheet and number.
    pub fn shown(&self) -> String {
        self.shown_in(self.file.as_str().rsplit('/').next().unwrap_or_default())
    }

    /// The row for people, named beside another row. Where both files have the same name, their folders are added.
    pub fn shown_beside(&self, other: &RowPlace) -> String {
        if self.file == other.file {
            return self.shown();
        }
        let file = self.file.as_str();
        let alike = file.rsplit('/').zip(other.file.as_str().rsplit('/')).take_while(|(own, other)| own == other).count();
        let names: Vec<&str> = file.split('/').collect();
        self.shown_in(&names[names.len().saturating_sub(alike + 1)..].join("/"))
    }

    fn shown_in(&self, file: &str) -> String {
        let sheet = if self.sheet.is_empty() { String::new() } else { format!("{}!", self.sheet) };
        format!("{file} › {sheet}{}", self.row + 1)
    }

    /// The cell of a field; the row where the sheet has no column for it.
    pub fn cell(&self, field: FieldIndex) -> Place {
        self.at(self.columns[field.0])
    }

    fn at(&self, column: Option<u32>) -> Place {
        Place::Cell { file: self.file.clone(), sheet: self.sheet.clone(), row: self.row, column }
    }
}

/// The rows of one dataset in one period. Invariant: every column has as many answers as there are rows, of its field's type.
#[derive(Clone, Debug)]
pub struct Table {
    places: Vec<RowPlace>,
    regions: Vec<RegionIndex>,
    columns: Vec<Column>,
    asides: Vec<Aside>,
}

impl Table {
    /// A table without rows.
    pub fn new(dataset: &Dataset) -> Self {
        let column = |kind: &FieldKind| match kind {
            FieldKind::Code | FieldKind::Text => Column::Text(Vec::new()),
            FieldKind::Region { .. } => Column::Region(Vec::new()),
            FieldKind::Category(_) => Column::Category(Vec::new()),
            FieldKind::Flag => Column::Flag(Vec::new()),
            FieldKind::Count { .. } => Column::Count(Vec::new()),
        };
        Self {
            places: Vec::new(),
            regions: Vec::new(),
            columns: dataset.fields.iter().map(|field| column(&field.kind)).collect(),
            asides: Vec::new(),
        }
    }

    /// Adds a row that counts in `region`; `cells` has one answer for each field of the dataset, in order.
    pub fn push(&mut self, place: RowPlace, region: RegionIndex, cells: Vec<Typed>) {
        assert_eq!(cells.len(), self.columns.len(), "a row has a cell for every field");
        self.places.push(place);
        self.regions.push(region);
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            match (column, cell) {
                (Column::Text(column), Typed::Text(answer)) => column.push(answer),
                (Column::Region(column), Typed::Region(answer)) => column.push(answer),
                (Column::Category(column), Typed::Category(answer)) => column.push(answer),
                (Column::Flag(column), Typed::Flag(answer)) => column.push(answer),
                (Column::Count(column), Typed::Count(answer)) => column.push(answer),
                (column, cell) => unreachable!("a cell has the type of its field: {cell:?} in {column:?}"),
            }
        }
    }

    /// Keeps a row apart that does not count.
    pub fn set_aside(&mut self, aside: Aside) {
        self.asides.push(aside);
    }

    /// The rows that do not count, in the order of files.
    pub fn asides(&self) -> &[Aside] {
        &self.asides
    }

    /// Puts another answer into a cell.
    pub fn answer(&mut self, field: FieldIndex, row: usize, cell: Typed) {
        match (&mut self.columns[field.0], cell) {
            (Column::Text(column), Typed::Text(answer)) => column[row] = answer,
            (Column::Region(column), Typed::Region(answer)) => column[row] = answer,
            (Column::Category(column), Typed::Category(answer)) => column[row] = answer,
            (Column::Flag(column), Typed::Flag(answer)) => column[row] = answer,
            (Column::Count(column), Typed::Count(answer)) => column[row] = answer,
            (column, cell) => unreachable!("a cell has the type of its field: {cell:?} in {column:?}"),
        }
    }

    /// Lets a row count in another region.
    pub fn relocate(&mut self, row: usize, region: RegionIndex) {
        self.regions[row] = region;
    }

    /// The same without the rows for which `is_gone` holds.
    pub fn without(&self, dataset: &Dataset, is_gone: impl Fn(usize) -> bool) -> Self {
        let mut table = Self::new(dataset);
        for row in (0..self.len()).filter(|&row| !is_gone(row)) {
            let cells = (0..self.columns.len()).map(|field| self.typed(FieldIndex(field), row)).collect();
            table.push(self.places[row].clone(), self.regions[row], cells);
        }
        table
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether nothing was reported.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The place of a row in its file.
    pub fn place(&self, row: usize) -> &RowPlace {
        &self.places[row]
    }

    /// The region that a row counts in.
    pub fn region(&self, row: usize) -> RegionIndex {
        self.regions[row]
    }

    /// The answer in a code or text field.
    pub fn text(&self, field: FieldIndex, row: usize) -> Answer<&str> {
        match &self.columns[field.0] {
            Column::Text(column) => column[row].as_deref().map_err(|blank| *blank),
            other => unreachable!("the field is text: {other:?}"),
        }
    }

    /// The answer in a category field.
    pub fn category(&self, field: FieldIndex, row: usize) -> Answer<u16> {
        match &self.columns[field.0] {
            Column::Category(column) => column[row],
            other => unreachable!("the field is a category: {other:?}"),
        }
    }

    /// The answer in a flag field.
    pub fn flag(&self, field: FieldIndex, row: usize) -> Answer<bool> {
        match &self.columns[field.0] {
            Column::Flag(column) => column[row],
            other => unreachable!("the field is a flag: {other:?}"),
        }
    }

    /// The answer in a count field.
    pub fn count(&self, field: FieldIndex, row: usize) -> Answer<i64> {
        match &self.columns[field.0] {
            Column::Count(column) => column[row],
            other => unreachable!("the field is a count: {other:?}"),
        }
    }

    /// Why a cell holds no answer; `None` where it holds one.
    pub fn blank(&self, field: FieldIndex, row: usize) -> Option<Blank> {
        match &self.columns[field.0] {
            Column::Text(column) => column[row].as_ref().err().copied(),
            Column::Region(column) => column[row].err(),
            Column::Category(column) => column[row].err(),
            Column::Flag(column) => column[row].err(),
            Column::Count(column) => column[row].err(),
        }
    }

    /// The answer in a field of any type as text, by codes and ids; empty where there is none.
    pub fn spelt(&self, specs: &Specs, dataset: &Dataset, field: FieldIndex, row: usize) -> String {
        spelt(specs, dataset, field, &self.typed(field, row))
    }

    /// The key of a row as text, so that rows of two datasets with the same key can be compared.
    pub fn key(&self, specs: &Specs, dataset: &Dataset, row: usize) -> Vec<String> {
        dataset.key.iter().map(|&field| spelt(specs, dataset, field, &self.typed(field, row))).collect()
    }

    /// Whether some rows were set aside because their region could not be told.
    pub fn has_lost(&self) -> bool {
        self.lost().next().is_some()
    }

    /// The keys of these rows.
    pub fn lost_keys(&self, specs: &Specs, dataset: &Dataset) -> Vec<Vec<String>> {
        self.lost().filter_map(|aside| aside.key(specs, dataset)).collect()
    }

    fn lost(&self) -> impl Iterator<Item = &Aside> {
        self.asides.iter().filter(|aside| aside.why == Why::WithoutRegion)
    }

    /// The row's name for messages: its title, or its key. A region has its name.
    pub fn title(&self, specs: &Specs, dataset: &Dataset, row: usize) -> String {
        if let Some(region) = self.titled_by_region(dataset, row) {
            return specs.name_of(specs.hierarchy.region(region)).to_owned();
        }
        let title = dataset.title.map(|field| spelt(specs, dataset, field, &self.typed(field, row)));
        title.filter(|title| !title.is_empty()).unwrap_or_else(|| self.key(specs, dataset, row).join(", "))
    }

    /// The row's name for those who read in other languages.
    pub fn named(&self, specs: &Specs, dataset: &Dataset, row: usize) -> Fact {
        match self.titled_by_region(dataset, row) {
            Some(region) => Fact::Region(specs.hierarchy.region(region).code.as_str().into()),
            None => Fact::Text(self.title(specs, dataset, row)),
        }
    }

    /// The region that is the name of a row: its title, or its key where it has no title.
    fn titled_by_region(&self, dataset: &Dataset, row: usize) -> Option<RegionIndex> {
        let field = match (dataset.title, dataset.key.as_slice()) {
            (Some(field), _) => field,
            (None, &[field]) => field,
            (None, _) => return None,
        };
        match self.typed(field, row) {
            Typed::Region(region) => region.ok(),
            Typed::Text(_) | Typed::Category(_) | Typed::Flag(_) | Typed::Count(_) => None,
        }
    }

    /// The answer in any field.
    pub fn typed(&self, field: FieldIndex, row: usize) -> Typed {
        match &self.columns[field.0] {
            Column::Text(column) => Typed::Text(column[row].clone()),
            Column::Region(column) => Typed::Region(column[row]),
            Column::Category(column) => Typed::Category(column[row]),
            Column::Flag(column) => Typed::Flag(column[row]),
            Column::Count(column) => Typed::Count(column[row]),
        }
    }
}

/// An answer as text, by codes and ids; empty where there is none.
pub fn spelt(specs: &Specs, dataset: &Dataset, field: FieldIndex, typed: &Typed) -> String {
    let answer = match typed {
        Typed::Text(answer) => answer.clone().map(|text| text.to_string()),
        Typed::Region(answer) => answer.map(|region| specs.hierarchy.region(region).code.as_str().to_owned()),
        Typed::Category(answer) => answer.map(|value| match &dataset.field(field).kind {
            FieldKind::Category(values) => values[usize::from(value)].id.clone(),
            other => unreachable!("the field is a category: {other:?}"),
        }),
        Typed::Flag(answer) => answer.map(|flag| flag.to_string()),
        Typed::Count(answer) => answer.map(|units| dataset.field(field).amount(units).to_string()),
    };
    answer.unwrap_or_default()
}

/// How a cell or a row was understood, where that is not simply what it says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interpretation {
    /// The cell or the row.
    pub place: Place,
    /// The text that stands there.
    pub from: String,
    /// What it was understood as.
    pub to: String,
}

impl Interpretation {
    /// What stands at a place, and what it was understood as.
    pub fn new(place: Place, from: impl Into<String>, to: impl Into<String>) -> Self {
        Self { place, from: quotation(&from.into()), to: tidy(&to.into()) }
    }
}

/// A difference that a later submission made to an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Its place in the later submission; for a row that is gone, its place in the earlier one.
    pub place: Place,
    /// Whether an answer changed, or a row came or went.
    pub kind: ChangeKind,
    /// The unit's name.
    pub title: String,
    /// The unit's key; the answers of several key fields are joined by `, `.
    pub key: String,
    /// The region that the row counts in now; for a row that is gone, the one that it counted in.
    pub region: RegionIndex,
    /// The period.
    pub period: PeriodIndex,
    /// The dataset.
    pub dataset: DatasetIndex,
}

impl Change {
    /// The change in words, on one line.
    pub fn line(&self, specs: &Specs) -> String {
        tidy(&self.words(specs))
    }

    fn words(&self, specs: &Specs) -> String {
        let Self { place, title, key, .. } = self;
        let unit = if title == key { format!("`{title}`") } else { format!("`{title}` ({key})") };
        let spell = |answer: &Answer<String>| match answer {
            Ok(text) => format!("`{text}`"),
            Err(blank) => blank.name().to_owned(),
        };
        match &self.kind {
            ChangeKind::Answer { field, before, after, earlier } => {
                let field = &specs.dataset(self.dataset).field(*field).id;
                format!("{place}: `{field}` of {unit}: {} -> {}; before in {earlier}", spell(before), spell(after))
            }
            ChangeKind::Added => format!("{place}: {unit} is new"),
            ChangeKind::Removed { later } => format!("{place}: {unit} is gone; {later} does not have it"),
        }
    }
}

/// A kind of change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// An answer has changed.
    Answer {
        /// The field.
        field: FieldIndex,
        /// The answer before.
        before: Answer<String>,
        /// The answer now.
        after: Answer<String>,
        /// The cell of the answer before.
        earlier: Place,
    },
    /// The row is new.
    Added,
    /// The row is gone.
    Removed {
        /// The submission without the row.
        later: FileName,
    },
}

/// A submission that replaced an earlier one in a region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Correction {
    /// The period.
    pub period: PeriodIndex,
    /// The dataset.
    pub dataset: DatasetIndex,
    /// The region of the rows.
    pub region: RegionIndex,
    /// The submission that counted before.
    pub earlier: FileName,
    /// The submission that replaced it.
    pub later: FileName,
}

/// All that was reported.
#[derive(Clone, Debug)]
pub struct Data {
    /// What became of all that was seen.
    pub balance: Balance,
    /// What was understood as more than it says, in the order of places.
    pub interpretations: Vec<Interpretation>,
    /// What later submissions changed, in the order of places.
    pub changes: Vec<Change>,
    /// Which submissions replaced which.
    pub corrections: Vec<Correction>,
    /// The sheets whose tables were read, in the order of files.
    pub sheets: Vec<ReadSheet>,
    tables: Vec<Vec<Table>>,
    unread: Vec<bool>,
}

impl Data {
    /// Without any rows.
    pub fn new(specs: &Specs) -> Self {
        let period: Vec<Table> = specs.datasets.iter().map(Table::new).collect();
        let periods = specs.programme.periods.len();
        let (interpretations, changes, corrections) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            balance: Balance::default(),
            interpretations,
            changes,
            corrections,
            sheets: Vec::new(),
            tables: vec![period; periods],
            unread: vec![false; periods],
        }
    }

    /// Notes that a submission of the period could not be read; the reason has been reported.
    pub fn leave_unread(&mut self, period: PeriodIndex) {
        self.unread[period.0] = true;
    }

    /// Whether every submission of a period could be read.
    pub fn is_whole(&self, period: PeriodIndex) -> bool {
        !self.unread[period.0]
    }

    /// The rows of a dataset in a period.
    pub fn table(&self, period: PeriodIndex, dataset: DatasetIndex) -> &Table {
        &self.tables[period.0][dataset.0]
    }

    /// The rows of one period alone.
    pub fn of(specs: &Specs, period: PeriodIndex, data: &Data) -> Self {
        let mut own = Self::new(specs);
        own.tables[period.0].clone_from(&data.tables[period.0]);
        own
    }

    /// The rows of a dataset in a period, to be added to.
    pub fn table_mut(&mut self, period: PeriodIndex, dataset: DatasetIndex) -> &mut Table {
        &mut self.tables[period.0][dataset.0]
    }

    /// Whether anything was reported in a period.
    pub fn has(&self, period: PeriodIndex) -> bool {
        self.tables[period.0].iter().any(|table| !table.is_empty())
    }

    /// The last period in which anything was reported in a dataset.
    pub fn latest_of(&self, dataset: DatasetIndex) -> Option<PeriodIndex> {
        (0..self.tables.len()).rev().map(PeriodIndex).find(|&period| !self.table(period, dataset).is_empty())
    }

    /// The last period in which anything was reported.
    pub fn latest(&self) -> Option<PeriodIndex> {
        (0..self.tables.len()).rev().map(PeriodIndex).find(|&period| self.has(period))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(file: &str) -> RowPlace {
        RowPlace { file: FileName::new(file), sheet: "".into(), row: 1, columns: Arc::from([]) }
    }

    #[test]
    fn two_files_called_alike_are_told_apart_by_their_folders() {
        let (bare, dated, later) =
            (place("inputs/2025/a.csv"), place("inputs/2025/2025-11-03/a.csv"), place("inputs/2025/2025-11-04/a.csv"));
        assert_eq!(bare.shown_beside(&bare), "a.csv › 2");
        assert_eq!(bare.shown_beside(&place("inputs/2025/b.csv")), "a.csv › 2");
        assert_eq!(bare.shown_beside(&dated), "2025/a.csv › 2");
        assert_eq!(dated.shown_beside(&bare), "2025-11-03/a.csv › 2");
        assert_eq!(dated.shown_beside(&later), "2025-11-03/a.csv › 2");
        let north = place("inputs/2025/2025-11-03/north/a.csv");
        assert_eq!(north.shown_beside(&place("inputs/2025/2025-11-04/north/a.csv")), "2025-11-03/north/a.csv › 2");
    }
}
