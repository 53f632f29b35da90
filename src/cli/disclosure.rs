//! `esep disclosure`: what is withheld, for whoever answers for a release.

use esep::diagnostic::{any_error, render};
use esep::press::{self, Disclosed};
use esep::protect::Audience;
use esep::release::Shelf;

use super::arguments::{Arguments, Disclosure};
use super::output::{counted, say};
use super::{Stop, languages, opened, reported, sound};

pub fn run(arguments: &Arguments, options: &Disclosure, shelf: &Shelf) -> Result<(), Stop> {
    let project = opened(arguments)?;
    let ready = sound(arguments, &project, Audience::Internal)?;
    let computed = ready.computed;
    let period = options.period.as_deref().map(|id| reported(computed, id)).transpose()?;
    let chosen = languages(&computed.specs, options.language.as_slice())?;
    let language = chosen.first().unwrap_or(&computed.specs.programme.publish[0]);
    let Disclosed { places, cost, notices } = press::disclose(&ready, period, language, shelf)?;
    if !arguments.quiet {
        say(&format!("{} in `{}`", counted(places.len(), "period"), shelf.folder().display()));
        if cost.counts == 0 {
            say("nothing is withheld: no dataset or field of persons is `sensitive`");
        }
        if let Some(line) = super::cost(cost) {
            say(&line);
        }
        say("it tells all small counts: it is for internal use, not for publication");
    }
    for found in &notices {
        say(render(found, None).trim_end());
    }
    if !any_error(&notices) { Ok(()) } else { Err(Stop::WrongFiles) }
}
