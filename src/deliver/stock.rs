//! What packages are filled from: a release, and the folders of what goes to offices alone. A file is chosen by the region of its entry in a
//! manifest, never by its name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::edition::Stage;
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::release::{self, Holding, Kept};
use crate::sources::RESULTS;
use crate::spec::Specs;
use crate::spec::offices::{Office, Piece};
use crate::table;

/// The folders that packages are filled from, each of one period.
#[derive(Clone, Debug)]
pub struct Folders {
    /// The release.
    pub release: PathBuf,
    /// Internal reports, with the protocols.
    pub protocols: PathBuf,
    /// The offices' workbooks with marks.
    pub answers: PathBuf,
    /// The workbooks to be filled in.
    pub forms: PathBuf,
    /// The sheets of units.
    pub sheets: PathBuf,
}

/// A file of a package.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// What it is.
    pub piece: Piece,
    /// Its path among the files of the package.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a package holds, and what it lacks.
#[derive(Debug, Default)]
pub struct Choice {
    /// The files, by kind.
    pub files: Vec<Chosen>,
    /// What should be there and is not, in words: such a package is not made.
    pub lacks: Vec<String>,
    /// What somebody should know although the package is whole.
    pub notes: Vec<String>,
    /// Whether one of its documents came with the edition of the release.
    pub is_new: bool,
    /// Whether the numbers of one of its documents are preliminary.
    pub is_preliminary: bool,
}

/// What packages are filled from.
pub struct Stock<'a> {
    specs: &'a Specs,
    period: PeriodIndex,
    release: Source,
    protocols: Held,
    answers: Held,
    forms: Held,
    sheets: Held,
}

/// A folder, or why it cannot be used; `None` where no office gets anything of it.
type Held = Option<Result<Source, release::Error>>;

struct Source {
    kept: Kept,
    listing: Listing,
}

/// What a manifest lists. Everything else in it is passed over here; the whole of a release's manifest is read by `release`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Listing {
    edition: Option<u32>,
    stage: Option<String>,
    issued: Option<String>,
    reports: Vec<Entry>,
    companions: Vec<Entry>,
    tables: Vec<Entry>,
    files: Vec<Entry>,
    blocked: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    path: String,
    kind: Option<String>,
    region: Option<String>,
    language: Option<String>,
    of: Option<String>,
    edition: Option<u32>,
    stage: Option<String>,
}

impl Entry {
    fn is_of(&self, region: &str, language: &str) -> bool {
        self.region.as_deref() == Some(region) && self.language.as_deref() == Some(language)
    }
}

impl Source {
    fn open(place: &Path, wanted: Holding, period: Option<&str>) -> Result<Self, release::Error> {
        let kept = Kept::open(place, wanted)?;
        let absent = |found: String| release::Error::NotThere { path: place.into(), wanted: wanted.name(), found };
        if let (Some(wanted), found) = (period, kept.period())
            && found != Some(wanted)
        {
            return Err(absent(format!("those of the period `{}` and not of `{wanted}`", found.unwrap_or("?"))));
        }
        let listing = serde_json::from_str(kept.manifest()).map_err(|_| absent("a manifest of another form".to_owned()))?;
        Ok(Self { kept, listing })
    }
}

/// The period of a release, as its manifest tells.
///
/// # Errors
/// When no release stands there.
pub fn period_of(release: &Path) -> Result<Option<String>, release::Error> {
    Ok(Kept::open(release, Holding::Reports)?.period().map(str::to_owned))
}

