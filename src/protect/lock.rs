//! What is withheld in each period, with its proof.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::earlier::Earlier;
use super::proof::{self, Leak};
use super::quantities::{EVERYBODY, Group, Quantities, What};
use super::secondary::{self, Proposal};
use super::system::{self, About, Count, Counted, Equation, Exposed, Prints, System};
use super::{Blocked, Inside};
use crate::compute::sums::Which;
use crate::compute::{Results, Slice};
use crate::dataset::Data;
use crate::diagnostic::{Diagnostic, FileName, Place, Rule, list, list_some};
use crate::period::PeriodIndex;
use crate::spec::{IndicatorIndex, Specs};
use crate::value::Amount;
use crate::worker::Recollection;

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
        Cost::of([self])
    }

    /// The least and the greatest value of a count that the proof shows; `None` for a count that need not be hidden.
    pub fn range(&self, count: Count) -> Option<(i64, i64)> {
        let value = self.system.counts[count].value;
        let (below, above) = self.proposal.witnesses.get(&(count, None))?.reach(count);
        Some((value - below, value + above))
    }

    /// The other counts of the equation with the fewest counts that are not published; none where everything else of all equations is.
    pub fn hides(&self, count: Count) -> Vec<Count> {
        let is_open = |other: Count| {
            let counted = &self.system.counts[other];
            (self.proposal.withheld[other] || !counted.is_printed()) && !counted.is_out
        };
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
    pub fn of<'a>(protected: impl IntoIterator<Item = &'a Protected>) -> Self {
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
    /// What is to be known about the protection before anything is published; an error where the proof fails.
    pub fn notices(&self, specs: &Specs) -> Vec<Diagnostic> {
        let mut notices = self.refusals(specs);
        notices.extend(self.whole(specs));
        notices.extend(self.published_before(specs));
        notices
    }

    /// The finding about indicators of which nothing is published.
    fn whole(&self, specs: &Specs) -> Option<Diagnostic> {
        let ids: Vec<&str> = self.shut.iter().map(|&index| &*specs.indicator(index).id).collect();
        let (nothing, period) = ("nothing is published of these indicators", &specs.period(self.period).id);
        let message = format!("{nothing} for {period}, since nothing less would be safe: {}", list(&ids));
        let notice = || {
            Diagnostic::new(Rule::WithheldWhole, programme(), message)
                .hint("publish them from a higher level on (`publish_from`), or leave out breakdowns or parts")
        };
        (!ids.is_empty()).then(notice)
    }

    /// The findings about small counts that readers have already, or know more of than the rule allows.
    fn published_before(&self, specs: &Specs) -> Vec<Diagnostic> {
        let exposed = &self.system.exposed;
        let in_equations = exposed.equations.iter().flat_map(|&equation| self.system.equations[equation].0.iter());
        let narrowed: BTreeSet<Count> = exposed.narrowed.iter().copied().chain(in_equations.map(|&(count, _)| count)).collect();
        let names = |is_meant: &dyn Fn(Count, &Counted) -> bool| -> Vec<String> {
            let counts = self.system.counts.iter().enumerate();
            let counts = counts.filter(|&(count, counted)| counted.is_small && is_meant(count, counted));
            counts.map(|(count, _)| self.name(specs, count)).collect()
        };
        let known = (names(&|_, counted| counted.is_out), "already published, or can be worked out from what is");
        let bounded = (
            names(&|count, counted| !counted.is_out && narrowed.contains(&count)),
            "narrowed down further than the rule allows by what is already published",
        );
        let finding = |(names, what): (Vec<String>, &str)| {
            let counts = match names.len() {
                0 => return None,
                1 => "1 count that the rule withholds is".to_owned(),
                more => format!("{more} counts that the rule withholds are"),
            };
            let place = Place::File(FileName::new("published"));
            let message = format!("{counts} {what}: {}", list_some(&names));
            let finding = Diagnostic::new(Rule::AlreadyPublished, place, message);
            Some(
                finding.hint("look whether that release may stay as it is; what is out is not called back by withholding it now"),
            )
        };
        [known, bounded].into_iter().filter_map(finding).collect()
    }

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
            let message =
                format!("a number that is withheld would follow from what is published: {}; {reason}", name(leak.count()));
            Diagnostic::new(Rule::Disclosure, programme(), message)
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
            What::Left(_, part) => format!("denominator less part {}", indicator.parts[part].id),
            What::Rest(_) => "denominator less parts".to_owned(),
            What::Common(..) => "a sum that several indicators share".to_owned(),
        };
        let group = self.system.quantities.groups.name(group).map(|name| format!(", {name}")).unwrap_or_default();
        let place = specs.hierarchy.region(region).code.as_str();
        let own = if own { " without the regions within it" } else { "" };
        format!("{} {part}{group}, {place}{own}, {}", indicator.id, specs.period(self.period).id)
    }
}

/// Where the rule stands.
fn programme() -> Place {
    Place::File(FileName::new("indicator-specs/programme.yaml"))
}

/// What is withheld in all periods. It depends on nothing but the data of each, and on what earlier releases told of it.
pub fn protect(inside: Inside<'_>) -> Vec<Protected> {
    let Inside { specs, data, results, blocked, released, recollection, .. } = inside;
    let periods: Vec<PeriodIndex> = specs.periods().filter(|&period| data.has(period)).collect();
    let of = |period: PeriodIndex| {
        let earlier = Earlier::new(specs, results, released, period);
        Lock { specs, data, results, blocked, recollection, period, earlier: &earlier }.protect()
    };
    periods.into_par_iter().map(of).collect()
}

