//! OpenDocument spreadsheets, from `content.xml`: the tables in order, and what each cell says.
//!
//! Elements and attributes are those of OpenDocument 1.3, part 3, recognised by their namespaces.

use std::collections::HashMap;

use super::fault::{Fault, too_wide};
use super::format::moment;
use super::merges::Merge;
use super::package::Package;
use super::raw::{Raw, whole};
use super::rich::{Font, Level, Text};
use super::sheet::{Cells, MOST_CELLS, Names, Sheet};
use super::xml::{Element, Part, Spaces, Token, Xml};

/// The style family of cells.
const CELL: &str = "table-cell";
const STYLES: &str = "styles.xml";
const CONTENT: &str = "content.xml";
const MANIFEST: &str = "meta-inf/manifest.xml";

const OFFICE: &str = "office";
const TABLE: &str = "table";
const TEXT: &str = "text";
const STYLE: &str = "style";
const DRAW: &str = "draw";
const ENTRIES: &str = "manifest";
/// The namespace that LibreOffice adds.
const MORE: &str = "calcext";

const SPACES: Spaces = &[
    (TABLE, "urn:oasis:names:tc:opendocument:xmlns:table:1.0"),
    (OFFICE, "urn:oasis:names:tc:opendocument:xmlns:office:1.0"),
    (TEXT, "urn:oasis:names:tc:opendocument:xmlns:text:1.0"),
    (STYLE, "urn:oasis:names:tc:opendocument:xmlns:style:1.0"),
    (DRAW, "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"),
    (ENTRIES, "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"),
    (MORE, "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"),
];

/// Reads `.ods`.
pub fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Fault> {
    let mut package = Package::open(bytes)?;
    if let Some(manifest) = package.part(MANIFEST)?
        && is_content_encrypted(&manifest)?
    {
        return Err(Fault::protected());
    }
    let mut styles = Styles::default();
    if let Some(part) = package.part(STYLES)? {
        styles.named(&part)?;
    }
    tables(&package.needed(CONTENT)?, styles)
}

/// How often an element is repeated, or how many cells it spans, by an attribute; 1 without it.
fn count(start: &Element<'_>, space: &str, name: &str) -> Result<u32, Fault> {
    Ok(start.of(space, name)?.and_then(|text| text.trim().parse().ok()).unwrap_or(1).max(1))
}

/// Whether the manifest says that the content is encrypted. Macros may be encrypted while the tables are not.
fn is_content_encrypted(manifest: &Part) -> Result<bool, Fault> {
    let mut xml = Xml::of(manifest, SPACES);
    let mut content = false;
    while let Some(token) = xml.next()? {
        let Token::Start(start) = token else { continue };
        match start.qualified() {
            (ENTRIES, "file-entry") => content = start.of(ENTRIES, "full-path")?.as_deref() == Some(CONTENT),
            (ENTRIES, "encryption-data") if content => return Ok(true),
            _ => {}
        }
    }
    Ok(false)
}

/// What a style says; `None` where it leaves something to its parent style.
#[derive(Clone, Copy, Default)]
struct Style {
    hidden: Option<bool>,
    struck: Option<bool>,
    level: Option<Level>,
}

impl Style {
    /// The font of the style; `outer` fills in what it leaves open.
    fn font(self, outer: Font) -> Font {
        Font { struck: self.struck.unwrap_or(outer.struck), level: self.level.unwrap_or(outer.level) }
    }
}

/// Styles by family and name.
#[derive(Default)]
struct Styles {
    styles: HashMap<String, HashMap<String, Style>>,
}

impl Styles {
    /// Adds the styles that have names for people.
    fn named(&mut self, part: &Part) -> Result<(), Fault> {
        let mut xml = Xml::of(part, SPACES);
        while let Some(token) = xml.next()? {
            let Token::Start(start) = token else { continue };
            match start.qualified() {
                (OFFICE, "document-styles" | "styles") => {}
                (STYLE, "style") => self.take(&start, &mut xml)?,
                _ => xml.skip()?,
            }
        }
        Ok(())
    }

    /// Adds a style whose start has been read.
    fn take(&mut self, start: &Element<'_>, xml: &mut Xml<'_>) -> Result<(), Fault> {
        let family = start.of(STYLE, "family")?.unwrap_or_default().into_owned();
        let parent = start.of(STYLE, "parent-style-name")?;
        let family = self.styles.entry(family).or_default();
        let mut style = parent.and_then(|parent| family.get(&*parent)).copied().unwrap_or_default();
        loop {
            match xml.next()? {
                Some(Token::Start(properties)) => {
                    match properties.qualified() {
                        (STYLE, "table-properties") => {
                            if let Some(display) = properties.of(TABLE, "display")? {
                                style.hidden = Some(display == "false");
                            }
                        }
                        (STYLE, "text-properties") => {
                            if let Some(line) = properties.of(STYLE, "text-line-through-style")? {
                                style.struck = Some(line != "none");
                            }
                            if let Some(position) = properties.of(STYLE, "text-position")? {
                                style.level = Some(level(&position));
                            }
                        }
                        _ => {}
                    }
                    xml.skip()?;
                }
                Some(Token::Text(_)) => {}
                Some(Token::End) | None => break,
            }
        }
        if let Some(name) = start.of(STYLE, "name")? {
            family.insert(name.into_owned(), style);
        }
        Ok(())
    }

