//! One cell in, one typed answer out.

use std::sync::Arc;

use crate::dataset::Typed;
use crate::diagnostic::{Rule, did_you_mean_or_list};
use crate::region::RegionIndex;
use crate::spec::{FieldKind, LARGEST_COUNT, Words, fold};
use crate::value::Blank;

/// A cell as the workbook holds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Raw {
    /// Nothing.
    #[default]
    Empty,
    /// Text.
    Text(String),
    /// A number, whatever it is formatted as.
    Number(f64),
    /// A truth value.
    Bool(bool),
    /// A failed formula, with its sign.
    Error(String),
}

impl Raw {
    /// Without anything that a person would see.
    pub fn is_blank(&self) -> bool {
        match self {
            Raw::Empty => true,
            Raw::Text(text) => text.trim().is_empty(),
            Raw::Number(_) | Raw::Bool(_) | Raw::Error(_) => false,
        }
    }

    /// As a person would read it; whole numbers without a point.
    pub fn text(&self) -> String {
        match self {
            Raw::Empty => String::new(),
            Raw::Text(text) => text.trim().to_owned(),
            Raw::Number(number) => number.to_string(),
            Raw::Bool(flag) => flag.to_string(),
            Raw::Error(sign) => sign.clone(),
        }
    }
}

/// What is wrong with a cell; `{}` in the message stands for the field.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    pub rule: Rule,
    pub message: String,
    pub hint: Option<String>,
}

impl Fault {
    pub fn new(rule: Rule, message: String) -> Self {
        Self { rule, message, hint: None }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// An unanswered cell of a field.
pub fn blank(kind: &FieldKind, reason: Blank) -> Typed {
    match kind {
        FieldKind::Code | FieldKind::Text => Typed::Text(Err(reason)),
        FieldKind::Region { .. } => Typed::Region(Err(reason)),
        FieldKind::Category(_) => Typed::Category(Err(reason)),
        FieldKind::Flag => Typed::Flag(Err(reason)),
        FieldKind::Count { .. } => Typed::Count(Err(reason)),
    }
}

/// Why a cell holds no answer, if it does not.
pub fn reason(typed: &Typed) -> Option<Blank> {
    match typed {
        Typed::Text(answer) => answer.as_ref().err().copied(),
        Typed::Region(answer) => answer.err(),
        Typed::Category(answer) => answer.err(),
        Typed::Flag(answer) => answer.err(),
        Typed::Count(answer) => answer.err(),
    }
}

/// The answer of a cell of any field but a region.
pub fn typed(raw: &Raw, kind: &FieldKind, words: &Words) -> Result<Typed, Fault> {
    if let Raw::Error(sign) = raw {
        return Err(failed_formula(sign));
    }
    let text = raw.text();
    // What a field itself understands comes first: `-` may be a word for no.
    match kind {
        FieldKind::Flag => {
            if let Some(flag) = words.flag(&text) {
                return Ok(Typed::Flag(Ok(flag)));
            }
        }
        FieldKind::Category(values) => {
            let folded = fold(&text);
            if let Some(value) = values.iter().position(|value| value.is_called(&folded)) {
                return Ok(Typed::Category(Ok(value as u16)));
            }
        }
        FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } | FieldKind::Count { .. } => {}
    }
    if let Some(reason) = words.blank(&text) {
        return Ok(blank(kind, reason));
    }
    match kind {
        FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } => Ok(Typed::Text(Ok(Arc::from(text)))),
        FieldKind::Flag => Err(Fault::new(Rule::InvalidValue, format!("expected yes or no in {{}}, found `{text}`"))
            .hint("the words for yes and no stand in `programme.yaml` under `words`")),
        FieldKind::Category(values) => {
            let known = values.iter().flat_map(|value| value.words.iter().map(|(_, word)| word.as_str()));
            Err(Fault {
                hint: did_you_mean_or_list(&text, known),
                ..Fault::new(Rule::InvalidValue, format!("expected a value of the list of {{}}, found `{text}`"))
            })
        }
        FieldKind::Count { min, max } => count(&text, *min, *max).map(|count| Typed::Count(Ok(count))),
    }
}

