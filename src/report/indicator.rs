//! One indicator in one region, in words.

use std::cmp::Ordering;

use super::chart::{self, Axis, CLASSES, Classes};
use super::model::{
    AcrossLevel, AcrossRow, Almost, BelowRow, BreakdownRow, BreakdownWords, Change, Chart, ChartRow, Composition, CompositionRow,
    Figure, IndicatorWords, Lead, LeadEnd, OtherRegion, RangeWords, RankWords, RegionFigure, SameUnits, SharedValue, StatusWords,
    TargetWords, TermWords, Tick, Tile, TileMap, TrendPoint,
};
use super::{Scope, forms, reason, reason_of};
use crate::compute::compare::{self, Status};
use crate::compute::matched::Matched;
use crate::compute::{Slice, combine};
use crate::numbers::{Number, Numbers, Row, Subject, Target};
use crate::period::PeriodIndex;
use crate::region::{LevelIndex, RegionIndex};
use crate::spec::{Direction, FieldIndex, Indicator, IndicatorIndex, Term};
use crate::value::{Amount, Missing, Ratio, Scale};

/// How many regions are named as the best, and how many as the worst.
const NAMED: usize = 3;

/// Everything the report says about an indicator.
pub fn words(scope: &Scope<'_>, index: IndicatorIndex, indicator: &Indicator, aside: Aside) -> IndicatorWords {
    Writer { scope, numbers: scope.material.numbers(), index, indicator, aside, axis: axis(scope, index, indicator) }.words()
}

/// The indicator over all regions, on one axis.
pub fn everywhere<'a>(scope: &'a Scope<'a>, index: IndicatorIndex, indicator: &'a Indicator, aside: Aside) -> Everywhere<'a> {
    let (specs, day) = (scope.material.specs, scope.day());
    let regions = specs.hierarchy.all().filter(|(_, region)| region.exists_on(day)).map(|(region, _)| region);
    let regions: Vec<RegionIndex> = regions.filter(|&region| scope.material.published.tells(index, region)).collect();
    let value = |&region: &RegionIndex| scope.material.published.total(index, scope.material.period, region).value().ok();
    let scale = indicator.scale(scope.material.period);
    let printed = regions.iter().filter_map(value).map(|value| chart::printed(value, scale));
    let axis = Axis::new(printed.chain(compared_target(scope, indicator)), indicator.per);
    Everywhere { writer: Writer { scope, numbers: scope.material.numbers(), index, indicator, aside, axis }, regions }
}

/// One indicator over all regions that it is published for.
pub struct Everywhere<'a> {
    writer: Writer<'a>,
    regions: Vec<RegionIndex>,
}

impl Everywhere<'_> {
    /// The axis on which all regions stand.
    pub fn ticks(&self) -> Vec<Tick> {
        self.writer.ticks()
    }

    /// The position of the target on it.
    pub fn target_share(&self) -> Option<f64> {
        self.writer.target_share()
    }

    /// The regions of a level.
    pub fn level(&self, level: LevelIndex) -> AcrossLevel {
        let scope = self.writer.scope;
        let hierarchy = &scope.material.specs.hierarchy;
        let of_level = |region: &RegionIndex| hierarchy.region(*region).level == level;
        let regions: Vec<RegionIndex> = self.regions.iter().copied().filter(of_level).collect();
        let within = |region: RegionIndex| hierarchy.region(region).parent.filter(|&parent| parent != hierarchy.top());
        let row = |(region, _): (RegionIndex, Number<'_>)| AcrossRow {
            within: within(region).map_or_else(String::new, |parent| scope.name(parent)),
            row: self.writer.below(region),
        };
        AcrossLevel { of: scope.plural_of(&regions), rows: self.writer.ranked(regions).into_iter().map(row).collect() }
    }
}

/// What a report says of an indicator's data, apart from its values.
#[derive(Clone, Copy)]
pub struct Aside {
    /// How many warnings there are about the answers that the indicator is computed from.
    pub warnings: u64,
    /// The units that answered in this period and in the one before.
    pub matched: Option<Matched>,
}

