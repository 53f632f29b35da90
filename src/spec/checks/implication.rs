//! `implication`: when one condition holds, another one must.

use super::keys::keys;
use super::kind::{Kind, RowKind};
use super::rows::Rows;
use crate::spec::expression::{Condition, RawCondition};

keys! {
    /// When one condition holds, another one must.
    pub struct Keys {
        /// For `implication`: when this holds …
        "if" premise: Option<RawCondition>,
        /// … this must hold too.
        "then" conclusion: Option<RawCondition>,
    }
}

/// When the first holds, the second must.
#[derive(Clone, Debug)]
pub struct Implication {
    /// When this holds …
    pub premise: Condition,
    /// … this must hold.
    pub conclusion: Condition,
}

impl Kind for Implication {
    type Keys = Keys;
    const NAME: &'static str = "implication";
    const NEEDED: &'static [&'static str] = &["if", "then"];
    const PLACEHOLDERS: &'static [&'static str] = &["unit", "key", "region", "period"];
}

impl RowKind for Implication {
    fn load(keys: Keys, rows: &mut dyn Rows<'_>) -> Option<Self> {
        let premise = rows.condition(keys.premise.as_ref());
        Some(Self { premise, conclusion: rows.condition(keys.conclusion.as_ref()) })
    }
}
