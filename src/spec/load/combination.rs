//! Indicators that are put together from other ones: their terms are looked up, and an indicator comes after those that it is made of.

use std::collections::BTreeSet;

use super::{Known, Loader, natural};
use crate::diagnostic::{Rule, Span, list};
use crate::sources::TextFile;
use crate::spec::expression::Condition;
use crate::spec::format::{RawExample, RawIndicator, RawMeasure, RawTermOfIndicator, RawTermPeriod};
use crate::spec::{
    Combination, Decimals, Example, Expected, FieldIndex, FieldKind, Indicator, IndicatorIndex, Life, Measure, Method, Quantity,
    Term, TermPeriods,
};
use crate::value::{Missing, Ratio, Value};
use crate::yaml::{Parsed, Spanned};

/// An indicator with the place of its number.
pub type Placed = (Indicator, Span);

/// The most terms of a combination.
const MOST_TERMS: usize = 20;

/// Whether an indicator is made of other ones.
fn is_made(raw: &RawIndicator) -> bool {
    !raw.numerator.indicators.0.is_empty() || raw.denominator.as_ref().is_some_and(|below| !below.indicators.0.is_empty())
}

/// The numbers of the indicators that one is made of.
fn terms(raw: &RawIndicator) -> impl Iterator<Item = &Spanned<String>> {
    let sides = std::iter::once(&raw.numerator).chain(&raw.denominator);
    sides.flat_map(|side| side.indicators.0.iter().map(|term| &term.indicator))
}

