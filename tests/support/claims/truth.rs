//! Whether what a sentence claims is true of the published numbers. An error says what is true instead.

use std::cmp::Ordering;

use esep::compute::plan::Origin;
use esep::language::Language;
use esep::period::PeriodIndex;
use esep::region::RegionIndex;
use esep::report::model::Report;
use esep::spec::{Direction, Indicator, IndicatorIndex};
use esep::value::{Missing, Ratio};
use esep::words::Words;

use crate::facts::{Facts, Gap, Near, Need, Status, ratio};
use crate::patterns::{Claim, Patterns};

#[path = "indicator.rs"]
mod indicator;
#[path = "overview.rs"]
mod overview;

/// Nothing, or what is true instead.
pub type Truth = Result<(), String>;

/// A language, and how sentences in it are read.
pub struct Tongue<'a> {
    pub language: &'a Language,
    pub patterns: Patterns,
    /// The forms of the name of each region.
    forms: Vec<Vec<String>>,
}

/// A phrase in the report of a region.
pub struct Said {
    pub phrase: String,
    /// The indicator that it is about, if any.
    pub id: String,
    /// How many of its kind stand before it.
    pub nth: usize,
    pub claims: Vec<Claim>,
}

/// The report of a region in a language.
#[derive(Clone, Copy)]
pub struct Page<'a> {
    pub facts: &'a Facts<'a>,
    pub tongue: &'a Tongue<'a>,
    pub region: RegionIndex,
}

