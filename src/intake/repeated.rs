//! Files that came twice: the same rows in one period count once; rows that already came for an earlier period are reported.

use std::collections::{HashMap, HashSet};

use super::correction::Arrival;
use super::submission::{Row, Submission};
use crate::dataset::{RowFate, Typed, Why};
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Place, Rule};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::sources::BinaryFile;
use crate::spec::{DatasetIndex, Specs};

/// Two periods do not have this many equal rows by chance.
const TELLING: usize = 5;

/// What a row says, without its place.
type Said<'a> = (DatasetIndex, Option<RegionIndex>, &'a [Typed]);

/// The rows of a file that belong to the datasets looked at.
struct Contents<'a> {
    rows: Vec<Said<'a>>,
}

impl<'a> Contents<'a> {
    fn new(submission: &'a Submission, counts: impl Fn(DatasetIndex) -> bool) -> Self {
        let rows = submission.rows.iter().filter(|(dataset, _)| counts(*dataset));
        Self { rows: rows.map(|(dataset, row): &(DatasetIndex, Row)| (*dataset, row.region, row.cells.as_slice())).collect() }
    }

    /// A quick mark by which equal files are found: few files share it, and these are then compared whole.
    fn mark(&self) -> (usize, Option<Said<'a>>, Option<Said<'a>>) {
        (self.rows.len(), self.rows.first().copied(), self.rows.last().copied())
    }
}

/// Takes out the rows of a file when another file of the same period and day holds the same rows, and warns of a file that holds what
/// already came for an earlier period. Registers are not compared across periods: they may well be the same every year.
pub fn find(specs: &Specs, files: &[(PeriodIndex, &BinaryFile)], arrivals: &[Arrival<'_>], submissions: &mut [Submission]) {
    let whole: Vec<Contents<'_>> = submissions.iter().map(|submission| Contents::new(submission, |_| true)).collect();
    let mut copies: Vec<(usize, usize)> = Vec::new();
    let mut first: HashMap<_, Vec<usize>> = HashMap::new();
    for (position, contents) in whole.iter().enumerate().filter(|(_, contents)| !contents.rows.is_empty()) {
        let arrival = &arrivals[position];
        let alike = first.entry((arrival.period, arrival.day, contents.mark())).or_default();
        match alike.iter().find(|&&known| whole[known].rows == contents.rows) {
            Some(&known) => copies.push((position, known)),
            None => alike.push(position),
        }
    }
    let is_register = |index: DatasetIndex| specs.datasets.iter().any(|dataset| dataset.expected == Some(index));
    let answers: Vec<Contents<'_>> =
        submissions.iter().map(|submission| Contents::new(submission, |index| !is_register(index))).collect();
    let mut order: Vec<usize> = (0..submissions.len()).filter(|&position| !answers[position].rows.is_empty()).collect();
    order.sort_by_key(|&position| files[position].0);
    let told: HashSet<(&str, PeriodIndex)> = files.iter().map(|(period, file)| (file.name.as_str(), *period)).collect();
    let mut latest: HashMap<_, Vec<usize>> = HashMap::new();
    let mut last: HashMap<&[u8], usize> = HashMap::new();
    let mut earlier: Vec<(usize, usize)> = Vec::new();
    for position in order {
        let contents = &answers[position];
        let alike = latest.entry(contents.mark()).or_default();
        // Files are looked at in the order of periods, so the last one remembered is that of the nearest period.
        let same_rows = alike.iter().rev().find(|&&before| answers[before].rows == contents.rows).copied();
        alike.push(position);
        let bytes = files[position].1.bytes.as_slice();
        // Files with the same bytes hold the same, even where a region of one of the periods is unknown in the other.
        let same_bytes = last.insert(bytes, position);
        let same_rows = same_rows.filter(|_| contents.rows.len() >= TELLING);
        // A file that tells of several periods is not its own copy, nor that of one which it tells the same period as.
        let name = files[position].1.name.as_str();
        let is_other = |before: &usize| !told.contains(&(name, files[*before].0));
        let before = same_rows.into_iter().chain(same_bytes).filter(is_other);
        let before = before.max_by_key(|&before| (files[before].0, before));
        earlier.extend(before.map(|before| (position, before)));
    }
    for (position, before) in earlier {
        let name = files[before].1.name.as_str();
        let message = format!("this file holds the same answers as `{name}` of an earlier period");
        let found = Diagnostic::new(Rule::RepeatedFile, Place::File(files[position].1.name.clone()), message);
        let found = found.hint("look whether the file of an earlier period was sent again, and ask for the new one");
        submissions[position]
            .diagnostics
            .push(found.because(CauseKind::EarlierFile, vec![("first", Fact::elsewhere(name, &files[before].1.name))]));
    }
    for (position, known) in copies {
        let name = files[known].1.name.as_str();
        let is_same = files[known].1.bytes == files[position].1.bytes;
        let submission = &mut submissions[position];
        let told = submission.rows_told();
        let rows = std::mem::take(&mut submission.rows);
        submission.balance.rows(RowFate::Repeated, rows.len());
        let aside = |row: Row| row.aside(Why::Repeated { first: files[known].1.name.clone() });
        submission.asides.extend(rows.into_iter().map(|(dataset, row)| (dataset, aside(row))));
        if is_same {
            // The findings about its cells are reported for the file that counts.
            submission.balance.rows.clear();
            submission.balance.rows.insert(RowFate::Repeated, told);
            submission.diagnostics.clear();
            submission.interpretations.clear();
        }
        let message = format!("this file holds the same rows as `{name}`; they count once");
        let found = Diagnostic::new(Rule::RepeatedFile, Place::File(files[position].1.name.clone()), message);
        let found = found.hint("take one of the two files out");
        submission
            .diagnostics
            .push(found.because(CauseKind::RepeatedFile, vec![("first", Fact::elsewhere(name, &files[known].1.name))]));
    }
}
