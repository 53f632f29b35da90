//! Checks that the project declares itself, and waivers, resolved: every name in them is known to exist.
//!
//! A kind of check is a file here: its keys, what becomes of them, and how. `check::declared` has a file for it too: how it is run.

pub mod agreement;
pub mod allowed;
pub mod check_digit;
pub mod figures;
pub mod format;
pub mod general;
pub mod heaping;
pub mod implication;
pub mod jump;
pub mod keys;
pub mod kind;
pub mod near_duplicates;
pub mod outlier;
pub mod published_series;
pub mod range;
pub mod required;
pub mod rows;
mod schema;
pub mod silent_units;
pub mod sum;
pub mod unchanged;
pub mod unregistered_units;
pub mod waiver;
pub mod within;

use std::sync::Arc;

use serde::de::MapAccess;

use crate::diagnostic::{FileName, Severity};
use crate::language::Localized;
use crate::period::PeriodIndex;
use crate::spec::DatasetIndex;
use crate::spec::expression::Condition;

use keys::{Key, Keys, Value};
use kind::{Facts, Kind};

pub use agreement::Agreement;
pub use figures::PublishedFigure;
pub use published_series::PublishedSeries;
pub use waiver::Waiver;

/// A check.
#[derive(Clone, Debug)]
pub struct Check {
    /// The name of the fault.
    pub id: Arc<str>,
    /// How grave a finding is.
    pub severity: Severity,
    /// What the fault is called in tables.
    pub title: Option<Localized>,
    /// What a finding says, with placeholders.
    pub message: Localized,
    /// What to do about it, with placeholders.
    pub hint: Option<Localized>,
    /// The first period that is looked at.
    pub since: Option<PeriodIndex>,
    /// Its kind.
    pub kind: CheckKind,
    /// What is looked at.
    pub subject: CheckSubject,
    /// The file it is declared in.
    pub file: FileName,
}

/// What a check looks at.
#[derive(Clone, Debug)]
pub enum CheckSubject {
    /// The rows of a dataset.
    Rows {
        /// The dataset.
        dataset: DatasetIndex,
        /// Which of its rows; of `silent-units`, which of the register's.
        filter: Condition,
        /// What they are held to.
        kind: Box<RowCheck>,
    },
    /// Figures of regions.
    Figures(FigureCheck),
}

