//! What stands beside a table: a second table with its own headers, or rows below no header.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::found::Found;
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Rule};
use crate::grid::Raw;
use crate::intake::gazetteer::{Lookup, Scope};
use crate::region::RegionIndex;
use crate::spec::FieldIndex;

/// The columns of a table beside the first.
type Beside = Vec<(usize, FieldIndex)>;

impl Found<'_> {
    /// Reports columns whose field has a column already; a whole second table is reported once, where it begins. Returns whether there are
    /// such tables.
    pub fn twice(
        self,
        columns: Vec<(usize, String, FieldIndex)>,
        lookup: &Lookup<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> bool {
        let dataset = self.specs.dataset(self.header.dataset);
        let has_key = |key: &FieldIndex| columns.iter().any(|(_, _, field)| field == key);
        let is_table = columns.len() > 1 && columns.len() * 2 >= self.header.columns.len() && dataset.key.iter().all(has_key);
        if is_table {
            diagnostics.push(self.tables_beside(&columns, lookup));
            return true;
        }
        diagnostics.extend(columns.into_iter().map(|(column, text, field)| self.again(column, &text, field)));
        false
    }

    /// The finding about a second column of a field.
    pub fn again(self, column: usize, text: &str, field: FieldIndex) -> Diagnostic {
        let dataset = self.specs.dataset(self.header.dataset);
        let message = format!("`{text}` stands here a second time for `{}`", dataset.field(field).id);
        Diagnostic::new(Rule::DuplicateColumn, self.place(self.header.row, Some(column)), message)
            .hint("remove one of the two columns, or give it another header")
            .because(CauseKind::DuplicateColumn, vec![("field", dataset.fact(field))])
    }

    /// Reports how many rows the tables beside the first have. The finding concerns the regions that these rows name, where every row names
    /// one.
    fn tables_beside(self, columns: &[(usize, String, FieldIndex)], lookup: &Lookup<'_>) -> Diagnostic {
        let mut tables: Vec<Beside> = Vec::new();
        for &(column, _, field) in columns {
            match tables.last_mut().filter(|table| table.iter().all(|(_, known)| *known != field)) {
                Some(table) => table.push((column, field)),
                None => tables.push(vec![(column, field)]),
            }
        }
        let is_filled = |cells: &[Raw], table: &Beside| {
            table.iter().any(|(column, _)| cells.get(*column).is_some_and(|cell| !cell.is_blank()))
        };
        let (mut count, mut all_told, mut regions) = (0, true, BTreeSet::new());
        for cells in self.sheet.rows.iter().skip(self.header.row + 1) {
            for table in tables.iter().filter(|table| is_filled(cells, table)) {
                count += 1;
                match self.regions_beside(cells, table, lookup) {
                    Some(named) => regions.extend(named),
                    None => all_told = false,
                }
            }
        }
        let begin = match tables.len() {
            1 => "a second table begins beside the first".to_owned(),
            more => format!("{more} tables begin beside the first"),
        };
        let their = if tables.len() == 1 { "its" } else { "their" };
        let rows = match (count, tables.len()) {
            (0, 1) => "it is not read".to_owned(),
            (0, _) => "they are not read".to_owned(),
            (1, _) => format!("{their} only row is not read"),
            (count, _) => format!("{their} {count} rows are not read"),
        };
        let codes: Arc<[Arc<str>]> =
            regions.into_iter().map(|region| self.specs.hierarchy.region(region).code.as_str().into()).collect();
        let facts = vec![("count", Fact::count(count)), ("regions", Fact::Regions(codes.to_vec()))];
        let place = self.place(self.header.row, columns.first().map(|(column, _, _)| *column));
        let mut found = Diagnostic::new(Rule::DuplicateColumn, place, format!("{begin}; {rows}"))
            .hint("put it below the first one, or on a sheet of its own")
            .because(CauseKind::TableBeside, facts);
        if all_told {
            found.concern.regions = codes;
        }
        found
    }

    /// The region that a row of a second table names, or all regions within the outer region that it names; `None` where neither is
    /// understood.
    fn regions_beside(self, cells: &[Raw], table: &Beside, lookup: &Lookup<'_>) -> Option<Vec<RegionIndex>> {
        let dataset = self.specs.dataset(self.header.dataset);
        let text = |field: FieldIndex| {
            let column = table.iter().find(|(_, known)| *known == field).map(|(column, _)| *column)?;
            cells.get(column).filter(|cell| !cell.is_blank()).map(Raw::text)
        };
        let mut named = None;
        for field in self.chain().into_iter().rev() {
            let scope = Scope { within: named, level: dataset.level.filter(|_| field == dataset.region) };
            let found = text(field).and_then(|text| lookup.find_meant(&text, scope, dataset.meant(field)).ok());
            if field == dataset.region
                && let Some(found) = &found
            {
                return Some(vec![found.region]);
            }
            named = found.map(|found| found.region).or(named);
        }
        named.map(|outer| self.specs.hierarchy.within(outer).map(RegionIndex).collect())
    }

    /// Warns of rows that are as full as the table's and stand below none of its headers.
    pub fn rows_beside(self, diagnostics: &mut Vec<Diagnostic>) {
        let columns = &self.header.columns;
        let is_beside = |cells: &[Raw]| {
            let is_filled = |column: usize| cells.get(column).is_some_and(|cell| !cell.is_blank());
            let filled = cells.iter().filter(|cell| !cell.is_blank()).count();
            filled >= 3
                && filled * 2 >= columns.len()
                && cells.iter().any(Raw::is_number)
                && !columns.iter().any(|(_, column)| is_filled(*column))
        };
        let below = self.sheet.rows.iter().enumerate().skip(self.header.row + 1);
        let mut beside = below.filter(|(_, cells)| is_beside(cells)).map(|(row, _)| row);
        let Some(first) = beside.next() else { return };
        let count = 1 + beside.count();
        let rows = match count {
            1 => "this row stands".to_owned(),
            count => format!("this row and {} more below it stand", count - 1),
        };
        let column = self.sheet.rows[first].iter().position(|cell| !cell.is_blank());
        let message = format!("{rows} beside the table, below none of its headers; not read");
        diagnostics.push(
            Diagnostic::new(Rule::UnreadRows, self.place(first, column), message)
                .hint("if they should count, move them below the headers")
                .because(CauseKind::RowsBeside, vec![("count", Fact::count(count))]),
        );
    }
}
