//! Text in several languages, and how a language writes numbers, dates, plurals and cases. A language file holds all of it as data.

mod endings;
mod expression;
mod outline;
pub mod punctuation;
pub mod sentences;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fixed_decimal::Decimal;
use icu_plurals::{PluralCategory, PluralRules};
use jiff::civil::Date;
use rayon::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Severity, Span, did_you_mean, did_you_mean_or_list, list};
use crate::sources::TextFile;
use crate::value::{Amount, Missing, Ratio, Scale, split};
use crate::yaml::{self, Entries, Spanned};
pub use endings::Endings;

/// A language's BCP 47 code: `kk`, `ru`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LanguageCode(String);

impl LanguageCode {
    /// Any text; whether there is a language file for it is checked later.
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LanguageCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The same text in every language of the programme. Invariant: in a loaded project, every text exists in every language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Localized(BTreeMap<LanguageCode, String>);

impl Localized {
    /// A text from pairs of language and text.
    pub fn new(texts: impl IntoIterator<Item = (LanguageCode, String)>) -> Self {
        Self(texts.into_iter().collect())
    }

    /// The text in a language of the programme.
    pub fn get(&self, language: &LanguageCode) -> &str {
        self.0.get(language).map_or("", String::as_str)
    }

    /// The text in each language.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }
}

/// A noun that is counted, in the plural forms of each language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noun(BTreeMap<LanguageCode, BTreeMap<String, String>>);

impl Noun {
    /// A noun from its forms in each language, by CLDR category.
    pub fn new(forms: impl IntoIterator<Item = (LanguageCode, BTreeMap<String, String>)>) -> Self {
        Self(forms.into_iter().collect())
    }

    /// The form of the noun for a category; the form for `other` where the language does not have the category.
    pub fn form(&self, language: &LanguageCode, category: &str) -> &str {
        let forms = self.0.get(language);
        forms.and_then(|forms| forms.get(category).or_else(|| forms.get("other"))).map_or("", String::as_str)
    }
}

/// The CLDR names of the plural categories of a language; `None` for a code that is no language.
pub fn plural_categories(language: &LanguageCode) -> Option<Vec<&'static str>> {
    Some(plural_rules(language)?.categories().map(category_name).collect())
}

fn plural_rules(language: &LanguageCode) -> Option<PluralRules> {
    let locale: icu_locale_core::Locale = language.as_str().parse().ok()?;
    PluralRules::try_new_cardinal(locale.into()).ok()
}

/// The name of the plural category of a number in digits without a sign.
fn category_of(rules: &PluralRules, digits: &str) -> &'static str {
    let number: Result<Decimal, _> = digits.parse();
    number.map_or("other", |number| category_name(rules.category_for(&number)))
}

fn category_name(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

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

/// Signs and patterns; `{}` stands for the digits.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    decimal: String,
    group: String,
    further_groups: usize,
    minus: String,
    plus: String,
    percent: String,
    per_mille: String,
}

/// What is printed in the place of a missing number.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Marks {
    not_reported: String,
    not_applicable: String,
    zero_denominator: String,
    withheld: String,
    unreliable: String,
}

impl Marks {
    /// The mark under its name in language files.
    fn named(&self, name: &str) -> Option<&str> {
        Some(match name {
            "not_reported" => &self.not_reported,
            "not_applicable" => &self.not_applicable,
            "zero_denominator" => &self.zero_denominator,
            "withheld" => &self.withheld,
            "unreliable" => &self.unreliable,
            _ => return None,
        })
    }
}

/// A sentence of a language file, which is a template by itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Phrase {
    /// The template's text.
    pub text: String,
    /// The file it stands in.
    pub file: FileName,
    /// The line of the file on which the text begins.
    pub line: u32,
}

/// A language as reports are written in it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Language {
    /// Its code.
    pub code: LanguageCode,
    /// Its own name.
    pub name: String,
    /// Fixed words of the page, by key.
    pub labels: BTreeMap<String, String>,
    /// Sentences, by name.
    pub phrases: BTreeMap<String, Phrase>,
    /// The phrases of which readers are told when they are written, under headings.
    sentences: Vec<(String, Vec<String>)>,
    /// The words of conditions, by the conditions as phrases have them.
    conditions: BTreeMap<String, String>,
    /// The names of values, by the values as phrases have them.
    slots: BTreeMap<String, String>,
    numbers: Numbers,
    date: String,
    months: Vec<String>,
    marks: Marks,
    keep_with_next: Vec<String>,
    plurals: Plurals,
    endings: Option<Endings>,
}

/// The plural rules of a language; between two processes only the code is sent.
#[derive(Debug)]
struct Plurals {
    code: LanguageCode,
    rules: PluralRules,
}

impl Serialize for Plurals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.code.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Plurals {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = LanguageCode::deserialize(deserializer)?;
        let rules = plural_rules(&code).ok_or_else(|| de::Error::custom("the code of a language"))?;
        Ok(Self { code, rules })
    }
}

