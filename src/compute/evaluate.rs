//! One row in, what it adds to each side of an indicator out. Logic is three-valued: a blank decides nothing, and `any` with one true
//! branch is true.

use crate::dataset::{Answer, Table, Typed};
use crate::spec::expression::{Condition, Sum};
use crate::spec::{Dataset, FieldIndex, FieldKind, Indicator, Measure, Part, Quantity};
use crate::value::Blank;

/// Where the fields and category values of one dataset stand in another; they are matched by id.
pub struct Mapping {
    fields: Vec<Option<(FieldIndex, Vec<Option<u16>>)>>,
}

impl Mapping {
    /// Whether the other dataset has a field.
    pub fn has(&self, field: FieldIndex) -> bool {
        self.fields[field.0].is_some()
    }

    /// The field of the other dataset that a field stands for.
    pub fn field(&self, field: FieldIndex) -> Option<FieldIndex> {
        self.fields[field.0].as_ref().map(|(own, _)| *own)
    }

    /// Maps the fields of `from` to those of `to`.
    pub fn new(from: &Dataset, to: &Dataset) -> Self {
        let map = |field: &crate::spec::Field| {
            let target = to.find(&field.id)?;
            match (&field.kind, &to.field(target).kind) {
                (FieldKind::Category(from), FieldKind::Category(to)) => {
                    let back = |value: &crate::spec::Category| {
                        from.iter().position(|known| known.id == value.id).map(|known| known as u16)
                    };
                    Some((target, to.iter().map(back).collect()))
                }
                (FieldKind::Flag, FieldKind::Flag) => Some((target, Vec::new())),
                // Numbers of other places are in other units.
                (FieldKind::Count { places, .. }, FieldKind::Count { places: own, .. }) if places == own => {
                    Some((target, Vec::new()))
                }
                _ => None,
            }
        };
        Self { fields: from.fields.iter().map(map).collect() }
    }
}

/// A row, seen with the fields of its own dataset or of another one.
pub struct RowView<'a> {
    cells: Cells<'a>,
    mapping: Option<&'a Mapping>,
}

/// Where the answers of a row stand.
enum Cells<'a> {
    /// In a row of a table.
    Row(&'a Table, usize),
    /// In a list, one for each field of the dataset.
    Listed(&'a [Typed]),
}

impl<'a> RowView<'a> {
    /// A row seen through the fields of its own dataset.
    pub fn new(table: &'a Table, row: usize) -> Self {
        Self { cells: Cells::Row(table, row), mapping: None }
    }

    /// A row whose answers are given one by one: one for each field of its dataset, in order.
    pub fn listed(answers: &'a [Typed]) -> Self {
        Self { cells: Cells::Listed(answers), mapping: None }
    }

    /// The same, seen through the fields of another dataset.
    pub fn listed_as(answers: &'a [Typed], mapping: &'a Mapping) -> Self {
        Self { cells: Cells::Listed(answers), mapping: Some(mapping) }
    }

    /// A row seen through the fields of another dataset; fields that it lacks are blank.
    pub fn mapped(table: &'a Table, row: usize, mapping: &'a Mapping) -> Self {
        Self { cells: Cells::Row(table, row), mapping: Some(mapping) }
    }

    fn own(&self, field: FieldIndex) -> Answer<FieldIndex> {
        match self.mapping {
            None => Ok(field),
            Some(mapping) => mapping.fields[field.0].as_ref().map(|(own, _)| *own).ok_or(Blank::NotReported),
        }
    }

    /// The answer in a category field, as a position in the list of the dataset through which the row is seen.
    pub fn category(&self, field: FieldIndex) -> Answer<u16> {
        let own = self.own(field)?;
        let value = match self.cells {
            Cells::Row(table, row) => table.category(own, row)?,
            Cells::Listed(answers) => answers[own.0].category()?,
        };
        match self.mapping.and_then(|mapping| mapping.fields[field.0].as_ref()) {
            Some((_, values)) => values[usize::from(value)].ok_or(Blank::NotReported),
            None => Ok(value),
        }
    }

    /// Why a cell holds no answer; `None` where it holds one.
    pub fn blank(&self, field: FieldIndex) -> Option<Blank> {
        match (self.own(field), &self.cells) {
            (Err(blank), _) => Some(blank),
            (Ok(own), Cells::Row(table, row)) => table.blank(own, *row),
            (Ok(own), Cells::Listed(answers)) => answers[own.0].blank(),
        }
    }

    fn flag(&self, field: FieldIndex) -> Answer<bool> {
        let own = self.own(field)?;
        match self.cells {
            Cells::Row(table, row) => table.flag(own, row),
            Cells::Listed(answers) => answers[own.0].flag(),
        }
    }

    fn count(&self, field: FieldIndex) -> Answer<i64> {
        let own = self.own(field)?;
        match self.cells {
            Cells::Row(table, row) => table.count(own, row),
            Cells::Listed(answers) => answers[own.0].count(),
        }
    }
}

/// What a row does to one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It does not belong to the population.
    Outside,
    /// It belongs, or may belong, to the population, and did not answer what is needed.
    Unanswered,
    /// It belongs to the population and adds this amount.
    Adds(i64),
}

