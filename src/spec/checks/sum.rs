//! `sum`: parts add up to the whole, or to no more than it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::keys::keys;
use super::kind::{Kind, RowKind};
use super::rows::Rows;
use crate::spec::expression;
use crate::yaml::Spanned;

keys! {
    /// Parts add up to the whole, or to no more than it.
    pub struct Keys {
        /// For `sum`: the whole.
        total: Option<Spanned<String>>,
        /// For `sum`: the parts, joined by `+`.
        parts: Option<Spanned<String>>,
        /// For `sum`: how the parts compare with the whole; `equal` when left out.
        relation: Option<Spanned<Relation>>,
    }
}

/// Parts and whole agree.
#[derive(Clone, Debug)]
pub struct Sum {
    /// The whole.
    pub total: expression::Sum,
    /// The parts, in the units of the whole.
    pub parts: expression::Sum,
    /// How they compare.
    pub relation: Relation,
}

impl Kind for Sum {
    type Keys = Keys;
    const NAME: &'static str = "sum";
    const NEEDED: &'static [&'static str] = &["total", "parts"];
    const PLACEHOLDERS: &'static [&'static str] = &["unit", "key", "region", "period", "field", "parts", "value", "expected"];
}

impl RowKind for Sum {
    fn load(keys: Keys, rows: &mut dyn Rows<'_>) -> Option<Self> {
        let total = rows.sum(keys.total.as_ref());
        let parts = rows.sum(keys.parts.as_ref());
        let relation = keys.relation.map_or(Relation::Equal, |relation| relation.value);
        let (total, parts) = total?.aligned(parts?);
        Some(Self { total, parts, relation })
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
