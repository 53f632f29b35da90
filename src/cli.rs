//! Arguments, progress, printing, exit code. Data go to stdout, all else to stderr.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use esep::diagnostic::{self, Diagnostic, Place, Rule, Severity, any_error, did_you_mean_or_list};
use esep::language::LanguageCode;
use esep::period::PeriodIndex;
use esep::pipeline::{self, BuildOptions, Computed, Project};
use esep::region::{LevelIndex, RegionCode, RegionIndex};
use esep::report::Selection;
use esep::spec::Specs;
use esep::{release, sources, spec, table};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;

/// Official monitoring reports from indicator specifications and spreadsheets.
///
/// A project is a folder with `indicator-specs/`, `inputs/<period>/` and, where the house's own templates do not do,
/// `report-templates/`. Exit code: 0 fine, 1 the files are wrong, 2 could not run.
#[derive(Parser)]
#[command(version, max_term_width = 100, arg_required_else_help = true)]
struct Arguments {
    /// The project's folder
    #[arg(long, global = true, default_value = ".", value_name = "DIR")]
    project: PathBuf,
    /// Print errors only
    #[arg(long, short, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the reports of a period: one PDF for every region and language
    Build(Build),
    /// Say all that is wrong with specifications and inputs
    Check {
        /// How findings are printed
        #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
        format: CheckFormat,
    },
    /// Print every number
    Results(Results),
    /// Print the JSON Schema of a specification file, for editors; of all of them as one object when none is named
    Schema {
        /// Of which file
        #[arg(value_enum)]
        file: Option<SchemaFile>,
    },
    /// Tell what a rule looks at, why, and what to do; without a rule, list all of them
    Explain {
        /// The rule's name as printed in a finding
        rule: Option<String>,
    },
    /// Write a small working project into an empty folder
    New {
        /// The folder
        folder: PathBuf,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Args)]
struct Build {
    /// The period; the last one with data when left out
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    /// A region's code, with everything below it; repeatable
    #[arg(long, value_name = "CODE")]
    region: Vec<String>,
    /// A level of the hierarchy; repeatable
    #[arg(long, value_name = "LEVEL")]
    level: Vec<String>,
    /// A language of the programme; repeatable
    #[arg(long, value_name = "CODE")]
    language: Vec<String>,
    /// Where releases stand; a release takes the place of the one before for the same period
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    /// How many reports are made at once; as many as there are processors when left out
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// The day printed on the reports (YYYY-MM-DD); the period's own when left out
    #[arg(long, value_name = "DAY")]
    date: Option<Date>,
}

#[derive(Args)]
struct Results {
    /// The period; repeatable; all of them when left out
    #[arg(long, value_name = "PERIOD")]
    period: Vec<String>,
    /// A region's code, with everything below it; repeatable
    #[arg(long, value_name = "CODE")]
    region: Vec<String>,
    /// A level of the hierarchy; repeatable
    #[arg(long, value_name = "LEVEL")]
    level: Vec<String>,
    /// The language of the regions' names; the first one of the reports when left out
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// How numbers are printed
    #[arg(long, value_enum, default_value_t = ResultsFormat::Csv)]
    format: ResultsFormat,
}

#[derive(Clone, Copy, ValueEnum)]
enum CheckFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
enum ResultsFormat {
    Csv,
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
enum SchemaFile {
    Programme,
    Regions,
    Dataset,
    Indicator,
}

/// Why the program stops early.
enum Stop {
    /// The files are wrong; what is wrong has been printed.
    WrongFiles,
    /// Could not run: the reason.
    CannotRun(String),
}

impl From<pipeline::Error> for Stop {
    fn from(error: pipeline::Error) -> Self {
        Stop::CannotRun(error.to_string())
    }
}

/// Runs the program on its arguments.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match &arguments.command {
        Command::Build(options) => build(&arguments, options),
        Command::Check { format } => check(&arguments, *format),
        Command::Results(options) => results(&arguments, options),
        Command::Schema { file } => print(&schemas(*file)),
        Command::Explain { rule } => explain(rule.as_deref()),
        Command::New { folder } => new(&arguments, folder),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "esep", &mut script);
            print(&String::from_utf8_lossy(&script))
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::WrongFiles) => ExitCode::from(1),
        Err(Stop::CannotRun(reason)) => {
            say(&format!("esep: {reason}"));
            ExitCode::from(2)
        }
    }
}

