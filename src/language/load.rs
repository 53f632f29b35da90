//! The languages of a programme, from the project's files and those of the program; what files lack, and what nothing reads.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::file::{Layers, read};
use super::{CaseForm, Language, LanguageCode, Localized};
use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Severity, Span, did_you_mean, did_you_mean_or_list, list};
use crate::sources::TextFile;
use crate::yaml;

/// The language of the program's own messages; its words stand in for missing words of other languages.
pub(super) const OWN: &str = "en";

/// Reads the language file of each code. `templates` are the files of `report-templates/` by path, `house` the files that come with the
/// program. A file of a language that comes with the program need say only what is other than there. All languages must have the same
/// labels and phrases, and the labels `needed`; what a file of another language lacks is taken from that of the program's own language and
/// reported. `names` have declared forms of their own.
pub fn load<'a>(
    codes: &[LanguageCode],
    needed: &[&str],
    (templates, house): (&BTreeMap<String, TextFile>, &BTreeMap<String, TextFile>),
    names: impl IntoIterator<Item = (&'a Localized, &'a CaseForm)>,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<LanguageCode, Language> {
    let own = house.get(&format!("languages/{OWN}.yaml"));
    let pattern = own.and_then(|own| read(&LanguageCode::new(OWN), &Layers::of(own), None, &mut Vec::new()));
    let read = |code: &LanguageCode| {
        let mut found = Vec::new();
        (code.clone(), one(code, (templates, house), (own, pattern.as_ref()), &mut found), found)
    };
    let mut languages = BTreeMap::new();
    for (code, language, found) in codes.par_iter().map(read).collect::<Vec<_>>() {
        diagnostics.extend(found);
        languages.extend(language.map(|language| (code, language)));
    }
    missing_words(&mut languages, needed, (templates, house), diagnostics);
    for (name, form) in names {
        if let Some(language) = languages.get_mut(&form.language) {
            language.learn(name, form, diagnostics);
        }
    }
    languages
}

