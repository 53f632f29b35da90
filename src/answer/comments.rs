//! Comments of a sheet and their drawing. What the office has written stays; what esep wrote before goes.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::events::Event;

use super::Unmarkable;
use super::package::insert_before_end;
use super::sheet::{Cell, cell_of};
use super::xml;
use crate::diagnostic::cell_name;

/// The author of esep's comments. Somebody in the office may have the same name, so it does not mark them.
const AUTHOR: &str = "esep";
/// The first letters of everything that esep writes. Nobody sees or types them, and programs keep them, whatever they make of authors.
const MARK: &str = "\u{200b}\u{200c}\u{200b}\u{200d}\u{200b}";
/// The last letters of it: what somebody writes behind them is theirs.
const END: &str = "\u{200b}\u{200d}\u{200b}\u{200c}\u{200b}";
/// Parts the office's own comment from what esep adds to it; [`MARK`] stands before it.
const SEAM: &str = "— esep —";
/// The most letters of a comment that programs keep.
const LONGEST: usize = 32_000;

/// The comments of a sheet without esep's own, and the cells that have lost their comment.
pub struct Comments {
    text: String,
    prefix: String,
    authors: Vec<String>,
    kept: BTreeMap<Cell, String>,
    /// Cells whose comment is gone; its drawing must go too.
    pub freed: BTreeSet<Cell>,
}

const EMPTY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
    <comments xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><authors></authors><commentList></commentList></comments>";

