//! What is withheld in each period, with its proof.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::Blocked;
use super::proof::{self, Leak};
use super::quantities::{EVERYBODY, Group, Quantities, What};
use super::secondary::{self, Proposal};
use super::system::{self, About, Count, Equation, Prints, System};
use crate::compute::sums::Which;
use crate::compute::{Results, Slice};
use crate::dataset::Data;
use crate::diagnostic::{Diagnostic, FileName, Place, Rule};
use crate::period::PeriodIndex;
use crate::spec::{IndicatorIndex, Specs};

/// What is withheld in a period, and why it is safe.
pub struct Protected {
    /// The period.
    pub period: PeriodIndex,
    /// All counts of persons, with the equations between them.
    pub system: System,
    /// What is withheld, and the proof.
    pub proposal: Proposal,
    /// The indicators of which nothing is published, since nothing less was safe.
    pub shut: BTreeSet<IndicatorIndex>,
    /// What is wrong with the proof; nothing may be published then.
    pub leaks: Vec<Leak>,
}

impl Protected {
    /// Where numbers are withheld.
    pub fn places(&self) -> impl Iterator<Item = system::Place> {
        let counts = self.system.counts.iter().zip(&self.proposal.withheld).filter(|(_, withheld)| **withheld);
        counts.flat_map(|(counted, _)| counted.places.iter().copied())
    }

    /// What withholding costs readers in this period.
    pub fn cost(&self) -> Cost {
        Cost::of(std::slice::from_ref(self))
    }

    /// The least and the greatest value of a count that the proof shows; `None` for a count that need not be hidden.
    pub fn range(&self, count: Count) -> Option<(i64, i64)> {
        let value = self.system.counts[count].value;
        let (below, above) = self.proposal.witnesses.get(&(count, None))?.reach(count);
        Some((value - below, value + above))
    }

    /// The other counts of the equation with the fewest counts that are not published; none where everything else of all equations is.
    pub fn hides(&self, count: Count) -> Vec<Count> {
        let is_open = |other: Count| self.proposal.withheld[other] || !self.system.counts[other].is_printed();
        let others = |&equation: &usize| -> Vec<Count> {
            let counts = self.system.equations[equation].0.iter().map(|&(other, _)| other);
            counts.filter(|&other| other != count && is_open(other)).collect()
        };
        let equations = self.system.of[count].iter().map(others).filter(|others| !others.is_empty());
        equations.min_by_key(|others| others.len()).unwrap_or_default()
    }
}

/// What withholding costs readers, over all periods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// How many counts of persons would be printed if nothing were withheld; one over the same persons counts once.
    pub counts: usize,
    /// How many of these are withheld for their own sake.
    pub small: usize,
    /// How many are withheld for the sake of others.
    pub others: usize,
}

impl Cost {
    /// What it costs in some periods together.
    pub fn of(protected: &[Protected]) -> Self {
        let mut cost = Self::default();
        for Protected { system, proposal, .. } in protected {
            for (counted, withheld) in system.counts.iter().zip(&proposal.withheld).filter(|(counted, _)| counted.is_printed()) {
                cost.add(counted.is_small, *withheld);
            }
        }
        cost
    }

    /// Adds a count that would be printed if nothing were withheld.
    pub fn add(&mut self, is_small: bool, is_withheld: bool) {
        self.counts += 1;
        self.small += usize::from(is_withheld && is_small);
        self.others += usize::from(is_withheld && !is_small);
    }
}

