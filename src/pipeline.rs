//! The stages in their order: what `check`, `results` and `build` do.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use jiff::civil::Date;

use crate::check::{Waived, Withheld};
use crate::compute::{self, Results};
use crate::dataset::Data;
use crate::diagnostic::{self, Diagnostic, FileName, Place, Rule, Severity, any_error};
use crate::intake::receipts::Receipt;
use crate::language::{self, Language, LanguageCode};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::release::{
    self, CompanionEntry, FileEntry, Holding, Manifest, Paths, ReportEntry, Shelf, Staging, WithheldEntry, WithheldReason,
};
use crate::report::reliability::{self, Evidence};
use crate::report::{self, Kind, Material, Order, Selection};
use crate::sources::{self, Sources};
use crate::spec::{self, Specs};
use crate::typeset::{self, Document, Failure, Kit, Setter, Typesetter};
use crate::{answer, check, companion, forms, grid, intake, table, wording};

/// The world failed: something could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// While reading.
    #[error(transparent)]
    Read(#[from] sources::Error),
    /// While writing.
    #[error(transparent)]
    Write(#[from] release::Error),
    /// Nobody can work.
    #[error("cannot start what sets documents: {0}; let the program have more threads and processes, or end others")]
    Start(std::io::Error),
}

/// A project that was read, checked and computed.
pub struct Project {
    /// Its files.
    pub sources: Sources,
    /// All that was found; errors stop publication.
    pub diagnostics: Vec<Diagnostic>,
    /// What could be made of the files; `None` when the specifications are too broken.
    pub computed: Option<Computed>,
}

/// Specifications, data and numbers.
pub struct Computed {
    /// The specifications.
    pub specs: Specs,
    /// What was reported.
    pub data: Data,
    /// What was computed from it.
    pub results: Results,
    /// The languages of the reports, those that could be read.
    pub languages: BTreeMap<LanguageCode, Language>,
    /// The findings that a waiver lets through, as they were before.
    pub waived: Vec<Waived>,
    /// Which regions' reports are withheld, and why.
    pub withheld: Withheld,
    /// When submissions came.
    pub receipts: Vec<Receipt>,
}

impl Computed {
    /// The numbers that reports may tell: those of withheld regions are kept back.
    pub fn told(&self) -> Cow<'_, Results> {
        if self.withheld.is_empty() {
            Cow::Borrowed(&self.results)
        } else {
            Cow::Owned(self.results.without(|region, period| self.withheld.holds(region, period)))
        }
    }
}

/// Reads, checks and computes the project in `root`; `reader` reads its workbooks. All findings are gathered, in the order of their places.
///
/// # Errors
/// When the folder cannot be read.
pub fn load(root: &Path, reader: &grid::Reader) -> Result<Project, Error> {
    let (mut sources, mut diagnostics) = sources::read(root)?;
    let specs = spec::load(&sources.specs, &mut diagnostics);
    let computed = specs.map(|specs| {
        diagnostics.extend(check::specifications(&specs));
        grid::unpack(specs.programme.encoding, &mut sources, reader, &mut diagnostics);
        let receipts = intake::receipts::read(&sources, specs.programme.encoding, reader, &mut diagnostics);
        // With a dataset missing, workbooks would be taken for those of another one.
        let data =
            if specs.whole { intake::read(&specs, &sources, &receipts, reader, &mut diagnostics) } else { Data::new(&specs) };
        let results = compute::run(&specs, &data);
        let subject = check::Subject { specs: &specs, data: &data, results: &results };
        check::lost(subject, &mut diagnostics);
        diagnostic::gather(&mut diagnostics, check::data(subject));
        let unprintable = |signs: &BTreeSet<char>| typeset::unprintable(&sources.templates, &sources.assets, signs);
        diagnostics.extend(check::signs(subject, &sources, unprintable));
        let names = specs.hierarchy.irregular();
        let languages = language::load(
            &specs.programme.languages,
            &labels(),
            (&sources.templates, &sources.house_languages),
            names,
            &mut diagnostics,
        );
        language::unused(&specs.programme.languages, &sources.languages, &mut diagnostics);
        let waived = check::waive(&specs, &data, &mut diagnostics);
        let withheld = Withheld::new(&specs, &diagnostics);
        Computed { specs, data, results, languages, waived, withheld, receipts }
    });
    diagnostic::sort(&mut diagnostics);
    Ok(Project { sources, diagnostics, computed })
}

