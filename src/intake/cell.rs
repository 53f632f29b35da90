//! One cell in, one typed answer out.

use std::borrow::Cow;
use std::sync::Arc;

use super::fault::{Fault, found};
use super::number::{self, Bounds, Written};
use crate::dataset::Typed;
use crate::diagnostic::{CauseKind, Rule, did_you_mean_or_list};
use crate::grid::Raw;
use crate::letters::{foreign, looks_like, parted_digits, seen};
use crate::spec::names::Names;
use crate::spec::{Category, FieldKind, Words, fold};
use crate::value::Blank;

/// A typed cell; where the cell was understood as more than it says, also how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub typed: Typed,
    pub understood: Option<String>,
}

impl Reading {
    pub fn plain(typed: Typed) -> Self {
        Self { typed, understood: None }
    }
}

/// The words and names by which the cells of a project are read.
#[derive(Clone, Copy)]
pub struct Vocabulary<'a> {
    pub words: &'a Words,
    pub names: &'a Names,
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

/// The answer of a cell; of any field except a region, which `Lookup` reads.
pub fn typed(raw: &Raw, kind: &FieldKind, vocabulary: Vocabulary<'_>) -> Result<Reading, Fault> {
    usable(raw, kind)?;
    let Vocabulary { words, names } = vocabulary;
    let whole = raw.text();
    let text = if matches!(kind, FieldKind::Code) { inside(&whole) } else { &whole };
    // Numbers need no folding.
    let folded = if matches!(raw, Raw::Number(_)) { Cow::Borrowed(text) } else { Cow::Owned(fold(text)) };
    // The field's own words come before the words for nothing: `-` may be a word for no.
    match kind {
        FieldKind::Flag => {
            if let Some(flag) = words.flag_folded(&folded) {
                return Ok(Reading::plain(Typed::Flag(Ok(flag))));
            }
        }
        FieldKind::Category(values) => {
            if let Some(value) = values.iter().position(|value| value.is_called(&folded)) {
                return Ok(Reading::plain(Typed::Category(Ok(value as u16))));
            }
        }
        FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } | FieldKind::Count { .. } => {}
    }
    if let Some(reason) = words.blank_folded(&folded) {
        return Ok(Reading::plain(blank(kind, reason)));
    }
    match kind {
        FieldKind::Code => code(raw, &whole, text),
        FieldKind::Text | FieldKind::Region { .. } => Ok(Reading::plain(Typed::Text(Ok(Arc::from(text))))),
        FieldKind::Flag => flag_alike(text, words, names).ok_or_else(|| {
            let message = format!("expected yes or no in {{}}, found `{text}`");
            Fault::new(Rule::InvalidValue, CauseKind::NotYesOrNo, found(text), message)
                .hint("the words for yes and no stand in `programme.yaml` under `words`")
        }),
        FieldKind::Category(values) => category_alike(text, values, names).ok_or_else(|| {
            let known = values.iter().flat_map(|value| value.words.iter().map(|(_, word)| word.as_str()));
            Fault {
                hint: did_you_mean_or_list(text, known).map(Cow::Owned),
                ..Fault::new(
                    Rule::InvalidValue,
                    CauseKind::NotInList,
                    found(text),
                    format!("expected a value of the list of {{}}, found `{text}`"),
                )
            }
        }),
        FieldKind::Count { places, min, max, suffixes, signs } => {
            let written = Written { places: *places, suffixes, signs: *signs };
            let (count, understood) = number::bounded(raw, words, Bounds { min: *min, max: *max, written })?;
            Ok(Reading { typed: Typed::Count(Ok(count)), understood })
        }
    }
}

/// An identifier without the signs that keep its zeros and without marks of no width. A number that a spreadsheet program has rounded
/// is a fault: its last digits are gone.
fn code(raw: &Raw, whole: &str, text: &str) -> Result<Reading, Fault> {
    /// Spreadsheet programs keep 15 digits of a number.
    const KEPT: f64 = 1e15;
    let rounded = matches!(raw, Raw::Number(number) if number.abs() >= KEPT);
    if rounded || is_scientific(text) {
        let message =
            format!("expected an identifier in {{}}, found the number `{text}`, which a spreadsheet program has rounded");
        return Err(Fault::new(Rule::InvalidValue, CauseKind::RoundedIdentifier, found(text), message)
            .hint("format the column as text, and type the identifiers again"));
    }
    let visible = seen(text);
    let bare = visible.trim_start_matches(['\'', '’']).trim();
    let kept = if bare.is_empty() { text } else { bare };
    Ok(Reading { typed: Typed::Text(Ok(Arc::from(kept))), understood: (kept != whole).then(|| kept.to_owned()) })
}

