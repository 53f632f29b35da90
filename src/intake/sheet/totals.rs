//! Which rows of a sheet are totals, which regions they are totals of, and which values they hold.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::reader::SheetReader;
use crate::diagnostic::Rule;
use crate::grid::Raw;
use crate::intake::gazetteer::{Miss, Scope};
use crate::intake::number::Written;
use crate::intake::table::{self, Line};
use crate::intake::total::{self, Sums};
use crate::region::{RegionCode, RegionIndex};
use crate::spec::FieldKind;

impl SheetReader<'_> {
    /// In a table of regions, the rows of regions above the level of the table: they hold totals.
    pub fn outer_rows(&self, first: usize, lines: &[Line]) -> BTreeMap<usize, RegionIndex> {
        let (hierarchy, column) = (&self.found.specs.hierarchy, self.columns[self.dataset.region.0]);
        // Where more than regions is in the key, such a row may be the total of a part of its region.
        let of_regions =
            self.dataset.key.contains(&self.dataset.region) && self.dataset.key.iter().all(|field| self.chain.contains(field));
        let (Some(level), Some(column), true) = (self.dataset.level, column, of_regions) else {
            return BTreeMap::new();
        };
        let scope = Scope { within: None, level: self.dataset.level };
        let mut own = BTreeSet::new();
        let mut outer = BTreeMap::new();
        for (offset, _) in (first..).zip(lines).filter(|(_, line)| matches!(line, Line::Row)) {
            let cell = self.found.sheet.rows[offset].get(column).filter(|cell| !cell.is_blank());
            let Some(Ok(found)) = cell.map(|cell| self.lookup.find(&cell.text(), scope)) else { continue };
            match hierarchy.region(found.region).level.cmp(&level) {
                Ordering::Less => {
                    outer.insert(offset, found.region);
                }
                Ordering::Equal => {
                    own.insert(found.region);
                }
                Ordering::Greater => {}
            }
        }
        outer.retain(|_, region| {
            let within = hierarchy.within(*region);
            own.range(RegionIndex(within.start)..RegionIndex(within.end)).next().is_some()
        });
        outer
    }

    /// The regions that a total may be of, named in the columns of regions or beside the word for a total.
    pub fn named(&self, offset: usize) -> Vec<RegionIndex> {
        let (cells, words) = (&self.found.sheet.rows[offset], self.vocabulary.words);
        let mut region = None;
        for field in self.chain.iter().rev() {
            let cell = self.columns[field.0].and_then(|column| cells.get(column)).filter(|cell| !cell.is_blank());
            let Some(text) = cell.map(Raw::text).filter(|text| !words.is_total(text)) else { continue };
            let scope = Scope { within: region, level: None };
            match self.lookup.find_meant(&text, scope, self.dataset.meant(*field)) {
                Ok(found) => region = Some(found.region),
                Err(miss) => return self.meant(miss),
            }
        }
        let within = region.or(self.caption.outer);
        let beside = cells.iter().filter(|cell| matches!(cell, Raw::Text(_))).find_map(|cell| words.beside_total(&cell.text()));
        let Some(beside) = beside else {
            return region.map_or_else(|| self.in_another_cell(cells, within), |region| vec![region]);
        };
        let mut found = table::names_beside(&beside).map(|name| self.called(name, within)).filter(|found| !found.is_empty());
        found.next().unwrap_or_else(|| region.into_iter().collect())
    }

    /// The regions that the only other text of a total names.
    fn in_another_cell(&self, cells: &[Raw], within: Option<RegionIndex>) -> Vec<RegionIndex> {
        let texts = cells.iter().filter(|cell| matches!(cell, Raw::Text(_))).map(Raw::text);
        let mut others = texts.filter(|text| !text.trim().is_empty() && !self.vocabulary.words.is_total(text));
        let (Some(text), None) = (others.next(), others.next()) else { return Vec::new() };
        self.called(&text, within)
    }

    /// The regions that a text may name.
    fn called(&self, name: &str, within: Option<RegionIndex>) -> Vec<RegionIndex> {
        match self.lookup.find(name, Scope { within, level: None }) {
            Ok(found) => vec![found.region],
            Err(miss) => self.meant(miss),
        }
    }

    /// The regions of an ambiguous name; none for any other miss.
    fn meant(&self, miss: Miss) -> Vec<RegionIndex> {
        let fault = miss.fault();
        if fault.rule != Rule::AmbiguousRegion {
            return Vec::new();
        }
        let find = |code: &Arc<str>| self.found.specs.hierarchy.find(&RegionCode::new(code.as_ref()));
        fault.regions().filter_map(find).collect()
    }

    /// Keeps a total for the comparison with the sum of its rows.
    pub fn total(&self, offset: usize, regions: Vec<RegionIndex>, sums: &mut Sums) {
        let cells = &self.found.sheet.rows[offset];
        let label = cells.iter().find(|cell| matches!(cell, Raw::Text(_)) && !cell.is_blank()).map(Raw::text).unwrap_or_default();
        let values = self.columns.iter().map(|column| column.and_then(|column| cells.get(column)));
        let values = values.zip(&self.dataset.fields).map(|(raw, field)| match (raw, &field.kind) {
            (Some(raw), FieldKind::Count { places, suffixes, signs, .. }) => {
                total::value(raw, self.vocabulary.words, Written { places: *places, suffixes, signs: *signs })
            }
            _ => None,
        });
        let places = self.columns.iter().map(|column| self.place(offset, *column)).collect();
        sums.total(label, regions, values.collect(), places);
    }
}
