//! The reports and protocols of a period: gathered, made, and published as one release.

use std::path::PathBuf;

use jiff::civil::Date;

use super::{Made, Orders, Press, Printed, Refusal, Stack, Trays, bench, engine, tables};
use crate::companion;
use crate::diagnostic::{self, Diagnostic, any_error};
use crate::period::PeriodIndex;
use crate::project::{Computed, Error, Project};
use crate::protect::Published;
use crate::release::{self, BlockedEntry, BlockedReason, CompanionEntry, FileEntry, Paths, ReportEntry, Shelf, workbook_path};
use crate::report::{self, Background, Kind, Material, Order, Selection, reliability};
use crate::table;
use crate::typeset::{self, Document, Engine, Failure};

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
    /// The documents that errors block.
    pub blocked: Vec<BlockedEntry>,
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
    let specs = &computed.specs;
    let mut diagnostics = Vec::new();
    let nothing = |blocked, diagnostics, kept| {
        Ok(Built { place: None, kept, reports: Vec::new(), companions: Vec::new(), blocked, diagnostics })
    };
    let Some(period) = options.period.or(computed.latest()) else { return nothing(Vec::new(), diagnostics, None) };
    let published = computed.published(&project.diagnostics);
    let (blocked, orders): (Vec<Order>, Vec<Order>) = report::orders(specs, period, &options.selection)
        .into_iter()
        .partition(|order| order.kind == Kind::Report && published.blocked().holds(order.region, period));
    let whole = orders == report::orders(specs, period, &Selection::default());
    let folders = report::folders(specs, &orders, period);
    let engine = engine(project, computed, &folders, orders.iter().map(|order| &order.language), &mut diagnostics);
    if any_error(&diagnostics) {
        return nothing(Vec::new(), diagnostics, None);
    }
    let paths = Paths::new(&specs.hierarchy, &specs.programme.languages);
    let place = |order: Order| (path(computed, &paths, &order), order);
    let orders = Orders::new(orders.into_iter().map(place).collect())?;
    let blocked = blocked_entries(&published, period, blocked.into_iter().map(place).collect());
    let id = &specs.period(period).id;
    let staging = match shelf.begin(id, whole) {
        Err(kept @ release::Error::LessComplete { .. }) if !blocked.is_empty() => {
            return nothing(blocked, diagnostics, Some(kept));
        }
        outcome => outcome?,
    };
    let failures = shelf.begin_texts(id)?;
    let press = Press { watch: &project.watch, jobs: options.jobs, trays: Trays { documents: &staging, failures: &failures } };
    let desk = Desk::new(computed, &engine, &published, period, options.date);
    let Stack { printed, faults, texts, .. } = press.print(&orders, |order| desk.make(order, &paths), done)?;
    failures.publish_if_any(&texts)?;
    diagnostics.extend(faults);
    diagnostic::sort(&mut diagnostics);
    if printed.is_empty() {
        return nothing(blocked, diagnostics, None);
    }
    let (reports, companions) = entries(computed, &orders, printed);
    let mut built = Built { place: None, kept: None, reports, companions, blocked, diagnostics };
    tables::write(&project.sources, &published, period, &staging, &built, whole)?;
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
pub fn proof(project: &Project, order: &Order) -> Result<Document, Failure> {
    let folders = |computed: &Computed, period| report::folders(&computed.specs, std::slice::from_ref(order), period);
    let (computed, period, engine) = bench(project, &order.language, folders)?;
    let path = path(computed, &Paths::new(&computed.specs.hierarchy, &computed.specs.programme.languages), order);
    let published = computed.published(&project.diagnostics);
    let desk = Desk::new(computed, &engine, &published, period, None);
    typeset::alone(|| {
        let _making = project.watch.begin(path);
        desk.set(order)
    })
}

/// Where a document stands in the release.
fn path(computed: &Computed, paths: &Paths<'_>, order: &Order) -> String {
    let addition = match order.kind {
        Kind::Report => None,
        Kind::Protocol => Some(computed.languages[&order.language].labels["reliability_title"].as_str()),
    };
    paths.report(&order.language, order.region, addition)
}