impl Loader<'_> {
    /// All indicators, in the order of the reports.
    pub fn indicators(&mut self, raw: Vec<(&TextFile, Parsed<RawIndicator>)>, known: &Known<'_>) -> Vec<Indicator> {
        let ids: BTreeSet<String> = raw.iter().map(|(_, raw)| raw.value.id.value.clone()).collect();
        let (mut made, plain): (Vec<_>, Vec<_>) = raw.into_iter().partition(|(_, raw)| is_made(&raw.value));
        let mut placed: Vec<Placed> = Vec::new();
        for (file, raw) in plain {
            placed.extend(self.at(&file.name).indicator(raw, known));
        }
        // Those whose terms are all there, until there are no more.
        loop {
            let is_there = |id: &Spanned<String>| placed.iter().any(|(indicator, _)| indicator.id == id.value);
            let (ready, waiting): (Vec<_>, Vec<_>) = made.into_iter().partition(|(_, raw)| terms(&raw.value).all(is_there));
            made = waiting;
            if ready.is_empty() {
                break;
            }
            for (file, raw) in ready {
                let found = self.at(&file.name).combination(raw, &placed, known);
                placed.extend(found);
            }
        }
        self.never_there(&made, &placed, &ids);
        self.distinct_indicators(&placed);
        in_order(placed)
    }

    /// Why indicators were left: a term has an unknown name, or they are made of each other. Those that only need such ones are passed over.
    fn never_there(&mut self, left: &[(&TextFile, Parsed<RawIndicator>)], placed: &[Placed], ids: &BTreeSet<String>) {
        let own = |id: &str| left.iter().find(|(_, raw)| raw.value.id.value == id);
        for (file, raw) in left {
            let raw = &raw.value;
            for term in terms(raw).filter(|term| !ids.contains(&term.value)) {
                self.at(&file.name).unknown("indicator", term, ids.iter().map(String::as_str));
            }
            // The way from term to term that leads back.
            let mut way: Vec<&str> = vec![&raw.id.value];
            let mut back = None;
            while back.is_none() {
                let last = way.last().copied().unwrap_or_default();
                let next = own(last).and_then(|(_, raw)| {
                    terms(&raw.value)
                        .find(|term| own(&term.value).is_some() && !placed.iter().any(|(done, _)| done.id == term.value))
                });
                let Some(next) = next else { break };
                match way.iter().position(|id| *id == next.value) {
                    Some(at) => back = Some(at),
                    None => way.push(&next.value),
                }
            }
            if back == Some(0) {
                let message =
                    format!("the indicator `{}` is made of itself: {}", way[0], [&way[..], &way[..1]].concat().join(" → "));
                self.at(&file.name).report(Rule::InvalidSpecification, raw.id.span, message).hint =
                    Some("take one of these terms out: in the end all are computed from rows".into());
            }
        }
    }

    fn combination(&mut self, raw: Parsed<RawIndicator>, placed: &[Placed], known: &Known<'_>) -> Option<Placed> {
        let raw = raw.value;
        self.nothing_of_rows(&raw);
        let head = self.head(&raw, known);
        let faults = self.diagnostics.len();
        let above = self.terms(&raw.numerator, placed, known);
        let below = raw.denominator.as_ref().map_or_else(|| Some(Vec::new()), |side| self.terms(side, placed, known));
        let names = [Some(&raw.numerator), raw.denominator.as_ref()].map(|side| side.map(|side| self.text(&side.name)));
        let combination = Combination { above: above?, below: below? };
        let section = head.section?;
        let first = |wanted: &dyn Fn(&Term) -> bool| {
            combination.terms().find(|term| wanted(term)).map(|term| &placed[term.indicator.0].0)
        };
        // Groups are those of a term that takes part with all of its groups.
        let carrier = first(&|term| term.group.is_none()).or_else(|| first(&|_| true))?;
        let breakdowns = self.shared_breakdowns(&raw, &combination, placed, known);
        let of_terms = combination.terms().filter(|term| term.level.is_none());
        let lowest = of_terms.filter_map(|term| placed[term.indicator.0].0.publish_from).chain(head.publish_from).min();
        let lives = combination.terms().filter(|term| term.periods == TermPeriods::This);
        let life = lives.fold(head.life, |life, term| Life::and(life, placed[term.indicator.0].0.life));
        self.alive(&raw, life, &head.targets, known);
        // Where a term is counted in another way, so is what is made of it.
        let mut breaks = head.breaks;
        for (period, note) in combination.terms().flat_map(|term| &placed[term.indicator.0].0.breaks) {
            if breaks.iter().all(|(known, _)| known != period) {
                breaks.push((*period, note.clone()));
            }
        }
        breaks.sort_by_key(|(period, _)| *period);
        let is_sum = combination.below.is_empty();
        let usual = if is_sum { (carrier.per, carrier.decimals.clone()) } else { (100, Decimals::always(1)) };
        let (per, decimals) = self.scale_or(&raw, usual, known);
        let examples = raw.examples.0.iter().filter_map(|example| self.example_of_terms(example, &combination)).collect();
        let [above, below] = names;
        let spans = [Some(&raw.numerator), raw.denominator.as_ref()].map(|side| side.unwrap_or(&raw.numerator).name.span);
        let side = |name: Option<_>, span: Span| Measure {
            span,
            name: name.unwrap_or_else(|| carrier.numerator.name.clone()),
            filter: Condition::always(),
            quantity: Quantity::Rows,
            ..carrier.denominator.clone()
        };
        let indicator = Indicator {
            unit: head.unit.unwrap_or(carrier.unit),
            numerator: side(above, spans[0]),
            denominator: side(below, spans[1]),
            method: Method::Combination(combination),
            parts: Vec::new(),
            rest: None,
            may_exceed: true,
            life,
            publish_from: lowest,
            breaks,
            per,
            decimals,
            breakdowns,
            targets: head.targets,
            examples: if self.diagnostics.len() == faults { examples } else { Vec::new() },
            id: raw.id.value.clone(),
            section,
            name: head.name,
            short: head.short,
            note: head.note,
            action: head.action,
            responsible: head.responsible,
            direction: head.direction,
            file: self.file.clone(),
        };
        Some((indicator, raw.id.span))
    }

    /// Reports what only rows can have.
    fn nothing_of_rows(&mut self, raw: &RawIndicator) {
        let side = |side: &RawMeasure| {
            let keys = [
                ("count", side.count.as_ref().map(|raw| raw.span)),
                ("sum", side.sum.as_ref().map(|raw| raw.span)),
                ("where", side.filter.as_ref().map(|raw| raw.span())),
                ("population", side.population.as_ref().map(|raw| raw.span())),
                ("dataset", side.dataset.as_ref().map(|raw| raw.span)),
            ];
            keys.to_vec()
        };
        let own = [
            ("dataset", raw.dataset.as_ref().map(|raw| raw.span)),
            ("population", raw.population.as_ref().map(|raw| raw.span())),
            ("quantile", raw.quantile.as_ref().map(|raw| raw.span)),
            ("parts", raw.parts.0.first().map(|part| part.id.span)),
            ("rest", raw.rest.as_ref().map(|rest| rest.span)),
            ("may_exceed", Some(raw.may_exceed.span).filter(|_| raw.may_exceed.value)),
        ];
        let sides = std::iter::once(&raw.numerator).chain(&raw.denominator).flat_map(side);
        for (key, span) in own.into_iter().chain(sides) {
            if let Some(span) = span {
                let message =
                    format!("`{key}` has no meaning here: this indicator is made of other ones (`indicators`), not of rows");
                self.report(Rule::InvalidSpecification, span, message).hint =
                    Some(format!("take `{key}` out, or declare an indicator for these rows and name it in `indicators`").into());
            }
        }
        for side in std::iter::once(&raw.numerator).chain(&raw.denominator).filter(|side| side.indicators.0.is_empty()) {
            let message = "expected `indicators` on this side too, found none: rows and indicators cannot be mixed";
            self.report(Rule::InvalidSpecification, side.name.span, message).hint =
                Some("declare an indicator for these rows, and name it here".into());
        }
    }

    fn terms(&mut self, raw: &RawMeasure, placed: &[Placed], known: &Known<'_>) -> Option<Vec<Term>> {
        if let Some(first) = raw.indicators.0.get(MOST_TERMS) {
            let message = format!("expected at most {MOST_TERMS} indicators, found {}", raw.indicators.0.len());
            self.report(Rule::InvalidSpecification, first.indicator.span, message);
            return None;
        }
        let terms: Vec<Option<Term>> = raw.indicators.0.iter().map(|term| self.value_of(term, placed, known)).collect();
        let terms: Option<Vec<Term>> = terms.into_iter().collect();
        terms.filter(|terms| !terms.is_empty())
    }

    fn value_of(&mut self, raw: &RawTermOfIndicator, placed: &[Placed], known: &Known<'_>) -> Option<Term> {
        let at = placed.iter().position(|(indicator, _)| indicator.id == raw.indicator.value)?;
        let indicator = &placed[at].0;
        let weight = raw.weight.as_ref().map_or(Some(Ratio::whole(1)), |weight| self.decimal(weight));
        if let Some(zero) = raw.weight.as_ref().filter(|_| weight == Some(Ratio::whole(0))) {
            self.report(Rule::InvalidSpecification, zero.span, "a value with the weight 0 adds nothing; take it out");
        }
        let group = match self.group(&raw.group.0, indicator, known) {
            Ok(group) => group,
            Err(()) => return None,
        };
        let level = match &raw.level {
            Some(level) => Some(self.level(level, known.frame)?),
            None => None,
        };
        let periods = match raw.period.as_ref().map(|period| period.value) {
            None => TermPeriods::This,
            Some(RawTermPeriod::Compared) => TermPeriods::Compared,
            Some(RawTermPeriod::ToDate) => TermPeriods::ToDate,
            Some(RawTermPeriod::SinceLast) => TermPeriods::SinceLast,
        };
        if let Some(span) = raw.period.as_ref().map(|period| period.span) {
            self.adds_up(span, periods, indicator, known);
        }
        Some(Term { indicator: IndicatorIndex(at), weight: weight?, group, level, periods })
    }

    /// Only totals can be added up over periods, and only where periods say from which one on.
    fn adds_up(&mut self, span: Span, periods: TermPeriods, indicator: &Indicator, known: &Known<'_>) {
        if !matches!(periods, TermPeriods::ToDate | TermPeriods::SinceLast) {
            return;
        }
        if !indicator.is_total() {
            let message =
                format!("only a total adds up over periods, and `{}` is none: a sum of shares is no share", indicator.id);
            self.report(Rule::InvalidSpecification, span, message).hint =
                Some("declare the numerator and the denominator as totals, add up each of them, and divide".into());
        }
        if known.frame.whole && known.frame.programme.periods.iter().all(|period| period.cumulated_from.is_none()) {
            let message = "no period says from which one on totals are added up to it";
            self.report(Rule::InvalidSpecification, span, message).hint =
                Some("write `cumulated_from: …` into the periods of `programme.yaml`".into());
        }
    }

    /// A group of an indicator, by its field and its value; the whole population where nothing is named.
    pub fn group(
        &mut self,
        raw: &[(Spanned<String>, Spanned<String>)],
        indicator: &Indicator,
        known: &Known<'_>,
    ) -> Result<Option<(usize, u16)>, ()> {
        match raw {
            [] => Ok(None),
            [(field, value)] => self.group_named(indicator, (field, value), known).map(Some).ok_or(()),
            [_, (second, _), ..] => {
                let message = format!("expected one field with one value, found `{}` too", second.value);
                self.report(Rule::InvalidSpecification, second.span, message);
                Err(())
            }
        }
    }

    /// The position of a breakdown of an indicator and of one of its values.
    pub fn group_named(
        &mut self,
        indicator: &Indicator,
        (field, value): (&Spanned<String>, &Spanned<String>),
        known: &Known<'_>,
    ) -> Option<(usize, u16)> {
        let dataset = &known.datasets[indicator.denominator.dataset.0];
        let fields = || indicator.breakdowns.iter().map(|&field| dataset.field(field));
        let Some(breakdown) = fields().position(|own| *own.id == *field.value) else {
            let message = format!("the indicator `{}` is not broken down by `{}`", indicator.id, field.value);
            let ids: Vec<&str> = fields().map(|own| &*own.id).collect();
            let hint = (!ids.is_empty()).then(|| format!("it is broken down by {}", list(&ids)));
            self.report(Rule::UnknownName, field.span, message).hint = hint.map(Into::into);
            return None;
        };
        let FieldKind::Category(values) = &dataset.field(indicator.breakdowns[breakdown]).kind else {
            unreachable!("a breakdown is a category")
        };
        let Some(found) = values.iter().position(|own| own.id == value.value) else {
            self.unknown("value", value, values.iter().map(|own| own.id.as_str()));
            return None;
        };
        if values[found].is_total {
            let message = format!("`{}` stands for all groups together, and is none", value.value);
            self.report(Rule::InvalidSpecification, value.span, message).hint =
                Some("leave the group out: the number of the whole is meant".into());
            return None;
        }
        Some((breakdown, u16::try_from(found).expect("a category has few values")))
    }

    /// The breakdowns that all terms have which take part with their groups.
    fn shared_breakdowns(
        &mut self,
        raw: &RawIndicator,
        combination: &Combination,
        placed: &[Placed],
        known: &Known<'_>,
    ) -> Vec<FieldIndex> {
        self.distinct("the breakdown", &raw.breakdowns.0);
        let terms: Vec<&Indicator> =
            combination.terms().filter(|term| term.group.is_none()).map(|term| &placed[term.indicator.0].0).collect();
        let mut found = Vec::new();
        for name in &raw.breakdowns.0 {
            let dataset = |indicator: &Indicator| &known.datasets[indicator.denominator.dataset.0];
            let field = |indicator: &Indicator| {
                indicator.breakdowns.iter().copied().find(|&field| *dataset(indicator).field(field).id == *name.value)
            };
            let lacking = terms.iter().find(|indicator| match (field(indicator), field(terms[0])) {
                (Some(_), Some(first)) => !dataset(terms[0]).shares_groups(first, dataset(indicator)),
                (None, _) | (_, None) => true,
            });
            match (terms.first().and_then(|first| field(first)), lacking) {
                (Some(first), None) => found.push(first),
                (_, Some(lacking)) => {
                    let message =
                        format!("`{}` has no groups by `{}`, or other ones than `{}`", lacking.id, name.value, terms[0].id);
                    self.report(Rule::InvalidSpecification, name.span, message).hint =
                        Some("break all of its terms down by the same field, or take the breakdown out".into());
                }
                (None, None) => {
                    let message = format!("no term has groups by `{}`: each of them is one group already", name.value);
                    self.report(Rule::InvalidSpecification, name.span, message);
                }
            }
        }
        found
    }

    fn example_of_terms(&mut self, raw: &RawExample, combination: &Combination) -> Option<Example> {
        let terms = combination.terms().count();
        if let Some((name, _)) = raw.also.0.first() {
            self.report(
                Rule::InvalidSpecification,
                name.span,
                "expected `values`, one for each term: this indicator has no rows",
            );
            return None;
        }
        if raw.values.0.len() != terms {
            let message = format!("expected {terms} `values`, one for each term in their order, found {}", raw.values.0.len());
            self.report(Rule::InvalidSpecification, raw.expect.span, message).hint =
                Some("write such as `values: [3/4, 0.5]`, or a reason such as `not-reported`".into());
            return None;
        }
        let mut values = Vec::new();
        for value in raw.values.0.iter().chain([&raw.expect]) {
            values.push(self.value_named(value)?);
        }
        let expect = values.pop().expect("the expected value is the last one");
        Some(Example { given: Vec::new(), expect: expect.map(Expected::Value), values, parts: Vec::new(), span: raw.expect.span })
    }

    /// A value as examples have it: `3/4`, `0.75`, or the reason for none.
    fn value_named(&mut self, raw: &Spanned<String>) -> Option<Value> {
        if let Some(missing) = Missing::COMPUTED.into_iter().find(|missing| missing.name() == raw.value) {
            return Some(Err(missing));
        }
        let ratio = match raw.value.split_once('/') {
            Some((numerator, denominator)) => {
                let whole = |text: &str| text.trim().parse::<i64>().ok();
                whole(numerator).zip(whole(denominator)).and_then(|(above, below)| Ratio::new(above.into(), below.into()))
            }
            None => Ratio::parse(&raw.value),
        };
        if ratio.is_none() {
            let message = format!("expected a value such as `3/4` or `0.75`, or a reason for none, found `{}`", raw.value);
            self.report(Rule::InvalidSpecification, raw.span, message).hint =
                Some(format!("reasons are {}", list(&Missing::COMPUTED.map(Missing::name))).into());
        }
        ratio.map(Ok)
    }
}

/// The indicators by section and number; the terms of combinations follow.
fn in_order(placed: Vec<Placed>) -> Vec<Indicator> {
    let mut order: Vec<usize> = (0..placed.len()).collect();
    order.sort_by_key(|&at| (placed[at].0.section, natural(&placed[at].0.id)));
    let mut position = vec![0; placed.len()];
    order.iter().enumerate().for_each(|(to, &from)| position[from] = to);
    let mut indicators: Vec<Indicator> = placed.into_iter().map(|(indicator, _)| indicator).collect();
    for indicator in &mut indicators {
        if let Method::Combination(Combination { above, below }) = &mut indicator.method {
            above.iter_mut().chain(below).for_each(|term| term.indicator = IndicatorIndex(position[term.indicator.0]));
        }
    }
    let mut places: Vec<(usize, Indicator)> = position.into_iter().zip(indicators).collect();
    places.sort_by_key(|(place, _)| *place);
    places.into_iter().map(|(_, indicator)| indicator).collect()
}
