//! What each row below the headers is: a unit's row, the name of a region over its block, a total, or nothing to be read.

mod sorter;

mod caption;

use super::cell::Vocabulary;
use super::gazetteer::{Lookup, Miss, Scope};
use super::header::Found;
use crate::dataset::{Interpretation, RowFate};
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Rule};
use crate::grid::Raw;
use crate::spec::FieldKind;

use caption::Single;
use sorter::{Above, Sorter, has_digit, is_code, is_wordy};

pub use caption::names_beside;
pub use sorter::Line;

/// Signatures below a table fill no more cells.
const MOST_SIGNED: usize = 4;

/// The rows below the headers.
pub struct Layout {
    /// What each row is, from the first one below the headers.
    pub lines: Vec<Line>,
    /// Whether captions give regions.
    pub captioned: bool,
}

/// Tells the rows apart. What is passed over is noted, what is understood is told.
pub fn sort(
    found: Found<'_>,
    lookup: &Lookup<'_>,
    diagnostics: &mut Vec<Diagnostic>,
    understood: &mut Vec<Interpretation>,
) -> Layout {
    let dataset = &found.specs.datasets[found.header.dataset.0];
    let key: Vec<usize> = dataset.key.iter().filter_map(|&field| found.header.column(field)).collect();
    let rows = &found.sheet.rows;
    let keyed = |cells: &Vec<Raw>| {
        let is_key = |text: &str| {
            let scope = Scope { within: None, level: dataset.level };
            has_digit(text) || !matches!(lookup.find(text, scope), Err(Miss::Unknown { near: false, .. }))
        };
        let at = key.iter().any(|&column| cells.get(column).is_some_and(|cell| !cell.is_blank() && is_key(&cell.text())));
        at && cells.iter().filter(|cell| !cell.is_blank()).nth(1).is_some()
    };
    let mut sorter = Sorter {
        found,
        lookup,
        vocabulary: Vocabulary { words: &found.specs.programme.words, names: &found.specs.programme.names },
        dataset,
        spellings: super::header::spellings(dataset),
        key: key.clone(),
        end: 0,
        coded: false,
    };
    let below = found.header.row + 1;
    sorter.coded = rows.iter().skip(below).any(|cells| key.iter().any(|&column| cells.get(column).is_some_and(is_code)));
    let is_last = |(offset, cells): (usize, &Vec<Raw>)| offset >= below && (keyed(cells) || sorter.has_answered_key(cells));
    sorter.end = (0..rows.len()).rev().find(|&offset| is_last((offset, &rows[offset]))).map_or(0, |last| last + 1);
    let mut layout = Layout { lines: Vec::with_capacity(rows.len()), captioned: false };
    let mut above = Above::default();
    let mut below_headers = true;
    for (offset, cells) in rows.iter().enumerate().skip(found.header.row + 1) {
        let mut line = sorter.line(offset, cells, below_headers, &above, diagnostics, understood);
        if matches!(line, Line::Row | Line::Total)
            && let Some(mut shifted) = found.shifted(offset)
        {
            let meant = lookup.meant_by(cells.iter().map(Raw::text), dataset.level);
            shifted.cause.iter_mut().for_each(|cause| cause.facts.push(("meant", Fact::Regions(meant.clone()))));
            diagnostics.push(shifted);
            line = Line::Passed(RowFate::Shifted);
        }
        match &line {
            Line::Caption { region, .. } => {
                (layout.captioned, above.captioned) = (true, true);
                above.blocks.insert(*region);
                if sorter.is_outer(*region) {
                    above.outer = Some(*region);
                }
            }
            Line::UnclearCaption => {
                (layout.captioned, above.captioned) = (true, true);
                // It may be that of another outer region.
                above.outer = None;
            }
            Line::Row | Line::Total | Line::Headers(_) | Line::Passed(_) | Line::Blank => {}
        }
        below_headers = match &line {
            Line::Headers(_) => true,
            // A header may stand on several rows, and blank ones among them.
            Line::Passed(fate) => below_headers || *fate == RowFate::RepeatedHeading,
            Line::Blank => below_headers,
            Line::Row | Line::Caption { .. } | Line::UnclearCaption | Line::Total => false,
        };
        layout.lines.push(line);
    }
    sorter.prepared(&layout, diagnostics);
    layout
}