/// Makes everything that names all kinds of one list: a line is a kind and its file, first those that look at rows.
macro_rules! kinds {
    (rows { $($Row:ident: $file:ident,)+ } figures { $($Figures:ident: $figures:ident,)+ }) => {
        /// What a check looks at.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum CheckKind {
            $(#[doc = concat!("[`", stringify!($file), "::", stringify!($Row), "`]")] $Row,)+
            $(#[doc = concat!("[`", stringify!($figures), "::", stringify!($Figures), "`]")] $Figures,)+
        }

        impl CheckKind {
            /// Every kind, in the order of `docs/checks.md`.
            pub const ALL: &'static [CheckKind] = &[$(CheckKind::$Row,)+ $(CheckKind::$Figures,)+];

            /// Their names in files, in the same order.
            pub const NAMES: &'static [&'static str] =
                &[$(<$file::$Row as Kind>::NAME,)+ $(<$figures::$Figures as Kind>::NAME,)+];

            /// What it says of itself.
            pub fn facts(self) -> Facts {
                match self {
                    $(CheckKind::$Row => Facts::of_rows::<$file::$Row>(),)+
                    $(CheckKind::$Figures => Facts::of_figures::<$figures::$Figures>(),)+
                }
            }
        }

        /// What the rows of a dataset are held to.
        #[derive(Clone, Debug)]
        pub enum RowCheck {
            $(#[doc = concat!("[`", stringify!($file), "::", stringify!($Row), "`]")] $Row($file::$Row),)+
        }

        $(impl From<$file::$Row> for RowCheck {
            fn from(check: $file::$Row) -> Self {
                RowCheck::$Row(check)
            }
        })+

        /// What figures of regions are held to.
        #[derive(Clone, Debug)]
        pub enum FigureCheck {
            $(#[doc = concat!("[`", stringify!($figures), "::", stringify!($Figures), "`]")] $Figures($figures::$Figures),)+
        }

        $(impl From<$figures::$Figures> for FigureCheck {
            fn from(check: $figures::$Figures) -> Self {
                FigureCheck::$Figures(check)
            }
        })+

        /// Reads what stands behind a key that only some kinds have; `None`, and nothing is read, when none has it.
        fn read<'de, A: MapAccess<'de>>(key: &str, map: &mut A) -> Result<Option<Box<dyn Value>>, A::Error> {
            if let Some(value) = general::Keys::read(key, map)? {
                return Ok(Some(value));
            }
            $(if let Some(value) = $file::Keys::read(key, map)? {
                return Ok(Some(value));
            })+
            $(if let Some(value) = $figures::Keys::read(key, map)? {
                return Ok(Some(value));
            })+
            Ok(None)
        }

        /// The keys that only some kinds have, kind by kind.
        const KEYS: &[&[Key]] = &[general::Keys::KEYS, $($file::Keys::KEYS,)+ $($figures::Keys::KEYS,)+];
    };
}

kinds! {
    rows {
        Required: required,
        Range: range,
        Allowed: allowed,
        Sum: sum,
        Within: within,
        Implication: implication,
        CheckDigit: check_digit,
        SilentUnits: silent_units,
        UnregisteredUnits: unregistered_units,
        NearDuplicates: near_duplicates,
        Unchanged: unchanged,
        Jump: jump,
        Outlier: outlier,
        Heaping: heaping,
    }
    figures {
        PublishedSeries: published_series,
        Agreement: agreement,
    }
}

/// What each kind looks at, with an example: a `## kind` section each.
const EXPLANATIONS: &str = include_str!("../../../docs/checks.md");

impl CheckKind {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// Whether a finding compares a unit with others, which are none of its business.
    pub fn compares_units(self) -> bool {
        self.facts().compares_units
    }

    /// Whether it looks at what was answered, rather than at who answered.
    pub fn looks_at_answers(self) -> bool {
        self.facts().looks_at_answers
    }

    /// The kind's section of `docs/checks.md`, without its heading.
    pub fn explanation(self) -> &'static str {
        let heading = format!("\n## {}\n", self.name());
        let start = EXPLANATIONS.find(&heading).expect("every kind has a section; a test sees to it") + heading.len();
        let section = &EXPLANATIONS[start..];
        section.find("\n## ").map_or(section, |end| &section[..end]).trim()
    }
}

#[cfg(test)]
mod tests {
    use std::any::TypeId;
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn every_kind_is_explained_in_the_order_of_the_page() {
        let explained: Vec<&str> = EXPLANATIONS.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let kinds = CheckKind::NAMES;
        assert!(explained.ends_with(kinds), "expected the kinds {kinds:?} at the end, found {explained:?}");
    }

    #[test]
    fn a_key_has_one_type_in_all_kinds() {
        let mut types: HashMap<&str, TypeId> = HashMap::new();
        for key in KEYS.iter().copied().flatten() {
            let first = *types.entry(key.name).or_insert((key.holds)());
            assert_eq!(first, (key.holds)(), "`{}` has another type in another kind", key.name);
        }
    }

    #[test]
    fn a_kind_needs_only_keys_that_it_has() {
        for kind in CheckKind::ALL {
            let facts = kind.facts();
            let strange: Vec<&&str> = facts.needed.iter().filter(|key| !facts.keys.iter().any(|own| own.name == **key)).collect();
            assert!(strange.is_empty(), "`{}` needs {strange:?}, which it does not declare", facts.name);
        }
    }
}
