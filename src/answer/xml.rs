//! Edits XML without changing the rest: elements are cut out of a text whole, and only what must change is written anew.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Unmarkable;

/// A part's text without its byte order mark; `None` when it is neither UTF-8 nor UTF-16.
pub fn text(bytes: Vec<u8>) -> Option<String> {
    let units = |of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| of([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok().map(|text| text.replacen("UTF-16", "UTF-8", 1).replacen("utf-16", "UTF-8", 1))
    };
    match bytes.get(..2) {
        Some([0xFF, 0xFE]) => units(u16::from_le_bytes),
        Some([0xFE, 0xFF]) => units(u16::from_be_bytes),
        _ => {
            let text = String::from_utf8(bytes).ok()?;
            Some(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
        }
    }
}

/// A token of a text, with the letters that it has there.
pub struct Token<'a> {
    /// The token as the reader gives it.
    pub event: Event<'a>,
    /// The letters of the token in the text.
    pub raw: &'a str,
    /// How many elements are open around it.
    pub depth: usize,
}

/// Calls `each` for every token.
pub fn tokens<'a>(text: &'a str, mut each: impl FnMut(Token<'a>) -> Result<(), Unmarkable>) -> Result<(), Unmarkable> {
    let mut reader = Reader::from_str(text);
    let mut depth = 0_usize;
    loop {
        let before = reader.buffer_position() as usize;
        let event = reader.read_event().map_err(|error| Unmarkable(error.to_string()))?;
        let raw = text.get(before..reader.buffer_position() as usize).unwrap_or_default();
        let around = match &event {
            Event::Start(_) => {
                depth += 1;
                depth - 1
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                depth
            }
            Event::Eof => return Ok(()),
            _ => depth,
        };
        each(Token { event, raw, depth: around })?;
    }
}

/// An element's name without its prefix.
pub fn name(start: &BytesStart<'_>) -> String {
    start.local_name().as_ref().to_owned()
}

/// The prefix of an element's name, with its colon.
pub fn prefix(start: &BytesStart<'_>) -> String {
    let name = start.name();
    let prefix = name.prefix().map(|prefix| prefix.as_ref().to_owned());
    prefix.map_or_else(String::new, |prefix| format!("{prefix}:"))
}

/// The value of an attribute, found by its name without prefix, with entities resolved.
pub fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().with_checks(false).flatten().find(|found| found.key.local_name().as_ref() == name)?;
    let text = found.value.to_string();
    Some(quick_xml::escape::unescape(&text).map_or(text.clone(), std::borrow::Cow::into_owned))
}

/// The tag of an element, with some attributes set.
pub fn tag(start: &BytesStart<'_>, set: &[(&str, &str)], empty: bool) -> String {
    let mut text = format!("<{}", start.name().as_ref());
    for found in start.attributes().with_checks(false).flatten() {
        let key = found.key.as_ref().to_owned();
        if !set.iter().any(|(name, _)| *name == key) {
            text.push_str(&format!(" {key}=\"{}\"", found.value.replace('"', "&quot;")));
        }
    }
    set.iter().for_each(|(name, value)| text.push_str(&format!(" {name}=\"{}\"", escape(value))));
    text.push_str(if empty { "/>" } else { ">" });
    text
}

/// A text with some attributes set in its first tag.
pub fn with_attributes(element: &str, set: &[(&str, &str)]) -> Result<String, Unmarkable> {
    let mut done = false;
    let mut text = String::new();
    tokens(element, |token| {
        match &token.event {
            Event::Start(start) if !done => text.push_str(&tag(start, set, false)),
            Event::Empty(start) if !done => text.push_str(&tag(start, set, true)),
            _ => {
                text.push_str(token.raw);
                return Ok(());
            }
        }
        done = true;
        Ok(())
    })?;
    Ok(text)
}

/// The value of an attribute in the first tag of a text.
pub fn first_attribute(element: &str, name: &str) -> Option<String> {
    let mut reader = Reader::from_str(element);
    match reader.read_event().ok()? {
        Event::Start(start) | Event::Empty(start) => attribute(&start, name),
        _ => None,
    }
}

/// All elements called `name`, each as a whole, wherever they stand.
pub fn elements<'a>(text: &'a str, name: &str) -> Result<Vec<&'a str>, Unmarkable> {
    let mut found = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    let mut at = 0;
    tokens(text, |token| {
        let start = at;
        at += token.raw.len();
        match &token.event {
            Event::Start(tag) if open.is_none() && self::name(tag) == name => open = Some((start, token.depth)),
            Event::Empty(tag) if open.is_none() && self::name(tag) == name => found.push(token.raw),
            Event::End(_) => {
                if let Some((from, _)) = open.filter(|(_, depth)| *depth == token.depth) {
                    found.extend(text.get(from..at));
                    open = None;
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(found)
}

/// A text escaped for use between tags or in an attribute.
pub fn escape(text: &str) -> String {
    let allowed = text.chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t'));
    let mut escaped = String::with_capacity(text.len());
    for letter in allowed {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            other => escaped.push(other),
        }
    }
    escaped
}
