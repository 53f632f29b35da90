//! The code on the cover and in the foot of every page: whoever has a print compares its numbers with those of a release.

use qrcode::{Color, EcLevel, QrCode};

use super::model::CheckCode;

/// A code as a picture; `None` where the document's number is longer than any code. `words` tell it to those who do not see it.
pub(super) fn code(text: String, words: &str) -> Option<CheckCode> {
    let code = QrCode::with_error_correction_level(&text, EcLevel::M).ok()?;
    let sign = |colour: &Color| if *colour == Color::Dark { '1' } else { '0' };
    let rows = code.to_colors().chunks(code.width()).map(|row| row.iter().map(sign).collect()).collect();
    Some(CheckCode { alt: words.to_owned(), text, rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usual_number_fits_a_code_of_29_modules() {
        let text = crate::check_code::CheckCode::new("710000000-2025", 1, &"0123456789abcdef".repeat(4)).text();
        let code = code(text, "{}").expect("it fits");
        assert!(code.rows.len() <= 33 && code.rows.iter().all(|row| row.len() == code.rows.len()), "{}", code.rows.len());
    }
}
