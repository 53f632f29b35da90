//! The pages of a release: where each stands, the ways between them, and what stands beside them.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::ways::way;
use crate::diagnostic::{self, Diagnostic};
use crate::digest::sha256;
use crate::edition::Approvals;
use crate::language::{Language, LanguageCode};
use crate::project::{Computed, Error, Ready};
use crate::protect::Audience;
use crate::region::RegionIndex;
use crate::release::{self, CompanionEntry, FileEntry, ReportEntry, Staging, page_names};
use crate::report::{self, Background, Kind, Material};
use crate::shard::{Draft, Made, Parts};
use crate::site::{self, Download, Frame, IndicatorLink, LanguageLink, Subject};
use crate::sources::Sources;
use crate::spec::Specs;
use crate::table;
use crate::threads;
use crate::typeset::{self, Page, Setter};
use crate::value::Ratio;
use crate::words;

/// The folder of the pages among the templates; in a release, too, where what is not for everybody says so behind it.
const FOLDER: &str = "site";

/// The name of the picture of who publishes, without ending.
const EMBLEM: &str = "emblem";

/// The script with the names and values of all regions, in the folder of its language.
const REGIONS: &str = "regions.js";

/// What was made for browsers.
#[derive(Debug, Default)]
pub struct Pages {
    /// The files, by path.
    pub files: Vec<FileEntry>,
    /// Why pages are missing.
    pub faults: Vec<Diagnostic>,
}

/// What pages are made from.
pub struct Site<'a> {
    ready: &'a Ready<'a>,
    setter: &'a Setter,
    material: Material<'a>,
    background: &'a Background<'a>,
    approvals: &'a Approvals<'a>,
    /// The languages in which the report of the top region is made, each with the regions that have reports in it.
    languages: Vec<Edition<'a>>,
    places: Places,
    /// The picture of who publishes: its name, and its bytes.
    emblem: Option<(String, &'a [u8])>,
    /// What was made elsewhere.
    parts: Option<&'a Parts>,
}

/// Why there is no page.
enum Fault {
    /// It could not be filled in.
    Failure(typeset::Failure),
    /// It was made elsewhere, and cannot be read.
    Unread(release::Error),
}

/// The pages in a language.
struct Edition<'a> {
    language: &'a Language,
    regions: Vec<RegionIndex>,
    /// The documents about each region, and the files beside them.
    files: BTreeMap<&'a str, Vec<Taken<'a>>>,
}

/// A file of the release that readers may take with them.
#[derive(Clone, Copy)]
struct Taken<'a> {
    kind: &'static str,
    path: &'a str,
    size: usize,
    sha256: &'a str,
}

/// A page.
#[derive(Clone, Copy)]
pub struct Order {
    /// The position of the language.
    pub language: usize,
    /// What it is about.
    pub subject: Subject,
}

/// Where pages stand.
pub struct Places {
    /// The folder of all pages.
    root: String,
    /// The folder of each language in it.
    folders: Vec<String>,
    /// The name of each region in addresses.
    regions: Vec<String>,
    /// The name of each indicator in addresses.
    indicators: Vec<String>,
}

impl Places {
    /// The places of the pages for an audience in some languages.
    pub fn new<'a>(specs: &Specs, audience: Audience, languages: impl Iterator<Item = &'a LanguageCode>) -> Self {
        Self {
            root: format!("{FOLDER}{}", audience.suffix()),
            folders: page_names(languages.map(LanguageCode::as_str)),
            regions: page_names(specs.hierarchy.all().map(|(_, region)| region.code.as_str())),
            indicators: page_names(specs.indicators.iter().map(|indicator| indicator.id.as_str())),
        }
    }

    /// The folder of a language in the release.
    fn folder(&self, language: usize) -> String {
        format!("{}/{}", self.root, self.folders[language])
    }

    /// The path of a page in the release.
    pub fn path(&self, Order { language, subject }: Order) -> String {
        let folder = self.folder(language);
        match subject {
            Subject::Start => format!("{}/index.html", self.root),
            Subject::Home => format!("{folder}/index.html"),
            Subject::Data | Subject::Changes | Subject::Methodology | Subject::Sentences => {
                format!("{folder}/{}.html", subject.name())
            }
            Subject::Region(region) => format!("{folder}/region/{}.html", self.regions[region.0]),
            Subject::Indicator(index) => format!("{folder}/indicator/{}.html", self.indicators[index.0]),
        }
    }
}

