//! One indicator in one region, in words.

use std::cmp::Ordering;

use super::model::{
    Almost, BelowRow, BreakdownRow, BreakdownWords, Change, Chart, ChartRow, Composition, CompositionRow, Figure, IndicatorWords,
    Lead, NamedFigure, OtherRegion, RankWords, RegionFigure, SameUnits, StatusWords, TargetWords, Tick, Tile, TileMap,
    TrendPoint,
};
use super::{Scope, forms, reason};
use crate::compute::compare::{self, Status};
use crate::compute::matched::Matched;
use crate::compute::{Cell, Slice};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Direction, FieldKind, Indicator, IndicatorIndex};
use crate::value::{Ratio, Value};

/// How many regions are named as the best and as the worst.
const NAMED: usize = 3;

/// Everything the report says about an indicator.
pub fn words(scope: &Scope<'_>, index: IndicatorIndex, indicator: &Indicator, aside: Aside) -> IndicatorWords {
    Writer { scope, index, indicator, aside, axis: Axis::new(scope, index, indicator) }.words()
}

/// Which way is better, as templates know it.
pub fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "up",
        Direction::Down => "down",
        Direction::Neutral => "none",
    }
}

/// What is known of an indicator's data beside its values.
#[derive(Clone, Copy)]
pub struct Aside {
    /// How many warnings there are about the answers that it is computed from.
    pub warnings: usize,
    /// The units that answered in this period and in the one before.
    pub matched: Option<Matched>,
}

/// Writes about one indicator.
struct Writer<'a> {
    scope: &'a Scope<'a>,
    index: IndicatorIndex,
    indicator: &'a Indicator,
    aside: Aside,
    axis: Axis,
}

/// A value of an indicator, or what stands in its place; its share is that of the whole.
pub(super) fn figure(scope: &Scope<'_>, indicator: &Indicator, value: Value, cell: &Cell, numerator: i64) -> Figure {
    let number = value.is_ok();
    Figure {
        text: match value {
            Ok(ratio) => scope.language.value(ratio, indicator.per, indicator.decimals),
            Err(missing) => scope.language.mark(missing).to_owned(),
        },
        almost: value.ok().and_then(|ratio| almost(scope, indicator, ratio)),
        share: value.ok().map(Ratio::approximate),
        missing: value.err().map(reason),
        small: number && scope.material.specs.programme.thresholds.is_small(cell.denominator),
        incomplete: number && scope.is_incomplete(cell),
        numerator: number.then(|| scope.number(numerator)),
        denominator: number.then(|| scope.number(cell.denominator)),
    }
}

/// How a sentence says that a value is not quite what it prints as.
fn almost(scope: &Scope<'_>, indicator: &Indicator, ratio: Ratio) -> Option<Almost> {
    let less = match ratio.beside_print(indicator.per, indicator.decimals) {
        Ordering::Less => true,
        Ordering::Equal => return None,
        Ordering::Greater => false,
    };
    Some(Almost { text: scope.language.figure(ratio, indicator.per, indicator.decimals), less })
}

/// The value axis of an indicator's charts: from zero to a round number.
struct Axis {
    end: Ratio,
    ticks: Vec<Ratio>,
}

impl Axis {
    fn new(scope: &Scope<'_>, index: IndicatorIndex, indicator: &Indicator) -> Self {
        let results = scope.material.results;
        let periods = (0..=scope.material.period.0).map(PeriodIndex);
        let values = neighbourhood(scope)
            .into_iter()
            .flat_map(|region| periods.clone().filter_map(move |period| results.total(index, period, region).value().ok()))
            .map(|value| value.times(indicator.per));
        let target = indicator.target(scope.material.period).map(|(_, target)| target);
        let largest = values.chain(target).max().unwrap_or(Ratio::whole(0));
        let hundred = Ratio::whole(100);
        if indicator.per == 100 && largest <= hundred {
            return Self { end: hundred, ticks: [0, 20, 40, 60, 80, 100].map(Ratio::whole).into() };
        }
        // The first of 1, 2, 5, 10, 20, 50 … thousandths of which five steps reach the largest value.
        let steps = (0..15).flat_map(|zeros| [1, 2, 5].map(|digit| Ratio::whole(digit * 10_i64.pow(zeros)).over(1000)));
        let step = steps.into_iter().find(|step| step.times(5) >= largest).unwrap_or(largest);
        Self { end: step.times(5), ticks: (0..=5).map(|count| step.times(count)).collect() }
    }

