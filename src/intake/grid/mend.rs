//! Parts of a workbook written anew where its reader would stumble or pass over something; all other parts stay as they are.
//!
//! The reader of `.xlsx` and `.xlsb` refuses a workbook whole for one sheet that is no table.

use std::io::{Cursor, Read, Write};

use memchr::memmem;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::kind::plain;
use super::parts::{attribute, position, tags};

/// The workbook with its faults mended; `None` where it has none of those that are known.
pub fn mended(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(bytes.len())));
    let mut changed = false;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).ok()?;
        let name = plain(&file.name().ok()?);
        if let Some(mend) = way(&name) {
            let mut part = Vec::new();
            file.read_to_end(&mut part).ok()?;
            if let Some(part) = mend(&part) {
                changed = true;
                // It is read once and thrown away.
                let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
                writer.start_file(file.name().ok()?, options).ok()?;
                writer.write_all(&part).ok()?;
                continue;
            }
            drop(file);
            file = archive.by_index(index).ok()?;
        }
        writer.raw_copy_file(file).ok()?;
    }
    let bytes = writer.finish().ok()?.into_inner();
    changed.then_some(bytes)
}

/// Gives a part anew, or `None` where it is fine.
type Mend = fn(&[u8]) -> Option<Vec<u8>>;

fn way(part: &str) -> Option<Mend> {
    match part {
        "xl/_rels/workbook.xml.rels" | "xl/_rels/workbook.bin.rels" => Some(relations),
        "xl/workbook.xml" => Some(states),
        _ if part.starts_with("xl/worksheets/") && part.ends_with(".xml") => Some(dimension),
        _ if part.starts_with("xl/worksheets/") && part.ends_with(".bin") => Some(failed_formulas),
        _ => None,
    }
}

/// Sheets of macros become charts, which are passed over; modules, which have no part of their own, get one that is never read.
fn relations(part: &[u8]) -> Option<Vec<u8>> {
    const MODULES: &str = r#"<Relationship Id="" Type="chartsheet" Target="chartsheets/none.xml"/></Relationships>"#;
    let text = std::str::from_utf8(part).ok()?;
    let changes = [
        ("/xlMacrosheet\"", "/chartsheet\""),
        ("/xlIntlMacrosheet\"", "/chartsheet\""),
        ("\"macrosheets/", "\"chartsheets/"),
        // The reader of `.xlsb` takes every path for one below `xl/`.
        ("\"/xl/", "\""),
        ("</Relationships>", MODULES),
    ];
    Some(changes.iter().fold(text.to_owned(), |text, (old, new)| text.replace(old, new)).into_bytes())
}

/// A sheet is visible where the file has a word of its own for that.
fn states(part: &[u8]) -> Option<Vec<u8>> {
    let mut text = std::str::from_utf8(part).ok()?.to_owned();
    for tag in tags(part, b"<sheet ") {
        let state = attribute(tag, "state").filter(|state| !matches!(state.as_str(), "visible" | "hidden" | "veryHidden"));
        if let Some(state) = state {
            text = text.replace(&format!(" state=\"{state}\""), "");
        }
    }
    (text.as_bytes() != part).then(|| text.into_bytes())
}

/// A range of whole rows or columns is of no use; nobody needs it.
fn dimension(part: &[u8]) -> Option<Vec<u8>> {
    let tag = tags(part, b"<dimension ").next()?;
    let range = attribute(tag, "ref")?;
    if range.split(':').all(|corner| position(corner).is_some()) || !tag.ends_with(b"/") {
        return None;
    }
    let start = memmem::find(part, tag)?;
    Some([&part[..start], &part[start + tag.len() + 1..]].concat())
}

/// A failed formula (`BrtFmlaError` of [MS-XLSB]) becomes an error (`BrtCellError`): both begin with column, format and code.
fn failed_formulas(part: &[u8]) -> Option<Vec<u8>> {
    const FAILED_FORMULA: u16 = 0x000B;
    const ERROR: u8 = 0x03;
    /// Those that the reader knows.
    const ERRORS: [u8; 8] = [0x00, 0x07, 0x0F, 0x17, 0x1D, 0x24, 0x2A, 0x2B];
    let mut mended = part.to_vec();
    let mut changed = false;
    let mut place = 0;
    while let Some((kind, length, start)) = record(part, place) {
        if kind == FAILED_FORMULA && part.get(start + 8).is_some_and(|error| ERRORS.contains(error)) {
            mended[place] = ERROR;
            changed = true;
        }
        place = start + length;
    }
    changed.then_some(mended)
}

/// Kind and length of a record, and where its contents begin; both have seven bits a byte, the lowest first.
fn record(part: &[u8], place: usize) -> Option<(u16, usize, usize)> {
    let mut start = place + 1;
    let mut kind = u16::from(*part.get(place)?);
    if kind & 0x80 != 0 {
        kind = kind & 0x7F | u16::from(*part.get(start)?) << 7;
        start += 1;
    }
    let mut length = 0;
    for shift in [0, 7, 14, 21] {
        let byte = *part.get(start)?;
        start += 1;
        length |= usize::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some((kind, length, start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_formulas_become_errors_and_nothing_else_changes() {
        let row = [0x00, 4, 1, 0, 0, 0];
        let failed = [0x0B, 11, 2, 0, 0, 0, 0, 0, 0, 0, 0x17, 0, 0];
        let unknown = [0x0B, 9, 2, 0, 0, 0, 0, 0, 0, 0, 0x99];
        let long = [&[0x91, 0x01, 0x81, 0x01][..], &[0x0B; 129]].concat();
        let part = [&row[..], &failed, &unknown, &long].concat();
        let mut expected = part.clone();
        expected[row.len()] = 0x03;
        assert_eq!(failed_formulas(&part), Some(expected));
        assert_eq!(failed_formulas(&long), None);
    }

    #[test]
    fn ranges_and_states_that_are_none_are_left_out() {
        assert_eq!(dimension(br#"<a><dimension ref="1:5"/><b/></a>"#).as_deref(), Some(&b"<a><b/></a>"[..]));
        assert_eq!(dimension(br#"<a><dimension ref="A1:B5"/></a>"#), None);
        assert_eq!(states(br#"<sheet name="a" state="show" r:id="1"/>"#).as_deref(), Some(&br#"<sheet name="a" r:id="1"/>"#[..]));
        assert_eq!(states(br#"<sheet name="a" state="hidden"/>"#), None);
    }
}
