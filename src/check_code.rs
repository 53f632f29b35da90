//! The code on a print by which its numbers are compared with those of a release: in words, or signed.
//!
//! A signed code is a COSE_Sign1 message ([RFC 9052], [RFC 8949]) with an Ed25519 signature over the array `[number, edition, seal]`, in Base45
//! ([RFC 9285]) so that a small QR code holds it. Whoever scans a print can tell without a network whose numbers it carries.
//!
//! [RFC 9052]: https://www.rfc-editor.org/rfc/rfc9052
//! [RFC 8949]: https://www.rfc-editor.org/rfc/rfc8949
//! [RFC 9285]: https://www.rfc-editor.org/rfc/rfc9285

use coset::cbor::Value;
use coset::iana::Algorithm;
use coset::{CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, RegisteredLabelWithPrivate, TaggedCborSerializable};
use ct_codecs::{Base64, Decoder};
use ed25519_compact::{PublicKey, Signature};

/// What a signed code begins with.
const SIGNED: &str = "ESEP1:";
/// How many bytes of the hash stand in a code: as many as fit a small one.
const SEAL: usize = 16;
/// The most bytes of a signed code that are looked at; the largest QR code holds fewer.
const MOST: usize = 4096;

/// What a code says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckCode {
    /// The number of the document.
    pub number: String,
    /// Its edition.
    pub edition: u32,
    /// The beginning of the hash of its numbers: at least 32 hexadecimal digits, in small letters.
    pub seal: String,
}

impl CheckCode {
    /// The code of a document. `hash` is that of the lines of its region in the table of the release.
    pub fn new(number: &str, edition: u32, hash: &str) -> Self {
        Self { number: number.into(), edition, seal: hash[..2 * SEAL].to_ascii_lowercase() }
    }

    /// Whether both are of the same edition of the same document.
    pub fn is_of_same(&self, other: &Self) -> bool {
        (&self.number, self.edition) == (&other.number, other.edition)
    }

    /// The code in words.
    pub fn text(&self) -> String {
        format!("ESEP {} ED {} SHA256 {}", self.number, self.edition, self.seal.to_uppercase())
    }

    /// Reads a code in words: in letters of any size, with words before it and any full stop behind it, the digits in groups or not.
    pub fn read(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let place = |name: &str| words.iter().position(|word| word.eq_ignore_ascii_case(name));
        let (esep, ed, sha256) = (place("ESEP")?, place("ED")?, place("SHA256")?);
        let number = words.get(esep + 1..ed)?.join(" ");
        let [edition] = words.get(ed + 1..sha256)? else { return None };
        let seal = words[sha256 + 1..].concat().trim_end_matches(|sign: char| !sign.is_alphanumeric()).to_ascii_lowercase();
        let edition = edition.parse().ok().filter(|&edition| edition > 0)?;
        let is_hash = (2 * SEAL..=64).contains(&seal.len()) && seal.chars().all(|digit| digit.is_ascii_hexdigit());
        (is_hash && !number.is_empty()).then_some(Self { number, edition, seal })
    }

    fn payload(&self) -> Vec<u8> {
        let digits = self.seal.as_bytes().chunks(2).take(SEAL);
        let seal = digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap_or("0"), 16).unwrap_or(0)).collect();
        let parts = vec![Value::from(self.number.as_str()), Value::from(self.edition), Value::Bytes(seal)];
        Value::Array(parts).to_vec().expect("memory does not fail")
    }

    fn of_payload(bytes: &[u8]) -> Option<Self> {
        let parts = Value::from_slice(bytes).ok()?.into_array().ok()?;
        let [number, edition, seal] = parts.as_slice() else { return None };
        let edition = u32::try_from(edition.as_integer()?).ok().filter(|&edition| edition > 0)?;
        let seal = seal.as_bytes().filter(|seal| seal.len() == SEAL)?.iter().map(|byte| format!("{byte:02x}")).collect();
        Some(Self { number: number.as_text()?.to_owned(), edition, seal })
    }
}

/// The key of a signature: its number, and what checks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicHalf {
    /// The number by which a signature names it.
    pub number: [u8; 8],
    /// The Ed25519 key.
    pub key: [u8; 32],
}

impl PublicHalf {
    /// Reads a public key of minisign, the second line of its file.
    pub fn read(text: &str) -> Option<Self> {
        Self::of_bytes(&Base64::decode_to_vec(text.trim(), None).ok()?)
    }

    /// The bytes of a public key of minisign: two for the kind, then its number, then the key.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first_chunk::<2>()?;
        let (number, key) = rest.split_first_chunk::<8>()?;
        (kind == b"Ed").then_some(Self { number: *number, key: key.try_into().ok()? })
    }
}

/// A code with a signature.
#[derive(Clone, Debug)]
pub struct SignedCode {
    /// What was signed.
    pub code: CheckCode,
    /// The number of the key, as the code tells.
    pub key: [u8; 8],
    /// The text of the code.
    pub text: String,
    message: CoseSign1,
}

