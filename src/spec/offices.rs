//! The offices that packages of a release go to: whom they are for, what each gets, and how it is sent. Their file names addresses of persons.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::language::{LanguageCode, Localized};
use crate::region::RegionIndex;
use crate::sources::is_device;
use crate::spec::format::RawText;
use crate::yaml::{List, Spanned};

/// The path of the file.
pub const FILE: &str = "indicator-specs/offices.yaml";

/// `indicator-specs/offices.yaml`: whom packages of a release go to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "offices")]
pub struct RawOffices {
    /// The address that mails are sent from and answered to; needed where an office gets its package by mail.
    pub sender: Option<Spanned<String>>,
    /// The offices.
    pub offices: List<RawOffice>,
}

/// An office.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawOffice {
    /// Its name in files and receipts: small letters, digits and `-`.
    pub id: Spanned<String>,
    /// Its name in letters.
    pub name: RawText,
    /// The codes of its regions.
    pub regions: List<Spanned<String>>,
    /// The languages that it reads, the first one first; all languages of the reports when left out.
    #[serde(default)]
    pub languages: List<Spanned<String>>,
    /// Where mails go; needed for the channel `mail`, and for reminders.
    #[serde(default)]
    pub addresses: List<Spanned<String>>,
    /// How its package is sent.
    pub channel: Spanned<RawChannel>,
    /// For the channel `sftp`, the folder on the server, from its root or from where one is after logging in.
    pub path: Option<Spanned<String>>,
    /// What its package holds.
    pub gets: List<Spanned<Piece>>,
    /// By when it confirms: a day (YYYY-MM-DD), or a number of days after the day of the release; no day is named when left out.
    pub due: Option<Spanned<String>>,
}

/// How a package is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawChannel {
    /// As an attachment of a mail.
    Mail,
    /// Put into a folder of a server.
    Sftp,
    /// Taken from a folder by other means.
    Folder,
}

/// A piece of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// The reports of its regions.
    Report,
    /// The reports of all regions below.
    Below,
    /// The workbooks beside these reports.
    Workbooks,
    /// The numbers of these regions, as a table for other programs.
    Table,
    /// The reliability protocols of its regions; not for publication.
    Protocol,
    /// The workbooks that it sent, with marks on the cells with findings; not for publication.
    Answer,
    /// The workbooks to be filled in for the next period; not for publication.
    Form,
    /// The sheets of the units in its regions; not for publication.
    Sheets,
}

impl Piece {
    /// Whether it may go to nobody but the office.
    pub fn is_private(self) -> bool {
        match self {
            Piece::Report | Piece::Below | Piece::Workbooks | Piece::Table => false,
            Piece::Protocol | Piece::Answer | Piece::Form | Piece::Sheets => true,
        }
    }
}

/// Whom packages go to.
#[derive(Clone, Debug, Default)]
pub struct Offices {
    /// The address that mails are sent from.
    pub sender: Option<String>,
    /// The offices in the order of the file; no two have one id.
    pub all: Vec<Office>,
}

/// An office.
#[derive(Clone, Debug)]
pub struct Office {
    /// Its name in files and receipts: small letters, digits and `-`.
    pub id: String,
    /// Its name in letters.
    pub name: Localized,
    /// Its regions.
    pub regions: Vec<RegionIndex>,
    /// The languages that it reads; at least one.
    pub languages: Vec<LanguageCode>,
    /// Where mails go; at least one for the channel `mail`.
    pub addresses: Vec<String>,
    /// How its package is sent.
    pub channel: Channel,
    /// What its package holds.
    pub gets: Vec<Piece>,
    /// By when it confirms.
    pub due: Option<Due>,
}

impl Office {
    /// Whether its package holds a piece.
    pub fn gets(&self, piece: Piece) -> bool {
        self.gets.contains(&piece)
    }
}

/// How a package is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// As an attachment of a mail.
    Mail,
    /// Put into this folder of a server; no sign of control stands in it.
    Sftp(String),
    /// Taken from a folder by other means.
    Folder,
}

/// By when an office confirms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// On this day at the latest.
    Day(Date),
    /// So many days after the day of the release.
    After(u16),
}

impl Due {
    /// The day, for a release of the day `issued`.
    pub fn day(self, issued: Date) -> Date {
        match self {
            Due::Day(day) => day,
            Due::After(days) => issued.saturating_add(jiff::Span::new().days(i64::from(days))),
        }
    }
}

/// Whether a text is the id of an office: a name of files everywhere, and a word of receipts.
pub fn is_id(text: &str) -> bool {
    let spelt = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    (1..=60).contains(&text.len()) && text.chars().all(spelt) && !is_device(text)
}

/// Whether a text is a folder of a server: a command with it stays one command.
pub fn is_folder(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('-') && !text.ends_with('/') && !text.chars().any(char::is_control)
}

/// Whether a text is an address of mail as programs take it: plain letters and signs, a domain of at least two names. Nothing in it can begin
/// another header or another address. A domain in other letters is written as `xn--…`.
pub fn is_address(text: &str) -> bool {
    /// RFC 5321 allows no longer one.
    const LONGEST: usize = 254;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(letter);
    let names = |text: &str, allowed: fn(char) -> bool| text.split('.').all(|name| !name.is_empty() && name.chars().all(allowed));
    let of_domain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let Some((person, domain)) = text.rsplit_once('@') else { return false };
    text.len() <= LONGEST
        && person.split('.').all(|name| !name.is_empty())
        && person.chars().all(plain)
        && domain.contains('.')
        && names(domain, of_domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_what_is_none() {
        for address in ["a@b.kz", "first.last+tag@stat.example.org", "o'neil@xn--80a1acny.xn--80ao21a"] {
            assert!(is_address(address), "{address}");
        }
        for text in [
            "",
            "a",
            "a@b",
            "@b.kz",
            "a@",
            "a b@c.kz",
            "a@b.kz, c@d.kz",
            "a@b..kz",
            "a@почта.kz",
            ".a@b.kz",
            "a@b.kz\r\nBcc: x@y.kz",
            "<a@b.kz>",
        ] {
            assert!(!is_address(text), "{text}");
        }
    }

    #[test]
    fn days_are_counted_from_the_day_of_the_release() {
        let issued = jiff::civil::date(2025, 12, 25);
        assert_eq!(Due::After(14).day(issued), jiff::civil::date(2026, 1, 8));
        assert_eq!(Due::Day(issued).day(jiff::civil::date(2020, 1, 1)), issued);
    }
}
