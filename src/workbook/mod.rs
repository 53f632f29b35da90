//! What all workbooks that are written share: names of sheets, the day in their properties, and sheets of one table.

pub mod table;

use jiff::civil::Date;
use rust_xlsxwriter::{ExcelDateTime, XlsxError};

/// A day as the properties of a workbook hold it. It is given and not taken from the clock, so that the same inputs give the same bytes.
pub fn created(day: Date) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(day.year().unsigned_abs(), day.month().unsigned_abs(), day.day().unsigned_abs())
}

/// Names of sheets: each at most 31 letters long, without signs that formulas use, and used once.
#[derive(Default)]
pub struct SheetNames(Vec<String>);

impl SheetNames {
    /// The wanted name if it is free and allowed, else the nearest one that is.
    pub fn take(&mut self, wanted: &str) -> String {
        let clean: String = wanted.chars().map(|letter| if r"[]:*?/\'".contains(letter) { ' ' } else { letter }).collect();
        let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
        let cut = |length: usize| clean.chars().take(length).collect::<String>().trim_end().to_owned();
        let mut name = if clean.is_empty() { "1".to_owned() } else { cut(31) };
        let mut number = 2;
        while self.0.contains(&name.to_lowercase()) {
            let tail = format!(" {number}");
            name = format!("{}{tail}", cut(31 - tail.len()));
            number += 1;
        }
        self.0.push(name.to_lowercase());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_short_and_differ() {
        let mut names = SheetNames::default();
        assert_eq!(names.take("a/b: c"), "a b c");
        assert_eq!(names.take("A B C"), "A B C 2");
        let long = "ә".repeat(40);
        assert_eq!(names.take(&long).chars().count(), 31);
        assert_eq!(names.take(&long).chars().count(), 31);
    }
}