impl<'a> Stock<'a> {
    /// Opens the release, and the other folders as far as these offices get anything of them.
    ///
    /// # Errors
    /// When the release cannot be used.
    pub fn open<'b>(
        specs: &'a Specs,
        period: PeriodIndex,
        folders: &Folders,
        offices: impl Iterator<Item = &'b Office> + Clone,
    ) -> Result<Self, release::Error> {
        let id = specs.period(period).id.as_str();
        let held = |piece: Piece, place: &Path, wanted: Holding, period: Option<&str>| {
            offices.clone().any(|office| office.gets(piece)).then(|| Source::open(place, wanted, period))
        };
        Ok(Self {
            specs,
            period,
            release: Source::open(&folders.release, Holding::Reports, Some(id))?,
            protocols: held(Piece::Protocol, &folders.protocols, Holding::Internal, Some(id)),
            answers: held(Piece::Answer, &folders.answers, Holding::Answers, Some(id)),
            // Forms are for a later period.
            forms: held(Piece::Form, &folders.forms, Holding::Forms, None),
            sheets: held(Piece::Sheets, &folders.sheets, Holding::Sheets, Some(id)),
        })
    }

    /// The number of the release's edition; a release that does not tell is the first.
    pub fn edition(&self) -> u32 {
        self.release.listing.edition.unwrap_or(1)
    }

    /// Whether the numbers of the release are preliminary, as its manifest tells.
    pub fn is_preliminary(&self) -> bool {
        self.release.listing.stage.as_deref() == Some(Stage::Preliminary.name())
    }

    /// The day of the release, where its manifest tells it.
    pub fn issued(&self) -> Option<&str> {
        self.release.listing.issued.as_deref()
    }

    /// The table of all numbers.
    ///
    /// # Errors
    /// When it is not what was written, or cannot be read.
    pub fn numbers(&self) -> Result<String, release::Error> {
        let bytes = match self.release.listing.tables.iter().find(|entry| entry.path == RESULTS) {
            Some(entry) => self.release.kept.read(&entry.path)?,
            None => Vec::new(),
        };
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A small file that may stand beside the release's own, such as the list of editions.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn beside(&self, file: &str) -> Result<Option<Vec<u8>>, release::Error> {
        self.release.kept.beside(file)
    }

    /// What an office gets.
    ///
    /// # Errors
    /// When a file is not what was written, or cannot be read.
    pub fn choose(&self, office: &Office) -> Result<Choice, release::Error> {
        let mut choosing = Choosing { stock: self, office, choice: Choice::default(), reports: BTreeSet::new() };
        let pieces: BTreeSet<Piece> = office.gets.iter().copied().collect();
        // Workbooks stand behind the reports that they belong to.
        for piece in pieces {
            choosing.piece(piece)?;
        }
        let mut choice = choosing.choice;
        choice.files.sort_by(|left, right| (left.piece, &left.path).cmp(&(right.piece, &right.path)));
        choice.files.dedup_by(|left, right| left.path == right.path);
        Ok(choice)
    }
}

struct Choosing<'a> {
    stock: &'a Stock<'a>,
    office: &'a Office,
    choice: Choice,
    /// The paths of the chosen reports in the release.
    reports: BTreeSet<&'a str>,
}

impl<'a> Choosing<'a> {
    fn piece(&mut self, piece: Piece) -> Result<(), release::Error> {
        let stock = self.stock;
        match piece {
            Piece::Report => self.documents(piece, &stock.release, "report", &self.own()),
            Piece::Below => self.documents(piece, &stock.release, "report", &self.below()),
            Piece::Workbooks => self.workbooks(),
            Piece::Table => self.table(),
            Piece::Protocol => {
                let day = stock.specs.period(stock.period).date;
                let mut holding = self.own();
                // Only regions that hold others have a protocol.
                holding.retain(|&region| !stock.specs.hierarchy.children(region, day).is_empty());
                let made = "make it with `esep build --audience internal`";
                self.held(&stock.protocols, made, |own, source| own.documents(piece, source, "reliability", &holding))
            }
            Piece::Answer => match &stock.answers {
                // Where no office has findings, there are no answers.
                Some(Err(error @ release::Error::NotThere { .. })) => {
                    self.choice.notes.push(format!("{error}; no package holds an answer"));
                    Ok(())
                }
                held => self.held(held, "make it with `esep answer`", |own, source| own.files(piece, source, "`esep answer`")),
            },
            Piece::Form => {
                self.held(&stock.forms, "make it with `esep forms`", |own, source| own.files(piece, source, "`esep forms`"))
            }
            Piece::Sheets => {
                self.held(&stock.sheets, "make it with `esep sheets`", |own, source| own.files(piece, source, "`esep sheets`"))
            }
        }
    }

    /// The office's own regions.
    fn own(&self) -> Vec<RegionIndex> {
        self.office.regions.clone()
    }

    /// The regions of the period that lie within the office's own and are none of them.
    fn below(&self) -> Vec<RegionIndex> {
        let (hierarchy, day) = (&self.stock.specs.hierarchy, self.stock.specs.period(self.stock.period).date);
        let lies = |region: RegionIndex| {
            self.office.regions.iter().any(|&own| hierarchy.contains(own, region)) && !self.office.regions.contains(&region)
        };
        hierarchy.all().filter(|(index, region)| region.exists_on(day) && lies(*index)).map(|(index, _)| index).collect()
    }

