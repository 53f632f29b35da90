//! What a name or a number ends in when it stands in a case. The code knows no language: letters, endings and exceptions are data in the
//! section `endings` of a language file.
//!
//! A case is a list of rules; the first rule whose `after` fits the end of the word gives the ending. Letters of an ending that change with
//! the vowels of the word follow its `harmony`. For a number or a sign, the word that is said last decides.

mod read;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(super) use read::{RawEndings, read};

/// Which words of a text take an ending.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reach {
    #[default]
    Last,
    Every,
}

/// The endings of a language.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Endings {
    reach: Reach,
    until: Ends,
    join: Option<String>,
    harmony: Vec<Ends>,
    spoken: BTreeMap<String, String>,
    numbers: BTreeMap<u64, String>,
    exceptions: BTreeMap<String, Forms>,
    names: BTreeMap<String, Forms>,
    cases: BTreeMap<String, Vec<Rule>>,
    group: String,
    decimal: String,
}

/// The form for each case.
type Forms = BTreeMap<String, String>;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Rule {
    /// `None` fits every word.
    after: Option<Ends>,
    deed: Deed,
    before: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Deed {
    Add(Ending),
    Replace(Ending),
}

/// The pieces of an ending; a changing piece has its letters for each class of harmony.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Ending(Vec<Piece>);

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Piece {
    Fixed(String),
    Changing(Vec<String>),
}

/// Ends of words; an end with `^` is a whole word.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Ends {
    ends: Vec<String>,
    whole: Vec<String>,
}

impl Ends {
    /// The length, in bytes, of the longest of these ends with which `text` ends. `whole` tells whether `text` is a complete word.
    fn longest(&self, text: &str, whole: bool) -> Option<usize> {
        let ends = self.ends.iter().filter(|end| text.ends_with(end.as_str())).map(String::len);
        let words = self.whole.iter().filter(|word| whole && *word == text).map(String::len);
        ends.chain(words).max()
    }
}

/// The end of a text, in the form in which it is said.
enum Tail<'a> {
    /// A word that takes the ending itself.
    Word(&'a str),
    /// The word that is said for a number, a sign, an abbreviation or a closing quote; the ending stands behind the text.
    Said(String),
    /// Nothing that could take an ending.
    Mute,
}

impl Endings {
    /// Takes the cases that are missing from another language.
    pub(super) fn borrow(&mut self, lender: Self) {
        for (case, rules) in lender.cases {
            self.cases.entry(case).or_insert(rules);
        }
    }

    /// The text in a case: its own declared form, or the form by the rules. `None` when the language has no such case.
    #[must_use]
    pub fn case(&self, text: &str, case: &str) -> Option<String> {
        if let Some(form) = self.names.get(text).and_then(|forms| forms.get(case)) {
            return Some(form.clone());
        }
        let rules = self.cases.get(case)?;
        let mut before = "";
        let changed = match self.reach {
            Reach::Last => self.inflect(text, case, rules, &mut before),
            Reach::Every => self.inflect_every(text, case, rules, &mut before),
        };
        Some(format!("{before}{changed}"))
    }

    /// The cases that there are rules for.
    pub fn cases(&self) -> impl Iterator<Item = &str> {
        self.cases.keys().map(String::as_str)
    }

    /// Adds a form that is used instead of the rules.
    pub(super) fn name(&mut self, name: &str, case: &str, form: &str) {
        self.names.entry(name.to_owned()).or_default().entry(case.to_owned()).or_insert_with(|| form.to_owned());
    }

