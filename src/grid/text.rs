//! Tables of text: encoding and separator are found from the bytes, and a quote that takes in other cells is reported.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::fault::Fault;
use super::raw::Raw;
use super::sheet::Sheet;
use crate::diagnostic::CauseKind;
use crate::spec::excerpt::Pattern;
use crate::spec::fold_header;

/// How many rows are searched for a header.
const SEARCHED_ROWS: usize = 40;

/// The signs that may stand between two cells.
const SEPARATORS: [u8; 4] = [b',', b'|', b'\t', b';'];

/// How the tables of text of a project are written.
#[derive(Clone, Debug)]
pub struct Script {
    /// The encoding of text that is not Unicode.
    pub encoding: &'static Encoding,
    /// The headers of all datasets, folded.
    pub headers: Arc<HashSet<String>>,
    /// The headers of columns that no dataset needs: what stands below them is not kept.
    pub ignored: Vec<Pattern>,
}

impl Script {
    fn ignores(&self, header: &str) -> bool {
        let header = fold_header(header);
        !self.headers.contains(&header) && self.ignored.iter().any(|pattern| pattern.fits(&header))
    }
}

/// Reads the one table of a text file.
pub fn table(bytes: &[u8], script: &Script) -> Result<Vec<Sheet>, Fault> {
    let text = decode(bytes, script.encoding)?;
    let (separator, header) = separator(&text, &script.headers);
    let mut rows: Vec<Vec<Raw>> = Vec::new();
    let mut ignored: Vec<bool> = Vec::new();
    for record in Records::of(&text, separator) {
        if let Some(fault) = record.stray(header.filter(|(row, _)| rows.len() > *row).map(|(_, width)| width)) {
            return Err(fault);
        }
        // Headers may stand on three rows, with column numbers below them.
        let is_below = header.is_some_and(|(row, _)| rows.len() > row + 3);
        let is_ignored = |column: usize| is_below && ignored.get(column).is_some_and(|ignored| *ignored);
        let read =
            |(column, cell): (usize, Cell<'_>)| if is_ignored(column) { Raw::Empty } else { Raw::Text(cell.text.into_owned()) };
        let of_headers = header.is_some_and(|(row, _)| row == rows.len() && !script.ignored.is_empty());
        let below = of_headers.then(|| record.cells.iter().map(|cell| script.ignores(&cell.text)).collect());
        let cells = record.cells.into_iter().enumerate().map(read);
        rows.push(if record.is_blank { Vec::new() } else { cells.collect() });
        ignored = below.unwrap_or(ignored);
    }
    Ok(vec![Sheet { name: "".into(), first_row: 0, first_column: 0, rows, hidden: false, merged: Vec::new() }])
}

/// The separator that makes the most cells of one row headers of the project's datasets; where none does, the one that parts the most rows
/// into the most cells. Returned with the row of the headers and its width, or else the usual width of all rows.
fn separator(text: &str, headers: &HashSet<String>) -> (u8, Option<(usize, usize)>) {
    struct Fit {
        headers: usize,
        row: usize,
        row_width: usize,
        usual_width: usize,
    }
    let fit = |separator: u8| {
        let mut fit = Fit { headers: 0, row: 0, row_width: 0, usual_width: 0 };
        let mut widths = Vec::new();
        for (row, record) in Records::of(text, separator).take(SEARCHED_ROWS).enumerate() {
            let named: HashSet<String> = record.cells.iter().map(|cell| fold_header(&cell.text)).collect();
            let count = named.intersection(headers).count();
            if count > fit.headers {
                (fit.headers, fit.row, fit.row_width) = (count, row, record.cells.len());
            }
            if !record.is_blank {
                widths.push(record.cells.len());
            }
        }
        widths.sort_unstable();
        fit.usual_width = widths.get(widths.len() / 2).copied().unwrap_or(0);
        fit
    };
    let best = SEPARATORS.map(|separator| (separator, fit(separator)));
    let best = best.into_iter().max_by_key(|(_, fit)| (fit.headers, fit.usual_width));
    match best {
        Some((separator, fit)) if fit.headers > 0 => (separator, Some((fit.row, fit.row_width))),
        Some((separator, fit)) => (separator, (fit.usual_width > 1).then_some((0, fit.usual_width))),
        None => (b',', None),
    }
}

/// A row of a table as it is written.
struct Record<'a> {
    cells: Vec<Cell<'a>>,
    /// Whether its line holds nothing.
    is_blank: bool,
}

/// A cell as it is written.
struct Cell<'a> {
    text: Cow<'a, str>,
    quote: Option<Quote>,
}

