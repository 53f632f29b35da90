//! When submissions came: `inputs/received.csv`, a line for each file with the day; or the folder that is called after the day.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;

use crate::diagnostic::{Diagnostic, Place, Rule, Span};
use crate::sources::{Sources, TextFile};

/// The day a submission came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The file's path in the project.
    pub file: String,
    /// The day.
    pub received: Date,
}

/// The day of every submission of which it is known. A line of the record that names no submission, or no day, is reported.
pub fn read(sources: &Sources, diagnostics: &mut Vec<Diagnostic>) -> Vec<Receipt> {
    let mut receipts = sources.receipts.as_ref().map_or_else(Vec::new, |file| recorded(sources, file, diagnostics));
    let known: HashSet<String> = receipts.iter().map(|receipt| receipt.file.clone()).collect();
    let files = sources.inputs.values().flatten().map(|file| file.name.as_str()).filter(|file| !known.contains(*file));
    receipts.extend(files.filter_map(|file| Some(Receipt { file: file.to_owned(), received: day_of_folder(file)? })));
    receipts
}

/// The day after which one of the folders below the period's is called, the innermost first: `inputs/2025/2025-11-03/north.xlsx`.
fn day_of_folder(file: &str) -> Option<Date> {
    file.split('/').skip(2).collect::<Vec<_>>().iter().rev().skip(1).find_map(|folder| folder.parse().ok())
}

fn recorded(sources: &Sources, file: &TextFile, diagnostics: &mut Vec<Diagnostic>) -> Vec<Receipt> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file.text.as_bytes());
    // By file: the day, and the length of the path that gave it; that of a file itself goes before that of its folder.
    let mut days: BTreeMap<String, (usize, Date)> = BTreeMap::new();
    for (position, record) in reader.records().flatten().enumerate() {
        let line = record.position().map_or(1, |position| u32::try_from(position.line()).unwrap_or(u32::MAX));
        // Who writes no heads may begin with the first file.
        if position == 0 && record.get(1).is_some_and(|day| day.trim().parse::<Date>().is_err()) && record.get(0) == Some("file")
        {
            continue;
        }
        match receipt(&record, sources) {
            Ok(received) => {
                let length = record.get(0).map_or(0, |path| path.trim().trim_end_matches('/').len());
                for Receipt { file: path, received } in received {
                    match days.get(&path) {
                        Some(&(known, day)) if known == length && day != received => {
                            let message = format!("`{path}` stands here a second time, with another day: {day} and {received}");
                            diagnostics.push(fault(file, line, message, "leave the line with the right day"));
                        }
                        Some(&(known, _)) if known >= length => {}
                        Some(_) | None => {
                            days.insert(path, (length, received));
                        }
                    }
                }
            }
            Err((message, hint)) => diagnostics.push(fault(file, line, message, hint)),
        }
    }
    days.into_iter().map(|(file, (_, received))| Receipt { file, received }).collect()
}

/// The receipts of a line: of a file, or of all in a folder or an archive.
fn receipt(record: &csv::StringRecord, sources: &Sources) -> Result<Vec<Receipt>, (String, &'static str)> {
    let cell = |column: usize| record.get(column).map_or("", str::trim);
    let path = format!("inputs/{}", cell(0).trim_end_matches('/'));
    let is_meant = |file: &&str| file.strip_prefix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let files: Vec<&str> = sources.inputs.values().flatten().map(|file| file.name.as_str()).filter(is_meant).collect();
    if files.is_empty() {
        let message = format!("expected the path of a submission below `inputs/`, found `{}`", cell(0));
        return Err((message, "write the path as it stands below `inputs/`, such as `2025/north.xlsx`"));
    }
    match cell(1).parse() {
        Ok(received) => Ok(files.into_iter().map(|file| Receipt { file: file.to_owned(), received }).collect()),
        Err(_) => Err((format!("expected a day as YYYY-MM-DD, found `{}`", cell(1)), "write the day on which the file came")),
    }
}

fn fault(file: &TextFile, line: u32, message: String, hint: &str) -> Diagnostic {
    let place = Place::Text { file: file.name.clone(), span: Span { line, column: 1 } };
    Diagnostic::new(Rule::InvalidValue, place, message).hint(hint)
}
