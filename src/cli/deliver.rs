//! `esep deliver`, `esep outbox`, `esep receipts`: a package for each office, what is sent, what came back.

use std::path::{Path, PathBuf};

use esep::deliver::receipts::{self, Reminders};
use esep::deliver::{self, Folders, Parcels, ParcelsError, outbox, replies};
use esep::diagnostic::{FileName, Severity, any_error, folded, render};
use esep::grid::Reader;
use esep::period::PeriodIndex;
use esep::project::{self, Project};
use esep::protect::Audience;
use esep::release::{Holding, Shelf};
use esep::sources::{self, BinaryFile};
use esep::spec::Specs;

use super::arguments::{Arguments, Deliver, ListFormat, Outbox, Receipts};
use super::output::{Progress, agreeing, counted, line, print, say};
use super::{MOST_OF_A_KIND, Stop, choose, reader, reported, specified, typesetter, with_shelf};

impl From<deliver::Error> for Stop {
    fn from(error: deliver::Error) -> Self {
        Stop::CannotRun(error.to_string())
    }
}

impl From<ParcelsError> for Stop {
    fn from(error: ParcelsError) -> Self {
        Stop::CannotRun(error.to_string())
    }
}

pub fn run(arguments: &Arguments, options: &Deliver, shelf: &Shelf) -> Result<(), Stop> {
    let reader = reader(arguments)?;
    let mut project = project::load(&arguments.project, &reader)?;
    if let Some(path) = &options.offices {
        take_list(arguments, &mut project, path, options, &reader)?;
    }
    let ready = specified(&project, Audience::Internal)?;
    let computed = ready.computed;
    let specs = &computed.specs;
    let known = || specs.offices.all.iter().map(|office| office.id.as_str());
    if known().next().is_none() {
        return Err(Stop::CannotRun(
            "there is no office to deliver to; write `indicator-specs/offices.yaml`, or name a table with `--offices`, see docs/delivery.md".into(),
        ));
    }
    if let Some(strange) = options.office.iter().find(|id| !known().any(|known| known == id.as_str())) {
        return Err(choose::unknown("office", strange, known()));
    }
    let period = match (&options.period, &options.release) {
        (Some(id), _) => reported(computed, id)?,
        (None, Some(release)) => {
            let id = deliver::stock::period_of(release)?;
            choose::period(specs, id.as_deref().unwrap_or_default())?
        }
        (None, None) => computed.latest().ok_or_else(|| Stop::CannotRun("nothing was reported in any period".into()))?,
    };
    let made = deliver::Options {
        period,
        folders: folders(specs, period, options),
        offices: options.office.clone(),
        everyone: options.everyone,
        typesetter: typesetter(arguments)?,
    };
    let progress = Progress::new(arguments.quiet, "packages");
    let made = deliver::deliver(&ready, &made, shelf, |done, all| progress.step(done, all))?;
    progress.finish();
    if let (Some(place), false) = (&made.place, arguments.quiet) {
        say(&format!("{} of {} in `{}`", counted(made.count, "package"), megabytes(made.bytes), place.display()));
        say("they are for the offices alone, not for publication");
    }
    if !made.unconcerned.is_empty() && !arguments.quiet {
        let count = made.unconcerned.len();
        let (get, theirs) = (agreeing(count, "gets", "get"), agreeing(count, "its", "theirs"));
        let offices = counted(count, "office");
        say(&format!("nothing is new for {offices} in this edition, which {get} no package; `--everyone` makes {theirs} too"));
    }
    for found in &made.diagnostics {
        say(render(found, line(&project, found)).trim_end());
    }
    for note in made.notes.iter().filter(|_| !arguments.quiet) {
        say(&format!("esep: note: {note}"));
    }
    for (office, lacks) in &made.lacking {
        say(&format!("esep: `{office}` gets no package:"));
        lacks.iter().for_each(|lack| say(&format!("  - {lack}")));
    }
    if let Some(kept) = &made.kept {
        say(&format!("esep: {kept}"));
    }
    if made.lacking.is_empty() && made.diagnostics.is_empty() && (made.place.is_some() || !made.unconcerned.is_empty()) {
        Ok(())
    } else {
        Err(Stop::WrongFiles)
    }
}

