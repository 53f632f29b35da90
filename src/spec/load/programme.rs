//! `programme.yaml`: languages, levels, periods, sections, nouns, words.

use jiff::civil::Date;

use super::{Known, Loader};
use crate::diagnostic::{Rule, Span, did_you_mean_or_list, list};
use crate::language::{LanguageCode, Noun, plural_categories};
use crate::letters::is_unseen;
use crate::period::{Period, PeriodIndex, nearest_day};
use crate::region::Level;
use crate::sources::is_device;
use crate::spec::format::{
    RawConfidentiality, RawEdition, RawEditionKind, RawNames, RawPeriod, RawProgramme, RawSingle, RawThresholds, RawWords,
    RawZero,
};
use crate::spec::names::Names;
use crate::spec::words::words_of;
use crate::spec::{
    Confidentiality, DatasetIndex, DeclaredEdition, EditionKind, Indicator, Programme, Section, Thresholds, Unit, Words, fold,
    fold_suffix,
};
use crate::value::{Blank, Ratio};
use crate::yaml::{Entries, List, Spanned};
use std::collections::{BTreeMap, HashMap};
use std::mem::take;

impl Loader<'_> {
    /// The programme, and whether all of it could be understood.
    pub fn programme(&mut self, mut raw: RawProgramme) -> (Programme, bool) {
        let publish = self.report_languages(&raw);
        self.distinct("the level", raw.levels.0.iter().map(|level| &level.id));
        self.distinct("the period", raw.periods.0.iter().map(|period| &period.id));
        self.distinct("the section", raw.sections.0.iter().map(|section| &section.id));
        let units: Vec<Unit> = take(&mut raw.units).0.into_iter().map(|(id, forms)| self.unit(id, forms)).collect();
        let levels = raw.levels.0.iter().map(|level| Level {
            noun: level.noun.as_ref().and_then(|noun| self.noun_of(noun, &units)),
            id: level.id.value.clone(),
            name: self.text(&level.name),
            plural: self.text(&level.plural),
            responsible: level.responsible.as_ref().map(|responsible| self.text(responsible)),
            report: level.report.as_ref().map(|folder| self.template_folder(folder)),
            approves: level.approves,
        });
        let levels = levels.collect();
        let periods = self.periods(&raw.periods);
        let sound = periods.len() == raw.periods.0.len();
        let editions = if sound { self.editions(&raw.editions, &periods) } else { Vec::new() };
        let programme = Programme {
            title: self.text(&raw.title),
            publisher: self.text(&raw.publisher),
            source: self.text(&raw.source),
            notice: raw.notice.as_ref().map(|notice| self.text(notice)),
            imprint: raw.imprint.as_ref().map(|imprint| self.text(imprint)),
            status: raw.status.as_ref().map(|status| self.text(status)),
            preliminary: raw.preliminary,
            licence: raw.licence.as_ref().map(|licence| self.text(licence)),
            contact: raw.contact.as_ref().map(|contact| self.text(contact)),
            file_title: raw.file_title.as_ref().map(|title| self.text(title)),
            revisions: raw.revisions.as_ref().map(|revisions| self.text(revisions)),
            abbreviations: raw.abbreviations.as_ref().map(|abbreviations| self.text(abbreviations)),
            signatures: raw
                .signatures
                .0
                .iter()
                .map(|signature| (self.text(&signature.post), signature.name.as_ref().map(|name| self.text(name))))
                .collect(),
            name_units: raw.name_units,
            publish,
            country: raw.country.map(|country| self.country(country)),
            encoding: raw.encoding.as_ref().map_or(encoding_rs::WINDOWS_1252, |label| self.encoding(label)),
            levels,
            periods,
            sections: raw
                .sections
                .0
                .iter()
                .map(|section| Section { id: section.id.value.clone(), name: self.text(&section.name) })
                .collect(),
            units,
            words: self.words(&raw.words),
            names: self.names(&raw.names),
            thresholds: self.thresholds(&raw.thresholds),
            confidentiality: self.confidentiality(&raw.confidentiality),
            editions,
            languages: self.languages.clone(),
        };
        (programme, sound)
    }

    /// Reports faulty language codes, and gives the languages that reports are made in.
    fn report_languages(&mut self, raw: &RawProgramme) -> Vec<LanguageCode> {
        self.distinct("the language", &raw.languages.0);
        for language in &raw.languages.0 {
            if plural_categories(&LanguageCode::new(&language.value)).is_none() {
                let message = format!("expected a language code such as `kk`, found `{}`", language.value);
                self.report(Rule::UnknownLanguage, language.span, message);
            }
        }
        self.languages = raw.languages.0.iter().map(|language| LanguageCode::new(&language.value)).collect();
        if self.languages.is_empty() {
            self.report(Rule::InvalidSpecification, Span { line: 1, column: 1 }, "expected at least one language, found none");
        }
        let mut publish = Vec::new();
        for language in &raw.publish.0 {
            let code = LanguageCode::new(&language.value);
            if self.languages.contains(&code) {
                publish.push(code);
            } else {
                self.unknown_language(language);
            }
        }
        if raw.publish.0.is_empty() { self.languages.clone() } else { publish }
    }

    /// The dataset of which every row gets a sheet. One without indicators would give empty sheets, and is reported here; one without a key
    /// has been reported.
    pub fn sheets(
        &mut self,
        name: &Spanned<String>,
        indicators: &[Indicator],
        all_indicators_read: bool,
        known: &Known<'_>,
    ) -> Option<DatasetIndex> {
        let dataset = self.dataset_named(name, known)?;
        let is_used = |index: DatasetIndex| indicators.iter().any(|indicator| indicator.is_of(index));
        if !is_used(dataset) && all_indicators_read {
            let used = known.datasets.iter().enumerate().filter(|(position, _)| is_used(DatasetIndex(*position)));
            let used: Vec<&str> = used.map(|(_, dataset)| dataset.id.as_str()).collect();
            let message = format!("no indicator is computed from the dataset `{}` alone: its sheets would be empty", name.value);
            let hint = (!used.is_empty()).then(|| format!("name one of {}", list(&used)));
            self.report(Rule::InvalidSpecification, name.span, message).hint = hint.map(Into::into);
        }
        Some(dataset)
    }

    /// A noun of the programme, by its name.
    fn noun_of(&mut self, name: &Spanned<String>, units: &[Unit]) -> Option<Noun> {
        let found = units.iter().find(|unit| unit.id == name.value);
        if found.is_none() {
            self.unknown("noun", name, units.iter().map(|unit| unit.id.as_str()));
        }
        found.map(|unit| unit.noun.clone())
    }

    /// The name of a folder below `report-templates/`. Whether the folder exists shows when templates are read.
    fn template_folder(&mut self, raw: &Spanned<String>) -> String {
        let is_sign = |letter: char| !letter.is_alphanumeric() && !matches!(letter, '-' | '_');
        if raw.value.is_empty() || raw.value.contains(is_sign) || is_device(&raw.value) {
            let message = format!("expected the name of a folder of `report-templates/`, found `{}`", raw.value);
            self.report(Rule::InvalidSpecification, raw.span, message);
        }
        raw.value.clone()
    }

    fn country(&mut self, raw: Spanned<String>) -> String {
        if raw.value.len() != 2 || !raw.value.bytes().all(|letter| letter.is_ascii_uppercase()) {
            let message = format!("expected the two capital letters of a country, found `{}`", raw.value);
            self.report(Rule::InvalidSpecification, raw.span, message).hint =
                Some("use the ISO 3166-1 code, such as `KZ`".into());
        }
        raw.value
    }

    fn thresholds(&mut self, raw: &RawThresholds) -> Thresholds {
        let near_target = self.decimal(&raw.near_target).unwrap_or(Ratio::whole(0));
        if near_target < Ratio::whole(0) {
            let message = format!("expected a number from zero up, found `{}`", raw.near_target.value);
            self.report(Rule::InvalidSpecification, raw.near_target.span, message);
        }
        Thresholds {
            small_denominator: raw.small_denominator,
            small_persons: raw.small_persons.unwrap_or(raw.small_denominator),
            low_coverage: self.percentage(&raw.low_coverage),
            near_target,
            near_share: raw.near_share.as_ref().map(|share| self.percentage(share)),
        }
    }

    fn confidentiality(&mut self, raw: &RawConfidentiality) -> Confidentiality {
        let proposed = Confidentiality::PROPOSED;
        let mut least = |raw: &Option<Spanned<u32>>, least: u32, usual: i64| {
            let Some(raw) = raw else { return usual };
            if raw.value < least {
                let message = format!("expected a number from {least} up, found `{}`", raw.value);
                self.report(Rule::InvalidSpecification, raw.span, message);
            }
            i64::from(raw.value.max(least))
        };
        let smallest_count = least(&raw.smallest_count, 2, proposed.smallest_count);
        let smallest_denominator = least(&raw.smallest_denominator, 1, proposed.smallest_denominator);
        Confidentiality {
            smallest_count,
            hides_zero: raw.zero == RawZero::Withheld,
            smallest_denominator,
            smallest_group: least(&raw.smallest_group, 1, smallest_denominator),
            protects_from_single: raw.single == RawSingle::Protected,
            width: least(&raw.width, 1, Confidentiality::range(smallest_count)),
        }
    }

    fn percentage(&mut self, raw: &Spanned<u32>) -> u32 {
        if raw.value > 100 {
            let message = format!("expected a percentage from 0 to 100, found `{}`", raw.value);
            self.report(Rule::InvalidSpecification, raw.span, message);
        }
        raw.value
    }

    fn encoding(&mut self, label: &Spanned<String>) -> &'static encoding_rs::Encoding {
        encoding_rs::Encoding::for_label(label.value.as_bytes()).unwrap_or_else(|| {
            self.report(Rule::InvalidSpecification, label.span, format!("unknown encoding `{}`", label.value)).hint =
                Some("use a name from the WHATWG Encoding Standard, such as `windows-1251`".into());
            encoding_rs::UTF_8
        })
    }

    fn periods(&mut self, raw: &List<RawPeriod>) -> Vec<Period> {
        let mut periods: Vec<Period> = Vec::new();
        for period in &raw.0 {
            let (name, within) = (self.text(&period.name), self.text(&period.within));
            // A period with a faulty day is a period all the same, so that nothing else that names it is told to be wrong.
            let next = || {
                periods.last().map_or(Date::constant(1900, 1, 1), |before: &Period| before.date.tomorrow().unwrap_or(before.date))
            };
            let date =
                self.date(&period.date).or_else(|| nearest_day(&period.date.value).map(|(day, _)| day)).unwrap_or_else(next);
            let due = period.due.as_ref().and_then(|due| self.date(due));
            let issued = period.issued.as_ref().map_or(Some(date), |issued| self.date(issued)).unwrap_or(date);
            if periods.last().is_some_and(|before| before.date >= date) {
                let message = format!("the period `{}` is not later than the one before it", period.id.value);
                self.report(Rule::InvalidSpecification, period.date.span, message).hint =
                    Some("write the periods in their order, the oldest first".into());
            }
            let id = &period.id.value;
            if !is_folder(id) {
                let hint = if is_device(id) {
                    "some systems keep this name for a device; choose another one"
                } else {
                    "letters, digits, dashes and single blanks make a name that every system takes"
                };
                self.report(Rule::InvalidSpecification, period.id.span, format!("expected the name of a folder, found `{id}`"))
                    .hint = Some(hint.into());
            }
            let compared = match &period.compared_with {
                None => periods.len().checked_sub(1).map(PeriodIndex),
                Some(named) => self.earlier("to compare with", named, raw, &periods),
            };
            let cumulated_from = period.cumulated_from.as_ref().filter(|named| named.value != *id);
            let cumulated_from = cumulated_from.and_then(|named| self.earlier("to add up from", named, raw, &periods));
            periods.push(Period {
                id: id.clone(),
                name,
                within,
                date,
                due,
                issued,
                is_announced: period.issued.is_some(),
                compared,
                cumulated_from,
            });
        }
        periods
    }

    /// The period that another one names; it is one of those before. `what` says for what it is named.
    fn earlier(&mut self, what: &str, named: &Spanned<String>, raw: &List<RawPeriod>, before: &[Period]) -> Option<PeriodIndex> {
        let found = before.iter().position(|period| period.id == named.value).map(PeriodIndex);
        if found.is_none() {
            let is_later = raw.0.iter().any(|period| period.id.value == named.value);
            if is_later {
                let message = format!("expected an earlier period {what}, found `{}`", named.value);
                self.report(Rule::InvalidSpecification, named.span, message);
            } else {
                self.unknown("period", named, before.iter().map(|period| period.id.as_str()));
            }
        }
        found
    }

    /// What the later editions of periods are; each is declared once, the first one never.
    fn editions(&mut self, raw: &List<RawEdition>, periods: &[Period]) -> Vec<DeclaredEdition> {
        let mut editions: Vec<DeclaredEdition> = Vec::new();
        for edition in &raw.0 {
            let (issued, note) =
                (edition.issued.as_ref().and_then(|issued| self.date(issued)), edition.note.as_ref().map(|note| self.text(note)));
            let id = &edition.period.value;
            let Some(period) = periods.iter().position(|period| period.id == *id).map(PeriodIndex) else {
                let known = periods.iter().map(|period| period.id.as_str());
                self.report(Rule::UnknownName, edition.period.span, format!("unknown period `{id}`")).hint =
                    did_you_mean_or_list(id, known).map(Into::into);
                continue;
            };
            let number = edition.edition.value;
            if number < 2 {
                let message = format!("expected the number of a later edition, 2 or more, found `{number}`");
                self.report(Rule::InvalidSpecification, edition.edition.span, message);
                continue;
            }
            if editions.iter().any(|known| (known.period, known.number) == (period, number)) {
                let message = format!("edition {number} of the period `{id}` is declared twice");
                self.report(Rule::DuplicateName, edition.edition.span, message).hint =
                    Some("leave one of the two, or give the later one the next number".into());
                continue;
            }
            let kind = match edition.kind {
                RawEditionKind::Correction => EditionKind::Correction,
                RawEditionKind::Revision => EditionKind::Revision,
            };
            editions.push(DeclaredEdition { period, number, kind, issued, note });
        }
        editions
    }

    fn unit(&mut self, id: Spanned<String>, raw: Entries<Entries<String>>) -> Unit {
        let mut forms: BTreeMap<LanguageCode, BTreeMap<String, String>> = BTreeMap::new();
        for (language, raw_forms) in raw.0 {
            let code = LanguageCode::new(&language.value);
            if !self.languages.contains(&code) {
                self.unknown_language(&language);
                continue;
            }
            let categories = plural_categories(&code).unwrap_or_default();
            for (category, _) in raw_forms.0.iter().filter(|(category, _)| !categories.contains(&category.value.as_str())) {
                let message = format!("unknown plural form `{}` of `{code}`", category.value);
                self.report(Rule::UnknownName, category.span, message).hint =
                    did_you_mean_or_list(&category.value, categories.iter().copied()).map(Into::into);
            }
            let given: BTreeMap<String, String> =
                raw_forms.0.into_iter().map(|(category, form)| (category.value, form)).collect();
            let missing: Vec<&&str> = categories.iter().filter(|category| !given.contains_key(**category)).collect();
            if !missing.is_empty() {
                let message = format!("the plural form {} of `{}` is missing in `{code}`", list(&missing), id.value);
                self.report(Rule::MissingTranslation, language.span, message);
            }
            forms.insert(code, given);
        }
        for code in self.languages.clone() {
            if !forms.contains_key(&code) {
                let message = format!("the noun `{}` is missing in `{code}`", id.value);
                self.report(Rule::MissingTranslation, id.span, message).hint = Some(format!("add `{code}: {{ … }}`").into());
            }
        }
        Unit { id: id.value, noun: Noun::new(forms) }
    }

    fn words(&mut self, raw: &RawWords) -> Words {
        let lists = [
            ("yes", &raw.yes),
            ("no", &raw.no),
            ("not_reported", &raw.not_reported),
            ("not_applicable", &raw.not_applicable),
            ("refused", &raw.refused),
            ("total", &raw.total),
        ];
        let mut owner: HashMap<String, &str> = HashMap::new();
        for (name, words) in lists {
            for word in &words.0 {
                if let Some(other) = owner.insert(fold(&word.value), name) {
                    let message = format!("the word `{}` stands for both `{other}` and `{name}`", word.value);
                    self.report(Rule::DuplicateName, word.span, message).hint = Some("leave it in one of the lists".into());
                }
            }
        }
        let folded = |words: &List<Spanned<String>>| -> Vec<String> { words.0.iter().map(|word| fold(&word.value)).collect() };
        let blanks = [
            (&raw.not_reported, Blank::NotReported),
            (&raw.not_applicable, Blank::NotApplicable),
            (&raw.refused, Blank::Refused),
        ];
        let blanks = blanks.into_iter().flat_map(|(words, blank)| folded(words).into_iter().map(move |word| (word, blank)));
        let mut totals = folded(&raw.total);
        totals.sort_by_key(|word| std::cmp::Reverse(word.len()));
        Words {
            yes: folded(&raw.yes),
            no: folded(&raw.no),
            blanks: blanks.collect(),
            totals: totals.iter().map(|word| words_of(word)).filter(|words| !words.is_empty()).collect(),
            suffixes: raw.count_suffixes.0.iter().map(|word| fold_suffix(&word.value)).collect(),
        }
    }

    fn names(&mut self, raw: &RawNames) -> Names {
        for group in &raw.alike.0 {
            if group.value.chars().filter(|letter| !letter.is_whitespace()).count() < 2 {
                let message = format!("expected two letters or more that count as one, found `{}`", group.value);
                self.report(Rule::InvalidSpecification, group.span, message).hint =
                    Some("write the letters of a group one behind the other, such as `ao`".into());
            }
        }
        self.distinct("the kind", raw.kinds.0.iter().map(|(kind, _)| kind));
        let mut owner: HashMap<String, &str> = HashMap::new();
        let fillers = raw.fillers.0.iter().map(|word| (word, "fillers"));
        let words = raw.kinds.0.iter().flat_map(|(kind, words)| words.0.iter().map(move |word| (word, kind.value.as_str())));
        for (word, list) in words.chain(fillers) {
            if let Some(other) = owner.insert(fold_suffix(&word.value), list).filter(|other| *other != list) {
                let message = format!("the word `{}` stands for both `{other}` and `{list}`", word.value);
                self.report(Rule::DuplicateName, word.span, message).hint = Some("leave it in one of the lists".into());
            }
        }
        let texts = |list: &List<Spanned<String>>| -> Vec<String> { list.0.iter().map(|text| text.value.clone()).collect() };
        let kinds: Vec<Vec<String>> = raw.kinds.0.iter().map(|(_, words)| texts(words)).collect();
        Names::new(&texts(&raw.alike), &kinds, &texts(&raw.fillers))
    }
}

/// The longest name of a folder, in bytes; esep may add to it.
const LONGEST_FOLDER: usize = 200;

/// Whether a text can name a folder on every system, and is not a name that esep gives to other folders beside those of periods.
fn is_folder(id: &str) -> bool {
    let is_sign = |letter: char| letter.is_control() || is_unseen(letter) || "<>:\"/\\|?*".contains(letter);
    let is_bare = id.trim() == id && !id.starts_with('.') && !id.ends_with('.') && !id.ends_with("-failed");
    !id.is_empty() && id.len() <= LONGEST_FOLDER && is_bare && !id.contains(is_sign) && !is_device(id)
}