impl Protected {
    /// What is wrong with the proof, as findings: which count is told too much of, and by which equation.
    pub fn refusals(&self, specs: &Specs) -> Vec<Diagnostic> {
        let name = |count: Count| self.name(specs, count);
        let refusal = |leak: &Leak| {
            let reason = match leak {
                Leak::Broken(_, equation) | Leak::Union(_, equation) => self.words(specs, equation),
                Leak::Told(_, other) => format!("{} is published", name(*other)),
                Leak::Negative(_, other) => format!("{} cannot be less than nobody", name(*other)),
                Leak::Alone(_, single) => format!("somebody knows it who is alone in {}", name(*single)),
                Leak::Unproven(_) => "no other value was found for it".to_owned(),
                Leak::Narrow(_) => "its possible values are not far enough apart".to_owned(),
                Leak::Small(_) => "it is published itself".to_owned(),
            };
            let place = Place::File(FileName::new("indicator-specs/programme.yaml"));
            let message =
                format!("a number that is withheld would follow from what is published: {}; {reason}", name(leak.count()));
            Diagnostic::new(Rule::Disclosure, place, message)
                .hint("publish the indicator from a higher level on (`publish_from`), or leave out a breakdown")
        };
        self.leaks.iter().map(refusal).collect()
    }

    /// An equation in words.
    fn words(&self, specs: &Specs, equation: &Equation) -> String {
        let term = |&(count, factor): &(Count, i64)| {
            let sign = if factor < 0 { "-" } else { "+" };
            let times = if factor.abs() == 1 { String::new() } else { format!("{} x ", factor.abs()) };
            format!("{sign} {times}({})", self.name(specs, count))
        };
        format!("{} = 0", equation.0.iter().map(term).collect::<Vec<_>>().join(" "))
    }

    /// A count by its indicator, its part, its group and its region: `5.1 numerator, private, 100000000`.
    pub fn name(&self, specs: &Specs, count: Count) -> String {
        let About { what, group, region, own } = self.system.counts[count].about;
        let indicator = specs.indicator(what.indicator());
        let part = match what {
            What::Sum(_, Which::Numerator) => "numerator".to_owned(),
            What::Sum(_, Which::Denominator) => "denominator".to_owned(),
            What::Sum(_, Which::Part(part)) => format!("part {}", indicator.parts[part].id),
            What::Remainder(_) => "denominator less numerator".to_owned(),
            What::Rest(_) => "denominator less parts".to_owned(),
            What::Common(..) => "a sum that several indicators share".to_owned(),
        };
        let group = self.system.quantities.groups.name(group).map(|name| format!(", {name}")).unwrap_or_default();
        let place = specs.hierarchy.region(region).code.as_str();
        let own = if own { " without the regions within it" } else { "" };
        format!("{} {part}{group}, {place}{own}, {}", indicator.id, specs.period(self.period).id)
    }
}

/// What is withheld in all periods. It depends on nothing but the data of each.
pub fn protect(specs: &Specs, data: &Data, results: &Results, blocked: &Blocked) -> Vec<Protected> {
    let periods: Vec<PeriodIndex> = specs.periods().filter(|&period| data.has(period)).collect();
    periods.into_par_iter().map(|period| protect_period(specs, data, (results, blocked), period)).collect()
}

fn protect_period(specs: &Specs, data: &Data, (results, blocked): (&Results, &Blocked), period: PeriodIndex) -> Protected {
    let mut shut = BTreeSet::new();
    loop {
        let quantities = Quantities::new(specs, data, period);
        let pages = Pages { specs, results, blocked, period, shut: &shut, fields: fields(specs, &quantities) };
        let system = System::new(specs, quantities, &pages);
        // A sum that is not that of its rows, such as where one side is left out since the other did not come, is beyond the equations.
        let beyond: BTreeSet<IndicatorIndex> = pages.beyond(&system).collect();
        if !beyond.is_empty() {
            shut.extend(beyond);
            continue;
        }
        let costs = system.counts.iter().map(|counted| counted.places.iter().map(|place| cost(specs, place)).sum()).collect();
        let rule = &specs.programme.confidentiality;
        let proposal = secondary::propose(&system, &specs.hierarchy, rule, costs);
        let told: Vec<bool> =
            system.counts.iter().zip(&proposal.withheld).map(|(counted, withheld)| counted.is_printed() && !withheld).collect();
        let leaks = proof::check(&system, (&specs.hierarchy, rule), &told, &proposal.witnesses);
        if leaks.is_empty() {
            return Protected { period, system, proposal, shut, leaks };
        }
        // Where the search found no way, nothing of the indicator is published; where that is not enough, nothing of any that it could follow
        // from.
        let mut more: BTreeSet<IndicatorIndex> = leaks.iter().flat_map(|leak| concerned(&system, leak.count())).collect();
        if more.is_subset(&shut) {
            more = system.quantities.all.iter().map(|quantity| quantity.what.indicator()).collect();
        }
        if more.is_subset(&shut) {
            return Protected { period, system, proposal, shut, leaks };
        }
        shut.extend(more);
    }
}

