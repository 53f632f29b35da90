//! `.xlsx` and `.xlsm`, part by part: the workbook names its sheets, texts and formats, and each sheet holds its cells.
//!
//! Elements and attributes are those of [ECMA-376] part 1, chapter 18. Parts are found by how the workbook refers to them, wherever they
//! lie.

use std::borrow::Cow;

use super::fault::Fault;
use super::format::{self, Shown, built_in, far_eastern, shown};
use super::merges::Merge;
use super::package::{Package, first};
use super::raw::Raw;
use super::rich::{Font, Level, Text};
use super::sheet::{Cells, Names, Sheet};
use super::xlsb;
use super::xml::{Element, Part, Token, Xml};

/// The most rows and columns that a sheet has.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;

/// The kinds of sheets that are no tables.
const NO_TABLES: [&str; 4] = ["chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet"];

/// Reads the workbook.
pub fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Fault> {
    let mut package = Package::open(bytes)?;
    let main = package.main()?;
    if main.ends_with(".bin") {
        return xlsb::read(bytes);
    }
    let workbook = workbook(&package.needed(&main)?)?;
    let relations = package.relations(&main)?;
    let mut part = |kind| first(&relations, kind).map(|path| package.needed(path)).transpose();
    let (shared, looks) = (part("sharedStrings")?, part("styles")?);
    let book = Book {
        since_1904: workbook.since_1904,
        texts: shared.as_ref().map_or(Ok(Vec::new()), texts)?,
        styles: looks.as_ref().map_or(Ok(Vec::new()), styles)?,
    };
    let (mut names, mut sheets) = (Names::default(), Vec::new());
    for entry in &workbook.entries {
        // Modules of old macros have no part of their own.
        if entry.relation.is_empty() {
            continue;
        }
        let relation = relations.iter().find(|relation| relation.id == entry.relation);
        let relation = relation.ok_or_else(|| Fault::sheet_without_part(&entry.name))?;
        if NO_TABLES.contains(&relation.kind.as_str()) {
            continue;
        }
        let part = package.part(&relation.target)?.ok_or_else(|| Fault::sheet_without_part(&entry.name))?;
        let (cells, merged) = book.sheet(&part)?;
        sheets.push(cells.into_sheet(&names.own(&entry.name), entry.hidden, merged)?);
    }
    Ok(sheets)
}

/// A sheet in the list of sheets.
struct Entry {
    name: String,
    hidden: bool,
    relation: String,
}

#[derive(Default)]
struct Workbook {
    since_1904: bool,
    entries: Vec<Entry>,
}

fn workbook(part: &Part) -> Result<Workbook, Fault> {
    let mut xml = Xml::new(part);
    let mut workbook = Workbook::default();
    while let Some(token) = xml.next()? {
        let Token::Start(element) = token else { continue };
        match element.name() {
            "workbook" | "sheets" => {}
            "workbookPr" => workbook.since_1904 = element.attribute("date1904")?.is_some_and(|value| is_true(&value)),
            "sheet" => workbook.entries.push(Entry {
                name: element.attribute("name")?.unwrap_or_default().into_owned(),
                // An unknown state hides nothing.
                hidden: element.attribute("state")?.is_some_and(|state| matches!(&*state, "hidden" | "veryHidden")),
                relation: element.foreign_attribute("id")?.unwrap_or_default().into_owned(),
            }),
            _ => xml.skip()?,
        }
    }
    Ok(workbook)
}

fn is_true(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "on")
}

/// Whether an element switches something on; without a value it does.
fn is_on(element: &Element<'_>) -> Result<bool, Fault> {
    Ok(element.attribute("val")?.is_none_or(|value| is_true(&value)))
}

/// The texts that cells share.
fn texts(part: &Part) -> Result<Vec<Text<'_>>, Fault> {
    let mut xml = Xml::new(part);
    let mut texts = Vec::new();
    while let Some(token) = xml.next()? {
        let Token::Start(element) = token else { continue };
        match element.name() {
            "sst" => {}
            "si" => texts.push(text(&mut xml)?),
            _ => xml.skip()?,
        }
    }
    Ok(texts)
}

