//! The parts of a workbook's archive. Unchanged parts are copied byte for byte.

use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Read, Write};

use quick_xml::events::Event;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::Unmarkable;
use super::xml;

/// The most bytes of a changed part, unpacked …
const LARGEST_PART: u64 = 64 << 20;
/// … and of all changed parts together.
const LARGEST_WHOLE: usize = 256 << 20;

const TYPES: &str = "[Content_Types].xml";

/// An archive and the changes to be written into it.
pub struct Package {
    archive: ZipArchive<Cursor<Vec<u8>>>,
    /// The entry of each part, by its name as relations spell it, in small letters.
    places: HashMap<String, usize>,
    /// The name and the text of each changed or new part, by the same key.
    changed: BTreeMap<String, (String, String)>,
    /// How many bytes the changed parts have.
    size: usize,
}

/// A part that another part refers to.
pub struct Relation {
    /// The id of the reference.
    pub id: String,
    /// What the part is to the other one.
    pub kind: String,
    /// Its path in the archive.
    pub target: String,
}

impl Package {
    /// Opens the bytes of a workbook.
    pub fn open(bytes: &[u8]) -> Result<Self, Unmarkable> {
        let mut archive = ZipArchive::new(Cursor::new(bytes.to_vec())).map_err(|error| Unmarkable(error.to_string()))?;
        let mut places = HashMap::new();
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index).map_err(|error| Unmarkable(error.to_string()))?;
            let name = entry.name().map_err(|error| Unmarkable(error.to_string()))?;
            places.insert(usual(&name), index);
        }
        Ok(Self { archive, places, changed: BTreeMap::new(), size: 0 })
    }

    /// The names of all parts as relations spell them, in small letters.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// The path of the workbook's own part, where it is made of XML.
    pub fn book(&mut self) -> Result<String, Unmarkable> {
        let book = self.relations("")?.into_iter().find(|relation| relation.kind == "officeDocument");
        let book = book.map(|book| book.target).filter(|book| book.to_lowercase().ends_with(".xml"));
        book.ok_or_else(|| Unmarkable("the archive holds no workbook".into()))
    }

    /// Whether there is such a part.
    pub fn has(&self, path: &str) -> bool {
        let path = usual(path);
        self.changed.contains_key(&path) || self.places.contains_key(&path)
    }

    /// The path of a part that is not there yet: `stem`, a number and an ending.
    pub fn free(&self, stem: &str, ending: &str) -> String {
        let mut paths = (1..=u32::MAX).map(|number| format!("{stem}{number}.{ending}"));
        paths.find(|path| !self.has(path)).expect("there are more numbers than parts")
    }

    /// A part's text.
    pub fn text(&mut self, path: &str) -> Result<String, Unmarkable> {
        if let Some((_, text)) = self.changed.get(&usual(path)) {
            return Ok(text.clone());
        }
        let failed = |error: &dyn std::fmt::Display| Unmarkable(format!("{path}: {error}"));
        let index = self.places.get(&usual(path)).ok_or_else(|| failed(&"there is no such part"))?;
        let entry = self.archive.by_index(*index).map_err(|error| failed(&error))?;
        let mut bytes = Vec::new();
        entry.take(LARGEST_PART + 1).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
        if bytes.len() as u64 > LARGEST_PART {
            return Err(failed(&format!("it has more than {} MB", LARGEST_PART >> 20)));
        }
        xml::text(bytes).ok_or_else(|| failed(&"its text cannot be read"))
    }

    /// Sets a part's text.
    pub fn set(&mut self, path: &str, text: String) -> Result<(), Unmarkable> {
        self.size += text.len();
        if let Some((_, before)) = self.changed.insert(usual(path), (path.to_owned(), text)) {
            self.size -= before.len();
        }
        if self.size > LARGEST_WHOLE {
            return Err(Unmarkable(format!("its parts have more than {} MB", LARGEST_WHOLE >> 20)));
        }
        Ok(())
    }

    /// The parts that a part refers to.
    pub fn relations(&mut self, path: &str) -> Result<Vec<Relation>, Unmarkable> {
        let list = relations_path(path);
        if !self.has(&list) {
            return Ok(Vec::new());
        }
        let text = self.text(&list)?;
        let mut relations = Vec::new();
        xml::tokens(&text, |token| {
            if let Event::Start(start) | Event::Empty(start) = &token.event
                && xml::name(start) == "Relationship"
            {
                let of = |name| xml::attribute(start, name).unwrap_or_default();
                let kind = of("Type").rsplit('/').next().unwrap_or_default().to_owned();
                relations.push(Relation { id: of("Id"), kind, target: resolve(path, &of("Target")) });
            }
            Ok(())
        })?;
        Ok(relations)
    }

    /// Adds a reference from a part to another one; returns its id.
    pub fn relate(&mut self, path: &str, kind: &str, target: &str) -> Result<String, Unmarkable> {
        let known = self.relations(path)?;
        let id = (1..).map(|number| format!("rIdEsep{number}")).find(|id| known.iter().all(|known| known.id != *id));
        let id = id.expect("there are more numbers than relations");
        let relation = format!(
            "<Relationship Id=\"{id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" Target=\"{}\"/>",
            xml::escape(&relative(path, target))
        );
        let list = relations_path(path);
        let text = if self.has(&list) {
            self.text(&list)?
        } else {
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
             <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"></Relationships>"
                .to_owned()
        };
        let text = insert_before_end(&text, "Relationships", &relation)?;
        self.set(&list, text)?;
        Ok(id)
    }

    /// Declares the type of a new part.
    pub fn declare(&mut self, path: &str, content: &str) -> Result<(), Unmarkable> {
        let text = self.text(TYPES)?;
        let entry = format!("<Override PartName=\"/{path}\" ContentType=\"{content}\"/>");
        if !text.contains(&format!("PartName=\"/{path}\"")) {
            let text = insert_before_end(&text, "Types", &entry)?;
            self.set(TYPES, text)?;
        }
        Ok(())
    }

    /// The archive with all changes; parts keep their order, and new ones come last.
    pub fn finish(mut self) -> Result<Vec<u8>, Unmarkable> {
        let failed = |error: &dyn std::fmt::Display| Unmarkable(error.to_string());
        let options =
            SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).last_modified_time(DateTime::default());
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..self.archive.len() {
            let entry = self.archive.by_index_raw(index).map_err(|error| failed(&error))?;
            let name = entry.name().map_err(|error| failed(&error))?.into_owned();
            // Of two parts with one name, every program reads the last.
            let counts = self.places.get(&usual(&name)) == Some(&index);
            match if counts { self.changed.remove(&usual(&name)) } else { None } {
                Some((_, text)) => {
                    writer.start_file(name, options).map_err(|error| failed(&error))?;
                    writer.write_all(text.as_bytes()).map_err(|error| failed(&error))?;
                }
                None => writer.raw_copy_file(entry).map_err(|error| failed(&error))?,
            }
        }
        for (path, text) in self.changed.into_values() {
            writer.start_file(path, options).map_err(|error| failed(&error))?;
            writer.write_all(text.as_bytes()).map_err(|error| failed(&error))?;
        }
        writer.finish().map(Cursor::into_inner).map_err(|error| failed(&error))
    }
}

