//! Sends an office's own workbook back, unchanged except for comments and colours on the cells concerned and a sheet of findings.
//!
//! The parts of the workbook's archive are edited in place. A library that reads a workbook and writes it anew loses what it does not know;
//! here every other part keeps its bytes.

mod comments;
mod list;
mod opening;
mod package;
mod sheet;
mod styles;
mod twin;
mod xml;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::civil::Date;

use crate::diagnostic::{Diagnostic, Place, Severity, Wording, cell_name};
use crate::grid::{Raw, Reader, Sheet};
use crate::intake::{self, FINDINGS};
use crate::language::{Language, LanguageCode};
use crate::period::PeriodIndex;
use crate::sources::{self, BinaryFile, Sources};
use crate::spec::Specs;
use crate::wording;
use crate::workbook::SheetNames;
use package::Package;
use sheet::Cell;
use styles::Styles;

/// The labels that every language needs for these workbooks.
pub const LABELS: &[&str] = &[
    "severity_error",
    "severity_warning",
    "severity_note",
    "answer_title",
    "answer_place",
    "answer_cell",
    "answer_colours",
    "answer_due",
    "answer_state",
    "answer_severity",
    "answer_rule",
    "answer_message",
    "answer_hint",
    "answer_new",
    "answer_remaining",
    "answer_fixed",
    "answer_more",
];

/// Files with more bytes are not sent back …
const LARGEST: usize = 64 << 20;
/// … nor those with more sheets …
const MOST_SHEETS: usize = 1_000;
/// … nor with more cells.
const MOST_CELLS: usize = 1_000_000;

/// The most findings of a file that are marked and listed, the gravest first; more are counted.
const MOST_FINDINGS: usize = 20_000;

/// A workbook to be sent back.
pub struct Answer {
    /// The period's position.
    pub period: PeriodIndex,
    /// Its path below the folder of the period.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why marks cannot be put into a workbook.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unmarkable(pub(crate) String);

/// What all answers of a run are made from.
pub struct Subject<'a> {
    /// The specifications.
    pub specs: &'a Specs,
    /// The submissions.
    pub sources: &'a Sources,
    /// The words of every language of the programme.
    pub languages: &'a BTreeMap<LanguageCode, Language>,
    /// All that was found.
    pub diagnostics: &'a [Diagnostic],
    /// What reads workbooks.
    pub reader: &'a Reader,
    /// Which submissions of a period are answered, by their paths.
    pub is_asked: &'a dyn Fn(PeriodIndex, &str) -> bool,
    /// The languages of the answer to a submission.
    pub languages_of: &'a dyn Fn(&str) -> Vec<LanguageCode>,
    /// Whether two submissions are of one office, so that it may be told of both.
    pub is_of_one: &'a dyn Fn(&str, &str) -> bool,
}

/// The answers to the submissions that are asked for and have findings in their cells, or marks of an earlier answer; and the files that cannot
/// be answered, with the reason.
pub fn write(subject: &Subject<'_>) -> (Vec<Answer>, Vec<(String, Unmarkable)>) {
    let (mut answers, mut failed) = (Vec::new(), Vec::new());
    let mut found: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for diagnostic in subject.diagnostics.iter().filter(|diagnostic| diagnostic.waived.is_none()) {
        found.entry(diagnostic.place.file().as_str()).or_default().push(diagnostic);
    }
    for (folder, files) in &subject.sources.inputs {
        let Some(period) = subject.specs.programme.period(folder) else { continue };
        for file in files.iter().filter(|file| (subject.is_asked)(period, file.name.as_str())) {
            let found = found.get(file.name.as_str()).map_or(&[][..], Vec::as_slice);
            let is_in_cells = found.iter().any(|diagnostic| match diagnostic.place {
                Place::Cell { column, .. } => column.is_some() || diagnostic.severity != Severity::Note,
                Place::File(_) | Place::Text { .. } => false,
            });
            if !is_in_cells && !was_answered(file) {
                continue;
            }
            let inside = file.name.as_str().strip_prefix(&format!("inputs/{folder}/")).unwrap_or(file.name.as_str());
            match answer(subject, period, file, inside, found) {
                Ok(Some((path, bytes))) => answers.push(Answer { period, path, bytes }),
                Ok(None) => {}
                Err(error) => failed.push((file.name.as_str().to_owned(), error)),
            }
        }
    }
    (answers, failed)
}