fn build(arguments: &Arguments, options: &Build) -> Result<(), Stop> {
    let project = pipeline::load(&arguments.project)?;
    let computed = sound(arguments, &project)?;
    let specs = &computed.specs;
    let chosen = options.period.as_deref().map(|id| period(specs, id)).transpose()?;
    if let Some(period) = chosen.filter(|&period| !computed.data.has(period)) {
        let id = &specs.programme.periods[period.0].id;
        return Err(Stop::CannotRun(format!("nothing was reported for the period `{id}`; put workbooks into `inputs/{id}/`")));
    }
    let options = BuildOptions {
        period: chosen,
        selection: Selection {
            regions: regions(specs, &options.region)?,
            levels: levels(specs, &options.level)?,
            languages: languages(specs, &options.language)?,
        },
        date: options.date,
        out: options.out.clone(),
        jobs: options.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1),
    };
    let progress = Progress::new(arguments.quiet);
    let built = pipeline::build(&project.sources, computed, &options, |done, all| progress.step(done, all))?;
    progress.finish();
    let pages: usize = built.reports.iter().map(|report| report.pages).sum();
    if let (Some(place), false) = (&built.place, arguments.quiet) {
        say(&format!("{} of {pages} pages in `{}`", counted(built.reports.len(), "report"), place.display()));
    }
    if built.diagnostics.is_empty() && built.place.is_some() {
        return Ok(());
    }
    for found in &built.diagnostics {
        say(diagnostic::render(found, line(&project, found)).trim_end());
    }
    if built.diagnostics.is_empty() {
        say("esep: no report fits this choice of period, region and level");
    }
    Err(Stop::WrongFiles)
}

fn check(arguments: &Arguments, format: CheckFormat) -> Result<(), Stop> {
    let project = pipeline::load(&arguments.project)?;
    let text: String = match format {
        CheckFormat::Text => project
            .diagnostics
            .iter()
            .filter(|found| !arguments.quiet || found.severity == Severity::Error)
            .map(|found| diagnostic::render(found, line(&project, found)) + "\n")
            .collect(),
        CheckFormat::Json => {
            let list: Vec<serde_json::Value> = project.diagnostics.iter().map(json).collect();
            serde_json::to_string_pretty(&list).expect("plain data") + "\n"
        }
    };
    print(&text)?;
    if !arguments.quiet {
        let files = project.sources.inputs.values().flatten().count();
        say(&format!(
            "{} and {} checked: {}",
            counted(project.sources.specs.len(), "specification"),
            counted(files, "workbook"),
            tally(&project.diagnostics)
        ));
    }
    if any_error(&project.diagnostics) { Err(Stop::WrongFiles) } else { Ok(()) }
}

fn results(arguments: &Arguments, options: &Results) -> Result<(), Stop> {
    let project = pipeline::load(&arguments.project)?;
    let computed = sound(arguments, &project)?;
    let specs = &computed.specs;
    let mut periods = options.period.iter().map(|id| period(specs, id)).collect::<Result<Vec<_>, _>>()?;
    if periods.is_empty() {
        let last = computed.data.latest().map_or(0, |latest| latest.0 + 1);
        periods = (0..last).map(PeriodIndex).collect();
    }
    let languages = languages(specs, options.language.as_slice())?;
    let selection = Selection { regions: regions(specs, &options.region)?, levels: levels(specs, &options.level)?, languages };
    let rows = pipeline::rows(computed, &periods, &selection);
    print(&match options.format {
        ResultsFormat::Csv => table::csv(&rows),
        ResultsFormat::Json => table::json(&rows),
    })
}

fn schemas(file: Option<SchemaFile>) -> String {
    let schema = |file| match file {
        SchemaFile::Programme => spec::schema::<spec::format::RawProgramme>(),
        SchemaFile::Regions => spec::schema::<spec::format::RawRegions>(),
        SchemaFile::Dataset => spec::schema::<spec::format::RawDataset>(),
        SchemaFile::Indicator => spec::schema::<spec::format::RawIndicator>(),
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

fn explain(rule: Option<&str>) -> Result<(), Stop> {
    let names = || Rule::ALL.iter().map(|rule| rule.name());
    let Some(name) = rule else {
        return print(&names().map(|name| format!("{name}\n")).collect::<String>());
    };
    match Rule::ALL.iter().find(|rule| rule.name() == name) {
        Some(rule) => print(&format!("{}\n", rule.explanation())),
        None => Err(unknown("rule", name, names())),
    }
}

fn new(arguments: &Arguments, folder: &std::path::Path) -> Result<(), Stop> {
    release::begin_project(folder, &sources::starter()).map_err(|error| Stop::CannotRun(error.to_string()))?;
    if !arguments.quiet {
        say(&format!(
            "a small project stands in `{0}`; make its reports with `esep build --project {0} --out {0}/out`",
            folder.display()
        ));
    }
    Ok(())
}

/// The computed project, when nothing is wrong with its files; else what is wrong is printed.
fn sound<'a>(arguments: &Arguments, project: &'a Project) -> Result<&'a Computed, Stop> {
    let errors = project.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    for found in errors {
        say(&diagnostic::render(found, line(project, found)));
    }
    match &project.computed {
        Some(computed) if !any_error(&project.diagnostics) => {
            if !arguments.quiet && !project.diagnostics.is_empty() {
                say(&format!("{}; `esep check` prints them", tally(&project.diagnostics)));
            }
            Ok(computed)
        }
        _ => {
            say(&format!("{}: nothing is published until the errors are mended", tally(&project.diagnostics)));
            Err(Stop::WrongFiles)
        }
    }
}