/// A quote with which a cell begins.
struct Quote {
    /// The line in which it opens, from 1.
    line: usize,
    /// How many separators stand before the quote that closes it, and whether line breaks do.
    separators: usize,
    breaks: bool,
    is_closed: bool,
    /// Whether letters follow the quote that closes it.
    goes_on: bool,
}

impl Record<'_> {
    /// The fault of a quote that takes in cells of others; `width` is that of the header above.
    fn stray(&self, width: Option<usize>) -> Option<Fault> {
        const HINT: &str = "take the quote out or close it, double it where it belongs to the text, or save the file as .xlsx";
        for quote in self.cells.iter().filter_map(|cell| cell.quote.as_ref()) {
            let line = quote.line;
            if !quote.is_closed {
                let message = format!("expected a quote that is closed, found one that opens in line {line} and never ends");
                return Some(Fault::other(message, HINT).because(CauseKind::StrayQuote));
            }
            // A name in quotes with more words behind it is left as it was typed.
            let takes_in = quote.goes_on && (quote.breaks || quote.separators > 0);
            let is_rows = |width: usize| width > 1 && quote.separators + 1 >= width || self.cells.len() > width;
            if takes_in || quote.breaks && width.is_some_and(is_rows) {
                let message = format!(
                    "expected a quote that closes at the end of its cell, found one that opens in line {line} and takes in other cells"
                );
                return Some(Fault::other(message, HINT).because(CauseKind::StrayQuote));
            }
        }
        None
    }
}

/// The rows of a text. A cell that begins with a quote ends with one; two quotes within it stand for one.
struct Records<'a> {
    text: &'a str,
    place: usize,
    line: usize,
    separator: u8,
}

impl<'a> Records<'a> {
    fn of(text: &'a str, separator: u8) -> Self {
        Self { text, place: 0, line: 1, separator }
    }

    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.place..]
    }

    /// The text up to the end of the cell.
    fn plain(&mut self) -> &'a str {
        let start = self.place;
        let length = memchr::memchr3(self.separator, b'\n', b'\r', self.rest()).unwrap_or(self.rest().len());
        self.place += length;
        &self.text[start..self.place]
    }

    fn cell(&mut self) -> Cell<'a> {
        if self.rest().first() != Some(&b'"') {
            return Cell { text: self.plain().into(), quote: None };
        }
        let (whole, line) = (self.place, self.line);
        self.place += 1;
        let mut text = Cow::Borrowed("");
        let mut is_closed = false;
        while let Some(length) = memchr::memchr(b'"', self.rest()) {
            let part = &self.text[self.place..self.place + length];
            self.place += length + 1;
            push(&mut text, part);
            if self.rest().first() != Some(&b'"') {
                is_closed = true;
                break;
            }
            push(&mut text, "\"");
            self.place += 1;
        }
        if !is_closed {
            push(&mut text, &self.text[self.place..]);
            self.place = self.text.len();
        }
        let separators = memchr::memchr_iter(self.separator, text.as_bytes()).count();
        let lines = breaks(&text);
        self.line += lines;
        let behind = self.plain();
        let goes_on = !behind.trim().is_empty();
        if goes_on {
            text = self.text[whole..self.place].into();
        }
        Cell { text, quote: Some(Quote { line, separators, breaks: lines > 0, is_closed, goes_on }) }
    }
}

fn push<'a>(text: &mut Cow<'a, str>, part: &'a str) {
    if text.is_empty() {
        *text = part.into();
    } else {
        text.to_mut().push_str(part);
    }
}

/// How many lines end in a text: with `\n`, `\r\n`, or `\r` alone.
fn breaks(text: &str) -> usize {
    text.matches('\n').count() + text.matches('\r').count() - text.matches("\r\n").count()
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        if self.rest().is_empty() {
            return None;
        }
        let mut cells = vec![self.cell()];
        while self.rest().first() == Some(&self.separator) {
            self.place += 1;
            cells.push(self.cell());
        }
        self.place += match self.rest() {
            [b'\r', b'\n', ..] => 2,
            [] => 0,
            [_, ..] => 1,
        };
        self.line += 1;
        let is_blank = matches!(cells.as_slice(), [Cell { text, quote: None }] if text.is_empty());
        Some(Record { cells, is_blank })
    }
}

