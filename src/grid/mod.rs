//! Bytes of a file in, sheets of raw cells out; in this process, or in worker processes that keep to bounds.

mod raw;

mod fault;
mod merges;
mod wire;

mod sheet;

mod compound;
mod format;
mod rich;
mod xml;

mod package;
mod records;

mod ods;
mod text;
mod xls;
mod xlsb;
mod xlsx;

mod archive;
mod kind;

mod file;
mod workers;

mod reader;
mod unpack;

pub use fault::Fault;
pub use merges::Merge;
pub use raw::{Raw, whole};
pub use reader::Reader;
pub use sheet::Sheet;
pub use text::Script;
pub use unpack::unpack;
pub use workers::{Bounds, COMMAND, Workers, serve};
