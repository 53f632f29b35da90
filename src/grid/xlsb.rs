//! `.xlsb`: calamine reads the cells. What it leaves out is read here from the same records: formats, merged cells, and fonts that strike
//! out, raise or lower.
//!
//! Records are those of [MS-XLSB]. Calamine refuses a whole workbook for one sheet that is no table, and knows only its own paths; so it is
//! given the parts under the names that it expects.

use std::io::{Cursor, Write};

use calamine::{DataRef, Reader, Xlsb};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::fault::Fault;
use super::format::{self, Shown, built_in, far_eastern, shown};
use super::merges::Merge;
use super::package::{Package, Relation, first};
use super::raw::Raw;
use super::rich::{Font, Text};
use super::sheet::{Cells, Names, Sheet};

mod kind {
    //! Kinds of records.
    pub const ROW: u16 = 0x0000;
    pub const ERROR: u16 = 0x0003;
    pub const TEXT: u16 = 0x0006;
    pub const SHARED: u16 = 0x0007;
    pub const FORMULA_TEXT: u16 = 0x0008;
    pub const FORMULA_NUMBER: u16 = 0x0009;
    pub const FORMULA_ERROR: u16 = 0x000B;
    pub const SHARED_TEXT: u16 = 0x0013;
    pub const FONT: u16 = 0x002B;
    pub const FORMAT: u16 = 0x002C;
    pub const CELL_FORMAT: u16 = 0x002F;
    pub const RICH_TEXT: u16 = 0x003E;
    pub const END_OF_CELLS: u16 = 0x0092;
    pub const CELLS: u16 = 0x0091;
    pub const SIZE: u16 = 0x0094;
    pub const END_OF_SHEETS: u16 = 0x0090;
    pub const PROPERTIES: u16 = 0x0099;
    pub const SHEET: u16 = 0x009C;
    pub const CALCULATION: u16 = 0x009D;
    pub const MERGED: u16 = 0x00B0;
    pub const CELL_FORMATS: u16 = 0x0269;
    pub const END_OF_CELL_FORMATS: u16 = 0x026A;
}

/// The paths that calamine expects.
const BOOK: &str = "xl/workbook.bin";
const RELATIONS: &str = "xl/_rels/workbook.bin.rels";
const TEXTS: &str = "xl/sharedStrings.bin";

/// Reads the workbook.
pub fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Fault> {
    let mut package = Package::open(bytes)?;
    let main = package.main()?;
    let main = if main.ends_with(".bin") { main } else { BOOK.to_owned() };
    let workbook = package.bytes(&main)?.ok_or_else(|| Fault::missing(&main))?;
    let relations = package.relations(&main)?;
    let part = |package: &mut Package<'_>, kind| match first(&relations, kind) {
        Some(path) => package.bytes(path)?.ok_or_else(|| Fault::missing(path)),
        None => Ok(Vec::new()),
    };
    let texts = part(&mut package, "sharedStrings")?;
    let styles = Styles::of(&part(&mut package, "styles")?);
    let runs: Vec<Vec<(u16, u16)>> = Records::of(&texts)
        .filter(|(kind, _)| *kind == kind::SHARED_TEXT)
        .map(|(_, text)| runs(text).unwrap_or_default())
        .collect();
    let listed = listed(&workbook, &relations)?;
    let mut tables = Vec::new();
    for entry in listed.entries {
        let bytes = package.bytes(&entry.path)?.ok_or_else(|| Fault::sheet_without_part(&entry.name))?;
        tables.push((Table::of(&bytes).ok_or_else(|| Fault::changed(&entry.path))?, entry));
    }
    // Programs that compute leave their number, or a result (2.4.315).
    let computed = listed.computed || tables.iter().any(|(table, _)| table.computed);
    let given = given(&texts, tables.iter().map(|(table, _)| table.bytes.as_slice())).map_err(|_| Fault::broken())?;
    let mut reader = Xlsb::new(Cursor::new(given)).map_err(|_| Fault::damaged())?;
    let (mut names, mut sheets) = (Names::default(), Vec::new());
    for (position, (table, entry)) in tables.into_iter().enumerate() {
        let mut values = reader.worksheet_cells_reader(&position.to_string()).map_err(|_| Fault::damaged())?;
        let mut cells = Cells::default();
        for look in &table.looks {
            let cell = values.next_cell().map_err(|_| Fault::damaged())?.ok_or_else(Fault::damaged)?;
            let raw = match look.formula && !computed {
                true => Raw::Stale,
                false => styles.raw(cell.get_value(), look, &runs, listed.since_1904),
            };
            cells.put(cell.get_position(), raw);
        }
        sheets.push(cells.into_sheet(&names.own(&entry.name), entry.hidden, table.merged)?);
    }
    Ok(sheets)
}