impl Side {
    /// What it adds to the sum; zero where it adds nothing.
    pub fn amount(self) -> i64 {
        match self {
            Side::Outside | Side::Unanswered => 0,
            Side::Adds(amount) => amount,
        }
    }
}

/// What a row does to an indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// To its numerator.
    pub numerator: Side,
    /// To its denominator.
    pub denominator: Side,
    /// To its parts; all are zero unless the numerator adds something.
    pub parts: Vec<i64>,
}

/// What a row does to an indicator whose sides come from the same dataset.
pub fn row(indicator: &Indicator, view: &RowView<'_>) -> Outcome {
    let none = || vec![0; indicator.parts.len()];
    let outside = || Outcome { numerator: Side::Outside, denominator: Side::Outside, parts: none() };
    let numerator = measure(&indicator.numerator, view);
    let denominator = measure(&indicator.denominator, view);
    // A unit to which one side does not apply leaves both sides.
    if numerator == Err(Blank::NotApplicable) || denominator == Err(Blank::NotApplicable) {
        return outside();
    }
    let (numerator, denominator) = (to_side(numerator), to_side(denominator));
    if !matches!(numerator, Side::Adds(_)) {
        return Outcome { numerator, denominator, parts: none() };
    }
    match part_amounts(indicator, view) {
        Ok(parts) => Outcome { numerator, denominator, parts },
        Err(Blank::NotApplicable) => outside(),
        Err(Blank::Refused | Blank::NotReported) => Outcome { numerator: Side::Unanswered, denominator, parts: none() },
    }
}

/// What a row does to one side alone.
pub fn side(side: &Measure, view: &RowView<'_>) -> Side {
    to_side(measure(side, view))
}

/// What a row of the denominator's dataset does to the denominator.
pub fn denominator(indicator: &Indicator, view: &RowView<'_>) -> Side {
    if indicator.numerator.dataset == indicator.denominator.dataset {
        row(indicator, view).denominator
    } else {
        side(&indicator.denominator, view)
    }
}

/// A unit to which the side does not apply is outside of the population.
fn to_side(amount: Answer<Option<i64>>) -> Side {
    match amount {
        Ok(None) | Err(Blank::NotApplicable) => Side::Outside,
        Ok(Some(amount)) => Side::Adds(amount),
        Err(Blank::Refused | Blank::NotReported) => Side::Unanswered,
    }
}

/// Whether a row says that an indicator of one dataset does not apply to it.
pub fn is_inapplicable(indicator: &Indicator, view: &RowView<'_>) -> bool {
    is_inapplicable_to(&indicator.denominator, view) || is_inapplicable_numerator(indicator, view)
}

/// Whether a row says that the numerator or a part of it does not apply to it.
pub fn is_inapplicable_numerator(indicator: &Indicator, view: &RowView<'_>) -> bool {
    match measure(&indicator.numerator, view) {
        Err(blank) => blank == Blank::NotApplicable,
        Ok(Some(_)) => part_amounts(indicator, view) == Err(Blank::NotApplicable),
        Ok(None) => false,
    }
}

/// Whether a row says that one side does not apply to it.
pub fn is_inapplicable_to(side: &Measure, view: &RowView<'_>) -> bool {
    measure(side, view) == Err(Blank::NotApplicable)
}

