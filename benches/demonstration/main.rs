//! Makes the demonstration inputs: workbooks as offices would send them, every figure in them invented.
//!
//! ```text
//! cargo run --example demonstration -- [--project DIR] [--out DIR] [--organisations N] [--seed N]
//! ```
//!
//! What there is comes from the project's specifications, how much of it from `inputs/demonstration.yaml`. The same settings
//! and seed give the same bytes on every machine, and one more organisation leaves all others as they were.

mod draw;
mod model;
mod settings;
mod sheet;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use esep::diagnostic::{self, FileName};
use esep::language::LanguageCode;
use esep::period::Period;
use esep::region::RegionIndex;
use esep::sources::TextFile;
use esep::spec::{Dataset, Field, FieldKind, Specs};
use jiff::civil::Date;
use minijinja::context;
use rayon::prelude::*;

use draw::Chance;
use model::{Cell, Subject, World, render};
use settings::{FileRule, Format, Settings, get};
use sheet::{Sheet, Typed};

/// Makes synthetic inputs for a project.
#[derive(Parser)]
struct Arguments {
    /// The project's folder
    #[arg(long, default_value = ".", value_name = "DIR")]
    project: PathBuf,
    /// Where the folders of the periods are written; the project's `inputs/` when left out
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// About how many organisations there are in a period; as in the settings when left out
    #[arg(long, value_name = "N")]
    organisations: Option<usize>,
    /// Other organisations and other answers; as in the settings when left out
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

fn main() -> ExitCode {
    let outcome = run(&Arguments::parse());
    let (line, code) = match &outcome {
        Ok(summary) => (summary, ExitCode::SUCCESS),
        Err(reason) => (reason, ExitCode::FAILURE),
    };
    // Nobody at the screen is no fault.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
    code
}

fn run(arguments: &Arguments) -> Result<String, String> {
    let (specs, settings) = read(&arguments.project)?;
    let chance = Chance::new(arguments.seed.unwrap_or(settings.seed));
    let world = World { specs: &specs, settings: &settings, chance };
    let register = dataset(&specs, &settings.register)?;
    let level = register.level.ok_or_else(|| format!("expected a `level` in the dataset `{}`, found none", register.id))?;
    let wanted = arguments.organisations.unwrap_or(settings.units);
    let units = world.units(&specs.programme.levels[level.0].id, wanted)?;

    let mut submissions = Vec::new();
    let mut received = BTreeMap::new();
    for id in &settings.periods {
        let index = specs.programme.period(id).ok_or_else(|| format!("unknown period `{id}` in the settings"))?;
        let period = &specs.programme.periods[index.0];
        for rule in &settings.files {
            for office in world.regions(&rule.level)? {
                if specs.hierarchy.region(office).exists_on(period.date) {
                    submissions.push(Submission { period, rule, office, corrected: None });
                    let corrected = world.corrected(office, period);
                    submissions.extend(corrected.map(|_| Submission { period, rule, office, corrected }));
                }
            }
        }
    }
    let files: Vec<(PathBuf, Vec<u8>)> = submissions
        .par_iter()
        .map(|submission| submission.files(&world, &units))
        .collect::<Result<Vec<_>, String>>()?
        .into_iter()
        .flatten()
        .map(|(path, day, bytes)| {
            received.extend(day.map(|day| (path.clone(), day)));
            (path, bytes)
        })
        .collect();
    let days: String = received.iter().map(|(path, day)| format!("{},{day}\n", path.display())).collect();
    let out = arguments.out.clone().unwrap_or_else(|| arguments.project.join("inputs"));
    write(&out.join("received.csv"), format!("file,received\n{days}").as_bytes())?;

    for (path, bytes) in &files {
        write(&out.join(path), bytes)?;
    }
    let size: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    let others = others(&out, &settings, &files);
    let note = if others.is_empty() { String::new() } else { format!("; not written by it: {}", diagnostic::list(&others)) };
    Ok(format!("{} organisations, {} files, {} KB in `{}`{note}", units.len(), files.len(), size / 1024, out.display()))
}

fn read(project: &Path) -> Result<(Specs, Settings), String> {
    let (sources, mut diagnostics) = esep::sources::read(project).map_err(|error| error.to_string())?;
    let specs = esep::spec::load(&sources.specs, &mut diagnostics);
    let path = project.join("inputs/demonstration.yaml");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    let file = TextFile { name: FileName::new("inputs/demonstration.yaml"), text };
    let settings = esep::yaml::parse::<Settings>(&file, &mut diagnostics);
    let found: Vec<String> = diagnostics.iter().map(|diagnostic| diagnostic::render(diagnostic, None)).collect();
    match (specs, settings) {
        (Some(specs), Some(settings)) if !diagnostic::any_error(&diagnostics) => Ok((specs, settings.value)),
        _ => Err(found.join("\n")),
    }
}

/// What one office sends in one period.
struct Submission<'a> {
    period: &'a Period,
    rule: &'a FileRule,
    office: RegionIndex,
    /// The day of a correction: what was left blank at first is filled in, in rows that had a blank.
    corrected: Option<Date>,
}

/// A file's path in the folder of inputs, the day on which it comes, and its bytes.
type File = (PathBuf, Option<Date>, Vec<u8>);

