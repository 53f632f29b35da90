//! Files that are looked at where they lie: in a folder, or in a ZIP. Number, size and ratio are bounded, and no path leads elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek};

use sha2::{Digest, Sha256, Sha512};
use zip::ZipArchive;
use zip::result::ZipError;

use super::seal::{self, Seal};
use super::{Fault, FaultKind, hexadecimal, is_inside, pieces};
use crate::release::Folder;
use crate::sources::MOST_FILES;

/// The most bytes of all files together, unpacked.
const LARGEST_WHOLE: u64 = 8 << 30;
/// A file that unpacks to more than this many times its packed size …
const LARGEST_RATIO: u64 = 200;
/// … is a trap, once it is larger than this.
const SMALL: u64 = 64 << 20;
/// The most bytes of a file whose text is needed.
const LARGEST_TEXT: u64 = 64 << 20;

/// What a ZIP is read from.
pub trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}

/// The files of a folder or of a ZIP. A folder that is the only one in a ZIP is no part of the paths.
pub struct Files {
    /// The size of each file, by path.
    pub sizes: BTreeMap<String, u64>,
    /// What is wrong with some of them, or with the ZIP.
    pub faults: Vec<Fault>,
    /// Folders that hold nothing.
    pub empty: BTreeSet<String>,
    /// The seal of the ZIP.
    pub seal: Seal,
    /// How many bytes may still be read.
    left: u64,
    home: Home,
}

/// Where the files lie.
enum Home {
    Folder(Folder),
    Zip {
        archive: ZipArchive<Box<dyn Source>>,
        /// The position and the packed size of each file, by path.
        places: BTreeMap<String, (usize, u64)>,
    },
    /// The ZIP is so damaged that no file is found.
    Nowhere,
}

/// The checksums of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksums {
    /// How many bytes it has.
    pub size: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// SHA-512, hexadecimal.
    pub sha512: String,
}

impl Files {
    /// The files of a folder.
    pub fn of_folder(folder: Folder) -> Self {
        let faults = folder.strange.iter().map(|path| Fault::new(FaultKind::NoFile, path, ""));
        Self {
            sizes: folder.files.clone(),
            faults: faults.collect(),
            empty: folder.empty.iter().cloned().collect(),
            seal: Seal::None,
            left: LARGEST_WHOLE,
            home: Home::Folder(folder),
        }
    }

    /// The files of a ZIP, whatever is wrong with it; `None` for what is no ZIP at all.
    ///
    /// # Errors
    /// When the source cannot be read.
    pub fn of_zip(mut source: Box<dyn Source>) -> io::Result<Option<Self>> {
        let end = seal::look(&mut *source)?;
        source.rewind()?;
        let mut head = Vec::new();
        (&mut *source).take(4).read_to_end(&mut head)?;
        source.rewind()?;
        if end.is_none() && ![b"PK\x03\x04", b"PK\x05\x06"].iter().any(|magic| head == magic.as_slice()) {
            return Ok(None);
        }
        let mut files = Self {
            sizes: BTreeMap::new(),
            faults: Vec::new(),
            empty: BTreeSet::new(),
            seal: end.map_or(Seal::Broken, |end| end.seal),
            left: LARGEST_WHOLE,
            home: Home::Nowhere,
        };
        if files.seal == Seal::Broken {
            files.fault(FaultKind::Archive, "", "");
        }
        let archive = ZipArchive::new(source).ok().filter(|_| end.is_some());
        match archive {
            Some(archive) if archive.len() > MOST_FILES => files.fault(FaultKind::TooLarge, "", &archive.len().to_string()),
            Some(archive) => {
                if end.and_then(|end| end.listed).is_some_and(|listed| listed != archive.len()) {
                    files.fault(FaultKind::Archive, "", "");
                }
                files.list(archive);
            }
            None => files.fault(FaultKind::Archive, "", ""),
        }
        Ok(Some(files))
    }

    /// The checksums of a file; a fault when it cannot be read to its end or is too large.
    pub fn checksums(&mut self, path: &str) -> Result<Checksums, Fault> {
        let (mut short, mut long) = (Sha256::new(), Sha512::new());
        let size = self.read(path, |bytes| {
            short.update(bytes);
            long.update(bytes);
        })?;
        Ok(Checksums { size, sha256: hexadecimal(&short.finalize()), sha512: hexadecimal(&long.finalize()) })
    }

