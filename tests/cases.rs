//! Runs every folder of `tests/cases/` and `tests/countries/`: a small project goes in, and what stands in `expected/` must come out.
//!
//! A case is a folder named after a behaviour:
//!
//! | file | what it is |
//! |---|---|
//! | `about.md` | its first line says the behaviour in one sentence |
//! | `indicator-specs/`, `inputs/`, `report-templates/`, `published/` | a project, or files to lie over `tests/base/` (see [`support::assemble`]) |
//! | `inputs/<period>/<name>.xlsx/<sheet>.csv` | a grid that becomes a sheet of a real workbook; so with `.ods` |
//! | `remove.txt` | paths of the base that are left out |
//! | `edits.txt` | lines of the base that are replaced: what a fault consists of can be seen at a glance |
//! | `expected/check.txt` | what `esep check` prints, and its exit code |
//! | `expected/interpreted.txt` | what `esep check --interpreted` prints |
//! | `expected/balance.txt` | what became of all files, sheets and rows, as `esep check` prints it |
//! | `expected/changes.txt` | what `esep changes` prints |
//! | `expected/notices.txt` | what a build says of the protection before it publishes anything |
//! | `expected/results.csv` | what `esep results` prints; `results-of.txt` holds its options |
//! | `expected/trace.txt` | what `esep trace` prints; `trace-of.txt` holds `--indicator` and the options of the command, or `--cell` |
//! | `expected/published.csv` | percentages as somebody else published them; our exact ratios must agree |
//! | `expected/report.json` | parts of what a report says; `report-of.txt` holds `--region`, `--language`, for whom (`--audience`) and, by `--part`, which |
//! | `expected/protocol.json` | parts of what a reliability protocol says; `protocol-of.txt` likewise |
//! | `expected/sentences.txt` | a line each: what a document says, or behind `! ` what it does not; `sentences-of.txt` holds `--region`, `--language`, `--audience` and `--document`, `report` or `reliability` |
//! | `expected/tree.txt` | what `esep build` publishes, with pages; `tree-of.txt` holds its options |
//!
//! `ESEP_BLESS=1 cargo test --test cases` rewrites what is there to be rewritten (and begins `check.txt` where nothing is);
//! the review is `git diff`.

#[path = "support/pdf.rs"]
mod pdf;
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use esep::diagnostic::{any_error, stops_everything};
use esep::grid::Reader;
use esep::language::LanguageCode;
use esep::numbers::Numbers;
use esep::period::PeriodIndex;
use esep::press::{self, BuildOptions};
use esep::project::{self, Computed, Project, Ready};
use esep::protect::Audience;
use esep::region::RegionCode;
use esep::release::Shelf;
use esep::report::{Background, Kind, Material, Order, Selection, reliability};
use esep::table;
use esep::trace::{Question, backward, change, text};
use esep::typeset::Typesetter;

/// What a case may consist of.
const PARTS: [&str; 8] =
    ["about.md", "edits.txt", "expected", "indicator-specs", "inputs", "published", "remove.txt", "report-templates"];

#[test]
fn every_case_gives_what_it_expects() {
    let folders = ["cases", "countries"].map(|folder| support::entries(&support::tests().join(folder)).expect("there are cases"));
    let cases = folders.concat();
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let failed = match catch_unwind(AssertUnwindSafe(|| run(case))) {
                        Ok(Ok(())) => continue,
                        Ok(Err(failed)) => failed,
                        Err(_) => vec!["it panicked; the panic is printed above".to_owned()],
                    };
                    failures.lock().expect("no thread panics while it holds the lock").insert(case, failed);
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no thread panicked");
    let list: String = failures
        .iter()
        .map(|(case, failed)| {
            let name = case.file_name().unwrap_or_default().to_string_lossy();
            format!("\n{name}: {}\n  {}\n", about(case).unwrap_or_default(), failed.join("\n  "))
        })
        .collect();
    assert!(failures.is_empty(), "{} of {} cases fail\n{list}", failures.len(), cases.len());
}

