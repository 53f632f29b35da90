//! Captions over columns: what they say of the numbers below them, and which columns stand below the same ones.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use super::spelling::{Readings, named};
use super::top::Top;
use crate::period::PeriodIndex;
use crate::spec::names::Names;
use crate::spec::{Dataset, FieldIndex, FieldKind, fold_header};

/// Columns below the same captions.
#[derive(Clone, Debug)]
pub struct Group {
    /// The period that a caption names.
    pub period: Option<PeriodIndex>,
    /// The value of each category that captions name.
    pub values: Vec<(FieldIndex, u16)>,
    /// What the captions say, with their words as declared.
    pub said: Vec<(Said, String)>,
    /// Each field found, and its column.
    pub columns: Vec<(FieldIndex, usize)>,
    /// Fields that stand here once more, with the columns where they do: nobody knows which of two is meant.
    pub again: Vec<(FieldIndex, usize)>,
}

impl Group {
    /// Whether a field has a column here.
    pub fn has(&self, field: FieldIndex) -> bool {
        self.columns.iter().any(|(own, _)| *own == field)
    }

    /// The words of the captions as one text.
    pub fn label(&self) -> String {
        self.said.iter().map(|(_, word)| word.as_str()).collect::<Vec<_>>().join(" / ")
    }
}

/// Columns, and the texts over them that were understood as more than they say.
#[derive(Default)]
pub struct Grouped {
    pub groups: Vec<Group>,
    /// Each column whose header only looks like that of a field, with the header.
    pub fields: Vec<(usize, String, FieldIndex)>,
    /// Each column with a caption that only looks like a word, with the texts over it and the word.
    pub captions: Vec<(usize, String, String)>,
}

/// What a caption says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Said {
    Period(PeriodIndex),
    Value(FieldIndex, u16),
}

impl Said {
    /// Whether both tell the period, or a value of the same category.
    pub fn is_of_kind(self, other: Said) -> bool {
        match (self, other) {
            (Said::Period(_), Said::Period(_)) => true,
            (Said::Value(field, _), Said::Value(other, _)) => field == other,
            (Said::Period(_), Said::Value(..)) | (Said::Value(..), Said::Period(_)) => false,
        }
    }
}

/// What the texts over a column say.
#[derive(Default)]
pub struct Told<'t> {
    /// With the words as declared.
    pub said: Vec<(Said, String)>,
    /// The word for which a text was taken that only looks like it.
    understood: Option<String>,
    /// The texts that are no captions.
    pub rest: Vec<&'t str>,
}

impl Told<'_> {
    /// Whether captions say anything.
    pub fn is_any(&self) -> bool {
        !self.said.is_empty()
    }

    fn period(&self) -> Option<PeriodIndex> {
        self.said.iter().find_map(|(said, _)| if let Said::Period(period) = said { Some(*period) } else { None })
    }
}

/// The captions of a dataset.
pub struct Captions<'a> {
    pub dataset: &'a Dataset,
    /// What each text says, folded, with the word as declared: the period first, then the categories in their order.
    said: BTreeMap<String, Vec<(Said, String)>>,
    /// Texts that only look like captions or headers; nothing where every text is taken word for word.
    alike: Option<Alike<'a>>,
    /// What texts were found to say that only look like captions.
    known: RefCell<HashMap<String, Option<(Said, String)>>>,
}

/// Texts in whatever letters they are written.
struct Alike<'a> {
    captions: Readings<'a, Said>,
    fields: Readings<'a, FieldIndex>,
}

impl<'a> Captions<'a> {
    /// The captions of a dataset, word for word.
    pub fn new(dataset: &'a Dataset) -> Self {
        let mut said: BTreeMap<String, Vec<(Said, String)>> = BTreeMap::new();
        let mut add = |text: String, what: Said, word: &str| said.entry(text).or_default().push((what, word.to_owned()));
        if let Some(rule) = dataset.excerpt.period.as_ref().filter(|period| period.column.is_none()) {
            rule.words.iter().for_each(|(word, &period)| add(word.clone(), Said::Period(period), word));
        }
        for &field in &dataset.excerpt.captions {
            let FieldKind::Category(values) = &dataset.field(field).kind else { continue };
            for (position, value) in values.iter().enumerate() {
                value.words.iter().for_each(|(folded, word)| add(fold_header(folded), Said::Value(field, position as u16), word));
            }
        }
        Self { dataset, said, alike: None, known: RefCell::default() }
    }

    /// The same, with texts in other letters that look alike.
    pub fn with_alike(mut self, names: &'a Names) -> Self {
        // A caption that says two things is taken word for word only.
        let only = self.said.iter().filter(|(_, said)| said.len() == 1);
        let captions = Readings::new(names, only.map(|(text, said)| (text.as_str(), said[0].0)));
        self.alike = Some(Alike { captions, fields: Readings::of_fields(names, self.dataset) });
        self
    }

    /// Every text that says something, folded, with what it says and the word as declared.
    pub fn words(&self) -> impl Iterator<Item = (&str, Said, &str)> {
        self.said.iter().flat_map(|(text, said)| said.iter().map(|(said, word)| (text.as_str(), *said, word.as_str())))
    }

