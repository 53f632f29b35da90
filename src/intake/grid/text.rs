//! Tables of text: encoding, separator and quoted line breaks are found in the bytes.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{Fault, Sheet};
use crate::intake::cell::Raw;

/// Reads the one table of a text file; `encoding` is that of text which is not Unicode.
pub fn table(bytes: &[u8], encoding: &'static Encoding) -> Result<Vec<Sheet>, Fault> {
    let text = decode(bytes, encoding)?;
    let reader = |separator: u8| {
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes())
    };
    // The separator is the one by which most lines fall into most cells.
    let width = |separator: &u8| {
        let mut widths: Vec<usize> = reader(*separator).records().take(50).flatten().map(|record| record.len()).collect();
        widths.sort_unstable();
        widths.get(widths.len() / 2).copied().unwrap_or(0)
    };
    let separator = [b',', b'|', b'\t', b';'].into_iter().max_by_key(width).unwrap_or(b',');
    if let Some(line) = open_quote(&text, separator) {
        return Err(Fault::other(
            format!("expected a quote that is closed, found one that opens in line {line} and never ends"),
            "close the quote or take it out, or save the file as .xlsx",
        ));
    }
    let mut rows: Vec<Vec<Raw>> = Vec::new();
    let mut place = 0;
    for record in reader(separator).records() {
        let record = record.map_err(|_| Fault::damaged())?;
        // The reader passes over blank lines, and a cell may hold line breaks: rows are counted as a spreadsheet program shows them.
        let mut start = record.position().map_or(place, |position| position.byte() as usize).max(place);
        // A line ends after `\r` for the reader; the `\n` behind it begins no line of its own.
        if text[..start].ends_with('\r') && text[start..].starts_with('\n') {
            start += 1;
        }
        let blank = text[start..].len() - text[start..].trim_start_matches(['\r', '\n']).len();
        rows.extend(text[start..start + blank].matches('\n').map(|_| Vec::new()));
        place = start + blank;
        rows.push(record.iter().map(|cell| Raw::Text(cell.to_owned())).collect());
    }
    Ok(vec![Sheet { name: "".into(), first_row: 0, first_column: 0, rows, hidden: false, merged: Vec::new() }])
}

/// The line in which a quote opens that is never closed: all that follows would be one cell.
fn open_quote(text: &str, separator: u8) -> Option<usize> {
    let (mut line, mut opened) = (1, None);
    let mut before = None;
    let mut letters = text.bytes().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            b'\n' => line += 1,
            b'\r' if letters.peek() != Some(&b'\n') => line += 1,
            // A quote opens at the start of a cell only; two in a row within quotes are one sign.
            b'"' => match opened {
                None if matches!(before, None | Some(b'\n' | b'\r')) || before == Some(separator) => opened = Some(line),
                None => {}
                Some(_) if letters.peek() == Some(&b'"') => {
                    letters.next();
                }
                Some(_) => opened = None,
            },
            _ => {}
        }
        before = Some(letter);
    }
    opened
}

fn decode(bytes: &[u8], encoding: &'static Encoding) -> Result<String, Fault> {
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let guess = marked.unwrap_or_else(|| match std::str::from_utf8(bytes) {
        // Text in UTF-16 may be text in UTF-8 too, with a control sign behind every letter.
        _ if upper_halves(bytes, 1) => UTF_16LE,
        _ if upper_halves(bytes, 0) => UTF_16BE,
        Ok(_) => UTF_8,
        Err(_) => encoding,
    });
    let (text, _, faulty) = guess.decode(bytes);
    if faulty || text.contains('\0') {
        let message = format!("expected text in {}, found other bytes", guess.name());
        return Err(Fault::other(message, "save the file as UTF-8 text, or as .xlsx"));
    }
    Ok(text.into_owned())
}

/// Whether most of every second byte, from `offset`, is the upper half of a letter in UTF-16: of a Latin, Greek or Cyrillic one.
fn upper_halves(bytes: &[u8], offset: usize) -> bool {
    let (all, upper) =
        bytes.iter().skip(offset).step_by(2).fold((0, 0), |(all, upper), &byte| (all + 1, upper + usize::from(byte <= 0x05)));
    all > 0 && upper * 2 > all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_known_without_a_mark() {
        for text in ["a,b\n1,2\n", "Ұйым;Саны\nҚостанай;12\n"] {
            let units: Vec<u16> = text.encode_utf16().collect();
            let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
            assert_eq!(decode(&little, encoding_rs::WINDOWS_1251).ok().as_deref(), Some(text));
            assert_eq!(decode(&big, encoding_rs::WINDOWS_1251).ok().as_deref(), Some(text));
            assert_eq!(decode(text.as_bytes(), encoding_rs::WINDOWS_1251).ok().as_deref(), Some(text));
        }
    }

    #[test]
    fn a_quote_that_never_ends_is_found_where_it_opens() {
        assert_eq!(open_quote("a,b\n\"x\ny\",2\n3,\"4\n5,6\n", b','), Some(4));
        assert_eq!(open_quote("a,b\n\"say \"\"so\"\"\",5\" pipe\n", b','), None);
        assert_eq!(open_quote("\"\"\"", b','), Some(1));
    }
}
