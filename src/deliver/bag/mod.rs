//! Bags as [RFC 8493] (BagIt 1.0) orders them: files below `data/`, and beside it what they are and their checksums.
//!
//! A bag is written as a ZIP with one folder. The same contents give the same bytes: entries are sorted, and their time is that of the
//! beginning of all ZIPs. The comment of the ZIP holds the SHA-256 of all bytes before it, its seal, so that a change of the ZIP's own
//! structure is found too.
//!
//! [RFC 8493]: https://www.rfc-editor.org/rfc/rfc8493

mod check;

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use sha2::{Digest, Sha256, Sha512};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::{hexadecimal, is_inside, seal};
use crate::release::distinct;
pub use check::{Report, check, decoded};

/// Declares that a folder is a bag.
pub const DECLARATION: &str = "bagit.txt";
/// Tells what the bag is.
pub const INFO: &str = "bag-info.txt";
/// Lists the files below `data/`.
pub const MANIFEST: &str = "manifest-sha256.txt";
/// Lists all other files, that list among them.
pub const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
/// Lists the files that are to be fetched.
pub const FETCH: &str = "fetch.txt";
/// The folder of the files that the bag is for, with the `/` behind it.
pub const PAYLOAD: &str = "data/";
/// The element that names the office that a package is for.
pub const OFFICE: &str = "Office";
/// The element with the name of the period that a package tells of.
pub const PERIOD: &str = "Period";
/// The element with the number of the edition.
pub const EDITION: &str = "Edition";
/// How many bytes and files there are below `data/`.
const OXUM: &str = "Payload-Oxum";
/// The element that names the program, and so tells that the ZIP has a seal.
const AGENT: &str = "Bag-Software-Agent";

/// Endings of files that are packed already.
const PACKED: [&str; 6] = ["pdf", "xlsx", "zip", "png", "jpg", "jpeg"];

/// A checksum that manifests are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    /// All that are known.
    pub const ALL: [Self; 2] = [Self::Sha256, Self::Sha512];

    /// Its name in the names of manifests.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Sha256 => "sha256",
            Algorithm::Sha512 => "sha512",
        }
    }

    /// The checksum of some bytes, hexadecimal.
    fn of(self, bytes: &[u8]) -> String {
        match self {
            Algorithm::Sha256 => hexadecimal(&Sha256::digest(bytes)),
            Algorithm::Sha512 => hexadecimal(&Sha512::digest(bytes)),
        }
    }
}

/// What a bag is to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bag {
    /// The name of the folder in the ZIP.
    pub name: String,
    /// What stands in `bag-info.txt`: labels and values of one line. `Payload-Oxum` and `Bag-Software-Agent` are added.
    pub info: Vec<(String, String)>,
    /// The files that the bag is for: paths below `data/`, with `/` between names, and bytes.
    pub payload: Vec<(String, Vec<u8>)>,
    /// The files beside `data/`.
    pub tags: Vec<(String, Vec<u8>)>,
}

/// A bag cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A path that would lead elsewhere on some systems.
    #[error("cannot pack `{path}`: expected a relative path with `/` between names, none of them empty, `.` or `..`")]
    Path {
        /// The path.
        path: String,
    },
    /// A file beside `data/` has the name of one that every bag has.
    #[error("cannot pack `{path}`: this name belongs to the bag itself")]
    Reserved {
        /// The path.
        path: String,
    },
    /// Some systems would take two files for one.
    #[error("cannot pack a bag: {0}")]
    SamePath(#[from] crate::release::Error),
    /// An element of `bag-info.txt` that could not be read back.
    #[error("cannot pack a bag: expected a label without colon and a value of one line in `bag-info.txt`, found `{label}`")]
    Info {
        /// The label.
        label: String,
    },
    /// The ZIP cannot be made.
    #[error("cannot pack `{path}`: {source}")]
    Zip {
        /// The file that was to be packed.
        path: String,
        /// What is wrong.
        source: zip::result::ZipError,
    },
}

