//! What each command does with the library, and the exit code.

mod approve;
mod arguments;
mod built_in;
mod check;
mod choose;
mod compare;
mod complete;
mod deliver;
mod disclosure;
mod explain;
mod merge;
mod output;
mod sheets;
mod signing;
mod silent;
mod standing;
mod trace;
mod verify;
mod watch;
mod world;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{FromArgMatches, ValueEnum};
use esep::dataset::Change;
use esep::diagnostic::{self, Diagnostic, FileName, Severity, any_error, list, stops_everything};
use esep::edition::Stage;
use esep::grid;
use esep::period::PeriodIndex;
use esep::press::{self, AnswerOptions, BuildOptions, Built, FormOptions};
use esep::project::{self, Computed, Project, Ready};
use esep::protect::{Audience, Cost};
use esep::region::RegionIndex;
use esep::release::{self, Holding, Shelf};
use esep::report::Selection;
use esep::shard::{Asked, Draft, Parts, Share, Stamp, What};
use esep::spec::{self, Specs};
use esep::typeset::Tally;
use esep::{forms, sources, table, typeset};

use arguments::{Arguments, Build, CheckFormat, Choice, Command, Forms, Results, ResultsFormat, SchemaFile};
use choose::{Chosen, languages, levels, period, regions};
use output::{Progress, agreeing, change_json, counted, line, print, say, tally};
use standing::Standing;
use world::{jobs, reader, recollection, shelf, typesetter};

/// The most findings of a kind that are printed for a file; more are counted.
const MOST_OF_A_KIND: usize = 50;

/// Why the program stops before its work is done.
enum Stop {
    /// The files are wrong; the findings have been printed.
    WrongFiles,
    /// It cannot run, for this reason.
    CannotRun(String),
}

impl From<project::Error> for Stop {
    fn from(error: project::Error) -> Self {
        Stop::CannotRun(error.to_string())
    }
}

impl From<release::Error> for Stop {
    fn from(error: release::Error) -> Self {
        Stop::CannotRun(error.to_string())
    }
}

/// Runs the program on its arguments.
pub fn run() -> ExitCode {
    if let Some(code) = worker().or_else(complete::answer) {
        return code;
    }
    let parsed = arguments::command().try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        // The message quotes what was typed.
        Err(error) if error.use_stderr() => {
            say(error.render().to_string().trim_end());
            return ExitCode::from(2);
        }
        Err(error) => error.exit(),
    };
    if matches!(arguments.command, Some(Command::Build(_) | Command::Merge(_) | Command::Sheets(_) | Command::Watch(_))) {
        world::spare_memory();
    }
    match world::guarded(|| command(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::WrongFiles) => ExitCode::from(1),
        Err(Stop::CannotRun(reason)) => {
            say(&format!("esep: {reason}"));
            ExitCode::from(2)
        }
    }
}