/// A text, plain or in parts of several fonts, up to the end of the open element.
fn text<'a>(xml: &mut Xml<'a>) -> Result<Text<'a>, Fault> {
    let mut whole = Text::default();
    loop {
        match xml.next()? {
            Some(Token::Start(element)) => match element.name() {
                "t" => whole.push(unescaped(xml.text()?), None),
                "r" => run(xml, &mut whole)?,
                // Phonetic readings, and other elements that are no text.
                _ => xml.skip()?,
            },
            Some(Token::Text(_)) => {}
            Some(Token::End) | None => return Ok(whole),
        }
    }
}

/// Adds a part of a text, perhaps with a font of its own.
fn run<'a>(xml: &mut Xml<'a>, whole: &mut Text<'a>) -> Result<(), Fault> {
    let mut own = None;
    loop {
        match xml.next()? {
            Some(Token::Start(element)) => match element.name() {
                "rPr" => own = Some(font(xml)?),
                "t" => whole.push(unescaped(xml.text()?), own),
                _ => xml.skip()?,
            },
            Some(Token::Text(_)) => {}
            Some(Token::End) | None => return Ok(()),
        }
    }
}

/// A font whose start has been read.
fn font(xml: &mut Xml<'_>) -> Result<Font, Fault> {
    let mut font = Font::default();
    loop {
        match xml.next()? {
            Some(Token::Start(element)) => {
                match element.name() {
                    "strike" => font.struck = is_on(&element)?,
                    "vertAlign" => {
                        font.level = match element.attribute("val")?.as_deref() {
                            Some("superscript") => Level::Raised,
                            Some("subscript") => Level::Lowered,
                            Some(_) | None => Level::Line,
                        }
                    }
                    _ => {}
                }
                xml.skip()?;
            }
            Some(Token::Text(_)) => {}
            Some(Token::End) | None => return Ok(font),
        }
    }
}

/// A text with signs put back that XML has no room for, such as `_x000D_` (22.9.2.19).
fn unescaped(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains("_x") {
        return text;
    }
    let (mut rest, mut plain) = (&*text, String::new());
    while let Some(place) = rest.find("_x") {
        let (before, code) = rest.split_at(place);
        plain.push_str(before);
        let letter = code.get(2..6).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let letter = letter.filter(|_| code[6..].starts_with('_')).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match letter.and_then(char::from_u32) {
            Some(letter) => {
                plain.push(letter);
                rest = &code[7..];
            }
            None => {
                plain.push_str("_x");
                rest = &code[2..];
            }
        }
    }
    plain.push_str(rest);
    plain.into()
}

/// How a cell is shown.
struct Style {
    shown: Shown,
    font: Font,
}

/// The styles of cells, by position.
fn styles(part: &Part) -> Result<Vec<Style>, Fault> {
    let mut xml = Xml::new(part);
    let (mut codes, mut fonts, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(token) = xml.next()? {
        let Token::Start(element) = token else { continue };
        match element.name() {
            // Fonts and formats also stand in named styles and in conditions; those are not read.
            "styleSheet" | "numFmts" | "fonts" | "cellXfs" => {}
            "numFmt" => {
                if let (Some(id), Some(code)) = (number(&element, "numFmtId")?, element.attribute("formatCode")?) {
                    codes.push((id, shown(&code)));
                }
            }
            "font" => fonts.push(font(&mut xml)?),
            "xf" => {
                cells.push((number(&element, "numFmtId")?.unwrap_or(0), number(&element, "fontId")?.unwrap_or(0)));
                xml.skip()?;
            }
            _ => xml.skip()?,
        }
    }
    let shown = |id: u16| {
        let by_code = codes.iter().rev().find(|(code, _)| *code == id).map(|(_, shown)| shown.clone());
        by_code.or_else(|| built_in(id)).unwrap_or_else(|| far_eastern(id))
    };
    let font = |font: u16| fonts.get(usize::from(font)).copied().unwrap_or_default();
    Ok(cells.into_iter().map(|(format, of)| Style { shown: shown(format), font: font(of) }).collect())
}

fn number(element: &Element<'_>, name: &str) -> Result<Option<u16>, Fault> {
    Ok(element.attribute(name)?.and_then(|value| value.trim().parse().ok()))
}

/// What all sheets of the workbook share.
struct Book<'a> {
    since_1904: bool,
    texts: Vec<Text<'a>>,
    styles: Vec<Style>,
}

