//! From a cell, a row, a sheet or a file to every number that rests on it.
//!
//! A number rests on a cell when something else that may stand there would change its numerator, its denominator or its coverage.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::list::inert;
use super::rows::{TracedCell, TracedRow};
use super::{Desk, Question};
use crate::compute::combine;
use crate::compute::influence::{Spot, Spots, Sums};
use crate::dataset::{ReadSheet, RowPlace, spelt};
use crate::diagnostic::{Place, cell_name, did_you_mean, list_some, quotation};
use crate::language::Language;
use crate::letters::composed;
use crate::numbers::{Numbers, Subject};
use crate::period::PeriodIndex;
use crate::protect::{Behind, Published};
use crate::region::RegionIndex;
use crate::spec::{DatasetIndex, FieldIndex, IndicatorIndex};
use crate::words::Words;

/// What a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A whole file.
    File,
    /// A whole sheet.
    Sheet,
    /// A row that was read.
    Row,
    /// A cell of a row that was read, in the column of a field.
    Cell,
    /// A cell of a row that was read, in the column of no field.
    NoField,
    /// Headers, or a caption: they decide how other rows are read.
    Headers,
    /// Nothing of the data.
    NoRow,
}

impl Kind {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Kind::File => "file",
            Kind::Sheet => "sheet",
            Kind::Row => "row",
            Kind::Cell => "cell",
            Kind::NoField => "no_field",
            Kind::Headers => "headers",
            Kind::NoRow => "no_row",
        }
    }
}

/// A place in the inputs: a file, a sheet of it, a row or a cell. Rows and columns are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    file: String,
    sheet: Option<String>,
    row: Option<u32>,
    column: Option<u32>,
}

impl Target {
    /// Reads `inputs/2025/north.xlsx!Sheet!H17`, or a part of it; a text table has no sheets: `inputs/2025/north.csv!H17`. `files` are the
    /// paths of all submissions.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn read(published: &Published<'_>, files: &[&str], text: &str) -> Result<Self, String> {
        let text = composed(text).replace('\\', "/");
        let inside = text.trim_start_matches("./");
        let is_whole = inside == "inputs" || inside.starts_with("inputs/");
        let path = if is_whole { inside.to_owned() } else { format!("inputs/{inside}") };
        // A name may hold the sign that stands between the parts.
        let rest_of = |file: &&str| path.strip_prefix(*file).filter(|rest| rest.is_empty() || rest.starts_with('!'));
        let Some(file) = files.iter().filter(|file| rest_of(file).is_some()).max_by_key(|file| file.len()) else {
            return Err(unknown_file(&path, files));
        };
        let rest = rest_of(file).unwrap_or_default();
        let target = Self { file: (*file).to_owned(), sheet: None, row: None, column: None };
        let Some(rest) = rest.strip_prefix('!') else { return Ok(target) };
        let sheets: BTreeSet<&str> = sheets(published, file).map(|sheet| sheet.sheet.as_ref()).collect();
        if sheets.is_empty() {
            return Ok(target);
        }
        if sheets.contains("") {
            let (row, column) = position(rest)?;
            return Ok(Self { sheet: Some(String::new()), row: Some(row), column, ..target });
        }
        let rest_of = |sheet: &&str| rest.strip_prefix(*sheet).filter(|rest| rest.is_empty() || rest.starts_with('!'));
        let Some(sheet) = sheets.iter().filter(|sheet| rest_of(sheet).is_some()).max_by_key(|sheet| sheet.len()) else {
            let named = rest.split('!').next().unwrap_or_default();
            let known: Vec<&str> = sheets.into_iter().collect();
            let known = list_some(&known);
            return Err(format!("no data were read from a sheet `{}` of `{file}`; they were from {known}", quotation(named)));
        };
        let target = Self { sheet: Some((*sheet).to_owned()), ..target };
        let Some(rest) = rest_of(sheet).and_then(|rest| rest.strip_prefix('!')) else { return Ok(target) };
        let (row, column) = position(rest)?;
        Ok(Self { row: Some(row), column, ..target })
    }
}

