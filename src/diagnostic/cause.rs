//! Why something is a finding, apart from the words for it: with it, a language file can say the same to an office.

use std::sync::Arc;

/// Declares the kinds once: the variant, its labels in the language files.
macro_rules! causes {
    ($($variant:ident = $name:literal;)+) => {
        /// A kind of fault that offices are told of in their own language; some rules have several.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    UnrecognisedTable = "unrecognised_table";
    AmbiguousTable = "ambiguous_table";
    EmptyTable = "empty_table";
    TableWithoutAnswers = "table_without_answers";
    RepeatedFile = "repeated_file";
    EarlierFile = "earlier_file";
    HiddenSheet = "hidden_sheet";
    RowsWithoutHeaders = "rows_without_headers";
    RowsAboveHeaders = "rows_above_headers";
    UnexpectedTable = "unexpected_table";
    Remark = "remark";
    PreparedRows = "prepared_rows";
    MissingColumn = "missing_column";
    UnknownColumn = "unknown_column";
    MisspeltColumn = "misspelt_column";
    ColumnWithoutHeader = "column_without_header";
    DuplicateColumn = "duplicate_column";
    ShiftedRow = "shifted_row";
    DateForHeader = "date_for_header";
    TableBeside = "table_beside";
    MissingValue = "missing_value";
    NotInRegister = "not_in_register";
    SeveralInRegister = "several_in_register";
    FailedFormula = "failed_formula";
    StaleFormula = "stale_formula";
    StruckOut = "struck_out";
    DateInstead = "date_instead";
    RoundedIdentifier = "rounded_identifier";
    MergedValue = "merged_value";
    NotYesOrNo = "not_yes_or_no";
    NotInList = "not_in_list";
    NotANumber = "not_a_number";
    Percentage = "percentage";
    NegativeCount = "negative_count";
    OutOfRange = "out_of_range";
    UnknownRegion = "unknown_region";
    RegionElsewhere = "region_elsewhere";
    RegionOfAnotherTime = "region_of_another_time";
    AmbiguousRegion = "ambiguous_region";
    WrongLevel = "wrong_level";
    UnprintableSign = "unprintable_sign";
    UnprintableName = "unprintable_name";
    DuplicateRow = "duplicate_row";
    KeysAlike = "keys_alike";
    KeyChanged = "key_changed";
    NothingToReplace = "nothing_to_replace";
    UnclearReplacement = "unclear_replacement";
    DoubtfulCaption = "doubtful_caption";
    TakenAway = "taken_away";
    TotalDisagrees = "total_disagrees";
    TotalOfMore = "total_of_more";
    TotalWithAnswer = "total_with_answer";
    TotalOfNothing = "total_of_nothing";
    NegativeDifference = "negative_difference";
    NumeratorExceedsDenominator = "numerator_exceeds_denominator";
    SilentRegions = "silent_regions";
    OneSided = "one_sided";
    UnregisteredUnit = "unregistered_unit";
    RegisteredElsewhere = "registered_elsewhere";
    RegisteredOtherwise = "registered_otherwise";
}

/// What a placeholder of the wording stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// The same in every language.
    Text(String),
    /// The name of a field.
    Field {
        /// The id of its dataset.
        dataset: Arc<str>,
        /// Its id.
        field: Arc<str>,
    },
    /// The names of what a field may hold.
    Values {
        /// The id of its dataset.
        dataset: Arc<str>,
        /// Its id.
        field: Arc<str>,
    },
    /// The name of a dataset, by its id.
    Dataset(Arc<str>),
    /// What a field holds, in words.
    Answer {
        /// The id of its dataset.
        dataset: Arc<str>,
        /// Its id.
        field: Arc<str>,
        /// The answer, by its id.
        answer: Arc<str>,
    },
    /// The names of regions, by their codes.
    Regions(Vec<Arc<str>>),
}

impl Fact {
    /// The id of the field that it names.
    pub fn field(&self) -> Option<&Arc<str>> {
        match self {
            Fact::Field { field, .. } => Some(field),
            Fact::Text(_) | Fact::Values { .. } | Fact::Dataset(_) | Fact::Answer { .. } | Fact::Regions(_) => None,
        }
    }
}

/// Placeholders and what they stand for.
pub type Facts = Vec<(&'static str, Fact)>;

/// Why something is a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// Of what kind.
    pub kind: CauseKind,
    /// What the wording may name.
    pub facts: Facts,
}
