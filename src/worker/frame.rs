//! Messages on a pipe: a mark, the length, the bytes.

use std::io::{Error, ErrorKind, Read, Result, Write};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Stands before every message, so that stray output is not taken for one.
const MARK: [u8; 8] = *b"esep-wk1";

/// Bytes that are sent within a message as one block.
#[derive(Debug, Default)]
pub struct Block(pub Vec<u8>);

impl Serialize for Block {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Block {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        <&[u8]>::deserialize(deserializer).map(|bytes| Self(bytes.to_vec()))
    }
}

/// The error when what came makes no sense.
pub fn nonsense() -> Error {
    ErrorKind::InvalidData.into()
}

/// Sends a message.
pub fn send(to: &mut impl Write, message: &[u8]) -> Result<()> {
    let mut head = [0; 16];
    head[..8].copy_from_slice(&MARK);
    head[8..].copy_from_slice(&(message.len() as u64).to_le_bytes());
    to.write_all(&head)?;
    to.write_all(message)
}

/// Waits for a message of at most `most` bytes.
pub fn receive(from: &mut impl Read, most: u64) -> Result<Vec<u8>> {
    let mut head = [0; 16];
    from.read_exact(&mut head)?;
    let (mark, length) = head.split_at(8);
    let length = u64::from_le_bytes(length.try_into().map_err(|_| nonsense())?);
    if mark != MARK || length > most {
        return Err(nonsense());
    }
    let mut message = vec![0; usize::try_from(length).map_err(|_| nonsense())?];
    from.read_exact(&mut message)?;
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_arrives_whole_or_not_at_all() {
        let mut pipe = Vec::new();
        send(&mut pipe, b"cells").expect("memory takes all");
        assert_eq!(receive(&mut pipe.as_slice(), 5).expect("it is whole"), b"cells");
        assert_eq!(receive(&mut pipe.as_slice(), 4).map_err(|error| error.kind()), Err(ErrorKind::InvalidData));
        assert_eq!(receive(&mut &pipe[..20], 5).map_err(|error| error.kind()), Err(ErrorKind::UnexpectedEof));
        assert_eq!(receive(&mut &b"a stray line of output"[..], 99).map_err(|error| error.kind()), Err(ErrorKind::InvalidData));
    }
}
