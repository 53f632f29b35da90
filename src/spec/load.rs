//! Reads all specification files and resolves them against each other. Every fault of every file is found in one pass.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;

use super::expression::{Condition, RawCondition, Scope};
use super::format::{
    RawCount, RawDataset, RawDirection, RawExample, RawField, RawIndicator, RawKind, RawMeasure, RawProgramme, RawRegions,
    RawText,
};
use super::{
    Category, Dataset, DatasetIndex, Direction, Example, ExampleRow, Field, FieldIndex, FieldKind, Indicator, LARGEST_COUNT,
    Measure, Part, Programme, Quantity, Section, Specs, Thresholds, Unit, UnitIndex, Words, fold,
};
use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Span, did_you_mean_or_list, list};
use crate::language::{LanguageCode, Localized, Noun, plural_categories};
use crate::period::{Period, PeriodIndex};
use crate::region::{Broken, Hierarchy, Level, LevelIndex, Region, RegionCode, RegionIndex};
use crate::sources::TextFile;
use crate::value::{Blank, Missing, Ratio};
use crate::yaml::{self, Entries, List, Parsed, Spanned};

/// Loads the files under `indicator-specs/`. `None` when they are too broken to go on; the reasons are in `diagnostics`.
pub fn load(files: &[TextFile], diagnostics: &mut Vec<Diagnostic>) -> Option<Specs> {
    if files.is_empty() {
        return None;
    }
    let folder = |name: &str| -> Vec<&TextFile> {
        let prefix = format!("indicator-specs/{name}/");
        files.iter().filter(|file| file.name.as_str().starts_with(&prefix)).collect()
    };
    passed_over(files, diagnostics);
    let programme_file = single(files, "indicator-specs/programme.yaml", diagnostics);
    let regions_file = single(files, "indicator-specs/regions.yaml", diagnostics);
    let programme = programme_file.and_then(|file| Some((file, yaml::parse::<RawProgramme>(file, diagnostics)?)));
    let regions = regions_file.and_then(|file| Some((file, yaml::parse::<RawRegions>(file, diagnostics)?)));
    let datasets: Vec<(&TextFile, Parsed<RawDataset>)> =
        folder("datasets").into_iter().filter_map(|file| Some((file, yaml::parse(file, diagnostics)?))).collect();
    let indicators: Vec<(&TextFile, Parsed<RawIndicator>)> =
        folder("indicators").into_iter().filter_map(|file| Some((file, yaml::parse(file, diagnostics)?))).collect();
    let all_datasets_read = datasets.len() == folder("datasets").len();

    let (file, raw) = programme?;
    let programme_whole = raw.whole;
    let mut loader = Loader { file: &file.name, languages: Vec::new(), diagnostics };
    let programme = loader.programme(raw.value);
    let hierarchy = regions.and_then(|(file, raw)| loader.at(&file.name).hierarchy(raw, &programme, programme_whole));
    let datasets = loader.datasets(datasets, &programme, programme_whole);
    let known = Known { programme: &programme, programme_whole, datasets: &datasets, all_datasets_read };
    let mut resolved = Vec::new();
    for (file, raw) in indicators {
        resolved.extend(loader.at(&file.name).indicator(raw, &known));
    }
    loader.distinct_indicators(&resolved);
    let mut resolved: Vec<Indicator> = resolved.into_iter().map(|(indicator, _)| indicator).collect();
    resolved.sort_by(|left, right| (left.section, natural(&left.id)).cmp(&(right.section, natural(&right.id))));
    if resolved.is_empty() && folder("indicators").is_empty() {
        let place = Place::File(FileName::new("indicator-specs/indicators"));
        diagnostics.push(
            Diagnostic::new(Rule::NoSpecifications, place, "expected indicators (`*.yaml`) in this folder, found none")
                .hint("write one file for each indicator"),
        );
    }
    Some(Specs { programme, hierarchy: hierarchy?, datasets, indicators: resolved })
}

/// `2.10` comes after `2.9`: runs of digits compare as numbers.
fn natural(id: &str) -> Vec<(u64, String)> {
    id.split(|letter: char| !letter.is_alphanumeric())
        .map(|part| {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            (digits.parse().unwrap_or(u64::MAX), part.to_owned())
        })
        .collect()
}