    /// Where a value in the printed unit stands, 0 to 1.
    fn position(&self, value: Ratio) -> f64 {
        (value.approximate() / self.end.approximate()).clamp(0.0, 1.0)
    }
}

/// The regions that a report's charts show or compare with.
fn neighbourhood(scope: &Scope<'_>) -> Vec<RegionIndex> {
    let mut regions = charted(scope);
    regions.extend(scope.material.specs.hierarchy.upwards(scope.region));
    regions
}

/// The regions of the chart: those below, or else the region among its neighbours.
pub(super) fn charted(scope: &Scope<'_>) -> Vec<RegionIndex> {
    let hierarchy = &scope.material.specs.hierarchy;
    let below = scope.below();
    if !below.is_empty() {
        return below;
    }
    hierarchy.region(scope.region).parent.map_or_else(|| vec![scope.region], |parent| hierarchy.children(parent, scope.day()))
}

impl Writer<'_> {
    fn words(&self) -> IndicatorWords {
        let (scope, indicator) = (self.scope, self.indicator);
        let hierarchy = &scope.material.specs.hierarchy;
        let cell = self.cell(scope.region);
        let previous = self.previous(scope.region);
        let parent = hierarchy.region(scope.region).parent;
        let top = Some(hierarchy.top()).filter(|&top| top != scope.region && Some(top) != parent);
        let noun = &scope.material.specs.programme.units[indicator.unit.0].noun;
        let rows_noun = {
            let dataset = &scope.material.specs.datasets[indicator.denominator.dataset.0];
            &scope.material.specs.programme.units[dataset.unit.0].noun
        };
        let rank = self.rank(scope.region);
        IndicatorWords {
            id: indicator.id.clone(),
            name: indicator.name.get(scope.code()).to_owned(),
            short: indicator.short.get(scope.code()).to_owned(),
            per: indicator.per,
            unit: forms(noun, scope.code()),
            value: self.figure(cell),
            previous: previous.map(|previous| self.figure(previous)),
            change: previous.and_then(|previous| self.change(cell.value(), previous.value())),
            parent: parent.map(|parent| self.other(cell, parent)),
            top: top.map(|top| self.other(cell, top)),
            rank: rank.map(|rank| RankWords {
                position: scope.number(rank.position as i64),
                of: scope.number(rank.of as i64),
                among: scope.level_plural(scope.region),
            }),
            target: self.target(cell),
            direction: direction(indicator.direction),
            coverage: scope.answers(&cell.coverage),
            numerator_coverage: cell.numerator_coverage.as_deref().map(|coverage| scope.answers(coverage)),
            one_sided: cell.one_sided,
            incomplete: scope.is_incomplete(cell),
            response: scope.response(cell),
            warnings: scope.number(self.aside.warnings as i64),
            answered_phrase: scope.language.count(i128::from(cell.coverage.answered), rows_noun),
            denominator_phrase: scope.language.count(i128::from(cell.denominator), noun),
            numerator_text: scope.language.whole(i128::from(cell.numerator)),
            lead: self.lead(),
            axis_end: self.axis.end.approximate(),
            chart: self.chart(parent),
            trend: self.trend(scope.region),
            top_trend: if scope.region == hierarchy.top() { Vec::new() } else { self.trend(hierarchy.top()) },
            same: self.same(cell),
            parts: self.parts(cell),
            composition: self.composition(),
            breakdowns: self.breakdowns(),
            below: scope.below().into_iter().map(|region| self.below(region)).collect(),
        }
    }

    fn cell(&self, region: RegionIndex) -> &Cell {
        self.scope.material.results.total(self.index, self.scope.material.period, region)
    }

    fn previous(&self, region: RegionIndex) -> Option<&Cell> {
        let material = self.scope.material;
        let period = material.specs.previous(material.period, region)?;
        Some(material.results.total(self.index, period, region))
    }

    fn figure(&self, cell: &Cell) -> Figure {
        self.figure_of(cell.value(), cell, cell.numerator)
    }

    fn figure_of(&self, value: Value, cell: &Cell, numerator: i64) -> Figure {
        let share = value.ok().map(|ratio| self.axis.position(ratio.times(self.indicator.per)));
        Figure { share, ..figure(self.scope, self.indicator, value, cell, numerator) }
    }

    fn change(&self, value: Value, other: Value) -> Option<Change> {
        compare::difference(value, other).map(|difference| self.change_by(difference))
    }

    fn change_by(&self, difference: Ratio) -> Change {
        let (per, decimals) = (self.indicator.per, self.indicator.decimals);
        let printed = difference.times(per);
        let direction = printed.rounded(decimals).cmp(&0);
        let size = if printed.sign() == Ordering::Less { Ratio::whole(0).minus(printed) } else { printed };
        Change {
            text: self.scope.language.signed(printed, decimals),
            direction: match direction {
                Ordering::Less => "down",
                Ordering::Equal => "same",
                Ordering::Greater => "up",
            },
            verdict: match compare::verdict(difference, per, decimals, self.indicator.direction) {
                Ordering::Less => "worse",
                Ordering::Equal => "neutral",
                Ordering::Greater => "better",
            },
            magnitude: self.scope.language.decimal(size, decimals),
        }
    }

    fn other(&self, cell: &Cell, region: RegionIndex) -> OtherRegion {
        let other = self.cell(region);
        OtherRegion {
            region: self.scope.name(region),
            value: self.figure(other),
            difference: self.change(cell.value(), other.value()),
        }
    }

    fn rank(&self, region: RegionIndex) -> Option<compare::Rank> {
        let material = self.scope.material;
        let hierarchy = &material.specs.hierarchy;
        compare::rank(material.results, hierarchy, (self.index, self.indicator), material.period, region, self.scope.day())
    }

    fn target(&self, cell: &Cell) -> Option<TargetWords> {
        let scope = self.scope;
        let specs = scope.material.specs;
        let (period, target) = self.indicator.target(scope.material.period)?;
        let gap = cell.value().ok().and_then(|value| compare::gap(self.indicator, value, target, &specs.programme.thresholds));
        let missing = gap.as_ref().filter(|gap| gap.status != Status::Reached);
        // Only of a share, whose sides count the same units, can a gap be told in units.
        let is_share = self.indicator.per == 100 && self.indicator.shares_population();
        let units = missing.filter(|_| is_share).map(|gap| gap.units);
        let noun = &specs.programme.units[self.indicator.unit.0].noun;
        let words = scope.period(period);
        let gap_words = missing.map(|gap| scope.gap(gap.points, self.indicator.decimals));
        Some(TargetWords {
            text: scope.language.figure(target.over(self.per()), self.indicator.per, self.indicator.decimals),
            period: words.name,
            within: words.within,
            status: gap.as_ref().map(|gap| self.status(gap.status)),
            gap_less: gap_words.as_ref().is_some_and(|gap| gap.less),
            gap: gap_words.map(|gap| gap.text),
            units: units.map(|units| scope.number(i64::try_from(units).unwrap_or(i64::MAX))),
            units_phrase: units.map(|units| scope.language.count(units, noun)),
        })
    }

    fn per(&self) -> u32 {
        u32::try_from(self.indicator.per).expect("`per` is a small positive number")
    }

    fn status(&self, status: Status) -> StatusWords {
        let key = status.name();
        StatusWords { key, text: self.scope.label(&format!("status_{key}")) }
    }

    /// Regions with their cells, the best first; equal ones keep the order of the registry.
    fn ranked(&self, regions: Vec<RegionIndex>) -> Vec<(RegionIndex, &Cell)> {
        let mut ranked: Vec<(RegionIndex, &Cell)> = regions.into_iter().map(|region| (region, self.cell(region))).collect();
        ranked.sort_by(|(_, left), (_, right)| compare::better_first(left.value(), right.value(), self.indicator.direction));
        ranked
    }

    /// Who leads and who is behind, among those whose values rest on enough units and answers.
    fn lead(&self) -> Option<Lead> {
        let scope = self.scope;
        let valued: Vec<(RegionIndex, &Cell)> =
            self.ranked(scope.below()).into_iter().filter(|(_, cell)| cell.value().is_ok()).collect();
        let (first, last) = (valued.first()?.1.value(), valued.last()?.1.value());
        let ranked: Vec<&(RegionIndex, &Cell)> = valued.iter().filter(|(_, cell)| scope.is_firm(cell)).collect();
        let equal = first == last;
        if valued.len() <= NAMED || !equal && ranked.len() <= NAMED {
            return None;
        }
        let named = NAMED.min(ranked.len() / 2);
        let words =
            |&&(region, cell): &&(RegionIndex, &Cell)| RegionFigure { region: scope.name(region), value: self.figure(cell) };
        Some(Lead {
            best: ranked[..named].iter().map(words).collect(),
            worst: ranked.iter().rev().take(named).map(words).collect(),
            equal,
            left_out: scope.number((valued.len() - ranked.len()) as i64),
        })
    }

    fn chart(&self, parent: Option<RegionIndex>) -> Chart {
        let scope = self.scope;
        let per = self.indicator.per;
        let position = |value: Value| value.ok().map(|ratio| self.axis.position(ratio.times(per)));
        let regions = charted(scope);
        let of = regions.first().map_or_else(String::new, |&first| scope.level_plural(first));
        // A chart of the regions below compares them with this region; a chart of neighbours, with what lies above them.
        let reference = if scope.below().is_empty() { parent } else { Some(scope.region) };
        let reference = reference.map(|region| (region, self.cell(region))).filter(|(_, cell)| cell.value().is_ok());
        Chart {
            rows: self
                .ranked(regions)
                .into_iter()
                .map(|(region, cell)| ChartRow {
                    label: scope.name(region),
                    order: region.0,
                    value: self.figure(cell),
                    previous_share: self.previous(region).and_then(|previous| position(previous.value())),
                    this: region == scope.region,
                })
                .collect(),
            target_share: self.indicator.target(scope.material.period).map(|(_, target)| self.axis.position(target)),
            parent_share: reference.and_then(|(_, cell)| position(cell.value())),
            parent_label: reference.map(|(region, cell)| format!("{} {}", scope.name(region), self.figure(cell).text)),
            axis: self.ticks(),
            tiles: self.tiles(),
            of,
        }
    }

    /// The charted regions that have a place on the map of tiles; a map of one tells nothing.
    fn tiles(&self) -> Option<TileMap> {
        /// Shades that can still be told apart in grey print.
        const CLASSES: i64 = 4;
        let scope = self.scope;
        let hierarchy = &scope.material.specs.hierarchy;
        let (low, step) = self.classes(CLASSES);
        let limit = |class: i64| low.plus(step.times(class));
        let tile = |region: RegionIndex| {
            let named = hierarchy.region(region);
            let (row, column) = named.tile?;
            let value = self.cell(region).value();
            let printed = value.ok().map(|value| self.printed(value));
            Some(Tile {
                label: named.short.as_ref().unwrap_or(&named.name).get(scope.code()).to_owned(),
                row: row - 1,
                column: column - 1,
                value: self.figure(self.cell(region)),
                class: printed.map(|printed| (1..CLASSES).filter(|&class| printed >= limit(class)).count()),
                this: region == scope.region,
            })
        };
        let tiles: Vec<Tile> = charted(scope).into_iter().filter_map(tile).collect();
        let least = Ratio::whole(1).over(10_u32.pow(self.indicator.decimals));
        let figure = |value: Ratio| scope.language.figure(value.over(self.per()), self.indicator.per, self.indicator.decimals);
        let words = |class: i64| {
            let end = if class + 1 == CLASSES { limit(CLASSES) } else { limit(class + 1).minus(least) };
            format!("{}–{}", scope.language.decimal(limit(class), self.indicator.decimals), figure(end))
        };
        (tiles.len() > 1).then(|| TileMap { tiles, classes: (0..CLASSES).map(words).collect() })
    }

    /// A value as it is printed, in the printed unit.
    fn printed(&self, value: Ratio) -> Ratio {
        let decimals = self.indicator.decimals;
        let rounded = value.times(self.indicator.per).rounded(decimals);
        Ratio::new(rounded, 10_i128.pow(decimals)).expect("a power of ten is not zero")
    }

    /// Where the lowest of so many classes begins and how wide they are: round numbers that span the values shown, no finer than what
    /// is printed. Classes of shares end at the whole.
    fn classes(&self, count: i64) -> (Ratio, Ratio) {
        let of = |region: &RegionIndex| self.cell(*region).value().ok().map(|value| self.printed(value));
        let values: Vec<Ratio> = charted(self.scope).iter().filter_map(of).collect();
        let zero = Ratio::whole(0);
        let (least, most) = match (values.iter().min(), values.iter().max()) {
            (Some(&least), Some(&most)) if least < most => (least, most),
            _ => (zero, self.axis.end),
        };
        let whole = Ratio::whole(100);
        let share = self.indicator.per == 100 && most <= whole && least >= zero;
        let steps =
            (0..15).flat_map(|zeros| [10, 20, 25, 50].map(|digits| Ratio::whole(digits * 10_i64.pow(zeros)).over(10_000)));
        let fitting = |step: Ratio| {
            let below = zero.minus(least.divided_by(step)?).ceiling();
            let low = step.times(i64::try_from(-below).ok()?);
            let end = low.plus(step.times(count));
            let low = if share && end > whole { whole.minus(step.times(count)).max(zero) } else { low };
            (low.plus(step.times(count)) >= most).then_some((low, step))
        };
        let mut steps = steps.filter(|step| step.places(4) <= self.indicator.decimals);
        steps.find_map(fitting).unwrap_or((zero, self.axis.end))
    }

    fn ticks(&self) -> Vec<Tick> {
        // As many places as the steps need: none for whole numbers.
        let places = self.axis.ticks.iter().map(|tick| tick.places(3)).max().unwrap_or(0);
        let tick = |value: &Ratio| Tick { at: self.axis.position(*value), text: self.scope.language.decimal(*value, places) };
        self.axis.ticks.iter().map(tick).collect()
    }

    /// The difference among the units that answered in both periods, and the rest of it.
    fn same(&self, cell: &Cell) -> Option<SameUnits> {
        let matched = self.aside.matched?;
        let whole = compare::difference(cell.value(), self.previous(self.scope.region)?.value())?;
        let part = compare::difference(matched.now(), matched.before())?;
        let dataset = &self.scope.material.specs.datasets[self.indicator.denominator.dataset.0];
        let noun = &self.scope.material.specs.programme.units[dataset.unit.0].noun;
        Some(SameUnits {
            units: self.scope.number(matched.units as i64),
            units_phrase: self.scope.language.count(i128::from(matched.units), noun),
            change: self.change_by(part),
            rest: self.change_by(whole.minus(part)),
        })
    }

    fn trend(&self, region: RegionIndex) -> Vec<TrendPoint> {
        let scope = self.scope;
        let programme = &scope.material.specs.programme;
        (0..=scope.material.period.0)
            .filter(|&period| scope.material.specs.hierarchy.region(region).exists_on(programme.periods[period].date))
            .map(|period| TrendPoint {
                period: programme.periods[period].id.clone(),
                value: self.figure(scope.material.results.total(self.index, PeriodIndex(period), region)),
            })
            .collect()
    }

    fn parts(&self, cell: &Cell) -> Vec<NamedFigure> {
        let parts = self.indicator.parts.iter().enumerate();
        parts
            .map(|(position, part)| NamedFigure {
                name: part.name.get(self.scope.code()).to_owned(),
                value: self.figure_of(cell.part(position), cell, cell.parts[position]),
            })
            .collect()
    }

    /// The whole and its parts in this region, in those above it, and in those below.
    fn composition(&self) -> Option<Composition> {
        let (scope, indicator) = (self.scope, self.indicator);
        let rest = indicator.rest.as_ref()?;
        let row = |(region, cell): (RegionIndex, &Cell)| {
            let row = |parts, absent| CompositionRow { label: scope.name(region), parts, absent, this: region == scope.region };
            if cell.value().is_err() {
                return Some(row(Vec::new(), Some(self.figure(cell))));
            }
            let left = cell.denominator - cell.parts.iter().sum::<i64>();
            let share = |part: i64| figure(scope, indicator, cell.over_denominator(part), cell, part);
            // Parts that overlap have no rest: the whole is not theirs.
            (left >= 0).then(|| row(cell.parts.iter().copied().chain([left]).map(share).collect(), None))
        };
        let above = scope.material.specs.hierarchy.upwards(scope.region).map(|region| (region, self.cell(region)));
        let rows = above.map(row).collect::<Option<Vec<_>>>()?;
        let below = self.ranked(scope.below()).into_iter().map(row).collect::<Option<Vec<_>>>()?;
        let parts = indicator.parts.iter().map(|part| &part.name).chain([rest]).map(|name| name.get(scope.code()).to_owned());
        Some(Composition { parts: parts.collect(), rows, below })
    }

    fn breakdowns(&self) -> Vec<BreakdownWords> {
        let dataset = &self.scope.material.specs.datasets[self.indicator.denominator.dataset.0];
        let breakdowns = self.indicator.breakdowns.iter().enumerate();
        breakdowns
            .map(|(position, &field)| {
                let field = dataset.field(field);
                BreakdownWords { name: field.name.get(self.scope.code()).to_owned(), rows: self.groups(position, &field.kind) }
            })
            .collect()
    }

    fn groups(&self, breakdown: usize, kind: &FieldKind) -> Vec<BreakdownRow> {
        let material = self.scope.material;
        let mut rows = Vec::new();
        for (position, slice) in material.results.slices(self.index).iter().enumerate() {
            let Slice::Category { breakdown: of, value } = *slice else { continue };
            let cell = material.results.slice(self.index, material.period, self.scope.region, position);
            // A group without units is no finding; nor is "not stated" when everybody stated it.
            if of != breakdown || cell.is_empty() {
                continue;
            }
            let name = match (kind, value) {
                (FieldKind::Category(values), Some(value)) => values[usize::from(value)].name.get(self.scope.code()).to_owned(),
                _ => self.scope.label("not_stated"),
            };
            let previous = self.previous(self.scope.region).and(material.period.previous());
            let previous = previous.map(|period| material.results.slice(self.index, period, self.scope.region, position));
            rows.push(BreakdownRow {
                name,
                value: self.figure(cell),
                previous: previous.map(|previous| self.figure(previous)),
                change: previous.and_then(|previous| self.change(cell.value(), previous.value())),
                coverage: self.scope.response(cell),
            });
        }
        rows
    }

    fn below(&self, region: RegionIndex) -> BelowRow {
        let cell = self.cell(region);
        let previous = self.previous(region);
        let value = self.figure(cell);
        let whole =
            |number: &Option<super::model::Number>| number.as_ref().map_or_else(String::new, |number| number.text.clone());
        BelowRow {
            region: self.scope.name(region),
            numerator: whole(&value.numerator),
            denominator: whole(&value.denominator),
            value,
            previous: previous.map(|previous| self.figure(previous)),
            change: previous.and_then(|previous| self.change(cell.value(), previous.value())),
            coverage: self.scope.response(cell),
            rank: self.rank(region).map(|rank| self.scope.language.whole(rank.position as i128)),
        }
    }
}
