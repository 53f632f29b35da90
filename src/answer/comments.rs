//! Comments of a sheet and their drawing. What an office has written itself stays; what esep wrote before goes.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::events::Event;

use super::Unmarkable;
use super::package::insert_before_end;
use super::sheet::{Cell, cell_of};
use super::xml;
use crate::diagnostic::cell_name;

/// Who writes the comments; the name tells them from others.
const AUTHOR: &str = "esep";
/// Begins what is added to a comment of the office.
const SEAM: &str = "— esep —";

/// The comments of a sheet without esep's own, and the cells that have lost theirs.
pub struct Comments {
    text: String,
    prefix: String,
    authors: Vec<String>,
    kept: BTreeMap<Cell, String>,
    /// Cells whose comment is gone, so that its drawing must go too.
    pub freed: BTreeSet<Cell>,
}

const EMPTY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
    <comments xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><authors></authors><commentList></commentList></comments>";

impl Comments {
    /// From the part, if there is one.
    pub fn read(text: Option<String>) -> Result<Self, Unmarkable> {
        let text = text.unwrap_or_else(|| EMPTY.to_owned());
        let mut prefix = String::new();
        xml::tokens(&text, |token| {
            if let (Event::Start(start), 0) = (&token.event, token.depth) {
                prefix = xml::prefix(start);
            }
            Ok(())
        })?;
        let authors: Vec<String> = xml::elements(&text, "author")?.into_iter().map(str::to_owned).collect();
        let own: Vec<usize> = (0..authors.len()).filter(|&author| authors[author].contains(&format!(">{AUTHOR}<"))).collect();
        let (mut kept, mut freed) = (BTreeMap::new(), BTreeSet::new());
        for comment in xml::elements(&text, "comment")? {
            let cell = xml::first_attribute(comment, "ref").and_then(|name| cell_of(&name));
            let cell = cell.ok_or_else(|| Unmarkable("a comment names no cell".into()))?;
            let author = xml::first_attribute(comment, "authorId").and_then(|author| author.parse().ok());
            if author.is_some_and(|author| own.contains(&author)) {
                freed.insert(cell);
            } else {
                kept.insert(cell, unseamed(comment, &prefix));
            }
        }
        Ok(Self { text, prefix, authors, kept, freed })
    }

    /// Whether somebody else has a comment at the cell.
    pub fn is_taken(&self, cell: Cell) -> bool {
        self.kept.contains_key(&cell)
    }

    /// The part with these comments added; to one of the office's, behind its text.
    pub fn with(mut self, added: &BTreeMap<Cell, String>) -> Result<String, Unmarkable> {
        let p = self.prefix.clone();
        let author = self.authors.iter().position(|author| author.contains(&format!(">{AUTHOR}<")));
        let author = author.unwrap_or_else(|| {
            self.authors.push(format!("<{p}author>{AUTHOR}</{p}author>"));
            self.authors.len() - 1
        });
        for (&cell, words) in added {
            let run = |text: &str| format!("<{p}r><{p}t xml:space=\"preserve\">{}</{p}t></{p}r>", xml::escape(text));
            let comment = match self.kept.get(&cell) {
                // A thread is shown from another part, and this text is only for old programs.
                Some(comment) if comment.contains("[Threaded comment]") => continue,
                Some(comment) => {
                    let end = format!("</{p}text>");
                    comment.replacen(&end, &format!("{}{end}", run(&format!("\n{SEAM}\n{words}"))), 1)
                }
                None => format!(
                    "<{p}comment ref=\"{}\" authorId=\"{author}\"><{p}text>{}</{p}text></{p}comment>",
                    cell_name(cell.0, cell.1),
                    run(words)
                ),
            };
            self.kept.insert(cell, comment);
        }
        let list: String = self.kept.into_values().collect();
        let text = replaced(&self.text, "authors", &format!("<{p}authors>{}</{p}authors>", self.authors.concat()))?;
        replaced(&text, "commentList", &format!("<{p}commentList>{list}</{p}commentList>"))
    }
}

fn replaced(text: &str, name: &str, by: &str) -> Result<String, Unmarkable> {
    let found = xml::elements(text, name)?.first().map(|found| (*found).to_owned());
    let found = found.ok_or_else(|| Unmarkable(format!("expected `{name}` in the comments")))?;
    Ok(text.replacen(&found, by, 1))
}

/// A comment without what esep has added to it.
fn unseamed(comment: &str, prefix: &str) -> String {
    let Some(seam) = comment.find(SEAM) else { return comment.to_owned() };
    let run = [format!("<{prefix}r>"), format!("<{prefix}r ")].iter().filter_map(|run| comment[..seam].rfind(run)).max();
    match (run, comment.rfind(&format!("</{prefix}text>"))) {
        (Some(run), Some(end)) if run < end => format!("{}{}", &comment[..run], &comment[end..]),
        _ => comment.to_owned(),
    }
}

const NO_DRAWING: &str = "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" \
path=\"m,l,21600r21600,l21600,xe\"><v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/>\
</v:shapetype></xml>";

/// The drawing of comments: without those of `freed` cells, with those of `added` ones.
pub fn drawing(text: Option<&str>, freed: &BTreeSet<Cell>, added: &BTreeSet<Cell>) -> Result<String, Unmarkable> {
    let mut text = text.unwrap_or(NO_DRAWING).to_owned();
    for shape in xml::elements(&text.clone(), "shape")? {
        if shape.contains("ObjectType=\"Note\"") && note_of(shape).is_some_and(|cell| freed.contains(&cell)) {
            text = text.replacen(shape, "", 1);
        }
    }
    let numbers = text.split("_x0000_s").skip(1).filter_map(|rest| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).take(9).collect();
        digits.parse::<u32>().ok()
    });
    let first = numbers.max().unwrap_or(1024) + 1;
    let shapes: String = added
        .iter()
        .enumerate()
        .map(|(position, &(row, column))| {
            format!(
                "<v:shape id=\"_x0000_s{}\" type=\"#_x0000_t202\" style=\"position:absolute;margin-left:60pt;margin-top:5pt;width:240pt;height:96pt;\
                 z-index:{};visibility:hidden\" fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/>\
                 <v:shadow on=\"t\" color=\"black\" obscured=\"t\"/><v:path o:connecttype=\"none\"/><v:textbox style=\"mso-direction-alt:auto\"/>\
                 <x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{}, 15, {row}, 10, {}, 15, {}, 4</x:Anchor>\
                 <x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>",
                first + position as u32,
                position + 1,
                column + 1,
                column + 5,
                row + 6,
            )
        })
        .collect();
    insert_before_end(&text, "xml", &shapes)
}

fn note_of(shape: &str) -> Option<Cell> {
    let number = |name: &str| {
        let rest = shape.split(&format!("<x:{name}>")).nth(1)?;
        rest.split('<').next()?.trim().parse::<u32>().ok()
    };
    Some((number("Row")?, number("Column")?))
}
