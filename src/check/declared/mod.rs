//! Checks that the project declares: each kind in a file of its own. Here is what they share: the rows looked at, and the wording of a finding.

mod agreement;
mod allowed;
mod check_digit;
mod heaping;
mod implication;
mod jump;
mod near_duplicates;
mod outlier;
mod published_series;
mod range;
mod required;
mod silent_units;
mod sum;
mod unchanged;
mod unregistered_units;
mod within;

use std::collections::HashMap;

use rayon::prelude::*;

use super::Subject;
use crate::compute::evaluate::{self, RowView};
use crate::dataset::Table;
use crate::diagnostic::{Concern, Diagnostic, Place, Rule, Wording};
use crate::language::{LanguageCode, Localized, fill};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::checks::{Check, CheckSubject, FigureCheck, RowCheck};
use crate::spec::expression::{Condition, Sum};
use crate::spec::{Category, Dataset, DatasetIndex, FieldIndex, Indicator, Specs};
use crate::value::{Amount, Ratio};

/// Runs every declared check over every period.
pub fn check(subject: Subject<'_>) -> Vec<Diagnostic> {
    let specs = subject.specs;
    let run = |check: &Check| {
        let mut found = Vec::new();
        match &check.subject {
            CheckSubject::Figures(FigureCheck::PublishedSeries(series)) => {
                published_series::check(subject, check, series, &mut found);
            }
            CheckSubject::Figures(FigureCheck::Agreement(pair)) => agreement::check(subject, check, pair, &mut found),
            CheckSubject::Rows { dataset, filter, kind } => {
                let first = check.since.map_or(0, |since| since.0);
                let lives = |period: &PeriodIndex| specs.dataset(*dataset).life.holds(*period);
                for period in (first..specs.programme.periods.len()).map(PeriodIndex).filter(lives) {
                    let table = subject.data.table(period, *dataset);
                    let declared = specs.dataset(*dataset);
                    let scene = Scene { subject, check, index: *dataset, dataset: declared, filter, period, table };
                    run(&scene, kind, &mut found);
                }
            }
        }
        found
    };
    specs.checks.par_iter().flat_map_iter(run).collect()
}

fn run(scene: &Scene<'_>, kind: &RowCheck, found: &mut Vec<Diagnostic>) {
    match kind {
        RowCheck::Required(check) => required::check(scene, check, found),
        RowCheck::Range(check) => range::check(scene, check, found),
        RowCheck::Allowed(check) => allowed::check(scene, check, found),
        RowCheck::Sum(check) => sum::check(scene, check, found),
        RowCheck::Within(check) => within::check(scene, check, found),
        RowCheck::Implication(check) => implication::check(scene, check, found),
        RowCheck::CheckDigit(check) => check_digit::check(scene, check, found),
        RowCheck::SilentUnits(check) => silent_units::check(scene, check, found),
        RowCheck::UnregisteredUnits(check) => unregistered_units::check(scene, check, found),
        RowCheck::NearDuplicates(check) => near_duplicates::check(scene, check, found),
        RowCheck::Unchanged(check) => unchanged::check(scene, check, found),
        RowCheck::Jump(check) => jump::check(scene, check, found),
        RowCheck::Outlier(check) => outlier::check(scene, check, found),
        RowCheck::Heaping(check) => heaping::check(scene, check, found),
    }
}

/// What a placeholder stands for.
#[derive(Clone)]
pub enum Fact {
    /// The same in every language.
    Plain(String),
    /// In the words of each language.
    Worded(Localized),
}

/// Placeholders and what they stand for.
pub type Facts = Vec<(&'static str, Fact)>;

/// A text that is the same in every language, as a fact.
pub fn plain(name: &'static str, value: impl ToString) -> (&'static str, Fact) {
    (name, Fact::Plain(value.to_string()))
}

/// Writes a number with so many decimals in the signs of a language.
pub type Write<'a> = &'a dyn Fn(Ratio, u32) -> String;

/// Words with numbers, which each language writes with its own signs.
fn numbers(subject: Subject<'_>, words: impl Fn(Write<'_>) -> String) -> Fact {
    let of = |code: &LanguageCode| match subject.languages.get(code) {
        Some(language) => words(&|ratio, decimals| language.decimal(ratio, decimals)),
        None => words(&|ratio, decimals| ratio.decimal(decimals)),
    };
    Fact::Worded(Localized::new(subject.specs.programme.languages.iter().map(|code| (code.clone(), of(code)))))
}

/// A number with so many decimals as a fact.
fn decimal(subject: Subject<'_>, name: &'static str, (ratio, decimals): (Ratio, u32)) -> (&'static str, Fact) {
    (name, numbers(subject, |write| write(ratio, decimals)))
}

/// The rows of a dataset in a period, under one check.
pub struct Scene<'a> {
    subject: Subject<'a>,
    check: &'a Check,
    index: DatasetIndex,
    dataset: &'a Dataset,
    filter: &'a Condition,
    period: PeriodIndex,
    table: &'a Table,
}

