//! The sheet of findings: what was found and where, and what has become of the findings of the last answer.

use super::styles::{Drawn, Styles};
use super::{Entry, Identity, Material, State, Unmarkable, xml};
use crate::diagnostic::cell_name;
use crate::grid::{Raw, Sheet};
use crate::intake::FINDINGS;
use crate::language::{Direction, Language, fill, punctuation};

/// The headings of the columns that people read.
const SEEN: [&str; 7] =
    ["answer_cell", "answer_place", "answer_state", "answer_severity", "answer_rule", "answer_message", "answer_hint"];
/// Which of them have the colour of their finding.
const SEVERITY: usize = 3;
/// Which of them tells the rule.
const RULE: usize = 4;
/// The first of the columns that only esep reads.
const HIDDEN: usize = SEEN.len();

/// The widths, in letters, of the columns that people read.
const WIDTHS: [usize; HIDDEN] = [12, 26, 14, 18, 30, 68, 50];
/// The height of a line, in points.
const LINE: usize = 14;

/// A finding as the sheet of findings of the last answer tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The sheet's name.
    pub sheet: String,
    /// The name of the cell or of the row; empty where the finding has none.
    pub cell: String,
    /// The name of the rule or check.
    pub rule: String,
    /// The fill of the cell before it was marked.
    pub fill: String,
    /// What people read: severity, title of the rule, message and hint.
    pub words: [String; 4],
}

impl Earlier {
    /// What tells the finding from others.
    pub fn identity(&self) -> Identity {
        (self.sheet.clone(), self.cell.clone(), self.rule.clone())
    }
}

/// The sheet of findings among the sheets of a workbook: its position, and the findings on it that are open.
pub fn earlier(sheets: &[Sheet]) -> Option<(usize, Vec<Earlier>)> {
    let is_list = |sheet: &&Sheet| {
        let corner = sheet.rows.first().and_then(|cells| cells.first());
        (sheet.first_row, sheet.first_column) == (0, 0) && matches!(corner, Some(Raw::Text(text)) if text == FINDINGS)
    };
    let position = sheets.iter().position(|sheet| is_list(&sheet))?;
    let sheet = &sheets[position];
    let open = sheet.rows.iter().filter_map(|cells| {
        let text = |column: usize| cells.get(column).map(Raw::text).unwrap_or_default();
        (text(HIDDEN) == "open").then(|| Earlier {
            sheet: text(HIDDEN + 1),
            cell: text(HIDDEN + 2),
            // Older lists showed the name itself.
            rule: if text(HIDDEN + 4).is_empty() { text(RULE) } else { text(HIDDEN + 4) },
            fill: text(HIDDEN + 3),
            words: [text(SEVERITY), text(RULE), text(5), text(6)],
        })
    });
    Some((position, open.collect()))
}

