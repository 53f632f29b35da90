//! Two releases side by side: every number, mark, place and file in which they differ.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use rust_xlsxwriter::XlsxError;
use serde::Serialize;

use super::manifest::MANIFEST;
use crate::edition::{Difference, Key, Kind, Ledger, Record};
use crate::workbook::SheetNames;
use crate::workbook::table::{self, Cell, Column, Formats, Table};

/// What is compared: a release as it lies on the disk, or the numbers of a project of which none is made yet.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The table of the numbers.
    csv: String,
    /// What the manifest tells; `None` for a project.
    record: Option<Record>,
}

/// Why a folder is no release that can be compared.
#[derive(Debug, thiserror::Error)]
pub enum NoSnapshot {
    /// It cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// The file.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// esep did not write it.
    #[error(
        "`{0}` is neither a release of esep (it has no `manifest.json` that esep wrote) nor a project (it has no `indicator-specs/`)"
    )]
    Foreign(String),
    /// Its table is gone or is none.
    #[error("`{0}` has no table of numbers: `results.csv` is gone or is not what esep wrote; compare the release as it was made")]
    NoTable(String),
}

impl Snapshot {
    /// A release.
    ///
    /// # Errors
    /// When the folder cannot be read, or holds none.
    pub fn read(folder: &Path) -> Result<Self, NoSnapshot> {
        let shown = || folder.display().to_string();
        let Some(manifest) = text(&folder.join(MANIFEST))? else { return Err(NoSnapshot::Foreign(shown())) };
        let record = Record::read(&manifest).ok_or_else(|| NoSnapshot::Foreign(shown()))?;
        let named = record.tables.iter().map(|table| table.path.as_str()).find(|path| path.ends_with(".csv"));
        // A path in a manifest that somebody changed leads nowhere else.
        let name = named.filter(|name| !name.contains(['/', '\\'])).ok_or_else(|| NoSnapshot::NoTable(shown()))?;
        let csv = text(&folder.join(name))?.ok_or_else(|| NoSnapshot::NoTable(shown()))?;
        Ok(Self { csv, record: Some(record) })
    }

    /// The numbers of a project, as the table of a release would tell them.
    pub fn of_table(csv: String) -> Self {
        Self { csv, record: None }
    }

    /// The period of a release; `None` for a project.
    pub fn period(&self) -> Option<&str> {
        Some(self.record.as_ref()?.period.as_str())
    }

    fn files(&self) -> Option<BTreeMap<&str, &str>> {
        let record = self.record.as_ref()?;
        let documents = record.reports.iter().map(|file| (file.path.as_str(), file.sha256.as_str()));
        let companions = record.companions.iter().map(|file| (file.path.as_str(), file.sha256.as_str()));
        let others = record.site.iter().chain(&record.tables).map(|file| (file.path.as_str(), file.sha256.as_str()));
        Some(documents.chain(companions).chain(others).collect())
    }
}

/// How a later release differs from an earlier one.
#[derive(Debug)]
pub struct Comparison {
    /// The period.
    pub period: String,
    /// The numbers, in the order of regions, indicators and slices.
    pub numbers: Vec<Difference>,
    /// The files that differ, by path: documents, workbooks, pages, tables. `None` where one of the two is a project.
    pub files: Option<Vec<(String, Kind)>>,
    /// The names of regions, by code.
    names: BTreeMap<String, String>,
}

/// A number or a file as JSON.
#[derive(Serialize)]
#[serde(untagged)]
enum Object<'a> {
    Number {
        region: &'a str,
        region_name: Option<&'a str>,
        indicator: &'a str,
        slice: &'a str,
        kind: &'static str,
        fields: BTreeMap<&'static str, [Option<&'a str>; 2]>,
    },
    File {
        path: &'a str,
        kind: &'static str,
    },
}

impl Comparison {
    /// The differences in a period; `None` where one of the two has no table of numbers.
    pub fn new(period: &str, old: &Snapshot, new: &Snapshot) -> Option<Self> {
        let (before, after) = (Ledger::read(&old.csv, period)?, Ledger::read(&new.csv, period)?);
        let mut names = Ledger::names(&old.csv);
        names.extend(Ledger::names(&new.csv));
        let files = old.files().zip(new.files()).map(|(before, after)| files(&before, &after));
        Some(Self { period: period.to_owned(), numbers: before.differences(&after), files, names })
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.files.as_ref().is_none_or(Vec::is_empty)
    }

    /// For people: regions with their numbers, then files.
    pub fn text(&self) -> String {
        let mut lines = Vec::new();
        let regions = self.numbers.chunk_by(|left, right| left.key.region == right.key.region);
        let count = regions.clone().count();
        lines.push(match self.numbers.len() {
            0 => format!("{}: no number differs", self.period),
            many => format!(
                "{}: {} in {}",
                self.period,
                counted(many, "number differs", "numbers differ"),
                counted(count, "region", "regions")
            ),
        });
        for region in regions {
            let code = &region[0].key.region;
            lines.push(self.names.get(code).map_or_else(|| code.clone(), |name| format!("{code} {name}")));
            lines.extend(region.iter().map(|difference| format!("  {}", line(difference))));
        }
        if let Some(files) = &self.files {
            lines.push(match files.len() {
                0 => "no file differs".to_owned(),
                many => counted(many, "file differs", "files differ"),
            });
            lines.extend(files.iter().map(|(path, kind)| format!("  {}: {path}", kind.name())));
        }
        lines.push(String::new());
        lines.join("\n")
    }

