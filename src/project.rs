//! The stages in their order, from the files of a project to what may be told of it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::OnceLock;

use crate::check::{SilentUnit, Waived};
use crate::compute::{self, Results};
use crate::dataset::{Balance, Change, Data, Interpretation};
use crate::diagnostic::{self, CauseKind, Diagnostic};
use crate::intake::receipts::Receipt;
use crate::intake::released::{self, Released};
use crate::language::{self, Language, LanguageCode};
use crate::period::PeriodIndex;
use crate::protect::{self, Audience, Blocked, Inside, Protected, Published, Withholding};
use crate::region::RegionIndex;
use crate::sources::{self, BinaryFile, Sources};
use crate::spec::{self, DatasetIndex, Specs};
use crate::threads;
use crate::typeset;
use crate::worker::Recollection;
use crate::{answer, check, companion, disclosure, edition, forms, grid, intake, release, report, trace, wording, words};

/// The world failed: something could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// While reading.
    #[error(transparent)]
    Read(#[from] sources::Error),
    /// While writing.
    #[error(transparent)]
    Write(#[from] release::Error),
    /// Workbooks cannot be read.
    #[error(
        "cannot start a process that reads workbooks: {0}; let the program have more processes, memory and open files, or end others"
    )]
    Reader(String),
    /// Documents cannot be set.
    #[error("cannot start what sets documents: {0}; let the program have more threads and processes, or end others")]
    Start(std::io::Error),
    /// A form could not be made.
    #[error(transparent)]
    Form(#[from] forms::Error),
    /// The workbook of what is withheld could not be made.
    #[error(transparent)]
    Disclosure(#[from] disclosure::Error),
}

/// A project that was read, checked and computed.
pub struct Project {
    /// Its files.
    pub sources: Sources,
    /// All findings; errors stop publication.
    pub diagnostics: Vec<Diagnostic>,
    /// What could be made of the files; `None` when the specifications are too broken.
    pub computed: Option<Computed>,
}

/// Specifications, data and numbers. What is made of them sees numbers and rows only through [`Ready::published`].
pub struct Computed {
    /// The specifications.
    pub specs: Specs,
    data: Data,
    results: Results,
    /// The languages of the reports that could be read.
    pub languages: BTreeMap<LanguageCode, Language>,
    waived: Vec<Waived>,
    /// The numbers that errors block, and why.
    pub blocked: Blocked,
    receipts: Vec<Receipt>,
    released: Vec<Released>,
    recollection: Option<Recollection>,
    /// What is withheld from everybody, once somebody asked.
    withheld: OnceLock<Withholding>,
}

/// A project of which something can be made: its files and findings, its specifications, and what may be told of its numbers.
pub struct Ready<'a> {
    /// The files and the findings.
    pub project: &'a Project,
    /// The specifications and the languages.
    pub computed: &'a Computed,
    /// What may be published or told.
    pub published: Published<'a>,
}

impl Project {
    /// What everything that is made for an audience is made from; `None` when the specifications are too broken.
    pub fn ready(&self, audience: Audience) -> Option<Ready<'_>> {
        let computed = self.computed.as_ref()?;
        let inside = computed.inside(&self.diagnostics);
        let published = threads::together(|| match audience {
            Audience::Internal => protect::publish(inside, audience),
            Audience::Public => protect::publish_without(inside, computed.withheld(inside)),
        });
        Some(Ready { project: self, computed, published })
    }

    /// The same project, which does not search again for what must be withheld where that is remembered.
    pub fn remembering(mut self, recollection: Option<Recollection>) -> Self {
        if let Some(computed) = &mut self.computed {
            computed.recollection = recollection;
        }
        self
    }

    /// Takes a list of offices, of YAML or of a table, in place of the project's own; mails come from `sender`, or else from whom the list or
    /// the project names. Gives what is wrong with the list.
    pub fn take_offices(&mut self, file: BinaryFile, sender: Option<String>, reader: &grid::Reader) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        if let Some(computed) = &mut self.computed {
            let known = (&computed.specs, &computed.languages);
            let offices = intake::offices::read(file, sender, known, reader, &mut diagnostics);
            computed.specs.offices = offices;
        }
        diagnostic::sort(&mut diagnostics);
        diagnostics
    }

    /// Takes over what was withheld at an earlier reading, if it is the same project but for its templates: to look for it takes seconds.
    pub fn take_over(&mut self, earlier: Project) {
        let (own, before) = (&self.sources, &earlier.sources);
        let is_same = own.specs == before.specs && own.inputs == before.inputs && own.published == before.published;
        if let (Some(computed), Some(before)) = (&mut self.computed, earlier.computed)
            && is_same
            && computed.blocked == before.blocked
        {
            computed.withheld = before.withheld;
        }
    }
}

