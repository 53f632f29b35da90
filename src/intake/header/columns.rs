//! Where the columns of a dataset stand in a sheet: the rows that fit best as headers, in whatever order and height.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::spelling::signs;
use super::top::{MOST_ROWS, SEARCHED_ROWS, Top};
use crate::grid::Sheet;
use crate::period::PeriodIndex;
use crate::spec::names::Names;
use crate::spec::{Dataset, DatasetIndex, FieldIndex, Specs, fold_header};

/// Where the columns of a dataset stand in a sheet.
#[derive(Debug)]
pub struct Header {
    /// The dataset whose headers these are.
    pub dataset: DatasetIndex,
    /// The first row of headers, counted from the first row of the sheet's cells.
    pub first: usize,
    /// The last row of headers, counted in the same way.
    pub row: usize,
    /// Each field found, and its column, counted from the first column of the sheet's cells.
    pub columns: Vec<(FieldIndex, usize)>,
    /// Columns whose header was understood as more than it says: the column, its header, and the field.
    pub understood: Vec<(usize, String, FieldIndex)>,
    /// The column in which a correction names the key of the row that it replaces.
    pub replaces: Option<usize>,
    /// Other datasets that the headers fit as well.
    pub rivals: Vec<DatasetIndex>,
}

impl Header {
    /// The column of a field.
    pub fn column(&self, field: FieldIndex) -> Option<usize> {
        self.columns.iter().find(|(found, _)| *found == field).map(|(_, column)| *column)
    }

    /// The field of a column.
    pub fn field(&self, column: usize) -> Option<FieldIndex> {
        self.columns.iter().find(|(_, found)| *found == column).map(|(field, _)| *field)
    }
}

/// Rows that may be the headers of a dataset.
struct Candidate {
    /// How many columns the rows name.
    found: usize,
    /// How many fields have no column.
    left_over: usize,
    header: Header,
}

impl Candidate {
    fn height(&self) -> usize {
        self.header.row - self.header.first + 1
    }

    /// Whether this candidate is better than one known before: it finds more columns, or as many on as many rows with fewer fields left
    /// over. Headers on fewer rows are tried first, so they win where as many columns are found.
    fn is_better(&self, known: &Candidate) -> bool {
        self.found > known.found
            || self.found == known.found && self.left_over < known.left_over && known.height() == self.height()
    }

    /// Whether another dataset fits the same rows equally well, and is sent in the period as this one is.
    fn is_rival(&self, known: &Candidate, specs: &Specs, period: PeriodIndex) -> bool {
        let of = |candidate: &Candidate| (candidate.found, candidate.left_over, candidate.header.first, candidate.header.row);
        let dataset = |candidate: &Candidate| specs.dataset(candidate.header.dataset);
        of(self) == of(known)
            && dataset(known).id != dataset(self).id
            && dataset(known).life.holds(period) == dataset(self).life.holds(period)
    }
}

/// The best rows of headers; `None` when no row has the headers of any dataset.
pub fn find(specs: &Specs, period: PeriodIndex, sheet: &Sheet) -> Option<Header> {
    let top = Top::new(sheet);
    let mut datasets: Vec<_> = specs.datasets.iter().enumerate().filter(|(_, dataset)| dataset.whole).collect();
    // Among equally good datasets, one that is sent in the period comes first.
    datasets.sort_by_key(|(_, dataset)| !dataset.life.holds(period));
    let mut best: Option<Candidate> = None;
    for height in 1..=MOST_ROWS {
        for &(position, dataset) in &datasets {
            for first in 0..SEARCHED_ROWS.min((top.texts.len() + 1).saturating_sub(height)) {
                let rows = (first, first + height - 1);
                let Some(candidate) = candidate(&top, (DatasetIndex(position), dataset), rows) else { continue };
                if let Some(known) = best.as_mut().filter(|known| candidate.is_rival(known, specs, period)) {
                    known.header.rivals.push(DatasetIndex(position));
                }
                if best.as_ref().is_none_or(|known| candidate.is_better(known)) {
                    best = Some(candidate);
                }
            }
        }
        // When nothing is missing, captions above the row cannot add anything.
        if best.as_ref().is_some_and(|best| missing(specs, period, &best.header).is_empty()) {
            break;
        }
    }
    let mut header = best?.header;
    // Merged cells show how far down the headers reach, even where none of the texts below is known.
    while header.row + 1 < header.first + MOST_ROWS && top.goes_on(header.row, header.columns.iter().map(|(_, column)| *column)) {
        header.row += 1;
    }
    let dataset = specs.dataset(header.dataset);
    alike(&specs.programme.names, dataset, &top, &mut header);
    headless(dataset, &top, &mut header);
    // A column of a field that the period does not have is left out.
    let lives = |field: FieldIndex| dataset.field(field).life.holds(period);
    header.columns.retain(|(field, _)| lives(*field));
    header.understood.retain(|(_, _, field)| lives(*field));
    header.replaces = (0..top.width(header.first, header.row)).find(|&column| {
        header.field(column).is_none() && dataset.replaces.contains(&fold_header(&top.shown(header.first, header.row, column)))
    });
    Some(header)
}