/// The labels that every language needs.
fn labels() -> Vec<&'static str> {
    [
        report::LABELS,
        report::unit::LABELS,
        forms::LABELS,
        answer::LABELS,
        companion::LABELS,
        wording::LABELS,
        wording::PLACES,
        &[wording::MORE],
    ]
    .concat()
}

/// What to build.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// The period; the last one with data when `None`.
    pub period: Option<PeriodIndex>,
    /// Which reports.
    pub selection: Selection,
    /// The day printed on the reports; the period's own when `None`.
    pub date: Option<Date>,
    /// How many reports are set at once.
    pub jobs: usize,
    /// Who sets them.
    pub typesetter: Typesetter,
}

/// What came of it.
#[derive(Debug)]
pub struct Built {
    /// Where the release stands; `None` when nothing was published.
    pub place: Option<PathBuf>,
    /// Why what was made is not published, where the release of before holds more.
    pub kept: Option<release::Error>,
    /// The documents made.
    pub reports: Vec<ReportEntry>,
    /// The files beside them.
    pub companions: Vec<CompanionEntry>,
    /// The documents that are withheld.
    pub withheld: Vec<WithheldEntry>,
    /// Why documents are missing.
    pub diagnostics: Vec<Diagnostic>,
}

/// Typesets the reports and publishes them on the shelf. `done` is called after each report, from any thread.
///
/// # Errors
/// When something cannot be written, or nothing can work.
pub fn build(
    project: &Project,
    computed: &Computed,
    options: &BuildOptions,
    shelf: &Shelf,
    done: impl Fn(usize, usize) + Sync,
) -> Result<Built, Error> {
    let (sources, specs) = (&project.sources, &computed.specs);
    let mut diagnostics = Vec::new();
    let nothing = |withheld, diagnostics, kept| {
        Ok(Built { place: None, kept, reports: Vec::new(), companions: Vec::new(), withheld, diagnostics })
    };
    let Some(period) = options.period.or(computed.data.latest()) else { return nothing(Vec::new(), diagnostics, None) };
    let (stopped, orders): (Vec<Order>, Vec<Order>) = report::orders(specs, period, &options.selection)
        .into_iter()
        .partition(|order| order.kind == Kind::Report && computed.withheld.holds(order.region, period));
    let folders = report::folders(specs, &orders, period);
    let written: BTreeSet<&LanguageCode> = orders.iter().map(|order| &order.language).collect();
    let texts = texts(computed, written);
    let Sources { templates, assets, .. } = sources;
    let kit = Kit { languages: &computed.languages, templates, folders: &folders, assets, texts: &texts };
    let setter = options.typesetter.prepare(kit, &mut diagnostics).map_err(Error::Start)?;
    if any_error(&diagnostics) {
        return nothing(Vec::new(), diagnostics, None);
    }
    let paths = Paths::new(&specs.hierarchy, &specs.programme.languages);
    let places: Vec<String> = orders.iter().map(|order| path(computed, &paths, order)).collect();
    release::distinct(places.iter().map(String::as_str))?;
    let withheld = withheld(computed, &paths, period, &stopped);
    let whole = orders == report::orders(specs, period, &Selection::default());
    let id = &specs.programme.periods[period.0].id;
    let staging = match shelf.begin(id, whole) {
        Err(kept @ release::Error::LessComplete { .. }) if !withheld.is_empty() => {
            return nothing(withheld, diagnostics, Some(kept));
        }
        outcome => outcome?,
    };
    let failures = shelf.begin_texts(id)?;
    let press = Press::new(project, computed, &setter, period, options.date);
    let made = press.print_all(&orders, options.jobs, (&paths, &staging, &failures), done)?;
    let Made { reports, companions, faults, texts, .. } = made;
    failures.publish_if_any(&texts)?;
    diagnostics.extend(faults);
    diagnostic::sort(&mut diagnostics);
    if reports.is_empty() {
        return nothing(withheld, diagnostics, None);
    }
    let complete = diagnostics.is_empty() && whole;
    let mut built = Built { place: None, kept: None, reports, companions, withheld, diagnostics };
    write_tables(sources, computed, period, &staging, &built, complete)?;
    match staging.publish() {
        Err(kept @ release::Error::LessComplete { .. }) if !built.diagnostics.is_empty() => built.kept = Some(kept),
        outcome => built.place = Some(outcome?),
    }
    Ok(built)
}