fn unknown_file(path: &str, files: &[&str]) -> String {
    let holds = |folder: &&str| {
        let below = format!("{}/", folder.trim_end_matches('/'));
        files.iter().any(|file| file.starts_with(&below))
    };
    let named = path.split('!').next().unwrap_or_default();
    if let Some(folder) = [path, named].iter().find(|folder| holds(folder)) {
        return format!("`{}` is a folder or an archive; name a file in it", quotation(folder));
    }
    let path = named;
    let hint = did_you_mean(path, files.iter().copied()).map_or_else(String::new, |hint| format!("; {hint}"));
    format!("no submission is called `{}`{hint}", quotation(path))
}

/// A row, or a cell, by the name that spreadsheet programs give it.
fn position(text: &str) -> Result<(u32, Option<u32>), String> {
    let wrong = || format!("expected a cell such as `H17` or a row such as `17`, found `{}`", quotation(text));
    let plain = text.replace('$', "");
    let split = plain.find(|letter: char| letter.is_ascii_digit()).ok_or_else(wrong)?;
    let (letters, digits) = plain.split_at(split);
    let is_name = letters.len() <= 3 && letters.bytes().all(|letter| letter.is_ascii_alphabetic());
    let row = digits.parse::<u32>().ok().filter(|row| *row > 0 && is_name).ok_or_else(wrong)?;
    let column = letters.bytes().fold(0, |column, letter| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    Ok((row - 1, column.checked_sub(1)))
}

fn sheets<'a>(published: &'a Published<'_>, file: &'a str) -> impl Iterator<Item = &'a ReadSheet> {
    let sheets = published.behind().map(|behind| behind.sheets()).unwrap_or_default();
    sheets.iter().filter(move |sheet| sheet.file.as_str() == file)
}

/// What rests on a place.
#[derive(Clone, Debug, Serialize)]
pub struct Goes {
    /// The place.
    pub place: String,
    /// The periods of its rows; none where nothing of it is among the data.
    pub periods: Vec<String>,
    /// What it is.
    pub kind: Kind,
    /// What stands in the cell.
    pub cell: Option<TracedCell>,
    /// What became of a row that is not among the data, in words.
    pub note: Option<String>,
    /// The rows that are meant.
    pub rows: Vec<TracedRow>,
    /// The numbers that rest on it.
    pub numbers: Vec<Resting>,
    /// Whether a cell tells where its row counts: with another region there, the numbers of that region and of all above it change too.
    pub moves: bool,
    /// Whether a cell tells which unit its row is: with the key of another unit there, the numbers of that unit change too.
    pub renames: bool,
    /// The documents of which a number is the subject.
    pub documents: Vec<Document>,
}

impl Goes {
    /// How many numbers there are.
    pub fn count(&self) -> usize {
        self.numbers.iter().map(|number| number.regions.len()).sum()
    }
}

/// Numbers that rest on a place: those of one indicator and one part of its population in a period, in some regions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Resting {
    /// The period.
    pub period: String,
    /// The indicator.
    pub indicator: String,
    /// `field=value` of a group, `part=id` of a part; empty for the whole population.
    pub slice: String,
    /// The part or the group in words.
    #[serde(skip)]
    pub slice_name: String,
    /// The codes of the regions.
    pub regions: Vec<String>,
}

/// A document that numbers enter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Document {
    /// The period of the release.
    pub period: String,
    /// Its path in a release.
    pub path: String,
    /// For whom it is.
    pub audience: &'static str,
    /// `report` or `reliability`.
    pub kind: &'static str,
    /// The region that it is about.
    pub region: String,
    /// Its language.
    pub language: String,
    /// The chapters that tell of the numbers: the indicators.
    pub indicators: Vec<String>,
}

/// A document of a period, with its path in a release.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its path.
    pub path: String,
    /// Whether it is for everybody.
    pub is_public: bool,
    /// Its kind.
    pub kind: &'static str,
    /// The region that it is about.
    pub region: RegionIndex,
    /// Its language.
    pub language: String,
}