impl<'a> Site<'a> {
    /// The pages about the documents of a release. There are none in a language in which the report of the top region is not made.
    pub fn new(
        ready: &'a Ready<'a>,
        setter: &'a Setter,
        (material, background, approvals): (Material<'a>, &'a Background<'a>, &'a Approvals<'a>),
        (reports, companions): (&'a [ReportEntry], &'a [CompanionEntry]),
        parts: Option<&'a Parts>,
    ) -> Self {
        let computed: &'a Computed = ready.computed;
        let specs = &computed.specs;
        let hierarchy = &specs.hierarchy;
        let published = |code: &LanguageCode| {
            let documents = reports.iter().filter(|entry| entry.kind == Kind::Report.name() && entry.language == code.as_str());
            let mut files: BTreeMap<&str, Vec<Taken<'_>>> = BTreeMap::new();
            for ReportEntry { path, region, size, sha256, .. } in documents {
                files.entry(region).or_default().push(Taken { kind: "pdf", path, size: *size, sha256 });
            }
            for CompanionEntry { path, region, size, sha256, .. } in
                companions.iter().filter(|entry| entry.language == code.as_str())
            {
                files.entry(region).or_default().push(Taken { kind: "xlsx", path, size: *size, sha256 });
            }
            let has = |code: &str| files.contains_key(code);
            let regions = hierarchy.all().filter(|(_, region)| has(region.code.as_str())).map(|(index, _)| index).collect();
            Edition { language: &computed.languages[code], regions, files }
        };
        let languages = specs.programme.languages.iter().map(published);
        let languages: Vec<Edition<'_>> = languages.filter(|edition| edition.regions.contains(&hierarchy.top())).collect();
        let codes = languages.iter().map(|edition: &Edition<'_>| &edition.language.code);
        let places = Places::new(specs, material.published.audience(), codes);
        let Sources { assets, .. } = &ready.project.sources;
        let emblem = assets.iter().find_map(|file| {
            let name = file.name.as_str().strip_prefix("report-templates/")?;
            (name.rsplit_once('.')?.0 == EMBLEM).then_some((name.to_owned(), file.bytes.as_slice()))
        });
        Self { ready, setter, material, background, approvals, languages, places, emblem, parts }
    }

    /// Makes and stores all pages and what stands beside them, `jobs` of them at once.
    ///
    /// # Errors
    /// When something cannot be written, or the system refuses what the work takes.
    pub fn make(&self, jobs: usize, staging: &Staging<'_>) -> Result<Pages, Error> {
        if self.languages.is_empty() {
            return Ok(Pages::default());
        }
        let orders = self.orders();
        let made = Mutex::new((Pages::default(), None));
        let locked = || made.lock().expect("no thread panics while it holds the lock");
        let store =
            |path: String, text: &str| staging.write(&path, text.as_bytes()).map(|()| FileEntry::new(path, text.as_bytes()));
        threads::for_each(&orders, jobs, |&order| {
            if locked().1.is_some() {
                return;
            }
            let path = self.places.path(order);
            let table = match order.subject {
                // One table serves all languages.
                Subject::Region(region) if self.is_first(order.language, region) => Some(self.table(region)),
                _ => None,
            };
            let mut files: Vec<(String, String)> = table.into_iter().collect();
            let frame = self.frame(order, &path);
            let faults = match self.taken(&path, &frame).and_then(|text| match text {
                Some(text) => Ok(text),
                None => self.page(order, &path, frame).map_err(Fault::Failure),
            }) {
                Ok(text) => {
                    files.push((path, text));
                    Vec::new()
                }
                Err(Fault::Failure(failure)) => failure.diagnostics,
                Err(Fault::Unread(error)) => {
                    locked().1 = Some(error);
                    return;
                }
            };
            let stored: Result<Vec<FileEntry>, _> = files.into_iter().map(|(path, text)| store(path, &text)).collect();
            let mut made = locked();
            made.0.faults.extend(faults);
            match stored {
                Ok(files) => made.0.files.extend(files),
                Err(error) => made.1 = Some(error),
            }
        })
        .map_err(Error::Start)?;
        let (mut pages, broken): (Pages, Option<release::Error>) = made.into_inner().expect("no thread panicked");
        if let Some(error) = broken {
            return Err(error.into());
        }
        for (path, text) in self.beside() {
            pages.files.push(store(path, &text)?);
        }
        for (path, bytes) in self.shown() {
            staging.write(&path, bytes)?;
            pages.files.push(FileEntry::new(path, bytes));
        }
        pages.files.sort_by(|left, right| left.path.cmp(&right.path));
        diagnostic::sort(&mut pages.faults);
        pages.faults.dedup();
        Ok(pages)
    }

    /// Makes the pages about the subjects that are `own` into an archive, from a position on, `jobs` of them at once; returns why some are
    /// missing.
    ///
    /// # Errors
    /// Those of [`Site::make`].
    pub fn make_some(
        &self,
        jobs: usize,
        is_own: impl Fn(Subject) -> bool,
        draft: &Draft<'_>,
        from: usize,
    ) -> Result<Vec<Diagnostic>, Error> {
        if self.languages.is_empty() {
            return Ok(Vec::new());
        }
        let own = self.orders().into_iter().filter(|order| is_own(order.subject));
        let own: Vec<(usize, Order)> = own.enumerate().map(|(turn, order)| (from + turn, order)).collect();
        let made = Mutex::new((Vec::new(), None));
        let locked = || made.lock().expect("no thread panics while it holds the lock");
        threads::for_each(&own, jobs, |&(turn, order)| {
            if locked().1.is_some() {
                return;
            }
            let path = self.places.path(order);
            let frame = self.frame(order, &path);
            let ground = Some(self.ground(&frame));
            let page = match self.page(order, &path, frame) {
                Ok(text) => vec![Made { path, bytes: text.into_bytes(), ground, ..Made::default() }],
                Err(failure) => {
                    locked().0.extend(failure.diagnostics);
                    Vec::new()
                }
            };
            if let Err(error) = draft.put(turn, page) {
                locked().1 = Some(error);
            }
        })
        .map_err(Error::Start)?;
        match made.into_inner().expect("no thread panicked") {
            (_, Some(error)) => Err(error.into()),
            (faults, None) => Ok(faults),
        }
    }

    /// What a page follows from besides program, project and options: its frame, which tells of all documents, and the edition.
    fn ground(&self, frame: &Frame) -> String {
        let edition = self.material.issue.map(|issue| issue.number);
        sha256(&serde_json::to_vec(&(edition, frame)).expect("frames are plain data"))
    }

    /// A page that was made elsewhere from the same.
    fn taken(&self, path: &str, frame: &Frame) -> Result<Option<String>, Fault> {
        let Some(parts) = self.parts else { return Ok(None) };
        let page = parts.page(path, &self.ground(frame)).map_err(Fault::Unread)?;
        Ok(page.and_then(|page| String::from_utf8(page.bytes).ok()))
    }

    fn orders(&self) -> Vec<Order> {
        let of = |(language, edition): (usize, &Edition<'_>)| {
            let subjects = site::subjects(self.material, &edition.regions);
            subjects.into_iter().map(move |subject| Order { language, subject }).collect::<Vec<Order>>()
        };
        let start = Order { language: 0, subject: Subject::Start };
        std::iter::once(start).chain(self.languages.iter().enumerate().flat_map(of)).collect()
    }

    /// The numbers of a region, with the words of the table of the whole release: the path of the table, and its text.
    fn table(&self, region: RegionIndex) -> (String, String) {
        let Material { specs, published, period, .. } = self.material;
        let regions = [region];
        let rows = table::rows(published, &specs.programme.publish[0], period, &regions);
        let suffix = published.audience().suffix();
        (format!("{}/data/{}{suffix}.csv", self.places.root, self.places.regions[region.0]), table::csv(rows))
    }

    /// Whether a language is the first one with a page about a region.
    fn is_first(&self, language: usize, region: RegionIndex) -> bool {
        self.languages.iter().position(|edition| edition.regions.contains(&region)) == Some(language)
    }

    fn page(&self, order: Order, path: &str, frame: Frame) -> Result<String, typeset::Failure> {
        let language = self.languages[order.language].language;
        let material = match order.subject {
            Subject::Region(region) => Material { standing: self.approvals.of(region), ..self.material },
            _ => self.material,
        };
        let audience = report::audience(material, language);
        let model = site::model(material, self.background, language, order.subject, frame);
        let template = order.subject.template();
        let page = Page { template: &template, language: language.code.as_str(), audience: audience.as_deref() };
        self.setter.page(path, &page, &model)
    }

    fn frame(&self, order: Order, path: &str) -> Frame {
        let specs = self.material.specs;
        let own = &self.languages[order.language];
        let to = |subject: Subject| way(path, &self.places.path(Order { subject, ..order }));
        let ways =
            |region: &RegionIndex| (specs.hierarchy.region(*region).code.as_str().to_owned(), to(Subject::Region(*region)));
        let indicators = specs.indicators_of(self.material.period).map(|(index, indicator)| IndicatorLink {
            id: indicator.id.clone(),
            short: indicator.short.get(&own.language.code).to_owned(),
            href: to(Subject::Indicator(index)),
        });
        let home = way(path, &format!("{}/", self.places.folder(order.language)));
        Frame {
            here: order.subject.name(),
            root: way(path, &format!("{}/", self.places.root)),
            languages: self.translations(order, path),
            changes: self.material.specs.compared(self.material.period).is_some(),
            regions: own.regions.iter().map(ways).collect(),
            indicators: indicators.collect(),
            emblem: self.emblem.as_ref().map(|(name, _)| way(path, &format!("{}/{name}", self.places.root))),
            downloads: match order.subject {
                Subject::Region(region) => self.downloads(region, path, own),
                Subject::Home => self.downloads(specs.hierarchy.top(), path, own),
                _ => Vec::new(),
            },
            tree: if order.subject == Subject::Home { site::tree(self.material, own.language, &own.regions) } else { Vec::new() },
            decimal: language_decimal(own.language),
            home,
        }
    }

    /// The same page in every language; the first page of a language where it has no such page.
    fn translations(&self, order: Order, path: &str) -> Vec<LanguageLink> {
        let link = |(language, edition): (usize, &Edition<'_>)| {
            let is_there = !matches!(order.subject, Subject::Region(region) if !edition.regions.contains(&region));
            let subject = if is_there && order.subject != Subject::Start { order.subject } else { Subject::Home };
            LanguageLink {
                code: edition.language.code.as_str().to_owned(),
                name: edition.language.name.clone(),
                direction: edition.language.code.direction(),
                title: self.material.specs.programme.title.get(&edition.language.code).to_owned(),
                href: way(path, &self.places.path(Order { language, subject })),
                here: language == order.language && order.subject != Subject::Start,
            }
        };
        self.languages.iter().enumerate().map(link).collect()
    }

    /// The files about a region in every language, and the table of its figures, in the words of the page's language.
    fn downloads(&self, region: RegionIndex, path: &str, own: &Edition<'_>) -> Vec<Download> {
        let code = self.material.specs.hierarchy.region(region).code.as_str();
        let entry = |Taken { kind, path: file, size, sha256 }: Taken<'_>, edition: &Edition<'_>, language: String| Download {
            kind,
            href: way(path, file),
            language,
            code: edition.language.code.as_str().to_owned(),
            size: words::size(edition.language, size),
            sha256: sha256.to_owned(),
        };
        let mut downloads = Vec::new();
        for edition in &self.languages {
            let files = edition.files.get(code).into_iter().flatten();
            downloads.extend(files.map(|&file| entry(file, edition, edition.language.name.clone())));
        }
        let (table, text) = self.table(region);
        let table = FileEntry::new(table, text.as_bytes());
        let table = Taken { kind: "csv", path: &table.path, size: table.size, sha256: &table.sha256 };
        downloads.push(entry(table, own, String::new()));
        downloads
    }

    /// Styles, scripts, and the values of all regions.
    fn beside(&self) -> Vec<(String, String)> {
        let templates = &self.ready.project.sources.templates;
        let kept =
            templates.iter().filter(|(path, _)| path.starts_with("site/") && (path.ends_with(".css") || path.ends_with(".js")));
        let inside = |path: &String| format!("{}/{}", self.places.root, path.trim_start_matches("site/"));
        let mut files: Vec<(String, String)> = kept.map(|(path, file)| (inside(path), file.text.clone())).collect();
        for (position, edition) in self.languages.iter().enumerate() {
            let folder = self.places.folder(position);
            let page = |region| {
                way(&format!("{folder}/"), &self.places.path(Order { language: position, subject: Subject::Region(region) }))
            };
            let known = site::known(self.material, edition.language, &edition.regions, page);
            let known = serde_json::to_string(&known).expect("texts are plain data");
            files.push((format!("{folder}/{REGIONS}"), format!("var esep = {known};\n")));
        }
        files
    }

    /// The emblem, and the fonts and pictures that styles and templates of pages name.
    fn shown(&self) -> Vec<(String, &'a [u8])> {
        let Sources { templates, assets, .. } = &self.ready.project.sources;
        let texts = || templates.iter().filter(|(path, _)| path.starts_with("site/")).map(|(_, file)| file.text.as_str());
        let named = assets.iter().filter_map(|file| {
            let name = file.name.as_str().strip_prefix("report-templates/")?;
            let inside = name.strip_prefix("site/").unwrap_or(name);
            texts().any(|text| text.contains(inside)).then_some((format!("{}/{inside}", self.places.root), file.bytes.as_slice()))
        });
        let emblem = self.emblem.iter().map(|(name, bytes)| (format!("{}/{name}", self.places.root), *bytes));
        let mut files: Vec<(String, &[u8])> = emblem.chain(named).collect();
        files.sort();
        files.dedup();
        files
    }
}

/// The sign before the decimals of a language.
fn language_decimal(language: &Language) -> char {
    language.decimal(Ratio::whole(1).over(2), 1).chars().find(|sign| !sign.is_numeric()).unwrap_or('.')
}
