//! Blank workbooks for collecting data: what is known stands in them already, and what is asked for can be filled in only as it is
//! understood.

mod asked;
mod cover;
mod page;
mod plan;
mod print;

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, Format, Workbook, Worksheet, XlsxError};

use crate::intake::ASIDE;
use crate::language::{Direction, Language, LanguageCode};
use crate::period::PeriodIndex;
use crate::protect::Published;
use crate::region::RegionIndex;
use crate::spec::{DatasetIndex, Specs};
use crate::value::{Amount, Blank};
use crate::workbook::table::turn;
use crate::workbook::{SheetNames, created};

/// The labels that every language needs for these workbooks.
pub const LABELS: &[&str] = &[
    "yes",
    "no",
    "region",
    "forms_title",
    "forms_cover",
    "forms_last",
    "forms_last_note",
    "forms_lists",
    "forms_period",
    "forms_date",
    "forms_due",
    "forms_sheets",
    "forms_rows",
    "forms_steps_heading",
    "forms_steps",
    "forms_not_asked",
    "forms_not_applicable",
    "forms_decimal",
    "forms_whole",
    "forms_choose",
    "forms_free",
    "forms_required",
    "forms_check",
];

/// What all workbooks of a run are made from.
pub struct Material<'a> {
    /// The specifications.
    pub specs: &'a Specs,
    /// What was reported before.
    pub published: &'a Published<'a>,
    /// The words of every language of the programme.
    pub languages: &'a BTreeMap<LanguageCode, Language>,
    /// The languages of the workbooks; the first one is that of the words in cells.
    pub written: &'a [LanguageCode],
    /// The period to collect for.
    pub period: PeriodIndex,
}

/// A workbook that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the workbook for `{region}`: {source}")]
pub struct Error {
    /// The region's code.
    region: String,
    /// What the writer says.
    source: XlsxError,
}

/// The period after the last one with data, or the first one when there are no data. `None` when that period was the programme's last.
pub fn next_period(specs: &Specs, latest: Option<PeriodIndex>) -> Option<PeriodIndex> {
    let next = latest.map_or(0, |latest| latest.0 + 1);
    (next < specs.programme.periods.len()).then_some(PeriodIndex(next))
}

/// The regions right below the top, whose offices collect the data.
pub fn offices(specs: &Specs, period: PeriodIndex) -> Vec<RegionIndex> {
    specs.hierarchy.children(specs.hierarchy.top(), specs.period(period).date)
}

/// The bytes of the workbook for the office of a region; `None` when nothing is collected there.
///
/// # Errors
/// When the workbook cannot hold it.
pub fn write(material: &Material<'_>, region: RegionIndex) -> Result<Option<Vec<u8>>, Error> {
    let pages = plan::pages(material, region);
    if pages.is_empty() {
        return Ok(None);
    }
    let code = material.specs.hierarchy.region(region).code.as_str().to_owned();
    draw(material, region, &pages).map(Some).map_err(|source| Error { region: code, source })
}

fn draw(material: &Material<'_>, region: RegionIndex, pages: &[plan::Page]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let day = material.day();
    let properties = DocProperties::new()
        .set_title(material.title(region, material.lead()))
        .set_author(material.specs.programme.publisher.get(material.lead()))
        .set_creation_datetime(&created(day)?);
    book.set_properties(&properties);
    let mut names = SheetNames::default();
    let cover = names.take(&material.joined(" – ", |language| material.label(language, "forms_cover")));
    let named: Vec<(&plan::Page, String)> =
        pages.iter().map(|page| (page, names.take(material.specs.dataset(page.dataset).name.get(material.lead())))).collect();
    let lists = names.take(&material.label(material.lead(), "forms_lists"));
    let direction = material.lead().direction();
    cover::draw(material, region, &named, sheet(&mut book, (&cover, direction))?)?;
    let mut choices = page::Choices::new(&lists);
    let mut asides = Vec::new();
    for (page, name) in &named {
        let last = material.latest(page.dataset, false).map(|period| {
            let period_name = material.specs.period(period).name.get(material.lead());
            (period, names.take(&format!("{period_name} – {name}")))
        });
        let pen = page::Pen { material, page, region };
        pen.draw(sheet(&mut book, (name, direction))?, last.as_ref().map(|(_, name)| name.as_str()), &mut choices)?;
        asides.extend(last.map(|last| (page, last)));
    }
    for (page, (period, name)) in asides {
        page::Pen { material, page, region }.draw_last(sheet(&mut book, (&name, direction))?, period)?;
    }
    choices.draw(sheet(&mut book, (&lists, direction))?)?;
    book.save_to_buffer()
}