/// What rests on a place; `documents` gives those of a period. `None` for the public.
pub fn goes(
    published: &Published<'_>,
    language: &Language,
    target: &Target,
    documents: impl Fn(PeriodIndex) -> Vec<Named>,
) -> Option<Goes> {
    let behind = published.behind()?;
    let finder = Finder { published, behind, language, target };
    let found = finder.find();
    let specs = published.specs();
    let (mut moves, mut renames) = (false, false);
    let mut resting: BTreeMap<(PeriodIndex, IndicatorIndex, Sums), BTreeSet<RegionIndex>> = BTreeMap::new();
    for (&period, spots) in &found.spots {
        let influence = behind.influence(period, &finder.with_lookups(period, spots));
        (moves, renames) = (moves || influence.moves, renames || influence.renames);
        for (indicator, sums, region) in influence.numbers {
            resting.entry((period, indicator, sums)).or_default().insert(region);
        }
    }
    let touched = |period, indicator, slice, region: RegionIndex| {
        resting.get(&(period, indicator, Sums::Slice(slice))).is_some_and(|regions| regions.contains(&region))
    };
    for (period, indicator, slice, region) in combine::resting(specs, touched) {
        resting.entry((period, indicator, Sums::Slice(slice))).or_default().insert(region);
    }
    let mut chapters: BTreeMap<PeriodIndex, BTreeMap<RegionIndex, BTreeSet<IndicatorIndex>>> = BTreeMap::new();
    for ((period, indicator, _), regions) in &resting {
        let of_period = chapters.entry(*period).or_default();
        regions.iter().for_each(|region| _ = of_period.entry(*region).or_default().insert(*indicator));
    }
    let code = |region: &RegionIndex| specs.hierarchy.region(*region).code.as_str().to_owned();
    let words = Words { specs, language };
    let numbers = resting.into_iter().map(|((period, indicator, sums), regions)| {
        let subject = Subjects::new(published, period).find(indicator, sums);
        Resting {
            period: specs.period(period).id.clone(),
            indicator: specs.indicator(indicator).id.clone(),
            slice: subject.id(),
            slice_name: words.subject(&subject),
            regions: regions.iter().map(code).collect(),
        }
    });
    let document = |(period, named): (PeriodIndex, Named)| {
        let told = chapters.get(&period)?.get(&named.region)?;
        let is_told = |indicator: &&IndicatorIndex| !named.is_public || specs.is_published_at(**indicator, named.region);
        let indicators: Vec<String> = told.iter().filter(is_told).map(|&index| specs.indicator(index).id.clone()).collect();
        let Named { path, is_public, kind, region, language } = named;
        let audience = if is_public { "public" } else { "internal" };
        let period = specs.period(period).id.clone();
        (!indicators.is_empty()).then(|| Document { period, path, audience, kind, region: code(&region), language, indicators })
    };
    let documents = chapters.keys().flat_map(|&period| documents(period).into_iter().map(move |named| (period, named)));
    let documents = documents.filter_map(document).collect();
    Some(Goes {
        place: shown(target),
        periods: found.spots.keys().map(|&period| specs.period(period).id.clone()).collect(),
        kind: found.kind,
        cell: found.cell,
        note: found.note,
        rows: found.rows,
        numbers: numbers.collect(),
        moves,
        renames,
        documents,
    })
}

/// A place as it is written on the command line.
fn shown(Target { file, sheet, row, column }: &Target) -> String {
    let sheet = sheet.as_ref().filter(|sheet| !sheet.is_empty()).map(|sheet| format!("!{sheet}")).unwrap_or_default();
    let within = match (row, column) {
        (Some(row), Some(column)) => format!("!{}", cell_name(*row, *column)),
        (Some(row), None) => format!("!{}", row + 1),
        (None, _) => String::new(),
    };
    format!("{file}{sheet}{within}")
}

/// What the numbers of each indicator are about.
struct Subjects<'a> {
    published: &'a Published<'a>,
    period: PeriodIndex,
}

impl<'a> Subjects<'a> {
    fn new(published: &'a Published<'a>, period: PeriodIndex) -> Self {
        Self { published, period }
    }

    fn find(&self, indicator: IndicatorIndex, sums: Sums) -> Subject<'a> {
        let subjects = Numbers::new(self.published, self.period).subjects(indicator);
        let is_meant = |subject: &&Subject<'_>| match (subject, sums) {
            (Subject::Whole, Sums::Slice(0)) => true,
            (Subject::Group { slice, .. }, Sums::Slice(own)) => *slice == own,
            (Subject::Part { position, .. }, Sums::Part(own)) => *position == own,
            (Subject::Whole | Subject::Group { .. } | Subject::Part { .. }, Sums::Slice(_) | Sums::Part(_)) => false,
        };
        *subjects.iter().find(is_meant).expect("every sum of an indicator is of one of its subjects")
    }
}