    /// The style of a family that an attribute names.
    fn of(&self, family: &str, start: &Element<'_>, space: &str, name: &str) -> Result<Option<Style>, Fault> {
        Ok(start.of(space, name)?.and_then(|style| self.styles.get(family)?.get(&*style)).copied())
    }
}

/// Where a font puts its letters: by a word, or by a height above the line, with the size behind it (part 3, 20.416).
fn level(position: &str) -> Level {
    let place = position.split_whitespace().next().unwrap_or_default();
    match (place, place.trim_end_matches('%').parse::<f64>()) {
        ("super", _) => Level::Raised,
        ("sub", _) => Level::Lowered,
        (_, Ok(height)) if height > 0.0 => Level::Raised,
        (_, Ok(height)) if height < 0.0 => Level::Lowered,
        (_, Ok(_) | Err(_)) => Level::Line,
    }
}

/// The tables directly in the spreadsheet; those of charts, tracked changes and links to other files are left out.
fn tables(part: &Part, mut styles: Styles) -> Result<Vec<Sheet>, Fault> {
    let mut xml = Xml::of(part, SPACES);
    let mut names = Names::default();
    let (mut sheets, mut any) = (Vec::new(), false);
    while let Some(token) = xml.next()? {
        let Token::Start(start) = token else { continue };
        match start.qualified() {
            (OFFICE, "document-content" | "automatic-styles" | "body") => {}
            (OFFICE, "spreadsheet") => any = true,
            (STYLE, "style") => styles.take(&start, &mut xml)?,
            (TABLE, "table") => {
                let name = names.own(&start.of(TABLE, "name")?.unwrap_or_default());
                let style = styles.of("table", &start, TABLE, "style-name")?;
                let hidden = style.and_then(|style| style.hidden).unwrap_or(false);
                sheets.push(table(&mut xml, &styles, &name, hidden)?);
            }
            _ => xml.skip()?,
        }
    }
    if any { Ok(sheets) } else { Err(Fault::no_spreadsheet(&part.path)) }
}

/// Reads a table whose start has been read.
fn table(xml: &mut Xml<'_>, styles: &Styles, name: &str, hidden: bool) -> Result<Sheet, Fault> {
    // The fonts of columns: for each group of columns, the position behind its last one, and the font.
    let mut columns: Vec<(u32, Font)> = Vec::new();
    let (mut cells, mut merged) = (Cells::default(), Vec::new());
    // How many groups of rows and columns are open.
    let (mut row, mut groups) = (0_u32, 0_usize);
    loop {
        let start = match xml.next()? {
            Some(Token::Start(start)) => start,
            Some(Token::Text(_)) => continue,
            Some(Token::End) if groups > 0 => {
                groups -= 1;
                continue;
            }
            Some(Token::End) | None => return cells.into_sheet(name, hidden, merged),
        };
        match start.qualified() {
            (TABLE, "table-row-group" | "table-header-rows" | "table-rows") => groups += 1,
            (TABLE, "table-column-group" | "table-header-columns" | "table-columns") => groups += 1,
            (TABLE, "table-column") => {
                let behind = columns.last().map_or(0, |(behind, _)| *behind);
                let style = styles.of(CELL, &start, TABLE, "default-cell-style-name")?;
                let font = style.unwrap_or_default().font(Font::default());
                columns.push((behind.saturating_add(count(&start, TABLE, "number-columns-repeated")?), font));
                xml.skip()?;
            }
            (TABLE, "table-row") => {
                let rows = count(&start, TABLE, "number-rows-repeated")?;
                let row_style = styles.of(CELL, &start, TABLE, "default-cell-style-name")?;
                let row_font = row_style.map(|style| style.font(Font::default()));
                let filled = filled(xml, &Looks { styles, columns: &columns, row: row_font })?;
                // Repeated rows take no memory while they are empty.
                let below = row.saturating_add(rows);
                let more = filled.iter().map(|cell| u64::from(cell.columns) * u64::from(rows)).sum::<u64>();
                if cells.count() + more > MOST_CELLS {
                    let last = filled.last().map_or(0, |cell| cell.column.saturating_add(cell.columns) - 1);
                    return Err(too_wide(name, below - 1, last));
                }
                for cell in &filled {
                    cell.put(row..below, &mut cells, &mut merged);
                }
                row = below;
            }
            _ => xml.skip()?,
        }
    }
}

