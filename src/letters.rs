//! Letters that a person cannot tell apart: one form of a text, whatever program wrote it.

use std::borrow::Cow;
use std::sync::LazyLock;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_script::{Script, UnicodeScript};

/// A text with every letter and its marks as one sign (NFC), as most programs write it; some systems write `й` as `и` and a separate mark.
pub fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || text.chars().all(is_common) || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// Whether a letter is known at once to have no other form and to be no mark; true for the letters of most cells.
fn is_common(letter: char) -> bool {
    matches!(letter, '\0'..='\u{2ff}' | '\u{388}'..='\u{482}' | '\u{48a}'..='\u{590}')
}

/// Adds a letter in small to a text.
pub fn push_small(text: &mut String, letter: char) {
    /// The small forms of the letters of most cells, which are looked up faster than among all letters; none for a letter that becomes several.
    static SMALL: LazyLock<Vec<Option<char>>> = LazyLock::new(|| {
        let small = |letter: char| Some(letter.to_lowercase()).filter(|small| small.len() == 1)?.next();
        ('\0'..'\u{590}').map(small).collect()
    });
    match SMALL.get(letter as usize) {
        Some(Some(small)) => text.push(*small),
        _ => text.extend(letter.to_lowercase()),
    }
}

/// Whether a letter is a mark of no width, as text copied from web pages and documents has.
pub fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}' | '\u{61c}' | '\u{180e}')
}

/// A text without marks of no width.
pub fn seen(text: &str) -> Cow<'_, str> {
    if text.contains(is_unseen) {
        Cow::Owned(text.chars().filter(|letter| !is_unseen(*letter)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// The numbers of a text that has several, parted by blanks: the signs between them tell `5–9` from `59`. Nothing where it has one or none;
/// groups of three digits are one number, and so are the parts of a school year.
pub fn parted_digits(text: &str) -> String {
    let mut numbers: Vec<String> = Vec::new();
    let mut between = String::new();
    let mut ends = true;
    for letter in text.chars() {
        if !letter.is_numeric() {
            between.push(letter);
            ends = true;
            continue;
        }
        match numbers.last_mut().filter(|_| !ends) {
            Some(number) => number.push(letter),
            None => numbers.push(format!("{between}{letter}")),
        }
        between.clear();
        ends = false;
    }
    let is_digits = |text: &str, length: usize| text.chars().count() == length && text.chars().all(char::is_numeric);
    let mut joined: Vec<String> = Vec::new();
    // How many digits the number before has behind its last separator.
    let mut last = 0;
    for number in numbers {
        let rest = number.strip_prefix([' ', '\u{a0}', '\u{202f}', ',', '.', '\'', '’']);
        let digits: String = number.chars().filter(|letter| letter.is_numeric()).collect();
        match (joined.last_mut(), rest) {
            (Some(before), Some(rest)) if (1..=3).contains(&last) && is_digits(rest, 3) => before.push_str(rest),
            // A school year.
            (Some(before), _) if last == 4 && number.strip_prefix(['/', '-', '–']).is_some_and(|rest| is_digits(rest, 2)) => {
                before.push_str(&digits);
            }
            _ => joined.push(digits.clone()),
        }
        last = digits.chars().count();
    }
    if joined.len() > 1 { joined.join(" ") } else { String::new() }
}

/// The look of a text: two texts that a reader would take for the same have the same look, in whatever script and case they are written
/// (Unicode Technical Standard 39, section 4).
pub fn look(text: &str) -> String {
    let words: Vec<String> =
        seen(text).to_uppercase().split_whitespace().map(|word| unicode_security::skeleton(word).collect()).collect();
    words.join(" ")
}

/// Whether a reader would take a text for a word, written in small letters, with a capital, or in capitals.
pub fn looks_like(text: &str, word: &str) -> bool {
    // Only letters that look alike can replace each other, one by one.
    if seen(text).chars().count() != word.chars().count() {
        return false;
    }
    let lower = word.to_lowercase();
    let mut letters = lower.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let skeleton = |text: &str| unicode_security::skeleton(text).collect::<String>();
    let written = skeleton(&seen(text));
    look(text) == look(word) || [lower.as_str(), &capital, &word.to_uppercase()].iter().any(|form| skeleton(form) == written)
}

/// The letters of a text that only look like those of a word: the place of each, the letter, and the name of its script.
pub fn foreign(text: &str, word: &str) -> Vec<(usize, char, &'static str)> {
    let same = |left: char, right: char| left.to_lowercase().eq(right.to_lowercase());
    let script = |letter: char| letter.script();
    let has_one = |letter: char| !matches!(script(letter), Script::Common | Script::Inherited);
    if text.chars().count() != word.chars().count() {
        return Vec::new();
    }
    let pairs = text.chars().zip(word.chars()).enumerate();
    let others = pairs.filter(|&(_, (found, meant))| !same(found, meant) && has_one(found) && script(found) != script(meant));
    others.map(|(place, (found, _))| (place, found, script(found).full_name())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_apart_by_the_signs_between_them_and_thousands_are_one() {
        for (one, other) in [("5–9", "59"), ("3.5", "35"), ("1/2", "12"), ("12 3456", "123456")] {
            assert_ne!(parted_digits(one), parted_digits(other), "{one} {other}");
        }
        for (one, other) in [
            ("10 000", "10000"),
            ("1,000", "1000"),
            ("1'000 000", "1000000"),
            ("5 – 9", "5-9"),
            ("2023/24", "202324"),
            ("1 000–4 999", "1000-4999"),
        ] {
            assert_eq!(parted_digits(one), parted_digits(other), "{one} {other}");
        }
    }

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
    fn a_word_is_seen_in_letters_of_another_script() {
        for text in ["итого", "ИТОГО", "Итoгo", "Итого\u{200b}", "ИTOГO"] {
            assert!(looks_like(text, "итого"), "{text}");
        }
        assert!(looks_like("Bcero", "всего"));
        for text in ["итог", "итоги", "utoro", ""] {
            assert!(!looks_like(text, "итого"), "{text}");
        }
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