/// Typesets one document of the last period with data, for somebody who works on its template.
///
/// # Errors
/// All that is wrong with specifications and templates; with the generated text where its lines are named.
pub fn proof(project: &Project, typesetter: &Typesetter, order: &Order) -> Result<Document, Failure> {
    let folders = |computed: &Computed, period| report::folders(&computed.specs, std::slice::from_ref(order), period);
    let (computed, period, setter) = bench(project, typesetter, &order.language, folders)?;
    let path = path(computed, &Paths::new(&computed.specs.hierarchy, &computed.specs.programme.languages), order);
    let press = Press::new(project, computed, &setter, period, None);
    typeset::alone(|| press.set(order, &path).0)
}

/// What work on a template needs: the project as far as it was computed, the last period with data, and the templates of `folders`
/// for documents in a language.
pub(crate) fn bench<'a>(
    project: &'a Project,
    typesetter: &Typesetter,
    language: &'a LanguageCode,
    folders: impl Fn(&Computed, PeriodIndex) -> BTreeSet<String>,
) -> Result<(&'a Computed, PeriodIndex, Setter), Failure> {
    let failed = |diagnostics| Failure { diagnostics, generated: None };
    let stops = |found: &&Diagnostic| found.severity == Severity::Error && !found.place.file().as_str().starts_with("inputs");
    let mut faults: Vec<Diagnostic> = project.diagnostics.iter().filter(stops).cloned().collect();
    let Some(computed) = &project.computed else { return Err(failed(faults)) };
    let Some(period) = computed.data.latest() else { return Err(failed(project.diagnostics.clone())) };
    let Sources { templates, assets, .. } = &project.sources;
    let (folders, texts) = (folders(computed, period), texts(computed, [language]));
    let kit = Kit { languages: &computed.languages, templates, folders: &folders, assets, texts: &texts };
    let setter = typesetter.prepare(kit, &mut faults);
    let setter = setter.map_err(|error| failed(vec![self::failed("report-templates", Error::Start(error).to_string())]))?;
    if any_error(&faults) { Err(failed(faults)) } else { Ok((computed, period, setter)) }
}

/// The words and names that documents in these languages are made of.
pub(crate) fn texts<'a>(computed: &'a Computed, languages: impl IntoIterator<Item = &'a LanguageCode>) -> Vec<&'a str> {
    let texts = languages.into_iter().flat_map(|code| {
        let words = computed.languages.get(code).into_iter().flat_map(|language| language.labels.values());
        words.map(String::as_str).chain(computed.specs.names(code))
    });
    texts.collect()
}

/// What threads have made so far.
#[derive(Default)]
struct Made {
    reports: Vec<ReportEntry>,
    companions: Vec<CompanionEntry>,
    failed: usize,
    faults: Vec<Diagnostic>,
    /// The generated texts of those that failed.
    texts: Vec<FileEntry>,
    broken: Option<release::Error>,
}

/// The workbook of a report's tables, or why there is none.
type Workbook = Result<Vec<u8>, companion::Error>;

/// A document and what stands beside it, or why there is none.
type Printed = Result<(ReportEntry, Option<CompanionEntry>), Fault>;

/// Why a document is missing, and its generated text.
pub(crate) type Fault = (Vec<Diagnostic>, Option<FileEntry>);

/// The documents that would have been made, in the order of their paths, and why they are not.
fn withheld(computed: &Computed, paths: &Paths<'_>, period: PeriodIndex, orders: &[Order]) -> Vec<WithheldEntry> {
    let specs = &computed.specs;
    let entry = |order: &Order| WithheldEntry {
        path: path(computed, paths, order),
        region: specs.hierarchy.region(order.region).code.as_str().to_owned(),
        language: order.language.as_str().to_owned(),
        reasons: computed
            .withheld
            .reasons(order.region, period)
            .into_iter()
            .map(|reason| WithheldReason {
                rule: reason.rule.clone(),
                region: specs.hierarchy.region(reason.region).code.as_str().to_owned(),
                period: reason.period.map(|period| specs.programme.periods[period.0].id.clone()),
            })
            .collect(),
    };
    let mut entries: Vec<WithheldEntry> = orders.iter().map(entry).collect();
    entries.sort_by(|left, right| left.path.cmp(&right.path));
    entries
}

