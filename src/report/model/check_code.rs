//! The code by which a print is compared with the release.

use serde::Serialize;

/// A QR code.
#[derive(Clone, Debug, Serialize)]
pub struct CheckCode {
    /// What it says.
    pub text: String,
    /// What it is, for those who do not see it.
    pub alt: String,
    /// Its rows from the top, each with a `1` for a dark module and a `0` for a light one; as many as there are modules in a row.
    pub rows: Vec<String>,
}
