//! What is wrong in the user's files, and exactly where. A stage gathers all its findings and never stops at the first.

mod cause;
mod fold;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::letters::{foreign, looks_like};

pub use cause::{Cause, CauseKind, Fact, Facts};
pub use fold::{fold, folded};

/// Declares the rules once: the variant, its name on the screen, its usual severity.
macro_rules! rules {
    ($($variant:ident = $name:literal, $severity:ident;)+) => {
        /// A kind of fault, named after the fault. Each has a section in `docs/rules.md`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Rule { $(#[doc = $name] $variant),+ }

        impl Rule {
            /// Every rule, in the order of `docs/rules.md`.
            pub const ALL: &[Rule] = &[$(Rule::$variant),+];

            /// The name as printed and as `esep explain` takes it.
            pub fn name(self) -> &'static str {
                match self { $(Rule::$variant => $name),+ }
            }

            /// The usual severity of a finding.
            pub fn severity(self) -> Severity {
                match self { $(Rule::$variant => Severity::$severity),+ }
            }
        }
    };
}

rules! {
    NoSpecifications = "no-specifications", Error;
    NoInputs = "no-inputs", Error;
    UnreadableFile = "unreadable-file", Error;
    InvalidYaml = "invalid-yaml", Error;
    UnknownKey = "unknown-key", Error;
    UnknownName = "unknown-name", Error;
    DuplicateName = "duplicate-name", Error;
    MissingTranslation = "missing-translation", Error;
    UnknownLanguage = "unknown-language", Error;
    InvalidSpecification = "invalid-specification", Error;
    BrokenHierarchy = "broken-hierarchy", Error;
    FailedExample = "failed-example", Error;
    UnknownPeriod = "unknown-period", Error;
    MisplacedFile = "misplaced-file", Warning;
    OutsideLink = "outside-link", Note;
    DoubtfulDay = "doubtful-day", Warning;
    NotASpreadsheet = "not-a-spreadsheet", Error;
    ProtectedWorkbook = "protected-workbook", Error;
    BoundExceeded = "bound-exceeded", Error;
    UnrecognisedTable = "unrecognised-table", Error;
    AmbiguousTable = "ambiguous-table", Error;
    EmptyTable = "empty-table", Warning;
    RepeatedFile = "repeated-file", Warning;
    UnreadRows = "unread-rows", Warning;
    PassedOver = "passed-over", Note;
    UnexpectedTable = "unexpected-table", Warning;
    MissingColumn = "missing-column", Error;
    UnknownColumn = "unknown-column", Warning;
    DuplicateColumn = "duplicate-column", Error;
    ShiftedRow = "shifted-row", Error;
    MissingValue = "missing-value", Error;
    InvalidValue = "invalid-value", Error;
    NotANumber = "not-a-number", Error;
    TooManyDecimals = "too-many-decimals", Error;
    NegativeCount = "negative-count", Error;
    OutOfRange = "out-of-range", Error;
    UnknownRegion = "unknown-region", Error;
    AmbiguousRegion = "ambiguous-region", Error;
    WrongLevel = "wrong-level", Error;
    UnprintableSign = "unprintable-sign", Warning;
    DuplicateRow = "duplicate-row", Error;
    DoubtfulKey = "doubtful-key", Error;
    DoubtfulCaption = "doubtful-caption", Warning;
    Superseded = "superseded", Note;
    TakenAway = "taken-away", Error;
    TotalDisagrees = "total-disagrees", Warning;
    DecidingBlank = "deciding-blank", Warning;
    MissingTotal = "missing-total", Warning;
    NegativeDifference = "negative-difference", Error;
    NumeratorExceedsDenominator = "numerator-exceeds-denominator", Warning;
    ZeroDenominator = "zero-denominator", Warning;
    SilentUnits = "silent-units", Warning;
    SilentRegions = "silent-regions", Warning;
    OneSided = "one-sided", Warning;
    UnregisteredUnit = "unregistered-unit", Warning;
    UnmatchedRow = "unmatched-row", Warning;
    RegisterDisagrees = "register-disagrees", Warning;
    DeclaredCheck = "declared-check", Warning;
    UnusedWaiver = "unused-waiver", Warning;
    ExpiredWaiver = "expired-waiver", Warning;
    Disclosure = "disclosure", Error;
    WithheldWhole = "withheld-whole", Warning;
    AlreadyPublished = "already-published", Warning;
    VoidApproval = "void-approval", Warning;
    VoidCode = "void-code", Warning;
    InvalidTemplate = "invalid-template", Error;
    FailedReport = "failed-report", Error;
}

