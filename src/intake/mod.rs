//! Sheets of cells in, dataset out. Every value remembers its cell; what cannot be understood is named, never guessed.

mod fault;
mod submission;

mod number;

mod cell;
mod gazetteer;

mod header;

mod own;

mod aside;
mod encoding;
pub mod offices;
pub mod receipts;
pub mod released;
mod table;

mod name;
mod total;

mod sheet;

mod correction;
mod join;
mod keys;
mod outer;

mod budget;
mod repeated;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::dataset::{Balance, Data, FileFate, RowFate, SheetFate, Typed, Why};
use crate::diagnostic::{CauseKind, Diagnostic, Fact, FileName, Place, Rule, did_you_mean_or_list, gather};
use crate::grid::{Raw, Reader, Sheet};
use crate::period::PeriodIndex;
use crate::sources::{BinaryFile, Sources};
use crate::spec::{Dataset, DatasetIndex, Field, FieldIndex, FieldKind, Specs};
use crate::value::Blank;

pub use aside::{ASIDE, FINDINGS, sheets};
use budget::Budget;
use correction::Arrival;
use gazetteer::{Gazetteer, Lookup};
use header::{Found, Header};
use own::Own;
use receipts::Receipt;
use submission::Submission;

/// The most findings that are kept one by one in all files together …
const MOST_FINDINGS: usize = 2_000_000;
/// … and the fewest and the most in each file.
const MOST_IN_FILE: (usize, usize) = (1_000, 1_000_000);

/// Reads every submission. `receipts` tell which of two submissions came later. A cell that cannot be used is reported and counts as not
/// reported.
pub fn read(specs: &Specs, sources: &Sources, receipts: &[Receipt], reader: &Reader, diagnostics: &mut Vec<Diagnostic>) -> Data {
    let mut data = Data::new(specs);
    let gazetteer = Gazetteer::new(specs);
    let arrived = of_periods(specs, sources, &mut data.balance, diagnostics);
    data.balance.set_aside(sources.set_aside);
    let most = (MOST_FINDINGS / arrived.len().max(1)).clamp(MOST_IN_FILE.0, MOST_IN_FILE.1);
    let budget = Budget::new(reader);
    let headers = header::all_headers(specs);
    let desk = Desk { specs, headers: &headers, gazetteer: &gazetteer, reader, most };
    let read = |&arrived: &Arrived<'_>| {
        if budget.is_exceeded() {
            return vec![(arrived.period, Submission::default())];
        }
        let submissions = desk.read_file(arrived);
        submissions.iter().for_each(|(_, submission)| budget.spend(submission));
        submissions
    };
    let read: Vec<Vec<(PeriodIndex, Submission)>> = arrived.par_iter().map(read).collect();
    // A file whose tables tell the periods of their rows is one submission for each.
    let (mut files, mut submissions): (Vec<(PeriodIndex, &BinaryFile)>, Vec<Submission>) = arrived
        .iter()
        .zip(read)
        .flat_map(|(arrived, read)| read.into_iter().map(|(period, own)| ((period, arrived.file), own)))
        .unzip();
    if budget.is_exceeded() {
        files = arrived.iter().map(|arrived| (arrived.period, arrived.file)).collect();
        diagnostics.push(budget.exceeded(&files));
        submissions = files.iter().map(|_| Submission::unread()).collect();
    }
    let periods: Vec<PeriodIndex> = files.iter().map(|(period, _)| *period).collect();
    let days: HashMap<&str, Date> = receipts.iter().map(|receipt| (receipt.file.as_str(), receipt.received)).collect();
    let day = |file: &BinaryFile| days.get(file.name.as_str()).copied();
    let arrivals: Vec<Arrival<'_>> =
        files.iter().map(|&(period, file)| Arrival { period, file: &file.name, day: day(file) }).collect();
    repeated::find(specs, &files, &arrivals, &mut submissions);
    // Names and keys are looked up in the register that counts, so corrections of registers come first.
    let is_register = |index: DatasetIndex| specs.datasets.iter().any(|dataset| dataset.expected == Some(index));
    correction::apply(specs, &arrivals, &mut submissions, &mut data, is_register);
    name::identify(specs, &periods, &mut submissions);
    keys::recognise(specs, &periods, &mut submissions);
    correction::apply(specs, &arrivals, &mut submissions, &mut data, |index| !is_register(index));
    let names: Vec<&FileName> = files.iter().map(|(_, file)| &file.name).collect();
    total::in_corrections(specs, &data.corrections, &names, &mut submissions);
    outer::set_aside(specs, &periods, &mut submissions);
    join::fill(specs, &periods, &mut submissions);
    for ((period, _), submission) in files.iter().zip(submissions) {
        gather(diagnostics, submission.diagnostics);
        data.interpretations.extend(submission.interpretations);
        data.balance.add(submission.balance);
        if submission.unread {
            data.leave_unread(*period);
        }
        data.sheets.extend(submission.sheets);
        for (dataset, aside) in submission.asides {
            data.table_mut(*period, dataset).set_aside(aside);
        }
        for (dataset, row) in submission.rows {
            data.balance.rows(if row.region.is_some() { RowFate::Counted } else { RowFate::WithoutRegion }, 1);
            let table = data.table_mut(*period, dataset);
            match row.region {
                Some(region) => table.push(row.place, region, row.cells),
                None => table.set_aside(row.aside(Why::WithoutRegion)),
            }
        }
    }
    for (period, dataset) in specs.collections() {
        keys::duplicates(specs, &data, period, dataset, diagnostics);
        keys::alike(specs, &data, period, dataset, diagnostics);
        nothing_came(specs, &data, period, dataset, diagnostics);
    }
    data.interpretations.sort();
    data
}

