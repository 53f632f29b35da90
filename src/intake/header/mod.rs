//! Finds the headers of a sheet, on one row or on several, and the dataset that they belong to.

mod spelling;
mod top;

mod columns;

mod found;

mod beside;
mod report;

pub use columns::{Header, again, find};
pub use found::{Found, Other};
pub use spelling::{all_headers, script};
