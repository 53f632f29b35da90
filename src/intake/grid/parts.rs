//! What the reader of `.xlsx` leaves out, from the sheets' XML: merged cells, and formulas without a stored value.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use memchr::memmem;
use zip::ZipArchive;

use super::Merge;
use super::kind::plain;

/// What a sheet's XML tells beside its cells.
#[derive(Debug, Default, PartialEq)]
pub struct Extras {
    /// The merged cells.
    pub merged: Vec<Merge>,
    /// Formulas without a stored value: row and column.
    pub stale: Vec<(u32, u32)>,
}

/// The extras of every sheet, by its name; nothing where the workbook is built in an unusual way.
pub fn of(bytes: &[u8]) -> HashMap<String, Extras> {
    sheets(bytes).unwrap_or_default()
}

fn sheets(bytes: &[u8]) -> Option<HashMap<String, Extras>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let workbook = part(&mut archive, "xl/workbook.xml")?;
    let relations = part(&mut archive, "xl/_rels/workbook.xml.rels")?;
    let targets: HashMap<String, String> =
        tags(&relations, b"<Relationship ").filter_map(|tag| Some((attribute(tag, "Id")?, attribute(tag, "Target")?))).collect();
    let mut extras = HashMap::new();
    for tag in tags(&workbook, b"<sheet ") {
        let (Some(name), Some(id)) = (attribute(tag, "name"), attribute(tag, "r:id")) else { continue };
        let Some(target) = targets.get(&id) else { continue };
        let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
        if let Some(sheet) = part(&mut archive, &path) {
            extras.insert(name, Extras { merged: merged(&sheet), stale: stale(&sheet) });
        }
    }
    Some(extras)
}

fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, path: &str) -> Option<Vec<u8>> {
    let path = plain(path);
    let index = archive.file_names().position(|name| name.is_ok_and(|name| plain(&name) == path))?;
    let mut bytes = Vec::new();
    archive.by_index(index).ok()?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The tags that begin with `start`, without their end.
pub fn tags<'a>(xml: &'a [u8], start: &'static [u8]) -> impl Iterator<Item = &'a [u8]> {
    memmem::find_iter(xml, start).filter_map(move |place| {
        let tag = &xml[place..];
        memchr::memchr(b'>', tag).map(|end| &tag[..end])
    })
}

/// An attribute of a tag, with the five entities resolved.
pub fn attribute(tag: &[u8], name: &str) -> Option<String> {
    let start = format!(" {name}=\"");
    let value = &tag[memmem::find(tag, start.as_bytes())? + start.len()..];
    let value = std::str::from_utf8(&value[..memchr::memchr(b'"', value)?]).ok()?;
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    Some(entities.iter().fold(value.to_owned(), |text, (entity, sign)| text.replace(entity, sign)))
}

fn merged(sheet: &[u8]) -> Vec<Merge> {
    // Merged cells are listed behind the rows.
    let Some(list) = memmem::rfind(sheet, b"<mergeCells") else { return Vec::new() };
    let range = |tag: &[u8]| {
        let range = attribute(tag, "ref")?;
        let (first, last) = range.split_once(':')?;
        let ((first_row, first_column), (last_row, last_column)) = (position(first)?, position(last)?);
        (first_row <= last_row && first_column <= last_column).then_some(Merge { first_row, first_column, last_row, last_column })
    };
    tags(&sheet[list..], b"<mergeCell ").filter_map(range).collect()
}

fn stale(sheet: &[u8]) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    for place in memmem::find_iter(sheet, b"<f").filter(|place| matches!(sheet.get(place + 2), Some(b'>' | b' ' | b'/'))) {
        let formula = &sheet[place..];
        let Some(end) = memchr::memchr(b'>', formula) else { continue };
        let after = if formula[..end].ends_with(b"/") {
            &formula[end + 1..]
        } else {
            let Some(close) = memmem::find(formula, b"</f>") else { continue };
            &formula[close + 4..]
        };
        let after = after.trim_ascii_start();
        if [b"</c>".as_slice(), b"<v/>", b"<v></v>", b"<v />"].iter().any(|empty| after.starts_with(empty)) {
            // A formula whose value is a text without letters has a value.
            let cell = memmem::rfind(&sheet[..place], b"<c ").map(|start| &sheet[start..place]);
            let tag = cell.and_then(|cell| Some(&cell[..memchr::memchr(b'>', cell)?]));
            if let Some(tag) = tag.filter(|tag| attribute(tag, "t").as_deref() != Some("str")) {
                found.extend(attribute(tag, "r").and_then(|name| position(&name)));
            }
        }
    }
    found
}

/// Row and column of `AB4`, from 0.
pub fn position(name: &str) -> Option<(u32, u32)> {
    let digits = name.find(|letter: char| letter.is_ascii_digit())?;
    let (letters, digits) = name.split_at(digits);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters
        .bytes()
        .try_fold(0_u32, |column, letter| letter.is_ascii_uppercase().then(|| column * 26 + u32::from(letter - b'A') + 1))?;
    let row: u32 = digits.parse().ok()?;
    Some((row.checked_sub(1)?, column - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_without_a_value_are_told_from_those_with_one() {
        let sheet = br#"<c r="A1"><f>1+1</f><v>2</v></c><c r="B2" s="1"><f>A1</f></c><c r="C3"><f t="shared" si="0"/><v></v></c>
            <c r="D4" t="str"><f>""</f><v></v></c><c r="E5"><v>1</v></c><c r="AB6"><f>A1</f><v/></c>"#;
        assert_eq!(stale(sheet), [(1, 1), (2, 2), (5, 27)]);
    }

    #[test]
    fn merged_cells_are_listed() {
        let sheet = br#"</sheetData><mergeCells count="2"><mergeCell ref="A1:C2"/><mergeCell ref="D4"/></mergeCells>"#;
        assert_eq!(merged(sheet), [Merge { first_row: 0, first_column: 0, last_row: 1, last_column: 2 }]);
    }
}