/// The indicators that a count belongs to.
fn concerned(system: &System, count: Count) -> Vec<IndicatorIndex> {
    let counted = &system.counts[count];
    counted.places.iter().map(|place| place.indicator).chain([counted.about.what.indicator()]).collect()
}

/// For each indicator, the position of each of its breakdowns among the fields of groups.
fn fields(specs: &Specs, quantities: &Quantities) -> Vec<Vec<Option<usize>>> {
    let of = |indicator: &crate::spec::Indicator| {
        let dataset = specs.dataset(indicator.denominator.dataset);
        indicator.breakdowns.iter().map(|&field| quantities.groups.position(dataset, field)).collect()
    };
    specs.indicators.iter().map(of).collect()
}

/// What withholding a number costs readers: the whole is read most, and the more regions a number is about, the more it is read.
fn cost(specs: &Specs, place: &system::Place) -> u64 {
    let levels = specs.programme.levels.len();
    let height = levels - 1 - specs.hierarchy.region(place.region).level.0;
    let own = match place.which {
        _ if place.slice > 0 => 10,
        Which::Part(_) => 10,
        Which::Numerator => 12,
        Which::Denominator => 14,
    };
    own * 3_u64.saturating_pow(height as u32)
}

/// What the pages of a release print.
struct Pages<'a> {
    specs: &'a Specs,
    results: &'a Results,
    blocked: &'a Blocked,
    period: PeriodIndex,
    shut: &'a BTreeSet<IndicatorIndex>,
    fields: Vec<Vec<Option<usize>>>,
}

impl Pages<'_> {
    /// The indicators that print another sum than the system has.
    fn beyond(&self, system: &System) -> impl Iterator<Item = IndicatorIndex> {
        let is_other = |place: &system::Place, value: i64| {
            let cell = self.results.slice(place.indicator, self.period, place.region, place.slice);
            let printed = match place.which {
                Which::Numerator => cell.numerator(),
                Which::Denominator => cell.denominator(),
                Which::Part(part) => cell.parts()[part],
            };
            printed != value
        };
        let places = system.counts.iter().flat_map(|counted| counted.places.iter().map(|place| (place, counted.value)));
        places.filter(move |(place, value)| is_other(place, *value)).map(|(place, _)| place.indicator)
    }
}

impl Prints for Pages<'_> {
    fn slice(&self, indicator: IndicatorIndex, group: Group, groups: &super::quantities::Groups) -> Option<usize> {
        if group == EVERYBODY {
            return Some(0);
        }
        let fields = &self.fields[indicator.0];
        self.results.slices(indicator).iter().position(|slice| match *slice {
            Slice::Total => false,
            Slice::Category { breakdown, value } => fields[breakdown].is_some_and(|field| groups.at(field, value) == group),
        })
    }

    fn prints(&self, place: system::Place) -> bool {
        let system::Place { indicator, which, region, slice } = place;
        let day = self.specs.period(self.period).date;
        let cell = self.results.slice(indicator, self.period, region, slice);
        let is_page = self.specs.hierarchy.region(region).exists_on(day)
            && self.specs.is_published_at(indicator, region)
            && !self.blocked.holds(region, self.period)
            && !self.shut.contains(&indicator);
        is_page && cell.has_sums() && (slice == 0 || !matches!(which, Which::Part(_)))
    }
}

#[cfg(test)]
mod tests;
