//! Mails as files (`.eml`) that every mail program can send: the same to the byte whenever they are made of the same.

use std::io::Cursor;

use jiff::civil::{Date, date};
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;
use zip::result::ZipError;
use zip::{ZipArchive, ZipWriter};

use super::parcels::Sender;
use crate::digest::sha256;

/// A mail to be made.
pub struct Mail<'a> {
    /// What tells it from every other mail: letters, digits, `-` and `.`.
    pub id: String,
    /// Who sends it.
    pub sender: &'a Sender,
    /// The name of the office and its addresses.
    pub to: (&'a str, &'a [String]),
    /// Its subject.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The day on which it is sent.
    pub day: Date,
    /// What is attached: names and bytes.
    pub attached: Vec<(String, Vec<u8>)>,
}

impl Mail<'_> {
    /// The mail as a file.
    pub fn write(self) -> Vec<u8> {
        let Self { id, sender, to: (name, addresses), subject, text, day, attached } = self;
        let domain = sender.address.rsplit_once('@').map_or("", |(_, domain)| domain);
        let own_id = format!("{id}@{domain}");
        let (name, own_name) = (one_line(name), one_line(&sender.name));
        let to: Vec<Address<'_>> = addresses.iter().map(|address| (name.as_str(), address.as_str()).into()).collect();
        let boundary = format!("esep-{}", &sha256(own_id.as_bytes())[..32]);
        let second = day.duration_since(date(1970, 1, 1)).as_secs();
        let mut parts = vec![MimePart::new("text/plain", text)];
        parts.extend(attached.into_iter().map(|(name, bytes)| {
            let kind = if name.ends_with(".zip") { "application/zip" } else { "application/octet-stream" };
            MimePart::new(kind, bytes).attachment(name)
        }));
        let body = MimePart::new(ContentType::new("multipart/mixed").attribute("boundary", boundary), parts);
        let mail = MessageBuilder::new()
            .from((own_name.as_str(), sender.address.as_str()))
            .to(Address::new_list(to))
            .subject(one_line(&subject))
            .message_id(own_id)
            .date(second)
            .header("Auto-Submitted", Raw::new("auto-generated"))
            .body(body);
        mail.write_to_vec().expect("memory does not fail")
    }
}

/// A text without ends of lines: what stands in a header.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How many bytes a mail may attach so that it has at most `most` bytes beside a text of `text` bytes: three bytes take four letters, lines have
/// ends, and heads take room.
pub fn room(most: u64, text: usize) -> u64 {
    const HEADS: u64 = 8 << 10;
    // In the worst case, a letter of the text takes three times its room.
    most.saturating_sub(HEADS + 3 * text as u64) / 100 * 72
}

/// Why a package cannot be parted.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A file alone is too large for a mail.
    #[error("`{0}` in it is too large for a mail by itself")]
    TooLarge(String),
    /// The package is no sound ZIP.
    #[error("it cannot be parted: {0}")]
    Zip(#[from] ZipError),
}

/// A ZIP as several of at most `most` bytes: unpacked into one folder, they give what the whole one gives. Files are not packed anew.
pub fn parted(zip: &[u8], most: u64) -> Result<Vec<Vec<u8>>, Fault> {
    /// What stands in a ZIP beside the bytes of a file: its two heads without its name, which stands in both.
    const HEADS: u64 = 160;
    let mut archive = ZipArchive::new(Cursor::new(zip))?;
    let mut groups: Vec<(u64, Vec<usize>)> = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index)?;
        let size = file.compressed_size() + HEADS + 2 * file.name_raw().len() as u64;
        if size + HEADS > most {
            return Err(Fault::TooLarge(String::from_utf8_lossy(file.name_raw()).into_owned()));
        }
        match groups.last_mut().filter(|(sum, _)| sum + size + HEADS <= most) {
            Some((sum, files)) => {
                *sum += size;
                files.push(index);
            }
            None => groups.push((size, vec![index])),
        }
    }
    let packed = |(_, files): (u64, Vec<usize>)| {
        let mut part = ZipWriter::new(Cursor::new(Vec::new()));
        for index in files {
            part.raw_copy_file(archive.by_index_raw(index)?)?;
        }
        Ok(part.finish()?.into_inner())
    };
    groups.into_iter().map(packed).collect()
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    fn zip(files: &[(&str, usize)]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, size) in files {
            let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
            zip.start_file(*name, options).expect("begins");
            zip.write_all(&vec![b'x'; *size]).expect("writes");
        }
        zip.finish().expect("ends").into_inner()
    }

    #[test]
    fn parts_hold_together_what_the_whole_holds_and_none_is_too_large() {
        let whole = zip(&[("қ/a.txt", 3000), ("қ/b.txt", 3000), ("қ/c.txt", 3000), ("d.txt", 10)]);
        let parts = parted(&whole, 7000).expect("every file fits");
        assert_eq!(parts.len(), 2);
        let mut names = Vec::new();
        for part in &parts {
            assert!(part.len() <= 7000, "{}", part.len());
            let mut archive = ZipArchive::new(Cursor::new(part)).expect("a ZIP");
            for index in 0..archive.len() {
                let mut file = archive.by_index(index).expect("a file");
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).expect("it can be unpacked");
                names.push((file.name().expect("a name").into_owned(), bytes.len()));
            }
        }
        assert_eq!(
            names,
            [("қ/a.txt", 3000), ("қ/b.txt", 3000), ("қ/c.txt", 3000), ("d.txt", 10)].map(|(n, s)| (n.to_owned(), s))
        );
        let message = parted(&whole, 3000).expect_err("no file fits").to_string();
        assert_eq!(message, "`қ/a.txt` in it is too large for a mail by itself");
        assert!(parted(b"no zip", 3000).is_err());
    }

    #[test]
    fn a_header_stays_one_line() {
        assert_eq!(one_line("a\r\nBcc: x@y.z"), "a Bcc: x@y.z");
    }
}