/// The documents that would have been made, in the order of their paths, and why they are not.
fn blocked_entries(published: &Published<'_>, period: PeriodIndex, orders: Vec<(String, Order)>) -> Vec<BlockedEntry> {
    let specs = published.specs();
    let code = |region| specs.hierarchy.region(region).code.as_str().to_owned();
    let reason = |reason: &crate::protect::Reason| BlockedReason {
        rule: reason.rule.clone(),
        region: code(reason.region),
        period: reason.period.map(|period| specs.period(period).id.clone()),
    };
    let entry = |(path, order): (String, Order)| BlockedEntry {
        path,
        region: code(order.region),
        language: order.language.as_str().to_owned(),
        reasons: published.blocked().reasons(order.region, period).into_iter().map(reason).collect(),
    };
    let mut entries: Vec<BlockedEntry> = orders.into_iter().map(entry).collect();
    entries.sort_by(|left, right| left.path.cmp(&right.path));
    entries
}

/// The lines of documents and of what stands beside them in the manifest, each in the order of their paths.
fn entries(computed: &Computed, orders: &Orders<Order>, printed: Vec<Printed>) -> (Vec<ReportEntry>, Vec<CompanionEntry>) {
    let (mut reports, mut companions) = (Vec::new(), Vec::new());
    for Printed { order, file, pages, companion } in printed {
        let (_, order) = orders.at(order);
        let FileEntry { path, size, sha256 } = file;
        let region = computed.specs.hierarchy.region(order.region).code.as_str().to_owned();
        let language = order.language.as_str().to_owned();
        let report = ReportEntry { path, kind: order.kind.name(), region, language, pages, size, sha256 };
        companions.extend(companion.map(|workbook| CompanionEntry::workbook(&report, workbook)));
        reports.push(report);
    }
    companions.sort_by(|left: &CompanionEntry, right| left.path.cmp(&right.path));
    (reports, companions)
}

/// What writes the documents of a period, for all threads.
struct Desk<'a> {
    computed: &'a Computed,
    engine: &'a Engine,
    material: Material<'a>,
    background: Background<'a>,
}

impl<'a> Desk<'a> {
    fn new(
        computed: &'a Computed,
        engine: &'a Engine,
        published: &'a Published<'a>,
        period: PeriodIndex,
        date: Option<Date>,
    ) -> Self {
        let material = Material::new(published, period, date);
        Self { computed, engine, material, background: Background::new(published, period) }
    }

    /// The day in the metadata of the documents.
    fn date(&self) -> Date {
        self.material.date.unwrap_or(self.material.specs.period(self.material.period).issued)
    }

    /// Writes and sets one document, and makes the workbook that stands beside it.
    fn make(&self, order: &Order, paths: &Paths<'_>) -> Result<Made, Refusal> {
        match order.kind {
            Kind::Report => {
                let (report, document) = self.report(order);
                let document = document.map_err(Refusal::Failure)?;
                let workbook = companion::write(self.material, &self.computed.languages[&order.language], order.region, &report);
                let bytes = workbook.map_err(|error| Refusal::Companion(error.to_string()))?;
                let companion = Some((workbook_path(&path(self.computed, paths, order)), bytes));
                Ok(Made { document, companion })
            }
            Kind::Protocol => self.set(order).map(|document| Made { document, companion: None }).map_err(Refusal::Failure),
        }
    }

    /// Writes and sets one document.
    fn set(&self, order: &Order) -> Result<Document, Failure> {
        match order.kind {
            Kind::Report => self.report(order).1,
            Kind::Protocol => {
                let language = &self.computed.languages[&order.language];
                let protocol = reliability::write(self.material, &self.background, language, order.region);
                self.engine.typeset(&protocol, "", self.date())
            }
        }
    }

    fn report(&self, order: &Order) -> (report::model::Report, Result<Document, Failure>) {
        let Material { specs, published, period, .. } = self.material;
        let mut regions = vec![order.region];
        regions.extend(specs.hierarchy.children(order.region, specs.period(period).date));
        let csv = table::csv(&table::rows(published, &order.language, period, &regions));
        let report = report::write(self.material, &self.background, &self.computed.languages[&order.language], order.region);
        let document = self.engine.typeset(&report, &csv, self.date());
        (report, document)
    }
}