impl Bag {
    /// The bag as a ZIP with one folder: the same contents give the same bytes.
    ///
    /// # Errors
    /// When a path or an element of `bag-info.txt` is not one that every system reads in the same way.
    pub fn write(&self) -> Result<Vec<u8>, Error> {
        self.refuse()?;
        let (info, payload) = (self.info(), self.manifests("", PAYLOAD, &self.payload));
        let mut sealed: Vec<(String, &[u8])> = vec![
            (DECLARATION.to_owned(), b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
            (INFO.to_owned(), info.as_bytes()),
        ];
        sealed.extend(payload.iter().map(|(path, text)| (path.clone(), text.as_bytes())));
        sealed.extend(self.tags.iter().map(|(path, bytes)| (path.clone(), bytes.as_slice())));
        let tags = self.manifests("tag", "", &sealed);
        let mut files: BTreeMap<String, &[u8]> = sealed.into_iter().collect();
        files.extend(tags.iter().map(|(path, text)| (path.clone(), text.as_bytes())));
        files.extend(self.payload.iter().map(|(path, bytes)| (format!("{PAYLOAD}{path}"), bytes.as_slice())));
        self.packed(&files)
    }

    /// A short code of the files that the bag is for: the first 16 digits of the SHA-256 of `manifest-sha256.txt`.
    pub fn code(&self) -> String {
        let manifests = self.manifests("", PAYLOAD, &self.payload);
        let of_sha256 = manifests.iter().find(|(name, _)| *name == format!("manifest-{}.txt", Algorithm::Sha256.name()));
        let (_, text) = of_sha256.expect("there is a manifest for every algorithm");
        Algorithm::Sha256.of(text.as_bytes())[..16].to_owned()
    }

    /// Refuses what could not be read back everywhere.
    fn refuse(&self) -> Result<(), Error> {
        let paths = self.payload.iter().chain(&self.tags).map(|(path, _)| path.as_str());
        if let Some(path) = paths.chain([self.name.as_str()]).find(|path| !is_inside(path)) {
            return Err(Error::Path { path: path.into() });
        }
        let is_own =
            |path: &str| [DECLARATION, INFO, FETCH, "data"].contains(&path) || path.starts_with(PAYLOAD) || is_manifest(path);
        if let Some((path, _)) = self.tags.iter().find(|(path, _)| is_own(&path.to_ascii_lowercase())) {
            return Err(Error::Reserved { path: path.clone() });
        }
        distinct(self.payload.iter().map(|(path, _)| path.as_str()))?;
        distinct(self.tags.iter().map(|(path, _)| path.as_str()))?;
        let is_plain = |text: &str| !text.trim().is_empty() && !text.contains(['\r', '\n']);
        let is_element = |(label, value): &&(String, String)| {
            let is_ours = [OXUM, AGENT].iter().any(|own| own.eq_ignore_ascii_case(label));
            is_plain(label) && is_plain(value) && !label.contains(':') && label.trim() == label && !is_ours
        };
        match self.info.iter().find(|element| !is_element(element)) {
            Some((label, _)) => Err(Error::Info { label: label.clone() }),
            None => Ok(()),
        }
    }

    /// The text of `bag-info.txt`.
    fn info(&self) -> String {
        let bytes: usize = self.payload.iter().map(|(_, bytes)| bytes.len()).sum();
        let own = [(OXUM, format!("{bytes}.{}", self.payload.len())), (AGENT, crate::release::PROGRAM.to_owned())];
        let elements = self.info.iter().map(|(label, value)| (label.as_str(), value.clone())).chain(own);
        elements.map(|(label, value)| format!("{label}: {value}\n")).collect()
    }

    /// The manifests of some files, one for each algorithm: their names and texts.
    fn manifests(&self, kind: &str, folder: &str, files: &[(String, impl AsRef<[u8]>)]) -> Vec<(String, String)> {
        let mut files: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_ref())).collect();
        files.sort_unstable();
        let manifest = |algorithm: Algorithm| {
            let line = |(path, bytes): &(&str, &[u8])| format!("{}  {folder}{}\n", algorithm.of(bytes), encoded(path));
            (format!("{kind}manifest-{}.txt", algorithm.name()), files.iter().map(line).collect())
        };
        Algorithm::ALL.into_iter().map(manifest).collect()
    }

    fn packed(&self, files: &BTreeMap<String, &[u8]>) -> Result<Vec<u8>, Error> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let failed = |path: &str| {
            let path = path.to_owned();
            move |source| Error::Zip { path, source }
        };
        if self.payload.is_empty() {
            let path = format!("{}/{PAYLOAD}", self.name);
            zip.add_directory(path.as_str(), options(&path).unix_permissions(0o755)).map_err(failed(&path))?;
        }
        for (path, bytes) in files {
            let path = format!("{}/{path}", self.name);
            zip.start_file(path.as_str(), options(&path)).map_err(failed(&path))?;
            zip.write_all(bytes).map_err(|error| failed(&path)(error.into()))?;
        }
        zip.set_comment(seal::BLANK).map_err(failed(&self.name))?;
        let mut bytes = zip.finish().map_err(failed(&self.name))?.into_inner();
        seal::set(&mut bytes);
        Ok(bytes)
    }
}

