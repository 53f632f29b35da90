//! Reads all specification files and resolves them against each other. One pass finds every fault of every file.

mod approvals;
mod asked;
mod checks;
mod codes;
mod combination;
mod context;
mod datasets;
mod excerpt;
mod indicators;
mod offices;
mod programme;
mod regions;

pub use offices::offices as offices_of;

use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Span, did_you_mean_or_list};
use crate::language::{LanguageCode, Localized};
use crate::letters::is_unseen;
use crate::period::{self, PeriodIndex};
use crate::region::LevelIndex;
use crate::sources::TextFile;
use crate::spec::expression::{Condition, RawCondition, Scope};
use crate::spec::format::{RawDataset, RawIndicator, RawProgramme, RawRegions, RawText};
use crate::spec::{Dataset, DatasetIndex, LARGEST_COUNT, Life, Programme, Specs, UnitIndex};
use crate::value::Ratio;
use crate::yaml;
use crate::yaml::{Parsed, Spanned};
use jiff::civil::Date;
use std::collections::{BTreeMap, HashMap};
use std::mem::take;

/// What is said of a language that the programme does not have.
const NOT_OURS: &str = "is not one of the programme's";

/// Loads the files under `indicator-specs/`. `None` when they are too broken to go on; `diagnostics` has the reasons.
pub fn load(files: &[TextFile], diagnostics: &mut Vec<Diagnostic>) -> Option<Specs> {
    let specs = resolve(files, diagnostics);
    languages_told_once(diagnostics);
    specs
}

/// Makes one finding of all texts in a language that the programme does not have: most often it was taken out of the list of languages, and
/// whoever did it needs to know what is left of it.
fn languages_told_once(diagnostics: &mut Vec<Diagnostic>) {
    let is_text = |found: &Diagnostic| found.rule == Rule::UnknownLanguage && found.message.ends_with(NOT_OURS);
    let mut files: BTreeMap<String, Vec<FileName>> = BTreeMap::new();
    diagnostics.retain(|found| {
        let of_language = is_text(found).then(|| files.entry(found.message.clone()).or_default());
        of_language.is_none_or(|files| {
            files.push(found.place.file().clone());
            files.len() == 1
        })
    });
    for found in diagnostics.iter_mut().filter(|found| is_text(found)) {
        let files = &files[&found.message];
        if files.len() > 1 {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            files.iter().for_each(|file| *counts.entry(file.as_str()).or_default() += 1);
            let told: Vec<String> = counts.iter().map(|(file, count)| format!("{file}: {count}")).collect();
            found.message = format!("{}; it stands in {} places ({})", found.message, files.len(), told.join(", "));
            let known = found.hint.take().map_or_else(String::new, |hint| format!("{hint}; "));
            found.hint = Some(format!("{known}take these texts out, or name the language in `languages`").into());
        }
    }
}

fn resolve(files: &[TextFile], diagnostics: &mut Vec<Diagnostic>) -> Option<Specs> {
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
    let all_regions_read = regions.as_ref().is_some_and(|(_, raw)| raw.whole);

    let (file, raw) = programme?;
    let programme_read = raw.whole;
    let mut loader = Loader { file: &file.name, languages: Vec::new(), diagnostics };
    let mut raw = raw.value;
    let sheets = raw.sheets.take();
    let (context, similar, tables) = (take(&mut raw.context), raw.similar.take(), take(&mut raw.tables));
    let (programme, sound) = loader.programme(raw);
    let frame = Frame { programme: &programme, whole: programme_read && sound };
    let hierarchy = regions.and_then(|(file, raw)| loader.at(&file.name).hierarchy(raw, frame));
    let datasets = loader.datasets(datasets, frame);
    let known = Known { frame, datasets: &datasets, all_datasets_read };
    let resolved = loader.indicators(indicators, &known);
    let all_indicators_read = resolved.len() == folder("indicators").len();
    let (indicators, hierarchy_known) = (&resolved[..], hierarchy.as_ref());
    let targets =
        checks::Targets { known: &known, indicators, all_indicators_read, hierarchy: hierarchy_known, all_regions_read };
    let (checks, waivers) = loader.checks(files, targets);
    let offices = loader.offices(files, targets);
    let approvals = loader.approvals(files, targets);
    let codes = loader.codes(files);
    let sheets = sheets.and_then(|name| loader.at(&file.name).sheets(&name, indicators, all_indicators_read, &known));
    let named = context::Named { indicators, whole: all_indicators_read };
    let mut at_programme = loader.at(&file.name);
    let asked_measures = context.0.len();
    let context = at_programme.context(&context, named, &known);
    let similar = similar.and_then(|raw| at_programme.similar(&raw, &context, context.len() == asked_measures));
    let tables = at_programme.crossings(&tables, named, &known);
    if resolved.is_empty() && folder("indicators").is_empty() {
        let place = Place::File(FileName::new("indicator-specs/indicators"));
        diagnostics.push(
            Diagnostic::new(Rule::NoSpecifications, place, "expected indicators (`*.yaml`) in this folder, found none")
                .hint("write one file for each indicator"),
        );
    }
    // Where a period may be missing, its folder would be told as one of none.
    let whole = programme_read && all_datasets_read && datasets.iter().all(|dataset| dataset.whole);
    Some(Specs {
        programme,
        hierarchy: hierarchy?,
        datasets,
        indicators: resolved,
        checks,
        waivers,
        offices,
        approvals,
        codes,
        sheets,
        context,
        similar,
        tables,
        whole,
    })
}

