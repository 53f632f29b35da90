//! Conditions as formulas of a sheet: a cell whose question is not put to its row shows that as soon as the answers beside it say so.

use super::Material;
use crate::spec::expression::{Condition, Operator, Sum};
use crate::spec::{Dataset, FieldIndex, FieldKind};

/// Spreadsheet programs refuse longer formulas, and longer texts in them.
const LONGEST: usize = 8000;
const LONGEST_TEXT: usize = 255;
/// Through how many fields a formula looks of which one decides about the next.
const DEEPEST: usize = 3;

/// Writes conditions as formulas over the cells of one row.
pub struct Formulas<'a> {
    /// What the words of cells are taken from.
    pub material: &'a Material<'a>,
    /// The dataset of the row.
    pub dataset: &'a Dataset,
    /// The reference to the cell of a field; `None` where the table has no column for it.
    pub cell: &'a dyn Fn(FieldIndex) -> Option<String>,
}

impl Formulas<'_> {
    /// A formula that is true where the answers of the row show that a field is not asked; `None` where it is always asked, or the formula
    /// would be too long.
    pub fn not_asked(&self, field: FieldIndex) -> Option<String> {
        self.not_asked_within(field, DEEPEST)
    }

    /// The same, looking through so many fields of which one decides about the next.
    fn not_asked_within(&self, field: FieldIndex, depth: usize) -> Option<String> {
        let condition = &self.dataset.field(field).asked;
        let deciding: Vec<FieldIndex> = condition.fields().into_iter().collect();
        let not_asked: Vec<Option<String>> =
            deciding.iter().map(|&field| if depth > 0 { self.not_asked_within(field, depth - 1) } else { None }).collect();
        if deciding.is_empty() {
            return None;
        }
        let mut formula = self.shows(condition, false);
        // Neither shown nor refuted, and every blank behind that is itself not asked for.
        if not_asked.iter().any(Option::is_some) {
            let settled = deciding.iter().zip(&not_asked).map(|(&field, not_asked)| self.settled(field, not_asked.as_deref()));
            let settled: Vec<String> = std::iter::once(format!("NOT({})", self.shows(condition, true))).chain(settled).collect();
            formula = format!("OR({formula},AND({}))", settled.join(","));
        }
        (formula.len() <= LONGEST).then_some(formula)
    }

    /// Whether a cell holds an answer, or is blank because it is not asked for.
    fn settled(&self, field: FieldIndex, not_asked: Option<&str>) -> String {
        let Some(cell) = (self.cell)(field) else { return "FALSE".to_owned() };
        let answered = match &self.dataset.field(field).kind {
            FieldKind::Flag => self.holds(field, &[true, false].map(|flag| self.material.flag(flag))),
            FieldKind::Category(values) => {
                let names: Vec<String> = values.iter().map(|value| value.name.get(self.material.lead()).to_owned()).collect();
                self.holds(field, &names)
            }
            FieldKind::Count { .. } => format!("ISNUMBER({cell})"),
            FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } => "FALSE".to_owned(),
        };
        not_asked.map_or(answered.clone(), |not_asked| format!("OR({answered},AND({cell}=\"\",{not_asked}))"))
    }

    /// A formula that is true where the answers show that a condition holds, or, as `wanted`, that it does not. Where a blank leaves it
    /// open, neither is.
    fn shows(&self, condition: &Condition, wanted: bool) -> String {
        match condition {
            Condition::All(inner) => self.joined(if wanted { "AND" } else { "OR" }, inner, wanted),
            Condition::Any(inner) => self.joined(if wanted { "OR" } else { "AND" }, inner, wanted),
            Condition::Not(inner) => self.shows(inner, !wanted),
            Condition::Flag(field, expected) => self.holds(*field, &[self.material.flag(*expected == wanted)]),
            Condition::OneOf(field, values) => {
                let FieldKind::Category(all) = &self.dataset.field(*field).kind else { return "FALSE".to_owned() };
                let is_meant = |position: usize| values.iter().any(|&value| usize::from(value) == position) == wanted;
                let meant = all.iter().enumerate().filter(|(position, _)| is_meant(*position));
                let names: Vec<String> = meant.map(|(_, value)| value.name.get(self.material.lead()).to_owned()).collect();
                self.holds(*field, &names)
            }
            Condition::Compare(left, operator, right) => self.compares((left, *operator, right), wanted),
        }
    }

    fn joined(&self, function: &str, conditions: &[Condition], wanted: bool) -> String {
        let formulas: Vec<String> = conditions.iter().map(|inner| self.shows(inner, wanted)).collect();
        match formulas.as_slice() {
            [] => if function == "AND" { "TRUE" } else { "FALSE" }.to_owned(),
            [one] => one.clone(),
            _ => format!("{function}({})", formulas.join(",")),
        }
    }

    /// Whether a cell holds one of these texts.
    fn holds(&self, field: FieldIndex, texts: &[String]) -> String {
        let Some(cell) = (self.cell)(field) else { return "FALSE".to_owned() };
        let short = texts.iter().filter(|text| text.chars().count() <= LONGEST_TEXT);
        let tests: Vec<String> = short.map(|text| format!("{cell}=\"{}\"", text.replace('"', "\"\""))).collect();
        match tests.as_slice() {
            [] => "FALSE".to_owned(),
            [one] => one.clone(),
            _ => format!("OR({})", tests.join(",")),
        }
    }

    /// Whether a comparison holds, or does not, of cells that all hold numbers.
    fn compares(&self, (left, operator, right): (&Sum, Operator, &Sum), wanted: bool) -> String {
        let fields = left.terms.iter().chain(&right.terms).map(|(_, field)| *field);
        let Some(cells) = fields.map(self.cell).collect::<Option<Vec<String>>>() else { return "FALSE".to_owned() };
        let sum = |sum: &Sum| {
            let term = |&(sign, field): &(i64, FieldIndex)| {
                format!("{}{}", if sign < 0 { "-" } else { "+" }, (self.cell)(field).unwrap_or_default())
            };
            let terms: String = sum.terms.iter().map(term).collect();
            let number = format!("({}{terms})", sum.amount(sum.constant).trimmed());
            // Cells hold floats, whose last digits are not those of the numbers in them.
            if sum.places == 0 { number } else { format!("ROUND({number},{})", sum.places) }
        };
        let sign = match operator {
            Operator::Equal => "=",
            Operator::NotEqual => "<>",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
        };
        let comparison = format!("{}{sign}{}", sum(left), sum(right));
        let comparison = if wanted { comparison } else { format!("NOT({comparison})") };
        let numbers: Vec<String> = cells.iter().map(|cell| format!("ISNUMBER({cell})")).chain([comparison]).collect();
        format!("AND({})", numbers.join(","))
    }
}