/// Whether a workbook holds the sheet of findings of an earlier answer.
fn was_answered(file: &BinaryFile) -> bool {
    if !can_be_marked(file) || file.bytes.len() > LARGEST {
        return false;
    }
    let Ok(mut package) = Package::open(&file.bytes) else { return false };
    // Other programs move the text into the part of shared strings, wherever they keep it.
    let is_likely = |part: &&str| part.starts_with(&NEW_SHEET.to_lowercase()) || part.ends_with("sharedstrings.xml");
    let parts: Vec<String> = package.names().filter(is_likely).map(str::to_owned).collect();
    parts.iter().any(|part| package.text(part).is_ok_and(|text| text.contains(FINDINGS)))
}

/// Whether the file itself can carry marks; its contents must be of the kind that its name says.
fn can_be_marked(file: &BinaryFile) -> bool {
    let is_named_so = sources::has_extension(&file.name, &["xlsx", "xlsm"]);
    is_named_so && file.bytes.starts_with(b"PK") && Package::open(&file.bytes).is_ok_and(|mut package| package.book().is_ok())
}

/// What a sheet of findings is written with.
struct Material<'a> {
    specs: &'a Specs,
    languages: Vec<&'a Language>,
    /// The submission that is answered, below the folder of its period.
    file: &'a str,
    /// By when corrections are to come.
    due: Option<Date>,
    /// Whether the office may be told of another submission.
    may_name: &'a dyn Fn(&str) -> bool,
}

impl Material<'_> {
    /// A text in each language of the reports, joined.
    fn joined(&self, between: &str, text: impl Fn(&Language) -> String) -> String {
        let mut texts: Vec<String> = self.languages.iter().map(|language| text(language)).collect();
        texts.dedup();
        texts.join(between)
    }
}

/// What has become of a finding since the last answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    New,
    Remaining,
    Fixed,
}

impl State {
    fn label(self) -> &'static str {
        match self {
            State::New => "answer_new",
            State::Remaining => "answer_remaining",
            State::Fixed => "answer_fixed",
        }
    }
}

/// Where on its sheet a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spot {
    /// On none.
    File,
    /// In a row.
    Row(u32),
    /// In a cell, which is marked.
    Cell(Cell),
}

impl Spot {
    fn cell(self) -> Option<Cell> {
        match self {
            Spot::File | Spot::Row(_) => None,
            Spot::Cell(cell) => Some(cell),
        }
    }

    fn row(self) -> Option<u32> {
        match self {
            Spot::File => None,
            Spot::Row(row) | Spot::Cell((row, _)) => Some(row),
        }
    }

    /// The cell or the row as spreadsheets name it: `H5`, `5:5`.
    fn name(self) -> String {
        match self {
            Spot::File => String::new(),
            Spot::Row(row) => format!("{0}:{0}", row + 1),
            Spot::Cell((row, column)) => cell_name(row, column),
        }
    }
}

/// A finding as it stands in the answer.
struct Entry {
    /// The name of the sheet in the answer; empty when it concerns the whole file.
    sheet: String,
    spot: Spot,
    state: State,
    severity: Severity,
    rule: String,
    /// What the rule is called.
    title: String,
    message: String,
    hint: String,
}