/// The first line of `about.md`.
fn about(case: &Path) -> Option<String> {
    let text = fs::read_to_string(case.join("about.md")).ok()?;
    let line = text.lines().next()?.trim_start_matches('#').trim();
    (!line.is_empty()).then(|| line.to_owned())
}

/// Runs one case as far as its expectations go.
fn run(case: &Path) -> Result<(), Vec<String>> {
    let one = |failed: String| vec![failed];
    about(case).ok_or_else(|| one("expected `about.md` with the behaviour in its first line".into()))?;
    for path in support::entries(case).map_err(one)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !PARTS.contains(&&*name) {
            return Err(one(format!("unexpected `{name}`: a case consists of {PARTS:?}")));
        }
    }
    let folder = tempfile::tempdir().map_err(|error| one(error.to_string()))?;
    support::assemble(case, folder.path()).map_err(one)?;
    let project = project::load(folder.path(), &Reader::InProcess).map_err(|error| one(error.to_string()))?;

    let expected = case.join("expected");
    if support::bless() && !expected.exists() {
        fs::create_dir(&expected)
            .and_then(|()| fs::write(expected.join("check.txt"), ""))
            .map_err(|error| one(error.to_string()))?;
    }
    let mut failed = Vec::new();
    let mut compared = 0;
    for path in support::entries(&expected).unwrap_or_default() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).map_err(|error| one(format!("{name}: {error}")))?;
        let options = |name: &str| fs::read_to_string(expected.join(name)).unwrap_or_default();
        let actual = match name.as_str() {
            "results-of.txt" | "report-of.txt" | "protocol-of.txt" | "sentences-of.txt" | "trace-of.txt" | "tree-of.txt" => {
                continue;
            }
            "check.txt" => Ok(check(&project)),
            "interpreted.txt" => Ok(interpreted(&project)),
            "balance.txt" => Ok(project.computed.as_ref().map(|computed| computed.balance().lines()).unwrap_or_default()),
            "changes.txt" => Ok(changes(&project)),
            "notices.txt" => notices(&project),
            "results.csv" => results(&project, &options("results-of.txt")),
            "trace.txt" => trace(&project, &options("trace-of.txt")),
            "report.json" => report(&project, Kind::Report, &options("report-of.txt")),
            "protocol.json" => report(&project, Kind::Protocol, &options("protocol-of.txt")),
            "tree.txt" => tree(&project, &options("tree-of.txt"), &folder.path().join("out")),
            "published.csv" => {
                compared += 1;
                failed.extend(published(&project, &text).err());
                continue;
            }
            "sentences.txt" => {
                compared += 1;
                failed.extend(sentences(&project, &options("sentences-of.txt"), &text).err());
                continue;
            }
            _ => Err(format!("unexpected `expected/{name}`")),
        };
        compared += 1;
        match actual {
            Ok(actual) if actual == text => {}
            Ok(actual) if support::bless() => {
                fs::write(&path, actual).map_err(|error| one(format!("{name}: {error}")))?;
            }
            Ok(actual) => failed.push(format!("{name} differs (- expected, + actual):\n{}", support::diff(&text, &actual))),
            Err(reason) => failed.push(format!("{name}: {reason}")),
        }
    }
    if compared == 0 {
        failed.push("nothing is expected: `ESEP_BLESS=1` begins `expected/check.txt`".into());
    }
    if failed.is_empty() { Ok(()) } else { Err(failed) }
}

fn check(project: &Project) -> String {
    format!("{}exit {}\n", support::findings(project), u8::from(any_error(&project.diagnostics)))
}

/// What `esep check --interpreted` prints.
fn interpreted(project: &Project) -> String {
    let all = project.computed.iter().flat_map(|computed| computed.interpretations());
    all.map(|found| format!("{}: `{}` -> {}\n", found.place, found.from, found.to)).collect()
}

