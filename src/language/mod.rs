//! Text in several languages, and how a language writes numbers, dates, plurals and cases. A language file holds all of it as data.

mod endings;
mod expression;
mod file;
mod load;
mod outline;
pub mod punctuation;
pub mod sentences;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use fixed_decimal::Decimal;
use icu_locale::{Locale, LocaleDirectionality};
use icu_plurals::{PluralCategory, PluralRules};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::diagnostic::{Diagnostic, FileName, Place, Rule, did_you_mean_or_list};
use crate::value::{Amount, Missing, Ratio, Scale, split};
pub use endings::Endings;
pub use load::{load, unused};

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
    let locale: Locale = language.as_str().parse().ok()?;
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

/// Which way the words of a line run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// As in Latin and Cyrillic.
    #[serde(rename = "ltr")]
    LeftToRight,
    /// As in Arabic and Hebrew.
    #[serde(rename = "rtl")]
    RightToLeft,
}

impl LanguageCode {
    /// Which way the words of a line run, by the script in which the language is written where its code names none ([CLDR]).
    ///
    /// [CLDR]: https://cldr.unicode.org
    pub fn direction(&self) -> Direction {
        let known = LocaleDirectionality::new_extended();
        match self.0.parse::<Locale>() {
            Ok(locale) if known.is_right_to_left(&locale.id) => Direction::RightToLeft,
            Ok(_) | Err(_) => Direction::LeftToRight,
        }
    }
}

