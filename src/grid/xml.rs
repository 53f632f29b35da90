//! Reads a part of XML token by token, with namespaces: prefixes, quotes and blanks within tags do not matter. Where a format has one
//! namespace, that of the outermost element, elements of any other are passed over with all that is in them.
//!
//! No entity is expanded except those of XML itself. A part that is not well-formed gives a fault that names it.

use std::borrow::Cow;
use std::rc::Rc;

use memchr::memmem::Finder;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::fault::Fault;

/// A part of XML.
pub struct Part {
    /// Its path, for messages.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// What comes next in a part.
pub enum Token<'a> {
    Start(Element<'a>),
    /// The end of the innermost element that is open.
    End,
    Text(Cow<'a, str>),
}

/// The namespaces of a format: the short name used here, and the full name.
pub type Spaces = &'static [(&'static str, &'static str)];

/// Prefixes, and the short name of the namespace that each stands for.
type Prefixes = Rc<[(String, &'static str)]>;

/// The start of an element.
pub struct Element<'a> {
    start: BytesStart<'a>,
    part: &'a str,
    prefixes: Prefixes,
}

impl Element<'_> {
    /// Its name without a prefix.
    pub fn name(&self) -> &str {
        split(self.start.name().into_inner()).1
    }

    /// The short name of its namespace (empty where the format does not have it), and its name.
    pub fn qualified(&self) -> (&'static str, &str) {
        let (prefix, name) = split(self.start.name().into_inner());
        (self.space(prefix), name)
    }

    fn space(&self, prefix: &str) -> &'static str {
        self.prefixes.iter().find(|(known, _)| is_same(known, prefix)).map_or("", |(_, space)| space)
    }

    /// The value of an attribute in a namespace of the format.
    pub fn of(&self, space: &str, name: &str) -> Result<Option<Cow<'_, str>>, Fault> {
        // An attribute without a prefix has no namespace.
        self.find(|key| matches!(split(key), (prefix, own) if own == name && !prefix.is_empty() && self.space(prefix) == space))
    }

    /// The value of an attribute without a prefix.
    pub fn attribute(&self, name: &str) -> Result<Option<Cow<'_, str>>, Fault> {
        self.find(|key| key == name)
    }

    /// The value of an attribute with any prefix.
    pub fn foreign_attribute(&self, name: &str) -> Result<Option<Cow<'_, str>>, Fault> {
        self.find(|key| matches!(split(key), (prefix, own) if !prefix.is_empty() && own == name))
    }

    fn find(&self, is_meant: impl Fn(&str) -> bool) -> Result<Option<Cow<'_, str>>, Fault> {
        for attribute in self.raw_attributes() {
            let attribute = attribute?;
            if is_meant(attribute.key.into_inner()) {
                return self.value(attribute).map(Some);
            }
        }
        Ok(None)
    }

    /// The names, with prefixes, and the values of all attributes.
    pub fn attributes(&self) -> impl Iterator<Item = Result<(&str, Cow<'_, str>), Fault>> {
        self.raw_attributes().map(|attribute| {
            let attribute = attribute?;
            Ok((attribute.key.into_inner(), self.value(attribute)?))
        })
    }

    fn raw_attributes(&self) -> impl Iterator<Item = Result<Attribute<'_>, Fault>> {
        let mut attributes = self.start.attributes();
        attributes.with_checks(false);
        attributes.map(|attribute| attribute.map_err(|_| Fault::ill_formed(self.part)))
    }

    fn value<'b>(&self, attribute: Attribute<'b>) -> Result<Cow<'b, str>, Fault> {
        if attribute.value.bytes().any(|byte| matches!(byte, b'&' | b'\t' | b'\n' | b'\r')) {
            return attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Fault::ill_formed(self.part));
        }
        Ok(attribute.value)
    }
}

/// The prefix and the name. Names are short: to look at each sign takes less time than to start a search.
fn split(name: &str) -> (&str, &str) {
    name.bytes().position(|sign| sign == b':').map_or(("", name), |colon| (&name[..colon], &name[colon + 1..]))
}

/// Whether two prefixes are the same. Most are empty, and the C library may take a hundred times as long to compare nothing with nothing as
/// to compare letters: it looks at where an empty text points, and there is no memory.
fn is_same(prefix: &str, other: &str) -> bool {
    prefix.len() == other.len() && (prefix.is_empty() || prefix == other)
}

/// A prefix and the namespace that it stands for, from an element on.
struct Declared {
    depth: usize,
    prefix: String,
    namespace: String,
}

/// Reads one part.
pub struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    part: &'a str,
    /// How many elements are open.
    depth: usize,
    declared: Vec<Declared>,
    declarations: Finder<'static>,
    /// The namespace of the outermost element; `None` before that comes.
    namespace: Option<String>,
    /// The prefixes that stand for this namespace.
    own: Vec<String>,
    /// The namespaces of a format that has several.
    spaces: Spaces,
    prefixes: Prefixes,
}

