//! Keys and signatures in the format of [minisign], so that whoever has only `minisign` can check them too.
//!
//! A signature is over all bytes of a file. Its trusted comment, which is signed too, says what the file is and which SHA-256 it has; there is
//! no time in it but the day that somebody names.
//!
//! [minisign]: https://jedisct1.github.io/minisign/

use std::io::{Cursor, Read, Seek};
use std::ops::Range;

use ct_codecs::{Base64, Decoder};
use ed25519_compact::SecretKey as SigningKey;
use minisign::{KeyPair, PublicKey, PublicKeyBox, SecretKey, SecretKeyBox, SignatureBox};

use crate::check_code::{CheckCode, PublicHalf, SignedCode, key_id};

/// The beginning of a secret key that no password protects, in Base64: Ed25519, no derivation, BLAKE2b.
const OPEN: &str = "RWQAAEIy";
/// How long a secret key is, and the checksum at its end.
const LENGTH: usize = 158;
const CHECKSUM: usize = 32;
/// Where the number of a secret key stands, and where the Ed25519 key behind it.
const NUMBER: Range<usize> = 54..62;
const SIGNING: Range<usize> = 62..126;
/// How long the two signatures of a file are in Base64: with an algorithm and an id before it, and alone.
const LENGTHS: [usize; 2] = [100, 88];
/// The comment above a secret key.
const SECRET: &str = "esep secret key, keep it to yourself";
/// The comment above a signature.
const UNTRUSTED: &str = "signature from esep; check with `esep verify` or `minisign -V`";

/// A key or a signature cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The text is no public key.
    #[error("expected a public key of minisign (two lines, or the second of them), found something else")]
    NoKey,
    /// The text is no secret key.
    #[error("expected a secret key of minisign, found something else")]
    NoSecretKey,
    /// The text is no signature.
    #[error("expected a signature of minisign (four lines), found something else")]
    NoSignature,
    /// The password does not open the key.
    #[error("the password does not open this key")]
    Password,
    /// What the library of minisign says.
    #[error("{0}")]
    Other(String),
}

impl From<minisign::PError> for Error {
    fn from(error: minisign::PError) -> Self {
        Error::Other(error.to_string())
    }
}

/// The files of a new pair of keys.
pub struct Pair {
    /// The text of the file that everybody may have.
    pub public: String,
    /// The text of the file that only its owner may have.
    pub secret: String,
    /// The id of the pair.
    pub id: String,
}

/// Makes a pair of keys; the secret one is protected by the password, where there is one.
///
/// # Errors
/// When the system gives no random numbers, or not the memory that a password takes.
pub fn pair(password: Option<String>) -> Result<Pair, Error> {
    let pair = match password {
        Some(password) => KeyPair::generate_encrypted_keypair(Some(password))?,
        None => KeyPair::generate_unencrypted_keypair()?,
    };
    let (public, secret) = (pair.pk.to_box()?.into_string(), pair.sk.to_box(Some(SECRET))?.into_string());
    Ok(Pair { public, secret, id: key_id(pair.pk.keynum()) })
}

/// A secret key that is ready to sign.
pub struct Signer {
    secret: SecretKey,
    public: PublicKey,
}

impl Signer {
    /// Opens the text of a secret key; `password` is asked only where the key has one.
    ///
    /// # Errors
    /// When the text is no secret key, or the password is wrong. Those of `password`.
    pub fn open<E: From<Error>>(text: &str, password: impl FnOnce() -> Result<String, E>) -> Result<Self, E> {
        let line = text.lines().nth(1).map(str::trim).ok_or(Error::NoSecretKey)?;
        let file = SecretKeyBox::from(format!("untrusted comment: \n{line}\n"));
        let secret = if line.starts_with(OPEN) {
            file.into_unencrypted_secret_key().ok().or_else(|| unchecked(line)).ok_or(Error::NoSecretKey)?
        } else {
            SecretKey::from_box(file, Some(password()?)).map_err(|error| match error.kind() {
                minisign::ErrorKind::Verify => Error::Password,
                minisign::ErrorKind::KDF => Error::Other(error.to_string()),
                _ => Error::NoSecretKey,
            })?
        };
        let public = PublicKey::from_secret_key(&secret).map_err(Error::from)?;
        Ok(Self { secret, public })
    }

