//! `esep trace`: where a number comes from.

use esep::numbers::{Numbers, Subject};
use esep::project;
use esep::trace::{self, Question};

use super::arguments::{Arguments, Trace, TraceFormat};
use super::choose::{languages, period, regions, unknown};
use super::output::print;
use super::world::reader;
use super::{Stop, specified};

pub fn run(arguments: &Arguments, options: &Trace) -> Result<(), Stop> {
    let project = project::load(&arguments.project, &reader(arguments)?)?;
    let ready = specified(&project)?;
    let computed = ready.computed;
    let specs = &computed.specs;
    let period = match &options.period {
        Some(id) => period(specs, id)?,
        None => computed.latest().ok_or_else(|| Stop::CannotRun("no period has data".to_owned()))?,
    };
    let named = || specs.indicators_of(period).map(|(_, indicator)| indicator.id.as_str());
    let found = specs.indicators_of(period).find(|(_, indicator)| indicator.id == options.indicator);
    let (indicator, _) = found.ok_or_else(|| unknown("indicator", &options.indicator, named()))?;
    let region = match regions(specs, options.region.as_slice())?.first() {
        Some(&region) => region,
        None => specs.hierarchy.top(),
    };
    let numbers = Numbers::new(&ready.published, period);
    let subjects = numbers.subjects(indicator);
    let wanted = match (&options.slice, &options.part) {
        (Some(slice), _) => slice.clone(),
        (None, Some(part)) => format!("part={part}"),
        (None, None) => String::new(),
    };
    let subject = subjects.iter().find(|subject| subject.id() == wanted).ok_or_else(|| {
        let kind = if options.part.is_some() { "part=" } else { "" };
        let ids: Vec<String> = subjects.iter().map(Subject::id).filter(|id| !id.is_empty()).collect();
        let (parts, groups): (Vec<&str>, Vec<&str>) = ids.iter().map(String::as_str).partition(|id| id.starts_with("part="));
        let what = if kind.is_empty() { "group" } else { "part" };
        let known = if kind.is_empty() { groups } else { parts };
        unknown(what, wanted.trim_start_matches(kind), known.into_iter().map(|id| id.trim_start_matches(kind)))
    })?;
    let language =
        languages(specs, options.language.as_slice())?.into_iter().next().unwrap_or(specs.programme.publish[0].clone());
    let question = Question { indicator, period, region, subject: *subject };
    let trace = trace::trace(&ready.published, computed.interpretations(), &computed.languages[&language], question)
        .expect("this is made for those who work with the data");
    print(&match options.format {
        TraceFormat::Text => trace::text(&trace),
        TraceFormat::Json => trace::json(&trace),
        TraceFormat::Csv => trace::csv(&trace),
    })
}