/// A key that sorts names by number: `2.10` comes after `2.9`.
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
        let known = ["programme", "regions", "waivers", "offices", "approvals", "codes"]
            .iter()
            .any(|name| file.is_yaml_of(&format!("indicator-specs/{name}.yaml")))
            || inside.starts_with("checks/")
            || inside.starts_with("datasets/")
            || inside.starts_with("indicators/");
        if !known {
            diagnostics.push(
                Diagnostic::new(
                    Rule::PassedOver,
                    Place::File(file.name.clone()),
                    "no specification is expected here; it is not read",
                )
                .hint("specifications are `programme.yaml`, `regions.yaml`, `waivers.yaml`, `offices.yaml`, `approvals.yaml`, `codes.yaml`, and `*.yaml` in `datasets`, `indicators` and `checks`"),
            );
        }
    }
}

fn single<'a>(files: &'a [TextFile], path: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<&'a TextFile> {
    let mut all = files.iter().filter(|file| file.is_yaml_of(path));
    let found = all.next();
    if let (Some(first), Some(second)) = (found, all.next()) {
        let place = Place::File(second.name.clone());
        diagnostics.push(
            Diagnostic::new(Rule::DuplicateName, place, format!("expected one file `{path}`, found two"))
                .hint(format!("the other one is `{}`; take one of them out", first.name)),
        );
    }
    // A file that is there and cannot be read has its own finding.
    let unreadable = diagnostics.iter().any(|found| found.place.file().as_str() == path);
    if found.is_none() && !unreadable {
        let place = Place::File(FileName::new(path));
        diagnostics.push(
            Diagnostic::new(Rule::NoSpecifications, place, "expected this file, found none")
                .hint("`esep new DIR` writes a small project to copy from"),
        );
    }
    found
}

/// The programme, and whether its file could be read whole: only then is a missing name a fault.
#[derive(Clone, Copy)]
struct Frame<'a> {
    programme: &'a Programme,
    whole: bool,
}

impl<'a> Frame<'a> {
    /// A level's name in the specifications.
    fn level(self, level: LevelIndex) -> &'a str {
        &self.programme.levels[level.0].id
    }
}

/// What indicators may refer to.
struct Known<'a> {
    frame: Frame<'a>,
    datasets: &'a [Dataset],
    all_datasets_read: bool,
}