/// The text in `="0012"`, which programs write into text tables so that spreadsheet programs keep the zeros; any other text as it is.
fn inside(text: &str) -> &str {
    text.strip_prefix("=\"").and_then(|inside| inside.strip_suffix('"')).map_or(text, str::trim)
}

/// Whether a text is a number in powers of ten as spreadsheet programs print it: `1,00120E+11`.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, power)) = text.split_once(['E', 'e', 'Е', 'е']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, decimals) = mantissa.split_once([',', '.']).map_or((mantissa, None), |(whole, rest)| (whole, Some(rest)));
    // `12E3` may well be an identifier; no identifier has a sign or a decimal in it.
    let is_printed = power.starts_with(['+', '-']) || decimals.is_some();
    is_printed && digits(whole) && decimals.is_none_or(digits) && digits(power.trim_start_matches(['+', '-']))
}

/// An identifier without its zero decimals, as in `101.0`: a program that takes the identifier for a number adds them.
pub fn without_decimals(text: &str) -> Option<&str> {
    let (whole, decimals) = text.split_once(['.', ','])?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole) && decimals == "0").then_some(whole)
}

/// The signs of an answer that deny it, doubt it, or call it near, and those between its numbers: `5–9` is not `59`. All others part its words, quote them or point to a footnote.
fn signs(text: &str) -> String {
    let says = |sign: &char| matches!(sign, '≠' | '¬' | '?' | '？' | '؟' | '~' | '≈' | '±' | '+' | '<' | '>' | '≤' | '≥');
    text.chars().filter(says).collect::<String>() + &parted_digits(text)
}

/// The answer meant by a text whose letters only look like those of a word for yes or no.
fn flag_alike(text: &str, words: &Words, names: &Names) -> Option<Reading> {
    let alike = like(text, names);
    let mut meant: Option<(bool, &str)> = None;
    for (flag, word) in words.flags() {
        if alike(word) {
            if meant.is_some_and(|(other, _)| other != flag) {
                return None;
            }
            meant = Some((flag, word));
        }
    }
    let (flag, word) = meant?;
    Some(Reading { typed: Typed::Flag(Ok(flag)), understood: Some(word.to_owned()) })
}

/// Whether a text is a word with some letters taken from another script. A digit never stands for a letter.
pub fn is_seen_as(text: &str, word: &str) -> bool {
    let text = seen(text);
    let same = |(left, right): &(char, char)| left.to_lowercase().eq(right.to_lowercase());
    let differing = text.chars().zip(word.chars()).filter(|pair| !same(pair)).count();
    // `II` is not `11`.
    let has_digit = |text: &str| text.contains(|letter: char| letter.is_ascii_digit());
    has_digit(&text) == has_digit(word) && looks_like(&text, word) && differing == foreign(&text, word).len()
}

/// Tells whether a text is a word with other letters that look alike, or with signs that say nothing.
pub fn like<'a>(text: &'a str, names: &'a Names) -> impl Fn(&str) -> bool + 'a {
    let (wanted, own) = (names.plain(text), signs(text));
    move |word: &str| {
        is_seen_as(text, word) || names.plain(word).iter().any(|reading| wanted.contains(reading)) && signs(word) == own
    }
}

/// The answer meant by a text whose letters only look like those of a word for a value of the category.
fn category_alike(text: &str, values: &[Category], names: &Names) -> Option<Reading> {
    let alike = like(text, names);
    let mut meant = values
        .iter()
        .enumerate()
        .filter_map(|(position, value)| value.words.iter().find(|(_, word)| alike(word)).map(|(_, word)| (position, word)));
    let (position, word) = meant.next()?;
    if meant.next().is_some() {
        return None;
    }
    Some(Reading { typed: Typed::Category(Ok(position as u16)), understood: Some(word.clone()) })
}

/// The fault of a blank cell that is merged with a filled one: nobody can tell whether the answer holds for both.
pub fn merged(first: &Raw, is_above: bool) -> Fault {
    let text = first.text();
    let (side, kind) = if is_above { ("above", CauseKind::MergedValue) } else { ("beside it", CauseKind::MergedBeside) };
    let message = format!("expected a value in {{}}, found cells merged with the one {side}, which holds `{text}`");
    Fault::new(Rule::InvalidValue, kind, found(&text), message).hint("take the cells apart, and write a value into each")
}

