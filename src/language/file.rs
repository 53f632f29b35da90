//! What a language file says, by itself or over that of the program, and what is wrong with it.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Language, LanguageCode, Marks, Numbers, Phrase, Plurals, endings, plural_rules};
use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Severity, Span, list};
use crate::sources::TextFile;
use crate::yaml::{self, Entries, Spanned};

/// What a language file says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageFile {
    name: String,
    numbers: RawNumbers,
    date: Spanned<String>,
    months: Spanned<Vec<String>>,
    marks: Marks,
    #[serde(default)]
    keep_with_next: Vec<String>,
    endings: Option<endings::RawEndings>,
    labels: Entries<Spanned<String>>,
    phrases: Entries<Spanned<String>>,
    #[serde(default)]
    sentences: Entries<Vec<String>>,
    #[serde(default)]
    conditions: Entries<String>,
    #[serde(default)]
    slots: Entries<String>,
}

/// Signs and patterns as a file has them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNumbers {
    decimal: Spanned<String>,
    group: Spanned<String>,
    /// How many digits each group has but the last, which has three.
    further_groups: Option<Spanned<usize>>,
    minus: Spanned<String>,
    plus: Spanned<String>,
    percent: Spanned<String>,
    per_mille: Spanned<String>,
}

impl RawNumbers {
    /// The signs with which numbers could not be read, or would be read as other ones, and what is wrong with each.
    fn faults(&self) -> Vec<(&'static str, Span, String)> {
        let signs = [("decimal", &self.decimal), ("group", &self.group), ("minus", &self.minus), ("plus", &self.plus)];
        let mut found = Vec::new();
        for (key, sign) in signs {
            let text = sign.value.as_str();
            let may_lack = key == "group" || key == "plus";
            // A sign before a number may have a mark of direction with it.
            let most = if key == "minus" || key == "plus" { 2 } else { 1 };
            if text.chars().any(char::is_alphanumeric) || text.chars().count() > most || text.is_empty() && !may_lack {
                found.push((key, sign.span, format!("expected one sign that is neither a digit nor a letter, found `{text}`")));
            }
        }
        for (position, (key, sign)) in signs.iter().enumerate().skip(1) {
            if let Some((other, _)) =
                signs[..position].iter().find(|(_, other)| !sign.value.is_empty() && other.value == sign.value)
            {
                found.push((
                    *key,
                    sign.span,
                    format!("expected another sign than that of `{other}`, found `{}` for both", sign.value),
                ));
            }
        }
        found
    }
}

/// The places of a text that something is put into, such as `{name}`, in the order of their names, each once.
fn placeholders(text: &str) -> BTreeSet<&str> {
    let ends = text.match_indices('{').filter_map(|(start, _)| Some((start, start + text[start..].find('}')? + 1)));
    let is_name = |inside: &str| inside.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    ends.map(|(start, end)| &text[start..end]).filter(|place| is_name(&place[1..place.len() - 1])).collect()
}

/// Reports a text without a place that something is to be put into: it would be printed without what it tells; and a place that nothing is
/// put into. `wanted` are the places that it must have.
fn check_placeholders(
    (what, text): (&str, &Spanned<String>),
    wanted: &BTreeSet<&str>,
    severity: Severity,
    file: &FileName,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let found = placeholders(&text.value);
    let without: Vec<&&str> = wanted.difference(&found).collect();
    let beyond: Vec<&&str> = found.difference(wanted).collect();
    let place = || Place::Text { file: file.clone(), span: text.span };
    if !without.is_empty() {
        let message = format!("expected {} in the text of `{what}`, found it without", list(&without));
        let hint = format!("write {} where the number or the name is to stand", if without.len() == 1 { "it" } else { "them" });
        diagnostics.push(Diagnostic::new(Rule::InvalidSpecification, place(), message).hint(hint));
    }
    if !beyond.is_empty() {
        let message = format!("nothing is put into {} in the text of `{what}`", list(&beyond));
        let known: Vec<&&str> = wanted.iter().collect();
        let hint = if known.is_empty() { "take it out".to_owned() } else { format!("known are {}", list(&known)) };
        diagnostics.push(Diagnostic::new(Rule::InvalidSpecification, place(), message).hint(hint));
    }
    diagnostics.iter_mut().for_each(|found| found.severity = severity);
    diagnostics
}

/// The part of a language file that a project replaces whole: its keys are words, too.
const WHOLE: &[&str] = &["sentences"];

/// What a language is read from: a file alone, or a project's file over that of the program, which gives all that the first one leaves out.
/// The lines of the second are counted on behind those of the first.
pub(super) struct Layers<'a> {
    own: Layer<'a>,
    beneath: Option<Layer<'a>>,
}

/// A file and its lines.
struct Layer<'a> {
    file: &'a TextFile,
    lines: Vec<&'a str>,
}

impl<'a> Layer<'a> {
    fn new(file: &'a TextFile) -> Self {
        Self { file, lines: file.text.lines().collect() }
    }
}