/// Reads the files of one language. `own` is the file of the program's own language, and `pattern` what it says.
fn one(
    code: &LanguageCode,
    (templates, house): (&BTreeMap<String, TextFile>, &BTreeMap<String, TextFile>),
    (own, pattern): (Option<&TextFile>, Option<&Language>),
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Language> {
    let path = format!("languages/{code}.yaml");
    let Some(file) = templates.get(&path) else {
        let place = Place::File(FileName::new(format!("report-templates/{path}")));
        diagnostics.push(
            Diagnostic::new(Rule::UnknownLanguage, place, format!("expected a file for the language `{code}`, found none"))
                .hint("copy another language's file and translate it"),
        );
        return None;
    };
    let beneath = house.get(&path).filter(|house| house.text != file.text);
    let like = if house.contains_key(&path) { beneath } else { own };
    let lacking = like.filter(|_| beneath.is_none()).map_or_else(Vec::new, |like| lacking(file, like));
    if !lacking.is_empty() {
        let place = Place::File(file.name.clone());
        let keys = if lacking.len() == 1 { "key" } else { "keys" };
        let message = format!("expected the {keys} {}, found none", list(&lacking));
        let hint = format!("copy from `esep templates languages/{OWN}.yaml` what is missing, and translate it");
        diagnostics.push(Diagnostic::new(Rule::InvalidSpecification, place, message).hint(hint));
    }
    let layers = Layers::new(file, if lacking.is_empty() { beneath } else { like });
    let mut language = read(code, &layers, pattern, diagnostics)?;
    if let Some(like) = like {
        diagnostics.extend(take_out_slips(&mut language, file, like, templates));
    }
    Some(language)
}

/// Reports the project's language files for languages that the programme does not have; `own` gives each code and file.
pub fn unused(codes: &[LanguageCode], own: &BTreeMap<String, FileName>, diagnostics: &mut Vec<Diagnostic>) {
    let known: Vec<&str> = codes.iter().map(LanguageCode::as_str).collect();
    for (code, file) in own.iter().filter(|(code, _)| !known.contains(&code.as_str())) {
        let message = format!("the programme has no language `{code}`; this file is not read");
        let found = Diagnostic::new(Rule::PassedOver, Place::File(file.clone()), message);
        diagnostics.push(found.maybe_hint(did_you_mean_or_list(code, known.iter().copied())));
    }
}

/// What a file must say by itself and does not, by its keys; `like` is a file that lacks nothing.
fn lacking(file: &TextFile, like: &TextFile) -> Vec<String> {
    const MAY_LACK: [&str; 5] = ["keep_with_next", "endings", "sentences", "conditions", "slots"];
    let read = |file| yaml::tree(file, &mut Vec::new());
    let (Some(own), Some(like)) = (read(file), read(like)) else { return Vec::new() };
    let lacks = |key: &&str| !MAY_LACK.contains(key) && !own.keys().any(|(name, _)| name == *key);
    let whole: Vec<&str> = like.keys().map(|(key, _)| key).filter(lacks).collect();
    let inner = ["numbers", "marks"].into_iter().filter(|section| !whole.contains(section)).flat_map(|section| {
        let lacks = |(key, _): &(&str, Span)| !own.keys_of(section).any(|(name, _)| name == *key);
        like.keys_of(section).filter(lacks).map(move |(key, _)| format!("{section}.{key}")).collect::<Vec<_>>()
    });
    whole.iter().map(|key| (*key).to_owned()).chain(inner).collect()
}

/// Takes out, and reports, what a project's file calls nearly as the program's file does and nothing mentions: labels and phrases that other
/// languages need not have. `beneath` is the program's file, of the same language or, where it has none, of its own.
fn take_out_slips(
    language: &mut Language,
    file: &TextFile,
    beneath: &TextFile,
    templates: &BTreeMap<String, TextFile>,
) -> Vec<Diagnostic> {
    let read = |file| yaml::tree(file, &mut Vec::new());
    let (Some(own), Some(known)) = (read(file), read(beneath)) else { return Vec::new() };
    let is_mentioned = |section: &str, name: &str| {
        let full = if section == "labels" { format!("labels.{name}") } else { format!("phrases/{name}") };
        let sought = |path: &str| if path.starts_with("languages/") { full.as_str() } else { name };
        templates.iter().any(|(path, file)| file.text.contains(sought(path)))
    };
    let mut found = Vec::new();
    for (section, kind) in [("labels", "label"), ("phrases", "phrase")] {
        let known: Vec<&str> = known.keys_of(section).map(|(name, _)| name).collect();
        let own: Vec<(&str, Span)> = own.keys_of(section).collect();
        let rest = || known.iter().copied().filter(|known| !own.iter().any(|(name, _)| name == known));
        for (name, span) in own.iter().filter(|(name, _)| !known.contains(name) && !is_mentioned(section, name)) {
            let Some(hint) = did_you_mean(name, rest()) else { continue };
            let place = Place::Text { file: file.name.clone(), span: *span };
            let mut slip = Diagnostic::new(Rule::UnknownName, place, format!("nothing uses the {kind} `{name}`"));
            slip.severity = Severity::Warning;
            if section == "labels" {
                language.labels.remove(*name);
            } else {
                language.phrases.remove(*name);
            }
            found.push(slip.hint(hint));
        }
    }
    found
}

/// Fills in or reports labels and phrases that some languages have and others lack. To a language that does not come with the program the
/// house lends words from the file of the program's own language.
fn missing_words(
    languages: &mut BTreeMap<LanguageCode, Language>,
    needed: &[&str],
    (templates, house): (&BTreeMap<String, TextFile>, &BTreeMap<String, TextFile>),
    diagnostics: &mut Vec<Diagnostic>,
) {
    let keys = |language: &Language| -> Vec<String> {
        let labels = language.labels.keys().map(|key| format!("labels.{key}"));
        let phrases = language.phrases.keys().map(|key| format!("phrases.{key}"));
        let sentences = (!language.sentences.is_empty()).then(|| "sentences".to_owned());
        labels.chain(phrases).chain(sentences).collect()
    };
    let needed = needed.iter().map(|key| format!("labels.{key}"));
    let all: BTreeSet<String> = languages.values().flat_map(&keys).chain(needed).collect();
    let path = |code: &str| format!("languages/{code}.yaml");
    for (code, language) in languages.iter_mut() {
        let file = &templates[&path(code.as_str())];
        let lender = house.get(&path(OWN)).filter(|_| !house.contains_key(&path(code.as_str())));
        // Faults in the house's file are not reported to the project.
        let lender = lender.and_then(|lender| read(&LanguageCode::new(OWN), &Layers::of(lender), None, &mut Vec::new()));
        let own: BTreeSet<String> = keys(language).into_iter().collect();
        let lent = lender.as_ref().map_or_else(Vec::new, &keys);
        let wanted: BTreeSet<&String> = all.iter().chain(&lent).filter(|key| !own.contains(*key)).collect();
        let (lent, missing): (Vec<&String>, Vec<&String>) = wanted.into_iter().partition(|key| lent.contains(key));
        let words = |count: usize| if count == 1 { "a word is".to_owned() } else { format!("{count} words are") };
        let place = Place::File(file.name.clone());
        if !missing.is_empty() {
            let message = format!("{} missing here: {}", words(missing.len()), list(&missing));
            let found = Diagnostic::new(Rule::MissingTranslation, place.clone(), message);
            diagnostics.push(found.hint("translate them into this file"));
        }
        let Some(lender) = lender else { continue };
        if !lent.is_empty() {
            let message = format!(
                "{} missing here: {}; the words of `{OWN}` that come with the program are used",
                words(lent.len()),
                list(&lent)
            );
            let mut found = Diagnostic::new(Rule::MissingTranslation, place, message);
            found.severity = Severity::Warning;
            diagnostics.push(found.hint("translate them into this file"));
        }
        language.borrow(lender);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_new_language_lacks_is_told_at_once_and_a_slip_where_it_stands() {
        let house = crate::sources::house_languages();
        let found = |text: String| {
            let name = FileName::new("de.yaml");
            let own = BTreeMap::from([("languages/de.yaml".to_owned(), TextFile { name, text })]);
            let templates: BTreeMap<String, TextFile> = house.clone().into_iter().chain(own).collect();
            let mut found = Vec::new();
            let codes = ["en", "de"].map(LanguageCode::new);
            load(&codes, &[], (&templates, &house), [], &mut found);
            found.iter().map(|found| format!("{} {}", found.place, found.message)).collect::<Vec<_>>()
        };
        let text = "name: Deutsch\nnumbers: { decimal: \",\" }\nmonths: []\nlabels: { sorce: x }\n";
        assert_eq!(
            found(text.to_owned()),
            [
                "de.yaml expected the keys `date`, `marks`, `phrases`, `numbers.group`, `numbers.minus`, `numbers.plus`, \
                 `numbers.percent`, `numbers.per_mille`, found none",
                "de.yaml:3:9 expected the names of 12 months, found 0",
            ]
        );
        let whole = &house["languages/en.yaml"].text;
        let line = 1 + whole.lines().position(|line| line.starts_with("  source: ")).expect("a label");
        assert_eq!(
            found(whole.replacen("\n  source: ", "\n  sorce: ", 1)),
            [
                format!("de.yaml:{line}:3 nothing uses the label `sorce`"),
                "de.yaml a word is missing here: `labels.source`; the words of `en` that come with the program are used"
                    .to_owned(),
            ]
        );
    }

    #[test]
    fn phrases_that_are_lent_bring_their_cases() {
        let house = crate::sources::house_languages();
        let whole = &house["languages/en.yaml"].text;
        let section = |key: &str| whole.find(&format!("\n{key}:")).expect("a section of the file");
        // All phrases are lent, and no ending is declared.
        let (head, labels) = (&whole[..section("endings")], &whole[section("labels")..section("phrases")]);
        let text = format!("{head}{labels}\nphrases: {{}}\n");
        let own = BTreeMap::from([("languages/de.yaml".to_owned(), TextFile { name: FileName::new("de.yaml"), text })]);
        let templates: BTreeMap<String, TextFile> = house.clone().into_iter().chain(own).collect();
        let codes = ["en", "de"].map(LanguageCode::new);
        let languages = load(&codes, &[], (&templates, &house), [], &mut Vec::new());
        let endings = languages[&codes[1]].endings().expect("they are lent");
        assert_eq!(endings.case("Berlin", "locative").as_deref(), Some("in Berlin"));
    }
}
