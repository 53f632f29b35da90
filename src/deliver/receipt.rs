//! The line that an office sends back: it tells which package was opened. It stands nowhere but in the package itself.

use std::fmt;

/// How the line begins.
const BEGINNING: &str = "esep-receipt";
/// The word between the period and the number of the edition.
const EDITION: &str = "edition";
/// How many digits the code has.
const DIGITS: usize = 16;
/// A line that was broken on its way is read over so many words.
const LONGEST: usize = 24;

/// What a receipt tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Receipt {
    /// The office's name in files.
    pub office: String,
    /// The period's name in files.
    pub period: String,
    /// The number of the edition.
    pub edition: u32,
    /// The first digits of the checksum of the package's files, in small letters.
    pub code: String,
}

impl fmt::Display for Receipt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { office, period, edition, code } = self;
        write!(out, "{BEGINNING} {office} {period} {EDITION} {edition} {code}")
    }
}

/// A receipt that cannot be read: what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Garbled(pub String);

/// All receipts in a text, whatever stands around them; lines may be broken and quoted.
pub fn find(text: &str) -> Vec<Result<Receipt, Garbled>> {
    let words: Vec<&str> = text.split(|sign: char| sign.is_whitespace() || sign == '\u{feff}').collect();
    // Signs of quoted lines stand alone or before a word.
    let words: Vec<&str> = words.into_iter().map(|word| word.trim_start_matches('>')).filter(|word| !word.is_empty()).collect();
    let begins = |word: &str| bare(word).eq_ignore_ascii_case(BEGINNING);
    let starts = words.iter().enumerate().filter(|(_, word)| begins(word)).map(|(at, _)| at + 1);
    starts
        .map(|start| {
            let rest = &words[start..words.len().min(start + LONGEST)];
            let end = rest.iter().position(|word| begins(word)).unwrap_or(rest.len());
            read(&rest[..end]).ok_or_else(|| Garbled(shown(&rest[..end])))
        })
        .collect()
}

/// The receipt in the words behind its beginning.
fn read(words: &[&str]) -> Option<Receipt> {
    let (office, rest) = words.split_first()?;
    let at = rest.iter().position(|word| word.eq_ignore_ascii_case(EDITION)).filter(|&at| at > 0)?;
    let edition = rest.get(at + 1)?.parse().ok()?;
    let code = bare(rest.get(at + 2)?).to_ascii_lowercase();
    let is_code = code.len() == DIGITS && code.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_code.then(|| Receipt { office: (*office).to_lowercase(), period: rest[..at].join(" "), edition, code })
}

/// A word without the signs that sentences and markup put around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|sign: char| !sign.is_alphanumeric())
}

/// The first words of what cannot be read.
fn shown(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().take(6).map(|word| word.chars().take(40).collect()).collect();
    format!("{BEGINNING} {}", words.join(" ")).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt() -> Receipt {
        Receipt { office: "north".into(), period: "2025".into(), edition: 2, code: "0123456789abcdef".into() }
    }

    #[test]
    fn a_receipt_is_found_as_people_send_it() {
        let line = receipt().to_string();
        assert_eq!(line, "esep-receipt north 2025 edition 2 0123456789abcdef");
        for text in [
            line.clone(),
            format!("\u{feff}Please:\r\n\r\n{line}\r\n"),
            format!("> {line}\n>> thanks"),
            "Got it: *ESEP-RECEIPT* north\u{a0}2025\n> edition 2\n> 0123456789ABCDEF.".to_owned(),
            format!("<p>{line}</p>").replace("<p>", "<p> ").replace("</p>", " </p>"),
        ] {
            assert_eq!(find(&text), [Ok(receipt())], "{text}");
        }
        let spaced = Receipt { period: "first quarter 2025".into(), ..receipt() };
        assert_eq!(find(&spaced.to_string()), [Ok(spaced)]);
    }

    #[test]
    fn what_is_no_receipt_is_told_and_two_are_two() {
        assert_eq!(find("nothing"), []);
        let garbled = "esep-receipt north 2025 edition two 0123";
        assert_eq!(find(garbled), [Err(Garbled(garbled.to_owned()))]);
        assert_eq!(find("esep-receipt"), [Err(Garbled("esep-receipt".to_owned()))]);
        let two = format!("esep-receipt north {} ...", receipt());
        assert_eq!(find(&two), [Err(Garbled("esep-receipt north".to_owned())), Ok(receipt())]);
    }
}
