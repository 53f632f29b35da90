//! Which tables a workbook holds, and the numbers in them.

use std::cmp::Ordering;

use super::{Cell, Column, Table};
use crate::compute::compare::{self, Rank};
use crate::compute::{self, Coverage, Slice};
use crate::language::Language;
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::report::model::{MethodologyEntry, Report};
use crate::report::{Material, covered_datasets};
use crate::spec::{FieldKind, Indicator, IndicatorIndex};
use crate::value::{Missing, Ratio, Value};

/// Places of the percentage of units that answered.
const SHARE_DECIMALS: u32 = 1;

/// The tables of a report, in order; those without a row are left out.
pub fn all(material: Material<'_>, language: &Language, region: RegionIndex, report: &Report) -> Vec<Table> {
    let day = material.specs.programme.periods[material.period.0].date;
    let below = material.specs.hierarchy.children(region, day);
    let writer = Writer { material, language, region, report, below };
    let tables = [writer.summary(), writer.below(), writer.groups(), writer.trend(), writer.coverage(), writer.methodology()];
    tables.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

struct Writer<'a> {
    material: Material<'a>,
    language: &'a Language,
    region: RegionIndex,
    report: &'a Report,
    below: Vec<RegionIndex>,
}

/// A column of words.
fn words(header: String, widest: usize) -> Column {
    Column { header, widest }
}

/// A column of numbers.
fn figures(header: String) -> Column {
    Column { header, widest: 14 }
}

fn text(words: &str) -> Cell {
    Cell::Text(words.to_owned())
}

impl<'a> Writer<'a> {
    fn label(&self, key: &str) -> String {
        self.language.labels[key].clone()
    }

    fn table(&self, id: &'static str, name: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Table {
        let front = &self.report.front;
        let sheet = self.label(name);
        Table { id, title: format!("{sheet}: {}, {}", front.region.name, front.period.name), sheet, columns, rows }
    }

    fn indicators(&self) -> impl Iterator<Item = (IndicatorIndex, &'a Indicator, &'a MethodologyEntry)> {
        let indicators = self.material.specs.indicators_of(self.material.period).zip(&self.report.methodology);
        indicators.map(|((index, indicator), words)| (index, indicator, words))
    }