/// A text as readers see it: one space between words, and no signs that only keep lines together.
pub fn plain(text: &str) -> String {
    text.replace('\u{2060}', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn holds(condition: bool, truth: impl FnOnce() -> String) -> Truth {
    if condition { Ok(()) } else { Err(truth()) }
}

/// A number as it is printed, so that what prints the same is the same.
fn printed(number: Ratio, decimals: u32) -> Ratio {
    Ratio::new(number.rounded(decimals), 10_i128.pow(decimals)).expect("a power of ten is above zero")
}

/// The last digit that is printed.
fn least(decimals: u32) -> Ratio {
    Ratio::whole(1).over(10_u32.pow(decimals))
}

fn size(number: Ratio) -> Ratio {
    if number.sign() == Ordering::Less { Ratio::whole(0).minus(number) } else { number }
}

impl<'a> Tongue<'a> {
    pub fn new(language: &'a Language, patterns: Patterns, names: impl Iterator<Item = &'a str>) -> Self {
        let mut tongue = Self { language, patterns, forms: Vec::new() };
        tongue.forms = names.map(|name| tongue.forms_of(&language.unbroken(name))).collect();
        tongue
    }

    /// A name in every case of the language.
    fn forms_of(&self, name: &str) -> Vec<String> {
        let endings = self.language.endings();
        let cases = endings.into_iter().flat_map(|endings| endings.cases().filter_map(|case| endings.case(name, case)));
        std::iter::once(name.to_owned()).chain(cases).map(|form| plain(&form)).collect()
    }

    /// Whether a text is a name in some case, or in a case of that, such as "from the one in the north".
    fn is_form(&self, text: &str, name: &str) -> bool {
        let forms = self.forms_of(&self.language.unbroken(name));
        forms.iter().any(|form| form == text) || forms.iter().any(|form| self.forms_of(form).iter().any(|form| form == text))
    }
}

impl<'a> Page<'a> {
    fn name(&self, region: RegionIndex) -> &'a str {
        self.facts.specs.hierarchy.region(region).name.get(&self.tongue.language.code)
    }

    fn whole(&self, number: usize) -> String {
        plain(&self.tongue.language.whole(number as i128))
    }

    fn value_text(&self, indicator: &Indicator, value: Ratio) -> String {
        plain(&self.tongue.language.value(value, indicator.scale(self.facts.period)))
    }

    /// A gap as tables print it: what is below the last digit is less than that digit.
    fn gap_text(&self, indicator: &Indicator, points: Ratio) -> String {
        let least = least(indicator.decimals.of(self.facts.period));
        let less = points < least;
        let digits = self.tongue.language.decimal(if less { least } else { points }, indicator.decimals.of(self.facts.period));
        plain(&if less { format!("<{digits}") } else { digits })
    }

    fn units_text(&self, indicator: &Indicator, units: i128) -> String {
        plain(&self.tongue.language.count(units, self.facts.specs.noun(indicator.unit)))
    }

    fn target_text(&self, indicator: &Indicator, target: Ratio) -> String {
        let per = u32::try_from(indicator.per).expect("`per` is small");
        plain(&self.tongue.language.figure(target.over(per), indicator.scale(self.facts.period)))
    }

    /// The group of a claim is just this text.
    fn text(&self, claim: &Claim, field: &str, truth: &str) -> Truth {
        let said = claim.text(field)?;
        holds(said == truth, || format!("`{field}` is {truth}, not {said}"))
    }

    fn count(&self, claim: &Claim, field: &str, truth: usize) -> Truth {
        self.text(claim, field, &self.whole(truth))
    }

    /// The same of several numbers of which nothing is said when they are zero.
    fn counts(&self, claim: &Claim, truths: &[(&str, usize)]) -> Truth {
        for &(field, truth) in truths {
            match (claim.has(field), truth) {
                (false, 0) => {}
                _ => self.count(claim, field, truth)?,
            }
        }
        Ok(())
    }

    fn says(&self, claim: &Claim, field: &str, truth: bool) -> Truth {
        holds(claim.has(field) == truth, || {
            format!("`{field}` is {}", if truth { "true and not said" } else { "said and not true" })
        })
    }

    /// Points, and whether they are those of a percentage.
    fn points(&self, claim: &Claim, indicator: &Indicator, points: Ratio) -> Truth {
        self.says(claim, "pp", indicator.per == 100)?;
        self.text(claim, "points", &plain(&self.tongue.language.decimal(points, indicator.decimals.of(self.facts.period))))
    }

    fn period(&self, claim: &Claim, field: &str, period: PeriodIndex) -> Truth {
        let name = self.facts.specs.period(period).name.get(&self.tongue.language.code);
        let said = claim.text(field)?;
        holds(self.tongue.is_form(said, name), || format!("`{field}` is {name}, not {said}"))
    }

    /// The name of a period within a sentence.
    fn within(&self, claim: &Claim, period: PeriodIndex) -> Truth {
        self.text(claim, "within", &plain(self.facts.specs.period(period).within.get(&self.tongue.language.code)))
    }

    /// The region among some that a claim names, in any case.
    fn region(&self, claim: &Claim, among: &[RegionIndex]) -> Result<RegionIndex, String> {
        let said = claim.text("region")?;
        let found: Vec<RegionIndex> =
            among.iter().copied().filter(|region| self.tongue.forms[region.0].iter().any(|form| form == said)).collect();
        match found[..] {
            [region] => Ok(region),
            [] => Err(format!("none of the regions concerned is called “{said}”")),
            [_, _, ..] => Err(format!("several regions are called “{said}”")),
        }
    }

    fn indicator(&self, id: &str) -> Result<(IndicatorIndex, &'a Indicator), String> {
        let index = self.facts.find(id).ok_or_else(|| format!("there is no indicator {id}"))?;
        Ok((index, self.facts.indicator(index)))
    }

    /// The indicators of a list are exactly these.
    fn named(&self, list: &str, truth: &[IndicatorIndex]) -> Truth {
        let names = self.tongue.patterns.items("name", list)?;
        let mut said = Vec::new();
        for name in &names {
            let (index, indicator) = self.indicator(name.text("id")?)?;
            self.text(name, "short", &plain(indicator.short.get(&self.tongue.language.code)))?;
            said.push(index);
        }
        let ids = || truth.iter().map(|&index| self.facts.indicator(index).id.clone()).collect::<Vec<_>>();
        holds(said == truth, || format!("these are {}", ids().join(", ")))
    }

    /// Whether a claim of a phrase is true.
    pub fn check(&self, said: &Said, claim: &Claim) -> Truth {
        match said.phrase.as_str() {
            "summary_change" => self.summary_change(claim),
            "summary_targets" => self.summary_targets(claim),
            "summary_missing" => self.summary_missing(claim),
            "summary_caution" => self.summary_caution(claim),
            "highlights" => self.highlights(claim, &said.claims),
            "opening_data" => self.opening_data(claim),
            "digest_gap" => self.digest_gap(claim, &said.id, said.nth),
            "digest_regions" => self.digest_regions(claim),
            "plan_lead" => self.plan_lead(claim, &said.claims),
            "plan_places" => self.plan_places(claim, &said.id),
            "near_lead" => self.near_lead(claim),
            "action" => self.action(claim, &said.id, said.nth),
            "actions_none" => self.actions_none(claim),
            "ranges_notes" => self.ranges_notes(claim),
            "message" => self.message(claim, self.indicator(&said.id)?),
            "about_value" => self.about_value(claim, self.indicator(&said.id)?),
            "about_change" => self.about_change(claim, self.indicator(&said.id)?),
            "about_target" => self.about_target(claim, self.indicator(&said.id)?),
            "about_others" => self.about_others(claim, self.indicator(&said.id)?),
            "about_leaders" => self.about_leaders(claim, &said.claims, self.indicator(&said.id)?),
            _ => Err("nothing is known of this phrase".to_owned()),
        }
    }

    /// Whether what a phrase leaves unsaid is not so.
    pub fn left_unsaid(&self, said: &Said) -> Truth {
        let says = |kinds: &[&str]| said.claims.iter().any(|claim| kinds.contains(&claim.kind.as_str()));
        let all = self.facts.indicators();
        let any = |is_so: &dyn Fn(IndicatorIndex) -> bool| all.iter().any(|&(index, _)| is_so(index));
        let own = self.facts.find(&said.id);
        let forgotten = match said.phrase.as_str() {
            "summary_change" if !says(&["changed", "all_better", "all_worse"]) => {
                any(&|index| self.facts.improvement(index, self.region).is_some()).then_some("some have improved or worsened")
            }
            "summary_targets" if said.claims.is_empty() => {
                any(&|index| self.facts.gap(index, self.region).is_some()).then_some("some have a target")
            }
            "summary_missing" if said.claims.is_empty() => {
                any(&|index| self.facts.value(index, self.region).is_none()).then_some("some have no value")
            }
            "about_target" if said.claims.is_empty() => {
                own.and_then(|index| self.facts.gap(index, self.region)).map(|_| "there is a target")
            }
            "about_others" if !says(&["rank"]) => {
                own.and_then(|index| self.facts.rank(index, self.region)).map(|_| "there is a rank")
            }
            _ => None,
        };
        forgotten.map_or(Ok(()), |truth| Err(format!("nothing is said of it, and {truth}")))
    }
}
