//! The pages of a release, for a browser: which there are, and what the template of each is given. Their words are those of reports.

mod model;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::language::{Language, Localized};
use crate::protect::Audience;
use crate::region::RegionIndex;
use crate::report::model::{Report, Values};
use crate::report::{self, Background, Material, reliability};
use crate::spec::IndicatorIndex;

pub use model::{Branch, Download, Frame, IndicatorLink, Known, KnownRegion, LanguageLink};

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The choice of a language.
    Start,
    /// The whole, in brief.
    Home,
    /// The state of the data.
    Data,
    /// What has changed since the period before.
    Changes,
    /// How the numbers are made.
    Methodology,
    /// What the reports can say, and when.
    Sentences,
    /// A region.
    Region(RegionIndex),
    /// An indicator.
    Indicator(IndicatorIndex),
}

impl Subject {
    /// Its name in templates; that of its template, too.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Start => "start",
            Subject::Home => "home",
            Subject::Data => "data",
            Subject::Changes => "changes",
            Subject::Methodology => "methodology",
            Subject::Sentences => "sentences",
            Subject::Region(_) => "region",
            Subject::Indicator(_) => "indicator",
        }
    }

    /// The path of its template below `report-templates/`.
    pub fn template(self) -> String {
        format!("site/{}.html.j2", self.name())
    }
}

/// The subjects of the pages of a language; `regions` are those that have reports in it.
pub fn subjects(material: Material<'_>, regions: &[RegionIndex]) -> Vec<Subject> {
    let has_changes = material.specs.compared(material.period).is_some();
    let single = [Subject::Home, Subject::Data, Subject::Changes, Subject::Methodology, Subject::Sentences];
    let single = single.into_iter().filter(|&subject| has_changes || subject != Subject::Changes);
    let indicators = material.specs.indicators_of(material.period).map(|(index, _)| Subject::Indicator(index));
    single.chain(regions.iter().copied().map(Subject::Region)).chain(indicators).collect()
}

/// What a page is given: the report of its region, and its frame.
#[derive(Serialize)]
struct Given<T: Serialize> {
    #[serde(flatten)]
    words: T,
    site: Frame,
}

/// The report of the top region with what a page says beside it.
#[derive(Serialize)]
struct Beside<T: Serialize> {
    #[serde(flatten)]
    report: Report,
    /// The indicator over all regions; or the protocol of the data, for those who may see it.
    beside: T,
}

/// What the template of a page is given, as JSON.
pub fn model(material: Material<'_>, background: &Background<'_>, language: &Language, subject: Subject, frame: Frame) -> String {
    let top = material.specs.hierarchy.top();
    let of = |region: RegionIndex| lean(report::write(material, background, language, region), subject);
    match subject {
        Subject::Start => json(report::front(material, language), frame),
        Subject::Home | Subject::Changes | Subject::Methodology | Subject::Sentences => json(of(top), frame),
        Subject::Region(region) => json(of(region), frame),
        Subject::Data => {
            let is_internal = material.published.audience() == Audience::Internal;
            let protocol = is_internal.then(|| reliability::write(material, background, language, top));
            json(Beside { report: of(top), beside: protocol }, frame)
        }
        Subject::Indicator(index) => {
            json(Beside { report: of(top), beside: report::across::write(material, background, language, index) }, frame)
        }
    }
}

/// A report without what only paper shows, and without what is said of each
/// indicator on pages about something else.
fn lean(mut report: Report, subject: Subject) -> Report {
    report.trends = None;
    report.crossed.clear();
    report.plan.items.clear();
    report.summary.iter_mut().flat_map(|section| &mut section.rows).for_each(|row| row.trend.clear());
    match subject {
        Subject::Home | Subject::Changes | Subject::Region(_) => {
            let has_below = report.front.region.has_below;
            for indicator in report.sections.iter_mut().flat_map(|section| &mut section.indicators) {
                indicator.composition = None;
                // Neighbours stand in the table of comparison.
                if !has_below {
                    indicator.chart.rows.clear();
                }
            }
        }
        Subject::Start | Subject::Data | Subject::Methodology | Subject::Sentences | Subject::Indicator(_) => {
            report.sections.clear();
            report.matrix.groups.clear();
        }
    }
    if subject != Subject::Sentences {
        report.sentences.clear();
    }
    report
}

fn json(words: impl Serialize, site: Frame) -> String {
    serde_json::to_string(&Given { words, site }).expect("what a page is given is plain data")
}

/// The regions with pages as a tree: those of a region stand behind it.
pub fn tree(material: Material<'_>, language: &Language, regions: &[RegionIndex]) -> Vec<Branch> {
    let hierarchy = &material.specs.hierarchy;
    let branch = |&index: &RegionIndex| Branch {
        code: hierarchy.region(index).code.as_str().to_owned(),
        name: hierarchy.region(index).name.get(&language.code).to_owned(),
        depth: hierarchy.upwards(index).count() - 1,
    };
    regions.iter().map(branch).collect()
}

/// What scripts know: the regions with pages, each with every name by which readers may look for it; `page` is the way to its page.
pub fn known(
    material: Material<'_>,
    language: &Language,
    regions: &[RegionIndex],
    page: impl Fn(RegionIndex) -> String,
) -> Known {
    let of = |(&index, Values { code, name, values }): (&RegionIndex, Values)| {
        let region = material.specs.hierarchy.region(index);
        let short = region.short.iter().flat_map(Localized::all);
        let aliases = region.aliases.iter().map(String::as_str);
        let other: BTreeSet<&str> = region.name.all().chain(short).chain(aliases).collect();
        let other = other.into_iter().filter(|other| *other != name).map(str::to_owned).collect();
        KnownRegion { code, name, other, page: page(index), values }
    };
    Known {
        indicators: material.specs.indicators_of(material.period).map(|(_, indicator)| indicator.id.clone()).collect(),
        regions: regions.iter().zip(report::across::values(material, language, regions)).map(of).collect(),
    }
}
