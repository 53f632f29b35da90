//! Formats of cells: gives a format the fill of a mark, and takes the mark off again.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::Unmarkable;
use super::package::insert_before_end;
use super::xml;
use crate::diagnostic::Severity;

/// Fills that nobody else uses, so that a mark is recognised even after another program has saved the workbook.
const MARKS: [(Severity, &str); 3] =
    [(Severity::Error, "FFFFC7C9"), (Severity::Warning, "FFFFE9B1"), (Severity::Note, "FFDCEBFB")];

/// The fill of the headings of the sheet of findings.
const HEAD: &str = "FFE7EDF3";

/// What is drawn around the text of the sheet of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// Nothing.
    Bare,
    /// Lines.
    Grid,
    /// Lines, and the fill of headings.
    Head,
}

/// The elements of the styles, in the order that is required.
const ORDER: [&str; 11] =
    ["numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst"];

/// Styles without anything.
pub const EMPTY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
    <styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"></styleSheet>";

/// A list in the styles.
struct List {
    name: &'static str,
    items: Vec<String>,
    places: HashMap<String, usize>,
    /// How many items the part has.
    read: usize,
    /// Whether the part has no such list.
    missing: bool,
}

impl List {
    /// The list called `name`; where the styles have none, a list of the items `least`.
    fn read(text: &str, prefix: &str, name: &'static str, item: &str, least: &[&str]) -> Result<Self, Unmarkable> {
        let found = xml::elements(text, name)?;
        let missing = found.is_empty();
        let mut items: Vec<String> = match found.first() {
            Some(list) => xml::elements(list, item)?.into_iter().map(str::to_owned).collect(),
            None => Vec::new(),
        };
        let read = items.len();
        if items.is_empty() {
            items.extend(least.iter().map(|item| prefixed(item, prefix)));
        }
        let places = items.iter().cloned().enumerate().map(|(at, item)| (item, at)).rev().collect();
        Ok(Self { name, items, places, read, missing })
    }

    /// The position of an item; a new one is put at the end.
    fn push(&mut self, item: String) -> usize {
        let new = self.items.len();
        *self.places.entry(item).or_insert_with_key(|item| {
            self.items.push(item.clone());
            new
        })
    }

    /// The styles with the new items of the list put in.
    fn put_into(&self, text: &str, prefix: &str) -> Result<String, Unmarkable> {
        let (new, count) = (self.items[self.read..].concat(), self.items.len().to_string());
        if new.is_empty() {
            return Ok(text.to_owned());
        }
        if self.missing {
            let name = self.name;
            return insert_in_order(text, name, &format!("<{prefix}{name} count=\"{count}\">{new}</{prefix}{name}>"));
        }
        let found = xml::elements(text, self.name)?.first().map(|found| (*found).to_owned());
        let found = found.ok_or_else(|| Unmarkable(format!("expected `{}` in the styles", self.name)))?;
        let longer = xml::with_attributes(&insert_before_end(&found, self.name, &new)?, &[("count", &count)])?;
        Ok(text.replacen(&found, &longer, 1))
    }
}

/// The styles with a list added that they did not have.
fn insert_in_order(text: &str, name: &str, list: &str) -> Result<String, Unmarkable> {
    let rank = |name: &str| ORDER.iter().position(|known| *known == name);
    let (own, mut at, mut place) = (rank(name), 0, None);
    xml::tokens(text, |token| {
        if let (Event::Start(start) | Event::Empty(start), 1, None) = (&token.event, token.depth, place)
            && rank(&xml::name(start)) > own
        {
            place = Some(at);
        }
        at += token.raw.len();
        Ok(())
    })?;
    match place {
        Some(place) => Ok(format!("{}{list}{}", &text[..place], &text[place..])),
        None => insert_before_end(text, "styleSheet", list),
    }
}

/// A text of elements without prefixes, with this prefix put before each.
fn prefixed(text: &str, prefix: &str) -> String {
    if prefix.is_empty() {
        return text.to_owned();
    }
    text.replace("</", "\0").replace('<', &format!("<{prefix}")).replace('\0', &format!("</{prefix}"))
}

/// The styles of a workbook.
pub struct Styles {
    text: String,
    prefix: String,
    fonts: List,
    fills: List,
    borders: List,
    bases: List,
    formats: List,
    /// The first format of each kind, by its fill and everything else in it.
    alike: HashMap<(usize, String), usize>,
    /// The fills of marks that have been looked up.
    marks: HashMap<Severity, usize>,
}

