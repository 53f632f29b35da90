//! Where the columns of a dataset stand in a sheet: the rows that fit best as headers, in whatever order and height.

use std::collections::HashSet;

use super::captions::{Captions, Group, Grouped};
use super::spelling::{Readings, headers, named, names};
use super::top::{MOST_ROWS, SEARCHED_ROWS, Top};
use crate::diagnostic::FileName;
use crate::grid::{Raw, Sheet};
use crate::period::PeriodIndex;
use crate::spec::excerpt::Column;
use crate::spec::names::Names;
use crate::spec::{Dataset, DatasetIndex, FieldIndex, Specs, fold_header};

/// Where the columns of a dataset stand in a sheet.
#[derive(Clone, Debug)]
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
    /// The column of each of the terms that a row must meet; `None` where there is none.
    pub terms: Vec<Option<usize>>,
    /// The column that tells the period of a row.
    pub period: Option<usize>,
    /// The columns below captions, by what the captions say; empty where there are none.
    pub groups: Vec<Group>,
    /// Captions that only look like a word of theirs: the column, the texts over it, and the word.
    pub captions: Vec<(usize, String, String)>,
    /// The texts of its rows, folded.
    pub texts: Vec<Vec<String>>,
    /// All headers and captions of a dataset with captions, folded; no others.
    pub words: HashSet<String>,
    /// The headers among them, without captions.
    pub names: HashSet<String>,
    /// What the captions say of the columns that are read now.
    pub given: Vec<(FieldIndex, u16)>,
    /// Other datasets that the headers fit as well.
    pub rivals: Vec<DatasetIndex>,
}

impl Header {
    /// The column of a field.
    pub fn column(&self, field: FieldIndex) -> Option<usize> {
        self.columns.iter().find(|(found, _)| *found == field).map(|(_, column)| *column)
    }

    /// The same with the columns of a group beside those that stand below no captions; `None` where its captions stand nowhere.
    pub fn of_group(mut self, known: &Group) -> Option<Self> {
        let group = self.groups.iter().find(|own| own.period == known.period && own.values == known.values)?;
        self.columns.extend(&group.columns);
        self.given.clone_from(&group.values);
        Some(self)
    }

    /// Whether a field has columns below captions. It has none beside them: that would be one of a total.
    pub fn is_grouped(&self, field: FieldIndex) -> bool {
        self.groups.iter().any(|group| group.has(field))
    }

    /// Whether a column is read.
    pub fn is_used(&self, column: usize) -> bool {
        let column = Some(column);
        self.columns.iter().any(|(_, known)| Some(*known) == column)
            || self.replaces == column
            || self.period == column
            || self.terms.contains(&column)
            || self.groups.iter().any(|group| group.columns.iter().chain(&group.again).any(|(_, known)| Some(*known) == column))
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
            && dataset(known).excerpt.files.is_empty() == dataset(self).excerpt.files.is_empty()
            && dataset(known).life.holds(period) == dataset(self).life.holds(period)
    }
}

/// The best rows of headers in a sheet of a file; `None` when no row has the headers of any dataset.
pub fn find(specs: &Specs, period: PeriodIndex, file: &FileName, sheet: &Sheet) -> Option<Header> {
    search(specs, period, sheet, |_, dataset| dataset.excerpt.is_of(file))
}

/// The same for one dataset, whose headers were found for another period: which columns there are differs from period to period.
pub fn again(specs: &Specs, period: PeriodIndex, known: &Header, sheet: &Sheet) -> Option<Header> {
    search(specs, period, sheet, |index, _| index == known.dataset)
}

