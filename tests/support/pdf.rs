//! The text of a tagged PDF in the order of its structure, as a screen reader reads it; and what is drawn on each page.

// Every test program uses a part of this.
#![allow(dead_code)]

use std::collections::HashMap;

use hayro_cmap::{BfString, CMap};
use hayro_syntax::Pdf;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::{self, Array, Dict, Name, ObjRef, Object, ObjectIdentifier, Stream};
use hayro_syntax::page::Page;

/// Text of marked content: by page, then by its number on the page.
type Contents = HashMap<(ObjectIdentifier, i32), String>;

/// What the pages say, with the texts that stand for pictures. Left out are page furniture, which is no content, and elements
/// whose type is among `without`.
pub fn text(bytes: Vec<u8>, without: &[&str]) -> String {
    let pdf = Pdf::new(bytes).unwrap_or_else(|error| panic!("not a PDF: {error:?}"));
    let mut fonts = HashMap::new();
    let mut contents = Contents::new();
    for page in pdf.pages().iter() {
        read(page, &mut fonts, &mut contents);
    }
    let catalog: Dict<'_> = pdf.xref().get(pdf.xref().root_id()).expect("a PDF has a catalog");
    let tree: Dict<'_> = catalog.get("StructTreeRoot").expect("the pages are tagged");
    let mut text = String::new();
    walk(&tree, None, without, &contents, &mut text);
    text
}

/// The texts that stand for pictures, in the order of the structure.
pub fn alternatives(bytes: Vec<u8>) -> Vec<String> {
    let pdf = Pdf::new(bytes).unwrap_or_else(|error| panic!("not a PDF: {error:?}"));
    let catalog: Dict<'_> = pdf.xref().get(pdf.xref().root_id()).expect("a PDF has a catalog");
    let tree: Dict<'_> = catalog.get("StructTreeRoot").expect("the pages are tagged");
    let (mut found, mut open) = (Vec::new(), vec![tree]);
    while let Some(element) = open.pop() {
        found.extend(element.get::<object::String<'_>>("Alt").map(|text| decode(text.as_bytes())));
        open.extend(kids(&element).into_iter().rev().filter_map(Object::into_dict));
    }
    found
}

/// What an element of the structure consists of.
fn kids<'a>(element: &Dict<'a>) -> Vec<Object<'a>> {
    match element.get("K") {
        Some(Object::Array(kids)) => kids.iter().collect(),
        Some(kid) => vec![kid],
        None => Vec::new(),
    }
}

/// What is drawn on each page, with what stands above and below its text.
pub fn pages(bytes: Vec<u8>) -> Vec<String> {
    let pdf = Pdf::new(bytes).unwrap_or_else(|error| panic!("not a PDF: {error:?}"));
    let mut fonts = HashMap::new();
    pdf.pages().iter().map(|page| read(page, &mut fonts, &mut Contents::new())).collect()
}

/// Adds the text of an element and all below it.
fn walk(element: &Dict<'_>, page: Option<ObjRef>, without: &[&str], contents: &Contents, text: &mut String) {
    if element.get::<Name<'_>>("S").is_some_and(|kind| without.contains(&kind.as_str())) {
        return;
    }
    let page = element.get_ref("Pg").or(page);
    if let Some(alternative) = element.get::<object::String<'_>>("Alt") {
        push(text, &decode(alternative.as_bytes()));
    }
    for kid in &kids(element) {
        let (page, number) = match kid {
            Object::Number(number) => (page, i32::try_from(number.as_i64()).expect("numbers of content are small")),
            Object::Dict(kid) => match kid.get::<i32>("MCID") {
                Some(number) => (kid.get_ref("Pg").or(page), number),
                None => {
                    walk(kid, page, without, contents, text);
                    continue;
                }
            },
            _ => continue,
        };
        if let Some(found) = page.and_then(|page| contents.get(&(page.into(), number))) {
            push(text, found);
        }
    }
}