    fn cell(&self, index: IndicatorIndex, region: RegionIndex) -> &'a compute::Cell {
        self.material.results.total(index, self.material.period, region)
    }

    fn previous(&self, index: IndicatorIndex, region: RegionIndex) -> Option<&'a compute::Cell> {
        let period = self.material.specs.previous(self.material.period, region)?;
        Some(self.material.results.total(index, period, region))
    }

    /// Whether there is a period to compare with at all.
    fn compares(&self) -> bool {
        self.material.period.previous().is_some()
    }

    fn none(&self) -> Cell {
        Cell::Text(self.label("companion_none"))
    }

    fn missing(&self, missing: Missing) -> Cell {
        Cell::Text(self.label(match missing {
            Missing::NotReported => "companion_not_reported",
            Missing::NotApplicable => "companion_not_applicable",
            Missing::ZeroDenominator => "companion_zero_denominator",
            Missing::Withheld => "companion_withheld",
            Missing::Unreliable => "companion_unreliable",
        }))
    }

    fn value(&self, indicator: &Indicator, value: Value) -> Cell {
        let number = |ratio: Ratio| Cell::rounded(ratio.times(indicator.per), indicator.decimals);
        value.map_or_else(|missing| self.missing(missing), number)
    }

    /// The value, what it is a ratio of, and its marks.
    fn sums(&self, indicator: &Indicator, cell: &compute::Cell, value: Value, numerator: i64) -> [Cell; 3] {
        match value {
            Ok(_) => [self.value(indicator, value), Cell::Whole(numerator), Cell::Whole(cell.denominator)],
            Err(missing) => [self.missing(missing), self.missing(missing), self.missing(missing)],
        }
    }

    fn marks(&self, indicator: &Indicator, cell: &compute::Cell, value: Value) -> Cell {
        let thresholds = &self.material.specs.programme.thresholds;
        let small = value.is_ok() && thresholds.is_small(cell.denominator);
        let incomplete = value.is_ok() && cell.is_incomplete(thresholds);
        let beside = value.map_or(Ordering::Equal, |ratio| ratio.beside_print(indicator.per, indicator.decimals));
        let marks = [
            (small, "companion_small"),
            (incomplete, "companion_incomplete"),
            (beside == Ordering::Less, "companion_less"),
            (beside == Ordering::Greater, "companion_more"),
        ];
        let marks: String = marks.into_iter().filter(|(applies, _)| *applies).map(|(_, label)| self.label(label)).collect();
        if marks.is_empty() { self.none() } else { Cell::Text(marks) }
    }

    /// The value before and what has changed since.
    fn change(&self, indicator: &Indicator, value: Value, previous: Option<Value>) -> [Cell; 2] {
        let Some(previous) = previous else { return [self.none(), self.none()] };
        let change = compare::difference(value, previous).map_or_else(
            || self.none(),
            |change| Cell::Number { ratio: change.times(indicator.per), decimals: indicator.decimals, signed: true },
        );
        [self.value(indicator, previous), change]
    }

    fn rank(&self, index: IndicatorIndex, indicator: &Indicator, region: RegionIndex) -> [Cell; 2] {
        let Material { specs, results, period, .. } = self.material;
        let day = specs.programme.periods[period.0].date;
        match compare::rank(results, &specs.hierarchy, (index, indicator), period, region, day) {
            Some(Rank { position, of }) => [Cell::Whole(position as i64), Cell::Whole(of as i64)],
            None => [self.none(), self.none()],
        }
    }

    /// The target, its period and how the value stands to it.
    fn target(&self, indicator: &Indicator, value: Value) -> [Cell; 3] {
        let programme = &self.material.specs.programme;
        let Some((period, target)) = indicator.target(self.material.period) else {
            return [self.none(), self.none(), self.none()];
        };
        let gap = value.ok().and_then(|value| compare::gap(indicator, value, target, &programme.thresholds));
        let status = gap.map_or_else(|| self.none(), |gap| Cell::Text(self.label(&format!("status_{}", gap.status.name()))));
        let name = programme.periods[period.0].name.get(&self.language.code);
        [Cell::rounded(target, indicator.decimals), text(name), status]
    }

    fn expected(&self, coverage: &Coverage) -> Cell {
        coverage.expected.map_or_else(|| self.none(), |expected| Cell::Whole(expected as i64))
    }

    fn share(&self, share: Option<Ratio>) -> Cell {
        share.map_or_else(|| self.none(), |share| Cell::rounded(share.times(100), SHARE_DECIMALS))
    }

    /// Whether some dataset has a register, so that others may report than it lists.
    fn has_register(&self) -> bool {
        self.material.specs.datasets.iter().any(|dataset| dataset.expected.is_some())
    }

    /// Whether some indicator is computed from two datasets.
    fn is_two_sided(&self) -> bool {
        self.material.specs.indicators.iter().any(|indicator| indicator.numerator.dataset != indicator.denominator.dataset)
    }

    /// How many units a number rests on, on its denominator's side and, where that is another one, on its numerator's.
    fn coverage_cells(&self, cell: &compute::Cell) -> Vec<Cell> {
        let mut cells = self.side_cells(&cell.coverage);
        if self.is_two_sided() {
            let none = || cells.iter().map(|_| self.none()).collect();
            let numerator = cell.numerator_coverage.as_deref().map_or_else(none, |coverage| self.side_cells(coverage));
            cells.extend(numerator);
        }
        cells
    }

    fn side_cells(&self, coverage: &Coverage) -> Vec<Cell> {
        let whole = |count: u64| Cell::Whole(count as i64);
        let mut cells = vec![self.expected(coverage), whole(coverage.reported), whole(coverage.answered)];
        cells.push(self.share(coverage.share()));
        if self.has_register() {
            cells.push(whole(coverage.unregistered));
        }
        cells
    }

    fn coverage_columns(&self) -> Vec<Column> {
        let mut headers =
            vec![self.label("expected"), self.label("reported"), self.label("answered"), self.percent("coverage_short")];
        if self.has_register() {
            headers.push(self.label("unregistered"));
        }
        if self.is_two_sided() {
            let of_numerator = |header: &String| format!("{}: {header}", self.label("numerator"));
            headers.extend(headers.iter().map(of_numerator).collect::<Vec<_>>());
        }
        headers.into_iter().map(figures).collect()
    }

    fn percent(&self, label: &str) -> String {
        format!("{}, {}", self.label(label), self.label("per_100"))
    }

    fn value_header(&self, period: PeriodIndex) -> String {
        let name = self.material.specs.programme.periods[period.0].name.get(&self.language.code);
        format!("{}, {name}", self.label("companion_value"))
    }

    /// The columns of a value and of the comparison with the period before.
    fn value_columns(&self) -> Vec<Column> {
        let mut columns = vec![
            words(self.label("measured_in"), 14),
            figures(self.value_header(self.material.period)),
            figures(self.label("numerator")),
            figures(self.label("denominator")),
        ];
        if let Some(previous) = self.material.period.previous() {
            columns.extend([figures(self.value_header(previous)), figures(self.label("change"))]);
        }
        columns
    }

    /// The cells of [`Self::value_columns`].
    fn value_cells(
        &self,
        (indicator, about): (&Indicator, &MethodologyEntry),
        (cell, value, numerator): (&compute::Cell, Value, i64),
        previous: Option<Value>,
    ) -> Vec<Cell> {
        let mut cells = vec![text(&about.per)];
        cells.extend(self.sums(indicator, cell, value, numerator));
        if self.compares() {
            cells.extend(self.change(indicator, value, previous));
        }
        cells
    }

    fn indicator_columns(&self) -> [Column; 2] {
        [words(self.label("number"), 10), words(self.label("indicator"), 46)]
    }

    fn indicator_cells(&self, indicator: &Indicator) -> [Cell; 2] {
        [text(&indicator.id), text(indicator.short.get(&self.language.code))]
    }

    fn region_columns(&self) -> [Column; 2] {
        [words(self.label("companion_region_code"), 14), words(self.label("region"), 40)]
    }

    fn region_cells(&self, region: RegionIndex) -> [Cell; 2] {
        let region = self.material.specs.hierarchy.region(region);
        [text(region.code.as_str()), text(region.name.get(&self.language.code))]
    }

    fn rank_columns(&self) -> [Column; 2] {
        [figures(self.label("rank")), figures(self.label("companion_of"))]
    }

    /// All indicators of the region, a row each.
    fn summary(&self) -> Table {
        let hierarchy = &self.material.specs.hierarchy;
        let parent = hierarchy.region(self.region).parent;
        let top = Some(hierarchy.top()).filter(|&top| top != self.region && Some(top) != parent);
        let above: Vec<(&str, RegionIndex)> =
            parent.map(|parent| ("parent", parent)).into_iter().chain(top.map(|top| ("top", top))).collect();
        let mut columns: Vec<Column> = self.indicator_columns().into();
        columns.extend(self.value_columns());
        columns.extend([
            figures(self.label("target")),
            words(self.label("companion_target_period"), 14),
            words(self.label("status"), 14),
        ]);
        columns.extend(above.iter().map(|(label, region)| {
            let name = hierarchy.region(*region).name.get(&self.language.code);
            Column { header: format!("{}: {name}", self.label(label)), widest: 18 }
        }));
        columns.extend(self.rank_columns());
        columns.extend(self.coverage_columns());
        columns.push(words(self.label("companion_marks"), 18));
        let row = |(index, indicator, about): (IndicatorIndex, &Indicator, &MethodologyEntry)| {
            let cell = self.cell(index, self.region);
            let value = cell.value();
            let previous = self.previous(index, self.region).map(compute::Cell::value);
            let mut row: Vec<Cell> = self.indicator_cells(indicator).into();
            row.extend(self.value_cells((indicator, about), (cell, value, cell.numerator), previous));
            row.extend(self.target(indicator, value));
            row.extend(above.iter().map(|(_, region)| self.value(indicator, self.cell(index, *region).value())));
            row.extend(self.rank(index, indicator, self.region));
            row.extend(self.coverage_cells(cell));
            row.push(self.marks(indicator, cell, value));
            row
        };
        self.table("summary", "summary", columns, self.indicators().map(row).collect())
    }

    /// Every indicator in every region right below.
    fn below(&self) -> Table {
        let mut columns: Vec<Column> = self.indicator_columns().into();
        columns.extend(self.region_columns());
        columns.extend(self.value_columns());
        columns.extend(self.rank_columns());
        columns.extend(self.coverage_columns());
        columns.push(words(self.label("companion_marks"), 18));
        let row = |(index, indicator, about): (IndicatorIndex, &Indicator, &MethodologyEntry), region: RegionIndex| {
            let cell = self.cell(index, region);
            let value = cell.value();
            let previous = self.previous(index, region).map(compute::Cell::value);
            let mut row: Vec<Cell> = self.indicator_cells(indicator).into();
            row.extend(self.region_cells(region));
            row.extend(self.value_cells((indicator, about), (cell, value, cell.numerator), previous));
            row.extend(self.rank(index, indicator, region));
            row.extend(self.coverage_cells(cell));
            row.push(self.marks(indicator, cell, value));
            row
        };
        let rows = self.indicators().flat_map(|indicator| self.below.iter().map(move |&region| (indicator, region)));
        self.table("regions_below", "companion_below", columns, rows.map(|(indicator, region)| row(indicator, region)).collect())
    }

    /// The parts of numerators and the groups of breakdowns.
    fn groups(&self) -> Table {
        let mut columns: Vec<Column> = self.indicator_columns().into();
        columns.extend([words(self.label("companion_breakdown"), 30), words(self.label("group"), 40)]);
        columns.extend(self.value_columns());
        columns.extend(self.coverage_columns());
        columns.push(words(self.label("companion_marks"), 18));
        let mut rows = Vec::new();
        for (index, indicator, about) in self.indicators() {
            self.parts(index, indicator, about, &mut rows);
            self.breakdowns(index, indicator, about, &mut rows);
        }
        self.table("groups", "companion_groups", columns, rows)
    }

    fn parts(&self, index: IndicatorIndex, indicator: &Indicator, about: &MethodologyEntry, rows: &mut Vec<Vec<Cell>>) {
        let cell = self.cell(index, self.region);
        let previous = self.previous(index, self.region);
        for (position, part) in indicator.parts.iter().enumerate() {
            let value = cell.part(position);
            let names = [self.label("parts"), part.name.get(&self.language.code).to_owned()];
            let previous = previous.map(|previous| previous.part(position));
            rows.push(self.group((indicator, about), names, (cell, value, cell.parts[position]), previous));
        }
    }

    fn breakdowns(&self, index: IndicatorIndex, indicator: &Indicator, about: &MethodologyEntry, rows: &mut Vec<Vec<Cell>>) {
        let Material { specs, results, period, .. } = self.material;
        let dataset = &specs.datasets[indicator.denominator.dataset.0];
        for (position, slice) in results.slices(index).iter().enumerate() {
            let Slice::Category { breakdown, value } = *slice else { continue };
            let cell = results.slice(index, period, self.region, position);
            if cell.is_empty() {
                continue;
            }
            let field = dataset.field(indicator.breakdowns[breakdown]);
            let name = match (&field.kind, value) {
                (FieldKind::Category(values), Some(value)) => values[usize::from(value)].name.get(&self.language.code).to_owned(),
                _ => self.label("not_stated"),
            };
            let names = [field.name.get(&self.language.code).to_owned(), name];
            let previous = specs.previous(period, self.region);
            let previous = previous.map(|period| results.slice(index, period, self.region, position).value());
            rows.push(self.group((indicator, about), names, (cell, cell.value(), cell.numerator), previous));
        }
    }

    fn group(
        &self,
        (indicator, about): (&Indicator, &MethodologyEntry),
        [breakdown, group]: [String; 2],
        (cell, value, numerator): (&compute::Cell, Value, i64),
        previous: Option<Value>,
    ) -> Vec<Cell> {
        let mut row: Vec<Cell> = self.indicator_cells(indicator).into();
        row.extend([Cell::Text(breakdown), Cell::Text(group)]);
        row.extend(self.value_cells((indicator, about), (cell, value, numerator), previous));
        row.extend(self.coverage_cells(cell));
        row.push(self.marks(indicator, cell, value));
        row
    }

    /// The value in every period up to this one in which the region existed.
    fn trend(&self) -> Table {
        let Material { specs, results, period, .. } = self.material;
        let region = specs.hierarchy.region(self.region);
        let existed = |period: &PeriodIndex| region.exists_on(specs.programme.periods[period.0].date);
        let periods: Vec<PeriodIndex> = (0..=period.0).map(PeriodIndex).filter(existed).collect();
        let mut columns: Vec<Column> = self.indicator_columns().into();
        columns.push(words(self.label("measured_in"), 14));
        columns.extend(periods.iter().map(|&period| figures(self.value_header(period))));
        let row = |(index, indicator, about): (IndicatorIndex, &Indicator, &MethodologyEntry)| {
            let mut row: Vec<Cell> = self.indicator_cells(indicator).into();
            row.push(text(&about.per));
            row.extend(periods.iter().map(|&period| self.value(indicator, results.total(index, period, self.region).value())));
            row
        };
        self.table("trend", "companion_trend", columns, self.indicators().map(row).collect())
    }

    /// How much of the data came in: of the region, then of those right below.
    fn coverage(&self) -> Table {
        let Material { specs, results, period, .. } = self.material;
        let mut columns: Vec<Column> = self.region_columns().into();
        columns.extend([words(self.label("dataset"), 40), words(self.label("unit"), 30)]);
        columns.extend([figures(self.label("expected")), figures(self.label("reported")), figures(self.percent("share"))]);
        if self.has_register() {
            columns.push(figures(self.label("unregistered")));
        }
        let mut rows = Vec::new();
        for &region in std::iter::once(&self.region).chain(&self.below) {
            for index in covered_datasets(specs, self.material.period) {
                let dataset = &specs.datasets[index.0];
                let coverage = results.coverage(index, period, region);
                let mut row: Vec<Cell> = self.region_cells(region).into();
                row.push(text(dataset.name.get(&self.language.code)));
                row.push(text(specs.programme.units[dataset.unit.0].noun.form(&self.language.code, "one")));
                let share = self.share(coverage.completeness());
                row.extend([self.expected(&coverage), Cell::Whole(coverage.reported as i64), share]);
                if self.has_register() {
                    row.push(Cell::Whole(coverage.unregistered as i64));
                }
                rows.push(row);
            }
        }
        self.table("completeness", "coverage", columns, rows)
    }

    /// How each indicator is computed, in words.
    fn methodology(&self) -> Table {
        let mut columns = vec![
            words(self.label("number"), 10),
            words(self.label("companion_section"), 40),
            words(self.label("indicator"), 50),
            words(self.label("numerator"), 40),
            words(self.label("denominator"), 40),
            words(self.label("population"), 40),
            words(self.label("dataset"), 30),
            words(self.label("unit"), 20),
            words(self.label("measured_in"), 14),
            words(self.label("direction"), 16),
            words(self.label("targets"), 24),
            words(self.label("note"), 60),
        ];
        // Most programmes compute all indicators in all periods.
        let lives = self.report.methodology.iter().any(|about| about.life.is_some());
        columns.extend(lives.then(|| words(self.label("life"), 24)));
        let sections = &self.material.specs.programme.sections;
        let optional = |words: &Option<String>| words.as_deref().map_or_else(|| self.none(), text);
        let row = |(_, indicator, about): (IndicatorIndex, &Indicator, &MethodologyEntry)| {
            let mut row = vec![
                text(&about.id),
                text(sections[indicator.section].name.get(&self.language.code)),
                text(&about.name),
                text(&about.numerator),
                text(&about.denominator),
                optional(&about.population),
                text(&about.dataset),
                text(&about.unit),
                text(&about.per),
                text(&about.direction),
                optional(&about.target),
                optional(&about.note),
            ];
            row.extend(lives.then(|| optional(&about.life)));
            row
        };
        self.table("methodology", "methodology", columns, self.indicators().map(row).collect())
    }
}

impl Cell {
    fn rounded(ratio: Ratio, decimals: u32) -> Self {
        Cell::Number { ratio, decimals, signed: false }
    }
}