impl Styles {
    /// Reads the part of the styles.
    pub fn read(text: String) -> Result<Self, Unmarkable> {
        let mut prefix = None;
        xml::tokens(&text, |token| {
            if let (Event::Start(start) | Event::Empty(start), None) = (&token.event, &prefix) {
                prefix = Some(xml::prefix(start));
            }
            Ok(())
        })?;
        let prefix = prefix.unwrap_or_default();
        let list = |name, item, least: &[&str]| List::read(&text, &prefix, name, item, least);
        let none = "<fill><patternFill patternType=\"none\"/></fill>";
        let grey = "<fill><patternFill patternType=\"gray125\"/></fill>";
        let mut styles = Self {
            fonts: list("fonts", "font", &["<font><sz val=\"11\"/><name val=\"Calibri\"/></font>"])?,
            fills: list("fills", "fill", &[none, grey])?,
            borders: list("borders", "border", &["<border><left/><right/><top/><bottom/><diagonal/></border>"])?,
            bases: list("cellStyleXfs", "xf", &["<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>"])?,
            formats: list("cellXfs", "xf", &["<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"])?,
            alike: HashMap::new(),
            marks: HashMap::new(),
            text,
            prefix,
        };
        for format in (0..styles.formats.items.len()).rev() {
            styles.alike.insert((styles.fill_of(format), styles.with_fill(format, 0)?), format);
        }
        Ok(styles)
    }

    /// The fill of a format, as styles without prefixes write it; empty when it has none.
    pub fn fill(&self, format: usize) -> String {
        let fill = match self.fill_of(format) {
            0 => "",
            fill => self.fills.items.get(fill).map_or("", String::as_str),
        };
        let (open, close) = (format!("<{}", self.prefix), format!("</{}", self.prefix));
        fill.replace(&close, "</").replace(&open, "<")
    }

    fn fill_of(&self, format: usize) -> usize {
        let format = self.formats.items.get(format);
        format.and_then(|format| xml::first_attribute(format, "fillId")?.parse().ok()).unwrap_or(0)
    }

    /// Whether a format has the fill of a mark.
    pub fn is_mark(&self, format: usize) -> bool {
        let fill = self.fills.items.get(self.fill_of(format));
        fill.is_some_and(|fill| MARKS.iter().any(|(_, colour)| is_filled(fill, colour)))
    }

    /// The format with the fill of a mark; everything else stays.
    pub fn marked(&mut self, format: usize, severity: Severity) -> Result<usize, Unmarkable> {
        let fill = match self.marks.get(&severity) {
            Some(&fill) => fill,
            None => self.mark(severity),
        };
        self.filled(format, fill)
    }

    /// The fill of a mark: the existing one, or a new one.
    fn mark(&mut self, severity: Severity) -> usize {
        let colour = MARKS.iter().find(|(known, _)| *known == severity).map_or("", |(_, colour)| colour);
        let fill = format!(
            "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"{colour}\"/><bgColor indexed=\"64\"/></patternFill></fill>"
        );
        // Another program may have rewritten the same fill in another form.
        let known = self.fills.items.iter().position(|fill| is_filled(fill, colour));
        let fill = known.unwrap_or_else(|| self.fills.push(prefixed(&fill, &self.prefix)));
        self.marks.insert(severity, fill);
        fill
    }

    /// The format without its mark; `fill` is the fill before the mark.
    pub fn restored(&mut self, format: usize, fill: &str) -> Result<usize, Unmarkable> {
        // The office may have changed the hidden columns of the list of findings.
        let is_whole = xml::elements(fill, "fill").is_ok_and(|found| found == [fill]);
        let fill = if is_whole { self.fills.push(prefixed(fill, &self.prefix)) } else { 0 };
        // If the earlier format is still there, nothing is added.
        match self.alike.get(&(fill, self.with_fill(format, 0)?)) {
            Some(&known) => Ok(known),
            None => self.filled(format, fill),
        }
    }

    fn with_fill(&self, format: usize, fill: usize) -> Result<String, Unmarkable> {
        let base = self.formats.items.get(format).map_or("<xf/>", String::as_str);
        xml::with_attributes(base, &[("fillId", &fill.to_string()), ("applyFill", "1")])
    }

    fn filled(&mut self, format: usize, fill: usize) -> Result<usize, Unmarkable> {
        let text = self.with_fill(format, fill)?;
        Ok(self.formats.push(text))
    }

    /// A format for text of the sheet of findings.
    pub fn text_format(&mut self, font: &str, inside: &str, drawn: Drawn) -> usize {
        let font = self.fonts.push(prefixed(&format!("<font>{font}</font>"), &self.prefix));
        let side = |name: &str| format!("<{name} style=\"thin\"><color rgb=\"FFBFBFBF\"/></{name}>");
        let border = match drawn {
            Drawn::Bare => 0,
            Drawn::Grid | Drawn::Head => {
                let sides = ["left", "right", "top", "bottom"].map(side).concat();
                self.borders.push(prefixed(&format!("<border>{sides}<diagonal/></border>"), &self.prefix))
            }
        };
        let fill = match drawn {
            Drawn::Bare | Drawn::Grid => 0,
            Drawn::Head => {
                let fill = format!(
                    "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"{HEAD}\"/><bgColor indexed=\"64\"/></patternFill></fill>"
                );
                self.fills.push(prefixed(&fill, &self.prefix))
            }
        };
        let format = format!(
            "<xf numFmtId=\"0\" fontId=\"{font}\" fillId=\"{fill}\" borderId=\"{border}\" xfId=\"0\" applyFont=\"1\" \
             applyFill=\"1\" applyBorder=\"1\" applyAlignment=\"1\"><alignment vertical=\"top\"{inside}/></xf>"
        );
        self.formats.push(prefixed(&format, &self.prefix))
    }