/// For each rule a section with what it looks at, why, and what to do.
const EXPLANATIONS: &str = include_str!("../../docs/rules.md");

impl Rule {
    /// The rule's section of `docs/rules.md`, from its heading.
    pub fn explanation(self) -> &'static str {
        let heading = format!("## {self}\n");
        let start = EXPLANATIONS.find(&heading).expect("every rule has a section; a test sees to it");
        let section = &EXPLANATIONS[start..];
        section[3..].find("\n## ").map_or(section, |end| &section[..end + 3]).trim_end()
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// How grave a finding is. An error stops publication: of the regions that it concerns, or of everything when it concerns none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// The files cannot be used as they are.
    Error,
    /// Worth a look; the run goes on.
    Warning,
    /// For the record.
    Note,
}

impl Severity {
    /// The word printed before the rule.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// A path relative to the project, with `/` between its parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName(Arc<str>);

impl FileName {
    /// The name from a path that already uses `/`.
    pub fn new(path: impl Into<Arc<str>>) -> Self {
        Self(path.into())
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for FileName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for FileName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A position in a text file. Both count from 1; the column counts characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// Where a finding lies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A whole file or folder.
    File(FileName),
    /// A position in YAML or in a template.
    Text {
        /// The file.
        file: FileName,
        /// The position in it.
        span: Span,
    },
    /// A cell of a workbook.
    Cell {
        /// The file.
        file: FileName,
        /// The sheet's name; empty in a text table, which has only one.
        sheet: Arc<str>,
        /// Row, from 0.
        row: u32,
        /// Column, from 0; `None` for the whole row.
        column: Option<u32>,
    },
}

impl Place {
    /// The file that the place is in, or is.
    pub fn file(&self) -> &FileName {
        match self {
            Place::File(file) | Place::Text { file, .. } | Place::Cell { file, .. } => file,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File(file) => write!(out, "{}", tidy(file.as_str())),
            Place::Text { file, span } => write!(out, "{}:{}:{}", tidy(file.as_str()), span.line, span.column),
            Place::Cell { file, sheet, row, column } => {
                write!(out, "{}", tidy(file.as_str()))?;
                if !sheet.is_empty() {
                    write!(out, ", sheet `{}`", tidy(sheet))?;
                }
                match column {
                    Some(column) => write!(out, ", cell {}", cell_name(*row, *column)),
                    None => write!(out, ", row {}", row + 1),
                }
            }
        }
    }
}

/// The name of a cell as spreadsheets print it; row and column count from 0: `(3, 27)` is `AB4`.
pub fn cell_name(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(b'A' + (rest % 26) as u8);
        rest /= 26;
    }
    letters.iter().rev().map(|&letter| char::from(letter)).chain((row + 1).to_string().chars()).collect()
}

/// What a finding concerns, as far as it is known, by the names in the project. An error withholds only the reports of the regions that it
/// concerns, and a waiver finds its findings by this.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Concern {
    /// Codes of the regions whose numbers are in doubt; an error without any stops every report. The findings of a file often share this
    /// list.
    pub regions: Arc<[Arc<str>]>,
    /// The id of the period; `None` when every period is concerned.
    pub period: Option<Arc<str>>,
    /// The id of the dataset.
    pub dataset: Option<Arc<str>>,
    /// The key of the unit; the answers of several key fields are joined by `, `.
    pub unit: Option<Arc<str>>,
    /// The ids of the fields that the finding looks at.
    pub fields: Vec<Arc<str>>,
}

/// A finding in the words of one language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wording {
    /// The language's code.
    pub language: Arc<str>,
    /// The message.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// One fault: what was expected and what was found, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Where.
    pub place: Place,
    /// How grave.
    pub severity: Severity,
    /// Which rule is broken.
    pub rule: Rule,
    /// The id of the check, when the project declares it.
    pub check: Option<Arc<str>>,
    /// Lower case, present tense, no full stop.
    pub message: String,
    /// What to do about it; mostly the same for many findings.
    pub hint: Option<Cow<'static, str>>,
    /// What the finding concerns.
    pub concern: Concern,
    /// Why it is a finding, apart from the words; `None` where no language has words for that.
    pub cause: Option<Cause>,
    /// The message and the hint in the languages of the programme, where the project itself words them.
    pub wordings: Vec<Wording>,
    /// How many findings it stands for; place and message are those of the first one.
    pub count: usize,
    /// Who lets it through, until when and why; `None` when nobody does. A waived finding is a note.
    pub waived: Option<String>,
}

