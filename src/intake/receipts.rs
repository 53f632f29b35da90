//! When submissions came: `inputs/received.csv` has a line with the day for each file, or the file lies in a folder named after the day.
//!
//! The record is typed by people and saved by their programs: with or without a header, with any separator, with days as
//! they are written where they live.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Bound;
use std::sync::Arc;

use encoding_rs::{Encoding, UTF_8};
use jiff::civil::Date;

use crate::diagnostic::{CauseKind, Diagnostic, Fact, FileName, Place, Rule, Span, list_some, nearest};
use crate::grid::{Raw, Reader, Script};
use crate::letters::composed;
use crate::period;
use crate::sources::{BinaryFile, Sources};

/// The day a submission came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The file's path in the project.
    pub file: String,
    /// The day.
    pub received: Date,
}

/// More faults of one kind than this most likely have one cause: only the first is named, with the number of the others.
const NAMED: usize = 3;

/// The day of every submission for which one is known; a record that is not Unicode is read in `encoding`. Lines of the record that name no
/// submission or no day are reported.
pub fn read(sources: &Sources, encoding: &'static Encoding, reader: &Reader, diagnostics: &mut Vec<Diagnostic>) -> Vec<Receipt> {
    let files: BTreeSet<&str> = sources.inputs.values().flatten().map(|file| file.name.as_str()).collect();
    let mut lines = Vec::new();
    for record in &sources.receipts {
        let own = if is_workbook(record) { rows(record, encoding, reader, diagnostics) } else { typed(record, encoding) };
        let heads = own.first().is_some_and(|first: &Line| first.is_header(&files));
        if let [head] = &own[..]
            && heads
        {
            let message = "expected files and days below the headers, found none";
            let found = Diagnostic::new(Rule::EmptyTable, head.place.clone(), message);
            diagnostics.push(found.hint("write a line for each file that came, or take the record out"));
        }
        lines.extend(own.into_iter().skip(usize::from(heads)));
    }
    let mut receipts = recorded(&lines, &files, diagnostics);
    let known: HashSet<String> = receipts.iter().map(|receipt| receipt.file.clone()).collect();
    let mut mistaken: BTreeSet<String> = BTreeSet::new();
    for file in files.into_iter().filter(|file| !known.contains(*file)) {
        match day_of_folder(file) {
            Some(received) => receipts.push(Receipt { file: file.to_owned(), received }),
            None => mistaken.extend(folder_like_a_day(file)),
        }
    }
    diagnostics.extend(mistaken.iter().map(|folder| no_day(folder)));
    receipts
}

/// The day in the name of the innermost folder below the period's that is named after a day: `inputs/2025/2025-11-03/north.xlsx`.
fn day_of_folder(file: &str) -> Option<Date> {
    let folders: Vec<&str> = file.split('/').skip(2).collect();
    folders.iter().rev().skip(1).find_map(|folder| period::day(folder).ok().filter(is_plausible))
}

/// The innermost folder of a file whose name somebody may take for a day. Of archives only those whose name begins with a digit are looked
/// at.
fn folder_like_a_day(file: &str) -> Option<String> {
    let names: Vec<&str> = file.split('/').collect();
    let is_folder =
        |name: &str| !name.to_ascii_lowercase().ends_with(".zip") || name.starts_with(|letter: char| letter.is_ascii_digit());
    let is_like = |position: &usize| is_folder(names[*position]) && holds_a_day(names[*position]);
    let folders = (2..names.len().saturating_sub(1)).rev();
    folders.filter(is_like).map(|position| names[..=position].join("/")).next()
}

/// Whether three numbers stand side by side in a name, with a year first or last: `2025-11-03 new`, `03.11.2025`, `2025_11_31`. Eight
/// digits without a sign between them may be a code.
fn holds_a_day(name: &str) -> bool {
    let is_sign = |letter: char| matches!(letter, '-' | '.' | '_');
    let is_year = |part: &str| part.len() == 4 && part.parse::<i16>().is_ok_and(|year| (1900..2200).contains(&year));
    let is_short = |part: &str| (1..=2).contains(&part.len());
    name.split(|letter: char| !letter.is_ascii_digit() && !is_sign(letter)).any(|word| {
        let parts: Vec<&str> = word.split(is_sign).filter(|part| !part.is_empty()).collect();
        parts
            .windows(3)
            .any(|part| is_short(part[1]) && (is_year(part[0]) && is_short(part[2]) || is_short(part[0]) && is_year(part[2])))
    })
}