/// The form of a name in a case, where the rules of the language would give a wrong one.
#[derive(Clone, Debug)]
pub struct CaseForm {
    /// The language.
    pub language: LanguageCode,
    /// The case.
    pub case: String,
    /// The form.
    pub form: String,
    /// The place where it is declared.
    pub place: Place,
}

/// A text with no-break spaces behind words that must not part from the next one, and between a number and what it counts or names.
fn keep_with_next(words: &[String], text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut pieces = text.split(' ').peekable();
    while let Some(piece) = pieces.next() {
        kept.push_str(piece);
        if let Some(next) = pieces.peek() {
            // The word may follow a no-break space that was in the name already.
            let word = piece.rsplit('\u{a0}').next().unwrap_or(piece);
            let number = word.ends_with(|letter: char| letter.is_ascii_digit()) && next.starts_with(char::is_alphabetic);
            kept.push(if number || words.iter().any(|short| short == word) { '\u{a0}' } else { ' ' });
        }
    }
    kept
}

/// A text with its placeholders `{name}` filled in. Filled-in text is not searched again; an unknown placeholder is left out.
pub fn fill(text: &str, fact: impl Fn(&str) -> Option<String>) -> String {
    let mut pieces = text.split('{');
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('}').unwrap_or((piece, ""));
        filled.push_str(&fact(name).unwrap_or_default());
        filled.push_str(rest);
    }
    filled
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

/// The language of the program's own messages; its words stand in for missing words of other languages.
const OWN: &str = "en";

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

/// The part of a language file that a project replaces whole: its keys are words, too.
const WHOLE: &[&str] = &["sentences"];

