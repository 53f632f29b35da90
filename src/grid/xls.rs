//! Workbooks of Excel 95 to 2003: a stream of records ([MS-XLS]) in, sheets out.
//!
//! Cells are taken as they come, so a stray one in the last corner costs nothing. Of formulas only the results are read.

use encoding_rs::Encoding;

use super::compound;
use super::fault::Fault;
use super::format::{self, Shown, built_in, far_eastern, shown};
use super::merges::Merge;
use super::raw::Raw;
use super::records::{Fields, Record, Records, Text};
use super::rich::Font;
use super::sheet::{Cells, Sheet};

mod kind {
    //! Kinds of records. There are several for formulas, since some programs use those of older versions.
    pub const BEGIN: u16 = 0x0809;
    pub const END: u16 = 0x000A;
    pub const FILE_PASS: u16 = 0x002F;
    pub const CODE_PAGE: u16 = 0x0042;
    pub const DATE_MODE: u16 = 0x0022;
    pub const FONT: u16 = 0x0031;
    pub const FORMAT: u16 = 0x041E;
    pub const CELL_FORMAT: u16 = 0x00E0;
    pub const SHEET: u16 = 0x0085;
    pub const SHARED_TEXTS: u16 = 0x00FC;
    pub const CALCULATION: u16 = 0x01C1;
    pub const NUMBER: u16 = 0x0203;
    pub const SHORT_NUMBER: u16 = 0x027E;
    pub const SHORT_NUMBERS: u16 = 0x00BD;
    pub const LABEL: u16 = 0x0204;
    pub const RICH_LABEL: u16 = 0x00D6;
    pub const SHARED_LABEL: u16 = 0x00FD;
    pub const FLAG_OR_ERROR: u16 = 0x0205;
    pub const FORMULA: u16 = 0x0006;
    pub const FORMULA_3: u16 = 0x0206;
    pub const FORMULA_4: u16 = 0x0406;
    pub const FORMULA_TEXT: u16 = 0x0207;
    pub const MERGED: u16 = 0x00E5;
}

/// The first record of workbooks from before 1995, whose structure is another.
const ANCIENT: [u16; 3] = [0x0009, 0x0209, 0x0409];

/// Whether a file is the bare stream of an old workbook; some programs wrote it without a compound file around it.
pub fn is_stream(bytes: &[u8]) -> bool {
    Records { rest: bytes }.next().is_some_and(|record| record.kind == kind::BEGIN || ANCIENT.contains(&record.kind))
}

/// Reads `.xls`; `encoding` is used for texts where the workbook names none.
pub fn read(bytes: &[u8], encoding: &'static Encoding) -> Result<Vec<Sheet>, Fault> {
    if is_stream(bytes) {
        return sheets(bytes, encoding);
    }
    let stream = compound::stream(bytes, &["workbook", "book"]).ok_or_else(Fault::damaged)?;
    sheets(&stream, encoding)
}

fn sheets(stream: &[u8], encoding: &'static Encoding) -> Result<Vec<Sheet>, Fault> {
    let book = Book::read(stream, encoding)?;
    let tables = book.sheets.iter().filter(|entry| entry.is_table);
    tables.map(|entry| book.sheet(entry, stream.get(entry.place..).unwrap_or_default())).collect()
}

/// Whether the results of formulas were computed. Libraries that do not compute store blanks or zeros, to be computed when the workbook is
/// opened. A program that computes leaves its number (2.4.215), a result, or notes of its own.
fn is_computed(stream: &[u8]) -> bool {
    (Records { rest: stream }).any(|record| {
        let computed = match record.kind {
            kind::CALCULATION => record.data.get(4..8).map(|engine| engine != [0; 4]),
            kind::FORMULA | kind::FORMULA_3 | kind::FORMULA_4 => has_result(&mut record.fields()),
            _ => None,
        };
        computed == Some(true)
    })
}

