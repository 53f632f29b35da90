//! `esep deliver`: a package for each office.

use std::path::{Path, PathBuf};

use esep::deliver::{self, Folders};
use esep::diagnostic::render;
use esep::period::PeriodIndex;
use esep::protect::Audience;
use esep::release::Shelf;
use esep::spec::Specs;

use super::arguments::{Arguments, Deliver};
use super::output::{Progress, counted, line, say};
use super::{Stop, choose, opened, reported, specified, typesetter};

impl From<deliver::Error> for Stop {
    fn from(error: deliver::Error) -> Self {
        Stop::CannotRun(error.to_string())
    }
}

pub fn run(arguments: &Arguments, options: &Deliver, shelf: &Shelf) -> Result<(), Stop> {
    let project = opened(arguments)?;
    let ready = specified(&project, Audience::Internal)?;
    let computed = ready.computed;
    let specs = &computed.specs;
    let known = || specs.offices.all.iter().map(|office| office.id.as_str());
    if known().next().is_none() {
        return Err(Stop::CannotRun(
            "the project names no office to deliver to; write `indicator-specs/offices.yaml`, see docs/delivery.md".into(),
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
        changes: Default::default(),
        typesetter: typesetter(arguments),
    };
    let progress = Progress::new(arguments.quiet, "packages");
    let made = deliver::deliver(&ready, &made, shelf, |done, all| progress.step(done, all))?;
    progress.finish();
    if let (Some(place), false) = (&made.place, arguments.quiet) {
        say(&format!("{} of {} in `{}`", counted(made.count, "package"), megabytes(made.bytes), place.display()));
        say("they are for the offices alone, not for publication");
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
    if made.lacking.is_empty() && made.diagnostics.is_empty() && made.place.is_some() { Ok(()) } else { Err(Stop::WrongFiles) }
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
