//! A page for every unit, with its own answers beside its region. Sheets go to the units themselves and are never part of a release.
//!
//! There are many sheets, so each is written as soon as it is set, and only its entry for the manifest is kept.

use std::collections::BTreeSet;

use std::path::PathBuf;

use jiff::civil::Date;

use super::{Orders, Page, Portion, Press, Printed, Refusal, Shop, Stack, Trays, bench, publish_sources, source};
use crate::diagnostic::{self, Diagnostic, Rule, any_error};
use crate::language::LanguageCode;
use crate::period::PeriodIndex;
use crate::project::{Computed, Error, Project, Ready};
use crate::protect::{Audience, Published, Units};
use crate::region::{Hierarchy, RegionIndex};
use crate::release::{self, FileEntry, Paths, Shelf, Taken};
use crate::report::model::{SHEET, UnitSheet};
use crate::report::{AUDIENCE_IN_NAMES, Material, unit};
use crate::shard::{Draft, Parts, Share, Taken as Piece};
use crate::threads;
use crate::typeset::{Document, Failure, Setter, Tally, Typesetter};

/// Which sheets to make. An empty list asks for everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Units of these regions and of all that lies within them.
    pub regions: Vec<RegionIndex>,
    /// Units with these keys.
    pub keys: Vec<String>,
    /// Languages.
    pub languages: Vec<LanguageCode>,
}

/// What to make, and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which sheets.
    pub selection: Selection,
    /// How many are set at once.
    pub jobs: usize,
    /// What sets the sheets.
    pub typesetter: Typesetter,
    /// Whether it is kept what they are set from.
    pub keeps_sources: bool,
}

/// What was made.
#[derive(Debug, Default)]
pub struct Made {
    /// The folder of the sheets; `None` when there are none.
    pub place: Option<PathBuf>,
    /// Why the sheets were not published: there are more of the earlier ones.
    pub kept: Option<release::Error>,
    /// How many there are.
    pub sheets: usize,
    /// How many pages they have together.
    pub pages: usize,
    /// How many were set, and how many are those of before.
    pub tally: Tally,
    /// How many come from the parts that other runs made.
    pub taken: usize,
    /// The name of the folder beside that of the sheets with what they were set from; `None` where that was not kept.
    pub sources: Option<String>,
    /// The findings about missing sheets.
    pub diagnostics: Vec<Diagnostic>,
}

/// The units that sheets are made for: those of a period, or of the last period in which any unit reported. `None` when the programme names
/// no dataset for sheets.
pub fn units<'a>(published: &Published<'a>, period: Option<PeriodIndex>) -> Option<Units<'a>> {
    let dataset = published.specs().sheets?;
    let period = period.or(published.latest_of(dataset)).unwrap_or(PeriodIndex(0));
    Some(published.units(period, dataset))
}

/// One sheet to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Order {
    row: usize,
    language: LanguageCode,
}

/// The codes of the regions of which all sheets are asked for; none where single units or languages are chosen.
fn remade(hierarchy: &Hierarchy, selection: &Selection) -> BTreeSet<String> {
    let is_of_all = selection.keys.is_empty() && selection.languages.is_empty();
    if is_of_all { hierarchy.codes_within(&selection.regions) } else { BTreeSet::new() }
}

/// The sheets asked for, in the order of languages, regions and keys. No file system could take two of their paths for one.
fn orders(computed: &Computed, units: &Units<'_>, selection: &Selection) -> Result<Orders<Order>, release::Error> {
    let specs = &computed.specs;
    let wanted = |row: &usize| {
        let lies = |&outer: &RegionIndex| specs.hierarchy.contains(outer, units.region(*row));
        (selection.regions.is_empty() || selection.regions.iter().any(lies))
            && (selection.keys.is_empty() || selection.keys.contains(&units.key(*row)))
    };
    // A unit without a key cannot be sent anything. Every other unit takes a path, so that paths do not depend on the selection.
    let mut rows: Vec<usize> = units.addressed().collect();
    rows.sort_by_cached_key(|&row| (units.region(row), units.key(row), row));
    let languages = if selection.languages.is_empty() { &specs.programme.publish } else { &selection.languages };
    let paths = Paths::new(&specs.hierarchy, &specs.programme.languages);
    let mut taken = Taken::default();
    let mut orders = Vec::new();
    for language in languages {
        let addition = &computed.languages[language].labels[AUDIENCE_IN_NAMES];
        for &row in &rows {
            let (key, title) = (units.key(row), units.title(row));
            let name = if title == key { key } else { format!("{key} {title}") };
            let path = taken.take(&paths.sheet(language, units.region(row), &name, addition));
            if wanted(&row) {
                orders.push((path, Order { row, language: language.clone() }));
            }
        }
    }
    Orders::new(orders)
}

