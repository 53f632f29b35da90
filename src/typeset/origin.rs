//! Leads a line that the templates made back to the line of a template, or of a phrase, that made it.

use std::collections::BTreeMap;

use crate::diagnostic::{FileName, Span};
use crate::language::{Language, LanguageCode, punctuation};
use crate::sources::TextFile;

/// Beginnings shorter than this occur in many lines; such a line must be the made one to the letter.
const SHORTEST: usize = 6;

/// All lines of templates and of the phrases of each language, as what stands in them beside tags.
pub struct Origins {
    lines: Vec<Line>,
    phrases: BTreeMap<LanguageCode, Vec<Line>>,
}

struct Line {
    file: FileName,
    number: u32,
    /// The texts before, between and behind its tags; the first one is its beginning.
    texts: Vec<String>,
}

impl Line {
    /// How well a line that was made fits: whether all of its texts stand in it, and how long they are. `None` where its beginning is
    /// another one.
    fn fit(&self, made: &str) -> Option<(bool, usize)> {
        let (beginning, others) = self.texts.split_first()?;
        let mut rest = made.strip_prefix(beginning.as_str())?;
        let mut length = beginning.len();
        let is_long = beginning.trim().chars().count() >= SHORTEST;
        for (left, text) in others.iter().enumerate().map(|(at, text)| (others.len() - 1 - at, text)) {
            let at = if left == 0 && !text.is_empty() {
                rest.ends_with(text.as_str()).then(|| rest.len() - text.len())
            } else {
                rest.find(text.as_str())
            };
            // What stands within a condition may be missing.
            let Some(at) = at else { return is_long.then_some((false, beginning.len())) };
            rest = &rest[at + text.len()..];
            length += text.len();
        }
        let is_whole = !others.is_empty() || rest.is_empty();
        (is_long || is_whole && length > 0 && others.is_empty()).then_some((is_whole, length))
    }

    /// How long its texts are, where all of them stand within a line that was made, one behind the other, and the sign at `byte` is in one of
    /// them.
    fn within(&self, made: &str, byte: usize) -> Option<usize> {
        let texts = || self.texts.iter().filter(|text| !text.is_empty());
        let length: usize = texts().map(|text| text.trim().chars().count()).sum();
        let first = texts().next().filter(|_| length >= SHORTEST)?;
        made.match_indices(first.as_str()).find_map(|(start, _)| {
            let (mut from, mut is_within) = (start, false);
            for text in texts() {
                let begin = from + made[from..].find(text.as_str())?;
                from = begin + text.len();
                is_within |= (begin..from).contains(&byte);
            }
            is_within.then_some(length)
        })
    }
}

/// The texts of a template line beside its tags.
fn texts(line: &str) -> Vec<String> {
    const TAGS: [(&str, &str); 3] = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
    let mut texts = Vec::new();
    let mut rest = line;
    loop {
        let tag = TAGS.iter().filter_map(|(open, close)| Some((rest.find(open)?, *close))).min();
        let Some((at, close)) = tag else { break };
        texts.push(rest[..at].to_owned());
        let Some(end) = rest[at..].find(close) else { return texts };
        rest = &rest[at + end + close.len()..];
    }
    texts.push(rest.to_owned());
    texts
}

impl Origins {
    /// The lines of what minijinja fills in.
    pub fn new(templates: &BTreeMap<String, TextFile>, languages: &BTreeMap<LanguageCode, Language>) -> Self {
        let files = templates.iter().filter(|(path, _)| path.ends_with(".j2")).map(|(_, file)| file);
        let lines = files.flat_map(|file| {
            file.text.lines().zip(1..).map(|(line, number)| Line { file: file.name.clone(), number, texts: texts(line) })
        });
        let phrases = languages.iter().map(|(code, language)| {
            let lines = language.phrases.values().flat_map(|phrase| {
                let lines = phrase.text.lines().zip(phrase.line..);
                // As they stand in documents.
                lines.map(|(line, number)| Line {
                    file: phrase.file.clone(),
                    number,
                    texts: texts(line).iter().map(|text| punctuation::dashes(text)).collect(),
                })
            });
            (code.clone(), lines.collect())
        });
        Self {
            lines: lines.filter(|line| line.texts.iter().any(|text| !text.trim().is_empty())).collect(),
            phrases: phrases.collect(),
        }
    }