impl Diagnostic {
    /// A finding of a rule, with the rule's usual severity.
    pub fn new(rule: Rule, place: Place, message: impl Into<String>) -> Self {
        Self {
            place,
            severity: rule.severity(),
            rule,
            check: None,
            message: tidy(&message.into()),
            hint: None,
            concern: Concern::default(),
            cause: None,
            wordings: Vec::new(),
            count: 1,
            waived: None,
        }
    }

    /// The name that is printed: that of the project's check, or of the rule.
    pub fn name(&self) -> &str {
        self.check.as_deref().unwrap_or(self.rule.name())
    }

    /// Adds the reason, which a language needs to word the finding.
    pub fn because(mut self, kind: CauseKind, facts: Facts) -> Self {
        self.cause = Some(Cause { kind, facts });
        self
    }

    /// Adds what the finding concerns.
    pub fn concerning(mut self, concern: Concern) -> Self {
        self.concern = concern;
        self
    }

    /// Words it in a language, where the project has words for it; else leaves it as it is.
    pub fn worded(mut self, language: &str) -> Self {
        if let Some(wording) = self.wordings.iter().find(|wording| wording.language.as_ref() == language) {
            self.message = wording.message.clone();
            self.hint = wording.hint.clone().map(Cow::Owned);
        }
        self
    }

    /// The message; where it stands for several findings, with their number.
    pub fn told(&self) -> Cow<'_, str> {
        match self.count {
            1 => Cow::Borrowed(&self.message),
            count => format!("{count} more of this kind in this file; the first of them: {}", self.message).into(),
        }
    }

    /// Whether it is an error that concerns no single region.
    pub fn stops_everything(&self) -> bool {
        self.severity == Severity::Error && self.concern.regions.is_empty()
    }

    /// The codes of the regions that the cause names.
    pub fn named_regions(&self) -> impl Iterator<Item = &Arc<str>> {
        self.cause.iter().flat_map(Cause::regions)
    }

    /// Sets the regions that it concerns: these, and those that its cause names.
    pub fn concern_regions(&mut self, regions: &Arc<[Arc<str>]>) {
        let named: Vec<Arc<str>> = self.named_regions().filter(|code| !regions.contains(code)).cloned().collect();
        // Most findings share one list.
        self.concern.regions = if named.is_empty() { regions.clone() } else { regions.iter().cloned().chain(named).collect() };
    }

    /// Adds a hint: what to do about it.
    pub fn hint(self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.maybe_hint(Some(hint))
    }

    /// Adds a hint where there is one.
    pub fn maybe_hint(mut self, hint: Option<impl Into<Cow<'static, str>>>) -> Self {
        self.hint = hint.map(|hint| match hint.into() {
            // A fixed text of the program quotes nobody.
            Cow::Borrowed(hint) => Cow::Borrowed(hint),
            Cow::Owned(hint) => Cow::Owned(tidy(&hint)),
        });
        self
    }
}

/// A quotation is cut after so many letters …
const LONGEST_QUOTATION: usize = 120;
/// … and a whole text after so many.
const LONGEST_TEXT: usize = 2000;

/// A text made safe to print: its quotations of the user's files neither steer a terminal nor fill the screen.
pub fn tidy(text: &str) -> String {
    let pieces = text.split('`').enumerate();
    // Every other piece stands between two backticks.
    let pieces = pieces.map(|(position, piece)| if position % 2 == 1 { quotation(piece) } else { visible(piece) });
    let mut tidy = pieces.collect::<Vec<_>>().join("`");
    // Backticks within a quotation may hide where it begins.
    if let Some((end, _)) = tidy.char_indices().nth(LONGEST_TEXT) {
        tidy.truncate(end);
        tidy.push('…');
    }
    tidy
}

/// Somebody else's text made safe to print: on one line, and not too long.
pub fn quotation(text: &str) -> String {
    match text.char_indices().nth(LONGEST_QUOTATION) {
        Some((end, _)) => visible(&text[..end]) + "…",
        None => visible(text),
    }
}

/// A text on one line, without signs that steer a screen.
pub fn visible(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\n' | '\t' => ' ',
            _ if steers(letter) => '\u{fffd}',
            _ => letter,
        })
        .collect()
}

