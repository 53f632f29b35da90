//! Checks, published series and waivers as their authors write them. The JSON schemas come from these types.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Severity;
use crate::spec::expression::RawCondition;
use crate::spec::format::RawText;
use crate::yaml::{List, Spanned};

/// `indicator-specs/checks/*.yaml`: one check of the data.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "check", transform = by_kind)]
pub struct RawCheck {
    /// The name of the fault: small letters, digits and `-`; printed with every finding.
    pub id: Spanned<String>,
    /// What is looked at.
    pub kind: Spanned<RawCheckKind>,
    /// The dataset whose rows are looked at; every kind but `published-series` needs it.
    pub dataset: Option<Spanned<String>>,
    /// `error` withholds the reports of the regions concerned, `warning` is printed, `note` is listed.
    pub severity: RawSeverity,
    /// What the fault is called in tables; its `id` when left out.
    pub title: Option<RawText>,
    /// What a finding says, with placeholders such as `{unit}`.
    pub message: RawText,
    /// What to do about it, with the same placeholders.
    pub hint: Option<RawText>,
    /// The first period that is looked at; every period when left out.
    pub since: Option<Spanned<String>>,
    /// Which rows are looked at; all of them when left out.
    #[serde(rename = "where")]
    pub filter: Option<RawCondition>,
    /// A field; where numbers are looked at, a sum of fields too.
    pub field: Option<Spanned<String>>,
    /// Several fields.
    #[serde(default)]
    pub fields: List<Spanned<String>>,
    /// For `required`: rows that may leave the fields blank.
    pub blank_where: Option<RawCondition>,
    /// For `range`: the smallest number allowed.
    pub min: Option<Spanned<i64>>,
    /// For `range`: the largest number allowed.
    pub max: Option<Spanned<i64>>,
    /// For `allowed`: the values.
    #[serde(default)]
    pub values: List<Spanned<String>>,
    /// For `sum`: the whole.
    pub total: Option<Spanned<String>>,
    /// For `sum`: the parts, joined by `+`.
    pub parts: Option<Spanned<String>>,
    /// For `sum`: how the parts compare with the whole; `equal` when left out.
    pub relation: Option<Spanned<Relation>>,
    /// For `within`: what is counted.
    pub numerator: Option<Spanned<String>>,
    /// For `within` and `outlier`: out of what.
    pub denominator: Option<Spanned<String>>,
    /// For `implication`: when this holds …
    #[serde(rename = "if")]
    pub premise: Option<RawCondition>,
    /// … this must hold too.
    #[serde(rename = "then")]
    pub conclusion: Option<RawCondition>,
    /// For `check-digit`: lists of weights, one number for each digit before the last; the next list serves where a remainder is no digit.
    #[serde(default)]
    pub weights: List<List<Spanned<u32>>>,
    /// For `check-digit`: what the weighted sum is divided by.
    pub modulus: Option<Spanned<u32>>,
    /// For `near-duplicates`: the field with the name.
    pub name: Option<Spanned<String>>,
    /// For `near-duplicates`: how many letters may differ; 2 when left out.
    pub distance: Option<Spanned<u32>>,
    /// The fewest answers, peers or values that something can be said of.
    pub at_least: Option<Spanned<u32>>,
    /// For `unchanged`: how many answers may differ; none when left out.
    pub differing: Option<Spanned<u32>>,
    /// For `jump`: the smallest change, in the field's own unit.
    pub absolute: Option<Spanned<u32>>,
    /// For `jump`: the smallest change, in percent of the period before.
    pub percent: Option<Spanned<u32>>,
    /// For `outlier`: category fields; rows with the same values are peers.
    #[serde(default)]
    pub peers: List<Spanned<String>>,
    /// For `outlier` and `heaping`: how far from the expected, in standard deviations.
    pub cutoff: Option<Spanned<String>>,
    /// For `heaping`: round numbers are the multiples of this; 5 when left out.
    pub base: Option<Spanned<u32>>,
    /// For `heaping`: smaller numbers are not looked at; twice the base when left out.
    pub above: Option<Spanned<u32>>,
    /// For `heaping`: the level whose regions are looked at.
    pub level: Option<Spanned<String>>,
    /// For `published-series`: the `id` of a file in `checks/series/`.
    pub series: Option<Spanned<String>>,
}

/// What each kind looks at, with an example: a `## kind` section each.
const EXPLANATIONS: &str = include_str!("../../../docs/checks.md");