fn answer(
    subject: &Subject<'_>,
    period: PeriodIndex,
    file: &BinaryFile,
    inside: &str,
    found: &[&Diagnostic],
) -> Result<Option<(String, Vec<u8>)>, Unmarkable> {
    if file.bytes.len() > LARGEST {
        return Err(Unmarkable(format!("it has more than {} MB", LARGEST >> 20)));
    }
    // A workbook that could not be read within its bounds is not opened here either.
    let Some(sheets) = intake::sheets(subject.reader, file, subject.specs) else { return Ok(None) };
    if sheets.len() > MOST_SHEETS {
        return Err(Unmarkable(format!("it has more than {MOST_SHEETS} sheets")));
    }
    if sheets.iter().flat_map(|sheet| &sheet.rows).map(Vec::len).sum::<usize>() > MOST_CELLS {
        return Err(Unmarkable(format!("it has more than {MOST_CELLS} cells")));
    }
    let languages = (subject.languages_of)(file.name.as_str());
    let languages = languages.iter().filter_map(|code| subject.languages.get(code)).collect();
    let due = subject.specs.period(period).due;
    let may_name = |other: &str| (subject.is_of_one)(file.name.as_str(), other);
    let material = Material { specs: subject.specs, languages, file: inside, due, may_name: &may_name };
    let (found, more) = gravest(found, MOST_FINDINGS);
    let (before, old) = list::earlier(&sheets).map_or((None, Vec::new()), |(position, old)| (Some(position), old));
    let made = |bytes: &[u8], names: &[String]| {
        let places = Places::new(&sheets, names);
        let findings = Findings::new(&material, &found, &more, &places, &old);
        mark(&material, bytes, &findings, &old, before.map(|position| names[position].as_str()))
    };
    if can_be_marked(file) {
        let names: Vec<String> = sheets.iter().map(|sheet| sheet.name.to_string()).collect();
        // A workbook whose parts cannot be edited still gets an answer: a twin.
        if let Ok(bytes) = made(&file.bytes, &names) {
            return Ok(Some((inside.to_owned(), bytes)));
        }
    }
    let names = twin::names(&sheets);
    let day = subject.specs.period(period).date;
    let twin = twin::write(&sheets, &names, day)?;
    Ok(Some((format!("{inside}.xlsx"), made(&twin, &names)?)))
}

/// What tells findings of a file apart: sheet, cell or row, and rule.
type Identity = (String, String, String);

impl Entry {
    fn identity(&self) -> Identity {
        (self.sheet.clone(), self.spot.name(), self.rule.clone())
    }
}

/// The `most` gravest findings, and the rest; both keep their order.
fn gravest<'a>(found: &[&'a Diagnostic], most: usize) -> (Vec<&'a Diagnostic>, Vec<&'a Diagnostic>) {
    let mut ranks: Vec<usize> = (0..found.len()).collect();
    ranks.sort_by_key(|&position| found[position].severity);
    let mut is_kept = vec![false; found.len()];
    ranks.into_iter().take(most).for_each(|position| is_kept[position] = true);
    let (kept, rest): (Vec<_>, Vec<_>) = found.iter().zip(is_kept).partition(|(_, is_kept)| *is_kept);
    let plain = |pairs: Vec<(&&'a Diagnostic, bool)>| pairs.into_iter().map(|(found, _)| *found).collect();
    (plain(kept), plain(rest))
}

/// The findings of an answer.
struct Findings {
    entries: Vec<Entry>,
    /// How many findings there are beyond the entries.
    more: usize,
    /// What was found, whether it has an entry or not.
    now: HashSet<Identity>,
}

impl Findings {
    fn new(
        material: &Material<'_>,
        found: &[&Diagnostic],
        more: &[&Diagnostic],
        places: &Places<'_>,
        old: &[list::Earlier],
    ) -> Self {
        let known: HashSet<Identity> = old.iter().map(list::Earlier::identity).collect();
        let entry = |found: &&Diagnostic| {
            let mut entry = entry(material, found, places);
            if known.contains(&entry.identity()) {
                entry.state = State::Remaining;
            }
            entry
        };
        let mut entries: Vec<Entry> = found.iter().map(entry).collect();
        entries.sort_by_key(|entry| entry.severity);
        let unlisted = more.iter().map(|found| {
            let (sheet, spot) = places.of(found);
            (sheet, spot.name(), found.name().to_owned())
        });
        let now = entries.iter().map(Entry::identity).chain(unlisted).collect();
        Self { entries, more: more.iter().map(|found| found.count).sum(), now }
    }
}

/// The sheets of a file, and their names in the answer.
struct Places<'a> {
    sheets: &'a [Sheet],
    names: &'a [String],
    positions: HashMap<&'a str, usize>,
}