/// What every report of a run needs.
struct Press<'a> {
    computed: &'a Computed,
    setter: &'a Setter,
    /// What may be told: other regions are not compared with those that are withheld.
    results: Cow<'a, Results>,
    evidence: Evidence<'a>,
    period: PeriodIndex,
    date: Option<Date>,
}

impl<'a> Press<'a> {
    fn new(project: &'a Project, computed: &'a Computed, setter: &'a Setter, period: PeriodIndex, date: Option<Date>) -> Self {
        let Computed { specs, data, waived, receipts, .. } = computed;
        let evidence = Evidence::new(specs, period, data, &project.diagnostics, waived, receipts);
        Self { computed, setter, results: computed.told(), evidence, period, date }
    }

    /// Writes and sets the document of a path, and the workbook that stands beside it.
    fn set(&self, order: &Order, path: &str) -> (Result<Document, Failure>, Option<Workbook>) {
        let Computed { specs, languages, .. } = self.computed;
        let results = self.results.as_ref();
        let language = &languages[&order.language];
        let material = Material { specs, results, period: self.period, date: self.date };
        let date = self.date.unwrap_or(specs.programme.periods[self.period.0].issued);
        match order.kind {
            Kind::Report => {
                let day = specs.programme.periods[self.period.0].date;
                let mut regions = vec![order.region];
                regions.extend(specs.hierarchy.children(order.region, day));
                let csv = table::csv(&table::rows(specs, results, &order.language, self.period, &regions));
                let report = report::write(material, &self.evidence, language, order.region);
                let workbook = companion::write(material, language, order.region, &report);
                (self.setter.set(path, &report, &csv, date), Some(workbook))
            }
            Kind::Protocol => {
                let protocol = reliability::write(material, &self.evidence, language, order.region);
                (self.setter.set(path, &protocol, "", date), None)
            }
        }
    }

