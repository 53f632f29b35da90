//! The seal of a ZIP: its comment holds the SHA-256 of all bytes before the comment. A reader of ZIPs passes over much of what stands
//! around the files; with the seal, a change anywhere is found.

use crate::release::sha256;

/// What stands before the digits.
const BEFORE: &str = "esep sha256 ";
/// A seal whose digits are still to come.
pub const BLANK: &str = "esep sha256 0000000000000000000000000000000000000000000000000000000000000000";

/// Puts the digits in the place of [`BLANK`], the comment of this ZIP.
pub fn set(zip: &mut [u8]) {
    let comment = zip.len() - BLANK.len();
    let digits = sha256(&zip[..comment]);
    zip[comment + BEFORE.len()..].copy_from_slice(digits.as_bytes());
}
