//! The archives of parts, as they came: opened, judged together, and read. They are not trusted: what they say of sizes and places is held
//! against the bytes that are there, and no file in them is larger than they are.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::{Asked, Fault, MANIFEST, Manifest, Piece, README, Stamp, files, mark};
use crate::diagnostic::list_some;
use crate::digest::{sha256, sha256_of};
use crate::release::{self, Found, look};
use crate::sources::Sources;

/// The largest manifest that is read.
const LARGEST_MANIFEST: u64 = 1 << 30;
/// So many missing parts are named one by one.
const MOST_NAMED: usize = 20;

/// The archives that came, each looked at by itself.
#[derive(Debug)]
pub struct Opened {
    archives: Vec<Archive>,
    faults: Vec<Fault>,
    /// The names of the archives that could not be opened.
    broken: BTreeSet<String>,
}

/// An archive of a part.
#[derive(Debug)]
struct Archive {
    path: PathBuf,
    manifest: Manifest,
    /// Where the bytes of each file begin, in the order of the manifest's files.
    starts: Vec<u64>,
}

/// The parts of a release: all of them, made as the release would be made here.
#[derive(Debug)]
pub struct Parts {
    archives: Vec<PathBuf>,
    places: BTreeMap<String, (usize, u64, Piece)>,
    taken: AtomicUsize,
}

/// A file of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How many pages a document has.
    pub pages: Option<usize>,
    /// The edition in which a document came.
    pub edition: Option<u32>,
}

/// Opens archives and compares all bytes in them with what their manifests say.
pub fn open(paths: &[PathBuf]) -> Opened {
    let mut opened = Opened { archives: Vec::new(), faults: Vec::new(), broken: BTreeSet::new() };
    let paths: BTreeSet<&PathBuf> = paths.iter().collect();
    for path in paths {
        match Archive::open(path) {
            Ok(archive) => opened.archives.push(archive),
            Err(fault) => {
                opened.faults.push(fault);
                opened.broken.extend(path.file_name().map(|name| name.to_string_lossy().into_owned()));
            }
        }
    }
    for archive in &opened.archives {
        match archive.altered() {
            Ok(files) if files.is_empty() => {}
            Ok(files) => opened.faults.push(Fault::Altered { archive: archive.name(), files }),
            Err(error) => opened.faults.push(Fault::Unreadable { archive: archive.name(), reason: error.to_string() }),
        }
    }
    opened
}

impl Opened {
    /// What was asked for; `None` where no archive could be opened.
    pub fn asked(&self) -> Option<&Asked> {
        self.archives.first().map(|archive| &archive.manifest.asked)
    }

    /// What is wrong with archives by themselves.
    pub fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    /// Joins the archives, if all parts are there and were made from this project.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn join(self, stamp: &Stamp, sources: &Sources) -> Result<Parts, Vec<Fault>> {
        let Self { archives, mut faults, broken } = self;
        let Some(first) = archives.first() else { return Err(faults) };
        let mut known: BTreeMap<u32, &Archive> = BTreeMap::new();
        for archive in &archives {
            let options = archive.manifest.differing_options(&first.manifest);
            if !options.is_empty() {
                faults.push(Fault::OtherOptions { archive: archive.name(), first: first.name(), what: options });
                continue;
            }
            let foreign = archive.foreign(stamp, sources);
            let is_foreign = !foreign.is_empty();
            faults.extend(foreign);
            let number = archive.manifest.share.number();
            let twin = known.entry(number).or_insert(archive);
            let differing = archive.manifest.differing_files(&twin.manifest);
            if !is_foreign && !differing.is_empty() {
                let (archive, other) = (archive.name(), twin.name());
                faults.push(Fault::Differing { archive: other, other: archive, number, files: differing });
            }
        }
        faults.extend(missing(&first.manifest, &known, &broken));
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut places = BTreeMap::new();
        for (position, archive) in known.values().enumerate() {
            let pieces = archive.manifest.pieces.iter().zip(&archive.starts);
            places.extend(pieces.map(|(piece, &start)| (piece.path.clone(), (position, start, piece.clone()))));
        }
        let archives = known.values().map(|archive| archive.path.clone()).collect();
        Ok(Parts { archives, places, taken: AtomicUsize::new(0) })
    }
}

/// The parts that are not there; a part whose archive could not be opened has been told of.
fn missing(manifest: &Manifest, known: &BTreeMap<u32, &Archive>, broken: &BTreeSet<String>) -> Vec<Fault> {
    let of = manifest.share.of();
    let absent = (1..=of).filter(|number| !known.contains_key(number)).filter_map(|number| {
        let name = manifest.asked.name((number, of).try_into().ok()?);
        (!broken.contains(&name)).then_some(Fault::Missing { number, of, name })
    });
    absent.take(MOST_NAMED).collect()
}

