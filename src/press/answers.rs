//! The offices' own workbooks with marks, in one folder for each period.

use crate::answer::{self, Answer, Subject, Unmarkable};
use crate::grid::Reader;
use crate::project::{self, Computed, Error, Ready};
use crate::release::{self, NewFile, Shelf};

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
    let senders = ready.computed.senders();
    for Answer { period, path, bytes } in answers {
        let sent = format!("inputs/{}/{path}", specs.period(period).id);
        // A twin has the name of its file with another ending behind it.
        let sender = senders.get(sent.as_str()).or_else(|| senders.get(sent.strip_suffix(".xlsx")?));
        let region = sender.map(|&region| specs.hierarchy.region(region).code.as_str().to_owned());
        files[period.0].push(NewFile { path, bytes, region });
    }
    for (period, files) in specs.programme.periods.iter().zip(files) {
        // An earlier answer is out of date now, even where no new one replaces it.
        if !files.is_empty() || shelf.has(&period.id) {
            release::folder(shelf, &period.id, &files, true)?;
        }
    }
    Ok(Answers { count, failed })
}