impl Sorter<'_> {
    fn line(
        &self,
        offset: usize,
        cells: &[Raw],
        below_headers: bool,
        above: &Above,
        diagnostics: &mut Vec<Diagnostic>,
        understood: &mut Vec<Interpretation>,
    ) -> Line {
        let mut filled = cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank()).map(|(column, _)| column);
        let Some(first) = filled.next() else { return Line::Blank };
        let several = filled.next().is_some();
        let has_key =
            !self.key.is_empty() && self.key.iter().all(|&column| cells.get(column).is_some_and(|cell| !cell.is_blank()));
        let place = |column: Option<usize>| self.place(offset, column);
        if self.is_header(cells) {
            understood.push(Interpretation::new(place(Some(first)), cells[first].text(), "the headers again; not read"));
            return Line::Passed(RowFate::RepeatedHeading);
        }
        if let Some(columns) = self.headers(cells) {
            understood.push(Interpretation::new(
                place(Some(first)),
                cells[first].text(),
                "headers of another order for the rows below",
            ));
            return Line::Headers(columns);
        }
        if below_headers && several && self.are_numbers(cells) {
            understood.push(Interpretation::new(place(Some(first)), cells[first].text(), "a row of column numbers; not read"));
            return Line::Passed(RowFate::ColumnNumbers);
        }
        if self.is_prepared(cells) {
            return Line::Passed(RowFate::Prepared);
        }
        if has_key && several {
            if self.key.iter().any(|&column| self.vocabulary.words.is_total(&cells[column].text())) {
                return self.total(offset, cells, above, diagnostics, understood);
            }
            if let Some(caption) = self.caption_beside_more(offset, cells, above, diagnostics, understood) {
                return caption;
            }
            // A key without a digit may be a caption or a signature, unless it is the region itself.
            let own = self.found.header.column(self.dataset.region);
            if own.is_some_and(|own| self.key.contains(&own))
                || self.key.iter().any(|&column| has_digit(&cells[column].text()))
                || self.has_answered_key(cells) && !self.is_text_with_numbers(cells)
            {
                return Line::Row;
            }
        }
        self.keyless(offset, cells, above, diagnostics, understood)
    }

    /// A row without a key, or with one cell only.
    fn keyless(
        &self,
        offset: usize,
        cells: &[Raw],
        above: &Above,
        diagnostics: &mut Vec<Diagnostic>,
        understood: &mut Vec<Interpretation>,
    ) -> Line {
        let filled: Vec<usize> = (0..cells.len()).filter(|&column| !cells[column].is_blank()).collect();
        let wordy: Vec<usize> = filled.iter().copied().filter(|&column| is_wordy(&cells[column])).collect();
        let categorised = filled.iter().any(|&column| self.is_category(column, &cells[column]));
        if !categorised && wordy.iter().any(|&column| self.vocabulary.words.is_total(&cells[column].text())) {
            return self.total(offset, cells, above, diagnostics, understood);
        }
        let trailing = offset >= self.end;
        if trailing && filled.iter().all(|&column| is_day(&cells[column])) {
            self.note(offset, filled[0], &cells[filled[0]], diagnostics);
            return Line::Passed(RowFate::Remark);
        }
        if let [column] = wordy.as_slice()
            && filled.iter().all(|at| at == column || self.is_count(*at))
        {
            let single = Single { offset, column: *column, numbers: filled.len() > 1, trailing };
            if let Some(line) = self.single(single, cells, above, diagnostics, understood) {
                return line;
            }
        }
        let known = |column: &usize| self.found.header.field(*column).is_some();
        if !filled.iter().any(known) {
            let to = "a row with nothing in the columns of the table; not read";
            understood.push(Interpretation::new(self.place(offset, Some(filled[0])), cells[filled[0]].text(), to));
            return Line::Passed(RowFate::Remark);
        }
        // Signatures and days below a table stand in several cells, and answer none of its questions.
        let answers = |column: &usize| {
            let asked = self.found.header.field(*column).map(|field| &self.dataset.field(field).kind);
            let free = asked.is_none_or(|kind| matches!(kind, FieldKind::Code | FieldKind::Text | FieldKind::Region { .. }));
            !free && !matches!(cells[*column], Raw::Text(_) | Raw::Date(_)) || self.is_answer(*column, &cells[*column])
        };
        let named = self.key.iter().any(|&column| cells.get(column).is_some_and(|cell| has_digit(&cell.text())));
        // They are few; a row that fills most of the columns is a unit's, whatever its faults.
        let is_long = filled.len() > MOST_SIGNED
            && filled.iter().filter(|column| known(column)).count() * 2 > self.found.header.columns.len();
        if trailing && !wordy.is_empty() && !named && !is_long && !filled.iter().any(answers) && !self.means_region(cells) {
            self.note(offset, filled[0], &cells[filled[0]], diagnostics);
            return Line::Passed(RowFate::Remark);
        }
        Line::Row
    }

    /// Whether a row was prepared and not filled in: no key, no name, no region, and zeros, as formulas leave them.
    fn is_prepared(&self, cells: &[Raw]) -> bool {
        // Where the region is the key, captions may give it.
        let has_key_columns = self.key.len() == self.dataset.key.len();
        let is_zero = |(column, cell): (usize, &Raw)| {
            let field = self.found.header.field(column).map(|field| &self.dataset.field(field).kind);
            let words = self.vocabulary.words;
            matches!(field, Some(FieldKind::Count { .. })) && matches!(super::number::whole(cell, words, &[]), Ok((0, _)))
        };
        let mut filled = cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank()).peekable();
        has_key_columns && filled.peek().is_some() && filled.all(is_zero)
    }

    /// Says how many rows were prepared and not filled in.
    fn prepared(&self, layout: &Layout, diagnostics: &mut Vec<Diagnostic>) {
        let below = self.found.header.row + 1;
        let is_prepared = |line: &Line| matches!(line, Line::Passed(RowFate::Prepared));
        let Some(first) = layout.lines.iter().position(is_prepared) else { return };
        let count = layout.lines.iter().filter(|line| is_prepared(line)).count();
        let rows =
            if count == 1 { "this row holds".to_owned() } else { format!("this row and {} more below it hold", count - 1) };
        let message = format!("{rows} no identifier, no name and no region, and nothing but zeros; not read");
        diagnostics.push(
            Diagnostic::new(Rule::PassedOver, self.place(below + first, None), message)
                .hint("if units stand there, fill in who they are")
                .because(CauseKind::PreparedRows, vec![("count", Fact::Text(count.to_string()))]),
        );
    }
}

/// Whether a cell holds a day and nothing else.
fn is_day(cell: &Raw) -> bool {
    let text = cell.text();
    let parts: Vec<&str> = text.trim().split(['.', '/', '-']).collect();
    let is_number = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(cell, Raw::Date(_)) || parts.len() == 3 && parts.iter().all(is_number)
}