/// Whether a program that computes has written this formula.
fn has_result(fields: &mut Fields<'_>) -> Option<bool> {
    const WHEN_OPENED: u16 = 0x0002;
    let (_, _, result) = (fields.place()?, fields.u16()?, fields.bytes::<8>()?);
    let (flags, notes) = (fields.u16()?, fields.u32()?);
    let is_result = match result {
        [3, .., 0xFF, 0xFF] => false,
        [0, 0, 0, 0, 0, 0, 0, 0] => flags & WHEN_OPENED == 0,
        _ => true,
    };
    Some(is_result || notes != 0)
}

/// What the first part of the stream tells of the whole workbook.
struct Book {
    /// Whether texts are Unicode, as since 1997; else they are in `encoding`.
    unicode: bool,
    encoding: &'static Encoding,
    /// Whether days are counted from 1904 on.
    since_1904: bool,
    texts: Vec<Text>,
    fonts: Vec<Font>,
    /// For each format of cells, by its number: what numbers are shown as, and the font.
    formats: Vec<(Shown, Font)>,
    /// Whether the results of formulas were computed.
    computed: bool,
    sheets: Vec<Entry>,
}

/// A sheet in the list of sheets.
struct Entry {
    name: String,
    place: usize,
    hidden: bool,
    /// Whether it is a table, and no chart, macro or module.
    is_table: bool,
}

impl Book {
    fn read(stream: &[u8], encoding: &'static Encoding) -> Result<Self, Fault> {
        let mut records = Records { rest: stream };
        let first = records.next().ok_or_else(Fault::damaged)?;
        if ANCIENT.contains(&first.kind) {
            return Err(Fault::ancient());
        }
        let version = first.fields().u16().filter(|_| first.kind == kind::BEGIN).ok_or_else(Fault::damaged)?;
        if version < 0x0500 {
            return Err(Fault::ancient());
        }
        let mut book = Self {
            unicode: version != 0x0500,
            encoding,
            since_1904: false,
            texts: Vec::new(),
            fonts: Vec::new(),
            formats: Vec::new(),
            computed: is_computed(stream),
            sheets: Vec::new(),
        };
        let (mut codes, mut cells) = (Vec::new(), Vec::new());
        for record in records {
            let mut fields = record.fields();
            let understood = match record.kind {
                kind::FILE_PASS => return Err(Fault::encrypted()),
                kind::CODE_PAGE => {
                    let page = fields.u16().ok_or_else(Fault::damaged)?;
                    match encoding_of(page) {
                        Some(known) => book.encoding = known,
                        None if book.unicode || OF_NO_LETTERS.contains(&page) => {}
                        None => return Err(Fault::unknown_letters(page)),
                    }
                    Some(())
                }
                kind::DATE_MODE => fields.u16().map(|mode| book.since_1904 = mode == 1),
                kind::FORMAT => {
                    // Some programs count the letters of a format wrong; cells of a format that cannot be read hold plain numbers.
                    codes.extend(book.format(&mut fields));
                    Some(())
                }
                kind::CELL_FORMAT => fields.u16().zip(fields.u16()).map(|look| cells.push(look)),
                kind::FONT => {
                    book.font(&mut fields);
                    Some(())
                }
                kind::SHEET => book.entry(&mut fields).map(|entry| book.sheets.push(entry)),
                kind::SHARED_TEXTS => book.shared_texts(&mut fields),
                kind::END => {
                    let by_code =
                        |id| codes.iter().rev().find(|(code, _)| *code == id).map(|(_, shown): &(u16, Shown)| shown.clone());
                    let format = |id| built_in(id).or_else(|| by_code(id)).unwrap_or_else(|| far_eastern(id));
                    let font = |font: u16| book.fonts.get(usize::from(font)).copied().unwrap_or_default();
                    book.formats = cells.into_iter().map(|(of, id)| (format(id), font(of))).collect();
                    return Ok(book);
                }
                _ => Some(()),
            };
            understood.ok_or_else(Fault::damaged)?;
        }
        Err(Fault::damaged())
    }

