//! Which tables the workbook holds, and what stands in them.

use std::collections::BTreeMap;

use super::names::Names;
use crate::language::{Language, fill};
use crate::protect::{Cost, Count, Place, Protected};
use crate::region::LevelIndex;
use crate::spec::{IndicatorIndex, Specs};
use crate::value::Ratio;
use crate::workbook::table::{Cell, Column, Table};

/// Decimals of the percentage of counts that are withheld.
const SHARE_DECIMALS: u32 = 1;

/// The tables with the lines above each; those without rows are left out.
pub fn all(specs: &Specs, protected: &Protected, language: &Language) -> Vec<(Table, Vec<String>)> {
    let writer = Writer { names: Names { specs, protected, language }, specs, protected };
    let explained = [
        (writer.summary(), writer.rule()),
        (writer.withheld(), Vec::new()),
        (writer.unprinted(), Vec::new()),
        (writer.hiding(), Vec::new()),
    ];
    explained.into_iter().filter(|(table, _)| !table.rows.is_empty()).collect()
}

struct Writer<'a> {
    names: Names<'a>,
    specs: &'a Specs,
    protected: &'a Protected,
}

fn text(words: &str) -> Cell {
    Cell::Text(words.to_owned())
}

impl Writer<'_> {
    fn label(&self, key: &str) -> String {
        self.names.label(key)
    }

    fn none(&self) -> Cell {
        Cell::Text(self.label("companion_none"))
    }

    fn table(&self, id: &'static str, name: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Table {
        let sheet = self.label(name);
        let period = self.specs.period(self.protected.period).name.get(&self.names.language.code);
        Table { id, title: format!("{sheet}. {period}"), sheet, columns, rows }
    }

    /// The rule in words; then what a reader of the table should know.
    fn rule(&self) -> Vec<String> {
        let rule = &self.specs.programme.confidentiality;
        let whole = |number: i64| Some(self.names.language.whole(i128::from(number)));
        let mut lines = vec![fill(&self.label("disclosure_rule"), |name| match name {
            "count" => whole(rule.smallest_count),
            "denominator" => whole(rule.smallest_denominator),
            "group" => whole(rule.smallest_group),
            "width" => whole(rule.width),
            _ => None,
        })];
        lines.extend(rule.hides_zero.then(|| self.label("disclosure_rule_zero")));
        lines.push(self.label("disclosure_once"));
        let shut: Vec<&str> = self.protected.shut.iter().map(|&index| &*self.specs.indicator(index).id).collect();
        if !shut.is_empty() {
            lines.push(self.label("disclosure_shut").replace("{}", &shut.join(", ")));
        }
        if !self.protected.leaks.is_empty() {
            let failed = self.names.language.whole(self.protected.leaks.len() as i128);
            lines.push(self.label("disclosure_failed").replace("{}", &failed));
        }
        lines
    }

    /// What withholding costs: in all, and for each indicator and level.
    fn summary(&self) -> Table {
        let columns = vec![
            Column::words(self.label("number"), 10),
            Column::words(self.label("indicator"), 46),
            Column::words(self.label("disclosure_level"), 20),
            Column::figures(self.label("disclosure_counts")),
            Column::figures(self.label("disclosure_told")),
            Column::figures(self.label("disclosure_small")),
            Column::figures(self.label("disclosure_others")),
            Column::figures(self.label("disclosure_share")),
        ];
        let mut rows = vec![self.cost([text(&self.label("disclosure_all")), self.none(), self.none()], self.protected.cost())];
        for ((index, level), cost) in self.costs() {
            let indicator = self.specs.indicator(index);
            let code = &self.names.language.code;
            let head = [text(&indicator.id), text(indicator.short.get(code)), text(self.specs.level(level).name.get(code))];
            rows.push(self.cost(head, cost));
        }
        self.table("summary", "disclosure_summary", columns, rows)
    }

    /// What withholding costs in each indicator and level: of counts over the same persons there, one.
    fn costs(&self) -> BTreeMap<(IndicatorIndex, LevelIndex), Cost> {
        let mut costs: BTreeMap<_, Cost> = BTreeMap::new();
        for (count, counted) in self.protected.system.counts.iter().enumerate() {
            let level = |place: &Place| self.specs.hierarchy.region(place.region).level;
            let mut heads: Vec<_> = counted.places.iter().map(|place| (place.indicator, level(place))).collect();
            heads.sort_unstable();
            heads.dedup();
            for head in heads {
                costs.entry(head).or_default().add(counted.is_small, self.protected.proposal.withheld[count]);
            }
        }
        costs
    }

    fn cost(&self, head: [Cell; 3], cost: Cost) -> Vec<Cell> {
        let Cost { counts, small, others } = cost;
        let withheld = small + others;
        let share = Ratio::new(withheld as i128 * 100, counts as i128);
        let share = share.map_or_else(|| self.none(), |share| Cell::rounded(share, SHARE_DECIMALS));
        let whole = |number: usize| Cell::Whole(number as i64);
        head.into_iter().chain([whole(counts), whole(counts - withheld), whole(small), whole(others), share]).collect()
    }

    /// Every number that is withheld, at each place where it would stand.
    fn withheld(&self) -> Table {
        let mut columns = self.about_columns();
        columns.extend([Column::words(self.label("disclosure_reason"), 20), Column::words(self.label("disclosure_sake"), 60)]);
        columns.extend(self.range_columns());
        let counts = self.protected.system.counts.iter().zip(&self.protected.proposal.withheld).enumerate();
        let withheld = counts.filter(|(_, (_, withheld))| **withheld);
        let mut places: Vec<(Place, Count)> =
            withheld.flat_map(|(count, (counted, _))| counted.places.iter().map(move |&place| (place, count))).collect();
        places.sort_unstable();
        let row = |(place, count): (Place, Count)| {
            let counted = &self.protected.system.counts[count];
            let indicator = self.specs.indicator(place.indicator);
            let mut row = self.about_cells(count, place.indicator, self.names.which(indicator, place.which));
            row.push(Cell::Text(self.label(match counted.is_small {
                true if counted.is_out => "disclosure_known",
                true => "disclosure_small",
                false if counted.stays_withheld() => "disclosure_kept",
                false => "disclosure_others",
            })));
            let sake = self.protected.proposal.sake.get(&count).filter(|_| !counted.is_small);
            row.push(sake.map_or_else(|| self.none(), |&sake| Cell::Text(self.names.count(sake))));
            row.extend(self.range_cells(count));
            row
        };
        self.table("withheld", "disclosure_title", columns, places.into_iter().map(row).collect())
    }

    /// The small counts that are printed nowhere.
    fn unprinted(&self) -> Table {
        let mut columns = self.about_columns();
        columns.extend(self.range_columns());
        let row = |count: Count| {
            let what = self.names.about(count).what;
            let mut row = self.about_cells(count, what.indicator(), self.names.part(what));
            row.extend(self.range_cells(count));
            row
        };
        let rows = self.small().filter(|&count| !self.protected.system.counts[count].is_printed()).map(row).collect();
        self.table("unprinted", "disclosure_unprinted", columns, rows)
    }

    /// What hides each small count: the others that are not published of the equation with the fewest of them.
    fn hiding(&self) -> Table {
        let columns = vec![
            Column::figures(self.label("disclosure_number")),
            Column::words(self.label("disclosure_count"), 60),
            Column::words(self.label("disclosure_beside"), 100),
        ];
        let row = |count: Count| {
            let others = self.protected.hides(count);
            let names: Vec<String> = others.iter().map(|&other| self.names.count(other)).collect();
            let names = if names.is_empty() { self.none() } else { Cell::Text(names.join("; ")) };
            vec![Cell::Whole(count as i64), Cell::Text(self.names.count(count)), names]
        };
        let hidden = self.small().filter(|&count| !self.protected.system.counts[count].is_out);
        self.table("hiding", "disclosure_hiding", columns, hidden.map(row).collect())
    }

    /// The small counts, those of an indicator together.
    fn small(&self) -> impl Iterator<Item = Count> {
        let counts = &self.protected.system.counts;
        let mut small: Vec<Count> = (0..counts.len()).filter(|&count| counts[count].is_small).collect();
        small.sort_by_key(|&count| (counts[count].about.what.indicator(), count));
        small.into_iter()
    }

    /// The columns that tell of what a count is.
    fn about_columns(&self) -> Vec<Column> {
        vec![
            Column::figures(self.label("disclosure_number")),
            Column::words(self.label("number"), 10),
            Column::words(self.label("indicator"), 46),
            Column::words(self.label("disclosure_part"), 30),
            Column::words(self.label("companion_breakdown"), 30),
            Column::words(self.label("group"), 40),
            Column::words(self.label("companion_region_code"), 14),
            Column::words(self.label("region"), 40),
            Column::figures(self.label("disclosure_counted")),
        ]
    }

    /// The cells of [`Self::about_columns`].
    fn about_cells(&self, count: Count, indicator: IndicatorIndex, part: String) -> Vec<Cell> {
        let indicator = self.specs.indicator(indicator);
        let group = self.names.group(count);
        let [by, group] = group.map_or_else(|| [self.none(), self.none()], |(by, group)| [text(by), Cell::Text(group)]);
        let region = self.specs.hierarchy.region(self.names.about(count).region);
        vec![
            Cell::Whole(count as i64),
            text(&indicator.id),
            text(indicator.short.get(&self.names.language.code)),
            Cell::Text(part),
            by,
            group,
            text(region.code.as_str()),
            Cell::Text(self.names.region(count)),
            Cell::Whole(self.protected.system.counts[count].value),
        ]
    }

    fn range_columns(&self) -> [Column; 2] {
        [Column::figures(self.label("disclosure_least")), Column::figures(self.label("disclosure_most"))]
    }

    /// The two values of a count that the proof shows.
    fn range_cells(&self, count: Count) -> [Cell; 2] {
        match self.protected.range(count) {
            Some((least, most)) => [Cell::Whole(least), Cell::Whole(most)],
            None => [self.none(), self.none()],
        }
    }
}
