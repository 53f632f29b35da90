//! What is wrong with something that was received, by file. A language has a sentence for every kind.

use serde::Serialize;

/// A fault of a file, or of the whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The path of the file concerned.
    pub file: String,
    /// What was found, as it stands there; empty where the kind tells all.
    pub detail: String,
}

impl Fault {
    /// A fault of a file.
    pub fn new(kind: FaultKind, file: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind, file: file.into(), detail: detail.into() }
    }
}

/// Declares the kinds with their names, which are those of their sentences too.
macro_rules! kinds {
    ($($(#[$meta:meta])* $kind:ident = $name:literal is $judgement:ident,)*) => {
        /// A kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum FaultKind { $($(#[$meta])* $kind,)* }

        impl FaultKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The label of its sentence in language files.
            pub fn label(self) -> &'static str {
                match self { $(Self::$kind => concat!("verify_", $name),)* }
            }

            /// What a bag with such a fault is.
            pub fn judgement(self) -> Judgement {
                match self { $(Self::$kind => Judgement::$judgement,)* }
            }
        }
    };
}

kinds! {
    /// The structure of the ZIP is not what was written.
    Archive = "archive" is Invalid,
    /// The file is not what its checksum says.
    Altered = "altered" is Invalid,
    /// The file cannot be read to its end.
    Unreadable = "unreadable" is Invalid,
    /// The file is a link, or encrypted, or neither file nor folder.
    NoFile = "no_file" is Invalid,
    /// The file is larger than anything that is sent, or unpacks to much more than it is.
    TooLarge = "too_large" is Invalid,
    /// A path leads out of where it belongs.
    Outside = "outside" is Invalid,
    /// Something is there, or is listed, twice.
    Twice = "twice" is Invalid,
    /// A line of a list is not as the format says.
    Line = "line" is Invalid,
    /// `bagit.txt` is not as the format says.
    Declaration = "declaration" is Invalid,
    /// The format is of a version that is not known.
    Version = "version" is Invalid,
    /// A file is listed and not there.
    Missing = "missing" is Incomplete,
    /// A file is there and not listed.
    Added = "added" is Incomplete,
    /// A file is to be fetched from an address.
    Fetch = "fetch" is Incomplete,
    /// There is no list of files with their checksums.
    NoManifest = "no_manifest" is Incomplete,
    /// There is no folder `data/`.
    NoPayload = "no_payload" is Incomplete,
    /// There are more or fewer files or bytes than the bag says.
    Oxum = "oxum" is Incomplete,
    /// Nothing tells what the file should be.
    Unknown = "unknown" is Unproven,
    /// The checksums of a list are of an algorithm that is not known.
    Algorithm = "algorithm" is Unproven,
    /// The texts of the bag are in an encoding that is not read.
    Encoding = "encoding" is Unproven,
}

/// What a bag is, by RFC 8493; the gravest comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Judgement {
    /// All files are there and every checksum is right.
    Valid,
    /// Nothing is wrong, but not every checksum can be computed anew.
    Unproven,
    /// Something is missing, or there is something more.
    Incomplete,
    /// Something is not as it was packed, or not as the format says.
    Invalid,
}