/// Writes about one indicator.
struct Writer<'a> {
    scope: &'a Scope<'a>,
    numbers: Numbers<'a>,
    index: IndicatorIndex,
    indicator: &'a Indicator,
    aside: Aside,
    axis: Axis,
}

/// A value as templates get it, or the mark in its place; `share` is the ratio itself.
pub(super) fn figure(scope: &Scope<'_>, number: &Number<'_>) -> Figure {
    let Number { value, told_numerator, told_denominator, scale, marks, .. } = *number;
    Figure {
        text: match value {
            Ok(ratio) => scope.language.value(ratio, scale),
            Err(missing) => scope.language.mark(missing).to_owned(),
        },
        almost: value.ok().and_then(|ratio| almost(scope, scale, ratio, marks.beside)),
        share: value.ok().map(|ratio| chart::share(ratio, scale)),
        missing: value.err().map(|missing| reason_of(missing, number)),
        small: marks.small,
        incomplete: marks.incomplete,
        broken: false,
        numerator: told_numerator.map(|sum| scope.amount(sum)),
        denominator: told_denominator.map(|sum| scope.amount(sum)),
    }
}

/// The value of a number as it is printed; `None` without a value.
fn printed(number: &Number<'_>) -> Option<Ratio> {
    number.value.ok().map(|value| chart::printed(value, number.scale))
}

/// The name of withheld numbers in templates.
const WITHHELD: &str = "withheld";

/// Some values in a row; none where there are only withheld ones and such as are missing anyway, so that a page of marks becomes short.
fn told<T>(items: Vec<T>, figure: impl Fn(&T) -> &Figure) -> Vec<T> {
    let any = |wanted: &dyn Fn(&Figure) -> bool| items.iter().any(|item| wanted(figure(item)));
    let is_empty = any(&|figure| figure.missing == Some(WITHHELD)) && !any(&|figure| figure.missing.is_none());
    if is_empty { Vec::new() } else { items }
}

/// The mark of a number that is withheld in place of a figure.
fn withheld(scope: &Scope<'_>, figure: Figure) -> Figure {
    let missing = Missing::Withheld;
    let text = scope.language.mark(missing).to_owned();
    let bare = Figure { almost: None, share: None, numerator: None, denominator: None, ..figure };
    Figure { text, missing: Some(reason(missing)), small: false, incomplete: false, ..bare }
}

/// How a sentence says that a value is more or less than it prints as; `None` where it is neither.
fn almost(scope: &Scope<'_>, scale: Scale, ratio: Ratio, beside: Ordering) -> Option<Almost> {
    let less = match beside {
        Ordering::Less => true,
        Ordering::Equal => return None,
        Ordering::Greater => false,
    };
    Some(Almost { text: scope.language.figure(ratio, scale), less })
}

/// The target with which regions are compared side by side, as it is printed; that of a total is the top region's alone.
fn compared_target(scope: &Scope<'_>, indicator: &Indicator) -> Option<Ratio> {
    let is_for_all = !scope.material.specs.is_extensive(indicator);
    let target = indicator.target(scope.material.period).filter(|_| is_for_all);
    target.map(|(due, target)| chart::nearest(target, indicator.decimals.of(due)))
}

/// The value axis for all charts of an indicator, wide enough for everything that they show or compare with.
fn axis(scope: &Scope<'_>, index: IndicatorIndex, indicator: &Indicator) -> Axis {
    let published = scope.material.published;
    let periods = (0..=scope.material.period.0).map(PeriodIndex);
    // The sum of a region is a part of that of the region above, so they are not put on one axis.
    let regions = if scope.material.specs.is_extensive(indicator) { charted(scope) } else { neighbourhood(scope) };
    let values = regions
        .into_iter()
        .flat_map(|region| periods.clone().map(move |period| (period, published.total(index, period, region).value())))
        .filter_map(|(period, value)| Some(chart::printed(value.ok()?, indicator.scale(period))));
    Axis::new(values.chain(compared_target(scope, indicator)), indicator.per)
}

