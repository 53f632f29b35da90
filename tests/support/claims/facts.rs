//! What the published numbers of a region say, computed anew: from numerators, denominators and marks, and from nothing that the reports
//! compute.

use std::cmp::{Ordering, Reverse};

use esep::compute::conditions::{Conditions, State};
use esep::numbers::{Number, Numbers, Subject};
use esep::period::PeriodIndex;
use esep::protect::Published;
use esep::region::RegionIndex;
use esep::spec::{Direction, Indicator, IndicatorIndex, Specs};
use esep::value::Ratio;

/// The numbers of a period.
pub struct Facts<'a> {
    pub specs: &'a Specs,
    pub published: &'a Published<'a>,
    pub period: PeriodIndex,
    numbers: Numbers<'a>,
    conditions: Option<Conditions>,
}

/// How a value stands to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Reached,
    Near,
    Behind,
}

/// The way from a value to its target: in the printed unit, and in units of the denominator.
#[derive(Clone, Copy, Debug)]
pub struct Gap {
    pub status: Status,
    pub points: Ratio,
    pub units: i128,
    pub due: PeriodIndex,
    pub target: Ratio,
}

/// A place among the neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rank {
    pub position: usize,
    pub of: usize,
}

/// A missed target of which it can be counted how many units are missing.
#[derive(Clone, Copy)]
pub struct Need {
    pub index: IndicatorIndex,
    pub gap: Gap,
    /// The share of the target that is missing.
    pub share: Ratio,
}

/// How many units answered everything, have everything, and lack one thing only.
#[derive(Debug, PartialEq, Eq)]
pub struct Near {
    pub conditions: usize,
    pub whole: usize,
    pub ready: usize,
    pub one: usize,
}

impl<'a> Facts<'a> {
    pub fn new(published: &'a Published<'a>, period: PeriodIndex) -> Self {
        let (numbers, conditions) = (Numbers::new(published, period), published.conditions(period));
        Self { specs: published.specs(), published, period, numbers, conditions }
    }

    pub fn indicators(&self) -> Vec<(IndicatorIndex, &'a Indicator)> {
        self.specs.indicators_of(self.period).collect()
    }

