//! Signed check codes of prints, as `codes.yaml` tells them.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check_code::SignedCode;
use crate::diagnostic::Place;
use crate::yaml::{List, Spanned};

/// The path of the file.
pub const FILE: &str = "indicator-specs/codes.yaml";

/// `indicator-specs/codes.yaml`: signed check codes for the covers of reports. `esep sign --codes` writes it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "codes")]
pub struct RawCodes {
    /// The public key: the second line of its file.
    pub key: Spanned<String>,
    /// The codes.
    pub codes: List<Spanned<String>>,
}

/// A signed check code, and where it stands.
#[derive(Clone, Debug)]
pub struct Code {
    /// The code; its signature was checked.
    pub signed: SignedCode,
    /// Where it stands.
    pub place: Place,
}