impl Book<'_> {
    /// The cells of a sheet, and its merges.
    fn sheet(&self, part: &Part) -> Result<(Cells, Vec<Merge>), Fault> {
        let mut xml = Xml::new(part);
        let (mut cells, mut merged) = (Cells::once(), Vec::new());
        // A row without a number stands below the previous one; a cell without a place stands beside it.
        let (mut row, mut next_row, mut column) = (0, 0, 0);
        while let Some(token) = xml.next()? {
            let Token::Start(element) = token else { continue };
            match element.name() {
                "worksheet" | "sheetData" | "mergeCells" => {}
                "row" => {
                    row = match element.attribute("r")? {
                        Some(name) => name.trim().parse().ok().and_then(|name: u32| name.checked_sub(1)),
                        None => Some(next_row),
                    }
                    .filter(|row| *row < ROWS)
                    .ok_or_else(|| Fault::nowhere(&part.path))?;
                    (next_row, column) = (row + 1, 0);
                }
                "c" => {
                    let (mut place, mut kind, mut style) = (Some((row, column)), Kind::Number, 0_usize);
                    for attribute in element.attributes() {
                        match attribute? {
                            ("r", name) => place = position(name.trim()),
                            ("t", name) => kind = Kind::of(&name),
                            ("s", name) => style = name.trim().parse().unwrap_or(usize::MAX),
                            _ => {}
                        }
                    }
                    let place = place.filter(|&(row, column)| row < ROWS && column < COLUMNS);
                    let place = place.ok_or_else(|| Fault::nowhere(&part.path))?;
                    column = place.1 + 1;
                    cells.put(place, self.cell(&mut xml, part, kind, self.styles.get(style))?);
                }
                "mergeCell" => merged.extend(element.attribute("ref")?.and_then(|range| merge(&range))),
                _ => xml.skip()?,
            }
        }
        Ok((cells, merged))
    }

    /// Reads a cell whose start has been read.
    fn cell(&self, xml: &mut Xml<'_>, part: &Part, kind: Kind, style: Option<&Style>) -> Result<Raw, Fault> {
        let (mut value, mut inside, mut formula) = (None, None, false);
        loop {
            match xml.next()? {
                Some(Token::Start(element)) => match element.name() {
                    "v" => value = Some(xml.text()?),
                    "is" => inside = Some(text(xml)?),
                    "f" => {
                        formula = true;
                        xml.skip()?;
                    }
                    _ => xml.skip()?,
                },
                Some(Token::Text(_)) => {}
                Some(Token::End) | None => break,
            }
        }
        let written = value.as_deref().map_or("", str::trim);
        let font = style.map(|style| style.font).unwrap_or_default();
        Ok(font.look(match kind {
            Kind::Shared if written.is_empty() => Raw::Empty,
            Kind::Shared => {
                let text = written.parse().ok().and_then(|place: usize| self.texts.get(place));
                return Ok(text.ok_or_else(|| Fault::ill_formed(&part.path))?.raw(font));
            }
            Kind::Inside | Kind::Number if inside.is_some() => return Ok(inside.unwrap_or_default().raw(font)),
            // An empty text is a value of a formula.
            Kind::Text | Kind::Inside => Raw::Text(value.map(unescaped).unwrap_or_default().into_owned()),
            Kind::Number | Kind::Flag | Kind::Error | Kind::Day if written.is_empty() && formula => Raw::Stale,
            Kind::Number | Kind::Flag | Kind::Error | Kind::Day if written.is_empty() => Raw::Empty,
            Kind::Flag => Raw::Bool(is_true(written)),
            Kind::Error => Raw::Error(written.to_owned()),
            Kind::Day => Raw::Date(format::moment(written)),
            Kind::Number => match written.parse().ok().filter(|number: &f64| number.is_finite()) {
                Some(number) => style.map_or(Raw::Number(number), |style| format::number(number, &style.shown, self.since_1904)),
                // A value that should be a number and is none is kept as text.
                None => Raw::Text(written.to_owned()),
            },
        }))
    }
}

