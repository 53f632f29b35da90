//! What a kind of check says of itself.

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::figures::Figures;
use super::keys::{Given, Key, Keys};
use super::rows::Rows;
use super::{FigureCheck, RowCheck};

/// A kind of check: a check of this kind, resolved, is a value of the type.
pub trait Kind: Sized {
    /// What is written of it, besides the keys of every check. Its description is that of the kind.
    type Keys: Keys;
    /// Its name in files, and the heading of its section in `docs/checks.md`.
    const NAME: &'static str;
    /// Those of its keys that must stand.
    const NEEDED: &'static [&'static str];
    /// What its wording may hold.
    const PLACEHOLDERS: &'static [&'static str];
    /// Whether a finding compares a unit with others, which are none of its business.
    const COMPARES_UNITS: bool = false;
    /// Whether it looks at what was answered, rather than at who answered.
    const LOOKS_AT_ANSWERS: bool = true;
}

/// A kind that looks at the rows of a dataset.
pub trait RowKind: Kind + Into<RowCheck> {
    /// Whether `where` speaks of the columns of the register: units that did not report have a row there only.
    const FILTERS_REGISTER: bool = false;

    /// Resolves what is written; `None` when a fault was found, which is reported.
    fn load(keys: Self::Keys, rows: &mut dyn Rows<'_>) -> Option<Self>;
}

/// A kind that looks at figures of regions.
pub trait FigureKind: Kind + Into<FigureCheck> {
    /// Resolves what is written; `None` when a fault was found, which is reported.
    fn load(keys: Self::Keys, figures: &mut dyn Figures) -> Option<Self>;
}

/// How what is written becomes a check.
#[derive(Clone, Copy)]
pub enum Load {
    /// Of the rows of a dataset.
    Rows {
        /// Resolves the keys.
        load: fn(&Given, &mut dyn Rows<'_>) -> Option<RowCheck>,
        /// Whether `where` speaks of the columns of the register.
        filters_register: bool,
    },
    /// Of figures of regions.
    Figures(fn(&Given, &mut dyn Figures) -> Option<FigureCheck>),
}

/// A kind's own words, as values.
pub struct Facts {
    /// Its name.
    pub name: &'static str,
    /// The keys that it needs.
    pub needed: &'static [&'static str],
    /// The placeholders that its wording may hold.
    pub placeholders: &'static [&'static str],
    /// Whether a finding compares a unit with others.
    pub compares_units: bool,
    /// Whether it looks at what was answered, rather than at who answered.
    pub looks_at_answers: bool,
    /// How it is loaded.
    pub load: Load,
    /// The schema of its keys.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    /// The keys that it declares.
    pub keys: &'static [Key],
}

impl Facts {
    /// Of a kind that looks at rows.
    pub fn of_rows<K: RowKind>() -> Self {
        let load = |given: &Given, rows: &mut dyn Rows<'_>| K::load(K::Keys::of(given), rows).map(K::into);
        Self::new::<K>(Load::Rows { load, filters_register: K::FILTERS_REGISTER })
    }

    /// Of a kind that looks at figures.
    pub fn of_figures<K: FigureKind>() -> Self {
        let load = |given: &Given, figures: &mut dyn Figures| K::load(K::Keys::of(given), figures).map(K::into);
        Self::new::<K>(Load::Figures(load))
    }

    fn new<K: Kind>(load: Load) -> Self {
        Self {
            name: K::NAME,
            needed: K::NEEDED,
            placeholders: K::PLACEHOLDERS,
            compares_units: K::COMPARES_UNITS,
            looks_at_answers: K::LOOKS_AT_ANSWERS,
            load,
            schema: K::Keys::json_schema,
            keys: K::Keys::KEYS,
        }
    }

    /// The keys that it may have besides those that it needs.
    pub fn optional(&self) -> Vec<&'static str> {
        let filter = matches!(self.load, Load::Rows { .. }).then_some("where");
        let own = self.keys.iter().map(|key| key.name).filter(|key| !self.needed.contains(key));
        filter.into_iter().chain(own).collect()
    }

    /// All of its keys, those that it needs first.
    pub fn all(&self) -> Vec<&'static str> {
        self.needed.iter().copied().chain(self.optional()).collect()
    }
}