fn command(arguments: &Arguments) -> Result<(), Stop> {
    let command = match &arguments.command {
        Some(command) => command,
        None if arguments.licences => return print(sources::licences()),
        None => arguments::command().error(ErrorKind::MissingSubcommand, "a command is missing").exit(),
    };
    match command {
        Command::Build(options) => {
            let Build { audience, out, replace, shard, .. } = options;
            let what = match Audience::from(*audience) {
                Audience::Public => What::Reports,
                Audience::Internal => What::Internal,
            };
            let out = out.as_deref().unwrap_or(Path::new(usual_place(what)));
            match shard {
                Some(share) => {
                    with_shared_shelf(arguments, out, what, |shelf| portion(arguments, options, (what, *share), shelf))
                }
                None => with_shelf(arguments, out, what.holding(), *replace, |arguments, shelf| {
                    build(arguments, options, what, shelf)
                }),
            }
        }
        Command::Merge(options) => merge::run(arguments, options),
        Command::Check(options) => check::run(arguments, options),
        Command::Changes { choice, format } => changes(arguments, choice, *format),
        Command::Silent(options) => silent::run(arguments, options),
        Command::Results(options) => results(arguments, options),
        Command::Compare(options) => compare::run(arguments, options),
        Command::Approve(options) => approve::run(arguments, options),
        Command::Trace(options) => trace::run(arguments, options),
        Command::Answer { choice, language, out, replace } => {
            let run = |arguments: &Arguments, shelf: &Shelf| answers(arguments, choice, language, shelf);
            with_shelf(arguments, out, Holding::Answers, *replace, run)
        }
        Command::Forms(options) => {
            let Forms { out, replace, .. } = options;
            with_shelf(arguments, out, Holding::Forms, *replace, |arguments, shelf| collection(arguments, options, shelf))
        }
        Command::Sheets(options) => {
            let arguments::Sheets { out, replace, shard, .. } = options;
            let out = out.as_deref().unwrap_or(Path::new(usual_place(What::Sheets)));
            match shard {
                Some(share) => {
                    with_shared_shelf(arguments, out, What::Sheets, |shelf| sheets::portion(arguments, options, *share, shelf))
                }
                None => with_shelf(arguments, out, Holding::Sheets, *replace, |arguments, shelf| {
                    sheets::run(arguments, options, shelf)
                }),
            }
        }
        Command::Disclosure(options) => {
            let arguments::Disclosure { out, replace, .. } = options;
            with_shelf(arguments, out, Holding::Disclosure, *replace, |arguments, shelf| {
                disclosure::run(arguments, options, shelf)
            })
        }
        Command::Keys(options) => signing::keys(arguments, options),
        Command::Sign(options) => signing::sign(arguments, options),
        Command::Verify(options) => verify::run(options),
        Command::Deliver(options) => {
            let arguments::Deliver { out, replace, .. } = options;
            with_shelf(arguments, out, Holding::Deliveries, *replace, |arguments, shelf| deliver::run(arguments, options, shelf))
        }
        Command::Outbox(options) => {
            let arguments::Outbox { out, replace, .. } = options;
            with_shelf(arguments, out, Holding::Outbox, *replace, |arguments, shelf| deliver::outbox(arguments, options, shelf))
        }
        Command::Receipts(options) => deliver::receipts(arguments, options),
        Command::Watch(options) => watch::run(arguments, options),
        Command::Schema { file } => print(&schemas(*file)),
        Command::Explain { rule, language } => explain::run(arguments, rule.as_deref(), language.as_deref()),
        Command::Docs { page } => built_in::page(page.as_deref()),
        Command::Templates { name, out } => built_in::template(arguments, name.as_deref(), out.as_deref()),
        Command::New { folder } => new(arguments, folder),
        Command::Completions { shell } => print(&complete::script(*shell)),
        Command::Man { name, out } => built_in::man(arguments, name.as_deref(), out.as_deref()),
    }
}

/// Works as a worker if the program was started as one, to read workbooks or to set documents; `None` if it was not.
fn worker() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let command = arguments.next().filter(|command| command == grid::COMMAND || command == typeset::COMMAND)?;
    let memory = arguments.next()?.to_str()?.parse().ok()?;
    let (input, output) = (std::io::stdin(), std::io::stdout());
    let served = if command == typeset::COMMAND {
        typeset::serve(memory, input, output)
    } else {
        grid::serve(memory, input.lock(), output.lock())
    };
    match served {
        Ok(()) => Some(ExitCode::SUCCESS),
        Err(_) => Some(ExitCode::from(2)),
    }
}

/// The project, read, checked and computed.
fn opened(arguments: &Arguments) -> Result<Project, Stop> {
    Ok(project::load(&arguments.project, &reader(arguments)?)?.remembering(recollection(arguments)?))
}

/// The period with this id, if anything was reported in it.
fn reported(computed: &Computed, id: &str) -> Result<PeriodIndex, Stop> {
    let period = period(&computed.specs, id)?;
    if computed.has(period) {
        return Ok(period);
    }
    Err(Stop::CannotRun(format!("nothing was reported for the period `{id}`; put workbooks into `inputs/{id}/`")))
}

