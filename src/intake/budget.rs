//! The memory that all submissions of a project may take together. A project that needs more stops the run with the names of the largest
//! files.

use std::sync::atomic::{AtomicU64, Ordering};

use super::submission::{Row, Submission};
use crate::dataset::{Interpretation, Typed};
use crate::diagnostic::{Diagnostic, FileName, Place, Rule};
use crate::grid::Reader;
use crate::period::PeriodIndex;
use crate::sources::{BinaryFile, largest};

/// What a row, a cell, a finding and an interpretation take in memory beside the size of their type, in bytes: their texts, and what the
/// allocator adds.
const BESIDE: [usize; 4] = [64, 24, 320, 96];

/// Counts the memory of all files read so far against the allowed sum. Files are counted as they come, and the verdict does not depend on
/// their order.
pub struct Budget {
    most: u64,
    spent: AtomicU64,
}

impl Budget {
    /// An empty budget, with the limit from the bounds of the reader.
    pub fn new(reader: &Reader) -> Self {
        Self { most: reader.bounds().inputs, spent: AtomicU64::new(0) }
    }

    /// Adds the memory of one file.
    pub fn spend(&self, submission: &Submission) {
        self.spent.fetch_add(weight(submission), Ordering::Relaxed);
    }

    /// Whether the files read so far take more than is allowed. Later files cannot make this false again.
    pub fn is_exceeded(&self) -> bool {
        self.spent.load(Ordering::Relaxed) > self.most
    }

    /// The finding for a project that is too large, naming its largest files.
    pub fn exceeded(&self, files: &[(PeriodIndex, &BinaryFile)]) -> Diagnostic {
        let largest = largest(files.iter().map(|(_, file)| (&file.name, file.bytes.len())));
        let message =
            format!("expected all files together to take at most {} MB of memory, found that they take more", self.most >> 20);
        let hint = format!(
            "nothing of them is read; the largest are {largest}: look whether they are what was asked for, or raise the bound with `--inputs-memory`"
        );
        Diagnostic::new(Rule::BoundExceeded, Place::File(FileName::new("inputs")), message).hint(hint)
    }
}

/// About how many bytes of memory a submission takes.
fn weight(submission: &Submission) -> u64 {
    let Submission { rows, diagnostics, interpretations, .. } = submission;
    let cells: usize = rows.iter().map(|(_, row)| row.cells.len()).sum();
    let held = [
        (rows.len(), size_of::<Row>()),
        (cells, size_of::<Typed>()),
        (diagnostics.len(), size_of::<Diagnostic>()),
        (interpretations.len(), size_of::<Interpretation>()),
    ];
    held.iter().zip(BESIDE).map(|((count, size), beside)| count * (size + beside)).sum::<usize>() as u64
}
