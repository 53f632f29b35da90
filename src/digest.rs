//! Hashes of bytes, as files and messages show them.

use sha2::{Digest, Sha256};

/// The SHA-256 of some bytes: 64 hexadecimal digits, small letters.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Bytes as hexadecimal digits, two for each, small letters.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
