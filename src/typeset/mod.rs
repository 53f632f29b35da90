//! Report and templates in, the bytes of a PDF or the text of a page out; in this process, or in worker processes that keep to bounds.

mod audience;
mod filters;
mod fonts;
mod forgetting;
mod lint;
mod mentions;
mod origin;
mod paths;
mod phrases;
mod signs;
mod templates;
mod theme;

mod coverage;
mod names;
mod pictures;

mod engine;

mod kit;

mod workers;

mod setter;

pub use engine::{Document, Engine, Failure, Generated, Page};
pub use fonts::check as check_fonts;
pub use kit::{Kit, prepare, unprintable};
pub use names::check_phrases;
pub use setter::{Setter, Typesetter};
pub use signs::REPLACEMENT;
pub use templates::unread;
pub use workers::{Bounds, COMMAND, Tally, serve};
