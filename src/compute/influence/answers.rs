//! The other answers that a field allows: all of a category or a flag, of a count some on either side of every bound, and each kind of blank.

use std::collections::BTreeSet;

use crate::compute::evaluate::{self, Mapping, RowView};
use crate::dataset::Typed;
use crate::spec::expression::{Condition, Sum};
use crate::spec::{DatasetIndex, FieldIndex, FieldKind, Indicator, Specs};
use crate::value::Blank;

/// Other answers that a field allows, among them one on either side of every bound that a condition sets to it.
pub fn others<'a>(
    specs: &Specs,
    indicators: impl Iterator<Item = &'a Indicator>,
    (index, field): (DatasetIndex, FieldIndex),
    cells: &[Typed],
) -> Vec<Typed> {
    let blanks = || {
        let words = &specs.programme.words;
        let reasons = [Blank::NotReported, Blank::NotApplicable, Blank::Refused];
        reasons.into_iter().filter(|reason| *reason == Blank::NotReported || words.word(*reason).is_some())
    };
    let mut answers: Vec<Typed> = match &specs.dataset(index).field(field).kind {
        FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } => Vec::new(),
        FieldKind::Category(values) => {
            let values = (0..values.len() as u16).map(|value| Typed::Category(Ok(value)));
            values.chain(blanks().map(|reason| Typed::Category(Err(reason)))).collect()
        }
        FieldKind::Flag => {
            let flags = [false, true].map(|flag| Typed::Flag(Ok(flag)));
            flags.into_iter().chain(blanks().map(|reason| Typed::Flag(Err(reason)))).collect()
        }
        FieldKind::Count { min, max, .. } => {
            let counts =
                counts(specs, indicators, (index, field), cells).into_iter().filter(|count| (min..=max).contains(&count));
            let counts = counts.map(|count| Typed::Count(Ok(count)));
            counts.chain(blanks().map(|reason| Typed::Count(Err(reason)))).collect()
        }
    };
    answers.retain(|answer| *answer != cells[field.0]);
    answers
}

/// Numbers between all bounds that conditions set to a count field, two in each stretch.
fn counts<'a>(
    specs: &Specs,
    indicators: impl Iterator<Item = &'a Indicator>,
    (index, field): (DatasetIndex, FieldIndex),
    cells: &[Typed],
) -> BTreeSet<i64> {
    let FieldKind::Count { min, max, .. } = specs.dataset(index).field(field).kind else { return BTreeSet::new() };
    let around = |number: i64| number.saturating_sub(2)..=number.saturating_add(2);
    let mut counts: BTreeSet<i64> = around(min).chain(around(max)).collect();
    if let Typed::Count(Ok(count)) = cells[field.0] {
        counts.extend(around(count));
    }
    let view = RowView::listed(cells);
    let mut found = |bound: i64| counts.extend(around(bound));
    for indicator in indicators {
        let sides = [&indicator.numerator, &indicator.denominator].into_iter().filter(|side| side.dataset == index);
        let conditions = sides.flat_map(|side| [&side.population, &side.filter]);
        let parts = indicator.parts.iter().filter(|_| indicator.numerator.dataset == index).map(|part| &part.filter);
        for condition in conditions.chain(parts) {
            bounds(condition, field, &view, &mut found);
        }
        // A row of a register is looked at with the conditions of the datasets that it lists.
        let own = specs.dataset(index);
        for side in [&indicator.numerator, &indicator.denominator] {
            let listed = specs.dataset(side.dataset);
            if let (true, Some(alike)) = (listed.expected == Some(index), listed.find(&own.field(field).id)) {
                let mapping = Mapping::new(listed, own);
                bounds(&side.population, alike, &RowView::listed_as(cells, &mapping), &mut found);
            }
        }
    }
    counts
}

/// The numbers at which a comparison within a condition changes its answer, when a field holds them and all others stay as they are.
fn bounds(condition: &Condition, field: FieldIndex, view: &RowView<'_>, found: &mut impl FnMut(i64)) {
    match condition {
        Condition::All(inner) | Condition::Any(inner) => inner.iter().for_each(|inner| bounds(inner, field, view, found)),
        Condition::Not(inner) => bounds(inner, field, view, found),
        Condition::OneOf(..) | Condition::Flag(..) => {}
        Condition::Compare(left, _, right) => {
            let side = |sum: &Sum| -> Option<(i64, i64)> {
                let factor = sum.terms.iter().filter(|(_, own)| *own == field).map(|(sign, _)| sign).sum();
                let terms = sum.terms.iter().copied().filter(|(_, own)| *own != field).collect();
                Some((factor, evaluate::sum(&Sum { terms, ..*sum }, view).ok()?))
            };
            if let (Some((left, rest)), Some((right, other))) = (side(left), side(right))
                && left != right
            {
                found((other - rest).div_euclid(left - right));
            }
        }
    }
}
