//! What came back: texts, mails, boxes of mails and lists are looked through for receipts, within bounds. Nothing in them is trusted.

use jiff::civil::Date;
use mail_parser::mailbox::mbox::MessageIterator;
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};

use super::receipt::{self, Garbled, Receipt};
use crate::period;

/// More mails of a box are not looked at.
const MOST_MAILS: usize = 20_000;
/// More receipts of a file are not counted.
const MOST_RECEIPTS: usize = 20_000;
/// A text of a mail is looked at up to so many bytes.
const LONGEST_TEXT: usize = 1 << 20;
/// Mails that lie within mails are looked at to this depth.
const DEEPEST: usize = 4;

/// A receipt that came, or what looks like one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The file that it stands in.
    pub file: String,
    /// Who sent it, where that is known.
    pub from: Option<String>,
    /// The day on which it was sent, where that is known.
    pub day: Option<Date>,
    /// What it tells.
    pub receipt: Result<Receipt, Garbled>,
}

/// The replies in a file; the second list says what was not looked at.
pub fn read(file: &str, bytes: &[u8]) -> (Vec<Reply>, Vec<String>) {
    let mut reading = Reading { file, replies: Vec::new(), notes: Vec::new() };
    let ending = file.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_ascii_lowercase());
    match ending.as_str() {
        "mbox" => reading.mbox(bytes),
        _ if bytes.starts_with(b"From ") => reading.mbox(bytes),
        "eml" => reading.mail(bytes),
        "csv" | "tsv" => reading.list(&decoded(bytes)),
        _ => reading.text(&decoded(bytes), None, None),
    }
    if reading.replies.is_empty() {
        reading.notes.push(format!("`{file}` holds no receipt"));
    }
    (reading.replies, reading.notes)
}

struct Reading<'a> {
    file: &'a str,
    replies: Vec<Reply>,
    notes: Vec<String>,
}

impl Reading<'_> {
    fn text(&mut self, text: &str, from: Option<&str>, day: Option<Date>) {
        for receipt in receipt::find(text) {
            let reply = Reply { file: self.file.to_owned(), from: from.map(str::to_owned), day, receipt };
            // A mail often has its words twice: as text and as a page.
            if self.replies.contains(&reply) {
                continue;
            }
            if self.replies.len() == MOST_RECEIPTS {
                return self.once(format!("`{}` has more than {MOST_RECEIPTS} receipts; the others are not counted", self.file));
            }
            self.replies.push(reply);
        }
    }

    fn once(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn mbox(&mut self, bytes: &[u8]) {
        for (number, mail) in MessageIterator::new(bytes).enumerate() {
            if number == MOST_MAILS {
                return self.once(format!("`{}` has more than {MOST_MAILS} mails; the others are not looked at", self.file));
            }
            // Memory does not fail.
            let Ok(mail) = mail else { return };
            self.mail(mail.contents());
        }
    }

    fn mail(&mut self, bytes: &[u8]) {
        match MessageParser::default().parse(bytes) {
            Some(mail) => self.parts(&mail, DEEPEST),
            None => self.once(format!("`{}` holds a mail that cannot be read", self.file)),
        }
    }

    fn parts(&mut self, mail: &Message<'_>, depth: usize) {
        let from = mail.from().and_then(|from| from.first()?.address().map(str::to_owned));
        let day = mail.date().and_then(|date| {
            let (year, month, day) =
                (i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
            Date::new(year, month, day).ok()
        });
        for part in &mail.parts {
            match &part.body {
                PartType::Text(text) => self.text(start(text), from.as_deref(), day),
                PartType::Html(page) => {
                    self.text(&mail_parser::decoders::html::html_to_text(start(page)), from.as_deref(), day);
                }
                PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                    let name = part.attachment_name().unwrap_or_default();
                    // People send the very file back.
                    if name.to_ascii_lowercase().ends_with(".txt") && bytes.len() <= LONGEST_TEXT {
                        self.text(&decoded(bytes), from.as_deref(), day);
                    }
                }
                PartType::Message(inner) if depth > 0 => self.parts(inner, depth - 1),
                PartType::Message(_) => self.once(format!("`{}` has mails within mails too deep to be looked at", self.file)),
                PartType::Multipart(_) => {}
            }
        }
    }

    /// A list, a receipt a line: as it is, or with its parts in columns of these names.
    fn list(&mut self, text: &str) {
        let first = text.lines().next().unwrap_or_default();
        let separator = *[b',', b';', b'\t']
            .iter()
            .max_by_key(|&&sign| first.bytes().filter(|&byte| byte == sign).count())
            .expect("three signs");
        let mut reader =
            csv::ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(text.as_bytes());
        let mut columns: Option<Vec<usize>> = None;
        for record in reader.records() {
            // A line that cannot be split is told by its receipt being missed.
            let Ok(record) = record else { continue };
            let day = record.iter().find_map(|cell| period::day(cell.trim()).ok());
            if columns.is_none() {
                let at = |name: &str| {
                    record.iter().position(|cell| cell.trim().trim_start_matches('\u{feff}').eq_ignore_ascii_case(name))
                };
                columns = Some(["office", "period", "edition", "code"].into_iter().filter_map(at).collect());
            }
            let cell = |at: &usize| record.get(*at).unwrap_or_default().trim();
            match columns.as_deref() {
                Some([office, period, edition, code]) if cell(edition).parse::<u32>().is_ok() => {
                    let line = format!("esep-receipt {} {} edition {} {}", cell(office), cell(period), cell(edition), cell(code));
                    self.text(&line, None, day);
                }
                _ => self.text(&record.iter().collect::<Vec<_>>().join(" "), None, day),
            }
        }
    }
}