/// The text of a file. Text that is not Unicode is in `encoding`. A text in UTF-8 with a few damaged letters is recognised, since in any
/// other encoding hardly any letter beyond ASCII makes sense as UTF-8: where most of them do, the damaged ones are reported.
fn decode(bytes: &[u8], encoding: &'static Encoding) -> Result<String, Fault> {
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let guess = marked.unwrap_or_else(|| match std::str::from_utf8(bytes) {
        // UTF-16 may also be valid UTF-8, with a control sign behind every letter.
        _ if upper_halves(bytes, 1) => UTF_16LE,
        _ if upper_halves(bytes, 0) => UTF_16BE,
        Ok(_) => UTF_8,
        Err(_) => encoding,
    });
    if guess != UTF_16LE
        && guess != UTF_16BE
        && let Some(damage) = Damage::of(bytes)
        && (guess == UTF_8 || damage.sound > damage.places)
    {
        let more = match damage.places {
            1 => String::new(),
            places => format!(", and {} more places like it", places - 1),
        };
        let message = format!("expected text in UTF-8, found a letter that is none{more}");
        let hint = "write the letter anew, or save the file as UTF-8 text or as .xlsx";
        let line = u32::try_from(damage.line - 1).ok();
        return Err(Fault { line, ..Fault::other(message, hint).because(CauseKind::DamagedText) });
    }
    let (text, _, faulty) = guess.decode(bytes);
    if faulty || text.contains('\0') {
        let message = format!("expected text in {}, found other bytes", guess.name());
        return Err(Fault::other(message, "save the file as UTF-8 text, or as .xlsx").because(CauseKind::DamagedText));
    }
    Ok(text.into_owned())
}

/// The places in a text that are no UTF-8.
#[derive(Debug, PartialEq, Eq)]
struct Damage {
    /// The line of the first place, from 1.
    line: usize,
    /// How many places there are.
    places: usize,
    /// How many letters beyond ASCII are sound.
    sound: usize,
}

impl Damage {
    /// The damage in a text; `None` when all of it is UTF-8.
    fn of(bytes: &[u8]) -> Option<Self> {
        let mut damage = Self { line: 1, places: 0, sound: 0 };
        for chunk in bytes.utf8_chunks() {
            damage.sound += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
            if damage.places == 0 {
                damage.line += breaks(chunk.valid());
            }
            damage.places += usize::from(!chunk.invalid().is_empty());
        }
        (damage.places > 0).then_some(damage)
    }
}

/// Whether most of every second byte, from `offset` on, is the upper half of a Latin, Greek or Cyrillic letter in UTF-16.
fn upper_halves(bytes: &[u8], offset: usize) -> bool {
    let (all, upper) =
        bytes.iter().skip(offset).step_by(2).fold((0, 0), |(all, upper), &byte| (all + 1, upper + usize::from(byte <= 0x05)));
    all > 0 && upper * 2 > all
}

#[cfg(test)]
mod tests {
    use encoding_rs::WINDOWS_1251;

    use super::*;

    fn script(headers: &[&str]) -> Script {
        Script {
            encoding: WINDOWS_1251,
            headers: Arc::new(headers.iter().map(|header| fold_header(header)).collect()),
            ignored: Vec::new(),
        }
    }

    /// The rows of a table with the headers `no`, `name` and `staff`, or what is wrong with it.
    fn rows(text: &str) -> Result<Vec<Vec<String>>, String> {
        let sheets = table(text.as_bytes(), &script(&["no", "name", "staff"])).map_err(|fault| fault.message)?;
        Ok(sheets[0].rows.iter().map(|cells| cells.iter().map(Raw::text).collect()).collect())
    }

    #[test]
    fn what_stands_in_columns_that_nobody_needs_is_not_kept() {
        let script =
            Script { ignored: vec![Pattern::of_header("Share *"), Pattern::of_header("N*")], ..script(&["Name", "Count"]) };
        let sheets = table("Title\nName,Share of it,Count\nA,1,2\nB,3,4\nC,5,6\nD,7,8\n".as_bytes(), &script).expect("a table");
        let texts: Vec<Vec<String>> = sheets[0].rows.iter().map(|cells| cells.iter().map(Raw::text).collect()).collect();
        let kept = [
            vec!["Title"],
            vec!["Name", "Share of it", "Count"],
            vec!["A", "1", "2"],
            vec!["B", "3", "4"],
            vec!["C", "5", "6"],
            vec!["D", "", "8"],
        ];
        assert_eq!(texts, kept);
    }