/// Runs a command that writes in a folder, while no other run writes there. What earlier runs left is mended even when this one publishes
/// nothing.
fn with_shelf(
    arguments: &Arguments,
    out: &Path,
    holds: Holding,
    replace: bool,
    run: impl FnOnce(&Arguments, &Shelf) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let shelf = shelf(|| Shelf::open(out, &arguments.project, holds, replace))?;
    let warn = |shelf: &Shelf| {
        for warning in shelf.warnings().iter().filter(|_| !arguments.quiet) {
            say(&format!("esep: warning: {warning}"));
        }
    };
    warn(&shelf);
    let outcome = run(arguments, &shelf);
    warn(&shelf);
    outcome
}

/// Runs a command that leaves a single archive in a folder, where other runs may do the same at once.
fn with_shared_shelf(
    arguments: &Arguments,
    out: &Path,
    what: What,
    run: impl FnOnce(&Shelf) -> Result<(), Stop>,
) -> Result<(), Stop> {
    run(&shelf(|| Shelf::shared(out, &arguments.project, what.holding()))?)
}

/// Where things stand when nothing else is said.
fn usual_place(what: What) -> &'static str {
    match what {
        What::Reports => "out",
        What::Internal => "private/reports",
        What::Sheets => "private/sheets",
    }
}

/// What the command line asks for, with the period that it means.
fn asked(options: &Build, what: What, computed: &Computed) -> Result<Option<Asked>, Stop> {
    let period = options.period.as_deref().map(|id| reported(computed, id)).transpose()?.or(computed.latest());
    let regions = choose::codes(&computed.specs, &options.region)?;
    Ok(period.map(|period| Asked {
        what,
        period: computed.specs.period(period).id.clone(),
        regions,
        levels: options.level.clone(),
        languages: options.language.clone(),
        units: Vec::new(),
        date: options.date.map(|date| date.to_string()),
        site: !options.no_site,
    }))
}

/// What is asked for, as the library is asked.
fn build_options(arguments: &Arguments, asked: &Asked, chosen: Option<usize>, computed: &Computed) -> Result<BuildOptions, Stop> {
    let specs = &computed.specs;
    let day = |text: &String| esep::period::day(text).map_err(|fault| Stop::CannotRun(fault.to_string()));
    Ok(BuildOptions {
        period: Some(reported(computed, &asked.period)?),
        selection: Selection {
            regions: regions(specs, &asked.regions)?,
            levels: levels(specs, &asked.levels)?,
            languages: languages(specs, &asked.languages)?,
        },
        date: asked.date.as_ref().map(day).transpose()?,
        jobs: jobs(chosen),
        typesetter: typesetter(arguments)?,
        site: asked.site,
        keeps_sources: false,
    })
}

/// The audience of reports.
fn audience(what: What) -> Audience {
    match what {
        What::Internal => Audience::Internal,
        What::Reports | What::Sheets => Audience::Public,
    }
}

fn build(arguments: &Arguments, options: &Build, what: What, shelf: &Shelf) -> Result<(), Stop> {
    let project = opened(arguments)?;
    let standing = standing(arguments, options, what, (&project, shelf));
    if let Some(told) = standing.as_ref().and_then(Standing::told) {
        if !arguments.quiet {
            told.iter().for_each(|line| say(line));
            say("nothing has changed since they were made");
        }
        return Ok(());
    }
    let ready = sound(arguments, &project, audience(what))?;
    let Some(asked) = asked(options, what, ready.computed)? else { return Err(no_report()) };
    let told = release(arguments, (&asked, options.jobs, options.keep_sources), (&project, &ready), None, shelf)?;
    if let Some(standing) = standing.filter(|_| !told.is_empty()) {
        standing.keep(&[remarks(&project, &ready), told].concat());
    }
    Ok(())
}

/// What is known of the release that stands where this one would; `None` where that is to be made in any case.
fn standing(arguments: &Arguments, options: &Build, what: What, (project, shelf): (&Project, &Shelf)) -> Option<Standing> {
    let computed = project.computed.as_ref().filter(|_| !options.keep_sources && !any_error(&project.diagnostics))?;
    let asked = asked(options, what, computed).ok().flatten()?;
    let place = shelf.folder().join(&asked.period);
    Standing::new(arguments, &asked, project, place)
}

