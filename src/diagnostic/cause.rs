//! Why something is a finding, apart from the words: with this, a language file can say the same to an office.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::FileName;
use crate::value::Amount;

/// Declares the kinds once: the variant, its labels in the language files.
macro_rules! causes {
    ($($variant:ident = $name:literal;)+) => {
        /// A kind of fault that offices are told of in their own language; some rules have several.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum CauseKind { $(#[doc = $name] $variant),+ }

        impl CauseKind {
            /// The labels that a language file needs: for each kind what is wrong, and what to do.
            pub const LABELS: &[&str] = &[$(concat!("finding_", $name), concat!("hint_", $name)),+];

            /// The label with what is wrong.
            pub fn label(self) -> &'static str {
                match self { $(CauseKind::$variant => concat!("finding_", $name)),+ }
            }

            /// The label with what to do.
            pub fn hint_label(self) -> &'static str {
                match self { $(CauseKind::$variant => concat!("hint_", $name)),+ }
            }
        }
    };
}

causes! {
    ArchiveInstead = "archive_instead";
    NestedArchive = "nested_archive";
    EmptyArchive = "empty_archive";
    FilesOfOneName = "files_of_one_name";
    PartsOfOneName = "parts_of_one_name";
    DamagedFile = "damaged_file";
    TornFile = "torn_file";
    EmptyFile = "empty_file";
    OtherKindOfFile = "other_kind_of_file";
    OtherKindUnderName = "other_kind_under_name";
    ProtectedWorkbook = "protected_workbook";
    EncryptedWorkbook = "encrypted_workbook";
    StrayQuote = "stray_quote";
    DamagedText = "damaged_text";
    TooLarge = "too_large";
    StrayCell = "stray_cell";
    LongCell = "long_cell";
    UnreadableFile = "unreadable_file";
    UnknownPeriod = "unknown_period";
    TableWithoutPeriod = "table_without_period";
    CaptionsWithoutPeriod = "captions_without_period";
    OtherPeriods = "other_periods";
    RowsWithoutPeriod = "rows_without_period";
    UnmatchedRows = "unmatched_rows";
    NoInputs = "no_inputs";
    MisplacedFile = "misplaced_file";
    HiddenFiles = "hidden_files";
    UnexpectedFiles = "unexpected_files";
    UnrecognisedTable = "unrecognised_table";
    WrongEncoding = "wrong_encoding";
    AmbiguousTable = "ambiguous_table";
    EmptyTable = "empty_table";
    NothingCame = "nothing_came";
    TableWithoutAnswers = "table_without_answers";
    FolderWithoutDay = "folder_without_day";
    UnknownPath = "unknown_path";
    MisspeltPath = "misspelt_path";
    NotADay = "not_a_day";
    DayOfTwoReadings = "day_of_two_readings";
    StruckLine = "struck_line";
    TwoDaysOfFile = "two_days_of_file";
    RepeatedFile = "repeated_file";
    EarlierFile = "earlier_file";
    SupersededFile = "superseded_file";
    SupersededFileWithoutDay = "superseded_file_without_day";
    SupersededRows = "superseded_rows";
    SupersededRowsWithoutDay = "superseded_rows_without_day";
    HiddenSheet = "hidden_sheet";
    HiddenRows = "hidden_rows";
    RowsWithoutHeaders = "rows_without_headers";
    RowsAboveHeaders = "rows_above_headers";
    TableAbove = "table_above";
    RowsBeside = "rows_beside";
    OtherHeaders = "other_headers";
    LackingHeaders = "lacking_headers";
    LostRows = "lost_rows";
    NearlyPeriod = "nearly_period";
    NearlyOwn = "nearly_own";
    NearlyOthers = "nearly_others";
    BlankOwn = "blank_own";
    UnexpectedTable = "unexpected_table";
    Remark = "remark";
    PreparedRows = "prepared_rows";
    MissingColumn = "missing_column";
    UnknownColumn = "unknown_column";
    MisspeltColumn = "misspelt_column";
    MisspeltCaption = "misspelt_caption";
    UnclearCaptions = "unclear_captions";
    MissingBelow = "missing_below";
    MissingGroup = "missing_group";
    ColumnWithoutHeader = "column_without_header";
    CellsWithoutHeader = "cells_without_header";
    CaptionOverColumns = "caption_over_columns";
    DuplicateColumn = "duplicate_column";
    ShiftedRow = "shifted_row";
    DateForHeader = "date_for_header";
    TableBeside = "table_beside";
    MissingValue = "missing_value";
    NoColumn = "no_column";
    WordInstead = "word_instead";
    NotInRegister = "not_in_register";
    SeveralInRegister = "several_in_register";
    FailedFormula = "failed_formula";
    StaleFormula = "stale_formula";
    StruckOut = "struck_out";
    DateInstead = "date_instead";
    RoundedIdentifier = "rounded_identifier";
    MergedValue = "merged_value";
    MergedBeside = "merged_beside";
    NotYesOrNo = "not_yes_or_no";
    NotInList = "not_in_list";
    NotANumber = "not_a_number";
    NotADecimal = "not_a_decimal";
    SeveralLines = "several_lines";
    PartedNumber = "parted_number";
    PartedDecimal = "parted_decimal";
    Percentage = "percentage";
    TooManyDecimals = "too_many_decimals";
    NegativeCount = "negative_count";
    OutOfRange = "out_of_range";
    UnknownRegion = "unknown_region";
    MisspeltRegion = "misspelt_region";
    RegionElsewhere = "region_elsewhere";
    RegionOfAnotherTime = "region_of_another_time";
    AmbiguousRegion = "ambiguous_region";
    WrongLevel = "wrong_level";
    UnprintableSign = "unprintable_sign";
    UnprintableName = "unprintable_name";
    DuplicateRow = "duplicate_row";
    DuplicateAcrossFiles = "duplicate_across_files";
    KeysAlike = "keys_alike";
    KeyChanged = "key_changed";
    NothingToReplace = "nothing_to_replace";
    ReplacedCameAgain = "replaced_came_again";
    ReplacedTwice = "replaced_twice";
    ReplacingCameBefore = "replacing_came_before";
    DoubtfulCaption = "doubtful_caption";
    NoListOfOffice = "no_list_of_office";
    TakenAway = "taken_away";
    StrayRow = "stray_row";
    TotalDisagrees = "total_disagrees";
    TotalOfMore = "total_of_more";
    TotalWithAnswer = "total_with_answer";
    TotalOfNothing = "total_of_nothing";
    TotalOfZero = "total_of_zero";
    DecidingBlank = "deciding_blank";
    MissingTotal = "missing_total";
    CrossedGroups = "crossed_groups";
    NegativeDifference = "negative_difference";
    NumeratorExceedsDenominator = "numerator_exceeds_denominator";
    SilentRegions = "silent_regions";
    SilentGroup = "silent_group";
    SilentUnits = "silent_units";
    ZeroDenominator = "zero_denominator";
    OneSided = "one_sided";
    UnregisteredUnit = "unregistered_unit";
    RegisteredElsewhere = "registered_elsewhere";
    RegisteredOtherwise = "registered_otherwise";
}

