//! `required`: fields are answered, except where a condition allows a blank.

use super::keys::keys;
use super::kind::{Kind, RowKind};
use super::rows::{Rows, Wanted};
use crate::spec::FieldIndex;
use crate::spec::expression::{Condition, RawCondition};
use crate::yaml::{List, Spanned};

keys! {
    /// Fields are answered, except where a condition allows a blank.
    pub struct Keys {
        /// The fields.
        fields: List<Spanned<String>>,
        /// For `required`: rows that may leave the fields blank.
        blank_where: Option<RawCondition>,
    }
}

/// The fields are answered, except where the condition holds.
#[derive(Clone, Debug)]
pub struct Required {
    /// The fields.
    pub fields: Vec<FieldIndex>,
    /// Which rows may leave them blank.
    pub blank_where: Option<Condition>,
}

impl Kind for Required {
    type Keys = Keys;
    const NAME: &'static str = "required";
    const NEEDED: &'static [&'static str] = &["fields"];
    const PLACEHOLDERS: &'static [&'static str] = &["unit", "key", "region", "period", "field"];
}

impl RowKind for Required {
    fn load(keys: Keys, rows: &mut dyn Rows<'_>) -> Option<Self> {
        let fields = rows.fields(&keys.fields.0, Wanted::FIELD);
        let blank_where = keys.blank_where.map(|raw| rows.condition(Some(&raw)));
        Some(Self { fields: fields?, blank_where })
    }
}
