//! What all workbooks that are written share: names of sheets, the day in their properties, and sheets of one table.

pub mod table;

use jiff::civil::Date;
use rust_xlsxwriter::{ExcelDateTime, XlsxError};

/// A day as the properties of a workbook hold it. It is given and not taken from the clock, so that the same inputs give the same bytes.
pub fn created(day: Date) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(day.year().unsigned_abs(), day.month().unsigned_abs(), day.day().unsigned_abs())
}

/// The most letters of a sheet's name.
const LONGEST: usize = 31;

/// Names of sheets: each at most 31 letters long, without signs that formulas use, and used once.
#[derive(Default)]
pub struct SheetNames(Vec<String>);

impl SheetNames {
    /// Names beside those that are taken.
    pub fn beside<'a>(taken: impl IntoIterator<Item = &'a String>) -> Self {
        Self(taken.into_iter().map(|name| name.to_lowercase()).collect())
    }

    /// The wanted name if it is free and allowed, else the nearest one that is; a long one ends behind a word.
    pub fn take(&mut self, wanted: &str) -> String {
        let clean: String = wanted.chars().map(|letter| if r"[]:*?/\'".contains(letter) { ' ' } else { letter }).collect();
        let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut name = if clean.is_empty() { "1".to_owned() } else { shortened(&clean, LONGEST) };
        let mut number = 2;
        while self.0.contains(&name.to_lowercase()) {
            let tail = format!(" {number}");
            name = format!("{}{tail}", shortened(&clean, LONGEST - tail.len()));
            number += 1;
        }
        self.0.push(name.to_lowercase());
        name
    }
}

/// A text of at most `most` letters: a longer one ends with `…` behind a word, or within one where it would lose too much.
pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most.saturating_sub(1)).collect();
    let is_whole = text[cut.len()..].starts_with(char::is_whitespace);
    let words =
        cut.rsplit_once(char::is_whitespace).map(|(words, _)| words).filter(|words| !is_whole && 2 * words.len() > cut.len());
    let end = |letter: char| !letter.is_alphanumeric() && !matches!(letter, ')' | '»' | '”' | '%');
    format!("{}…", words.unwrap_or(&cut).trim_end_matches(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_short_and_differ() {
        let mut names = SheetNames::default();
        assert_eq!(names.take("a/b: c"), "a b c");
        assert_eq!(names.take("A B C"), "A B C 2");
        assert_eq!(names.take("Сведения района (города) о детях"), "Сведения района (города) о…");
        assert_eq!(names.take("Сведения района (города) о детях в школах"), "Сведения района (города) о… 2");
        let long = "ә".repeat(40);
        assert_eq!(names.take(&long).chars().count(), 31);
        assert_eq!(names.take(&long).chars().count(), 31);
    }
}
