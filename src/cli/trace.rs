//! `esep trace`: where a number comes from, what a change is made of, and where a cell goes to.

use std::path::{Component, Path, PathBuf};

use esep::language::Language;
use esep::numbers::{Numbers, Subject};
use esep::period::PeriodIndex;
use esep::press::{self, Placed};
use esep::project::Ready;
use esep::protect::Audience;
use esep::region::RegionIndex;
use esep::release::{Holding, Shelf};
use esep::spec::IndicatorIndex;
use esep::trace::backward::{self, Goes, Named, Target};
use esep::trace::change::{self, Difference};
use esep::trace::{self, Question, Told, Trace, text};

use super::arguments::{Arguments, Trace as Options, TraceFormat};
use super::choose::{languages, period, regions, unknown};
use super::output::{Paper, say};
use super::{Stop, opened, shelf, specified};

pub fn run(arguments: &Arguments, options: &Options) -> Result<(), Stop> {
    let audience = Audience::from(options.audience);
    if audience == Audience::Public && (options.cell.is_some() || options.change.is_some()) {
        return Err(Stop::CannotRun("rows and cells are not told to the public; leave out `--audience public`".into()));
    }
    if audience == Audience::Public && matches!(options.format, TraceFormat::Csv | TraceFormat::Xlsx) {
        return Err(Stop::CannotRun("rows are not told to the public; choose `--format text` or `--format json`".into()));
    }
    // Nobody else writes there, and the folder is looked at before the work begins.
    let shelf = options.output.as_ref().map(|path| shelf(|| Shelf::of_file(path, &arguments.project, Holding::Answers)));
    let shelf = shelf.transpose()?;
    let project = opened(arguments)?;
    let ready = specified(&project, audience)?;
    let desk = Desk { arguments, options, ready: &ready, language: language(&ready, options)?, shelf };
    match (&options.cell, &options.change) {
        (Some(place), _) => desk.goes(place),
        (None, Some(since)) => desk.change(since),
        (None, None) if options.all => desk.all(),
        (None, None) => desk.trace(),
    }
}

fn language<'a>(ready: &Ready<'a>, options: &Options) -> Result<&'a Language, Stop> {
    let specs = &ready.computed.specs;
    let chosen = languages(specs, options.language.as_slice())?;
    Ok(&ready.computed.languages[chosen.first().unwrap_or(&specs.programme.publish[0])])
}

/// What a question is answered with.
struct Desk<'a> {
    arguments: &'a Arguments,
    options: &'a Options,
    ready: &'a Ready<'a>,
    language: &'a Language,
    shelf: Option<Shelf>,
}

impl<'a> Desk<'a> {
    fn trace(&self) -> Result<(), Stop> {
        let trace = trace::trace(&self.ready.published, self.language, self.question()?);
        match self.options.format {
            TraceFormat::Text => self.give(&text::trace(self.language, &trace)),
            TraceFormat::Json => self.give(&trace::json(&trace)),
            TraceFormat::Csv => self.give(&trace::csv([&trace])),
            TraceFormat::Xlsx => self.book(Told::Trace(&trace)),
        }
    }

