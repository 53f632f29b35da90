//! `esep compare`: two releases, or two projects, side by side.

use std::path::{Path, PathBuf};

use esep::grid::Reader;
use esep::press;
use esep::project::{self, Computed};
use esep::protect::Audience;
use esep::release::{Comparison, Holding, Shelf, Snapshot};
use esep::report::Selection;

use super::arguments::{Arguments, Compare, CompareFormat};
use super::choose::period;
use super::output::Paper;
use super::world::{reader, recollection, shelf};
use super::{Stop, sound};

pub fn run(arguments: &Arguments, options: &Compare) -> Result<(), Stop> {
    let shelf = options.output.as_ref().map(|path| shelf(|| Shelf::of_file(path, &arguments.project, Holding::Answers)));
    let shelf = shelf.transpose()?;
    let reader = reader(arguments)?;
    let side = |path: &Path| side(arguments, options, &reader, path);
    let (old, new) = (side(&options.old)?, side(&options.new)?);
    let asked = options.period.as_deref().or(new.id.as_deref()).or(old.id.as_deref());
    let Some(period) = asked else {
        return Err(Stop::CannotRun("neither of the two tells of a period; name it with `--period`".into()));
    };
    let other = |side: &Side| side.snapshot.period().is_some_and(|own| own != period);
    if let Some(side) = [&old, &new].into_iter().find(|side| other(side)) {
        let own = side.snapshot.period().unwrap_or_default();
        return Err(Stop::CannotRun(format!(
            "`{}` is a release of `{own}`, not of `{period}`; compare releases of one period",
            side.path.display()
        )));
    }
    let no_table = || {
        Stop::CannotRun(
            "the table of numbers of one of the two is not what esep wrote; compare releases as they were made".into(),
        )
    };
    let comparison = Comparison::new(period, &old.snapshot, &new.snapshot).ok_or_else(no_table)?;
    let text = match options.format {
        CompareFormat::Text => comparison.text(),
        CompareFormat::Json => comparison.json(),
        CompareFormat::Xlsx => return book(options, &comparison, shelf.as_ref()),
    };
    let mut paper = match (&options.output, &shelf) {
        (Some(path), Some(shelf)) => Paper::file(shelf, path),
        _ => Paper::screen(),
    };
    paper.write(&text)?;
    paper.end()
}

fn book(options: &Compare, comparison: &Comparison, shelf: Option<&Shelf>) -> Result<(), Stop> {
    let (Some(path), Some(shelf)) = (&options.output, shelf) else {
        return Err(Stop::CannotRun("a workbook needs a file to stand in; name it with `--output`".into()));
    };
    let bytes = comparison.book().map_err(|error| Stop::CannotRun(format!("the workbook cannot be made: {error}")))?;
    Ok(shelf.add(path, &bytes)?)
}

/// One of the two.
struct Side {
    path: PathBuf,
    /// The period of a release, or the last one with data of a project.
    id: Option<String>,
    snapshot: Snapshot,
}

/// A release where there is one, else the numbers of a project.
fn side(arguments: &Arguments, options: &Compare, reader: &Reader, path: &Path) -> Result<Side, Stop> {
    if path.join("indicator-specs").is_dir() {
        let project = project::load(path, reader)?.remembering(recollection(arguments)?);
        let ready = sound(arguments, &project, Audience::Public)?;
        let computed: &Computed = ready.computed;
        let chosen = options.period.as_deref().map(|id| period(&computed.specs, id)).transpose()?.or(computed.latest());
        if !chosen.is_some_and(|period| computed.has(period)) {
            return Err(Stop::CannotRun(format!("nothing was reported for the period in `{}`", path.display())));
        }
        let rows = chosen.map(|period| press::rows(&ready.published, &[period], &Selection::default()));
        let id = chosen.map(|period| computed.specs.period(period).id.clone());
        return Ok(Side { path: path.into(), id, snapshot: Snapshot::of_table(esep::table::csv(rows.unwrap_or_default())) });
    }
    let snapshot = Snapshot::read(path).map_err(|error| Stop::CannotRun(error.to_string()))?;
    Ok(Side { path: path.into(), id: snapshot.period().map(str::to_owned), snapshot })
}
