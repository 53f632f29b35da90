//! Which rows of a table are the dataset's own, and of which period each of them is.

mod doubts;
mod teller;

use super::header::{Found, Other};
use super::submission::Submission;
use crate::dataset::RowFate;
use crate::diagnostic::Diagnostic;
use crate::period::PeriodIndex;
use teller::Teller;

/// What a row below the headers is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    /// `rows` of the dataset leaves it out.
    LeftOut,
    /// It tells no period of the programme.
    OfNoPeriod,
    /// It need not say whose it is, since no unit's key stands in it: headers, captions, remarks and totals. As a unit's row this becomes
    /// of it.
    Shared(RowFate),
    /// It is the dataset's own.
    Of(PeriodIndex),
}

/// The rows of a table, told apart.
pub struct Own {
    /// The rows, from the first row of the sheet's cells; those of the headers are blank here.
    kinds: Vec<Kind>,
    /// The periods that have rows, or else the one that the table was sent for.
    pub periods: Vec<PeriodIndex>,
}

impl Own {
    /// Tells the rows of a table apart, and says which texts are not understood.
    ///
    /// # Errors
    /// The finding that a column is missing by which rows are told apart: then no row is known to be the dataset's own.
    pub fn new(found: Found<'_>, submission: &mut Submission) -> Result<Self, Box<Diagnostic>> {
        let mut teller = Teller::new(found)?;
        let kinds: Vec<Kind> = (0..found.sheet.rows.len()).map(|offset| teller.kind(offset, submission)).collect();
        teller.report(submission);
        let mut periods: Vec<PeriodIndex> =
            kinds.iter().filter_map(|kind| if let Kind::Of(period) = kind { Some(*period) } else { None }).collect();
        periods.sort();
        periods.dedup();
        if periods.is_empty() {
            periods.push(found.period);
        }
        Ok(Self { kinds, periods })
    }

    /// The rows that are not to be read for a period, by their position. What is no row of any period is told when the table is read for the
    /// first time.
    pub fn others(&self, period: PeriodIndex, is_first: bool) -> Vec<Option<Other>> {
        // Where rows are left out, or of other periods, nobody knows whether they are part of a total.
        let is_part = |kind: &Kind| matches!(kind, Kind::LeftOut | Kind::OfNoPeriod);
        let total = self.periods.len() == 1 && !self.kinds.iter().any(is_part);
        let other = |kind: &Kind| match *kind {
            Kind::Of(own) if own == period => None,
            Kind::Shared(fate) => Some(Other::Shared { fate, total, is_again: !is_first }),
            Kind::LeftOut if is_first => Some(Other::Passed(RowFate::LeftOut)),
            Kind::OfNoPeriod if is_first => Some(Other::Passed(RowFate::OfNoPeriod)),
            Kind::Of(_) | Kind::LeftOut | Kind::OfNoPeriod | Kind::Blank => Some(Other::Elsewhere),
        };
        self.kinds.iter().map(other).collect()
    }

    /// How many rows a period has.
    pub fn count(&self, period: PeriodIndex) -> usize {
        self.kinds.iter().filter(|kind| **kind == Kind::Of(period)).count()
    }
}
