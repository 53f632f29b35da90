//! The records of old workbooks ([MS-XLS]), field by field.

use super::raw::Raw;
use super::rich::{self, Font};

/// The kind of a record that continues the previous one.
pub const CONTINUE: u16 = 0x003C;

/// A record, with the records that continue it.
pub struct Record<'a> {
    pub kind: u16,
    pub data: &'a [u8],
    more: Vec<&'a [u8]>,
}

impl<'a> Record<'a> {
    pub fn fields(&self) -> Fields<'a> {
        Fields { data: self.data, more: self.more.clone().into_iter() }
    }
}

/// The records of a stream, until it ends or makes no sense.
pub struct Records<'a> {
    pub rest: &'a [u8],
}

impl<'a> Records<'a> {
    fn one(&mut self) -> Option<(u16, &'a [u8])> {
        let (head, rest) = self.rest.split_first_chunk::<4>()?;
        let [kind, kind_high, length, length_high] = *head;
        let (data, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes([length, length_high])))?;
        self.rest = rest;
        Some((u16::from_le_bytes([kind, kind_high]), data))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let (kind, data) = self.one()?;
        let mut more = Vec::new();
        while self.rest.starts_with(&CONTINUE.to_le_bytes()) {
            let Some((_, data)) = self.one() else { break };
            more.push(data);
        }
        Some(Record { kind, data, more })
    }
}

/// The contents of a record, field by field; `None` where it is too short.
pub struct Fields<'a> {
    pub data: &'a [u8],
    more: std::vec::IntoIter<&'a [u8]>,
}

impl Fields<'_> {
    pub fn bytes<const COUNT: usize>(&mut self) -> Option<[u8; COUNT]> {
        if self.data.is_empty() {
            self.data = self.more.next()?;
        }
        let (bytes, rest) = self.data.split_first_chunk::<COUNT>()?;
        self.data = rest;
        Some(*bytes)
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.bytes::<1>().map(|[byte]| byte)
    }

    pub fn u16(&mut self) -> Option<u16> {
        self.bytes().map(u16::from_le_bytes)
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.bytes().map(u32::from_le_bytes)
    }

    pub fn f64(&mut self) -> Option<f64> {
        self.bytes().map(f64::from_le_bytes)
    }

    /// The row and the column of a cell.
    pub fn place(&mut self) -> Option<(u32, u32)> {
        Some((u32::from(self.u16()?), u32::from(self.u16()?)))
    }

    /// A number in four bytes: an integer or the upper half of a float, perhaps to be divided by a hundred.
    pub fn short_number(&mut self) -> Option<f64> {
        let bits = self.u32()?;
        let number = match bits & 2 {
            0 => f64::from_bits(u64::from(bits & !3) << 32),
            _ => f64::from((bits as i32) >> 2),
        };
        Some(if bits & 1 == 0 { number } else { number / 100.0 })
    }

    pub fn skip(&mut self, count: usize) -> Option<()> {
        let mut left = count;
        while left > self.data.len() {
            left -= self.data.len();
            self.data = self.more.next()?;
        }
        self.data = &self.data[left..];
        Some(())
    }

    /// A text of `count` letters of one or two bytes each; each record that continues the text says anew which.
    pub fn letters(&mut self, count: usize, mut wide: bool) -> Option<String> {
        let mut units: Vec<u16> = Vec::new();
        while units.len() < count {
            if self.data.is_empty() {
                self.data = self.more.next()?;
                wide = self.u8()? & 1 != 0;
            }
            let width = if wide { 2 } else { 1 };
            let (here, rest) = self.data.split_at(self.data.len().min((count - units.len()) * width));
            if wide {
                units.extend(here.as_chunks::<2>().0.iter().map(|two| u16::from_le_bytes(*two)));
            } else {
                units.extend(here.iter().map(|byte| u16::from(*byte)));
            }
            self.data = rest;
        }
        Some(String::from_utf16_lossy(&units))
    }

    /// A text with its fonts; its phonetic readings are passed over.
    pub fn rich_text(&mut self) -> Option<Text> {
        let count = usize::from(self.u16()?);
        let flags = self.u8()?;
        let fonts = if flags & 8 == 0 { 0 } else { usize::from(self.u16()?) };
        let readings = if flags & 4 == 0 { 0 } else { self.u32()? as usize };
        let text = self.letters(count, flags & 1 != 0)?;
        let runs = (0..fonts).map(|_| Some((self.u16()?, self.u16()?))).collect::<Option<_>>()?;
        self.skip(readings)?;
        Some(Text { text, runs })
    }
}

/// A text, and for each font in it the position where it begins.
pub struct Text {
    pub text: String,
    pub runs: Vec<(u16, u16)>,
}

impl Text {
    /// The cell that holds the text; `cell` is the font of the cell.
    pub fn raw(&self, cell: Font, fonts: &[Font]) -> Raw {
        rich::Text::of_units(&self.text, &self.runs, fonts).raw(cell)
    }
}
