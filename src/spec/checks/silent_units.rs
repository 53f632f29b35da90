//! `silent-units`: units of the register did not report; takes the place of the built-in rule for the dataset.

use super::keys::keys;
use super::kind::{Kind, RowKind};
use super::rows::Rows;

keys! {
    /// Units of the register did not report; takes the place of the built-in rule for the dataset.
    pub struct Keys {}
}

/// Units of the register did not report.
#[derive(Clone, Debug)]
pub struct SilentUnits;

impl Kind for SilentUnits {
    type Keys = Keys;
    const NAME: &'static str = "silent-units";
    const NEEDED: &'static [&'static str] = &[];
    const PLACEHOLDERS: &'static [&'static str] = &["region", "period", "count", "units"];
    const LOOKS_AT_ANSWERS: bool = false;
}

impl RowKind for SilentUnits {
    const FILTERS_REGISTER: bool = true;

    fn load(_: Keys, rows: &mut dyn Rows<'_>) -> Option<Self> {
        rows.expect_register();
        Some(Self)
    }
}
