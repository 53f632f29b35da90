//! What each document says: words, tables and series, already formatted in its language.

pub mod across;
mod actions;
mod chart;
mod check_code;
mod context;
pub mod crossed;
mod digest;
pub mod erratum;
mod highlights;
mod indicator;
pub mod letter;
mod matrix;
mod methodology;
pub mod model;
mod plan;
mod ranges;
pub mod reliability;
mod trends;
pub mod unit;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use jiff::civil::Date;

use crate::check_code::{CheckCode, SignedCode};
use crate::compute::Coverage;
use crate::compute::conditions::Conditions;
use crate::compute::matched::Matched;
use crate::compute::reliability::Evidence;
use crate::edition::{Stage, Standing};
use crate::language::{Language, LanguageCode, Localized, sentences};
use crate::numbers::{self, Numbers};
use crate::period::PeriodIndex;
use crate::protect::{Audience, Published};
use crate::region::{Hierarchy, LevelIndex, Region, RegionIndex};
use crate::spec::{DatasetIndex, Indicator, IndicatorIndex, Specs};
use crate::value::{Amount, Missing, Ratio, Scale};
use crate::words::Words;
pub use erratum::Issue;
use indicator::Aside;
use model::{
    ConfidentialityWords, CoverageBelow, CoverageCell, CoverageRow, CoverageTable, CoverageWords, DateParts, Figure, FrontMatter,
    IndicatorWords, LanguageTag, Matrix, Number, PeriodWords, RegionName, RegionWords, Report, SectionWords, SummaryBar,
    SummaryCounts, SummaryRow, SummarySection, ThresholdWords,
};

/// The label that names of files have which are not for everybody.
pub const AUDIENCE_IN_NAMES: &str = "audience_file";

/// The label that names of files have whose numbers are preliminary.
pub const PRELIMINARY_IN_NAMES: &str = "preliminary_file";

/// The labels with the forms of the language's own word for a region.
const REGION_FORMS: [(&str, &str); 4] =
    [("one", "region_one"), ("few", "region_few"), ("many", "region_many"), ("other", "region_other")];

/// Labels that reports need, apart from those that templates use.
pub const LABELS: &[&str] = &[
    "reliability_title",
    "reliability_code",
    "audience_internal",
    AUDIENCE_IN_NAMES,
    PRELIMINARY_IN_NAMES,
    "preliminary",
    "stage_preliminary",
    "stage_final",
    "imprint_approved",
    "approved_without",
    "imprint_licence",
    "check_code",
    "check_code_alt",
    "check_code_signed",
    "severity_error",
    "severity_warning",
    "severity_note",
    "document_number",
    "date",
    "indicators",
    "imprint_as_of",
    "imprint_contact",
    "imprint_next",
    "imprint_revisions",
    "imprint_status",
    "level",
    "mark_small",
    "mark_incomplete",
    "mark_unregistered",
    "kilobytes",
    "megabytes",
    "region_one",
    "region_few",
    "region_many",
    "region_other",
    "missing_not_answered",
    "missing_not_answered_long",
    "status_reached",
    "status_near",
    "status_behind",
];

/// What reports are made from.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    /// The specifications.
    pub specs: &'a Specs,
    /// What may be told.
    pub published: &'a Published<'a>,
    /// The period of the reports.
    pub period: PeriodIndex,
    /// The day printed on the reports; when `None`, the period's own.
    pub date: Option<Date>,
    /// What became of the numbers before they count.
    pub standing: Standing<'a>,
    /// Which edition the documents are; `None` where they are none, such as drafts and internal ones.
    pub issue: Option<Issue<'a>>,
}

impl<'a> Material<'a> {
    /// The material for the reports of a period; `date` replaces the period's day.
    pub fn new(published: &'a Published<'a>, period: PeriodIndex, date: Option<Date>) -> Self {
        Self { specs: published.specs(), published, period, date, standing: Standing::Unasked, issue: None }
    }

    /// The same for the documents of an edition; a later one has a day of its own where the programme declares one.
    pub fn of(self, issue: Issue<'a>) -> Self {
        let date = self.date.or(issue.declared.and_then(|declared| declared.issued));
        Self { date, issue: Some(issue), ..self }
    }

    /// Whether the numbers may still change.
    pub fn is_preliminary(&self) -> bool {
        self.specs.programme.preliminary || matches!(self.standing, Standing::Preliminary)
    }