/// The regions that the charts of a report show or compare with.
fn neighbourhood(scope: &Scope<'_>) -> Vec<RegionIndex> {
    let mut regions = charted(scope);
    regions.extend(scope.material.specs.hierarchy.upwards(scope.region));
    regions
}

/// The regions of the chart: those right below, or else the region among its neighbours.
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
        let row = self.row(scope.region);
        let number = row.number;
        let parent = hierarchy.region(scope.region).parent;
        let top = Some(hierarchy.top()).filter(|&top| top != scope.region && Some(top) != parent);
        let specs = scope.material.specs;
        let is_extensive = specs.is_extensive(indicator);
        let noun = specs.noun(indicator.unit);
        let rows_noun = specs.noun(specs.dataset(indicator.denominator.dataset).unit);
        IndicatorWords {
            id: indicator.id.clone(),
            name: indicator.name.get(scope.code()).to_owned(),
            short: indicator.short.get(scope.code()).to_owned(),
            per: indicator.per,
            total: indicator.is_total(),
            broken: specs
                .previous(scope.material.period, scope.region)
                .and_then(|before| indicator.broken(before, scope.material.period))
                .map(|(_, note)| note.get(scope.code()).to_owned()),
            terms: self.terms(),
            quantile: indicator.quantile().map(|percent| {
                let name = scope.words().quantile(percent);
                match number.units() {
                    Some(units) => format!("{name}: {}", scope.language.count(i128::from(units), rows_noun)),
                    None => name,
                }
            }),
            unit: forms(noun, scope.code()),
            published: self.is_published(scope.region),
            smallest: scope.language.count(i128::from(specs.programme.confidentiality.smallest_count), noun),
            value: self.figure(&number),
            previous: row.previous.map(|previous| self.figure(&previous)),
            change: self.change_of(&row),
            // The sum of a region is a part of that of the region above, so they are not compared.
            parent: parent.filter(|_| !is_extensive).map(|parent| self.other(&number, parent)),
            top: top.filter(|_| !is_extensive).map(|top| self.other(&number, top)),
            rank: row.rank.map(|rank| RankWords {
                position: scope.number(rank.position as i64),
                of: scope.number(rank.of as i64),
                among: scope.plural_of(&[scope.region]),
            }),
            target: row.target.as_ref().map(|target| self.target(target)),
            direction: indicator.direction.name(),
            coverage: scope.answers(number.coverage()),
            numerator_coverage: number.numerator_coverage().map(|coverage| scope.answers(coverage)),
            one_sided: number.is_one_sided(),
            incomplete: number.is_incomplete(&specs.programme.thresholds),
            range: self.range(&number),
            response: scope.response(&number),
            // What checks found in counts of persons is not told.
            warnings: (!scope.material.published.withholds(indicator)).then(|| scope.number(self.aside.warnings as i64)),
            answered_phrase: scope.language.count(i128::from(number.coverage().answered), rows_noun),
            denominator_phrase: match number.units() {
                Some(units) => scope.language.count(i128::from(units), rows_noun),
                None => {
                    let counted = if indicator.is_total() { number.numerator } else { number.denominator };
                    scope.language.counted(counted, noun)
                }
            },
            numerator_text: scope.language.amount(number.numerator),
            lead: self.lead(),
            axis_end: self.axis.end.approximate(),
            chart: self.chart(parent),
            trend: if self.is_published(scope.region) {
                told(self.trend(scope.region), |point| &point.value)
            } else {
                Vec::new()
            },
            top_trend: if scope.region == hierarchy.top() || is_extensive { Vec::new() } else { self.trend(hierarchy.top()) },
            same: self.same(&row),
            parts: told(self.parts(), |part| &part.value),
            composition: self.composition(),
            breakdowns: self.breakdowns(),
            below: self.ranked(self.published(scope.below())).into_iter().map(|(region, _)| self.below(region)).collect(),
        }
    }

    /// The values that it is made of; those of several periods one by one.
    fn terms(&self) -> Vec<TermWords> {
        let (scope, specs) = (self.scope, self.scope.material.specs);
        let term = |term: &Term| {
            let Some(region) = combine::around(specs, term, scope.region) else { return Vec::new() };
            let of = specs.indicator(term.indicator);
            let group = term.group.map(|(breakdown, value)| Slice::Category { breakdown, value: Some(value) });
            let is_it = |subject: &Subject<'_>| match (subject, group) {
                (Subject::Whole, None) => true,
                (Subject::Group { slice, .. }, Some(group)) => scope.material.published.slices(term.indicator)[*slice] == group,
                (Subject::Whole | Subject::Part { .. } | Subject::Group { .. }, _) => false,
            };
            let Some(subject) = self.numbers.subjects(term.indicator).into_iter().find(is_it) else { return Vec::new() };
            let of_period = |(period, is_less): (PeriodIndex, bool)| {
                let beside = [
                    Some(scope.words().subject(&subject)).filter(|group| !group.is_empty()),
                    (region != scope.region).then(|| scope.name(region)),
                    (period != scope.material.period).then(|| scope.period(period).name),
                ];
                let beside: Vec<String> = beside.into_iter().flatten().collect();
                let weight = if is_less { Ratio::whole(0).minus(term.weight) } else { term.weight };
                let weight = scope.words().weight(weight);
                let name = if beside.is_empty() { of.id.clone() } else { format!("{} ({})", of.id, beside.join(", ")) };
                let number = self.numbers.number(term.indicator, period, region, subject);
                TermWords { name: weight + &name, value: figure(scope, &number) }
            };
            let periods = combine::periods(specs, term, scope.material.period, region);
            periods.into_iter().rev().map(of_period).collect::<Vec<_>>()
        };
        self.indicator.combination().map_or_else(Vec::new, |made| made.terms().flat_map(term).collect())
    }

    /// Between which values a share lies of which too few units answered.
    fn range(&self, number: &Number<'_>) -> Option<RangeWords> {
        let (specs, indicator) = (self.scope.material.specs, self.indicator);
        let (lowest, highest) = number.range(indicator).filter(|_| number.is_incomplete(&specs.programme.thresholds))?;
        let words = |ratio| self.scope.language.figure(ratio, number.scale);
        Some(RangeWords { lowest: words(lowest), highest: words(highest) })
    }

    /// Whether the indicator is published for a region at all.
    fn is_published(&self, region: RegionIndex) -> bool {
        self.scope.material.published.tells(self.index, region)
    }

    /// Those of some regions that the indicator is published for.
    fn published(&self, regions: Vec<RegionIndex>) -> Vec<RegionIndex> {
        regions.into_iter().filter(|&region| self.is_published(region)).collect()
    }

    fn total(&self, region: RegionIndex) -> Number<'_> {
        self.numbers.total(self.index, region)
    }

    fn row(&self, region: RegionIndex) -> Row<'_> {
        self.numbers.row(self.index, region, Subject::Whole)
    }

    fn previous(&self, region: RegionIndex) -> Option<Number<'_>> {
        self.numbers.previous(self.index, region, Subject::Whole)
    }

    fn figure(&self, number: &Number<'_>) -> Figure {
        let share = self.position(number);
        Figure { share, ..figure(self.scope, number) }
    }

    /// The position of a number on the axis; `None` without a value.
    fn position(&self, number: &Number<'_>) -> Option<f64> {
        printed(number).map(|printed| self.axis.position(printed))
    }

    /// How values of the report's period are printed.
    fn scale(&self) -> Scale {
        self.indicator.scale(self.scope.material.period)
    }

    /// The change from the period before; of a total also as a share of what it was.
    fn change_of(&self, row: &Row<'_>) -> Option<Change> {
        let earlier = row.previous.filter(|_| self.scope.material.specs.is_extensive(self.indicator));
        let relative = earlier.and_then(|earlier| compare::relative(row.number.value, earlier.value));
        let relative = relative.map(|relative| self.scope.language.signed_share(relative));
        row.change.map(|change| Change { relative, ..self.change(change) })
    }

    fn change(&self, difference: Ratio) -> Change {
        let Scale { per, decimals, .. } = self.scale();
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
            relative: None,
        }
    }

    fn other(&self, number: &Number<'_>, region: RegionIndex) -> OtherRegion {
        let other = self.total(region);
        OtherRegion {
            region: self.scope.name(region),
            value: self.figure(&other),
            difference: compare::difference(number.value, other.value).map(|difference| self.change(difference)),
        }
    }

    fn target(&self, target: &Target) -> TargetWords {
        let scope = self.scope;
        let missing = target.gap.as_ref().filter(|gap| gap.status != Status::Reached);
        // A gap is told in units only for a percentage whose sides count the same units.
        let is_share = self.indicator.per == 100 && self.indicator.shares_population();
        let units = missing.filter(|_| is_share).map(|gap| scope.units(self.indicator, gap.units));
        let words = scope.period(target.period);
        let gap_words = missing.map(|gap| scope.gap(gap.points, self.scale().decimals));
        TargetWords {
            text: scope.language.figure(target.value.over(self.per()), self.indicator.scale(target.period)),
            period: words.name,
            within: words.within,
            status: target.gap.as_ref().map(|gap| self.status(gap.status)),
            gap_less: gap_words.as_ref().is_some_and(|gap| gap.less),
            gap: gap_words.map(|gap| gap.text),
            units: units.map(|units| scope.amount(units)),
            units_phrase: units.map(|units| scope.language.counted(units, scope.material.specs.noun(self.indicator.unit))),
        }
    }

    fn per(&self) -> u32 {
        u32::try_from(self.indicator.per).expect("`per` is a small positive number")
    }

    fn status(&self, status: Status) -> StatusWords {
        let key = status.name();
        StatusWords { key, text: self.scope.label(&format!("status_{key}")) }
    }

    /// Regions with their numbers: those with a place, the best first, then those whose values rest on few units or on incomplete answers,
    /// then those without. Equal ones stay in the order of the registry.
    fn ranked(&self, regions: Vec<RegionIndex>) -> Vec<(RegionIndex, Number<'_>)> {
        let mut ranked: Vec<(RegionIndex, Number<'_>)> = regions.into_iter().map(|region| (region, self.total(region))).collect();
        let is_infirm = |number: &Number<'_>| number.value.is_ok() && !number.is_firm();
        ranked.sort_by(|(_, left), (_, right)| {
            let by_value = compare::better_first(left.value, right.value, self.indicator.direction);
            match (left.value, right.value) {
                (Ok(_), Ok(_)) => is_infirm(left).cmp(&is_infirm(right)).then(by_value),
                _ => by_value,
            }
        });
        ranked
    }

    /// The regions that lead and that are behind, among those that have a place. Regions with the same printed value are all named or none.
    fn lead(&self) -> Option<Lead> {
        let scope = self.scope;
        let mut valued = self.ranked(scope.below());
        valued.retain(|(_, number)| number.value.is_ok());
        let ranked: Vec<(RegionIndex, Number<'_>)> = valued.iter().copied().filter(|(_, number)| number.is_firm()).collect();
        let first = valued.first()?.1.value;
        let equal = valued.iter().all(|(_, number)| number.value == first);
        if valued.len() <= NAMED || !equal && ranked.len() <= NAMED {
            return None;
        }
        let most = NAMED.min(ranked.len() / 2);
        // From the end inwards; equal ones stay in the order of the registry.
        let groups = ranked.chunk_by(|(_, left), (_, right)| self.prints_same(left, right));
        let backwards: Vec<(RegionIndex, Number<'_>)> = groups.rev().flatten().copied().collect();
        Some(Lead {
            best: self.end(&ranked, most),
            worst: self.end(&backwards, most),
            equal,
            left_out: scope.number((valued.len() - ranked.len()) as i64),
        })
    }

    /// Whether two values are printed as the same, with the sign before those that are only nearly what their digits say.
    fn prints_same(&self, left: &Number<'_>, right: &Number<'_>) -> bool {
        let print = |number: &Number<'_>| number.value.ok().map(|value| value.beside_print(number.scale));
        printed(left) == printed(right) && print(left) == print(right)
    }

    /// The regions at the beginning of a list: as many as may be named, but all or none of those with the same printed value. Where even the
    /// first value is that of more, only how many these are.
    fn end(&self, ranked: &[(RegionIndex, Number<'_>)], most: usize) -> LeadEnd {
        let scope = self.scope;
        let groups = ranked.chunk_by(|(_, left), (_, right)| self.prints_same(left, right));
        let mut named = 0;
        for group in groups {
            if named + group.len() > most {
                break;
            }
            named += group.len();
        }
        let words = |&(region, number): &(RegionIndex, Number<'_>)| RegionFigure {
            code: scope.region_code(region),
            region: scope.name(region),
            value: self.figure(&number),
        };
        let first = ranked.first().filter(|_| named == 0);
        let shared = first.map(|(_, number)| SharedValue {
            regions: scope.number(ranked.iter().filter(|(_, other)| self.prints_same(number, other)).count() as i64),
            value: self.figure(number),
        });
        LeadEnd { regions: ranked[..named].iter().map(words).collect(), shared }
    }

    fn chart(&self, parent: Option<RegionIndex>) -> Chart {
        let scope = self.scope;
        let regions = self.published(charted(scope));
        let of = scope.plural_of(&regions);
        // A chart of the regions below compares them with this region; a chart of neighbours compares them with the region above.
        let reference = if scope.below().is_empty() { parent } else { Some(scope.region) };
        let reference = reference.filter(|_| !scope.material.specs.is_extensive(self.indicator));
        let reference = reference.map(|region| (region, self.total(region))).filter(|(_, number)| number.value.is_ok());
        let row = |(region, number): (RegionIndex, Number<'_>)| ChartRow {
            code: scope.region_code(region),
            label: scope.name(region),
            value: self.figure(&number),
            previous_share: self.previous(region).and_then(|previous| self.position(&previous)),
            this: region == scope.region,
        };
        Chart {
            rows: self.ranked(regions).into_iter().map(row).collect(),
            target_share: self.target_share(),
            parent_share: reference.and_then(|(_, number)| self.position(&number)),
            parent_label: reference.map(|(region, number)| format!("{} {}", scope.name(region), self.figure(&number).text)),
            axis: self.ticks(),
            zero: self.axis.zero(),
            tiles: self.tiles(),
            of,
        }
    }

    /// The position of the target on the axis.
    fn target_share(&self) -> Option<f64> {
        compared_target(self.scope, self.indicator).map(|target| self.axis.position(target))
    }

    /// The charted regions that have a place on the map of tiles; `None` for fewer than two, since such a map tells nothing.
    fn tiles(&self) -> Option<TileMap> {
        let scope = self.scope;
        let hierarchy = &scope.material.specs.hierarchy;
        let scale @ Scale { per, decimals, .. } = self.scale();
        let printed = |region: RegionIndex| printed(&self.total(region));
        let all: Vec<Ratio> = self.published(charted(scope)).into_iter().filter_map(printed).collect();
        let classes = Classes::new(&all, &self.axis, per, decimals);
        // Where neither more nor less is better, a darker shade would say that it is.
        let is_shaded = self.indicator.direction != Direction::Neutral;
        let tile = |region: RegionIndex| {
            let named = hierarchy.region(region);
            let (row, column) = named.tile?;
            Some(Tile {
                code: scope.region_code(region),
                label: named.short.as_ref().unwrap_or(&named.name).get(scope.code()).to_owned(),
                row: row - 1,
                column: column - 1,
                value: self.figure(&self.total(region)),
                digits: self.digits(&self.total(region)),
                class: printed(region).filter(|_| is_shaded).map(|printed| classes.of(printed)),
                this: region == scope.region,
            })
        };
        let tiles: Vec<Tile> = self.published(charted(scope)).into_iter().filter_map(tile).collect();
        let least = Ratio::whole(1).over(10_u32.pow(decimals));
        let words = |class: i64| {
            let next = classes.limit(class + 1);
            let end = if class + 1 == CLASSES { next } else { next.minus(least) };
            let end = scope.language.figure(end.over(self.per()), scale);
            format!("{}–{end}", scope.language.decimal(classes.limit(class), decimals))
        };
        let limits = if is_shaded { (0..CLASSES).map(words).collect() } else { Vec::new() };
        (tiles.len() > 1).then_some(TileMap { tiles, classes: limits })
    }

    /// A value without the sign of its unit, or the mark in its place.
    fn digits(&self, number: &Number<'_>) -> String {
        let language = self.scope.language;
        match number.value {
            Ok(ratio) => language.bare(ratio, number.scale),
            Err(missing) => language.mark(missing).to_owned(),
        }
    }

    fn ticks(&self) -> Vec<Tick> {
        let places = self.axis.places();
        let tick = |value: &Ratio| Tick { at: self.axis.position(*value), text: self.scope.language.decimal(*value, places) };
        self.axis.ticks.iter().map(tick).collect()
    }

    /// The change among the units that answered in both periods, and the rest of the change.
    fn same(&self, row: &Row<'_>) -> Option<SameUnits> {
        let matched = self.aside.matched?;
        let part = row.change.and(compare::difference(matched.now(), matched.before()))?;
        let specs = self.scope.material.specs;
        let noun = specs.noun(specs.dataset(self.indicator.denominator.dataset).unit);
        Some(SameUnits {
            units: self.scope.number(matched.units as i64),
            units_phrase: self.scope.language.count(i128::from(matched.units), noun),
            change: self.change(part),
            rest: self.change(row.change?.minus(part)),
        })
    }

    fn trend(&self, region: RegionIndex) -> Vec<TrendPoint> {
        let specs = self.scope.material.specs;
        let periods = (0..=self.scope.material.period.0).map(PeriodIndex);
        periods
            .filter(|&period| specs.hierarchy.region(region).exists_on(specs.period(period).date))
            .map(|period| {
                let before = PeriodIndex(period.0.saturating_sub(1));
                let value = self.figure(&self.numbers.number(self.index, period, region, Subject::Whole));
                TrendPoint {
                    period: specs.period(period).id.clone(),
                    value: Figure { broken: self.indicator.broken(before, period).is_some(), ..value },
                }
            })
            .collect()
    }

    fn parts(&self) -> Vec<BreakdownRow> {
        let parts = self.numbers.subjects(self.index).into_iter().filter(|subject| matches!(subject, Subject::Part { .. }));
        parts.map(|subject| self.group(subject, &self.numbers.row(self.index, self.scope.region, subject))).collect()
    }

    /// A part or a group in a table.
    fn group(&self, subject: Subject<'_>, row: &Row<'_>) -> BreakdownRow {
        BreakdownRow {
            slice: subject.id(),
            name: self.scope.words().subject(&subject),
            value: self.figure(&row.number),
            previous: row.previous.map(|previous| self.figure(&previous)),
            change: self.change_of(row),
            coverage: self.scope.response(&row.number),
        }
    }

    /// The whole and its parts, in this region, in those above and in those below. `None` where the indicator
    /// declares no rest, or parts overlap.
    fn composition(&self) -> Option<Composition> {
        let (scope, indicator) = (self.scope, self.indicator);
        let specs = scope.material.specs;
        let rest = indicator.rest.as_ref()?;
        let row = |(region, number): (RegionIndex, Number<'_>)| {
            let row = |parts, adds_up, absent| {
                let this = region == scope.region;
                CompositionRow { label: scope.name(region), parts, adds_up, absent, this }
            };
            if number.value.is_err() {
                return Some(row(Vec::new(), true, Some(self.figure(&number))));
            }
            // What is left beside parts that are withheld would tell their sum.
            if number.withholds_parts() {
                return Some(row(Vec::new(), true, Some(withheld(scope, self.figure(&number)))));
            }
            // Parts that overlap leave no rest, so they are no parts of the whole.
            let rest = Some(number.rest()).filter(|rest| *rest >= Amount::default())?;
            let figure = |part: Amount| figure(scope, &number.of(specs, indicator, part));
            let mut parts: Vec<Figure> = number.parts().chain([rest]).map(figure).collect();
            let adds_up = chart::fill(&mut parts);
            Some(row(parts, adds_up, None))
        };
        let above = specs.hierarchy.upwards(scope.region).map(|region| (region, self.total(region)));
        let rows = above.map(row).collect::<Option<Vec<_>>>()?;
        let mut below = self.ranked(self.published(scope.below())).into_iter().map(row).collect::<Option<Vec<_>>>()?;
        // What is withheld is told in the table.
        let is_told = |row: &CompositionRow| row.absent.as_ref().is_none_or(|absent| absent.missing != Some(WITHHELD));
        below.retain(is_told);
        let parts = indicator.parts.iter().map(|part| &part.name).chain([rest]).map(|name| name.get(scope.code()).to_owned());
        // Where nothing of it may be told, nothing is drawn.
        let is_drawn =
            rows.iter().chain(&below).any(|row| row.absent.as_ref().is_none_or(|absent| absent.missing != Some(WITHHELD)));
        is_drawn.then(|| Composition { parts: parts.collect(), rows, below })
    }

    fn breakdowns(&self) -> Vec<BreakdownWords> {
        let dataset = self.scope.material.specs.dataset(self.indicator.denominator.dataset);
        let words = |(position, field): (usize, &FieldIndex)| {
            let name = dataset.field(*field).name.get(self.scope.code()).to_owned();
            BreakdownWords { name, rows: told(self.groups(position), |row| &row.value) }
        };
        let words = self.indicator.breakdowns.iter().enumerate().map(words);
        words.filter(|breakdown| !breakdown.rows.is_empty()).collect()
    }

    /// The groups of a breakdown, by its position in the indicator.
    fn groups(&self, position: usize) -> Vec<BreakdownRow> {
        let is_own = |subject: &Subject<'_>| matches!(*subject, Subject::Group { breakdown, .. } if breakdown == position);
        let row = |subject: Subject<'_>| {
            let row = self.numbers.row(self.index, self.scope.region, subject);
            // A group without units is no finding; nor is "not stated" when everybody stated it.
            (!row.number.is_empty()).then(|| self.group(subject, &row))
        };
        self.numbers.subjects(self.index).into_iter().filter(is_own).filter_map(row).collect()
    }

    fn below(&self, region: RegionIndex) -> BelowRow {
        let row = self.row(region);
        let value = self.figure(&row.number);
        let whole =
            |number: &Option<super::model::Number>| number.as_ref().map_or_else(String::new, |number| number.text.clone());
        BelowRow {
            code: self.scope.region_code(region),
            region: self.scope.name(region),
            numerator: whole(&value.numerator),
            denominator: whole(&value.denominator),
            value,
            previous: row.previous.map(|previous| self.figure(&previous)),
            change: self.change_of(&row),
            coverage: self.scope.response(&row.number),
            rank: row.rank.map(|rank| self.scope.language.whole(rank.position as i128)),
        }
    }
}
