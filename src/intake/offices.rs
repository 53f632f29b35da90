//! A list of offices that is kept as a table: one row an office, in any workbook or table of text. It becomes what `offices.yaml` would hold and is
//! resolved there; every finding is told by its cell.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Span, did_you_mean_or_list, list};
use crate::grid::{Raw, Reader, Script, Sheet};
use crate::language::{Language, LanguageCode};
use crate::sources::{self, BinaryFile, YAML, has_extension};
use crate::spec::offices::{Offices, RawOffices};
use crate::spec::{self, Specs, fold_header};
use crate::yaml::{self, Node, NodeValue, Spanned};

/// The labels that every language needs: the headers and words of such a table, several of them with `;` between.
pub const LABELS: &[&str] = &[
    "offices_id",
    "offices_name",
    "offices_regions",
    "offices_languages",
    "offices_addresses",
    "offices_channel",
    "offices_path",
    "offices_gets",
    "offices_due",
    "offices_mail",
    "offices_sftp",
    "offices_folder",
    "offices_report",
    "offices_below",
    "offices_workbooks",
    "offices_table",
    "offices_protocol",
    "offices_answer",
    "offices_form",
    "offices_sheets",
];

/// The keys of an office, with whether a table must have them.
const KEYS: [(&str, bool); 9] = [
    ("id", true),
    ("name", true),
    ("regions", true),
    ("languages", false),
    ("addresses", false),
    ("channel", true),
    ("path", false),
    ("gets", true),
    ("due", false),
];
/// The words that stand in a cell of `channel` or `gets`.
const WORDS: [&str; 11] =
    ["mail", "sftp", "folder", "report", "below", "workbooks", "table", "protocol", "answer", "form", "sheets"];
/// A table begins within this many rows.
const MOST_ABOVE: usize = 50;