impl<'a> Layers<'a> {
    pub(super) fn new(own: &'a TextFile, beneath: Option<&'a TextFile>) -> Self {
        Self { own: Layer::new(own), beneath: beneath.map(Layer::new) }
    }

    pub(super) fn of(file: &'a TextFile) -> Self {
        Self::new(file, None)
    }

    /// How many lines come before those of the file beneath. A fault at the end of a file stands on the line behind its last one.
    fn before(&self) -> usize {
        self.own.lines.len() + 1
    }

    fn parse(&self, diagnostics: &mut Vec<Diagnostic>) -> Option<LanguageFile> {
        let own = yaml::tree(self.own.file, diagnostics)?;
        let whole = match &self.beneath {
            Some(Layer { file, .. }) => {
                let text = "\n".repeat(self.before()) + &file.text;
                own.over(yaml::tree(&TextFile { name: file.name.clone(), text }, diagnostics)?, WHOLE)
            }
            None => own,
        };
        Some(yaml::read(&whole, &self.own.file.name, diagnostics)?.value)
    }

    /// The file in which a line stands, and its number there.
    fn at(&self, line: u32) -> (&Layer<'a>, u32) {
        let before = u32::try_from(self.before()).unwrap_or(u32::MAX);
        match (&self.beneath, line.checked_sub(before)) {
            (Some(beneath), Some(line @ 1..)) => (beneath, line),
            _ => (&self.own, line),
        }
    }

    /// A finding with its place in the file in which it stands.
    fn placed(&self, mut found: Diagnostic) -> Diagnostic {
        if let Place::Text { file, span } = &mut found.place {
            let (own, line) = self.at(span.line);
            (*file, span.line) = (own.file.name.clone(), line);
        }
        found
    }
}

