//! The words of traces in a language.

use crate::language::{Language, fill};
use crate::spec::{IndicatorIndex, Specs};
use crate::table::Row;
use crate::value::{Amount, Blank, Missing, Scale};

/// The labels that every language needs for traces.
pub const LABELS: &[&str] = &[
    "answered",
    "audience_internal",
    "companion_one_table",
    "companion_region_code",
    "denominator",
    "expected",
    "indicator",
    "missing_not_applicable_long",
    "missing_not_reported_long",
    "missing_unreliable_long",
    "missing_withheld_long",
    "missing_zero_denominator_long",
    "numerator",
    "region",
    "reported",
    "severity_error",
    "severity_note",
    "severity_warning",
    "trace_adds",
    "trace_after",
    "trace_answer",
    "trace_before",
    "trace_below",
    "trace_beside",
    "trace_blank_not_applicable",
    "trace_blank_not_reported",
    "trace_blank_refused",
    "trace_blocks",
    "trace_cell",
    "trace_change_came",
    "trace_change_changed",
    "trace_change_entered",
    "trace_change_left",
    "trace_change_moved_in",
    "trace_change_moved_out",
    "trace_change_same",
    "trace_change_went",
    "trace_class",
    "trace_contents",
    "trace_corrections",
    "trace_corrections_added",
    "trace_corrections_answer",
    "trace_corrections_removed",
    "trace_counted",
    "trace_difference",
    "trace_documents",
    "trace_field",
    "trace_file",
    "trace_findings",
    "trace_hint",
    "trace_instead",
    "trace_instead_header",
    "trace_item",
    "trace_kind_cell",
    "trace_kind_file",
    "trace_kind_headers",
    "trace_kind_no_field",
    "trace_kind_no_row",
    "trace_kind_row",
    "trace_kind_sheet",
    "trace_language",
    "trace_left_out",
    "trace_message",
    "trace_moves",
    "trace_no_column",
    "trace_no_number",
    "trace_no_value",
    "trace_numbers",
    "trace_of_those",
    "trace_per",
    "trace_period",
    "trace_place",
    "trace_reason",
    "trace_reason_faulty",
    "trace_reason_no_return",
    "trace_reason_not_applicable",
    "trace_reason_other_group",
    "trace_reason_other_side_missing",
    "trace_reason_outside_population",
    "trace_reason_repeated",
    "trace_reason_replaced",
    "trace_reason_unanswered",
    "trace_renames",
    "trace_rows",
    "trace_rule",
    "trace_severity",
    "trace_sheet",
    "trace_since_level",
    "trace_slice",
    "trace_stood",
    "trace_stood_header",
    "trace_tables",
    "trace_title",
    "trace_understood",
    "trace_unit",
    "trace_units",
    "trace_unregistered",
    "trace_value",
    "trace_waived",
    "trace_where",
];

/// A language that tells of traces.
#[derive(Clone, Copy)]
pub struct Voice<'a> {
    /// The language.
    pub language: &'a Language,
}

impl<'a> Voice<'a> {
    /// A label.
    pub fn label(&self, key: &str) -> &'a str {
        self.language.labels.get(key).map_or("", String::as_str)
    }

    /// A value as reports print it; where there is none, what is said instead.
    pub fn value(&self, number: &Row) -> String {
        let printed = || {
            // A total has a value and no denominator.
            let over = number.denominator.or(number.value.as_ref().map(|_| Amount::whole(1)))?;
            let ratio = number.numerator?.over(over)?;
            let decimals = number.value.as_ref()?.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            Some(self.language.value(ratio, Scale { per: number.per, decimals: u32::try_from(decimals).ok()?, points: false }))
        };
        printed().or_else(|| number.value.clone()).unwrap_or_else(|| self.label("trace_no_value").to_owned())
    }

    /// A label with one fact in it.
    pub fn with(&self, key: &str, name: &str, value: &str) -> String {
        fill(self.label(key), |place| (place == name).then(|| value.to_owned()))
    }

    /// A label of a family, such as that of a reason.
    pub fn of(&self, family: &str, name: &str) -> &'a str {
        self.label(&format!("{family}_{name}"))
    }

    /// Why a cell holds no answer.
    pub fn blank(&self, blank: Blank) -> &'a str {
        self.of("trace_blank", &blank.name().replace('-', "_"))
    }

    /// Why there is no value.
    pub fn missing(&self, missing: Missing) -> &'a str {
        self.label(match missing {
            Missing::NotApplicable => "missing_not_applicable_long",
            Missing::NotReported => "missing_not_reported_long",
            Missing::ZeroDenominator => "missing_zero_denominator_long",
            Missing::Withheld => "missing_withheld_long",
            Missing::Blocked => "missing_unreliable_long",
        })
    }

    /// Why an indicator is not told of a region: it is published only down to a level.
    pub fn level(&self, specs: &Specs, indicator: IndicatorIndex) -> String {
        let level = specs.indicator(indicator).publish_from.map(|level| specs.level(level).name.get(&self.language.code));
        self.with("trace_since_level", "level", level.unwrap_or_default())
    }
}
