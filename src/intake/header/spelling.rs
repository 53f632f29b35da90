//! How headers are spelt: every spelling of a dataset, and the field that a stack of texts names.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::diagnostic::{FileName, nearest_within};
use crate::grid::Script;
use crate::intake::cell::is_seen_as;
use crate::letters::{look, looks_like, parted_digits};
use crate::spec::names::Names;
use crate::spec::{Dataset, FieldIndex, FieldKind, Specs, fold_header};

/// Signs that a dataset may write between a caption and the header below it.
const SEPARATORS: [&str; 5] = [" / ", " ", ", ", ": ", " – "];

/// All texts that may stand over the columns of a table, folded.
pub fn all_headers(specs: &Specs) -> Arc<HashSet<String>> {
    Arc::new(specs.datasets.iter().flat_map(headers).collect())
}

/// How a table of text of this name is written; `headers` are those of [`all_headers`].
pub fn script(specs: &Specs, headers: &Arc<HashSet<String>>, file: &FileName) -> Script {
    // Columns are passed over only where one dataset alone can stand in the file.
    let mut of_file = specs.datasets.iter().filter(|dataset| dataset.excerpt.is_of(file));
    let ignored = match (of_file.next(), of_file.next()) {
        (Some(only), None) => only.excerpt.ignored.clone(),
        _ => Vec::new(),
    };
    Script { encoding: specs.programme.encoding, headers: headers.clone(), ignored }
}

/// All texts that may stand over the columns that a dataset reads, folded: headers and parts of them, and captions.
pub fn headers(dataset: &Dataset) -> Vec<String> {
    let parts = names(dataset);
    let values = dataset.excerpt.captions.iter().flat_map(|&field| match &dataset.field(field).kind {
        FieldKind::Category(values) => values.as_slice(),
        _ => &[],
    });
    let captions = values.flat_map(|value| value.words.iter().map(|(word, _)| fold_header(word)));
    let periods =
        dataset.excerpt.period.iter().filter(|period| period.column.is_none()).flat_map(|period| period.words.keys().cloned());
    let further = dataset.excerpt.headers().chain(&dataset.replaces).chain(dataset.spellings.keys()).cloned();
    further.chain(parts).chain(captions).chain(periods).collect()
}

/// All headers of fields and their parts, folded.
pub fn names(dataset: &Dataset) -> impl Iterator<Item = String> {
    dataset.spellings.keys().flat_map(|spelling| std::iter::once(spelling.as_str()).chain(spelling.split(" / "))).map(fold_header)
}

/// A field that a header names, and whether it was found only by leaving out captions above the header.
pub type Named = (FieldIndex, bool);

/// The field that captions and header name together; captions are left out from the top until a field is found.
pub fn named(spellings: &HashMap<String, FieldIndex>, stack: &[&str]) -> Option<Named> {
    for start in 0..stack.len() {
        let field = match &stack[start..] {
            [only] => spellings.get(*only),
            rest => SEPARATORS.iter().find_map(|separator| spellings.get(&rest.join(separator))),
        };
        if let Some(&field) = field {
            return Some((field, start > 0));
        }
    }
    None
}

/// The word that a text nearly is: it looks like the word, or differs from it by a slip of the pen. Other numbers are other things, a short
/// word is soon another one, and so is a word with something before it (`untrained`) or a code.
pub fn nearly<'w>(text: &str, words: impl Iterator<Item = &'w str> + Clone) -> Option<&'w str> {
    /// Words with fewer letters are no slips of each other.
    const FEWEST: usize = 4;
    /// Words of so many letters may hold two slips.
    const LONG: usize = 8;
    let has_digit = |text: &str| text.contains(|letter: char| letter.is_numeric());
    let digits = |text: &str| text.chars().filter(|letter| letter.is_numeric()).collect::<String>();
    let own = digits(text);
    let looks = |word: &&str| *word != text && has_digit(word) == has_digit(text) && looks_like(text, word);
    let is_code = |text: &str| text.trim_end_matches('.').contains(['.', '_']);
    let may_slip = |word: &&str| {
        let begins = text.ends_with(word) || word.ends_with(text);
        word.chars().count() >= FEWEST && digits(word) == own && !begins && !is_code(word) && !is_code(text)
    };
    words.clone().find(looks).or_else(|| nearest_within(text, words.filter(may_slip), |letters| 1 + usize::from(letters >= LONG)))
}

