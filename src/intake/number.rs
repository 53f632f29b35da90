//! One text in, one count out. A text that can be read in two ways is reported, never guessed.

use super::fault::{Fault, found};
use crate::diagnostic::{CauseKind, Fact, Rule};
use crate::grid::{self, Raw};
use crate::letters::is_unseen;
use crate::spec::{LARGEST_COUNT, Signs, Words, fold_suffix};

/// The kind of fault and the hint for a text that is no number, where nothing more precise is known.
const DIGITS_ONLY: (CauseKind, &str) =
    (CauseKind::NotANumber, "write digits only; leave the cell blank when the number is not known");

/// The numbers that may stand in a count's cell.
#[derive(Clone, Copy)]
pub struct Bounds<'a> {
    /// The smallest allowed.
    pub min: i64,
    /// The largest allowed.
    pub max: i64,
    /// How it may be written.
    pub written: Written<'a>,
}

/// How a number may be written.
#[derive(Clone, Copy, Default)]
pub struct Written<'a> {
    /// Words that may stand behind it, folded.
    pub suffixes: &'a [String],
    /// The signs within it.
    pub signs: Signs,
}

/// The count in a cell; where something was taken off the text to find it, also the number in words.
pub fn count(raw: &Raw, words: &Words, bounds: Bounds<'_>) -> Result<(i64, Option<String>), Fault> {
    let (number, taken) = whole(raw, words, bounds.written)?;
    if number < 0 {
        let text = raw.text();
        let message = format!("expected a number from zero up in {{}}, found `{text}`");
        return Err(Fault::new(Rule::NegativeCount, CauseKind::NegativeCount, found(&text), message)
            .hint("a count cannot be negative; zero is written `0`"));
    }
    let Bounds { min, max, .. } = bounds;
    if number < min || number > max {
        let text = raw.text();
        let mut facts = found(&text);
        facts.extend([("min", Fact::Text(min.to_string())), ("max", Fact::Text(max.to_string()))]);
        let message = format!("expected a number from {min} to {max} in {{}}, found `{text}`");
        let fault = Fault::new(Rule::OutOfRange, CauseKind::OutOfRange, facts, message);
        let hint =
            if max == LARGEST_COUNT { "no count may be larger" } else { "the bounds stand in the dataset's specification" };
        return Err(fault.hint(hint));
    }
    Ok((number, taken))
}

/// The whole number in a cell, of any size and sign; where something was taken off the text to find it, also the number in words.
pub fn whole(raw: &Raw, words: &Words, Written { suffixes, signs }: Written<'_>) -> Result<(i64, Option<String>), Fault> {
    if let Raw::Number(number) = raw
        && let Some(number) = grid::whole(*number)
    {
        return Ok((number, None));
    }
    let text = raw.text();
    let fault = |(kind, hint): (CauseKind, &'static str)| {
        let message = format!("expected a whole number in {{}}, found `{text}`");
        Fault::new(Rule::NotANumber, kind, found(&text), message).hint(hint)
    };
    if let Raw::Percent(_) = raw {
        let message = format!("expected a whole number in {{}}, found the percentage `{text}`");
        return Err(Fault::new(Rule::NotANumber, CauseKind::Percentage, found(&text), message)
            .hint("write how many, and format the cell as a number"));
    }
    let bare: String = text.chars().filter(|letter| !is_unseen(*letter)).collect();
    // An apostrophe before a number makes spreadsheet programs keep it as text; when it is typed twice, one is seen.
    let unquoted = bare.trim().trim_matches(is_apostrophe);
    // Signs that refer to a footnote.
    let (digits, suffix) = parted(unquoted.trim_end_matches(['*', '†', '¹', '²', '³']));
    if !suffix.is_empty() && !words.is_suffix(suffix) && !suffixes.contains(&fold_suffix(suffix)) {
        return Err(fault(if suffix == "%" { (CauseKind::Percentage, "write how many, not what share") } else { DIGITS_ONLY }));
    }
    let (sign, digits) = digits.strip_prefix(['-', '−', '–']).map_or((1, digits), |digits| (-1, digits.trim_start()));
    let number = grouped(digits, signs).ok_or_else(|| fault(way_out(digits)))?;
    // Blanks between thousands and zero decimals need no mention; anything else taken off the text is reported.
    let plain = suffix.is_empty() && digits == bare.trim();
    let number = sign * number;
    Ok((number, (!plain).then(|| number.to_string())))
}