/// The most faults for which names are suggested.
const MOST_SUGGESTIONS: usize = 200;

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

    /// What a name may have meant; nothing once there are many faults, since every search goes through all known names.
    fn suggestion<'b>(&self, name: &str, known: impl IntoIterator<Item = &'b str>) -> Option<String> {
        (self.diagnostics.len() < MOST_SUGGESTIONS).then(|| did_you_mean_or_list(name, known)).flatten()
    }

    fn unknown<'b>(&mut self, what: &str, name: &Spanned<String>, known: impl IntoIterator<Item = &'b str>) {
        let hint = self.suggestion(&name.value, known);
        self.report(Rule::UnknownName, name.span, format!("unknown {what} `{}`", name.value)).hint = hint.map(Into::into);
    }

    /// Reports names that occur twice, and names with an invisible sign, which look like others and are not. The first of equal names
    /// counts.
    fn distinct<'b>(&mut self, what: &str, names: impl IntoIterator<Item = &'b Spanned<String>>) {
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for name in names {
            if let Some(sign) = name.value.chars().find(|&letter| is_unseen(letter) || letter.is_control()) {
                let message = format!("{what} `{}` holds a sign that cannot be seen: U+{:04X}", name.value, u32::from(sign));
                self.report(Rule::InvalidSpecification, name.span, message).hint = Some("type it anew without it".into());
            }
            if let Some(first) = seen.insert(&name.value, name.span) {
                let message = format!("{what} `{}` stands here a second time", name.value);
                let hint = format!("the first one stands in line {}; give one of them another name", first.line);
                self.report(Rule::DuplicateName, name.span, message).hint = Some(hint.into());
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
                // Whoever writes the name in it in a table is understood, so that one fault leads to no others.
                texts.extend(Some((code, text.value.trim().to_owned())).filter(|(_, text)| !text.is_empty()));
            } else if text.value.trim().is_empty() {
                self.report(Rule::MissingTranslation, text.span, format!("expected a text in `{code}`, found none"));
            } else {
                let is_sign = |letter: &char| letter.is_control() && !letter.is_whitespace();
                if let Some(sign) = text.value.chars().find(is_sign) {
                    let message = format!("the text holds a sign that no document can show: U+{:04X}", u32::from(sign));
                    self.report(Rule::InvalidSpecification, text.span, message).hint =
                        Some("type the text anew without it".into());
                }
                texts.push((code, text.value.trim().to_owned()));
            }
        }
        for code in &languages {
            if !raw.value.0.iter().any(|(language, _)| language.value == code.as_str()) {
                let message = format!("the translation into `{code}` is missing");
                self.report(Rule::MissingTranslation, raw.span, message).hint = Some(format!("add `{code}: …`").into());
            }
        }
        Localized::new(texts)
    }

    fn unknown_language(&mut self, language: &Spanned<String>) {
        let languages = self.languages.clone();
        let hint = did_you_mean_or_list(&language.value, languages.iter().map(LanguageCode::as_str));
        let message = format!("the language `{}` {NOT_OURS}", language.value);
        self.report(Rule::UnknownLanguage, language.span, message).hint = hint.map(Into::into);
    }

    fn date(&mut self, raw: &Spanned<String>) -> Option<Date> {
        match period::day(&raw.value) {
            Ok(day) => Some(day),
            Err(fault) => {
                self.report(Rule::InvalidSpecification, raw.span, fault);
                // A day is a day in any year: it is not reported as missing on top of the fault of its year.
                raw.value.parse().ok()
            }
        }
    }

    fn decimal(&mut self, raw: &Spanned<String>) -> Option<Ratio> {
        let ratio = Ratio::parse(&raw.value);
        let hint = match ratio {
            None => "write digits only, with a point before the decimals",
            // With this limit, no product with a sum of counts overflows.
            Some(ratio) if ratio > Ratio::whole(LARGEST_COUNT) || ratio < Ratio::whole(-LARGEST_COUNT) => {
                "no number here is larger than 1000000000, or smaller than -1000000000"
            }
            Some(ratio) => return Some(ratio),
        };
        let message = format!("expected a number such as `60` or `82.5`, found `{}`", raw.value);
        self.report(Rule::InvalidSpecification, raw.span, message).hint = Some(hint.into());
        None
    }

    fn level(&mut self, raw: &Spanned<String>, frame: Frame<'_>) -> Option<LevelIndex> {
        let level = frame.programme.level(&raw.value);
        if level.is_none() && frame.whole {
            self.unknown("level", raw, frame.programme.levels.iter().map(|level| level.id.as_str()));
        }
        level
    }

    fn period(&mut self, raw: &Spanned<String>, frame: Frame<'_>) -> Option<PeriodIndex> {
        let period = frame.programme.period(&raw.value);
        if period.is_none() && frame.whole {
            self.unknown("period", raw, frame.programme.periods.iter().map(|period| period.id.as_str()));
        }
        period
    }

    /// The periods from `since` to `until`.
    fn life(&mut self, since: Option<&Spanned<String>>, until: Option<&Spanned<String>>, frame: Frame<'_>) -> Life {
        let life = Life {
            since: since.and_then(|period| self.period(period, frame)),
            until: until.and_then(|period| self.period(period, frame)),
        };
        if let (Life { since: Some(first), until: Some(last) }, Some(raw)) = (life, until)
            && last < first
        {
            let message = format!("expected `until` to be no earlier than `since`, found `{}`", raw.value);
            self.report(Rule::InvalidSpecification, raw.span, message);
        }
        life
    }

    fn unit_named(&mut self, raw: &Spanned<String>, frame: Frame<'_>) -> Option<UnitIndex> {
        let unit = frame.programme.units.iter().position(|unit| unit.id == raw.value).map(UnitIndex);
        if unit.is_none() && frame.whole {
            self.unknown("unit", raw, frame.programme.units.iter().map(|unit| unit.id.as_str()));
        }
        unit
    }

    fn dataset_named(&mut self, name: &Spanned<String>, known: &Known<'_>) -> Option<DatasetIndex> {
        let found = known.datasets.iter().position(|dataset| *dataset.id == *name.value).map(DatasetIndex);
        if found.is_none() && known.all_datasets_read {
            self.unknown("dataset", name, known.datasets.iter().map(|dataset| dataset.id.as_str()));
        }
        found
    }

    fn condition(&mut self, raw: Option<&RawCondition>, dataset: DatasetIndex, known: &Known<'_>) -> Condition {
        raw.map_or_else(Condition::always, |raw| self.scope(dataset, known).condition(raw))
    }

    /// What the names in a measure or a check of a dataset are resolved against.
    fn scope<'b>(&'b mut self, dataset: DatasetIndex, known: &Known<'b>) -> Scope<'b> {
        Scope {
            dataset: &known.datasets[dataset.0],
            words: &known.frame.programme.words,
            file: self.file,
            diagnostics: self.diagnostics,
        }
    }
}
