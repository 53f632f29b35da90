//! Number formats: whether a person sees a number, a percentage, a day or a span of time, or zeros that the number itself does not have.

use calamine::{ExcelDateTime, ExcelDateTimeType};

use super::raw::{Raw, whole};

/// What a number is shown as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    Number,
    /// With zeros in front, by this pattern: `0` and `#` stand for a digit, any other sign for itself.
    Padded(Box<str>),
    Percentage,
    /// With a percent sign that is only put behind the number, which is not multiplied.
    PercentSign,
    /// A day, a time of the day, or both.
    Moment,
    /// Hours, minutes or seconds, which may add up to more than a day.
    Duration,
}

/// What a format shows, by its code, such as `0.0%` or `dd.mm.yyyy`. Sections for other signs or conditions follow behind `;`. A percentage
/// in any section counts; for all else the first section decides.
pub fn shown(code: &str) -> Shown {
    let mut first_section = true;
    let (mut pattern, mut bare, mut sign) = (String::new(), true, false);
    let mut letters = code.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                let text: String = letters.by_ref().take_while(|letter| *letter != '"').collect();
                if first_section {
                    sign |= text.contains('%');
                    pattern.push_str(&text.replace(['0', '#'], " "));
                }
            }
            // The next sign stands for itself.
            '\\' => {
                let letter = letters.next();
                if first_section {
                    sign |= letter == Some('%');
                    pattern.extend(letter.map(|letter| if matches!(letter, '0' | '#') { ' ' } else { letter }));
                }
            }
            // The next sign gives a width, or fills the cell.
            '_' | '*' => {
                letters.next();
            }
            // A colour, a condition, a language, or a span of time.
            '[' => {
                let inside: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                let first = inside.chars().next().map(|letter| letter.to_ascii_lowercase());
                if let Some(unit @ ('h' | 'm' | 's')) = first
                    && first_section
                    && inside.chars().all(|letter| letter.to_ascii_lowercase() == unit)
                {
                    return Shown::Duration;
                }
                bare &= !inside.starts_with(['<', '>', '=']);
            }
            ';' => first_section = false,
            '%' => return Shown::Percentage,
            'd' | 'm' | 'y' | 'h' | 's' | 'D' | 'M' | 'Y' | 'H' | 'S' if first_section => return Shown::Moment,
            '0' | '#' | ' ' | '-' | '/' if first_section => pattern.push(letter),
            // Decimals, thousands, powers and the word `General`.
            _ if first_section => bare = false,
            _ => {}
        }
    }
    if sign {
        return Shown::PercentSign;
    }
    let is_digit = |letter: char| matches!(letter, '0' | '#');
    match (pattern.find(is_digit), pattern.rfind(is_digit)) {
        (Some(first), Some(last)) if bare && pattern.matches('0').count() > 1 => Shown::Padded(pattern[first..=last].into()),
        (Some(_) | None, _) => Shown::Number,
    }
}

/// What a format shows that every spreadsheet program knows by its number, without a code ([ECMA-376] part 1, 18.8.30).
pub fn built_in(id: u16) -> Option<Shown> {
    match id {
        0..=8 | 11..=13 | 37..=44 | 48 | 49 => Some(Shown::Number),
        9 | 10 => Some(Shown::Percentage),
        14..=22 | 45 | 47 => Some(Shown::Moment),
        46 => Some(Shown::Duration),
        _ => None,
    }
}

/// What a format shows by a number that means a day in the Far East, where the workbook gives no code for it.
pub fn far_eastern(id: u16) -> Shown {
    if matches!(id, 27..=36 | 50..=58) { Shown::Moment } else { Shown::Number }
}

/// The cell of a number as it is shown; infinity and the like become text. `since_1904` tells from which day on days are counted.
pub fn number(number: f64, shown: &Shown, since_1904: bool) -> Raw {
    if !number.is_finite() {
        return Raw::Text(number.to_string());
    }
    let moment = |sort| date(&ExcelDateTime::new(number, sort, since_1904));
    match shown {
        Shown::Number => Raw::Number(number),
        Shown::Padded(pattern) => padded(number, pattern).map_or(Raw::Number(number), Raw::Padded),
        Shown::Percentage => Raw::Percent(number),
        Shown::PercentSign => Raw::Percent(number / 100.0),
        Shown::Moment => moment(ExcelDateTimeType::DateTime),
        Shown::Duration => moment(ExcelDateTimeType::TimeDelta),
    }
}