/// What language files say; the labels of `pattern` have the places into which something is put.
pub(super) fn read(
    code: &LanguageCode,
    layers: &Layers<'_>,
    pattern: Option<&Language>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Language> {
    let mut found = Vec::new();
    let language = understood(code, layers, pattern, &mut found);
    diagnostics.extend(found.into_iter().map(|found| layers.placed(found)));
    language
}

/// What language files say; places count the lines of all layers.
fn understood(
    code: &LanguageCode,
    layers: &Layers<'_>,
    pattern: Option<&Language>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Language> {
    let raw = layers.parse(diagnostics)?;
    let file = layers.own.file;
    let mut check = |what: &str, text: &Spanned<String>, wanted: &BTreeSet<&str>, severity: Severity| {
        diagnostics.extend(check_placeholders((what, text), wanted, severity, &file.name));
    };
    for (what, text) in [("numbers.percent", &raw.numbers.percent), ("numbers.per_mille", &raw.numbers.per_mille)] {
        check(what, text, &BTreeSet::from(["{}"]), Severity::Error);
    }
    // A text may leave something out on purpose; a number without its digits is none.
    check("date", &raw.date, &BTreeSet::from(["{day}", "{month}", "{year}"]), Severity::Warning);
    for (key, text) in &raw.labels.0 {
        if let Some(known) = pattern.and_then(|pattern| pattern.labels.get(&key.value)) {
            check(&format!("labels.{}", key.value), text, &placeholders(known), Severity::Warning);
        }
    }
    let at = |span: Span| Place::Text { file: file.name.clone(), span };
    let Some(plurals) = plural_rules(code) else {
        let place = Place::File(file.name.clone());
        diagnostics.push(
            Diagnostic::new(Rule::UnknownLanguage, place, format!("expected a language code, found `{code}`"))
                .hint("use a BCP 47 code such as `kk`, `ru` or `pt`"),
        );
        return None;
    };
    if raw.months.value.len() != 12 {
        let message = format!("expected the names of 12 months, found {}", raw.months.value.len());
        diagnostics.push(Diagnostic::new(Rule::InvalidSpecification, at(raw.months.span), message));
        return None;
    }
    if let Some(digits) = raw.numbers.further_groups.as_ref().filter(|digits| !(2..=3).contains(&digits.value)) {
        let message = format!("expected groups of 2 or 3 digits, found {}", digits.value);
        diagnostics.push(Diagnostic::new(Rule::InvalidSpecification, at(digits.span), message));
    }
    for (key, span, fault) in raw.numbers.faults() {
        let found = Diagnostic::new(Rule::InvalidSpecification, at(span), format!("`numbers.{key}`: {fault}"));
        diagnostics.push(found.hint("with such signs, other numbers would be read than are meant"));
    }
    let phrase = |phrase: Spanned<String>| {
        let (Layer { file, lines }, line) = layers.at(phrase.span.line);
        let source = lines.get(line as usize - 1).copied().unwrap_or_default();
        let opening = source.chars().nth(phrase.span.column as usize - 1);
        // The text of a block (`|`, `>`) begins on the line below the sign.
        let line = if matches!(opening, Some('|' | '>')) { line + 1 } else { line };
        Phrase { text: phrase.value, file: file.name.clone(), line }
    };
    let signs = (raw.numbers.group.value.as_str(), raw.numbers.decimal.value.as_str());
    let endings = raw.endings.map(|raw| endings::read(raw, signs, &file.name, diagnostics));
    Some(Language {
        code: code.clone(),
        direction: code.direction(),
        name: raw.name,
        labels: raw.labels.0.into_iter().map(|(key, text)| (key.value, text.value)).collect(),
        phrases: raw.phrases.0.into_iter().map(|(key, text)| (key.value, phrase(text))).collect(),
        sentences: raw.sentences.0.into_iter().map(|(heading, phrases)| (heading.value, phrases)).collect(),
        conditions: raw.conditions.0.into_iter().map(|(condition, words)| (condition.value, words)).collect(),
        slots: raw.slots.0.into_iter().map(|(value, name)| (value.value, name)).collect(),
        numbers: Numbers {
            decimal: raw.numbers.decimal.value,
            group: raw.numbers.group.value,
            further_groups: raw.numbers.further_groups.map_or(3, |digits| digits.value.clamp(2, 3)),
            minus: raw.numbers.minus.value,
            plus: raw.numbers.plus.value,
            percent: raw.numbers.percent.value,
            per_mille: raw.numbers.per_mille.value,
        },
        date: raw.date.value,
        months: raw.months.value,
        marks: raw.marks,
        keep_with_next: raw.keep_with_next,
        plurals: Plurals { code: code.clone(), rules: plurals },
        endings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::load::OWN;

    /// What is found in the house's English words with some of them changed.
    fn found(changes: &[(&str, &str)]) -> Vec<String> {
        let house = include_str!("../../report-templates/languages/en.yaml");
        let file = |text: String| TextFile { name: FileName::new("en.yaml"), text };
        let read = |file: TextFile, pattern: Option<&Language>, found: &mut Vec<Diagnostic>| {
            read(&LanguageCode::new(OWN), &Layers::of(&file), pattern, found)
        };
        let text = changes.iter().fold(house.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        let pattern = read(file(house.to_owned()), None, &mut Vec::new());
        let mut diagnostics = Vec::new();
        read(file(text), pattern.as_ref(), &mut diagnostics);
        diagnostics
            .iter()
            .map(|found| format!("{} {}; {}", found.place, found.message, found.hint.as_deref().unwrap_or_default()))
            .collect()
    }

    #[test]
    fn what_a_project_leaves_out_stands_in_the_file_of_the_program_with_its_own_places() {
        let house = crate::sources::house_languages();
        let kk = &house["languages/kk.yaml"];
        let own = TextFile {
            name: FileName::new("kk.yaml"),
            text: "labels:\n  contents: Тізім\nendings: { harmony: { third: x } }".into(),
        };
        let mut found = Vec::new();
        let language = read(&LanguageCode::new("kk"), &Layers::new(&own, Some(kk)), None, &mut found);
        let changing = 1 + kk.text.lines().position(|line| line == "  changing:").expect("a section");
        // The classes of letters need one for the new class of words.
        let first = &found.first().expect("found").place;
        let Place::Text { file, span } = first else { panic!("{first}") };
        assert_eq!((file.as_str(), span.line as usize), ("built-in languages/kk.yaml", changing + 1));
        let language = language.expect("readable");
        assert_eq!(language.labels["contents"], "Тізім");
        let house = read(&LanguageCode::new("kk"), &Layers::of(kk), None, &mut Vec::new()).expect("readable");
        assert!(language.labels.keys().eq(house.labels.keys()) && language.listed().eq(house.listed()));
        for (name, phrase) in &house.phrases {
            let Phrase { text, file, line } = &language.phrases[name];
            assert_eq!((text, file, line), (&phrase.text, &phrase.file, &phrase.line), "{name}");
        }
    }

    #[test]
    fn a_text_must_have_the_places_that_something_is_put_into() {
        assert_eq!(found(&[]), [""; 0]);
        let changes = [
            (r#"percent: "{}%""#, r#"percent: "%""#),
            (r#"date: "{day} {month} {year}""#, r#"date: "{day}. {month}""#),
            (r#"page_of: "Page {page} of {total}""#, r#"page_of: "Page {pge} of {total}""#),
        ];
        assert_eq!(
            found(&changes),
            [
                "en.yaml:8:12 expected `{}` in the text of `numbers.percent`, found it without; write it where the number or the name is to stand",
                "en.yaml:14:7 expected `{year}` in the text of `date`, found it without; write it where the number or the name is to stand",
                "en.yaml:38:12 expected `{page}` in the text of `labels.page_of`, found it without; write it where the number or the name is to stand",
                "en.yaml:38:12 nothing is put into `{pge}` in the text of `labels.page_of`; known are `{page}`, `{total}`",
            ]
        );
    }
}