/// A language as reports are written in it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Language {
    /// Its code.
    pub code: LanguageCode,
    direction: Direction,
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

    /// Takes from another file of the language, or from another language, what is missing. Words of conditions that no phrase has do no harm.
    fn borrow(&mut self, lender: Language) {
        // A phrase names the cases that its words take.
        if lender.phrases.keys().any(|key| !self.phrases.contains_key(key)) {
            match (&mut self.endings, lender.endings) {
                (Some(own), Some(lent)) => own.borrow(lent),
                (None, lent) => self.endings = lent,
                (Some(_), None) => {}
            }
        }
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

    /// Text that runs from left to right whatever the words around it do, as codes and numbers with signs are written: without the marks, a
    /// language that runs from right to left would put a minus sign behind the number, and the parts of `21-2025` the other way round.
    pub fn isolated(&self, text: String) -> String {
        const FROM_LEFT: char = '\u{2066}';
        const END: char = '\u{2069}';
        match self.direction {
            Direction::LeftToRight => text,
            Direction::RightToLeft => format!("{FROM_LEFT}{text}{END}"),
        }
    }

    /// A whole number with its groups: `12 345`.
    pub fn whole(&self, number: i128) -> String {
        let minus = if number < 0 { &self.numbers.minus } else { "" };
        self.with_signs("", (minus, &self.grouped(number.abs())), "{}")
    }

    /// A sum with all its places: `12 345,50`.
    pub fn amount(&self, amount: Amount) -> String {
        self.decimal(amount.ratio(), amount.places)
    }

    /// A value on its scale with the sign of its unit: `61,3 %`.
    pub fn figure(&self, ratio: Ratio, scale: Scale) -> String {
        self.with_unit("", ratio, scale)
    }

    /// A value as [`Language::figure`] prints it, with a sign before it where the digits alone claim too much: `<100,0 %` for 1999 of 2000,
    /// `>0,0 %` for one of 3000.
    pub fn value(&self, ratio: Ratio, scale: Scale) -> String {
        self.with_unit(beside(ratio, scale), ratio, scale)
    }

    /// A value as [`Language::value`] prints it, without the sign of its unit: for columns whose head says it.
    pub fn bare(&self, ratio: Ratio, scale: Scale) -> String {
        self.number(beside(ratio, scale), ("", ratio.times(scale.per), scale.decimals), "{}")
    }

    /// A number with `decimals` places: `−3,2`.
    pub fn decimal(&self, ratio: Ratio, decimals: u32) -> String {
        self.number("", ("", ratio, decimals), "{}")
    }

    /// A difference, with a plus sign when it prints above zero: `+3,2`.
    pub fn signed(&self, ratio: Ratio, decimals: u32) -> String {
        self.number("", (self.plus(ratio, decimals), ratio, decimals), "{}")
    }

    /// A share in per cent with one place and its sign also where it is above zero: `+5,1 %`.
    pub fn signed_share(&self, share: Ratio) -> String {
        let share = share.times(100);
        self.number("", (self.plus(share, 1), share, 1), &self.numbers.percent)
    }

    fn plus(&self, ratio: Ratio, decimals: u32) -> &str {
        if ratio.rounded(decimals) > 0 { &self.numbers.plus } else { "" }
    }

    /// A value on its scale with the sign of its unit, and a sign before it.
    fn with_unit(&self, before: &str, ratio: Ratio, Scale { per, decimals, points }: Scale) -> String {
        let number = ("", ratio.times(per), decimals);
        match per {
            // This unit is a word.
            100 if points => format!("{before}{}", self.labels["figure_points"].replace("{}", &self.number("", number, "{}"))),
            100 => self.number(before, number, &self.numbers.percent),
            1000 => self.number(before, number, &self.numbers.per_mille),
            _ => self.number(before, number, "{}"),
        }
    }

    /// A number with `decimals` places, a sign right before it or its minus sign, as it stands in a pattern; `before` stands before all of it.
    fn number(&self, before: &str, (sign, number, decimals): (&str, Ratio, u32), pattern: &str) -> String {
        let units = number.rounded(decimals);
        let (whole, rest) = split(units, decimals);
        let mut digits = self.grouped(whole);
        if decimals > 0 {
            digits = format!("{digits}{}{rest:0width$}", self.numbers.decimal, width = decimals as usize);
        }
        self.with_signs(before, (if units < 0 { &self.numbers.minus } else { sign }, &digits), pattern)
    }

    fn with_signs(&self, before: &str, (sign, digits): (&str, &str), pattern: &str) -> String {
        let text = format!("{before}{}", pattern.replace("{}", &format!("{sign}{digits}")));
        if text == digits { text } else { self.isolated(text) }
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

    #[test]
    fn words_run_as_the_script_of_the_language_does() {
        let runs = |code: &str| LanguageCode::new(code).direction();
        for code in ["ar", "fa", "he", "ur", "dv", "ug", "pa-Arab", "ckb", "az-Arab"] {
            assert_eq!(runs(code), Direction::RightToLeft, "{code}");
        }
        for code in ["en", "kk", "ru", "hi", "ka", "th", "zh", "pa", "az", "no such code"] {
            assert_eq!(runs(code), Direction::LeftToRight, "{code}");
        }
    }

    #[test]
    fn signs_stay_beside_their_number_where_words_run_from_right_to_left() {
        let house = crate::sources::house_languages();
        let words = |code: &str| {
            let mut templates = house.clone();
            templates.insert(format!("languages/{code}.yaml"), house["languages/en.yaml"].clone());
            let code = LanguageCode::new(code);
            let languages = load(std::slice::from_ref(&code), &[], (&templates, &house), [], &mut Vec::new());
            languages.into_iter().find(|(own, _)| *own == code).expect("it is there").1
        };
        let (from_left, from_right) = (words("en"), words("ar"));
        let ratio = |numerator, denominator| Ratio::new(numerator, denominator).expect("not zero");
        for (text, marked) in [
            (from_left.whole(-5), from_right.whole(-5)),
            (from_left.decimal(ratio(-16, 5), 1), from_right.decimal(ratio(-16, 5), 1)),
            (from_left.signed(ratio(16, 5), 1), from_right.signed(ratio(16, 5), 1)),
            (from_left.signed_share(ratio(1, 20)), from_right.signed_share(ratio(1, 20))),
            (from_left.value(ratio(1, 3000), Scale::percent(1)), from_right.value(ratio(1, 3000), Scale::percent(1))),
            (from_left.isolated("21-2025".into()), from_right.isolated("21-2025".into())),
        ] {
            assert_eq!(marked, format!("\u{2066}{text}\u{2069}"));
        }
        assert_eq!(from_right.whole(12_345), from_left.whole(12_345), "digits alone need no marks");
    }
}
