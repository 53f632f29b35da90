//! The reader of a run's files: this process, or workers that keep to bounds.

use encoding_rs::Encoding;

use super::archive::Contents;
use super::fault::Fault;
use super::file;
use super::sheet::Sheet;
use super::text::Script;
use super::workers::{Bounds, Workers};
use crate::sources::BinaryFile;

/// The reader of the offices' files.
pub enum Reader {
    /// This process itself: for tests, and for programs that trust the files. A file that makes the reader hang or fill the memory takes
    /// the whole process with it.
    InProcess,
    /// Worker processes, which keep to bounds of time and memory whatever a file makes them do.
    Workers(Workers),
}

impl Reader {
    /// The sheets of a workbook or of a table of text.
    ///
    /// # Errors
    /// Why the file gives none.
    pub fn read(&self, file: &BinaryFile, script: &Script) -> Result<Vec<Sheet>, Fault> {
        match self {
            Reader::InProcess => file::sheets(file.name.as_str(), &file.bytes, script),
            Reader::Workers(workers) => workers.sheets(file, script),
        }
    }

    /// The bounds on reading.
    pub fn bounds(&self) -> Bounds {
        match self {
            Reader::InProcess => Bounds::default(),
            Reader::Workers(workers) => workers.bounds(),
        }
    }

    /// The system's error, when it prevented the reading of a file that may be fine: then what was read is incomplete and must not be used.
    pub fn refused(&self) -> Option<&std::io::Error> {
        match self {
            Reader::InProcess => None,
            Reader::Workers(workers) => workers.refused(),
        }
    }

    /// The files in a zip of workbooks.
    pub(super) fn unpack(&self, file: &BinaryFile, encoding: &'static Encoding) -> Result<Contents, Fault> {
        match self {
            Reader::InProcess => file::contents(&file.bytes, encoding),
            Reader::Workers(workers) => workers.contents(file, encoding),
        }
    }
}
