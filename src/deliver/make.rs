//! Makes the packages of a release, one after the other, and swaps them in as the folder of their period.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::civil::Date;

use super::package::{self, Desk, Package};
use super::parcels::{Parcels, Sender};
use super::stock::{Folders, Stock};
use crate::diagnostic::{Diagnostic, any_error};
use crate::edition::{Editions, Ledger, Standing};
use crate::period::PeriodIndex;
use crate::press;
use crate::project::{self, Computed, Ready};
use crate::release::{self, FileEntry, Shelf};
use crate::report::Material;
use crate::report::model::LETTER;
use crate::spec::offices::Office;
use crate::typeset::Typesetter;

/// Which packages to make, and of what.
#[derive(Clone, Debug)]
pub struct Options {
    /// The period.
    pub period: PeriodIndex,
    /// The folders that they are filled from.
    pub folders: Folders,
    /// The ids of the offices; all when empty.
    pub offices: Vec<String>,
    /// Whether offices get a package of a later edition of which nothing is new for them.
    pub everyone: bool,
    /// What sets the letters.
    pub typesetter: Typesetter,
}

/// What was made.
#[derive(Debug, Default)]
pub struct Delivered {
    /// The folder of the packages; `None` when there are none.
    pub place: Option<PathBuf>,
    /// Why they were not put there: there are more of the earlier ones.
    pub kept: Option<release::Error>,
    /// How many there are.
    pub count: usize,
    /// Their bytes together.
    pub bytes: usize,
    /// The offices for which nothing is new in a later edition.
    pub unconcerned: Vec<String>,
    /// The offices without a package, and what it would lack.
    pub lacking: Vec<(String, Vec<String>)>,
    /// What somebody should know although all went well.
    pub notes: BTreeSet<String>,
    /// The faults of templates.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why no package can be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The world failed.
    #[error(transparent)]
    Project(#[from] project::Error),
    /// A folder cannot be read or written.
    #[error(transparent)]
    Release(#[from] release::Error),
    /// A package cannot be packed.
    #[error("cannot make the package of `{office}`: {source}")]
    Package {
        /// The office.
        office: String,
        /// Why.
        source: package::Error,
    },
}

/// Makes the packages. An office whose package would lack something gets none, and the others theirs. `done` is called after each.
///
/// # Errors
/// When the release cannot be used, or something cannot be read or written.
pub fn deliver(ready: &Ready<'_>, options: &Options, shelf: &Shelf, done: impl Fn(usize, usize)) -> Result<Delivered, Error> {
    let Computed { specs, .. } = ready.computed;
    let is_wanted = |office: &&Office| options.offices.is_empty() || options.offices.contains(&office.id);
    let offices: Vec<&Office> = specs.offices.all.iter().filter(is_wanted).collect();
    let stock = Stock::open(specs, options.period, &options.folders, offices.iter().copied())?;
    let mut delivered = Delivered::default();
    let languages = offices.iter().flat_map(|office| &office.languages);
    let folders = [LETTER.to_owned()].into();
    let setter = press::setter(ready, &options.typesetter, &folders, languages, &mut delivered.diagnostics)
        .map_err(project::Error::Start)?;
    if any_error(&delivered.diagnostics) {
        return Ok(delivered);
    }
    let period = specs.period(options.period);
    // Letters have the day of the reports that are new in the edition.
    let declared = specs.programme.edition(options.period, stock.edition()).and_then(|edition| edition.issued);
    let told = stock.issued().and_then(|day| day.parse::<Date>().ok());
    let issued = told.or(declared).unwrap_or(period.issued);
    let numbers = Ledger::read(&stock.numbers()?, &period.id).unwrap_or_default();
    let editions = Editions::new(&ready.project.sources, &period.id, &numbers);
    let standing = if stock.is_preliminary() { Standing::Preliminary } else { Standing::Unasked };
    let desk = Desk {
        computed: ready.computed,
        material: Material { standing, ..Material::new(&ready.published, options.period, Some(issued)) },
        stock: &stock,
        setter: &setter,
        edition: stock.edition(),
        issued,
        editions: &editions,
    };
    let whole = options.offices.is_empty();
    let staging = shelf.begin_edition(&period.id, desk.edition, whole)?;
    let (mut entries, mut parcels) = (Vec::new(), Vec::new());
    for (position, office) in offices.iter().enumerate() {
        let mut choice = stock.choose(office)?;
        delivered.notes.extend(std::mem::take(&mut choice.notes));
        let is_later = desk.edition > 1;
        if is_later && !choice.is_new && !options.everyone && !desk.has_changes(office) {
            delivered.unconcerned.push(office.id.clone());
            continue;
        }
        if !choice.lacks.is_empty() {
            delivered.lacking.push((office.id.clone(), choice.lacks));
            done(position + 1, offices.len());
            continue;
        }
        match desk.pack(office, choice) {
            Ok(Package { parcel, bytes }) => {
                staging.write(&parcel.package, &bytes)?;
                delivered.bytes += bytes.len();
                entries.push(FileEntry::new(parcel.package.as_str(), &bytes));
                parcels.push(parcel);
            }
            Err(package::Error::Letter(faults)) => {
                delivered.diagnostics.extend(faults);
                delivered.lacking.push((office.id.clone(), vec!["its covering letter could not be made".to_owned()]));
            }
            Err(source) => return Err(Error::Package { office: office.id.clone(), source }),
        }
        done(position + 1, offices.len());
    }
    delivered.count = parcels.len();
    if parcels.is_empty() {
        return Ok(delivered);
    }
    let name = specs.programme.publisher.get(&specs.programme.publish[0]).to_owned();
    let sender = specs.offices.sender.clone().map(|address| Sender { name, address });
    let told = Parcels { period: period.id.clone(), edition: desk.edition, issued: issued.to_string(), sender, parcels }.told();
    match staging.publish_telling(&entries, whole && delivered.lacking.is_empty(), told) {
        Err(kept @ release::Error::LessComplete { .. }) if !delivered.lacking.is_empty() => delivered.kept = Some(kept),
        outcome => delivered.place = Some(outcome?),
    }
    Ok(delivered)
}
