//! The offices' own workbooks with marks, in one folder for each period.

use crate::answer::{self, Answer, Subject, Unmarkable};
use crate::grid::Reader;
use crate::language::LanguageCode;
use crate::period::PeriodIndex;
use crate::project::{self, Computed, Error, Ready};
use crate::region::RegionIndex;
use crate::release::{self, NewFile, Shelf};
use crate::spec::Specs;
use crate::spec::offices::Office;

/// Which answers to make.
#[derive(Clone, Debug, Default)]
pub struct AnswerOptions {
    /// The periods; when empty, all of them.
    pub periods: Vec<PeriodIndex>,
    /// The regions whose offices, and those below them, get an answer; when empty, all.
    pub regions: Vec<RegionIndex>,
    /// The languages of the answers; when empty, those that the office reads, or all languages of the reports where nobody knows the office.
    pub languages: Vec<LanguageCode>,
}

/// What was made.
#[derive(Debug)]
pub struct Answers {
    /// How many answers there are.
    pub count: usize,
    /// The workbooks that cannot be sent back with marks, and why.
    pub failed: Vec<(String, Unmarkable)>,
}

/// Makes the answers and swaps them in as folders of their periods on the shelf.
///
/// # Errors
/// When something cannot be written.
pub fn answers(ready: &Ready<'_>, options: &AnswerOptions, reader: &Reader, shelf: &Shelf) -> Result<Answers, Error> {
    let Computed { specs, languages, .. } = ready.computed;
    let (sources, diagnostics) = (&ready.project.sources, ready.project.diagnostics.as_slice());
    let senders = ready.computed.senders();
    let is_chosen = |period: PeriodIndex| options.periods.is_empty() || options.periods.contains(&period);
    let whole = options.regions.is_empty();
    let is_asked = |period: PeriodIndex, file: &str| {
        let is_within = |sender| options.regions.iter().any(|&outer| specs.hierarchy.contains(outer, sender));
        is_chosen(period) && (whole || senders.get(file).is_some_and(|&sender| is_within(sender)))
    };
    let office = |file: &str| senders.get(file).and_then(|&sender| office_of(specs, sender));
    let languages_of = |file: &str| match options.languages.as_slice() {
        [] => office(file).map_or_else(|| specs.programme.publish.clone(), |office| office.languages.clone()),
        chosen => chosen.to_vec(),
    };
    let is_of_one = |file: &str, other: &str| {
        let is_one_region = || {
            let sender = senders.get(file);
            // Rows of several regions, one of them mistyped, lie in no smaller region than the top.
            sender.is_some_and(|&sender| sender != specs.hierarchy.top()) && sender == senders.get(other)
        };
        file == other || office(file).zip(office(other)).map_or_else(is_one_region, |(one, other)| one.id == other.id)
    };
    let subject = Subject {
        specs,
        sources,
        languages,
        diagnostics,
        reader,
        is_asked: &is_asked,
        languages_of: &languages_of,
        is_of_one: &is_of_one,
    };
    let (answers, failed) = answer::write(&subject);
    project::whole(reader)?;
    let count = answers.len();
    let mut files = vec![Vec::new(); specs.programme.periods.len()];
    for Answer { period, path, bytes } in answers {
        let sent = format!("inputs/{}/{path}", specs.period(period).id);
        // A twin has the name of its file with another ending behind it.
        let sender = senders.get(sent.as_str()).or_else(|| senders.get(sent.strip_suffix(".xlsx")?));
        let region = sender.map(|&region| specs.hierarchy.region(region).code.as_str().to_owned());
        files[period.0].push(NewFile { path, bytes, region });
    }
    let remade = specs.hierarchy.codes_within(&options.regions);
    for (period, files) in specs.periods().zip(files).filter(|(period, _)| is_chosen(*period)) {
        let id = &specs.period(period).id;
        // An earlier answer is out of date now, even where no new one replaces it.
        if !files.is_empty() || whole && shelf.has(id) {
            release::folder(shelf, id, &files, whole, remade.clone())?;
        }
    }
    Ok(Answers { count, failed })
}

/// The office that a submission is from: the one whose regions reach least far beyond it.
fn office_of(specs: &Specs, sender: RegionIndex) -> Option<&Office> {
    let of = |region: RegionIndex| specs.offices.all.iter().find(|office| office.regions.contains(&region));
    specs.hierarchy.upwards(sender).find_map(of)
}