    /// How far the numbers have come; `None` where the documents are no edition.
    pub fn stage(&self) -> Option<Stage> {
        let issue = self.issue?;
        Some(Stage::of(self.is_preliminary(), issue.number, issue.declared.map(|declared| declared.kind)))
    }

    /// The numbers of the period.
    pub fn numbers(&self) -> Numbers<'a> {
        Numbers::new(self.published, self.period)
    }
}

/// What all reports of a period share apart from its numbers.
pub struct Background<'a> {
    /// What the data can be judged by.
    pub evidence: Evidence<'a>,
    /// For each indicator, the sums over the units that answered in this period and in the one before, by region.
    matched: Vec<Option<Vec<Matched>>>,
    /// What each unit has of what the indicators ask about; `None` where no dataset tells.
    conditions: Option<Conditions>,
    /// How the regions of each level spread.
    spread: ranges::Spread,
    /// By what regions are similar.
    places: context::Places,
}

impl<'a> Background<'a> {
    /// The background of a period.
    pub fn new(published: &Published<'a>, period: PeriodIndex) -> Self {
        Self {
            evidence: published.evidence(period),
            matched: published.matched(period),
            conditions: published.conditions(period),
            spread: ranges::Spread::new(published, period),
            places: context::Places::new(published, period),
        }
    }

    fn matched(&self, indicator: IndicatorIndex, region: RegionIndex) -> Option<Matched> {
        self.matched[indicator.0].as_ref().map(|regions| regions[region.0])
    }
}

/// The kind of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The indicators of a region.
    Report,
    /// The reliability of the data of a region that holds others.
    Protocol,
}

impl Kind {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Report => "report",
            Kind::Protocol => "reliability",
        }
    }
}

/// One document to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The kind of the document.
    pub kind: Kind,
    /// The region.
    pub region: RegionIndex,
    /// The language.
    pub language: LanguageCode,
}

/// A report being written.
#[derive(Clone, Copy)]
struct Scope<'a> {
    material: Material<'a>,
    language: &'a Language,
    region: RegionIndex,
}

/// A gap to a target in words.
struct GapWords {
    /// The size for a sentence, and whether the gap is even smaller.
    text: String,
    less: bool,
    /// The size for a table.
    table: String,
}

/// The regions and languages that are asked for. An empty list asks for all.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// These regions, with all regions within them.
    pub regions: Vec<RegionIndex>,
    /// Regions of these levels.
    pub levels: Vec<LevelIndex>,
    /// Languages.
    pub languages: Vec<LanguageCode>,
}

impl Selection {
    /// The codes of the regions of which everything is asked for, in all languages; none where levels or languages are chosen.
    pub fn remade(&self, hierarchy: &Hierarchy) -> BTreeSet<String> {
        let is_of_all = self.levels.is_empty() && self.languages.is_empty();
        if is_of_all { hierarchy.codes_within(&self.regions) } else { BTreeSet::new() }
    }

    /// The regions asked for that exist on a day, in the order of the hierarchy.
    pub fn regions_on(&self, hierarchy: &Hierarchy, day: Date) -> Vec<RegionIndex> {
        let wanted = |index: RegionIndex, region: &Region| {
            region.exists_on(day)
                && (self.levels.is_empty() || self.levels.contains(&region.level))
                && (self.regions.is_empty() || self.regions.iter().any(|&outer| hierarchy.contains(outer, index)))
        };
        hierarchy.all().filter(|(index, region)| wanted(*index, region)).map(|(index, _)| index).collect()
    }
}

/// The documents of a period, in the order of languages and regions. Protocols are working papers, so the public gets none.
pub fn orders(published: &Published<'_>, period: PeriodIndex, selection: &Selection) -> Vec<Order> {
    let specs = published.specs();
    let has_protocols = published.audience() == Audience::Internal;
    let languages = if selection.languages.is_empty() { &specs.programme.publish } else { &selection.languages };
    let day = specs.period(period).date;
    let mut orders = Vec::new();
    for language in languages {
        for region in selection.regions_on(&specs.hierarchy, day) {
            orders.push(Order { kind: Kind::Report, region, language: language.clone() });
            if has_protocols && !specs.hierarchy.children(region, day).is_empty() {
                orders.push(Order { kind: Kind::Protocol, region, language: language.clone() });
            }
        }
    }
    orders
}

