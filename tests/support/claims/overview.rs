//! Claims about all indicators of a region: how many improved, what stands out, which targets are missed most and where, which regions
//! are first and last.

use super::*;

const UNKNOWN: &str = "nothing is known of this kind of claim";

impl Page<'_> {
    fn statuses(&self) -> Vec<Status> {
        let all = self.facts.indicators().into_iter();
        all.filter_map(|(index, _)| Some(self.facts.gap(index, self.region)?.status)).collect()
    }

    /// How many indicators have a target, with or without a value.
    fn set(&self) -> usize {
        let is_set = |indicator: &Indicator| indicator.target(self.facts.period).is_some();
        self.facts.indicators().into_iter().filter(|(_, indicator)| is_set(indicator)).count()
    }

    pub(super) fn summary_change(&self, claim: &Claim) -> Truth {
        let all = self.facts.indicators();
        let signs = all.iter().filter_map(|&(index, _)| Some(self.facts.improvement(index, self.region)?.sign()));
        let signs: Vec<Ordering> = signs.collect();
        let count = |wanted: Ordering| signs.iter().filter(|sign| **sign == wanted).count();
        let (better, worse) = (count(Ordering::Greater), count(Ordering::Less));
        let truth = || format!("of {} indicators, {better} have improved and {worse} have worsened", all.len());
        match claim.kind.as_str() {
            "indicators" => self.count(claim, "all", all.len()),
            "all_better" => holds(better == all.len(), truth),
            "all_worse" => holds(worse == all.len(), truth),
            "changed" => {
                self.counts(claim, &[("better", better), ("worse", worse)])?;
                let rest = all.len() - better - worse;
                self.says(claim, "one", rest == 1)?;
                self.says(claim, "more", rest > 1)
            }
            _ => Err(UNKNOWN.to_owned()),
        }
    }

    pub(super) fn summary_targets(&self, claim: &Claim) -> Truth {
        let statuses = self.statuses();
        let count = |wanted: Status| statuses.iter().filter(|status| **status == wanted).count();
        let (reached, near, behind) = (count(Status::Reached), count(Status::Near), count(Status::Behind));
        if claim.kind == "unknown" {
            let period = self.facts.period;
            let aimed = self.facts.indicators().into_iter().filter(|(_, indicator)| indicator.target(period).is_some());
            return self.count(claim, "unknown", aimed.count() - statuses.len());
        }
        self.count(claim, "aimed", statuses.len())?;
        let truth = || format!("{reached} have reached the target, {near} are near it, {behind} are behind");
        match claim.kind.as_str() {
            "all_reached" => holds(reached == statuses.len(), truth),
            "all_near" => holds(near == statuses.len(), truth),
            "all_behind" => holds(behind == statuses.len(), truth),
            "mixed" => self.counts(claim, &[("reached", reached), ("near", near), ("behind", behind)]),
            _ => Err(UNKNOWN.to_owned()),
        }
    }

    pub(super) fn summary_missing(&self, claim: &Claim) -> Truth {
        let all = self.facts.indicators();
        let missing = all.iter().filter(|&&(index, _)| self.facts.value(index, self.region).is_none()).count();
        match claim.kind.as_str() {
            "some" => self.count(claim, "n", missing),
            "all" => holds(missing == all.len(), || format!("{missing} have no value")),
            _ => Err(UNKNOWN.to_owned()),
        }
    }

    pub(super) fn summary_caution(&self, claim: &Claim) -> Truth {
        let all = self.facts.indicators().into_iter();
        let marks = all.map(|(index, _)| self.facts.number(index, self.region).marks);
        match claim.kind.as_str() {
            "small" => self.count(claim, "n", marks.filter(|marks| marks.small).count()),
            "incomplete" => self.count(claim, "n", marks.filter(|marks| marks.incomplete).count()),
            _ => Err(UNKNOWN.to_owned()),
        }
    }

    /// What stands out, among all indicators but for those that the notes behind leave out.
    pub(super) fn highlights(&self, claim: &Claim, all: &[Claim]) -> Truth {
        let facts = self.facts;
        let is_firm = |index: IndicatorIndex| {
            let before = facts.previous(index, self.region).filter(|before| before.value.is_ok());
            facts.number(index, self.region).is_firm() && before.is_none_or(|before| before.is_firm())
        };
        let improvement = |index: IndicatorIndex| facts.improvement(index, self.region);
        // In percent of the target.
        let gap = |index: IndicatorIndex| {
            let gap = facts.gap(index, self.region).filter(|gap| gap.status != Status::Reached)?;
            let (_, target) = facts.indicator(index).target(facts.period)?;
            Some(gap.points.divided_by(target)?.times(100))
        };
        let is_compared = |index: IndicatorIndex| improvement(index).or_else(|| gap(index)).is_some();
        let notes = |kind: &str| all.iter().any(|claim| claim.kind == kind);
        let is_percentage = |index: IndicatorIndex| facts.indicator(index).per == 100;
        let compared: Vec<IndicatorIndex> =
            facts.indicators().into_iter().map(|(index, _)| index).filter(|&index| is_compared(index)).collect();
        let pool = compared
            .iter()
            .copied()
            .filter(|&index| (is_firm(index) || !notes("infirm")) && (is_percentage(index) || !notes("percentages")));
        let points: Vec<(IndicatorIndex, Ratio)> = match claim.kind.as_str() {
            "improved" => pool.filter_map(|index| Some((index, improvement(index)?))).collect(),
            "worsened" => pool.filter_map(|index| Some((index, Ratio::whole(0).minus(improvement(index)?)))).collect(),
            "nearest" | "farthest" => pool.filter_map(|index| Some((index, gap(index)?))).collect(),
            "infirm" => {
                return holds(compared.iter().any(|&index| !is_firm(index)), || "no value with a symbol is left out".to_owned());
            }
            "percentages" => {
                return holds(compared.iter().any(|&index| !is_percentage(index)), || "all are percentages".to_owned());
            }
            _ => return Err(UNKNOWN.to_owned()),
        };
        let is_share = matches!(claim.kind.as_str(), "nearest" | "farthest");
        let shown = |&(index, points): &(IndicatorIndex, Ratio)| {
            printed(points, if is_share { 1 } else { facts.indicator(index).decimals.of(facts.period) })
        };
        let end = if claim.kind == "nearest" { points.iter().map(shown).min() } else { points.iter().map(shown).max() };
        let ends: Vec<&(IndicatorIndex, Ratio)> = points.iter().filter(|found| Some(shown(found)) == end).collect();
        let named: Vec<IndicatorIndex> = ends.iter().map(|(index, _)| *index).collect();
        self.named(claim.text("names")?, &named)?;
        let (index, points) = ends.first().ok_or("nothing is compared")?;
        if is_share {
            return self.text(
                claim,
                "share",
                &plain(&self.tongue.language.value(points.over(100), esep::value::Scale::percent(1))),
            );
        }
        self.text(claim, "points", &self.gap_text(facts.indicator(*index), *points))
    }

    pub(super) fn opening_data(&self, claim: &Claim) -> Truth {
        let facts = self.facts;
        for item in self.tongue.patterns.items("dataset", claim.text("list")?)? {
            let said = item.text("dataset")?;
            let mut covered = facts.published.covered_datasets(facts.period).into_iter();
            let name = |dataset| plain(facts.specs.dataset(dataset).name.get(&self.tongue.language.code));
            let dataset =
                covered.find(|&dataset| name(dataset) == said).ok_or_else(|| format!("there is no dataset “{said}”"))?;
            let coverage = facts.published.coverage(dataset, facts.period, self.region);
            self.count(&item, "reported", coverage.reported as usize)?;
            self.count(&item, "expected", coverage.expected.unwrap_or(0) as usize)?;
        }
        Ok(())
    }

    /// The missed target that stands so far from the first, and whether it is this one, or one of which the same share is missing.
    fn need(&self, id: &str, nth: usize) -> Result<Need, String> {
        let needs = self.facts.needs(self.region);
        let (index, _) = self.indicator(id)?;
        let own = needs.iter().find(|need| need.index == index).ok_or("the target is not missed")?;
        let expected = needs.get(nth).ok_or("there are not so many missed targets")?;
        let truth = || format!("in place {} of the missed targets is {}", nth + 1, self.facts.indicator(expected.index).id);
        holds(own.share == expected.share, truth)?;
        Ok(*own)
    }

    pub(super) fn digest_gap(&self, claim: &Claim, id: &str, nth: usize) -> Truth {
        let (index, indicator) = self.indicator(id)?;
        let need = self.need(id, nth)?;
        // Nothing else is missed more, be it counted in units or not.
        for other in self.facts.missed(self.region) {
            let share = self.facts.gap(other, self.region).and_then(|gap| gap.points.divided_by(gap.target));
            let ahead = self.facts.needs(self.region).iter().take(nth).any(|need| need.index == other);
            holds(ahead || share <= Some(need.share), || format!("{} is missed more", self.facts.indicator(other).id))?;
        }
        self.text(claim, "target", &self.target_text(indicator, need.gap.target))?;
        self.text(claim, "units", &self.units_text(indicator, need.gap.units))?;
        let places = self.facts.places(index, self.region);
        let items = claim.text("places").map_or(Ok(Vec::new()), |list| self.tongue.patterns.items("place", list))?;
        self.largest(&places, &items)?;
        if claim.has("low") { self.spread(claim, index, indicator) } else { Ok(()) }
    }

    /// The regions named are those with the largest parts, in their order.
    fn largest(&self, places: &[(RegionIndex, i128)], items: &[Claim]) -> Truth {
        let below = self.facts.below(self.region);
        let mut named = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let region = self.region(item, &below)?;
            let own = places.iter().find(|(place, _)| *place == region).map(|(_, units)| *units);
            let expected = places.get(at);
            let truth = || {
                let words = expected.map(|&(place, units)| format!("{} with {units}", self.name(place)));
                format!("{} lacks {}; in place {} is {}", self.name(region), own.unwrap_or(0), at + 1, words.unwrap_or_default())
            };
            holds(own.is_some() && own == expected.map(|(_, units)| *units) && !named.contains(&region), truth)?;
            named.push(region);
        }
        Ok(())
    }

    /// The two groups named are those of a breakdown that are farthest apart.
    fn spread(&self, claim: &Claim, index: IndicatorIndex, indicator: &Indicator) -> Truth {
        let words = Words { specs: self.facts.specs, language: self.tongue.language };
        let breakdowns = self.facts.groups(index, self.region);
        let ends = breakdowns.iter().filter_map(|groups| {
            let values = || groups.iter().map(|(_, value)| *value);
            Some((values().max()?.minus(values().min()?), values().min()?, values().max()?, groups))
        });
        let ends: Vec<_> = ends.collect();
        let widest = ends.iter().map(|(apart, ..)| *apart).max().ok_or("no groups can be compared")?;
        let names = |groups: &[(esep::numbers::Subject<'_>, Ratio)], value: Ratio| {
            let own = groups.iter().filter(|(_, other)| *other == value);
            own.map(|(subject, _)| plain(&words.subject(subject)).to_lowercase()).collect::<Vec<String>>()
        };
        let mut truth = String::new();
        for (_, low, high, groups) in ends.iter().filter(|(apart, ..)| *apart == widest) {
            let (lows, highs) = (names(groups, *low), names(groups, *high));
            let (low, high) = (self.value_text(indicator, *low), self.value_text(indicator, *high));
            let by = groups.iter().find_map(|(subject, _)| subject.by()).map(|by| plain(by.get(&self.tongue.language.code)));
            if by.as_deref() == Some(claim.text("by")?)
                && lows.contains(&claim.text("low")?.to_lowercase())
                && highs.contains(&claim.text("high")?.to_lowercase())
                && claim.text("low_value")? == low
                && claim.text("high_value")? == high
            {
                return Ok(());
            }
            truth = format!("farthest apart are {} ({low}) and {} ({high})", lows.join(", "), highs.join(", "));
        }
        Err(truth)
    }

    pub(super) fn digest_regions(&self, claim: &Claim) -> Truth {
        if claim.kind == "counted" {
            return Ok(());
        }
        let below = self.facts.below(self.region);
        let standing = |&region: &RegionIndex| {
            let all = self.facts.indicators().into_iter();
            let places: Vec<Option<&str>> = all.filter_map(|(index, _)| self.facts.quarter(index, region)).collect();
            (region, places.iter().filter(|place| **place == Some(claim.kind.as_str())).count(), places.len())
        };
        let standings: Vec<(RegionIndex, usize, usize)> = below.iter().map(standing).collect();
        let mut named = Vec::new();
        for item in self.tongue.patterns.items("quarters", claim.text("list")?)? {
            let region = self.region(&item, &below)?;
            let (_, count, of) = standings.iter().find(|(other, ..)| *other == region).expect("the region is below");
            if item.has("all") {
                holds(count == of, || format!("{} is there {count} times of {of}", self.name(region)))?;
            } else {
                self.count(&item, "count", *count)?;
            }
            self.count(&item, "of", *of)?;
            named.push((region, *count));
        }
        let fewest = named.iter().map(|(_, count)| *count).min().unwrap_or(0);
        let forgotten = |&&(region, count, _): &&(RegionIndex, usize, usize)| {
            count >= fewest && named.iter().all(|(other, _)| *other != region)
        };
        match standings.iter().find(forgotten) {
            Some(&(region, count, of)) => Err(format!("{} is there {count} times of {of} and is not named", self.name(region))),
            None => Ok(()),
        }
    }

    pub(super) fn plan_lead(&self, claim: &Claim, all: &[Claim]) -> Truth {
        let (missed, needs) = (self.facts.missed(self.region), self.facts.needs(self.region));
        let uncounted: Vec<IndicatorIndex> =
            missed.iter().copied().filter(|&index| needs.iter().all(|need| need.index != index)).collect();
        let told = all.iter().any(|claim| claim.kind == "uncounted") || uncounted.is_empty();
        let truth = || format!("{} targets are not reached", missed.len());
        match claim.kind.as_str() {
            "table" => Ok(()),
            "none" => {
                self.count(claim, "n", missed.len())?;
                holds(missed.len() == self.statuses().len() && told, truth)
            }
            "missed" => {
                self.count(claim, "n", needs.len())?;
                holds(told, truth)
            }
            "uncounted" => self.named(claim.text("names")?, &uncounted),
            "all_reached" => holds(missed.is_empty(), truth),
            "unset" => holds(self.set() == 0, || format!("targets are set for {} indicators", self.set())),
            _ => Err(UNKNOWN.to_owned()),
        }
    }

    pub(super) fn actions_none(&self, claim: &Claim) -> Truth {
        match claim.kind.as_str() {
            "reached" => holds(self.facts.missed(self.region).is_empty(), || "some targets are missed".to_owned()),
            "uncounted" => self.named(claim.text("names")?, &self.facts.missed(self.region)),
            "unknown" => holds(self.statuses().is_empty(), || "some values can be held against targets".to_owned()),
            _ => Err(UNKNOWN.to_owned()),
        }
    }

    pub(super) fn plan_places(&self, claim: &Claim, id: &str) -> Truth {
        let (index, _) = self.indicator(id)?;
        let places = self.facts.places(index, self.region);
        let items = self.tongue.patterns.items("part", claim.text("list")?)?;
        self.largest(&places, &items)?;
        for (item, (_, units)) in items.iter().zip(&places) {
            self.count(item, "units", usize::try_from(*units).expect("a count of units"))?;
        }
        self.counts(claim, &[("more", places.len().saturating_sub(items.len()))])
    }

    pub(super) fn near_lead(&self, claim: &Claim) -> Truth {
        let near = self.facts.near(self.region).ok_or("no units are asked")?;
        let Near { conditions, whole, ready, one } = near;
        let truth = || format!("of {whole} units, {ready} have everything and {one} lack one thing");
        match claim.kind.as_str() {
            "conditions" => self.count(claim, "n", conditions),
            "nobody" => holds(whole == 0, truth),
            "answered" => self.count(claim, "n", whole),
            "one_ready" => holds((whole, ready) == (1, 1), truth),
            "one_lacks_one" => holds((whole, one) == (1, 1), truth),
            "one_lacks_more" => holds((whole, ready, one) == (1, 0, 0), truth),
            "all_ready" => holds(ready == whole, truth),
            "all_lack_one" => holds(one == whole, truth),
            "some" => self.counts(claim, &[("ready", ready), ("one", one)]),
            "none" => {
                holds(ready == 0, truth)?;
                self.counts(claim, &[("one", one)])
            }
            _ => Err(UNKNOWN.to_owned()),
        }
    }

    pub(super) fn action(&self, claim: &Claim, id: &str, nth: usize) -> Truth {
        let (index, indicator) = self.indicator(id)?;
        let Need { gap, .. } = self.need(id, nth)?;
        let labels = &self.tongue.language.labels;
        if claim.has("target") {
            self.text(claim, "target", &self.target_text(indicator, gap.target))?;
            self.period(claim, "due", gap.due)?;
            let units = self.units_text(indicator, gap.units);
            holds(self.tongue.is_form(claim.text("units")?, &units), || format!("`units` is {units}"))?;
            self.says(claim, "lapsed", gap.due <= self.facts.period)?;
            if claim.has("lapsed") {
                self.text(claim, "lapsed", &labels["target_lapsed"])?;
            }
        }
        if let Ok(names) = claim.text("names") {
            let lacking = self.facts.lacking(index, self.region);
            let lacking: Vec<String> = lacking.into_iter().map(plain).collect();
            let named: Vec<&str> = names.split("; ").collect();
            for name in &named {
                holds(lacking.iter().any(|other| other == name), || format!("“{name}” does not lack it"))?;
            }
            self.counts(claim, &[("more", lacking.len().saturating_sub(named.len()))])?;
        }
        let step = self.facts.step(index, self.region).filter(|(_, units, _)| *units > 0);
        match step.filter(|_| claim.has("next")) {
            None => holds(!claim.has("next") && step.is_none(), || format!("the next step is {step:?}")),
            Some((period, units, is_set)) => {
                self.period(claim, "next", period)?;
                let more = if indicator.direction == Direction::Down { -units } else { units };
                let size = i64::try_from(more).expect("a count of units");
                let signed = self.tongue.language.signed(Ratio::whole(size), 0);
                let noun = self.tongue.language.noun(units, self.facts.specs.noun(indicator.unit));
                self.text(claim, "gap", &plain(&format!("{signed} {noun}")))?;
                let origin = if is_set { Origin::Set } else { Origin::Computed };
                self.text(claim, "origin", &labels[&format!("step_{}", origin.name())])
            }
        }
    }

    pub(super) fn ranges_notes(&self, claim: &Claim) -> Truth {
        let counts = self.facts.spreads(self.region);
        let (least, most) = (counts.iter().min().copied().unwrap_or(0), counts.iter().max().copied().unwrap_or(0));
        if least == most {
            return self.count(claim, "same", least);
        }
        self.count(claim, "least", least)?;
        self.count(claim, "most", most)
    }

    /// The signs of quarters in the table of all indicators.
    pub fn matrix(&self, report: &Report) -> Vec<String> {
        let mut faults = Vec::new();
        for group in &report.matrix.groups {
            for row in &group.rows {
                let regions =
                    self.facts.specs.hierarchy.all().filter(|(index, _)| plain(self.name(*index)) == plain(&row.region));
                let is_near = |index: RegionIndex| {
                    let parent = self.facts.parent(index);
                    (group.key == "below" && parent == Some(self.region))
                        || (group.key == "neighbours" && parent == self.facts.parent(self.region))
                };
                let region = regions.map(|(index, _)| index).find(|&index| is_near(index));
                for (column, cell) in report.matrix.columns.iter().zip(&row.cells) {
                    let index = self.facts.find(&column.id).expect("an indicator of the period");
                    let truth = region.and_then(|region| self.facts.quarter(index, region)).flatten();
                    if cell.quarter != truth {
                        faults.push(format!(
                            "{} in {}: the sign is {:?}, the quarter is {truth:?}",
                            column.id, row.region, cell.quarter
                        ));
                    }
                }
            }
        }
        faults
    }
}