fn passed_over(files: &[TextFile], diagnostics: &mut Vec<Diagnostic>) {
    for file in files {
        let inside = file.name.as_str().strip_prefix("indicator-specs/").unwrap_or_default();
        let known = ["programme.yaml", "regions.yaml"].contains(&inside)
            || inside.starts_with("datasets/")
            || inside.starts_with("indicators/");
        if !known {
            diagnostics.push(
                Diagnostic::new(
                    Rule::PassedOver,
                    Place::File(file.name.clone()),
                    "no specification is expected here; it is not read",
                )
                .hint("specifications are `programme.yaml`, `regions.yaml`, `datasets/*.yaml` and `indicators/*.yaml`"),
            );
        }
    }
}

fn single<'a>(files: &'a [TextFile], path: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<&'a TextFile> {
    let found = files.iter().find(|file| file.name.as_str() == path);
    if found.is_none() {
        let place = Place::File(FileName::new(path));
        diagnostics.push(
            Diagnostic::new(Rule::NoSpecifications, place, "expected this file, found none")
                .hint("`esep new DIR` writes a small project to copy from"),
        );
    }
    found
}

/// What indicators may refer to.
struct Known<'a> {
    programme: &'a Programme,
    programme_whole: bool,
    datasets: &'a [Dataset],
    all_datasets_read: bool,
}