    /// The part with all new items.
    pub fn finish(self) -> Result<String, Unmarkable> {
        let lists = [&self.fonts, &self.fills, &self.borders, &self.bases, &self.formats];
        lists.into_iter().try_fold(self.text.clone(), |text, list| list.put_into(&text, &self.prefix))
    }
}

/// Whether a fill covers the whole cell with a colour. The second colour, that of a pattern, is ignored: some programs write anything
/// there.
fn is_filled(fill: &str, colour: &str) -> bool {
    let first = |name: &str| xml::elements(fill, name).ok()?.first().map(|found| (*found).to_owned());
    let is_solid =
        first("patternFill").is_some_and(|fill| xml::first_attribute(&fill, "patternType").as_deref() == Some("solid"));
    let found = first("fgColor").and_then(|colour| xml::first_attribute(&colour, "rgb"));
    is_solid && found.is_some_and(|found| found.eq_ignore_ascii_case(colour))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Styles with three formats: a plain one, one in the colour of an error, and one that another program wrote for a header.
    const SAVED: &str = "<x:styleSheet xmlns:x=\"m\"><x:fonts count=\"1\"><x:font/></x:fonts><x:fills count=\"4\">\
        <x:fill><x:patternFill patternType=\"none\"/></x:fill><x:fill><x:patternFill patternType=\"gray125\"/></x:fill>\
        <x:fill><x:patternFill patternType=\"solid\"><x:fgColor rgb=\"ffffc7c9\"/><x:bgColor rgb=\"FFFFCCCC\"/></x:patternFill></x:fill>\
        <x:fill><x:patternFill patternType=\"solid\"><x:fgColor rgb=\"FFE7EDF3\"/><x:bgColor rgb=\"FFDCEBFB\"/></x:patternFill></x:fill>\
        </x:fills><x:borders count=\"1\"><x:border/></x:borders><x:cellXfs count=\"3\"><x:xf fillId=\"0\"/>\
        <x:xf fillId=\"2\" applyFill=\"1\"/><x:xf fillId=\"3\" applyFill=\"1\"/></x:cellXfs></x:styleSheet>";

    #[test]
    fn a_mark_is_told_by_what_is_seen_of_a_fill() {
        let mut styles = Styles::read(SAVED.to_owned()).expect("readable");
        assert_eq!([0, 1, 2].map(|format| styles.is_mark(format)), [false, true, false]);
        let header = "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFE7EDF3\"/><bgColor rgb=\"FFDCEBFB\"/></patternFill></fill>";
        assert_eq!(styles.fill(2), header);
        // The fill of an error exists; that of a note does not, whatever the second colour of the header says.
        assert_eq!(styles.marked(0, Severity::Error).expect("marked"), 1);
        assert_eq!(styles.fills.items.len(), 4);
        let note = styles.marked(0, Severity::Note).expect("marked");
        assert_eq!((styles.fills.items.len(), styles.is_mark(note)), (5, true));
        assert!(styles.fills.items[4].starts_with("<x:fill><x:patternFill patternType=\"solid\"><x:fgColor"));
    }

    #[test]
    fn a_restored_format_is_the_one_from_before() {
        let mut styles = Styles::read(SAVED.to_owned()).expect("readable");
        let header = styles.fill(2);
        let marked = styles.marked(2, Severity::Error).expect("marked");
        assert_eq!(styles.restored(marked, &header).expect("restored"), 2);
        // A text that is no fill is not put into the styles.
        let plain = styles.restored(marked, "</fill></fills><evil/>").expect("restored");
        assert_eq!(styles.fill_of(plain), 0);
    }

    #[test]
    fn lists_that_are_missing_are_made_in_their_order() {
        let mut styles =
            Styles::read("<styleSheet xmlns=\"m\"><numFmts/><cellXfs/><dxfs/></styleSheet>".to_owned()).expect("readable");
        assert_eq!(styles.marked(0, Severity::Error).expect("marked"), 1);
        let text = styles.finish().expect("written");
        let places: Vec<Option<usize>> =
            ORDER.iter().map(|name| text.find(&format!("<{name}"))).filter(Option::is_some).collect();
        assert_eq!(places.len(), 7, "{text}");
        assert!(places.is_sorted(), "{text}");
        assert!(text.contains("<cellXfs count=\"2\"><xf numFmtId=\"0\""), "{text}");
        assert!(Styles::read(EMPTY.to_owned()).expect("readable").finish().expect("written").contains("<fonts count=\"1\">"));
    }
}
