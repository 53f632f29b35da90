//! One text in, one number out, exact. A text that can be read in two ways is reported, never guessed.

use super::fault::{Fault, found};
use crate::diagnostic::{CauseKind, Fact, Rule};
use crate::grid::{self, Raw};
use crate::letters::is_unseen;
use crate::spec::{LARGEST_COUNT, LARGEST_DECIMAL, Signs, Words, fold_suffix};
use crate::value::Amount;

/// The numbers that may stand in a cell.
#[derive(Clone, Copy)]
pub struct Bounds<'a> {
    /// The smallest allowed, in units of 10^-places.
    pub min: i64,
    /// The largest allowed, in the same units.
    pub max: i64,
    /// How it may be written.
    pub written: Written<'a>,
}

/// How a number may be written.
#[derive(Clone, Copy, Default)]
pub struct Written<'a> {
    /// The most places after the decimal sign; 0 where whole numbers are asked for.
    pub places: u32,
    /// Words that may stand behind it, folded.
    pub suffixes: &'a [String],
    /// The signs within it.
    pub signs: Signs,
}

/// The number in a cell in units of 10^-places, within bounds; where something was taken off the text to find it, also the number in words.
pub fn bounded(raw: &Raw, words: &Words, bounds: Bounds<'_>) -> Result<(i64, Option<String>), Fault> {
    let (number, taken) = read(raw, words, bounds.written)?;
    if number < 0 {
        let text = raw.text();
        let message = format!("expected a number from zero up in {{}}, found `{text}`");
        return Err(Fault::new(Rule::NegativeCount, CauseKind::NegativeCount, found(&text), message)
            .hint("a count cannot be negative; zero is written `0`"));
    }
    let Bounds { min, max, written } = bounds;
    if number < min || number > max {
        let text = raw.text();
        let [min, largest] = [min, max].map(|bound| Amount::new(bound, written.places).trimmed());
        let mut facts = found(&text);
        facts.extend([("min", Fact::Number(min)), ("max", Fact::Number(largest))]);
        let message = format!("expected a number from {min} to {largest} in {{}}, found `{text}`");
        let fault = Fault::new(Rule::OutOfRange, CauseKind::OutOfRange, facts, message);
        let hint = match (written.places, max) {
            (0, LARGEST_COUNT) => "no count may be larger",
            (1.., LARGEST_DECIMAL) => "no number with so many decimals may be larger",
            _ => "the bounds stand in the dataset's specification",
        };
        return Err(fault.hint(hint));
    }
    Ok((number, taken))
}

/// The number in a cell in units of 10^-places, of any size and sign; where something was taken off the text to find it, also the number in
/// words.
pub fn read(raw: &Raw, words: &Words, written: Written<'_>) -> Result<(i64, Option<String>), Fault> {
    let Written { places, suffixes, signs } = written;
    if let Raw::Number(number) = raw
        && let Some(found) = of_float(*number, places)
    {
        return found;
    }
    let text = raw.text();
    let fault = |(kind, hint): (CauseKind, &'static str)| {
        let message = format!("expected {} in {{}}, found `{text}`", wanted(places));
        Fault::new(Rule::NotANumber, kind, found(&text), message).hint(hint)
    };
    if let Raw::Percent(_) = raw {
        let message = format!("expected {} in {{}}, found the percentage `{text}`", wanted(places));
        return Err(Fault::new(Rule::NotANumber, CauseKind::Percentage, found(&text), message)
            .hint("write how many, and format the cell as a number"));
    }
    let bare: String = text.chars().filter(|letter| !is_unseen(*letter)).collect();
    // An apostrophe before a number makes spreadsheet programs keep it as text; when it is typed twice, one is seen.
    let unquoted = bare.trim().trim_matches(is_apostrophe);
    // Signs that refer to a footnote.
    let (digits, suffix) = parted(unquoted.trim_end_matches(['*', '†', '¹', '²', '³']));
    if !suffix.is_empty() && !words.is_suffix(suffix) && !suffixes.contains(&fold_suffix(suffix)) {
        let way_out = if suffix == "%" { (CauseKind::Percentage, "write how many, not what share") } else { digits_only(places) };
        return Err(fault(way_out));
    }
    let (sign, digits) = digits.strip_prefix(['-', '−', '–']).map_or((1, digits), |digits| (-1, digits.trim_start()));
    let (whole, decimals) = grouped(digits, signs, places).ok_or_else(|| fault(way_out(digits, places)))?;
    let number = sign * in_units(&whole, decimals, places).ok_or_else(|| too_fine(&text, places))?;
    // Blanks between thousands and zero decimals need no mention; anything else taken off the text is reported.
    let plain = suffix.is_empty() && digits == bare.trim();
    Ok((number, (!plain).then(|| Amount::new(number, places).trimmed().to_string())))
}

