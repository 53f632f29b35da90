//! `esep sheets`: a page for every unit, for the unit itself.

use esep::diagnostic::render;
use esep::press::sheets::{self, Options, Selection};
use esep::project::{Project, Ready};
use esep::protect::{Audience, Units};
use esep::release::Shelf;
use esep::shard::{Asked, Draft, Parts, Share, Stamp, What};
use esep::spec::{DatasetIndex, Specs};

use super::arguments::{Arguments, Sheets};
use super::output::{Progress, counted, line, say};
use super::{Stop, choose, jobs, opened, reported, sound, sources_in, taken, told, typesetter};

/// The most faults that are printed: a faulty template makes every sheet fail.
const FAULTS: usize = 20;

pub fn run(arguments: &Arguments, options: &Sheets, shelf: &Shelf) -> Result<(), Stop> {
    let project = opened(arguments)?;
    let ready = sound(arguments, &project, Audience::Public)?;
    let asked = asked(options, &ready)?;
    publish(arguments, (&asked, options.jobs, options.keep_sources), (&project, &ready), None, shelf)
}

/// Makes a part of the sheets.
pub fn portion(arguments: &Arguments, options: &Sheets, share: Share, shelf: &Shelf) -> Result<(), Stop> {
    let project = opened(arguments)?;
    let ready = sound(arguments, &project, Audience::Public)?;
    let asked = asked(options, &ready)?;
    let (units, options) = chosen(arguments, (&asked, options.jobs, false), &ready)?;
    let draft = Draft::begin(shelf, share, asked, Stamp::new(&project.sources, &project.diagnostics))?;
    let progress = Progress::new(arguments.quiet, "sheets");
    let made = sheets::portion(&ready, &units, &options, share, draft, |done, all| progress.step(done, all))?;
    progress.finish();
    told(arguments, &project, &made, "sheet")
}

/// What the command line asks for, with the period that it means.
fn asked(options: &Sheets, ready: &Ready<'_>) -> Result<Asked, Stop> {
    let specs = &ready.computed.specs;
    let period = options.period.as_deref().map(|id| reported(ready.computed, id)).transpose()?;
    let units = sheets::units(&ready.published, period).ok_or_else(|| no_dataset(specs))?;
    Ok(Asked {
        what: What::Sheets,
        period: specs.period(units.period).id.clone(),
        regions: choose::codes(specs, &options.region)?,
        levels: Vec::new(),
        languages: options.language.clone(),
        units: options.unit.clone(),
        date: None,
        site: false,
    })
}

/// The units, and what is asked for, as the library is asked.
fn chosen<'a>(
    arguments: &Arguments,
    (asked, jobs, keeps_sources): (&Asked, Option<usize>, bool),
    ready: &'a Ready<'a>,
) -> Result<(Units<'a>, Options), Stop> {
    let specs = &ready.computed.specs;
    let period = choose::period(specs, &asked.period)?;
    let units = sheets::units(&ready.published, Some(period)).ok_or_else(|| no_dataset(specs))?;
    if units.is_empty() {
        let (period, dataset) = (&specs.period(units.period).id, &units.dataset().id);
        return Err(Stop::CannotRun(format!("no unit of `{dataset}` reported for the period `{period}`")));
    }
    asked.units.iter().try_for_each(|key| known(&units, key))?;
    let selection = Selection {
        regions: choose::regions(specs, &asked.regions)?,
        keys: asked.units.clone(),
        languages: choose::languages(specs, &asked.languages)?,
    };
    Ok((units, Options { selection, jobs: self::jobs(jobs), typesetter: typesetter(arguments)?, keeps_sources }))
}

/// Makes the sheets, or joins them from their parts, and tells of them.
pub fn publish(
    arguments: &Arguments,
    asked: (&Asked, Option<usize>, bool),
    (project, ready): (&Project, &Ready<'_>),
    parts: Option<&Parts>,
    shelf: &Shelf,
) -> Result<(), Stop> {
    let (units, options) = chosen(arguments, asked, ready)?;
    let progress = Progress::new(arguments.quiet, "sheets");
    let step = |done, all| progress.step(done, all);
    let made = match parts {
        None => sheets::make(ready, &units, &options, shelf, step)?,
        Some(parts) => sheets::merge(ready, &units, &options, parts, shelf, step)?,
    };
    progress.finish();
    if let (Some(place), false) = (&made.place, arguments.quiet) {
        let (sheets, pages) = (counted(made.sheets, "sheet"), counted(made.pages, "page"));
        say(&format!("{sheets} of {pages} in `{}`", place.display()));
        if parts.is_some() {
            say(&taken(made.taken, made.tally));
        }
        if let Some(sources) = &made.sources {
            say(&sources_in(shelf, sources));
        }
    }
    for found in made.diagnostics.iter().take(FAULTS) {
        say(render(found, line(project, found)).trim_end());
    }
    if made.diagnostics.len() > FAULTS {
        say(&format!("esep: and {} more", counted(made.diagnostics.len() - FAULTS, "error")));
    }
    if let Some(kept) = &made.kept {
        say(&format!("esep: {kept}"));
    }
    match (&made.place, made.diagnostics.is_empty()) {
        (Some(_), true) => Ok(()),
        (None, true) => {
            say("esep: no unit fits this choice of period, region and key");
            Err(Stop::WrongFiles)
        }
        (_, false) => Err(Stop::WrongFiles),
    }
}

/// Checks that a unit has this key; else stops, with the key that was perhaps meant.
pub fn known(units: &Units<'_>, key: &str) -> Result<(), Stop> {
    let keys: Vec<String> = units.addressed().map(|row| units.key(row)).collect();
    let found = keys.iter().any(|known| known == key);
    if found { Ok(()) } else { Err(choose::unknown("unit", key, keys.iter().map(String::as_str))) }
}

/// Stops, and says what to declare so that sheets can be made.
pub fn no_dataset(specs: &Specs) -> Stop {
    let is_used = |position: &usize| specs.indicators.iter().any(|indicator| indicator.is_of(DatasetIndex(*position)));
    let fit = (0..specs.datasets.len()).find(is_used).map_or("…", |position| specs.datasets[position].id.as_str());
    Stop::CannotRun(format!(
        "the programme does not say whose sheets to make; add the id of a dataset to `indicator-specs/programme.yaml`, such as `sheets: {fit}`"
    ))
}
