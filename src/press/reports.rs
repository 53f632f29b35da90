//! The reports and protocols of a period: gathered, made, and published as one release.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::civil::Date;

use super::site::{self, Pages, Places, Site};
use super::ways::way;
use super::{Orders, Page, Press, Printed, Refusal, Shop, Stack, Trays, bench, publish_sources, source, tables};
use crate::check_code::CheckCode;
use crate::companion;
use crate::diagnostic::{self, Diagnostic, Rule, any_error};
use crate::digest::sha256;
use crate::edition::{self, Approvals, Editions, Ledger, Stage, Standing};
use crate::language::LanguageCode;
use crate::period::PeriodIndex;
use crate::project::{Computed, Error, Project, Ready};
use crate::protect::{Audience, Cost, Published};
use crate::region::RegionIndex;
use crate::release::{
    self, BlockedEntry, BlockedReason, CompanionEntry, ConfidentialityEntry, FileEntry, Holding, Manifest, Paths, ReportEntry,
    Shelf, workbook_path,
};
use crate::report::model::{Protocol, Report};
use crate::report::{
    self, AUDIENCE_IN_NAMES, Background, Edition, Issue, Kind, Material, Order, PRELIMINARY_IN_NAMES, Selection, reliability,
};
use crate::shard::{Draft, Parts, Share, Taken};
use crate::site::Subject;
use crate::spec::Specs;
use crate::spec::codes::Code;
use crate::table;
use crate::threads;
use crate::typeset::{Document, Failure, Setter, Tally, Typesetter};

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
    /// What sets the reports.
    pub typesetter: Typesetter,
    /// Whether pages for a browser are made too.
    pub site: bool,
    /// Whether it is kept what documents are set from.
    pub keeps_sources: bool,
}

/// What was made.
#[derive(Debug, Default)]
pub struct Built {
    /// The folder of the release; `None` when nothing was published.
    pub place: Option<PathBuf>,
    /// Why the release was not published: the earlier one holds more.
    pub kept: Option<release::Error>,
    /// Which edition it is; `None` for what is not for everybody.
    pub edition: Option<u32>,
    /// The documents that were made.
    pub reports: Vec<ReportEntry>,
    /// The files beside the documents.
    pub companions: Vec<CompanionEntry>,
    /// The pages for a browser, and what stands beside them.
    pub site: Vec<FileEntry>,
    /// How many documents and pages were set, and how many are those of before.
    pub tally: Tally,
    /// How many files come from the parts that other runs made.
    pub taken: usize,
    /// The documents that errors block.
    pub blocked: Vec<BlockedEntry>,
    /// The findings about missing documents.
    pub diagnostics: Vec<Diagnostic>,
    /// How far the numbers have come; `None` for what is not for everybody.
    pub stage: Option<Stage>,
    /// The regions whose approval is wanting, or is of other numbers.
    pub waiting: Vec<RegionIndex>,
    /// What is wrong with approvals: documents are made, but are preliminary.
    pub void: Vec<Diagnostic>,
    /// The folder of what documents were set from, where that is kept.
    pub sources: Option<String>,
}

impl Built {
    fn manifest(&self, ready: &Ready<'_>, (period, issued): (&str, Date), tables: Vec<FileEntry>, complete: bool) -> Manifest {
        let audience = ready.published.audience();
        let is_public = audience == Audience::Public;
        let release::Read { inputs, specifications, templates, published } =
            release::Read::new(&ready.project.sources, is_public);
        Manifest {
            holds: holding(audience),
            program: release::PROGRAM.to_owned(),
            audience: audience.name(),
            period: period.to_owned(),
            edition: self.edition,
            stage: self.stage.map(Stage::name),
            issued: issued.to_string(),
            complete,
            confidentiality: confidentiality(ready.published.cost()),
            reports: self.reports.clone(),
            companions: self.companions.clone(),
            site: self.site.clone(),
            blocked: self.blocked.clone(),
            tables,
            inputs: (!is_public).then_some(inputs),
            specifications,
            templates,
            published,
        }
    }
}

/// What is withheld, for the manifest.
fn confidentiality(Cost { counts, small, others }: Cost) -> ConfidentialityEntry {
    ConfidentialityEntry { counts, withheld: small + others }
}