    fn inflect_every<'a>(&'a self, text: &str, case: &str, rules: &'a [Rule], before: &mut &'a str) -> String {
        let mut changed = String::new();
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            changed.push_str(&self.inflect(word, case, rules, before));
            if self.until.longest(&word.to_lowercase(), true).is_some() {
                changed.push_str(behind);
                break;
            }
            let next = behind.find(|letter: char| !letter.is_whitespace()).unwrap_or(behind.len());
            changed.push_str(&behind[..next]);
            rest = &behind[next..];
        }
        changed
    }

    /// The text with an ending on its last word.
    fn inflect<'a>(&'a self, text: &str, case: &str, rules: &'a [Rule], before: &mut &'a str) -> String {
        let (said, joined) = match self.tail(text) {
            Tail::Word(word) => (word.to_lowercase(), false),
            Tail::Said(word) => (word.to_lowercase(), true),
            Tail::Mute => {
                // A rule for every word may still put something in front.
                let all = rules.iter().find(|rule| rule.after.is_none()).filter(|_| before.is_empty());
                *before = all.map_or(*before, |rule| &rule.before);
                return text.to_owned();
            }
        };
        let own = self.own_word(text);
        if let Some(form) = self.exceptions.get(&own.to_lowercase()).and_then(|forms| forms.get(case)) {
            return format!("{}{}", &text[..text.len() - own.len()], like(own, form));
        }
        for rule in rules {
            let end = match &rule.after {
                Some(after) => match after.longest(&said, true) {
                    Some(end) => end,
                    None => continue,
                },
                None => 0,
            };
            match &rule.deed {
                // Digits and signs keep their end, so nothing replaces it.
                Deed::Replace(_) if joined => continue,
                Deed::Replace(ending) => {
                    *before = if before.is_empty() { &rule.before } else { before };
                    // A text in lower case may have another length in bytes, and more letters.
                    let kept = text.chars().count().saturating_sub(said[said.len() - end..].chars().count());
                    let stem: String = text.chars().take(kept).collect();
                    return format!("{stem}{}", self.put(ending, &said));
                }
                Deed::Add(ending) => {
                    *before = if before.is_empty() { &rule.before } else { before };
                    let ending = self.put(ending, &said);
                    let join = self.join.as_deref().filter(|_| joined && !ending.is_empty()).unwrap_or_default();
                    return format!("{text}{join}{ending}");
                }
            }
        }
        text.to_owned()
    }

    /// The last word of a text, or its last number as it is written.
    fn own_word<'a>(&self, text: &'a str) -> &'a str {
        match self.number(text) {
            Some(digits) => digits,
            None => last_word(text),
        }
    }

    fn tail<'a>(&self, text: &'a str) -> Tail<'a> {
        let said = |word: Option<String>| match word {
            Some(word) if self.join.is_some() => Tail::Said(word),
            _ => Tail::Mute,
        };
        if text.trim().is_empty() {
            return Tail::Mute;
        }
        let signs = self.spoken.iter().filter(|(sign, _)| ends_in_sign(text, sign));
        if let Some((_, word)) = signs.max_by_key(|(sign, _)| sign.len()) {
            return said(Some(word.clone()));
        }
        if text.ends_with(|last: char| last.is_ascii_digit()) {
            return said(self.number(text).and_then(|digits| self.last_word_of_number(digits)));
        }
        let word = last_word(text);
        let inner = word.trim_end_matches(|letter: char| !letter.is_alphanumeric());
        if inner.len() < word.len() {
            return said(inner.ends_with(char::is_alphabetic).then(|| inner.to_owned()));
        }
        // An abbreviation.
        if word.chars().count() > 1 && word.chars().all(char::is_uppercase) {
            return said(Some(word.to_owned()));
        }
        Tail::Word(word)
    }

    /// The number at the end of a text, with its signs.
    fn number<'a>(&self, text: &'a str) -> Option<&'a str> {
        let mut start = text.len();
        loop {
            let rest = &text[..start];
            if let Some(digit) = rest.chars().next_back().filter(char::is_ascii_digit) {
                start -= digit.len_utf8();
                continue;
            }
            // A sign belongs to the number when it stands between digits.
            let sign = [&self.group, &self.decimal].into_iter().find(|sign| {
                !sign.is_empty()
                    && start < text.len()
                    && rest.strip_suffix(sign.as_str()).is_some_and(|left| left.ends_with(|last: char| last.is_ascii_digit()))
            });
            match sign {
                Some(sign) => start -= sign.len(),
                None => break,
            }
        }
        Some(&text[start..]).filter(|digits| !digits.is_empty())
    }

    /// The word said last for a number; for decimals, the word said last for their digits.
    fn last_word_of_number(&self, digits: &str) -> Option<String> {
        let whole: String;
        let read = match digits.rsplit_once(self.decimal.as_str()).filter(|_| !self.decimal.is_empty()) {
            Some((_, decimals)) => decimals,
            None => {
                whole = if self.group.is_empty() { digits.to_owned() } else { digits.replace(&self.group, "") };
                &whole
            }
        };
        let significant = read.trim_start_matches('0');
        let zeros = significant.len() - significant.trim_end_matches('0').len();
        let word = if significant.is_empty() {
            self.numbers.get(&0)
        } else if zeros >= 2 {
            let powers = (2..=u32::try_from(zeros).ok()?.min(19)).rev().filter_map(|power| 10_u64.checked_pow(power));
            powers.into_iter().find_map(|power| self.numbers.get(&power))
        } else {
            let last: u64 = significant.get(significant.len().saturating_sub(2)..)?.parse().ok()?;
            self.numbers.get(&last).or_else(|| self.numbers.get(&(last % 10)))
        };
        word.cloned()
    }

    /// The ending in the form that it has behind a word.
    fn put(&self, ending: &Ending, word: &str) -> String {
        let class = self.class(word);
        let piece = |piece: &Piece| match piece {
            Piece::Fixed(text) => text.clone(),
            Piece::Changing(letters) => letters.get(class).cloned().unwrap_or_default(),
        };
        ending.0.iter().map(piece).collect()
    }

    /// The class of harmony of a word. The last letters that belong to a class decide; where several ends fit there, the longest one does.
    fn class(&self, word: &str) -> usize {
        let mut rest = word;
        while let Some(last) = rest.chars().next_back() {
            let whole = rest.len() == word.len();
            let found = self.harmony.iter().enumerate().filter_map(|(class, ends)| Some((ends.longest(rest, whole)?, class)));
            if let Some((_, class)) = found.max_by_key(|&(length, _)| length) {
                return class;
            }
            rest = &rest[..rest.len() - last.len_utf8()];
        }
        0
    }
}