/// A cell that holds something; `columns` is how often it is repeated to the right.
struct Filled {
    column: u32,
    columns: u32,
    /// How many rows and columns it is merged over.
    span: (u32, u32),
    raw: Raw,
}

impl Filled {
    fn put(&self, rows: std::ops::Range<u32>, cells: &mut Cells, merged: &mut Vec<Merge>) {
        let (down, across) = self.span;
        for row in rows {
            for column in self.column..self.column.saturating_add(self.columns) {
                cells.put((row, column), self.raw.clone());
                if down > 1 || across > 1 {
                    let (last_row, last_column) = (row.saturating_add(down - 1), column.saturating_add(across - 1));
                    merged.push(Merge { first_row: row, first_column: column, last_row, last_column });
                }
            }
        }
    }
}

/// The fonts of a row's cells that have no style of their own.
struct Looks<'a> {
    styles: &'a Styles,
    columns: &'a [(u32, Font)],
    row: Option<Font>,
}

impl Looks<'_> {
    /// The font of a cell.
    fn font(&self, start: &Element<'_>, column: u32) -> Result<Font, Fault> {
        let own = self.styles.of(CELL, start, TABLE, "style-name")?.map(|style| style.font(Font::default()));
        let of_column = || {
            let at = self.columns.partition_point(|(behind, _)| *behind <= column);
            self.columns.get(at).map(|(_, font)| *font).unwrap_or_default()
        };
        Ok(own.or(self.row).unwrap_or_else(of_column))
    }
}

/// Reads the cells of a row whose start has been read; empty ones are left out.
fn filled(xml: &mut Xml<'_>, looks: &Looks<'_>) -> Result<Vec<Filled>, Fault> {
    let mut filled = Vec::new();
    let mut column = 0_u32;
    loop {
        let start = match xml.next()? {
            Some(Token::Start(start)) => start,
            Some(Token::Text(_)) => continue,
            Some(Token::End) | None => return Ok(filled),
        };
        match start.qualified() {
            // Cells covered by a merge are read too, as in the other formats.
            (TABLE, "table-cell" | "covered-table-cell") => {
                let columns = count(&start, TABLE, "number-columns-repeated")?;
                let span = (count(&start, TABLE, "number-rows-spanned")?, count(&start, TABLE, "number-columns-spanned")?);
                let font = looks.font(&start, column)?;
                let text = text(xml, looks.styles, font)?;
                // A cell without a paragraph shows its value in its own font.
                let struck = text.as_ref().map_or(font.struck, |text| text.is_struck(font));
                let raw = raw(&start, text.as_ref(), font)?;
                match if struck { raw.struck() } else { raw } {
                    Raw::Empty => {}
                    raw => filled.push(Filled { column, columns, span, raw }),
                }
                column = column.saturating_add(columns);
            }
            _ => xml.skip()?,
        }
    }
}

/// The contents of a cell in this font, from its attributes and its text; `text` is `None` for a cell without a paragraph.
fn raw(start: &Element<'_>, text: Option<&Text<'_>>, font: Font) -> Result<Raw, Fault> {
    let formula = start.of(TABLE, "formula")?.is_some();
    let kind = start.of(OFFICE, "value-type")?;
    let text = text.map(|text| (text.shown(font), text.is_level(font)));
    let (shown, is_level) = text.as_ref().map_or(("", true), |(shown, is_level)| (shown, *is_level));
    let failed = start.of(MORE, "value-type")?.as_deref() == Some("error");
    if failed || formula && is_error(shown) {
        return Ok(Raw::Error(shown.trim().to_owned()));
    }
    let value = if kind.as_deref() == Some("string") { None } else { value(start, kind.as_deref() == Some("percentage"))? };
    if let Some(raw) = value {
        return Ok(match raw {
            Raw::Number(number) => as_shown(number, shown.trim()),
            raw => raw,
        });
    }
    // The attribute does not tell which letters are raised or lowered.
    let value = start.of(OFFICE, "string-value")?.filter(|value| !value.is_empty() && is_level);
    Ok(match (value, text) {
        (Some(value), _) => Raw::Text(value.into_owned()),
        (None, Some((shown, _))) if !shown.is_empty() => Raw::Text(shown.into_owned()),
        // A formula whose result is an empty text is stored with an empty paragraph, or as a string.
        (None, None) if formula && kind.as_deref() != Some("string") => Raw::Stale,
        (None, _) => Raw::Empty,
    })
}