impl Submission<'_> {
    fn files(&self, world: &World<'_>, units: &[Subject]) -> Result<Vec<File>, String> {
        let Self { period, rule, office, corrected } = *self;
        let place = world.place(office);
        let mut sheets = Vec::new();
        for id in &rule.datasets {
            let dataset = dataset(world.specs, id)?;
            if corrected.is_none() || dataset.corrections.is_some() {
                sheets.push(table(world, units, period, dataset, office, corrected.is_some())?);
            }
        }
        sheets.retain(|sheet| corrected.is_none() || !sheet.rows.is_empty());
        let region = world.specs.hierarchy.region(office);
        let language = LanguageCode::new(&place.language);
        let name = |sheet: &str| {
            let values =
                context! { code => region.code.as_str(), region => region.name.get(&language), period => &period.id, sheet };
            render(get(&rule.name, &place.language)?, values)
        };
        let folder = Path::new(&period.id);
        let folder = corrected.map_or_else(|| folder.to_owned(), |day| folder.join(day.to_string()));
        let path = |sheet: &str, extension: &str| Ok::<_, String>(folder.join(format!("{}.{extension}", name(sheet)?)));
        let failed = |error: String| format!("cannot make the tables of `{}`: {error}", region.code);
        // The day of a correction is the name of its folder.
        let day = if corrected.is_some() { None } else { world.received(office, period) };
        Ok(match place.format {
            _ if sheets.is_empty() => Vec::new(),
            Format::Xlsx => vec![(path("", "xlsx")?, day, sheet::xlsx(&sheets, period).map_err(failed)?)],
            Format::Ods => vec![(path("", "ods")?, day, sheet::ods(&sheets, period).map_err(failed)?)],
            Format::Csv => {
                let text = |sheet: &Sheet| {
                    Ok((path(&sheet.name, "csv")?, day, sheet::csv(sheet, world.specs.programme.encoding).map_err(failed)?))
                };
                sheets.iter().map(text).collect::<Result<_, String>>()?
            }
        })
    }
}

/// The table of a dataset as one office sends it; of a correction, the rows in which something was blank.
fn table(
    world: &World<'_>,
    units: &[Subject],
    period: &Period,
    dataset: &Dataset,
    office: RegionIndex,
    correction: bool,
) -> Result<Sheet, String> {
    let place = world.place(office);
    let language = LanguageCode::new(&place.language);
    let regions: Vec<Subject> = match dataset.level {
        Some(level) if dataset.key.contains(&dataset.region) => {
            world.regions(&world.specs.programme.levels[level.0].id)?.map(|region| world.region(region)).collect()
        }
        Some(_) | None => Vec::new(),
    };
    let subjects = if regions.is_empty() { units } else { &regions };
    let mut rows = Vec::new();
    for subject in subjects.iter().filter(|subject| world.specs.hierarchy.contains(office, subject.region)) {
        if world.takes_part(subject, dataset, period) {
            let cells = world.row(subject, dataset, period, &place.language, correction)?;
            if correction && cells == world.row(subject, dataset, period, &place.language, false)? {
                continue;
            }
            let spelt = cells.into_iter().zip(&dataset.fields).map(|(cell, field)| spell(world, cell, field, &language));
            rows.push(spelt.collect::<Result<_, _>>()?);
        }
    }
    let mut titles = Vec::new();
    for title in &world.settings.titles {
        for (code, text) in &title.text.0 {
            let own = code.value == place.language;
            // A text table has the letters of one language only.
            if own || title.every_language && place.format != Format::Csv {
                let language = LanguageCode::new(&code.value);
                let region = world.specs.hierarchy.region(office).name.get(&language);
                titles.push(render(
                    text,
                    context! { region, dataset => dataset.name.get(&language), period => period.name.get(&language) },
                )?);
            }
        }
    }
    let header = dataset.fields.iter().map(|field| field.name.get(&language).to_owned()).collect();
    Ok(Sheet::new(get(get(&world.settings.sheets, &dataset.id)?, &place.language)?.clone(), titles, header, rows))
}

/// A cell in the words of an office.
fn spell(world: &World<'_>, cell: Cell, field: &Field, language: &LanguageCode) -> Result<Typed, String> {
    let words = get(&world.settings.words, language.as_str())?;
    Ok(match cell {
        Cell::Empty => Typed::Nothing,
        Cell::NotReported => Typed::Text(words.not_reported.clone()),
        Cell::NotApplicable => Typed::Text(words.not_applicable.clone()),
        Cell::Flag(flag) => Typed::Text(if flag { words.yes.clone() } else { words.no.clone() }),
        Cell::Count(count) => Typed::Number(count),
        Cell::Text(text) => Typed::Text(text),
        Cell::Region(region) => Typed::Text(world.specs.hierarchy.region(region).name.get(language).to_owned()),
        Cell::Category(id) => match &field.kind {
            FieldKind::Category(values) => {
                let value = values.iter().find(|value| value.id == id);
                let value = value.ok_or_else(|| format!("unknown value `{id}` of `{}` in the settings", field.id))?;
                Typed::Text(value.name.get(language).to_owned())
            }
            FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } | FieldKind::Flag | FieldKind::Count { .. } => {
                return Err(format!("the field `{}` is no category, but the settings give it values", field.id));
            }
        },
    })
}

fn dataset<'a>(specs: &'a Specs, id: &str) -> Result<&'a Dataset, String> {
    specs.datasets.iter().find(|dataset| dataset.id == *id).ok_or_else(|| format!("unknown dataset `{id}` in the settings"))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    folder.and_then(|()| std::fs::write(path, bytes)).map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}

/// Files that stand in the same folders: a workbook under an older name would report everything a second time.
fn others(out: &Path, settings: &Settings, files: &[(PathBuf, Vec<u8>)]) -> Vec<String> {
    let listed = settings.periods.iter().flat_map(|period| {
        let entries = std::fs::read_dir(out.join(period)).into_iter().flatten().flatten();
        entries.map(|entry| Path::new(period).join(entry.file_name()))
    });
    let others = listed.filter(|path| !files.iter().any(|(written, _)| written.starts_with(path)));
    others.map(|path| path.display().to_string()).collect()
}