/// Whether a letter is not seen but moves the cursor or turns the direction of writing.
pub fn steers(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether one of the findings is an error: the files are wrong, and some or all reports are not published.
pub fn any_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// Whether one of the findings stops all publication.
pub fn stops_everything(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::stops_everything)
}

/// Sorts by file and place, then by severity and rule, and drops exact repeats, so that the order does not depend on threads.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    // Equal findings are the same, and all but one are dropped.
    diagnostics.sort_unstable_by(|left, right| left.place.file().cmp(right.place.file()).then_with(|| left.cmp(right)));
    diagnostics.dedup();
}

/// Adds findings to others, in no order. The smaller list is moved, since there may be very many.
pub fn gather(diagnostics: &mut Vec<Diagnostic>, mut more: Vec<Diagnostic>) {
    if more.len() > diagnostics.len() {
        std::mem::swap(diagnostics, &mut more);
    }
    diagnostics.append(&mut more);
}

/// A finding as text; `line` is the source line of a place in a text file.
pub fn render(diagnostic: &Diagnostic, line: Option<&str>) -> String {
    render_at(&diagnostic.place.to_string(), diagnostic, line)
}

/// A finding as text, with its place worded by the caller.
pub fn render_at(place: &str, diagnostic: &Diagnostic, line: Option<&str>) -> String {
    let mut text = format!("{}[{}]: {}\n", diagnostic.severity.name(), diagnostic.name(), diagnostic.told());
    text.push_str(&format!("  --> {place}\n"));
    if let (Place::Text { span, .. }, Some(line)) = (&diagnostic.place, line) {
        let number = span.line.to_string();
        let gutter = " ".repeat(number.len());
        let shown: String = line.chars().take(160).collect();
        let before = " ".repeat((span.column.saturating_sub(1)).min(160) as usize);
        text.push_str(&format!("{gutter} |\n{number} | {shown}\n{gutter} | {before}^\n"));
    }
    if let Some(hint) = &diagnostic.hint {
        text.push_str(&format!("  hint: {hint}\n"));
    }
    if let Some(waived) = &diagnostic.waived {
        text.push_str(&format!("  waived: {waived}\n"));
    }
    text
}

/// The candidate that a misspelt name seems to mean, as a hint. Where letters of the name only look like those of the candidate, it is told which.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let Some(meant) = candidates.iter().find(|candidate| **candidate != name && looks_like(name, candidate)) else {
        return nearest(name, candidates).map(|candidate| format!("did you mean `{candidate}`?"));
    };
    let others = foreign(name, meant);
    let Some((_, _, script)) = others.first() else { return Some(format!("did you mean `{meant}`?")) };
    let letters: String = others.iter().map(|(_, letter, _)| letter).collect();
    let places: Vec<String> = others.iter().map(|(place, _, _)| ordinal(place + 1)).collect();
    let places = places.join(" and ");
    Some(if others.len() == 1 {
        format!("did you mean `{meant}`? the {places} letter `{letters}` is {script} and only looks the same: type the name anew")
    } else {
        format!(
            "did you mean `{meant}`? the {places} letters `{letters}` are {script} and only look the same: type the name anew"
        )
    })
}

/// `1st`, `2nd`, `3rd`, `4th` and so on.
fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// How many slips of the pen two texts differ by: a letter missing, added, replaced, or swapped with the next one.
pub fn slips(left: &str, right: &str) -> usize {
    strsim::osa_distance(left, right)
}

/// The candidate that a misspelt name seems to mean.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_within(name, candidates, |letters| (letters + 1).min(13) / 4)
}