/// The documents of a period that are asked for, parted into those to be made and those that are blocked.
#[derive(Clone, Debug)]
pub struct Edition {
    /// The period.
    pub period: PeriodIndex,
    /// The documents to be made.
    pub orders: Vec<Order>,
    /// The documents that errors block.
    pub blocked: Vec<Order>,
    /// Whether all documents of the period are to be made.
    pub whole: bool,
    /// Whether all documents of the period are asked for, though errors may block some of them.
    pub asks_all: bool,
}

impl Edition {
    /// The edition of a period. Protocols are never blocked, since they tell of errors.
    pub fn new(published: &Published<'_>, period: PeriodIndex, selection: &Selection) -> Self {
        let is_blocked = |order: &Order| order.kind == Kind::Report && published.blocked().holds(order.region, period);
        let asked = orders(published, period, selection);
        let asks_all = asked == self::orders(published, period, &Selection::default());
        let (blocked, orders): (Vec<Order>, Vec<Order>) = asked.into_iter().partition(is_blocked);
        Self { period, whole: asks_all && blocked.is_empty(), asks_all, orders, blocked }
    }
}

/// The folder with the templates for the report of a region.
pub fn folder(specs: &Specs, period: PeriodIndex, region: RegionIndex) -> String {
    let level = specs.level(specs.hierarchy.region(region).level);
    let usual = || match region {
        _ if region == specs.hierarchy.top() => "national",
        _ if specs.hierarchy.children(region, specs.period(period).date).is_empty() => "local",
        _ => "regional",
    };
    level.report.clone().unwrap_or_else(|| usual().to_owned())
}

/// The folders with the templates that some documents need.
pub fn folders(specs: &Specs, orders: &[Order], period: PeriodIndex) -> BTreeSet<String> {
    let of = |order: &Order| match order.kind {
        Kind::Report => folder(specs, period, order.region),
        Kind::Protocol => model::PROTOCOL.to_owned(),
    };
    orders.iter().map(of).collect()
}

/// Writes one report.
pub fn write(material: Material<'_>, background: &Background<'_>, language: &Language, region: RegionIndex) -> Report {
    let scope = Scope { material, language, region };
    let specs = material.specs;
    let below = scope.below();
    let sections = scope.sections(background);
    let own = specs.hierarchy.region(region);
    let indicators = scope.number(specs.indicators_of(material.period).count() as i64);
    let mut facts = vec![(scope.label("indicators"), indicators.text.clone())];
    let counted =
        |(level, count): (LevelIndex, usize)| (scope.level_plural(level).to_owned(), scope.language.whole(count as i128));
    facts.extend(scope.levels(&below).into_iter().map(counted));
    if below.is_empty() {
        facts.push((scope.label("level"), specs.level(own.level).name.get(scope.code()).to_owned()));
    }
    let plan = plan::words(&scope, background);
    let matrix = matrix::words(&scope, background);
    Report {
        folder: folder(specs, material.period, region),
        front: scope.front(facts),
        indicators_count: indicators,
        highlights: highlights::words(&scope),
        trends: trends::words(&scope, &sections),
        summary_counts: scope.summary_counts(&sections),
        reliability: reliability::words(&scope, background),
        coverage: scope.coverage_table(&sections),
        coverage_below: below.iter().map(|&inner| scope.coverage_below(inner)).collect(),
        summary: sections.iter().map(|section| summary(section, language)).collect(),
        digest: digest::words(&scope, &plan.items),
        actions: actions::actions(&scope, background, &plan.items),
        units: actions::units(&scope, background),
        ranges: ranges::words(&scope, background),
        absences: absences(&sections, &matrix),
        matrix,
        context: context::words(&scope),
        similar: context::rule(&scope),
        crossed: crossed::words(&scope),
        plan,
        thresholds: scope.thresholds(),
        confidentiality: scope.confidentiality(),
        methodology: specs.indicators_of(material.period).map(|(_, indicator)| methodology::entry(&scope, indicator)).collect(),
        sentences: if region == specs.hierarchy.top() { sentences::outline(language).groups } else { Vec::new() },
        definitions: None,
        erratum: erratum::erratum(&scope),
        csv_name: format!("{}-{}{}.csv", own.code, specs.period(material.period).id, material.published.audience().suffix()),
        sections,
    }
}

