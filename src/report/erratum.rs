//! What a later edition says of itself: what it replaces, and every number of its region that has changed.

use super::model::{EditionWords, Erratum, ErratumRow, IndicatorName, Replaced};
use super::{Material, Scope, reason};
use crate::edition::{Difference, Document, Field};
use crate::language::Language;
use crate::region::RegionIndex;
use crate::spec::{DeclaredEdition, EditionKind, Indicator, IndicatorIndex};
use crate::value::{Amount, Missing, Ratio, Scale};

/// Which edition of its period a document is.
#[derive(Clone, Copy, Debug)]
pub struct Issue<'a> {
    /// The number of the edition.
    pub number: u32,
    /// What the programme declares of it; nothing of a first one.
    pub declared: Option<&'a DeclaredEdition>,
    /// The document that it replaces, where its manifest was kept.
    pub replaced: Option<&'a Document>,
    /// The numbers of its region that differ from the edition before.
    pub changes: &'a [Difference],
    /// The hash of the lines of its region in the table of the release.
    pub seal: Option<&'a str>,
}

/// The labels of an edition.
pub const LABELS: &[&str] = &[
    "imprint_edition",
    "edition_first",
    "edition_later",
    "edition_correction",
    "edition_revision",
    "erratum_value",
    "erratum_missing",
    "erratum_numerator",
    "erratum_denominator",
    "erratum_expected",
    "erratum_reported",
    "erratum_answered",
    "erratum_status",
    "erratum_rank",
    "erratum_nothing",
];

/// The edition in words.
pub(super) fn edition(scope: &Scope<'_>) -> Option<EditionWords> {
    let issue = scope.material.issue?;
    let kind = issue.declared.map(|declared| kind(declared.kind));
    let label = match (issue.number, kind) {
        (1, _) => "edition_first".to_owned(),
        (_, Some(kind)) => format!("edition_{kind}"),
        (_, None) => "edition_later".to_owned(),
    };
    let number = scope.language.whole(i128::from(issue.number));
    Some(EditionWords { text: scope.label(&label).replace("{}", &number), number: issue.number, kind })
}

/// What has changed since the edition before; `None` in a first edition.
pub(super) fn erratum(scope: &Scope<'_>) -> Option<Erratum> {
    let issue = scope.material.issue.filter(|issue| issue.number > 1)?;
    let note = issue.declared.and_then(|declared| declared.note.as_ref());
    Some(Erratum {
        approved: !scope.material.is_preliminary() && issue.replaced.is_some_and(Document::is_preliminary),
        note: note.map(|note| note.get(scope.code()).to_owned()),
        replaced: issue.replaced.map(|document| Replaced {
            edition: scope.language.whole(i128::from(document.edition)),
            sha256: document.sha256.clone(),
        }),
        rows: issue.changes.iter().flat_map(|difference| rows(scope, difference)).collect(),
    })
}

/// What has changed in the numbers of a region, a line each.
pub fn lines(material: Material<'_>, language: &Language, region: RegionIndex) -> Vec<String> {
    let scope = Scope { material, language, region };
    let name = scope.name(region);
    let line = |row: ErratumRow| {
        let group = row.group.map_or_else(String::new, |group| format!(" ({group})"));
        let ErratumRow { indicator, what, before, after, .. } = row;
        format!("{name}: {} {}{group}, {what}: {before} → {after}", indicator.id, indicator.short)
    };
    erratum(&scope).into_iter().flat_map(|erratum| erratum.rows).map(line).collect()
}

/// Why an edition comes, as templates name it.
fn kind(kind: EditionKind) -> &'static str {
    match kind {
        EditionKind::Correction => "correction",
        EditionKind::Revision => "revision",
    }
}

/// The rows of a number: one for each field that has changed.
fn rows(scope: &Scope<'_>, difference: &Difference) -> Vec<ErratumRow> {
    let specs = scope.material.specs;
    let found = specs.indicators.iter().zip(0..).find(|(indicator, _)| indicator.id == difference.key.indicator);
    let (name, group) = match found {
        Some((indicator, index)) => {
            let subjects = scope.material.numbers().subjects(IndicatorIndex(index));
            let subject = subjects.iter().find(|subject| subject.id() == difference.key.slice);
            let name = IndicatorName { id: indicator.id.clone(), short: indicator.short.get(scope.code()).to_owned() };
            (name, subject.map_or_else(|| difference.key.slice.clone(), |subject| scope.words().subject(subject)))
        }
        // What the specifications no longer name stands as the table had it.
        None => (IndicatorName { id: difference.key.indicator.clone(), short: String::new() }, difference.key.slice.clone()),
    };
    let indicator = found.map(|(indicator, _)| indicator);
    let row = |(field, before, after): &(Field, Option<String>, Option<String>)| ErratumRow {
        indicator: name.clone(),
        group: (!group.is_empty()).then(|| group.clone()),
        what: scope.label(&format!("erratum_{}", field.name())),
        before: shown(scope, indicator, *field, before.as_deref()),
        after: shown(scope, indicator, *field, after.as_deref()),
    };
    difference.fields.iter().map(row).collect()
}

/// A cell of a table in words.
fn shown(scope: &Scope<'_>, indicator: Option<&Indicator>, field: Field, text: Option<&str>) -> String {
    let Some(text) = text else { return scope.label("erratum_nothing") };
    let language: &Language = scope.language;
    let words = match field {
        Field::Value => indicator.zip(Ratio::parse(text)).and_then(|(indicator, value)| {
            let per = u32::try_from(indicator.per).ok()?;
            // The edition before may have printed other decimals.
            let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len() as u32);
            Some(language.figure(value.over(per), Scale { decimals, ..indicator.scale(scope.material.period) }))
        }),
        Field::Missing => {
            let missing = Missing::ALL.into_iter().find(|missing| missing.name() == text);
            missing.map(|missing| scope.label(&format!("missing_{}", reason(missing))))
        }
        Field::Status => ["reached", "near", "behind"].contains(&text).then(|| scope.label(&format!("status_{text}"))),
        Field::Numerator | Field::Denominator | Field::Expected | Field::Reported | Field::Answered | Field::Rank => {
            Amount::parse(text).map(|number| language.amount(number))
        }
    };
    words.unwrap_or_else(|| text.to_owned())
}