/// What a folder of reports for an audience holds.
pub fn holding(audience: Audience) -> Holding {
    match audience {
        Audience::Public => Holding::Reports,
        Audience::Internal => Holding::Internal,
    }
}

/// Typesets the reports and publishes them on the shelf. `done` is called after each report, from any thread.
///
/// # Errors
/// When something cannot be written, or the system refuses what the work takes.
pub fn build(
    ready: &Ready<'_>,
    options: &BuildOptions,
    shelf: &Shelf,
    done: impl Fn(usize, usize) + Sync,
) -> Result<Built, Error> {
    publish(ready, options, None, shelf, done)
}

/// Publishes the same release, with the documents and pages of parts that were made elsewhere. What a part could not make is made here.
///
/// # Errors
/// Those of [`build`], and when a part cannot be read.
pub fn merge(
    ready: &Ready<'_>,
    options: &BuildOptions,
    parts: &Parts,
    shelf: &Shelf,
    done: impl Fn(usize, usize) + Sync,
) -> Result<Built, Error> {
    publish(ready, options, Some(parts), shelf, done)
}

fn publish(
    ready: &Ready<'_>,
    options: &BuildOptions,
    parts: Option<&Parts>,
    shelf: &Shelf,
    done: impl Fn(usize, usize) + Sync,
) -> Result<Built, Error> {
    let mut built = Built::default();
    let Ready { computed, published, .. } = ready;
    assert_eq!(shelf.holds(), holding(published.audience()), "reports stand where those for their audience do");
    let Some((edition, setter)) = prepare(ready, options, &mut built.diagnostics)? else { return Ok(built) };
    let period = edition.period;
    let csv = tables::csv(published, period);
    let of_edition = Desk::of_edition(ready, &setter, options.date, &edition, &csv);
    let desk = Desk { parts, keeps_sources: options.keeps_sources, ..of_edition };
    let orders = Orders::new(desk.placed(edition.orders))?;
    built.blocked = blocked(published, period, desk.placed(edition.blocked));
    let id = &computed.specs.period(period).id;
    let staging = match shelf.begin(id, edition.whole) {
        Err(kept @ release::Error::LessComplete { .. }) if !built.blocked.is_empty() => {
            built.kept = Some(kept);
            return Ok(built);
        }
        outcome => outcome?,
    };
    let staging = staging.asked(edition.asks_all, options.selection.remade(&computed.specs.hierarchy));
    let failures = shelf.begin_texts(id)?;
    let kept = shelf.begin_sources(id)?;
    let press = Press { jobs: options.jobs, tray: &Trays { documents: &staging, failures: &failures, sources: Some(&kept) } };
    let Stack { printed, faults, texts, sources, .. } =
        press.print((&orders, &orders.positions()), |path, order| desk.make(path, order), done)?;
    failures.publish_if_any(&texts)?;
    built.diagnostics.extend(faults);
    diagnostic::sort(&mut built.diagnostics);
    if printed.is_empty() {
        return Ok(built);
    }
    (built.reports, built.companions) = entries(&computed.specs, &orders, printed);
    built.edition = desk.edition_of(&built.reports);
    let whole = desk.whole(built.edition);
    built.stage = whole.stage();
    built.waiting = desk.approvals.waiting().to_vec();
    built.void = desk.approvals.faults().to_vec();
    built.void.extend(desk.void_codes(&built.reports));
    if options.site {
        let site = desk.site(ready, whole, (&built.reports, &built.companions));
        let Pages { files, faults } = site.make(options.jobs, &staging)?;
        built.site = files;
        built.diagnostics.extend(faults);
    }
    built.tally = setter.tally();
    built.taken = parts.map_or(0, Parts::taken);
    let complete = built.diagnostics.is_empty() && edition.whole;
    let list = built.edition.map(|number| edition::list(&computed.specs, &ready.project.sources, (period, number, &csv)));
    let mut tables = tables::write((published, period), &csv, &staging)?;
    if let Some(list) = list {
        staging.write(edition::LIST, list.as_bytes())?;
        tables.push(FileEntry::new(edition::LIST, list.as_bytes()));
    }
    tables.sort_by(|left, right| left.path.cmp(&right.path));
    staging.write_manifest(&built.manifest(ready, (id, day(whole)), tables, complete))?;
    match staging.publish() {
        Err(kept @ release::Error::LessComplete { .. }) if !built.diagnostics.is_empty() => built.kept = Some(kept),
        outcome => {
            built.place = Some(outcome?);
            let languages = orders.iter().map(|(_, order)| &order.language).collect();
            built.sources = publish_sources(kept, sources, (&ready.project.sources, &setter, languages))?;
        }
    }
    Ok(built)
}