/// Accepts a cell, or says why its contents cannot be what the office meant.
pub fn usable(raw: &Raw, kind: &FieldKind) -> Result<(), Fault> {
    let text = matches!(kind, FieldKind::Text);
    match raw {
        Raw::Error(sign) => {
            let message = format!("expected a value in {{}}, found the failed formula `{sign}`");
            Err(Fault::new(Rule::InvalidValue, CauseKind::FailedFormula, found(sign), message)
                .hint("type the value, or mend the formula"))
        }
        Raw::Stale => {
            let message = "expected a value in {}, found a formula without a stored result".to_owned();
            Err(Fault::new(Rule::InvalidValue, CauseKind::StaleFormula, Vec::new(), message)
                .hint("open the workbook in a spreadsheet program and save it, or type the value"))
        }
        Raw::Date(day) if !text => {
            let message = format!("expected {} in {{}}, found the date `{day}`", wanted(kind));
            Err(Fault::new(Rule::InvalidValue, CauseKind::DateInstead, found(day), message)
                .hint("the spreadsheet program took what was typed for a date: format the cell as text, and type it again"))
        }
        Raw::Struck(_) => {
            let text = raw.text();
            let message = format!("expected a value in {{}}, found `{text}`, struck out in whole or in part");
            Err(Fault::new(Rule::InvalidValue, CauseKind::StruckOut, found(&text), message)
                .hint("delete what is struck out, and leave what counts"))
        }
        Raw::Empty | Raw::Text(_) | Raw::Number(_) | Raw::Percent(_) | Raw::Date(_) | Raw::Bool(_) | Raw::Padded(_) => Ok(()),
    }
}

/// What a field asks for, in words.
fn wanted(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Code => "an identifier",
        FieldKind::Text => "a text",
        FieldKind::Region { .. } => "a region",
        FieldKind::Category(_) => "a value of the list",
        FieldKind::Flag => "yes or no",
        FieldKind::Count { places: 0, .. } => "a whole number",
        FieldKind::Count { .. } => "a number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Signs;

    fn read(raw: Raw, kind: &FieldKind) -> Result<Reading, Rule> {
        let names = Names::new(&["aа".to_owned(), "iі".to_owned()], &[], &[]);
        typed(&raw, kind, Vocabulary { words: &Words::default(), names: &names }).map_err(|fault| fault.rule)
    }

    fn counts(raw: Raw) -> Result<Typed, Rule> {
        read(raw, &FieldKind::Count { places: 0, min: 0, max: 5000, suffixes: Vec::new(), signs: Signs::default() })
            .map(|reading| reading.typed)
    }

    #[test]
    fn blank_is_not_zero() {
        assert_eq!(counts(Raw::Empty), Ok(Typed::Count(Err(Blank::NotReported))));
        assert_eq!(counts(Raw::Number(0.0)), Ok(Typed::Count(Ok(0))));
    }

    #[test]
    fn formulas_without_a_value_and_dates_are_named() {
        assert_eq!(counts(Raw::Error("#REF!".into())), Err(Rule::InvalidValue));
        assert_eq!(counts(Raw::Stale), Err(Rule::InvalidValue));
        assert_eq!(counts(Raw::Date("2025-10-05".into())), Err(Rule::InvalidValue));
        let text = read(Raw::Date("2025-10-05".into()), &FieldKind::Text).map(|reading| reading.typed);
        assert_eq!(text, Ok(Typed::Text(Ok("2025-10-05".into()))));
    }

    #[test]
    fn an_identifier_loses_the_apostrophe_before_it() {
        let reading = read(Raw::Text("'0012".into()), &FieldKind::Code);
        assert_eq!(reading, Ok(Reading { typed: Typed::Text(Ok("0012".into())), understood: Some("0012".into()) }));
    }

    #[test]
    fn a_rounded_identifier_is_named() {
        for raw in [Raw::Text("1,00120E+11".into()), Raw::Text("1.2e+5".into()), Raw::Number(1_234_567_890_123_456.0)] {
            assert_eq!(read(raw.clone(), &FieldKind::Code), Err(Rule::InvalidValue), "{raw:?}");
        }
        for text in ["12E3", "A1E+11", "E+5", "1,2"] {
            assert!(read(Raw::Text(text.into()), &FieldKind::Code).is_ok(), "{text}");
        }
        assert!(read(Raw::Number(123_456_789_012_345.0), &FieldKind::Code).is_ok());
        assert_eq!((without_decimals("101.0"), without_decimals("101.5"), without_decimals("a.0")), (Some("101"), None, None));
    }

    #[test]
    fn letters_that_look_alike_are_understood_and_told() {
        let value = |id: &str, word: &str| Category {
            id: id.into(),
            name: crate::language::Localized::default(),
            words: vec![(word.into(), word.into())],
            is_total: false,
        };
        let kind = FieldKind::Category(vec![value("a", "ага"), value("b", "мектеп")]);
        let reading = read(Raw::Text("aгa".into()), &kind);
        assert_eq!(reading, Ok(Reading { typed: Typed::Category(Ok(0)), understood: Some("ага".into()) }));
        assert_eq!(read(Raw::Text("агу".into()), &kind), Err(Rule::InvalidValue));
    }
}