/// The number that a spreadsheet program holds as a float; `None` where that is none that is asked for. Programs keep 15 digits of a number
/// and show no more: what lies behind them, as in 0.30000000000000004, is of their arithmetic.
fn of_float(number: f64, places: u32) -> Option<Result<(i64, Option<String>), Fault>> {
    if let Some(whole) = grid::whole(number) {
        return Some(Ok((10_i64.pow(places).saturating_mul(whole), None)));
    }
    if places == 0 || !number.is_finite() {
        return None;
    }
    let sign = if number < 0.0 { -1 } else { 1 };
    let shortest = number.abs().to_string();
    let units = |text: &str| {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        in_units(whole, decimals, places).map(|units| sign * units)
    };
    if let Some(units) = units(&shortest) {
        return Some(Ok((units, None)));
    }
    let before = shortest.split('.').next().map_or(0, |whole| if whole == "0" { 0 } else { whole.len() });
    let shown = format!("{:.*}", 15_usize.saturating_sub(before), number.abs());
    match units(&shown) {
        Some(units) => Some(Ok((units, Some(Amount::new(units, places).trimmed().to_string())))),
        None => Some(Err(too_fine(&number.to_string(), places))),
    }
}

/// Digits before and behind the decimal sign as a number of units of 10^-places; `None` where digits that are no zeros lie behind the last
/// place.
fn in_units(whole: &str, decimals: &str, places: u32) -> Option<i64> {
    let decimals = decimals.trim_end_matches('0');
    (decimals.len() <= places as usize).then(|| held(&format!("{whole}{decimals:0<width$}", width = places as usize)))
}

/// What is asked for, in words.
fn wanted(places: u32) -> &'static str {
    if places == 0 { "a whole number" } else { "a number" }
}

/// The kind of fault and the hint for a text that is no number, where nothing more precise is known.
fn digits_only(places: u32) -> (CauseKind, &'static str) {
    match places {
        0 => (CauseKind::NotANumber, "write digits only; leave the cell blank when the number is not known"),
        _ => (
            CauseKind::NotADecimal,
            "write digits, and one point or comma before the decimals; leave the cell blank when the number is not known",
        ),
    }
}

/// The fault of a number with more places than are asked for.
fn too_fine(text: &str, places: u32) -> Fault {
    let noun = if places == 1 { "decimal" } else { "decimals" };
    let message = format!("expected a number with at most {places} {noun} in {{}}, found `{text}`");
    let mut facts = found(text);
    facts.push(("places", Fact::Text(places.to_string())));
    Fault::new(Rule::TooManyDecimals, CauseKind::TooManyDecimals, facts, message)
        .hint("round the number as it is to be counted; nothing is rounded here")
}

/// Whether a sign ends a line or jumps to the next tab stop: the text behind it is a separate one.
fn is_line_end(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '’' | '‘' | '`')
}

/// The kind of fault and the hint for a text with digits that is no number.
fn way_out(digits: &str, places: u32) -> (CauseKind, &'static str) {
    let grouped = digits.contains([',', '.']) && digits.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, ',' | '.'));
    if digits.contains(is_line_end) {
        (CauseKind::SeveralLines, "the cell holds several lines: leave the one number that counts")
    } else if grouped && digits.split([',', '.']).skip(1).all(|group| group.len() >= 2) {
        match places {
            0 => (CauseKind::PartedNumber, "a comma or a point may part thousands or decimals: write the number without it"),
            _ => (
                CauseKind::PartedDecimal,
                "a comma or a point may part thousands or decimals: write the number without the sign between thousands",
            ),
        }
    } else {
        digits_only(places)
    }
}

/// The number and the word behind it.
fn parted(text: &str) -> (&str, &str) {
    let end = text.char_indices().rfind(|(_, letter)| letter.is_ascii_digit()).map_or(0, |(at, _)| at + 1);
    (&text[..end], text[end..].trim())
}