    pub fn indicator(&self, index: IndicatorIndex) -> &'a Indicator {
        self.specs.indicator(index)
    }

    pub fn find(&self, id: &str) -> Option<IndicatorIndex> {
        self.indicators().into_iter().find(|(_, indicator)| indicator.id == id).map(|(index, _)| index)
    }

    pub fn below(&self, region: RegionIndex) -> Vec<RegionIndex> {
        self.specs.hierarchy.children(region, self.specs.period(self.period).date)
    }

    pub fn parent(&self, region: RegionIndex) -> Option<RegionIndex> {
        self.specs.hierarchy.region(region).parent
    }

    pub fn number(&self, index: IndicatorIndex, region: RegionIndex) -> Number<'a> {
        self.numbers.total(index, region)
    }

    pub fn previous(&self, index: IndicatorIndex, region: RegionIndex) -> Option<Number<'a>> {
        self.numbers.previous(index, region, Subject::Whole)
    }

    /// The value, from the two sums that are published beside it.
    pub fn value(&self, index: IndicatorIndex, region: RegionIndex) -> Option<Ratio> {
        ratio(&self.number(index, region))
    }

    /// By how much the value is more than that of the period before, in the printed unit.
    pub fn change(&self, index: IndicatorIndex, region: RegionIndex) -> Option<Ratio> {
        let before = ratio(&self.previous(index, region)?)?;
        Some(self.value(index, region)?.minus(before).times(self.indicator(index).per))
    }

    /// By how much it is better; `None` where it prints as no change, or where neither more nor less is better.
    pub fn improvement(&self, index: IndicatorIndex, region: RegionIndex) -> Option<Ratio> {
        let indicator = self.indicator(index);
        let points = self.change(index, region).filter(|points| points.rounded(indicator.decimals.of(self.period)) != 0)?;
        match indicator.direction {
            Direction::Up => Some(points),
            Direction::Down => Some(Ratio::whole(0).minus(points)),
            Direction::Neutral => None,
        }
    }

    pub fn gap(&self, index: IndicatorIndex, region: RegionIndex) -> Option<Gap> {
        let indicator = self.indicator(index);
        let (due, target) = indicator.target(self.period)?;
        self.way(index, region, (due, target))
    }

    /// The way to any target.
    fn way(&self, index: IndicatorIndex, region: RegionIndex, (due, target): (PeriodIndex, Ratio)) -> Option<Gap> {
        let indicator = self.indicator(index);
        let printed = self.value(index, region)?.times(indicator.per);
        let points = match indicator.direction {
            Direction::Up => target.minus(printed),
            Direction::Down => printed.minus(target),
            Direction::Neutral => return None,
        };
        let thresholds = &self.specs.programme.thresholds;
        let near_by_share = thresholds.near_share.is_none_or(|share| points <= target.times(i64::from(share)).over(100));
        let status = match points.sign() {
            Ordering::Less | Ordering::Equal => Status::Reached,
            Ordering::Greater if points <= thresholds.near_target && near_by_share => Status::Near,
            Ordering::Greater => Status::Behind,
        };
        let per = u32::try_from(indicator.per).expect("`per` is small");
        let units = points.over(per).times(self.number(index, region).denominator.units).ceiling().max(0);
        Some(Gap { status, points, units, due, target })
    }

    /// Those of some regions that have a value with enough units and answers.
    pub fn firm(&self, index: IndicatorIndex, regions: &[RegionIndex]) -> Vec<RegionIndex> {
        regions.iter().copied().filter(|&region| self.number(index, region).is_firm()).collect()
    }

    /// The regions of the same level with the same region above.
    fn neighbours(&self, region: RegionIndex) -> Vec<RegionIndex> {
        let level = |region: RegionIndex| self.specs.hierarchy.region(region).level;
        let all = self.parent(region).map(|parent| self.below(parent)).unwrap_or_default();
        all.into_iter().filter(|&other| level(other) == level(region)).collect()
    }

    /// How many neighbours are better, and how many are ranked.
    pub fn rank(&self, index: IndicatorIndex, region: RegionIndex) -> Option<Rank> {
        let direction = self.indicator(index).direction;
        let ranked = self.firm(index, &self.neighbours(region));
        if direction == Direction::Neutral || ranked.len() < 2 || !ranked.contains(&region) {
            return None;
        }
        let own = self.value(index, region)?;
        let values = ranked.iter().filter_map(|&other| self.value(index, other));
        let better = values.filter(|value| if direction == Direction::Up { *value > own } else { *value < own }).count();
        Some(Rank { position: better + 1, of: ranked.len() })
    }

    /// Whether a region has a place among four or more, and whether that lies in the first or the last quarter.
    pub fn quarter(&self, index: IndicatorIndex, region: RegionIndex) -> Option<Option<&'static str>> {
        let own = self.rank(index, region).filter(|rank| rank.of >= 4)?;
        let ranks = self.neighbours(region).into_iter().filter_map(|other| self.rank(index, other));
        let up_to_own = ranks.filter(|rank| rank.position <= own.position).count();
        let quarter = own.of / 4;
        Some(match (up_to_own <= quarter, own.position > own.of - quarter) {
            (true, _) => Some("first"),
            (false, true) => Some("last"),
            (false, false) => None,
        })
    }

    /// The missed targets of which the missing units can be counted, the largest missing share first.
    pub fn needs(&self, region: RegionIndex) -> Vec<Need> {
        let need = |(index, indicator): (IndicatorIndex, &Indicator)| {
            let gap = self.gap(index, region).filter(|gap| gap.status != Status::Reached)?;
            let is_counted = indicator.per == 100 && indicator.shares_population();
            is_counted.then_some(Need { index, gap, share: gap.points.divided_by(gap.target)? })
        };
        let mut needs: Vec<Need> = self.indicators().into_iter().filter_map(need).collect();
        needs.sort_by_key(|need| Reverse(need.share));
        needs
    }

    /// The indicators with a missed target.
    pub fn missed(&self, region: RegionIndex) -> Vec<IndicatorIndex> {
        let is_missed = |index: IndicatorIndex| self.gap(index, region).is_some_and(|gap| gap.status != Status::Reached);
        self.indicators().into_iter().map(|(index, _)| index).filter(|&index| is_missed(index)).collect()
    }

    /// The regions right below with a part of a gap, the largest part first.
    pub fn places(&self, index: IndicatorIndex, region: RegionIndex) -> Vec<(RegionIndex, i128)> {
        let part = |inner: RegionIndex| Some((inner, self.gap(index, inner)?.units)).filter(|(_, units)| *units > 0);
        let mut places: Vec<(RegionIndex, i128)> = self.below(region).into_iter().filter_map(part).collect();
        places.sort_by_key(|(_, units)| Reverse(*units));
        places
    }

    /// By the next period, how many units more are needed, and whether a target says so: on the way to the next target, which is gone in
    /// equal parts a day.
    pub fn step(&self, index: IndicatorIndex, region: RegionIndex) -> Option<(PeriodIndex, i128, bool)> {
        let targets = &self.indicator(index).targets;
        let ahead = targets.iter().copied().find(|(due, _)| *due > self.period)?;
        let whole = self.way(index, region, ahead)?.units;
        let next = PeriodIndex(self.period.0 + 1);
        let day = |period: PeriodIndex| self.specs.period(period).date;
        let days = |to: PeriodIndex| i64::from(day(self.period).until(day(to)).map_or(0, |span| span.get_days()));
        let part = Ratio::new(whole * i128::from(days(next)), i128::from(days(ahead.0)))?;
        Some((next, part.ceiling(), next == ahead.0))
    }

    /// For each breakdown its groups with enough units and answers: their names' subjects and values.
    pub fn groups(&self, index: IndicatorIndex, region: RegionIndex) -> Vec<Vec<(Subject<'a>, Ratio)>> {
        let mut groups = vec![Vec::new(); self.indicator(index).breakdowns.len()];
        for subject in self.numbers.subjects(index) {
            if let Subject::Group { breakdown, value: Some(_), .. } = subject {
                let number = self.numbers.number(index, self.period, region, subject);
                groups[breakdown].extend(ratio(&number).filter(|_| number.is_firm()).map(|value| (subject, value)));
            }
        }
        groups
    }

    /// What the units of a region have of what the indicators ask about.
    pub fn near(&self, region: RegionIndex) -> Option<Near> {
        let conditions = self.conditions.as_ref()?;
        let mut near = Near { conditions: conditions.indicators.len(), whole: 0, ready: 0, one: 0 };
        for unit in conditions.units(self.specs, region) {
            let count = |wanted: State| unit.states.iter().filter(|state| **state == wanted).count();
            if count(State::Unanswered) == 0 {
                near.whole += 1;
                near.ready += usize::from(count(State::Lacks) == 0);
                near.one += usize::from(count(State::Lacks) == 1);
            }
        }
        Some(near)
    }

    /// The names of the units that lack what an indicator asks about.
    pub fn lacking(&self, index: IndicatorIndex, region: RegionIndex) -> Vec<&str> {
        let Some(conditions) = &self.conditions else { return Vec::new() };
        let Some(column) = conditions.indicators.iter().position(|own| *own == index) else { return Vec::new() };
        let units = conditions.units(self.specs, region).filter(|unit| unit.states[column] == State::Lacks);
        units.map(|unit| unit.title.as_str()).collect()
    }

    /// Of how many regions of a level the spread of an indicator is made, for each indicator that has one.
    pub fn spreads(&self, region: RegionIndex) -> Vec<usize> {
        let hierarchy = &self.specs.hierarchy;
        let example = if region == hierarchy.top() { self.below(region)[0] } else { region };
        let (level, day) = (hierarchy.region(example).level, self.specs.period(self.period).date);
        let all = hierarchy.all().filter(|(_, other)| other.level == level && other.exists_on(day));
        let regions: Vec<RegionIndex> = all.map(|(index, _)| index).collect();
        let counts = self.indicators().into_iter().map(|(index, _)| self.firm(index, &regions).len());
        counts.filter(|count| *count >= 4).collect()
    }
}

/// The value of a number, from the two sums that are published beside it.
pub fn ratio(number: &Number<'_>) -> Option<Ratio> {
    number.value.ok()?;
    number.told_numerator?.over(number.told_denominator?)
}
