//! Workbooks that are zips of parts: their parts, how these refer to each other, and whether each is as it was packed.
//!
//! Parts are those of [ECMA-376] part 2. Each part is read to its end: only there does the zip tell whether the bytes are those that were
//! packed.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use zip::ZipArchive;

use super::fault::Fault;
use super::xml::{Part, Token, Xml};

/// An open workbook.
pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// The position of each part in the zip, by its path as [`plain`] gives it.
    places: HashMap<String, usize>,
}

/// A reference from one part to another.
#[derive(Debug)]
pub struct Relation {
    /// The id by which the first part refers to it.
    pub id: String,
    /// What the other part is to the first, such as `worksheet`.
    pub kind: String,
    /// The path of the other part.
    pub target: String,
}

/// A path in a zip in one spelling: some programs turn the slashes, begin at the root, or write other capitals.
pub fn plain(name: &str) -> String {
    let name = name.replace('\\', "/").to_lowercase();
    let mut rest = name.as_str();
    while let Some(shorter) = rest.strip_prefix('/').or_else(|| rest.strip_prefix("./")) {
        rest = shorter;
    }
    rest.to_owned()
}

/// The path of a target that is named by a part in `folder`.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.split('#').next().unwrap_or_default().replace('\\', "/").to_lowercase();
    let whole = if target.starts_with('/') { target } else { format!("{folder}{target}") };
    let mut path: Vec<&str> = Vec::new();
    for step in whole.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/")
}

impl<'a> Package<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Self, Fault> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Fault::damaged())?;
        let mut places = HashMap::new();
        let mut unique = listed(bytes).is_none_or(|listed| listed == archive.len());
        for (place, name) in archive.file_names().enumerate() {
            if let Ok(name) = name {
                unique &= places.insert(plain(&name), place).is_none() || name.ends_with('/');
            }
        }
        if unique { Ok(Self { archive, places }) } else { Err(Fault::parts_of_one_name()) }
    }

    /// The bytes of a part; `None` where there is none.
    pub fn bytes(&mut self, path: &str) -> Result<Option<Vec<u8>>, Fault> {
        let Some(&place) = self.places.get(path) else { return Ok(None) };
        if self.archive.by_index_raw(place).is_ok_and(|file| file.encrypted()) {
            return Err(Fault::protected());
        }
        let mut file = self.archive.by_index(place).map_err(|_| Fault::changed(path))?;
        Ok(Some(all_of(&mut file).map_err(|_| Fault::changed(path))?))
    }

    /// A part of XML; `None` where there is none.
    pub fn part(&mut self, path: &str) -> Result<Option<Part>, Fault> {
        let Some(bytes) = self.bytes(path)? else { return Ok(None) };
        let text = decoded(bytes).ok_or_else(|| Fault::ill_formed(path))?;
        Ok(Some(Part { path: path.to_owned(), text }))
    }

    /// A part of XML that cannot be left out.
    pub fn needed(&mut self, path: &str) -> Result<Part, Fault> {
        self.part(path)?.ok_or_else(|| Fault::missing(path))
    }

    /// The references of a part to others; `""` stands for the workbook as a whole.
    pub fn relations(&mut self, of: &str) -> Result<Vec<Relation>, Fault> {
        let (folder, file) = of.rfind('/').map_or(("", of), |end| of.split_at(end + 1));
        let Some(part) = self.part(&format!("{folder}_rels/{file}.rels"))? else { return Ok(Vec::new()) };
        let mut xml = Xml::new(&part);
        let mut relations = Vec::new();
        while let Some(token) = xml.next()? {
            let Token::Start(element) = token else { continue };
            if element.name() != "Relationship" || element.attribute("TargetMode")?.as_deref() == Some("External") {
                continue;
            }
            let (id, kind, target) = (element.attribute("Id")?, element.attribute("Type")?, element.attribute("Target")?);
            if let (Some(id), Some(kind), Some(target)) = (id, kind, target) {
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                relations.push(Relation { id: id.into_owned(), kind, target: resolved(folder, &target) });
            }
        }
        Ok(relations)
    }

    /// The path of the part that holds the workbook itself.
    pub fn main(&mut self) -> Result<String, Fault> {
        let main = self.relations("")?.into_iter().find(|relation| relation.kind == "officeDocument");
        Ok(main.map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target))
    }
}