fn search(
    specs: &Specs,
    period: PeriodIndex,
    sheet: &Sheet,
    is_meant: impl Fn(DatasetIndex, &Dataset) -> bool,
) -> Option<Header> {
    let top = Top::new(sheet);
    let mut datasets: Vec<_> = specs
        .datasets
        .iter()
        .enumerate()
        .filter(|(position, dataset)| dataset.whole && is_meant(DatasetIndex(*position), dataset))
        .collect();
    // Among equally good datasets, one that names the file comes first, then one that is sent in the period.
    datasets.sort_by_key(|(_, dataset)| (dataset.excerpt.files.is_empty(), !dataset.life.holds(period)));
    let datasets: Vec<(DatasetIndex, Captions<'_>)> =
        datasets.into_iter().map(|(position, dataset)| (DatasetIndex(position), Captions::new(dataset))).collect();
    let mut best: Option<Candidate> = None;
    for height in 1..=MOST_ROWS {
        for (dataset, captions) in &datasets {
            for first in 0..SEARCHED_ROWS.min((top.texts.len() + 1).saturating_sub(height)) {
                let rows = (first, first + height - 1);
                let Some(candidate) = candidate(&top, *dataset, captions, rows) else { continue };
                if let Some(known) = best.as_mut().filter(|known| candidate.is_rival(known, specs, period)) {
                    known.header.rivals.push(*dataset);
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
    // Merged cells show how far up and down the headers reach, even where none of the texts there is known.
    while header.row + 1 < header.first + MOST_ROWS && header.columns.iter().any(|&(_, at)| top.reaches_above(header.first, at)) {
        header.first -= 1;
    }
    while header.row + 1 < header.first + MOST_ROWS && top.goes_on(header.row, header.columns.iter().map(|(_, column)| *column)) {
        header.row += 1;
    }
    let dataset = specs.dataset(header.dataset);
    if dataset.excerpt.has_captions() {
        (header.words, header.names) = (headers(dataset).into_iter().collect(), names(dataset).collect());
        while header.row + 1 < header.first + MOST_ROWS && top.holds_only(header.row + 1, (&header.words, &header.names)) {
            header.row += 1;
        }
        let (rows, captions) = ((header.first, header.row), Captions::new(dataset).with_alike(&specs.programme.names));
        let Grouped { groups, fields, captions: alike } = captions.groups(&top, rows);
        (header.groups, header.captions) = (groups, alike);
        let common = captions.common(&top, rows).into_iter().filter(|(field, _, _)| !header.is_grouped(*field));
        header.columns = common.map(|(field, column, _)| (field, column)).collect();
        header.understood.retain(|(_, _, field)| !header.groups.iter().any(|group| group.has(*field)));
        header.understood.extend(fields);
    }
    alike(&specs.programme.names, dataset, &top, &mut header);
    headless(dataset, &top, &mut header);
    // A column of a field that the period does not have is left out.
    let lives = |field: FieldIndex| dataset.field(field).life.holds(period);
    header.columns.retain(|(field, _)| lives(*field));
    header.groups.iter_mut().for_each(|group| group.columns.retain(|(field, _)| lives(*field)));
    header.understood.retain(|(_, _, field)| lives(*field));
    header.replaces = (0..top.width(header.first, header.row)).find(|&column| {
        header.field(column).is_none() && dataset.replaces.contains(&fold_header(&top.shown(header.first, header.row, column)))
    });
    let column = |column: &Column| {
        let named_at =
            |at: usize| named(&column.spellings, &top.stack(header.first, header.row, at)).map(|(_, shortened)| (shortened, at));
        let of_field = column.field.and_then(|field| header.column(field));
        of_field.or_else(|| (0..top.width(header.first, header.row)).filter_map(named_at).min().map(|(_, at)| at))
    };
    let terms = dataset.excerpt.rows.iter().map(|term| column(&term.column)).collect();
    let of_period = dataset.excerpt.period.as_ref().and_then(|period| column(period.column.as_ref()?));
    (header.terms, header.period) = (terms, of_period);
    let folded = |cells: &Vec<Raw>| cells.iter().map(|cell| fold_header(&cell.text())).collect();
    header.texts = sheet.rows[header.first..=header.row].iter().map(folded).collect();
    Some(header)
}

/// What some rows name of a dataset; `None` when it is too little for headers.
fn candidate(top: &Top<'_>, index: DatasetIndex, captions: &Captions<'_>, (first, last): (usize, usize)) -> Option<Candidate> {
    let dataset = captions.dataset;
    let mut columns = captions.common(top, (first, last));
    for group in captions.groups(top, (first, last)).groups {
        let new = group.columns.into_iter().filter(|(field, _)| columns.iter().all(|(known, _, _)| known != field));
        columns.extend(new.map(|(field, column)| (field, column, false)).collect::<Vec<_>>());
    }
    let has_column = |key: &FieldIndex| columns.iter().any(|(field, _, _)| field == key);
    let has_key = dataset.key.iter().any(|key| has_column(key) || dataset.field(*key).headless);
    let all = dataset.columns().count();
    if columns.len() < 2.min(all) || !has_key && columns.len() * 2 < all {
        return None;
    }
    let understood = columns.iter().filter(|(_, _, shortened)| *shortened);
    let understood = understood.map(|&(field, column, _)| (column, top.shown(first, last, column), field)).collect();
    let named = columns.iter().map(|&(field, column, _)| (field, column)).collect();
    let header = Header {
        dataset: index,
        first,
        row: last,
        columns: named,
        understood,
        replaces: None,
        terms: Vec::new(),
        period: None,
        groups: Vec::new(),
        captions: Vec::new(),
        words: HashSet::new(),
        names: HashSet::new(),
        texts: Vec::new(),
        given: Vec::new(),
        rivals: Vec::new(),
    };
    Some(Candidate { found: columns.len(), left_over: all - columns.len(), header })
}

/// Takes headers whose letters only look like those of a field that is still missing.
fn alike(names: &Names, dataset: &Dataset, top: &Top<'_>, header: &mut Header) {
    let open: Vec<usize> = (0..top.width(header.first, header.row)).filter(|&column| header.field(column).is_none()).collect();
    let shown: Vec<(usize, String)> =
        open.into_iter().map(|column| (column, top.shown(header.first, header.row, column))).collect();
    if shown.iter().all(|(_, text)| text.is_empty()) {
        return;
    }
    let readings = Readings::of_fields(names, dataset);
    for (column, text) in shown.into_iter().filter(|(_, text)| !text.is_empty()) {
        if let Some(field) = readings.of(&text)
            && header.column(field).is_none()
            && !header.is_grouped(field)
        {
            header.columns.push((field, column));
            header.understood.push((column, text, field));
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
    let is_asked = |field: &FieldIndex| dataset.field(*field).life.holds(period) && !dataset.excerpt.captions.contains(field);
    dataset.columns().filter(is_asked).filter(|&field| header.column(field).is_none()).collect()
}
