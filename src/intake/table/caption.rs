//! Which rows are captions: the name of a region over its block, perhaps with its totals; and which rows seem to be captions and cannot be
//! used.

use super::sorter::{Line, Notes, Sorter, Spot, has_digit, is_filled};
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Rule};
use crate::grid::Raw;
use crate::intake::gazetteer::Miss;
use crate::intake::header::is_wordy;
use crate::region::RegionIndex;

/// A number in a caption has at most so many digits; codes of units have more.
const MOST_DIGITS: usize = 4;

/// A row in which a single cell holds words.
#[derive(Clone, Copy)]
pub(super) struct Single {
    pub(super) column: usize,
    /// Whether numbers stand beside it.
    pub(super) numbers: bool,
    /// Whether no unit's row stands below it.
    pub(super) trailing: bool,
}

/// What a row is whose only text names no region.
enum Nameless {
    /// A unit's row.
    Row,
    /// A unit's row or the caption of a region: nobody can tell.
    Either,
    /// The caption of a region that was not understood.
    Caption,
    /// No part of the table.
    Remark,
}

impl Sorter<'_> {
    /// What a row is in which only one cell holds words; `None` when it is a unit's row after all.
    pub(super) fn single(&self, single: Single, spot: Spot<'_>, notes: &mut Notes<'_>) -> Option<Line> {
        let Single { column, numbers, .. } = single;
        let text = spot.text(column);
        let field = self.found.header.field(column);
        let is_key = self.key.contains(&column);
        let is_region = field == Some(self.dataset.region);
        match self.region(&text, spot.above.outer) {
            Ok(region) => {
                let own_level = !self.is_outer(region.region);
                // Where the region itself is the key, the name of a region begins a row, with or without answers.
                if is_region && (is_key && own_level || numbers) {
                    return None;
                }
                Some(self.caption(spot, (column, region.region), numbers, notes))
            }
            Err(miss) => match self.nameless(single, &text, &miss, spot) {
                Nameless::Row => None,
                Nameless::Either => {
                    notes.diagnostics.push(self.either(spot.offset, column, text));
                    None
                }
                Nameless::Caption => Some(self.unclear(spot, (column, miss), "the caption of the rows below", notes)),
                Nameless::Remark => Some(self.remark(spot, column, notes)),
            },
        }
    }

    /// The caption of a region, with or without its totals, and the note on how it was understood.
    fn caption(&self, spot: Spot<'_>, (column, region): (usize, RegionIndex), total: bool, notes: &mut Notes<'_>) -> Line {
        let to = format!("{}, the region of the rows below", self.lookup.gazetteer.describe(region));
        self.understood(spot, column, to, notes);
        Line::Caption { region, total }
    }

    /// What a row is whose only text names no region. The doubt matters where captions give regions: rows below a missed caption would
    /// count in the block above it.
    fn nameless(&self, single: Single, text: &str, miss: &Miss, spot: Spot<'_>) -> Nameless {
        let Single { column, numbers, trailing } = single;
        let Spot { cells, above, .. } = spot;
        let field = self.found.header.field(column);
        let (is_key, is_region) = (self.key.contains(&column), field == Some(self.dataset.region));
        let is_title = field.is_some() && field == self.dataset.title;
        let is_near = !matches!(miss, Miss::Unknown { near: false, .. });
        let own = self.found.header.column(self.dataset.region);
        // The column of the region reports its own faults: in a table of regions, and where a row has something in it.
        if is_key && is_region {
            return if trailing && !numbers && !is_near { Nameless::Remark } else { Nameless::Row };
        }
        if own.is_some_and(|own| own != column && is_filled(cells, own)) {
            return Nameless::Row;
        }
        let has_blocks = above.captioned || own.is_none();
        // Where units have codes, a text without digits in the column of codes names no unit.
        let is_no_code = self.coded && is_key && !has_digit(text);
        if numbers {
            return match (has_blocks, is_near || is_no_code && above.captioned) {
                (true, true) => Nameless::Caption,
                (true, false) if is_key && above.captioned && self.speaks_of_region(text) => Nameless::Either,
                (true | false, _) => Nameless::Row,
            };
        }
        if is_near && (has_blocks || !is_title) {
            return Nameless::Caption;
        }
        let is_missing = own.is_none() && !is_key && !is_title;
        if !trailing && (is_missing || has_blocks && self.speaks_of_region(text)) {
            return Nameless::Caption;
        }
        let is_word = !text.contains(char::is_whitespace);
        let is_unit = is_title || is_key && is_word;
        match () {
            () if text.trim_end().ends_with(':') => Nameless::Remark,
            () if is_key && is_word && has_digit(text) => Nameless::Row,
            () if trailing || !is_unit => Nameless::Remark,
            () if above.captioned && is_no_code => Nameless::Caption,
            () if above.captioned && is_key => Nameless::Either,
            () => Nameless::Row,
        }
    }

    /// The caption of a region when its row holds more than counts. Where units have codes, no code is the name of a region, so the name
    /// marks a caption; a caption may have a number where units have their code.
    pub(super) fn caption_beside_more(&self, spot: Spot<'_>, notes: &mut Notes<'_>) -> Option<Line> {
        let Spot { cells, above, .. } = spot;
        let own = self.found.header.column(self.dataset.region);
        let is_open = own.is_none() || above.captioned && own.is_some_and(|own| !is_filled(cells, own));
        let &[column] = self.key.as_slice() else { return None };
        if !self.coded || !is_open {
            return None;
        }
        let key = cells[column].text();
        let names = self.vocabulary.names;
        let has_kind = |text: &str| names.readings(text).iter().any(|reading| !reading.kinds.is_empty());
        let is_number = key.len() <= MOST_DIGITS && key.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
        let mut texts = cells.iter().enumerate().filter(|(_, cell)| is_wordy(cell)).map(|(at, cell)| (at, cell.text()));
        let (column, text) = match (is_wordy(&cells[column]), is_number, texts.next(), texts.next()) {
            (true, ..) if !has_digit(&key) || key.contains(char::is_whitespace) => (column, key),
            (false, true, Some((column, text)), None) if has_kind(&text) => (column, text),
            _ => return None,
        };
        match self.region(&text, above.outer) {
            Ok(found) => {
                let is_count =
                    |(at, cell): (usize, &Raw)| at != column && cell.is_number() && self.found.header.field(at).is_some();
                let total = cells.iter().enumerate().any(is_count);
                Some(self.caption(spot, (column, found.region), total, notes))
            }
            Err(Miss::Unknown { near: false, .. }) if !has_kind(&text) => None,
            Err(miss) => Some(self.unclear(spot, (column, miss), "the caption of the rows below", notes)),
        }
    }

    /// A total; above the block of its region it is a caption as well.
    pub(super) fn total(&self, spot: Spot<'_>, notes: &mut Notes<'_>) -> Line {
        let Spot { cells, above, .. } = spot;
        let has_captions = above.captioned || self.found.header.column(self.dataset.region).is_none();
        // The word for a total and the region may stand in one cell or in two.
        let words = self.vocabulary.words;
        let is_bare = |text: &str| words.is_total(text) && words.beside_total(text).is_none();
        let texts = cells.iter().enumerate().filter(|(_, cell)| is_wordy(cell)).map(|(column, cell)| (column, cell.text()));
        let mut texts = texts.filter(|(_, text)| !is_bare(text));
        let (Some((column, text)), None, true) = (texts.next(), texts.next(), has_captions) else { return Line::Total };
        let beside = words.beside_total(&text).unwrap_or_else(|| text.clone());
        let hierarchy = &self.found.specs.hierarchy;
        let found = names_beside(&beside).find_map(|name| self.region(name, above.outer).ok());
        match found.map_or_else(|| self.region(&beside, above.outer), Ok) {
            // A total of a block above stands below that block.
            Ok(found) if above.blocks.iter().any(|&block| hierarchy.contains(found.region, block)) => Line::Total,
            Ok(found) => {
                let to =
                    format!("{}, the region of the rows below, and its totals", self.lookup.gazetteer.describe(found.region));
                self.understood(spot, column, to, notes);
                let total = cells.iter().any(|cell| !cell.is_blank() && !is_wordy(cell));
                Line::Caption { region: found.region, total }
            }
            Err(Miss::Unknown { near: false, .. }) => Line::Total,
            Err(miss) => self.unclear(spot, (column, miss), "the total of a region", notes),
        }
    }

    /// A caption that was not understood: the rows below may lie in any region around it.
    fn unclear(&self, spot: Spot<'_>, (column, miss): (usize, Miss), name: &str, notes: &mut Notes<'_>) -> Line {
        let (hierarchy, place) = (&self.found.specs.hierarchy, self.place(spot.offset, Some(column)));
        let mut found = miss.fault().at(place, self.dataset, self.dataset.field(self.dataset.region), name);
        if let Some(outer) = spot.above.outer {
            let codes = hierarchy.within(outer).map(|index| hierarchy.region(RegionIndex(index)).code.as_str().into());
            found.concern_regions(&codes.collect());
        }
        notes.diagnostics.push(found);
        Line::UnclearCaption
    }

    /// The warning about a row without a code among captions, which may be a unit or the caption of a region.
    fn either(&self, offset: usize, column: usize, text: String) -> Diagnostic {
        let message = format!("`{text}` may be a unit or the caption of a region; it counts as a unit of the region above");
        Diagnostic::new(Rule::DoubtfulCaption, self.place(offset, Some(column)), message)
            .hint("if it is a caption, write the name of the region as in `regions.yaml`")
            .because(CauseKind::DoubtfulCaption, vec![("found", Fact::Text(text))])
    }

    /// Whether a row is one text with nothing but numbers beside it.
    pub(super) fn is_text_with_numbers(&self, cells: &[Raw]) -> bool {
        let mut texts = cells.iter().enumerate().filter(|(_, cell)| is_wordy(cell));
        let (Some((text, _)), None) = (texts.next(), texts.next()) else { return false };
        cells.iter().enumerate().all(|(column, cell)| column == text || cell.is_blank() || self.is_count(column))
    }

    /// Whether a text holds a word for a kind of region, or the name of a region: `District of Alder`, `Alder (11)`.
    fn speaks_of_region(&self, text: &str) -> bool {
        let names = self.vocabulary.names;
        names.readings(text).iter().any(|reading| !reading.kinds.is_empty()) || self.lookup.gazetteer.is_named_in(text)
    }
}

/// What may be the name of a region beside the word for a total: the whole text, or the text without some words at its start or at its end,
/// as in `for the district of Alder`.
pub fn names_beside(text: &str) -> impl Iterator<Item = &str> {
    /// The most words around the name.
    const MOST_WORDS: usize = 5;
    let blanks = || text.match_indices(' ').map(|(at, _)| at).take(MOST_WORDS);
    let before: Vec<&str> = blanks().map(|at| &text[..at]).collect();
    std::iter::once(text).chain(blanks().map(|at| &text[at + 1..])).chain(before.into_iter().rev())
}