/// A part's name as relations spell it, in small letters: some programs write other slashes or other capitals.
fn usual(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

/// A text with `what` put before the end of its outermost element, which is called `name`.
pub fn insert_before_end(text: &str, name: &str, what: &str) -> Result<String, Unmarkable> {
    let (mut at, mut place, mut empty) = (0, None, None);
    xml::tokens(text, |token| {
        match &token.event {
            Event::End(_) if token.depth == 0 => place = Some(at),
            Event::Empty(start) if token.depth == 0 => empty = Some((at, token.raw.len(), start.to_owned())),
            _ => {}
        }
        at += token.raw.len();
        Ok(())
    })?;
    match (place, empty) {
        (Some(place), _) => Ok(format!("{}{what}{}", &text[..place], &text[place..])),
        (None, Some((from, length, start))) => {
            let full = start.name().as_ref().to_owned();
            Ok(format!("{}{}{what}</{full}>{}", &text[..from], xml::tag(&start, &[], false), &text[from + length..]))
        }
        (None, None) => Err(Unmarkable(format!("expected `{name}`"))),
    }
}

fn relations_path(path: &str) -> String {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") }
}

/// The path of a part, from the way in which another part names it.
fn resolve(from: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The path of a part in the way in which another part names it.
fn relative(from: &str, to: &str) -> String {
    let (mut here, mut there): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    here.pop();
    while here.first().is_some_and(|folder| there.len() > 1 && there.first() == Some(folder)) {
        here.remove(0);
        there.remove(0);
    }
    format!("{}{}", "../".repeat(here.len()), there.join("/"))
}

/// The attribute by which a text refers to relations, and the namespace declaration that it still needs.
pub fn relation_attribute(text: &str) -> Result<(String, String), Unmarkable> {
    let mut found = None;
    let mut is_bound = false;
    xml::tokens(text, |token| {
        if let (Event::Start(start), 0) = (&token.event, token.depth) {
            for attribute in start.attributes().with_checks(false).flatten() {
                let Some(prefix) = attribute.key.as_ref().strip_prefix("xmlns:") else { continue };
                is_bound |= prefix == "r";
                if attribute.value.ends_with("/officeDocument/2006/relationships")
                    || attribute.value.ends_with("/officeDocument/relationships")
                {
                    found = Some(prefix.to_owned());
                }
            }
        }
        Ok(())
    })?;
    let declared = found.map(|prefix| (format!("{prefix}:id"), String::new()));
    let prefix = if is_bound { "er" } else { "r" };
    let here = format!(" xmlns:{prefix}=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"");
    Ok(declared.unwrap_or_else(|| (format!("{prefix}:id"), here)))
}