/// The answer of a cell of a region field; `find` looks a code or a name up.
pub fn region(raw: &Raw, words: &Words, find: impl Fn(&str) -> Result<RegionIndex, Fault>) -> Result<Typed, Fault> {
    if let Raw::Error(sign) = raw {
        return Err(failed_formula(sign));
    }
    let text = raw.text();
    match words.blank(&text) {
        Some(reason) => Ok(Typed::Region(Err(reason))),
        None => find(&text).map(|region| Typed::Region(Ok(region))),
    }
}

fn failed_formula(sign: &str) -> Fault {
    Fault::new(Rule::InvalidValue, format!("expected a value in {{}}, found the failed formula `{sign}`"))
        .hint("type the value, or mend the formula")
}

fn count(text: &str, min: i64, max: i64) -> Result<i64, Fault> {
    // Groups of digits are parted by blanks of several kinds; a whole number may carry one or two zero decimals.
    // Three zeros may as well be a group of thousands: such a cell is named, not guessed.
    let digits: String = text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().replace(['−', '–'], "-");
    let whole = digits.split_once([',', '.']).map_or(digits.as_str(), |(whole, decimals)| {
        if (1..=2).contains(&decimals.len()) && decimals.bytes().all(|digit| digit == b'0') { whole } else { digits.as_str() }
    });
    let is_number = !whole.is_empty() && whole.trim_start_matches('-').bytes().all(|digit| digit.is_ascii_digit());
    // More digits than any count has: as large as can be said.
    let number = if is_number && whole.len() > 18 { Ok(i64::MAX) } else { whole.parse::<i64>() };
    let Ok(number) = number else {
        let fault = Fault::new(Rule::NotANumber, format!("expected a whole number in {{}}, found `{text}`"));
        return Err(fault.hint("write digits only; leave the cell blank when the number is not known"));
    };
    if number < 0 {
        return Err(Fault::new(Rule::NegativeCount, format!("expected a number from zero up in {{}}, found `{text}`"))
            .hint("a count cannot be negative; zero is written `0`"));
    }
    if number < min || number > max {
        let fault = Fault::new(Rule::OutOfRange, format!("expected a number from {min} to {max} in {{}}, found `{text}`"));
        let hint =
            if max == LARGEST_COUNT { "no count may be larger" } else { "the bounds stand in the dataset's specification" };
        return Err(fault.hint(hint));
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: Raw) -> Result<Typed, Rule> {
        let kind = FieldKind::Count { min: 0, max: 5000 };
        typed(&raw, &kind, &Words::default()).map_err(|fault| fault.rule)
    }

    #[test]
    fn numbers_are_read_however_they_are_typed() {
        assert_eq!(read(Raw::Text("1,000".into())), Err(Rule::NotANumber));
        for text in ["1234", "1 234", "1\u{a0}234", "1\u{202f}234", "1234,0", "1234.00", " 1234 "] {
            assert_eq!(read(Raw::Text(text.into())), Ok(Typed::Count(Ok(1234))), "{text}");
        }
        assert_eq!(read(Raw::Number(1234.0)), Ok(Typed::Count(Ok(1234))));
    }

    #[test]
    fn what_is_no_count_is_named() {
        assert_eq!(read(Raw::Text("много".into())), Err(Rule::NotANumber));
        assert_eq!(read(Raw::Number(3.5)), Err(Rule::NotANumber));
        assert_eq!(read(Raw::Number(f64::NAN)), Err(Rule::NotANumber));
        assert_eq!(read(Raw::Text("-5".into())), Err(Rule::NegativeCount));
        assert_eq!(read(Raw::Text("−5".into())), Err(Rule::NegativeCount));
        assert_eq!(read(Raw::Number(5001.0)), Err(Rule::OutOfRange));
        assert_eq!(read(Raw::Error("#REF!".into())), Err(Rule::InvalidValue));
    }

    #[test]
    fn blank_is_not_zero() {
        assert_eq!(read(Raw::Empty), Ok(Typed::Count(Err(Blank::NotReported))));
        assert_eq!(read(Raw::Number(0.0)), Ok(Typed::Count(Ok(0))));
    }
}