impl CauseKind {
    /// The labels with what an office is to do, where that differs from what those who work with the data do.
    pub const OFFICE_LABELS: &[&str] = &["hint_duplicate_across_files_office", "hint_superseded_without_day_office"];

    /// The label with what the office that sent the file is to do.
    pub fn office_hint_label(self) -> &'static str {
        if self == CauseKind::DuplicateAcrossFiles {
            Self::OFFICE_LABELS[0]
        } else if matches!(self, CauseKind::SupersededFileWithoutDay | CauseKind::SupersededRowsWithoutDay) {
            Self::OFFICE_LABELS[1]
        } else {
            self.hint_label()
        }
    }
}

/// What stands in the wording in the place of a placeholder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// A text that is the same in every language.
    Text(String),
    /// A number that is not quoted from a file: each language writes it with its own signs.
    Number(Amount),
    /// A place in another file, or the names of other files.
    Elsewhere {
        /// As the message shows them.
        text: String,
        /// The files; an office is told of its own only.
        files: Vec<FileName>,
    },
    /// The name of a field.
    Field {
        /// The id of its dataset.
        dataset: Arc<str>,
        /// Its id.
        field: Arc<str>,
    },
    /// The name of a dataset, by its id.
    Dataset(Arc<str>),
    /// A value of a field, in words.
    Answer {
        /// The id of its dataset.
        dataset: Arc<str>,
        /// Its id.
        field: Arc<str>,
        /// The answer, by its id.
        answer: Arc<str>,
    },
    /// The name of a region, by its code.
    Region(Arc<str>),
    /// The names of regions with their codes, by these.
    Regions(Vec<Arc<str>>),
    /// The name of what the numerator of an indicator counts, by the indicator's id.
    Numerator(Arc<str>),
    /// The name of what its denominator counts.
    Denominator(Arc<str>),
}

impl Fact {
    /// How many there are of something.
    pub fn count(count: usize) -> Self {
        Fact::Number(Amount::whole(i64::try_from(count).unwrap_or(i64::MAX)))
    }

    /// A place in a file.
    pub fn elsewhere(text: impl Into<String>, file: &FileName) -> Self {
        Fact::Elsewhere { text: text.into(), files: vec![file.clone()] }
    }

    /// The id of the field that the fact names; `None` for other facts.
    pub fn field(&self) -> Option<&Arc<str>> {
        match self {
            Fact::Field { field, .. } => Some(field),
            Fact::Text(_)
            | Fact::Number(_)
            | Fact::Elsewhere { .. }
            | Fact::Dataset(_)
            | Fact::Answer { .. }
            | Fact::Region(_)
            | Fact::Regions(_)
            | Fact::Numerator(_)
            | Fact::Denominator(_) => None,
        }
    }
}

/// Placeholders and what stands in their place.
pub type Facts = Vec<(&'static str, Fact)>;

/// Why something is a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// Of what kind.
    pub kind: CauseKind,
    /// What the wording may name.
    pub facts: Facts,
}

impl Cause {
    /// The codes of the regions that the facts name.
    pub fn regions(&self) -> impl Iterator<Item = &Arc<str>> {
        self.facts.iter().flat_map(|(_, fact)| match fact {
            Fact::Region(code) => std::slice::from_ref(code),
            Fact::Regions(codes) => codes,
            Fact::Text(_)
            | Fact::Number(_)
            | Fact::Elsewhere { .. }
            | Fact::Field { .. }
            | Fact::Dataset(_)
            | Fact::Answer { .. }
            | Fact::Numerator(_)
            | Fact::Denominator(_) => &[],
        })
    }
}
