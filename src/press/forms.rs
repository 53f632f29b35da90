//! The workbooks that offices fill in, in a folder of their period.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::slice;

use crate::forms::{self, Material};
use crate::language::LanguageCode;
use crate::period::PeriodIndex;
use crate::project::{Computed, Error, Ready};
use crate::region::RegionIndex;
use crate::release::{self, NewFile, Paths, Shelf};

/// Which forms to make.
#[derive(Clone, Debug)]
pub struct FormOptions {
    /// The period to collect for.
    pub period: PeriodIndex,
    /// The regions whose offices get a form; when empty, all regions right below the top.
    pub regions: Vec<RegionIndex>,
    /// The one language of the forms; `None` for all languages of the reports, with the words in cells in the first of them.
    pub language: Option<LanguageCode>,
}

/// What was made.
#[derive(Debug)]
pub struct Forms {
    /// The folder of the forms; `None` when nothing is collected in these regions.
    pub place: Option<PathBuf>,
    /// How many there are.
    pub count: usize,
}

/// Makes the forms and swaps them in as the folder of their period on the shelf.
///
/// # Errors
/// When a workbook cannot hold what it should, or something cannot be written.
pub fn collect(ready: &Ready<'_>, options: &FormOptions, shelf: &Shelf) -> Result<Forms, Error> {
    let Computed { specs, languages, .. } = ready.computed;
    let whole = options.regions.is_empty();
    let mut offices = if whole { forms::offices(specs, options.period) } else { options.regions.clone() };
    offices.sort_unstable();
    offices.dedup();
    let written = options.language.as_ref().map_or(specs.programme.publish.as_slice(), slice::from_ref);
    let material = Material { specs, published: &ready.published, languages, written, period: options.period };
    let paths = Paths::new(&specs.hierarchy, &specs.programme.languages);
    let mut files = Vec::new();
    for office in offices {
        let made = forms::write(&material, office)?;
        let region = Some(specs.hierarchy.region(office).code.as_str().to_owned());
        files.extend(made.map(|bytes| NewFile { path: paths.form(&written[0], office), bytes, region }));
    }
    if files.is_empty() {
        return Ok(Forms { place: None, count: 0 });
    }
    let codes = options.regions.iter().map(|&region| specs.hierarchy.region(region).code.as_str().to_owned());
    let remade = if options.language.is_none() { codes.collect() } else { BTreeSet::new() };
    let place = release::folder(shelf, &specs.period(options.period).id, &files, whole, remade)?;
    Ok(Forms { place: Some(place), count: files.len() })
}