impl Archive {
    fn open(path: &Path) -> Result<Self, Fault> {
        let archive = path.display().to_string();
        let unreadable = |error: io::Error| Fault::Unreadable { archive: archive.clone(), reason: error.to_string() };
        let not_whole = |reason: &str| Fault::NotWhole { archive: archive.clone(), reason: reason.to_owned() };
        let mut file = opened(path).map_err(unreadable)?;
        let length = file.seek(SeekFrom::End(0)).map_err(unreadable)?;
        let has_no_end = || not_whole("its end is missing, or it is no ZIP");
        let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|error| match error {
            ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => unreadable(error),
            _ => has_no_end(),
        })?;
        // What is left of an archive may end with a workbook in it, which is a ZIP, too.
        if zip.offset() > 0 {
            return Err(has_no_end());
        }
        let found = members(&mut zip).map_err(|name| not_whole(&format!("`{name}` in it cannot be used")))?;
        let whole = found.values().try_fold(0_u64, |sum, (_, size)| sum.checked_add(*size));
        if whole.is_none_or(|whole| whole > length) {
            return Err(not_whole("its files are larger than itself"));
        }
        let mut zip = zip.into_inner();
        let manifest: Manifest = match found.get(MANIFEST) {
            Some(&(start, size)) if size <= LARGEST_MANIFEST => {
                let bytes = bytes(&mut zip, start, size).map_err(unreadable)?;
                serde_json::from_slice(&bytes).map_err(|_| not_whole("another version of esep made it, or it was changed"))?
            }
            Some(_) | None => return Err(not_whole("it does not say of which part it is")),
        };
        let listed: BTreeSet<&str> = manifest.pieces.iter().map(|piece| piece.path.as_str()).collect();
        let is_known = |name: &&String| listed.contains(name.as_str()) || [MANIFEST, README].contains(&name.as_str());
        if let Some(stranger) = found.keys().find(|name| !is_known(name)) {
            return Err(not_whole(&format!("`{stranger}` in it was not put there by esep")));
        }
        let start = |piece: &Piece| found.get(&piece.path).filter(|(_, size)| *size == piece.size).map(|(start, _)| *start);
        let starts: Option<Vec<u64>> = manifest.pieces.iter().map(start).collect();
        let starts = starts.filter(|_| listed.len() == manifest.pieces.len());
        let starts = starts.ok_or_else(|| not_whole("it does not hold what it says"))?;
        Ok(Self { path: path.into(), manifest, starts })
    }

    /// Its path, for messages.
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The files that are not what was written.
    fn altered(&self) -> io::Result<Vec<String>> {
        let mut file = opened(&self.path)?;
        let mut altered = Vec::new();
        for (piece, &start) in self.manifest.pieces.iter().zip(&self.starts) {
            file.seek(SeekFrom::Start(start))?;
            if sha256_of((&mut file).take(piece.size))? != (piece.sha256.clone(), piece.size) {
                altered.push(piece.path.clone());
            }
        }
        Ok(altered)
    }

    /// Why it was not made from this project by this program.
    fn foreign(&self, stamp: &Stamp, sources: &Sources) -> Vec<Fault> {
        let (archive, own) = (self.name(), &self.manifest.stamp);
        if own.program != stamp.program {
            let (theirs, ours) = (short(&own.program), short(&stamp.program));
            return vec![Fault::OtherProgram { archive, theirs, ours }];
        }
        if own.files != stamp.files {
            return vec![Fault::OtherFiles { archive, files: differing_files(own, sources) }];
        }
        if own.findings != stamp.findings { vec![Fault::OtherFindings { archive }] } else { Vec::new() }
    }
}

impl Manifest {
    /// What was asked for in another way.
    fn differing_options(&self, other: &Self) -> Vec<&'static str> {
        let Asked { what, period, regions, levels, languages, units, date, site } = &self.asked;
        let told = &other.asked;
        let all = [
            ("number of parts", self.share.of() == other.share.of()),
            ("audience or kind of documents", *what == told.what),
            ("period", *period == told.period),
            ("`--region`", *regions == told.regions),
            ("`--level`", *levels == told.levels),
            ("`--language`", *languages == told.languages),
            ("`--unit`", *units == told.units),
            ("`--date`", *date == told.date),
            ("`--no-site`", *site == told.site),
        ];
        all.into_iter().filter(|(_, is_same)| !is_same).map(|(name, _)| name).collect()
    }

    /// The files that only one of two archives holds, or that differ.
    fn differing_files(&self, other: &Self) -> Vec<String> {
        let by_path = |manifest: &Self| manifest.pieces.iter().map(|piece| (piece.path.clone(), piece.clone())).collect();
        let (own, others): (BTreeMap<String, Piece>, BTreeMap<String, Piece>) = (by_path(self), by_path(other));
        let paths: BTreeSet<&String> = own.keys().chain(others.keys()).collect();
        paths.into_iter().filter(|&path| own.get(path) != others.get(path)).cloned().collect()
    }
}

