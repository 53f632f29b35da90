//! Formats of cells: the same format with another fill, and back.

use quick_xml::events::Event;

use super::Unmarkable;
use super::xml;
use crate::diagnostic::Severity;

/// Fills that nobody else uses, so that a mark is known again; also after another program has saved the workbook.
const FILLS: [(Severity, &str); 3] =
    [(Severity::Error, "FFFFC7C9"), (Severity::Warning, "FFFFE9B1"), (Severity::Note, "FFDCEBFB")];

/// The styles of a workbook.
pub struct Styles {
    text: String,
    prefix: String,
    fonts: Vec<String>,
    fills: Vec<String>,
    formats: Vec<String>,
    /// How many there were of each.
    read: [usize; 3],
}

impl Styles {
    /// From the part.
    pub fn read(text: String) -> Result<Self, Unmarkable> {
        let mut prefix = None;
        xml::tokens(&text, |token| {
            if let (Event::Start(start), None) = (&token.event, &prefix) {
                prefix = Some(xml::prefix(start));
            }
            Ok(())
        })?;
        let children = |list: &str, child: &str| -> Result<Vec<String>, Unmarkable> {
            let found = xml::elements(&text, list)?;
            let list = found.first().ok_or_else(|| Unmarkable(format!("expected `{list}` in the styles")))?;
            Ok(xml::elements(list, child)?.into_iter().map(str::to_owned).collect())
        };
        let (fonts, fills, formats) = (children("fonts", "font")?, children("fills", "fill")?, children("cellXfs", "xf")?);
        let read = [fonts.len(), fills.len(), formats.len()];
        Ok(Self { prefix: prefix.unwrap_or_default(), fonts, fills, formats, read, text })
    }

    /// The fill of a format; empty when it has none.
    pub fn fill(&self, format: usize) -> String {
        match self.fill_of(format) {
            0 => String::new(),
            fill => self.fills.get(fill).cloned().unwrap_or_default(),
        }
    }

    fn fill_of(&self, format: usize) -> usize {
        self.formats.get(format).and_then(|format| xml::first_attribute(format, "fillId")?.parse().ok()).unwrap_or(0)
    }

    /// Whether a format is that of a mark.
    pub fn is_mark(&self, format: usize) -> bool {
        let fill = self.fill(format).to_uppercase();
        FILLS.iter().any(|(_, colour)| fill.contains(&format!("\"{colour}\"")))
    }

    /// The format with the fill of a mark.
    pub fn marked(&mut self, format: usize, severity: Severity) -> Result<usize, Unmarkable> {
        let colour = FILLS.iter().find(|(known, _)| *known == severity).map_or("", |(_, colour)| colour);
        let p = self.prefix.clone();
        let fill = format!(
            "<{p}fill><{p}patternFill patternType=\"solid\"><{p}fgColor rgb=\"{colour}\"/><{p}bgColor indexed=\"64\"/></{p}patternFill></{p}fill>"
        );
        // Another program may have written the same fill in other words.
        let known = self.fills.iter().position(|fill| fill.to_uppercase().contains(&format!("\"{colour}\"")));
        let fill = known.unwrap_or_else(|| push(&mut self.fills, fill));
        self.filled(format, fill)
    }

    /// The format without the mark; `fill` is the fill from before.
    pub fn restored(&mut self, format: usize, fill: &str) -> Result<usize, Unmarkable> {
        let fill = if fill.is_empty() { 0 } else { push(&mut self.fills, fill.to_owned()) };
        // The format from before may be there still: then nothing is added.
        let marked = self.fill_of(format);
        for candidate in 0..self.formats.len() {
            if self.fill_of(candidate) == fill && self.with_fill(candidate, marked)? == self.with_fill(format, marked)? {
                return Ok(candidate);
            }
        }
        self.filled(format, fill)
    }

    fn with_fill(&self, format: usize, fill: usize) -> Result<String, Unmarkable> {
        let base = self.formats.get(format).map_or("<xf/>", String::as_str);
        xml::with_attributes(base, &[("fillId", &fill.to_string()), ("applyFill", "1")])
    }

    fn filled(&mut self, format: usize, fill: usize) -> Result<usize, Unmarkable> {
        let text = self.with_fill(format, fill)?;
        Ok(push(&mut self.formats, text))
    }

    /// A format for text of the sheet of findings.
    pub fn text_format(&mut self, font: &str, inside: &str) -> usize {
        let p = self.prefix.clone();
        let font = push(&mut self.fonts, format!("<{p}font>{}</{p}font>", font.replace("<", &format!("<{p}"))));
        let alignment = format!("<{p}alignment vertical=\"top\"{inside}/>");
        push(
            &mut self.formats,
            format!(
                "<{p}xf numFmtId=\"0\" fontId=\"{font}\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\" applyAlignment=\"1\">{alignment}</{p}xf>"
            ),
        )
    }

    /// The part again.
    pub fn finish(self) -> Result<String, Unmarkable> {
        let mut text = self.text;
        let lists = [("fonts", &self.fonts), ("fills", &self.fills), ("cellXfs", &self.formats)];
        for ((name, list), read) in lists.into_iter().zip(self.read) {
            if list.len() == read {
                continue;
            }
            let found = xml::elements(&text, name)?.first().map(|found| (*found).to_owned());
            let found = found.ok_or_else(|| Unmarkable(format!("expected `{name}` in the styles")))?;
            let longer = super::package::insert_before_end(&found, name, &list[read..].concat())?;
            let longer = xml::with_attributes(&longer, &[("count", &list.len().to_string())])?;
            text = text.replacen(&found, &longer, 1);
        }
        Ok(text)
    }
}

/// The place of an item; a new one is put at the end.
fn push(list: &mut Vec<String>, item: String) -> usize {
    list.iter().position(|known| *known == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}