/// The same, where a candidate of so many letters may differ by so many slips.
pub fn nearest_within<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    most: impl Fn(usize) -> usize,
) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let (length, letters) = outline(&lower);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let allowed = most(candidate.chars().count());
            let (other_length, other_letters) = outline(candidate);
            // A slip changes the length by at most one and the letters by at most two. This rules out most candidates, of which there may
            // be thousands.
            let may_be =
                other_length.abs_diff(length) <= allowed && (letters ^ other_letters).count_ones() as usize <= 2 * allowed;
            let distance = || strsim::osa_distance(&lower, &candidate.to_lowercase());
            may_be.then(distance).filter(|distance| *distance <= allowed).map(|distance| (distance, candidate))
        })
        .filter(|(_, candidate)| !are_short_codes(name, candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters a text has in lower case, and which letters, as bits.
fn outline(text: &str) -> (usize, u64) {
    let letters = text.chars().flat_map(char::to_lowercase);
    letters.fold((0, 0), |(length, letters), letter| (length + 1, letters | 1 << (u32::from(letter) % 64)))
}

/// Whether both are short numbers: these are different codes, and no misspellings of each other.
fn are_short_codes(name: &str, candidate: &str) -> bool {
    let short = |text: &str| text.len() < 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    short(name) && short(candidate)
}

/// How many candidates a hint lists: the keys of every part of a specification.
const MOST_LISTED: usize = 40;

/// A hint with the nearest candidate; where none is near, with the list of candidates, shortened when it is very long.
pub fn did_you_mean_or_list<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut candidates: Vec<&str> = candidates.into_iter().collect();
    let mut seen = HashSet::new();
    candidates.retain(|candidate| seen.insert(*candidate));
    did_you_mean(name, candidates.iter().copied()).or_else(|| match candidates.len() {
        0 => None,
        1 => Some(format!("the only one known is {}", list(&candidates))),
        2..=MOST_LISTED => Some(format!("known are {}", list(&candidates))),
        more => Some(format!("known are {} and {} more", list(&candidates[..8]), more - 8)),
    })
}

/// Names in backticks, with commas between.
pub fn list<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// The first ten names in backticks, and how many more there are.
pub fn list_some<S: AsRef<str>>(names: &[S]) -> String {
    match names.len() {
        0..=10 => list(names),
        more => format!("{} and {} more", list(&names[..10]), more - 10),
    }
}

/// The first ten names, and a sign that there are more, for texts of any language.
pub fn first_some<S: AsRef<str>>(names: &[S]) -> String {
    let mut first: Vec<&str> = names.iter().take(10).map(AsRef::as_ref).collect();
    first.extend((names.len() > 10).then_some("…"));
    first.join(", ")
}

/// The first ten of some things with names and codes, and how many more there are.
pub fn list_named<'a>(things: impl ExactSizeIterator<Item = (&'a str, &'a str)>) -> String {
    let more = things.len().saturating_sub(10);
    let first: Vec<String> = things.take(10).map(|(name, code)| format!("`{name}` ({code})")).collect();
    if more == 0 { first.join(", ") } else { format!("{} and {more} more", first.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_another_script_are_told() {
        let hint = |name: &str, known: &str| did_you_mean(name, [known]);
        assert_eq!(
            hint("va\u{441}\u{441}inated", "vaccinated").as_deref(),
            Some(
                "did you mean `vaccinated`? the 3rd and 4th letters `\u{441}\u{441}` are Cyrillic and only look the same: type the name anew"
            )
        );
        assert_eq!(
            hint("п\u{6f}ле", "поле").as_deref(),
            Some("did you mean `поле`? the 2nd letter `o` is Latin and only looks the same: type the name anew")
        );
        assert_eq!(hint("teachrs", "teachers").as_deref(), Some("did you mean `teachers`?"));
        assert_eq!(hint("pupils_1", "pupils_a").as_deref(), Some("did you mean `pupils_a`?"));
        assert_eq!([1, 2, 3, 4, 11, 12, 21, 112].map(ordinal).join(" "), "1st 2nd 3rd 4th 11th 12th 21st 112th");
    }

    #[test]
    fn cells_are_named_as_spreadsheets_name_them() {
        assert_eq!(cell_name(0, 0), "A1");
        assert_eq!(cell_name(3, 27), "AB4");
        assert_eq!(cell_name(9, 701), "ZZ10");
        assert_eq!(cell_name(9, 702), "AAA10");
    }

    #[test]
    fn quotations_neither_steer_a_terminal_nor_fill_the_screen() {
        assert_eq!(tidy("found `\u{1b}[2J\u{202e}x`"), "found `\u{fffd}[2J\u{fffd}x`");
        assert_eq!(tidy("found `two\nlines`"), "found `two lines`");
        let long = tidy(&format!("found `{}` in `teachers`", "ә".repeat(500)));
        assert_eq!(long, format!("found `{}…` in `teachers`", "ә".repeat(120)));
    }

    #[test]
    fn a_misspelt_name_finds_its_neighbour() {
        assert_eq!(did_you_mean("teachrs", ["teachers", "rooms"]).as_deref(), Some("did you mean `teachers`?"));
        assert_eq!(did_you_mean("zebra", ["teachers", "rooms"]), None);
    }

    #[test]
    fn every_rule_is_explained_and_every_explanation_has_a_rule() {
        let explained: Vec<&str> = EXPLANATIONS.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let rules: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        assert_eq!(explained, rules);
    }
}