/// Whether a sign ends a line or jumps to the next tab stop: the text behind it is a separate one.
fn is_line_end(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '’' | '‘' | '`')
}

/// The kind of fault and the hint for a text with digits that is no number.
fn way_out(digits: &str) -> (CauseKind, &'static str) {
    let grouped = digits.contains([',', '.']) && digits.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, ',' | '.'));
    if digits.contains(is_line_end) {
        (CauseKind::SeveralLines, "the cell holds several lines: leave the one number that counts")
    } else if grouped && digits.split([',', '.']).skip(1).all(|group| group.len() >= 2) {
        (CauseKind::PartedNumber, "a comma or a point may part thousands or decimals: write the number without it")
    } else {
        DIGITS_ONLY
    }
}

/// The number and the word behind it.
fn parted(text: &str) -> (&str, &str) {
    let end = text.char_indices().rfind(|(_, letter)| letter.is_ascii_digit()).map_or(0, |(at, _)| at + 1);
    (&text[..end], text[end..].trim())
}

/// The number in digits that are grouped as declared; else as [`spaced`].
fn grouped(digits: &str, signs: Signs) -> Option<i64> {
    let other = |sign: Option<char>| match sign {
        Some(',') => Some('.'),
        Some('.') => Some(','),
        _ => None,
    };
    let (group, decimal) = (signs.group.or(other(signs.decimal)), signs.decimal.or(other(signs.group)));
    let whole = match decimal.and_then(|decimal| digits.split_once(decimal)) {
        Some((whole, decimals)) if !decimals.is_empty() && decimals.bytes().all(|digit| digit == b'0') => whole,
        Some(_) => return None,
        None => digits,
    };
    let Some(group) = group.filter(|&group| whole.contains(group)) else { return spaced(whole) };
    let groups: Vec<&str> = whole.split(group).map(str::trim).collect();
    let [first, between @ .., last] = groups.as_slice() else { return None };
    let size = between.first().map_or(3, |group| group.len());
    let is_sound = (1..=size).contains(&first.len())
        && (2..=3).contains(&size)
        && between.iter().all(|group| group.len() == size)
        && last.len() == 3;
    let number = groups.concat();
    (is_sound && number.bytes().all(|digit| digit.is_ascii_digit())).then(|| held(&number))
}

/// The number in digits grouped by three with blanks or apostrophes, perhaps with one or two zero decimals. Three zeros may as well be a
/// group of thousands, so they are refused.
fn spaced(digits: &str) -> Option<i64> {
    let whole = digits.split_once([',', '.']).map_or(digits, |(whole, decimals)| {
        if (1..=2).contains(&decimals.len()) && decimals.bytes().all(|digit| digit == b'0') { whole } else { digits }
    });
    // Digits on two lines are two numbers.
    let is_gap = |letter: char| letter.is_whitespace() && !is_line_end(letter) || is_apostrophe(letter);
    let mut groups = whole.split(is_gap).filter(|group| !group.is_empty());
    let mut number = groups.next()?.to_owned();
    for group in groups {
        if group.len() != 3 || number.is_empty() {
            return None;
        }
        number.push_str(group);
    }
    let first = whole.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(whole.len());
    let all_digits = number.bytes().all(|digit| digit.is_ascii_digit());
    if !all_digits || number.is_empty() || first < whole.len() && first > 3 {
        return None;
    }
    Some(held(&number))
}