    /// Adds a font. No font has the number 4 ([MS-XLS] 2.5.129).
    fn font(&mut self, fields: &mut Fields<'_>) {
        if self.fonts.len() == 4 {
            self.fonts.push(Font::default());
        }
        // Its size, flags, colour, weight and level.
        let [_, flags, _, _, level] = [(); 5].map(|()| fields.u16().unwrap_or(0));
        self.fonts.push(Font::of_record(flags, level));
    }

    fn format(&self, fields: &mut Fields<'_>) -> Option<(u16, Shown)> {
        let id = fields.u16()?;
        let code = if self.unicode { self.text(fields)? } else { self.short_text(fields)? };
        Some((id, shown(&code)))
    }

    fn entry(&self, fields: &mut Fields<'_>) -> Option<Entry> {
        let (place, state, sort) = (fields.u32()? as usize, fields.u8()?, fields.u8()?);
        let name = self.short_text(fields)?.replace('\0', "");
        Some(Entry { name, place, hidden: state & 3 != 0, is_table: sort == 0 })
    }

    fn shared_texts(&mut self, fields: &mut Fields<'_>) -> Option<()> {
        let (_, count) = (fields.u32()?, fields.u32()?);
        for _ in 0..count {
            // Some programs count more texts than they write.
            let Some(text) = fields.rich_text() else { break };
            self.texts.push(text);
        }
        Some(())
    }

    /// A text whose length stands in one byte.
    fn short_text(&self, fields: &mut Fields<'_>) -> Option<String> {
        let count = usize::from(fields.u8()?);
        self.text_of(fields, count)
    }

    /// A text whose length stands in two bytes.
    fn text(&self, fields: &mut Fields<'_>) -> Option<String> {
        let count = usize::from(fields.u16()?);
        self.text_of(fields, count)
    }

    /// A text with fonts in its own cell. Before 1997 fonts begin at bytes, and one byte tells how many there are.
    fn rich_label(&self, fields: &mut Fields<'_>) -> Option<Text> {
        if self.unicode {
            let text = self.text(fields)?;
            let count = fields.u16().unwrap_or(0);
            let runs = (0..count).map_while(|_| fields.u16().zip(fields.u16())).collect();
            return Some(Text { text, runs });
        }
        let count = usize::from(fields.u16()?);
        let bytes = fields.data.get(..count)?;
        let text = self.text_of(fields, count)?;
        let before = |start: u8| {
            let (text, _) = self.encoding.decode_without_bom_handling(bytes.get(..usize::from(start)).unwrap_or(bytes));
            text.encode_utf16().count() as u16
        };
        let count = fields.u8().unwrap_or(0);
        let runs = (0..count).map_while(|_| Some((before(fields.u8()?), u16::from(fields.u8()?)))).collect();
        Some(Text { text, runs })
    }

    fn text_of(&self, fields: &mut Fields<'_>, count: usize) -> Option<String> {
        if self.unicode {
            // An empty text may end before it says how wide its letters are.
            let wide = if count == 0 { false } else { fields.u8()? & 1 != 0 };
            return fields.letters(count, wide);
        }
        let bytes = fields.data.get(..count)?;
        fields.skip(count)?;
        Some(self.encoding.decode_without_bom_handling(bytes).0.into_owned())
    }

    fn sheet(&self, entry: &Entry, stream: &[u8]) -> Result<Sheet, Fault> {
        let mut table = Table::default();
        // Charts on the sheet are streams within it, with cells of their own.
        let mut depth = 0;
        for record in (Records { rest: stream }) {
            match record.kind {
                kind::BEGIN => depth += 1,
                kind::END if depth == 1 => return table.cells.into_sheet(&entry.name, entry.hidden, table.merged),
                kind::END => depth -= 1,
                _ if depth == 1 => self.cell(&record, &mut table).ok_or_else(Fault::damaged)?,
                // A sheet begins with a record that says so.
                _ if depth == 0 => break,
                _ => {}
            }
        }
        Err(Fault::damaged())
    }

