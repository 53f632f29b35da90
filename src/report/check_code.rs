//! The code on the cover and in the foot of every page: whoever has a print compares its numbers with those of a release.

use qrcode::{Color, EcLevel, QrCode};

use super::model::CheckCode;

/// How many digits of the hash stand in a code: as many as fit a small one.
const DIGITS: usize = 32;

/// What the code of a document says. `seal` is the hash of the lines of its region in the table of the release.
pub fn text(number: &str, edition: u32, seal: &str) -> String {
    format!("ESEP {number} ED {edition} SHA256 {}", seal[..DIGITS].to_uppercase())
}

/// The code as a picture; `None` where the document's number is longer than any code.
pub(super) fn code(text: String, alt: &str) -> Option<CheckCode> {
    let code = QrCode::with_error_correction_level(&text, EcLevel::M).ok()?;
    let sign = |colour: &Color| if *colour == Color::Dark { '1' } else { '0' };
    let rows = code.to_colors().chunks(code.width()).map(|row| row.iter().map(sign).collect()).collect();
    Some(CheckCode { alt: alt.replace("{}", &text), text, rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usual_number_fits_a_code_of_29_modules() {
        let text = text("710000000-2025", 1, &"0123456789abcdef".repeat(4));
        assert_eq!(text, "ESEP 710000000-2025 ED 1 SHA256 0123456789ABCDEF0123456789ABCDEF");
        let code = code(text, "{}").expect("it fits");
        assert!(code.rows.len() <= 33 && code.rows.iter().all(|row| row.len() == code.rows.len()), "{}", code.rows.len());
    }
}