/// What the value of a cell is.
#[derive(Clone, Copy)]
enum Kind {
    Number,
    Shared,
    Text,
    /// A text in the cell itself.
    Inside,
    Flag,
    Error,
    Day,
}

impl Kind {
    fn of(name: &str) -> Self {
        match name {
            "s" => Kind::Shared,
            "str" => Kind::Text,
            "inlineStr" => Kind::Inside,
            "b" => Kind::Flag,
            "e" => Kind::Error,
            "d" => Kind::Day,
            _ => Kind::Number,
        }
    }
}

/// Row and column, from 0, of a name such as `AB4`.
fn position(name: &str) -> Option<(u32, u32)> {
    let digits = name.find(|letter: char| letter.is_ascii_digit())?;
    let (letters, digits) = name.split_at(digits);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters.bytes().try_fold(0_u32, |column, letter| {
        letter.is_ascii_alphabetic().then(|| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1)
    })?;
    let row: u32 = digits.parse().ok()?;
    Some((row.checked_sub(1)?, column - 1))
}

/// The merge of a range such as `A1:C2`.
fn merge(range: &str) -> Option<Merge> {
    let (first, last) = range.trim().split_once(':')?;
    let ((first_row, first_column), (last_row, last_column)) = (position(first)?, position(last)?);
    (first_row <= last_row && first_column <= last_column).then_some(Merge { first_row, first_column, last_row, last_column })
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const LINKS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    fn zipped(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).expect("it can be written");
            zip.write_all(bytes).expect("it can be written");
        }
        zip.finish().expect("it can be written").into_inner()
    }

    fn links(links: &[(&str, &str, &str)]) -> Vec<u8> {
        let link = |(id, kind, target): &(&str, &str, &str)| {
            format!(r#"<Relationship Id="{id}" Type="{LINKS}/{kind}" Target="{target}"/>"#)
        };
        format!("<Relationships>{}</Relationships>", links.iter().map(link).collect::<String>()).into_bytes()
    }

    const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="000000"/><numFmt numFmtId="165" formatCode="0&quot;%&quot;"/></numFmts>
        <fonts><font/><font><strike/></font><font><strike val="0"/></font><font><vertAlign val="superscript"/></font></fonts>
        <cellStyleXfs><xf numFmtId="9" fontId="1"/></cellStyleXfs>
        <cellXfs><xf numFmtId="0" fontId="0"/><xf numFmtId="0" fontId="1"/><xf numFmtId="164" fontId="2"/><xf numFmtId="165"/><xf numFmtId="9"/><xf numFmtId="14"/><xf fontId="3"/></cellXfs>
        <dxfs><dxf><font><strike/></font></dxf></dxfs></styleSheet>"#;

    const TEXTS: &str = r#"<sst><si><t>plain</t><rPh><t>reading</t></rPh></si><si><r><rPr><strike/></rPr><t>1</t></r><r><rPr/><t>2</t></r></si>
        <si><r><t>a</t></r><r><rPr><b/></rPr><t>b</t></r></si><si><r><rPr><b/></rPr><t>own</t></r></si><si><t>x_x000D_y_x005F_</t></si>
        <si><r><t>30</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r></si></sst>"#;

    /// A workbook with this in its one sheet.
    fn workbook(sheet: &str) -> Vec<u8> {
        zipped(&[
            ("_rels/.rels", links(&[("r", "officeDocument", "xl/workbook.xml")])),
            ("xl/workbook.xml", br#"<workbook><sheets><sheet name="S" r:id="a"/></sheets></workbook>"#.to_vec()),
            (
                "xl/_rels/workbook.xml.rels",
                links(&[
                    ("a", "worksheet", "worksheets/s.xml"),
                    ("b", "styles", "styles.xml"),
                    ("c", "sharedStrings", "texts.xml"),
                ]),
            ),
            ("xl/worksheets/s.xml", sheet.as_bytes().to_vec()),
            ("xl/styles.xml", STYLES.into()),
            ("xl/texts.xml", TEXTS.into()),
        ])
    }

    fn one(sheet: &str) -> Sheet {
        read(&workbook(sheet)).expect("it can be read").remove(0)
    }

    /// The cells of a row.
    fn row(cells: &str) -> Vec<Raw> {
        one(&format!("<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>")).rows.pop().unwrap_or_default()
    }

    fn text(text: &str) -> Raw {
        Raw::Text(text.to_owned())
    }

    #[test]
    fn each_kind_of_value_is_told() {
        for (cell, expected) in [
            ("<c><v>12.5</v></c>", Raw::Number(12.5)),
            ("<c><v> 5\n</v></c>", Raw::Number(5.0)),
            ("<c><v><![CDATA[5]]></v></c>", Raw::Number(5.0)),
            ("<c><v>1<!-- -->2</v></c>", Raw::Number(12.0)),
            ("<c><extLst><ext><v>9</v></ext></extLst><v>5</v></c>", Raw::Number(5.0)),
            ("<c><v>1,5</v></c>", text("1,5")),
            ("<c><v>NaN</v></c>", text("NaN")),
            ("<c t='s'><v>0</v></c>", text("plain")),
            ("<c t='s'><v>4</v></c>", text("x\ry_")),
            ("<c t='str'><f>A1</f><v>a&amp;b</v></c>", text("a&b")),
            ("<c t='inlineStr'><is><r><t>a</t></r><r><t> b</t></r></is></c>", text("a b")),
            ("<c t='b'><v>1</v></c>", Raw::Bool(true)),
            ("<c t='e'><v>#REF!</v></c>", Raw::Error("#REF!".into())),
            ("<c t='d'><v>2025-10-05T00:00:00</v></c>", Raw::Date("2025-10-05".into())),
            ("<c s='4'><v>0.25</v></c>", Raw::Percent(0.25)),
            ("<c s='5'><v>45935</v></c>", Raw::Date("2025-10-05".into())),
            ("<c s='2'><v>123</v></c>", Raw::Padded("000123".into())),
            ("<c s='3'><v>25</v></c>", Raw::Percent(0.25)),
        ] {
            assert_eq!(row(cell), [expected], "{cell}");
        }
    }

    #[test]
    fn formulas_without_a_stored_value_are_told_from_those_with_one() {
        let prefixed =
            "<x:worksheet xmlns:x='u'><x:sheetData><x:row><x:c><x:f>A1</x:f></x:c></x:row></x:sheetData></x:worksheet>";
        assert_eq!(one(prefixed).rows, [[Raw::Stale]]);
        for (cell, expected) in [
            ("<c><f>1+1</f><v>2</v></c>", vec![Raw::Number(2.0)]),
            ("<c><f>A1</f></c>", vec![Raw::Stale]),
            ("<c><f t=\"shared\" si='0'/><v></v></c>", vec![Raw::Stale]),
            ("<c\n><f\n>A1</f\n><v/></c>", vec![Raw::Stale]),
            ("<c t='str'><f>\"\"</f><v></v></c>", vec![text("")]),
            ("<c s='1'/>", vec![]),
        ] {
            assert_eq!(row(cell), expected, "{cell}");
        }
    }

    #[test]
    fn what_is_struck_out_is_told() {
        let struck = |text: &str| Raw::Struck(text.to_owned());
        for (cell, expected) in [
            ("<c t='s'><v>1</v></c>", struck("12")),
            ("<c t='s' s='1'><v>0</v></c>", struck("plain")),
            ("<c t='s' s='1'><v>2</v></c>", struck("ab")),
            ("<c t='s' s='1'><v>3</v></c>", text("own")),
            ("<c t='s'><v>2</v></c>", text("ab")),
            ("<c s='1'><v>5</v></c>", struck("5")),
            ("<c s='1' t='e'><v>#REF!</v></c>", Raw::Error("#REF!".into())),
            (
                "<c t='inlineStr'><is><r><rPr><strike val='false'/></rPr><t>a</t></r><r><rPr><strike/></rPr><t> </t></r></is></c>",
                text("a "),
            ),
        ] {
            assert_eq!(row(cell), [expected], "{cell}");
        }
        assert_eq!(row("<c s='1' t='inlineStr'><is><t> </t></is></c>"), [text(" ")]);
    }

    #[test]
    fn what_a_font_raises_or_lowers_stays_so() {
        let part = |level: &str, text: &str| format!("<r><rPr><vertAlign val='{level}'/></rPr><t>{text}</t></r>");
        let inside = |look: &str, parts: &[String]| row(&format!("<c {look} t='inlineStr'><is>{}</is></c>", parts.concat()));
        let plain = |text: &str| format!("<r><t>{text}</t></r>");
        assert_eq!(inside("", &[plain("30"), part("superscript", "1")]), [text("30¹")]);
        assert_eq!(inside("", &[plain("H"), part("subscript", "2"), part("baseline", "O")]), [text("H₂O")]);
        assert_eq!(inside("", &[part("superscript", "30"), part("superscript", "1")]), [text("301")]);
        // The cell's own font is raised.
        assert_eq!(inside("s='6'", &[plain("1"), part("baseline", "30")]), [text("¹30")]);
        assert_eq!(inside("s='6'", &[plain("301")]), [text("301")]);
        assert_eq!(row("<c s='6'><v>301</v></c><c s='6' t='s'><v>0</v></c>"), [Raw::Number(301.0), text("plain")]);
        assert_eq!(row("<c t='s'><v>5</v></c>"), [text("30¹")]);
    }

    #[test]
    fn rows_and_cells_stand_where_they_say_or_behind_the_one_before() {
        let sheet = one(
            "<worksheet><sheetData><row r='3'><c r='C3'><v>1</v></c><c><v>2</v></c></row><row><c r='b4'><v>3</v></c></row></sheetData>\
             <mergeCells><mergeCell ref='B4:XFD9'/><mergeCell ref='C3'/></mergeCells></worksheet>",
        );
        assert_eq!((sheet.first_row, sheet.first_column), (2, 1));
        assert_eq!(sheet.rows, [vec![Raw::Empty, Raw::Number(1.0), Raw::Number(2.0)], vec![Raw::Number(3.0)]]);
        assert_eq!(sheet.merged, [Merge { first_row: 3, first_column: 1, last_row: 3, last_column: 3 }]);
        for place in ["XFE1", "A1048577", "A0", "1A", "ZZZZ1"] {
            let sheet = format!("<worksheet><sheetData><row><c r='{place}'><v>1</v></c></row></sheetData></worksheet>");
            assert!(read(&workbook(&sheet)).is_err(), "{place}");
        }
    }

    #[test]
    fn a_cell_that_stands_twice_is_a_fault() {
        let read = |cells: &str| read(&workbook(&format!("<worksheet><sheetData>{cells}</sheetData></worksheet>")));
        let message = "expected each cell once, found `B3` of the sheet `S` twice; nobody knows which of them counts";
        for cells in [
            "<row r='3'><c r='B3'><v>1</v></c><c r='C3'><v>1</v></c><c r='B3'><v>2</v></c></row>",
            "<row r='3'><c r='B3'><v>1</v></c></row><row r='3'><c r='B3'><v>1</v></c></row>",
            "<row r='3'><c r='B3'><v>1</v></c></row><row r='4'><c r='B3'><v>2</v></c></row>",
        ] {
            assert_eq!(read(cells).map_err(|fault| fault.message).expect_err(cells), message);
        }
        assert!(read("<row r='3'><c r='B3'><v>1</v></c></row><row r='3'><c r='C3'><v>1</v></c><c r='B3'/></row>").is_ok());
    }

    #[test]
    fn parts_are_found_by_what_they_are_to_the_workbook() {
        let sheet = |value: &str| {
            format!("<worksheet><sheetData><row><c t='s'><v>{value}</v></c></row></sheetData></worksheet>").into_bytes()
        };
        let list = format!(
            "<x:workbook xmlns:x='{MAIN}' xmlns:links='{LINKS}'><x:sheets><x:sheet name='One' sheetId='1' links:id='p'/>\
             <x:sheet name=\"One\" sheetId='2' links:id=\"q\" state='hidden'/><x:sheet name='M' links:id=''/><x:sheet name='' links:id='c'/>\
             <x:sheet name='' links:id='p'/></x:sheets></x:workbook>"
        );
        let wide: Vec<u8> = String::from_utf8(sheet("1")).unwrap_or_default().encode_utf16().flat_map(u16::to_le_bytes).collect();
        let bytes = zipped(&[
            ("_rels/.rels", links(&[("1", "officeDocument", "/Book/Main.xml")])),
            ("book\\main.xml", list.into_bytes()),
            (
                "Book/_rels/main.xml.rels",
                links(&[
                    ("t", "sharedStrings", "../texts/t.xml"),
                    ("p", "worksheet", "./one.xml"),
                    ("q", "worksheet", "/two.xml"),
                    ("c", "chartsheet", "chart.xml"),
                ]),
            ),
            ("texts/T.xml", b"<sst><si><t>a</t></si><si><t>b</t></si></sst>".to_vec()),
            ("Book/one.xml", sheet("0")),
            ("two.xml", [&[0xFF, 0xFE][..], &wide].concat()),
        ]);
        let sheets = read(&bytes).expect("it can be read");
        let seen: Vec<(&str, bool, Raw)> =
            sheets.iter().map(|sheet| (&*sheet.name, sheet.hidden, sheet.rows[0][0].clone())).collect();
        assert_eq!(seen, [("One", false, text("a")), ("One (2)", true, text("b")), ("3", false, text("a"))]);
    }

    #[test]
    fn what_is_wrong_with_a_part_is_named_with_it() {
        let message = |bytes: &[u8]| read(bytes).map_err(|fault| fault.message).expect_err("it cannot be read");
        assert!(message(&workbook("<worksheet><sheetData><row><c>")).contains("`xl/worksheets/s.xml` is no well-formed XML"));
        assert!(
            message(&workbook("<worksheet><sheetData><row><c t='s'><v>99</v></c></row></sheetData></worksheet>"))
                .contains("`xl/worksheets/s.xml`")
        );
        let mut bytes = workbook("<worksheet><sheetData><row><c><v>51</v></c></row></sheetData></worksheet>");
        // Behind the name of a part stand its bytes.
        let name = b"xl/worksheets/s.xml";
        let place = memchr::memmem::find(&bytes, name).expect("it is a part") + name.len();
        bytes[place + 16] ^= 4;
        assert!(message(&bytes).contains("its checksum is wrong"), "{}", message(&bytes));
        let missing = zipped(&[
            ("_rels/.rels", links(&[("r", "officeDocument", "xl/workbook.xml")])),
            ("xl/workbook.xml", br#"<workbook><sheets><sheet name="Staff" r:id="a"/></sheets></workbook>"#.to_vec()),
        ]);
        assert!(message(&missing).contains("the cells of its sheet `Staff` are missing"));
    }
}
