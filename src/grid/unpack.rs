//! Zips of workbooks are replaced by the workbooks in them, before anything is read.

use encoding_rs::Encoding;
use rayon::prelude::*;

use super::archive::Contents;
use super::file::is_archive;
use super::reader::Reader;
use crate::diagnostic::{Diagnostic, FileName};
use crate::letters::composed;
use crate::sources::{BinaryFile, Sources, passed_over};
use crate::worker::Block;

/// Replaces every archive by its files, as `file.zip/inner.xlsx`; `encoding` is used for names that are not Unicode. An archive that cannot
/// be unpacked stays, and is reported when it is read.
pub fn unpack(encoding: &'static Encoding, sources: &mut Sources, reader: &Reader, diagnostics: &mut Vec<Diagnostic>) {
    for files in sources.inputs.values_mut() {
        if !files.iter().any(|file| is_archive(file.name.as_str())) {
            continue;
        }
        let unpacked: Vec<Option<Contents>> = files
            .par_iter()
            .map(|file| is_archive(file.name.as_str()).then(|| reader.unpack(file, encoding).ok()).flatten())
            .collect();
        let mut whole = Vec::new();
        for (file, contents) in std::mem::take(files).into_iter().zip(unpacked) {
            // An archive without files stays too, and is reported when it is read.
            let Some(contents) = contents.filter(|contents| !contents.files.is_empty()) else {
                whole.push(file);
                continue;
            };
            if !contents.passed_over.is_empty() {
                sources.set_aside.hidden += contents.passed_over.len();
                diagnostics.push(passed_over(file.name.clone(), &contents.passed_over));
            }
            let inner = |(path, bytes): (String, Block)| BinaryFile {
                name: FileName::new(&*composed(&format!("{}/{path}", file.name))),
                bytes: bytes.0,
            };
            whole.extend(contents.files.into_iter().map(inner));
        }
        whole.sort_by(|left, right| left.name.cmp(&right.name));
        *files = whole;
    }
}
