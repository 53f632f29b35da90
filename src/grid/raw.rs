//! A cell as a person would see it in the workbook, before anything is made of it.

use crate::letters::composed;

/// A cell as the workbook holds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Raw {
    /// Nothing.
    #[default]
    Empty,
    /// Text.
    Text(String),
    /// A number, whatever it is formatted as, unless it is one of the following.
    Number(f64),
    /// A number that is shown as a percentage: `0.25` where a person sees 25 %.
    Percent(f64),
    /// A number that is shown as a day or a time, as ISO text: `2025-10-05`, `2025-10-05T09:30:00`, `09:30:00`.
    Date(String),
    /// A truth value.
    Bool(bool),
    /// A failed formula, with its sign.
    Error(String),
    /// A formula without a stored result.
    Stale,
    /// A whole number that is shown with zeros in front, as shown: `000123`.
    Padded(String),
    /// The contents of a cell that is struck out, wholly or partly.
    Struck(String),
}

impl Raw {
    /// Whether a person would see nothing.
    pub fn is_blank(&self) -> bool {
        match self {
            Raw::Empty => true,
            Raw::Text(text) | Raw::Struck(text) => text.trim().is_empty(),
            Raw::Number(_) | Raw::Percent(_) | Raw::Date(_) | Raw::Bool(_) | Raw::Error(_) | Raw::Stale | Raw::Padded(_) => false,
        }
    }

    /// The text in the cell; empty where the file does not hold a text.
    pub fn written(&self) -> &str {
        match self {
            Raw::Text(text) | Raw::Date(text) | Raw::Error(text) | Raw::Padded(text) | Raw::Struck(text) => text,
            Raw::Empty | Raw::Number(_) | Raw::Percent(_) | Raw::Bool(_) | Raw::Stale => "",
        }
    }

    /// Whether it is a number, also one typed as text.
    pub fn is_number(&self) -> bool {
        match self {
            Raw::Number(_) | Raw::Percent(_) | Raw::Padded(_) => true,
            Raw::Text(text) => text.trim().parse::<f64>().is_ok_and(f64::is_finite),
            Raw::Empty | Raw::Date(_) | Raw::Bool(_) | Raw::Error(_) | Raw::Stale | Raw::Struck(_) => false,
        }
    }

    /// The cell when it is struck out; a cell without a value stays what it is.
    pub fn struck(self) -> Self {
        match self {
            Raw::Text(_) if self.is_blank() => Raw::Empty,
            Raw::Text(text) => Raw::Struck(text),
            Raw::Number(_) | Raw::Percent(_) | Raw::Date(_) | Raw::Bool(_) | Raw::Padded(_) => Raw::Struck(self.text()),
            Raw::Empty | Raw::Error(_) | Raw::Stale | Raw::Struck(_) => self,
        }
    }

    /// The cell as a person would read it: whole numbers without a point, and every letter with its marks as one sign.
    pub fn text(&self) -> String {
        match self {
            Raw::Empty => String::new(),
            Raw::Text(text) | Raw::Padded(text) | Raw::Struck(text) => composed(text.trim()).into_owned(),
            Raw::Number(number) => match whole(*number) {
                Some(whole) => whole.to_string(),
                None => number.to_string(),
            },
            Raw::Percent(fraction) => format!("{} %", hundredfold(*fraction)),
            Raw::Date(day) => day.clone(),
            Raw::Bool(flag) => flag.to_string(),
            Raw::Error(sign) => sign.clone(),
            Raw::Stale => String::new(),
        }
    }
}

/// A number without decimals as an integer; `None` for any other.
pub fn whole(number: f64) -> Option<i64> {
    /// Below this, every whole number has an exact float.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i64)
}

/// A fraction in percent, without the inexact digits of binary fractions.
fn hundredfold(fraction: f64) -> f64 {
    (fraction * 1e12).round() / 1e10
}