impl<'a> Places<'a> {
    fn new(sheets: &'a [Sheet], names: &'a [String]) -> Self {
        Self { sheets, names, positions: sheets.iter().enumerate().map(|(at, sheet)| (&*sheet.name, at)).rev().collect() }
    }

    /// The sheet of a finding (empty when it is about the whole file), and where it stands there.
    fn of(&self, found: &Diagnostic) -> (String, Spot) {
        let Place::Cell { sheet, row, column, .. } = &found.place else { return (String::new(), Spot::File) };
        let spot = |column: Option<u32>| column.map_or(Spot::Row(*row), |column| Spot::Cell((*row, column)));
        let Some(position) = self.positions.get(&**sheet).copied() else { return (String::new(), spot(*column)) };
        // A mere note about a row or a sheet is listed and not marked.
        let marks_row = found.severity != Severity::Note;
        let column = column.or_else(|| first_filled(&self.sheets[position], *row).filter(|_| marks_row));
        (self.names[position].clone(), spot(column))
    }
}

fn entry(material: &Material<'_>, found: &Diagnostic, places: &Places<'_>) -> Entry {
    let (sheet, spot) = places.of(found);
    let worded: Vec<Wording> = material
        .languages
        .iter()
        .filter_map(|language| wording::to_office(material.specs, language, found, material.may_name))
        .collect();
    let (message, hint) = if worded.is_empty() {
        (found.told().into_owned(), found.hint.as_deref().unwrap_or_default().to_owned())
    } else {
        let messages: Vec<&str> = worded.iter().map(|wording| wording.message.as_str()).collect();
        let hints: Vec<&str> = worded.iter().filter_map(|wording| wording.hint.as_deref()).collect();
        (messages.join("\n"), hints.join("\n"))
    };
    let rule = found.name().to_owned();
    let title = material.joined("\n", |language| wording::title(material.specs, language, &rule));
    Entry { sheet, spot, state: State::New, severity: found.severity, rule, title, message, hint }
}

/// The first column of a row with something in it.
fn first_filled(sheet: &Sheet, row: u32) -> Option<u32> {
    let cells = sheet.rows.get(row.checked_sub(sheet.first_row)? as usize)?;
    cells.iter().position(|cell: &Raw| !cell.is_blank()).map(|column| sheet.first_column + column as u32)
}

/// The list's part, before its number.
const NEW_SHEET: &str = "xl/worksheets/esepFindings";
/// The usual name comes first: some programs look for styles only there.
const NEW_STYLES: [&str; 2] = ["xl/styles.xml", "xl/esepStyles.xml"];
const STYLES_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml";
const SHEET_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml";
const COMMENTS_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml";
const DRAWING_TYPE: &str = "application/vnd.openxmlformats-officedocument.vmlDrawing";