/// A file that came.
#[derive(Clone, Copy)]
struct Arrived<'a> {
    /// The period of its folder; the last one where the folder is that of no period.
    period: PeriodIndex,
    /// Whether its folder is that of a period; else only tables that tell the periods of their rows are read.
    is_of_period: bool,
    file: &'a BinaryFile,
}

/// The files in folders of periods. Files in other folders are reported and set aside, unless there are tables that tell the periods of their
/// rows.
fn of_periods<'a>(
    specs: &Specs,
    sources: &'a Sources,
    balance: &mut Balance,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Arrived<'a>> {
    let mut files = Vec::new();
    let tells_period = |dataset: &Dataset| dataset.excerpt.period.is_some();
    let last = PeriodIndex(specs.programme.periods.len().saturating_sub(1));
    let undated = Some(last).filter(|_| specs.datasets.iter().any(tells_period));
    for (folder, submissions) in &sources.inputs {
        let of_folder = specs.programme.period(folder);
        match of_folder.or(undated) {
            Some(period) => {
                let is_of_period = of_folder.is_some();
                files.extend(submissions.iter().map(|file| Arrived { period, is_of_period, file }));
            }
            None => {
                *balance.files.entry(FileFate::OutsidePeriods).or_default() += submissions.len() as u64;
                let place = Place::File(FileName::new(format!("inputs/{folder}")));
                let periods: Vec<&str> = specs.programme.periods.iter().map(|period| period.id.as_str()).collect();
                diagnostics.push(
                    Diagnostic::new(
                        Rule::UnknownPeriod,
                        place,
                        format!("the folder `{folder}` is not a period of the programme"),
                    )
                    .maybe_hint(did_you_mean_or_list(folder, periods.iter().copied()))
                    .because(
                        CauseKind::UnknownPeriod,
                        vec![("found", Fact::Text(folder.to_string())), ("periods", Fact::Text(periods.join(", ")))],
                    ),
                );
            }
        }
    }
    if sources.inputs.is_empty() {
        let first = specs.programme.periods.first().map_or("<period>", |period| &period.id);
        diagnostics.push(
            Diagnostic::new(
                Rule::NoInputs,
                Place::File(FileName::new("inputs")),
                "expected workbooks in this folder, found none",
            )
            .hint(format!("put the offices' files into a folder for each period, such as `inputs/{first}/`"))
            .because(CauseKind::NoInputs, vec![("first", Fact::Text(format!("inputs/{first}/")))]),
        );
    }
    files
}

/// What the reading of every file needs.
#[derive(Clone, Copy)]
struct Desk<'a> {
    specs: &'a Specs,
    headers: &'a Arc<HashSet<String>>,
    gazetteer: &'a Gazetteer<'a>,
    reader: &'a Reader,
    /// The most findings that are kept of a file.
    most: usize,
}

