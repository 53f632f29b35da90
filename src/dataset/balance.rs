//! The balance of an intake: what became of every file, sheet and row that was seen.

use std::collections::BTreeMap;

use crate::sources::SetAside;

/// What became of a file below `inputs/` that may be a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileFate {
    /// It holds tables, and they were read.
    Read,
    /// It could not be read, or holds no table; the reason has been reported.
    Unread,
    /// It lies in a folder that is no period.
    OutsidePeriods,
    /// It lies beside the folders of the periods.
    Misplaced,
    /// It is hidden, or a lock file of a spreadsheet program.
    Hidden,
}

/// What became of a sheet of a file that could be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SheetFate {
    /// Its table was read.
    Read,
    /// Nothing stands on it.
    Empty,
    /// The workbook hides it.
    Hidden,
    /// It has the headers of no dataset.
    WithoutHeaders,
    /// It lacks a column by which the dataset's own rows are told.
    WithoutColumn,
    /// Its headers fit several datasets.
    Ambiguous,
    /// Its dataset is not sent in the period.
    OfAnotherPeriod,
    /// This program put it there for people: findings, lists, instructions.
    Explanation,
}

/// What became of a row that holds anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowFate {
    /// It counts.
    Counted,
    /// It holds the headers, or stands above them.
    Heading,
    /// It holds headers once more.
    RepeatedHeading,
    /// It numbers the columns.
    ColumnNumbers,
    /// It names the region of the rows below.
    Caption,
    /// It holds totals.
    Total,
    /// It is a remark, or has nothing in the columns of the table.
    Remark,
    /// Its cells do not stand below their own headers; that has been reported.
    Shifted,
    /// It stands below headers that are not those of its table; that has been reported.
    BelowOtherHeaders,
    /// It was prepared and never filled in.
    Prepared,
    /// A later submission has replaced it.
    Superseded,
    /// Its file holds the same rows as another one.
    Repeated,
    /// Its region could not be told; the reason has been reported.
    WithoutRegion,
    /// It is none of the dataset's own: `rows` of the dataset says so.
    LeftOut,
    /// It tells no period of the programme.
    OfNoPeriod,
    /// It stands on a sheet that is not read.
    UnreadSheet,
}

/// What became of all that was seen. Invariant, held by a test: the fates of the rows add up to the rows seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// The files, by fate.
    pub files: BTreeMap<FileFate, u64>,
    /// The sheets of files that could be opened, by fate.
    pub sheets: BTreeMap<SheetFate, u64>,
    /// The rows of these sheets that hold anything, by fate.
    pub rows: BTreeMap<RowFate, u64>,
    /// How many rows hold anything, counted as they come out of the files.
    pub rows_seen: u64,
}

impl Balance {
    /// Notes the fate of `count` rows.
    pub fn rows(&mut self, fate: RowFate, count: usize) {
        if count > 0 {
            *self.rows.entry(fate).or_default() += count as u64;
        }
    }

    /// Notes the files that are never opened.
    pub fn set_aside(&mut self, aside: SetAside) {
        for (fate, count) in [(FileFate::Misplaced, aside.misplaced), (FileFate::Hidden, aside.hidden)] {
            if count > 0 {
                *self.files.entry(fate).or_default() += count as u64;
            }
        }
    }

    /// Adds another balance.
    pub fn add(&mut self, other: Balance) {
        other.files.into_iter().for_each(|(fate, count)| *self.files.entry(fate).or_default() += count);
        other.sheets.into_iter().for_each(|(fate, count)| *self.sheets.entry(fate).or_default() += count);
        other.rows.into_iter().for_each(|(fate, count)| *self.rows.entry(fate).or_default() += count);
        self.rows_seen += other.rows_seen;
    }

    /// The balance in words, a line each for files, sheets and rows.
    pub fn lines(&self) -> String {
        let file = |fate: &FileFate| match fate {
            FileFate::Read => "read",
            FileFate::Unread => "without a table that can be read",
            FileFate::OutsidePeriods => "in folders that are no period",
            FileFate::Misplaced => "set aside beside the folders of the periods",
            FileFate::Hidden => "set aside as hidden or lock files",
        };
        let sheet = |fate: &SheetFate| match fate {
            SheetFate::Read => "read",
            SheetFate::Empty => "empty",
            SheetFate::Hidden => "hidden",
            SheetFate::WithoutHeaders => "without the headers of a dataset",
            SheetFate::WithoutColumn => "without a column that tells their rows apart",
            SheetFate::Ambiguous => "with headers of several datasets",
            SheetFate::OfAnotherPeriod => "of datasets that are not sent in the period",
            SheetFate::Explanation => "with explanations only",
        };
        let row = |fate: &RowFate, count: u64| match fate {
            RowFate::Counted => "counted",
            RowFate::Heading => "in or above the headers",
            RowFate::RepeatedHeading => "headers again",
            RowFate::ColumnNumbers => "column numbers",
            RowFate::Caption if count == 1 => "caption",
            RowFate::Caption => "captions",
            RowFate::Total if count == 1 => "total",
            RowFate::Total => "totals",
            RowFate::Remark if count == 1 => "remark",
            RowFate::Remark => "remarks",
            RowFate::Shifted => "with more cells than headers",
            RowFate::BelowOtherHeaders => "below other headers than those of their table",
            RowFate::Prepared => "prepared and not filled in",
            RowFate::Superseded => "replaced by later ones",
            RowFate::Repeated => "of files that came twice",
            RowFate::WithoutRegion => "without a region that is known",
            RowFate::LeftOut => "left out by `rows` of the dataset",
            RowFate::OfNoPeriod => "of no period of the programme",
            RowFate::UnreadSheet => "on sheets that are not read",
        };
        [
            account("file", self.files.values().sum(), self.files.iter().map(|(fate, count)| (file(fate), *count))),
            account("sheet", self.sheets.values().sum(), self.sheets.iter().map(|(fate, count)| (sheet(fate), *count))),
            account("row", self.rows_seen, self.rows.iter().map(|(fate, count)| (row(fate, *count), *count))),
        ]
        .concat()
    }
}

/// `12 rows: 10 counted, 2 totals`.
fn account<'a>(noun: &str, seen: u64, fates: impl Iterator<Item = (&'a str, u64)>) -> String {
    let parts: Vec<String> = fates.map(|(fate, count)| format!("{count} {fate}")).collect();
    let plural = if seen == 1 { "" } else { "s" };
    if parts.is_empty() { format!("no {noun}s\n") } else { format!("{seen} {noun}{plural}: {}\n", parts.join(", ")) }
}