    #[test]
    fn utf_16_is_known_without_a_mark() {
        for text in ["a,b\n1,2\n", "Ұйым;Саны\nҚостанай;12\n"] {
            let units: Vec<u16> = text.encode_utf16().collect();
            let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
            assert_eq!(decode(&little, WINDOWS_1251).ok().as_deref(), Some(text));
            assert_eq!(decode(&big, WINDOWS_1251).ok().as_deref(), Some(text));
            assert_eq!(decode(text.as_bytes(), WINDOWS_1251).ok().as_deref(), Some(text));
        }
    }

    #[test]
    fn a_few_bad_bytes_are_named_and_another_encoding_is_read() {
        let text = "Ұйым;Саны\r\nҚостанай;12\r\nАлматы;7\r\n";
        let mut torn = text.as_bytes().to_vec();
        let place = memchr::memmem::find(&torn, "лматы".as_bytes()).expect("it is there");
        torn[place] = b'?';
        let fault = decode(&torn, WINDOWS_1251).expect_err("a letter is torn");
        assert_eq!((fault.message.as_str(), fault.line), ("expected text in UTF-8, found a letter that is none", Some(2)));
        for text in ["Организация;Число\nРи РІ Сі;12\n", "caf\u{e9}", "№ 5\n"] {
            let text = text.replace('\u{e9}', "й");
            assert_eq!(decode(&WINDOWS_1251.encode(&text).0, WINDOWS_1251).ok(), Some(text));
        }
        assert!(decode(b"a,b\n1,\xFF\n", UTF_8).is_err_and(|fault| fault.line == Some(1)));
    }

    #[test]
    fn the_separator_is_the_one_of_the_headers() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let names = row(["No", "Name", "Staff"]);
        for (text, second) in [
            ("No;Name;Staff\n1;a, b, c, d, e;5\n2;a, b, c, d, e;5\n", row(["1", "a, b, c, d, e", "5"])),
            ("No;Name;Staff\n1;\"a, b; c, d, e\";5\n", row(["1", "a, b; c, d, e", "5"])),
            ("No,Name,Staff\n1,a;b;c;d;e;f,5\n", row(["1", "a;b;c;d;e;f", "5"])),
            ("No\tName\tStaff\n1\ta, b | c; d, e\t2,5\n", row(["1", "a, b | c; d, e", "2,5"])),
            ("No|Name|Staff\n1|a|5\n", row(["1", "a", "5"])),
        ] {
            assert_eq!(rows(text).map(|rows| rows[..2].to_vec()), Ok(vec![names.clone(), second]), "{text}");
        }
        let unknown = rows("title\na;b\n1;2\n3;4\n").expect("it can be read");
        assert_eq!(unknown[1], ["a", "b"]);
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_program_shows_them() {
        let read = rows("\r\nNo,Name,Staff\r\n1,\"a\r\nb\",5\r\r\r\n2,c,6").expect("it can be read");
        let texts: Vec<String> = read.iter().map(|cells| cells.join("|")).collect();
        assert_eq!(texts, ["", "No|Name|Staff", "1|a\r\nb|5", "", "", "2|c|6"]);
    }

    #[test]
    fn a_quote_that_takes_in_other_cells_is_found_where_it_opens() {
        for (text, expected) in [
            ("1,\"a,5\n2,b\",6\n", "opens in line 2 and takes in"),
            ("1,\"a,5\n2,b,6\n3,c\" d,7\n", "opens in line 2 and takes in"),
            ("1,a,5\n2,\"b\" c,\"6\n3,\"d\",7\n", "opens in line 3 and takes in"),
            ("1,\"a, \"b\",5\n", "opens in line 2 and takes in"),
            ("1,a,\"5\n2\",b,6\n", "opens in line 2 and takes in"),
            ("1,\"a\nb\",5\n2,\"c,6\n", "opens in line 4 and never ends"),
            ("\"\"\"", "opens in line 2 and never ends"),
        ] {
            let fault = rows(&format!("No,Name,Staff\n{text}")).expect_err("a quote is astray");
            assert!(fault.contains(expected), "{text}: {fault}");
        }
    }

    #[test]
    fn quotes_that_belong_to_a_text_stay_in_it() {
        for (cell, expected) in [
            ("a \"b\" c", "a \"b\" c"),
            ("5\" pipe", "5\" pipe"),
            ("\"a\" b", "\"a\" b"),
            ("\"a \"\"b\"\"\"", "a \"b\""),
            ("\"a, b\" ", "a, b"),
            ("\"a,\nb\"", "a,\nb"),
            ("\"\"", ""),
        ] {
            let read = rows(&format!("No,Name,Staff\n1,{cell},5\n"));
            assert_eq!(read.map(|rows| rows[1][1].clone()).as_deref(), Ok(expected), "{cell}");
        }
    }
}