impl SignedCode {
    /// Signs a code. `sign` gives the Ed25519 signature of some bytes with the key of this number.
    pub fn new(code: CheckCode, key: [u8; 8], sign: impl FnOnce(&[u8]) -> [u8; 64]) -> Self {
        let message = CoseSign1Builder::new()
            .protected(HeaderBuilder::new().algorithm(Algorithm::EdDSA).build())
            .unprotected(HeaderBuilder::new().key_id(key.to_vec()).build())
            .payload(code.payload())
            .create_signature(b"", |bytes| sign(bytes).to_vec())
            .build();
        let bytes = message.clone().to_tagged_vec().expect("memory does not fail");
        Self { code, key, text: format!("{SIGNED}{}", base45::encode(bytes)), message }
    }

    /// Reads a signed code; its signature is still to be checked.
    pub fn read(text: &str) -> Option<Self> {
        // A space is a sign of Base45.
        let text = text.trim().to_ascii_uppercase();
        let encoded = text.strip_prefix(SIGNED).filter(|encoded| encoded.len() <= MOST)?;
        let message = CoseSign1::from_tagged_slice(&base45::decode(encoded).ok()?).ok()?;
        let is_known = message.protected.header.alg == Some(RegisteredLabelWithPrivate::Assigned(Algorithm::EdDSA));
        let code = CheckCode::of_payload(message.payload.as_deref()?)
            .filter(|_| is_known && message.protected.header.crit.is_empty())?;
        let key = message.unprotected.key_id.as_slice().try_into().ok()?;
        Some(Self { code, key, text, message })
    }

    /// The id of the key, as minisign prints it.
    pub fn key_id(&self) -> String {
        key_id(&self.key)
    }

    /// Whether exactly this code was signed with the key.
    pub fn is_by(&self, key: &PublicHalf) -> bool {
        let check = |signature: &[u8], bytes: &[u8]| PublicKey::new(key.key).verify(bytes, &Signature::from_slice(signature)?);
        key.number == self.key && self.message.verify_signature(b"", check).is_ok()
    }
}

/// The id of a key, as minisign prints it: its number with the last byte first.
pub fn key_id(number: &[u8]) -> String {
    number.iter().rev().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_compact::{KeyPair, Seed};

    const HASH: &str = "1804ceaa29019f3b4627c691930bfa4e0123456789abcdef0123456789abcdef";

    #[test]
    fn a_code_is_read_and_anything_else_is_none() {
        let code = CheckCode::new("10-2025", 1, HASH);
        let seal = &HASH.to_uppercase()[..32];
        assert_eq!(code.text(), format!("ESEP 10-2025 ED 1 SHA256 {seal}"));
        let (left, right) = seal.split_at(8);
        for text in [
            code.text(),
            format!(" esep 10-2025  ed 1\nsha256 {seal}\n"),
            format!("Check code: ESEP 10-2025 ED 1 SHA256 {left} {right}."),
            format!("ESEP 10-2025 ED 1 SHA256 {seal}।"),
        ] {
            assert_eq!(CheckCode::read(&text).as_ref(), Some(&code), "{text}");
        }
        for text in [
            "",
            "ESEP",
            "ESEP 10-2025 ED 1 SHA256 18",
            "ESEP 10-2025 ED 0 SHA256 1804CEAA29019F3B4627C691930BFA4E",
            "SHA256 ED ESEP",
            "ESEP ED 1 SHA256 1804CEAA29019F3B4627C691930BFA4E",
        ] {
            assert_eq!(CheckCode::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_signed_code_is_that_of_its_key_alone() {
        let pair = |seed: u8| KeyPair::from_seed(Seed::new([seed; 32]));
        let half = |seed: u8| PublicHalf { number: [7; 8], key: *pair(seed).pk };
        let code = CheckCode::new("710000000-2025", 2, HASH);
        let signed = SignedCode::new(code.clone(), [7; 8], |bytes| *pair(1).sk.sign(bytes, None));
        let read = SignedCode::read(&signed.text).expect("it is one");
        assert_eq!((read.code, read.key), (code, [7; 8]));
        let read = SignedCode::read(&format!(" {}\n", signed.text.to_lowercase())).expect("letters of any size");
        assert!(read.is_by(&half(1)) && !read.is_by(&half(2)));
        assert!(!read.is_by(&PublicHalf { number: [8; 8], ..half(1) }));
        // Another sign anywhere: no code, or none of this key.
        for place in SIGNED.len()..signed.text.len() {
            let mut letters: Vec<char> = signed.text.chars().collect();
            letters[place] = if letters[place] == '0' { '1' } else { '0' };
            let other: String = letters.into_iter().collect();
            assert!(SignedCode::read(&other).is_none_or(|other| !other.is_by(&half(1))), "{other}");
        }
        for text in ["ESEP1:", "ESEP1:AA", "ESEP1:::", "ESEP1:ä", "HC1:6BF"] {
            assert!(SignedCode::read(text).is_none(), "{text}");
        }
    }
}