/// What is meant by a place.
struct Found {
    kind: Kind,
    /// What is meant in each period that the place has something of.
    spots: BTreeMap<PeriodIndex, Spots>,
    cell: Option<TracedCell>,
    note: Option<String>,
    rows: Vec<TracedRow>,
}

struct Finder<'a> {
    published: &'a Published<'a>,
    behind: Behind<'a>,
    language: &'a Language,
    target: &'a Target,
}

/// A row that was read, whether it counts or was set aside.
#[derive(Clone)]
struct Line {
    dataset: DatasetIndex,
    position: usize,
    is_aside: bool,
    place: RowPlace,
}

impl Line {
    fn spot(&self, field: Option<FieldIndex>, spots: &mut Spots) {
        let spot: Spot = (self.dataset, self.position, field);
        if self.is_aside { spots.asides.push(spot) } else { spots.rows.push(spot) }
    }
}

impl Finder<'_> {
    fn find(&self) -> Found {
        let Target { file, sheet, row, column } = self.target;
        let mut found = Found { kind: Kind::NoRow, spots: BTreeMap::new(), cell: None, note: None, rows: Vec::new() };
        // A file may have rows of several periods.
        let periods: BTreeSet<PeriodIndex> = sheets(self.published, file).map(|sheet| sheet.period).collect();
        let lines: Vec<(PeriodIndex, Vec<Line>)> = periods.into_iter().map(|period| (period, self.lines(period))).collect();
        if lines.is_empty() {
            found.note = self.note();
        }
        let Some(row) = *row else {
            if !lines.is_empty() {
                found.kind = if sheet.is_some() { Kind::Sheet } else { Kind::File };
            }
            lines.iter().for_each(|(period, lines)| self.whole(lines, *period, &mut found));
            return found;
        };
        let of_row = |lines: &[Line]| lines.iter().filter(|line| line.place.row == row).cloned().collect::<Vec<Line>>();
        let is_read = lines.iter().any(|(_, lines)| !of_row(lines).is_empty());
        for (period, lines) in &lines {
            let own = of_row(lines);
            match (own.is_empty(), column) {
                (true, _) if is_read => {}
                (true, _) => self.around(lines, *period, row, &mut found),
                (false, None) => {
                    found.kind = Kind::Row;
                    self.whole(&own, *period, &mut found);
                }
                (false, Some(column)) => self.cell(lines, &own, *period, (row, *column), &mut found),
            }
        }
        found
    }

    /// These spots and those that are looked up there: the answers of rows of other datasets with the key of theirs.
    fn with_lookups(&self, period: PeriodIndex, spots: &Spots) -> Spots {
        let specs = self.published.specs();
        let mut all = spots.clone();
        for (index, declared) in (0..).map(DatasetIndex).zip(&specs.datasets) {
            for join in &declared.joins {
                let meant: Vec<&Spot> = spots.rows.iter().filter(|(dataset, ..)| *dataset == join.dataset).collect();
                if meant.is_empty() {
                    continue;
                }
                let (looking, rows) = (self.published.rows(period, index), self.published.rows(period, join.dataset));
                let mut by_key: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
                for row in 0..looking.len() {
                    let key = join.by.iter().map(|&field| spelt(specs, declared, field, &looking.typed(field, row))).collect();
                    by_key.entry(key).or_default().push(row);
                }
                for &&(dataset, row, field) in &meant {
                    let is_whole = field.is_none_or(|field| specs.dataset(dataset).key.contains(&field));
                    let asked = join.fields.iter().filter(|(_, theirs)| is_whole || Some(*theirs) == field);
                    let fields: Vec<FieldIndex> = asked.map(|(own, _)| *own).collect();
                    let matching = by_key.get(&rows.key(row)).into_iter().flatten();
                    all.rows.extend(matching.flat_map(|&own| fields.iter().map(move |&field| (index, own, Some(field)))));
                }
            }
        }
        all
    }

    /// The rows of the file, or of its sheet, that were read.
    fn lines(&self, period: PeriodIndex) -> Vec<Line> {
        let Target { file, sheet, .. } = self.target;
        let is_meant =
            |place: &RowPlace| place.file.as_str() == file && sheet.as_ref().is_none_or(|sheet| place.sheet.as_ref() == sheet);
        let mut lines = Vec::new();
        for dataset in (0..self.published.specs().datasets.len()).map(DatasetIndex) {
            let rows = self.published.rows(period, dataset);
            let counted = (0..rows.len()).filter(|&row| is_meant(rows.place(row)));
            lines.extend(counted.map(|row| Line { dataset, position: row, is_aside: false, place: rows.place(row).clone() }));
            let asides = self.behind.asides(period, dataset).iter().enumerate().filter(|(_, aside)| is_meant(&aside.place));
            lines.extend(asides.map(|(position, aside)| Line { dataset, position, is_aside: true, place: aside.place.clone() }));
        }
        lines
    }

    /// All of some rows.
    fn whole(&self, lines: &[Line], period: PeriodIndex, found: &mut Found) {
        let spots = found.spots.entry(period).or_default();
        lines.iter().for_each(|line| line.spot(None, spots));
        found.rows.extend(lines.iter().map(|line| self.row(line, period)));
    }

    /// A cell of a row that was read.
    fn cell(&self, lines: &[Line], own: &[Line], period: PeriodIndex, (row, column): (u32, u32), found: &mut Found) {
        found.rows.extend(own.iter().map(|line| self.row(line, period)));
        let spots = found.spots.entry(period).or_default();
        let field = |line: &Line| line.place.columns.iter().position(|known| *known == Some(column)).map(FieldIndex);
        let Some((line, index)) = own.iter().find_map(|line| Some((line, field(line)?))) else {
            let is_key = |sheet: &&ReadSheet| sheet.replaces == Some(column) && self.is_of(sheet);
            match sheets(self.published, &self.target.file).find(is_key) {
                // The key of an earlier row: it tells which row this one replaces.
                Some(_) => {
                    found.kind = Kind::Row;
                    own.iter().for_each(|line| line.spot(None, spots));
                }
                None => found.kind = Kind::NoField,
            }
            return;
        };
        found.kind = Kind::Cell;
        line.spot(Some(index), spots);
        found.cell = Some(self.contents(line, index, period));
        // The first of merged cells gives its region to the rows of all of them.
        let is_merged =
            |((first, _), (left, right)): &((u32, u32), (u32, u32))| *first == row && (*left..=*right).contains(&column);
        for sheet in sheets(self.published, &self.target.file).filter(|sheet| self.is_of(sheet)) {
            for &((_, last), _) in sheet.merged.iter().filter(|merge| is_merged(merge)) {
                let below = lines.iter().filter(|line| line.place.row > row && line.place.row <= last);
                below.for_each(|line| line.spot(Some(index), spots));
            }
        }
    }

    fn is_of(&self, sheet: &ReadSheet) -> bool {
        self.target.sheet.as_ref().is_none_or(|own| sheet.sheet.as_ref() == own)
    }

    /// A row that is none of those that were read: headers and captions decide how others are read.
    fn around(&self, lines: &[Line], period: PeriodIndex, row: u32, found: &mut Found) {
        found.note = self.note();
        found.spots.entry(period).or_default();
        let is_of = |sheet: &&ReadSheet| self.is_of(sheet) && sheet.period == period;
        for sheet in sheets(self.published, &self.target.file).filter(is_of) {
            let is_header = (sheet.headers.0..=sheet.headers.1).contains(&row);
            if is_header || sheet.guiding.contains(&row) {
                found.kind = Kind::Headers;
                let below: Vec<Line> = lines.iter().filter(|line| line.place.row > row).cloned().collect();
                self.whole(&below, period, found);
            }
        }
    }

    /// How the place was understood, where that has been noted.
    fn note(&self) -> Option<String> {
        let Target { file, sheet, row, .. } = self.target;
        let is_here = |place: &Place| match place {
            Place::Cell { file: own, sheet: of, row: at, .. } => {
                own.as_str() == file && sheet.as_ref().is_none_or(|sheet| of.as_ref() == sheet) && *row == Some(*at)
            }
            Place::File(own) => own.as_str() == file,
            Place::Text { .. } => false,
        };
        let noted = self.behind.interpretations().iter().find(|found| is_here(&found.place));
        let told = self
            .behind
            .findings()
            .iter()
            .find(|found| is_here(&found.place) || found.place.file().as_str() == file && row.is_none());
        noted.map(|found| format!("`{}`: {}", found.from, found.to)).or_else(|| {
            let worded = |found: &crate::diagnostic::Diagnostic| {
                crate::wording::worded(self.published.specs(), self.language, found).message
            };
            told.map(worded)
        })
    }

    /// Any question about the period: what a desk says of rows does not depend on it.
    fn desk(&self, period: PeriodIndex) -> Option<Desk<'_>> {
        let (indicator, _) = self.published.specs().indicators_of(period).next()?;
        let region = self.published.specs().hierarchy.top();
        let question = Question { indicator, period, region, subject: Subject::Whole };
        Some(Desk::new(self.published, self.behind, self.language, question))
    }

    fn row(&self, line: &Line, period: PeriodIndex) -> TracedRow {
        let Line { dataset, position, is_aside, .. } = *line;
        let specs = self.published.specs();
        let declared = specs.dataset(dataset);
        let code = |region: RegionIndex| specs.hierarchy.region(region).code.as_str().to_owned();
        let (file, sheet) = (line.place.file.as_str().to_owned(), line.place.sheet.to_string());
        let row = TracedRow { file, sheet, row: line.place.row + 1, dataset: declared.id.to_string(), ..TracedRow::default() };
        if is_aside {
            let aside = &self.behind.asides(period, dataset)[position];
            return TracedRow {
                key: aside.key(specs, declared).unwrap_or_default().join(", "),
                unit: aside.title(specs, declared),
                region: aside.region.map(code).unwrap_or_default(),
                left_out: Some(super::rows::reason(&aside.why)),
                ..row
            };
        }
        let rows = self.published.rows(period, dataset);
        let (key, unit, region) = (rows.key(position).join(", "), rows.title(position), code(rows.region(position)));
        TracedRow { key, unit, region, ..row }
    }

    fn contents(&self, line: &Line, field: FieldIndex, period: PeriodIndex) -> TracedCell {
        let Line { dataset, position, is_aside, place } = line;
        let typed = if *is_aside {
            self.behind.asides(period, *dataset)[*position].cells.get(field.0).cloned()
        } else {
            Some(self.published.rows(period, *dataset).typed(field, *position))
        };
        let unread = || TracedCell::unread(self.published.specs().dataset(*dataset).field(field).id.as_str());
        match (self.desk(period), typed) {
            (Some(desk), Some(typed)) => desk.cell(place, (*dataset, field), &typed),
            (Some(_) | None, Some(_) | None) => unread(),
        }
    }
}