    /// Sets and stores documents, as many at once as there are jobs; reports and companions in the order of their paths.
    fn print_all(
        &self,
        orders: &[Order],
        jobs: usize,
        to: (&Paths<'_>, &Staging<'_>, &Staging<'_>),
        done: impl Fn(usize, usize) + Sync,
    ) -> Result<Made, Error> {
        let made = Mutex::new(Made::default());
        let locked = || made.lock().expect("no thread panics while it holds the lock");
        let started = typeset::for_each(orders, jobs, |order| {
            // Where the disk is full, the others need not be tried.
            if locked().broken.is_some() {
                return;
            }
            let outcome = self.print(order, to);
            let mut made = locked();
            match outcome {
                Ok(Ok((report, companion))) => {
                    made.reports.push(report);
                    made.companions.extend(companion);
                }
                Ok(Err((faults, text))) => {
                    made.failed += 1;
                    made.faults.extend(faults);
                    made.texts.extend(text);
                }
                Err(error) => made.broken = Some(error),
            }
            done(made.reports.len() + made.failed, orders.len());
        });
        started.map_err(Error::Start)?;
        let mut made = made.into_inner().expect("no thread panicked");
        if let Some(error) = made.broken.take() {
            return Err(error.into());
        }
        made.reports.sort_by(|left, right| left.path.cmp(&right.path));
        made.companions.sort_by(|left, right| left.path.cmp(&right.path));
        made.texts.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(made)
    }

    /// Sets and stores one document with what stands beside it; a fault is named, and the others go on.
    fn print(
        &self,
        order: &Order,
        (paths, staging, failures): (&Paths<'_>, &Staging<'_>, &Staging<'_>),
    ) -> Result<Printed, release::Error> {
        let specs = &self.computed.specs;
        let path = path(self.computed, paths, order);
        let (outcome, workbook) = self.set(order, &path);
        let document = match outcome {
            Ok(document) => document,
            Err(failure) => return fault(failure, &path, failures).map(Err),
        };
        let workbook = match workbook.transpose() {
            Ok(workbook) => workbook,
            Err(error) => return Ok(Err((vec![failed(&path, error.to_string())], None))),
        };
        staging.write(&path, &document.bytes)?;
        let report = ReportEntry {
            kind: order.kind.name(),
            region: specs.hierarchy.region(order.region).code.as_str().to_owned(),
            language: order.language.as_str().to_owned(),
            pages: document.pages,
            size: document.bytes.len(),
            sha256: release::sha256(&document.bytes),
            path,
        };
        let companion = workbook.as_ref().map(|bytes| CompanionEntry::workbook(&report, bytes));
        if let (Some(companion), Some(bytes)) = (&companion, &workbook) {
            staging.write(&companion.path, bytes)?;
        }
        Ok(Ok((report, companion)))
    }
}

fn failed(path: &str, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Rule::FailedReport, Place::File(FileName::new(path)), message)
}

/// Why the document of a path is missing; the text that its places are in stands among `failures`.
pub(crate) fn fault(failure: Failure, path: &str, failures: &Staging<'_>) -> Result<Fault, release::Error> {
    let mut diagnostics = failure.diagnostics;
    if diagnostics.iter().any(|found| found.rule == Rule::FailedReport) {
        return Ok((diagnostics, None));
    }
    let mut summary = failed(path, "this report could not be made");
    let mut entry = None;
    if let Some(text) = failure.generated {
        let path = format!("{}.typ", path.strip_suffix(".pdf").unwrap_or(path));
        failures.write(&path, text.as_bytes())?;
        let shown = format!("{}/{path}", failures.name());
        summary =
            summary.hint(format!("places in `report.typ` are those of `{shown}`, which stands beside the folder of the period"));
        entry = Some(FileEntry::new(path, text.as_bytes()));
    }
    diagnostics.push(summary);
    Ok((diagnostics, entry))
}

/// Where a document stands in the release.
fn path(computed: &Computed, paths: &Paths<'_>, order: &Order) -> String {
    let addition = match order.kind {
        Kind::Report => None,
        Kind::Protocol => Some(computed.languages[&order.language].labels["reliability_title"].as_str()),
    };
    paths.report(&order.language, order.region, addition)
}

fn write_tables(
    sources: &Sources,
    computed: &Computed,
    period: PeriodIndex,
    staging: &Staging<'_>,
    built: &Built,
    complete: bool,
) -> Result<(), release::Error> {
    let specs = &computed.specs;
    let everything = Selection::default();
    let csv = table::csv(&rows(computed, &[period], &everything));
    staging.write("results.csv", csv.as_bytes())?;
    let whole = table::document(specs, &computed.results, period, &regions(computed, period, &everything));
    staging.write("results.json", whole.as_bytes())?;
    let (inputs, specifications, templates) = release::entries(sources);
    let manifest = Manifest {
        holds: Holding::Reports,
        program: release::PROGRAM.to_owned(),
        period: specs.programme.periods[period.0].id.clone(),
        complete,
        reports: built.reports.clone(),
        companions: built.companions.clone(),
        withheld: built.withheld.clone(),
        tables: vec![FileEntry::new("results.csv", csv.as_bytes()), FileEntry::new("results.json", whole.as_bytes())],
        inputs,
        specifications,
        templates,
    };
    let json = serde_json::to_string_pretty(&manifest).expect("the manifest is plain data");
    staging.write("manifest.json", format!("{json}\n").as_bytes())
}

/// Every number of these periods and of the regions and in the language selected; those of withheld regions are left out.
pub fn rows(computed: &Computed, periods: &[PeriodIndex], selection: &Selection) -> Vec<table::Row> {
    let Computed { specs, results, .. } = computed;
    let language = selection.languages.first().unwrap_or(&specs.programme.publish[0]);
    let of_period = |&period: &PeriodIndex| table::rows(specs, results, language, period, &regions(computed, period, selection));
    periods.iter().flat_map(of_period).collect()
}

/// The regions selected of which numbers of a period may be shown.
fn regions(computed: &Computed, period: PeriodIndex, selection: &Selection) -> Vec<RegionIndex> {
    selected(computed, period, selection, false)
}

/// The regions selected of which the numbers of a period are withheld.
pub fn left_out(computed: &Computed, period: PeriodIndex, selection: &Selection) -> Vec<RegionIndex> {
    selected(computed, period, selection, true)
}

fn selected(computed: &Computed, period: PeriodIndex, selection: &Selection, withheld: bool) -> Vec<RegionIndex> {
    let specs = &computed.specs;
    let mut regions = selection.regions_on(&specs.hierarchy, specs.programme.periods[period.0].date);
    regions.retain(|&region| computed.withheld.holds(region, period) == withheld);
    regions
}