    fn cell(&self, record: &Record<'_>, table: &mut Table) -> Option<()> {
        let mut fields = record.fields();
        let Table { cells, merged, formula } = table;
        match record.kind {
            kind::NUMBER => {
                let (place, format) = (fields.place()?, fields.u16()?);
                cells.put(place, self.number(fields.f64()?, format));
            }
            kind::SHORT_NUMBER => {
                let (place, format) = (fields.place()?, fields.u16()?);
                cells.put(place, self.number(fields.short_number()?, format));
            }
            kind::SHORT_NUMBERS => {
                let (row, first) = fields.place()?;
                // The last column stands behind the numbers.
                for column in (first..).take(record.data.len().checked_sub(6)? / 6) {
                    let format = fields.u16()?;
                    cells.put((row, column), self.number(fields.short_number()?, format));
                }
            }
            kind::LABEL => {
                let (place, format) = (fields.place()?, fields.u16()?);
                cells.put(place, self.look(Raw::Text(self.text(&mut fields)?), format));
            }
            kind::RICH_LABEL => {
                let (place, format) = (fields.place()?, fields.u16()?);
                cells.put(place, self.rich_label(&mut fields)?.raw(self.font_of(format), &self.fonts));
            }
            kind::SHARED_LABEL => {
                let (place, format) = (fields.place()?, fields.u16()?);
                let text = self.texts.get(fields.u32()? as usize)?;
                cells.put(place, text.raw(self.font_of(format), &self.fonts));
            }
            kind::FLAG_OR_ERROR => {
                let (place, format) = (fields.place()?, fields.u16()?);
                let value = fields.u8()?;
                let raw = if fields.u8()? == 0 { Raw::Bool(value != 0) } else { error(value) };
                cells.put(place, self.look(raw, format));
            }
            kind::FORMULA | kind::FORMULA_3 | kind::FORMULA_4 => {
                let (place, format) = (fields.place()?, fields.u16()?);
                *formula = (place, format);
                cells.put(place, self.result(fields.bytes()?, format));
            }
            kind::FORMULA_TEXT => {
                let (place, format) = *formula;
                cells.put(place, self.look(Raw::Text(self.text(&mut fields)?), format));
            }
            kind::MERGED => {
                for _ in 0..fields.u16()? {
                    let [first_row, last_row, first_column, last_column] =
                        [fields.u16()?, fields.u16()?, fields.u16()?, fields.u16()?].map(u32::from);
                    if first_row <= last_row && first_column <= last_column {
                        merged.push(Merge { first_row, first_column, last_row, last_column });
                    }
                }
            }
            _ => {}
        }
        Some(())
    }

    fn number(&self, number: f64, format: u16) -> Raw {
        let shown = self.formats.get(usize::from(format)).map_or(&Shown::Number, |(shown, _)| shown);
        self.look(format::number(number, shown, self.since_1904), format)
    }

    fn font_of(&self, format: u16) -> Font {
        self.formats.get(usize::from(format)).map(|(_, font)| *font).unwrap_or_default()
    }

    /// A value in the font of its cell.
    fn look(&self, raw: Raw, format: u16) -> Raw {
        self.font_of(format).look(raw)
    }

    /// The stored result of a formula.
    fn result(&self, bytes: [u8; 8], format: u16) -> Raw {
        match bytes {
            _ if !self.computed => Raw::Stale,
            // A record with the text follows; until it comes, the formula has no value.
            [0, .., 0xFF, 0xFF] => Raw::Stale,
            [1, _, flag, .., 0xFF, 0xFF] => self.look(Raw::Bool(flag != 0), format),
            [2, _, code, .., 0xFF, 0xFF] => error(code),
            [3, .., 0xFF, 0xFF] => Raw::Empty,
            number => self.number(f64::from_le_bytes(number), format),
        }
    }
}

/// A sheet that is being read.
#[derive(Default)]
struct Table {
    cells: Cells,
    merged: Vec<Merge>,
    /// The place of the last formula, and its format.
    formula: ((u32, u32), u16),
}