/// The finding about a folder whose name is not taken for a day.
fn no_day(folder: &str) -> Diagnostic {
    let name = folder.rsplit('/').next().unwrap_or_default();
    let message = format!("`{name}` is not taken for a day: no day is known on which its files came");
    Diagnostic::new(Rule::DoubtfulDay, Place::File(FileName::new(folder)), message)
        .hint("call the folder after the day alone, such as `2025-11-03`, or write the day into `inputs/received.csv`")
        .because(CauseKind::FolderWithoutDay, vec![("found", Fact::Text(name.to_owned()))])
}

/// Whether a submission can have come on this day; a code of eight digits can look like a day of another century.
fn is_plausible(day: &Date) -> bool {
    (1900..2200).contains(&day.year())
}

/// A line of the record.
struct Line {
    place: Place,
    path: String,
    day: String,
    /// Whether some of the line is struck out.
    struck: bool,
}

impl Line {
    fn is_blank(&self) -> bool {
        self.path.is_empty() && self.day.is_empty()
    }

    /// Whether this first line of a record is a header: its day holds no digit, and its path names no file.
    fn is_header(&self, files: &BTreeSet<&str>) -> bool {
        let words = !self.day.is_empty() && !self.day.contains(|letter: char| letter.is_ascii_digit());
        words && !self.path.contains(['/', '\\']) && meant(&path(&self.path), files).is_empty()
    }
}

fn is_workbook(record: &BinaryFile) -> bool {
    record.bytes.starts_with(b"PK") || record.bytes.starts_with(&[0xD0, 0xCF])
}

/// The lines of a record kept as a workbook.
fn rows(record: &BinaryFile, encoding: &'static Encoding, reader: &Reader, diagnostics: &mut Vec<Diagnostic>) -> Vec<Line> {
    // The headers of a record need no list: they are neither a path nor a day.
    let script = Script { encoding, headers: Arc::default(), ignored: Vec::new() };
    let sheets = match reader.read(record, &script) {
        Ok(sheets) => sheets,
        Err(fault) => {
            diagnostics.push(fault.at(record.name.clone()));
            return Vec::new();
        }
    };
    let lines = sheets.iter().filter(|sheet| !sheet.hidden).flat_map(|sheet| {
        sheet.rows.iter().zip(sheet.first_row..).map(|(cells, row)| {
            let text = |column: usize| cells.get(column).map(Raw::text).unwrap_or_default().trim().to_owned();
            let place = Place::Cell { file: record.name.clone(), sheet: sheet.name.clone(), row, column: None };
            let struck = cells.iter().take(2).any(|cell| matches!(cell, Raw::Struck(_)));
            Line { place, path: text(0), day: text(1), struck }
        })
    });
    lines.filter(|line| !line.is_blank()).collect()
}

/// The lines of a record kept as text. Each line is read on its own, so a stray quote spoils no other line.
fn typed(record: &BinaryFile, encoding: &'static Encoding) -> Vec<Line> {
    let marked = Encoding::for_bom(&record.bytes).map(|(encoding, _)| encoding);
    let unicode = std::str::from_utf8(&record.bytes).is_ok();
    let text = marked.unwrap_or(if unicode { UTF_8 } else { encoding }).decode(&record.bytes).0;
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let split = |separator: u8| {
        text.lines().zip(1..).map(move |(line, number)| {
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(line.as_bytes());
            let cells = reader.records().next().and_then(Result::ok).unwrap_or_default();
            let cell = |column: usize| cells.get(column).unwrap_or_default().trim().to_owned();
            let place = Place::Text { file: record.name.clone(), span: Span { line: number, column: 1 } };
            Line { place, path: cell(0), day: cell(1), struck: false }
        })
    };
    // The separator is the one that leaves the most days alone in their cells.
    let days = |separator: &u8| {
        split(*separator).fold((0, 0), |(days, cells), line| {
            (days + usize::from(Written::read(&line.day).is_some()), cells + usize::from(!line.day.is_empty()))
        })
    };
    let separator = [b'|', b'\t', b';', b','].into_iter().max_by_key(days).unwrap_or(b',');
    split(separator).filter(|line| !line.is_blank()).collect()
}

/// A day as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    /// The way of writing says which part is the month.
    Plain(Date),
    /// Some write the day first and some the month: the day in the first way, and in the second.
    Either(Option<Date>, Option<Date>),
}

/// Which part of a day comes first in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Day,
    Month,
}

