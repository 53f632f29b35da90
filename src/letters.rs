//! Letters that a person cannot tell apart: one form of a text, whatever program wrote it.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A text with every letter and its marks as one sign (NFC), as most programs write it; some systems write `й` as `и` and a mark.
pub fn composed(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_common) || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// Letters of the blocks in which most cells are written that are neither marks nor have another form: a quick answer for them.
fn is_common(letter: char) -> bool {
    matches!(letter, '\0'..='\u{2ff}' | '\u{388}'..='\u{482}' | '\u{48a}'..='\u{590}')
}

/// Marks of no width, which text copied from web pages and documents carries.
pub fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' | '\u{61c}' | '\u{180e}')
}

/// A text without marks of no width.
pub fn seen(text: &str) -> Cow<'_, str> {
    if text.contains(is_unseen) {
        Cow::Owned(text.chars().filter(|letter| !is_unseen(*letter)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// What a text looks like: two texts that a reader would take for the same have one look, in whatever script and case they are
/// written (Unicode Technical Standard 39, section 4).
pub fn look(text: &str) -> String {
    let words: Vec<String> =
        seen(text).to_uppercase().split_whitespace().map(|word| unicode_security::skeleton(word).collect()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_and_its_mark_are_one() {
        assert_eq!(composed("и\u{306}"), "й");
        assert!(matches!(composed("й"), Cow::Borrowed(_)));
    }

    #[test]
    fn common_letters_are_composed() {
        let common: String = (0..0x600).filter_map(char::from_u32).filter(|letter| is_common(*letter)).collect();
        assert_eq!(is_nfc_quick(common.chars()), IsNormalized::Yes);
    }

    #[test]
    fn texts_that_look_alike_have_one_look() {
        for other in ["А-1", "a-1", "а-1", "A-1\u{200b}", "A-I", "A‐1", " A-1 "] {
            assert_eq!(look(other), look("A-1"), "{other}");
        }
        for other in ["A-2", "B-1", "A1", "AA-1", "A -1"] {
            assert_ne!(look(other), look("A-1"), "{other}");
        }
    }
}