/// The workbook with marks and a sheet of findings; `before` is the name of the last answer's sheet of findings.
fn mark(
    material: &Material<'_>,
    bytes: &[u8],
    Findings { entries, more, now }: &Findings,
    old: &[list::Earlier],
    before: Option<&str>,
) -> Result<Vec<u8>, Unmarkable> {
    let mut package = Package::open(bytes)?;
    let book = package.book()?;
    let relations = package.relations(&book)?;
    let style_part = relations.iter().find(|relation| relation.kind == "styles").map(|relation| relation.target.clone());
    let mut styles = Styles::read(match &style_part {
        Some(part) => package.text(part)?,
        None => styles::EMPTY.to_owned(),
    })?;
    let book_text = package.text(&book)?;
    let mut parts = BTreeMap::new();
    let mut numbers = HashSet::new();
    for tag in xml::elements(&book_text, "sheet")? {
        let (name, id) = (xml::first_attribute(tag, "name"), xml::first_attribute(tag, "id"));
        let relation = relations.iter().find(|relation| Some(&relation.id) == id.as_ref());
        parts.extend(name.zip(relation.map(|relation| relation.target.clone())));
        numbers.extend(xml::first_attribute(tag, "sheetId").and_then(|number| number.parse::<u32>().ok()));
    }
    let mut heres: BTreeMap<&str, Here<'_>> = BTreeMap::new();
    for (position, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.spot.cell().is_some()) {
        heres.entry(&entry.sheet).or_default().entries.push((position, entry));
    }
    for old in old {
        heres.entry(&old.sheet).or_default().old.push(old);
    }
    let mut fills: Vec<String> = vec![String::new(); entries.len()];
    for (name, part) in parts.iter().filter(|(name, _)| Some(name.as_str()) != before) {
        if let Some(here) = heres.get(name.as_str()) {
            here.mark(&mut package, part, &mut styles, &mut fills)?;
        }
    }
    let gone: Vec<&list::Earlier> = old.iter().filter(|old| !now.contains(&old.identity())).collect();
    let text = list::write(material, (entries, *more), &gone, &fills, &mut styles)?;
    let list_part = match before.and_then(|name| parts.get(name)) {
        Some(part) => {
            package.set(part, text)?;
            part.clone()
        }
        None => {
            let part = package.free(NEW_SHEET, "xml");
            package.set(&part, text)?;
            package.declare(&part, SHEET_TYPE)?;
            let relation = package.relate(&book, "worksheet", &part)?;
            let title = material.joined(" – ", |language| language.labels.get("answer_title").cloned().unwrap_or_default());
            let name = SheetNames::beside(parts.keys()).take(&title);
            let number = (1..).find(|number| !numbers.contains(number)).unwrap_or_default();
            package.set(&book, with_sheet(&book_text, &name, number, &relation)?)?;
            part
        }
    };
    opening::open_with(&mut package, &book, &list_part)?;
    let style_part = match style_part {
        Some(part) => part,
        None => {
            let part = NEW_STYLES.iter().find(|part| !package.has(part)).unwrap_or(&NEW_STYLES[0]);
            package.declare(part, STYLES_TYPE)?;
            package.relate(&book, "styles", part)?;
            (*part).to_owned()
        }
    };
    package.set(&style_part, styles.finish()?)?;
    package.finish()
}

/// The workbook's part with one more sheet in its list.
fn with_sheet(book: &str, name: &str, number: u32, relation: &str) -> Result<String, Unmarkable> {
    let sheets = xml::elements(book, "sheets")?.first().map(|found| (*found).to_owned());
    let sheets = sheets.ok_or_else(|| Unmarkable("the workbook has no sheets".into()))?;
    let prefix = sheets[1..].split("sheets").next().unwrap_or_default();
    let (attribute, declared) = package::relation_attribute(book)?;
    let tag =
        format!("<{prefix}sheet name=\"{}\" sheetId=\"{number}\"{declared} {attribute}=\"{relation}\"/>", xml::escape(name));
    Ok(book.replacen(&sheets, &package::insert_before_end(&sheets, "sheets", &tag)?, 1))
}

/// The findings of one sheet.
#[derive(Default)]
struct Here<'a> {
    /// Findings in its cells, with their positions.
    entries: Vec<(usize, &'a Entry)>,
    /// The findings of the last answer.
    old: Vec<&'a list::Earlier>,
}