fn line<'a>(project: &'a Project, found: &Diagnostic) -> Option<&'a str> {
    match &found.place {
        Place::Text { file, span } => project.sources.line(file, span.line),
        Place::File(_) | Place::Cell { .. } => None,
    }
}

fn json(found: &Diagnostic) -> serde_json::Value {
    let mut object = serde_json::json!({
        "severity": found.severity.name(),
        "rule": found.rule.name(),
        "file": found.place.file().as_str(),
        "message": found.message,
        "hint": found.hint,
    });
    match &found.place {
        Place::File(_) => {}
        Place::Text { span, .. } => {
            object["line"] = span.line.into();
            object["column"] = span.column.into();
        }
        Place::Cell { sheet, row, column, .. } => {
            object["sheet"] = sheet.as_ref().into();
            object["row"] = (row + 1).into();
            object["cell"] = column.map(|column| diagnostic::cell_name(*row, column)).into();
        }
    }
    object
}

/// `2 errors, 1 warning`.
fn tally(diagnostics: &[Diagnostic]) -> String {
    let parts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|severity| (severity, diagnostics.iter().filter(|found| found.severity == severity).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| counted(count, severity.name()))
        .collect();
    if parts.is_empty() { "nothing found".into() } else { parts.join(", ") }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn period(specs: &Specs, id: &str) -> Result<PeriodIndex, Stop> {
    specs
        .programme
        .period(id)
        .ok_or_else(|| unknown("period", id, specs.programme.periods.iter().map(|period| period.id.as_str())))
}

fn regions(specs: &Specs, codes: &[String]) -> Result<Vec<RegionIndex>, Stop> {
    let find = |code: &String| {
        let found = specs.hierarchy.find(&RegionCode::new(code));
        found.ok_or_else(|| unknown("region", code, specs.hierarchy.all().map(|(_, region)| region.code.as_str())))
    };
    codes.iter().map(find).collect()
}

fn levels(specs: &Specs, names: &[String]) -> Result<Vec<LevelIndex>, Stop> {
    let find = |name: &String| {
        let found = specs.programme.level(name);
        found.ok_or_else(|| unknown("level", name, specs.programme.levels.iter().map(|level| level.id.as_str())))
    };
    names.iter().map(find).collect()
}

fn languages(specs: &Specs, codes: &[String]) -> Result<Vec<LanguageCode>, Stop> {
    let known = &specs.programme.languages;
    let find = |code: &String| {
        let found = known.iter().find(|language| language.as_str() == code).cloned();
        found.ok_or_else(|| unknown("language", code, known.iter().map(LanguageCode::as_str)))
    };
    codes.iter().map(find).collect()
}

fn unknown<'a>(what: &str, name: &str, all: impl IntoIterator<Item = &'a str>) -> Stop {
    let hint = did_you_mean_or_list(name, all).map_or_else(String::new, |hint| format!("; {hint}"));
    Stop::CannotRun(format!("unknown {what} `{name}`{hint}"))
}

/// Prints data; a reader that has seen enough (`| head`) is no fault.
fn print(text: &str) -> Result<(), Stop> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Stop::CannotRun(format!("cannot write to stdout: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Prints a line for the person at the screen; nobody there is no fault.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// A bar on a terminal, a line now and then elsewhere.
struct Progress {
    bar: Option<ProgressBar>,
    quiet: bool,
    said: AtomicUsize,
}

impl Progress {
    fn new(quiet: bool) -> Self {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let style =
                ProgressStyle::with_template("{wide_bar} {pos}/{len} reports, {eta} left").expect("the template is fixed");
            ProgressBar::new(0).with_style(style)
        });
        Self { bar, quiet, said: AtomicUsize::new(0) }
    }

    fn step(&self, done: usize, all: usize) {
        if let Some(bar) = &self.bar {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        } else if !self.quiet {
            // A line at every tenth part.
            let tenth = done * 10 / all.max(1);
            if all >= 20 && self.said.fetch_max(tenth, Ordering::Relaxed) < tenth {
                say(&format!("{done} of {all} reports"));
            }
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