    /// Every number of the region, one after the other.
    fn all(&self) -> Result<(), Stop> {
        let (period, region) = (self.period()?, self.region()?);
        let published = &self.ready.published;
        let numbers = Numbers::new(published, period);
        let questions = published.specs().indicators_of(period).flat_map(|(indicator, _)| {
            let subjects = numbers.subjects(indicator).into_iter();
            subjects.map(move |subject| Question { indicator, period, region, subject })
        });
        // As in the tables of a release, groups to which nobody belongs are left out.
        let is_told = |asked: &Question<'_>| {
            let number = numbers.number(asked.indicator, period, region, asked.subject);
            !matches!(asked.subject, Subject::Group { .. }) || !number.is_empty()
        };
        let mut traces = questions.filter(is_told).map(|question| trace::trace(published, self.language, question));
        match self.options.format {
            TraceFormat::Text => {
                let texts: Vec<String> = traces.map(|trace| text::trace(self.language, &trace)).collect();
                self.give(&texts.join("\n\n"))
            }
            TraceFormat::Json => {
                let mut paper = self.paper();
                traces.try_for_each(|trace| paper.write(&trace::json_line(&trace)))?;
                paper.end()
            }
            TraceFormat::Csv => {
                let traces: Vec<Trace> = traces.collect();
                self.give(&trace::csv(&traces))
            }
            TraceFormat::Xlsx => {
                Err(Stop::CannotRun("a workbook tells of one number; name an indicator in place of `--all`".into()))
            }
        }
    }

    fn change(&self, since: &str) -> Result<(), Stop> {
        let question = self.question()?;
        let specs = &self.ready.computed.specs;
        let now = &specs.period(question.period).id;
        let before = if since.is_empty() {
            let none = || {
                Stop::CannotRun(format!("the region has no period before `{now}` to compare with; name one behind `--change`"))
            };
            specs.previous(question.period, question.region).ok_or_else(none)?
        } else {
            period(specs, since)?
        };
        let earlier = &specs.period(before).id;
        if before >= question.period {
            return Err(Stop::CannotRun(format!("`{earlier}` is not before `{now}`; name the later one with `--period`")));
        }
        let indicator = specs.indicator(question.indicator);
        if !indicator.life.holds(before) {
            return Err(Stop::CannotRun(format!("the indicator `{}` is not computed in `{earlier}`", indicator.id)));
        }
        let change: Difference = change::difference(&self.ready.published, self.language, question, before).ok_or_else(untold)?;
        match self.options.format {
            TraceFormat::Text => self.give(&text::change(self.language, &change)),
            TraceFormat::Json => self.give(&trace::json(&change)),
            TraceFormat::Csv => self.give(&change::csv(&change)),
            TraceFormat::Xlsx => self.book(Told::Change(&change)),
        }
    }

    fn goes(&self, place: &str) -> Result<(), Stop> {
        let submissions = self.ready.project.sources.inputs.values().flatten();
        let files: Vec<&str> = submissions.map(|file| file.name.as_str()).collect();
        let is_record = |record: &&esep::sources::BinaryFile| place.ends_with(record.name.as_str());
        if let Some(record) = self.ready.project.sources.receipts.iter().find(is_record) {
            let reason = "is no submission: it says when these came; `esep changes` tells what later ones have changed";
            return Err(Stop::CannotRun(format!("`{}` {reason}", record.name.as_str())));
        }
        let target = Target::read(&self.ready.published, &files, place).map_err(Stop::CannotRun)?;
        let documents = |period: PeriodIndex| self.documents(period);
        let goes: Goes = backward::goes(&self.ready.published, self.language, &target, documents).ok_or_else(untold)?;
        match self.options.format {
            TraceFormat::Text => self.give(&text::goes(self.language, &goes)),
            TraceFormat::Json => self.give(&trace::json(&goes)),
            TraceFormat::Csv => self.give(&backward::csv(&goes)),
            TraceFormat::Xlsx => self.book(Told::Goes(&goes)),
        }
    }

    /// The documents of a period, with their paths.
    fn documents(&self, period: PeriodIndex) -> Vec<Named> {
        let named = |Placed { path, audience, kind, region, language }: Placed| Named {
            path,
            is_public: audience == Audience::Public,
            kind,
            region,
            language: language.as_str().to_owned(),
        };
        press::documents(self.ready, period).into_iter().map(named).collect()
    }

    fn question(&self) -> Result<Question<'a>, Stop> {
        let (period, region) = (self.period()?, self.region()?);
        let indicator = self.indicator(period)?;
        Ok(Question { indicator, period, region, subject: self.subject(period, indicator)? })
    }

    fn period(&self) -> Result<PeriodIndex, Stop> {
        let computed = self.ready.computed;
        match &self.options.period {
            Some(id) => period(&computed.specs, id),
            None => computed.latest().ok_or_else(|| Stop::CannotRun("no period has data".to_owned())),
        }
    }

    fn region(&self) -> Result<RegionIndex, Stop> {
        let specs = &self.ready.computed.specs;
        Ok(regions(specs, self.options.region.as_slice())?.first().copied().unwrap_or(specs.hierarchy.top()))
    }

    fn indicator(&self, period: PeriodIndex) -> Result<IndicatorIndex, Stop> {
        let specs = &self.ready.computed.specs;
        let wanted = self.options.indicator.as_deref().unwrap_or_default();
        let named = || specs.indicators_of(period).map(|(_, indicator)| indicator.id.as_str());
        let found = specs.indicators_of(period).find(|(_, indicator)| indicator.id == wanted);
        found.map(|(index, _)| index).ok_or_else(|| unknown("indicator", wanted, named()))
    }

    /// The part or the group that is asked about.
    fn subject(&self, period: PeriodIndex, indicator: IndicatorIndex) -> Result<Subject<'a>, Stop> {
        let subjects = Numbers::new(&self.ready.published, period).subjects(indicator);
        let (kind, wanted) = match (&self.options.slice, &self.options.part) {
            (Some(slice), _) => ("group", slice.clone()),
            (None, Some(part)) => ("part", format!("part={part}")),
            (None, None) => ("", String::new()),
        };
        let ids: Vec<String> = subjects.iter().map(Subject::id).collect();
        let found = ids.iter().position(|id| *id == wanted).map(|position| subjects[position]);
        found.ok_or_else(|| {
            let bare = |id: &'_ str| id.strip_prefix("part=").map(str::to_owned);
            let known: Vec<String> = match kind {
                "part" => ids.iter().filter_map(|id| bare(id)).collect(),
                _ => ids.iter().filter(|id| !id.is_empty() && bare(id).is_none()).cloned().collect(),
            };
            let wanted = bare(&wanted).unwrap_or(wanted);
            if known.is_empty() {
                return Stop::CannotRun(format!("unknown {kind} `{wanted}`; the indicator has no {kind}s"));
            }
            unknown(kind, &wanted, known.iter().map(String::as_str))
        })
    }

    fn paper(&self) -> Paper<'_> {
        match (&self.shelf, &self.options.output) {
            (Some(shelf), Some(path)) => Paper::file(shelf, path),
            (Some(_) | None, Some(_) | None) => Paper::screen(),
        }
    }

    /// Prints a text, or writes it into the file that is named.
    fn give(&self, text: &str) -> Result<(), Stop> {
        let mut paper = self.paper();
        paper.write(text)?;
        paper.end()
    }

    fn book(&self, told: Told<'_>) -> Result<(), Stop> {
        let (Some(shelf), Some(path)) = (&self.shelf, &self.options.output) else {
            return Err(Stop::CannotRun("name the workbook with `--output`".into()));
        };
        let computed = self.ready.computed;
        let period = self.period()?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let inputs = way(folder, &self.arguments.project);
        let bytes = trace::book(self.language, told, &inputs, computed.specs.period(period).issued)
            .map_err(|error| Stop::CannotRun(error.to_string()))?;
        shelf.add(path, &bytes)?;
        if !self.arguments.quiet {
            say(&format!("the trace stands in `{}`; it is for internal use, not for publication", path.display()));
        }
        Ok(())
    }
}

fn untold() -> Stop {
    Stop::CannotRun("rows and cells are not told to the public".into())
}

/// The way from a folder to another one, with `/` between the names: relative where they have something in common.
fn way(from: &Path, to: &Path) -> String {
    let whole = |path: &Path| -> Vec<String> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        tidied(&whole).components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect()
    };
    let (from, to) = (whole(from), whole(to));
    let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n("..", from.len() - shared);
    up.chain(to[shared..].iter().map(String::as_str)).collect::<Vec<&str>>().join("/")
}

/// A path without `..` and `.`.
fn tidied(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => _ = tidy.pop(),
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => tidy.push(part),
        }
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_goes_up_and_down() {
        for (from, to, expected) in
            [("/a/b/c", "/a/b", ".."), ("/a/b", "/a/b", ""), ("/a/b/../x", "/a/b/./d", "../b/d"), ("/a", "/a/b/c", "b/c")]
        {
            assert_eq!(way(Path::new(from), Path::new(to)), expected, "{from} {to}");
        }
    }
}
