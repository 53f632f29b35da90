//! `indicators/*.yaml`: measures, targets, worked examples.

use super::{Known, Loader};
use crate::diagnostic::{FileName, Rule, Severity, Span, list};
use crate::language::Localized;
use crate::period::PeriodIndex;
use crate::region::LevelIndex;
use crate::spec::expression::{Condition, RawCondition, Sum};
use crate::spec::format::{RawCount, RawDirection, RawExample, RawIndicator, RawMeasure, RawPart, RawText};
use crate::spec::{
    DatasetIndex, Decimals, Direction, Example, ExampleRow, Expected, FieldIndex, FieldKind, Indicator, Life, Measure, Method,
    Part, Quantity, UnitIndex,
};
use crate::value::{Amount, Missing, Ratio};
use crate::yaml::{Entries, List, Parsed, Spanned};
use std::collections::{BTreeSet, HashMap};

/// Values have no more decimals.
const MOST_DECIMALS: u32 = 3;

/// What an indicator says apart from its sides.
pub struct Head {
    pub name: Localized,
    pub short: Localized,
    pub note: Option<Localized>,
    pub section: Option<usize>,
    pub targets: Vec<(PeriodIndex, Ratio)>,
    pub unit: Option<UnitIndex>,
    pub action: Option<Localized>,
    pub responsible: Option<Localized>,
    /// Its own `since` and `until`.
    pub life: Life,
    pub publish_from: Option<LevelIndex>,
    pub breaks: Vec<(PeriodIndex, Localized)>,
    pub direction: Direction,
}

