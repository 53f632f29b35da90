//! The memory that all submissions of a project may take together. What is beyond it stops the run with the names of the largest files.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Reader, Row, Submission};
use crate::dataset::{Interpretation, Typed};
use crate::diagnostic::{Diagnostic, FileName, Place, Rule};
use crate::period::PeriodIndex;
use crate::sources::BinaryFile;

/// So many files are named as the largest ones.
const NAMED: usize = 3;

/// What a row, a cell, a finding and an interpretation take beside themselves, in bytes: their texts, and what the system adds.
const BESIDE: [usize; 4] = [64, 24, 320, 96];

/// What was read so far, against what may be. Files are counted as they come; whether all of them are too much does not depend on
/// their order.
pub struct Budget {
    most: u64,
    spent: AtomicU64,
}

impl Budget {
    /// As the bounds of the reader say.
    pub fn new(reader: &Reader) -> Self {
        Self { most: reader.bounds().inputs, spent: AtomicU64::new(0) }
    }

    /// Counts what was read of a file.
    pub fn spend(&self, submission: &Submission) {
        self.spent.fetch_add(weight(submission), Ordering::Relaxed);
    }

    /// Whether it is too much. Once it is, it stays so.
    pub fn is_exceeded(&self) -> bool {
        self.spent.load(Ordering::Relaxed) > self.most
    }

    /// What is told then.
    pub fn exceeded(&self, files: &[(PeriodIndex, &BinaryFile)]) -> Diagnostic {
        let mut sizes: Vec<(usize, &FileName)> = files.iter().map(|(_, file)| (file.bytes.len(), &file.name)).collect();
        sizes.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(right.1)));
        let largest: Vec<String> = sizes.iter().take(NAMED).map(|(size, name)| format!("`{name}` ({})", shown(*size))).collect();
        let message =
            format!("expected all files together to take at most {} MB of memory, found that they take more", self.most >> 20);
        let hint = format!(
            "nothing of them is read; the largest are {}: look whether they are what was asked for, or raise the bound with `--inputs-memory`",
            largest.join(", ")
        );
        Diagnostic::new(Rule::BoundExceeded, Place::File(FileName::new("inputs")), message).hint(hint)
    }
}

/// A size in bytes, as people read it.
fn shown(size: usize) -> String {
    match size {
        0..1_048_576 => format!("{} KB", size.div_ceil(1 << 10)),
        _ => format!("{} MB", size.div_ceil(1 << 20)),
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