impl Written {
    /// Reads `2025-10-20`, `20.10.2025`, `20/10/2025`; a time behind the day is ignored.
    fn read(text: &str) -> Option<Self> {
        let (day, time) = text.trim().split_once([' ', 'T']).unwrap_or((text.trim(), ""));
        if !time.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, ':' | '.' | ' ')) {
            return None;
        }
        let sign = day.chars().find(|letter| matches!(letter, '-' | '.' | '/'))?;
        let parts: Vec<&str> = day.split(sign).collect();
        let [first, second, third] = parts[..] else { return None };
        let number = |text: &str| {
            let is_number = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            if is_number { text.parse::<i16>().ok() } else { None }
        };
        let (one, two, three) = (number(first)?, number(second)?, number(third)?);
        let date = |year: i16, month: i16, day: i16| {
            let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
            date.filter(is_plausible)
        };
        if first.len() == 4 {
            return date(one, two, three).map(Written::Plain);
        }
        let year = match third.len() {
            4 => three,
            2 if sign != '-' => 2000 + three,
            _ => return None,
        };
        if sign == '.' {
            return date(year, two, one).map(Written::Plain);
        }
        match (date(year, two, one), date(year, one, two)) {
            (None, None) => None,
            (one, other) if one == other => one.map(Written::Plain),
            (one, other) => Some(Written::Either(one, other)),
        }
    }

    /// Which part comes first, where only one order gives a day.
    fn order(self) -> Option<Order> {
        match self {
            Written::Either(Some(_), None) => Some(Order::Day),
            Written::Either(None, Some(_)) => Some(Order::Month),
            Written::Either(..) | Written::Plain(_) => None,
        }
    }

    /// The day; where it reads in two ways, the reading with this order.
    fn day(self, order: Option<Order>) -> Option<Date> {
        match (self, order) {
            (Written::Plain(day), _) => Some(day),
            (Written::Either(Some(day), None) | Written::Either(None, Some(day)), _) => Some(day),
            (Written::Either(day, _), Some(Order::Day)) => day,
            (Written::Either(_, day), Some(Order::Month)) => day,
            (Written::Either(..), None) => None,
        }
    }
}

/// The path in the project that a text means: it may be written with or without `inputs/`, and with either kind of slash.
fn path(text: &str) -> String {
    let text = text.trim().replace('\\', "/");
    let text = composed(&text);
    let inside = text.trim_start_matches("./").trim_matches('/');
    let inside = inside.strip_prefix("inputs/").unwrap_or(inside);
    format!("inputs/{inside}")
}

/// The submissions that a path means: a file, or all in a folder or an archive.
fn meant<'a>(path: &str, files: &BTreeSet<&'a str>) -> Vec<&'a str> {
    let below = format!("{path}/");
    let inside =
        files.range::<str, _>((Bound::Included(below.as_str()), Bound::Unbounded)).take_while(|file| file.starts_with(&below));
    files.get(path).into_iter().chain(inside).copied().collect()
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Path,
    Day,
    Order,
    Struck,
}

