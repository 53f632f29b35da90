//! Hashes of bytes, as files and messages show them.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// The SHA-256 of some bytes: 64 hexadecimal digits, small letters.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// The SHA-256 of all that is read, which is never in memory as a whole; and how many bytes there are.
///
/// # Errors
/// When it cannot be read to its end.
pub fn sha256_of(mut from: impl Read) -> io::Result<(String, u64)> {
    let (mut digest, mut piece, mut size) = (Sha256::new(), vec![0; 1 << 16], 0_u64);
    loop {
        match from.read(&mut piece) {
            Ok(0) => return Ok((hexadecimal(&digest.finalize()), size)),
            Ok(count) => {
                digest.update(&piece[..count]);
                size += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Bytes as hexadecimal digits, two for each, small letters.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
