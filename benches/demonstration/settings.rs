//! What `demonstration.yaml` says. The file itself explains every key.

use esep::yaml::{Entries, Spanned};
use serde::{Deserialize, Deserializer};

/// A decimal number.
#[derive(Clone, Copy, Debug)]
pub struct Number(pub f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Number).map_err(|_| serde::de::Error::custom(format!("expected a number, found `{text}`")))
    }
}

/// Something for each key; a key is one word or several joined by `+`, and fits a row that bears all of them.
pub type Keyed<T> = Entries<T>;
/// A text or a template for each language.
pub type Texts = Entries<String>;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub seed: u64,
    pub units: usize,
    pub fewest: usize,
    pub periods: Vec<String>,
    pub register: String,
    pub identifier: String,
    pub names: Keyed<Texts>,
    pub present: Keyed<Number>,
    pub silent: Keyed<Number>,
    pub blank: Keyed<Number>,
    pub blank_in_words: Number,
    pub places: Entries<PlaceRule>,
    pub weight_spread: Number,
    pub spread: Entries<Number>,
    pub drift: Entries<Number>,
    pub traits: Vec<Trait>,
    pub fields: Entries<Vec<Model>>,
    pub words: Entries<CellWords>,
    pub sheets: Entries<Texts>,
    pub titles: Vec<Title>,
    pub files: Vec<FileRule>,
    pub received: Received,
    #[serde(default)]
    pub corrections: Keyed<Number>,
}

/// On which day submissions come, in days after the last one for them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Received {
    pub earliest: Number,
    #[serde(default)]
    pub late: Keyed<Number>,
}

/// What holds for regions whose code fits a pattern.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceRule {
    #[serde(default)]
    pub words: Vec<String>,
    pub weight: Option<Number>,
    pub odds: Option<Number>,
    pub format: Option<Format>,
    pub language: Option<String>,
}

/// How an office sends its tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Xlsx,
    Ods,
    Csv,
}

/// What a unit is, once and for all periods.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trait {
    pub name: String,
    #[serde(default)]
    pub first: Vec<String>,
    pub shares: Keyed<Entries<Number>>,
}

/// How the answers of a field come about.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    pub field: Spanned<String>,
    pub how: How,
    #[serde(default)]
    pub only: Vec<String>,
    #[serde(default)]
    pub except: Vec<String>,
    #[serde(default)]
    pub percent: Keyed<Number>,
    #[serde(default)]
    pub odds: Keyed<Number>,
    #[serde(default)]
    pub plain: bool,
    #[serde(default)]
    pub fresh: bool,
    #[serde(default)]
    pub values: Entries<Number>,
    pub otherwise: Option<String>,
    #[serde(default)]
    pub median: Keyed<Number>,
    #[serde(default)]
    pub times: Keyed<Number>,
    #[serde(default)]
    pub weighted: bool,
    pub spread: Option<Number>,
    pub of: Option<String>,
    pub less: Option<String>,
    pub per: Option<Number>,
    #[serde(default)]
    pub into: Entries<Keyed<Number>>,
}

/// The kinds of models.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    Share,
    Posts,
    Size,
    Part,
    Split,
}

/// What offices type into cells.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellWords {
    pub yes: String,
    pub no: String,
    pub not_reported: String,
    pub not_applicable: String,
}

/// A line above the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    #[serde(default)]
    pub every_language: bool,
    pub text: Texts,
}

/// A file that each region of a level sends in each period.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRule {
    pub level: String,
    pub name: Texts,
    pub datasets: Vec<String>,
}

/// The entry of a key.
pub fn get<'a, T>(entries: &'a Entries<T>, key: &str) -> Result<&'a T, String> {
    let found = entries.0.iter().find(|(known, _)| known.value == key);
    found.map(|(_, value)| value).ok_or_else(|| format!("expected an entry for `{key}` in the settings, found none"))
}

/// Whether a row with these words bears all words of a key; `all` fits every row.
pub fn fits(key: &str, words: &[String]) -> bool {
    key == "all" || key.split('+').all(|word| words.iter().any(|known| known == word))
}

/// The value of the first key that fits.
pub fn first<'a, T>(keyed: &'a Keyed<T>, words: &[String]) -> Option<&'a T> {
    keyed.0.iter().find(|(key, _)| fits(&key.value, words)).map(|(_, value)| value)
}

/// The product of the values of all keys that fit.
pub fn product(keyed: &Keyed<Number>, words: &[String]) -> f64 {
    keyed.0.iter().filter(|(key, _)| fits(&key.value, words)).map(|(_, value)| value.0).product()
}

/// Whether a code fits a pattern of letters, `?` for any one of them and a last `*` for any rest.
pub fn matches(pattern: &str, code: &str) -> bool {
    let (head, open) = pattern.strip_suffix('*').map_or((pattern, false), |head| (head, true));
    let fitting = head.chars().zip(code.chars()).all(|(wanted, found)| wanted == '?' || wanted == found);
    let (wanted, found) = (head.chars().count(), code.chars().count());
    fitting && (wanted == found || open && wanted < found)
}
