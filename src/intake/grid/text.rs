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

fn decode(bytes: &[u8], encoding: &'static Encoding) -> Result<String, Fault> {
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let guess = marked.unwrap_or_else(|| match std::str::from_utf8(bytes) {
        Ok(_) => UTF_8,
        Err(_) if zeros(bytes, 1) => UTF_16LE,
        Err(_) if zeros(bytes, 0) => UTF_16BE,
        Err(_) => encoding,
    });
    let (text, _, faulty) = guess.decode(bytes);
    if faulty || text.contains('\0') {
        let message = format!("expected text in {}, found other bytes", guess.name());
        return Err(Fault::other(message, "save the file as UTF-8 text, or as .xlsx"));
    }
    Ok(text.into_owned())
}

/// Whether most of every second byte, from `offset`, is zero, as in UTF-16.
fn zeros(bytes: &[u8], offset: usize) -> bool {
    let (all, zero) =
        bytes.iter().skip(offset).step_by(2).fold((0, 0), |(all, zero), &byte| (all + 1, zero + usize::from(byte == 0)));
    all > 0 && zero * 2 > all
}
