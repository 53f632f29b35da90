//! `unregistered-units`: a unit reported that the register does not list; takes the place of the built-in rule for the dataset.

use super::keys::keys;
use super::kind::{Kind, RowKind};
use super::rows::Rows;

keys! {
    /// A unit reported that the register does not list; takes the place of the built-in rule for the dataset.
    pub struct Keys {}
}

/// Units reported that the register does not list.
#[derive(Clone, Debug)]
pub struct UnregisteredUnits;

impl Kind for UnregisteredUnits {
    type Keys = Keys;
    const NAME: &'static str = "unregistered-units";
    const NEEDED: &'static [&'static str] = &[];
    const PLACEHOLDERS: &'static [&'static str] = &["unit", "key", "region", "period"];
}

impl RowKind for UnregisteredUnits {
    fn load(_: Keys, rows: &mut dyn Rows<'_>) -> Option<Self> {
        rows.expect_register();
        Some(Self)
    }
}
