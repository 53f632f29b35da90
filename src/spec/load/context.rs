//! `context`, `similar` and `tables` of `programme.yaml`, which name indicators and are resolved behind them.

use super::{Known, Loader};
use crate::diagnostic::{Rule, list};
use crate::spec::context::{Context, Crossing, Similar};
use crate::spec::format::{RawContext, RawSimilar, RawTable};
use crate::spec::{Indicator, IndicatorIndex};
use crate::yaml::List;

/// How many similar regions are shown when nothing is written.
const SIMILAR: u32 = 5;

/// The indicators that may be named.
#[derive(Clone, Copy)]
pub struct Named<'a> {
    /// Those that could be read.
    pub indicators: &'a [Indicator],
    /// Whether all could be read: only then is a missing name a fault.
    pub whole: bool,
}

impl Loader<'_> {
    /// The measures of what a region is.
    pub fn context(&mut self, raw: &List<RawContext>, named: Named<'_>, known: &Known<'_>) -> Vec<Context> {
        self.distinct("the measure", raw.0.iter().map(|measure| &measure.id));
        raw.0.iter().filter_map(|measure| self.measure_of(measure, named, known)).collect()
    }

    fn measure_of(&mut self, raw: &RawContext, named: Named<'_>, known: &Known<'_>) -> Option<Context> {
        let name = self.text(&raw.name);
        let id = &raw.denominator;
        let Some(position) = named.indicators.iter().position(|indicator| indicator.id == id.value) else {
            if named.whole {
                self.unknown("indicator", id, named.indicators.iter().map(|indicator| indicator.id.as_str()));
            }
            return None;
        };
        if !named.indicators[position].is_ratio() {
            let message = format!("the indicator `{}` has no denominator", id.value);
            self.report(Rule::InvalidSpecification, id.span, message);
            return None;
        }
        let share = match raw.share.0.as_slice() {
            [] => None,
            [(field, value)] => {
                let indicator = &named.indicators[position];
                let dataset = &known.datasets[indicator.denominator.dataset.0];
                if dataset.group_totals.iter().any(|(own, _)| *dataset.field(*own).id == *field.value) {
                    let message = format!(
                        "the groups of `{}` come in rows beside their total, and may come for other regions",
                        field.value
                    );
                    self.report(Rule::InvalidSpecification, field.span, message).hint =
                        Some("a share of the whole is known where groups add up to it".into());
                    return None;
                }
                Some(self.group_named(indicator, (field, value), known)?)
            }
            [_, (second, _), ..] => {
                let message = format!("expected one field with one value, found `{}` too", second.value);
                self.report(Rule::InvalidSpecification, second.span, message);
                return None;
            }
        };
        Some(Context { id: raw.id.value.clone(), name, indicator: IndicatorIndex(position), share })
    }

    /// Which regions are similar; `whole`: whether all measures could be read.
    pub fn similar(&mut self, raw: &RawSimilar, context: &[Context], whole: bool) -> Option<Similar> {
        self.distinct("the measure", &raw.by.0);
        let mut by = Vec::new();
        for name in &raw.by.0 {
            match context.iter().position(|measure| measure.id == name.value) {
                Some(position) => by.push(position),
                None if whole => self.unknown("measure", name, context.iter().map(|measure| measure.id.as_str())),
                None => {}
            }
        }
        let most = raw.most.as_ref().map_or(SIMILAR, |most| most.value);
        if let Some(most) = raw.most.as_ref().filter(|most| !(1..=20).contains(&most.value)) {
            let message = format!("expected a number from 1 to 20, found `{}`", most.value);
            self.report(Rule::InvalidSpecification, most.span, message);
        }
        (!by.is_empty()).then_some(Similar { by, most: most.clamp(1, 20) as usize })
    }

    /// Tables of regions by groups.
    pub fn crossings(&mut self, raw: &List<RawTable>, named: Named<'_>, known: &Known<'_>) -> Vec<Crossing> {
        raw.0.iter().filter_map(|table| self.crossing(table, named, known)).collect()
    }

    fn crossing(&mut self, raw: &RawTable, named: Named<'_>, known: &Known<'_>) -> Option<Crossing> {
        let level = self.level(&raw.level, known.frame);
        let by = |(position, indicator): (usize, &Indicator)| {
            let dataset = &known.datasets[indicator.denominator.dataset.0];
            let field = indicator.breakdowns.iter().find(|&&field| *dataset.field(field).id == *raw.by.value)?;
            Some((IndicatorIndex(position), *field))
        };
        let indicators: Vec<_> = named.indicators.iter().enumerate().filter_map(by).collect();
        if indicators.is_empty() && named.whole {
            let message = format!("no indicator is broken down by `{}`: the table would be empty", raw.by.value);
            let mut ids: Vec<&str> = Vec::new();
            for indicator in named.indicators {
                let dataset = &known.datasets[indicator.denominator.dataset.0];
                ids.extend(indicator.breakdowns.iter().map(|&field| &*dataset.field(field).id));
            }
            ids.sort_unstable();
            ids.dedup();
            self.report(Rule::InvalidSpecification, raw.by.span, message).hint =
                (!ids.is_empty()).then(|| format!("name one of {}", list(&ids)).into());
        }
        Some(Crossing { level: level?, indicators }).filter(|crossing| !crossing.indicators.is_empty())
    }
}
