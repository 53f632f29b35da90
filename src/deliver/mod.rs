//! What goes out to offices, and how they judge what came. Nothing here opens a network connection.
//!
//! - A `bag` is a folder of files with their checksums, packed as one ZIP that is the same to the byte whenever it is made of the same.

pub mod bag;