/// Typesets the sheets and swaps them in as the folder of their period on the shelf. `done` is called after each, from any thread.
///
/// # Errors
/// When something cannot be written, or the system refuses what the work takes.
pub fn make(
    ready: &Ready<'_>,
    units: &Units<'_>,
    options: &Options,
    shelf: &Shelf,
    done: impl Fn(usize, usize) + Sync,
) -> Result<Made, Error> {
    publish(ready, units, options, None, shelf, done)
}

/// Publishes the same sheets, as parts that were made elsewhere have them. What a part could not make is made here.
///
/// # Errors
/// Those of [`make`], and when a part cannot be read.
pub fn merge(
    ready: &Ready<'_>,
    units: &Units<'_>,
    options: &Options,
    parts: &Parts,
    shelf: &Shelf,
    done: impl Fn(usize, usize) + Sync,
) -> Result<Made, Error> {
    publish(ready, units, options, Some(parts), shelf, done)
}

/// Makes a part of the sheets into an archive: they are dealt out one by one.
///
/// # Errors
/// When something cannot be written, or the system refuses what the work takes.
pub fn portion(
    ready: &Ready<'_>,
    units: &Units<'_>,
    options: &Options,
    share: Share,
    draft: Draft<'_>,
    done: impl Fn(usize, usize) + Sync,
) -> Result<Portion, Error> {
    let mut portion = Portion::default();
    let orders = orders(ready.computed, units, &options.selection)?;
    let Some(setter) = setter(ready, options, &orders, &mut portion.diagnostics)? else { return Ok(portion) };
    let desk =
        Desk { computed: ready.computed, setter: &setter, published: &ready.published, units, parts: None, keeps_sources: false };
    let mut own = orders.positions();
    own.retain(|&position| share.holds(position));
    let press = Press { jobs: options.jobs, tray: &draft };
    let Stack { printed, faults, .. } = press.print((&orders, &own), |path, order| desk.make(path, order), done)?;
    portion.diagnostics.extend(faults);
    sort(&mut portion.diagnostics);
    portion.documents = printed.len();
    portion.pages = printed.iter().map(|printed| printed.pages).sum();
    portion.place = Some(draft.publish()?);
    Ok(portion)
}

/// What sets the sheets; `None` where there are none, or `diagnostics` tell why none can be made.
fn setter(
    ready: &Ready<'_>,
    options: &Options,
    orders: &Orders<Order>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<Setter>, Error> {
    let languages = orders.iter().map(|(_, order)| &order.language);
    let shop = Shop { ready, typesetter: &options.typesetter };
    let setter = shop.setter(&[SHEET.to_owned()].into(), languages, diagnostics).map_err(Error::Start)?;
    Ok((!orders.is_empty() && !any_error(diagnostics)).then_some(setter))
}

/// Puts the faults first, and after them the sheets that are missing because of them.
fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostic::sort(diagnostics);
    diagnostics.sort_by_key(|found| found.rule == Rule::FailedReport);
}