impl Desk<'_> {
    /// What a file holds: for the period of its folder, and for every other one that its tables tell of.
    fn read_file(self, arrived: Arrived<'_>) -> Vec<(PeriodIndex, Submission)> {
        let Arrived { period, file, .. } = arrived;
        let Self { specs, headers, gazetteer, reader, most } = self;
        let mut submission = Submission { most, ..Submission::default() };
        let sheets = match reader.read(file, &header::script(specs, headers, &file.name)) {
            Ok(sheets) => sheets,
            Err(fault) => {
                return vec![(period, Submission { diagnostics: vec![fault.at(file.name.clone())], ..Submission::unread() })];
            }
        };
        let mut further: BTreeMap<PeriodIndex, Submission> = BTreeMap::new();
        let mut unread = Vec::new();
        for sheet in &sheets {
            let rows = sheet.rows.iter().filter(|cells| cells.iter().any(|cell| !cell.is_blank())).count();
            submission.balance.rows_seen += rows as u64;
            let fate = self.read_sheet(arrived, sheet, (&mut submission, &mut further));
            *submission.balance.sheets.entry(fate).or_default() += 1;
            if fate != SheetFate::Read {
                submission.balance.rows(RowFate::UnreadSheet, rows);
                unread.push((sheet, fate));
            }
        }
        // A file is not called unread when its table was read, or is known not to be asked for in this period.
        let known = [SheetFate::Read, SheetFate::OfAnotherPeriod];
        submission.unread = !known.iter().any(|fate| submission.balance.sheets.contains_key(fate));
        submission.balance.files.insert(if submission.unread { FileFate::Unread } else { FileFate::Read }, 1);
        for (sheet, fate) in unread {
            let rows = likely_rows(gazetteer, sheet, submission.width);
            let place = Place::Cell { file: file.name.clone(), sheet: sheet.name.clone(), row: sheet.first_row, column: None };
            let is_without = fate == SheetFate::WithoutHeaders;
            let wrong = is_without.then(|| encoding::wrong(specs, period, (&file.name, sheet), &place)).flatten();
            submission.diagnostics.extend(wrong.or_else(|| left_out(specs, place, fate, rows, submission.unread)));
        }
        if submission.unread && submission.diagnostics.is_empty() {
            let place = Place::File(file.name.clone());
            let found = Diagnostic::new(Rule::UnrecognisedTable, place, "expected a table, found an empty file");
            submission
                .diagnostics
                .push(found.hint("ask the office for the filled-in workbook").because(CauseKind::EmptyFile, Vec::new()));
        }
        let mut all = vec![(period, submission)];
        all.extend(further);
        // What is told of no single period may concern the first one.
        let first = all.iter().map(|(period, _)| *period).min().unwrap_or(period);
        for (position, (period, submission)) in all.iter_mut().enumerate() {
            submission.blame(specs, if position == 0 { first } else { *period });
        }
        all
    }

    /// Reads a sheet and gives what became of it. Rows of the period of its file go to the first of the submissions, rows of others to the
    /// further ones.
    fn read_sheet(
        self,
        Arrived { period, is_of_period, file }: Arrived<'_>,
        sheet: &Sheet,
        (submission, further): (&mut Submission, &mut BTreeMap<PeriodIndex, Submission>),
    ) -> SheetFate {
        let specs = self.specs;
        if sheet.is_empty() {
            return SheetFate::Empty;
        }
        if aside::is_aside(sheet) {
            return SheetFate::Explanation;
        }
        // Nobody sees a hidden sheet: it may be a draft, or last year's.
        if sheet.hidden {
            return SheetFate::Hidden;
        }
        let Some(header) = header::find(specs, period, &file.name, sheet) else { return SheetFate::WithoutHeaders };
        let found = Found { specs, period, file: &file.name, sheet, header: &header, others: &[], is_again: false };
        if !header.rivals.is_empty() {
            submission.diagnostics.push(found.ambiguous());
            return SheetFate::Ambiguous;
        }
        let excerpt = &specs.dataset(header.dataset).excerpt;
        if !is_of_period && excerpt.period.is_none() {
            submission.diagnostics.push(found.of_no_period());
            return SheetFate::OfAnotherPeriod;
        }
        submission.width = submission.width.max(header.columns.len());
        if !excerpt.sorts_rows() {
            if let Some(unexpected) = found.unexpected() {
                submission.diagnostics.push(unexpected);
                return SheetFate::OfAnotherPeriod;
            }
            let lookup = Lookup::new(self.gazetteer, specs.period(period).date);
            sheet::read(found, &lookup, submission);
            submission.fold(specs);
            return SheetFate::Read;
        }
        let by_captions = excerpt.period.as_ref().is_some_and(|period| period.column.is_none());
        if by_captions && header.groups.is_empty() {
            submission.diagnostics.push(found.without_periods());
            return SheetFate::WithoutColumn;
        }
        let own = match Own::new(found, submission) {
            Ok(own) => own,
            Err(missing) => {
                submission.diagnostics.push(*missing);
                return SheetFate::WithoutColumn;
            }
        };
        let groups: Vec<Option<usize>> =
            if header.groups.is_empty() { vec![None] } else { (0..header.groups.len()).map(Some).collect() };
        let mut known: HashSet<(Rule, String)> = HashSet::new();
        let passes = groups.iter().flat_map(|&group| own.periods.iter().map(move |&rows| (group, rows)));
        // Which columns there are differs from period to period.
        let mut again: HashMap<PeriodIndex, Option<Header>> = HashMap::new();
        // The periods of the rows that were told of, once at least.
        let mut read: HashSet<PeriodIndex> = HashSet::new();
        for (group, rows) in passes {
            let told = group.and_then(|group| header.groups[group].period).unwrap_or(rows);
            let of_group = |again: Header| match group {
                Some(group) => again.of_group(&header.groups[group]),
                None => Some(again),
            };
            // What is not found again is not read; its rows stand in the balance.
            let of_period = again.entry(told).or_insert_with(|| header::again(specs, told, &header, sheet));
            let Some(header) = of_period.clone().and_then(of_group) else { continue };
            let others = own.others(rows, read.is_empty());
            let found = Found { period: told, header: &header, others: &others, is_again: !read.is_empty(), ..found };
            let submission = if told == period { &mut *submission } else { further.entry(told).or_insert_with(|| self.beside()) };
            let (before, rows_before) = (submission.diagnostics.len(), submission.rows_told());
            if let Some(unexpected) = found.unexpected() {
                submission.diagnostics.push(unexpected);
            } else {
                sheet::read(found, &Lookup::new(self.gazetteer, specs.period(told).date), submission);
                // A row that is read for several captions is several rows.
                if !read.insert(rows) {
                    submission.balance.rows_seen += submission.rows_told() - rows_before;
                }
            }
            // What is wrong with the columns is told once.
            let mut position = 0;
            submission.diagnostics.retain(|finding| {
                position += 1;
                let is_of_columns = matches!(finding.rule, Rule::UnknownColumn | Rule::MissingColumn | Rule::DuplicateColumn);
                let is_of_headers = finding.cause.as_ref().is_some_and(|cause| cause.kind == CauseKind::OtherHeaders);
                let of = if is_of_headers { specs.period(told).id.as_str() } else { "" };
                position <= before
                    || !is_of_columns && !is_of_headers
                    || known.insert((finding.rule, format!("{} {}{of}", finding.place, finding.message)))
            });
            submission.fold(specs);
        }
        if read.is_empty() {
            return SheetFate::OfAnotherPeriod;
        }
        let unread = own.periods.iter().filter(|period| !read.contains(period)).map(|&period| own.count(period)).sum();
        submission.balance.rows(RowFate::UnreadSheet, unread);
        SheetFate::Read
    }

    /// What a file holds for another period than that of its folder: its sheets and its own rows are counted there.
    fn beside(self) -> Submission {
        Submission { most: self.most, ..Submission::default() }
    }
}

