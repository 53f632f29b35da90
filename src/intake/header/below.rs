//! What is wrong below captions: columns over which the captions do not say all of it, and captions below which nothing stands.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::captions::{Captions, Group, Said, Told};
use super::found::Found;
use super::spelling::{held, named, nearly};
use super::top::Top;
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Rule, Severity, did_you_mean, list};
use crate::period::PeriodIndex;
use crate::spec::{Dataset, FieldIndex};

/// So many captions are named one by one.
const MOST_NAMED: usize = 10;

/// What is found out below the captions of a table.
pub struct Below<'a> {
    found: Found<'a>,
    captions: Captions<'a>,
    /// What the captions say that seem to be misspelt, with the words that they seem to mean.
    misspelt: BTreeMap<Said, String>,
    /// The columns that are not read, since their captions do not say all of it.
    unread: Vec<Unread>,
}

struct Unread {
    finding: Diagnostic,
    /// What its captions say, and seem to say.
    said: Vec<Said>,
    /// Why it is not read.
    why: Why,
}

#[derive(PartialEq, Eq)]
enum Why {
    /// Nothing stands over it but captions and the header of a field: it may well be a column that lacks elsewhere.
    Bare,
    /// A caption seems to be misspelt.
    Misspelt,
    /// Something else stands over it, too, such as a word for a total.
    Other,
}

impl<'a> Below<'a> {
    pub fn new(found: Found<'a>) -> Self {
        let captions = Captions::new(found.specs.dataset(found.header.dataset)).with_alike(&found.specs.programme.names);
        Self { found, captions, misspelt: BTreeMap::new(), unread: Vec::new() }
    }

    /// Takes a column whose captions do not say all of it, so that nobody knows what its numbers are of. Returns whether it is one: its
    /// captions say something, or nearly so, or its header is that of a field that stands below captions.
    pub fn take(&mut self, top: &Top<'_>, column: usize, text: &str) -> bool {
        let (found, spellings) = (self.found, &self.captions.dataset.spellings);
        let told = self.captions.told(&top.stack(found.header.first, found.header.row, column));
        let is_grouped = named(spellings, &told.rest).is_some_and(|(field, _)| found.header.is_grouped(field));
        let misspelt = self.misspelt(&told);
        let is_below = is_grouped || !misspelt.is_empty() || told.is_any();
        let Some(lacks) = self.lacks(&told).filter(|_| is_below) else { return false };
        let place = found.place(found.header.row, Some(column));
        let why = match misspelt.as_slice() {
            [] if told.rest.iter().all(|text| spellings.contains_key(*text)) => Why::Bare,
            [] => Why::Other,
            [..] => Why::Misspelt,
        };
        let said = told.said.iter().map(|(said, _)| *said).chain(misspelt.iter().map(|(_, said, _)| *said)).collect();
        let found_text = ("found", Fact::Text(text.to_owned()));
        let period = ("period", Fact::Text(found.specs.period(found.period).id.to_string()));
        let finding = match misspelt.first() {
            Some((written, _, word)) => {
                let message = format!("unknown caption `{written}` over the column `{text}`; it is not read");
                let hint = did_you_mean(written, [word.as_str()]);
                let facts = vec![found_text, ("meant", Fact::Text(word.clone())), period];
                Diagnostic::new(Rule::UnknownColumn, place, message)
                    .hint(hint.unwrap_or_else(|| format!("if `{word}` is meant, write it so")))
                    .because(CauseKind::MisspeltCaption, facts)
            }
            None => {
                let message = format!("what stands over this column, `{text}`, does not say {lacks}; it is not read");
                Diagnostic::new(Rule::UnknownColumn, place, message)
                    .hint("write the captions over each of their columns; where it holds totals, name its header under `ignore`")
                    .because(CauseKind::UnclearCaptions, vec![found_text, period])
            }
        };
        self.misspelt.extend(misspelt.into_iter().map(|(_, said, word)| (said, word)));
        self.unread.push(Unread { finding, said: sorted(said), why });
        true
    }

    /// The texts over a column that seem to be misspelt captions, with what they seem to mean.
    fn misspelt(&self, told: &Told<'_>) -> Vec<(String, Said, String)> {
        let spellings = &self.captions.dataset.spellings;
        let is_open = |said: Said| !told.said.iter().any(|(known, _)| known.is_of_kind(said));
        let words: Vec<(&str, Said, &str)> = self.captions.words().filter(|(_, said, _)| is_open(*said)).collect();
        let caption = |text: &&str| {
            let all = words.iter().map(|(word, _, _)| *word);
            let periods = words.iter().filter(|(_, said, _)| matches!(said, Said::Period(_))).map(|(word, _, _)| *word);
            let near = nearly(text, all).or_else(|| held(text, periods)).filter(|_| !spellings.contains_key(*text))?;
            let (_, said, word) = words.iter().filter(|(word, _, _)| *word == near).min_by_key(|(_, said, _)| *said)?;
            Some((text.to_string(), *said, word.to_string()))
        };
        told.rest.iter().filter_map(caption).collect()
    }

