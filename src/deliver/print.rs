//! A print, told by its check code, beside a release.

use serde::Serialize;

use super::Files;
use crate::edition::seals;
use crate::sources::RESULTS;

/// How a print stands to what was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Print {
    /// Its numbers are the same.
    Same,
    /// Its numbers are others: it was altered, or is of another edition.
    Others,
    /// Nothing is told here of its region and period.
    Elsewhere,
    /// What was given is no check code, or not the whole of one.
    Garbled,
    /// There is no table of numbers here to compare it with.
    Incomparable,
}

impl Print {
    /// The label of the sentence that tells it.
    pub fn label(self) -> &'static str {
        match self {
            Print::Same => "verify_print_same",
            Print::Others => "verify_print_others",
            Print::Elsewhere => "verify_print_elsewhere",
            Print::Garbled => "verify_print_garbled",
            Print::Incomparable => "verify_print_incomparable",
        }
    }

    /// The labels of all of them.
    pub const LABELS: &[&str] = &[
        "verify_print_same",
        "verify_print_others",
        "verify_print_elsewhere",
        "verify_print_garbled",
        "verify_print_incomparable",
    ];
}

/// Compares a print with the table of a release for everybody, or of a package. `period` is what the release is of.
pub(super) fn compare(code: &str, files: &mut Files, period: Option<&str>) -> Print {
    let Some((number, seal)) = read(code) else { return Print::Garbled };
    let table = [RESULTS.to_owned(), format!("data/{RESULTS}")].into_iter().find_map(|path| files.bytes(&path).ok().flatten());
    let Some((table, period)) = table.and_then(|bytes| String::from_utf8(bytes).ok()).zip(period) else {
        return Print::Incomparable;
    };
    let own = seals(&table).into_iter().find(|(region, _)| format!("{region}-{period}") == number);
    match own {
        None => Print::Elsewhere,
        Some((_, whole)) if whole.starts_with(&seal) => Print::Same,
        Some(_) => Print::Others,
    }
}

/// The document's number and the beginning of the hash of a code, `ESEP <number> ED <edition> SHA256 <hash>`: in letters of any size, with words
/// before it and a full stop behind it, the digits in groups or not.
fn read(code: &str) -> Option<(String, String)> {
    /// So many digits stand in a code at least.
    const FEWEST: usize = 32;
    let words: Vec<&str> = code.split_whitespace().collect();
    let place = |name: &str| words.iter().position(|word| word.eq_ignore_ascii_case(name));
    let (esep, ed, sha256) = (place("ESEP")?, place("ED")?, place("SHA256")?);
    let number = words.get(esep + 1..ed)?.join(" ");
    let [edition] = words.get(ed + 1..sha256)? else { return None };
    let seal = words[sha256 + 1..].concat().trim_end_matches('.').to_ascii_lowercase();
    let is_hash = (FEWEST..=64).contains(&seal.len()) && seal.chars().all(|digit| digit.is_ascii_hexdigit());
    (is_hash && !number.is_empty() && edition.parse::<u32>().is_ok_and(|edition| edition > 0)).then_some((number, seal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_and_anything_else_is_none() {
        let seal = "1804CEAA29019F3B4627C691930BFA4E";
        let read_of = |text: &str| read(text);
        let expected = Some(("10-2025".to_owned(), seal.to_ascii_lowercase()));
        assert_eq!(read_of(&format!("ESEP 10-2025 ED 1 SHA256 {seal}")), expected);
        assert_eq!(read_of(&format!(" esep 10-2025  ed 1\nsha256 {seal}\n")), expected);
        let (left, right) = seal.split_at(8);
        assert_eq!(read_of(&format!("Check code: ESEP 10-2025 ED 1 SHA256 {left} {right}.")), expected);
        for text in [
            "",
            "ESEP",
            "ESEP 10-2025 ED 1 SHA256 18",
            "ESEP 10-2025 ED 0 SHA256 1804CEAA29019F3B4627C691930BFA4E",
            "SHA256 ED ESEP",
            "ESEP ED 1 SHA256 1804CEAA29019F3B4627C691930BFA4E",
        ] {
            assert_eq!(read_of(text), None, "{text}");
        }
    }
}
