//! Hashes of bytes, as files and messages show them.

use std::hash::{Hash, Hasher};
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

/// The SHA-256 of a value. Other machines and programs may have another one for it, so it is good for what this one remembers.
pub fn sha256_of_value(value: &impl Hash) -> String {
    let mut digest = Digesting::default();
    value.hash(&mut digest);
    digest.pass_on();
    hexadecimal(&digest.digest.finalize())
}

/// The parts of a value on their way to a digest: many are of a few bytes, so they are gathered.
#[derive(Default)]
struct Digesting {
    digest: Sha256,
    gathered: Vec<u8>,
}

impl Digesting {
    fn pass_on(&mut self) {
        self.digest.update(&self.gathered);
        self.gathered.clear();
    }
}

impl Hasher for Digesting {
    fn write(&mut self, bytes: &[u8]) {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= 1 << 16 {
            self.pass_on();
        }
    }

    fn finish(&self) -> u64 {
        unreachable!("the whole digest is asked for")
    }
}

/// Bytes as hexadecimal digits, two for each, small letters.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
