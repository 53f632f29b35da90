//! A print, told by its check code, beside a release.

use serde::Serialize;

use super::Files;
use crate::check_code::{CheckCode, SignedCode};
use crate::edition::seals;
use crate::sources::RESULTS;

/// How a print stands to what was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Print {
    /// Its numbers are the same.
    Same,
    /// Its numbers are others: it was altered, or is of another edition.
    Others,
    /// Nothing is told here of its region and period.
    Elsewhere,
    /// What was given is no check code, or not the whole of one.
    Garbled,
    /// There is no table of numbers here to compare it with.
    Incomparable,
}

impl Print {
    /// The label of the sentence that tells it.
    pub fn label(self) -> &'static str {
        match self {
            Print::Same => "verify_print_same",
            Print::Others => "verify_print_others",
            Print::Elsewhere => "verify_print_elsewhere",
            Print::Garbled => "verify_print_garbled",
            Print::Incomparable => "verify_print_incomparable",
        }
    }

    /// The labels of all of them.
    pub const LABELS: &[&str] = &[
        "verify_print_same",
        "verify_print_others",
        "verify_print_elsewhere",
        "verify_print_garbled",
        "verify_print_incomparable",
    ];
}

/// Compares a print with the table of a release for everybody, or of a package. `period` is what the release is of.
pub(super) fn compare(code: &str, files: &mut Files, period: Option<&str>) -> Print {
    let signed = SignedCode::read(code).map(|signed| signed.code);
    let Some(code) = signed.or_else(|| CheckCode::read(code)) else { return Print::Garbled };
    let table = [RESULTS.to_owned(), format!("data/{RESULTS}")].into_iter().find_map(|path| files.bytes(&path).ok().flatten());
    let Some((table, period)) = table.and_then(|bytes| String::from_utf8(bytes).ok()).zip(period) else {
        return Print::Incomparable;
    };
    let own = seals(&table).into_iter().find(|(region, _)| format!("{region}-{period}") == code.number);
    match own {
        None => Print::Elsewhere,
        Some((_, whole)) if whole.starts_with(&code.seal) => Print::Same,
        Some(_) => Print::Others,
    }
}