/// The beginning of a text.
fn start(text: &str) -> &str {
    let end = (0..=text.len().min(LONGEST_TEXT)).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or(0)]
}

/// Bytes as text: receipts are of plain letters in every encoding that is met, but for the two with two bytes a letter.
fn decoded(bytes: &[u8]) -> String {
    let pairs = |of: fn([u8; 2]) -> u16| -> String {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| of([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, ..] => pairs(u16::from_le_bytes),
        [0xfe, 0xff, ..] => pairs(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "esep-receipt north 2025 edition 1 0123456789abcdef";

    fn lines(file: &str, bytes: &[u8]) -> Vec<(String, Option<String>, Option<String>)> {
        let told = |reply: Reply| {
            let receipt = reply.receipt.map_or_else(|Garbled(text)| format!("? {text}"), |receipt| receipt.to_string());
            (receipt, reply.from, reply.day.map(|day| day.to_string()))
        };
        read(file, bytes).0.into_iter().map(told).collect()
    }

    #[test]
    fn receipts_are_found_in_all_that_people_send() {
        let mail = format!(
            "From: =?utf-8?B?0KHQtdCy0LXRgA==?= <north@example.org>\r\nDate: Tue, 3 Mar 2026 10:00:00 +0500\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
             =D0=9F=D0=BE=D0=BB=D1=83=D1=87=D0=B5=D0=BD=D0=BE\r\n> {}\r\n",
            LINE.replace("2025 edition", "2025 =\r\nedition")
        );
        let told = (LINE.to_owned(), Some("north@example.org".to_owned()), Some("2026-03-03".to_owned()));
        assert_eq!(lines("a.eml", mail.as_bytes()), std::slice::from_ref(&told));
        let mbox = format!(
            "From north Tue Mar 3 10:00:00 2026\n{0}\nFrom north Tue Mar 3 10:00:00 2026\n{0}",
            mail.replace("\r\n", "\n")
        );
        assert_eq!(lines("all.mbox", mbox.as_bytes()), [told]);
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(LINE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(lines("receipt.txt", &wide), [(LINE.to_owned(), None, None)]);
        let list = "office;period;edition;code;received\nnorth;2025;1;0123456789ABCDEF;2026-03-04\n";
        assert_eq!(lines("list.csv", list.as_bytes()), [(LINE.to_owned(), None, Some("2026-03-04".to_owned()))]);
        let list = format!("receipt,received\n{LINE},2026-03-05\n");
        assert_eq!(lines("list.csv", list.as_bytes()), [(LINE.to_owned(), None, Some("2026-03-05".to_owned()))]);
    }

    #[test]
    fn hostile_files_are_read_to_their_end() {
        let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(3000);
        let parts = "--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n".repeat(3000);
        let files: [(&str, Vec<u8>); 6] = [
            ("a.eml", Vec::new()),
            ("a.eml", nested.into_bytes()),
            ("a.eml", format!("Content-Type: multipart/mixed; boundary=a\r\n\r\n{parts}").into_bytes()),
            ("a.mbox", b"From \nFrom \n\0\xff\nFrom a".to_vec()),
            ("a.csv", b"\"esep-receipt,\n\"\"\",,,\xff".to_vec()),
            ("a.txt", vec![0xff, 0xfe, 0x00]),
        ];
        for (file, bytes) in files {
            let (_, notes) = read(file, &bytes);
            assert!(!notes.is_empty() || file == "a.csv", "{file}");
        }
        let many = "esep-receipt a b edition 1 0123456789abcdef\n".repeat(3).replace("a b", "a") + "esep-receipt ";
        assert!(lines("a.txt", many.as_bytes()).iter().all(|(receipt, ..)| receipt.starts_with("? ")));
    }
}