fn error(code: u8) -> Raw {
    let sign = match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        0x2A => "#N/A",
        _ => "#ERROR!",
    };
    Raw::Error(sign.to_owned())
}

/// Code pages that tell nothing of letters beyond ASCII: none, ASCII, and that of Unicode.
const OF_NO_LETTERS: [u16; 4] = [0, 367, 1200, 20127];

/// The encoding of a code page of Windows, DOS or Macintosh.
fn encoding_of(page: u16) -> Option<&'static Encoding> {
    match page {
        866 => Some(encoding_rs::IBM866),
        874 => Some(encoding_rs::WINDOWS_874),
        932 => Some(encoding_rs::SHIFT_JIS),
        936 => Some(encoding_rs::GBK),
        949 => Some(encoding_rs::EUC_KR),
        950 => Some(encoding_rs::BIG5),
        1250..=1258 => Encoding::for_label(format!("windows-{page}").as_bytes()),
        10000 | 32768 => Some(encoding_rs::MACINTOSH),
        10007 => Some(encoding_rs::X_MAC_CYRILLIC),
        32769 => Some(encoding_rs::WINDOWS_1252),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::WINDOWS_1251;

    use super::super::records;
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
    }

    fn words(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// A text of letters in one byte each, with the length in front.
    fn narrow(text: &str) -> Vec<u8> {
        [&[text.len() as u8, 0, 0][..], text.as_bytes()].concat()
    }

    /// A workbook of one sheet: its version, and what stands in its head and on its sheet.
    fn workbook(version: u16, head: &[Vec<u8>], cells: &[Vec<u8>]) -> Vec<u8> {
        let begin = |kind: u16| record(kind::BEGIN, &words(&[version, kind, 0, 0]));
        let end = record(kind::END, &[]);
        let name: &[u8] = if version == 0x0500 { b"\x01S" } else { b"\x01\0S" };
        let entry = |place: u32| record(kind::SHEET, &[&place.to_le_bytes()[..], &[1, 0], name].concat());
        let head = [begin(5), head.concat()].concat();
        let place = (head.len() + entry(0).len() + end.len()) as u32;
        [head, entry(place), end.clone(), begin(0x10), cells.concat(), end].concat()
    }

    fn sheet(version: u16, head: &[Vec<u8>], cells: &[Vec<u8>]) -> Sheet {
        let mut sheets = read(&workbook(version, head, cells), WINDOWS_1251).expect("it can be read");
        assert_eq!(sheets.len(), 1);
        sheets.remove(0)
    }

    /// The row of cells of a workbook of 1997.
    fn row(head: &[Vec<u8>], cells: &[Vec<u8>]) -> Vec<Raw> {
        sheet(0x0600, head, cells).rows.remove(0)
    }

    fn number(column: u16, format: u16, number: f64) -> Vec<u8> {
        record(kind::NUMBER, &[words(&[0, column, format]), number.to_le_bytes().to_vec()].concat())
    }

    fn formula(kind: u16, column: u16, result: [u8; 8]) -> Vec<u8> {
        record(kind, &[words(&[0, column, 0]), result.to_vec(), vec![0; 6]].concat())
    }

    fn text(text: &str) -> Raw {
        Raw::Text(text.to_owned())
    }

    #[test]
    fn letters_since_1997_are_unicode_whatever_the_code_page() {
        let label = |column: u16, text: &[u8]| record(kind::LABEL, &[&words(&[0, column, 0])[..], text].concat());
        let cyrillic: Vec<u8> = "Ұйым".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cells = [label(0, &narrow("Staff")), label(1, &[&[4, 0, 1][..], &cyrillic].concat())];
        for page in [1200, 1251, 1252, 9999] {
            assert_eq!(row(&[record(kind::CODE_PAGE, &words(&[page]))], &cells), [text("Staff"), text("Ұйым")]);
        }
    }

    #[test]
    fn letters_before_1997_are_those_of_the_code_page_or_of_the_programme() {
        let label = record(kind::LABEL, &[&words(&[0, 0, 0, 3])[..], &[0xF7, 0xE0, 0xF1]].concat());
        let rows = |head: &[Vec<u8>]| sheet(0x0500, head, std::slice::from_ref(&label)).rows;
        assert_eq!(rows(&[]), [[text("час")]]);
        assert_eq!(rows(&[record(kind::CODE_PAGE, &words(&[1252]))]), [[text("÷àñ")]]);
        assert_eq!(rows(&[record(kind::CODE_PAGE, &words(&[367]))]), [[text("час")]]);
        let unknown = workbook(0x0500, &[record(kind::CODE_PAGE, &words(&[10029]))], &[]);
        let fault = read(&unknown, WINDOWS_1251).expect_err("nobody knows its letters");
        assert!(fault.message.ends_with("code page 10029"), "{}", fault.message);
    }

    #[test]
    fn numbers_are_shown_by_the_formats_of_the_workbook() {
        let format = |id: u16, code: &str| record(kind::FORMAT, &[words(&[id]), narrow(code)].concat());
        let cell = |id: u16| record(kind::CELL_FORMAT, &words(&[0, id]));
        // Some programs take numbers that mean a day in the Far East for formats of their own.
        let head = [format(50, "0.0"), format(164, "dd.mm.yyyy"), cell(0), cell(50), cell(10), cell(164), cell(51), cell(46)];
        let cells: Vec<Vec<u8>> = (0..6).map(|format| number(format, format, 45_935.25)).collect();
        let day = || Raw::Date("2025-10-05T06:00:00".into());
        let (plain, percent) = (Raw::Number(45_935.25), Raw::Percent(45_935.25));
        assert_eq!(row(&head, &cells), [plain.clone(), plain, percent, day(), day(), Raw::Date("1102446:00:00".into())]);
    }

    #[test]
    fn what_a_font_strikes_out_is_told() {
        let font = |flags: u16| record(kind::FONT, &words(&[200, flags]));
        let look = |font: u16| record(kind::CELL_FORMAT, &words(&[font, 0]));
        // The first text has a font of its own from its second letter on; no font has the number 4.
        let rich = [&[2, 0, 8, 2, 0][..], b"12", &words(&[0, 5, 1, 0])].concat();
        let shared = record(kind::SHARED_TEXTS, &[&[2, 0, 0, 0, 2, 0, 0, 0][..], &rich, &narrow("34")].concat());
        let head = [font(0), font(0), font(0), font(0), font(8), look(0), look(5), shared];
        let label = |column: u16, look: u16, text: u16| record(kind::SHARED_LABEL, &words(&[0, column, look, text, 0]));
        let struck = |text: &str| Raw::Struck(text.to_owned());
        let cells = [label(0, 0, 0), label(1, 0, 1), label(2, 1, 1), number(3, 1, 5.0), number(4, 0, 5.0)];
        assert_eq!(row(&head, &cells), [struck("12"), text("34"), struck("34"), struck("5"), Raw::Number(5.0)]);
    }

    #[test]
    fn parts_that_a_font_strikes_out_are_told_before_1997_too() {
        let font = |flags: u16| record(kind::FONT, &words(&[200, flags]));
        let head = |page: u16| vec![record(kind::CODE_PAGE, &words(&[page])), font(0), font(8)];
        let label =
            |text: &[u8], runs: &[u8]| record(kind::RICH_LABEL, &[&words(&[0, 0, 0, text.len() as u16]), text, runs].concat());
        let first = |page: u16, label: Vec<u8>| sheet(0x0500, &head(page), &[label]).rows.remove(0).remove(0);
        let struck = |text: &str| Raw::Struck(text.to_owned());
        assert_eq!(first(1251, label(b"12 \xF7", &[2, 0, 1, 2, 0])), struck("12 ч"));
        assert_eq!(first(1251, label(b"12 \xF7", &[2, 0, 0, 3, 1])), struck("12 ч"));
        assert_eq!(first(1251, label(b"12 \xF7", &[1, 2, 0])), text("12 ч"));
        assert_eq!(first(1251, label(b"12 \xF7", &[1, 2])), text("12 ч"));
        // Fonts begin at bytes: the third one is the second letter, a blank.
        assert_eq!(first(932, label(b"\x93\xFA 1", &[2, 2, 1, 3, 0])), text("日 1"));
        let wide = record(kind::RICH_LABEL, &[words(&[0, 0, 0]), narrow("12"), words(&[1, 1, 1])].concat());
        assert_eq!(row(&head(1251), &[wide]), [struck("12")]);
    }

    #[test]
    fn parts_that_a_font_raises_or_lowers_stay_so() {
        let font = |level: u16| record(kind::FONT, &words(&[200, 0, 0, 400, level]));
        let head = |page: u16| vec![record(kind::CODE_PAGE, &words(&[page])), font(0), font(1), font(2)];
        let shared = |text: &str, runs: &[u16]| {
            let rich = [&[text.len() as u8, 0, 8, (runs.len() / 2) as u8, 0][..], text.as_bytes(), &words(runs)].concat();
            record(kind::SHARED_TEXTS, &[&[1, 0, 0, 0, 1, 0, 0, 0][..], &rich].concat())
        };
        let label = record(kind::SHARED_LABEL, &words(&[0, 0, 0, 0, 0]));
        for (written, runs, expected) in [("301", &[2, 1][..], "30¹"), ("H2O", &[1, 2, 2, 0], "H₂O"), ("12", &[0, 1], "12")] {
            let head = [head(1251), vec![shared(written, runs)]].concat();
            assert_eq!(row(&head, std::slice::from_ref(&label)), [text(expected)]);
        }
        let old = record(kind::RICH_LABEL, &[&words(&[0, 0, 0, 3])[..], b"301", &[1, 2, 1]].concat());
        assert_eq!(sheet(0x0500, &head(1251), &[old]).rows, [[text("30¹")]]);
    }

    #[test]
    fn short_numbers_are_whole_or_not_and_hundredths_or_not() {
        let short = |bits: u32| [words(&[0]), bits.to_le_bytes().to_vec()].concat();
        let half = (0.5_f64.to_bits() >> 32) as u32;
        let numbers = [short(7 << 2 | 2), short(725 << 2 | 3), short(half), short(half | 1), short((-3_i32 << 2) as u32 | 2)];
        let several = record(kind::SHORT_NUMBERS, &[words(&[0, 0]), numbers.concat(), words(&[4])].concat());
        assert_eq!(row(&[], &[several]), [7.0, 7.25, 0.5, 0.005, -3.0].map(Raw::Number));
    }

    #[test]
    fn results_of_formulas_are_told() {
        let long = "x".repeat(9_000);
        let cells = [
            formula(kind::FORMULA, 0, 12.0_f64.to_le_bytes()),
            formula(kind::FORMULA_4, 1, [1, 0, 1, 0, 0, 0, 0xFF, 0xFF]),
            formula(kind::FORMULA, 2, [2, 0, 0x17, 0, 0, 0, 0xFF, 0xFF]),
            formula(kind::FORMULA, 3, [0, 0, 0, 0, 0, 0, 0xFF, 0xFF]),
            formula(kind::FORMULA_3, 4, [0, 0, 0, 0, 0, 0, 0xFF, 0xFF]),
            record(kind::FORMULA_TEXT, &[&words(&[9_000])[..], b"\0", &long.as_bytes()[..4_000]].concat()),
            record(records::CONTINUE, &[b"\0", &long.as_bytes()[4_000..]].concat()),
            record(kind::FLAG_OR_ERROR, &[words(&[0, 5, 0]), vec![0x2A, 1]].concat()),
        ];
        let error = |sign: &str| Raw::Error(sign.to_owned());
        assert_eq!(
            row(&[], &cells),
            [Raw::Number(12.0), Raw::Bool(true), error("#REF!"), Raw::Stale, text(&long), error("#N/A")]
        );
    }

    #[test]
    fn results_that_no_program_has_computed_are_none() {
        let formula = |column: u16, result: [u8; 8], flags: u16, notes: u16| {
            record(kind::FORMULA, &[words(&[0, column, 0]), result.to_vec(), words(&[flags, notes, 0])].concat())
        };
        let (blank, zero) = ([3, 0, 0, 0, 0, 0, 0xFF, 0xFF], [0; 8]);
        let engine = |number: u16| vec![record(kind::CALCULATION, &words(&[0x01C1, 0, number, 0]))];
        let both = |flags: u16, notes: u16| [formula(0, zero, flags, notes), formula(1, blank, flags, notes)];
        let stale = [Raw::Stale, Raw::Stale];
        assert_eq!(row(&[], &both(2, 0)), stale);
        assert_eq!(row(&[], &both(3, 0)), stale);
        assert_eq!(row(&engine(0), &both(2, 0)), stale);
        assert_eq!(row(&[], &[formula(0, blank, 0, 0)]), [Raw::Stale]);
        let computed = [Raw::Number(0.0)];
        assert_eq!(row(&engine(7), &both(2, 0)), computed);
        assert_eq!(row(&[], &both(0, 0)), computed);
        assert_eq!(row(&[], &both(2, 9)), computed);
        // One result tells that the others were computed too.
        let other = [both(2, 0).to_vec(), vec![formula(2, 5.0_f64.to_le_bytes(), 2, 0)]].concat();
        assert_eq!(row(&[], &other), [Raw::Number(0.0), Raw::Empty, Raw::Number(5.0)]);
    }

    #[test]
    fn shared_texts_go_on_in_the_next_record() {
        let first = [&[2, 0, 0, 0, 2, 0, 0, 0][..], &[4, 0, 8, 1, 0], b"ab"].concat();
        // The rest of the first text comes in two bytes a letter, and the mark of its font follows.
        let rest = [&[1][..], &words(&[u16::from(b'c'), 0x049B]), &[0; 4], &narrow("d")].concat();
        let head = [record(kind::SHARED_TEXTS, &first), record(records::CONTINUE, &rest)];
        let label = |column: u16| record(kind::SHARED_LABEL, &words(&[0, column, 0, column, 0]));
        assert_eq!(row(&head, &[label(0), label(1)]), [text("abcқ"), text("d")]);
    }

    #[test]
    fn charts_on_a_sheet_are_passed_over_and_merged_cells_told() {
        let chart = [record(kind::BEGIN, &words(&[0x0600, 0x20, 0, 0])), number(5, 0, 1.0), record(kind::END, &[])].concat();
        let merged = record(kind::MERGED, &words(&[1, 0, 2, 0, 1]));
        let last = record(kind::NUMBER, &[words(&[2, 1, 0]), 2.0_f64.to_le_bytes().to_vec()].concat());
        let sheet = sheet(0x0600, &[], &[number(0, 0, 1.0), chart, merged, last]);
        let last = vec![Raw::Empty, Raw::Number(2.0)];
        assert_eq!(sheet.rows, [vec![Raw::Number(1.0)], Vec::new(), last]);
        assert_eq!(sheet.merged, [Merge { first_row: 0, first_column: 0, last_row: 2, last_column: 1 }]);
        assert!(sheet.hidden);
    }

    #[test]
    fn a_torn_workbook_is_a_fault_and_an_ancient_one_is_named() {
        let whole = workbook(0x0600, &[], &[number(0, 0, 1.0)]);
        for length in 0..whole.len() {
            assert!(read(&whole[..length], WINDOWS_1251).is_err(), "{length} bytes of {}", whole.len());
        }
        for kind in [ANCIENT.as_slice(), &[kind::BEGIN]].concat() {
            let fault = read(&record(kind, &[0; 6]), WINDOWS_1251).expect_err("it cannot be read");
            assert!(fault.message.ends_with("from before 1995"), "{}", fault.message);
        }
    }
}
