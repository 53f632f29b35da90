//! `esep watch`: one report, made again whenever a file of the project changes.

use std::path::Path;
use std::time::{Duration, Instant};

use esep::diagnostic::{self, Diagnostic, Severity};
use esep::grid::Reader;
use esep::language::LanguageCode;
use esep::press::{self, sheets};
use esep::project::{self, Computed, Project};
use esep::protect::Audience;
use esep::region::RegionIndex;
use esep::release::{Holding, Shelf, look};
use esep::report::{Kind, Order};
use esep::sources;

use super::arguments::{Arguments, AudienceName, Watch};
use super::output::{counted, line, say};
use super::sheets::{known, no_dataset};
use super::{Stop, choose, reader, recollection, shelf, typesetter};

/// How often the files are looked at.
const PAUSE: Duration = Duration::from_millis(150);

/// Makes the report again and again until the program is interrupted.
pub fn run(arguments: &Arguments, options: &Watch) -> Result<(), Stop> {
    let reader = reader(arguments)?;
    let audience = audience(options)?;
    // A sheet tells what one unit answered, so it must not stand in a folder of releases.
    let holds = if options.unit.is_some() { Holding::Sheets } else { press::holding(audience) };
    let usual = if holds.is_private() { "private/watch.pdf" } else { "out/watch.pdf" };
    let out = options.out.as_deref().unwrap_or(Path::new(usual));
    let shelf = shelf(|| Shelf::of_file(out, &arguments.project, holds))?;
    shelf.warnings().iter().for_each(|warning| say(&format!("esep: warning: {warning}")));
    say(&format!("watching `{}`; the report stands in `{}`", arguments.project.display(), out.display()));
    let mut earlier = None;
    let mut stamp = sources::stamp(&arguments.project);
    loop {
        earlier = Some(again(arguments, options, (&reader, audience), (&shelf, out), earlier)?);
        // A file that changes while the report is made is noticed at the next look.
        stamp = changed(stamp, || {
            std::thread::sleep(PAUSE);
            sources::stamp(&arguments.project)
        });
    }
}

/// Looks until something is other than it was `before`, and then until two looks in a row see the same: a file that is being
/// saved is not read while half of it is written. Of what changes for ever, some looks are enough. Returns what was seen last.
fn changed(before: u64, mut look: impl FnMut() -> u64) -> u64 {
    const ENOUGH: usize = 20;
    let mut seen = look();
    while seen == before {
        seen = look();
    }
    for _ in 0..ENOUGH {
        let next = look();
        if next == seen {
            break;
        }
        seen = next;
    }
    seen
}

/// For whom the document is. Protocols are for internal use only.
fn audience(options: &Watch) -> Result<Audience, Stop> {
    match (options.protocol, options.audience) {
        (true, Some(AudienceName::Public)) => Err(Stop::CannotRun(
            "a reliability protocol is not for the public; leave out `--audience public` or `--protocol`".into(),
        )),
        (true, Some(AudienceName::Internal) | None) => Ok(Audience::Internal),
        (false, chosen) => Ok(chosen.unwrap_or_default().into()),
    }
}

/// Makes the report once; returns the project as it was read.
fn again(
    arguments: &Arguments,
    options: &Watch,
    (reader, audience): (&Reader, Audience),
    (shelf, out): (&Shelf, &Path),
    earlier: Option<Project>,
) -> Result<Project, Stop> {
    let start = Instant::now();
    let mut project = project::load(&arguments.project, reader)?.remembering(recollection(arguments)?);
    if let Some(earlier) = earlier {
        project.take_over(earlier);
    }
    let order = match &project.computed {
        Some(computed) => order(computed, options)?,
        // Without specifications no order can be chosen; their faults are reported below.
        None => Order { kind: Kind::Report, region: RegionIndex(0), language: LanguageCode::new("") },
    };
    let typesetter = typesetter(arguments)?;
    let proof = match &options.unit {
        Some(key) => {
            sheets::proof(&project, &typesetter, key, &order.language).transpose().ok_or_else(|| no_unit(&project, key))?
        }
        None => press::proof(&project, &typesetter, &order, audience),
    };
    match proof {
        Ok(document) => {
            shelf.replace(out, &document.bytes)?;
            say(&format!("{} in {:.1} s", counted(document.pages, "page"), start.elapsed().as_secs_f32()));
        }
        Err(failure) => {
            for found in failure.diagnostics.iter().filter(|found| found.severity == Severity::Error) {
                say(shown(&project, found).trim_end());
            }
            let stands = look(out).is_ok();
            say(if stands { "the report is as it was before" } else { "no report yet; it is made once this is mended" });
        }
    }
    Ok(project)
}

fn shown(project: &Project, found: &Diagnostic) -> String {
    diagnostic::render(found, line(project, found))
}

/// Stops, and says why a unit has no sheet.
fn no_unit(project: &Project, key: &str) -> Stop {
    let ready = project.ready(Audience::Public).expect("a project that is not ready has faults, which are told before");
    let Some(units) = sheets::units(&ready.published, None) else { return no_dataset(&ready.computed.specs) };
    known(&units, key).expect_err("a unit that is known has a sheet")
}

fn order(computed: &Computed, options: &Watch) -> Result<Order, Stop> {
    let specs = &computed.specs;
    let language = match &options.language {
        Some(code) => choose::languages(specs, std::slice::from_ref(code))?.remove(0),
        None => specs.programme.publish[0].clone(),
    };
    let region = match &options.region {
        Some(code) => choose::regions(specs, std::slice::from_ref(code))?[0],
        None => {
            let lowest = |region: &RegionIndex| specs.hierarchy.within(*region).len() == 1;
            (0..specs.hierarchy.len()).map(RegionIndex).find(lowest).unwrap_or(specs.hierarchy.top())
        }
    };
    let kind = if options.protocol { Kind::Protocol } else { Kind::Report };
    Ok(Order { kind, region, language })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_once_it_is_wholly_saved() {
        for (looks, seen, left) in [
            (&[1, 1, 2, 2, 9][..], 2, 1),
            // Emptied, half written, written.
            (&[2, 3, 4, 4, 9], 4, 1),
            // Saved, and at once made what it was.
            (&[2, 1, 1, 9], 1, 1),
        ] {
            let mut looks = looks.iter().copied();
            assert_eq!(changed(1, || looks.next().expect("it looks no more than needed")), seen);
            assert_eq!(looks.count(), left);
        }
        let mut restless = 2..;
        assert_eq!(changed(1, || restless.next().expect("it has no end")), 22);
    }
}