impl Loader<'_> {
    /// What an indicator says apart from its sides.
    pub fn head(&mut self, raw: &RawIndicator, known: &Known<'_>) -> Head {
        let programme = known.frame.programme;
        let name = self.text(&raw.name);
        let short = self.text(&raw.short);
        let note = raw.note.as_ref().map(|note| self.text(note));
        let section = programme.sections.iter().position(|section| section.id == raw.section.value);
        if section.is_none() && known.frame.whole {
            self.unknown("section", &raw.section, programme.sections.iter().map(|section| section.id.as_str()));
        }
        Head {
            name,
            short,
            note,
            section,
            targets: self.targets(&raw.target, known),
            unit: raw.unit.as_ref().and_then(|unit| self.unit_named(unit, known.frame)),
            action: raw.action.as_ref().map(|action| self.text(action)),
            responsible: raw.responsible.as_ref().map(|responsible| self.text(responsible)),
            life: self.life(raw.since.as_ref(), raw.until.as_ref(), known.frame),
            publish_from: raw.publish_from.as_ref().and_then(|level| self.level(level, known.frame)),
            breaks: self.breaks(&raw.breaks, known),
            direction: match raw.direction {
                RawDirection::Up => Direction::Up,
                RawDirection::Down => Direction::Down,
                RawDirection::None => Direction::Neutral,
            },
        }
    }

    pub fn indicator(&mut self, raw: Parsed<RawIndicator>, known: &Known<'_>) -> Option<(Indicator, Span)> {
        let raw = raw.value;
        let head = self.head(&raw, known);
        let dataset = match &raw.dataset {
            Some(dataset) => self.dataset_named(dataset, known),
            None => {
                let message = format!("the key `dataset` is missing: which table is `{}` computed from?", raw.id.value);
                self.report(Rule::InvalidSpecification, raw.id.span, message).hint = Some(
                    "add `dataset: …`; where the indicator is made of other ones, name them in `indicators` of its sides".into(),
                );
                None
            }
        };
        let faults = self.diagnostics.len();
        let numerator = self.measure(&raw.numerator, dataset, raw.population.as_ref(), known);
        let alone = raw.denominator.is_none();
        let method = match &raw.quantile {
            Some(quantile) => Method::Quantile { percent: self.quantile(&raw, quantile), alone },
            None if alone => Method::Total,
            None => Method::Ratio,
        };
        let denominator = match &raw.denominator {
            Some(denominator) => self.measure(denominator, dataset, raw.population.as_ref(), known),
            None => numerator.as_ref().map(|numerator| Measure {
                filter: Condition::always(),
                quantity: Quantity::Rows,
                ..numerator.clone()
            }),
        };
        // Of a side with a fault, nothing is known.
        let places = numerator.as_ref().map_or(Amount::MOST_PLACES, |numerator| numerator.quantity.places());
        let (per, decimals) = self.scale(&raw, places, known);
        let (numerator, parts) = self.parts(&raw, numerator, known);
        if let (Some(numerator), Some(denominator)) = (&numerator, &denominator) {
            self.fits(&raw, (numerator, denominator, &parts), known);
        }
        let rest = self.rest(&raw, per);
        if raw.may_exceed.value && per != 100 {
            let message = format!("`may_exceed` has no meaning with `per: {per}`: only a percentage has a whole");
            self.report(Rule::InvalidSpecification, raw.may_exceed.span, message);
        }
        if let (Some(quantile), Some(numerator), Some(denominator)) = (&raw.quantile, &numerator, &denominator)
            && (numerator.dataset != denominator.dataset || numerator.population != denominator.population)
        {
            let message = "a quantile over units needs both sides from the same rows";
            self.report(Rule::InvalidSpecification, quantile.span, message).hint =
                Some("take both from one dataset with one population; `join` looks fields up in another dataset".into());
            return None;
        }
        // The examples of a definition with faults are not tried.
        let sound = self.diagnostics.len() == faults;
        let (dataset, section, numerator, denominator) = (dataset?, head.section?, numerator?, denominator?);
        self.distinct("the breakdown", &raw.breakdowns.0);
        let breakdowns =
            raw.breakdowns.0.iter().filter_map(|name| self.breakdown(name, (&numerator, &denominator), known)).collect();
        let examples = raw.examples.0.iter().filter_map(|example| self.example(example, dataset, &parts, known));
        let examples = examples.filter(|_| sound).collect();
        let sides = [&numerator, &denominator].map(|side| known.datasets[side.dataset.0].life);
        let life = sides.into_iter().fold(head.life, Life::and);
        self.alive(&raw, life, &head.targets, known);
        let indicator = Indicator {
            id: raw.id.value.clone(),
            section,
            name: head.name,
            short: head.short,
            note: head.note,
            action: head.action,
            responsible: head.responsible,
            unit: head.unit.unwrap_or(known.datasets[denominator.dataset.0].unit),
            method,
            numerator,
            denominator,
            parts,
            rest,
            may_exceed: raw.may_exceed.value,
            life,
            publish_from: head.publish_from,
            breaks: head.breaks,
            per,
            decimals,
            breakdowns,
            direction: head.direction,
            targets: head.targets,
            examples,
            file: self.file.clone(),
        };
        Some((indicator, raw.id.span))
    }

    /// The numerators printed apart, from the dataset of the numerator; all in the same units, and so the numerator, too.
    fn parts(&mut self, raw: &RawIndicator, numerator: Option<Measure>, known: &Known<'_>) -> (Option<Measure>, Vec<Part>) {
        self.distinct("the part", raw.parts.0.iter().map(|part| &part.id));
        let Some(numerator) = numerator else { return (None, Vec::new()) };
        let part = |part: &RawPart| {
            let name = self.text(&part.name);
            let dataset = numerator.dataset;
            let quantity = self.quantity(part.id.span, (part.count.as_ref(), part.sum.as_ref()), dataset, known)?;
            let filter = self.condition(part.filter.as_ref(), dataset, known);
            self.beside_totals([&filter], (dataset, part.id.span), known);
            Some((part.id.span, Part { id: part.id.value.clone(), name, filter, quantity }))
        };
        let parts: Vec<(Span, Part)> = raw.parts.0.iter().filter_map(part).collect();
        let quantities = || parts.iter().map(|(_, part)| &part.quantity).chain([&numerator.quantity]);
        let places = quantities().map(Quantity::places).max().unwrap_or_default();
        if places == 0 || parts.is_empty() {
            return (Some(numerator), parts.into_iter().map(|(_, part)| part).collect());
        }
        let dataset = &known.datasets[numerator.dataset.0];
        // What is withheld of counts of persons is decided for whole numbers.
        let persons = |sum: &Sum| sum.terms.iter().any(|(_, field)| dataset.field(*field).sensitive);
        let in_units = |quantity: Quantity| match quantity {
            Quantity::Sum(sum) if !persons(&sum) => Some(Quantity::Sum(sum.in_units_of(places))),
            Quantity::Rows | Quantity::Sum(_) => None,
        };
        let faulty = parts.iter().find(|(_, part)| in_units(part.quantity.clone()).is_none()).map(|(span, _)| *span);
        let Some(quantity) = in_units(numerator.quantity.clone()).filter(|_| faulty.is_none()) else {
            let message =
                "a part and its numerator count different things: one has decimals, the other is a count of rows or persons";
            let span = faulty.or(parts.first().map(|(span, _)| *span)).unwrap_or(numerator.span);
            self.report(Rule::InvalidSpecification, span, message).hint =
                Some("make it an indicator of its own, with a numerator of its own".into());
            return (None, Vec::new());
        };
        let part = |(_, part): (Span, Part)| Some(Part { quantity: in_units(part.quantity)?, ..part });
        let parts = parts.into_iter().filter_map(part).collect();
        (Some(Measure { quantity, ..numerator }), parts)
    }

    /// Reports a sum that adds counts of persons to numbers with decimals, and one that is too large to be added up over all rows.
    fn fits(&mut self, raw: &RawIndicator, (numerator, denominator, parts): (&Measure, &Measure, &[Part]), known: &Known<'_>) {
        /// The sum of nearly a million rows of this size can be held.
        const LARGEST: i128 = 10_000_000_000_000;
        let places = numerator.quantity.places().max(denominator.quantity.places());
        let sides = [("numerator", numerator), ("denominator", denominator)];
        let sums = sides.map(|(name, side)| (format!("the {name}"), side.span, side.dataset, &side.quantity));
        let parts = parts
            .iter()
            .zip(&raw.parts.0)
            .map(|(part, raw)| (format!("the part `{}`", part.id), raw.id.span, numerator.dataset, &part.quantity));
        for (name, span, dataset, quantity) in sums.into_iter().chain(parts) {
            let Quantity::Sum(sum) = quantity else { continue };
            let dataset = &known.datasets[dataset.0];
            if sum.places > 0 && sum.terms.iter().any(|(_, field)| dataset.field(*field).sensitive) {
                let message = format!("{name} adds up persons and numbers with decimals");
                self.report(Rule::InvalidSpecification, span, message).hint =
                    Some("persons are counted by themselves: declare an indicator of its own for them".into());
            }
            let scale = 10_i128.pow(places - sum.places);
            if sum.largest(dataset) * scale > LARGEST {
                let most = Ratio::new(LARGEST, 10_i128.pow(places)).expect("a power of ten is above zero").decimal(0);
                let message = format!("{name} may be larger than {most} in one row, so that its sum might not fit");
                self.report(Rule::InvalidSpecification, span, message).hint =
                    Some("declare `max` at the fields that are added up".into());
            }
        }
    }

    pub fn distinct_indicators(&mut self, indicators: &[(Indicator, Span)]) {
        let mut seen: HashMap<&str, &FileName> = HashMap::new();
        for (indicator, span) in indicators {
            if let Some(first) = seen.insert(&indicator.id, &indicator.file) {
                let message = format!("the indicator `{}` is declared a second time", indicator.id);
                let hint = format!("the first one stands in `{first}`; give one of them another `id`");
                self.at(&indicator.file).report(Rule::DuplicateName, *span, message).hint = Some(hint.into());
            }
        }
    }

    /// Reports an indicator that is computed in no period, and targets for periods in which it is not computed.
    pub fn alive(&mut self, raw: &RawIndicator, life: Life, targets: &[(PeriodIndex, Ratio)], known: &Known<'_>) {
        let periods = &known.frame.programme.periods;
        if !(0..periods.len()).any(|period| life.holds(PeriodIndex(period))) && !periods.is_empty() {
            let message = format!("the indicator `{}` is computed in no period", raw.id.value);
            self.report(Rule::InvalidSpecification, raw.id.span, message).hint =
                Some("look at `since` and `until` of it and of its datasets".into());
            return;
        }
        for (period, _) in targets.iter().filter(|(period, _)| !life.holds(*period)) {
            let id = &periods[period.0].id;
            let span = raw.target.0.iter().find(|(name, _)| name.value == *id).map_or(raw.id.span, |(name, _)| name.span);
            self.report(
                Rule::InvalidSpecification,
                span,
                format!("the target is set for `{id}`, in which the indicator is not computed"),
            );
        }
    }

    /// The percentage of a quantile; what only sums can have is reported.
    fn quantile(&mut self, raw: &RawIndicator, quantile: &Spanned<u32>) -> u32 {
        if !(1..=99).contains(&quantile.value) {
            let message = format!("expected a percentage from 1 to 99 (50 is the median), found `{}`", quantile.value);
            self.report(Rule::InvalidSpecification, quantile.span, message);
        }
        let of_sums = [
            ("parts", raw.parts.0.first().map(|part| part.id.span)),
            ("rest", raw.rest.as_ref().map(|rest| rest.span)),
            ("may_exceed", Some(raw.may_exceed.span).filter(|_| raw.may_exceed.value)),
        ];
        for (key, span) in of_sums.into_iter().filter_map(|(key, span)| Some((key, span?))) {
            let message = format!("`{key}` has no meaning beside `quantile`: the value is that of units, not of sums");
            self.report(Rule::InvalidSpecification, span, message);
        }
        quantile.value.clamp(1, 99)
    }

    fn scale(&mut self, raw: &RawIndicator, places: u32, known: &Known<'_>) -> (i64, Decimals) {
        let is_total = raw.denominator.is_none() && raw.quantile.is_none();
        if let Some(raw) = raw.per.as_ref().filter(|_| is_total) {
            let message = "`per` has no meaning without a `denominator`: the sum itself is the value".to_owned();
            self.report(Rule::InvalidSpecification, raw.span, message);
        }
        let all = raw.decimals.iter().map(|decimals| ("decimals", decimals));
        let all = all.chain(raw.decimals_from.0.iter().map(|(_, decimals)| ("decimals_from", decimals)));
        for (key, decimals) in all.filter(|(_, decimals)| is_total && (places + 1..=MOST_DECIMALS).contains(&decimals.value)) {
            let message = match places {
                0 => format!("a sum of whole numbers has no decimals; take `{key}` out"),
                1 => "a sum of fields with 1 decimal has no more".to_owned(),
                _ => format!("a sum of fields with {places} decimals has no more"),
            };
            self.report(Rule::InvalidSpecification, decimals.span, message);
        }
        let is_share = raw.denominator.is_some();
        let own = places.min(MOST_DECIMALS);
        let (usual, decimals) = if is_total { (1, own) } else { (if is_share { 100 } else { 1 }, 1) };
        let (per, decimals) = self.scale_or(raw, (usual, Decimals::always(decimals)), known);
        match is_total {
            true => (1, if places == 0 { Decimals::always(0) } else { decimals }),
            false => (per, decimals),
        }
    }

    /// `per`, and `decimals` with `decimals_from`, or these where they are left out.
    pub fn scale_or(&mut self, raw: &RawIndicator, (per, usual): (i64, Decimals), known: &Known<'_>) -> (i64, Decimals) {
        if let Some(raw) = raw.per.as_ref().filter(|per| !(1..=100_000).contains(&per.value)) {
            let message = format!("expected a number from 1 to 100000, found `{}`", raw.value);
            self.report(Rule::InvalidSpecification, raw.span, message);
        }
        let all = raw.decimals.iter().chain(raw.decimals_from.0.iter().map(|(_, decimals)| decimals));
        for decimals in all.filter(|decimals| decimals.value > MOST_DECIMALS) {
            let message = format!("expected 0 to {MOST_DECIMALS} decimals, found `{}`", decimals.value);
            self.report(Rule::InvalidSpecification, decimals.span, message);
        }
        let per = raw.per.as_ref().map_or(per, |per| i64::from(per.value));
        if raw.decimals.is_none() && raw.decimals_from.0.is_empty() {
            return (per, usual);
        }
        self.distinct("the period", raw.decimals_from.0.iter().map(|(period, _)| period));
        let mut from = Vec::new();
        for (period, decimals) in &raw.decimals_from.0 {
            let index = self.period(period, known.frame);
            if index == Some(PeriodIndex(0)) {
                let message = format!("`{}` is the first period: its places are those of `decimals`", period.value);
                self.report(Rule::InvalidSpecification, period.span, message);
            }
            from.extend(index.map(|index| (index, decimals.value.min(MOST_DECIMALS))));
        }
        from.sort();
        (per, Decimals { first: raw.decimals.as_ref().map_or(usual.first, |own| own.value.min(MOST_DECIMALS)), from })
    }

    /// The name of what the parts leave over. A chart has five tones that can be told apart: four parts and the rest.
    fn rest(&mut self, raw: &RawIndicator, per: i64) -> Option<Localized> {
        const MOST: usize = 4;
        let rest = raw.rest.as_ref()?;
        let name = self.text(rest);
        let parts = raw.parts.0.len();
        if !(1..=MOST).contains(&parts) || per != 100 {
            let found = if per == 100 { format!("{parts} parts") } else { format!("`per: {per}`") };
            let message = format!("expected 1 to {MOST} parts of a percentage beside `rest`, found {found}");
            let hint = "`rest` names what is left of the whole beside its parts; leave it out where there is no such whole";
            self.report(Rule::InvalidSpecification, rest.span, message).hint = Some(hint.to_owned().into());
        }
        Some(name)
    }

    /// Where a series breaks; never with the first period, before which there is nothing.
    fn breaks(&mut self, raw: &Entries<RawText>, known: &Known<'_>) -> Vec<(PeriodIndex, Localized)> {
        self.distinct("the period", raw.0.iter().map(|(period, _)| period));
        let mut breaks = Vec::new();
        for (period, note) in &raw.0 {
            let (index, note) = (self.period(period, known.frame), self.text(note));
            if index == Some(PeriodIndex(0)) {
                let message = format!("`{}` is the first period: there is no series that could break with it", period.value);
                self.report(Rule::InvalidSpecification, period.span, message);
            }
            breaks.extend(index.map(|index| (index, note)));
        }
        breaks.sort_by_key(|(period, _)| *period);
        breaks
    }

    fn targets(&mut self, raw: &Entries<Spanned<String>>, known: &Known<'_>) -> Vec<(PeriodIndex, Ratio)> {
        self.distinct("the period", raw.0.iter().map(|(period, _)| period));
        let mut targets = Vec::new();
        for (period, value) in &raw.0 {
            let index = self.period(period, known.frame);
            targets.extend(index.zip(self.decimal(value)));
        }
        targets.sort();
        targets
    }

    fn measure(
        &mut self,
        raw: &RawMeasure,
        shared: Option<DatasetIndex>,
        population: Option<&RawCondition>,
        known: &Known<'_>,
    ) -> Option<Measure> {
        let name = self.text(&raw.name);
        let own = raw.dataset.as_ref().map(|dataset| self.dataset_named(dataset, known));
        // The shared population speaks of the shared dataset. A side with a dataset of its own gives its own population, or takes all rows.
        let population = match (&raw.population, &raw.dataset) {
            (Some(own), _) => Some(own),
            (None, Some(_)) => None,
            (None, None) => population,
        };
        let dataset = own.unwrap_or(shared)?;
        let quantity = self.quantity(raw.name.span, (raw.count.as_ref(), raw.sum.as_ref()), dataset, known);
        let population = self.condition(population, dataset, known);
        let filter = self.condition(raw.filter.as_ref(), dataset, known);
        self.beside_totals([&population, &filter], (dataset, raw.name.span), known);
        Some(Measure { name, dataset, population, filter, quantity: quantity?, span: raw.name.span })
    }

    /// Reports conditions on a field that tells rows of groups from their total: which of them a number is about is told by its group alone.
    fn beside_totals<const N: usize>(
        &mut self,
        conditions: [&Condition; N],
        (index, span): (DatasetIndex, Span),
        known: &Known<'_>,
    ) {
        let dataset = &known.datasets[index.0];
        let named: BTreeSet<FieldIndex> = conditions.iter().flat_map(|condition| condition.fields()).collect();
        if let Some((field, _)) = dataset.group_totals.iter().find(|(field, _)| named.contains(field)) {
            let field = &dataset.field(*field).id;
            let message = format!("no condition can choose groups by `{field}`: they come in rows beside their total");
            self.report(Rule::InvalidSpecification, span, message).hint = Some(
                format!("break the indicator down by `{field}`; a number of one group is made of that indicator, with `group`")
                    .into(),
            );
        }
    }

    fn quantity(
        &mut self,
        anchor: Span,
        (count, sum): (Option<&Spanned<RawCount>>, Option<&Spanned<String>>),
        dataset: DatasetIndex,
        known: &Known<'_>,
    ) -> Option<Quantity> {
        match (count, sum) {
            (Some(Spanned { value: RawCount::Rows, .. }), None) => Some(Quantity::Rows),
            (None, Some(sum)) => self.scope(dataset, known).sum(sum).map(Quantity::Sum),
            (None, None) => {
                self.report(Rule::InvalidSpecification, anchor, "expected `count: rows` or `sum: …`, found neither");
                None
            }
            (Some(_), Some(sum)) => {
                self.report(Rule::InvalidSpecification, sum.span, "expected either `count` or `sum`, found both");
                None
            }
        }
    }

    fn breakdown(&mut self, name: &Spanned<String>, sides: (&Measure, &Measure), known: &Known<'_>) -> Option<FieldIndex> {
        let [own, dataset] = [sides.0.dataset, sides.1.dataset];
        let field = self.scope(dataset, known).field(&name.value, name.span)?;
        let [own, declared] = [own, dataset].map(|index| &known.datasets[index.0]);
        if matches!(declared.field(field).kind, FieldKind::Category(_)) {
            if !declared.shares_groups(field, own) {
                let message = format!(
                    "no group of `{}` has a value: `{}`, the numerator's dataset, has no such field with the same values",
                    name.value, own.id
                );
                let found = self.report(Rule::InvalidSpecification, name.span, message);
                found.severity = Severity::Warning;
                found.hint = Some("give both datasets the same field, or take the breakdown out".into());
            }
            return Some(field);
        }
        let message = format!("expected a field of type `category` to break down by, found `{}`", name.value);
        self.report(Rule::InvalidSpecification, name.span, message);
        None
    }

    fn example(&mut self, raw: &RawExample, dataset: DatasetIndex, parts: &[Part], known: &Known<'_>) -> Option<Example> {
        if let Some(value) = raw.values.0.first() {
            let message = "`values` are for indicators that are made of other ones; expected rows in `given`";
            self.report(Rule::InvalidSpecification, value.span, message);
        }
        let mut given = vec![(dataset, self.example_rows(&raw.given, dataset, known))];
        for (name, rows) in &raw.also.0 {
            if let Some(other) = self.dataset_named(name, known) {
                given.push((other, self.example_rows(rows, other, known)));
            }
        }
        let expect = expectation(&raw.expect.value);
        if expect.is_none() {
            let message = format!(
                "expected `numerator/denominator`, the sum of a total, or a reason for no number, found `{}`",
                raw.expect.value
            );
            self.report(Rule::InvalidSpecification, raw.expect.span, message).hint =
                Some(format!("reasons are {}", list(&Missing::COMPUTED.map(Missing::name))).into());
        }
        let mut expected_parts = Vec::new();
        for (name, numerator) in &raw.parts.0 {
            match parts.iter().position(|part| part.id == name.value) {
                Some(part) => expected_parts.push((part, numerator.value.0)),
                None => self.unknown("part", name, parts.iter().map(|part| part.id.as_str())),
            }
        }
        Some(Example { given, expect: expect?, values: Vec::new(), parts: expected_parts, span: raw.expect.span })
    }

    fn example_rows(
        &mut self,
        raw: &List<Entries<Spanned<String>>>,
        dataset: DatasetIndex,
        known: &Known<'_>,
    ) -> Vec<ExampleRow> {
        let mut scope = self.scope(dataset, known);
        let mut row = |row: &Entries<Spanned<String>>| -> ExampleRow {
            let cells = row.0.iter().filter_map(|(name, cell)| {
                scope.field(&name.value, name.span).map(|field| (field, cell.value.clone(), cell.span))
            });
            cells.collect()
        };
        raw.0.iter().map(&mut row).collect()
    }
}

fn expectation(text: &str) -> Option<Result<Expected, Missing>> {
    if let Some(missing) = Missing::COMPUTED.into_iter().find(|missing| missing.name() == text) {
        return Some(Err(missing));
    }
    // The sum of a total stands alone.
    let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
    let [numerator, denominator] = [numerator, denominator].map(|sum| Amount::parse(sum.trim()));
    Some(Ok(Expected::Sums(numerator?, denominator?)))
}
