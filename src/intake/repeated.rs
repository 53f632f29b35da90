//! Files that came twice: the same rows in one period count once; those of an earlier period are told.

use std::collections::HashMap;

use super::correction::Arrival;
use super::{Row, Submission};
use crate::dataset::{RowFate, Typed};
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Place, Rule};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::sources::BinaryFile;
use crate::spec::{DatasetIndex, Specs};

/// So many rows are not the same in two periods by chance.
const TELLING: usize = 5;

/// What a file says, apart from where it says it.
type Contents<'a> = Vec<(DatasetIndex, Option<RegionIndex>, &'a [Typed])>;

fn contents(submission: &Submission, counts: impl Fn(DatasetIndex) -> bool) -> Contents<'_> {
    let row = |(dataset, row): &'_ (DatasetIndex, Row)| (*dataset, row.region);
    let rows = submission.rows.iter().filter(|(dataset, _)| counts(*dataset));
    rows.map(|own| (row(own).0, row(own).1, own.1.cells.as_slice())).collect()
}

/// Takes the rows out of files that hold the same as another one of their period and day, and warns of those that hold what came
/// for an earlier period. A register may well be the same every year.
pub fn find(specs: &Specs, files: &[(PeriodIndex, &BinaryFile)], arrivals: &[Arrival<'_>], submissions: &mut [Submission]) {
    let mut copies: Vec<(usize, usize)> = Vec::new();
    let mut first: HashMap<(PeriodIndex, Option<jiff::civil::Date>, Contents<'_>), usize> = HashMap::new();
    for (position, submission) in submissions.iter().enumerate().filter(|(_, submission)| !submission.rows.is_empty()) {
        let arrival = &arrivals[position];
        let known = *first.entry((arrival.period, arrival.day, contents(submission, |_| true))).or_insert(position);
        if known != position {
            copies.push((position, known));
        }
    }
    let is_register = |index: DatasetIndex| specs.datasets.iter().any(|dataset| dataset.expected == Some(index));
    let mut latest: HashMap<Contents<'_>, usize> = HashMap::new();
    let mut earlier: Vec<(usize, usize)> = Vec::new();
    let mut order: Vec<usize> = (0..submissions.len()).collect();
    order.sort_by_key(|&position| files[position].0);
    for position in order {
        let contents = contents(&submissions[position], |index| !is_register(index));
        if contents.is_empty() {
            continue;
        }
        let rows = contents.len();
        // In the order of periods, so that the file remembered last is of the nearest one.
        let before = latest.insert(contents, position).filter(|&before| files[before].0 != files[position].0);
        if let Some(before) = before.filter(|&before| rows >= TELLING || files[before].1.bytes == files[position].1.bytes) {
            earlier.push((position, before));
        }
    }
    for (position, before) in earlier {
        let name = files[before].1.name.as_str();
        let message = format!("this file holds the same answers as `{name}` of an earlier period");
        let found = Diagnostic::new(Rule::RepeatedFile, Place::File(files[position].1.name.clone()), message);
        let found = found.hint("look whether the file of an earlier period was sent again, and ask for the new one");
        submissions[position]
            .diagnostics
            .push(found.because(CauseKind::EarlierFile, vec![("first", Fact::Text(name.to_owned()))]));
    }
    for (position, known) in copies {
        let name = files[known].1.name.as_str();
        let is_same = files[known].1.bytes == files[position].1.bytes;
        let submission = &mut submissions[position];
        let rows = std::mem::take(&mut submission.rows);
        submission.balance.rows(RowFate::Repeated, rows.len());
        if is_same {
            // What is wrong with it, and what it holds beside rows, is told of the file that counts.
            submission.balance.rows.clear();
            submission.balance.rows.insert(RowFate::Repeated, submission.balance.rows_seen);
            submission.diagnostics.clear();
            submission.interpretations.clear();
        }
        let message = format!("this file holds the same rows as `{name}`; they count once");
        let found = Diagnostic::new(Rule::RepeatedFile, Place::File(files[position].1.name.clone()), message);
        let found = found.hint("take one of the two files out");
        submission.diagnostics.push(found.because(CauseKind::RepeatedFile, vec![("first", Fact::Text(name.to_owned()))]));
    }
}