/// The digits before and those behind the decimal sign of a text that is grouped as declared; else as [`spaced`]. Where whole numbers are
/// asked for, decimals are zeros.
fn grouped(digits: &str, signs: Signs, places: u32) -> Option<(String, &str)> {
    let other = |sign: Option<char>| match sign {
        Some(',') => Some('.'),
        Some('.') => Some(','),
        _ => None,
    };
    let (group, decimal) = (signs.group.or(other(signs.decimal)), signs.decimal.or(other(signs.group)));
    let (whole, decimals) = match decimal.and_then(|decimal| digits.split_once(decimal)) {
        Some((whole, decimals)) if !decimals.is_empty() && are_decimals(decimals, places) => (whole, Some(decimals)),
        Some(_) => return None,
        None => (digits, None),
    };
    let Some(group) = group.filter(|&group| whole.contains(group)) else {
        // Where the decimal sign is declared, no other sign is one.
        return match (decimals, decimal) {
            (Some(decimals), _) => Some((spaced(whole, 0)?.0, decimals)),
            (None, Some(_)) if places > 0 => spaced(whole, 0),
            (None, _) => spaced(whole, places),
        };
    };
    let groups: Vec<&str> = whole.split(group).map(str::trim).collect();
    let [first, between @ .., last] = groups.as_slice() else { return None };
    let size = between.first().map_or(3, |group| group.len());
    // No thousands begin with a zero.
    let is_sound = (1..=size).contains(&first.len())
        && !first.starts_with('0')
        && (2..=3).contains(&size)
        && between.iter().all(|group| group.len() == size)
        && last.len() == 3;
    let number = groups.concat();
    (is_sound && number.bytes().all(|digit| digit.is_ascii_digit())).then(|| (number, decimals.unwrap_or_default()))
}

/// Whether digits may stand behind the decimal sign.
fn are_decimals(digits: &str, places: u32) -> bool {
    digits.bytes().all(|digit| if places == 0 { digit == b'0' } else { digit.is_ascii_digit() })
}

/// The digits before and those behind the decimal sign of a number that is grouped by three with blanks or apostrophes. Three digits behind
/// a comma or a point may as well be a group of thousands, so they are refused, unless what stands before them cannot be followed by one:
/// a zero, four digits, or groups that are parted by another sign.
fn spaced(digits: &str, places: u32) -> Option<(String, &str)> {
    let parted = digits.split_once([',', '.']).filter(|(_, decimals)| !decimals.is_empty() && are_decimals(decimals, places));
    let is_decimal = |(before, decimals): &(&str, &str)| match (places, decimals.len()) {
        (0, length) => length <= 2,
        (_, 3) => *before == "0" || before.len() > 3,
        (_, _) => true,
    };
    let (whole, decimals) = parted.filter(is_decimal).unwrap_or((digits, ""));
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
    Some((number, decimals))
}