/// What a language is read from: a file alone, or a project's file over that of the program, which gives all that the first one leaves out.
/// The lines of the second are counted on behind those of the first.
struct Layers<'a> {
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
    fn new(own: &'a TextFile, beneath: Option<&'a TextFile>) -> Self {
        Self { own: Layer::new(own), beneath: beneath.map(Layer::new) }
    }

    fn of(file: &'a TextFile) -> Self {
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
fn read(
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

/// Adds the entries that a map lacks.
fn add<T>(map: &mut BTreeMap<String, T>, lent: BTreeMap<String, T>) {
    for (key, value) in lent {
        map.entry(key).or_insert(value);
    }
}

impl Language {
    /// The rules by which the language changes words; `None` when its file has none.
    pub fn endings(&self) -> Option<&Endings> {
        self.endings.as_ref()
    }

    /// The names of the phrases of which readers are told when they are written.
    pub fn listed(&self) -> impl Iterator<Item = &str> {
        self.sentences.iter().flat_map(|(_, phrases)| phrases).map(String::as_str)
    }

    /// Takes from another file of the language what is missing. Words of conditions that no phrase has do no harm.
    fn borrow(&mut self, lender: Language) {
        add(&mut self.labels, lender.labels);
        add(&mut self.phrases, lender.phrases);
        add(&mut self.conditions, lender.conditions);
        add(&mut self.slots, lender.slots);
        if self.sentences.is_empty() {
            self.sentences = lender.sentences;
        }
    }

    fn learn(&mut self, name: &Localized, form: &CaseForm, diagnostics: &mut Vec<Diagnostic>) {
        let known: Vec<&str> = self.endings.iter().flat_map(Endings::cases).collect();
        if !known.contains(&form.case.as_str()) {
            let message = format!("the language `{}` has no case `{}`", self.code, form.case);
            let hint = did_you_mean_or_list(&form.case, known);
            diagnostics.push(Diagnostic::new(Rule::UnknownName, form.place.clone(), message).maybe_hint(hint));
        } else if let Some(endings) = &mut self.endings {
            let (name, form) = (name.get(&self.code), (&form.case, &form.form));
            endings.name(&keep_with_next(&self.keep_with_next, name), form.0, &keep_with_next(&self.keep_with_next, form.1));
            endings.name(name, form.0, form.1);
        }
    }

    /// A name with no-break spaces, so that short words and numbers stay on one line with the next word: `г. Семей`, `2025 год`.
    pub fn unbroken(&self, name: &str) -> String {
        keep_with_next(&self.keep_with_next, name)
    }

    /// A whole number with its groups: `12 345`.
    pub fn whole(&self, number: i128) -> String {
        let sign = if number < 0 { &self.numbers.minus } else { "" };
        format!("{sign}{}", self.grouped(number.abs()))
    }

    /// A sum with all its places: `12 345,50`.
    pub fn amount(&self, amount: Amount) -> String {
        self.decimal(amount.ratio(), amount.places)
    }

    /// A value on its scale with the sign of its unit: `61,3 %`.
    pub fn figure(&self, ratio: Ratio, Scale { per, decimals, points }: Scale) -> String {
        let digits = self.decimal(ratio.times(per), decimals);
        match per {
            100 if points => self.labels["figure_points"].replace("{}", &digits),
            100 => self.numbers.percent.replace("{}", &digits),
            1000 => self.numbers.per_mille.replace("{}", &digits),
            _ => digits,
        }
    }

    /// A value as [`Language::figure`] prints it, with a sign before it where the digits alone claim too much: `<100,0 %` for 1999 of 2000,
    /// `>0,0 %` for one of 3000.
    pub fn value(&self, ratio: Ratio, scale: Scale) -> String {
        format!("{}{}", beside(ratio, scale), self.figure(ratio, scale))
    }

    /// A value as [`Language::value`] prints it, without the sign of its unit: for columns whose head says it.
    pub fn bare(&self, ratio: Ratio, scale: Scale) -> String {
        format!("{}{}", beside(ratio, scale), self.decimal(ratio.times(scale.per), scale.decimals))
    }

    /// A number with `decimals` places: `−3,2`.
    pub fn decimal(&self, ratio: Ratio, decimals: u32) -> String {
        let units = ratio.rounded(decimals);
        let sign = if units < 0 { &self.numbers.minus } else { "" };
        let (whole, rest) = split(units, decimals);
        let whole = self.grouped(whole);
        match decimals {
            0 => format!("{sign}{whole}"),
            _ => format!("{sign}{whole}{}{rest:0width$}", self.numbers.decimal, width = decimals as usize),
        }
    }

    /// A difference, with a plus sign when it prints above zero: `+3,2`.
    pub fn signed(&self, ratio: Ratio, decimals: u32) -> String {
        let plus = if ratio.rounded(decimals) > 0 { &self.numbers.plus } else { "" };
        format!("{plus}{}", self.decimal(ratio, decimals))
    }

    /// A share in per cent with one place and its sign also where it is above zero: `+5,1 %`.
    pub fn signed_share(&self, share: Ratio) -> String {
        self.numbers.percent.replace("{}", &self.signed(share.times(100), 1))
    }

    /// What is printed in the place of a missing number.
    pub fn mark(&self, missing: Missing) -> &str {
        match missing {
            Missing::NotApplicable => &self.marks.not_applicable,
            Missing::NotReported => &self.marks.not_reported,
            Missing::ZeroDenominator => &self.marks.zero_denominator,
            Missing::Withheld => &self.marks.withheld,
            Missing::Blocked => &self.marks.unreliable,
        }
    }

    /// A day: `15 января 2026 г.`.
    pub fn date(&self, date: Date) -> String {
        let month = &self.months[usize::from(date.month().unsigned_abs()) - 1];
        self.date.replace("{day}", &date.day().to_string()).replace("{month}", month).replace("{year}", &date.year().to_string())
    }

    /// The CLDR plural category that a whole number takes.
    pub fn plural(&self, number: u64) -> &'static str {
        category_name(self.plurals.rules.category_for(number))
    }

    /// A function that gives the plural category of a number in digits, with a point before its decimals, and outlives the language.
    pub fn plural_rules(&self) -> impl Fn(&str) -> &'static str + Send + Sync + 'static {
        let rules = plural_rules(&self.code).expect("a language that was read has rules");
        move |digits| category_of(&rules, digits)
    }

    /// A number and its noun: `5 организаций`. A no-break space keeps them together.
    pub fn count(&self, number: i128, noun: &Noun) -> String {
        format!("{}\u{a0}{}", self.whole(number), self.noun(number, noun))
    }

    /// A sum and the noun of what it counts: `12,5 ставки`.
    pub fn counted(&self, amount: Amount, noun: &Noun) -> String {
        format!("{}\u{a0}{}", self.amount(amount), self.noun_of(amount, noun))
    }

    /// The form of a noun that goes with a sum.
    pub fn noun_of<'a>(&self, amount: Amount, noun: &'a Noun) -> &'a str {
        noun.form(&self.code, category_of(&self.plurals.rules, &amount.abs().to_string()))
    }

    /// The form of a noun that goes with a number.
    pub fn noun<'a>(&self, number: i128, noun: &'a Noun) -> &'a str {
        noun.form(&self.code, self.plural(u64::try_from(number.unsigned_abs()).unwrap_or(u64::MAX)))
    }

    fn grouped(&self, number: i128) -> String {
        let digits = number.to_string();
        let mut text = String::new();
        for (position, digit) in digits.chars().enumerate() {
            let left = digits.len() - position;
            let ends = left == 3 || left > 3 && (left - 3).is_multiple_of(self.numbers.further_groups);
            if position > 0 && ends {
                text.push_str(&self.numbers.group);
            }
            text.push(digit);
        }
        text
    }
}

/// The sign before a value whose digits alone claim too much.
fn beside(ratio: Ratio, scale: Scale) -> &'static str {
    match ratio.beside_print(scale) {
        Ordering::Less => "<",
        Ordering::Equal => "",
        Ordering::Greater => ">",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
