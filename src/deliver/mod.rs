//! What goes out to offices, and how they judge what came. Nothing here opens a network connection.
//!
//! - A `bag` is a folder of files with their checksums, packed as one ZIP that is the same to the byte whenever it is made of the same.
//! - `keys` sign, in the format of minisign; `verify` judges what came, and `tell` puts that into words.
//! - `files` are looked at where they lie, in a folder or in a ZIP, within bounds; a `fault` is what is wrong with one of them.
//! - A package of an office is a bag, filled from the `stock` of a release. What a folder of packages says of itself (`parcels`) is all that
//!   is needed to send them (`outbox`, by `mail` or a `batch` for a server) and to count what is sent back (`receipt`, `replies`, `receipts`).

use std::io::{self, Read};

use crate::digest::hexadecimal;

mod fault;
mod seal;

mod files;

pub mod bag;

pub mod keys;

mod editions;
pub mod sign;

mod print;

pub mod tell;
pub mod verify;

mod receipt;

mod parcels;

pub mod stock;

mod package;

mod make;

mod batch;
mod mail;

pub mod outbox;

pub mod replies;

pub mod receipts;

pub use editions::Later;
pub use fault::{Fault, FaultKind, Judgement};
pub use files::Files;
pub use make::{Delivered, Error, Options, deliver};
pub use parcels::{Error as ParcelsError, Parcel, Parcels};
pub use print::Print;
pub use receipt::{Garbled, Receipt};
pub use stock::Folders;

/// Whether a path leads to a place inside on every system.
fn is_inside(path: &str) -> bool {
    let is_drive = path.as_bytes().get(1) == Some(&b':');
    !is_drive && !path.contains(['\\', '\0']) && path.split('/').all(|name| !matches!(name, "" | "." | ".."))
}

/// Gives the bytes of a file piece by piece, at most one more than `most`; returns how many.
fn pieces(mut file: impl Read, most: u64, take: &mut impl FnMut(&[u8])) -> io::Result<u64> {
    let (mut piece, mut size) = (vec![0; 1 << 16], 0_u64);
    loop {
        let count = match file.read(&mut piece) {
            Ok(0) => return Ok(size),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        size += count as u64;
        if size > most {
            return Ok(size);
        }
        take(&piece[..count]);
    }
}