fn recorded(lines: &[Line], files: &BTreeSet<&str>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Receipt> {
    let orders: Vec<Order> = lines.iter().filter_map(|line| Written::read(&line.day)?.order()).collect();
    let order = orders.first().copied().filter(|first| orders.iter().all(|order| order == first));
    let mut faults: BTreeMap<Fault, Vec<(&Place, String)>> = BTreeMap::new();
    let mut again = Vec::new();
    // For each file the day, and the length of the path that gave it: a line for the file goes before a line for its folder.
    let mut days: BTreeMap<&str, (usize, Date)> = BTreeMap::new();
    let mut seen: HashSet<(String, Date)> = HashSet::new();
    for line in lines {
        let path = path(&line.path);
        let files = meant(&path, files);
        let mut fault = |kind: Fault, shown: &str| faults.entry(kind).or_default().push((&line.place, shown.to_owned()));
        if line.struck {
            fault(Fault::Struck, &format!("{} {}", line.path, line.day));
            continue;
        }
        if files.is_empty() {
            fault(Fault::Path, &line.path);
            continue;
        }
        let Some(written) = Written::read(&line.day) else {
            fault(Fault::Day, &line.day);
            continue;
        };
        let Some(received) = written.day(order) else {
            fault(Fault::Order, &line.day);
            continue;
        };
        let length = path.len();
        if !seen.insert((path, received)) {
            continue;
        }
        for file in files {
            match days.get(file) {
                Some(&(known, day)) if known == length && day != received => {
                    let message = format!("`{file}` stands here a second time, with another day: {day} and {received}");
                    let found = Diagnostic::new(Rule::InvalidValue, line.place.clone(), message);
                    let facts = vec![("found", Fact::Text(file.to_owned())), ("days", Fact::Text(format!("{day}, {received}")))];
                    again.push(found.hint("leave the line with the right day").because(CauseKind::TwoDaysOfFile, facts));
                }
                Some(&(known, _)) if known >= length => {}
                Some(_) | None => {
                    days.insert(file, (length, received));
                }
            }
        }
    }
    diagnostics.extend(again);
    for (kind, found) in faults {
        diagnostics.extend(told(kind, &found, files));
    }
    days.into_iter().map(|(file, (_, received))| Receipt { file: file.to_owned(), received }).collect()
}

/// The findings about faults of one kind: one for each, or, where there are many, the first one with the number of the others.
fn told(kind: Fault, found: &[(&Place, String)], files: &BTreeSet<&str>) -> Vec<Diagnostic> {
    let alone = if found.len() > NAMED { 1 } else { found.len() };
    let others: Vec<&str> = found[alone..].iter().map(|(_, shown)| shown.as_str()).collect();
    let rest =
        if others.is_empty() { String::new() } else { format!("; so in {} more lines: {}", others.len(), list_some(&others)) };
    let told = found[..alone].iter().map(|(place, shown)| {
        let all = [shown.as_str()].into_iter().chain(others.iter().copied());
        let all: Vec<&str> = all.map(|shown| if shown.is_empty() { "—" } else { shown }).collect();
        let mut facts = vec![("found", Fact::Text(all.join(", ")))];
        let (cause, message, hint) = match kind {
            Fault::Path => {
                let known = files.iter().filter_map(|file| file.strip_prefix("inputs/"));
                let message = format!("expected the path of a submission below `inputs/`, found `{shown}`");
                match nearest(&path(shown)["inputs/".len()..], known) {
                    Some(meant) => {
                        facts.push(("path", Fact::Text(meant.to_owned())));
                        (CauseKind::MisspeltPath, message, format!("did you mean `{meant}`?"))
                    }
                    None => {
                        let hint = "write the path as it stands below `inputs/`, such as `2025/north.xlsx`";
                        (CauseKind::UnknownPath, message, hint.to_owned())
                    }
                }
            }
            Fault::Day => (
                CauseKind::NotADay,
                format!("expected a day such as `2025-10-20` or `20.10.2025`, found `{shown}`"),
                "write the day on which the file came".to_owned(),
            ),
            Fault::Order => (
                CauseKind::DayOfTwoReadings,
                format!("expected a day that reads one way, found `{shown}`"),
                "write it as `2025-10-20`: some take the first number for the day, some for the month".to_owned(),
            ),
            Fault::Struck => (
                CauseKind::StruckLine,
                format!("expected a path and a day, found `{shown}`, struck out in whole or in part"),
                "delete what is struck out, and leave what counts".to_owned(),
            ),
        };
        Diagnostic::new(Rule::InvalidValue, (*place).clone(), format!("{message}{rest}")).hint(hint).because(cause, facts)
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> String {
        match Written::read(text) {
            Some(Written::Plain(day)) => day.to_string(),
            Some(Written::Either(day, month)) => {
                [day, month].iter().flatten().map(Date::to_string).collect::<Vec<_>>().join(" or ")
            }
            None => "none".to_owned(),
        }
    }

    #[test]
    fn days_are_read_as_programs_write_them() {
        for text in ["2025-10-20", "20.10.2025", "20/10/2025", "10/20/2025", "20.10.25", "2025-10-20 00:00:00", "2025/10/20"] {
            assert_eq!(day(text), "2025-10-20", "{text}");
        }
        assert_eq!(day("03.11.2025"), "2025-11-03");
        assert_eq!(day("03/11/2025"), "2025-11-03 or 2025-03-11");
        assert_eq!(day("05/05/2025"), "2025-05-05");
        for text in
            ["20251020", "71101010", "7110-10-10", "2025-13-01", "31.02.2025", "20-10-25", "tomorrow", "", "1.2", "2025-10-20x"]
        {
            assert_eq!(day(text), "none", "{text}");
        }
    }

    #[test]
    fn a_folder_is_called_after_a_day_with_dashes() {
        assert_eq!(day_of_folder("inputs/2025/2025-11-03/north.csv").map(|day| day.to_string()).as_deref(), Some("2025-11-03"));
        for file in ["inputs/2025/71101010/north.csv", "inputs/2025/20251103/north.csv", "inputs/2025/7110-10-10/north.csv"] {
            assert_eq!(day_of_folder(file), None, "{file}");
        }
    }

    #[test]
    fn a_folder_that_looks_like_a_day_and_is_none_is_told() {
        for name in ["2025-11-03 new", "2025-11-31", "03.11.2025", "3.11.2025", "2025_11_03", "2025-11-03.zip"] {
            assert_eq!(
                folder_like_a_day(&format!("inputs/2025/{name}/north.csv")),
                Some(format!("inputs/2025/{name}")),
                "{name}"
            );
        }
        for name in ["71101010", "20251103", "north 2025", "7110-10-10", "1.2.3", "11-03", "north 2025-11-03.zip"] {
            assert_eq!(folder_like_a_day(&format!("inputs/2025/{name}/north.csv")), None, "{name}");
        }
        assert_eq!(folder_like_a_day("inputs/2025/2025-11-31.csv"), None);
    }

    /// What is made of a record when these files were sent.
    fn read_record(text: &[u8], names: &[&str]) -> (Vec<String>, Vec<String>) {
        let file = |name: &str, bytes: &[u8]| BinaryFile { name: FileName::new(name), bytes: bytes.to_vec() };
        let mut sources = Sources { receipts: vec![file("inputs/received.csv", text)], ..Sources::default() };
        sources.inputs.insert("2025".into(), names.iter().map(|name| file(&format!("inputs/2025/{name}"), b"")).collect());
        let mut found = Vec::new();
        let receipts = read(&sources, encoding_rs::WINDOWS_1251, &Reader::InProcess, &mut found);
        (
            receipts.into_iter().map(|receipt| format!("{} {}", receipt.file, receipt.received)).collect(),
            found.into_iter().map(|found| format!("{} {}", found.place, found.message)).collect(),
        )
    }

    #[test]
    fn a_record_is_read_as_it_was_saved() {
        let expected = ["inputs/2025/n, m.csv 2025-11-03", "inputs/2025/отчёт.csv 2025-10-20"];
        let text = "Файл;Получено\r\n2025/отчёт.csv;20.10.2025\r\n\r\n\"inputs/2025/n, m.csv\";03.11.2025\r\n";
        let names = ["n, m.csv", "отчёт.csv"];
        let latin = encoding_rs::WINDOWS_1251.encode(text).0.into_owned();
        let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let decomposed = text.replace('ё', "е\u{308}").replace('/', "\\").replace(';', "\t");
        for bytes in [text.as_bytes(), &latin, &utf16, format!("\u{feff}{text}").as_bytes(), decomposed.as_bytes()] {
            assert_eq!(read_record(bytes, &names), (expected.map(str::to_owned).to_vec(), Vec::new()));
        }
        let bare = "2025/n, m.csv;2025-11-03\n2025/отчёт.csv;2025-10-20 00:00:00";
        assert_eq!(read_record(bare.as_bytes(), &names).0, expected);
    }

    #[test]
    fn a_day_that_reads_two_ways_is_read_as_the_others_of_its_record() {
        let names = ["a.csv", "b.csv"];
        let (days, found) = read_record(b"2025/a.csv,03/11/2025\n2025/b.csv,20/10/2025\n", &names);
        assert_eq!((days[0].as_str(), found.len()), ("inputs/2025/a.csv 2025-11-03", 0));
        let (_, found) = read_record(b"file,day\r\n2025/a.csv,03/11/2025\r\n", &names);
        assert_eq!(found, ["inputs/received.csv:2:1 expected a day that reads one way, found `03/11/2025`"]);
    }

    #[test]
    fn faults_of_one_kind_are_told_once() {
        let (_, found) =
            read_record(b"2025/a.csv,1\n2025/a.csv,2\n2025/a.csv,3\n2025/a.csv,4\n2025/c.csv,2025-10-20\n", &["a.csv"]);
        assert_eq!(
            found,
            [
                "inputs/received.csv:5:1 expected the path of a submission below `inputs/`, found `2025/c.csv`",
                "inputs/received.csv:1:1 expected a day such as `2025-10-20` or `20.10.2025`, found `1`; so in 3 more lines: `2`, `3`, `4`",
            ]
        );
    }
}
