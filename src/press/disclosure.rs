//! What is withheld, in a folder for each period: a workbook to be read, and the linear system of all counts for a judge from outside.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::disclosure;
use crate::language::LanguageCode;
use crate::period::PeriodIndex;
use crate::project::{Computed, Error, Ready};
use crate::protect::{Cost, Protected, jj};
use crate::release::{self, NewFile, Shelf};
use crate::report::AUDIENCE_IN_NAMES;

/// The name of the linear system in its folder.
const SYSTEM: &str = "system.jj";

/// What was made.
#[derive(Debug)]
pub struct Disclosed {
    /// The folder of each period.
    pub places: Vec<PathBuf>,
    /// What withholding costs readers in these periods.
    pub cost: Cost,
    /// What is to be known about the protection; with errors in it nothing may be published.
    pub notices: Vec<Diagnostic>,
}

/// Writes what is withheld in a period, or in all with data, and swaps it in as the folders of these periods on the shelf.
///
/// # Errors
/// When a workbook cannot hold what it should, or something cannot be written.
pub fn disclose(
    ready: &Ready<'_>,
    period: Option<PeriodIndex>,
    language: &LanguageCode,
    shelf: &Shelf,
) -> Result<Disclosed, Error> {
    let Computed { specs, languages, .. } = ready.computed;
    let of_period = |protected: &&Protected| period.is_none_or(|period| protected.period == period);
    let all = ready.disclosure();
    let protected: Vec<&Protected> = all.iter().filter(of_period).collect();
    let language = &languages[language];
    let book = format!("{}. {}.xlsx", language.labels["disclosure_title"], language.labels[AUDIENCE_IN_NAMES]);
    let mut places = Vec::new();
    for &of_period in &protected {
        let files = [
            NewFile { path: book.clone(), bytes: disclosure::write(specs, of_period, language)?, region: None },
            NewFile { path: SYSTEM.to_owned(), bytes: jj::text(of_period).into_bytes(), region: None },
        ];
        places.push(release::folder(shelf, &specs.period(of_period.period).id, &files, true, BTreeSet::new())?);
    }
    let notices = protected.iter().flat_map(|of_period| of_period.notices(specs)).collect();
    Ok(Disclosed { places, cost: Cost::of(protected.iter().copied()), notices })
}
