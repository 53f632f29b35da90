//! What kind of file it is, told by its contents: offices rename files, so endings may lie.

use std::collections::HashSet;
use std::io::{Cursor, Read};

use memchr::memmem;
use zip::ZipArchive;

use super::fault::{Fault, SAVE_AGAIN};
use super::package::plain;
use super::xls;
use crate::diagnostic::CauseKind;

/// A kind of file that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
    Text,
    /// A zip of workbooks.
    Archive,
}

/// The start of a compound file, in which `.xls` and encrypted workbooks lie.
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// The first bytes of files that offices take for workbooks, and what these files are.
const STRANGERS: [(&[u8], &str); 9] = [
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text document"),
    (b"\x89PNG", "a picture"),
    (b"\xFF\xD8\xFF", "a picture"),
    (b"GIF8", "a picture"),
    (b"Rar!", "an archive of the kind RAR"),
    (b"7z\xBC\xAF\x27\x1C", "an archive of the kind 7z"),
    (b"\x1F\x8B", "an archive of the kind gzip"),
    (b"MIME-Version:", "a web page"),
];

/// The kind of a file, by its first bytes or, where these tell nothing, by its ending.
pub fn of(bytes: &[u8], extension: &str) -> Result<Kind, Fault> {
    let named = match extension {
        "xlsx" | "xlsm" => Kind::Xlsx,
        "xlsb" => Kind::Xlsb,
        "xls" => Kind::Xls,
        "ods" => Kind::Ods,
        "csv" | "tsv" | "txt" => Kind::Text,
        "zip" => Kind::Archive,
        _ => return Err(unknown_ending(extension)),
    };
    if bytes.is_empty() && named != Kind::Text {
        let empty = Fault::other("expected a workbook, found a file without contents", "ask the office to send it again");
        return Err(empty.because(CauseKind::EmptyFile));
    }
    if bytes.starts_with(COMPOUND) {
        return compound(bytes);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return match (zipped(bytes)?, named) {
            (Kind::Archive, Kind::Xlsx | Kind::Xlsb | Kind::Xls | Kind::Ods | Kind::Text) => Err(Fault::archive_instead()),
            (kind, _) => Ok(kind),
        };
    }
    if let Some((_, what)) = STRANGERS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(other_kind(what));
    }
    if let Some(fault) = markup(bytes) {
        return Err(fault);
    }
    match named {
        Kind::Text => Ok(Kind::Text),
        // Old workbooks may come without a compound file around them; then they begin with their first record.
        Kind::Xls if xls::is_stream(bytes) => Ok(Kind::Xls),
        Kind::Xlsx | Kind::Xlsb | Kind::Xls | Kind::Ods if is_text(bytes) => Ok(Kind::Text),
        Kind::Xlsx | Kind::Xlsb | Kind::Xls | Kind::Ods | Kind::Archive => Err(Fault::damaged()),
    }
}

fn other_kind(what: &str) -> Fault {
    Fault::other(format!("expected a workbook, found {what}"), "ask the office for the workbook itself")
        .because(CauseKind::OtherKindOfFile)
}

fn unknown_ending(extension: &str) -> Fault {
    Fault::other(
        match extension {
            "" => "expected a spreadsheet, found a file without an ending".into(),
            _ => format!("expected a spreadsheet, found a file `.{extension}`"),
        },
        "save it as .xlsx, .xlsm, .xlsb, .xls, .ods, .csv, .tsv or .txt, or take it out of `inputs/`",
    )
    .because(CauseKind::OtherKindOfFile)
}

/// The kind of a compound file, by the names of its streams: they are in UTF-16, and some programs use capitals only.
fn compound(bytes: &[u8]) -> Result<Kind, Fault> {
    let folded = bytes.to_ascii_lowercase();
    let names = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        memmem::find(&folded, &wide).is_some()
    };
    if names("encryptedpackage") {
        Err(Fault::encrypted())
    } else if names("workbook") || names("book") {
        Ok(Kind::Xls)
    } else if names("worddocument") || names("powerpoint document") {
        Err(other_kind("a text document or slides"))
    } else {
        Err(Fault::damaged())
    }
}

/// The kind of a zip, by its parts.
fn zipped(bytes: &[u8]) -> Result<Kind, Fault> {
    let torn = || {
        Fault::other("expected a workbook, found the torn part of one", "ask the office to send the file again, whole")
            .because(CauseKind::TornFile)
    };
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| torn())?;
    // What is left of an archive of workbooks may end with one of them, which is a zip, too: the others would be lost.
    if archive.offset() > 0 {
        return Err(torn());
    }
    if archive.is_empty() {
        return Err(Fault::empty_archive());
    }
    let names: HashSet<String> = archive.file_names().flatten().map(|name| plain(&name)).collect();
    let has = |name: &str| names.contains(name);
    if has("xl/workbook.bin") {
        Ok(Kind::Xlsb)
    } else if has("[content_types].xml") && (has("xl/workbook.xml") || has("_rels/.rels") && !has("word/document.xml")) {
        Ok(Kind::Xlsx)
    } else if has("encrypted-package") {
        Err(Fault::protected())
    } else if has("word/document.xml") {
        Err(other_kind("a text document"))
    } else if has("content.xml") {
        match media_type(archive) {
            Some(kind) if kind.contains("opendocument") && !kind.contains("spreadsheet") => {
                Err(other_kind("a text document or slides"))
            }
            Some(_) | None => Ok(Kind::Ods),
        }
    } else {
        Ok(Kind::Archive)
    }
}

/// The media type that an OpenDocument file gives itself.
fn media_type(mut archive: ZipArchive<Cursor<&[u8]>>) -> Option<String> {
    let mut text = String::new();
    archive.by_name("mimetype").ok()?.take(200).read_to_string(&mut text).ok()?;
    Some(text)
}

/// The fault of a web page or XML saved under the ending of a workbook; `None` for any other file.
fn markup(bytes: &[u8]) -> Option<Fault> {
    let start: String = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)])
        .chars()
        .filter(|letter| !matches!(letter, '\0' | '\u{feff}' | '\u{fffd}'))
        .collect::<String>()
        .trim_start()
        .to_lowercase();
    let page = ["<html", "<!doctype html", "<table", "<head", "<body", "<meta", "<style"];
    let found = if start.starts_with("<?xml") && start.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        "an XML table of 2003"
    } else if page.iter().any(|tag| start.starts_with(tag)) || start.starts_with("<?xml") && start.contains("<html") {
        "a web page"
    } else if start.starts_with("<?xml") && start.contains("urn:oasis:names:tc:opendocument:") {
        "a flat OpenDocument file"
    } else if start.starts_with("<?xml") {
        "an XML file"
    } else {
        return None;
    };
    let message = format!("expected a workbook, found {found} under the name of one");
    Some(Fault::other(message, SAVE_AGAIN).because(CauseKind::OtherKindUnderName))
}

/// Whether the bytes are text in some encoding: no zeros except in UTF-16, and no control signs.
fn is_text(bytes: &[u8]) -> bool {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return true;
    }
    !bytes.iter().any(|byte| matches!(byte, 0..=8 | 0x0B | 0x0C | 0x0E..=0x1F | 0x7F))
}