    fn code(&self, region: RegionIndex) -> &'a str {
        self.stock.specs.hierarchy.region(region).code.as_str()
    }

    /// Goes on with a folder; where it cannot be used, the package lacks it.
    fn held(
        &mut self,
        held: &'a Held,
        hint: &str,
        with: impl FnOnce(&mut Self, &'a Source) -> Result<(), release::Error>,
    ) -> Result<(), release::Error> {
        match held {
            Some(Ok(source)) => with(self, source),
            Some(Err(error)) => {
                self.choice.lacks.push(format!("{error}; {hint}, or take it out of what the office `gets`"));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The documents of a kind about regions, in the office's languages.
    fn documents(&mut self, piece: Piece, source: &'a Source, kind: &str, regions: &[RegionIndex]) -> Result<(), release::Error> {
        let office = self.office;
        for language in &office.languages {
            for &region in regions {
                let code = self.code(region);
                let is_it = |entry: &&Entry| entry.is_of(code, language.as_str()) && entry.kind.as_deref() == Some(kind);
                let Some(entry) = source.listing.reports.iter().find(is_it) else {
                    let is_blocked = source.listing.blocked.iter().any(|entry| entry.is_of(code, language.as_str()));
                    let why = if is_blocked { "errors block it" } else { "it was not made" };
                    let place = source.kept.place().display();
                    self.choice.lacks.push(format!("`{place}` has no {kind} of the region `{code}` in `{language}`: {why}"));
                    continue;
                };
                self.reports.insert(&entry.path);
                let edition = self.stock.edition();
                self.choice.is_new |= edition == 1 || entry.edition == Some(edition);
                self.choice.is_preliminary |= entry.stage.as_deref() == Some(Stage::Preliminary.name());
                self.take(piece, source, entry)?;
            }
        }
        Ok(())
    }

    /// The workbooks beside the chosen reports.
    fn workbooks(&mut self) -> Result<(), release::Error> {
        let source = &self.stock.release;
        for report in self.reports.clone() {
            match source.listing.companions.iter().find(|entry| entry.of.as_deref() == Some(report)) {
                Some(entry) => self.take(Piece::Workbooks, source, entry)?,
                None if source.listing.reports.iter().any(|entry| entry.path == report) => {
                    self.choice.lacks.push(format!("the release has no workbook beside `{report}`"));
                }
                None => {}
            }
        }
        Ok(())
    }

    /// The numbers of the office's regions, and of those below where it gets these.
    fn table(&mut self) -> Result<(), release::Error> {
        let source = &self.stock.release;
        let mut regions = self.own();
        regions.extend(self.office.gets(Piece::Below).then(|| self.below()).into_iter().flatten());
        let codes: BTreeSet<&str> = regions.into_iter().map(|region| self.code(region)).collect();
        let cut = match source.listing.tables.iter().find(|entry| entry.path == RESULTS) {
            Some(entry) => table::of_regions(&source.kept.read(&entry.path)?, &codes),
            None => None,
        };
        match cut {
            Some(text) => {
                let (path, bytes) = (RESULTS.to_owned(), text.into_bytes());
                self.choice.files.push(Chosen { piece: Piece::Table, path, bytes });
            }
            None => self.choice.lacks.push(format!("the release has no table `{RESULTS}` that names regions")),
        }
        Ok(())
    }

    /// The files about regions within the office's own, in its languages where they have one.
    fn files(&mut self, piece: Piece, source: &'a Source, made: &str) -> Result<(), release::Error> {
        let hierarchy = &self.stock.specs.hierarchy;
        let within = |code: &str| {
            let found = hierarchy.all().find(|(_, region)| region.code.as_str() == code);
            found.is_some_and(|(region, _)| self.office.regions.iter().any(|&own| hierarchy.contains(own, region)))
        };
        let reads = |entry: &&Entry| {
            entry.language.as_deref().is_none_or(|code| self.office.languages.iter().any(|own| own.as_str() == code))
        };
        let own: Vec<&Entry> =
            source.listing.files.iter().filter(reads).filter(|entry| entry.region.as_deref().is_some_and(within)).collect();
        if own.is_empty() && piece != Piece::Answer {
            let place = source.kept.place().display();
            self.choice.lacks.push(format!("`{place}` has nothing of its regions; make it anew with {made}"));
        }
        let unknown = source.listing.files.iter().filter(|entry| entry.region.is_none());
        self.choice.notes.extend(unknown.map(|entry| {
            format!("`{}` in `{}` names no region; it is in no package", entry.path, source.kept.place().display())
        }));
        own.into_iter().try_for_each(|entry| self.take(piece, source, entry))
    }

    fn take(&mut self, piece: Piece, source: &'a Source, entry: &'a Entry) -> Result<(), release::Error> {
        let path = format!("{}/{}", folder(piece), entry.path);
        if !self.choice.files.iter().any(|file| file.path == path) {
            self.choice.files.push(Chosen { piece, path, bytes: source.kept.read(&entry.path)? });
        }
        Ok(())
    }
}

/// The folder of a package for what is of a kind.
fn folder(piece: Piece) -> &'static str {
    match piece {
        Piece::Report | Piece::Below | Piece::Workbooks | Piece::Table => "reports",
        Piece::Protocol => "protocols",
        Piece::Answer => "answers",
        Piece::Form => "forms",
        Piece::Sheets => "sheets",
    }
}