/// How many files a zip lists at its end; `None` where there are too many for the short form. The zip reader keeps only the last of several
/// files with one name.
pub fn listed(bytes: &[u8]) -> Option<usize> {
    let end = memchr::memmem::rfind(bytes, b"PK\x05\x06")?;
    let count = bytes.get(end + 10..end + 12)?;
    Some(u16::from_le_bytes([count[0], count[1]])).filter(|count| *count != u16::MAX).map(usize::from)
}

/// All bytes of a file in a zip. A lack of memory ends the process, as everywhere else, and is no fault of the zip.
pub fn all_of(file: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let outcome = file.read_to_end(&mut bytes);
    if outcome.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::OutOfMemory) {
        std::alloc::handle_alloc_error(std::alloc::Layout::for_value(bytes.as_slice()));
    }
    outcome.map(|_| bytes)
}

/// The path of the first part of a kind.
pub fn first<'a>(relations: &'a [Relation], kind: &str) -> Option<&'a str> {
    relations.iter().find(|relation| relation.kind == kind).map(|relation| relation.target.as_str())
}

/// The text of a part, which may be in UTF-8, in UTF-16, or in the encoding that its first line names.
fn decoded(bytes: Vec<u8>) -> Option<String> {
    let marked = Encoding::for_bom(&bytes).map(|(encoding, _)| encoding);
    let encoding = marked.unwrap_or_else(|| match bytes.get(..2) {
        Some([0, _]) => UTF_16BE,
        Some([_, 0]) => UTF_16LE,
        Some(_) | None => declared(&bytes).unwrap_or(UTF_8),
    });
    if encoding == UTF_8 && marked.is_none() {
        return String::from_utf8(bytes).ok();
    }
    let (text, _, faulty) = encoding.decode(&bytes);
    (!faulty).then(|| text.into_owned())
}

fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.starts_with(b"<?xml").then(|| bytes.split(|byte| *byte == b'>').next())??;
    let name = &head[memchr::memmem::find(head, b"encoding")?..];
    let name = name.split(|byte| matches!(byte, b'"' | b'\'')).nth(1)?;
    // A text that names UTF-16 in single bytes is not in UTF-16.
    Encoding::for_label(name).filter(|encoding| ![UTF_16BE, UTF_16LE].contains(encoding))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_lead_to_paths_however_they_are_written() {
        for target in
            ["worksheets/sheet1.xml", "./worksheets/Sheet1.xml", "/xl/worksheets/sheet1.xml", "..\\xl\\worksheets\\sheet1.xml"]
        {
            assert_eq!(resolved("xl/", target), "xl/worksheets/sheet1.xml", "{target}");
        }
        assert_eq!(resolved("xl/", "../../../a.xml"), "a.xml");
        assert_eq!(plain("/XL\\Workbook.xml"), "xl/workbook.xml");
    }

    #[test]
    fn parts_are_text_in_any_encoding_that_they_name() {
        let text = "<?xml version=\"1.0\"?><a>Қ</a>";
        let units: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        for bytes in [little.clone(), big, [&[0xFF, 0xFE][..], &little].concat(), text.as_bytes().to_vec()] {
            assert_eq!(decoded(bytes).as_deref(), Some(text));
        }
        let marked = "\u{feff}<a/>";
        assert_eq!(decoded(marked.as_bytes().to_vec()).as_deref(), Some("<a/>"));
        let old = b"<?xml version='1.0' encoding='windows-1251'?><a>\xC0</a>".to_vec();
        assert!(decoded(old).is_some_and(|text| text.ends_with("<a>А</a>")));
        assert_eq!(decoded(b"<a>\xFF</a>".to_vec()), None);
    }
}