    /// The line of a phrase of the language in whose own words the fault of the line `made` lies; else the template line that fits it best;
    /// among equal ones, one of `own`, the template of the document. `column` is that of the fault, from 1; a fault in what a tag made is
    /// placed at the tag.
    pub fn of(&self, made: &str, column: u32, own: &str, language: &str) -> Option<(FileName, Span)> {
        self.phrase(made, column, language).or_else(|| self.template(made, column, own))
    }

    fn phrase(&self, made: &str, column: u32, language: &str) -> Option<(FileName, Span)> {
        let (byte, _) = made.char_indices().nth((column as usize).checked_sub(1)?)?;
        let lines = self.phrases.get(&LanguageCode::new(language))?;
        let fitting = lines.iter().rev().filter_map(|line| Some((line.within(made, byte)?, line)));
        let (_, line) = fitting.max_by_key(|(length, _)| *length)?;
        Some((line.file.clone(), Span { line: line.number, column: 1 }))
    }

    fn template(&self, made: &str, column: u32, own: &str) -> Option<(FileName, Span)> {
        let fitting = self.lines.iter().rev().filter_map(|line| Some((line.fit(made)?, line.file.as_str().ends_with(own), line)));
        let (_, _, line) = fitting.max_by_key(|(fit, is_own, _)| (*fit, *is_own))?;
        let tag = line.texts[0].chars().count() as u32 + 1;
        Some((line.file.clone(), Span { line: line.number, column: column.min(tag) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_fits_best_leads_back() {
        let file = |name: &str, text: &str| {
            let path = format!("report-templates/{name}");
            (name.to_owned(), TextFile { name: FileName::new(path), text: text.to_owned() })
        };
        let text = "#heading(level: 1)[{{ labels.plan }}]\n#heading(level: 2)[Words]\n{% if a %}x{% endif %}\n\
                    #heading(level: 1)[{{ labels.plan }} #bogus]\n#foo\n";
        let other = file("b/report.typ.j2", "#heading(level: 1)[{{ labels.other }}]\n");
        let origins = Origins::new(&BTreeMap::from([file("a/report.typ.j2", text), other]), &BTreeMap::new());
        let place = |made, column| origins.of(made, column, "a/report.typ.j2", "en").map(|(_, span)| (span.line, span.column));
        assert_eq!(place("#heading(level: 1)[What to do #bogus]", 32), Some((4, 20)));
        assert_eq!(place("#foo", 2), Some((5, 2)));
        assert_eq!(place("#heading(level: 1)[What to do]", 24), Some((1, 20)));
        assert_eq!(place("#heading(level: 2)[Words]", 3), Some((2, 3)));
        assert_eq!(place("x", 1), None);
    }

    #[test]
    fn a_fault_in_the_words_of_a_phrase_leads_to_the_phrase() {
        let line = |number, text: &str| Line { file: FileName::new("en.yaml"), number, texts: texts(text) };
        let lines = vec![line(3, "The value is {{ value }} #bogus."), line(4, "The value"), line(5, "{{ value }} *")];
        let phrases = BTreeMap::from([(LanguageCode::new("en"), lines)]);
        let origins = Origins { lines: vec![line(9, "#text[{% include x %}]")], phrases };
        let made = "#text[The value is 5 #bogus.]";
        let place = |column, language| origins.of(made, column, "", language).map(|(_, span)| span.line);
        assert_eq!(place(23, "en"), Some(3));
        assert_eq!(place(7, "en"), Some(3));
        // What a tag made, and words of another language, lead to the template.
        assert_eq!(place(20, "en"), Some(9));
        assert_eq!(place(23, "ru"), Some(9));
        assert_eq!(place(99, "en"), Some(9));
    }
}