/// Why values of indicators and of the regions around are missing.
fn absences(sections: &[SectionWords], matrix: &Matrix) -> BTreeSet<&'static str> {
    let told = |indicator: &'_ IndicatorWords| {
        let others = indicator.parent.iter().chain(&indicator.top).map(|other| other.value.missing);
        let own = [Some(&indicator.value), indicator.previous.as_ref()].into_iter().flatten().map(|figure| figure.missing);
        let rows = indicator.trend.iter().map(|row| row.value.missing).chain(indicator.below.iter().map(|row| row.value.missing));
        own.chain(others).chain(rows).flatten().collect::<Vec<_>>()
    };
    let around = matrix.groups.iter().flat_map(|group| &group.rows).flat_map(|row| &row.cells);
    let around = around.filter_map(|cell| cell.value.missing);
    sections.iter().flat_map(|section| &section.indicators).flat_map(told).chain(around).collect()
}

/// What every page has: the front matter of the report of the top region.
pub fn front(material: Material<'_>, language: &Language) -> FrontMatter {
    Scope { material, language, region: material.specs.hierarchy.top() }.front(Vec::new())
}

/// What every page of documents and of the site must say: for whom they are, and that their numbers are preliminary; `None` when they are for
/// everybody and count.
pub fn audience(material: Material<'_>, language: &Language) -> Option<String> {
    let internal = (material.published.audience() == Audience::Internal).then_some("audience_internal");
    let preliminary = material.is_preliminary().then_some("preliminary");
    let words: Vec<&str> = [internal, preliminary].into_iter().flatten().map(|label| language.labels[label].as_str()).collect();
    (!words.is_empty()).then(|| words.join(". "))
}

/// The name of a reason in templates.
fn reason(missing: Missing) -> &'static str {
    match missing {
        Missing::NotApplicable => "not_applicable",
        Missing::NotReported => "not_reported",
        Missing::ZeroDenominator => "zero_denominator",
        Missing::Withheld => "withheld",
        Missing::Blocked => "unreliable",
    }
}