impl Comments {
    /// From the part of the comments, if the sheet has one.
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
        let (mut kept, mut freed) = (BTreeMap::new(), BTreeSet::new());
        for comment in xml::elements(&text, "comment")? {
            let cell = xml::first_attribute(comment, "ref").and_then(|name| cell_of(&name));
            let cell = cell.ok_or_else(|| Unmarkable("a comment names no cell".into()))?;
            match unmarked(comment, &prefix) {
                Some(comment) => kept.insert(cell, comment),
                None => {
                    freed.insert(cell);
                    None
                }
            };
        }
        Ok(Self { text, prefix, authors, kept, freed })
    }

    /// Whether the office has a comment at the cell.
    pub fn is_taken(&self, cell: Cell) -> bool {
        self.kept.contains_key(&cell)
    }

    /// The part with these comments added; where the office has a comment, they are put behind its text.
    pub fn with(mut self, added: &BTreeMap<Cell, String>) -> Result<String, Unmarkable> {
        let p = self.prefix.clone();
        let author = self.authors.iter().position(|author| author.contains(&format!(">{AUTHOR}<")));
        let author = author.unwrap_or_else(|| {
            self.authors.push(format!("<{p}author>{AUTHOR}</{p}author>"));
            self.authors.len() - 1
        });
        for (&cell, words) in added {
            let words: String = words.chars().take(LONGEST).collect();
            let run = |text: &str| format!("<{p}r><{p}t xml:space=\"preserve\">{}</{p}t></{p}r>", xml::escape(text));
            let comment = match self.kept.get(&cell) {
                // The thread is shown from another part, and this text is only for old programs.
                Some(comment) if comment.contains("[Threaded comment]") => continue,
                Some(comment) => {
                    let end = format!("</{p}text>");
                    comment.replacen(&end, &format!("{}{end}", run(&format!("\n{MARK}{SEAM}\n{words}{END}"))), 1)
                }
                None => format!(
                    "<{p}comment ref=\"{}\" authorId=\"{author}\"><{p}text>{}</{p}text></{p}comment>",
                    cell_name(cell.0, cell.1),
                    run(&format!("{MARK}{words}{END}"))
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

/// A comment without what esep wrote into it; `None` when nothing is left. Another program may have joined its own words and those of esep
/// to one piece of text.
fn unmarked(comment: &str, prefix: &str) -> Option<String> {
    let Some(mark) = comment.find(MARK) else { return Some(comment.to_owned()) };
    let piece = [format!("<{prefix}t>"), format!("<{prefix}t ")].iter().filter_map(|tag| comment[..mark].rfind(tag)).max();
    let words = piece.and_then(|piece| Some(piece + comment[piece..mark].find('>')? + 1));
    let (Some(words), Some(end)) = (words, comment.rfind(&format!("</{prefix}text>"))) else { return Some(comment.to_owned()) };
    let own = without_breaks(&comment[words..mark]);
    if let Some(behind) = behind(&comment[mark..end]) {
        return Some(format!("{}{own}{behind}{}", &comment[..words], &comment[end..]));
    }
    let run = [format!("<{prefix}r>"), format!("<{prefix}r ")].iter().filter_map(|run| comment[..words].rfind(run)).max();
    let closed = |run: usize| comment[run..words].contains(&format!("</{prefix}r>"));
    let run = run.filter(|&run| !closed(run));
    let head = if own.is_empty() {
        comment[..run.or(piece).unwrap_or(words)].to_owned()
    } else {
        let run = if run.is_some() { format!("</{prefix}r>") } else { String::new() };
        format!("{}{own}</{prefix}t>{run}", &comment[..words])
    };
    // A rest without any words is no comment.
    head.contains(&format!("</{prefix}t>")).then(|| format!("{head}{}", &comment[end..]))
}

/// What somebody has written behind the words of esep; `rest` begins with these.
fn behind(rest: &str) -> Option<&str> {
    let (ours, behind) = rest.split_once(END)?;
    let is_written = |behind: &str| {
        behind.split('<').enumerate().any(|(at, piece)| {
            let words = if at == 0 { piece } else { piece.split_once('>').map_or("", |(_, words)| words) };
            !without_breaks(words).is_empty()
        })
    };
    (!ours.contains('<') && is_written(behind)).then_some(behind)
}

/// Words without the line breaks at their end, however these are written.
fn without_breaks(words: &str) -> &str {
    let mut words = words;
    loop {
        let shorter = words.trim_end();
        let shorter = ["&#10;", "&#xA;", "&#xa;", "&#13;", "_x000a_", "_x000d_"]
            .iter()
            .fold(shorter, |words, spelling| words.strip_suffix(spelling).unwrap_or(words));
        if shorter.len() == words.len() {
            return words;
        }
        words = shorter;
    }
}

const NO_DRAWING: &str = "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" \
path=\"m,l,21600r21600,l21600,xe\"><v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/>\
</v:shapetype></xml>";

/// The drawing of the comments, without those of the cells `freed`, and with those of the cells `added`.
pub fn drawing(text: Option<&str>, freed: &BTreeSet<Cell>, added: &BTreeSet<Cell>) -> Result<String, Unmarkable> {
    let before = text.unwrap_or(NO_DRAWING);
    let (mut text, mut rest) = (String::with_capacity(before.len()), before);
    for shape in xml::elements(before, "shape")? {
        if shape.contains("ObjectType=\"Note\"") && note_of(shape).is_some_and(|cell| freed.contains(&cell)) {
            let (kept, behind) = rest.split_once(shape).unwrap_or((rest, ""));
            text.push_str(kept);
            rest = behind;
        }
    }
    text.push_str(rest);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_office_wrote_stays_however_a_program_keeps_it() {
        let whole = |inside: &str| format!("<comment ref=\"A1\" authorId=\"0\"><text>{inside}</text></comment>");
        let ours = format!("<r><t xml:space=\"preserve\">\n{MARK}{SEAM}\nwrong</t></r>");
        let own = "<r><rPr><b/></rPr><t>as the head said</t></r>";
        assert_eq!(unmarked(&whole(&format!("{own}{ours}")), "").as_deref(), Some(whole(own).as_str()));
        // Both stand in one piece of text.
        let one = whole(&format!("<r><t>as the head said&#10;{MARK}{SEAM}&#10;wrong</t></r><r><t>more</t></r>"));
        assert_eq!(unmarked(&one, "").as_deref(), Some(whole("<r><t>as the head said</t></r>").as_str()));
        let plain = whole(&format!("<t>as the head said\n{MARK}{SEAM}\nwrong</t>"));
        assert_eq!(unmarked(&plain, "").as_deref(), Some(whole("<t>as the head said</t>").as_str()));
        assert_eq!(unmarked(&whole(&format!("<r><t>{MARK}wrong</t></r>")), ""), None);
        assert_eq!(unmarked(&whole(&format!("<t>{MARK}wrong</t>")), ""), None);
        assert_eq!(unmarked(&whole(own), "").as_deref(), Some(whole(own).as_str()));
        // An answer to esep's words, in the same piece of text or in one of its own.
        let replied = whole(&format!("<r><t>{MARK}wrong{END}&#10;no, right</t></r>"));
        assert_eq!(unmarked(&replied, "").as_deref(), Some(whole("<r><t>&#10;no, right</t></r>").as_str()));
        let replied = whole(&format!("<r><t>mine&#10;{MARK}{SEAM}&#10;wrong{END}</t></r><r><t>no, right</t></r>"));
        assert_eq!(unmarked(&replied, "").as_deref(), Some(whole("<r><t>mine</t></r><r><t>no, right</t></r>").as_str()));
        assert_eq!(unmarked(&whole(&format!("<r><t>{MARK}wrong{END}&#10;</t></r>")), ""), None);
    }

    #[test]
    fn a_person_called_like_the_program_keeps_a_comment() {
        let text = "<comments xmlns=\"x\"><authors><author>esep</author></authors><commentList>\
                    <comment ref=\"A1\" authorId=\"0\"><text><t>mine</t></text></comment></commentList></comments>";
        let comments = Comments::read(Some(text.to_owned())).expect("readable");
        assert!(comments.is_taken((0, 0)) && comments.freed.is_empty());
        let words = BTreeMap::from([((0, 0), "wrong".to_owned()), ((1, 0), "missing".to_owned())]);
        let answered = comments.with(&words).expect("written");
        let again = Comments::read(Some(answered)).expect("readable");
        assert!(again.is_taken((0, 0)) && again.freed.contains(&(1, 0)));
        assert!(again.with(&BTreeMap::new()).expect("written").contains("<text><t>mine</t></text>"));
    }
}
