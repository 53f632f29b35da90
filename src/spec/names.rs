//! How names are compared: letters that count as one, and words for kinds of regions that may be left out. The programme declares them all.

use std::collections::{BTreeSet, HashMap};

use crate::letters::{composed, is_unseen};

/// The most readings of a name that are tried.
const MOST_READINGS: usize = 64;
/// A text with more bytes is no name: only one reading of it is tried.
const LONGEST_NAME: usize = 1024;

/// What the programme declares about names. Even without declarations, capitals, blanks, dots, hyphens and quotes do not count.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The groups that a letter stands in, each by its first letter.
    letters: HashMap<char, Vec<char>>,
    /// The words that may be left out, in parts, the longest first; with the kind that each tells of, or `None`.
    words: Vec<(Vec<String>, Option<usize>)>,
}

/// One reading of a name: what is left without the words for kinds, and the kinds that these words tell of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reading {
    /// The letters and digits that are left.
    pub core: String,
    /// The kinds named.
    pub kinds: BTreeSet<usize>,
    /// The words of what is left.
    pub words: Vec<String>,
}

impl Names {
    /// The rules from groups of letters that count as one, the words for each kind of region, and words that mean nothing.
    pub fn new(alike: &[String], kinds: &[Vec<String>], fillers: &[String]) -> Self {
        let mut letters: HashMap<char, Vec<char>> = HashMap::new();
        for group in alike {
            let group: Vec<char> = group.to_lowercase().chars().filter(|letter| !letter.is_whitespace()).collect();
            let Some(&first) = group.first() else { continue };
            for &letter in &group {
                let groups = letters.entry(letter).or_default();
                if !groups.contains(&first) {
                    groups.push(first);
                }
            }
        }
        let mut names = Self { letters, words: Vec::new() };
        let kinds = kinds.iter().enumerate().flat_map(|(kind, words)| words.iter().map(move |word| (word, Some(kind))));
        let mut words = Vec::new();
        for (word, kind) in kinds.chain(fillers.iter().map(|word| (word, None))) {
            for parts in names.spelt(word).into_iter().filter(|parts| !parts.is_empty()) {
                // Initials are written with or without dots between them.
                if parts.len() > 1 {
                    words.push((vec![parts.concat()], kind));
                }
                words.push((parts, kind));
            }
        }
        words.sort_by(|(left, _), (right, _)| right.len().cmp(&left.len()).then_with(|| left.cmp(right)));
        words.dedup();
        names.words = words;
        names
    }

    /// Every reading of a text as letters and digits only; two names are alike when they share a reading.
    pub fn plain(&self, text: &str) -> Vec<String> {
        let mut readings: Vec<String> = self.spelt(text).into_iter().map(|parts| parts.concat()).collect();
        readings.retain(|reading| !reading.is_empty());
        readings.sort();
        readings.dedup();
        readings
    }

    /// Every reading of the name of a region.
    pub fn readings(&self, text: &str) -> Vec<Reading> {
        let mut readings: Vec<Reading> = self.spelt(text).iter().filter_map(|parts| self.reading(parts)).collect();
        readings.sort();
        readings.dedup();
        readings
    }

    /// The words of a name, in every spelling that its letters stand for.
    pub fn spelt(&self, text: &str) -> Vec<Vec<String>> {
        let mut spelt: Vec<Vec<String>> = vec![vec![String::new()]];
        let text = composed(text);
        let most = if text.len() > LONGEST_NAME { 1 } else { MOST_READINGS };
        // A combining mark belongs to the letter before it, and often gets lost.
        let marks = '\u{300}'..='\u{36f}';
        for letter in text.chars().flat_map(char::to_lowercase).filter(|letter| !marks.contains(letter) && !is_unseen(*letter)) {
            let own = [letter];
            let groups = self.letters.get(&letter).map_or(&own[..], Vec::as_slice);
            let part = letter.is_alphanumeric() || self.letters.contains_key(&letter);
            if !part {
                for parts in &mut spelt {
                    if parts.last().is_some_and(|last| !last.is_empty()) {
                        parts.push(String::new());
                    }
                }
                continue;
            }
            let room = if spelt.len() * groups.len() <= most { groups.len() } else { 1 };
            let more: Vec<Vec<String>> = groups[1..room].iter().flat_map(|&group| with_letter(spelt.clone(), group)).collect();
            // A letter with one reading copies nothing: a text may fill a whole cell.
            spelt = with_letter(spelt, groups[0]);
            spelt.extend(more);
        }
        for parts in &mut spelt {
            parts.retain(|part| !part.is_empty());
        }
        spelt
    }

    /// A reading without the words for kinds; `None` when the name has no other words.
    fn reading(&self, parts: &[String]) -> Option<Reading> {
        let mut reading = Reading { core: String::new(), kinds: BTreeSet::new(), words: Vec::new() };
        let mut rest = parts;
        while let Some((first, after)) = rest.split_first() {
            match self.words.iter().find(|(word, _)| rest.starts_with(word)) {
                Some((word, kind)) => {
                    reading.kinds.extend(kind);
                    rest = &rest[word.len()..];
                }
                None => {
                    reading.core.push_str(first);
                    reading.words.push(first.clone());
                    rest = after;
                }
            }
        }
        (!reading.core.is_empty()).then_some(reading)
    }
}

fn with_letter(mut spelt: Vec<Vec<String>>, letter: char) -> Vec<Vec<String>> {
    for parts in &mut spelt {
        if let Some(last) = parts.last_mut() {
            last.push(letter);
        }
    }
    spelt
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        Names::new(&texts(&["аa", "оo", "нh", "хh"]), &[texts(&["город", "г.", "г.а."]), texts(&["р-н"])], &texts(&["им."]))
    }

    fn cores(text: &str) -> Vec<String> {
        names().readings(text).into_iter().map(|reading| reading.core).collect()
    }

    #[test]
    fn signs_and_capitals_do_not_count() {
        assert_eq!(cores(" «Усть -\u{a0}Каменогорск» "), ["устькаменогорск"]);
    }

    #[test]
    fn words_for_kinds_are_taken_out_and_told() {
        for text in ["г. Омск", "Омск г.а.", "ОМСК ГА", "город им. Омск"] {
            let readings = names().readings(text);
            assert_eq!(
                readings,
                [Reading { core: "омск".into(), kinds: BTreeSet::from([0]), words: vec!["омск".into()] }],
                "{text}"
            );
        }
        assert_eq!(names().readings("Омский р-н")[0].kinds, BTreeSet::from([1]));
        assert_eq!(cores("город"), [""; 0]);
    }

    #[test]
    fn a_letter_of_two_groups_is_read_both_ways() {
        assert_eq!(names().plain("Hан"), ["нан", "хан"]);
        assert_eq!(names().plain(&"H".repeat(1024)).len(), 64);
        assert_eq!(names().plain(&"H".repeat(1025)).len(), 1);
    }
}
