//! Packages as they are sent: for each office a folder with its mails, or with the package for a server or another way. Sending itself is left
//! to programs that are made for it.

use std::path::PathBuf;

use jiff::civil::Date;

use super::batch::{self, Upload};
use super::mail::{self, Mail};
use super::parcels::{Error, Parcel, Parcels, Sender};
use crate::language::fill;
use crate::release::{FileEntry, Kept, Shelf, Staging};
use crate::spec::offices::Channel;

/// How packages are sent.
#[derive(Clone, Debug)]
pub struct Options {
    /// The most bytes of a mail.
    pub mail_size: u64,
    /// Where packages that are too large for a mail can be fetched: an address that the name of the package is put behind. `None` parts them.
    pub link: Option<String>,
    /// The day of the mails; that of the release when `None`.
    pub day: Option<Date>,
}

/// What was made.
#[derive(Debug, Default)]
pub struct Sent {
    /// The folder; `None` when there is nothing.
    pub place: Option<PathBuf>,
    /// How many mails there are.
    pub mails: usize,
    /// How many packages go to a server.
    pub uploads: usize,
    /// How many packages are taken from their folders.
    pub folders: usize,
    /// The offices that get nothing, and why.
    pub failed: Vec<(String, String)>,
}

/// The name of the list of commands for a server.
const BATCH: &str = "sftp.batch";

/// Makes what is sent, and swaps it in as the folder of its period.
///
/// # Errors
/// When a package is not what was written, or something cannot be read or written.
pub fn outbox(kept: &Kept, parcels: &Parcels, options: &Options, shelf: &Shelf) -> Result<Sent, Error> {
    let staging = shelf.begin_edition(&parcels.period, parcels.edition, kept.is_complete())?;
    let mut post =
        Post { kept, parcels, options, staging: &staging, entries: Vec::new(), sent: Sent::default(), uploads: Vec::new() };
    for parcel in &parcels.parcels {
        if let Err(reason) = post.parcel(parcel)? {
            post.sent.failed.push((parcel.office.clone(), reason));
        }
    }
    let uploads = std::mem::take(&mut post.uploads);
    if !uploads.is_empty() {
        post.write(BATCH, batch::commands(&uploads).as_bytes())?;
    }
    let Post { entries, mut sent, .. } = post;
    sent.uploads = uploads.len();
    if !entries.is_empty() {
        sent.place = Some(staging.publish_files(&entries, kept.is_complete() && sent.failed.is_empty())?);
    }
    Ok(sent)
}

struct Post<'a> {
    kept: &'a Kept,
    parcels: &'a Parcels,
    options: &'a Options,
    staging: &'a Staging<'a>,
    entries: Vec<FileEntry>,
    sent: Sent,
    uploads: Vec<Upload>,
}

impl Post<'_> {
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        self.staging.write(path, bytes)?;
        self.entries.push(FileEntry::new(path, bytes));
        Ok(())
    }

    /// Sends a package on its way; the inner error says why it cannot be sent.
    fn parcel(&mut self, parcel: &Parcel) -> Result<Result<(), String>, Error> {
        let package = self.kept.read(&parcel.package)?;
        let signature = format!("{}.minisig", parcel.package);
        let signature = self.kept.beside(&signature)?.map(|bytes| (signature, bytes));
        match &parcel.channel {
            Channel::Mail => return self.mail(parcel, package, signature),
            Channel::Sftp(folder) => {
                for name in self.files(parcel, package, signature)? {
                    let from = format!("{}/{name}", parcel.office);
                    self.uploads.push(Upload { from, folder: folder.clone(), name });
                }
            }
            Channel::Folder => {
                self.files(parcel, package, signature)?;
                self.sent.folders += 1;
            }
        }
        Ok(Ok(()))
    }

    /// Puts a package and its signature into the folder of its office; gives their names.
    fn files(&mut self, parcel: &Parcel, package: Vec<u8>, signature: Option<(String, Vec<u8>)>) -> Result<Vec<String>, Error> {
        let files: Vec<(String, Vec<u8>)> = std::iter::once((parcel.package.clone(), package)).chain(signature).collect();
        for (name, bytes) in &files {
            self.write(&format!("{}/{name}", parcel.office), bytes)?;
        }
        Ok(files.into_iter().map(|(name, _)| name).collect())
    }

    fn mail(
        &mut self,
        parcel: &Parcel,
        package: Vec<u8>,
        signature: Option<(String, Vec<u8>)>,
    ) -> Result<Result<(), String>, Error> {
        let Some(sender) = &self.parcels.sender_of(parcel) else {
            return Ok(Err("the packages name no sender; add `sender` to the list of offices and make them anew".into()));
        };
        let words = &parcel.words;
        let room = mail::room(self.options.mail_size, words.letter.len() + words.link.len() + words.parts.len());
        if package.len() as u64 <= room {
            let attached = std::iter::once((parcel.package.clone(), package)).chain(signature).collect();
            self.letter(parcel, sender, None, words.letter.clone(), attached)?;
            return Ok(Ok(()));
        }
        if let Some(link) = &self.options.link {
            let fetched = format!("{}/{}", link.trim_end_matches('/'), encoded(&parcel.package));
            let told = fill(&words.link, |name| (name == "link").then(|| fetched.clone()));
            self.letter(parcel, sender, None, format!("{}\n\n{told}", words.letter), Vec::new())?;
            self.files(parcel, package, signature)?;
            return Ok(Ok(()));
        }
        let parts = match mail::parted(&package, room) {
            Ok(parts) => parts,
            Err(fault) => {
                let hint = "raise `--mail-size`, or name with `--link` where packages can be fetched";
                return Ok(Err(format!("its package of {} bytes is too large for a mail, and {fault}; {hint}", package.len())));
            }
        };
        let all = parts.len();
        let stem = parcel.package.trim_end_matches(".zip");
        let told = fill(&words.parts, |name| (name == "parts").then(|| all.to_string()));
        for (number, part) in (1..).zip(parts) {
            let attached = vec![(format!("{stem}.{number}-{all}.zip"), part)];
            self.letter(parcel, sender, Some((number, all)), format!("{}\n\n{told}", words.letter), attached)?;
        }
        Ok(Ok(()))
    }

    /// A mail of a package; `part` is its number among how many.
    fn letter(
        &mut self,
        parcel: &Parcel,
        sender: &Sender,
        part: Option<(usize, usize)>,
        text: String,
        attached: Vec<(String, Vec<u8>)>,
    ) -> Result<(), Error> {
        let number = part.map_or(1, |(number, _)| number);
        let mut subject = parcel.words.subject.clone();
        if let Some((number, all)) = part {
            let told = fill(&parcel.words.part, |name| match name {
                "part" => Some(number.to_string()),
                "parts" => Some(all.to_string()),
                _ => None,
            });
            subject = format!("{subject} ({told})");
        }
        let mail = Mail {
            id: format!("{}.{}.{}.{number}", parcel.office, parcel.code, self.parcels.edition),
            sender,
            to: (&parcel.name, &parcel.addresses),
            subject,
            text,
            day: self.options.day.unwrap_or(self.parcels.issued()),
            attached,
        };
        self.sent.mails += 1;
        self.write(&format!("{0}/{0}-{number}.eml", parcel.office), &mail.write())
    }
}

/// A name as it stands in an address of the web.
fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