/// A part of a release, as it was made.
#[derive(Debug, Default)]
pub struct Portion {
    /// Its archive; `None` when nothing could be made.
    pub place: Option<PathBuf>,
    /// How many documents there are.
    pub documents: usize,
    /// How many pages these have.
    pub pages: usize,
    /// The findings about missing documents.
    pub diagnostics: Vec<Diagnostic>,
}

/// Makes a part of a release into an archive. A region belongs to one part with all of its documents, workbooks and pages. The regions are
/// dealt out from the top downwards, so that the longest documents of a language are begun first and every part has as many of each level.
///
/// Pages tell of all documents of a release, so here they are made as if the other parts failed in none and found no new one; a page of which
/// that is not so is made again by [`merge`].
///
/// # Errors
/// When something cannot be written, or the system refuses what the work takes.
pub fn portion(
    ready: &Ready<'_>,
    options: &BuildOptions,
    share: Share,
    draft: Draft<'_>,
    done: impl Fn(usize, usize) + Sync,
) -> Result<Portion, Error> {
    let mut portion = Portion::default();
    let Some((edition, setter)) = prepare(ready, options, &mut portion.diagnostics)? else { return Ok(portion) };
    let specs = &ready.computed.specs;
    let csv = tables::csv(&ready.published, edition.period);
    let desk = Desk::of_edition(ready, &setter, options.date, &edition, &csv);
    let orders = Orders::new(desk.placed(edition.orders))?;
    let ranks = ranks(specs, &orders);
    let is_own = |region: RegionIndex| ranks.get(&region).is_some_and(|&rank| share.holds(rank));
    let mut own = orders.positions();
    own.retain(|&position| is_own(orders.at(position).1.region));
    // One language after the other: the longest documents side by side would take the most memory.
    own.sort_by_cached_key(|&position| {
        let (_, order) = orders.at(position);
        (order.language.clone(), ranks[&order.region])
    });
    let press = Press { jobs: options.jobs, tray: &draft };
    let Stack { printed, faults, .. } = press.print((&orders, &own), |path, order| desk.make(path, order), done)?;
    portion.diagnostics.extend(faults);
    portion.documents = printed.len();
    portion.pages = printed.iter().map(|printed| printed.pages).sum();
    if options.site {
        let (mut reports, companions) = entries(specs, &orders, printed);
        reports
            .extend(orders.iter().filter(|(_, order)| !is_own(order.region)).map(|(path, order)| elsewhere(specs, path, order)));
        let whole = desk.whole(desk.edition_of(&reports));
        let site = desk.site(ready, whole, (&reports, &companions));
        let is_own = |subject| match subject {
            Subject::Region(region) => is_own(region),
            Subject::Indicator(indicator) => share.holds(indicator.0),
            Subject::Start | Subject::Home | Subject::Data | Subject::Changes | Subject::Methodology | Subject::Sentences => {
                share.holds(0)
            }
        };
        portion.diagnostics.extend(site.make_some(options.jobs, is_own, &draft, own.len())?);
    }
    diagnostic::sort(&mut portion.diagnostics);
    portion.place = Some(draft.publish()?);
    Ok(portion)
}

/// The place of each region among those that documents are about: the top, then level by level.
fn ranks(specs: &Specs, orders: &Orders<Order>) -> BTreeMap<RegionIndex, usize> {
    let regions: BTreeSet<_> =
        orders.iter().map(|(_, order)| (specs.hierarchy.region(order.region).level, order.region)).collect();
    regions.into_iter().enumerate().map(|(rank, (_, region))| (region, rank)).collect()
}

/// The entry of a document that another part makes, as far as it is known here.
fn elsewhere(specs: &Specs, path: &str, order: &Order) -> ReportEntry {
    ReportEntry {
        path: path.to_owned(),
        kind: order.kind.name(),
        region: specs.hierarchy.region(order.region).code.as_str().to_owned(),
        language: order.language.as_str().to_owned(),
        edition: None,
        stage: None,
        pages: 0,
        size: 0,
        sha256: String::new(),
    }
}

