//! A zip of workbooks: its files become submissions of their own. Number, size and ratio are bounded while it is unpacked.

use std::collections::HashSet;
use std::io::{Cursor, Read};

use encoding_rs::{Encoding, IBM866, WINDOWS_1251};
use serde::{Deserialize, Serialize};
use zip::ZipArchive;

use super::fault::Fault;
use super::package::{all_of, listed};
use crate::diagnostic::CauseKind;
use crate::sources::{LARGEST_FILE, is_passed_over};
use crate::worker::Block;

/// The most files in an archive; there are fewer offices.
const MOST_FILES: usize = 2_000;
/// The most bytes of all files of an archive together, unpacked.
const LARGEST_WHOLE: u64 = 200 << 20;
/// A file that unpacks to more than this many times its packed size …
const LARGEST_RATIO: u64 = 200;
/// … is a trap, once it is larger than this.
const SMALL: u64 = 4 << 20;

/// The files of an archive.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Contents {
    /// Path in the archive, and bytes; in the order of the paths.
    pub files: Vec<(String, Block)>,
    /// The paths of lock files, hidden files and what systems add on their own.
    pub passed_over: Vec<String>,
}

/// Unpacks a zip of workbooks; `encoding` is used for names that are not Unicode.
pub fn contents(bytes: &[u8], encoding: &'static Encoding) -> Result<Contents, Fault> {
    let torn = || {
        Fault::other("expected an archive, found a damaged one or a part", "ask the office to send it again, whole")
            .because(CauseKind::TornFile)
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| torn())?;
    if archive.len() > MOST_FILES {
        return Err(Fault::bound(format!("expected at most {MOST_FILES} files in an archive, found {}", archive.len())));
    }
    if listed(bytes).is_some_and(|listed| listed != archive.len()) {
        let message = "expected files of different names in an archive, found several of one name";
        let hint = "give each file a name of its own, and pack them again";
        return Err(Fault::other(message, hint).because(CauseKind::FilesOfOneName));
    }
    let mut contents = Contents::default();
    let mut names = HashSet::new();
    let mut whole = 0;
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(|_| torn())?;
        if file.is_dir() {
            continue;
        }
        let mut name = path(&decoded(file.name_raw(), encoding));
        let (encrypted, packed) = (file.encrypted(), file.compressed_size());
        drop(file);
        if name.split('/').any(is_passed_over) {
            contents.passed_over.push(name);
            continue;
        }
        if encrypted {
            return Err(Fault::protected());
        }
        // An archive may lie about the sizes of its files, so the bytes themselves are counted.
        let most = LARGEST_FILE.min(SMALL.max(packed.saturating_mul(LARGEST_RATIO))).min(LARGEST_WHOLE - whole);
        let file = archive.by_index(index).map_err(|_| torn())?;
        let damaged = || {
            let message = format!("expected an archive, found that `{name}` in it was damaged on the way: its checksum is wrong");
            Fault::other(message, "ask the office to send it again").because(CauseKind::TornFile)
        };
        let unpacked = all_of(&mut file.take(most + 1)).map_err(|_| damaged())?;
        if unpacked.len() as u64 > most {
            return Err(Fault::bound(format!(
                "expected workbooks in an archive, found that `{name}` of {packed} bytes unpacks to more than {} MB",
                most >> 20
            )));
        }
        whole += unpacked.len() as u64;
        while !names.insert(name.clone()) {
            // Two files may have one name: both are read, and each has a name of its own in the findings.
            name.insert(0, '+');
        }
        contents.files.push((name, Block(unpacked)));
    }
    contents.files.sort_by(|(left, _), (right, _)| left.cmp(right));
    contents.passed_over.sort();
    Ok(contents)
}

/// The text of a name. Archives of older systems do not name the encoding: it is that of the console or that of the windows.
fn decoded(name: &[u8], encoding: &'static Encoding) -> String {
    if let Ok(text) = std::str::from_utf8(name) {
        return text.to_owned();
    }
    let windows = encoding.decode_without_bom_handling(name).0;
    if encoding != WINDOWS_1251 {
        return windows.into_owned();
    }
    let console = IBM866.decode_without_bom_handling(name).0;
    // Decoded by the wrong one of the two, letters become frames, signs and letters of neighbouring languages.
    let strange =
        |text: &str| text.chars().filter(|&letter| !letter.is_ascii() && !('\u{410}'..='\u{44f}').contains(&letter)).count();
    if strange(&windows) < strange(&console) { windows.into_owned() } else { console.into_owned() }
}

/// A path with `/` between its parts that cannot lead out of the archive.
fn path(name: &str) -> String {
    let name: String = name.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect();
    let parts: Vec<&str> = name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | "..")).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_age_are_decoded() {
        for text in ["Отчёт за год.xlsx", "ОТЧЕТ.xls", "сводка"] {
            assert_eq!(decoded(text.as_bytes(), WINDOWS_1251), text);
            assert_eq!(decoded(&WINDOWS_1251.encode(text).0, WINDOWS_1251), text);
        }
        // `encoding_rs` does not write console encodings: this is «сводка» in code page 866.
        assert_eq!(decoded(&[0xE1, 0xA2, 0xAE, 0xA4, 0xAA, 0xA0], WINDOWS_1251), "сводка");
    }

    #[test]
    fn no_path_leaves_the_archive() {
        assert_eq!(path("../../etc/./passwd"), "etc/passwd");
        assert_eq!(path("C:\\a\\b.xls"), "C:/a/b.xls");
    }
}