/// What some rows name of a dataset; `None` when it is too little for headers.
fn candidate(top: &Top<'_>, (index, dataset): (DatasetIndex, &Dataset), (first, last): (usize, usize)) -> Option<Candidate> {
    let columns = top.columns(&dataset.spellings, first, last);
    let has_column = |key: &FieldIndex| columns.iter().any(|(field, _, _)| field == key);
    let has_key = dataset.key.iter().any(|key| has_column(key) || dataset.field(*key).headless);
    if columns.len() < 2.min(dataset.fields.len()) || !has_key && columns.len() * 2 < dataset.fields.len() {
        return None;
    }
    let understood = columns.iter().filter(|(_, _, shortened)| *shortened);
    let understood = understood.map(|&(field, column, _)| (column, top.shown(first, last, column), field)).collect();
    let named = columns.iter().map(|&(field, column, _)| (field, column)).collect();
    let header = Header { dataset: index, first, row: last, columns: named, understood, replaces: None, rivals: Vec::new() };
    Some(Candidate { found: columns.len(), left_over: dataset.fields.len() - columns.len(), header })
}

/// Takes headers whose letters only look like those of a field that is still missing.
fn alike(names: &Names, dataset: &Dataset, top: &Top<'_>, header: &mut Header) {
    let open: Vec<usize> = (0..top.width(header.first, header.row)).filter(|&column| header.field(column).is_none()).collect();
    let shown: Vec<(usize, String)> =
        open.into_iter().map(|column| (column, top.shown(header.first, header.row, column))).collect();
    if shown.iter().all(|(_, text)| text.is_empty()) {
        return;
    }
    let readings_of = |text: &str| {
        let signs = signs(text);
        names.plain(text).into_iter().map(move |reading| (reading, signs.clone()))
    };
    // A reading that several fields share means none of them.
    let mut readings: HashMap<(String, String), Option<FieldIndex>> = HashMap::new();
    for (position, field) in dataset.fields.iter().enumerate() {
        for reading in field.spellings().flat_map(readings_of) {
            match readings.entry(reading) {
                Entry::Vacant(entry) => {
                    entry.insert(Some(FieldIndex(position)));
                }
                Entry::Occupied(mut entry) => {
                    if *entry.get() != Some(FieldIndex(position)) {
                        entry.insert(None);
                    }
                }
            }
        }
    }
    for (column, text) in shown.into_iter().filter(|(_, text)| !text.is_empty()) {
        let mut meant: Vec<Option<FieldIndex>> =
            readings_of(&text).filter_map(|reading| readings.get(&reading).copied()).collect();
        meant.dedup();
        if let [Some(field)] = meant.as_slice()
            && header.column(*field).is_none()
        {
            header.columns.push((*field, column));
            header.understood.push((column, text, *field));
        }
    }
}

/// Takes the first filled column without a header for the field that may have no header.
fn headless(dataset: &Dataset, top: &Top<'_>, header: &mut Header) {
    let field = (0..dataset.fields.len()).map(FieldIndex).find(|&field| dataset.field(field).headless);
    let Some(field) = field.filter(|&field| header.column(field).is_none()) else { return };
    let below = || top.sheet.rows.iter().skip(header.row + 1);
    let width = below().map(Vec::len).max().unwrap_or(0);
    let is_filled = |column: usize| below().any(|cells| cells.get(column).is_some_and(|cell| !cell.is_blank()));
    let first = (0..width).find(|&column| top.stack(header.first, header.row, column).is_empty() && is_filled(column));
    if let Some(column) = first {
        header.columns.push((field, column));
        header.understood.push((column, String::new(), field));
    }
}

/// The fields that the period asks for and the sheet has no column for.
pub fn missing(specs: &Specs, period: PeriodIndex, header: &Header) -> Vec<FieldIndex> {
    let dataset = specs.dataset(header.dataset);
    (0..dataset.fields.len())
        .map(FieldIndex)
        .filter(|&field| header.column(field).is_none() && dataset.field(field).life.holds(period))
        .collect()
}
