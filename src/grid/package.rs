//! Workbooks that are zips of parts: which parts there are, what they are to each other, and that each is as it was packed.
//!
//! Parts are those of [ECMA-376] part 2. A part is read to its end, where the zip tells whether its bytes are those that were packed.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use zip::ZipArchive;

use super::fault::Fault;
use super::xml::{Part, Token, Xml};

/// An open workbook.
pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// By their paths as [`plain`] has them.
    places: HashMap<String, usize>,
}

/// What a part is to another one.
#[derive(Debug)]
pub struct Relation {
    /// Its name in the other part.
    pub id: String,
    /// Of what kind it is, such as `worksheet`.
    pub kind: String,
    /// The path of the part.
    pub target: String,
}

/// A path in a zip as most programs write it: some turn the strokes, some begin at the root, and some write other capitals.
pub fn plain(name: &str) -> String {
    let name = name.replace('\\', "/").to_lowercase();
    let mut rest = name.as_str();
    while let Some(shorter) = rest.strip_prefix('/').or_else(|| rest.strip_prefix("./")) {
        rest = shorter;
    }
    rest.to_owned()
}

/// Where a target leads, seen from the folder of the part that names it.
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

    /// What a part says of others; `""` is the whole.
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

    /// The part that the workbook itself is.
    pub fn main(&mut self) -> Result<String, Fault> {
        let main = self.relations("")?.into_iter().find(|relation| relation.kind == "officeDocument");
        Ok(main.map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target))
    }
}

/// How many files a zip lists at its end; `None` where it has too many for the short form. Its reader keeps the last of several
/// with one name.
pub fn listed(bytes: &[u8]) -> Option<usize> {
    let end = memchr::memmem::rfind(bytes, b"PK\x05\x06")?;
    let count = bytes.get(end + 10..end + 12)?;
    Some(u16::from_le_bytes([count[0], count[1]])).filter(|count| *count != u16::MAX).map(usize::from)
}

/// All bytes of a file in a zip. A lack of memory ends the process, as it does everywhere else: it is no fault of the zip.
pub fn all_of(file: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let outcome = file.read_to_end(&mut bytes);
    if outcome.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::OutOfMemory) {
        std::alloc::handle_alloc_error(std::alloc::Layout::for_value(bytes.as_slice()));
    }
    outcome.map(|_| bytes)
}

/// The first part of a kind.
pub fn first<'a>(relations: &'a [Relation], kind: &str) -> Option<&'a str> {
    relations.iter().find(|relation| relation.kind == kind).map(|relation| relation.target.as_str())
}

/// The text of a part: in UTF-8, in UTF-16, or in the encoding that its first line names.
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
    // Who names UTF-16 in single bytes does not write it.
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