/// The number of some digits; one with more digits than any count has becomes the largest that can be held.
fn held(digits: &str) -> i64 {
    if digits.len() > 18 { i64::MAX } else { digits.parse().unwrap_or(i64::MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: Raw) -> Result<i64, Rule> {
        let suffixes = ["pcs".to_owned()];
        let bounds = Bounds { min: 0, max: 5000, written: Written { suffixes: &suffixes, ..Written::default() } };
        count(&raw, &Words::default(), bounds).map(|(count, _)| count).map_err(|fault| fault.rule)
    }

    fn text(text: &str) -> Result<i64, Rule> {
        read(Raw::Text(text.into()))
    }

    #[test]
    fn numbers_are_read_however_they_are_typed() {
        for spelling in [
            "1234",
            "1 234",
            "1\u{a0}234",
            "1\u{202f}234",
            "1234,0",
            "1234.00",
            " 1234 ",
            "'1234",
            "1'234",
            "1’234",
            "\u{feff}1234",
            "1234 pcs",
            "1234*",
            "1234 pcs²",
            "1234pcs.",
            "1 234 PCS",
        ] {
            assert_eq!(text(spelling), Ok(1234), "{spelling}");
        }
        assert_eq!(read(Raw::Number(1234.0)), Ok(1234));
    }

    #[test]
    fn what_is_no_count_is_named() {
        for spelling in [
            "много",
            "1,000",
            "2.000",
            "12 34",
            "1234 567",
            "12 apples",
            "3,5",
            "12%",
            "1-2",
            "≈ 12",
            "",
            "'",
            "1 2",
            "--1",
            "12 3 pcs",
            "10\n120",
            "3\n000",
            "3\t000",
            "66,324",
            "2,73,235",
        ] {
            assert_eq!(text(spelling), Err(Rule::NotANumber), "{spelling}");
        }
        assert_eq!(read(Raw::Number(3.5)), Err(Rule::NotANumber));
        assert_eq!(read(Raw::Number(f64::NAN)), Err(Rule::NotANumber));
        assert_eq!(read(Raw::Percent(0.12)), Err(Rule::NotANumber));
        assert_eq!(read(Raw::Percent(12.0)), Err(Rule::NotANumber));
        assert_eq!(text("-5"), Err(Rule::NegativeCount));
        assert_eq!(text("−5"), Err(Rule::NegativeCount));
        assert_eq!(read(Raw::Number(5001.0)), Err(Rule::OutOfRange));
        assert_eq!(text("123456789012345678901234567890"), Err(Rule::OutOfRange));
    }

    #[test]
    fn declared_signs_are_taken_at_their_word() {
        let read = |text: &str, group: Option<char>, decimal: Option<char>| {
            let written = Written { signs: Signs { group, decimal }, ..Written::default() };
            whole(&Raw::Text(text.into()), &Words::default(), written).ok().map(|(number, _)| number)
        };
        for (text, number) in [
            ("1,234", Some(1234)),
            ("14,71,891", Some(1_471_891)),
            ("1,471,891", Some(1_471_891)),
            ("1,471,891.00", Some(1_471_891)),
            ("12", Some(12)),
            ("1 234", Some(1234)),
            ("-1,234", Some(-1234)),
            ("1,23", None),
            ("1471,891", None),
            ("14,71,89", None),
            ("1,4718,91", None),
            ("1,234.5", None),
            (",234", None),
            ("1,,234", None),
        ] {
            assert_eq!(read(text, Some(','), None), number, "{text}");
        }
        assert_eq!(read("1.234,0", Some('.'), None), Some(1234));
        assert_eq!(read("1.000", Some('.'), Some(',')), Some(1000));
        assert_eq!(read("1.000", None, Some('.')), Some(1));
        assert_eq!(read("1.234", None, Some(',')), Some(1234));
        assert_eq!(read("1,000", None, None), None);
    }

    #[test]
    fn what_was_taken_off_is_told() {
        let written = Written { suffixes: &["pcs".to_owned()], ..Written::default() };
        let bounds = Bounds { min: 0, max: 5000, written };
        let told = |spelling: &str| count(&Raw::Text(spelling.into()), &Words::default(), bounds).ok().and_then(|(_, told)| told);
        assert_eq!(told("12 pcs").as_deref(), Some("12"));
        assert_eq!(told("'12").as_deref(), Some("12"));
        assert_eq!(told("1 200"), None);
    }
}