/// What `esep changes` prints.
fn changes(project: &Project) -> String {
    let changes =
        |computed: &Computed| -> String { computed.changes().iter().map(|change| change.line(&computed.specs) + "\n").collect() };
    project.computed.as_ref().map(changes).unwrap_or_default()
}

/// The computed project of a case that expects numbers, for an audience.
fn sound(project: &Project, audience: Audience) -> Result<Ready<'_>, String> {
    match project.ready(audience) {
        Some(ready) if !stops_everything(&project.diagnostics) => Ok(ready),
        _ => Err(format!("the project has errors\n{}", support::findings(project))),
    }
}

/// What a build says of the protection before it publishes anything.
fn notices(project: &Project) -> Result<String, String> {
    let ready = sound(project, Audience::Public)?;
    Ok(ready.published.notices().iter().map(|found| esep::diagnostic::render(found, None) + "\n").collect())
}

/// Command line options: `--name value`, parted by blanks.
fn options(text: &str) -> Result<Vec<(&str, &str)>, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let pair = |pair: &[&'_ str]| match pair {
        [name, _] if name.starts_with("--") => Ok(()),
        _ => Err(format!("expected `--name value`, found `{}`", pair.join(" "))),
    };
    words.chunks(2).map(|chunk| pair(chunk).map(|()| (chunk[0], chunk[1]))).collect()
}

/// For whom something is made, by command line options.
fn audience(text: &str) -> Result<Audience, String> {
    let chosen = options(text)?.into_iter().find(|(name, _)| *name == "--audience");
    match chosen {
        None | Some((_, "public")) => Ok(Audience::Public),
        Some((_, "internal")) => Ok(Audience::Internal),
        Some((_, other)) => Err(format!("unknown --audience `{other}`")),
    }
}

/// For whom a document is made: protocols are internal.
fn audience_of(kind: Kind, text: &str) -> Result<Audience, String> {
    match kind {
        Kind::Report => audience(text),
        Kind::Protocol => Ok(Audience::Internal),
    }
}

/// The periods and what else was chosen by command line options.
fn chosen(computed: &Computed, text: &str) -> Result<(Vec<PeriodIndex>, Selection), String> {
    let specs = &computed.specs;
    let (mut periods, mut selection) = (Vec::new(), Selection::default());
    for (name, value) in options(text)? {
        let unknown = || format!("unknown {name} `{value}`");
        match name {
            "--period" => periods.push(specs.programme.period(value).ok_or_else(unknown)?),
            "--region" => selection.regions.push(specs.hierarchy.find(&RegionCode::new(value)).ok_or_else(unknown)?),
            "--level" => selection.levels.push(specs.programme.level(value).ok_or_else(unknown)?),
            "--language" => selection.languages.push(LanguageCode::new(value)),
            "--audience" => {}
            _ => return Err(format!("cases know no option `{name}`")),
        }
    }
    Ok((periods, selection))
}

fn results(project: &Project, options: &str) -> Result<String, String> {
    let ready = sound(project, audience(options)?)?;
    let computed = ready.computed;
    let (mut periods, selection) = chosen(computed, options)?;
    if periods.is_empty() {
        periods = (0..computed.latest().map_or(0, |latest| latest.0 + 1)).map(PeriodIndex).collect();
    }
    Ok(table::csv(press::rows(&ready.published, &periods, &selection)))
}

