//! Compound files ([MS-CFB]), in which old workbooks lie: sectors as on a disk, with a directory of streams.

use std::collections::HashSet;

/// Numbers from here on are not sectors but marks.
const LAST_SECTOR: u32 = 0xFFFF_FFFA;
/// The length of an entry in the directory.
const ENTRY: usize = 128;

/// A compound file with its tables read.
struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    /// For each sector, the next sector of its stream.
    next: Vec<u32>,
}

/// The bytes of the first stream with one of these names (in lower case) in the root of the file; streams of embedded objects do not count.
pub fn stream(bytes: &[u8], names: &[&str]) -> Option<Vec<u8>> {
    let shift = number_16(bytes, 30)?;
    if !(7..=16).contains(&shift) {
        return None;
    }
    let mut file = Compound { bytes, sector: 1 << shift, next: Vec::new() };
    file.next = file.table()?;
    let folder = file.chain(number(bytes, 48)?)?;
    let entry = |index: u32| {
        let start = (index as usize).checked_mul(ENTRY)?;
        folder.get(start..start.checked_add(ENTRY)?)
    };
    let root = entry(0)?;
    // The entries of the root form a tree: each names the entries before and behind it.
    let (mut open, mut seen, mut children) = (vec![number(root, 76)?], HashSet::new(), Vec::new());
    while let Some(index) = open.pop() {
        if let Some(found) = entry(index).filter(|_| seen.insert(index)) {
            open.extend([number(found, 68)?, number(found, 72)?]);
            children.push(found);
        }
    }
    let found = names.iter().find_map(|name| children.iter().find(|entry| is_stream(entry, name)))?;
    let (start, size) = (number(found, 116)?, number(found, 120)? as usize);
    let mut stream =
        if (size as u64) < u64::from(number(bytes, 56)?) { file.small(number(root, 116)?, start)? } else { file.chain(start)? };
    if stream.len() < size {
        return None;
    }
    stream.truncate(size);
    Some(stream)
}

fn is_stream(entry: &[u8], name: &str) -> bool {
    const STREAM: u8 = 2;
    let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    entry[66] == STREAM && entry[..64].to_ascii_lowercase().starts_with(&wide)
}

impl Compound<'_> {
    fn sector(&self, index: u32) -> Option<&[u8]> {
        let start = (index as usize).checked_add(1)?.checked_mul(self.sector)?;
        // Some programs leave the last sector short.
        let sector = self.bytes.get(start..)?;
        Some(&sector[..sector.len().min(self.sector)])
    }

    /// The table of next sectors. It lies in sectors itself: the first 109 are listed in the head, the others in a chain.
    fn table(&self) -> Option<Vec<u32>> {
        let count = number(self.bytes, 44)? as usize;
        let mut listed = self.bytes.get(76..512)?.to_vec();
        let (mut more, mut seen) = (number(self.bytes, 68)?, HashSet::new());
        while more < LAST_SECTOR && seen.insert(more) {
            let (list, next) = self.sector(more)?.split_last_chunk::<4>()?;
            listed.extend_from_slice(list);
            more = u32::from_le_bytes(*next);
        }
        let mut next = Vec::new();
        for index in numbers(&listed).take(count).filter(|index| *index < LAST_SECTOR) {
            next.extend(numbers(self.sector(index)?));
        }
        Some(next)
    }

    fn chain(&self, start: u32) -> Option<Vec<u8>> {
        let mut stream = Vec::new();
        for index in follow(&self.next, start)? {
            stream.extend_from_slice(self.sector(index)?);
        }
        Some(stream)
    }

    /// A stream that is too small for sectors of its own; it lies in the stream that starts at `all`.
    fn small(&self, all: u32, start: u32) -> Option<Vec<u8>> {
        let all = self.chain(all)?;
        let next: Vec<u32> = numbers(&self.chain(number(self.bytes, 60)?)?).collect();
        let shift = number_16(self.bytes, 32).filter(|shift| (4..=12).contains(shift))?;
        let mut stream = Vec::new();
        for index in follow(&next, start)? {
            let place = (index as usize).checked_mul(1 << shift)?;
            let sector = all.get(place..)?;
            stream.extend_from_slice(&sector[..sector.len().min(1 << shift)]);
        }
        Some(stream)
    }
}

/// The sectors of a stream; `None` where they run in a circle or out of the file.
fn follow(next: &[u32], start: u32) -> Option<Vec<u32>> {
    let mut sectors = Vec::new();
    let mut index = start;
    while index < LAST_SECTOR {
        if sectors.len() > next.len() {
            return None;
        }
        sectors.push(index);
        index = *next.get(index as usize)?;
    }
    Some(sectors)
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four))
}

fn number(bytes: &[u8], place: usize) -> Option<u32> {
    bytes.get(place..)?.first_chunk::<4>().map(|four| u32::from_le_bytes(*four))
}

fn number_16(bytes: &[u8], place: usize) -> Option<u16> {
    bytes.get(place..)?.first_chunk::<2>().map(|two| u16::from_le_bytes(*two))
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: u32 = 0xFFFF_FFFE;
    const NONE: u32 = 0xFFFF_FFFF;

    fn sector(numbers: &[u32]) -> Vec<u8> {
        let mut sector: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        sector.resize(512, 0xFF);
        sector
    }

    fn entry(name: &str, kind: u8, [left, right, child, start, size]: [u32; 5]) -> Vec<u8> {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry.resize(ENTRY, 0);
        entry[66] = kind;
        for (place, number) in [(68, left), (72, right), (76, child), (116, start), (120, size)] {
            entry[place..place + 4].copy_from_slice(&number.to_le_bytes());
        }
        entry
    }

    /// A file with the stream `BOOK` of 70 bytes, and an embedded object with a stream `Workbook`. `next` follows its first part.
    fn file(next: u32) -> Vec<u8> {
        let mut head = vec![0; 512];
        for (place, number) in [(30, 9), (32, 6), (44, 1), (48, 1), (56, 4096), (60, 2), (68, END)] {
            head[place..place + 4].copy_from_slice(&u32::to_le_bytes(number));
        }
        let table = sector(&[0xFFFF_FFFD, END, END, END]);
        let folder = [
            entry("Root Entry", 5, [NONE, NONE, 1, 3, 512]),
            entry("Object", 1, [NONE, 2, 3, 0, 0]),
            entry("BOOK", 2, [NONE, NONE, NONE, 0, 70]),
            entry("Workbook", 2, [NONE, NONE, NONE, 0, 64]),
        ];
        let small = [[1; 64], [9; 64], [2; 64], [9; 64], [9; 64], [9; 64], [9; 64], [9; 64]];
        [head, table, folder.concat(), sector(&[next, NONE, END]), small.concat()].concat()
    }

    #[test]
    fn a_small_stream_is_put_together_and_embedded_ones_are_not_seen() {
        let stream = stream(&file(2), &["workbook", "book"]).expect("it can be read");
        assert_eq!(stream, [[1; 64].to_vec(), vec![2; 6]].concat());
    }

    #[test]
    fn a_stream_that_is_torn_or_runs_in_a_circle_is_none() {
        assert_eq!(stream(&file(0), &["book"]), None);
        assert_eq!(stream(&file(END), &["book"]), None);
        let whole = file(2);
        for length in (0..whole.len() - 512).step_by(32) {
            assert_eq!(stream(&whole[..length], &["book"]), None, "{length} bytes");
        }
    }
}