/// What is to be made, and what sets it; `None` where nothing can be made, and `diagnostics` tell why.
fn prepare<'a>(
    ready: &Ready<'a>,
    options: &BuildOptions,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<(Edition, Setter)>, Error> {
    let Ready { computed, published, .. } = ready;
    let Some(period) = options.period.or(computed.latest()) else { return Ok(None) };
    diagnostics.extend(published.refusals().cloned());
    if !diagnostics.is_empty() {
        return Ok(None);
    }
    let edition = Edition::new(published, period, &options.selection);
    let folders = report::folders(&computed.specs, &edition.orders, period);
    let languages = edition.orders.iter().map(|order| &order.language);
    let shop = Shop { ready, typesetter: &options.typesetter };
    let setter = shop.setter(&folders, languages, diagnostics).map_err(Error::Start)?;
    Ok((!any_error(diagnostics)).then_some((edition, setter)))
}

/// Sets one document of the last period with data, for somebody who works on its template.
///
/// # Errors
/// All faults of specifications and templates; with the generated text where their places are in it.
pub fn proof(project: &Project, typesetter: &Typesetter, order: &Order, audience: Audience) -> Result<Document, Failure> {
    let folders = |computed: &Computed, period| report::folders(&computed.specs, std::slice::from_ref(order), period);
    let (ready, period, setter) = bench(project, typesetter, (audience, &order.language), folders)?;
    let desk = Desk::new(&ready, &setter, period, None);
    threads::alone(|| desk.set(&desk.path(order), order))
}

/// The documents that are blocked, in the order of their paths, and why.
fn blocked(published: &Published<'_>, period: PeriodIndex, orders: Vec<(String, Order)>) -> Vec<BlockedEntry> {
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

/// The entries of documents and of the files beside them for the manifest, both in the order of their paths.
fn entries(specs: &Specs, orders: &Orders<Order>, printed: Vec<Printed>) -> (Vec<ReportEntry>, Vec<CompanionEntry>) {
    let (mut reports, mut companions) = (Vec::new(), Vec::new());
    for Printed { order, edition, stage, file, pages, companion, sources: _ } in printed {
        let (_, order) = orders.at(order);
        let FileEntry { path, size, sha256, .. } = file;
        let region = specs.hierarchy.region(order.region).code.as_str().to_owned();
        let language = order.language.as_str().to_owned();
        let report = ReportEntry {
            path,
            kind: order.kind.name(),
            region,
            language,
            edition,
            stage: stage.map(Stage::name),
            pages,
            size,
            sha256,
        };
        companions.extend(companion.map(|workbook| CompanionEntry::workbook(&report, workbook)));
        reports.push(report);
    }
    companions.sort_by(|left: &CompanionEntry, right| left.path.cmp(&right.path));
    (reports, companions)
}

/// Something that tells numbers of a region, with its path in a release.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The path.
    pub path: String,
    /// For whom it is.
    pub audience: Audience,
    /// `report`, `reliability` or `page`.
    pub kind: &'static str,
    /// The region.
    pub region: RegionIndex,
    /// The language.
    pub language: LanguageCode,
}

/// The documents and pages of a period for everybody and for those who work with the data.
pub fn documents(ready: &Ready<'_>, period: PeriodIndex) -> Vec<Placed> {
    let Ready { computed, published, .. } = ready;
    let specs = &computed.specs;
    let paths = Paths::new(&specs.hierarchy, &specs.programme.languages);
    let languages = &specs.programme.publish;
    let orders = report::orders(published, period, &Selection::default());
    let approvals = approvals(ready, period);
    let named = |audience: Audience| {
        // Protocols are working papers, so the public gets none.
        let is_made = move |order: &&Order| audience == Audience::Internal || order.kind == Kind::Report;
        let places = Places::new(specs, audience, languages.iter());
        let placed =
            |order: &Order, kind, path| Placed { path, audience, kind, region: order.region, language: order.language.clone() };
        let documents = orders.iter().filter(is_made).map(|order| {
            placed(order, order.kind.name(), path(computed, &paths, (audience, period), (order, approvals.of(order.region))))
        });
        let pages = orders.iter().filter(|order| order.kind == Kind::Report).filter_map(|order| {
            let language = languages.iter().position(|code| *code == order.language)?;
            Some(placed(order, "page", places.path(site::Order { language, subject: Subject::Region(order.region) })))
        });
        documents.chain(pages).collect::<Vec<Placed>>()
    };
    [Audience::Public, Audience::Internal].into_iter().flat_map(named).collect()
}