/// Takes the list of offices that the command line names.
fn take_list(arguments: &Arguments, project: &mut Project, path: &Path, options: &Deliver, reader: &Reader) -> Result<(), Stop> {
    let name = path.display().to_string();
    let Some(bytes) = sources::named(path).map_err(|error| Stop::CannotRun(error.to_string()))? else {
        return Err(Stop::CannotRun(format!("cannot read `{name}`: it has more than {} MB", sources::LARGEST_FILE >> 20)));
    };
    let file = BinaryFile { name: FileName::new(name), bytes };
    let found = project.take_offices(file, options.sender.clone(), reader);
    project::whole(reader)?;
    for found in folded(&found, MOST_OF_A_KIND) {
        if found.severity == Severity::Error || !arguments.quiet {
            say(&render(&found, None));
        }
    }
    if any_error(&found) { Err(Stop::WrongFiles) } else { Ok(()) }
}

/// The folders that packages are filled from.
fn folders(specs: &Specs, period: PeriodIndex, options: &Deliver) -> Folders {
    let id = &specs.period(period).id;
    let next = specs.programme.periods.get(period.0 + 1).map_or(id, |next| &next.id);
    let place = |chosen: &Option<PathBuf>, usual: &str, id: &str| chosen.clone().unwrap_or_else(|| Path::new(usual).join(id));
    Folders {
        release: place(&options.release, "out", id),
        protocols: place(&options.protocols, "private/reports", id),
        answers: place(&options.answers, "private/answers", id),
        forms: place(&options.forms, "private/forms", next),
        sheets: place(&options.sheets, "private/sheets", id),
    }
}

fn megabytes(bytes: usize) -> String {
    if bytes < 1_000_000 { format!("{} KB", bytes.div_ceil(1_000)) } else { format!("{} MB", bytes.div_ceil(1_000_000)) }
}

pub fn outbox(arguments: &Arguments, options: &Outbox, shelf: &Shelf) -> Result<(), Stop> {
    let (kept, parcels) = Parcels::open(&options.delivery)?;
    let how = outbox::Options { mail_size: options.mail_size * 1_000_000, link: options.link.clone(), day: options.date };
    let sent = outbox::outbox(&kept, &parcels, &how, shelf)?;
    if let (Some(place), false) = (&sent.place, arguments.quiet) {
        let outbox::Sent { mails, uploads, folders, .. } = &sent;
        let (mails, uploads) = (counted(*mails, "mail"), counted(*uploads, "upload"));
        say(&format!("{mails}, {uploads} and {} in `{}`", counted(*folders, "folder"), place.display()));
        say("nothing is sent yet: docs/delivery.md names programs that send it");
    }
    for (office, reason) in &sent.failed {
        say(&format!("esep: nothing for `{office}`: {reason}"));
    }
    if sent.failed.is_empty() { Ok(()) } else { Err(Stop::WrongFiles) }
}

pub fn receipts(arguments: &Arguments, options: &Receipts) -> Result<(), Stop> {
    let (_, parcels) = Parcels::open(&options.delivery)?;
    let mut came = Vec::new();
    for path in &options.files {
        let file = path.display().to_string();
        let Some(bytes) = sources::named(path).map_err(|error| Stop::CannotRun(error.to_string()))? else {
            return Err(Stop::CannotRun(format!("cannot read `{file}`: it has more than {} MB", sources::LARGEST_FILE >> 20)));
        };
        let (replies, notes) = replies::read(&file, &bytes);
        came.extend(replies);
        notes.iter().for_each(|note| say(&format!("esep: note: {note}")));
    }
    let standing = receipts::count(&parcels, &came, options.date);
    print(&match options.format {
        ListFormat::Text => receipts::text(&standing),
        ListFormat::Csv => receipts::csv(&standing),
        ListFormat::Json => receipts::json(&standing),
    })?;
    if !matches!(options.format, ListFormat::Text) {
        for other in &standing.others {
            say(&format!("esep: not counted: `{}` in `{}`: {}", other.receipt, other.file, other.why));
        }
    }
    let Some(out) = &options.reminders else { return Ok(()) };
    with_shelf(arguments, out, Holding::Reminders, false, |arguments, shelf| {
        let Reminders { place, count, unreachable } = receipts::remind(&parcels, &standing, options.date, shelf)?;
        if let (Some(place), false) = (&place, arguments.quiet) {
            say(&format!("{} in `{}`", counted(count, "reminder"), place.display()));
        }
        for office in &unreachable {
            say(&format!("esep: `{office}` cannot be reminded: the list of offices names no address of it, or no `sender`"));
        }
        Ok(())
    })
}