/// Resolves one file at a time.
struct Loader<'a> {
    file: &'a FileName,
    languages: Vec<LanguageCode>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Loader<'a> {
    fn at<'b>(&'b mut self, file: &'b FileName) -> Loader<'b> {
        Loader { file, languages: self.languages.clone(), diagnostics: self.diagnostics }
    }

    fn report(&mut self, rule: Rule, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let place = Place::Text { file: self.file.clone(), span };
        self.diagnostics.push(Diagnostic::new(rule, place, message));
        self.diagnostics.last_mut().expect("just pushed")
    }

    fn unknown<'b>(&mut self, what: &str, name: &Spanned<String>, known: impl IntoIterator<Item = &'b str>) {
        let hint = did_you_mean_or_list(&name.value, known);
        self.report(Rule::UnknownName, name.span, format!("unknown {what} `{}`", name.value)).hint = hint;
    }

    /// Reports names that occur twice; gives back nothing, since the first one counts.
    fn distinct<'b>(&mut self, what: &str, names: impl IntoIterator<Item = &'b Spanned<String>>) {
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for name in names {
            if let Some(first) = seen.insert(&name.value, name.span) {
                let message = format!("{what} `{}` stands here a second time", name.value);
                let hint = format!("the first one stands in line {}; give one of them another name", first.line);
                self.report(Rule::DuplicateName, name.span, message).hint = Some(hint);
            }
        }
    }

    fn text(&mut self, raw: &RawText) -> Localized {
        let languages = self.languages.clone();
        let mut texts = Vec::new();
        for (language, text) in &raw.value.0 {
            let code = LanguageCode::new(&language.value);
            if !languages.contains(&code) {
                self.unknown_language(language);
            } else if text.value.trim().is_empty() {
                self.report(Rule::MissingTranslation, text.span, format!("expected a text in `{code}`, found none"));
            } else {
                texts.push((code, text.value.trim().to_owned()));
            }
        }
        for code in &languages {
            if !raw.value.0.iter().any(|(language, _)| language.value == code.as_str()) {
                let message = format!("the translation into `{code}` is missing");
                self.report(Rule::MissingTranslation, raw.span, message).hint = Some(format!("add `{code}: …`"));
            }
        }
        Localized::new(texts)
    }

    fn unknown_language(&mut self, language: &Spanned<String>) {
        let languages = self.languages.clone();
        let hint = did_you_mean_or_list(&language.value, languages.iter().map(LanguageCode::as_str));
        let message = format!("the language `{}` is not one of the programme's", language.value);
        self.report(Rule::UnknownLanguage, language.span, message).hint = hint;
    }

    fn date(&mut self, raw: &Spanned<String>) -> Option<Date> {
        let date = raw.value.parse::<Date>().ok();
        if date.is_none() {
            let message = format!("expected a day as YYYY-MM-DD, found `{}`", raw.value);
            self.report(Rule::InvalidSpecification, raw.span, message);
        }
        date
    }

    fn decimal(&mut self, raw: &Spanned<String>) -> Option<Ratio> {
        let ratio = Ratio::parse(&raw.value);
        if ratio.is_none() {
            let message = format!("expected a number such as `60` or `82.5`, found `{}`", raw.value);
            self.report(Rule::InvalidSpecification, raw.span, message).hint = Some("use a point before the decimals".into());
        }
        ratio
    }

    fn programme(&mut self, raw: RawProgramme) -> Programme {
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
        if raw.publish.0.is_empty() {
            publish = self.languages.clone();
        }
        self.distinct("the level", raw.levels.0.iter().map(|level| &level.id));
        self.distinct("the period", raw.periods.0.iter().map(|period| &period.id));
        self.distinct("the section", raw.sections.0.iter().map(|section| &section.id));
        let levels = raw.levels.0.iter().map(|level| Level {
            id: level.id.value.clone(),
            name: self.text(&level.name),
            plural: self.text(&level.plural),
        });
        let levels = levels.collect();
        Programme {
            title: self.text(&raw.title),
            publisher: self.text(&raw.publisher),
            source: self.text(&raw.source),
            notice: raw.notice.as_ref().map(|notice| self.text(notice)),
            publish,
            country: raw.country,
            encoding: raw.encoding.as_ref().map_or(encoding_rs::WINDOWS_1252, |label| self.encoding(label)),
            levels,
            periods: self.periods(&raw.periods),
            sections: raw
                .sections
                .0
                .iter()
                .map(|section| Section { id: section.id.value.clone(), name: self.text(&section.name) })
                .collect(),
            units: raw.units.0.into_iter().map(|(id, forms)| self.unit(id, forms)).collect(),
            words: words(&raw.words),
            thresholds: Thresholds {
                small_denominator: raw.thresholds.small_denominator,
                low_coverage: raw.thresholds.low_coverage,
                near_target: self.decimal(&raw.thresholds.near_target).unwrap_or(Ratio::whole(0)),
            },
            languages: self.languages.clone(),
        }
    }

    fn encoding(&mut self, label: &Spanned<String>) -> &'static encoding_rs::Encoding {
        encoding_rs::Encoding::for_label(label.value.as_bytes()).unwrap_or_else(|| {
            self.report(Rule::InvalidSpecification, label.span, format!("unknown encoding `{}`", label.value)).hint =
                Some("use a name from the WHATWG Encoding Standard, such as `windows-1251`".into());
            encoding_rs::UTF_8
        })
    }

    fn periods(&mut self, raw: &List<super::format::RawPeriod>) -> Vec<Period> {
        let mut periods: Vec<Period> = Vec::new();
        for period in &raw.0 {
            let (name, within) = (self.text(&period.name), self.text(&period.within));
            let Some(date) = self.date(&period.date) else { continue };
            let issued = period.issued.as_ref().map_or(Some(date), |issued| self.date(issued)).unwrap_or(date);
            if periods.last().is_some_and(|before| before.date >= date) {
                let message = format!("the period `{}` is not later than the one before it", period.id.value);
                self.report(Rule::InvalidSpecification, period.date.span, message).hint =
                    Some("write the periods in their order, the oldest first".into());
            }
            let id = &period.id.value;
            if id.is_empty() || id.starts_with('.') || id.contains(['/', '\\']) {
                self.report(Rule::InvalidSpecification, period.id.span, format!("expected the name of a folder, found `{id}`"));
            }
            periods.push(Period { id: id.clone(), name, within, date, issued });
        }
        periods
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
                self.unknown(&format!("plural form of `{code}`"), category, categories.iter().copied());
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
                self.report(Rule::MissingTranslation, id.span, message).hint = Some(format!("add `{code}: {{ … }}`"));
            }
        }
        Unit { id: id.value, noun: Noun::new(forms) }
    }

    fn level(&mut self, raw: &Spanned<String>, programme: &Programme, programme_whole: bool) -> Option<LevelIndex> {
        let level = programme.level(&raw.value);
        if level.is_none() && programme_whole {
            self.unknown("level", raw, programme.levels.iter().map(|level| level.id.as_str()));
        }
        level
    }

    fn period(&mut self, raw: &Spanned<String>, programme: &Programme, programme_whole: bool) -> Option<PeriodIndex> {
        let period = programme.period(&raw.value);
        if period.is_none() && programme_whole {
            self.unknown("period", raw, programme.periods.iter().map(|period| period.id.as_str()));
        }
        period
    }

    fn hierarchy(&mut self, raw: Parsed<RawRegions>, programme: &Programme, programme_whole: bool) -> Option<Hierarchy> {
        let whole = raw.whole;
        let raw = raw.value.regions.0;
        self.distinct("the region", raw.iter().map(|region| &region.code));
        let positions: HashMap<&str, usize> =
            raw.iter().enumerate().rev().map(|(position, region)| (region.code.value.as_str(), position)).collect();
        let mut regions = Vec::new();
        let mut sound = whole;
        for region in &raw {
            let level = self.level(&region.level, programme, programme_whole);
            let parent = region.parent.as_ref().map(|code| positions.get(code.value.as_str()).copied().ok_or(code));
            if let Some(Err(code)) = parent
                && whole
            {
                let message =
                    format!("the region `{}` lies in `{}`, which is not in the registry", region.code.value, code.value);
                let hint = did_you_mean_or_list(&code.value, positions.keys().copied());
                self.report(Rule::BrokenHierarchy, code.span, message).hint = hint;
            }
            let from = region.from.as_ref().and_then(|date| self.date(date));
            let to = region.to.as_ref().and_then(|date| self.date(date));
            sound &= level.is_some() && !matches!(parent, Some(Err(_)));
            regions.push(Region {
                code: RegionCode::new(&region.code.value),
                level: level.unwrap_or(LevelIndex(0)),
                parent: parent.and_then(Result::ok).map(RegionIndex),
                name: self.text(&region.name),
                aliases: region.aliases.0.clone(),
                from,
                to,
            });
        }
        if !sound {
            return None;
        }
        for (position, region) in regions.iter().enumerate() {
            if let Some(parent) = region.parent
                && regions[parent.0].level >= region.level
                && parent.0 != position
            {
                let (inner, outer) = (&programme.levels[region.level.0].id, &programme.levels[regions[parent.0].level.0].id);
                let message = format!("the region `{}` of the level `{inner}` lies in one of the level `{outer}`", region.code);
                self.report(Rule::BrokenHierarchy, raw[position].code.span, message).hint =
                    Some("a region lies in one of a higher level".into());
            }
        }
        let name = |position: usize| format!("`{}`", raw[position].code.value);
        let top = Span { line: 1, column: 1 };
        match Hierarchy::new(regions) {
            Ok(hierarchy) => return Some(hierarchy),
            Err(Broken::NoTop) => {
                self.report(Rule::BrokenHierarchy, top, "expected one region without `parent`, found none");
            }
            Err(Broken::SeveralTops(tops)) => {
                for &position in &tops[1..] {
                    let message = format!("the region {} has no `parent`, and neither has {}", name(position), name(tops[0]));
                    self.report(Rule::BrokenHierarchy, raw[position].code.span, message).hint =
                        Some("only the top region has no parent".into());
                }
            }
            Err(Broken::Cycle(positions)) => {
                for position in positions {
                    let message = format!("the region {} lies within itself: its parents never reach the top", name(position));
                    self.report(Rule::BrokenHierarchy, raw[position].code.span, message).hint =
                        Some("correct one `parent`".into());
                }
            }
        }
        None
    }

    fn datasets(
        &mut self,
        raw: Vec<(&TextFile, Parsed<RawDataset>)>,
        programme: &Programme,
        programme_whole: bool,
    ) -> Vec<Dataset> {
        let ids: Vec<String> = raw.iter().map(|(_, raw)| raw.value.id.value.clone()).collect();
        let mut seen = HashSet::new();
        let mut datasets = Vec::new();
        for (file, raw) in raw {
            let mut loader = self.at(&file.name);
            if !seen.insert(raw.value.id.value.clone()) {
                let message = format!("the dataset `{}` is declared in another file too", raw.value.id.value);
                loader.report(Rule::DuplicateName, raw.value.id.span, message);
            }
            datasets.push(loader.dataset(raw, &ids, programme, programme_whole));
        }
        for position in 0..datasets.len() {
            self.expectation(position, &datasets);
        }
        datasets
    }

    /// The dataset of expected units must have the same key.
    fn expectation(&mut self, position: usize, datasets: &[Dataset]) {
        let dataset = &datasets[position];
        let Some(expected) = dataset.expected.map(|index| &datasets[index.0]) else { return };
        let key = |dataset: &Dataset| dataset.key.iter().map(|&field| dataset.field(field).id.clone()).collect::<Vec<_>>();
        if dataset.whole && expected.whole && key(dataset) != key(expected) {
            let message = format!(
                "the datasets `{}` and `{}` have different keys: {} and {}",
                dataset.id,
                expected.id,
                list(&key(dataset)),
                list(&key(expected))
            );
            let mut loader = self.at(&dataset.file);
            loader.report(Rule::InvalidSpecification, Span { line: 1, column: 1 }, message).hint =
                Some("units are matched by their key, so both need the same fields".into());
        }
    }

    fn dataset(&mut self, raw: Parsed<RawDataset>, ids: &[String], programme: &Programme, programme_whole: bool) -> Dataset {
        let whole = raw.whole;
        let raw = raw.value;
        self.distinct("the field", raw.fields.0.iter().map(|field| &field.id));
        let names: Vec<String> = raw.fields.0.iter().map(|field| field.id.value.clone()).collect();
        let find = |loader: &mut Self, name: &Spanned<String>| -> Option<FieldIndex> {
            let found = names.iter().position(|known| *known == name.value).map(FieldIndex);
            if found.is_none() && whole {
                loader.unknown("field", name, names.iter().map(String::as_str));
            }
            found
        };
        let fields: Vec<Field> = raw.fields.0.iter().map(|field| self.field(field, &find, programme, programme_whole)).collect();
        for (position, field) in fields.iter().enumerate() {
            if let FieldKind::Region { within: Some(outer) } = field.kind
                && (outer.0 >= position || !matches!(fields[outer.0].kind, FieldKind::Region { .. }))
            {
                let message = format!(
                    "`within` of the field `{}` names `{}`, which is no earlier region field",
                    field.id, fields[outer.0].id
                );
                self.report(Rule::InvalidSpecification, raw.fields.0[position].id.span, message);
            }
        }
        let region = find(self, &raw.region).filter(|&index| {
            let right = matches!(fields[index.0].kind, FieldKind::Region { .. });
            if !right {
                let message = format!("expected a field of type `region`, found `{}`", raw.region.value);
                self.report(Rule::InvalidSpecification, raw.region.span, message);
            }
            right
        });
        let key: Vec<FieldIndex> = raw.key.0.iter().filter_map(|name| find(self, name)).collect();
        if raw.key.0.is_empty() {
            let message = format!("expected a field in the `key` of the dataset `{}`, found none", raw.id.value);
            self.report(Rule::InvalidSpecification, raw.id.span, message);
        }
        let expected = raw.expected.as_ref().and_then(|name| {
            let found = ids.iter().position(|id| *id == name.value).map(DatasetIndex);
            if found.is_none() {
                self.unknown("dataset", name, ids.iter().map(String::as_str));
            }
            found
        });
        let sound = whole && region.is_some() && !key.is_empty();
        Dataset {
            name: self.text(&raw.name),
            unit: self.unit_named(&raw.unit, programme, programme_whole).unwrap_or(UnitIndex(0)),
            key,
            region: region.unwrap_or(FieldIndex(0)),
            title: raw.title.as_ref().and_then(|name| find(self, name)),
            level: raw.level.as_ref().and_then(|level| self.level(level, programme, programme_whole)),
            expected,
            id: raw.id.value,
            fields,
            file: self.file.clone(),
            whole: sound,
        }
    }

    fn unit_named(&mut self, raw: &Spanned<String>, programme: &Programme, programme_whole: bool) -> Option<UnitIndex> {
        let unit = programme.units.iter().position(|unit| unit.id == raw.value).map(UnitIndex);
        if unit.is_none() && programme_whole {
            self.unknown("unit", raw, programme.units.iter().map(|unit| unit.id.as_str()));
        }
        unit
    }

    fn field(
        &mut self,
        raw: &RawField,
        find: &dyn Fn(&mut Self, &Spanned<String>) -> Option<FieldIndex>,
        programme: &Programme,
        programme_whole: bool,
    ) -> Field {
        let id = &raw.id;
        let named_well = id.value.starts_with(|first: char| first.is_alphabetic() || first == '_')
            && id.value.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
            && !["all", "any", "not", "compare"].contains(&id.value.as_str());
        if !named_well {
            let message = format!("expected letters, digits and `_` in the name of a field, found `{}`", id.value);
            self.report(Rule::InvalidSpecification, id.span, message).hint =
                Some("`all`, `any`, `not` and `compare` are taken by conditions".into());
        }
        let kind = raw.kind.value;
        let mut misplaced = |given: bool, key: &str, right: RawKind| {
            if given && kind != right {
                let message = format!("`{key}` has no meaning for the field `{}` of this type", id.value);
                self.report(Rule::InvalidSpecification, id.span, message);
            }
        };
        misplaced(!raw.values.0.is_empty(), "values", RawKind::Category);
        misplaced(raw.min.is_some(), "min", RawKind::Count);
        misplaced(raw.max.is_some(), "max", RawKind::Count);
        misplaced(raw.within.is_some(), "within", RawKind::Region);
        let name = self.text(&raw.name);
        let kind = match kind {
            RawKind::Code => FieldKind::Code,
            RawKind::Text => FieldKind::Text,
            RawKind::Flag => FieldKind::Flag,
            RawKind::Region => FieldKind::Region { within: raw.within.as_ref().and_then(|name| find(self, name)) },
            RawKind::Count => FieldKind::Count {
                min: i64::from(raw.min.unwrap_or(0)),
                max: raw.max.map_or(LARGEST_COUNT, i64::from).min(LARGEST_COUNT),
            },
            RawKind::Category => FieldKind::Category(self.categories(raw)),
        };
        let headers = raw.headers.0.iter().map(|header| header.value.clone()).collect();
        let since = raw.since.as_ref().and_then(|period| self.period(period, programme, programme_whole));
        Field { id: id.value.clone(), name, headers, required: raw.required, since, kind }
    }

    fn categories(&mut self, raw: &RawField) -> Vec<Category> {
        if raw.values.0.is_empty() {
            let message = format!("expected `values` of the category `{}`, found none", raw.id.value);
            self.report(Rule::InvalidSpecification, raw.id.span, message);
        }
        self.distinct("the value", raw.values.0.iter().map(|value| &value.id));
        let mut owner: HashMap<String, &str> = HashMap::new();
        let mut categories = Vec::new();
        for value in &raw.values.0 {
            let name = self.text(&value.name);
            let spellings = value.words.0.iter().map(|word| word.value.as_str());
            let mut words: Vec<String> = name.all().chain(spellings).chain([value.id.value.as_str()]).map(fold).collect();
            words.sort();
            words.dedup();
            for word in &words {
                if let Some(other) = owner.insert(word.clone(), &value.id.value)
                    && other != value.id.value
                {
                    let message = format!("the word `{word}` stands for both `{other}` and `{}`", value.id.value);
                    self.report(Rule::DuplicateName, value.id.span, message);
                }
            }
            categories.push(Category { id: value.id.value.clone(), name, words });
        }
        categories
    }

    fn indicator(&mut self, raw: Parsed<RawIndicator>, known: &Known<'_>) -> Option<(Indicator, Span)> {
        let raw = raw.value;
        let programme = known.programme;
        let name = self.text(&raw.name);
        let short = self.text(&raw.short);
        let note = raw.note.as_ref().map(|note| self.text(note));
        let section = programme.sections.iter().position(|section| section.id == raw.section.value);
        if section.is_none() && known.programme_whole {
            self.unknown("section", &raw.section, programme.sections.iter().map(|section| section.id.as_str()));
        }
        let targets = self.targets(&raw.target, known);
        let unit = raw.unit.as_ref().map(|unit| self.unit_named(unit, programme, known.programme_whole));
        let (per, decimals) = self.scale(&raw);
        let dataset = self.dataset_named(&raw.dataset, known);
        let numerator = self.measure(&raw.numerator, dataset, raw.population.as_ref(), known);
        let denominator = self.measure(&raw.denominator, dataset, raw.population.as_ref(), known);
        self.distinct("the part", raw.parts.0.iter().map(|part| &part.id));
        let parts: Vec<Part> = raw
            .parts
            .0
            .iter()
            .filter_map(|part| {
                let name = self.text(&part.name);
                let dataset = numerator.as_ref()?.dataset;
                let quantity = self.quantity(&part.id, part.count.as_ref(), part.sum.as_ref(), dataset, known)?;
                let filter = self.condition(part.filter.as_ref(), dataset, known);
                Some(Part { id: part.id.value.clone(), name, filter, quantity })
            })
            .collect();
        let (dataset, section, numerator, denominator) = (dataset?, section?, numerator?, denominator?);
        let breakdowns = raw.breakdowns.0.iter().filter_map(|name| self.breakdown(name, denominator.dataset, known)).collect();
        let examples = raw.examples.0.iter().filter_map(|example| self.example(example, dataset, &parts, known)).collect();
        let indicator = Indicator {
            id: raw.id.value.clone(),
            section,
            name,
            short,
            note,
            unit: unit.flatten().unwrap_or(known.datasets[denominator.dataset.0].unit),
            numerator,
            denominator,
            parts,
            per,
            decimals,
            breakdowns,
            direction: match raw.direction {
                RawDirection::Up => Direction::Up,
                RawDirection::Down => Direction::Down,
                RawDirection::None => Direction::Neutral,
            },
            targets,
            examples,
            file: self.file.clone(),
        };
        Some((indicator, raw.id.span))
    }

    fn distinct_indicators(&mut self, indicators: &[(Indicator, Span)]) {
        let mut seen: HashMap<&str, &FileName> = HashMap::new();
        for (indicator, span) in indicators {
            if let Some(first) = seen.insert(&indicator.id, &indicator.file) {
                let message = format!("the indicator `{}` is declared a second time", indicator.id);
                let hint = format!("the first one stands in `{first}`; give one of them another `id`");
                self.at(&indicator.file).report(Rule::DuplicateName, *span, message).hint = Some(hint);
            }
        }
    }

    fn scale(&mut self, raw: &RawIndicator) -> (i64, u32) {
        let per = raw.per.as_ref().map_or(100, |per| per.value);
        let decimals = raw.decimals.as_ref().map_or(1, |decimals| decimals.value);
        if let Some(raw) = raw.per.as_ref().filter(|per| !(1..=100_000).contains(&per.value)) {
            let message = format!("expected a number from 1 to 100000, found `{}`", raw.value);
            self.report(Rule::InvalidSpecification, raw.span, message);
        }
        if let Some(raw) = raw.decimals.as_ref().filter(|decimals| decimals.value > 3) {
            let message = format!("expected 0 to 3 decimals, found `{}`", raw.value);
            self.report(Rule::InvalidSpecification, raw.span, message);
        }
        (i64::from(per), decimals.min(3))
    }

    fn targets(&mut self, raw: &Entries<Spanned<String>>, known: &Known<'_>) -> Vec<(PeriodIndex, Ratio)> {
        self.distinct("the period", raw.0.iter().map(|(period, _)| period));
        let mut targets = Vec::new();
        for (period, value) in &raw.0 {
            let index = self.period(period, known.programme, known.programme_whole);
            targets.extend(index.zip(self.decimal(value)));
        }
        targets.sort();
        targets
    }

    fn dataset_named(&mut self, name: &Spanned<String>, known: &Known<'_>) -> Option<DatasetIndex> {
        let found = known.datasets.iter().position(|dataset| dataset.id == name.value).map(DatasetIndex);
        if found.is_none() && known.all_datasets_read {
            self.unknown("dataset", name, known.datasets.iter().map(|dataset| dataset.id.as_str()));
        }
        found
    }

    fn measure(
        &mut self,
        raw: &RawMeasure,
        shared: Option<DatasetIndex>,
        population: Option<&RawCondition>,
        known: &Known<'_>,
    ) -> Option<Measure> {
        let name = self.text(&raw.name);
        let own = raw.dataset.as_ref().map(|dataset| self.dataset_named(dataset, known));
        // The shared population speaks of the shared dataset; a side with a dataset of its own says its own, or takes all rows.
        let population = match (&raw.population, &raw.dataset) {
            (Some(own), _) => Some(own),
            (None, Some(_)) => None,
            (None, None) => population,
        };
        let dataset = own.unwrap_or(shared)?;
        let anchor = Spanned { value: String::new(), span: raw.name.span };
        let quantity = self.quantity(&anchor, raw.count.as_ref(), raw.sum.as_ref(), dataset, known);
        let population = self.condition(population, dataset, known);
        let filter = self.condition(raw.filter.as_ref(), dataset, known);
        Some(Measure { name, dataset, population, filter, quantity: quantity?, span: raw.name.span })
    }

    fn quantity(
        &mut self,
        anchor: &Spanned<String>,
        count: Option<&Spanned<RawCount>>,
        sum: Option<&Spanned<String>>,
        dataset: DatasetIndex,
        known: &Known<'_>,
    ) -> Option<Quantity> {
        match (count, sum) {
            (Some(Spanned { value: RawCount::Rows, .. }), None) => Some(Quantity::Rows),
            (None, Some(sum)) => self.scope(dataset, known).sum(sum).map(Quantity::Sum),
            (None, None) => {
                self.report(Rule::InvalidSpecification, anchor.span, "expected `count: rows` or `sum: …`, found neither");
                None
            }
            (Some(_), Some(sum)) => {
                self.report(Rule::InvalidSpecification, sum.span, "expected either `count` or `sum`, found both");
                None
            }
        }
    }

    fn condition(&mut self, raw: Option<&RawCondition>, dataset: DatasetIndex, known: &Known<'_>) -> Condition {
        raw.map_or_else(Condition::always, |raw| self.scope(dataset, known).condition(raw))
    }

    fn scope<'b>(&'b mut self, dataset: DatasetIndex, known: &Known<'b>) -> Scope<'b> {
        Scope {
            dataset: &known.datasets[dataset.0],
            words: &known.programme.words,
            file: self.file,
            diagnostics: self.diagnostics,
        }
    }

    fn breakdown(&mut self, name: &Spanned<String>, dataset: DatasetIndex, known: &Known<'_>) -> Option<FieldIndex> {
        let field = self.scope(dataset, known).field(&name.value, name.span)?;
        if matches!(known.datasets[dataset.0].field(field).kind, FieldKind::Category(_)) {
            return Some(field);
        }
        let message = format!("expected a field of type `category` to break down by, found `{}`", name.value);
        self.report(Rule::InvalidSpecification, name.span, message);
        None
    }

    fn example(&mut self, raw: &RawExample, dataset: DatasetIndex, parts: &[Part], known: &Known<'_>) -> Option<Example> {
        let mut given = vec![(dataset, self.example_rows(&raw.given, dataset, known))];
        for (name, rows) in &raw.also.0 {
            if let Some(other) = self.dataset_named(name, known) {
                given.push((other, self.example_rows(rows, other, known)));
            }
        }
        let expect = expectation(&raw.expect.value);
        if expect.is_none() {
            let message = format!("expected `numerator/denominator` or a reason for no number, found `{}`", raw.expect.value);
            self.report(Rule::InvalidSpecification, raw.expect.span, message).hint =
                Some(format!("reasons are {}", list(&Missing::ALL.map(Missing::name))));
        }
        let mut expected_parts = Vec::new();
        for (name, numerator) in &raw.parts.0 {
            match parts.iter().position(|part| part.id == name.value) {
                Some(part) => expected_parts.push((part, numerator.value)),
                None => self.unknown("part", name, parts.iter().map(|part| part.id.as_str())),
            }
        }
        Some(Example { given, expect: expect?, parts: expected_parts, span: raw.expect.span })
    }

    fn example_rows(
        &mut self,
        raw: &List<Entries<Spanned<String>>>,
        dataset: DatasetIndex,
        known: &Known<'_>,
    ) -> Vec<ExampleRow> {
        let mut scope = self.scope(dataset, known);
        let mut row = |row: &Entries<Spanned<String>>| -> ExampleRow {
            let cells = row.0.iter().filter_map(|(name, cell)| {
                scope.field(&name.value, name.span).map(|field| (field, cell.value.clone(), cell.span))
            });
            cells.collect()
        };
        raw.0.iter().map(&mut row).collect()
    }
}

fn expectation(text: &str) -> Option<Result<(i128, i128), Missing>> {
    if let Some(missing) = Missing::ALL.into_iter().find(|missing| missing.name() == text) {
        return Some(Err(missing));
    }
    let (numerator, denominator) = text.split_once('/')?;
    Some(Ok((numerator.trim().parse().ok()?, denominator.trim().parse().ok()?)))
}

fn words(raw: &super::format::RawWords) -> Words {
    let folded = |words: &List<Spanned<String>>| -> Vec<String> { words.0.iter().map(|word| fold(&word.value)).collect() };
    let blanks =
        [(&raw.not_reported, Blank::NotReported), (&raw.not_applicable, Blank::NotApplicable), (&raw.refused, Blank::Refused)];
    let blanks = blanks.into_iter().flat_map(|(words, blank)| folded(words).into_iter().map(move |word| (word, blank)));
    Words { yes: folded(&raw.yes), no: folded(&raw.no), blanks: blanks.collect() }
}
