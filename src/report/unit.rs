//! The sheet of a unit: its own answers, what they mean for each indicator, and how it stands beside its region.

use std::borrow::Cow;

use super::model::{
    DecidingBlank, IndicatorName, UnitAnswer, UnitFinding, UnitName, UnitRow, UnitSection, UnitSheet, UnitTarget, UnitValue,
};
use super::{Material, Scope, indicator};
use crate::compute::asked::{Asked, asked, deciding_blanks};
use crate::compute::evaluate::{Outcome, RowView};
use crate::compute::unit::{self, Role, Verdict};
use crate::dataset::{Answer, Typed};
use crate::diagnostic::{Diagnostic, Wording};
use crate::language::Language;
use crate::period::PeriodIndex;
use crate::protect::{Rows, Units};
use crate::spec::{FieldIndex, FieldKind, Indicator, IndicatorIndex};
use crate::value::{Blank, Missing};
use crate::wording;

/// Labels that sheets need, apart from those that their template uses.
pub const LABELS: &[&str] =
    &["unit_title", "unit_private", "unit_refused", "yes", "no", "date", "severity_error", "severity_warning", "severity_note"];

/// How many findings a sheet shows.
const FINDINGS: usize = 6;

/// Writes the sheet of the unit in this row.
pub fn write(material: Material<'_>, units: &Units<'_>, language: &Language, row: usize) -> UnitSheet {
    let scope = Scope { material, language, region: units.region(row) };
    Writer { scope, units, row, before: units.before(row) }.sheet()
}

struct Writer<'a> {
    scope: Scope<'a>,
    units: &'a Units<'a>,
    row: usize,
    before: Option<(Rows<'a>, usize)>,
}

