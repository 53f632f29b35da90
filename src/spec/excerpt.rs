//! Which part of the files that come is a dataset's own: tables that others publish hold more than is asked for.

use std::collections::HashMap;

use wildmatch::WildMatch;

use super::id::FieldIndex;
use super::words::{fold, fold_header};
use crate::diagnostic::FileName;
use crate::period::PeriodIndex;

/// Which files, rows and columns are a dataset's own. Without anything said, all of them are.
#[derive(Clone, Debug, Default)]
pub struct Excerpt {
    /// The files that its tables stand in, by their paths below the folder of the period; any file when empty.
    pub files: Vec<Pattern>,
    /// What its rows say in some columns; all must hold.
    pub rows: Vec<Term>,
    /// What tells the period of a number; where `None`, the folder of the file tells it.
    pub period: Option<PeriodRule>,
    /// The categories whose values stand as captions over columns: each row of a table is a row for each of them.
    pub captions: Vec<FieldIndex>,
    /// The headers of columns that are none of its own.
    pub ignored: Vec<Pattern>,
}

impl Excerpt {
    /// Whether a file may hold its tables.
    pub fn is_of(&self, file: &FileName) -> bool {
        let inside = file.as_str().strip_prefix("inputs/").and_then(|path| path.split_once('/')).map_or("", |(_, inside)| inside);
        self.files.is_empty() || self.files.iter().any(|pattern| pattern.fits(&fold(inside)))
    }

    /// Whether a column with this header, folded by [`fold_header`], is known to be none of its own.
    pub fn ignores(&self, header: &str) -> bool {
        self.ignored.iter().any(|pattern| pattern.fits(header))
    }

    /// The headers of columns that are read and are none of fields, folded.
    pub fn headers(&self) -> impl Iterator<Item = &String> {
        let of_period = self.period.iter().filter_map(|period| period.column.as_ref());
        self.rows.iter().map(|term| &term.column).chain(of_period).flat_map(|column| column.spellings.keys())
    }

    /// Whether rows must be told apart before they are read, or read several times.
    pub fn sorts_rows(&self) -> bool {
        !self.rows.is_empty() || self.period.is_some() || self.has_captions()
    }

    /// Whether captions over columns tell what the numbers below them are of.
    pub fn has_captions(&self) -> bool {
        !self.captions.is_empty() || self.period.as_ref().is_some_and(|period| period.column.is_none())
    }
}

/// A text in which `*` stands for any signs and `?` for one. Capitals and repeated blanks do not count.
#[derive(Clone, Debug)]
pub struct Pattern {
    folded: String,
    signs: WildMatch,
}

impl Pattern {
    /// A pattern for the paths of files.
    pub fn of_file(text: &str) -> Self {
        Self::folded(fold(text))
    }

    /// A pattern for headers.
    pub fn of_header(text: &str) -> Self {
        Self::folded(fold_header_pattern(text))
    }

    /// A pattern whose text is folded already.
    pub fn folded(folded: String) -> Self {
        Self { signs: WildMatch::new(&folded), folded }
    }

    /// Its text, folded.
    pub fn text(&self) -> &str {
        &self.folded
    }

    /// Whether a folded text fits.
    pub fn fits(&self, folded: &str) -> bool {
        self.signs.matches(folded)
    }
}

/// A pattern of a header, folded as headers are; a `*` at its end is no mark of a footnote.
fn fold_header_pattern(text: &str) -> String {
    let end = text.trim_end();
    if end.ends_with('*') { format!("{}*", fold(end.trim_end_matches('*'))) } else { fold_header(end) }
}

/// A column of a table, which may be that of a field or not.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name as it was declared.
    pub name: String,
    /// The field whose column it is.
    pub field: Option<FieldIndex>,
    /// Its header, folded by [`fold_header`]; the value has no meaning.
    pub spellings: HashMap<String, FieldIndex>,
}

/// What a row must say to be a dataset's own.
#[derive(Clone, Debug)]
pub struct Term {
    /// Where.
    pub column: Column,
    /// The texts, folded by [`fold`].
    pub texts: Vec<String>,
    /// Whether the cell holds one of the texts, or none of them.
    pub is: bool,
}

impl Term {
    /// Whether it holds for a cell with this text.
    pub fn holds(&self, text: &str) -> bool {
        self.texts.contains(&fold(text)) == self.is
    }
}

/// What tells the period of a number.
#[derive(Clone, Debug)]
pub struct PeriodRule {
    /// The column that tells it; `None` where captions over columns do.
    pub column: Option<Column>,
    /// What stands there, folded by [`fold`], for each period: its id, its names and further words.
    pub words: HashMap<String, PeriodIndex>,
}