/// What a check looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RawCheckKind {
    /// Fields are answered, except where a condition allows a blank.
    Required,
    /// A number lies within bounds.
    Range,
    /// An answer is one of a list.
    Allowed,
    /// Parts add up to the whole, or to no more than it.
    Sum,
    /// A part is no larger than the whole it is taken from.
    Within,
    /// When one condition holds, another one must.
    Implication,
    /// The last digit of an identifier follows from the others.
    CheckDigit,
    /// Units of the register did not report; takes the place of the built-in rule for the dataset.
    SilentUnits,
    /// A unit reported that the register does not list; takes the place of the built-in rule for the dataset.
    UnregisteredUnits,
    /// Two rows of a region are alike in name, or in all numbers.
    NearDuplicates,
    /// A row repeats that of the period before.
    Unchanged,
    /// A number changed by much since the period before.
    Jump,
    /// A number, or a rate, is far from those of its peers.
    Outlier,
    /// Numbers of a region are round more often than chance allows.
    Heaping,
    /// A region's figure differs from a published one.
    PublishedSeries,
}

/// The keys of a kind: those it needs, those it may have.
pub type Keys = (&'static [&'static str], &'static [&'static str]);

impl RawCheckKind {
    /// Every kind, in the order of `docs/checks.md`.
    pub const ALL: [RawCheckKind; 15] = [
        RawCheckKind::Required,
        RawCheckKind::Range,
        RawCheckKind::Allowed,
        RawCheckKind::Sum,
        RawCheckKind::Within,
        RawCheckKind::Implication,
        RawCheckKind::CheckDigit,
        RawCheckKind::SilentUnits,
        RawCheckKind::UnregisteredUnits,
        RawCheckKind::NearDuplicates,
        RawCheckKind::Unchanged,
        RawCheckKind::Jump,
        RawCheckKind::Outlier,
        RawCheckKind::Heaping,
        RawCheckKind::PublishedSeries,
    ];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            RawCheckKind::Required => "required",
            RawCheckKind::Range => "range",
            RawCheckKind::Allowed => "allowed",
            RawCheckKind::Sum => "sum",
            RawCheckKind::Within => "within",
            RawCheckKind::Implication => "implication",
            RawCheckKind::CheckDigit => "check-digit",
            RawCheckKind::SilentUnits => "silent-units",
            RawCheckKind::UnregisteredUnits => "unregistered-units",
            RawCheckKind::NearDuplicates => "near-duplicates",
            RawCheckKind::Unchanged => "unchanged",
            RawCheckKind::Jump => "jump",
            RawCheckKind::Outlier => "outlier",
            RawCheckKind::Heaping => "heaping",
            RawCheckKind::PublishedSeries => "published-series",
        }
    }

    /// The kind's section of `docs/checks.md`, without its heading.
    pub fn explanation(self) -> &'static str {
        let heading = format!("\n## {}\n", self.name());
        let start = EXPLANATIONS.find(&heading).expect("every kind has a section; a test sees to it") + heading.len();
        let section = &EXPLANATIONS[start..];
        section.find("\n## ").map_or(section, |end| &section[..end]).trim()
    }

    /// The keys it needs and those it may have, besides the keys of every check.
    pub fn keys(self) -> Keys {
        match self {
            RawCheckKind::Required => (&["fields"], &["where", "blank_where"]),
            RawCheckKind::Range => (&["field"], &["where", "min", "max"]),
            RawCheckKind::Allowed => (&["field", "values"], &["where"]),
            RawCheckKind::Sum => (&["total", "parts"], &["where", "relation"]),
            RawCheckKind::Within => (&["numerator", "denominator"], &["where"]),
            RawCheckKind::Implication => (&["if", "then"], &["where"]),
            RawCheckKind::CheckDigit => (&["field", "weights", "modulus"], &["where"]),
            RawCheckKind::SilentUnits | RawCheckKind::UnregisteredUnits => (&[], &["where"]),
            RawCheckKind::NearDuplicates => (&[], &["where", "name", "distance", "fields", "at_least"]),
            RawCheckKind::Unchanged => (&["at_least"], &["where", "fields", "differing"]),
            RawCheckKind::Jump => (&["field", "absolute"], &["where", "percent"]),
            RawCheckKind::Outlier => (&["field", "at_least"], &["where", "denominator", "peers", "cutoff"]),
            RawCheckKind::Heaping => (&["field", "level", "at_least"], &["where", "base", "above", "cutoff"]),
            RawCheckKind::PublishedSeries => (&["series"], &[]),
        }
    }

    /// The placeholders that its wording may hold.
    pub fn placeholders(self) -> &'static [&'static str] {
        match self {
            RawCheckKind::Required => &["unit", "key", "region", "period", "field"],
            RawCheckKind::Range | RawCheckKind::Allowed | RawCheckKind::CheckDigit => {
                &["unit", "key", "region", "period", "field", "value", "expected"]
            }
            RawCheckKind::Sum => &["unit", "key", "region", "period", "field", "parts", "value", "expected"],
            RawCheckKind::Within => &["unit", "key", "region", "period", "field", "whole", "value", "expected"],
            RawCheckKind::Implication | RawCheckKind::UnregisteredUnits => &["unit", "key", "region", "period"],
            RawCheckKind::SilentUnits => &["region", "period", "count", "units"],
            RawCheckKind::NearDuplicates => &["unit", "key", "region", "period", "other", "other_key"],
            RawCheckKind::Unchanged => &["unit", "key", "region", "period", "before", "value", "expected"],
            RawCheckKind::Jump => &["unit", "key", "region", "period", "before", "field", "value", "expected"],
            RawCheckKind::Outlier => &["unit", "key", "region", "period", "field", "value", "expected", "peers"],
            RawCheckKind::Heaping => &["region", "period", "field", "base", "count", "value", "expected"],
            RawCheckKind::PublishedSeries => &["region", "period", "indicator", "value", "expected", "tolerance"],
        }
    }
}