/// A whole number with the zeros and signs of a pattern; `None` where the pattern adds nothing.
fn padded(number: f64, pattern: &str) -> Option<String> {
    let plain = whole(number).filter(|number| *number > 0)?.to_string();
    let mut digits = plain.chars().rev().peekable();
    // Digits are placed from the last to the first; digits beyond the pattern go in front.
    let mut shown: Vec<char> = Vec::new();
    let mut places = pattern.matches(['0', '#']).count();
    for sign in pattern.chars().rev() {
        match sign {
            '0' | '#' => {
                places -= 1;
                shown.extend(digits.next().or((sign == '0').then_some('0')));
                if places == 0 {
                    shown.extend(digits.by_ref());
                }
            }
            sign => shown.push(sign),
        }
    }
    let shown: String = shown.into_iter().rev().collect();
    (shown != plain).then_some(shown)
}

/// The cell of a serial number that is shown as a day or a time.
fn date(moment: &ExcelDateTime) -> Raw {
    /// 9999-12-31, the last day that spreadsheet programs know.
    const LAST: f64 = 2_958_466.0;
    let serial = moment.as_f64();
    if !(0.0..LAST).contains(&serial) {
        return Raw::Number(serial);
    }
    if moment.is_duration() {
        let seconds = (serial * 86_400.0).round() as u64;
        return Raw::Date(format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    Raw::Date(if serial < 1.0 {
        time
    } else if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{time}")
    })
}

/// A day as ISO text, `2025-10-05` or `2025-10-05T09:30:00`, without fractions of a second or a zone.
pub fn moment(text: &str) -> String {
    match text.split_once('T') {
        Some((day, time)) => match time.split(['.', ',', 'Z', '+', '-']).next() {
            None | Some("" | "00:00:00") => day.to_owned(),
            Some(time) => format!("{day}T{time}"),
        },
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_apart_by_what_a_person_sees() {
        for (code, expected) in [
            ("General", Shown::Number),
            ("0.00E+00", Shown::Number),
            ("# ?/?", Shown::Number),
            ("#,##0.00 [$₸-43F]", Shown::Number),
            ("#,##0\" days\"", Shown::Number),
            ("[Red]-0;[Magenta]0", Shown::Number),
            ("0;\"d\"dd", Shown::Number),
            ("0;0\"%\"", Shown::Number),
            ("0_%", Shown::Number),
            ("0\"%\"", Shown::PercentSign),
            ("0\\%", Shown::PercentSign),
            ("0.0\" % of all\"", Shown::PercentSign),
            ("0%", Shown::Percentage),
            ("[=0]0;0%", Shown::Percentage),
            ("\"about \"0.0 %", Shown::Percentage),
            ("dd.mm.yyyy", Shown::Moment),
            ("[$-F800]DDDD", Shown::Moment),
            ("h:mm AM/PM", Shown::Moment),
            ("[h]:mm:ss", Shown::Duration),
            ("[Blue][SS]", Shown::Duration),
            ("00.00", Shown::Number),
            ("[<100]00;000", Shown::Number),
        ] {
            assert_eq!(shown(code), expected, "{code}");
        }
    }

    #[test]
    fn what_is_no_number_is_told_as_text() {
        for shown in [Shown::Number, Shown::Moment, Shown::Percentage] {
            assert_eq!(number(f64::NAN, &shown, false), Raw::Text("NaN".into()));
        }
    }

    #[test]
    fn zeros_that_a_format_shows_are_kept() {
        let seen = |code: &str, value: f64| number(value, &shown(code), false);
        let text = |text: &str| Raw::Padded(text.to_owned());
        assert_eq!(seen("000000", 123.0), text("000123"));
        assert_eq!(seen("000000_ ;[Red]-000000", 123.0), text("000123"));
        assert_eq!(seen("\"No \"0000", 12.0), text("0012"));
        assert_eq!(seen("000\\-000", 12_345.0), text("012-345"));
        assert_eq!(seen("#\\-000", 5.0), text("-005"));
        assert_eq!(seen("0\\ 000", 7_123_456.0), text("7123 456"));
        for (code, value) in [("000", 1234.0), ("00", 0.0), ("000", -5.0), ("000", 0.5), ("0", 5.0), ("#\\ ##0", 5.0)] {
            assert_eq!(seen(code, value), Raw::Number(value), "{code}");
        }
    }
}