fn last_word(text: &str) -> &str {
    text.rsplit(char::is_whitespace).next().unwrap_or(text)
}

/// Whether a text ends in a sign; a sign made of letters must be a word of its own.
fn ends_in_sign(text: &str, sign: &str) -> bool {
    let letters = sign.starts_with(char::is_alphabetic);
    text.strip_suffix(sign).is_some_and(|rest| !letters || !rest.ends_with(char::is_alphanumeric))
}

/// The form, with a capital where the word has one.
fn like(word: &str, form: &str) -> String {
    let mut letters = form.chars();
    match letters.next() {
        Some(first) if word.starts_with(char::is_uppercase) => first.to_uppercase().chain(letters).collect(),
        _ => form.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostic, FileName};
    use crate::sources::TextFile;
    use crate::yaml;

    /// A language that nobody speaks.
    const SECTION: &str = "
join: \"-\"
groups: { hard: p t k, own: \"lan\" }
harmony: { back: a o u lew, front: e i }
changing: { A: { back: a, front: e } }
spoken: { \"%\": hundredths, pt: step }
numbers: { 0: nil, 1: one, 2: due, 3: tik, 10: dek, 12: dozan, 100: hund, 1000: mil }
exceptions: { ox: { into: oxen }, \"2\": { into: 2-both } }
cases:
  into:
    - { after: \"[own]\", add: \"n[A]\" }
    - { after: \"[hard]\", add: \"t[A]\" }
    - { after: ^sea, add: \"w[A]rd\" }
    - { add: \"d[A]\" }
  of:
    - { after: k, instead: \"g[A]\" }
    - { add: \"[A]\" }
  plain: [{ before: \"in \" }]
";

    fn parse(text: &str) -> (Endings, Vec<Diagnostic>) {
        let file = TextFile { name: FileName::new("x.yaml"), text: text.to_owned() };
        let mut found = Vec::new();
        let raw = yaml::parse::<RawEndings>(&file, &mut found).expect("a section").value;
        let endings = read(raw, ("\u{202f}", ","), &file.name, &mut found);
        (endings, found)
    }

    fn check(text: &str, case: &str, expected: &str) {
        let (endings, found) = parse(SECTION);
        assert!(found.is_empty(), "{found:?}");
        assert_eq!(endings.case(text, case).as_deref(), Some(expected), "{text}, {case}");
    }

    #[test]
    fn the_first_rule_that_fits_the_end_gives_the_ending() {
        check("Tolan", "into", "Tolanna");
        check("Old Mik", "into", "Old Mikte");
        check("Sea", "into", "Seaward");
        check("Chelsea", "into", "Chelseada");
        check("Mo", "into", "Moda");
    }

    #[test]
    fn longer_letters_decide_the_harmony_before_shorter_ones() {
        check("Mew", "into", "Mewde");
        check("Molew", "into", "Molewda");
    }

    #[test]
    fn a_number_takes_the_ending_of_the_word_that_is_said_last() {
        check("1", "into", "1-de");
        check("13", "into", "13-te");
        check("12", "into", "12-da");
        check("10", "into", "10-te");
        check("200", "into", "200-da");
        check("1\u{202f}200", "into", "1\u{202f}200-da");
        check("300\u{202f}000", "into", "300\u{202f}000-de");
        check("7,3", "of", "7,3-e");
        check("7,0", "into", "7,0-de");
    }

    #[test]
    fn a_sign_takes_the_ending_of_its_word() {
        check("85,7\u{a0}%", "into", "85,7\u{a0}%-de");
        check("3 pt", "into", "3 pt-te");
        check("Egypt", "into", "Egyptte");
    }

    #[test]
    fn an_exception_wins_over_the_rules() {
        check("Ox", "into", "Oxen");
        check("an ox", "into", "an oxen");
        check("2", "into", "2-both");
        check("22", "into", "22-de");
    }

    #[test]
    fn what_is_replaced_in_a_word_stays_in_a_sign() {
        check("Kurk", "of", "Kurga");
        check("13", "of", "13-e");
    }

    #[test]
    fn quotes_and_abbreviations_are_parted_from_the_ending() {
        check("«Tolan»", "into", "«Tolan»-na");
        check("UNO", "into", "UNO-da");
    }

    #[test]
    fn a_text_may_get_a_word_in_front() {
        check("Tolan", "plain", "in Tolan");
    }

    #[test]
    fn a_number_stays_as_it_is_in_a_language_without_a_sign_to_join() {
        let (endings, _) = parse("cases: { in: [{ before: \"in \", add: x }] }");
        assert_eq!(endings.case("12 %", "in").as_deref(), Some("in 12 %"));
        assert_eq!(endings.case("Bod (town)", "in").as_deref(), Some("in Bod (town)"));
        assert_eq!(endings.case("Bod", "in").as_deref(), Some("in Bodx"));
    }

    #[test]
    fn nothing_has_no_ending() {
        check("", "into", "");
        check("…", "into", "…");
    }

    #[test]
    fn an_unknown_case_gives_nothing() {
        assert_eq!(parse(SECTION).0.case("Tolan", "onto"), None);
    }

    #[test]
    fn every_word_may_take_an_ending_up_to_a_head() {
        let section = "
words: every
until: ^land
cases:
  in:
    - { after: skaya, instead: skoy }
    - { after: d, add: e }
";
        let (endings, found) = parse(section);
        assert!(found.is_empty(), "{found:?}");
        assert_eq!(endings.case("Big-Toskaya land of Bod", "in").as_deref(), Some("Big-Toskoy lande of Bod"));
        assert_eq!(endings.case("c. Bod", "in").as_deref(), Some("c. Bode"));
        assert_eq!(endings.case("85 %", "in").as_deref(), Some("85 %"));
    }

    #[test]
    fn names_that_nobody_declares_are_reported() {
        let section = "
harmony: { back: a }
changing: { A: { front: e } }
exceptions: { ox: { onto: oxen } }
cases:
  into:
    - { after: \"[soft]\", add: \"[B]\" }
    - { instead: x }
";
        let messages: Vec<String> = parse(section).1.into_iter().map(|found| found.message).collect();
        let expected = [
            "unknown class of harmony `front`",
            "`A` has no letter for `back`",
            "unknown group of endings `soft`",
            "unknown changing letter `B`",
            "`instead` takes the place of what stands in `after`",
            "unknown case `onto`",
        ];
        assert_eq!(messages, expected);
    }
}