impl Ready<'_> {
    /// What is withheld from everybody in each period, with all small counts: for whoever answers for a release.
    pub fn disclosure(&self) -> Vec<Protected> {
        threads::together(|| protect::disclosure(self.computed.inside(&self.project.diagnostics)))
    }
}

impl Computed {
    /// Everything before the door, for the door itself, for measuring and for tests; `findings` are those of the whole project.
    pub fn inside<'a>(&'a self, findings: &'a [Diagnostic]) -> Inside<'a> {
        let Self { specs, data, results, waived, blocked, receipts, released, .. } = self;
        let recollection = self.recollection.as_ref();
        Inside { specs, data, results, blocked, findings, waived, receipts, released, recollection }
    }

    /// What is withheld from everybody in all periods.
    fn withheld(&self, inside: Inside<'_>) -> &Withholding {
        self.withheld.get_or_init(|| Withholding::of(&self.specs, &protect::disclosure(inside)))
    }

    /// The last period in which anything was reported.
    pub fn latest(&self) -> Option<PeriodIndex> {
        self.data.latest()
    }

    /// Whether anything was reported for a period.
    pub fn has(&self, period: PeriodIndex) -> bool {
        self.data.has(period)
    }

    /// What became of every file, sheet and row that was seen.
    pub fn balance(&self) -> &Balance {
        &self.data.balance
    }

    /// How cells were understood where that is not simply what they say.
    pub fn interpretations(&self) -> &[Interpretation] {
        &self.data.interpretations
    }

    /// For each submission, the smallest region that holds all rows in it whose region could be told, whether they count or not; none for a
    /// submission without such rows.
    pub fn senders(&self) -> BTreeMap<&str, RegionIndex> {
        let hierarchy = &self.specs.hierarchy;
        let mut senders: BTreeMap<&str, RegionIndex> = BTreeMap::new();
        for period in self.specs.periods() {
            for dataset in (0..self.specs.datasets.len()).map(DatasetIndex) {
                let table = self.data.table(period, dataset);
                let counted = (0..table.len()).map(|row| (&table.place(row).file, table.region(row)));
                let asides = table.asides().iter().filter_map(|aside| Some((&aside.place.file, aside.region?)));
                for (file, region) in counted.chain(asides) {
                    let sender = senders.entry(file.as_str()).or_insert(region);
                    let above = hierarchy.upwards(*sender).find(|&outer| hierarchy.contains(outer, region));
                    *sender = above.unwrap_or(hierarchy.top());
                }
            }
        }
        senders
    }

    /// Every unit of a register that did not report; and the datasets of which nobody knows that in a period.
    pub fn silent_units(&self) -> (Vec<SilentUnit>, Vec<(PeriodIndex, DatasetIndex)>) {
        let Self { specs, data, results, languages, .. } = self;
        // Who is silent does not depend on single cells.
        let useless = HashSet::new();
        check::silent_units(check::Subject { specs, data, results, languages, useless: &useless })
    }

    /// What later submissions changed.
    pub fn changes(&self) -> &[Change] {
        &self.data.changes
    }
}

/// Reads, checks and computes the project in `root`; `reader` reads its workbooks. All findings are gathered, in the order of their places.
///
/// # Errors
/// When the folder cannot be read, or the system refuses what reading takes.
pub fn load(root: &Path, reader: &grid::Reader) -> Result<Project, Error> {
    threads::together(|| loaded(root, reader))
}