/// Which numbers of a period for everybody are approved.
fn approvals<'a>(ready: &Ready<'a>, period: PeriodIndex) -> Approvals<'a> {
    let specs = &ready.computed.specs;
    let csv = match ready.published.audience() {
        Audience::Public => tables::csv(&ready.published, period),
        // Approved is what everybody may know, and these numbers are others.
        Audience::Internal => return Approvals::default(),
    };
    Approvals::new(specs, period, &Ledger::read(&csv, &specs.period(period).id).unwrap_or_default())
}

/// The path of a document in a release for an audience.
fn path(
    computed: &Computed,
    paths: &Paths<'_>,
    (audience, period): (Audience, PeriodIndex),
    (order, standing): (&Order, Standing<'_>),
) -> String {
    let labels = &computed.languages[&order.language].labels;
    let kind = match order.kind {
        Kind::Report => None,
        Kind::Protocol => Some("reliability_title"),
    };
    let audience = match audience {
        Audience::Public => None,
        Audience::Internal => Some(AUDIENCE_IN_NAMES),
    };
    let is_preliminary = computed.specs.programme.preliminary || matches!(standing, Standing::Preliminary);
    let preliminary = is_preliminary.then_some(PRELIMINARY_IN_NAMES);
    let words = [kind, audience, preliminary].into_iter().flatten().map(|label| labels[label].as_str());
    // A file that is sent alone says of which programme and period it is.
    let specs = &computed.specs;
    let period = specs.period(period).id.as_str();
    let title = specs.programme.file_title.as_ref().map(|title| format!("{}, {period}", title.get(&order.language)));
    let additions: Vec<&str> = std::iter::once(title.as_deref().unwrap_or(period)).chain(words).collect();
    paths.report(&order.language, order.region, &additions)
}

/// What writes the documents of a period, shared by all threads.
struct Desk<'a> {
    computed: &'a Computed,
    setter: &'a Setter,
    paths: Paths<'a>,
    material: Material<'a>,
    background: Background<'a>,
    /// The languages in which the report of the top region, which holds the definitions, is made too.
    defined: BTreeSet<LanguageCode>,
    /// Whether it is kept what documents are set from.
    keeps_sources: bool,
    /// What is out; `None` where documents are no editions.
    editions: Option<Editions>,
    /// Which numbers are approved.
    approvals: Approvals<'a>,
    /// For each region, by its code, the hash of its lines in the table of the release; none where documents are no editions.
    seals: BTreeMap<String, String>,
    /// What was made elsewhere.
    parts: Option<&'a Parts>,
}

impl<'a> Desk<'a> {
    fn new(ready: &'a Ready<'a>, setter: &'a Setter, period: PeriodIndex, date: Option<Date>) -> Self {
        let Ready { computed, published, .. } = ready;
        let material = Material::new(published, period, date);
        let paths = Paths::new(&computed.specs.hierarchy, &computed.specs.programme.languages);
        Self {
            computed,
            setter,
            paths,
            material,
            background: Background::new(published, period),
            defined: BTreeSet::new(),
            keeps_sources: false,
            editions: None,
            approvals: Approvals::default(),
            seals: BTreeMap::new(),
            parts: None,
        }
    }

    /// What writes the documents of a release; `csv` is the table of its numbers.
    fn of_edition(ready: &'a Ready<'a>, setter: &'a Setter, date: Option<Date>, edition: &Edition, csv: &str) -> Self {
        let Ready { computed, published, .. } = ready;
        let period = edition.period;
        let mut desk = Self::new(ready, setter, period, date);
        let defining = edition.orders.iter().filter(|order| desk.is_of_definitions(order));
        desk.defined = defining.map(|order| order.language.clone()).collect();
        if published.audience() == Audience::Public {
            let id = &computed.specs.period(period).id;
            let numbers = Ledger::read(csv, id).unwrap_or_default();
            desk.approvals = Approvals::new(&computed.specs, period, &numbers);
            desk.editions = Some(Editions::new(&ready.project.sources, id, &numbers));
            desk.seals = edition::seals(csv);
        }
        desk
    }