/// A number with the zeros and the percent sign that a person sees.
fn as_shown(number: f64, shown: &str) -> Raw {
    if shown.ends_with('%') {
        return Raw::Percent(number / 100.0);
    }
    let is_pattern = |letter: char| letter.is_ascii_digit() || matches!(letter, ' ' | '-' | '/');
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    let is_padded = shown.starts_with('0') && shown.len() > 1 && shown.chars().all(is_pattern);
    let is_same = whole(number).is_some_and(|number| number > 0 && digits.parse() == Ok(number));
    if is_padded && is_same { Raw::Padded(shown.to_owned()) } else { Raw::Number(number) }
}

/// The value in the attributes of a cell.
fn value(start: &Element<'_>, percentage: bool) -> Result<Option<Raw>, Fault> {
    let number = start.of(OFFICE, "value")?.and_then(|text| text.trim().parse().ok()).filter(|number: &f64| number.is_finite());
    if let Some(number) = number {
        return Ok(Some(if percentage { Raw::Percent(number) } else { Raw::Number(number) }));
    }
    if let Some(day) = start.of(OFFICE, "date-value")? {
        return Ok(Some(Raw::Date(moment(&day))));
    }
    if let Some(duration) = start.of(OFFICE, "time-value")? {
        return Ok(Some(Raw::Date(clock(&duration).unwrap_or_else(|| duration.into_owned()))));
    }
    Ok(start.of(OFFICE, "boolean-value")?.map(|flag| Raw::Bool(flag.eq_ignore_ascii_case("true"))))
}

/// Whether a text is the sign of a failed formula: in any language, `#REF!` or `#ДЕЛ/0!`, or as LibreOffice writes it, `Err:502`.
fn is_error(text: &str) -> bool {
    let text = text.trim();
    let coded = text.strip_prefix("Err:").is_some_and(|code| code.parse::<u32>().is_ok());
    // A column that is too narrow shows `###`.
    coded || text.strip_prefix('#').is_some_and(|code| code.starts_with(char::is_alphabetic) && !code.contains(' '))
}

/// `09:30:00` for the ISO duration `PT09H30M00S`.
fn clock(duration: &str) -> Option<String> {
    let (hours, rest) = duration.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?.split(['.', ',']).next()?;
    let two = |part: &str| part.parse::<u32>().ok().map(|number| format!("{number:02}"));
    Some(format!("{}:{}:{}", two(hours)?, two(minutes)?, two(seconds)?))
}

