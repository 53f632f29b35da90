//! Words of cells: yes and no, reasons for a blank, totals, what stands behind numbers; and how words are compared.

use std::ops::Range;

use crate::letters::{composed, is_unseen, looks_like, push_small};
use crate::value::Blank;

/// The words that cells may hold, folded by [`fold`].
#[derive(Clone, Debug, Default)]
pub struct Words {
    pub(super) yes: Vec<String>,
    pub(super) no: Vec<String>,
    pub(super) blanks: Vec<(String, Blank)>,
    /// Each with its words; the longest first, so that a grand total is found before a total.
    pub(super) totals: Vec<Vec<String>>,
    pub(super) suffixes: Vec<String>,
}

impl Words {
    /// Whether a text names a row of totals: it is a word for a total, or begins or ends with one, whatever signs stand around. The letters
    /// may be spaced out, and some may be of another script.
    pub fn is_total(&self, text: &str) -> bool {
        !self.totals.is_empty() && self.without_total(&composed(text)).is_some()
    }

    /// The text beside the word for a total, folded by [`fold`]; `None` without such a word, or when it stands alone.
    pub fn beside_total(&self, text: &str) -> Option<String> {
        let beside = fold(self.without_total(&composed(text))?);
        let beside = beside.trim_matches(|letter: char| !letter.is_alphanumeric());
        (!beside.is_empty()).then(|| beside.to_owned())
    }

    fn without_total<'a>(&self, text: &'a str) -> Option<&'a str> {
        let parts: Vec<(Range<usize>, String, String)> =
            parts(text).into_iter().map(|(range, part)| (range, fold(&part), part)).collect();
        self.totals.iter().find_map(|words| {
            let behind = parts.len().checked_sub(words.len())?;
            let are_alike = |parts: &[(Range<usize>, String, String)]| {
                parts.iter().zip(words).all(|((_, folded, part), word)| folded == word || looks_like(part, word))
            };
            if are_alike(&parts[..words.len()]) {
                Some(&text[parts[words.len() - 1].0.end..])
            } else {
                are_alike(&parts[behind..]).then(|| &text[..parts[behind].0.start])
            }
        })
    }

    /// Whether a word may stand behind a count of any field.
    pub fn is_suffix(&self, word: &str) -> bool {
        self.suffixes.contains(&fold_suffix(word))
    }

    /// The flag that a text stands for, if it stands for one. `true`, `false`, `yes` and `no` are always understood.
    pub fn flag(&self, text: &str) -> Option<bool> {
        self.flag_folded(&fold(text))
    }

    /// The flag that a text folded by [`fold`] stands for.
    pub fn flag_folded(&self, folded: &str) -> Option<bool> {
        let among = |words: &[String]| words.iter().any(|word| word == folded);
        match folded {
            "yes" | "true" => Some(true),
            "no" | "false" => Some(false),
            _ if among(&self.yes) => Some(true),
            _ if among(&self.no) => Some(false),
            _ => None,
        }
    }

    /// The words that the programme declares for yes and no.
    pub fn flags(&self) -> impl Iterator<Item = (bool, &str)> {
        let yes = self.yes.iter().map(|word| (true, word.as_str()));
        yes.chain(self.no.iter().map(|word| (false, word.as_str())))
    }

    /// Why a cell with this text holds no answer; `None` when the text is no word for that.
    pub fn blank(&self, text: &str) -> Option<Blank> {
        self.blank_folded(&fold(text))
    }

    /// Why a cell with this text, folded by [`fold`], holds no answer.
    pub fn blank_folded(&self, folded: &str) -> Option<Blank> {
        if folded.is_empty() {
            return Some(Blank::NotReported);
        }
        self.blanks.iter().find(|(word, _)| word == folded).map(|(_, blank)| *blank)
    }

    /// The words that the programme declares for a cell without an answer, folded, with the reason of each.
    pub fn blanks(&self) -> impl Iterator<Item = (Blank, &str)> {
        self.blanks.iter().map(|(word, blank)| (*blank, word.as_str()))
    }

    /// The first word that the programme declares for a reason.
    pub fn word(&self, reason: Blank) -> Option<&str> {
        self.blanks.iter().find(|(_, blank)| *blank == reason).map(|(word, _)| word.as_str())
    }
}

/// The words of a folded word for totals, without the signs around them.
pub(super) fn words_of(total: &str) -> Vec<String> {
    total.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The words of a text and where they stand. Single letters with signs or blanks between them are joined to one word.
fn parts(text: &str) -> Vec<(Range<usize>, String)> {
    /// Fewer single letters are initials.
    const FEWEST: usize = 3;
    let mut words: Vec<(Range<usize>, String)> = Vec::new();
    for (at, letter) in text.char_indices().filter(|(_, letter)| letter.is_alphanumeric() || is_unseen(*letter)) {
        let end = at + letter.len_utf8();
        match words.last_mut().filter(|(range, _)| range.end == at) {
            Some((range, word)) => {
                range.end = end;
                word.push(letter);
            }
            None => words.push((at..end, letter.to_string())),
        }
    }
    let is_letter = |(_, word): &(Range<usize>, String)| word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    let mut joined = Vec::with_capacity(words.len());
    for run in words.chunk_by(|left, right| is_letter(left) && is_letter(right)) {
        match run {
            [(first, _), .., (last, _)] if run.len() >= FEWEST => {
                joined.push((first.start..last.end, run.iter().map(|(_, letter)| letter.as_str()).collect()));
            }
            _ => joined.extend_from_slice(run),
        }
    }
    joined
}

/// A text in the form in which words are compared: case, no-break and repeated spaces, marks of no width and decomposed letters do not
/// count.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut parted = false;
    for letter in composed(text).chars() {
        if letter.is_whitespace() {
            parted = true;
            continue;
        }
        if is_unseen(letter) {
            continue;
        }
        if parted && !folded.is_empty() {
            folded.push(' ');
        }
        parted = false;
        push_small(&mut folded, letter);
    }
    folded
}

/// A header in the form in which headers are compared: folded, and without the signs at its end.
pub fn fold_header(text: &str) -> String {
    fold(text).trim_end_matches([':', '*', '.']).trim_end().to_owned()
}

/// A word behind a number in the form in which these are compared: folded, and without a full stop at its end.
pub fn fold_suffix(text: &str) -> String {
    fold(text).trim_end_matches('.').trim_end().to_owned()
}
