//! What a later edition says of itself.

use serde::Serialize;

use super::IndicatorName;

/// Which edition a document is.
#[derive(Debug, Serialize)]
pub struct EditionWords {
    /// In words.
    pub text: String,
    /// Its number.
    pub number: u32,
    /// `correction` or `revision`; `None` in a first edition, and where nothing is declared.
    pub kind: Option<&'static str>,
}

/// What has changed since the edition before.
#[derive(Debug, Serialize)]
pub struct Erratum {
    /// Whether the document that it replaces was preliminary, and its own numbers are not.
    pub approved: bool,
    /// What the programme says of it.
    pub note: Option<String>,
    /// What the document replaces; `None` where only the numbers of that were kept.
    pub replaced: Option<Replaced>,
    /// The numbers of the region that have changed; none where only those have with which they are compared.
    pub rows: Vec<ErratumRow>,
}

/// The document that another one replaces.
#[derive(Debug, Serialize)]
pub struct Replaced {
    /// The edition in which it came.
    pub edition: String,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
}

/// Something told of a number that has changed.
#[derive(Debug, Serialize)]
pub struct ErratumRow {
    /// The indicator.
    pub indicator: IndicatorName,
    /// The group or the part; `None` for the whole population.
    pub group: Option<String>,
    /// What is told: the value, the numerator and so on.
    pub what: String,
    /// What it was.
    pub before: String,
    /// What it is.
    pub after: String,
}