    /// The id of the key.
    pub fn id(&self) -> String {
        key_id(self.public.keynum())
    }

    /// The text of a file with the signature of some bytes; `comment` is signed with them.
    ///
    /// # Errors
    /// When the bytes cannot be read.
    pub fn sign(&self, bytes: impl Read, comment: &str) -> Result<String, Error> {
        // A comment is one line.
        let comment: String = comment.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        let signature = minisign::sign(Some(&self.public), &self.secret, bytes, Some(comment.trim()), Some(UNTRUSTED))?;
        Ok(signature.into_string())
    }

    /// The public key, as the second line of its file has it.
    ///
    /// # Errors
    /// When the library cannot write it.
    pub fn public(&self) -> Result<String, Error> {
        let file = self.public.to_box()?.into_string();
        Ok(file.lines().nth(1).unwrap_or_default().to_owned())
    }

    /// Signs the check codes of prints.
    ///
    /// # Errors
    /// When the key is none that can sign.
    pub fn codes(&self, codes: impl IntoIterator<Item = CheckCode>) -> Result<Vec<SignedCode>, Error> {
        let bytes = self.secret.to_bytes();
        let number: [u8; 8] = bytes[NUMBER].try_into().map_err(|_| Error::NoSecretKey)?;
        let key = SigningKey::from_slice(&bytes[SIGNING]).map_err(|_| Error::NoSecretKey)?;
        Ok(codes.into_iter().map(|code| SignedCode::new(code, number, |bytes| *key.sign(bytes, None))).collect())
    }
}

/// A public key.
pub struct Key(PublicKey);

impl Key {
    /// Reads a public key: the text of its file, or the key alone.
    ///
    /// # Errors
    /// When the text is no public key.
    pub fn read(text: &str) -> Result<Self, Error> {
        let line = text.lines().map(str::trim).rfind(|line| !line.is_empty()).ok_or(Error::NoKey)?;
        let file = PublicKeyBox::from(format!("untrusted comment: \n{line}\n"));
        file.into_public_key().map(Self).map_err(|_| Error::NoKey)
    }

    /// The id of the key.
    pub fn id(&self) -> String {
        key_id(self.0.keynum())
    }

    /// What checks the signature of a check code.
    pub fn half(&self) -> Option<PublicHalf> {
        PublicHalf::of_bytes(&self.0.to_bytes())
    }
}

/// A signature that was read, and is still to be checked.
pub struct Signature(SignatureBox);

impl Signature {
    /// Reads the text of a signature.
    ///
    /// # Errors
    /// When the text is no signature.
    pub fn read(text: &str) -> Result<Self, Error> {
        // The library takes a signature of any length for one.
        let lengths = [1, 3].map(|line| text.lines().nth(line).map_or(0, |line| line.trim().len()));
        if lengths != LENGTHS {
            return Err(Error::NoSignature);
        }
        // A signature of the oldest kind is one of all bytes at once, however many there are.
        let signature = SignatureBox::from_string(text).ok().filter(SignatureBox::is_prehashed);
        signature.map(Self).ok_or(Error::NoSignature)
    }

    /// The id of the key that it is by, as it says.
    pub fn id(&self) -> String {
        key_id(self.0.keynum())
    }

    /// Whether the key has signed exactly these bytes, and the comment; gives the comment.
    pub fn check(&self, key: &Key, bytes: impl Read + Seek) -> Option<String> {
        minisign::verify(&key.0, &self.0, bytes, true, false, false).ok()?;
        self.0.trusted_comment().ok()
    }

    /// The same for bytes in memory.
    pub fn check_bytes(&self, key: &Key, bytes: &[u8]) -> Option<String> {
        self.check(key, Cursor::new(bytes))
    }
}

/// A secret key without password and without checksum, as `minisign -W` writes it.
fn unchecked(line: &str) -> Option<SecretKey> {
    let bytes = Base64::decode_to_vec(line, None).ok()?;
    let is_unchecked = bytes.len() == LENGTH && bytes[LENGTH - CHECKSUM..].iter().all(|&byte| byte == 0);
    if is_unchecked { SecretKey::from_bytes(&bytes).ok() } else { None }
}
