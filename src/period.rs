//! The periods of a programme, oldest first: a year, a school year, a quarter.

use jiff::civil::Date;

use crate::language::Localized;

/// A period's position in the programme. A later period has a higher one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeriodIndex(pub usize);

/// A period.
#[derive(Clone, Debug)]
pub struct Period {
    /// The name of its folder under `inputs/` and in the release.
    pub id: String,
    /// Its name as a heading: "2025 год".
    pub name: Localized,
    /// Inside a sentence: "в 2025 году".
    pub within: Localized,
    /// The reference day: regions that exist on it report.
    pub date: Date,
    /// The last day for submissions.
    pub due: Option<Date>,
    /// The day printed on the report.
    pub issued: Date,
    /// Whether that day is declared: then others may be told of it before.
    pub is_announced: bool,
    /// The earlier period that its numbers are compared with; `None` for the first one.
    pub compared: Option<PeriodIndex>,
    /// The earlier period from which on totals are added up to it; `None` where it is the first of them.
    pub cumulated_from: Option<PeriodIndex>,
}

/// The first year of a day: workbooks know none before it.
const FIRST_YEAR: i16 = 1900;

/// A day as YYYY-MM-DD, and in no other way: eight digits are a code.
///
/// # Errors
/// What was expected, and what was found.
pub fn day(text: &str) -> Result<Date, String> {
    let has_dashes = text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| (byte == b'-') == matches!(at, 4 | 7));
    let day: Option<Date> = if has_dashes { text.parse().ok() } else { None };
    let day = day.ok_or_else(|| match nearest_day(text) {
        Some((_, Some(days))) => format!("expected a day as YYYY-MM-DD, found `{text}`: this month has {days} days"),
        _ => format!("expected a day as YYYY-MM-DD, found `{text}`"),
    })?;
    if day.year() < FIRST_YEAR {
        return Err(format!("expected a day from {FIRST_YEAR}-01-01 on, found `{text}`"));
    }
    Ok(day)
}

/// The day that a text such as `2025-1-31` or `2025-09-31` comes nearest to, and how many days its month has where it names a later one; `None`
/// where there is no such month.
pub fn nearest_day(text: &str) -> Option<(Date, Option<i8>)> {
    let [year, month, day] = text.split('-').collect::<Vec<_>>().try_into().ok()?;
    let first = Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?;
    let (day, last): (i8, i8) = (day.parse().ok().filter(|&day| day > 0)?, first.days_in_month());
    Some(if day > last { (first.last_of_month(), Some(last)) } else { (Date::new(first.year(), first.month(), day).ok()?, None) })
}