/// The records of a part, until it ends or makes no sense.
struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    fn of(part: &'a [u8]) -> Self {
        Self { rest: part }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    /// The kind and the contents of the next record; kind and length have seven bits a byte, the lowest first.
    fn next(&mut self) -> Option<(u16, &'a [u8])> {
        let mut number = |most: u32| {
            let mut number = 0_u32;
            for place in 0..most {
                let (&byte, rest) = self.rest.split_first()?;
                self.rest = rest;
                number |= u32::from(byte & 0x7F) << (7 * place);
                if byte & 0x80 == 0 {
                    break;
                }
            }
            Some(number)
        };
        let (kind, length) = (number(2)? as u16, number(4)? as usize);
        let (data, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some((kind, data))
    }
}

fn put(out: &mut Vec<u8>, kind: u16, data: &[u8]) {
    let mut number = |mut number: usize| loop {
        let byte = (number & 0x7F) as u8;
        number >>= 7;
        if number == 0 {
            out.push(byte);
            break;
        }
        out.push(byte | 0x80);
    };
    number(usize::from(kind));
    number(data.len());
    out.extend_from_slice(data);
}

fn u16_at(data: &[u8], place: usize) -> Option<u16> {
    data.get(place..)?.first_chunk::<2>().map(|two| u16::from_le_bytes(*two))
}

fn u32_at(data: &[u8], place: usize) -> Option<u32> {
    data.get(place..)?.first_chunk::<4>().map(|four| u32::from_le_bytes(*four))
}

/// A text that stands behind its length, and where it ends.
fn text_at(data: &[u8], place: usize) -> Option<(String, usize)> {
    let count = u32_at(data, place)? as usize;
    let end = count.checked_mul(2)?.checked_add(place + 4)?;
    let units: Vec<u16> = data.get(place + 4..end)?.as_chunks::<2>().0.iter().map(|two| u16::from_le_bytes(*two)).collect();
    Some((String::from_utf16_lossy(&units), end))
}

/// The fonts in a text: where each begins, and its number.
fn runs(text: &[u8]) -> Option<Vec<(u16, u16)>> {
    let rich = text.first()? & 1 != 0;
    let (_, end) = text_at(text, 1).filter(|_| rich)?;
    let count = u32_at(text, end)? as usize;
    let runs = text.get(end + 4..)?.as_chunks::<4>().0.iter().take(count);
    Some(
        runs.map(|&[start, start_high, font, font_high]| {
            (u16::from_le_bytes([start, start_high]), u16::from_le_bytes([font, font_high]))
        })
        .collect(),
    )
}

/// A sheet in the list of sheets.
struct Entry {
    name: String,
    hidden: bool,
    path: String,
}

/// What the workbook tells of its sheets.
#[derive(Default)]
struct Listed {
    /// Whether days are counted from 1904 on.
    since_1904: bool,
    /// Whether a program that computes has left its number.
    computed: bool,
    /// The sheets that are tables.
    entries: Vec<Entry>,
}

fn listed(workbook: &[u8], relations: &[Relation]) -> Result<Listed, Fault> {
    /// The length of a name that is missing: modules of old macros have no part of their own.
    const NONE: u32 = u32::MAX;
    let (mut listed, mut ended) = (Listed::default(), false);
    for (kind, data) in Records::of(workbook) {
        match kind {
            kind::PROPERTIES => listed.since_1904 = data.first().is_some_and(|flags| flags & 1 != 0),
            kind::SHEET if ended || u32_at(data, 8) == Some(NONE) => {}
            kind::SHEET => {
                let (state, id) = (u32_at(data, 0), text_at(data, 8));
                let (id, end) = id.ok_or_else(Fault::damaged)?;
                let (name, _) = text_at(data, end).ok_or_else(Fault::damaged)?;
                let relation = relations.iter().find(|relation| relation.id == id);
                let relation = relation.ok_or_else(|| Fault::sheet_without_part(&name))?;
                if relation.kind == "worksheet" {
                    listed.entries.push(Entry { name, hidden: matches!(state, Some(1 | 2)), path: relation.target.clone() });
                }
            }
            kind::END_OF_SHEETS => ended = true,
            kind::CALCULATION => listed.computed = u32_at(data, 0).is_some_and(|engine| engine != 0),
            _ => {}
        }
    }
    if ended { Ok(listed) } else { Err(Fault::damaged()) }
}

/// How a cell looks.
struct Look {
    style: usize,
    /// Whether its value is the result of a formula.
    formula: bool,
    /// The text that it shares with others.
    shared: Option<usize>,
    /// The fonts of a text of its own.
    runs: Vec<(u16, u16)>,
}

/// A sheet, prepared for calamine.
struct Table {
    /// The records of its cells only.
    bytes: Vec<u8>,
    /// The look of each cell that holds something, in their order.
    looks: Vec<Look>,
    /// Whether some formula has a result that only a program that computes writes: neither zero nor an empty text.
    computed: bool,
    merged: Vec<Merge>,
}

impl Table {
    /// Reads a part; `None` where the cells do not end.
    fn of(part: &[u8]) -> Option<Self> {
        let mut table = Self { bytes: Vec::with_capacity(part.len()), looks: Vec::new(), computed: false, merged: Vec::new() };
        put(&mut table.bytes, kind::SIZE, &[0; 16]);
        put(&mut table.bytes, kind::CELLS, &[]);
        let mut ended = false;
        for (kind, data) in Records::of(part) {
            match kind {
                kind::ROW if !ended => put(&mut table.bytes, kind, data),
                // All kinds of cells except blank ones.
                2..=kind::FORMULA_ERROR | kind::RICH_TEXT if !ended => table.cell(kind, data)?,
                kind::END_OF_CELLS => ended = true,
                kind::MERGED => {
                    let part = |place| u32_at(data, place);
                    let (first_row, last_row) = (part(0)?, part(4)?);
                    let (first_column, last_column) = (part(8)?, part(12)?);
                    if first_row <= last_row && first_column <= last_column {
                        table.merged.push(Merge { first_row, first_column, last_row, last_column });
                    }
                }
                _ => {}
            }
        }
        put(&mut table.bytes, kind::END_OF_CELLS, &[]);
        ended.then_some(table)
    }

    /// Takes a cell. A failed formula is changed into an error, and a text with fonts into one without, since calamine passes over both.
    fn cell(&mut self, kind: u16, data: &[u8]) -> Option<()> {
        /// The errors that calamine knows; any other error is given as a value that does not fit.
        const ERRORS: [u8; 8] = [0x00, 0x07, 0x0F, 0x17, 0x1D, 0x24, 0x2A, 0x2B];
        const VALUE: u8 = 0x0F;
        let (head, rest) = data.split_at_checked(8)?;
        let style = u32_at(head, 4)? & 0x00FF_FFFF;
        let formula = (kind::FORMULA_TEXT..=kind::FORMULA_ERROR).contains(&kind);
        let mut look = Look { style: style as usize, formula, shared: None, runs: Vec::new() };
        self.computed |= match kind {
            kind::FORMULA_TEXT => u32_at(rest, 0)? != 0,
            kind::FORMULA_NUMBER => rest.first_chunk::<8>()? != &[0; 8],
            _ => formula,
        };
        match kind {
            kind::ERROR | kind::FORMULA_ERROR => {
                let error = rest.first().copied().filter(|error| ERRORS.contains(error)).unwrap_or(VALUE);
                put(&mut self.bytes, kind::ERROR, &[head, &[error]].concat());
            }
            kind::RICH_TEXT => {
                look.runs = runs(rest).unwrap_or_default();
                text_at(rest, 1)?;
                put(&mut self.bytes, kind::TEXT, &[head, rest.get(1..)?].concat());
            }
            kind::TEXT | kind::FORMULA_TEXT => {
                text_at(rest, 0)?;
                put(&mut self.bytes, kind, data);
            }
            _ => {
                look.shared = (kind == kind::SHARED).then(|| u32_at(rest, 0)).flatten().map(|text| text as usize);
                put(&mut self.bytes, kind, data);
            }
        }
        self.looks.push(look);
        Some(())
    }
}

/// A workbook as calamine expects it, of these texts and sheets; sheets are named by their positions.
fn given<'a>(texts: &[u8], sheets: impl Iterator<Item = &'a [u8]>) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    // The workbook is read once and thrown away, so it is not compressed.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let (mut book, mut relations) = (Vec::new(), String::from("<Relationships>"));
    let wide = |text: &str| {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&((units.len() / 2) as u32).to_le_bytes()[..], &units].concat()
    };
    for (position, sheet) in sheets.enumerate() {
        let name = wide(&position.to_string());
        put(&mut book, kind::SHEET, &[&[0; 8][..], &name, &name].concat());
        let path = format!("worksheets/{position}.bin");
        relations.push_str(&format!(r#"<Relationship Id="{position}" Target="{path}"/>"#));
        writer.start_file(format!("xl/{path}"), options)?;
        writer.write_all(sheet)?;
    }
    put(&mut book, kind::END_OF_SHEETS, &[]);
    put(&mut book, kind::CALCULATION, &[]);
    relations.push_str("</Relationships>");
    for (path, bytes) in [(BOOK, book.as_slice()), (RELATIONS, relations.as_bytes()), (TEXTS, texts)] {
        if !bytes.is_empty() {
            writer.start_file(path, options)?;
            writer.write_all(bytes)?;
        }
    }
    Ok(writer.finish()?.into_inner())
}

/// What the styles tell of cells.
struct Styles {
    /// For each style of cells: what numbers are shown as, and the font.
    cells: Vec<(Shown, Font)>,
    fonts: Vec<Font>,
}

impl Styles {
    fn of(part: &[u8]) -> Self {
        let (mut codes, mut fonts, mut cells, mut of_cells) = (Vec::new(), Vec::new(), Vec::new(), false);
        for (kind, data) in Records::of(part) {
            match kind {
                kind::FORMAT => codes.extend(u16_at(data, 0).zip(text_at(data, 2)).map(|(id, (code, _))| (id, shown(&code)))),
                // Its weight and its level follow its size and its flags.
                kind::FONT => fonts.push(Font::of_record(u16_at(data, 2).unwrap_or(0), u16_at(data, 6).unwrap_or(0))),
                kind::CELL_FORMATS => of_cells = true,
                kind::END_OF_CELL_FORMATS => of_cells = false,
                kind::CELL_FORMAT if of_cells => cells.push((u16_at(data, 2).unwrap_or(0), u16_at(data, 4).unwrap_or(0))),
                _ => {}
            }
        }
        let shown = |id: u16| {
            let by_code = codes.iter().rev().find(|(code, _)| *code == id).map(|(_, shown)| shown.clone());
            by_code.or_else(|| built_in(id)).unwrap_or_else(|| far_eastern(id))
        };
        let font = |font: u16| fonts.get(usize::from(font)).copied().unwrap_or_default();
        let cells = cells.into_iter().map(|(format, of)| (shown(format), font(of))).collect();
        Self { cells, fonts }
    }

    fn raw(&self, value: &DataRef<'_>, look: &Look, shared: &[Vec<(u16, u16)>], since_1904: bool) -> Raw {
        let (shown, font) = self.cells.get(look.style).map_or((&Shown::Number, Font::default()), |(shown, font)| (shown, *font));
        let number = |number: f64| format::number(number, shown, since_1904);
        let runs = look.shared.and_then(|text| shared.get(text)).unwrap_or(&look.runs);
        let text = |text: &str| Text::of_units(text, runs, &self.fonts).raw(font);
        font.look(match value {
            DataRef::Empty => Raw::Empty,
            DataRef::Int(whole) => number(*whole as f64),
            DataRef::Float(float) => number(*float),
            DataRef::DateTime(moment) => number(moment.as_f64()),
            DataRef::SharedString(letters) => return text(letters),
            DataRef::String(letters) => return text(letters),
            DataRef::DateTimeIso(moment) | DataRef::DurationIso(moment) => Raw::Date(moment.clone()),
            DataRef::Bool(flag) => Raw::Bool(*flag),
            DataRef::Error(error) => Raw::Error(error.to_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u8> {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&(text.encode_utf16().count() as u32).to_le_bytes()[..], &units].concat()
    }

    fn records(records: &[(u16, Vec<u8>)]) -> Vec<u8> {
        let mut out = Vec::new();
        records.iter().for_each(|(kind, data)| put(&mut out, *kind, data));
        out
    }

    /// The cells of a workbook of one row; `engine` is the number of the program that computed it last.
    fn row(engine: Option<u32>, cells: &[(u16, Vec<u8>)]) -> Vec<Raw> {
        let mut book = vec![(kind::SHEET, [vec![0; 8], wide("r"), wide("S")].concat()), (kind::END_OF_SHEETS, Vec::new())];
        book.extend(engine.map(|engine| (kind::CALCULATION, [engine.to_le_bytes().to_vec(), vec![0; 22]].concat())));
        let head = |column: usize| [(column as u32).to_le_bytes(), [0; 4]].concat();
        let mut sheet = vec![(kind::CELLS, Vec::new()), (kind::ROW, vec![0; 25])];
        sheet.extend(cells.iter().enumerate().map(|(column, (kind, value))| (*kind, [head(column), value.clone()].concat())));
        sheet.push((kind::END_OF_CELLS, Vec::new()));
        let link = |kind: &str, target: &str| {
            format!(r#"<Relationships><Relationship Id="r" Type="x/{kind}" Target="{target}"/></Relationships>"#).into_bytes()
        };
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in [
            ("_rels/.rels", link("officeDocument", BOOK)),
            (BOOK, records(&book)),
            (RELATIONS, link("worksheet", "s.bin")),
            ("xl/s.bin", records(&sheet)),
        ] {
            zip.start_file(name, SimpleFileOptions::default()).expect("it can be written");
            zip.write_all(&bytes).expect("it can be written");
        }
        let bytes = zip.finish().expect("it can be written").into_inner();
        read(&bytes).expect("it can be read").remove(0).rows.remove(0)
    }

    /// A formula with its result; flags and the formula itself follow.
    fn formula(kind: u16, result: Vec<u8>) -> (u16, Vec<u8>) {
        (kind, [result, vec![0; 10]].concat())
    }

    fn number(number: f64) -> (u16, Vec<u8>) {
        formula(kind::FORMULA_NUMBER, number.to_le_bytes().to_vec())
    }

    #[test]
    fn results_that_no_program_has_computed_are_none() {
        let (zero, blank) = (number(0.0), formula(kind::FORMULA_TEXT, wide("")));
        let text = |text: &str| Raw::Text(text.to_owned());
        let both = [zero.clone(), blank.clone()];
        assert_eq!(row(None, &both), [Raw::Stale, Raw::Stale]);
        assert_eq!(row(Some(0), &both), [Raw::Stale, Raw::Stale]);
        assert_eq!(row(Some(7), &both), [Raw::Number(0.0), text("")]);
        // One result tells that the others were computed too.
        for (other, value) in [
            (number(5.0), Raw::Number(5.0)),
            (formula(kind::FORMULA_TEXT, wide("a")), text("a")),
            (formula(kind::FORMULA_ERROR, vec![0x17]), Raw::Error("#REF!".into())),
        ] {
            assert_eq!(row(None, &[zero.clone(), blank.clone(), other]), [Raw::Number(0.0), text(""), value]);
        }
        assert_eq!(row(None, &[zero, (kind::TEXT, wide("typed"))]), [Raw::Stale, text("typed")]);
    }

    #[test]
    fn what_a_font_strikes_out_raises_or_lowers_is_told() {
        let font = |flags: u8, level: u8| (kind::FONT, vec![200, 0, flags, 0, 144, 1, level, 0]);
        let cell = |font: u8| (kind::CELL_FORMAT, vec![0, 0, 0, 0, font, 0]);
        let fonts = [font(0, 0), font(8, 0), font(0, 1), font(0, 2)];
        let cells = [(kind::CELL_FORMATS, Vec::new()), cell(0), cell(1), cell(2), (kind::END_OF_CELL_FORMATS, Vec::new())];
        let styles = Styles::of(&records(&[&fonts[..], &cells].concat()));
        let raw = |value: DataRef<'_>, style: usize, runs: &[(u16, u16)]| {
            styles.raw(&value, &Look { style, formula: false, shared: None, runs: runs.to_vec() }, &[], false)
        };
        let (text, struck) = (|text: &str| Raw::Text(text.to_owned()), |text: &str| Raw::Struck(text.to_owned()));
        assert_eq!(raw(DataRef::String("301".into()), 0, &[(2, 2)]), text("30¹"));
        assert_eq!(raw(DataRef::SharedString("H2O"), 0, &[(1, 3), (2, 0)]), text("H₂O"));
        assert_eq!(raw(DataRef::SharedString("301"), 0, &[(2, 1)]), struck("301"));
        assert_eq!(raw(DataRef::SharedString("301"), 1, &[(2, 2)]), struck("30¹"));
        assert_eq!(raw(DataRef::SharedString("301"), 2, &[]), text("301"));
        assert_eq!([raw(DataRef::Float(5.0), 1, &[]), raw(DataRef::Float(5.0), 2, &[])], [struck("5"), Raw::Number(5.0)]);
    }
}