/// What a column holds: a key of an office; of a name, the language, where the header tells it.
type Column = (&'static str, Option<LanguageCode>);

/// The offices of a list, of YAML or of a table. Mails come from `sender`, or from whom the list or the project names.
pub fn read(
    file: BinaryFile,
    sender: Option<String>,
    (specs, languages): (&Specs, &BTreeMap<LanguageCode, Language>),
    reader: &Reader,
    diagnostics: &mut Vec<Diagnostic>,
) -> Offices {
    let name = file.name.clone();
    let raw = if has_extension(&name, YAML) {
        let text = sources::text(name.clone(), file.bytes, diagnostics);
        text.and_then(|text| yaml::parse::<RawOffices>(&text, diagnostics)).map(|parsed| (parsed.value, None))
    } else {
        table(&file, specs, languages, reader, diagnostics)
    };
    let Some((mut raw, sheet)) = raw else { return Offices::default() };
    let spanned = |value: String| Spanned { value, span: Span { line: 1, column: 1 } };
    raw.sender = sender.map(spanned).or(raw.sender).or_else(|| specs.offices.sender.clone().map(spanned));
    let before = diagnostics.len();
    let offices = spec::offices_of(&raw, &name, specs, diagnostics);
    if let Some(sheet) = sheet {
        diagnostics[before..].iter_mut().for_each(|found| in_cell(found, &sheet));
    }
    offices
}

/// A finding about a line and a column, as one about a cell.
fn in_cell(found: &mut Diagnostic, sheet: &Arc<str>) {
    if let Place::Text { file, span } = &found.place {
        let (row, column) = (span.line.saturating_sub(1), Some(span.column.saturating_sub(1)));
        found.place = Place::Cell { file: file.clone(), sheet: sheet.clone(), row, column };
    }
}

/// What a table says, with the name of its sheet; lines and columns of places are rows and columns of the sheet.
fn table(
    file: &BinaryFile,
    specs: &Specs,
    languages: &BTreeMap<LanguageCode, Language>,
    reader: &Reader,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(RawOffices, Option<Arc<str>>)> {
    let vocabulary = Vocabulary::new(specs, languages);
    let headers = Arc::new(vocabulary.headers.keys().cloned().collect());
    let script = Script { encoding: specs.programme.encoding, headers, ignored: Vec::new() };
    let sheets = match reader.read(file, &script) {
        Ok(sheets) => sheets,
        Err(fault) => {
            diagnostics.push(fault.at(file.name.clone()));
            return None;
        }
    };
    let tables: Vec<(&Sheet, usize)> = sheets
        .iter()
        .filter(|sheet| !sheet.hidden)
        .filter_map(|sheet| vocabulary.head(sheet).map(|head| (sheet, head)))
        .collect();
    let keys: Vec<&str> = KEYS.iter().map(|(key, _)| *key).collect();
    let (sheet, head) = match tables[..] {
        [] => {
            let message = "expected a table with a row for each office, found none";
            let hint = format!("its headers are {}, or the words for them in the language files", list(&keys));
            let found = Diagnostic::new(Rule::UnrecognisedTable, Place::File(file.name.clone()), message);
            diagnostics.push(found.hint(hint));
            return None;
        }
        [found] => found,
        [_, (second, head), ..] => {
            let message = "expected one sheet with a list of offices, found a second one";
            let row = second.first_row + head as u32;
            let place = Place::Cell { file: file.name.clone(), sheet: second.name.clone(), row, column: None };
            let found = Diagnostic::new(Rule::AmbiguousTable, place, message);
            diagnostics.push(found.hint("put all offices on one sheet, or hide the other one"));
            return None;
        }
    };
    let mut table = Table { file: &file.name, sheet, vocabulary: &vocabulary, diagnostics };
    let node = table.offices(head)?;
    let before = diagnostics.len();
    let raw = yaml::read::<RawOffices>(&node, &file.name, diagnostics)?;
    diagnostics[before..].iter_mut().for_each(|found| in_cell(found, &sheet.name));
    Some((raw.value, Some(sheet.name.clone())))
}

/// The words that tables of offices are written in.
struct Vocabulary {
    /// The column of every header, folded.
    headers: HashMap<String, Column>,
    /// What every word of a cell stands for, folded.
    words: HashMap<String, &'static str>,
    /// The code of every language by its code and by its own name, folded.
    tongues: HashMap<String, String>,
    /// The languages of texts.
    languages: Vec<LanguageCode>,
}

impl Vocabulary {
    fn new(specs: &Specs, languages: &BTreeMap<LanguageCode, Language>) -> Self {
        let spellings = |key: &str| -> Vec<String> {
            let label = format!("offices_{key}");
            let labels = languages.values().filter_map(|language| language.labels.get(&label));
            let spelt = labels.flat_map(|label| label.split(';')).map(|word| word.trim().to_owned());
            std::iter::once(key.to_owned()).chain(spelt).filter(|word| !word.is_empty()).collect()
        };
        let codes = &specs.programme.languages;
        let mut headers: HashMap<String, Column> = HashMap::from([("office".to_owned(), ("id", None))]);
        for (key, _) in KEYS {
            for word in spellings(key) {
                headers.entry(fold_header(&word)).or_insert((key, None));
                for code in codes.iter().filter(|_| key == "name") {
                    let forms = [
                        format!("{word}_{code}"),
                        format!("{word}.{code}"),
                        format!("{word} {code}"),
                        format!("{word} ({code})"),
                    ];
                    for form in forms {
                        headers.entry(fold_header(&form)).or_insert((key, Some(code.clone())));
                    }
                }
            }
        }
        let mut words = HashMap::new();
        for word in WORDS {
            for spelt in spellings(word) {
                words.entry(fold_header(&spelt)).or_insert(word);
            }
        }
        let own = languages.values().map(|language| (fold_header(&language.name), language.code.as_str().to_owned()));
        Self { headers, words, tongues: own.collect(), languages: codes.clone() }
    }

    fn column(&self, header: &Raw) -> Option<&Column> {
        self.headers.get(&fold_header(&header.text()))
    }

    /// The row of a sheet's headers, from its first row: the one with the most headers, and at least two.
    fn head(&self, sheet: &Sheet) -> Option<usize> {
        let known = |row: &[Raw]| row.iter().filter_map(|cell| self.column(cell)).collect::<HashSet<_>>().len();
        let rows = sheet.rows.iter().take(MOST_ABOVE).map(|row| known(row)).enumerate();
        // Of rows with as many headers the first one.
        rows.rev().max_by_key(|(_, known)| *known).filter(|(_, known)| *known >= 2).map(|(row, _)| row)
    }
}

/// A table on its way to what `offices.yaml` would hold.
struct Table<'a> {
    file: &'a FileName,
    sheet: &'a Sheet,
    vocabulary: &'a Vocabulary,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Table<'_> {
    /// The list of offices; `None`, with findings, where the table lacks columns.
    fn offices(&mut self, head: usize) -> Option<Node> {
        let columns = self.columns(head)?;
        let sheet = self.sheet;
        let rows = sheet.rows.iter().enumerate().skip(head + 1).filter(|(_, row)| !row.iter().all(Raw::is_blank));
        let offices: Vec<Node> = rows.map(|(row, cells)| self.office(row, cells, &columns)).collect();
        if offices.is_empty() {
            let hint = "write a row for each office".to_owned();
            self.report(Rule::EmptyTable, head, None, "expected offices below the headers, found none".to_owned(), Some(hint));
        }
        let key = self.node(head, 0, NodeValue::Scalar("offices".into()));
        let offices = self.node(head, 0, NodeValue::Sequence(offices));
        Some(self.node(head, 0, NodeValue::Map(vec![(key, offices)])))
    }

    /// The columns with what they hold.
    fn columns(&mut self, head: usize) -> Option<Vec<(usize, Column)>> {
        let vocabulary = self.vocabulary;
        let keys: Vec<&str> = KEYS.iter().map(|(key, _)| *key).collect();
        let mut columns: Vec<(usize, Column)> = Vec::new();
        for (position, header) in self.sheet.rows[head].iter().enumerate().filter(|(_, header)| !header.is_blank()) {
            let text = header.text();
            match vocabulary.column(header) {
                None => {
                    let hint = did_you_mean_or_list(&text, keys.iter().copied());
                    let message = format!("the column `{text}` is none of a list of offices; it is not read");
                    self.report(Rule::UnknownColumn, head, Some(position), message, hint);
                }
                Some(column) if columns.iter().any(|(_, known)| known == column) => {
                    let message = format!("the column `{text}` stands here a second time");
                    let hint = "leave one of the two".to_owned();
                    self.report(Rule::DuplicateColumn, head, Some(position), message, Some(hint));
                }
                Some(column) => columns.push((position, column.clone())),
            }
        }
        let before = self.diagnostics.len();
        let has = |key: &str, language: Option<&LanguageCode>| {
            columns.iter().any(|(_, (known, own))| *known == key && (own.is_none() || own.as_ref() == language))
        };
        for (key, needed) in KEYS {
            if needed && key != "name" && !has(key, None) {
                let hint = format!("add it; its header is `{key}`, or a word for that in the language files");
                self.report(Rule::MissingColumn, head, None, format!("expected the column `{key}`, found none"), Some(hint));
            }
        }
        for code in vocabulary.languages.iter().filter(|code| !has("name", Some(code))) {
            let hint = "add it, or a column `name` for all languages".to_owned();
            self.report(Rule::MissingColumn, head, None, format!("expected the column `name_{code}`, found none"), Some(hint));
        }
        (self.diagnostics.len() == before).then_some(columns)
    }

    /// What `offices.yaml` would hold of a row.
    fn office(&mut self, row: usize, cells: &[Raw], columns: &[(usize, Column)]) -> Node {
        let mut entries = Vec::new();
        let mut names: HashMap<Option<&LanguageCode>, (usize, String)> = HashMap::new();
        for (position, (key, language)) in columns {
            let text = self.text(row, *position, cells.get(*position).unwrap_or(&Raw::Empty));
            if *key == "name" {
                names.insert(language.as_ref(), (*position, text));
                continue;
            }
            let value = match *key {
                "regions" | "languages" | "addresses" | "gets" => {
                    let items = text.split([';', ',', '\n']).map(str::trim).filter(|item| !item.is_empty());
                    let items = items.map(|item| self.node(row, *position, NodeValue::Scalar(self.meant(key, item))));
                    NodeValue::Sequence(items.collect())
                }
                _ if text.is_empty() => NodeValue::Null,
                _ => NodeValue::Scalar(self.meant(key, &text)),
            };
            entries.push((self.node(row, *position, NodeValue::Scalar((*key).into())), self.node(row, *position, value)));
        }
        let first = columns.iter().find(|(_, (key, _))| *key == "name").map_or(0, |(position, _)| *position);
        let name = self.vocabulary.languages.iter().map(|code| {
            let own = names.get(&Some(code)).filter(|(_, text)| !text.is_empty());
            let (position, text) = own.or(names.get(&None)).or(names.get(&Some(code))).cloned().unwrap_or_default();
            let scalar = |text: &str| self.node(row, position, NodeValue::Scalar(text.to_owned()));
            (scalar(code.as_str()), scalar(&text))
        });
        let name = NodeValue::Map(name.collect());
        entries.push((self.node(row, first, NodeValue::Scalar("name".into())), self.node(row, first, name)));
        let first = columns.iter().find(|(_, (key, _))| *key == "id").map_or(0, |(position, _)| *position);
        self.node(row, first, NodeValue::Map(entries))
    }

    /// What a word of a cell stands for; itself where it is no such word.
    fn meant(&self, key: &str, word: &str) -> String {
        let folded = fold_header(word);
        let known = match key {
            "channel" | "gets" => self.vocabulary.words.get(&folded).map(|known| (*known).to_owned()),
            "languages" => self.vocabulary.tongues.get(&folded).cloned(),
            _ => None,
        };
        known.unwrap_or_else(|| word.to_owned())
    }

    /// The text of a cell; what no person would read from it is reported.
    fn text(&mut self, row: usize, position: usize, cell: &Raw) -> String {
        let fault = match cell {
            Raw::Struck(text) => Some((
                format!("expected what counts, found `{}`, struck out in whole or in part", text.trim()),
                "delete what is struck out, and leave what counts",
            )),
            Raw::Error(sign) => Some((format!("expected a text, found the failed formula `{sign}`"), "type what is meant")),
            Raw::Stale => Some((
                "expected a text, found a formula whose result is not stored".to_owned(),
                "open the file in a spreadsheet program and save it, or type what is meant",
            )),
            Raw::Empty | Raw::Text(_) | Raw::Number(_) | Raw::Percent(_) | Raw::Date(_) | Raw::Bool(_) | Raw::Padded(_) => None,
        };
        if let Some((message, hint)) = fault {
            self.report(Rule::InvalidValue, row, Some(position), message, Some(hint.to_owned()));
        }
        let text = cell.text();
        match cell {
            // A day, without the time behind it.
            Raw::Date(_) => text.split('T').next().unwrap_or_default().to_owned(),
            _ => text,
        }
    }

    fn node(&self, row: usize, position: usize, value: NodeValue) -> Node {
        let (row, column) = self.cell(row, position);
        Node { span: Span { line: row + 1, column: column + 1 }, value }
    }

    /// The row and the column in the whole sheet.
    fn cell(&self, row: usize, position: usize) -> (u32, u32) {
        (self.sheet.first_row + row as u32, self.sheet.first_column + position as u32)
    }

    fn report(&mut self, rule: Rule, row: usize, position: Option<usize>, message: String, hint: Option<String>) {
        let (row, column) = self.cell(row, position.unwrap_or_default());
        let column = position.map(|_| column);
        let place = Place::Cell { file: self.file.clone(), sheet: self.sheet.name.clone(), row, column };
        self.diagnostics.push(Diagnostic::new(rule, place, message).maybe_hint(hint));
    }
}
