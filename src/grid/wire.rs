//! Rows of cells as bytes, on the way between two processes. They are most of what is sent, so they are encoded by hand.
//!
//! A row is the number of its cells and then the cells. A cell is the sign of its kind and then its value, if it has one. Numbers of cells
//! take 4 bytes, the lowest first.

use serde::{Deserialize, Deserializer, Serializer, de};

use super::raw::Raw;

const EMPTY: u8 = 0;
const TEXT: u8 = 1;
const NUMBER: u8 = 2;
const PERCENT: u8 = 3;
const DATE: u8 = 4;
const FALSE: u8 = 5;
const TRUE: u8 = 6;
const ERROR: u8 = 7;
const STALE: u8 = 8;
const PADDED: u8 = 9;
const STRUCK: u8 = 10;

pub fn serialize<S: Serializer>(rows: &[Vec<Raw>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(&encoded(rows))
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<Raw>>, D::Error> {
    decoded(<&[u8]>::deserialize(deserializer)?).ok_or_else(|| de::Error::custom("rows of cells"))
}

fn encoded(rows: &[Vec<Raw>]) -> Vec<u8> {
    let cells: usize = rows.iter().map(Vec::len).sum();
    let mut out = Vec::with_capacity(rows.len() * 4 + cells * 12);
    for row in rows {
        out.extend_from_slice(&(row.len() as u32).to_le_bytes());
        for cell in row {
            match cell {
                Raw::Empty => out.push(EMPTY),
                Raw::Text(text) => put_text(&mut out, TEXT, text),
                Raw::Number(number) => put_number(&mut out, NUMBER, *number),
                Raw::Percent(fraction) => put_number(&mut out, PERCENT, *fraction),
                Raw::Date(day) => put_text(&mut out, DATE, day),
                Raw::Bool(flag) => out.push(if *flag { TRUE } else { FALSE }),
                Raw::Error(sign) => put_text(&mut out, ERROR, sign),
                Raw::Stale => out.push(STALE),
                Raw::Padded(shown) => put_text(&mut out, PADDED, shown),
                Raw::Struck(text) => put_text(&mut out, STRUCK, text),
            }
        }
    }
    out
}

fn put_number(out: &mut Vec<u8>, sign: u8, number: f64) {
    out.push(sign);
    out.extend_from_slice(&number.to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, sign: u8, text: &str) {
    out.push(sign);
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

/// The rows in some bytes; `None` where the bytes are no rows.
fn decoded(mut bytes: &[u8]) -> Option<Vec<Vec<Raw>>> {
    let rest = &mut bytes;
    let mut rows = Vec::new();
    while !rest.is_empty() {
        let length = count(rest)?;
        // Every cell takes at least one byte, so no count can ask for more memory than there are bytes.
        if length > rest.len() {
            return None;
        }
        let mut row = Vec::with_capacity(length);
        for _ in 0..length {
            let (&sign, behind) = rest.split_first()?;
            *rest = behind;
            row.push(match sign {
                EMPTY => Raw::Empty,
                TEXT => Raw::Text(text(rest)?),
                NUMBER => Raw::Number(number(rest)?),
                PERCENT => Raw::Percent(number(rest)?),
                DATE => Raw::Date(text(rest)?),
                FALSE => Raw::Bool(false),
                TRUE => Raw::Bool(true),
                ERROR => Raw::Error(text(rest)?),
                STALE => Raw::Stale,
                PADDED => Raw::Padded(text(rest)?),
                STRUCK => Raw::Struck(text(rest)?),
                _ => return None,
            });
        }
        rows.push(row);
    }
    Some(rows)
}

fn count(rest: &mut &[u8]) -> Option<usize> {
    let (head, behind) = rest.split_first_chunk::<4>()?;
    *rest = behind;
    Some(u32::from_le_bytes(*head) as usize)
}

fn number(rest: &mut &[u8]) -> Option<f64> {
    let (head, behind) = rest.split_first_chunk::<8>()?;
    *rest = behind;
    Some(f64::from_le_bytes(*head))
}

fn text(rest: &mut &[u8]) -> Option<String> {
    let length = count(rest)?;
    let (head, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    std::str::from_utf8(head).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let rows = vec![
            vec![Raw::Empty, Raw::Text("ә".into()), Raw::Number(-0.5), Raw::Percent(0.25)],
            vec![],
            vec![Raw::Date("2025-10-05".into()), Raw::Bool(true), Raw::Bool(false), Raw::Error("#REF!".into()), Raw::Stale],
            vec![Raw::Padded("0012".into()), Raw::Struck("12".into())],
        ];
        let bytes = encoded(&rows);
        assert_eq!(decoded(&bytes), Some(rows));
        assert_eq!(decoded(&bytes[..bytes.len() - 1]), None);
        assert_eq!(decoded(&[255, 255, 255, 255, 1]), None);
    }
}