/// What `esep trace` prints, in English.
fn trace(project: &Project, text: &str) -> Result<String, String> {
    let options: BTreeMap<&str, &str> = options(text)?.into_iter().collect();
    let of = |name: &str| options.get(name).copied();
    let audience = if of("--audience") == Some("public") { Audience::Public } else { Audience::Internal };
    let ready = project.ready(audience).ok_or_else(|| support::findings(project))?;
    let (specs, published) = (&ready.computed.specs, &ready.published);
    let language = &ready.computed.languages[&LanguageCode::new("en")];
    if let Some(place) = of("--cell") {
        let files: Vec<&str> = project.sources.inputs.values().flatten().map(|file| file.name.as_str()).collect();
        let target = backward::Target::read(published, &files, place)?;
        let goes = backward::goes(published, language, &target, |_| Vec::new()).ok_or("rows are not for the public")?;
        return Ok(text::goes(language, &goes));
    }
    let period = |id: &str| specs.programme.period(id).ok_or_else(|| format!("unknown period `{id}`"));
    let latest = || ready.computed.latest().ok_or_else(|| "no period has data".to_owned());
    let now = of("--period").map_or_else(latest, period)?;
    let known = specs.indicators_of(now).find(|(_, indicator)| Some(indicator.id.as_str()) == of("--indicator"));
    let (indicator, _) = known.ok_or("trace-of.txt names an `--indicator` of the period, or a `--cell`")?;
    let region = match of("--region") {
        Some(code) => specs.hierarchy.find(&RegionCode::new(code)).ok_or_else(|| format!("unknown region `{code}`"))?,
        None => specs.hierarchy.top(),
    };
    let wanted = of("--slice").map(str::to_owned).or(of("--part").map(|part| format!("part={part}"))).unwrap_or_default();
    let subjects = Numbers::new(published, now).subjects(indicator);
    let subject = subjects.into_iter().find(|subject| subject.id() == wanted).ok_or_else(|| format!("unknown `{wanted}`"))?;
    let question = Question { indicator, period: now, region, subject };
    match of("--change") {
        Some(before) => {
            let told = change::difference(published, language, question, period(before)?);
            Ok(text::change(language, &told.ok_or("rows are not for the public")?))
        }
        None => Ok(text::trace(language, &esep::trace::trace(published, language, question))),
    }
}

fn tree(project: &Project, options: &str, out: &Path) -> Result<String, String> {
    let audience = audience(options)?;
    let ready = sound(project, audience)?;
    let computed = ready.computed;
    let (periods, selection) = chosen(computed, options)?;
    let options = BuildOptions {
        period: periods.first().copied(),
        selection,
        date: None,
        jobs: 2,
        typesetter: Typesetter::InProcess,
        site: false,
        keeps_sources: false,
    };
    let shelf = Shelf::open(out, out, press::holding(audience), false).map_err(|error| error.to_string())?;
    let built = press::build(&ready, &options, &shelf, |_, _| {}).map_err(|error| error.to_string())?;
    if !built.diagnostics.is_empty() {
        let list: Vec<String> = built.diagnostics.iter().map(|found| esep::diagnostic::render(found, None)).collect();
        return Err(format!("reports could not be made\n{}", list.concat()));
    }
    let pages: BTreeMap<&str, usize> = built.reports.iter().map(|report| (report.path.as_str(), report.pages)).collect();
    let place = built.place.ok_or("nothing was published")?;
    let mut lines = String::new();
    for path in support::files(&place)? {
        let name = path.strip_prefix(&place).map_err(|error| error.to_string())?.to_string_lossy().replace('\\', "/");
        match pages.get(name.as_str()) {
            Some(pages) => lines.push_str(&format!("{name} {pages}\n")),
            None => lines.push_str(&format!("{name}\n")),
        }
    }
    Ok(lines)
}