/// The name of the reason why a number is missing: a return that left blank what is needed is told from no return at all.
fn reason_of(missing: Missing, number: &numbers::Number<'_>) -> &'static str {
    let came = || number.numerator_coverage().into_iter().chain([number.coverage()]).all(|side| side.reported > 0);
    if missing == Missing::NotReported && came() { "not_answered" } else { reason(missing) }
}

impl<'a> Scope<'a> {
    fn words(&self) -> Words<'a> {
        Words { specs: self.material.specs, language: self.language }
    }

    fn code(&self) -> &'a LanguageCode {
        &self.language.code
    }

    fn label(&self, key: &str) -> String {
        self.language.labels.get(key).cloned().unwrap_or_default()
    }

    fn number(&self, number: i64) -> Number {
        self.amount(Amount::whole(number))
    }

    fn amount(&self, amount: Amount) -> Number {
        Number { n: amount, text: self.language.amount(amount) }
    }

    /// How many units of what an indicator counts are meant by so many of its steps; what the model cannot hold becomes its largest.
    fn units(&self, indicator: &Indicator, units: i128) -> Amount {
        Amount::new(i64::try_from(units).unwrap_or(i64::MAX), indicator.places())
    }

    fn day(&self) -> Date {
        self.material.specs.period(self.material.period).date
    }

    fn below(&self) -> Vec<RegionIndex> {
        self.material.specs.hierarchy.children(self.region, self.day())
    }

    fn region_code(&self, region: RegionIndex) -> String {
        self.material.specs.hierarchy.region(region).code.as_str().to_owned()
    }

    fn name(&self, region: RegionIndex) -> String {
        self.language.unbroken(self.material.specs.hierarchy.region(region).name.get(self.code()))
    }

    /// The levels of regions, the upper ones first, each with how many of the regions are of it. Where a level is skipped, those right below
    /// a region are of several.
    fn levels(&self, regions: &[RegionIndex]) -> BTreeMap<LevelIndex, usize> {
        let mut levels = BTreeMap::new();
        for &region in regions {
            *levels.entry(self.material.specs.hierarchy.region(region).level).or_default() += 1;
        }
        levels
    }

    fn level_plural(&self, level: LevelIndex) -> &str {
        self.material.specs.level(level).plural.get(self.code())
    }

    /// What regions are called together, by their levels.
    fn plural_of(&self, regions: &[RegionIndex]) -> String {
        let names: Vec<&str> = self.levels(regions).into_keys().map(|level| self.level_plural(level)).collect();
        names.join(&self.label("list_comma"))
    }

    /// The forms of the noun by which regions are counted: that of their level, or one for all levels where they are of several.
    fn region_noun(&self, regions: &[RegionIndex]) -> BTreeMap<&'static str, String> {
        let levels: Vec<LevelIndex> = self.levels(regions).into_keys().collect();
        let noun = if let [level] = levels[..] { self.material.specs.level(level).noun.as_ref() } else { None };
        match noun {
            Some(noun) => forms(noun, self.code()),
            None => REGION_FORMS.map(|(category, label)| (category, self.label(label))).into(),
        }
    }

    fn period(&self, index: PeriodIndex) -> PeriodWords {
        let period = self.material.specs.period(index);
        PeriodWords {
            id: period.id.clone(),
            name: self.language.unbroken(period.name.get(self.code())),
            within: self.language.unbroken(period.within.get(self.code())),
            since: self.since(index),
            previous: None,
        }
    }

    /// The words with which a sentence begins that says what has changed since the period that a period is compared with; none without one.
    fn since(&self, period: PeriodIndex) -> String {
        match self.material.specs.compared(period) {
            None => String::new(),
            Some(previous) if previous.0 + 1 == period.0 => self.label("since_previous"),
            Some(previous) => {
                let named = self.material.specs.period(previous).name.get(self.code());
                self.label("since_period").replace("{period}", &self.language.unbroken(named))
            }
        }
    }

    fn parents(&self) -> Vec<RegionName> {
        let specs = self.material.specs;
        let mut parents: Vec<RegionName> = specs
            .hierarchy
            .upwards(self.region)
            .skip(1)
            .map(|index| {
                let region = specs.hierarchy.region(index);
                RegionName {
                    code: region.code.as_str().to_owned(),
                    name: self.name(index),
                    level: specs.level(region.level).name.get(self.code()).to_owned(),
                }
            })
            .collect();
        parents.reverse();
        parents
    }

    /// What every document has at its front; `facts` stand on the cover below its number and date.
    /// The day of the data, what the release is, when the next one comes, where to ask, how mistakes are corrected.
    fn imprint_facts(&self) -> Vec<(String, String)> {
        let (programme, index) = (&self.material.specs.programme, self.material.period.0);
        let next = programme.periods.get(index + 1).filter(|next| next.is_announced);
        let next = next.map(|next| self.language.date(next.issued));
        let told = |text: &Option<Localized>| text.as_ref().map(|text| text.get(self.code()).to_owned());
        let facts = [
            ("imprint_edition", erratum::edition(self).map(|edition| edition.text)),
            ("imprint_as_of", Some(self.language.date(programme.periods[index].date))),
            ("imprint_status", self.stage_words()),
            ("imprint_approved", self.approval()),
            ("imprint_next", next),
            ("imprint_contact", told(&programme.contact)),
            ("imprint_revisions", told(&programme.revisions)),
            ("imprint_licence", told(&programme.licence)),
            ("check_code", self.check_code().map(|code| self.check_code_words(&code))),
        ];
        facts.into_iter().filter_map(|(label, value)| Some((self.label(label), value?))).collect()
    }

    /// What the release is: preliminary, or what the programme calls it; where that says nothing, a first edition is final, and what a later one is
    /// stands with its number.
    fn stage_words(&self) -> Option<String> {
        let material = self.material;
        let own = || material.specs.programme.status.as_ref().map(|status| status.get(self.code()).to_owned());
        match (material.is_preliminary(), material.stage()) {
            (true, _) => Some(self.label("stage_preliminary")),
            (false, Some(Stage::Final)) => Some(own().unwrap_or_else(|| self.label("stage_final"))),
            (false, _) => own(),
        }
    }

    fn document_number(&self) -> String {
        format!("{}-{}", self.region_code(self.region), self.material.specs.period(self.material.period).id)
    }

    /// The code by which a print is compared with the release.
    fn check_code(&self) -> Option<CheckCode> {
        let issue = self.material.issue?;
        Some(CheckCode::new(&self.document_number(), issue.number, issue.seal?))
    }

    /// The same code with a signature, where somebody has signed it.
    fn signed_code(&self, code: &CheckCode) -> Option<&SignedCode> {
        self.material.specs.codes.iter().map(|own| &own.signed).find(|signed| signed.code == *code)
    }

    fn check_code_words(&self, code: &CheckCode) -> String {
        let signed = self.signed_code(code).map(|signed| self.label("check_code_signed").replace("{}", &signed.key_id()));
        signed.map_or_else(|| code.text(), |signed| format!("{} ({signed})", code.text()))
    }

    /// The pictures of the code: the one in words, and the signed one.
    fn check_codes(&self) -> [Option<model::CheckCode>; 2] {
        let Some(code) = self.check_code() else { return [None, None] };
        let words = self.label("check_code_alt").replace("{}", &code.text());
        let signed = self.signed_code(&code).and_then(|signed| check_code::code(signed.text.clone(), &words));
        [check_code::code(code.text(), &words), signed]
    }

    /// Who has approved the numbers, when, with which remark, and whose approval was not waited for.
    fn approval(&self) -> Option<String> {
        let Standing::Approved { by: Some(approval), without } = self.material.standing else { return None };
        let mut text = format!("{}, {}", approval.by.get(self.code()), self.language.date(approval.date));
        if !without.is_empty() {
            let names: Vec<String> = without.iter().map(|&region| self.name(region)).collect();
            write!(text, "; {}", self.label("approved_without").replace("{}", &names.join(", "))).expect("memory does not fail");
        }
        if let Some(remark) = &approval.remark {
            write!(text, " ({})", remark.get(self.code()).trim_end_matches('.')).expect("memory does not fail");
        }
        Some(text)
    }

    fn front(&self, facts: Vec<(String, String)>) -> FrontMatter {
        let Material { specs, period: index, .. } = self.material;
        let (programme, code) = (&specs.programme, self.code());
        let period = &programme.periods[index.0];
        let date = self.material.date.unwrap_or(period.issued);
        let own = specs.hierarchy.region(self.region);
        let below = self.below();
        let number = self.language.isolated(self.document_number());
        let [check_code, signed_code] = self.check_codes();
        let mut all_facts = vec![(self.label("document_number"), number.clone()), (self.label("date"), self.language.date(date))];
        all_facts.extend(facts);
        FrontMatter {
            language: LanguageTag {
                code: code.as_str().to_owned(),
                name: self.language.name.clone(),
                region: programme.country.clone(),
                direction: code.direction(),
            },
            marks: Missing::ALL.map(|missing| (reason(missing), self.language.mark(missing).to_owned())).into(),
            title: programme.title.get(code).to_owned(),
            subtitle: None,
            publisher: programme.publisher.get(code).to_owned(),
            source: programme.source.get(code).to_owned(),
            notice: programme.notice.as_ref().map(|notice| notice.get(code).to_owned()),
            audience: audience(self.material, self.language),
            check_code,
            signed_code,
            date: self.language.date(date),
            date_iso: DateParts { year: date.year(), month: date.month(), day: date.day() },
            number,
            period: PeriodWords {
                previous: specs.compared(index).map(|previous| Box::new(self.period(previous))),
                ..self.period(index)
            },
            region: RegionWords {
                code: own.code.as_str().to_owned(),
                name: self.name(self.region),
                level: programme.levels[own.level.0].name.get(code).to_owned(),
                parents: self.parents(),
                below: (!below.is_empty()).then(|| self.plural_of(&below)),
                noun: self.region_noun(&[self.region]),
                below_noun: (!below.is_empty()).then(|| self.region_noun(&below)),
                has_below: !below.is_empty(),
            },
            edition: erratum::edition(self),
            imprint: programme.imprint.as_ref().map(|imprint| imprint.get(code).to_owned()),
            imprint_facts: self.imprint_facts(),
            abbreviations: programme.abbreviations.as_ref().map(|abbreviations| abbreviations.get(code).to_owned()),
            signatures: programme
                .signatures
                .iter()
                .map(|(post, name)| (post.get(code).to_owned(), name.as_ref().map(|name| name.get(code).to_owned())))
                .collect(),
            facts: all_facts,
        }
    }

    fn sections(&self, background: &Background<'_>) -> Vec<SectionWords> {
        let warnings = background.evidence.warnings(self.region);
        let sections = self.material.specs.programme.sections.iter().enumerate();
        let words = sections.map(|(position, section)| SectionWords {
            number: position + 1,
            name: section.name.get(self.code()).to_owned(),
            indicators: self.section(position, &warnings, background),
        });
        words.filter(|section| !section.indicators.is_empty()).collect()
    }

    fn section(&self, section: usize, warnings: &[u64], background: &Background<'_>) -> Vec<IndicatorWords> {
        let indicators = self.material.specs.indicators_of(self.material.period);
        indicators
            .filter(|(_, indicator)| indicator.section == section)
            .map(|(index, indicator)| {
                let aside = Aside { warnings: warnings[index.0], matched: background.matched(index, self.region) };
                indicator::words(self, index, indicator, aside)
            })
            .collect()
    }

    fn confidentiality(&self) -> Option<ConfidentialityWords> {
        let Material { specs, published, period, .. } = self.material;
        let withholds = specs.indicators_of(period).any(|(_, indicator)| published.withholds(indicator));
        let levels = published.audience() == Audience::Public
            && specs.indicators_of(period).any(|(_, indicator)| indicator.publish_from.is_some());
        let rule = &specs.programme.confidentiality;
        withholds.then(|| ConfidentialityWords {
            smallest: self.number(rule.smallest_count),
            smallest_denominator: self.number(rule.smallest_denominator),
            zero: rule.hides_zero,
            levels,
        })
    }

    fn thresholds(&self) -> ThresholdWords {
        let specs = self.material.specs;
        let thresholds = &specs.programme.thresholds;
        let persons = Some(thresholds.small_persons).filter(|persons| {
            *persons != thresholds.small_denominator && specs.indicators.iter().any(|own| specs.counts_persons(own))
        });
        ThresholdWords {
            small: self.number(i64::from(thresholds.small_denominator)),
            small_persons: persons.map(|persons| self.number(i64::from(persons))),
            coverage: self.language.figure(Ratio::whole(i64::from(thresholds.low_coverage)).over(100), Scale::percent(0)),
            near: self.language.decimal(thresholds.near_target, thresholds.near_target.places(3)),
            near_share: thresholds
                .near_share
                .map(|share| self.language.figure(Ratio::whole(i64::from(share)).over(100), Scale::percent(0))),
        }
    }

    /// How many units answered for a number, in words.
    fn answers(&self, coverage: &Coverage) -> CoverageWords {
        self.coverage(coverage, coverage.share())
    }

    /// How much of a dataset came in, in words.
    fn reporting(&self, coverage: &Coverage) -> CoverageWords {
        self.coverage(coverage, coverage.completeness())
    }

    fn coverage(&self, coverage: &Coverage, share: Option<Ratio>) -> CoverageWords {
        CoverageWords {
            expected: coverage.expected.map(|expected| self.number(expected as i64)),
            reported: self.number(coverage.reported as i64),
            answered: self.number(coverage.answered as i64),
            unregistered: self.number(coverage.unregistered as i64),
            share: share.map(|share| self.share(share)),
            low: self.material.specs.programme.thresholds.is_low(share),
            withheld: coverage.withheld,
        }
    }

    fn share(&self, share: Ratio) -> String {
        self.language.value(share, Scale::percent(1))
    }

    /// The share of answers of a number, with a mark where the number rests on units that the register does not list.
    fn response(&self, number: &numbers::Number<'_>) -> String {
        self.marked(number.share(), number.unregistered())
    }

    fn marked(&self, share: Option<Ratio>, unregistered: u32) -> String {
        let mark = if unregistered > 0 { self.label("mark_unregistered") } else { String::new() };
        share.map(|share| self.share(share)).unwrap_or_default() + &mark
    }

    /// How far a value is from its target, in words. A gap below the last printed digit is told as less than that digit.
    fn gap(&self, points: Ratio, decimals: u32) -> GapWords {
        let least = Ratio::whole(1).over(10_u32.pow(decimals));
        let less = points.sign() == Ordering::Greater && points < least;
        let text = self.language.decimal(if less { least } else { points }, decimals);
        GapWords { table: if less { format!("<{text}") } else { text.clone() }, text, less }
    }

    fn coverage_table(&self, sections: &[SectionWords]) -> CoverageTable {
        let rows = self.coverage_rows();
        let mut indicators = sections.iter().flat_map(|section| &section.indicators);
        CoverageTable {
            unknown: rows.iter().any(|row| row.coverage.expected.is_none()),
            two_sided: indicators.any(|indicator| indicator.numerator_coverage.is_some()),
            rows,
        }
    }

    fn coverage_rows(&self) -> Vec<CoverageRow> {
        let specs = self.material.specs;
        let covered = self.material.published.covered_datasets(self.material.period);
        covered
            .into_iter()
            .map(|index| {
                let dataset = specs.dataset(index);
                let coverage = self.material.published.coverage(index, self.material.period, self.region);
                CoverageRow {
                    dataset: dataset.name.get(self.code()).to_owned(),
                    unit: specs.noun(dataset.unit).form(self.code(), "one").to_owned(),
                    coverage: self.reporting(&coverage),
                }
            })
            .collect()
    }

    fn coverage_below(&self, region: RegionIndex) -> CoverageBelow {
        let cell = |index: DatasetIndex| {
            let coverage = self.material.published.coverage(index, self.material.period, region);
            CoverageCell {
                expected: coverage.expected.map(|expected| self.language.whole(i128::from(expected))),
                reported: self.language.whole(i128::from(coverage.reported)),
                share: Some(self.marked(coverage.completeness(), coverage.unregistered)).filter(|share| !share.is_empty()),
            }
        };
        let covered = self.material.published.covered_datasets(self.material.period);
        CoverageBelow {
            code: self.region_code(region),
            region: self.name(region),
            cells: covered.into_iter().map(cell).collect(),
        }
    }

    fn summary_counts(&self, sections: &[SectionWords]) -> SummaryCounts {
        let all: Vec<&IndicatorWords> = sections.iter().flat_map(|section| &section.indicators).collect();
        let count = |wanted: &dyn Fn(&IndicatorWords) -> bool| {
            self.number(all.iter().filter(|indicator| wanted(indicator)).count() as i64)
        };
        let verdict = |wanted: &'static str| {
            count(&move |indicator| indicator.change.as_ref().is_some_and(|change| change.verdict == wanted))
        };
        let status = |wanted: &'static str| {
            let key = move |indicator: &IndicatorWords| Some(indicator.target.as_ref()?.status.as_ref()?.key);
            count(&move |indicator| key(indicator) == Some(wanted))
        };
        SummaryCounts {
            better: verdict("better"),
            worse: verdict("worse"),
            aimed: count(&|indicator| indicator.target.is_some()),
            with_target: count(&|indicator| indicator.target.as_ref().is_some_and(|target| target.status.is_some())),
            reached: status("reached"),
            near: status("near"),
            behind: status("behind"),
            missing: count(&|indicator| indicator.value.missing.is_some()),
            small: count(&|indicator| indicator.value.small),
            incomplete: count(&|indicator| indicator.value.incomplete),
        }
    }
}

