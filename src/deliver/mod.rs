//! What goes out to offices, and how they judge what came. Nothing here opens a network connection.
//!
//! - A `bag` is a folder of files with their checksums, packed as one ZIP that is the same to the byte whenever it is made of the same.
//! - A package of an office is a bag, filled from the `stock` of a release. What a folder of packages says of itself (`parcels`) is all that
//!   is needed to send them (`outbox`, by `mail` or a `batch` for a server) and to count what is sent back (`receipt`, `replies`, `receipts`).

pub mod bag;

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

pub use make::{Delivered, Error, Options, deliver};
pub use parcels::{Error as ParcelsError, Parcel, Parcels};
pub use receipt::{Garbled, Receipt};
pub use stock::Folders;
