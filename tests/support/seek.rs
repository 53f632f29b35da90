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

/// Digits side by side, and the sign behind them.
struct Group {
    digits: String,
    parting: Option<char>,
}

impl Group {
    fn has_three(&self) -> bool {
        self.digits.len() == 3
    }
}

/// Whether some groups are a piece of a larger number: the next one before or behind them is parted from them as they are from each other.
fn is_cut(groups: &[Group], from: usize, to: usize) -> bool {
    let is_like = |one: usize, other: usize| groups[one].parting == groups[other].parting;
    let begins_before = || from > 0 && groups[from - 1].digits.len() <= 3 && groups[from].has_three() && is_like(from - 1, from);
    let goes_on = || groups.get(to + 1).is_some_and(Group::has_three) && is_like(to, to - 1);
    to > from && (begins_before() || goes_on())
}

/// The numbers that are looked for, by their digits.
pub struct Seeker(pub BTreeSet<String>);

impl Seeker {
    /// Those that stand in a text.
    pub fn find(&self, text: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let signs: Vec<char> = without_checksums(text).chars().collect();
        let mut groups: Vec<Group> = Vec::new();
        let mut position = 0;
        while position < signs.len() {
            if !signs[position].is_ascii_digit() {
                position += 1;
                continue;
            }
            let end = (position..signs.len()).find(|&end| !signs[end].is_ascii_digit()).unwrap_or(signs.len());
            groups.push(Group { digits: signs[position..end].iter().collect(), parting: signs.get(end).copied() });
            let goes_on = end + 1 < signs.len() && PARTING.contains(&signs[end]) && signs[end + 1].is_ascii_digit();
            if !goes_on {
                self.join(&groups, &mut found);
                groups.clear();
            }
            position = end + 1;
        }
        found
    }

    /// Every way in which groups side by side make a number: the further ones have three digits each.
    fn join(&self, groups: &[Group], found: &mut BTreeSet<String>) {
        for from in 0..groups.len() {
            let mut number = String::new();
            for to in from..groups.len().min(from + 4) {
                if to > from && !groups[to].has_three() {
                    break;
                }
                number.push_str(&groups[to].digits);
                if self.0.contains(&number) && !is_cut(groups, from, to) {
                    found.insert(number.clone());
                }
            }
        }
    }

    /// Those that stand in a release, by the file and the part of it.
    pub fn find_in(&self, place: &Path) -> BTreeMap<String, BTreeSet<String>> {
        let name = |path: &Path| path.strip_prefix(place).expect("it lies there").to_string_lossy().into_owned();
        let files = support::files(place).expect("it can be listed");
        let files = files.iter().map(|path| (name(path), fs::read(path).expect("it can be read")));
        files.flat_map(|(name, bytes)| self.find_in_file(&name, bytes)).collect()
    }

    /// Those that stand in a file, by the part of it.
    pub fn find_in_file(&self, name: &str, bytes: Vec<u8>) -> Vec<(String, BTreeSet<String>)> {
        let all = texts(name, bytes).into_iter().map(|(part, text)| (format!("{name} ({part})"), self.find(&text)));
        all.filter(|(_, found)| !found.is_empty()).collect()
    }
}

/// A text without its checksums, among whose digits any number may stand by chance.
fn without_checksums(text: &str) -> String {
    let is_sign = |sign: char| !sign.is_ascii_hexdigit();
    text.split_inclusive(is_sign).filter(|word| word.trim_end_matches(is_sign).len() != 64).collect()
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