/// The word that stands in a text beside a short mark for it, where it is the only one: `2025 г.`.
pub fn held<'w>(text: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    /// A mark has at most so many letters, and no digits.
    const LONGEST: usize = 2;
    let parts: Vec<&str> = text.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let is_roman = |part: &str| part.chars().all(|letter| matches!(letter, 'i' | 'v' | 'x' | 'I' | 'V' | 'X'));
    let is_mark = |part: &str| part.chars().count() <= LONGEST && part.chars().all(char::is_alphabetic) && !is_roman(part);
    let is_held = |word: &&str| match parts.as_slice() {
        [one, other] => (one == word && is_mark(other) || other == word && is_mark(one)) && signs(text) == signs(word),
        _ => false,
    };
    let mut held = words.filter(is_held);
    held.next().filter(|_| held.next().is_none())
}

/// What texts mean in whatever letters they are written that look alike.
pub struct Readings<'a, T> {
    names: &'a Names,
    /// By letters and signs. A reading that stands for several things means none of them.
    known: HashMap<(String, String), Option<T>>,
    /// Each text by its look.
    looks: HashMap<String, Vec<(String, T)>>,
}

impl<'a> Readings<'a, FieldIndex> {
    /// The headers of a dataset's fields.
    pub fn of_fields(names: &'a Names, dataset: &Dataset) -> Self {
        let columns = dataset.columns().map(|index| (index, dataset.field(index)));
        Self::new(names, columns.flat_map(|(index, field)| field.spellings().map(move |spelling| (spelling, index))))
    }
}

impl<'a, T: Copy + PartialEq> Readings<'a, T> {
    /// What each text means.
    pub fn new<'t>(names: &'a Names, texts: impl Iterator<Item = (&'t str, T)>) -> Self {
        let mut known: HashMap<(String, String), Option<T>> = HashMap::new();
        let mut looks: HashMap<String, Vec<(String, T)>> = HashMap::new();
        for (text, meaning) in texts {
            looks.entry(look(text)).or_default().push((text.to_owned(), meaning));
            for reading in readings(names, text) {
                match known.entry(reading) {
                    Entry::Vacant(entry) => {
                        entry.insert(Some(meaning));
                    }
                    Entry::Occupied(mut entry) => {
                        if *entry.get() != Some(meaning) {
                            entry.insert(None);
                        }
                    }
                }
            }
        }
        Self { names, known, looks }
    }

    /// What a text means; `None` where it is nothing known, or may be several things.
    pub fn of(&self, text: &str) -> Option<T> {
        let mut meant: Vec<Option<T>> =
            readings(self.names, text).iter().filter_map(|reading| self.known.get(reading).copied()).collect();
        if meant.is_empty() {
            let alike = self.looks.get(&look(text)).into_iter().flatten();
            meant.extend(alike.filter(|(word, _)| is_seen_as(text, word)).map(|(_, meaning)| Some(*meaning)));
        }
        meant.dedup();
        if let [Some(only)] = meant.as_slice() { Some(*only) } else { None }
    }
}

/// The letters of a text, in every spelling that they stand for, with its signs.
fn readings(names: &Names, text: &str) -> Vec<(String, String)> {
    let own = signs(text);
    names.plain(text).into_iter().map(|reading| (reading, own.clone())).collect()
}

/// The signs of a header that say what is measured. A share or a sum of money is never a count, a change is not the number itself, and numbers
/// above a bound are not numbers below it, whatever the letters beside the signs; `5–9` is not `59`. All other signs say nothing.
pub fn signs(text: &str) -> String {
    let is_bounded = text.contains(|letter: char| letter.is_ascii_digit());
    let says = |letter: &char| match letter {
        '%' | '٪' | '％' | '‰' | '‱' | '$' | '¢' | '£' | '¤' | '¥' | '\u{20a0}'..='\u{20cf}' => true,
        // What is not it, is about it, or changes it.
        '≠' | '¬' | '≈' | '~' | '±' | '+' => true,
        '<' | '>' | '≤' | '≥' => is_bounded,
        _ => false,
    };
    text.chars().filter(says).collect::<String>() + &parted_digits(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_another_word() {
        let words = ["open", "trained", "2025", "se.prm.enrl", "2024/25"];
        for (text, word) in [("opne", Some("open")), ("traned", Some("trained")), ("2024-25", Some("2024/25"))] {
            assert_eq!(nearly(text, words.into_iter()), word, "{text}");
        }
        for other in ["untrained", "2026", "2023/24", "se.sec.enrl"] {
            assert_eq!(nearly(other, words.into_iter()), None, "{other}");
        }
    }

    #[test]
    fn a_short_mark_beside_a_word_is_no_word_of_its_own() {
        let words = ["2024", "2025"];
        for text in ["2025 г.", "г. 2025", "2025 (p)"] {
            assert_eq!(held(text, words.into_iter()), Some("2025"), "{text}");
        }
        for text in ["i кв. 2025", "2025 ii", "2025, %", "2024–2025", "target 2025", "2025-01"] {
            assert_eq!(held(text, words.into_iter()), None, "{text}");
        }
    }
}