    /// For programs: one object, with a number or a file a line.
    pub fn json(&self) -> String {
        let number = |difference: &Difference| {
            let Difference { key: Key { region, indicator, slice }, kind, fields } = difference;
            let fields = fields.iter().map(|(field, before, after)| (field.name(), [before.as_deref(), after.as_deref()]));
            json(&Object::Number {
                region,
                region_name: self.names.get(region).map(String::as_str),
                indicator,
                slice,
                kind: kind.name(),
                fields: fields.collect(),
            })
        };
        let file = |(path, kind): &(String, Kind)| json(&Object::File { path, kind: kind.name() });
        let list = |lines: Vec<String>| if lines.is_empty() { "[]".to_owned() } else { format!("[\n{}\n]", lines.join(",\n")) };
        let numbers = list(self.numbers.iter().map(number).collect());
        let files = self.files.as_ref().map_or_else(|| "null".to_owned(), |files| list(files.iter().map(file).collect()));
        format!("{{\n\"period\": {},\n\"numbers\": {numbers},\n\"files\": {files}\n}}\n", json(&self.period))
    }

    /// A workbook: a sheet of numbers, and one of files.
    ///
    /// # Errors
    /// When a workbook cannot hold it.
    pub fn book(&self) -> Result<Vec<u8>, XlsxError> {
        let text = |text: &str| Cell::Text(if text.is_empty() { "–".to_owned() } else { text.to_owned() });
        let row = |difference: &Difference| {
            let Difference { key, kind, fields } = difference;
            let name = self.names.get(&key.region).map_or("", String::as_str);
            let about = [&key.region, name, &key.indicator, &key.slice, kind.name()];
            let told = |side: &Option<String>| side.clone().unwrap_or_default();
            let mut fields: Vec<[String; 3]> =
                fields.iter().map(|(field, before, after)| [field.name().to_owned(), told(before), told(after)]).collect();
            if fields.is_empty() {
                fields.push(Default::default());
            }
            let row =
                |field: [String; 3]| about.into_iter().chain(field.iter().map(String::as_str)).map(text).collect::<Vec<Cell>>();
            fields.into_iter().map(row).collect::<Vec<_>>()
        };
        let headers = ["region", "region_name", "indicator", "slice", "kind", "field", "before", "after"];
        let widths = [14, 40, 12, 30, 12, 16, 18, 18];
        let columns = |headers: &[&str], widths: &[usize]| {
            headers.iter().zip(widths).map(|(header, &widest)| Column::words((*header).to_owned(), widest)).collect::<Vec<_>>()
        };
        let numbers = Table {
            id: "numbers",
            sheet: "numbers".to_owned(),
            title: format!("{}: numbers that differ", self.period),
            columns: columns(&headers, &widths),
            rows: self.numbers.iter().flat_map(row).collect(),
        };
        let files = self.files.as_deref().unwrap_or_default();
        let files = Table {
            id: "files",
            sheet: "files".to_owned(),
            title: format!("{}: files that differ", self.period),
            columns: columns(&["kind", "path"], &[12, 90]),
            rows: files.iter().map(|(path, kind)| [kind.name(), path].map(text).into()).collect(),
        };
        let mut book = table::book()?;
        let (formats, mut names) = (Formats::default(), SheetNames::default());
        for table in [numbers, files] {
            let sheet = book.add_worksheet().set_name(names.take(&table.sheet))?;
            if table.rows.is_empty() {
                sheet.write_string_with_format(0, 0, &table.title, &formats.heading)?;
                sheet.write_string(1, 0, "none")?;
            } else {
                formats.table(sheet, &table, "There is one table on this sheet.", &[])?;
            }
        }
        book.save_to_buffer()
    }
}

/// A number with all that differs, on a line.
fn line(Difference { key, kind, fields }: &Difference) -> String {
    let slice = if key.slice.is_empty() { String::new() } else { format!(" {}", key.slice) };
    let told = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let fields: Vec<String> =
        fields.iter().map(|(field, before, after)| format!("{} {} -> {}", field.name(), told(before), told(after))).collect();
    let kind = if *kind == Kind::Changed { String::new() } else { format!(" ({})", kind.name()) };
    format!("{}{slice}{kind}: {}", key.indicator, fields.join(", "))
}

/// The files in which two releases differ.
fn files(before: &BTreeMap<&str, &str>, after: &BTreeMap<&str, &str>) -> Vec<(String, Kind)> {
    let gone = before.keys().filter(|path| !after.contains_key(*path)).map(|path| ((*path).to_owned(), Kind::Gone));
    let others = after.iter().filter_map(|(path, hash)| match before.get(path) {
        None => Some(((*path).to_owned(), Kind::New)),
        Some(earlier) => (earlier != hash).then(|| ((*path).to_owned(), Kind::Changed)),
    });
    let mut files: Vec<(String, Kind)> = gone.chain(others).collect();
    files.sort();
    files
}

fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data are written to memory")
}

/// The text of a file; `None` where there is none.
fn text(path: &Path) -> Result<Option<String>, NoSnapshot> {
    match fs::metadata(path) {
        // Only files are opened: opening a pipe would wait without end.
        Ok(found) if found.is_file() => {}
        Ok(_) => return Ok(None),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(source) => return Err(NoSnapshot::Read { path: path.display().to_string(), source }),
    }
    let bytes = fs::read(path).map_err(|source| NoSnapshot::Read { path: path.display().to_string(), source })?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}