/// Pieces of content are parted.
fn push(text: &mut String, piece: &str) {
    text.push_str(piece);
    text.push('\n');
}

/// What surrounds a piece of content.
struct Mark {
    number: Option<i32>,
    /// A text stands in its place.
    replaced: bool,
}

/// Reads the marked content of a page; gives all that is drawn on it.
fn read(page: &Page<'_>, fonts: &mut HashMap<ObjectIdentifier, CMap>, contents: &mut Contents) -> String {
    let mut drawn = String::new();
    let id = page.raw().obj_id().expect("a page is an object of its own");
    let mut marks: Vec<Mark> = Vec::new();
    let mut font = None;
    let mut instructions = page.typed_operations();
    while let Some(instruction) = instructions.next() {
        let mut write = |piece: &str, marks: &[Mark]| {
            if marks.iter().any(|mark| mark.replaced) {
                return;
            }
            drawn.push_str(piece);
            if let Some(number) = marks.iter().rev().find_map(|mark| mark.number) {
                contents.entry((id, number)).or_default().push_str(piece);
            }
        };
        match instruction {
            TypedInstruction::BeginMarkedContent(_) => marks.push(Mark { number: None, replaced: false }),
            TypedInstruction::BeginMarkedContentWithProperties(begin) => {
                let properties = match begin.1 {
                    Object::Dict(properties) => properties.clone(),
                    _ => Dict::empty(),
                };
                let replacement = properties.get::<object::String<'_>>("ActualText");
                if let Some(text) = &replacement {
                    write(&decode(text.as_bytes()), &marks);
                }
                marks.push(Mark { number: properties.get::<i32>("MCID"), replaced: replacement.is_some() });
            }
            TypedInstruction::EndMarkedContent(_) => {
                marks.pop();
            }
            // Every line is a text of its own.
            TypedInstruction::BeginText(_) => write(" ", &marks),
            TypedInstruction::TextFont(chosen) => font = page.resources().get_font(chosen.0),
            TypedInstruction::ShowText(shown) => write(&letters(font.as_ref(), shown.0.as_bytes(), fonts), &marks),
            TypedInstruction::ShowTexts(shown) => write(&all_letters(font.as_ref(), shown.0, fonts), &marks),
            _ => {}
        }
    }
    drawn
}

fn all_letters(font: Option<&Dict<'_>>, shown: &Array<'_>, fonts: &mut HashMap<ObjectIdentifier, CMap>) -> String {
    let strings = shown.iter::<Object<'_>>().filter_map(Object::into_string);
    strings.map(|string| letters(font, string.as_bytes(), fonts)).collect()
}

/// The letters of codes, by the font's own table.
fn letters(font: Option<&Dict<'_>>, codes: &[u8], fonts: &mut HashMap<ObjectIdentifier, CMap>) -> String {
    let Some(font) = font else { return String::new() };
    let table: Stream<'_> = font.get("ToUnicode").expect("text that can be read has letters");
    let table = fonts.entry(table.obj_id()).or_insert_with(|| {
        let data = table.decoded().expect("the table of letters can be unpacked");
        CMap::parse(&data, |_| None).expect("the table of letters can be read")
    });
    let width = if font.get::<Name<'_>>("Subtype").is_some_and(|kind| kind.as_str() == "Type0") { 2 } else { 1 };
    let code = |bytes: &[u8]| bytes.iter().fold(0, |code, byte| code << 8 | u32::from(*byte));
    let letter = |bytes: &[u8]| match table.lookup_bf_string(code(bytes)) {
        Some(BfString::Char(letter)) => letter.to_string(),
        Some(BfString::String(letters)) => letters,
        None => String::new(),
    };
    codes.chunks(width).map(letter).collect()
}

/// A text string of a PDF.
fn decode(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, units @ ..] => {
            let units: Vec<u16> = units.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}
