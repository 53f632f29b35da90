//! The offices' own workbooks with marks, in one folder for each period.

use crate::answer::{self, Subject, Unmarkable};
use crate::grid::Reader;
use crate::project::{self, Computed, Error, Ready};
use crate::release::{self, Shelf};

/// What was made.
#[derive(Debug)]
pub struct Answers {
    /// How many answers there are.
    pub count: usize,
    /// The workbooks that cannot be sent back with marks, and why.
    pub failed: Vec<(String, Unmarkable)>,
}

/// Makes the answers and swaps them in as folders of their periods on the shelf.
///
/// # Errors
/// When something cannot be written.
pub fn answers(ready: &Ready<'_>, reader: &Reader, shelf: &Shelf) -> Result<Answers, Error> {
    let Computed { specs, languages, .. } = ready.computed;
    let (sources, diagnostics) = (&ready.project.sources, ready.project.diagnostics.as_slice());
    let (answers, failed) = answer::write(&Subject { specs, sources, languages, diagnostics, reader });
    project::whole(reader)?;
    let count = answers.len();
    let mut files = vec![Vec::new(); specs.programme.periods.len()];
    answers.into_iter().for_each(|answer| files[answer.period.0].push((answer.path, answer.bytes)));
    for (period, files) in specs.programme.periods.iter().zip(files) {
        // An earlier answer is out of date now, even where no new one replaces it.
        if !files.is_empty() || shelf.has(&period.id) {
            release::folder(shelf, &period.id, &files, true)?;
        }
    }
    Ok(Answers { count, failed })
}
