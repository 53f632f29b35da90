//! Which tables a workbook holds, and the numbers in them.

use std::cmp::Ordering;

use crate::compute::Coverage;
use crate::compute::compare::{Gap, Rank};
use crate::language::Language;
use crate::numbers::{Marks, Number, Numbers, Row, Subject};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::report::model::{MethodologyEntry, Report};
use crate::report::{Material, crossed};
use crate::spec::{Indicator, IndicatorIndex};
use crate::value::{Amount, Missing, Ratio, Scale};
use crate::words::Words;
use crate::workbook::table::{Cell, Column, Table};

/// Decimals of the percentage of units that answered.
const SHARE_DECIMALS: u32 = 1;

/// The tables of a report in their order; tables without rows are left out.
pub fn all(material: Material<'_>, language: &Language, region: RegionIndex, report: &Report) -> Vec<Table> {
    let day = material.specs.period(material.period).date;
    let below = material.specs.hierarchy.children(region, day);
    let writer = Writer { material, numbers: material.numbers(), language, region, report, below };
    let tables = [
        writer.summary(),
        writer.below(),
        writer.groups(),
        writer.crossed(),
        writer.trend(),
        writer.coverage(),
        writer.methodology(),
    ];
    tables.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

struct Writer<'a> {
    material: Material<'a>,
    numbers: Numbers<'a>,
    language: &'a Language,
    region: RegionIndex,
    report: &'a Report,
    below: Vec<RegionIndex>,
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

    /// Whether there is an earlier period to compare with.
    fn compares(&self) -> bool {
        self.material.specs.compared(self.material.period).is_some()
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
            Missing::Blocked => "companion_unreliable",
        }))
    }

    fn value(&self, number: &Number<'_>) -> Cell {
        let printed = |ratio: Ratio| Cell::printed(ratio, number.scale);
        number.value.map_or_else(|missing| self.missing(missing), printed)
    }

    /// The value, its numerator and its denominator.
    fn sums(&self, number: &Number<'_>) -> [Cell; 3] {
        match number.value {
            Ok(_) => {
                let told = |sum: Option<Amount>| sum.map_or_else(|| self.none(), Cell::amount);
                [self.value(number), told(number.told_numerator), told(number.told_denominator)]
            }
            Err(missing) => {
                let told = |sum: Option<Amount>| sum.map_or_else(|| self.missing(missing), Cell::amount);
                [self.missing(missing), told(number.told_numerator), told(number.told_denominator)]
            }
        }
    }

    fn marks(&self, number: &Number<'_>) -> Cell {
        let Marks { small, incomplete, beside } = number.marks;
        let marks = [
            (small, "companion_small"),
            (incomplete, "companion_incomplete"),
            (beside == Ordering::Less, "companion_less"),
            (beside == Ordering::Greater, "companion_more"),
        ];
        let marks: String = marks.into_iter().filter(|(applies, _)| *applies).map(|(_, label)| self.label(label)).collect();
        if marks.is_empty() { self.none() } else { Cell::Text(marks) }
    }

    /// The value of the period before, and the change since.
    fn change(&self, row: &Row<'_>) -> [Cell; 2] {
        let Scale { per, decimals, .. } = row.number.scale;
        let Some(previous) = row.previous else { return [self.none(), self.none()] };
        let change =
            row.change.map_or_else(|| self.none(), |change| Cell::Number { ratio: change.times(per), decimals, signed: true });
        [self.value(&previous), change]
    }

    fn rank(&self, row: &Row<'_>) -> [Cell; 2] {
        match row.rank {
            Some(Rank { position, of }) => [Cell::Whole(position as i64), Cell::Whole(of as i64)],
            None => [self.none(), self.none()],
        }
    }

    /// The target, its period, and how the value stands to it.
    fn target(&self, indicator: &Indicator, row: &Row<'_>) -> [Cell; 3] {
        let Some(target) = &row.target else { return [self.none(), self.none(), self.none()] };
        let status = |gap: &Gap| Cell::Text(self.label(&format!("status_{}", gap.status.name())));
        let status = target.gap.as_ref().map_or_else(|| self.none(), status);
        let name = self.material.specs.period(target.period).name.get(&self.language.code);
        [Cell::rounded(target.value, indicator.decimals.of(target.period)), text(name), status]
    }

    fn expected(&self, coverage: &Coverage) -> Cell {
        coverage.expected.map_or_else(|| self.none(), |expected| Cell::Whole(expected as i64))
    }

    fn share(&self, share: Option<Ratio>) -> Cell {
        share.map_or_else(|| self.none(), |share| Cell::rounded(share.times(100), SHARE_DECIMALS))
    }

    /// Whether some dataset has a register, so that units may report that are not on it.
    fn has_register(&self) -> bool {
        self.material.specs.datasets.iter().any(|dataset| dataset.expected.is_some())
    }

    /// Whether some indicator is computed from two datasets.
    fn is_two_sided(&self) -> bool {
        self.material.specs.indicators.iter().any(|indicator| indicator.numerator.dataset != indicator.denominator.dataset)
    }

    /// How many units a number rests on: for the denominator and, where some indicator has two datasets, for the numerator.
    fn coverage_cells(&self, number: &Number<'_>) -> Vec<Cell> {
        let mut cells = self.side_cells(number.coverage());
        if self.is_two_sided() {
            let none = || cells.iter().map(|_| self.none()).collect();
            let numerator = number.numerator_coverage().map_or_else(none, |coverage| self.side_cells(coverage));
            cells.extend(numerator);
        }
        cells
    }

    fn side_cells(&self, coverage: &Coverage) -> Vec<Cell> {
        let whole = |count: u32| if coverage.withheld { self.none() } else { Cell::Whole(count.into()) };
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
        headers.into_iter().map(Column::figures).collect()
    }

    fn percent(&self, label: &str) -> String {
        format!("{}, {}", self.label(label), self.label("per_100"))
    }

    fn value_header(&self, period: PeriodIndex) -> String {
        let name = self.material.specs.period(period).name.get(&self.language.code);
        format!("{}, {name}", self.label("companion_value"))
    }

    /// The columns of a value and its comparison with the period before.
    fn value_columns(&self) -> Vec<Column> {
        let mut columns = vec![
            Column::words(self.label("measured_in"), 14),
            Column::figures(self.value_header(self.material.period)),
            Column::figures(self.label("numerator")),
            Column::figures(self.label("denominator")),
        ];
        if let Some(previous) = self.material.specs.compared(self.material.period) {
            columns.extend([Column::figures(self.value_header(previous)), Column::figures(self.label("change"))]);
        }
        columns
    }

    /// The cells of [`Self::value_columns`].
    fn value_cells(&self, about: &MethodologyEntry, row: &Row<'_>) -> Vec<Cell> {
        let mut cells = vec![text(&about.per)];
        cells.extend(self.sums(&row.number));
        if self.compares() {
            cells.extend(self.change(row));
        }
        cells
    }

    /// Whether some indicator is a share of units, of which it can be told between which values it lies.
    fn has_ranges(&self) -> bool {
        self.indicators().any(|(_, indicator, _)| indicator.is_share_of_units())
    }

    /// The cells at the end of each row with a number: how many units it rests on, between which values it lies, and its marks.
    fn footing(&self, indicator: &Indicator, number: &Number<'_>) -> Vec<Cell> {
        let mut cells = self.coverage_cells(number);
        if self.has_ranges() {
            let (lowest, highest) = number.range(indicator).unzip();
            let cell = |ratio: Option<Ratio>| ratio.map_or_else(|| self.none(), |ratio| Cell::printed(ratio, number.scale));
            cells.extend([cell(lowest), cell(highest)]);
        }
        cells.push(self.marks(number));
        cells
    }

    /// The columns of [`Self::footing`].
    fn footing_columns(&self) -> Vec<Column> {
        let mut columns = self.coverage_columns();
        if self.has_ranges() {
            columns.extend(["companion_lowest", "companion_highest"].map(|label| Column::figures(self.label(label))));
        }
        columns.push(Column::words(self.label("companion_marks"), 18));
        columns
    }

    fn indicator_columns(&self) -> [Column; 2] {
        [Column::words(self.label("number"), 10), Column::words(self.label("indicator"), 46)]
    }

    fn indicator_cells(&self, indicator: &Indicator) -> [Cell; 2] {
        [text(&indicator.id), text(indicator.short.get(&self.language.code))]
    }

    fn region_columns(&self) -> [Column; 2] {
        [Column::words(self.label("companion_region_code"), 14), Column::words(self.label("region"), 40)]
    }

    fn region_cells(&self, region: RegionIndex) -> [Cell; 2] {
        let region = self.material.specs.hierarchy.region(region);
        [text(region.code.as_str()), text(region.name.get(&self.language.code))]
    }

    fn rank_columns(&self) -> [Column; 2] {
        [Column::figures(self.label("rank")), Column::figures(self.label("companion_of"))]
    }

    /// The table of all indicators in the region, one row each.
    fn summary(&self) -> Table {
        let hierarchy = &self.material.specs.hierarchy;
        let parent = hierarchy.region(self.region).parent;
        let top = Some(hierarchy.top()).filter(|&top| top != self.region && Some(top) != parent);
        let above: Vec<(&str, RegionIndex)> =
            parent.map(|parent| ("parent", parent)).into_iter().chain(top.map(|top| ("top", top))).collect();
        let mut columns: Vec<Column> = self.indicator_columns().into();
        columns.extend(self.value_columns());
        columns.extend([
            Column::figures(self.label("target")),
            Column::words(self.label("companion_target_period"), 14),
            Column::words(self.label("status"), 14),
        ]);
        columns.extend(above.iter().map(|(label, region)| {
            let name = hierarchy.region(*region).name.get(&self.language.code);
            Column { header: format!("{}: {name}", self.label(label)), widest: 18 }
        }));
        columns.extend(self.rank_columns());
        columns.extend(self.footing_columns());
        let row = |(index, indicator, about): (IndicatorIndex, &Indicator, &MethodologyEntry)| {
            let row = self.numbers.row(index, self.region, Subject::Whole);
            let mut cells: Vec<Cell> = self.indicator_cells(indicator).into();
            cells.extend(self.value_cells(about, &row));
            cells.extend(self.target(indicator, &row));
            cells.extend(above.iter().map(|(_, region)| self.value(&self.numbers.total(index, *region))));
            cells.extend(self.rank(&row));
            cells.extend(self.footing(indicator, &row.number));
            cells
        };
        self.table("summary", "summary", columns, self.indicators().map(row).collect())
    }

    /// The table of every indicator in every region right below.
    fn below(&self) -> Table {
        let mut columns: Vec<Column> = self.indicator_columns().into();
        columns.extend(self.region_columns());
        columns.extend(self.value_columns());
        columns.extend(self.rank_columns());
        columns.extend(self.footing_columns());
        let row = |(index, indicator, about): (IndicatorIndex, &Indicator, &MethodologyEntry), region: RegionIndex| {
            let row = self.numbers.row(index, region, Subject::Whole);
            let mut cells: Vec<Cell> = self.indicator_cells(indicator).into();
            cells.extend(self.region_cells(region));
            cells.extend(self.value_cells(about, &row));
            cells.extend(self.rank(&row));
            cells.extend(self.footing(indicator, &row.number));
            cells
        };
        let rows = self.indicators().flat_map(|indicator| self.below.iter().map(move |&region| (indicator, region)));
        self.table("regions_below", "companion_below", columns, rows.map(|(indicator, region)| row(indicator, region)).collect())
    }

    /// The table of the parts of numerators and the groups of breakdowns.
    fn groups(&self) -> Table {
        let mut columns: Vec<Column> = self.indicator_columns().into();
        columns.extend([Column::words(self.label("companion_breakdown"), 30), Column::words(self.label("group"), 40)]);
        columns.extend(self.value_columns());
        columns.extend(self.footing_columns());
        let of = |(index, indicator, about): (IndicatorIndex, &'a Indicator, &'a MethodologyEntry)| {
            let row = move |subject| {
                let mut cells: Vec<Cell> = self.indicator_cells(indicator).into();
                cells.extend(self.group((index, indicator, about), self.region, subject)?);
                Some(cells)
            };
            self.numbers.subjects(index).into_iter().filter_map(row)
        };
        self.table("groups", "companion_groups", columns, self.indicators().flat_map(of).collect())
    }

    /// The tables of all regions of a level by groups for which the programme asks, in the workbook of the top region.
    fn crossed(&self) -> Table {
        let specs = self.material.specs;
        let mut columns: Vec<Column> = self.indicator_columns().into();
        columns.extend(self.region_columns());
        columns.extend([Column::words(self.label("companion_breakdown"), 30), Column::words(self.label("group"), 40)]);
        columns.extend(self.value_columns());
        columns.extend(self.footing_columns());
        let tables = if self.region == specs.hierarchy.top() { &specs.tables[..] } else { &[] };
        let mut rows = Vec::new();
        for crossing in tables {
            let (regions, groups) = crossed::of(self.material, crossing);
            for (index, subject) in groups {
                let Some((_, indicator, about)) = self.indicators().find(|(own, ..)| *own == index) else { continue };
                for &region in &regions {
                    let mut cells: Vec<Cell> = self.indicator_cells(indicator).into();
                    cells.extend(self.region_cells(region));
                    if let Some(own) = self.group((index, indicator, about), region, subject) {
                        cells.extend(own);
                        rows.push(cells);
                    }
                }
            }
        }
        self.table("regions_by_groups", "crossed", columns, rows)
    }

    /// The cells of a part or a group in a region; `None` for a group without units.
    fn group(
        &self,
        (index, indicator, about): (IndicatorIndex, &Indicator, &MethodologyEntry),
        region: RegionIndex,
        subject: Subject<'_>,
    ) -> Option<Vec<Cell>> {
        let row = self.numbers.row(index, region, subject);
        let by = match subject {
            Subject::Whole => return None,
            Subject::Group { .. } if row.number.is_empty() => return None,
            Subject::Part { .. } => self.label("parts"),
            Subject::Group { field, .. } => field.name.get(&self.language.code).to_owned(),
        };
        let declared = Words { specs: self.material.specs, language: self.language };
        let mut cells = vec![Cell::Text(by), Cell::Text(declared.subject(&subject))];
        cells.extend(self.value_cells(about, &row));
        cells.extend(self.footing(indicator, &row.number));
        Some(cells)
    }

    /// The table of values in every period up to this one in which the region existed.
    fn trend(&self) -> Table {
        let Material { specs, period, .. } = self.material;
        let region = specs.hierarchy.region(self.region);
        let existed = |period: &PeriodIndex| region.exists_on(specs.period(*period).date);
        let periods: Vec<PeriodIndex> = (0..=period.0).map(PeriodIndex).filter(existed).collect();
        let mut columns: Vec<Column> = self.indicator_columns().into();
        columns.push(Column::words(self.label("measured_in"), 14));
        columns.extend(periods.iter().map(|&period| Column::figures(self.value_header(period))));
        let row = |(index, indicator, about): (IndicatorIndex, &Indicator, &MethodologyEntry)| {
            let mut row: Vec<Cell> = self.indicator_cells(indicator).into();
            row.push(text(&about.per));
            row.extend(periods.iter().map(|&period| {
                let number = self.numbers.number(index, period, self.region, Subject::Whole);
                self.value(&number)
            }));
            row
        };
        self.table("trend", "companion_trend", columns, self.indicators().map(row).collect())
    }

    /// The table of how much of the data came in, for the region and then for those right below.
    fn coverage(&self) -> Table {
        let Material { specs, published, period, .. } = self.material;
        let mut columns: Vec<Column> = self.region_columns().into();
        columns.extend([Column::words(self.label("dataset"), 40), Column::words(self.label("reporting_unit"), 30)]);
        columns.extend([
            Column::figures(self.label("expected")),
            Column::figures(self.label("reported")),
            Column::figures(self.percent("share")),
        ]);
        if self.has_register() {
            columns.push(Column::figures(self.label("unregistered")));
        }
        let mut rows = Vec::new();
        for &region in std::iter::once(&self.region).chain(&self.below) {
            for index in published.covered_datasets(period) {
                let dataset = specs.dataset(index);
                let coverage = published.coverage(index, period, region);
                let mut row: Vec<Cell> = self.region_cells(region).into();
                row.push(text(dataset.name.get(&self.language.code)));
                row.push(text(specs.noun(dataset.unit).form(&self.language.code, "one")));
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

    /// The table of how each indicator is computed, in words.
    fn methodology(&self) -> Table {
        let mut columns = vec![
            Column::words(self.label("number"), 10),
            Column::words(self.label("companion_section"), 40),
            Column::words(self.label("indicator"), 50),
            Column::words(self.label("numerator"), 40),
            Column::words(self.label("denominator"), 40),
            Column::words(self.label("population"), 40),
            Column::words(self.label("dataset"), 30),
            Column::words(self.label("unit"), 20),
            Column::words(self.label("measured_in"), 14),
            Column::words(self.label("direction"), 16),
            Column::words(self.label("targets"), 24),
            Column::words(self.label("note"), 60),
        ];
        // The column is left out where all indicators are computed in all periods.
        let lives = self.report.methodology.iter().any(|about| about.life.is_some());
        columns.extend(lives.then(|| Column::words(self.label("life"), 24)));
        let sections = &self.material.specs.programme.sections;
        let optional = |words: &Option<String>| words.as_deref().map_or_else(|| self.none(), text);
        let row = |(_, indicator, about): (IndicatorIndex, &Indicator, &MethodologyEntry)| {
            let mut row = vec![
                text(&about.id),
                text(sections[indicator.section].name.get(&self.language.code)),
                text(&about.name),
                text(&about.numerator),
                optional(&about.denominator),
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