/// The number of some digits; one with more digits than any count has becomes the largest that can be held.
fn held(digits: &str) -> i64 {
    if digits.len() > 18 { i64::MAX } else { digits.parse().unwrap_or(i64::MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(raw: Raw) -> Result<i64, Rule> {
        let suffixes = ["pcs".to_owned()];
        let bounds = Bounds { min: 0, max: 5000, written: Written { suffixes: &suffixes, ..Written::default() } };
        bounded(&raw, &Words::default(), bounds).map(|(count, _)| count).map_err(|fault| fault.rule)
    }

    fn text(text: &str) -> Result<i64, Rule> {
        counted(Raw::Text(text.into()))
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
        assert_eq!(counted(Raw::Number(1234.0)), Ok(1234));
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
        assert_eq!(counted(Raw::Number(3.5)), Err(Rule::NotANumber));
        assert_eq!(counted(Raw::Number(f64::NAN)), Err(Rule::NotANumber));
        assert_eq!(counted(Raw::Percent(0.12)), Err(Rule::NotANumber));
        assert_eq!(counted(Raw::Percent(12.0)), Err(Rule::NotANumber));
        assert_eq!(text("-5"), Err(Rule::NegativeCount));
        assert_eq!(text("−5"), Err(Rule::NegativeCount));
        assert_eq!(counted(Raw::Number(5001.0)), Err(Rule::OutOfRange));
        assert_eq!(text("123456789012345678901234567890"), Err(Rule::OutOfRange));
    }

    #[test]
    fn declared_signs_are_taken_at_their_word() {
        let read = |text: &str, group: Option<char>, decimal: Option<char>| {
            let written = Written { signs: Signs { group, decimal }, ..Written::default() };
            super::read(&Raw::Text(text.into()), &Words::default(), written).ok().map(|(number, _)| number)
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

    /// A number with at most two decimals, in hundredths.
    fn decimal(raw: Raw, group: Option<char>, decimal: Option<char>) -> Result<i64, Rule> {
        let written = Written { places: 2, suffixes: &[], signs: Signs { group, decimal } };
        super::read(&raw, &Words::default(), written).map(|(number, _)| number).map_err(|fault| fault.rule)
    }

    #[test]
    fn decimals_are_read_where_they_can_mean_one_thing_only() {
        let read = |text: &str| decimal(Raw::Text(text.into()), None, None);
        for (text, hundredths) in [
            ("12,5", 1250),
            ("12.5", 1250),
            ("12,50", 1250),
            ("12,5000", 1250),
            ("12", 1200),
            ("-0,05", -5),
            ("1 234,5", 123_450),
            ("1'234.5", 123_450),
            ("0,500", 50),
            ("1234,500", 123_450),
            ("1 234,500", 123_450),
        ] {
            assert_eq!(read(text), Ok(hundredths), "{text}");
        }
        for text in ["12,", ",5", "1,500", "12.500", "1,2,3", "1.234,5", "1,234,567", "12,5a", "12 34,5", "12,5 %"] {
            assert_eq!(read(text), Err(Rule::NotANumber), "{text}");
        }
        for text in ["12,555", "12.5678", "0,001"] {
            assert!(matches!(read(text), Err(Rule::TooManyDecimals | Rule::NotANumber)), "{text}");
        }
        assert_eq!(read("0,001"), Err(Rule::TooManyDecimals));
        assert_eq!(read("12,5678"), Err(Rule::TooManyDecimals));
        assert_eq!(read("12,555"), Err(Rule::NotANumber), "twelve thousand, or twelve and a half");
    }

    #[test]
    fn declared_signs_leave_no_doubt_of_decimals() {
        let read = |text: &str, group, sign| decimal(Raw::Text(text.into()), group, sign);
        assert_eq!(read("1,234.5", Some(','), None), Ok(123_450));
        assert_eq!(read("1.234,5", None, Some(',')), Ok(123_450));
        assert_eq!(read("12,500", None, Some(',')), Ok(1250));
        assert_eq!(read("12,555", None, Some(',')), Err(Rule::TooManyDecimals));
        assert_eq!(read("12.500", None, Some(',')), Ok(1_250_000));
        assert_eq!(read("12.5", None, Some(',')), Err(Rule::NotANumber));
        assert_eq!(read("12,5", Some(','), None), Err(Rule::NotANumber));
        assert_eq!(read("14,71,891.25", Some(','), None), Ok(147_189_125));
    }

    #[test]
    fn floats_are_taken_at_their_shortest_digits() {
        let read = |number: f64| decimal(Raw::Number(number), None, None);
        assert_eq!(read(12.5), Ok(1250));
        assert_eq!(read(-0.05), Ok(-5));
        assert_eq!(read(7.0), Ok(700));
        assert_eq!(read(0.1), Ok(10));
        assert_eq!(read(1e-7), Err(Rule::TooManyDecimals));
        assert_eq!(read(12.555), Err(Rule::TooManyDecimals));
        assert_eq!(read(1.0 / 3.0), Err(Rule::TooManyDecimals));
        assert_eq!(read(0.1 + 0.2), Ok(30), "a program shows 0.3");
        assert_eq!(read(1234.1 + 0.2), Ok(123_430));
        assert_eq!(read(f64::NAN), Err(Rule::NotANumber));
        assert_eq!(decimal(Raw::Percent(0.12), None, None), Err(Rule::NotANumber));
    }

    #[test]
    fn what_was_taken_off_is_told() {
        let written = Written { suffixes: &["pcs".to_owned()], ..Written::default() };
        let bounds = Bounds { min: 0, max: 5000, written };
        let told =
            |spelling: &str| bounded(&Raw::Text(spelling.into()), &Words::default(), bounds).ok().and_then(|(_, told)| told);
        assert_eq!(told("12 pcs").as_deref(), Some("12"));
        assert_eq!(told("'12").as_deref(), Some("12"));
        assert_eq!(told("1 200"), None);
    }
}
