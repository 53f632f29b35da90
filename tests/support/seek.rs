//! Looks for numbers in everything that a release consists of: pages, text alternatives and attachments of documents, parts of workbooks,
//! tables, manifests and names of files; however their digits are parted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::Path;

use hayro_syntax::Pdf;
use hayro_syntax::object::{Name, Object};

use crate::{pdf, support};

/// Signs that part the groups of a number's digits, or its decimals.
const PARTING: [char; 8] = [' ', '\u{a0}', '\u{2009}', '\u{202f}', ',', '.', '\'', '’'];

/// The numbers that are looked for, by their digits.
pub struct Seeker(pub BTreeSet<String>);

impl Seeker {
    /// Those that stand in a text.
    pub fn find(&self, text: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let signs: Vec<char> = text.chars().collect();
        let mut groups: Vec<String> = Vec::new();
        let mut position = 0;
        while position < signs.len() {
            if !signs[position].is_ascii_digit() {
                position += 1;
                continue;
            }
            let end = (position..signs.len()).find(|&end| !signs[end].is_ascii_digit()).unwrap_or(signs.len());
            groups.push(signs[position..end].iter().collect());
            let goes_on = end + 1 < signs.len() && PARTING.contains(&signs[end]) && signs[end + 1].is_ascii_digit();
            if !goes_on {
                self.join(&groups, &mut found);
                groups.clear();
            }
            position = end + 1;
        }
        self.join(&groups, &mut found);
        found
    }

    /// Every way in which groups side by side make a number.
    fn join(&self, groups: &[String], found: &mut BTreeSet<String>) {
        for from in 0..groups.len() {
            let mut number = String::new();
            for group in &groups[from..groups.len().min(from + 4)] {
                number.push_str(group);
                if self.0.contains(&number) {
                    found.insert(number.clone());
                }
            }
        }
    }

    /// Those that stand in a release, by the file and the part of it.
    pub fn find_in(&self, place: &Path) -> BTreeMap<String, BTreeSet<String>> {
        let mut all = BTreeMap::new();
        for path in support::files(place).expect("it can be listed") {
            let name = path.strip_prefix(place).expect("it lies there").to_string_lossy().into_owned();
            for (part, text) in texts(&name, fs::read(&path).expect("it can be read")) {
                let found = self.find(&text);
                if !found.is_empty() {
                    all.insert(format!("{name} ({part})"), found);
                }
            }
        }
        all
    }
}

/// All texts of a file.
fn texts(name: &str, bytes: Vec<u8>) -> Vec<(String, String)> {
    let mut texts = vec![("name".to_owned(), name.to_owned())];
    if name.ends_with(".pdf") {
        texts.push(("structure".to_owned(), pdf::text(bytes.clone(), &[])));
        texts.push(("pages".to_owned(), pdf::pages(bytes.clone()).join("\n")));
        texts.extend(attached(bytes).into_iter().map(|text| ("attachment".to_owned(), text)));
    } else if name.ends_with(".xlsx") {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a workbook is a zip");
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).expect("it can be read");
            let mut text = String::new();
            part.read_to_string(&mut text).expect("parts are text");
            texts.push((part.name().expect("names are text").into_owned(), text));
        }
    } else {
        texts.push(("text".to_owned(), String::from_utf8(bytes).expect("it is text")));
    }
    texts
}

/// What is attached to a document, and its metadata.
fn attached(bytes: Vec<u8>) -> Vec<String> {
    let pdf = Pdf::new(bytes).unwrap_or_else(|error| panic!("not a PDF: {error:?}"));
    let of_kind = |object: Object<'_>| match object {
        Object::Stream(stream) => {
            let kind: Option<Name<'_>> = stream.dict().get("Type");
            let is_text = kind.is_some_and(|kind| ["EmbeddedFile", "Metadata"].contains(&kind.as_str()));
            is_text.then(|| String::from_utf8(stream.decoded().expect("it can be unpacked").to_vec()).expect("it is text"))
        }
        _ => None,
    };
    pdf.objects().into_iter().filter_map(of_kind).collect()
}
