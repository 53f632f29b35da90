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
    let day = day.ok_or_else(|| match last_of_month(text) {
        Some(last) => format!("expected a day as YYYY-MM-DD, found `{text}`: this month has {} days", last.day()),
        None => format!("expected a day as YYYY-MM-DD, found `{text}`"),
    })?;
    if day.year() < FIRST_YEAR {
        return Err(format!("expected a day from {FIRST_YEAR}-01-01 on, found `{text}`"));
    }
    Ok(day)
}

/// The last day of the month of a day that does not exist, such as `2025-09-31`; `None` for other texts.
pub fn last_of_month(text: &str) -> Option<Date> {
    let [year, month, day] = text.split('-').collect::<Vec<_>>().try_into().ok()?;
    day.parse::<i8>().ok().filter(|&day| day > 28)?;
    Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok().map(Date::last_of_month)
}

impl PeriodIndex {
    /// The period before.
    pub fn previous(self) -> Option<PeriodIndex> {
        self.0.checked_sub(1).map(PeriodIndex)
    }
}
