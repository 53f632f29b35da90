//! What sentences claim, read from their text by the patterns of a language. The patterns are data: `tests/claims/<language>.yaml`.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;

/// A number as it is printed, with its groups and decimals.
const NUMBER: &str = "[0-9]+(?:[ .,][0-9]+)*";

/// The file of a language: by phrase and kind of claim a pattern with named groups, and patterns of the items of lists.
#[derive(Deserialize)]
struct File {
    claims: BTreeMap<String, BTreeMap<String, String>>,
    items: BTreeMap<String, String>,
}

/// The patterns of a language.
pub struct Patterns {
    claims: BTreeMap<String, Vec<(String, Regex)>>,
    items: BTreeMap<String, Regex>,
}

/// What a sentence says: its kind, and what its groups hold.
#[derive(Debug)]
pub struct Claim {
    pub kind: String,
    pub sentence: String,
    fields: BTreeMap<String, String>,
}

impl Claim {
    /// What a group holds; an error when the pattern lacks it, or the sentence left it out.
    pub fn text(&self, field: &str) -> Result<&str, String> {
        self.fields.get(field).map(String::as_str).ok_or_else(|| format!("it does not say `{field}`"))
    }

    /// Whether the sentence has a part.
    pub fn has(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }
}

fn compile(pattern: &str) -> Regex {
    let pattern = pattern.replace("{n}", NUMBER).replace("{v}", &format!("[<>]?{NUMBER}(?: ?[%‰])?"));
    Regex::new(&format!("^(?:{pattern})")).unwrap_or_else(|error| panic!("a pattern cannot be used: {error}"))
}

/// The claim that a text begins with, and the rest of it.
fn taken<'t>(kind: &str, pattern: &Regex, text: &'t str) -> Option<(Claim, &'t str)> {
    let found = pattern.captures(text)?;
    let (sentence, rest) = text.split_at(found[0].len());
    let named = pattern.capture_names().flatten();
    let fields = named.filter_map(|name| Some((name.to_owned(), found.name(name)?.as_str().trim().to_owned()))).collect();
    Some((Claim { kind: kind.to_owned(), sentence: sentence.trim().to_owned(), fields }, rest))
}

impl Patterns {
    /// Reads the file of a language.
    pub fn new(text: &str) -> Self {
        let file: File =
            serde_yaml::from_str(text).unwrap_or_else(|error| panic!("the file of patterns cannot be read: {error}"));
        let of = |kinds: BTreeMap<String, String>| kinds.into_iter().map(|(kind, pattern)| (kind, compile(&pattern)));
        Self {
            claims: file.claims.into_iter().map(|(phrase, kinds)| (phrase, of(kinds).collect())).collect(),
            items: of(file.items).collect(),
        }
    }

    /// The claims of a phrase, one after the other; of several that a text may begin with, the longest counts.
    ///
    /// # Errors
    /// The rest of the text, where it begins with no claim that is known.
    pub fn claims(&self, phrase: &str, text: &str) -> Result<Vec<Claim>, String> {
        let mut claims = Vec::new();
        let mut rest = text.trim();
        let known = self.claims.get(phrase).map(Vec::as_slice).unwrap_or_default();
        while !rest.is_empty() {
            let begun = known.iter().filter_map(|(kind, pattern)| taken(kind, pattern, rest));
            let longest = begun.filter(|(claim, _)| !claim.sentence.is_empty()).min_by_key(|(_, rest)| rest.len());
            let (claim, behind) = longest.ok_or_else(|| rest.to_owned())?;
            claims.push(claim);
            rest = behind.trim_start();
        }
        Ok(claims)
    }

    /// The items of a list.
    ///
    /// # Errors
    /// When something of the list is no such item.
    pub fn items(&self, kind: &str, list: &str) -> Result<Vec<Claim>, String> {
        let pattern = self.items.get(kind).ok_or_else(|| format!("there is no pattern for items of the kind `{kind}`"))?;
        let mut items = Vec::new();
        let mut rest = list.trim();
        while !rest.is_empty() {
            let item = taken(kind, pattern, rest).filter(|(item, _)| !item.sentence.is_empty());
            let (item, behind) = item.ok_or_else(|| format!("“{rest}” is no item of the kind `{kind}`"))?;
            items.push(item);
            rest = behind.trim_start();
        }
        Ok(items)
    }

    /// The kinds that there are patterns for: phrase and kind.
    pub fn kinds(&self) -> impl Iterator<Item = (String, String)> {
        self.claims.iter().flat_map(|(phrase, kinds)| kinds.iter().map(move |(kind, _)| (phrase.clone(), kind.clone())))
    }
}