/// How many rows of a sheet look like rows of a table: they name a region beside a number, or are filled like the rows of another sheet of
/// the file with `width` columns.
fn likely_rows(gazetteer: &Gazetteer<'_>, sheet: &Sheet, width: usize) -> usize {
    let is_like = |cells: &Vec<Raw>| {
        let filled = cells.iter().filter(|cell| !cell.is_blank()).count();
        gazetteer.is_row(cells) || width > 0 && filled >= 3 && filled * 2 >= width && cells.iter().any(Raw::is_number)
    };
    sheet.rows.iter().filter(|cells| is_like(cells)).count()
}

/// The finding about a sheet that was not read, though `rows` of its rows look like rows of a table; `alone` when no sheet of its file was
/// read.
fn left_out(specs: &Specs, place: Place, fate: SheetFate, rows: usize, alone: bool) -> Option<Diagnostic> {
    let held = || {
        if rows == 1 {
            "1 row on it looks like one of a table".to_owned()
        } else {
            format!("{rows} rows on it look like those of a table")
        }
    };
    let rule = match (alone, rows) {
        (true, _) => Rule::UnrecognisedTable,
        (false, 0) => Rule::PassedOver,
        (false, _) => Rule::UnreadRows,
    };
    match fate {
        SheetFate::Hidden => {
            let held = if rows == 0 { String::new() } else { format!("; {}", held()) };
            let found = Diagnostic::new(rule, place, format!("this sheet is hidden and is not read{held}"));
            let kind = if rows == 0 { CauseKind::HiddenSheet } else { CauseKind::HiddenRows };
            let facts = vec![("count", Fact::count(rows))];
            Some(found.hint("if its rows should count, unhide it").because(kind, facts))
        }
        SheetFate::WithoutHeaders if alone => {
            let names: Vec<&str> = specs.datasets.iter().map(|dataset| dataset.id.as_str()).collect();
            let datasets = crate::diagnostic::list(&names);
            let hint = format!("the datasets are {datasets}; their headers stand in `indicator-specs/datasets/`");
            let found = Diagnostic::new(rule, place, "expected a row with the headers of a dataset, found none").hint(hint);
            Some(found.because(CauseKind::UnrecognisedTable, Vec::new()))
        }
        SheetFate::WithoutHeaders if rows > 0 => {
            let message = format!("no row of this sheet has the headers of a dataset; it is not read, but {}", held());
            let found = Diagnostic::new(rule, place, message).hint("if these rows should count, put the headers above them");
            Some(found.because(CauseKind::RowsWithoutHeaders, vec![("count", Fact::count(rows))]))
        }
        SheetFate::WithoutHeaders => {
            let found = Diagnostic::new(rule, place, "no row of this sheet has the headers of a dataset; it is not read");
            Some(found.because(CauseKind::UnrecognisedTable, Vec::new()))
        }
        SheetFate::Read
        | SheetFate::Empty
        | SheetFate::WithoutColumn
        | SheetFate::Ambiguous
        | SheetFate::OfAnotherPeriod
        | SheetFate::Explanation => None,
    }
}

