//! Finds the headers of a sheet, on one row or on several, and the dataset that they belong to.

mod spelling;
mod top;

mod captions;
mod columns;

mod found;

mod again;
mod below;
mod beside;
mod report;

pub use again::{Again, column_among, is_wordy};
pub use columns::{Header, again, find};
pub use found::{Found, Other};
pub use spelling::{all_headers, held, nearly, script};