/// Tells editors which keys each kind needs, and which it does not have.
fn by_kind(schema: &mut schemars::Schema) {
    let all = RawCheckKind::ALL.iter().flat_map(|kind| kind.keys().0.iter().chain(kind.keys().1));
    let all: BTreeSet<&str> = all.copied().collect();
    let rule = |kind: &RawCheckKind| {
        let (needed, optional) = kind.keys();
        let strange = all.iter().filter(|key| !needed.contains(key) && !optional.contains(key));
        let properties: serde_json::Map<String, serde_json::Value> =
            strange.map(|key| ((*key).to_owned(), serde_json::Value::Bool(false))).collect();
        serde_json::json!({
            "if": { "properties": { "kind": { "const": kind.name() } } },
            "then": { "required": needed, "properties": properties }
        })
    };
    schema.insert("allOf".to_owned(), RawCheckKind::ALL.iter().map(rule).collect::<Vec<_>>().into());
}

impl RawCheck {
    /// Which of the keys that only some kinds have are given.
    pub fn given(&self) -> Vec<&'static str> {
        let keys = [
            ("where", self.filter.is_some()),
            ("field", self.field.is_some()),
            ("fields", !self.fields.0.is_empty()),
            ("blank_where", self.blank_where.is_some()),
            ("min", self.min.is_some()),
            ("max", self.max.is_some()),
            ("values", !self.values.0.is_empty()),
            ("total", self.total.is_some()),
            ("parts", self.parts.is_some()),
            ("relation", self.relation.is_some()),
            ("numerator", self.numerator.is_some()),
            ("denominator", self.denominator.is_some()),
            ("if", self.premise.is_some()),
            ("then", self.conclusion.is_some()),
            ("weights", !self.weights.0.is_empty()),
            ("modulus", self.modulus.is_some()),
            ("name", self.name.is_some()),
            ("distance", self.distance.is_some()),
            ("at_least", self.at_least.is_some()),
            ("differing", self.differing.is_some()),
            ("absolute", self.absolute.is_some()),
            ("percent", self.percent.is_some()),
            ("peers", !self.peers.0.is_empty()),
            ("cutoff", self.cutoff.is_some()),
            ("base", self.base.is_some()),
            ("above", self.above.is_some()),
            ("level", self.level.is_some()),
            ("series", self.series.is_some()),
        ];
        keys.into_iter().filter(|(_, given)| *given).map(|(key, _)| key).collect()
    }
}

/// How grave a finding of a check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RawSeverity {
    /// The reports of the regions concerned are withheld.
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

/// How parts compare with their whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// They add up to it.
    Equal,
    /// They add up to no more than it.
    AtMost,
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
    pub values: List<RawPublished>,
}

/// A published figure.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPublished {
    /// The indicator's number.
    pub indicator: Spanned<String>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_explained_in_the_order_of_the_page() {
        let explained: Vec<&str> = EXPLANATIONS.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let kinds: Vec<&str> = RawCheckKind::ALL.iter().map(|kind| kind.name()).collect();
        assert!(explained.ends_with(&kinds), "expected the kinds {kinds:?} at the end, found {explained:?}");
    }
}
