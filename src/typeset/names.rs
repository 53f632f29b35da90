//! Looks at the phrases that a project words itself before any document is made: whether they can be read, and whether there is what they
//! name.

use std::collections::{BTreeMap, BTreeSet};

use super::mentions::LABELS;
use super::templates::{Markup, environment, fault};
use crate::diagnostic::{Diagnostic, Place, Rule, Severity, Span, did_you_mean, did_you_mean_or_list};
use crate::language::{Language, LanguageCode, Phrase};
use crate::sources::{TextFile, house};
use crate::threads::alone;

/// The most bytes of a phrase that is looked at here. What nests deeper than such a text can is left to the processes that set documents.
const LONGEST: usize = 8_000;

/// Reports phrases in language files of the project that cannot be read, and names in them that stand in no other template: a value that
/// nothing gives is a fault where it is printed, and in a condition it is never true.
pub fn check_phrases(
    languages: &BTreeMap<LanguageCode, Language>,
    templates: &BTreeMap<String, TextFile>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut own = Vec::new();
    for language in languages.values() {
        let path = format!("languages/{}.yaml", language.code);
        let Some(file) = templates.get(&path).filter(|file| house(&path) != Some(file.text.as_str())) else { continue };
        let phrases = language.phrases.iter().filter(|(_, phrase)| phrase.file == file.name && phrase.text.len() <= LONGEST);
        own.extend(phrases.map(|(name, phrase)| Own { language, file, name, phrase }));
    }
    if own.is_empty() {
        return;
    }
    let known = Known::new(&own, templates);
    alone(|| own.iter().for_each(|own| own.check(&known, diagnostics)));
}

/// A phrase of the project.
struct Own<'a> {
    language: &'a Language,
    file: &'a TextFile,
    name: &'a str,
    phrase: &'a Phrase,
}

impl Own<'_> {
    fn check(&self, known: &Known<'_>, diagnostics: &mut Vec<Diagnostic>) {
        let mut environment = environment(Markup::Typst, self.language);
        if let Err(error) = environment.add_template(self.name, &self.phrase.text) {
            diagnostics.push(fault(&error, &self.phrase.file, self.phrase.line));
            return;
        }
        let template = environment.get_template(self.name).expect("it was added");
        let is_global = |path: &str| environment.globals().any(|(name, _)| path.split('.').next() == Some(name));
        let paths: BTreeSet<String> = template.undeclared_variables(true).into_iter().filter(|path| !is_global(path)).collect();
        diagnostics.extend(paths.iter().filter_map(|path| self.unknown(path, known)));
        let included = self.phrase.text.split("phrases/").skip(1).filter(|rest| rest.starts_with(char::is_alphanumeric));
        let included: BTreeSet<&str> = included.filter_map(|rest| words(rest).next()).collect();
        diagnostics.extend(included.into_iter().filter_map(|name| self.missing(name)));
    }

    /// The finding that there is no phrase of a name.
    fn missing(&self, name: &str) -> Option<Diagnostic> {
        let phrases = &self.language.phrases;
        if phrases.contains_key(name) {
            return None;
        }
        let message = format!("the phrase `{}` includes the phrase `{name}`, which does not exist", self.name);
        let mut found = Diagnostic::new(Rule::UnknownName, self.place(&format!("phrases/{name}")), message);
        found.severity = Severity::Warning;
        Some(found.maybe_hint(did_you_mean_or_list(name, phrases.keys().map(String::as_str))))
    }

    /// The finding that there is no such value, or no such label.
    fn unknown(&self, path: &str, known: &Known<'_>) -> Option<Diagnostic> {
        let labels = || self.language.labels.keys().map(String::as_str);
        let (name, hint) = match path.strip_prefix("labels.") {
            Some(name) if labels().all(|label| label != name) => (name, did_you_mean_or_list(name, labels())),
            Some(_) => return None,
            None => {
                let (at, name) = path.split('.').enumerate().find(|(_, name)| !known.words.contains(name))?;
                let before = at.checked_sub(1).and_then(|before| path.split('.').nth(before));
                let labels = before.is_none().then_some(LABELS);
                (name, did_you_mean(name, known.behind(before).into_iter().chain(labels)))
            }
        };
        let message = format!("nothing gives the phrase `{}` a value `{path}`: there is no `{name}`", self.name);
        let mut found = Diagnostic::new(Rule::UnknownName, self.place(path), message);
        found.severity = Severity::Warning;
        let readme = "the names that templates may use stand in `report-templates/README.md`";
        Some(found.hint(hint.unwrap_or_else(|| readme.to_owned())))
    }

    /// Where a name stands.
    fn place(&self, path: &str) -> Place {
        let within = self.phrase.text.lines().position(|line| line.contains(path)).unwrap_or(0);
        let line = self.phrase.line as usize + within;
        let source = self.file.text.lines().nth(line - 1).unwrap_or_default();
        let column = source.find(path).map_or(1, |byte| source[..byte].chars().count() + 1);
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Place::Text { file: self.file.name.clone(), span: Span { line: number(line), column: number(column) } }
    }
}

/// What templates name: those that come with the program and tell of the model, those of the project, and what its phrases set themselves.
struct Known<'a> {
    texts: Vec<&'a str>,
    words: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    fn new(own: &[Own<'a>], templates: &'a BTreeMap<String, TextFile>) -> Self {
        let houses = templates.keys().map(String::as_str).chain(["README.md", "languages/en.yaml"]).filter_map(house);
        let project = templates.iter().filter(|(path, _)| !path.starts_with("languages/")).map(|(_, file)| file.text.as_str());
        let texts: Vec<&'a str> = houses.map(|text| -> &'a str { text }).chain(project).collect();
        let set = own.iter().flat_map(|own| own.phrase.text.split("set ").skip(1)).filter_map(|rest| words(rest).next());
        let words = texts.iter().copied().flat_map(words).chain(set).collect();
        Self { texts, words }
    }

    /// The names that stand behind another one and a point; all, where there is no other one.
    fn behind(&self, outer: Option<&str>) -> BTreeSet<&'a str> {
        let Some(outer) = outer else { return self.words.clone() };
        let ends = format!("{outer}.");
        self.texts.iter().flat_map(|text| text.split(&ends).skip(1)).filter_map(|rest| words(rest).next()).collect()
    }
}

/// The words of a text, as names are made of them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign: char| !sign.is_alphanumeric() && sign != '_').filter(|word| !word.is_empty())
}