/// How a file is packed: without the clock, without the system.
fn options(path: &str) -> SimpleFileOptions {
    let ending = path.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_ascii_lowercase());
    let method = if PACKED.contains(&ending.as_str()) { CompressionMethod::Stored } else { CompressionMethod::Deflated };
    let options = SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::default());
    options.system(System::Unix).unix_permissions(0o644)
}

/// Whether a file is a manifest by its name.
fn is_manifest(path: &str) -> bool {
    algorithm("", path).is_some() || algorithm("tag", path).is_some()
}

/// The algorithm that the name of a manifest tells, where the file is a manifest of this kind: `""` or `"tag"`.
fn algorithm<'a>(kind: &str, path: &'a str) -> Option<&'a str> {
    path.strip_prefix(kind)?.strip_prefix("manifest-")?.strip_suffix(".txt").filter(|name| !name.contains('/'))
}

/// A path as manifests spell it (RFC 8493, 2.1.3).
fn encoded(path: &str) -> String {
    path.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bag() -> Bag {
        let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
        Bag {
            name: "package".into(),
            info: vec![("Bagging-Date".into(), "2025-09-01".into())],
            payload: vec![file("ru/б.pdf", "%PDF-"), file("100%.txt", "all")],
            tags: vec![file("receipt.txt", "received")],
        }
    }

    #[test]
    fn the_same_contents_give_the_same_bytes_in_any_order() {
        let mut turned = bag();
        turned.payload.reverse();
        assert_eq!(bag().write().expect("it is packed"), turned.write().expect("it is packed"));
    }

    #[test]
    fn what_would_be_read_in_another_way_elsewhere_is_refused() {
        for path in ["../a", "/a", "a//b", "a\\b", "C:/a", "", "a/./b"] {
            let payload = vec![(path.to_owned(), Vec::new())];
            assert!(matches!(Bag { payload, ..bag() }.write(), Err(Error::Path { .. })), "{path}");
        }
        for path in ["bagit.txt", "Manifest-md5.txt", "tagmanifest-sha256.txt", "data/a", "data", "fetch.txt"] {
            let tags = vec![(path.to_owned(), Vec::new())];
            assert!(matches!(Bag { tags, ..bag() }.write(), Err(Error::Reserved { .. })), "{path}");
        }
        let payload = vec![("A.txt".to_owned(), Vec::new()), ("a.TXT".to_owned(), Vec::new())];
        assert!(matches!(Bag { payload, ..bag() }.write(), Err(Error::SamePath(_))));
        for (label, value) in [("a:b", "c"), ("a", "b\nc"), ("payload-oxum", "1.1"), ("", "c")] {
            let info = vec![(label.to_owned(), value.to_owned())];
            assert!(matches!(Bag { info, ..bag() }.write(), Err(Error::Info { .. })), "{label}");
        }
    }
}