    /// The bytes of a file whose text is needed; `None` where there is none.
    pub fn bytes(&mut self, path: &str) -> Result<Option<Vec<u8>>, Fault> {
        match self.sizes.get(path) {
            None => return Ok(None),
            Some(&size) if size > LARGEST_TEXT => return Err(Fault::new(FaultKind::TooLarge, path, size.to_string())),
            Some(_) => {}
        }
        let mut all = Vec::new();
        self.read(path, |bytes| {
            // A ZIP may lie about the sizes of its files.
            if (all.len() as u64) <= LARGEST_TEXT {
                all.extend_from_slice(bytes);
            }
        })?;
        if all.len() as u64 > LARGEST_TEXT {
            return Err(Fault::new(FaultKind::TooLarge, path, all.len().to_string()));
        }
        Ok(Some(all))
    }

    /// Lists the files of a ZIP.
    fn list(&mut self, mut archive: ZipArchive<Box<dyn Source>>) {
        let mut found: Vec<(String, usize, u64, u64)> = Vec::new();
        for place in 0..archive.len() {
            let Ok(file) = archive.by_index_raw(place) else {
                self.fault(FaultKind::Archive, "", "");
                continue;
            };
            let name = String::from_utf8_lossy(file.name_raw()).into_owned();
            let path = name.strip_suffix('/').unwrap_or(&name);
            if !is_inside(path) || std::str::from_utf8(file.name_raw()).is_err() {
                self.fault(FaultKind::Outside, &name, "");
            } else if file.is_symlink() || file.encrypted() {
                self.fault(FaultKind::NoFile, &name, "");
            } else if file.is_dir() {
                self.empty.insert(path.to_owned());
            } else {
                found.push((name, place, file.size(), file.compressed_size()));
            }
        }
        let top = only_folder(&found, &self.empty);
        let inside = |name: &str| name[top..].to_owned();
        let holds =
            |folder: &str| found.iter().any(|(name, ..)| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
        self.empty.retain(|folder| !holds(folder));
        self.empty = self.empty.iter().filter(|folder| folder.len() > top).map(|folder| inside(folder)).collect();
        self.sizes = found.iter().map(|(name, _, size, _)| (inside(name), *size)).collect();
        let places = found.iter().map(|(name, place, _, packed)| (inside(name), (*place, *packed))).collect();
        self.home = Home::Zip { archive, places };
    }

    /// Reads a file piece by piece; returns how many bytes it has.
    fn read(&mut self, path: &str, mut take: impl FnMut(&[u8])) -> Result<u64, Fault> {
        let unreadable = || Fault::new(FaultKind::Unreadable, path, "");
        let (size, most) = match &mut self.home {
            Home::Folder(folder) => {
                let most = self.left;
                (pieces(folder.open(path).map_err(|_| unreadable())?, most, &mut take), most)
            }
            Home::Zip { archive, places } => {
                let &(place, packed) = places.get(path).ok_or_else(unreadable)?;
                let most = self.left.min(SMALL.max(packed.saturating_mul(LARGEST_RATIO)));
                let file = archive.by_index(place).map_err(|error| match error {
                    // What no file of ours is packed with.
                    ZipError::UnsupportedArchive(_) => Fault::new(FaultKind::NoFile, path, ""),
                    _ => unreadable(),
                })?;
                (pieces(file, most, &mut take), most)
            }
            Home::Nowhere => return Err(unreadable()),
        };
        let size = size.map_err(|_| unreadable())?;
        if size > most {
            return Err(Fault::new(FaultKind::TooLarge, path, size.to_string()));
        }
        self.left -= size;
        Ok(size)
    }

    fn fault(&mut self, kind: FaultKind, file: &str, detail: &str) {
        let fault = Fault::new(kind, file, detail);
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }
}

/// How much of the paths is the folder in which all of them lie, with its `/`; 0 where there is none.
fn only_folder(files: &[(String, usize, u64, u64)], empty: &BTreeSet<String>) -> usize {
    let first = files.iter().map(|(name, ..)| name).chain(empty).next();
    let top = first.and_then(|name| name.split('/').next()).unwrap_or_default();
    let lies_in = |path: &str| path.strip_prefix(top).is_some_and(|rest| rest.starts_with('/'));
    let all = files.iter().all(|(name, ..)| lies_in(name)) && empty.iter().all(|name| name == top || lies_in(name));
    if all && !top.is_empty() { top.len() + 1 } else { 0 }
}
