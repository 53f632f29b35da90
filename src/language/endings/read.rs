//! The section `endings` of a language file: as it is written, and resolved.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Deed, Ending, Endings, Ends, Forms, Piece, Reach, Rule};
use crate::diagnostic::{Diagnostic, FileName, Place, Rule as Fault, Span, did_you_mean_or_list};
use crate::yaml::{Entries, List, Spanned};

/// The section as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawEndings {
    /// Which words of a text take an ending.
    #[serde(default)]
    words: Reach,
    /// What follows such a word stays as it is.
    until: Option<Spanned<String>>,
    /// The sign between a number, a sign or an abbreviation and its ending; when left out, these take no ending.
    join: Option<String>,
    /// Named groups of ends of words, for use in rules.
    #[serde(default)]
    groups: Entries<Spanned<String>>,
    /// For each class, the letters that put a word into it; the last such letter decides. A word without any belongs to the first class.
    #[serde(default)]
    harmony: Entries<Spanned<String>>,
    /// Letters of endings that change, for each class of the word.
    #[serde(default)]
    changing: Entries<Spanned<Entries<String>>>,
    /// The word that is said for each sign and abbreviation.
    #[serde(default)]
    spoken: Entries<String>,
    /// The word that is said for each number.
    #[serde(default)]
    numbers: Entries<String>,
    /// Words whose forms no rule gives: word, case, form.
    #[serde(default)]
    exceptions: Entries<Entries<String>>,
    /// The rules of each case.
    cases: Entries<List<Spanned<RawRule>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    /// The ends of words that the rule is for; every word when left out.
    after: Option<String>,
    /// What is added behind the word.
    #[serde(default)]
    add: String,
    /// What replaces the end that fits.
    instead: Option<String>,
    /// What is put before the whole text.
    #[serde(default)]
    before: String,
}

/// Resolves the section; what is wrong with it is reported.
pub fn read(raw: RawEndings, (group, decimal): (&str, &str), file: &FileName, diagnostics: &mut Vec<Diagnostic>) -> Endings {
    let mut resolver = Resolver { file, groups: BTreeMap::new(), classes: Vec::new(), changing: BTreeMap::new(), diagnostics };
    for (name, text) in &raw.groups.0 {
        let ends = resolver.ends(&text.value, text.span);
        resolver.groups.insert(name.value.clone(), ends);
    }
    resolver.classes = raw.harmony.0.iter().map(|(name, _)| name.value.clone()).collect();
    let harmony = raw.harmony.0.iter().map(|(_, text)| resolver.ends(&text.value, text.span)).collect();
    for (letter, variants) in &raw.changing.0 {
        let letters = resolver.variants(&letter.value, variants);
        resolver.changing.insert(letter.value.clone(), letters);
    }
    let until = raw.until.as_ref().map_or_else(Ends::default, |until| resolver.ends(&until.value, until.span));
    let numbers = raw.numbers.0.into_iter().filter_map(|(number, word)| resolver.number(&number).map(|number| (number, word)));
    let numbers = numbers.collect();
    let cases = raw.cases.0.iter().map(|(case, rules)| {
        (case.value.clone(), rules.0.iter().map(|rule| resolver.rule(&rule.value, rule.span)).collect::<Vec<Rule>>())
    });
    let cases: BTreeMap<String, Vec<Rule>> = cases.collect();
    let mut exceptions: BTreeMap<String, Forms> = BTreeMap::new();
    for (word, forms) in raw.exceptions.0 {
        for (case, form) in forms.0 {
            if !cases.contains_key(&case.value) {
                resolver.unknown("case", &case.value, case.span, cases.keys().map(String::as_str));
            }
            exceptions.entry(word.value.to_lowercase()).or_default().insert(case.value, form);
        }
    }
    Endings {
        reach: raw.words,
        until,
        join: raw.join,
        harmony,
        spoken: raw.spoken.0.into_iter().map(|(sign, word)| (sign.value, word)).collect(),
        numbers,
        exceptions,
        names: BTreeMap::new(),
        cases,
        group: group.to_owned(),
        decimal: decimal.to_owned(),
    }
}