    /// What the captions over a column do not say, in words; `None` where they say all of it.
    fn lacks(&self, told: &Told<'_>) -> Option<String> {
        let dataset = self.captions.dataset;
        let excerpt = &dataset.excerpt;
        let by_period = excerpt.period.as_ref().is_some_and(|period| period.column.is_none());
        let has_period = told.said.iter().any(|(said, _)| matches!(said, Said::Period(_)));
        let has_value = |field| told.said.iter().any(|(said, _)| matches!(said, Said::Value(known, _) if *known == field));
        let fields: Vec<&str> =
            excerpt.captions.iter().filter(|field| !has_value(**field)).map(|&field| dataset.field(field).id.as_str()).collect();
        match (by_period && !has_period, fields.is_empty()) {
            (false, true) => None,
            (true, true) => Some("which period it is of".to_owned()),
            (true, false) => Some(format!("which period it is of, nor which {}", list(&fields))),
            (false, false) => Some(format!("which {} it is of", list(&fields))),
        }
    }

    /// Reports the columns that are not read, and what the captions of the table say one by one and nowhere together: its columns are
    /// missing. Where both are found, captions may stand over the wrong columns: then no number of the table is certain.
    pub fn report(mut self, diagnostics: &mut Vec<Diagnostic>) {
        let (found, groups) = (self.found, &self.found.header.groups);
        let combinations = Combinations::new(self.captions.dataset, groups, &self.misspelt);
        let is_doubtful = self.may_be_shifted(&combinations);
        for Unread { finding, why, .. } in &mut self.unread {
            if *why == Why::Bare && is_doubtful {
                finding.severity = Severity::Error;
                finding.message.push_str(&format!(", and no number of `{}` is certain", found.specs.period(found.period).id));
            }
        }
        // What a misspelt caption would give to a period lacks there, where anything of it is read.
        let has_columns = |said: &[Said]| match said.iter().find(|said| matches!(said, Said::Period(_))) {
            Some(period) => groups.iter().any(|group| group.said.iter().any(|(own, _)| own == period)),
            None => !groups.is_empty(),
        };
        let told = combinations.told();
        let is_missing = |unread: &Unread| has_columns(&unread.said) && !told.contains(&unread.said);
        let is_lost = self.unread.iter().any(|unread| unread.why == Why::Misspelt && is_missing(unread));
        let (labels, count) = combinations.missing(found.period);
        diagnostics.extend(self.unread.into_iter().map(|unread| unread.finding));
        if labels.is_empty() {
            return;
        }
        let named = list(&labels);
        let more = if count > labels.len() { format!(" and {} more", count - labels.len()) } else { String::new() };
        let shown: Vec<&str> = labels.iter().map(String::as_str).chain((count > labels.len()).then_some("…")).collect();
        let facts = vec![("group", Fact::Text(shown.join(", ")))];
        let message = format!("no column of the dataset `{}` stands below {named}{more}", self.captions.dataset.id);
        let mut lacking = Diagnostic::new(Rule::MissingColumn, found.place(found.header.row, None), message)
            .hint("look whether each caption stands over its own columns, and is spelt as declared")
            .because(CauseKind::MissingGroup, facts);
        if !is_doubtful && !is_lost {
            lacking.severity = Severity::Warning;
        }
        diagnostics.push(lacking);
    }

    /// Whether captions may stand over the wrong columns: there are as many columns over which they do not say all of it as columns that lack,
    /// and what is said of each is said of one that lacks.
    fn may_be_shifted(&self, combinations: &Combinations<'_>) -> bool {
        let bare: Vec<&Unread> = self.unread.iter().filter(|unread| unread.why == Why::Bare).collect();
        let lacking: Vec<Vec<Said>> = combinations.lacking(bare.len()).into_iter().chain(self.lacking_fields()).collect();
        let may_be = |unread: &&&Unread| lacking.iter().any(|said| unread.said.iter().all(|own| said.contains(own)));
        !bare.is_empty() && bare.len() == lacking.len() && bare.iter().filter(may_be).count() == bare.len()
    }