    /// What the texts over a column say.
    pub fn told<'t>(&self, stack: &[&'t str]) -> Told<'t> {
        let mut told = Told::default();
        for &text in stack {
            let exact = self.said.get(text).map(Vec::as_slice).unwrap_or_default();
            let is_new = |said: Said| !told.said.iter().any(|(known, _)| known.is_of_kind(said));
            if let Some(known) = exact.iter().find(|(said, _)| is_new(*said)) {
                told.said.push(known.clone());
            } else if let Some((said, word)) = self.alike(text).filter(|(said, _)| exact.is_empty() && is_new(*said)) {
                told.understood = Some(word.clone());
                told.said.push((said, word));
            } else {
                told.rest.push(text);
            }
        }
        told
    }

    /// What a text says that only looks like a caption, and the caption.
    fn alike(&self, text: &str) -> Option<(Said, String)> {
        let alike = self.alike.as_ref().filter(|_| !self.dataset.spellings.contains_key(text))?;
        if let Some(known) = self.known.borrow().get(text) {
            return known.clone();
        }
        let said = alike.captions.of(text);
        let found = said.and_then(|said| self.words().find(|(_, known, _)| *known == said));
        let found = found.map(|(_, said, word)| (said, word.to_owned()));
        self.known.borrow_mut().insert(text.to_owned(), found.clone());
        found
    }

    /// The columns that stand below no captions that tell what their numbers are of.
    pub fn common(&self, top: &Top<'_>, (first, last): (usize, usize)) -> Vec<(FieldIndex, usize, bool)> {
        let mut columns = top.columns(&self.dataset.spellings, first, last);
        if self.dataset.excerpt.has_captions() {
            columns.retain(|&(_, column, _)| !self.told(&top.stack(first, last, column)).is_any());
        }
        columns
    }

    /// The columns below captions, by what these say. A column counts only where captions say all of it: a total over the values is none of
    /// the dataset's own.
    pub fn groups(&self, top: &Top<'_>, (first, last): (usize, usize)) -> Grouped {
        let (dataset, mut grouped) = (self.dataset, Grouped::default());
        let excerpt = &dataset.excerpt;
        if !excerpt.has_captions() {
            return grouped;
        }
        let by_period = excerpt.period.as_ref().is_some_and(|period| period.column.is_none());
        let only = self.only(top, (first, last));
        // A caption that only looks like a word counts where none is that word.
        let told = (0..top.width(first, last)).map(|column| (column, self.told(&top.stack(first, last, column))));
        let (exact, alike): (Vec<_>, Vec<_>) = told.partition(|(_, told)| told.understood.is_none());
        for (column, told) in exact.into_iter().chain(alike) {
            let period = told.period();
            let value = |field: &FieldIndex| {
                told.said.iter().find_map(|(said, _)| match said {
                    Said::Value(known, value) if known == field => Some((*field, *value)),
                    Said::Value(..) | Said::Period(_) => None,
                })
            };
            let values: Vec<(FieldIndex, u16)> = excerpt.captions.iter().filter_map(value).collect();
            if by_period != period.is_some() || values.len() != excerpt.captions.len() {
                continue;
            }
            let exact = named(&dataset.spellings, &told.rest).map(|(field, _)| field);
            let alike = || told.rest.last().and_then(|text| self.alike.as_ref()?.fields.of(text));
            let Some(field) = exact.or_else(alike).or(only.filter(|_| told.rest.is_empty())) else { continue };
            let groups = &mut grouped.groups;
            let known = groups.iter().position(|group| group.period == period && group.values == values);
            let is_new = known.is_none_or(|known| !groups[known].has(field));
            if !is_new && told.understood.is_some() {
                continue;
            }
            let shown = || top.shown(first, last, column);
            if exact.is_none() && !told.rest.is_empty() {
                grouped.fields.push((column, shown(), field));
            }
            grouped.captions.extend(told.understood.map(|word| (column, shown(), word)));
            let known = known.unwrap_or_else(|| {
                groups.push(Group { period, values, said: told.said, columns: Vec::new(), again: Vec::new() });
                groups.len() - 1
            });
            let Group { columns, again, .. } = &mut groups[known];
            (if is_new { columns } else { again }).push((field, column));
        }
        grouped
    }

    /// The field that a column holds over which nothing stands but captions; `None` where it may be one of several.
    fn only(&self, top: &Top<'_>, rows: (usize, usize)) -> Option<FieldIndex> {
        let dataset = self.dataset;
        let is_open = |field: &FieldIndex| {
            let is_region = matches!(dataset.field(*field).kind, FieldKind::Region { .. });
            !dataset.is_vital(*field) && dataset.title != Some(*field) && !is_region
        };
        let open: Vec<FieldIndex> = dataset.columns().filter(is_open).collect();
        let common = self.common(top, rows);
        let lacks_column = |field: &FieldIndex| common.iter().all(|(known, _, _)| known != field);
        let lacking: Vec<FieldIndex> = open.iter().copied().filter(lacks_column).collect();
        match (open.as_slice(), lacking.as_slice()) {
            ([only], _) | (_, [only]) => Some(*only),
            _ => None,
        }
    }
}