struct Resolver<'a> {
    file: &'a FileName,
    groups: BTreeMap<String, Ends>,
    classes: Vec<String>,
    changing: BTreeMap<String, Vec<String>>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Resolver<'_> {
    fn report(&mut self, rule: Fault, span: Span, message: String) -> &mut Diagnostic {
        let place = Place::Text { file: self.file.clone(), span };
        self.diagnostics.push(Diagnostic::new(rule, place, message));
        self.diagnostics.last_mut().expect("just pushed")
    }

    fn unknown<'b>(&mut self, what: &str, name: &str, span: Span, known: impl IntoIterator<Item = &'b str>) {
        let hint = did_you_mean_or_list(name, known);
        self.report(Fault::UnknownName, span, format!("unknown {what} `{name}`")).hint = hint.map(Into::into);
    }

    /// Ends of words, parted by blanks; `[name]` stands for the ends of a group.
    fn ends(&mut self, text: &str, span: Span) -> Ends {
        let mut ends = Ends::default();
        for item in text.split_whitespace() {
            if let Some(name) = item.strip_prefix('[').and_then(|item| item.strip_suffix(']')) {
                if let Some(group) = self.groups.get(name) {
                    ends.ends.extend_from_slice(&group.ends);
                    ends.whole.extend_from_slice(&group.whole);
                } else {
                    let known: Vec<String> = self.groups.keys().cloned().collect();
                    self.unknown("group of endings", name, span, known.iter().map(String::as_str));
                }
            } else if let Some(word) = item.strip_prefix('^') {
                ends.whole.push(word.to_lowercase());
            } else {
                ends.ends.push(item.to_lowercase());
            }
        }
        ends
    }

    /// The letters for each class, in the order of the classes.
    fn variants(&mut self, letter: &str, variants: &Spanned<Entries<String>>) -> Vec<String> {
        let classes = self.classes.clone();
        for (class, _) in variants.value.0.iter().filter(|(class, _)| !classes.contains(&class.value)) {
            self.unknown("class of harmony", &class.value, class.span, classes.iter().map(String::as_str));
        }
        let mut letters = Vec::new();
        for class in &classes {
            let found = variants.value.0.iter().find(|(name, _)| name.value == *class);
            if found.is_none() {
                let message = format!("`{letter}` has no letter for `{class}`");
                self.report(Fault::InvalidSpecification, variants.span, message).hint = Some(format!("add `{class}: …`").into());
            }
            letters.push(found.map(|(_, letter)| letter.clone()).unwrap_or_default());
        }
        letters
    }

    fn number(&mut self, number: &Spanned<String>) -> Option<u64> {
        let parsed = number.value.parse().ok();
        if parsed.is_none() {
            let message = format!("expected a whole number, found `{}`", number.value);
            self.report(Fault::InvalidSpecification, number.span, message);
        }
        parsed
    }

    fn rule(&mut self, raw: &RawRule, span: Span) -> Rule {
        if raw.instead.is_some() && (raw.after.is_none() || !raw.add.is_empty()) {
            let message = "`instead` takes the place of what stands in `after`".to_owned();
            self.report(Fault::InvalidSpecification, span, message).hint = Some("write `after` and no `add` beside it".into());
        }
        Rule {
            after: raw.after.as_ref().map(|after| self.ends(after, span)),
            deed: match &raw.instead {
                Some(instead) => Deed::Replace(self.ending(instead, span)),
                None => Deed::Add(self.ending(&raw.add, span)),
            },
            before: raw.before.clone(),
        }
    }

    /// The pieces of an ending; `[A]` stands for a letter that changes.
    fn ending(&mut self, text: &str, span: Span) -> Ending {
        let mut parts = text.split('[');
        let mut pieces = vec![Piece::Fixed(parts.next().unwrap_or_default().to_owned())];
        for part in parts {
            let (name, rest) = part.split_once(']').unwrap_or((part, ""));
            match self.changing.get(name) {
                Some(letters) => pieces.push(Piece::Changing(letters.clone())),
                None => {
                    let known: Vec<String> = self.changing.keys().cloned().collect();
                    self.unknown("changing letter", name, span, known.iter().map(String::as_str));
                }
            }
            pieces.push(Piece::Fixed(rest.to_owned()));
        }
        Ending(pieces)
    }
}