fn loaded(root: &Path, reader: &grid::Reader) -> Result<Project, Error> {
    let (mut sources, mut diagnostics) = sources::read(root)?;
    let specs = spec::load(&sources.specs, &mut diagnostics);
    let computed = specs.map(|specs| {
        diagnostics.extend(check::specifications(&specs));
        grid::unpack(specs.programme.encoding, &mut sources, reader, &mut diagnostics);
        let ((Numbers { data, results, receipts, released }, of_numbers), (languages, of_languages)) =
            rayon::join(|| numbers(&specs, &sources, reader), || languages(&specs, &sources));
        diagnostic::gather(&mut diagnostics, of_numbers);
        diagnostics.extend(of_languages);
        let useless = check::useless(&diagnostics);
        let subject = check::Subject { specs: &specs, data: &data, results: &results, languages: &languages, useless: &useless };
        check::lost(subject, &mut diagnostics);
        let unprintable = |signs: &BTreeSet<char>| typeset::unprintable(&sources.templates, &sources.assets, signs);
        let (found, of_signs) = rayon::join(|| check::data(subject), || check::signs(subject, &sources, unprintable));
        diagnostic::gather(&mut diagnostics, found);
        diagnostics.extend(of_signs);
        let waived = check::waive(&specs, &data, &mut diagnostics);
        let blocked = Blocked::new(&specs, &diagnostics);
        Computed {
            specs,
            data,
            results,
            languages,
            waived,
            blocked,
            receipts,
            released,
            recollection: None,
            withheld: OnceLock::new(),
        }
    });
    whole(reader)?;
    typeset::check_fonts(&sources.assets, &mut diagnostics);
    diagnostics.extend(typeset::unread(&sources.templates));
    diagnostic::sort(&mut diagnostics);
    Ok(Project { sources, diagnostics, computed })
}

/// What was reported, what is computed from it, and what was sent and released before.
struct Numbers {
    data: Data,
    results: Results,
    receipts: Vec<Receipt>,
    released: Vec<Released>,
}

/// Reads and computes the numbers, with what is to be said of them.
fn numbers(specs: &Specs, sources: &Sources, reader: &grid::Reader) -> (Numbers, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let receipts = intake::receipts::read(sources, specs.programme.encoding, reader, &mut found);
    // With a dataset missing, its workbooks would be taken for those of another dataset.
    let data = if specs.whole { intake::read(specs, sources, &receipts, reader, &mut found) } else { Data::new(specs) };
    let released = released::read(specs, &sources.published, &mut found);
    found.extend(edition::unread(sources));
    let results = compute::run(specs, &data);
    (Numbers { data, results, receipts, released }, found)
}

/// Reads the languages of the reports, with what is to be said of their files.
fn languages(specs: &Specs, sources: &Sources) -> (BTreeMap<LanguageCode, Language>, Vec<Diagnostic>) {
    let (codes, mut found) = (&specs.programme.languages, Vec::new());
    let files = (&sources.templates, &sources.house_languages);
    let languages = language::load(codes, &labels(), files, specs.hierarchy.irregular(), &mut found);
    language::unused(codes, &sources.languages, &mut found);
    typeset::check_phrases(&languages, &sources.templates, &mut found);
    (languages, found)
}

/// Checks that the system let every workbook be read.
///
/// # Errors
/// When it did not: then workbooks that may be fine are missing.
pub fn whole(reader: &grid::Reader) -> Result<(), Error> {
    reader.refused().map_or(Ok(()), |error| Err(Error::Reader(error.to_string())))
}

/// The labels that every language needs.
fn labels() -> Vec<&'static str> {
    [
        report::LABELS,
        report::erratum::LABELS,
        report::unit::LABELS,
        report::letter::LABELS,
        language::sentences::LABELS,
        forms::LABELS,
        intake::offices::LABELS,
        answer::LABELS,
        companion::LABELS,
        disclosure::LABELS,
        words::LABELS,
        trace::LABELS,
        wording::LABELS,
        wording::KINDS,
        wording::PLACES,
        &[wording::MORE],
        &wording::OTHERS,
        CauseKind::OFFICE_LABELS,
    ]
    .concat()
}