/// The part of the sheet; `fills` has the fill of each entry's cell before it was marked.
pub fn write(
    material: &Material<'_>,
    (entries, more): (&[Entry], usize),
    gone: &[&Earlier],
    fills: &[String],
    styles: &mut Styles,
) -> Result<String, Unmarkable> {
    const FONT: &str = "<sz val=\"10\"/><name val=\"Calibri\"/>";
    let wrap = " wrapText=\"1\"";
    let plain = styles.text_format(FONT, wrap, Drawn::Grid);
    let head = styles.text_format(&format!("<b/>{FONT}"), wrap, Drawn::Head);
    let short = styles.text_format(FONT, "", Drawn::Bare);
    let title = styles.text_format("<b/><sz val=\"14\"/><name val=\"Calibri\"/>", "", Drawn::Bare);
    let strong = styles.text_format(&format!("<b/>{FONT}"), "", Drawn::Bare);
    let unseen = styles.text_format("<sz val=\"10\"/><color rgb=\"FFFFFFFF\"/><name val=\"Calibri\"/>", "", Drawn::Bare);
    let link = styles.text_format("<u/><sz val=\"10\"/><color rgb=\"FF0563C1\"/><name val=\"Calibri\"/>", wrap, Drawn::Grid);
    let label = |key: &str| material.joined(" / ", |language| label(language, key));
    let state = |state: State| label(state.label());
    let mut rows = Rows::default();
    rows.push(vec![(FINDINGS.to_owned(), unseen), (label("answer_title"), title)], false);
    let of = |wanted: State| entries.iter().filter(|entry| entry.state == wanted).count();
    let counts = [(State::New, of(State::New)), (State::Remaining, of(State::Remaining)), (State::Fixed, gone.len())];
    let counts: Vec<String> = counts.into_iter().map(|(kind, count)| format!("{}: {count}", state(kind))).collect();
    rows.push(vec![(String::new(), short), (counts.join("; "), short)], false);
    for language in &material.languages {
        let told = |due| fill(&self::label(language, "answer_due"), |name| (name == "due").then(|| language.date(due)));
        let due = |due| punctuation::stops(&told(due));
        let lines = [(Some(self::label(language, "answer_colours")), short), (material.due.map(due), strong)];
        for (text, format) in lines.into_iter().filter_map(|(text, format)| Some((text?, format))) {
            rows.push(vec![(String::new(), short), (text, format)], false);
        }
    }
    let headings = rows.count;
    rows.push(SEEN.iter().map(|key| (label(key), head)).collect(), true);
    let mut links = String::new();
    for (entry, before) in entries.iter().zip(fills) {
        links.push_str(&hyperlink(entry, rows.count));
        let cell = entry.spot.name();
        let texts = [
            shown(material, &cell),
            place(material, &entry.sheet),
            state(entry.state),
            label(&format!("severity_{}", entry.severity.name())),
            entry.title.clone(),
            entry.message.clone(),
            entry.hint.clone(),
        ];
        let mut formats = [plain; HIDDEN];
        (formats[0], formats[SEVERITY]) = (link, styles.marked(plain, entry.severity)?);
        let known = ["open".to_owned(), entry.sheet.clone(), cell, before.clone(), entry.rule.clone()];
        rows.push(texts.into_iter().zip(formats).chain(known.into_iter().map(|text| (text, short))).collect(), true);
    }
    if more > 0 {
        let words = material.joined("\n", |language| self::label(language, "answer_more"));
        let text = fill(&words, |name| (name == "count").then(|| more.to_string()));
        let aside = (0..HIDDEN - 2).map(|_| (String::new(), plain));
        rows.push(aside.chain([(text, plain)]).collect(), true);
    }
    for old in gone {
        let [severity, title, message, hint] = old.words.clone();
        let place = place(material, &old.sheet);
        let texts = [shown(material, &old.cell), place, state(State::Fixed), severity, title, message, hint];
        let known = ["fixed".to_owned(), old.sheet.clone(), old.cell.clone(), String::new(), old.rule.clone()];
        let formats = [plain; HIDDEN].into_iter().chain(std::iter::repeat(short));
        rows.push(texts.into_iter().chain(known).zip(formats).collect(), true);
    }
    let is_turned = material.languages.first().is_some_and(|language| language.code.direction() == Direction::RightToLeft);
    Ok(part(&rows, headings, (&links, is_turned)))
}

fn label(language: &Language, key: &str) -> String {
    language.labels.get(key).cloned().unwrap_or_default()
}

/// A cell or a row as people read it: `M7`, `row 5`.
fn shown(material: &Material<'_>, cell: &str) -> String {
    match cell.split_once(':') {
        Some((row, _)) => {
            material.joined(" / ", |language| fill(&label(language, "place_row"), |name| (name == "row").then(|| row.to_owned())))
        }
        None => cell.to_owned(),
    }
}

/// The sheet of a finding, or the file where it is about the whole file.
fn place(material: &Material<'_>, sheet: &str) -> String {
    if sheet.is_empty() { material.file } else { sheet }.to_owned()
}