impl<'a> Scene<'a> {
    fn specs(&self) -> &'a Specs {
        self.subject.specs
    }

    fn view(&self, row: usize) -> RowView<'a> {
        RowView::new(self.table, row)
    }

    /// The rows for which the check's condition holds.
    fn rows(&self) -> impl Iterator<Item = usize> + use<'_, 'a> {
        (0..self.table.len()).filter(|&row| self.holds(row))
    }

    fn holds(&self, row: usize) -> bool {
        evaluate::condition(self.filter, &self.view(row)) == Ok(true)
    }

    /// Whether a cell holds something of no use.
    fn is_useless(&self, field: FieldIndex, row: usize) -> bool {
        !self.subject.useless.is_empty() && self.subject.useless.contains(&self.table.place(row).cell(field))
    }

    /// The table of the period before, and where each unit stands in it; `None` when nothing was reported then.
    fn before(&self) -> Option<(&'a Table, HashMap<Vec<String>, usize>)> {
        let table = self.subject.data.table(self.specs().compared(self.period)?, self.index);
        let rows = (0..table.len()).map(|row| (table.key(self.specs(), self.dataset, row), row)).collect();
        (!table.is_empty()).then_some((table, rows))
    }

    /// The name of the period before, as a fact.
    fn period_before(&self) -> (&'static str, Fact) {
        let before = self.specs().compared(self.period).unwrap_or(self.period);
        ("before", Fact::Worded(self.specs().period(before).name.clone()))
    }

    /// A field's name, as a fact.
    fn field(&self, name: &'static str, field: FieldIndex) -> (&'static str, Fact) {
        (name, Fact::Worded(self.dataset.field(field).name.clone()))
    }

    /// The names of a sum's fields with the signs between them, as a fact.
    fn sum(&self, name: &'static str, sum: &Sum) -> (&'static str, Fact) {
        let words = |language: &LanguageCode| {
            sum.words(|field| self.dataset.field(field).name.get(language), |number| number.to_string())
        };
        (name, Fact::Worded(self.in_every_language(words)))
    }

    /// A sum of a row, as a fact.
    fn amount(&self, name: &'static str, amount: Amount) -> (&'static str, Fact) {
        decimal(self.subject, name, (amount.ratio(), amount.places))
    }

    /// How many there are of something, as a fact.
    fn count(&self, name: &'static str, count: usize) -> (&'static str, Fact) {
        decimal(self.subject, name, (Ratio::whole(count as i64), 0))
    }

    fn in_every_language(&self, words: impl Fn(&LanguageCode) -> String) -> Localized {
        Localized::new(self.specs().programme.languages.iter().map(|language| (language.clone(), words(language))))
    }

    /// A finding about a row; it stands in the cell of the first of the fields looked at.
    fn about_row(&self, row: usize, fields: &[FieldIndex], facts: Facts) -> Diagnostic {
        let specs = self.specs();
        let key = self.table.key(specs, self.dataset, row).join(", ");
        let mut all = vec![plain("unit", self.table.title(specs, self.dataset, row)), plain("key", &key)];
        all.extend(facts);
        let place = self.table.place(row);
        let place = fields.first().map_or_else(|| place.place(), |&first| place.cell(first));
        let mut found = self.about_region(place, self.table.region(row), fields, all);
        found.concern.unit = Some(key.as_str().into());
        found
    }

    /// A finding about a region.
    fn about_region(&self, place: Place, region: RegionIndex, fields: &[FieldIndex], facts: Facts) -> Diagnostic {
        let mut found = worded(self.subject, self.check, place, (region, self.period), facts);
        found.concern.dataset = Some(self.dataset.id.shared());
        found.concern.fields = self.dataset.ids(fields);
        found
    }
}

/// A decimal number with the places that its author wrote: its denominator is a power of ten.
fn written(ratio: Ratio) -> (Ratio, u32) {
    (ratio, ratio.denominator().ilog10())
}

/// The number and the short label of an indicator and, of a group, its name, as a fact.
fn named(name: &'static str, specs: &Specs, indicator: &Indicator, group: Option<&Category>) -> (&'static str, Fact) {
    let words = |language: &LanguageCode| {
        let group = group.map_or_else(String::new, |group| format!(", {}", group.name.get(language)));
        (language.clone(), format!("{} {}{group}", indicator.id, indicator.short.get(language)))
    };
    (name, Fact::Worded(Localized::new(specs.programme.languages.iter().map(words))))
}

/// The fields of a sum.
fn fields(sum: &Sum) -> Vec<FieldIndex> {
    sum.terms.iter().map(|(_, field)| *field).collect()
}

/// A finding of a check, in every language of the programme; printed in the first one of the reports.
fn worded(
    subject: Subject<'_>,
    check: &Check,
    place: Place,
    (region, period): (RegionIndex, PeriodIndex),
    mut facts: Facts,
) -> Diagnostic {
    let specs = subject.specs;
    let (area, time) = (specs.hierarchy.region(region), specs.period(period));
    facts.push(("region", Fact::Worded(area.name.clone())));
    facts.push(("period", Fact::Worded(time.name.clone())));
    let wording = |language: &LanguageCode| Wording {
        language: language.as_str().into(),
        message: fill(check.message.get(language), |name| spelt(name, language, &facts)),
        hint: check.hint.as_ref().map(|hint| fill(hint.get(language), |name| spelt(name, language, &facts))),
    };
    let wordings: Vec<Wording> = specs.programme.languages.iter().map(wording).collect();
    let mut found = Diagnostic::new(Rule::DeclaredCheck, place, check.id.as_ref());
    found.severity = check.severity;
    found.check = Some(check.id.clone());
    found.concern =
        Concern { regions: [area.code.as_str().into()].into(), period: Some(time.id.as_str().into()), ..Concern::default() };
    found.wordings = wordings;
    match specs.programme.publish.first() {
        Some(language) => found.worded(language.as_str()),
        None => found,
    }
}

fn spelt(name: &str, language: &LanguageCode, facts: &Facts) -> Option<String> {
    facts.iter().find(|(known, _)| *known == name).map(|(_, fact)| match fact {
        Fact::Plain(value) => value.clone(),
        Fact::Worded(value) => value.get(language).to_owned(),
    })
}
