//! The archive of a part being written. Files come in any order, from any thread, and stand in the order of their positions: the same part
//! gives the same bytes. They are stored as they are, so whoever reads an archive never needs more memory than it has bytes.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Mutex;

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::{Asked, MANIFEST, Manifest, Piece, README, Share, Stamp};
use crate::digest::sha256;
use crate::release::{self, Begun, Shelf};

/// How many bytes a ZIP has before the name of its first file.
const HEAD: usize = 30;

/// An archive being written. Dropped before [`Draft::publish`], it leaves nothing on the disk.
pub struct Draft<'a> {
    place: PathBuf,
    state: Mutex<State<'a>>,
}

struct State<'a> {
    zip: ZipWriter<Begun<'a>>,
    manifest: Manifest,
    /// The position that is written next.
    next: usize,
    /// What came before its turn.
    waiting: BTreeMap<usize, Vec<Made>>,
}

/// A file that was made.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// Its path in the release.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How many pages a document has.
    pub pages: Option<usize>,
    /// The edition in which a document came.
    pub edition: Option<u32>,
    /// What a page for a browser follows from besides the stamp.
    pub ground: Option<String>,
}

impl<'a> Draft<'a> {
    /// Begins the archive of a part on a shelf.
    ///
    /// # Errors
    /// When something else stands in its place, or nothing can be written.
    pub fn begin(shelf: &'a Shelf, share: Share, asked: Asked, stamp: Stamp) -> Result<Self, release::Error> {
        let is_own = |head: &[u8]| head.starts_with(b"PK\x03\x04") && head[HEAD.min(head.len())..].starts_with(README.as_bytes());
        let begun = shelf.begin_file(&asked.name(share), is_own)?;
        let place = begun.place().to_owned();
        let readme = format!(
            "Part {} of {} of what `{}` makes for {}. `esep merge` joins the parts.\n",
            share.number(),
            share.of(),
            release::PROGRAM,
            asked.period
        );
        let manifest = Manifest { share, asked, stamp, pieces: Vec::new() };
        let mut state = State { zip: ZipWriter::new(begun), manifest, next: 0, waiting: BTreeMap::new() };
        state.store(README, readme.as_bytes()).map_err(failed(&place))?;
        Ok(Self { place, state: Mutex::new(state) })
    }

    /// Puts the files at a position into the archive: none where nothing could be made. Every position gets its files once, from 0 on.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn put(&self, position: usize, files: Vec<Made>) -> Result<(), release::Error> {
        let mut state = self.state.lock().expect("no thread panics while it holds the lock");
        state.waiting.insert(position, files);
        state.write_waiting().map_err(failed(&self.place))
    }

    /// Puts the archive in its place.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn publish(self) -> Result<PathBuf, release::Error> {
        let mut state = self.state.into_inner().expect("no thread panicked");
        assert!(state.waiting.is_empty(), "every position got its files");
        let manifest = serde_json::to_vec_pretty(&state.manifest).expect("the manifest is plain data");
        state.store(MANIFEST, &manifest).map_err(failed(&self.place))?;
        state.zip.finish().map_err(failed(&self.place))?.publish()
    }
}

impl State<'_> {
    /// Writes what is waiting as far as its turn has come.
    fn write_waiting(&mut self) -> Result<(), ZipError> {
        while let Some(files) = self.waiting.remove(&self.next) {
            self.next += 1;
            for Made { path, bytes, pages, edition, ground } in files {
                self.store(&path, &bytes)?;
                let (size, sha256) = (bytes.len() as u64, sha256(&bytes));
                self.manifest.pieces.push(Piece { path, size, sha256, pages, edition, ground });
            }
        }
        Ok(())
    }

    fn store(&mut self, path: &str, bytes: &[u8]) -> Result<(), ZipError> {
        // Without the clock, without the system.
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let options = options.last_modified_time(DateTime::default()).system(System::Unix).unix_permissions(0o644);
        self.zip.start_file(path, options)?;
        self.zip.write_all(bytes)?;
        Ok(())
    }
}

/// The error for what went wrong with the archive.
fn failed(place: &std::path::Path) -> impl FnOnce(ZipError) -> release::Error {
    let path = place.to_owned();
    move |error| {
        let source = match error {
            ZipError::Io(error) => error,
            other => io::Error::other(other),
        };
        release::Error::Write { path, source }
    }
}