impl Here<'_> {
    /// Marks the sheet in `part`.
    fn mark(&self, package: &mut Package, part: &str, styles: &mut Styles, fills: &mut [String]) -> Result<(), Unmarkable> {
        let mut words: BTreeMap<Cell, String> = BTreeMap::new();
        let mut gravest: BTreeMap<Cell, Severity> = BTreeMap::new();
        for (_, entry) in &self.entries {
            let Some(cell) = entry.spot.cell() else { continue };
            let text = words.entry(cell).or_default();
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(&entry.message);
            if !entry.hint.is_empty() {
                text.push('\n');
                text.push_str(&entry.hint);
            }
            let severity = gravest.entry(cell).or_insert(entry.severity);
            *severity = (*severity).min(entry.severity);
        }
        let mut before: BTreeMap<Cell, String> = BTreeMap::new();
        for old in &self.old {
            before.extend(sheet::cell_of(&old.cell).map(|cell| (cell, old.fill.clone())));
        }
        let wanted: Vec<Cell> = words.keys().copied().collect();
        let mut kept: BTreeMap<Cell, String> = BTreeMap::new();
        let text = package.text(part)?;
        let text = sheet::restyled(&text, &wanted, &mut |cell, format| {
            let fill = before.get(&cell).map_or("", String::as_str);
            let base = if styles.is_mark(format) { styles.restored(format, fill)? } else { format };
            match gravest.get(&cell) {
                Some(&severity) => {
                    kept.insert(cell, styles.fill(base));
                    styles.marked(base, severity)
                }
                None => Ok(base),
            }
        })?;
        for (position, entry) in &self.entries {
            fills[*position] = entry.spot.cell().and_then(|cell| kept.get(&cell).cloned()).unwrap_or_default();
        }
        comment(package, part, text, &words)
    }
}

/// Writes the comments of a sheet and the sheet itself; `text` is the sheet's part.
fn comment(package: &mut Package, sheet: &str, text: String, words: &BTreeMap<Cell, String>) -> Result<(), Unmarkable> {
    let relations = package.relations(sheet)?;
    let known = relations.iter().find(|relation| relation.kind == "comments").map(|relation| relation.target.clone());
    let old = known.as_deref().map(|part| package.text(part)).transpose()?;
    let comments = comments::Comments::read(old)?;
    let shown: BTreeSet<Cell> = words.keys().copied().filter(|&cell| !comments.is_taken(cell)).collect();
    let freed = comments.freed.clone();
    let comments_text = comments.with(words)?;
    let part = known.clone().unwrap_or_else(|| package.free("xl/esepComments", "xml"));
    package.set(&part, comments_text)?;
    if known.is_none() {
        package.declare(&part, COMMENTS_TYPE)?;
        package.relate(sheet, "comments", &part)?;
    }
    let drawn = sheet::drawing(&text)?;
    let drawn = drawn.and_then(|id| relations.iter().find(|relation| relation.id == id)).map(|relation| relation.target.clone());
    let old = drawn.as_deref().map(|part| package.text(part)).transpose()?;
    let drawing = comments::drawing(old.as_deref(), &freed, &shown)?;
    let text = match drawn {
        Some(part) => {
            package.set(&part, drawing)?;
            text
        }
        None => {
            let part = package.free("xl/drawings/esepComments", "vml");
            package.set(&part, drawing)?;
            package.declare(&part, DRAWING_TYPE)?;
            let relation = package.relate(sheet, "vmlDrawing", &part)?;
            sheet::with_drawing(&text, &relation)?
        }
    };
    package.set(sheet, text)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{FileName, Rule};

    #[test]
    fn the_gravest_findings_are_kept_in_their_order() {
        let found = |rule: Rule| Diagnostic::new(rule, Place::File(FileName::new("a")), rule.name());
        let all = [Rule::OutOfRange, Rule::Superseded, Rule::UnreadRows, Rule::NotANumber].map(found);
        let all: Vec<&Diagnostic> = all.iter().collect();
        let names = |found: &[&Diagnostic]| found.iter().map(|found| found.message.clone()).collect::<Vec<_>>();
        let (kept, rest) = gravest(&all, 3);
        assert_eq!(names(&kept), ["out-of-range", "unread-rows", "not-a-number"]);
        assert_eq!(names(&rest), ["superseded"]);
        assert_eq!(gravest(&all, 9).1.len(), 0);
    }
}