    /// The pages about documents of the release.
    fn site<'b>(
        &'b self,
        ready: &'b Ready<'b>,
        whole: Material<'b>,
        documents: (&'b [ReportEntry], &'b [CompanionEntry]),
    ) -> Site<'b> {
        Site::new(ready, self.setter, (whole, &self.background, &self.approvals), documents, self.parts)
    }

    /// Whether an order is for the report with the definitions.
    fn is_of_definitions(&self, order: &Order) -> bool {
        order.kind == Kind::Report && order.region == self.computed.specs.hierarchy.top()
    }

    /// The way from a report to the one with the definitions, where that is made too. Where regions approve, the names of files tell whether they
    /// have: a report that led to another one would be a new one whenever that is approved.
    fn definitions(&self, order: &Order) -> Option<String> {
        let top = Order { region: self.computed.specs.hierarchy.top(), ..order.clone() };
        let is_named_by_approval = self.computed.specs.programme.levels.iter().any(|level| level.approves);
        let is_linked = !is_named_by_approval && !self.is_of_definitions(order) && self.defined.contains(&order.language);
        is_linked.then(|| way(&self.path(order), &self.path(&top)))
    }

    /// The path of a document in the release.
    fn path(&self, order: &Order) -> String {
        let audience = self.material.published.audience();
        path(self.computed, &self.paths, (audience, self.material.period), (order, self.approvals.of(order.region)))
    }

    /// Documents with their paths.
    fn placed(&self, orders: Vec<Order>) -> Vec<(String, Order)> {
        orders.into_iter().map(|order| (self.path(&order), order)).collect()
    }

    /// What reports are made from when they are an edition of their period.
    fn material(&self, edition: Option<u32>, region: RegionIndex, language: &LanguageCode) -> Material<'_> {
        let material = Material { standing: self.approvals.of(region), ..self.material };
        let (Some(editions), Some(number)) = (&self.editions, edition) else { return material };
        let region = self.material.specs.hierarchy.region(region).code.as_str();
        material.of(Issue {
            number,
            declared: self.material.specs.programme.edition(self.material.period, number),
            replaced: editions.replaced(number, Kind::Report.name(), region, language.as_str()),
            changes: editions.changes(number, region),
            seal: self.seals.get(region).map(String::as_str),
        })
    }

    /// The signed check codes that are of other numbers than the documents whose they were.
    fn void_codes(&self, reports: &[ReportEntry]) -> Vec<Diagnostic> {
        let specs = &self.computed.specs;
        let period = &specs.period(self.material.period).id;
        let own: BTreeSet<(&str, Option<u32>)> = reports.iter().map(|report| (report.region.as_str(), report.edition)).collect();
        let end = format!("-{period}");
        let is_void = |code: &CheckCode| {
            let region = code.number.strip_suffix(&end).filter(|region| own.contains(&(*region, Some(code.edition))));
            region.and_then(|region| self.seals.get(region)).is_some_and(|seal| !seal.starts_with(&code.seal))
        };
        specs.codes.iter().filter(|code| is_void(&code.signed.code)).map(void_code).collect()
    }

    /// What the pages about the whole release are made from.
    fn whole(&self, edition: Option<u32>) -> Material<'_> {
        let specs = self.material.specs;
        self.material(edition, specs.hierarchy.top(), &specs.programme.publish[0])
    }

    /// The edition of a release with these documents: the last one that is out when none of its numbers and documents is new.
    fn edition_of(&self, reports: &[ReportEntry]) -> Option<u32> {
        let editions = self.editions.as_ref()?;
        let is_new = |report: &ReportEntry| report.edition == Some(editions.next());
        Some(if editions.has_new_numbers() || reports.iter().any(is_new) { editions.next() } else { editions.last() })
    }

    /// A document that was made elsewhere, with what stands beside it.
    fn taken(&self, path: &str, order: &Order) -> Result<Option<Page>, release::Error> {
        let Some(parts) = self.parts else { return Ok(None) };
        let Some(Taken { bytes, pages: Some(pages), edition }) = parts.document(path)? else { return Ok(None) };
        let document = Document { bytes, pages };
        match order.kind {
            Kind::Report => {
                let beside = workbook_path(path);
                let Some(Taken { bytes, .. }) = parts.beside(&beside)? else { return Ok(None) };
                let stage = self.material(edition, order.region, &order.language).stage();
                Ok(Some(Page { document, edition, stage, companion: Some((beside, bytes)), source: None }))
            }
            Kind::Protocol => Ok(Some(Page { document, edition, stage: None, companion: None, source: None })),
        }
    }

    /// Makes a document, where it was not made elsewhere. One that says what it said when it came out stays the edition that it was.
    fn make(&self, path: &str, order: &Order) -> Result<Page, Refusal> {
        if let Some(page) = self.taken(path, order).map_err(Refusal::Unread)? {
            return Ok(page);
        }
        let Some(editions) = &self.editions else { return self.make_as(None, path, order) };
        let region = self.material.specs.hierarchy.region(order.region).code.as_str();
        if let Some((document, companion)) = editions.document(order.kind.name(), region, order.language.as_str()) {
            let page = self.make_as(Some(document.edition), path, order)?;
            let beside = page.companion.as_ref().map(|(_, bytes)| sha256(bytes));
            let is_same = document.sha256 == sha256(&page.document.bytes)
                && companion.map(|companion| companion.sha256.as_str()) == beside.as_deref();
            if is_same {
                return Ok(page);
            }
        }
        self.make_as(Some(editions.next()), path, order)
    }

    /// Sets a document of an edition, and makes the workbook beside it.
    fn make_as(&self, edition: Option<u32>, path: &str, order: &Order) -> Result<Page, Refusal> {
        match order.kind {
            Kind::Report => {
                let material = self.material(edition, order.region, &order.language);
                let report = self.report(material, order);
                let document = self.set_report(material, (path, order), &report).map_err(Refusal::Failure)?;
                let workbook = companion::write(material, &self.computed.languages[&order.language], order.region, &report);
                let bytes = workbook.map_err(|error| Refusal::Companion(error.to_string()))?;
                let source =
                    self.keeps_sources.then(|| source(self.setter, (path, day(material)), &report, || self.table(order)));
                let source = source.transpose()?;
                Ok(Page { document, edition, stage: material.stage(), companion: Some((workbook_path(path), bytes)), source })
            }
            Kind::Protocol => {
                let protocol = self.protocol(order);
                let document = self.setter.set(path, &protocol, "", day(self.material)).map_err(Refusal::Failure)?;
                let source = self.keeps_sources.then(|| source(self.setter, (path, day(self.material)), &protocol, String::new));
                let source = source.transpose()?;
                Ok(Page { document, edition, stage: None, companion: None, source })
            }
        }
    }

    /// Sets a document that is no edition.
    fn set(&self, path: &str, order: &Order) -> Result<Document, Failure> {
        match order.kind {
            Kind::Report => self.set_report(self.material, (path, order), &self.report(self.material, order)),
            Kind::Protocol => self.setter.set(path, &self.protocol(order), "", day(self.material)),
        }
    }

    fn protocol(&self, order: &Order) -> Protocol {
        reliability::write(self.material, &self.background, &self.computed.languages[&order.language], order.region)
    }

    fn set_report(&self, material: Material<'_>, (path, order): (&str, &Order), report: &Report) -> Result<Document, Failure> {
        self.setter.set(path, report, &self.table(order), day(material))
    }

    /// The table that is attached to a report.
    fn table(&self, order: &Order) -> String {
        let Material { specs, published, period, .. } = self.material;
        let mut regions = vec![order.region];
        regions.extend(specs.hierarchy.children(order.region, specs.period(period).date));
        table::csv(table::rows(published, &order.language, period, &regions))
    }

    fn report(&self, material: Material<'_>, order: &Order) -> Report {
        let language = &self.computed.languages[&order.language];
        let report = report::write(material, &self.background, language, order.region);
        Report { definitions: self.definitions(order), ..report }
    }
}

/// The day in the metadata of documents.
fn day(material: Material<'_>) -> Date {
    material.date.unwrap_or(material.specs.period(material.period).issued)
}

fn void_code(code: &Code) -> Diagnostic {
    let CheckCode { number, edition, .. } = &code.signed.code;
    let message = format!(
        "the signed check code of the document {number}, edition {edition}, is of other numbers; its cover has the code without a signature"
    );
    Diagnostic::new(Rule::VoidCode, code.place.clone(), message)
        .hint("sign the codes of the new release: `esep sign <release> --codes`")
}
