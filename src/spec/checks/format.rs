//! Checks, published series and waivers as their authors write them. The JSON schemas come from these types; that of a
//! check is put together from those of the kinds.

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::keys::Given;
use super::{CheckKind, KEYS};
use crate::diagnostic::Severity;
use crate::spec::format::RawText;
use crate::yaml::{Entries, List, Spanned};

/// `indicator-specs/checks/*.yaml`: one check of the data.
#[derive(Debug)]
pub struct RawCheck {
    /// What every check says.
    pub head: RawHead,
    /// What only some kinds say.
    pub given: Given,
}

/// `indicator-specs/checks/*.yaml`: one check of the data.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawHead {
    /// The name of the fault: small letters, digits and `-`; printed with every finding.
    pub id: Spanned<String>,
    /// What is looked at.
    pub kind: Spanned<CheckKind>,
    /// The dataset whose rows are looked at; every kind but `published-series` needs it.
    pub dataset: Option<Spanned<String>>,
    /// `error` withholds the reports of the regions concerned, `warning` is printed, `note` is listed.
    pub severity: RawSeverity,
    /// What the fault is called in tables; by its kind when left out.
    pub title: Option<RawText>,
    /// What a finding says, with placeholders such as `{unit}`.
    pub message: RawText,
    /// What to do about it, with the same placeholders.
    pub hint: Option<RawText>,
    /// The first period that is looked at; every period when left out.
    pub since: Option<Spanned<String>>,
}

/// The keys of every check: those of [`RawHead`].
pub(super) const HEAD: [&str; 8] = ["id", "kind", "dataset", "severity", "title", "message", "hint", "since"];

/// All keys that a check may have; what stands behind one that its kind lacks is read too, and reported by the loader.
const EVERY_KEY: [&str; count()] = {
    let mut all = [""; count()];
    let mut next = 0;
    while next < HEAD.len() {
        all[next] = HEAD[next];
        next += 1;
    }
    let mut list = 0;
    while list < KEYS.len() {
        let mut key = 0;
        while key < KEYS[list].len() {
            all[next] = KEYS[list][key].name;
            (next, key) = (next + 1, key + 1);
        }
        list += 1;
    }
    all
};

const fn count() -> usize {
    let (mut sum, mut list) = (HEAD.len(), 0);
    while list < KEYS.len() {
        (sum, list) = (sum + KEYS[list].len(), list + 1);
    }
    sum
}

/// One pass in the order of the file. Serde's own `flatten` and tagged enums read such a map into a buffer first, and places are lost there.
impl<'de> Deserialize<'de> for RawCheck {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CheckVisitor;
        impl<'de> Visitor<'de> for CheckVisitor {
            type Value = RawCheck;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a check")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawCheck, A::Error> {
                let mut given = Given::default();
                let head = RawHead::deserialize(MapAccessDeserializer::new(Beside { map, given: &mut given }))?;
                Ok(RawCheck { head, given })
            }
        }
        deserializer.deserialize_struct("check", &EVERY_KEY, CheckVisitor)
    }
}

/// The entries of a check that are part of its head. On the way to the next one, those that only some kinds have are put aside.
struct Beside<'a, A> {
    map: A,
    given: &'a mut Given,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Beside<'_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        while let Some(key) = self.map.next_key::<String>()? {
            match super::read(&key, &mut self.map)? {
                Some(value) => self.given.insert(key, value),
                None => return seed.deserialize(key.into_deserializer()).map(Some),
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

impl<'de> Deserialize<'de> for CheckKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KindVisitor;
        impl<'de> Visitor<'de> for KindVisitor {
            type Value = CheckKind;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a kind of check")
            }
            fn visit_enum<A: EnumAccess<'de>>(self, word: A) -> Result<CheckKind, A::Error> {
                let (name, nothing) = word.variant::<String>()?;
                nothing.unit_variant()?;
                let found = CheckKind::ALL.iter().find(|kind| kind.name() == name);
                found.copied().ok_or_else(|| de::Error::unknown_variant(&name, CheckKind::NAMES))
            }
        }
        deserializer.deserialize_enum("kind", CheckKind::NAMES, KindVisitor)
    }
}

/// How grave a finding of a check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RawSeverity {
    /// The reports of the regions concerned are blocked.
    Error,
    /// It is printed; the run goes on.
    Warning,
    /// For the record.
    Note,
}

impl RawSeverity {
    /// As findings carry it.
    pub fn severity(self) -> Severity {
        match self {
            RawSeverity::Error => Severity::Error,
            RawSeverity::Warning => Severity::Warning,
            RawSeverity::Note => Severity::Note,
        }
    }
}

/// `indicator-specs/checks/series/*.yaml`: figures as somebody else published them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "series")]
pub struct RawSeries {
    /// Its name in the checks.
    pub id: Spanned<String>,
    /// Who published it, and where.
    pub source: Spanned<String>,
    /// The difference, in the printed unit of the indicator, that rounding explains; rows may have their own.
    pub tolerance: Option<Spanned<String>>,
    /// The figures.
    #[serde(default)]
    pub values: List<RawPublished>,
    /// A file of further figures beside it: a CSV with the columns `indicator`, `region`, `period` and `value`, and where there are such
    /// `tolerance` and a column for each field of groups.
    pub table: Option<Spanned<String>>,
}

/// A published figure.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPublished {
    /// The indicator's number.
    pub indicator: Spanned<String>,
    /// A field that the indicator is broken down by, and one of its values: the figure of this group; that of all when left out.
    #[serde(default)]
    pub group: Entries<Spanned<String>>,
    /// The region's code.
    pub region: Spanned<String>,
    /// The period's id.
    pub period: Spanned<String>,
    /// The figure in the indicator's printed unit.
    pub value: Spanned<String>,
    /// The difference that is no fault; that of the file when left out.
    pub tolerance: Option<Spanned<String>>,
}

/// `indicator-specs/waivers.yaml`: findings that somebody lets through.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "waivers")]
pub struct RawWaivers {
    /// The waivers.
    pub waivers: List<RawWaiver>,
}

/// A finding that somebody lets through.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawWaiver {
    /// The name of the rule or check, as it is printed.
    pub rule: Spanned<String>,
    /// The code of a region; findings there and in all regions below are meant.
    pub region: Option<Spanned<String>>,
    /// The unit's key; the answers of several key fields are joined by `, `.
    pub unit: Option<Spanned<String>>,
    /// The id of a field.
    pub field: Option<Spanned<String>>,
    /// The id of a period.
    pub period: Option<Spanned<String>>,
    /// Why it may pass; printed in the reports.
    pub reason: RawText,
    /// Who answers for it.
    pub who: Spanned<String>,
    /// The last period, by its id, or the last day (YYYY-MM-DD) for whose data it holds.
    pub until: Spanned<String>,
}
