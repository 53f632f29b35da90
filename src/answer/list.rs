//! The sheet of findings: what was found and where, and what has become of the findings of the last answer.

use std::collections::BTreeMap;

use super::styles::Styles;
use super::{Entry, Identity, Material, State, xml};
use crate::diagnostic::cell_name;
use crate::grid::{Raw, Sheet};
use crate::intake::FINDINGS;
use crate::language::fill;

/// The row of the headings, from 0.
const HEADINGS: u32 = 2;
/// The headings of the columns that people read.
const SEEN: [&str; 7] =
    ["answer_place", "answer_row", "answer_state", "answer_severity", "answer_rule", "answer_message", "answer_hint"];
/// Which of them holds the numbers of rows; the others hold text.
const ROWS: usize = 1;
/// The first of the columns that only esep reads.
const HIDDEN: usize = SEEN.len();

/// The widths, in letters, of the columns that people read.
const WIDTHS: [usize; HIDDEN] = [26, 9, 18, 22, 26, 70, 50];
/// The height of a line, in points.
const LINE: usize = 14;

/// A finding as the sheet of findings of the last answer tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The sheet's name.
    pub sheet: String,
    /// The name of the cell or of the row; empty where the finding has none.
    pub cell: String,
    /// The number of the row, as people read it.
    pub row: String,
    /// The name of the rule or check.
    pub rule: String,
    /// The fill of the cell before it was marked.
    pub fill: String,
    /// What people read: severity, message and hint.
    pub words: [String; 3],
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
    let rows = sheet.rows.iter().skip(HEADINGS as usize + 1);
    let open = rows.filter_map(|cells| {
        let text = |column: usize| cells.get(column).map(Raw::text).unwrap_or_default();
        (text(HIDDEN) == "open").then(|| Earlier {
            sheet: text(HIDDEN + 1),
            cell: text(HIDDEN + 2),
            row: text(ROWS),
            rule: text(4),
            fill: text(HIDDEN + 3),
            words: [text(3), text(5), text(6)],
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
) -> String {
    let plain = styles.text_format("<sz val=\"10\"/><name val=\"Calibri\"/>", " wrapText=\"1\"");
    let number = styles.text_format("<sz val=\"10\"/><name val=\"Calibri\"/>", " horizontal=\"left\"");
    let head = styles.text_format("<b/><sz val=\"10\"/><name val=\"Calibri\"/>", " wrapText=\"1\"");
    let short = styles.text_format("<sz val=\"10\"/><name val=\"Calibri\"/>", "");
    let title = styles.text_format("<b/><sz val=\"14\"/><name val=\"Calibri\"/>", "");
    let unseen = styles.text_format("<sz val=\"10\"/><color rgb=\"FFFFFFFF\"/><name val=\"Calibri\"/>", "");
    let link = styles.text_format("<u/><sz val=\"10\"/><color rgb=\"FF0563C1\"/><name val=\"Calibri\"/>", "");
    let label = |key: &str| material.joined(" / ", |words| words.get(key).cloned().unwrap_or_default());
    let state = |state: State| label(state.label());
    let mut rows = Rows::default();
    rows.push(vec![(FINDINGS.to_owned(), unseen), (label("answer_title"), title)]);
    let of = |wanted: State| entries.iter().filter(|entry| entry.state == wanted).count();
    let counts = [(State::New, of(State::New)), (State::Remaining, of(State::Remaining)), (State::Fixed, gone.len())];
    let counts: Vec<String> = counts.into_iter().map(|(kind, count)| format!("{}: {count}", state(kind))).collect();
    rows.push(vec![(String::new(), short), (counts.join("; "), short)]);
    rows.push(SEEN.iter().map(|key| (label(key), head)).collect());
    let mut links = String::new();
    for (entry, fill) in entries.iter().zip(fills) {
        let cell = entry.spot.name();
        links.push_str(&hyperlink(entry, &cell, rows.count));
        let severity = label(&format!("severity_{}", entry.severity.name()));
        let place = place(&entry.sheet, &cell).unwrap_or_else(|| material.file.to_owned());
        let row = entry.spot.row().map_or_else(String::new, |row| (row + 1).to_string());
        let texts = [place, row, state(entry.state), severity, entry.rule.clone(), entry.message.clone(), entry.hint.clone()];
        let known = ["open".to_owned(), entry.sheet.clone(), cell, fill.clone()];
        let formats = [link, number].into_iter().chain(std::iter::repeat(plain));
        rows.push(texts.into_iter().chain(known).zip(formats).collect());
    }
    if more > 0 {
        let words =
            |labels: &BTreeMap<String, String>| labels.get("answer_more").map(String::as_str).unwrap_or_default().to_owned();
        let text = fill(&material.joined("\n", words), |name| (name == "count").then(|| more.to_string()));
        let aside = (0..HIDDEN - 2).map(|_| (String::new(), plain));
        rows.push(aside.chain([(text, plain)]).collect());
    }
    for old in gone {
        let place = place(&old.sheet, &old.cell).unwrap_or_else(|| material.file.to_owned());
        let [severity, message, hint] = old.words.clone();
        let texts = [place, old.row.clone(), state(State::Fixed), severity, old.rule.clone(), message, hint];
        let known = ["fixed".to_owned(), old.sheet.clone(), old.cell.clone(), String::new()];
        let formats = [plain, number].into_iter().chain(std::iter::repeat(plain));
        rows.push(texts.into_iter().chain(known).zip(formats).collect());
    }
    part(&rows, &links)
}

/// The place of a finding as people read it; `None` when it is about the whole file.
fn place(sheet: &str, cell: &str) -> Option<String> {
    match (sheet, cell) {
        ("", _) => None,
        (sheet, "") => Some(sheet.to_owned()),
        (sheet, cell) => Some(format!("{sheet}!{cell}")),
    }
}

/// The link from a row of the list to the cell of its finding; empty for a finding that is in no sheet.
fn hyperlink(entry: &Entry, cell: &str, row: u32) -> String {
    if entry.sheet.is_empty() {
        return String::new();
    }
    let target = format!("'{}'!{}", entry.sheet.replace('\'', "''"), if cell.is_empty() { "A1" } else { cell });
    let at = cell_name(row, 0);
    format!("<hyperlink ref=\"{at}\" location=\"{0}\" display=\"{0}\"/>", xml::escape(&target))
}

/// The part of a sheet with these rows and links.
fn part(rows: &Rows, links: &str) -> String {
    let last = rows.count.max(HEADINGS + 2);
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
         <sheetViews><sheetView tabSelected=\"1\" workbookViewId=\"0\"><pane ySplit=\"{top}\" topLeftCell=\"A{below}\" activePane=\"bottomLeft\" state=\"frozen\"/>\
         <selection pane=\"bottomLeft\"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight=\"15\"/>\
         <cols>{widths}<col min=\"{hidden}\" max=\"{end}\" width=\"9\" hidden=\"1\" customWidth=\"1\"/></cols>\
         <sheetData>{data}</sheetData><autoFilter ref=\"{filtered}\"/>{links}\
         <pageMargins left=\"0.5\" right=\"0.5\" top=\"0.5\" bottom=\"0.5\" header=\"0.3\" footer=\"0.3\"/>\
         <pageSetup paperSize=\"9\" orientation=\"landscape\" fitToHeight=\"0\"/></worksheet>",
        top = HEADINGS + 1,
        below = HEADINGS + 2,
        filtered = format_args!("{}:{}", cell_name(HEADINGS, 0), cell_name(last - 1, HIDDEN as u32 - 1)),
        hidden = HIDDEN + 1,
        end = HIDDEN + 4,
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
    fn push(&mut self, cells: Vec<(String, usize)>) {
        // Programs do not make rows higher for wrapped lines by themselves.
        let lines = |(text, width): (&String, &usize)| -> usize {
            text.lines().map(|line| line.chars().count().div_ceil(width - 4).max(1)).sum()
        };
        let texts = cells.iter().map(|(text, _)| text);
        let most = if self.count < HEADINGS { 1 } else { texts.zip(&WIDTHS).map(lines).max().unwrap_or(1).clamp(1, 20) };
        let height = if self.count == 0 { 20 } else { most * LINE + 2 };
        self.text.push_str(&format!("<row r=\"{}\" ht=\"{height}\" customHeight=\"1\">", self.count + 1));
        for (column, (text, format)) in cells.into_iter().enumerate().filter(|(_, (text, _))| !text.is_empty()) {
            let at = cell_name(self.count, column as u32);
            // A cell holds no more letters.
            let text: String = text.chars().take(32_000).collect();
            let cell = match text.parse::<u32>() {
                Ok(number) if column == ROWS => format!("<c r=\"{at}\" s=\"{format}\"><v>{number}</v></c>"),
                Ok(_) | Err(_) => format!(
                    "<c r=\"{at}\" s=\"{format}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                    xml::escape(&text)
                ),
            };
            self.text.push_str(&cell);
        }
        self.text.push_str("</row>");
        self.count += 1;
    }
}