    /// The captions that a field lacks below which others have it, once for each, where the period asks for the field.
    fn lacking_fields(&self) -> Vec<Vec<Said>> {
        let (found, groups) = (self.found, &self.found.header.groups);
        let fields: BTreeSet<FieldIndex> =
            groups.iter().flat_map(|group| group.columns.iter().map(|(field, _)| *field)).collect();
        let lacks = |group: &Group, field: FieldIndex| {
            let period = group.period.unwrap_or(found.period);
            self.captions.dataset.field(field).life.holds(period) && !group.has(field)
        };
        let of_group = |group: &Group| {
            let said: Vec<Said> = group.said.iter().map(|(said, _)| *said).collect();
            fields.iter().filter(|field| lacks(group, **field)).map(|_| said.clone()).collect::<Vec<_>>()
        };
        groups.iter().flat_map(of_group).collect()
    }
}

/// What the captions of a table may say together.
struct Combinations<'g> {
    groups: &'g [Group],
    /// What they say, with a word for it.
    words: BTreeMap<Said, String>,
    /// What they say of each category, by the order of the categories.
    values: Vec<Vec<Said>>,
}

impl<'g> Combinations<'g> {
    fn new(dataset: &Dataset, groups: &'g [Group], misspelt: &BTreeMap<Said, String>) -> Self {
        let mut words: BTreeMap<Said, String> = misspelt.clone();
        words.extend(groups.iter().flat_map(|group| group.said.iter().cloned()));
        let of_field = |field: &FieldIndex| {
            let is_own = |said: &&Said| matches!(said, Said::Value(known, _) if known == field);
            words.keys().filter(is_own).copied().collect::<Vec<Said>>()
        };
        let values = dataset.excerpt.captions.iter().map(of_field).collect();
        Self { groups, words, values }
    }

    fn periods(&self) -> impl Iterator<Item = PeriodIndex> {
        self.words.keys().filter_map(|said| if let Said::Period(period) = said { Some(*period) } else { None })
    }

    /// How many combinations there may be in a period; none where no caption says anything of a category.
    fn all(&self) -> usize {
        self.values.iter().fold(1, |all: usize, values| all.saturating_mul(values.len()))
    }

    /// The combinations without columns in all periods; nothing where there are more than so many.
    fn lacking(&self, most: usize) -> Vec<Vec<Said>> {
        let all = self.all().saturating_mul(self.periods().count().max(1));
        if all.saturating_sub(self.groups.len()) > most {
            return Vec::new();
        }
        let told = self.told();
        let mut periods: Vec<Option<Said>> = self.periods().map(|period| Some(Said::Period(period))).collect();
        if periods.is_empty() {
            periods.push(None);
        }
        let combined = |period: Option<Said>| (0..self.all()).map(move |at| self.combined(period, at));
        periods.into_iter().flat_map(combined).filter(|said| !told.contains(said)).collect()
    }

    /// The combinations that have columns.
    fn told(&self) -> HashSet<Vec<Said>> {
        self.groups.iter().map(|group| sorted(group.said.iter().map(|(said, _)| *said).collect())).collect()
    }

    /// The first combinations of a period without columns, in words, and how many there are. Those of a period that no caption says as declared
    /// are told with each.
    fn missing(&self, period: PeriodIndex) -> (Vec<String>, usize) {
        if self.words.is_empty() {
            return (Vec::new(), 0);
        }
        let has_columns = |period: &PeriodIndex| self.groups.iter().any(|group| group.period == Some(*period));
        let periods = self.periods().filter(|own| *own == period || !has_columns(own)).map(|period| Some(Said::Period(period)));
        let periods: Vec<Option<Said>> = if self.periods().next().is_none() { vec![None] } else { periods.collect() };
        let told = self.told();
        let mut count = 0;
        let mut labels = Vec::new();
        for period in periods {
            let own = told.iter().filter(|said| period.is_none_or(|period| said.contains(&period))).count();
            let lacking = self.all().saturating_sub(own);
            count += lacking;
            let missing = (0..self.all()).map(|at| self.combined(period, at)).filter(|said| !told.contains(said));
            let label = |said: Vec<Said>| said.iter().map(|said| self.words[said].as_str()).collect::<Vec<_>>().join(" / ");
            labels.extend(missing.take(lacking.min(MOST_NAMED - labels.len().min(MOST_NAMED))).map(label));
        }
        (labels, count)
    }

    /// The combination at a position among all of a period.
    fn combined(&self, period: Option<Said>, at: usize) -> Vec<Said> {
        let mut rest = at;
        let values = self.values.iter().rev().map(|values| {
            let said = values[rest % values.len()];
            rest /= values.len();
            said
        });
        let values: Vec<Said> = values.collect();
        sorted(period.into_iter().chain(values).collect())
    }
}

fn sorted(mut said: Vec<Said>) -> Vec<Said> {
    said.sort();
    said
}