/// Which files differ, in words: those of the project are named, others can only be counted.
fn differing_files(stamp: &Stamp, sources: &Sources) -> String {
    let own: BTreeMap<String, String> = files(sources).into_iter().map(|file| (mark(&file), file.path)).collect();
    let here: Vec<&String> = own.iter().filter(|(mark, _)| !stamp.files.contains(*mark)).map(|(_, path)| path).collect();
    let there = stamp.files.iter().filter(|mark| !own.contains_key(*mark)).count();
    let there = match there {
        0 => None,
        1 => Some("one of theirs is not here".to_owned()),
        more => Some(format!("{more} of theirs are not here")),
    };
    let here = (!here.is_empty()).then(|| format!("they lack {} as it stands here", list_some(&here)));
    [here, there].into_iter().flatten().collect::<Vec<String>>().join(", and ")
}

/// A program, short enough to be read.
fn short(program: &str) -> String {
    program.chars().take(24).collect()
}

/// Where the bytes of each file of a ZIP begin, and how many there are; the name of a file that cannot be used.
fn members(zip: &mut ZipArchive<impl Read + Seek>) -> Result<BTreeMap<String, (u64, u64)>, String> {
    let mut found = BTreeMap::new();
    for position in 0..zip.len() {
        let unknown = || format!("file {}", position + 1);
        let file = zip.by_index_raw(position).map_err(|_| unknown())?;
        let name = file.name().map_err(|_| unknown())?.into_owned();
        let is_plain =
            file.compression() == CompressionMethod::Stored && !file.encrypted() && file.compressed_size() == file.size();
        let start = file.data_start().filter(|_| is_plain).ok_or_else(|| name.clone())?;
        if found.insert(name.clone(), (start, file.size())).is_some() {
            return Err(name);
        }
    }
    Ok(found)
}

fn opened(path: &Path) -> io::Result<impl Read + Seek> {
    match look(path)? {
        Found::File(file) => Ok(file),
        Found::Folder(_) => Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")),
    }
}

/// Some bytes of a file.
fn bytes(file: &mut (impl Read + Seek), start: u64, size: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(size).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl Parts {
    /// The document at a path; `None` where its part could not make it.
    ///
    /// # Errors
    /// When the archive cannot be read any more, or has changed.
    pub fn document(&self, path: &str) -> Result<Option<Taken>, release::Error> {
        self.places.get(path).filter(|(_, _, piece)| piece.pages.is_some()).map(|place| self.take(place)).transpose()
    }

    /// The file at a path that stands beside a document.
    ///
    /// # Errors
    /// Those of [`Parts::document`].
    pub fn beside(&self, path: &str) -> Result<Option<Taken>, release::Error> {
        let is_beside = |piece: &Piece| piece.pages.is_none() && piece.ground.is_none();
        self.places.get(path).filter(|(_, _, piece)| is_beside(piece)).map(|place| self.take(place)).transpose()
    }

    /// The page at a path, if it follows from the same as here.
    ///
    /// # Errors
    /// Those of [`Parts::document`].
    pub fn page(&self, path: &str, ground: &str) -> Result<Option<Taken>, release::Error> {
        let is_same = |piece: &Piece| piece.ground.as_deref() == Some(ground);
        self.places.get(path).filter(|(_, _, piece)| is_same(piece)).map(|place| self.take(place)).transpose()
    }

    /// How many files were taken.
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    fn take(&self, (archive, start, piece): &(usize, u64, Piece)) -> Result<Taken, release::Error> {
        let path = &self.archives[*archive];
        let failed = |source| release::Error::Read { path: path.clone(), source };
        let bytes = opened(path).and_then(|mut file| bytes(&mut file, *start, piece.size)).map_err(failed)?;
        if sha256(&bytes) != piece.sha256 {
            return Err(failed(io::Error::other(format!("`{}` in it has changed since it was looked at", piece.path))));
        }
        self.taken.fetch_add(1, Ordering::Relaxed);
        Ok(Taken { bytes, pages: piece.pages, edition: piece.edition })
    }
}