/// Parts of the model of a region's document of the last period; a part is a path of keys and positions, such as `plan/items/0`.
fn report(project: &Project, kind: Kind, text: &str) -> Result<String, String> {
    let ready = sound(project, audience_of(kind, text)?)?;
    let computed = ready.computed;
    let (parts, others): (Vec<_>, Vec<_>) = options(text)?.into_iter().partition(|(name, _)| *name == "--part");
    let others: Vec<String> = others.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let (_, selection) = chosen(computed, &others.join(" "))?;
    let (Some(&region), Some(language)) = (selection.regions.first(), selection.languages.first()) else {
        return Err("report-of.txt names a `--region` and a `--language`".into());
    };
    let published = &ready.published;
    let period = computed.latest().ok_or("nothing was reported")?;
    let background = Background::new(published, period);
    let material = Material::new(published, period, None);
    let language = computed.languages.get(language).ok_or("the language has no file")?;
    let report = match kind {
        Kind::Report => serde_json::to_value(esep::report::write(material, &background, language, region)),
        Kind::Protocol => serde_json::to_value(reliability::write(material, &background, language, region)),
    }
    .map_err(|error| error.to_string())?;
    let mut shown = serde_json::Map::new();
    for (_, part) in parts {
        let found = report.pointer(&format!("/{part}")).ok_or_else(|| format!("a report has no `{part}`"))?;
        shown.insert(part.to_owned(), found.clone());
    }
    Ok(serde_json::to_string_pretty(&shown).map_err(|error| error.to_string())? + "\n")
}

/// Every line must stand in the text of the document, and none of those behind `! `.
fn sentences(project: &Project, text: &str, expected: &str) -> Result<(), String> {
    let ready = sound(project, Audience::Public)?;
    let computed = ready.computed;
    let (documents, others): (Vec<_>, Vec<_>) = options(text)?.into_iter().partition(|(name, _)| *name == "--document");
    let others: Vec<String> = others.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let (_, selection) = chosen(computed, &others.join(" "))?;
    let kind = match documents.as_slice() {
        [] | [(_, "report")] => Kind::Report,
        [(_, "reliability")] => Kind::Protocol,
        _ => return Err("expected `--document report` or `--document reliability`".into()),
    };
    let (Some(&region), Some(language)) = (selection.regions.first(), selection.languages.first()) else {
        return Err("sentences-of.txt names a `--region` and a `--language`".into());
    };
    let order = Order { kind, region, language: language.clone() };
    let document = press::proof(project, &Typesetter::InProcess, &order, audience_of(kind, text)?)
        .map_err(|failure| format!("{:?}", failure.diagnostics))?;
    // The pieces of a line end where a sign is of another font.
    let joined = |text: &str| text.split_whitespace().collect::<String>();
    let found = joined(&pdf::text(document.bytes, &["TOC"]));
    let wrong: Vec<&str> = expected
        .lines()
        .filter(|line| match line.strip_prefix("! ") {
            Some(absent) => found.contains(&joined(absent)),
            None => !found.contains(&joined(line)),
        })
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("the document does not agree with\n    {}", wrong.join("\n    "))) }
}

/// Every percentage that was published must be ours before it is rounded.
fn published(project: &Project, text: &str) -> Result<(), String> {
    let ready = sound(project, Audience::Public)?;
    let computed = ready.computed;
    let last = computed.latest().ok_or("nothing was reported")?;
    let rows = press::rows(&ready.published, &[last], &Selection::default());
    let mut wrong = Vec::new();
    let mut compared = 0;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for record in reader.deserialize::<BTreeMap<String, String>>() {
        let record = record.map_err(|error| error.to_string())?;
        let field = |name: &str| record.get(name).map(String::as_str).ok_or_else(|| format!("the column `{name}` is missing"));
        let (region, indicator, slice) = (field("region")?, field("indicator")?, field("slice")?);
        let percent: f64 = field("percent")?.parse().map_err(|error| format!("{error}: {record:?}"))?;
        let ours = rows
            .iter()
            .find(|row| row.region == region && row.indicator == indicator && row.slice == slice)
            .and_then(|row| Some(row.numerator?.nearest() * 100.0 / row.denominator?.nearest()));
        compared += 1;
        if !ours.is_some_and(|ours| (ours - percent).abs() <= 1e-11) {
            wrong.push(format!("{indicator} {slice} of {region}: published {percent}, computed {ours:?}"));
        }
    }
    match (compared, wrong.is_empty()) {
        (0, _) => Err("published.csv holds no percentage".into()),
        (_, true) => Ok(()),
        (_, false) => Err(format!("{} of {compared} percentages differ\n  {}", wrong.len(), wrong.join("\n  "))),
    }
}