/// The link from a row of the list to the cell of its finding; empty for a finding that is in no sheet.
fn hyperlink(entry: &Entry, row: u32) -> String {
    if entry.sheet.is_empty() {
        return String::new();
    }
    let (to_row, to_column) = entry.spot.cell().unwrap_or((entry.spot.row().unwrap_or_default(), 0));
    let target = format!("'{}'!{}", entry.sheet.replace('\'', "''"), cell_name(to_row, to_column));
    let at = cell_name(row, 0);
    format!("<hyperlink ref=\"{at}\" location=\"{0}\" display=\"{0}\"/>", xml::escape(&target))
}

/// The part of a sheet with these rows and links; `headings` is the row of the headings, from 0.
fn part(rows: &Rows, headings: u32, (links, is_turned): (&str, bool)) -> String {
    let turned = if is_turned { " rightToLeft=\"1\"" } else { "" };
    let last = rows.count.max(headings + 2);
    let links = if links.is_empty() { String::new() } else { format!("<hyperlinks>{links}</hyperlinks>") };
    let widths: String = WIDTHS
        .iter()
        .enumerate()
        .map(|(at, width)| format!("<col min=\"{0}\" max=\"{0}\" width=\"{width}\" customWidth=\"1\"/>", at + 1))
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
         <sheetPr><tabColor rgb=\"FFC00000\"/><pageSetUpPr fitToPage=\"1\"/></sheetPr>\
         <sheetViews><sheetView{turned} tabSelected=\"1\" workbookViewId=\"0\"><pane ySplit=\"{top}\" topLeftCell=\"A{below}\" activePane=\"bottomLeft\" state=\"frozen\"/>\
         <selection pane=\"bottomLeft\"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight=\"15\"/>\
         <cols>{widths}<col min=\"{hidden}\" max=\"{end}\" width=\"9\" hidden=\"1\" customWidth=\"1\"/></cols>\
         <sheetData>{data}</sheetData><autoFilter ref=\"{filtered}\"/>{links}\
         <pageMargins left=\"0.5\" right=\"0.5\" top=\"0.5\" bottom=\"0.5\" header=\"0.3\" footer=\"0.3\"/>\
         <pageSetup paperSize=\"9\" orientation=\"landscape\" fitToHeight=\"0\"/></worksheet>",
        top = headings + 1,
        below = headings + 2,
        filtered = format_args!("{}:{}", cell_name(headings, 0), cell_name(last - 1, HIDDEN as u32 - 1)),
        hidden = HIDDEN + 1,
        end = HIDDEN + 5,
        data = rows.text,
    )
}

/// Rows of text.
#[derive(Default)]
struct Rows {
    text: String,
    count: u32,
}

impl Rows {
    /// Adds a row; `is_wrapped` in the table, whose rows are as high as their text.
    fn push(&mut self, cells: Vec<(String, usize)>, is_wrapped: bool) {
        // Programs do not make rows higher for wrapped lines by themselves.
        let lines = |(text, width): (&String, &usize)| -> usize {
            text.lines().map(|line| line.chars().count().div_ceil(width - 4).max(1)).sum()
        };
        let texts = cells.iter().map(|(text, _)| text);
        let most = if is_wrapped { texts.zip(&WIDTHS).map(lines).max().unwrap_or(1).clamp(1, 20) } else { 1 };
        let height = if self.count == 0 { 20 } else { most * LINE + 2 };
        self.text.push_str(&format!("<row r=\"{}\" ht=\"{height}\" customHeight=\"1\">", self.count + 1));
        for (column, (text, format)) in cells.into_iter().enumerate() {
            let at = cell_name(self.count, column as u32);
            if text.is_empty() {
                // The grid goes around empty cells too.
                self.text.push_str(&if is_wrapped && column < HIDDEN {
                    format!("<c r=\"{at}\" s=\"{format}\"/>")
                } else {
                    String::new()
                });
                continue;
            }
            // A cell holds no more letters.
            let text: String = text.chars().take(32_000).collect();
            self.text.push_str(&format!(
                "<c r=\"{at}\" s=\"{format}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                xml::escape(&text)
            ));
        }
        self.text.push_str("</row>");
        self.count += 1;
    }
}