/// Makes a part of a release.
fn portion(arguments: &Arguments, options: &Build, (what, share): (What, Share), shelf: &Shelf) -> Result<(), Stop> {
    let project = opened(arguments)?;
    let ready = sound(arguments, &project, audience(what))?;
    let Some(asked) = asked(options, what, ready.computed)? else { return Err(no_report()) };
    let options = build_options(arguments, &asked, options.jobs, ready.computed)?;
    let draft = Draft::begin(shelf, share, asked, Stamp::new(&project.sources, &project.diagnostics))?;
    let progress = Progress::new(arguments.quiet, "reports");
    let made = press::portion(&ready, &options, share, draft, |done, all| progress.step(done, all))?;
    progress.finish();
    told(arguments, &project, &made, "report")
}

/// Tells of a part that was made.
fn told(arguments: &Arguments, project: &Project, made: &press::Portion, what: &str) -> Result<(), Stop> {
    if let (Some(place), false) = (&made.place, arguments.quiet) {
        let (documents, pages) = (counted(made.documents, what), counted(made.pages, "page"));
        say(&format!("{documents} of {pages} in `{}`; `esep merge` joins the parts", place.display()));
    }
    for found in &made.diagnostics {
        say(diagnostic::render(found, line(project, found)).trim_end());
    }
    if made.place.is_some() && made.diagnostics.is_empty() { Ok(()) } else { Err(Stop::WrongFiles) }
}

/// Says that nothing fits, and stops.
fn no_report() -> Stop {
    say("esep: no report fits this choice of period, region and level");
    Stop::WrongFiles
}

