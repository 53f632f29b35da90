//! Claims about one indicator of a region: its change, its target, what the regions above have, the best and the lowest regions below.

use super::*;
use esep::value::Amount;

const UNKNOWN: &str = "nothing is known of this kind of claim";

impl Page<'_> {
    /// The title of an indicator: its status, its change, and how it stands to the regions above.
    pub(super) fn message(&self, claim: &Claim, (index, indicator): (IndicatorIndex, &Indicator)) -> Truth {
        let gap = self.facts.gap(index, self.region);
        match claim.kind.as_str() {
            "reached" => holds(gap.is_some_and(|gap| gap.status == Status::Reached), || "the target is not reached".to_owned()),
            "needs" | "needs_less" => {
                let gap = self.missing(claim, indicator, gap)?;
                self.says(claim, "only", claim.kind == "needs" && gap.status == Status::Near)
            }
            "rose" | "fell" | "same" => {
                self.change(claim, (index, indicator))?;
                let verdict = self.facts.improvement(index, self.region).map(Ratio::sign);
                let contrast = match gap.map(|gap| gap.status) {
                    Some(Status::Reached | Status::Near) => verdict == Some(Ordering::Less),
                    Some(Status::Behind) => verdict == Some(Ordering::Greater),
                    None => false,
                };
                self.says(claim, "but", contrast)
            }
            "higher" | "lower" | "equal" => {
                let above: Vec<RegionIndex> = self.facts.specs.hierarchy.upwards(self.region).skip(1).collect();
                let said = claim.text("region")?;
                let other = above.into_iter().find(|&other| self.tongue.is_form(said, self.name(other)));
                let other = other.ok_or_else(|| format!("“{said}” is no region above"))?;
                let order = self.beside(index, indicator, other).ok_or("there is nothing to compare with")?.1;
                let wanted = match claim.kind.as_str() {
                    "higher" => Ordering::Greater,
                    "lower" => Ordering::Less,
                    _ => Ordering::Equal,
                };
                let truth = match order {
                    Ordering::Greater => "it is higher",
                    Ordering::Less => "it is lower",
                    Ordering::Equal => "it is the same",
                };
                holds(order == wanted, || truth.to_owned())
            }
            "stands" => self.value(claim, index, indicator),
            kind => self.absent(kind, index),
        }
    }

    /// Why there is no value.
    fn absent(&self, kind: &str, index: IndicatorIndex) -> Truth {
        let is_told = self.facts.published.tells(index, self.region);
        holds(is_told || kind != "withheld", || "it is not told at this level".to_owned())?;
        holds(!is_told || kind != "not_told", || "it is told at this level".to_owned())?;
        absent(kind, &self.facts.number(index, self.region))
    }

    /// The value with what it is a ratio of, or why there is none.
    pub(super) fn about_value(&self, claim: &Claim, (index, indicator): (IndicatorIndex, &Indicator)) -> Truth {
        self.region(claim, &[self.region])?;
        if claim.has("within") {
            self.within(claim, self.facts.period)?;
        }
        if claim.has("period") {
            self.period(claim, "period", self.facts.period)?;
        }
        if !claim.has("value") {
            return self.absent(&claim.kind, index);
        }
        self.value(claim, index, indicator)?;
        let number = self.facts.number(index, self.region);
        let count = |sum: Option<Amount>| usize::try_from(sum.map_or(0, |sum| sum.units)).expect("a count of units");
        let (numerator, denominator) = (count(number.told_numerator), count(number.told_denominator));
        self.count(claim, "denominator", denominator)?;
        match claim.kind.as_str() {
            "some" => self.count(claim, "numerator", numerator),
            "all" => holds(numerator == denominator, || format!("it is {numerator} of {denominator}")),
            "single" => holds(denominator == 1, || format!("it is {numerator} of {denominator}")),
            "none" => holds(numerator == 0, || format!("it is {numerator} of {denominator}")),
            _ => Err(UNKNOWN.to_owned()),
        }
    }

    fn value(&self, claim: &Claim, index: IndicatorIndex, indicator: &Indicator) -> Truth {
        let value = self.facts.value(index, self.region).ok_or("there is no value")?;
        self.text(claim, "value", &self.value_text(indicator, value))
    }

    /// Whether what is missing from a target is what a claim says.
    fn missing(&self, claim: &Claim, indicator: &Indicator, gap: Option<Gap>) -> Result<Gap, String> {
        let gap = gap.filter(|gap| gap.status != Status::Reached).ok_or("no target is missed")?;
        let last = least(indicator.decimals.of(self.facts.period));
        let less = claim.kind == "needs_less";
        holds(less == (gap.points < last), || {
            format!(
                "{} points are missing",
                self.tongue.language.decimal(gap.points, indicator.decimals.of(self.facts.period) + 2)
            )
        })?;
        self.points(claim, indicator, if less { last } else { gap.points })?;
        Ok(gap)
    }

    /// Whether the value has changed as a claim says.
    fn change(&self, claim: &Claim, (index, indicator): (IndicatorIndex, &Indicator)) -> Truth {
        let points = self.facts.change(index, self.region).ok_or("there is no change")?;
        let order = points.rounded(indicator.decimals.of(self.facts.period)).cmp(&0);
        let wanted = match claim.kind.as_str() {
            "rose" => Ordering::Greater,
            "fell" => Ordering::Less,
            _ => Ordering::Equal,
        };
        let truth = || format!("the change is {}", self.tongue.language.signed(points, indicator.decimals.of(self.facts.period)));
        holds(order == wanted, truth)?;
        if order == Ordering::Equal { Ok(()) } else { self.points(claim, indicator, size(points)) }
    }

    pub(super) fn about_change(&self, claim: &Claim, about: (IndicatorIndex, &Indicator)) -> Truth {
        let (index, indicator) = about;
        let before = self.facts.specs.compared(self.facts.period).ok_or("this is the first period")?;
        if claim.has("within") {
            self.within(claim, before)?;
        }
        if claim.has("period") {
            self.period(claim, "period", before)?;
        }
        let previous = self.facts.previous(index, self.region);
        if claim.has("value") {
            let value = previous.as_ref().and_then(ratio).ok_or("there was no value")?;
            self.text(claim, "value", &self.value_text(indicator, value))?;
        }
        let down = indicator.direction == Direction::Down;
        match claim.kind.as_str() {
            "same" => self.change(claim, about),
            "rose" => {
                self.says(claim, "worse", down)?;
                self.change(claim, about)
            }
            "fell" => {
                self.says(claim, "better", down)?;
                self.change(claim, about)
            }
            "first" => Err("there is a period before".to_owned()),
            "nothing" => holds(previous.is_none(), || "there was such a region".to_owned()),
            "previous" => holds(self.facts.value(index, self.region).is_none(), || "there is a value".to_owned()),
            kind => absent(kind, &previous.ok_or("there was no such region")?),
        }
    }

    pub(super) fn about_target(&self, claim: &Claim, (index, indicator): (IndicatorIndex, &Indicator)) -> Truth {
        let (due, target) = indicator.target(self.facts.period).ok_or("there is no target")?;
        self.period(claim, "due", due)?;
        self.text(claim, "target", &self.target_text(indicator, target))?;
        let gap = self.facts.gap(index, self.region);
        match claim.kind.as_str() {
            "stated" => holds(gap.is_none(), || "it can be told how far the target is".to_owned()),
            "reached" => holds(gap.is_some_and(|gap| gap.status == Status::Reached), || "it is not reached".to_owned()),
            "needs" | "needs_less" | "exceeded" => {
                holds((claim.kind == "exceeded") == (indicator.direction == Direction::Down), || {
                    "less is not better".to_owned()
                })?;
                let gap = self.missing(claim, indicator, gap)?;
                self.says(claim, "units", indicator.per == 100 && indicator.shares_population())?;
                if claim.has("units") { self.text(claim, "units", &self.units_text(indicator, gap.units)) } else { Ok(()) }
            }
            _ => Err(UNKNOWN.to_owned()),
        }
    }

    /// The value of another region, and how the own one stands beside it, as far as it prints: in points, more, less or the same.
    fn beside(&self, index: IndicatorIndex, indicator: &Indicator, other: RegionIndex) -> Option<(Ratio, Ordering)> {
        let difference = self.facts.value(index, self.region)?.minus(self.facts.value(index, other)?).times(indicator.per);
        Some((size(difference), difference.rounded(indicator.decimals.of(self.facts.period)).cmp(&0)))
    }

    pub(super) fn about_others(&self, claim: &Claim, (index, indicator): (IndicatorIndex, &Indicator)) -> Truth {
        if claim.kind == "rank" {
            let rank = self.facts.rank(index, self.region).ok_or("it has no rank")?;
            self.count(claim, "of", rank.of)?;
            return self.count(claim, "position", rank.position);
        }
        let above: Vec<RegionIndex> = self.facts.specs.hierarchy.upwards(self.region).skip(1).collect();
        for item in self.tongue.patterns.items("other", claim.text("list")?)? {
            let other = self.region(&item, &above)?;
            let value = self.facts.value(index, other).ok_or("the region above has no value")?;
            self.text(&item, "value", &self.value_text(indicator, value))?;
            let beside = self.beside(index, indicator, other);
            // What is said of the other region: that it is lower where the own value is more.
            self.says(&item, "lower", beside.is_some_and(|(_, order)| order == Ordering::Greater))?;
            self.says(&item, "higher", beside.is_some_and(|(_, order)| order == Ordering::Less))?;
            self.says(&item, "same", beside.is_some_and(|(_, order)| order == Ordering::Equal))?;
            if let Some((points, Ordering::Less | Ordering::Greater)) = beside {
                self.points(&item, indicator, points)?;
            }
        }
        Ok(())
    }

    /// The best and the lowest regions below: of those that rest on enough units and answers, if it is said that others are left out.
    pub(super) fn about_leaders(&self, claim: &Claim, all: &[Claim], (index, indicator): (IndicatorIndex, &Indicator)) -> Truth {
        let below = self.facts.below(self.region);
        let valued: Vec<RegionIndex> =
            below.iter().copied().filter(|&region| self.facts.value(index, region).is_some()).collect();
        let firm = self.facts.firm(index, &below);
        let shown = |region: RegionIndex| {
            let value = self.facts.value(index, region)?;
            Some(printed(value.times(indicator.per), indicator.decimals.of(self.facts.period)))
        };
        match claim.kind.as_str() {
            "left_out" => return self.count(claim, "n", valued.len() - firm.len()),
            "equal" => {
                let is_equal = valued.iter().all(|&region| shown(region) == shown(valued[0]));
                return holds(is_equal, || "the values differ".to_owned());
            }
            _ => {}
        }
        let first_is_less = match (claim.has("best"), claim.has("highest"), claim.has("lowest")) {
            (true, ..) => match indicator.direction {
                Direction::Up => false,
                Direction::Down => true,
                Direction::Neutral => return Err("neither more nor less is better".to_owned()),
            },
            (_, highest, lowest) => lowest && !highest,
        };
        let pool = if all.iter().any(|claim| claim.kind == "left_out") { &firm } else { &valued };
        let mut order: Vec<(Ratio, RegionIndex)> = pool.iter().filter_map(|&region| Some((shown(region)?, region))).collect();
        order.sort_by(|(left, _), (right, _)| if first_is_less { left.cmp(right) } else { right.cmp(left) });
        let first = order.first().ok_or("no region has a place")?.0;
        if let "best_shared" | "worst_shared" = claim.kind.as_str() {
            self.count(claim, "n", order.iter().filter(|(value, _)| *value == first).count())?;
            let texts =
                order.iter().filter(|(value, _)| *value == first).map(|&(_, region)| self.region_value(index, indicator, region));
            let said = claim.text("value")?;
            return holds(texts.clone().any(|text| text == said), || format!("the value is {:?}", texts.clone().next()));
        }
        let mut named = Vec::new();
        for item in self.tongue.patterns.items("value", claim.text("list")?)? {
            let region = self.region(&item, pool)?;
            self.text(&item, "value", &self.region_value(index, indicator, region))?;
            named.push(region);
        }
        let expected: Vec<(Ratio, RegionIndex)> = order.iter().copied().take(named.len()).collect();
        let worst = expected.last().map(|(value, _)| *value);
        let values: Vec<Option<Ratio>> = named.iter().map(|&region| shown(region)).collect();
        let is_first = values.iter().zip(&expected).all(|(value, (other, _))| *value == Some(*other));
        // Those that print the same as the last one named are named too.
        let forgotten = order.iter().skip(named.len()).find(|(value, _)| Some(*value) == worst);
        let words = expected.iter().chain(forgotten).map(|&(_, region)| self.name(region));
        holds(is_first && forgotten.is_none(), || format!("these are {}", words.collect::<Vec<_>>().join(", ")))
    }

    fn region_value(&self, index: IndicatorIndex, indicator: &Indicator, region: RegionIndex) -> String {
        self.facts.value(index, region).map_or_else(String::new, |value| self.value_text(indicator, value))
    }
}

/// Why a number is missing.
fn absent(kind: &str, number: &esep::numbers::Number<'_>) -> Truth {
    let came = number.numerator_coverage().into_iter().chain([number.coverage()]).all(|side| side.reported > 0);
    let (reason, is_so) = match kind {
        "not_reported" => (Missing::NotReported, !came),
        "not_answered" => (Missing::NotReported, came),
        "not_applicable" => (Missing::NotApplicable, true),
        "zero_denominator" => (Missing::ZeroDenominator, true),
        "withheld" | "not_told" => (Missing::Withheld, true),
        _ => return Err(UNKNOWN.to_owned()),
    };
    holds(number.value == Err(reason) && is_so, || format!("the value is {:?}", number.value))
}