impl Writer<'_> {
    fn sheet(&self) -> UnitSheet {
        let (scope, units, specs) = (&self.scope, self.units, self.scope.material.specs);
        let key = units.key(self.row);
        let mut front = scope.front(Vec::new());
        front.subtitle = Some(scope.label("unit_title"));
        front.number = scope.language.isolated(format!("{key}-{}", front.period.id));
        front.audience = Some(scope.label("unit_private"));
        front.facts.clear();
        let (mut asked, mut met) = (0, 0);
        let (mut lacking, mut behind, mut unanswered) = (Vec::new(), Vec::new(), Vec::new());
        for (_, indicator) in self.indicators() {
            let name = || IndicatorName { id: indicator.id.clone(), short: indicator.short.get(scope.code()).to_owned() };
            match self.verdict(indicator) {
                Verdict::Met => (asked, met) = (asked + 1, met + 1),
                Verdict::Lacking => {
                    asked += 1;
                    lacking.push(name());
                }
                Verdict::Behind => behind.push(name()),
                Verdict::Open { asks } => {
                    asked += i64::from(asks);
                    unanswered.push(name());
                }
                Verdict::Silent => {}
            }
        }
        let found = units.findings(self.row);
        UnitSheet {
            unit: UnitName {
                title: units.title(self.row),
                noun: specs.noun(units.dataset().unit).form(scope.code(), "one").to_owned(),
                dataset: units.dataset().name.get(scope.code()).to_owned(),
                key: units.dataset().key.iter().map(|&field| self.identity(field)).collect(),
            },
            reported_before: self.before.is_some(),
            asked: scope.number(asked),
            met: scope.number(met),
            lacking,
            behind,
            unanswered,
            deciding: self.deciding(),
            sections: self.sections(),
            answers: self.answers(),
            findings: self.findings(found),
            findings_more: scope.number(found.len().saturating_sub(FINDINGS) as i64),
            front,
        }
    }

    /// The questions that others depend on and that the unit left blank.
    fn deciding(&self) -> Vec<DecidingBlank> {
        let (cells, dataset) = (self.cells(), self.units.dataset());
        let blanks = deciding_blanks(dataset, self.scope.material.period, &RowView::listed(&cells));
        let words = |(field, count): (FieldIndex, usize)| DecidingBlank {
            name: dataset.field(field).name.get(self.scope.code()).to_owned(),
            questions: self.scope.number(count as i64),
        };
        blanks.into_iter().map(words).collect()
    }

    /// Its answers, one for each field.
    fn cells(&self) -> Vec<Typed> {
        cells(&self.units.rows, self.row)
    }

    fn identity(&self, field: FieldIndex) -> (String, String) {
        let dataset = self.units.dataset();
        let name = dataset.field(field).name.get(self.scope.code()).to_owned();
        (name, self.answer(field, &self.units.rows.typed(field, self.row)))
    }

    /// The indicators computed from this dataset only: just for these a unit has both sides.
    fn indicators(&self) -> impl Iterator<Item = (IndicatorIndex, &Indicator)> {
        let indicators = self.scope.material.specs.indicators_of(self.scope.material.period);
        indicators.filter(|(_, indicator)| indicator.is_of(self.units.index))
    }

    fn verdict(&self, indicator: &Indicator) -> Verdict {
        let Material { specs, period, .. } = self.scope.material;
        unit::verdict(indicator, &self.units.rows.outcome(indicator, self.row), period, &specs.programme.thresholds)
    }

    fn sections(&self) -> Vec<UnitSection> {
        let sections = self.scope.material.specs.programme.sections.iter().enumerate();
        let words = sections.map(|(position, section)| UnitSection {
            number: position + 1,
            name: section.name.get(self.scope.code()).to_owned(),
            rows: self
                .indicators()
                .filter(|(_, indicator)| indicator.section == position)
                .map(|(index, indicator)| self.indicator(index, indicator))
                .collect(),
        });
        words.filter(|section| !section.rows.is_empty()).collect()
    }

    fn indicator(&self, index: IndicatorIndex, indicator: &Indicator) -> UnitRow {
        let scope = &self.scope;
        let Material { specs, period, .. } = scope.material;
        let figure = |region| indicator::figure(scope, &scope.material.numbers().total(index, region));
        let top = Some(specs.hierarchy.top()).filter(|&top| top != scope.region);
        let per = u32::try_from(indicator.per).expect("`per` is a small positive number");
        let before = specs.compared(period).zip(self.before);
        UnitRow {
            id: indicator.id.clone(),
            short: indicator.short.get(scope.code()).to_owned(),
            now: self.value(indicator, period, &self.units.rows.outcome(indicator, self.row)),
            before: before.map(|(period, (rows, row))| self.value(indicator, period, &rows.outcome(indicator, row))),
            region: figure(scope.region),
            top: top.map(figure),
            target: indicator.target(period).map(|(due, target)| UnitTarget {
                text: scope.language.figure(target.over(per), indicator.scale(due)),
                period: (due != period).then(|| scope.period(due).name),
            }),
        }
    }

    fn value(&self, indicator: &Indicator, period: PeriodIndex, outcome: &Outcome) -> UnitValue {
        let scope = &self.scope;
        let plain = |kind, text: &str| UnitValue { kind, text: text.to_owned(), met: None, numerator: None, denominator: None };
        match unit::role(indicator, outcome) {
            Role::Outside => plain("outside", scope.language.mark(Missing::NotApplicable)),
            Role::Unanswered => plain("unanswered", scope.language.mark(Missing::NotReported)),
            Role::Counts { counts, right } => {
                let kind = if counts { "yes" } else { "no" };
                UnitValue { met: right, ..plain(kind, scope.words().flag(counts)) }
            }
            Role::Adds { numerator, denominator, value } => {
                let numbers = (!indicator.is_total()).then(|| (scope.amount(numerator), scope.amount(denominator))).unzip();
                let (kind, text) = match value {
                    Some(value) => ("value", scope.language.value(value, indicator.scale(period))),
                    None => ("zero_denominator", scope.language.mark(Missing::ZeroDenominator).to_owned()),
                };
                UnitValue { kind, text, met: None, numerator: numbers.0, denominator: numbers.1 }
            }
        }
    }

    fn answers(&self) -> Vec<UnitAnswer> {
        let Material { period, specs, .. } = self.scope.material;
        let lives = |field: FieldIndex, period: PeriodIndex| self.units.dataset().field(field).life.holds(period);
        let now = self.said(&self.cells());
        let before = specs.compared(period).zip(self.before).map(|(period, (rows, row))| (period, self.said(&cells(&rows, row))));
        let fields = (0..self.units.dataset().fields.len()).map(FieldIndex);
        fields
            .filter(|&field| lives(field, period) && !self.is_named_above(field))
            .map(|field| UnitAnswer {
                name: self.units.dataset().field(field).name.get(self.scope.code()).to_owned(),
                now: now[field.0].clone(),
                before: before.as_ref().filter(|(period, _)| lives(field, *period)).map(|(_, said)| said[field.0].clone()),
            })
            .collect()
    }

    /// What a row says to each field, in words: a blank to a question that was not put to it does not apply.
    fn said(&self, cells: &[Typed]) -> Vec<String> {
        let asked = asked(self.units.dataset(), &RowView::listed(cells));
        let said = |(field, (cell, asked)): (usize, (&Typed, Asked))| {
            if cell.blank() == Some(Blank::NotReported) && asked == Asked::No {
                return self.scope.language.mark(Missing::NotApplicable).to_owned();
            }
            self.answer(FieldIndex(field), cell)
        };
        cells.iter().zip(asked).enumerate().map(said).collect()
    }

    /// Whether the head of the sheet shows the field: the key, the title, the region and the regions that it lies in.
    fn is_named_above(&self, field: FieldIndex) -> bool {
        let dataset = self.units.dataset();
        let outer = |field: &FieldIndex| match dataset.field(*field).kind {
            FieldKind::Region { within, .. } => within,
            FieldKind::Code | FieldKind::Text | FieldKind::Category(_) | FieldKind::Flag | FieldKind::Count { .. } => None,
        };
        let mut regions = std::iter::successors(Some(dataset.region), outer);
        dataset.key.contains(&field) || dataset.title == Some(field) || regions.any(|region| region == field)
    }

    /// An answer in words, or the mark for the reason why there is none.
    fn answer(&self, field: FieldIndex, typed: &Typed) -> String {
        let scope = &self.scope;
        let blank = |blank: Blank| match blank {
            Blank::NotApplicable => scope.language.mark(Missing::NotApplicable).to_owned(),
            Blank::NotReported => scope.language.mark(Missing::NotReported).to_owned(),
            Blank::Refused => scope.label("unit_refused"),
        };
        let text: Answer<String> = match typed {
            Typed::Text(answer) => answer.as_deref().map(str::to_owned).map_err(|blank| *blank),
            Typed::Region(answer) => answer.map(|region| scope.name(region)),
            Typed::Category(answer) => answer.map(|value| match &self.units.dataset().field(field).kind {
                FieldKind::Category(values) => values[usize::from(value)].name.get(scope.code()).to_owned(),
                other => unreachable!("the field is a category: {other:?}"),
            }),
            Typed::Flag(answer) => answer.map(|flag| scope.words().flag(flag).to_owned()),
            Typed::Count(answer) => answer.map(|units| scope.language.amount(self.units.dataset().field(field).amount(units))),
        };
        text.unwrap_or_else(blank)
    }

    fn findings(&self, found: &[&Diagnostic]) -> Vec<UnitFinding> {
        let mut found = found.to_vec();
        // The gravest come first; equally grave ones in the order of their columns.
        found.sort_by_key(|found| found.severity);
        let words = |found: &Diagnostic| {
            // The findings in other rows that it also stands for do not concern this unit.
            let own = Diagnostic { count: 1, ..found.clone() };
            // Whoever runs the unit is told of no other file.
            let may_name = |file: &str| file == own.place.file().as_str();
            let worded = wording::to_office(self.scope.material.specs, self.scope.language, &own, &may_name);
            let plain = || Wording {
                language: self.scope.code().as_str().into(),
                message: own.message.clone(),
                hint: own.hint.clone().map(Cow::into_owned),
            };
            let worded = worded.unwrap_or_else(plain);
            UnitFinding {
                key: found.severity.name(),
                severity: self.scope.label(&format!("severity_{}", found.severity.name())),
                message: worded.message,
                hint: worded.hint.filter(|hint| !hint.is_empty()),
            }
        };
        found.into_iter().take(FINDINGS).map(words).collect()
    }
}

/// The answers of a row, one for each field of its dataset.
fn cells(rows: &Rows<'_>, row: usize) -> Vec<Typed> {
    (0..rows.dataset().fields.len()).map(|field| rows.typed(FieldIndex(field), row)).collect()
}