/// What a row does to one part of the numerator, looked at alone.
pub fn part(indicator: &Indicator, part: &Part, view: &RowView<'_>) -> Side {
    to_side(within(&indicator.numerator.population, view, || quantity(&part.filter, &part.quantity, view)))
}

/// What a row does to a numerator from a dataset of its own, and to the parts. The parts are all zero unless the numerator adds something.
pub fn numerator(indicator: &Indicator, view: &RowView<'_>) -> (Side, Vec<i64>) {
    let none = |side| (side, vec![0; indicator.parts.len()]);
    match side(&indicator.numerator, view) {
        Side::Adds(amount) => match part_amounts(indicator, view) {
            Ok(parts) => (Side::Adds(amount), parts),
            Err(Blank::NotApplicable) => none(Side::Outside),
            Err(Blank::Refused | Blank::NotReported) => none(Side::Unanswered),
        },
        other @ (Side::Outside | Side::Unanswered) => none(other),
    }
}

fn part_amounts(indicator: &Indicator, view: &RowView<'_>) -> Answer<Vec<i64>> {
    let amounts: Vec<Answer<i64>> = indicator.parts.iter().map(|part| quantity(&part.filter, &part.quantity, view)).collect();
    // The gravest reason counts, whichever part has it.
    match amounts.iter().filter_map(|amount| amount.err()).min() {
        Some(blank) => Err(blank),
        None => Ok(amounts.into_iter().map(|amount| amount.unwrap_or_default()).collect()),
    }
}

fn measure(measure: &Measure, view: &RowView<'_>) -> Answer<Option<i64>> {
    within(&measure.population, view, || quantity(&measure.filter, &measure.quantity, view))
}

/// The amount of a row; `None` when the row lies outside of the population.
fn within(population: &Condition, view: &RowView<'_>, amount: impl Fn() -> Answer<i64>) -> Answer<Option<i64>> {
    match condition(population, view)? {
        false => Ok(None),
        true => amount().map(Some),
    }
}

fn quantity(filter: &Condition, quantity: &Quantity, view: &RowView<'_>) -> Answer<i64> {
    match condition(filter, view)? {
        false => Ok(0),
        true => match quantity {
            Quantity::Rows => Ok(1),
            Quantity::Sum(fields) => sum(fields, view),
        },
    }
}

/// A sum of a row's fields; where some are blank, the gravest of the blanks.
pub fn sum(fields: &Sum, view: &RowView<'_>) -> Answer<i64> {
    let mut total = fields.constant;
    let mut blank: Option<Blank> = None;
    for &(sign, field) in &fields.terms {
        match view.count(field) {
            Ok(count) => total += sign * count,
            Err(reason) => blank = Some(blank.map_or(reason, |worst| worst.min(reason))),
        }
    }
    blank.map_or(Ok(total), Err)
}

/// Whether a condition holds for a row; where a blank leaves that open, the blank.
pub fn condition(test: &Condition, view: &RowView<'_>) -> Answer<bool> {
    match test {
        Condition::All(tests) => decided_by(false, tests, view),
        Condition::Any(tests) => decided_by(true, tests, view),
        Condition::Not(inner) => condition(inner, view).map(|holds| !holds),
        Condition::OneOf(field, values) => view.category(*field).map(|value| values.contains(&value)),
        Condition::Flag(field, expected) => view.flag(*field).map(|flag| flag == *expected),
        Condition::Compare(left, operator, right) => match (sum(left, view), sum(right, view)) {
            (Ok(left), Ok(right)) => Ok(operator.holds(left.cmp(&right))),
            (Err(left), Err(right)) => Err(left.min(right)),
            (Err(blank), Ok(_)) | (Ok(_), Err(blank)) => Err(blank),
        },
    }
}

/// The answer of several tests. One test with the deciding answer settles it; without one, a blank leaves it open; else the other answer
/// holds.
fn decided_by(deciding: bool, tests: &[Condition], view: &RowView<'_>) -> Answer<bool> {
    let mut open: Option<Blank> = None;
    for test in tests {
        match condition(test, view) {
            Ok(answer) if answer == deciding => return Ok(deciding),
            Ok(_) => {}
            Err(blank) => open = Some(open.map_or(blank, |worst| worst.min(blank))),
        }
    }
    open.map_or(Ok(!deciding), Err)
}
