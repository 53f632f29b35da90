//! Keys that say the same in many kinds.

use super::keys::keys;
use crate::spec::expression::RawCondition;
use crate::yaml::{List, Spanned};

keys! {
    /// What of a dataset is looked at. Kinds of rows have `where`; those that have the others declare them too.
    pub struct Keys {
        /// Which rows are looked at; all of them when left out.
        "where" filter: Option<RawCondition>,
        /// A field; where numbers are looked at, a sum of fields too.
        field: Option<Spanned<String>>,
        /// Several fields.
        fields: List<Spanned<String>>,
    }
}