fn publish(
    ready: &Ready<'_>,
    units: &Units<'_>,
    options: &Options,
    parts: Option<&Parts>,
    shelf: &Shelf,
    done: impl Fn(usize, usize) + Sync,
) -> Result<Made, Error> {
    let mut diagnostics = Vec::new();
    let Ready { computed, published, .. } = ready;
    let orders = orders(computed, units, &options.selection)?;
    let Some(setter) = setter(ready, options, &orders, &mut diagnostics)? else {
        return Ok(Made { diagnostics, ..Made::default() });
    };
    let id = &computed.specs.period(units.period).id;
    let whole = options.selection == Selection::default();
    let staging = shelf.begin(id, whole)?.asked(whole, remade(&computed.specs.hierarchy, &options.selection));
    let failures = shelf.begin_texts(id)?;
    let kept = shelf.begin_sources(id)?;
    let press = Press { jobs: options.jobs, tray: &Trays { documents: &staging, failures: &failures, sources: Some(&kept) } };
    let desk = Desk { computed, setter: &setter, published, units, parts, keeps_sources: options.keeps_sources };
    let Stack { printed, faults, texts, sources, .. } =
        press.print((&orders, &orders.positions()), |path, order| desk.make(path, order), done)?;
    failures.publish_if_any(&texts)?;
    diagnostics.extend(faults);
    sort(&mut diagnostics);
    let pages = printed.iter().map(|page| page.pages).sum();
    let entry = |page: Printed| {
        let (_, order) = orders.at(page.order);
        let region = computed.specs.hierarchy.region(units.region(order.row)).code.as_str();
        page.file.of(Some(region)).written_in(&order.language)
    };
    let entries: Vec<FileEntry> = printed.into_iter().map(entry).collect();
    let taken = parts.map_or(0, Parts::taken);
    let mut made =
        Made { place: None, kept: None, sheets: entries.len(), pages, tally: setter.tally(), taken, sources: None, diagnostics };
    if !entries.is_empty() {
        match staging.publish_files(&entries, whole && made.diagnostics.is_empty()) {
            Err(kept @ release::Error::LessComplete { .. }) if !made.diagnostics.is_empty() => made.kept = Some(kept),
            outcome => {
                made.place = Some(outcome?);
                let languages = orders.iter().map(|(_, order)| &order.language).collect();
                made.sources = publish_sources(kept, sources, (&ready.project.sources, &setter, languages))?;
            }
        }
    }
    Ok(made)
}

/// Sets the sheet of one unit, for somebody who works on its template; `None` when no unit has this key.
///
/// # Errors
/// All faults of specifications and templates.
pub fn proof(
    project: &Project,
    typesetter: &Typesetter,
    key: &str,
    language: &LanguageCode,
) -> Result<Option<Document>, Failure> {
    let (ready, _, setter) = bench(project, typesetter, (Audience::Public, language), |_, _| [SHEET.to_owned()].into())?;
    let Some(units) = units(&ready.published, None) else { return Ok(None) };
    let Some(row) = units.addressed().find(|&row| units.key(row) == key) else { return Ok(None) };
    let desk = Desk {
        computed: ready.computed,
        setter: &setter,
        published: &ready.published,
        units: &units,
        parts: None,
        keeps_sources: false,
    };
    threads::alone(|| desk.set(key, &Order { row, language: language.clone() }).map(Some))
}

/// What writes the sheets of a period, shared by all threads.
struct Desk<'a> {
    computed: &'a Computed,
    setter: &'a Setter,
    published: &'a Published<'a>,
    units: &'a Units<'a>,
    /// What was made elsewhere.
    parts: Option<&'a Parts>,
    /// Whether it is kept what sheets are set from.
    keeps_sources: bool,
}

impl Desk<'_> {
    /// Makes a sheet, where it was not made elsewhere.
    fn make(&self, path: &str, order: &Order) -> Result<Page, Refusal> {
        let page = |document, source| Page { document, edition: None, stage: None, companion: None, source };
        let taken = self.parts.map(|parts| parts.document(path)).transpose().map_err(Refusal::Unread)?.flatten();
        if let Some(Piece { bytes, pages: Some(pages), .. }) = taken {
            return Ok(page(Document { bytes, pages }, None));
        }
        let document = self.set(path, order).map_err(Refusal::Failure)?;
        let kept = self.keeps_sources.then(|| source(self.setter, (path, self.day()), &self.sheet(order), String::new));
        Ok(page(document, kept.transpose()?))
    }

    fn set(&self, path: &str, order: &Order) -> Result<Document, Failure> {
        self.setter.set(path, &self.sheet(order), "", self.day())
    }

    fn sheet(&self, order: &Order) -> UnitSheet {
        let material = Material::new(self.published, self.units.period, None);
        unit::write(material, self.units, &self.computed.languages[&order.language], order.row)
    }

    /// The day in the metadata of sheets.
    fn day(&self) -> Date {
        self.computed.specs.period(self.units.period).issued
    }
}
