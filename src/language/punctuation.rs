//! Signs between words that no phrase has to think of: a line never begins with a dash, and no sentence ends with two full stops.

/// A text in which every dash between words stays with the word before it, and parts from the word behind it.
pub fn dashes(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['–', '—']) {
        let (before, behind) = rest.split_at(at);
        let (dash, behind) = behind.split_at('–'.len_utf8());
        let word = before.strip_suffix(SPACES);
        rest = match (word, behind.strip_prefix(SPACES)) {
            (Some(word), Some(next)) => {
                kept.extend([word, NO_BREAK, dash, " "]);
                next
            }
            _ => {
                kept.extend([before, dash]);
                behind
            }
        };
    }
    kept.push_str(rest);
    kept
}

/// A text in which no word has two full stops: a sentence that ends with an abbreviation ends with its stop (`4,8 п. п.`). Stops may be
/// escaped with a backslash; three of them stay as they are.
pub fn stops(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('.') {
        let behind = &rest[at + 1..];
        kept.push_str(&rest[..at]);
        let abbreviates = kept.trim_end_matches('\\').ends_with(char::is_alphabetic);
        kept.push('.');
        let second = behind.strip_prefix("\\.").or_else(|| behind.strip_prefix('.'));
        let goes_on = |next: &str| next.starts_with(|sign: char| sign.is_alphanumeric() || matches!(sign, '.' | '\\' | '('));
        rest = match second {
            Some(next) if abbreviates && !goes_on(next) => next,
            Some(_) | None => behind,
        };
    }
    kept.push_str(rest);
    kept
}

const NO_BREAK: &str = "\u{a0}";

/// What stands between words.
const SPACES: [char; 2] = [' ', '\u{a0}'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dash_stays_with_the_word_before_it() {
        assert_eq!(dashes("Алматы – 5, Абай –\u{a0}6"), "Алматы\u{a0}– 5, Абай\u{a0}– 6");
        assert_eq!(dashes("Цель — 5\u{a0}— 6"), "Цель\u{a0}— 5\u{a0}— 6");
        assert_eq!(dashes("1.1–2.3, –, 2024–2025"), "1.1–2.3, –, 2024–2025");
    }

    #[test]
    fn a_sentence_ends_with_one_full_stop() {
        assert_eq!(stops("на 4,8 п. п.. Лучшее"), "на 4,8 п. п. Лучшее");
        assert_eq!(stops("до 20 октября 2026 г\\.. Файлы"), "до 20 октября 2026 г\\. Файлы");
        assert_eq!(stops("[на 4,8 п. п..]"), "[на 4,8 п. п.]");
    }

    #[test]
    fn other_rows_of_stops_stay() {
        for text in ["and so on...", "rows(..names, ..values)", "т. д\\.\\.\\.", "1.. 2", "a.b"] {
            assert_eq!(stops(text), text);
        }
    }
}