/// A new sheet with this name, whose columns run this way.
fn sheet<'a>(book: &'a mut Workbook, (name, direction): (&str, Direction)) -> Result<&'a mut Worksheet, XlsxError> {
    let sheet = book.add_worksheet().set_name(name)?;
    turn(sheet, direction);
    Ok(sheet)
}

impl Material<'_> {
    /// The reference day of the period.
    fn day(&self) -> Date {
        self.specs.period(self.period).date
    }

    /// The language of the words in cells.
    fn lead(&self) -> &LanguageCode {
        &self.written[0]
    }

    /// All languages of the workbook.
    fn written(&self) -> &[LanguageCode] {
        self.written
    }

    /// A number in the signs of a language.
    fn number(&self, language: &LanguageCode, amount: Amount) -> String {
        self.languages.get(language).map_or_else(|| amount.to_string(), |language| language.amount(amount))
    }

    fn label(&self, language: &LanguageCode, key: &str) -> String {
        self.languages.get(language).and_then(|language| language.labels.get(key)).cloned().unwrap_or_default()
    }

    /// A text in each language of the workbook, joined; equal neighbours stand once.
    fn joined(&self, between: &str, text: impl Fn(&LanguageCode) -> String) -> String {
        let mut texts: Vec<String> = self.written().iter().map(text).filter(|text| !text.is_empty()).collect();
        texts.dedup();
        texts.join(between)
    }

    fn title(&self, region: RegionIndex, language: &LanguageCode) -> String {
        let period = self.specs.period(self.period).name.get(language);
        let region = self.specs.hierarchy.region(region).name.get(language);
        format!("{}: {region}, {period}", self.label(language, "forms_title"))
    }

    /// The word for a flag, in a form that intake understands.
    fn flag(&self, flag: bool) -> String {
        let plain = if flag { "yes" } else { "no" };
        let word = self.label(self.lead(), plain);
        if self.specs.programme.words.flag(&word) == Some(flag) { word } else { plain.to_owned() }
    }

    /// The word for what does not concern a unit, in a language where intake understands its word; else one that it understands.
    fn not_applicable(&self, language: &LanguageCode) -> Option<&str> {
        let words = &self.specs.programme.words;
        let own = self.languages.get(language).and_then(|language| language.labels.get("missing_not_applicable"));
        let own = own.filter(|word| words.blank(word) == Some(Blank::NotApplicable));
        own.map(String::as_str).or_else(|| words.word(Blank::NotApplicable))
    }

    /// The last period with rows of a dataset, before the period collected for or, with `with_own`, up to it.
    fn latest(&self, dataset: DatasetIndex, with_own: bool) -> Option<PeriodIndex> {
        let end = self.period.0 + usize::from(with_own);
        (0..end).rev().map(PeriodIndex).find(|&period| !self.published.rows(period, dataset).is_empty())
    }
}

/// Marks a sheet as one that is not read; the mark is invisible.
fn set_aside(sheet: &mut rust_xlsxwriter::Worksheet) -> Result<(), XlsxError> {
    let unseen = Format::new().set_num_format(";;;").set_font_color(0xFFFFFF);
    sheet.write_string_with_format(0, 0, ASIDE, &unseen)?;
    Ok(())
}