/// Makes a release, or joins one from its parts, and tells of it. Returns what would be told of it if it were made again; nothing where it depends
/// on more than the project.
fn release(
    arguments: &Arguments,
    (asked, chosen, keeps_sources): (&Asked, Option<usize>, bool),
    (project, ready): (&Project, &Ready<'_>),
    parts: Option<&Parts>,
    shelf: &Shelf,
) -> Result<Vec<String>, Stop> {
    let computed = ready.computed;
    let options = BuildOptions { keeps_sources, ..build_options(arguments, asked, chosen, computed)? };
    let progress = Progress::new(arguments.quiet, "reports");
    let step = |done, all| progress.step(done, all);
    let before = standing::reports(&shelf.folder().join(&asked.period), shelf.holds());
    let built = match parts {
        None => press::build(ready, &options, shelf, step)?,
        Some(parts) => press::merge(ready, &options, parts, shelf, step)?,
    };
    progress.finish();
    let told = built.place.as_ref().map(|place| facts(place, &built, (asked, ready))).unwrap_or_default();
    if let Some((first, others)) = told.split_first().filter(|_| !arguments.quiet) {
        say(first);
        let Tally { made, recalled } = built.tally;
        if parts.is_some() {
            say(&taken(built.taken, built.tally));
        } else if recalled > 0 {
            let (are, were) =
                (agreeing(recalled, "document or page is that", "documents and pages are those"), agreeing(made, "was", "were"));
            say(&format!("{recalled} {are} of before, {made} {were} made"));
        }
        if let Some(sources) = &built.sources {
            say(&sources_in(shelf, sources));
        }
        let gone = before.iter().filter(|before| !built.reports.iter().any(|report| standing::is(report, before))).count();
        if gone > 0 {
            let (were, them) = (agreeing(gone, "was", "were"), agreeing(gone, "it", "them"));
            let gone = counted(gone, "report");
            say(&format!("{gone} of the release before {were} removed with it: this one does not hold {them}"));
        }
        others.iter().for_each(|line| say(line));
    }
    for found in &built.void {
        say(diagnostic::render(found, line(project, found)).trim_end());
    }
    if built.diagnostics.is_empty() && built.blocked.is_empty() && built.place.is_some() {
        return Ok(if built.void.is_empty() { told } else { Vec::new() });
    }
    if !built.blocked.is_empty() {
        let regions: BTreeSet<&str> = built.blocked.iter().map(|entry| entry.region.as_str()).collect();
        let (reports, regions) = (counted(built.blocked.len(), "report"), counted(regions.len(), "region"));
        say(&format!("esep: {reports} of {regions} blocked until the errors are mended"));
    }
    for found in &built.diagnostics {
        say(diagnostic::render(found, line(project, found)).trim_end());
    }
    if let Some(kept) = &built.kept {
        say(&format!("esep: {kept}"));
    }
    if built.diagnostics.is_empty() && built.blocked.is_empty() {
        return Err(no_report());
    }
    Err(Stop::WrongFiles)
}

/// What is told of a release that was made.
fn facts(place: &Path, built: &Built, (asked, ready): (&Asked, &Ready<'_>)) -> Vec<String> {
    let pages: usize = built.reports.iter().map(|report| report.pages).sum();
    let mut told = vec![format!("{} of {pages} pages in `{}`", counted(built.reports.len(), "report"), place.display())];
    if let Some(edition) = built.edition.filter(|&edition| edition > 1) {
        let new = built.reports.iter().filter(|report| report.edition == Some(edition)).count();
        let new = match new {
            0 => "every report is what it was".to_owned(),
            new if new == built.reports.len() => "every report is new in it".to_owned(),
            new => format!("{} new in it, the others are what they were", counted(new, "report")),
        };
        told.push(format!("edition {edition}: {new}; `esep compare` tells what has changed"));
    }
    if built.stage == Some(Stage::Preliminary) || !built.waiting.is_empty() {
        told.push(waiting(&ready.computed.specs, built.stage, &built.waiting));
    }
    match audience(asked.what) {
        Audience::Public => {
            told.extend(cost(ready.published.cost()));
            told.push("the reliability protocols are not for publication: `--audience internal` makes them".to_owned());
        }
        Audience::Internal => told.push("all of it is for internal use, not for publication".to_owned()),
    }
    if asked.site && built.site.is_empty() {
        told.push("there are no pages for a browser: they are made with the report of the top region".to_owned());
    }
    told
}

/// Where it is kept what documents are typeset from.
fn sources_in(shelf: &Shelf, name: &str) -> String {
    format!("what they are typeset from is in `{}`; it is not published with them", shelf.folder().join(name).display())
}

/// How much of a whole comes from its parts.
fn taken(taken: usize, Tally { made, recalled }: Tally) -> String {
    let taken = counted(taken, "file");
    match made + recalled {
        0 => format!("{taken} of the parts, nothing had to be made again"),
        again => {
            let were = agreeing(
                again,
                "document or page was made here, which no part could make as it is",
                "documents and pages were made here, which no part could make as they are",
            );
            format!("{taken} of the parts; {again} {were}")
        }
    }
}

/// Whose approval is wanting, in words.
fn waiting(specs: &Specs, stage: Option<Stage>, regions: &[RegionIndex]) -> String {
    /// So many regions are named.
    const NAMED: usize = 10;
    if regions.is_empty() {
        return "the release is preliminary: `programme.yaml` says so".to_owned();
    }
    let region = |index: &RegionIndex| {
        let region = specs.hierarchy.region(*index);
        format!("{} ({})", region.name.get(&specs.programme.publish[0]), region.code.as_str())
    };
    let names: Vec<String> = regions.iter().take(NAMED).map(region).collect();
    let more = regions.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let what = if stage == Some(Stage::Preliminary) { "the release is preliminary" } else { "some reports are preliminary" };
    format!("{what}: the numbers of these regions are not approved: {}{more}", names.join(", "))
}

/// What withholding small counts costs readers.
fn cost(Cost { counts, small, others }: Cost) -> Option<String> {
    (counts > 0).then(|| {
        let are = agreeing(small, "is", "are");
        let these = agreeing(small, "this one does", "these do");
        format!("of {counts} counts of persons {small} {are} withheld as small, and {others} more so that {these} not follow")
    })
}

fn changes(arguments: &Arguments, choice: &Choice, format: CheckFormat) -> Result<(), Stop> {
    let project = opened(arguments)?;
    let ready = specified(&project, Audience::Internal)?;
    let computed = ready.computed;
    let specs = &computed.specs;
    let chosen = Chosen::new(specs, choice)?;
    let all = computed.changes();
    let changes: Vec<&Change> = all.iter().filter(|change| chosen.has(specs, change.period, change.region)).collect();
    print(&match format {
        CheckFormat::Text => changes.iter().map(|change| change.line(specs) + "\n").collect(),
        CheckFormat::Json => {
            let list: Vec<serde_json::Value> = changes.iter().map(|change| change_json(specs, change)).collect();
            serde_json::to_string_pretty(&list).expect("plain data") + "\n"
        }
    })?;
    if !arguments.quiet {
        let files: BTreeSet<&FileName> = changes.iter().map(|change| change.place.file()).collect();
        let others = all.len() - changes.len();
        let others = if others == 0 { String::new() } else { format!("; {others} more outside of the choice") };
        say(&format!("{} in {}{others}", counted(changes.len(), "change"), counted(files.len(), "file")));
    }
    Ok(())
}

fn results(arguments: &Arguments, options: &Results) -> Result<(), Stop> {
    let project = opened(arguments)?;
    let audience = Audience::from(options.audience);
    let ready = sound(arguments, &project, audience)?;
    let computed = ready.computed;
    let specs = &computed.specs;
    let mut periods = options.period.iter().map(|id| period(specs, id)).collect::<Result<Vec<_>, _>>()?;
    if periods.is_empty() {
        let last = computed.latest().map_or(0, |latest| latest.0 + 1);
        periods = (0..last).map(PeriodIndex).collect();
    }
    let languages = languages(specs, options.language.as_slice())?;
    let selection = Selection { regions: regions(specs, &options.region)?, levels: levels(specs, &options.level)?, languages };
    choose::indicators(specs, &options.indicator)?;
    let mut rows = press::rows(&ready.published, &periods, &selection);
    rows.retain(|row| options.indicator.is_empty() || options.indicator.contains(&row.indicator));
    print(&match options.format {
        ResultsFormat::Csv => table::csv(rows),
        ResultsFormat::Json => table::json(&rows),
    })?;
    if audience == Audience::Internal && !arguments.quiet {
        say("these numbers are for internal use, not for publication");
    }
    if any_error(&project.diagnostics) {
        say("esep: the numbers of the regions concerned, and of those that they lie in, are blocked until the errors are mended");
        for &period in &periods {
            let left_out = press::left_out(&ready.published, period, &selection);
            let codes: Vec<&str> = left_out.iter().map(|&region| specs.hierarchy.region(region).code.as_str()).collect();
            if !codes.is_empty() {
                say(&format!("esep: left out of `{}`: {}", specs.period(period).id, list(&codes)));
            }
        }
        return Err(Stop::WrongFiles);
    }
    Ok(())
}

fn answers(arguments: &Arguments, choice: &Choice, languages: &[String], shelf: &Shelf) -> Result<(), Stop> {
    let reader = reader(arguments)?;
    let project = project::load(&arguments.project, &reader)?;
    let ready = specified(&project, Audience::Internal)?;
    let Chosen { periods, regions } = Chosen::new(&ready.computed.specs, choice)?;
    let languages = choose::languages(&ready.computed.specs, languages)?;
    let made = press::answers(&ready, &AnswerOptions { periods, regions, languages }, &reader, shelf)?;
    for (file, reason) in &made.failed {
        say(&format!("esep: `{file}` cannot be sent back with marks: {reason}"));
    }
    if !arguments.quiet {
        say(&format!("{} in `{}`", counted(made.count, "answer"), shelf.folder().display()));
    }
    if made.failed.is_empty() { Ok(()) } else { Err(Stop::WrongFiles) }
}

fn collection(arguments: &Arguments, options: &Forms, shelf: &Shelf) -> Result<(), Stop> {
    let project = opened(arguments)?;
    let ready = specified(&project, Audience::Internal)?;
    let computed = ready.computed;
    let specs = &computed.specs;
    let period = match &options.period {
        Some(id) => period(specs, id)?,
        None => forms::next_period(specs, computed.latest()).ok_or_else(|| {
            Stop::CannotRun(
                "the programme has no period after the last one with data; add one or name one with `--period`".into(),
            )
        })?,
    };
    let language = languages(specs, options.language.as_slice())?.pop();
    let options = FormOptions { period, regions: regions(specs, &options.region)?, language };
    let made = press::collect(&ready, &options, shelf)?;
    let Some(place) = &made.place else {
        return Err(Stop::CannotRun("nothing is collected in these regions: the registers have no units there".into()));
    };
    if !arguments.quiet {
        say(&format!("{} in `{}`", counted(made.count, "workbook"), place.display()));
    }
    Ok(())
}

fn schemas(file: Option<SchemaFile>) -> String {
    let schema = |file| match file {
        SchemaFile::Programme => spec::schema::<spec::format::RawProgramme>(),
        SchemaFile::Regions => spec::schema::<spec::format::RawRegions>(),
        SchemaFile::Dataset => spec::schema::<spec::format::RawDataset>(),
        SchemaFile::Indicator => spec::schema::<spec::format::RawIndicator>(),
        SchemaFile::Check => spec::schema::<spec::checks::format::RawCheck>(),
        SchemaFile::Series => spec::schema::<spec::checks::format::RawSeries>(),
        SchemaFile::Waivers => spec::schema::<spec::checks::format::RawWaivers>(),
        SchemaFile::Offices => spec::schema::<spec::offices::RawOffices>(),
        SchemaFile::Approvals => spec::schema::<spec::approvals::RawApprovals>(),
        SchemaFile::Codes => spec::schema::<spec::codes::RawCodes>(),
    };
    let schema = match file {
        Some(file) => schema(file),
        None => SchemaFile::value_variants()
            .iter()
            .map(|file| (file.to_possible_value().expect("no file is hidden").get_name().to_owned(), schema(*file)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    };
    serde_json::to_string_pretty(&schema).expect("a schema is plain data") + "\n"
}

fn new(arguments: &Arguments, folder: &Path) -> Result<(), Stop> {
    release::begin_project(folder, &sources::starter())?;
    if !arguments.quiet {
        say(&format!(
            "a small project stands in `{0}`; make its reports with `esep build --project {0} --out {0}/out`",
            folder.display()
        ));
    }
    Ok(())
}

/// The computed project, for an audience, if nothing is wrong with its files; else prints the errors and stops.
fn sound<'a>(arguments: &Arguments, project: &'a Project, audience: Audience) -> Result<Ready<'a>, Stop> {
    let shown = diagnostic::folded(&project.diagnostics, MOST_OF_A_KIND);
    for found in shown.iter().filter(|found| found.severity == Severity::Error) {
        say(&diagnostic::render(found, line(project, found)));
    }
    match project.ready(audience) {
        Some(ready) if !stops_everything(&project.diagnostics) => {
            let notices = ready.published.notices();
            if arguments.quiet {
                let errors = notices.iter().filter(|found| found.severity == Severity::Error);
                errors.for_each(|found| say(diagnostic::render(found, None).trim_end()));
            } else {
                remarks(project, &ready).iter().for_each(|line| say(line));
            }
            if !any_error(notices) { Ok(ready) } else { Err(Stop::WrongFiles) }
        }
        Some(_) | None => {
            say(&format!("{}: nothing is published until the errors are mended", tally(&project.diagnostics)));
            Err(Stop::WrongFiles)
        }
    }
}

/// What is told of a project whose files are sound: how much was found, and what withholding leads to.
fn remarks(project: &Project, ready: &Ready<'_>) -> Vec<String> {
    let found = (!project.diagnostics.is_empty()).then(|| format!("{}; `esep check` prints them", tally(&project.diagnostics)));
    let notices = ready.published.notices().iter().map(|notice| diagnostic::render(notice, None).trim_end().to_owned());
    found.into_iter().chain(notices).collect()
}

/// The specifications and the data for an audience, whatever is wrong with the offices' files. For errors of other files, prints them and
/// stops.
fn specified(project: &Project, audience: Audience) -> Result<Ready<'_>, Stop> {
    let is_submitted = |found: &&Diagnostic| found.place.file().as_str().starts_with("inputs");
    let errors = project.diagnostics.iter().filter(|found| found.severity == Severity::Error && !is_submitted(found));
    let mut broken = false;
    for found in errors {
        say(&diagnostic::render(found, line(project, found)));
        broken = true;
    }
    if broken { Err(Stop::WrongFiles) } else { project.ready(audience).ok_or(Stop::WrongFiles) }
}