/// Warns of a dataset without any row, when other datasets of the period came and this one came before or should have come by now.
fn nothing_came(specs: &Specs, data: &Data, period: PeriodIndex, index: DatasetIndex, diagnostics: &mut Vec<Diagnostic>) {
    let is_sent = specs.dataset(index).life.holds(period);
    let is_lacking = is_sent && data.has(period) && data.table(period, index).is_empty();
    let came_before = (0..period.0).any(|before| !data.table(PeriodIndex(before), index).is_empty());
    let never_came = data.latest() == Some(period) && data.latest_of(index).is_none();
    // Where a file could not be read, nobody knows which datasets it holds.
    if !is_lacking || !came_before && !never_came || !data.is_whole(period) {
        return;
    }
    let (dataset, id) = (specs.dataset(index), &specs.period(period).id);
    let place = Place::File(FileName::new(format!("inputs/{id}")));
    let facts = vec![("dataset", Fact::Dataset(dataset.id.shared())), ("period", Fact::Text(id.to_string()))];
    diagnostics.push(
        Diagnostic::new(Rule::EmptyTable, place, format!("expected rows of `{}` for `{id}`, found none", dataset.id))
            .hint("look whether a file is missing, or a sheet was not recognised")
            .because(CauseKind::NothingCame, facts),
    );
}

/// Reads typed text into the cells of a dataset's row, for worked examples. Fields without text are blank.
///
/// # Errors
/// The field, and what is wrong with its text.
pub fn example(specs: &Specs, dataset: DatasetIndex, given: &[(FieldIndex, String)]) -> Result<Vec<Typed>, (FieldIndex, String)> {
    let fields = &specs.dataset(dataset).fields;
    let blank = |field: &Field| match field.blank_is_zero {
        true => Typed::Count(Ok(0)),
        false => cell::blank(&field.kind, Blank::NotReported),
    };
    let mut cells: Vec<Typed> = fields.iter().map(blank).collect();
    let vocabulary = cell::Vocabulary { words: &specs.programme.words, names: &specs.programme.names };
    for (field, text) in given {
        let kind = &fields[field.0].kind;
        let raw = Raw::Text(text.clone());
        let typed = match kind {
            // The rows of an example lie in no region: only the ratio is looked at.
            FieldKind::Region { .. } => Ok(cell::blank(kind, Blank::NotReported)),
            _ => cell::typed(&raw, kind, vocabulary).map(|reading| reading.typed),
        };
        cells[field.0] = typed.map_err(|fault| (*field, fault.message.replace("{}", &format!("`{}`", fields[field.0].id))))?;
    }
    Ok(cells)
}
