//! The office's own workbook back: what it sent, unchanged but for comments and colour on the cells concerned and a sheet of findings.
//!
//! The parts of the workbook's archive are edited in place. A library that reads a workbook whole and writes it anew loses what it
//! does not know; here a part that is not concerned keeps its bytes.

mod comments;
mod list;
mod package;
mod sheet;
mod styles;
mod twin;
mod xml;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::intake::{self, FINDINGS, Raw, Reader, Sheet};
use crate::language::{Language, LanguageCode};
use crate::period::PeriodIndex;
use crate::sources::{BinaryFile, Sources};
use crate::spec::Specs;
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
    "answer_state",
    "answer_severity",
    "answer_rule",
    "answer_message",
    "answer_hint",
    "answer_new",
    "answer_remaining",
    "answer_fixed",
];

/// Files with more bytes are not sent back.
const LARGEST: usize = 64 << 20;

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

/// What answers are made of.
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
}

/// The answers to all submissions with findings in their cells, or with those of an answer before; and the files that cannot
/// be answered so, with the reason.
pub fn write(subject: &Subject<'_>) -> (Vec<Answer>, Vec<(String, Unmarkable)>) {
    let (mut answers, mut failed) = (Vec::new(), Vec::new());
    let mut found: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for diagnostic in subject.diagnostics.iter().filter(|diagnostic| diagnostic.waived.is_none()) {
        found.entry(diagnostic.place.file().as_str()).or_default().push(diagnostic);
    }
    for (folder, files) in &subject.sources.inputs {
        let Some(period) = subject.specs.programme.period(folder) else { continue };
        for file in files {
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
    [NEW_SHEET, "xl/sharedStrings.xml"].iter().any(|part| {
        let text = if package.has(part) { package.text(part).ok() } else { None };
        text.is_some_and(|text| text.contains(FINDINGS))
    })
}

fn can_be_marked(file: &BinaryFile) -> bool {
    let name = file.name.as_str().to_lowercase();
    (name.ends_with(".xlsx") || name.ends_with(".xlsm")) && file.bytes.starts_with(b"PK")
}

/// What a sheet of findings is written with.
struct Material<'a> {
    languages: Vec<&'a Language>,
    file: &'a str,
}

impl Material<'_> {
    /// Words in each language of the reports.
    fn joined(&self, between: &str, text: impl Fn(&BTreeMap<String, String>) -> String) -> String {
        let mut texts: Vec<String> = self.languages.iter().map(|language| text(&language.labels)).collect();
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

/// A finding as it stands in the answer.
struct Entry {
    /// The name of the sheet in the answer; empty when it concerns the whole file.
    sheet: String,
    cell: Option<Cell>,
    state: State,
    severity: Severity,
    rule: String,
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
    // What the reader could not read within its bounds is not opened here.
    let Some(sheets) = intake::sheets(subject.reader, file, subject.specs) else { return Ok(None) };
    let (path, bytes, names) = if can_be_marked(file) {
        (inside.to_owned(), file.bytes.clone(), sheets.iter().map(|sheet| sheet.name.to_string()).collect())
    } else {
        let names = twin::names(&sheets);
        let day = subject.specs.programme.periods[period.0].date;
        (format!("{inside}.xlsx"), twin::write(&sheets, &names, day)?, names)
    };
    let earlier = list::earlier(&sheets);
    let publish = &subject.specs.programme.publish;
    let languages = publish.iter().filter_map(|code| subject.languages.get(code)).collect();
    let material = Material { languages, file: inside };
    let (before, old) = earlier.map_or((None, Vec::new()), |(name, old)| (Some(name), old));
    let entries: Vec<Entry> = found.iter().map(|found| entry(found, publish, &sheets, &names, &old)).collect();
    let is_there = |old: &list::Earlier| entries.iter().any(|entry| is_same(entry, old));
    let gone: Vec<list::Earlier> = old.iter().filter(|old| !is_there(old)).cloned().collect();
    Ok(Some((path, mark(&material, bytes, &entries, &old, &gone, before.as_deref())?)))
}

fn is_same(entry: &Entry, old: &list::Earlier) -> bool {
    let cell = entry.cell.map_or_else(String::new, |(row, column)| crate::diagnostic::cell_name(row, column));
    entry.sheet == old.sheet && cell == old.cell && entry.rule == old.rule
}

fn entry(found: &Diagnostic, publish: &[LanguageCode], sheets: &[Sheet], names: &[String], old: &[list::Earlier]) -> Entry {
    let (sheet, cell) = match &found.place {
        Place::File(_) | Place::Text { .. } => (String::new(), None),
        Place::Cell { sheet: name, row, column, .. } => {
            let position = sheets.iter().position(|sheet| sheet.name == *name);
            // What is only noted about a row or a sheet is listed, not marked.
            let marks_row = found.severity != Severity::Note;
            let column = column.or_else(|| first_filled(&sheets[position?], *row).filter(|_| marks_row));
            (position.map_or_else(String::new, |position| names[position].clone()), column.map(|column| (*row, column)))
        }
    };
    let worded: Vec<_> =
        publish.iter().filter_map(|code| found.wordings.iter().find(|wording| *wording.language == *code.as_str())).collect();
    let (message, hint) = if worded.is_empty() {
        (found.message.clone(), found.hint.clone().unwrap_or_default())
    } else {
        let messages: Vec<&str> = worded.iter().map(|wording| wording.message.as_str()).collect();
        let hints: Vec<&str> = worded.iter().filter_map(|wording| wording.hint.as_deref()).collect();
        (messages.join("\n"), hints.join("\n"))
    };
    let rule = found.name().to_owned();
    let mut entry = Entry { sheet, cell, state: State::New, severity: found.severity, rule, message, hint };
    if old.iter().any(|old| is_same(&entry, old)) {
        entry.state = State::Remaining;
    }
    entry
}

/// The first column of a row with something in it.
fn first_filled(sheet: &Sheet, row: u32) -> Option<u32> {
    let cells = sheet.rows.get(row.checked_sub(sheet.first_row)? as usize)?;
    cells.iter().position(|cell: &Raw| !cell.is_blank()).map(|column| sheet.first_column + column as u32)
}

const NEW_SHEET: &str = "xl/worksheets/esepFindings.xml";
const SHEET_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml";
const COMMENTS_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml";
const DRAWING_TYPE: &str = "application/vnd.openxmlformats-officedocument.vmlDrawing";

/// The workbook with marks and a sheet of findings; `before` is the name of the one of an earlier answer.
fn mark(
    material: &Material<'_>,
    bytes: Vec<u8>,
    entries: &[Entry],
    old: &[list::Earlier],
    gone: &[list::Earlier],
    before: Option<&str>,
) -> Result<Vec<u8>, Unmarkable> {
    let mut package = Package::open(&bytes)?;
    let book = package.relations("")?.into_iter().find(|relation| relation.kind == "officeDocument");
    let book = book.ok_or_else(|| Unmarkable("the archive holds no workbook".into()))?.target;
    let relations = package.relations(&book)?;
    let style_part = relations.iter().find(|relation| relation.kind == "styles").map(|relation| relation.target.clone());
    let style_part = style_part.ok_or_else(|| Unmarkable("the workbook has no styles".into()))?;
    let mut styles = Styles::read(package.text(&style_part)?)?;
    let book_text = package.text(&book)?;
    let mut parts = BTreeMap::new();
    let mut numbers = Vec::new();
    for tag in xml::elements(&book_text, "sheet")? {
        let (name, id) = (xml::first_attribute(tag, "name"), xml::first_attribute(tag, "id"));
        let relation = relations.iter().find(|relation| Some(&relation.id) == id.as_ref());
        parts.extend(name.zip(relation.map(|relation| relation.target.clone())));
        numbers.extend(xml::first_attribute(tag, "sheetId").and_then(|number| number.parse::<u32>().ok()));
    }
    let mut fills: Vec<String> = vec![String::new(); entries.len()];
    for (position, (name, part)) in parts.iter().enumerate().filter(|(_, (name, _))| Some(name.as_str()) != before) {
        let here = Here { name, part, number: position + 1, entries, old };
        here.mark(&mut package, &mut styles, &mut fills)?;
    }
    let text = list::write(material, entries, gone, &fills, &mut styles);
    match before.and_then(|name| parts.get(name)) {
        Some(part) => package.set(part, text),
        None => {
            package.set(NEW_SHEET, text);
            package.declare(NEW_SHEET, SHEET_TYPE)?;
            let relation = package.relate(&book, "worksheet", NEW_SHEET)?;
            let title = material.joined(" – ", |words| words.get("answer_title").cloned().unwrap_or_default());
            let base: String = title.chars().filter(|letter| !r"[]:*?/\'".contains(*letter)).take(28).collect();
            let is_new = |name: &String| parts.keys().all(|known| known.to_lowercase() != name.to_lowercase());
            let name = std::iter::once(base.clone()).chain((2..).map(|number| format!("{base} {number}"))).find(is_new);
            let number = numbers.iter().max().unwrap_or(&0) + 1;
            package.set(&book, with_sheet(&book_text, &name.unwrap_or(base), number, &relation)?);
        }
    }
    package.set(&style_part, styles.finish()?);
    package.finish()
}

/// The workbook's part with one more sheet.
fn with_sheet(book: &str, name: &str, number: u32, relation: &str) -> Result<String, Unmarkable> {
    let sheets = xml::elements(book, "sheets")?.first().map(|found| (*found).to_owned());
    let sheets = sheets.ok_or_else(|| Unmarkable("the workbook has no sheets".into()))?;
    let prefix = sheets[1..].split("sheets").next().unwrap_or_default();
    let (attribute, declared) = package::relation_attribute(book)?;
    let tag =
        format!("<{prefix}sheet name=\"{}\" sheetId=\"{number}\"{declared} {attribute}=\"{relation}\"/>", xml::escape(name));
    Ok(book.replacen(&sheets, &package::insert_before_end(&sheets, "sheets", &tag)?, 1))
}

/// One sheet of the office, and what concerns it.
struct Here<'a> {
    name: &'a str,
    part: &'a str,
    number: usize,
    entries: &'a [Entry],
    old: &'a [list::Earlier],
}

impl Here<'_> {
    fn mark(&self, package: &mut Package, styles: &mut Styles, fills: &mut [String]) -> Result<(), Unmarkable> {
        let mut words: BTreeMap<Cell, String> = BTreeMap::new();
        let mut gravest: BTreeMap<Cell, Severity> = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| entry.sheet == self.name) {
            let Some(cell) = entry.cell else { continue };
            let text = words.entry(cell).or_default();
            let hint = if entry.hint.is_empty() { String::new() } else { format!("\n{}", entry.hint) };
            *text = format!("{text}{}{}{hint}", if text.is_empty() { "" } else { "\n\n" }, entry.message);
            let severity = gravest.entry(cell).or_insert(entry.severity);
            *severity = (*severity).min(entry.severity);
        }
        let was_marked = self.old.iter().any(|old| old.sheet == self.name);
        if words.is_empty() && !was_marked {
            return Ok(());
        }
        let mut before: BTreeMap<Cell, String> = BTreeMap::new();
        for old in self.old.iter().filter(|old| old.sheet == self.name) {
            before.extend(sheet::cell_of(&old.cell).map(|cell| (cell, old.fill.clone())));
        }
        let wanted: Vec<Cell> = words.keys().copied().collect();
        let mut kept: BTreeMap<Cell, String> = BTreeMap::new();
        let text = package.text(self.part)?;
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
        for (entry, fill) in self.entries.iter().zip(fills.iter_mut()).filter(|(entry, _)| entry.sheet == self.name) {
            *fill = entry.cell.and_then(|cell| kept.get(&cell).cloned()).unwrap_or_default();
        }
        self.comment(package, text, &words)
    }

    fn comment(&self, package: &mut Package, text: String, words: &BTreeMap<Cell, String>) -> Result<(), Unmarkable> {
        let relations = package.relations(self.part)?;
        let known = relations.iter().find(|relation| relation.kind == "comments").map(|relation| relation.target.clone());
        let old = known.as_deref().map(|part| package.text(part)).transpose()?;
        let comments = comments::Comments::read(old)?;
        let shown: BTreeSet<Cell> = words.keys().copied().filter(|&cell| !comments.is_taken(cell)).collect();
        let freed = comments.freed.clone();
        let comments_text = comments.with(words)?;
        let part = known.clone().unwrap_or_else(|| format!("xl/esepComments{}.xml", self.number));
        package.set(&part, comments_text);
        if known.is_none() {
            package.declare(&part, COMMENTS_TYPE)?;
            package.relate(self.part, "comments", &part)?;
        }
        let drawn = sheet::drawing(&text)?;
        let drawn =
            drawn.and_then(|id| relations.iter().find(|relation| relation.id == id)).map(|relation| relation.target.clone());
        let old = drawn.as_deref().map(|part| package.text(part)).transpose()?;
        let drawing = comments::drawing(old.as_deref(), &freed, &shown)?;
        let text = match drawn {
            Some(part) => {
                package.set(&part, drawing);
                text
            }
            None => {
                let part = format!("xl/drawings/esepComments{}.vml", self.number);
                package.set(&part, drawing);
                package.declare(&part, DRAWING_TYPE)?;
                let relation = package.relate(self.part, "vmlDrawing", &part)?;
                sheet::with_drawing(&text, &relation)?
            }
        };
        package.set(self.part, text);
        Ok(())
    }
}
