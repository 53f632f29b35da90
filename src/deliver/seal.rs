//! The seal of a ZIP: its comment holds the SHA-256 of all bytes before the comment. A reader of ZIPs passes over much of what stands
//! around the files; with the seal, a change anywhere is found.

use std::io::{self, Read, Seek, SeekFrom};

use sha2::{Digest, Sha256};

use super::{hexadecimal, pieces};

/// What stands before the digits.
const BEFORE: &str = "esep sha256 ";
/// A seal whose digits are still to come.
pub const BLANK: &str = "esep sha256 0000000000000000000000000000000000000000000000000000000000000000";
/// The signature of the record at the end of a ZIP.
const END: &[u8] = b"PK\x05\x06";
/// How long that record is before the comment.
const END_LENGTH: usize = 22;

/// Puts the digits in the place of [`BLANK`], the comment of this ZIP.
pub fn set(zip: &mut [u8]) {
    let comment = zip.len() - BLANK.len();
    let digits = hexadecimal(&Sha256::digest(&zip[..comment]));
    zip[comment + BEFORE.len()..].copy_from_slice(digits.as_bytes());
}

/// What the end of a file says of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// How many files the ZIP lists; `None` where there are too many for the short form.
    pub listed: Option<usize>,
    /// The seal.
    pub seal: Seal,
}

/// The seal of a ZIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// The ZIP is what was written.
    Whole,
    /// The ZIP has no comment: another program packed it.
    None,
    /// The ZIP is not what was written.
    Broken,
    /// The ZIP has a comment that is no seal.
    Other,
}

/// Looks at the end of a file; `None` when no ZIP ends there.
///
/// # Errors
/// When the file cannot be read.
pub fn look(file: &mut (impl Read + Seek + ?Sized)) -> io::Result<Option<End>> {
    let length = file.seek(SeekFrom::End(0))?;
    let start = length.saturating_sub((END_LENGTH + usize::from(u16::MAX)) as u64);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.take(length - start).read_to_end(&mut tail)?;
    let Some(end) = memchr::memmem::rfind_iter(&tail, END).find(|&end| is_end(&tail[end..])) else { return Ok(None) };
    let listed = Some(number(&tail, end + 10)).filter(|&listed| listed != usize::from(u16::MAX));
    let comment = &tail[end + END_LENGTH..];
    let seal = match comment.strip_prefix(BEFORE.as_bytes()) {
        _ if comment.is_empty() => Seal::None,
        Some(digits) if digits == hash(file, length - comment.len() as u64)?.as_bytes() => Seal::Whole,
        Some(_) => Seal::Broken,
        None => Seal::Other,
    };
    Ok(Some(End { listed, seal }))
}

/// Whether these bytes are the last record of a ZIP with its comment, and nothing more.
fn is_end(bytes: &[u8]) -> bool {
    bytes.len() >= END_LENGTH && bytes.len() == END_LENGTH + number(bytes, 20)
}

/// The number of two bytes at a place.
fn number(bytes: &[u8], at: usize) -> usize {
    usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]))
}

/// The SHA-256 of the beginning of a file.
fn hash(file: &mut (impl Read + Seek + ?Sized), length: u64) -> io::Result<String> {
    file.seek(SeekFrom::Start(0))?;
    let mut digest = Sha256::new();
    pieces(file.take(length), length, &mut |piece| digest.update(piece))?;
    Ok(hexadecimal(&digest.finalize()))
}
