//! `esep merge`: the parts of a release, or of the sheets of a period, joined to the whole.

use std::path::Path;

use esep::shard::{self, Fault, Stamp, What};

use super::arguments::{Arguments, Merge};
use super::output::say;
use super::{Stop, audience, opened, release, sheets, sound, usual_place, with_shelf};

pub fn run(arguments: &Arguments, options: &Merge) -> Result<(), Stop> {
    let archives = shard::open(&options.archives);
    // Where no archive can be opened, their faults are told before anything is read or written.
    let Some(asked) = archives.asked().cloned() else { return Err(refused(&archives.into_faults())) };
    let out = options.out.as_deref().unwrap_or(Path::new(usual_place(asked.what)));
    with_shelf(arguments, out, asked.what.holding(), options.replace, |arguments, shelf| {
        let project = opened(arguments)?;
        let stamp = Stamp::new(&project.sources, &project.diagnostics);
        let parts = archives.join(&stamp, &project.sources).map_err(|faults| refused(&faults))?;
        let ready = sound(arguments, &project, audience(asked.what))?;
        // Parts do not bring what documents are set from.
        let (asked, made) = ((&asked, options.jobs, false), (&project, &ready));
        match asked.0.what {
            What::Reports | What::Internal => release(arguments, asked, made, Some(&parts), shelf).map(|_| ()),
            What::Sheets => sheets::publish(arguments, asked, made, Some(&parts), shelf),
        }
    })
}

/// Says why nothing is joined, and stops.
fn refused(faults: &[Fault]) -> Stop {
    for fault in faults {
        say(&format!("esep: {fault}"));
    }
    say("esep: nothing is joined until all parts are there, whole and of this project");
    Stop::WrongFiles
}