impl<'a> Xml<'a> {
    /// Reads a part of a format with one namespace: only elements of this namespace come.
    pub fn new(part: &'a Part) -> Self {
        Self::of(part, &[])
    }

    /// Reads a part of a format with several namespaces: all elements come.
    pub fn of(part: &'a Part, spaces: Spaces) -> Self {
        let mut reader = Reader::from_str(&part.text);
        // `<a/>` comes as `<a></a>`, so that every element has an end.
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            part: &part.path,
            depth: 0,
            declared: Vec::new(),
            declarations: Finder::new("xmlns"),
            namespace: None,
            own: Vec::new(),
            spaces,
            prefixes: Rc::new([]),
        }
    }

    fn ill_formed(&self) -> Fault {
        Fault::ill_formed(self.part)
    }

    fn event(&mut self) -> Result<Event<'a>, Fault> {
        self.reader.read_event().map_err(|_| Fault::ill_formed(self.part))
    }

    /// The next token; `None` after the end of the outermost element.
    pub fn next(&mut self) -> Result<Option<Token<'a>>, Fault> {
        loop {
            match self.event()? {
                Event::Start(start) => {
                    let mut element = Element { start, part: self.part, prefixes: Rc::clone(&self.prefixes) };
                    if self.depth == 0 && self.namespace.is_some() {
                        return Err(self.ill_formed());
                    }
                    self.depth += 1;
                    self.declare(&element)?;
                    if !self.spaces.is_empty() {
                        element.prefixes = Rc::clone(&self.prefixes);
                        return Ok(Some(Token::Start(element)));
                    }
                    let prefix = split(element.start.name().into_inner()).0;
                    if self.own.iter().any(|own| is_same(own, prefix)) {
                        return Ok(Some(Token::Start(element)));
                    }
                    self.skip()?;
                }
                Event::End(_) => {
                    self.leave()?;
                    return Ok(Some(Token::End));
                }
                Event::Text(text) if self.depth > 0 => return Ok(Some(Token::Text(text.xml10_content()))),
                Event::CData(text) if self.depth > 0 => return Ok(Some(Token::Text(text.xml10_content()))),
                Event::GeneralRef(entity) if self.depth > 0 => {
                    let text: Cow<'a, str> = match entity.resolve_char_ref().map_err(|_| self.ill_formed())? {
                        Some(letter) => letter.to_string().into(),
                        None => resolve_predefined_entity(&entity).ok_or_else(|| self.ill_formed())?.into(),
                    };
                    return Ok(Some(Token::Text(text)));
                }
                Event::Text(text) if text.trim().is_empty() => {}
                Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => return Err(self.ill_formed()),
                Event::Eof if self.depth == 0 && self.namespace.is_some() => return Ok(None),
                Event::Eof => return Err(self.ill_formed()),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Empty(_) => {}
            }
        }
    }

    /// Passes over the rest of the innermost open element, with its end.
    pub fn skip(&mut self) -> Result<(), Fault> {
        let outside = self.depth.saturating_sub(1);
        loop {
            match self.event()? {
                Event::Start(_) => self.depth += 1,
                Event::End(_) => {
                    self.leave()?;
                    if self.depth == outside {
                        return Ok(());
                    }
                }
                Event::Eof => return Err(self.ill_formed()),
                Event::Text(_)
                | Event::CData(_)
                | Event::GeneralRef(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_)
                | Event::Empty(_) => {}
            }
        }
    }

    /// The text of the innermost open element up to its end, without the text of elements in it.
    pub fn text(&mut self) -> Result<Cow<'a, str>, Fault> {
        let mut text = Cow::Borrowed("");
        loop {
            match self.next()? {
                Some(Token::Text(part)) if text.is_empty() => text = part,
                Some(Token::Text(part)) => text.to_mut().push_str(&part),
                Some(Token::Start(_)) => self.skip()?,
                Some(Token::End) | None => return Ok(text),
            }
        }
    }

    fn leave(&mut self) -> Result<(), Fault> {
        self.depth = self.depth.checked_sub(1).ok_or_else(|| self.ill_formed())?;
        let known = self.declared.len();
        while self.declared.last().is_some_and(|declared| declared.depth > self.depth) {
            self.declared.pop();
        }
        if self.declared.len() < known {
            self.know_own();
        }
        Ok(())
    }

    /// Takes in the namespaces that an element declares.
    fn declare(&mut self, element: &Element<'_>) -> Result<(), Fault> {
        let attributes = element.start.attributes_raw().as_bytes();
        let declares = !attributes.is_empty() && self.declarations.find(attributes).is_some();
        if declares {
            for attribute in element.attributes() {
                let (key, value) = attribute?;
                let prefix = if key == "xmlns" { Some("") } else { key.strip_prefix("xmlns:") };
                if let Some(prefix) = prefix {
                    let (depth, prefix, namespace) = (self.depth, prefix.to_owned(), value.into_owned());
                    self.declared.push(Declared { depth, prefix, namespace });
                }
            }
        }
        if self.namespace.is_none() {
            let prefix = split(element.start.name().into_inner()).0;
            self.namespace = Some(self.meaning(prefix).to_owned());
            self.know_own();
        } else if declares {
            self.know_own();
        }
        Ok(())
    }

    /// The namespace that a prefix stands for; where a program declares none, the prefix itself.
    fn meaning<'b>(&'b self, prefix: &'b str) -> &'b str {
        self.declared.iter().rev().find(|declared| declared.prefix == prefix).map_or(prefix, |declared| &declared.namespace)
    }

    fn know_own(&mut self) {
        let Some(namespace) = &self.namespace else { return };
        let mut own: Vec<String> = Vec::new();
        // A prefix that nobody declares stands for itself.
        for prefix in self.declared.iter().map(|declared| declared.prefix.as_str()).chain([namespace.as_str(), ""]) {
            if self.meaning(prefix) == namespace && !own.iter().any(|known| known == prefix) {
                own.push(prefix.to_owned());
            }
        }
        self.own = own;
        if !self.spaces.is_empty() {
            self.know_spaces();
        }
    }

    fn know_spaces(&mut self) {
        let mut prefixes: Vec<(String, &'static str)> = Vec::new();
        let declared = self.declared.iter().map(|declared| declared.prefix.as_str());
        for prefix in declared.chain(self.spaces.iter().map(|(space, _)| *space)) {
            let meaning = self.meaning(prefix);
            let space = self.spaces.iter().find(|(space, namespace)| meaning == *namespace || meaning == *space);
            if let Some((space, _)) = space
                && !prefixes.iter().any(|(known, _)| known == prefix)
            {
                prefixes.push((prefix.to_owned(), space));
            }
        }
        self.prefixes = prefixes.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The elements and texts of a part, `None` where it is ill-formed.
    fn read(text: &str) -> Option<String> {
        let part = Part { path: "part.xml".into(), text: text.into() };
        let mut xml = Xml::new(&part);
        let mut seen = String::new();
        while let Some(token) = xml.next().ok()? {
            match token {
                Token::Start(element) => seen.push_str(&format!("<{}>", element.name())),
                Token::End => seen.push_str("</>"),
                Token::Text(text) => seen.push_str(&text),
            }
        }
        Some(seen)
    }

    #[test]
    fn prefixes_are_told_by_what_they_stand_for() {
        for text in [
            "<a><b>1</b></a>",
            "<a xmlns='u'><b>1</b></a>",
            "<x:a xmlns:x='u'><x:b>1</x:b></x:a>",
            "<x:a xmlns:x='u' xmlns='v'><x:b>1<b>2</b></x:b></x:a>",
            "<a xmlns='u'><y:b\n xmlns:y = 'u' >1</y:b><y:b xmlns:y='v'>2</y:b></a>",
            "<a xmlns='u'><b>1</b><b xmlns='v'><a xmlns='u'>2</a></b></a>",
        ] {
            assert_eq!(read(text).as_deref(), Some("<a><b>1</></>"), "{text}");
        }
    }

    #[test]
    fn a_format_may_have_several_namespaces() {
        const SPACES: Spaces = &[("a", "u"), ("b", "v")];
        for text in [
            "<a:r b:k='1'><b:s/><t/></a:r>",
            "<r xmlns='u' xmlns:y='v' y:k='1' k='2'><y:s/><t xmlns=''/></r>",
            "<b:r xmlns:b='u' xmlns:x='w' xmlns:a='v' x:k='2' a:k='1'><s xmlns='v'/><x:t/></b:r>",
        ] {
            let part = Part { path: "part.xml".into(), text: text.into() };
            let mut xml = Xml::of(&part, SPACES);
            let mut seen = String::new();
            while let Ok(Some(token)) = xml.next() {
                if let Token::Start(element) = token {
                    let (space, name) = element.qualified();
                    let value = element.of("b", "k").ok().flatten().unwrap_or_default();
                    seen.push_str(&format!("{space}:{name}{value} "));
                }
            }
            assert_eq!(seen, "a:r1 b:s :t ", "{text}");
        }
    }

    #[test]
    fn texts_are_those_of_any_spelling() {
        assert_eq!(read("<a>1<!-- -->2<![CDATA[<3]]>&#52;&amp;</a>").as_deref(), Some("<a>12<34&</>"));
    }

    #[test]
    fn what_is_ill_formed_is_a_fault() {
        for text in
            ["", "text", "<a>", "<a><b></a>", "<a/><b/>", "<a/>text", "<a>&unknown;</a>", "<a b=1/>", "<a b='&x;' />", "</a>"]
        {
            let attributes = |text: &str| {
                let part = Part { path: "part.xml".into(), text: text.into() };
                let mut xml = Xml::new(&part);
                match xml.next() {
                    Ok(Some(Token::Start(element))) => element.attributes().all(|attribute| attribute.is_ok()),
                    Ok(_) | Err(_) => true,
                }
            };
            assert!(read(text).is_none() || !attributes(text), "{text}");
        }
    }
}