/// The paragraphs of a cell whose start has been read, one a line; drawings, notes and nested tables are left out.
fn text(xml: &mut Xml<'_>, styles: &Styles, cell: Font) -> Result<Option<Text<'static>>, Fault> {
    let mut text: Option<Text<'static>> = None;
    loop {
        match xml.next()? {
            Some(Token::Start(start)) if matches!(start.qualified(), (TEXT, "p" | "h")) => {
                if let Some(above) = &mut text {
                    above.push("\n".into(), None);
                }
                paragraph(xml, styles, cell, text.get_or_insert_default())?;
            }
            Some(Token::Start(_)) => xml.skip()?,
            Some(Token::Text(_)) => {}
            Some(Token::End) | None => return Ok(text),
        }
    }
}

/// Adds a paragraph whose start has been read to the text.
fn paragraph(xml: &mut Xml<'_>, styles: &Styles, cell: Font, text: &mut Text<'static>) -> Result<(), Fault> {
    /// More blanks than this in one place make no sense.
    const MOST_BLANKS: u32 = 1_000;
    // The font of each open element; `None` stands for the font of the cell.
    let mut open: Vec<Option<Font>> = vec![None];
    while let Some(outer) = open.last().copied() {
        match xml.next()? {
            Some(Token::Start(start)) => {
                match start.qualified() {
                    (TEXT, "s") => {
                        let blanks = count(&start, TEXT, "c")?.min(MOST_BLANKS);
                        text.push(" ".repeat(blanks as usize).into(), outer);
                    }
                    (TEXT, "tab") => text.push("\t".into(), outer),
                    (TEXT, "line-break") => text.push("\n".into(), outer),
                    (OFFICE, "annotation") | (TEXT, "note" | "ruby-text") | (DRAW, _) => {
                        xml.skip()?;
                        continue;
                    }
                    _ => {}
                }
                let own = styles.of("text", &start, TEXT, "style-name")?;
                open.push(own.map(|style| style.font(outer.unwrap_or(cell))).or(outer));
            }
            Some(Token::End) | None => {
                open.pop();
            }
            Some(Token::Text(part)) => {
                let part = without_breaks(&part, text.last());
                text.push(part.into(), outer);
            }
        }
    }
    Ok(())
}

/// A text with white space as one blank, and with none at the start of a line (part 3, 6.1.2); `last` is the letter before it.
fn without_breaks(part: &str, mut last: Option<char>) -> String {
    let mut seen = String::with_capacity(part.len());
    for letter in part.chars() {
        let letter = if matches!(letter, '\t' | '\n' | '\r') { ' ' } else { letter };
        if letter == ' ' && matches!(last, None | Some(' ' | '\n')) {
            continue;
        }
        seen.push(letter);
        last = Some(letter);
    }
    seen
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// A workbook with this text in its spreadsheet, and `head` before its body.
    fn workbook(head: &str, spreadsheet: &str, manifest: Option<&str>) -> Vec<u8> {
        workbook_packed(head, spreadsheet, manifest, zip::CompressionMethod::Deflated)
    }

    fn workbook_packed(head: &str, spreadsheet: &str, manifest: Option<&str>, method: zip::CompressionMethod) -> Vec<u8> {
        let content = format!(
            "<?xml version=\"1.0\"?>\n{head}<office:document-content>\n <office:body>\n  \
             <office:spreadsheet>{spreadsheet}</office:spreadsheet>\n </office:body>\n</office:document-content>"
        );
        let parts = [("content.xml", Some(content.as_str())), ("META-INF/manifest.xml", manifest)];
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            let Some(text) = text else { continue };
            zip.start_file(name, SimpleFileOptions::default().compression_method(method)).expect("it can be written");
            zip.write_all(text.as_bytes()).expect("it can be written");
        }
        zip.finish().expect("it can be written").into_inner()
    }

    fn sheets(spreadsheet: &str) -> Vec<Sheet> {
        read(&workbook("", spreadsheet, None)).expect("it can be read")
    }

    fn part(text: &str) -> Part {
        Part { path: CONTENT.into(), text: text.into() }
    }

    /// The cells of a row.
    fn row(cells: &str) -> Vec<Raw> {
        let table = format!("<table:table table:name=\"T\"><table:table-row>{cells}</table:table-row></table:table>");
        sheets(&table).remove(0).rows.pop().unwrap_or_default()
    }

    fn text(text: &str) -> Raw {
        Raw::Text(text.to_owned())
    }

    #[test]
    fn each_type_of_value_is_told() {
        let value = |kind: &str, value: &str| {
            format!("<table:table-cell office:value-type=\"{kind}\" office:{value}><text:p>shown</text:p></table:table-cell>")
        };
        for (cell, expected) in [
            (value("float", "value=\"12.5\""), Raw::Number(12.5)),
            (value("currency", "value=\"3\""), Raw::Number(3.0)),
            (value("percentage", "value=\"0.25\""), Raw::Percent(0.25)),
            (value("date", "date-value=\"2025-10-05\""), Raw::Date("2025-10-05".into())),
            (value("date", "date-value=\"2025-10-05T00:00:00\""), Raw::Date("2025-10-05".into())),
            (value("date", "date-value=\"2025-10-05T09:30:00-10:00\""), Raw::Date("2025-10-05T09:30:00".into())),
            (value("date", "date-value=\"2025-10-05T09:30:00.5\""), Raw::Date("2025-10-05T09:30:00".into())),
            (value("time", "time-value=\"PT09H30M00.2S\""), Raw::Date("09:30:00".into())),
            (value("boolean", "boolean-value=\"true\""), Raw::Bool(true)),
            (value("string", "string-value=\"a&#10;b\""), text("a\nb")),
            (value("unknown", "name=\"\""), text("shown")),
            (value("float", "value=\"much\""), text("shown")),
        ] {
            assert_eq!(row(&cell), [expected], "{cell}");
        }
    }

    /// A workbook of one part, whose bytes these are.
    fn of_content(content: &[u8]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(CONTENT, SimpleFileOptions::default()).expect("it can be written");
        zip.write_all(content).expect("it can be written");
        zip.finish().expect("it can be written").into_inner()
    }

    #[test]
    fn prefixes_and_encodings_may_be_any() {
        let spaces = |prefixes: &[(&str, &str)]| {
            let declared = |(prefix, space): &(&str, &str)| {
                let namespace = SPACES.iter().find(|(known, _)| known == space).map_or("u", |(_, namespace)| namespace);
                format!(" xmlns{prefix}='{namespace}'")
            };
            prefixes.iter().map(declared).collect::<String>()
        };
        let texts = [
            format!(
                "<o:document-content{}><o:body><o:spreadsheet><t:table t:name='Қ'><t:table-row><t:table-cell o:value='1' office:value='2'/>\
                 <table:table-cell o:value='3'/><t:table-cell t:number-columns-repeated='2'><x:p>a<x:s/>b</x:p></t:table-cell>\
                 </t:table-row></t:table></o:spreadsheet></o:body></o:document-content>",
                spaces(&[(":o", OFFICE), (":t", TABLE), (":x", TEXT), (":office", "other"), (":table", "other")])
            ),
            format!(
                "<document-content{}><body><spreadsheet><table{}{}{} t:name='Қ'><table-row><table-cell o:value='1' value='2'/>\
                 <table-cell t:number-columns-repeated='2'><p{}>a<s/>b</p></table-cell></table-row></table></spreadsheet></body>\
                 </document-content>",
                spaces(&[("", OFFICE)]),
                spaces(&[("", TABLE)]),
                spaces(&[(":t", TABLE)]),
                spaces(&[(":o", OFFICE)]),
                spaces(&[("", TEXT)])
            ),
        ];
        for content in texts {
            let units: Vec<u16> = content.encode_utf16().collect();
            let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let big: Vec<u8> = [0xFEFF].iter().chain(&units).flat_map(|unit| unit.to_be_bytes()).collect();
            for bytes in [content.as_bytes(), &little, &big] {
                let sheet = read(&of_content(bytes)).expect("it can be read").remove(0);
                assert_eq!(
                    (&*sheet.name, sheet.rows),
                    ("Қ", vec![vec![Raw::Number(1.0), text("a b"), text("a b")]]),
                    "{content}"
                );
            }
        }
        let faults = [b"<?xml version='1.0' encoding='UTF-8'?><a>\xFF</a>".to_vec(), vec![0xFF, 0xFE, b'<']];
        for bytes in faults {
            let fault = read(&of_content(&bytes)).expect_err("it cannot be read");
            assert!(fault.message.contains("`content.xml` is no well-formed XML"), "{}", fault.message);
        }
    }

    #[test]
    fn the_text_of_a_cell_is_what_a_person_reads_in_it() {
        let cells = "<table:table-cell office:value-type=\"string\">
              <office:annotation><text:p>a note</text:p></office:annotation>
              <text:p>
                one<text:s text:c=\"2\"/>two <text:span>three</text:span>
                &amp; &#x42;<text:line-break/>four<text:tab/><text:note><text:p>5</text:p></text:note></text:p>
              <text:p>six</text:p>
              <draw:frame><draw:text-box><text:p>drawn</text:p></draw:text-box></draw:frame>
              <table:table><table:table-row><table:table-cell><text:p>nested</text:p></table:table-cell></table:table-row></table:table>
            </table:table-cell>";
        assert_eq!(row(cells), [text("one  two three & B\nfour\t\nsix")]);
    }

    #[test]
    fn formulas_without_a_result_are_told_from_failed_and_from_blank_ones() {
        let formula = |attributes: &str, inside: &str| {
            row(&format!("<table:table-cell table:formula=\"of:=[.A1]\" {attributes}>{inside}</table:table-cell>"))
        };
        let string = "office:value-type=\"string\" office:string-value=\"\"";
        let error = |sign: &str| vec![Raw::Error(sign.to_owned())];
        assert_eq!(formula(&format!("{string} calcext:value-type=\"error\""), "<text:p>#REF!</text:p>"), error("#REF!"));
        assert_eq!(formula(string, "<text:p>Err:508</text:p>"), error("Err:508"));
        assert_eq!(formula("office:value-type=\"float\" office:value=\"0\"", "<text:p>#ДЕЛ/0!</text:p>"), error("#ДЕЛ/0!"));
        assert_eq!(formula("office:value-type=\"float\" office:value=\"7\"", "<text:p>###</text:p>"), [Raw::Number(7.0)]);
        assert_eq!(formula("", ""), [Raw::Stale]);
        assert_eq!(formula("", "<text:p/>"), []);
        assert_eq!(formula(string, ""), []);
    }

    #[test]
    fn rows_and_columns_that_are_repeated_or_grouped_stand_where_they_are_seen() {
        let table = "<table:table table:name=\"T\">
              <table:table-column table:number-columns-repeated=\"16384\"/>
              <table:shapes><draw:frame><text:p>drawn</text:p></draw:frame></table:shapes>
              <table:table-header-rows><table:table-row table:number-rows-repeated=\"3\"><table:table-cell/></table:table-row></table:table-header-rows>
              <table:table-row-group><table:table-row-group>
                <table:table-row table:number-rows-repeated=\"2\">
                  <table:table-cell table:number-columns-repeated=\"2\"/>
                  <table:table-cell table:number-columns-repeated=\"2\" office:value=\"1\"/>
                </table:table-row>
              </table:table-row-group></table:table-row-group>
              <table:table-row>
                <table:table-cell table:number-columns-spanned=\"3\" table:number-rows-spanned=\"2\"><text:p>a</text:p></table:table-cell>
                <table:covered-table-cell/>
                <table:covered-table-cell office:value=\"9\"/>
                <table:table-cell><text:p>b</text:p></table:table-cell>
              </table:table-row>
              <table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>
            </table:table>";
        let sheet = sheets(table).remove(0);
        assert_eq!((sheet.first_row, sheet.first_column), (3, 0));
        let twice = vec![Raw::Empty, Raw::Empty, Raw::Number(1.0), Raw::Number(1.0)];
        assert_eq!(sheet.rows, [twice.clone(), twice, vec![text("a"), Raw::Empty, Raw::Number(9.0), text("b")]]);
        assert_eq!(sheet.merged, [Merge { first_row: 5, first_column: 0, last_row: 5, last_column: 2 }]);
    }

    #[test]
    fn zeros_and_percent_signs_that_a_person_sees_are_told() {
        let cell = |value: &str, shown: &str| {
            let cell = format!(
                "<table:table-cell office:value-type=\"float\" office:value=\"{value}\"><text:p>{shown}</text:p></table:table-cell>"
            );
            row(&cell).remove(0)
        };
        assert_eq!(cell("123", "000123"), Raw::Padded("000123".into()));
        assert_eq!(cell("12345", "012-345"), Raw::Padded("012-345".into()));
        assert_eq!(cell("25", "25%"), Raw::Percent(0.25));
        for (value, shown) in [("123", "123"), ("0", "0"), ("5", "05.00"), ("123", "0 тыс."), ("5", "###")] {
            assert_eq!(cell(value, shown), Raw::Number(value.parse().expect("it is a number")), "{shown}");
        }
    }

    #[test]
    fn what_is_struck_out_is_told() {
        let style = |family: &str, name: &str, parent: &str, line: &str| {
            format!(
                "<style:style style:family=\"{family}\" style:name=\"{name}\" {parent}><style:text-properties {line}/></style:style>"
            )
        };
        let line = |line: &str| format!("style:text-line-through-style=\"{line}\"");
        let styles = [
            style("table-cell", "out", "", &line("solid")),
            style("table-cell", "follows", "style:parent-style-name=\"out\"", ""),
            style("table-cell", "not", "style:parent-style-name=\"out\"", &line("none")),
            style("text", "part", "", &line("solid")),
        ];
        let cell = |style: &str, text: &str| {
            format!("<table:table-cell {style} office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
        };
        let cells = [
            cell("table:style-name=\"out\"", "a"),
            cell("table:style-name=\"follows\"", "b"),
            cell("table:style-name=\"not\"", "c"),
            cell("", "1<text:span text:style-name=\"part\">2</text:span>"),
            cell("", "1<text:span text:style-name=\"part\"> </text:span>2"),
            cell("", "d"),
        ];
        let columns = "<table:table-column table:number-columns-repeated=\"5\"/>\
                       <table:table-column table:default-cell-style-name=\"out\"/>";
        let text = format!(
            "<office:document-content><office:automatic-styles>{}</office:automatic-styles><office:body><office:spreadsheet>\
             <table:table>{columns}<table:table-row>{}</table:table-row></table:table>\
             </office:spreadsheet></office:body></office:document-content>",
            styles.concat(),
            cells.concat()
        );
        let sheet = tables(&part(&text), Styles::default()).expect("it can be read").remove(0);
        let struck = |text: &str| Raw::Struck(text.to_owned());
        assert_eq!(
            sheet.rows,
            [[struck("a"), struck("b"), super::tests::text("c"), struck("12"), super::tests::text("1 2"), struck("d")]]
        );
    }

    #[test]
    fn what_a_font_raises_or_lowers_stays_so() {
        let style = |family: &str, name: &str, position: &str| {
            format!(
                "<style:style style:family=\"{family}\" style:name=\"{name}\">\
                 <style:text-properties style:text-position=\"{position}\"/></style:style>"
            )
        };
        let styles = [
            style("text", "up", "super 58%"),
            style("text", "higher", "33% 58%"),
            style("text", "down", "sub 58%"),
            style("text", "lower", "-8% 58%"),
            style("text", "line", "0% 100%"),
            style("table-cell", "raised", "super"),
        ];
        let span = |style: &str, text: &str| format!("<text:span text:style-name=\"{style}\">{text}</text:span>");
        let cell =
            |attributes: &str, text: &str| format!("<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>");
        let string = "office:value-type=\"string\" office:string-value=\"301\"";
        let cells = [
            (cell("", &format!("30{}", span("up", "1"))), text("30¹")),
            (cell("", &format!("30{}</text:p><text:p>{}", span("higher", "1"), span("line", "2"))), text("30¹\n2")),
            (cell("", &format!("H{}O{}", span("down", "2"), span("lower", "3"))), text("H₂O₃")),
            (cell("", &span("up", &format!("1{}", span("line", "30")))), text("¹30")),
            (cell(string, &format!("30{}", span("up", "1"))), text("30¹")),
            (cell(string, &span("up", "301")), text("301")),
            (cell("table:style-name=\"raised\"", "301"), text("301")),
            (cell("table:style-name=\"raised\"", &format!("1{}", span("line", "30"))), text("¹30")),
            (cell("table:style-name=\"raised\" office:value=\"301\"", "301"), Raw::Number(301.0)),
        ];
        let written: String = cells.iter().map(|(cell, _)| cell.as_str()).collect();
        let content = format!(
            "<office:document-content><office:automatic-styles>{}</office:automatic-styles><office:body><office:spreadsheet>\
             <table:table><table:table-row>{written}</table:table-row></table:table>\
             </office:spreadsheet></office:body></office:document-content>",
            styles.concat()
        );
        let sheet = tables(&part(&content), Styles::default()).expect("it can be read").remove(0);
        assert_eq!(sheet.rows, [cells.map(|(_, expected)| expected)]);
    }

    #[test]
    fn tables_without_names_and_of_one_name_are_told_apart() {
        let table = |name: &str| format!("<table:table {name}/>");
        let same = "table:name=\"Staff\"";
        let found =
            sheets(&[table(same), table(""), table(same), "<table:dde-links><table:table/></table:dde-links>".into()].concat());
        let names: Vec<&str> = found.iter().map(|sheet| &*sheet.name).collect();
        assert_eq!(names, ["Staff", "2", "Staff (3)"]);
    }

    #[test]
    fn a_style_hides_its_tables() {
        let styles = "<office:automatic-styles>
              <style:style style:name=\"h\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style>
              <style:style style:name=\"s\" style:family=\"table\"><style:table-properties table:display=\"true\"/></style:style>
            </office:automatic-styles>";
        let text = format!(
            "<office:document-content>{styles}<office:body><office:spreadsheet>\
             <table:table table:style-name=\"h\"/><table:table table:style-name=\"s\"/>\
             </office:spreadsheet></office:body></office:document-content>"
        );
        let hidden: Vec<bool> =
            tables(&part(&text), Styles::default()).expect("it can be read").iter().map(|sheet| sheet.hidden).collect();
        assert_eq!(hidden, [true, false]);
    }

    #[test]
    fn only_a_key_for_the_content_protects_a_workbook() {
        let manifest = |path: &str| {
            format!(
                "<manifest:manifest><manifest:file-entry manifest:full-path=\"{path}\"><manifest:encryption-data/>\
                 </manifest:file-entry><manifest:file-entry manifest:full-path=\"other\"/></manifest:manifest>"
            )
        };
        let rule = |path: &str| read(&workbook("", "<table:table/>", Some(&manifest(path)))).map_err(|fault| fault.rule);
        assert_eq!(rule("content.xml").err(), Some(crate::diagnostic::Rule::ProtectedWorkbook));
        assert!(rule("Basic/Standard/Module1.xml").is_ok());
    }

    #[test]
    fn entities_of_the_file_are_not_expanded() {
        let head = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n";
        let table = |cell: &str| {
            let table = format!("<table:table><table:table-row>{cell}</table:table-row></table:table>");
            read(&workbook(head, &table, None)).map(|mut sheets| sheets.remove(0).rows)
        };
        assert!(table("<table:table-cell><text:p>&b;</text:p></table:table-cell>").is_err());
        assert!(table("<table:table-cell office:string-value=\"&b;\"/>").is_err());
        assert_eq!(table("<table:table-cell><text:p>c</text:p></table:table-cell>").ok(), Some(vec![vec![text("c")]]));
    }

    #[test]
    fn a_content_that_was_changed_in_the_archive_is_a_fault() {
        let table = "<table:table><table:table-row><table:table-cell office:value=\"12\"/></table:table-row></table:table>";
        let mut bytes = workbook_packed("", table, None, zip::CompressionMethod::Stored);
        let place = memchr::memmem::find(&bytes, b"\"12\"").expect("it is stored as it is") + 1;
        bytes[place] = b'7';
        assert!(read(&bytes).is_err());
    }

    #[test]
    fn a_torn_content_is_a_fault() {
        for torn in [
            "<office:document-content><office:body><office:spreadsheet><table:table>",
            "<office:document-content><office:body><office:spreadsheet></office:spreadsheet></office:body>",
            "<office:document-content/>",
            "<x:document-content xmlns:x='u'><x:body><x:spreadsheet/></x:body></x:document-content>",
            "",
            "no XML",
        ] {
            assert!(tables(&part(torn), Styles::default()).is_err(), "{torn}");
        }
    }
}