/// The bar of an indicator among those of others.
fn bar(indicator: &IndicatorWords) -> SummaryBar {
    // An axis that begins below zero is the indicator's own.
    let (own, zero) = (indicator.axis_end, indicator.chart.zero);
    let end = chart::common_end(own, indicator.per);
    let place = |share: Option<f64>| if zero > 0.0 { share } else { share.map(|share| chart::rescaled(share, own, end)) };
    SummaryBar {
        value: Figure { share: place(indicator.value.share), ..indicator.value.clone() },
        target_share: place(indicator.chart.target_share),
        parent_share: place(indicator.parent.as_ref().and_then(|other| other.value.share)),
        zero,
    }
}

fn summary(section: &SectionWords, language: &Language) -> SummarySection {
    let row = |indicator: &IndicatorWords| SummaryRow {
        id: indicator.id.clone(),
        short: indicator.short.clone(),
        bar: bar(indicator),
        value: indicator.value.clone(),
        previous: indicator.previous.clone(),
        change: indicator.change.clone(),
        target: indicator.target.as_ref().map(|target| target.text.clone()),
        status: indicator.target.as_ref().and_then(|target| target.status.clone()),
        parent: indicator.parent.as_ref().map(|other| other.value.clone()),
        top: indicator.top.as_ref().map(|other| other.value.clone()),
        rank: indicator
            .rank
            .as_ref()
            .map(|rank| language.isolated(format!("{}\u{a0}/\u{a0}{}", rank.position.text, rank.of.text))),
        coverage: indicator.response.clone(),
        low: indicator.incomplete,
        warnings: indicator.warnings.clone(),
        trend: indicator.trend.clone(),
    };
    SummarySection { section: section.name.clone(), rows: section.indicators.iter().map(row).collect() }
}

/// The forms of a noun for templates, with every category, so that a template may ask for any.
fn forms(noun: &crate::language::Noun, code: &LanguageCode) -> BTreeMap<&'static str, String> {
    ["zero", "one", "two", "few", "many", "other"].map(|category| (category, noun.form(code, category).to_owned())).into()
}