/// A number that rests on a place.
#[derive(Serialize)]
struct Listed<'a> {
    place: String,
    period: &'a str,
    indicator: &'a str,
    slice: &'a str,
    region: &'a str,
}

/// The numbers that rest on a place as CSV with a header line: UTF-8, commas, LF. No text in it can act as a formula.
pub fn csv(goes: &Goes) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for number in &goes.numbers {
        for region in &number.regions {
            let line = Listed {
                place: inert(&goes.place),
                period: &number.period,
                indicator: &number.indicator,
                slice: &number.slice,
                region,
            };
            writer.serialize(line).expect("plain rows are written to memory");
        }
    }
    String::from_utf8(writer.into_inner().expect("memory does not fail")).expect("text went in")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_and_rows_are_named_as_spreadsheet_programs_do() {
        for (text, expected) in [
            ("H17", (16, Some(7))),
            ("h17", (16, Some(7))),
            ("$AA$1", (0, Some(26))),
            ("XFD1048576", (1_048_575, Some(16_383))),
            ("17", (16, None)),
        ] {
            assert_eq!(position(text), Ok(expected), "{text}");
        }
        for text in ["", "H", "H0", "0", "17H", "HHHH1", "H-1", "H1:H2", "Ж1", "H99999999999"] {
            assert!(position(text).is_err(), "{text}");
        }
    }
}