/// What a period is protected from.
#[derive(Clone, Copy)]
struct Lock<'a> {
    specs: &'a Specs,
    data: &'a Data,
    results: &'a Results,
    blocked: &'a Blocked,
    recollection: Option<&'a Recollection>,
    period: PeriodIndex,
    earlier: &'a Earlier,
}

impl Lock<'_> {
    fn protect(self) -> Protected {
        let exposed = if self.earlier.is_empty() { Exposed::default() } else { self.exposed() };
        let mut shut = BTreeSet::new();
        loop {
            let system = self.system(&shut, &exposed);
            // A sum that is not that of its rows, such as where one side is left out since the other did not come, is beyond the equations.
            if !system.beyond.is_empty() {
                shut.extend(system.beyond);
                continue;
            }
            let (proposal, leaks) = self.propose(&system);
            // Where the search found no way, nothing of the indicator is published; where that is not enough, nothing of any that it could
            // follow from.
            let mut more: BTreeSet<IndicatorIndex> = leaks.iter().flat_map(|leak| concerned(&system, leak.count())).collect();
            if more.is_subset(&shut) && !leaks.is_empty() {
                more = system.quantities.all.iter().map(|quantity| quantity.what.indicator()).collect();
            }
            if more.is_subset(&shut) {
                return Protected { period: self.period, system, proposal, shut, leaks };
            }
            shut.extend(more);
        }
    }

    /// The system of the period.
    fn system(self, shut: &BTreeSet<IndicatorIndex>, exposed: &Exposed) -> System {
        let quantities = Quantities::new(self.specs, self.data, self.period);
        let pages = Pages { lock: self, shut, fields: fields(self.specs, &quantities) };
        System::new(self.specs, quantities, &pages, exposed)
    }

    /// What is withheld, and what is wrong with its proof.
    fn propose(self, system: &System) -> (Proposal, Vec<Leak>) {
        let (hierarchy, rule) = (&self.specs.hierarchy, &self.specs.programme.confidentiality);
        let costs: Vec<u64> =
            system.counts.iter().map(|counted| counted.places.iter().map(|place| cost(self.specs, place)).sum()).collect();
        let search = || secondary::propose(system, hierarchy, rule, &costs);
        // To search takes long; whatever is proposed, from wherever, is proven each time.
        let proposal = self.recollection.map_or_else(search, |recollection| {
            let ground = (system, hierarchy.parents(), rule, &costs);
            recollection.value(&ground, |known: &Proposal| known.fits(system), search)
        });
        let is_told = |(counted, withheld): (&Counted, &bool)| counted.is_out || counted.is_printed() && !withheld;
        let told: Vec<bool> = system.counts.iter().zip(&proposal.withheld).map(is_told).collect();
        let leaks = proof::check(system, (hierarchy, rule), &told, &proposal.witnesses);
        (proposal, leaks)
    }

    /// What earlier releases tell too much of: what would leak if nothing at all were published now. A count for which not even two values are
    /// found stays a leak: nothing is published unproven.
    fn exposed(self) -> Exposed {
        let mut exposed = Exposed::default();
        loop {
            let mut system = self.system(&BTreeSet::new(), &exposed);
            system.counts.iter_mut().filter(|counted| !counted.is_small).for_each(|counted| counted.places.clear());
            let (_, leaks) = self.propose(&system);
            let known = exposed.clone();
            for leak in leaks {
                match leak {
                    Leak::Union(_, equation) => {
                        exposed.equations.extend(system.equations.iter().position(|own| *own == equation));
                    }
                    other => _ = exposed.narrowed.insert(other.count()),
                }
            }
            if exposed == known {
                return exposed;
            }
        }
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
    lock: Lock<'a>,
    shut: &'a BTreeSet<IndicatorIndex>,
    fields: Vec<Vec<Option<usize>>>,
}

impl Prints for Pages<'_> {
    fn slice(&self, indicator: IndicatorIndex, group: Group, groups: &super::quantities::Groups) -> Option<usize> {
        if group == EVERYBODY {
            return Some(0);
        }
        let fields = &self.fields[indicator.0];
        self.lock.results.slices(indicator).iter().position(|slice| match *slice {
            Slice::Total => false,
            Slice::Category { breakdown, value } => fields[breakdown].is_some_and(|field| groups.at(field, value) == group),
        })
    }

    fn prints(&self, place: system::Place) -> bool {
        let system::Place { indicator, which, region, slice } = place;
        let Lock { specs, results, blocked, period, .. } = self.lock;
        let cell = results.slice(indicator, period, region, slice);
        let is_page = specs.hierarchy.region(region).exists_on(specs.period(period).date)
            && specs.is_published_at(indicator, region)
            && !blocked.holds(region, period)
            && !self.shut.contains(&indicator);
        is_page && cell.has_sums() && (slice == 0 || !matches!(which, Which::Part(_)))
    }

    fn is_printed_as(&self, place: system::Place, value: i64) -> bool {
        let cell = self.lock.results.slice(place.indicator, self.lock.period, place.region, place.slice);
        let printed = match place.which {
            Which::Numerator => cell.numerator(),
            Which::Denominator => cell.denominator(),
            Which::Part(part) => cell.part_sum(part),
        };
        printed == Amount::whole(value)
    }

    fn told_before(&self, place: system::Place, value: i64) -> bool {
        self.lock.earlier.tells(place, value)
    }

    fn kept_before(&self, place: system::Place) -> bool {
        self.lock.earlier.keeps(place)
    }
}

#[cfg(test)]
mod tests;
