//! The package of an office: its files, a letter, a page that leads to the files, and the line that it sends back.

use jiff::civil::Date;

use super::bag::{self, Bag};
use super::parcels::{MailWords, Parcel};
use super::receipt::Receipt;
use super::stock::{Choice, Stock};
use crate::diagnostic::Diagnostic;
use crate::edition::{Editions, Standing};
use crate::language::Language;
use crate::project::Computed;
use crate::region::RegionIndex;
use crate::release;
use crate::report::letter::{self, Subject};
use crate::report::model::{LETTER, Letter};
use crate::report::{Issue, Material, erratum};
use crate::spec::offices::{Office, Piece};
use crate::typeset::{Failure, Page, Setter};

/// The files that a release may have and a package takes along.
const TAKEN_ALONG: [&str; 2] = ["editions.json", "editions.json.minisig"];
/// The most changed numbers that a letter tells; the reports tell all of them.
const MOST_CHANGES: usize = 20;
/// The line to be sent back.
const RECEIPT: &str = "receipt.txt";

/// What packages are made with.
pub struct Desk<'a> {
    pub computed: &'a Computed,
    pub material: Material<'a>,
    pub stock: &'a Stock<'a>,
    pub setter: &'a Setter,
    pub edition: u32,
    pub issued: Date,
    pub editions: &'a Editions,
}

/// A package that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its files cannot be packed.
    #[error(transparent)]
    Bag(#[from] bag::Error),
    /// Something beside the release cannot be read.
    #[error(transparent)]
    Read(#[from] release::Error),
    /// Its letter cannot be set.
    #[error("the covering letter cannot be made")]
    Letter(Vec<Diagnostic>),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Letter(failure.diagnostics)
    }
}

/// A finished package: what is told of it, and its bytes.
pub struct Package {
    pub parcel: Parcel,
    pub bytes: Vec<u8>,
}

impl Desk<'_> {
    /// Makes the package of an office of its files.
    pub fn pack(&self, office: &Office, choice: Choice) -> Result<Package, Error> {
        let Choice { files, is_preliminary, .. } = choice;
        // A package is what its reports are; one without reports is what the release is.
        let has_reports = files.iter().any(|file| matches!(file.piece, Piece::Report | Piece::Below));
        let standing = match (is_preliminary, has_reports) {
            (true, _) => Standing::Preliminary,
            (false, true) => Standing::Unasked,
            (false, false) => self.material.standing,
        };
        let material = Material { standing, ..self.material };
        let period = self.computed.specs.period(self.material.period).id.as_str();
        let name = release::safe_path(&format!("{}-{period}-{}", office.id, self.edition));
        let listed: Vec<(Piece, String, usize)> =
            files.iter().map(|file| (file.piece, format!("{}{}", bag::PAYLOAD, file.path), file.bytes.len())).collect();
        let payload = files.into_iter().map(|file| (file.path, file.bytes)).collect();
        let mut bag = Bag { name: name.clone(), info: self.info(office, period), payload, tags: Vec::new() };
        let code = bag.code();
        let receipt = Receipt { office: office.id.clone(), period: period.to_owned(), edition: self.edition, code: code.clone() };
        let due = office.due.map(|due| due.day(self.issued));
        let languages: Vec<&Language> = office.languages.iter().map(|code| &self.computed.languages[code]).collect();
        let pages = pages(&languages);
        let (mut letters, mut texts) = (Vec::new(), Vec::new());
        for (language, page) in &pages {
            let changes = &self.changes(office, language);
            let subject = || Subject { office, edition: self.edition, issued: self.issued, due, changes, files: &listed };
            let letter = letter::write(material, language, subject(), &pages);
            let text = letter::text(&letter, language);
            bag.tags.extend(self.written(&letter, &text, page)?);
            letters.push(text);
            texts.push(letter::mail_texts(material, language, subject()));
        }
        bag.tags.push((RECEIPT.to_owned(), receipt_text(&languages, &receipt).into_bytes()));
        for file in TAKEN_ALONG {
            bag.tags.extend(self.stock.beside(file)?.map(|bytes| (file.to_owned(), bytes)));
        }
        let first = &texts[0];
        let all = |text: fn(&letter::MailTexts) -> &String| joined(texts.iter().map(text).map(String::as_str));
        let words = MailWords {
            subject: first.subject.clone(),
            letter: joined(letters.iter().map(String::as_str)),
            part: first.part.clone(),
            parts: all(|texts| &texts.parts),
            link: all(|texts| &texts.link),
            reminder_subject: first.reminder_subject.clone(),
            reminder: all(|texts| &texts.reminder),
        };
        let parcel = Parcel {
            office: office.id.clone(),
            name: office.name.get(&office.languages[0]).to_owned(),
            package: format!("{name}.zip"),
            code,
            sender: Some(self.computed.specs.programme.publisher.get(&office.languages[0]).to_owned()),
            channel: office.channel.clone(),
            addresses: office.addresses.clone(),
            due: due.map(|due| due.to_string()),
            words,
        };
        Ok(Package { parcel, bytes: bag.write()? })
    }

    /// Whether a number of an office's regions differs from the edition before.
    pub fn has_changes(&self, office: &Office) -> bool {
        office.regions.iter().any(|&region| !self.editions.changes(self.edition, self.code(region)).is_empty())
    }

    /// What differs from the edition before in the numbers of an office's regions, in words; the first ones of many.
    fn changes(&self, office: &Office, language: &Language) -> Vec<String> {
        let of = |&region: &RegionIndex| {
            let issue = Issue {
                number: self.edition,
                declared: self.computed.specs.programme.edition(self.material.period, self.edition),
                replaced: None,
                changes: self.editions.changes(self.edition, self.code(region)),
                seal: None,
            };
            erratum::lines(self.material.of(issue), language, region)
        };
        let mut lines: Vec<String> = office.regions.iter().flat_map(of).collect();
        if lines.len() > MOST_CHANGES {
            let more = lines.len() - MOST_CHANGES;
            lines.truncate(MOST_CHANGES);
            lines.push(language.labels["deliver_more_changes"].replace("{}", &language.whole(more as i128)));
        }
        lines
    }

    fn code(&self, region: RegionIndex) -> &str {
        self.computed.specs.hierarchy.region(region).code.as_str()
    }

    /// The letter as a document and as a text, and its page.
    fn written(&self, letter: &Letter, text: &str, page: &str) -> Result<[(String, Vec<u8>); 3], Error> {
        let code = letter.front.language.code.as_str();
        let name = format!("{LETTER}.{code}");
        let document = self.setter.set(&format!("{} {name}.pdf", letter.front.number), letter, "", self.issued)?;
        let model = serde_json::to_string(letter).expect("a letter is plain data");
        let html = Page { template: "letter/index.html.j2", language: code, audience: letter.front.audience.as_deref() };
        let html = self.setter.page(page, &html, &model)?;
        Ok([
            (format!("{name}.pdf"), document.bytes),
            (format!("{name}.txt"), text.as_bytes().to_vec()),
            (page.to_owned(), html.into_bytes()),
        ])
    }

    /// What the package tells of itself.
    fn info(&self, office: &Office, period: &str) -> Vec<(String, String)> {
        let specs = &self.computed.specs;
        let (programme, language) = (&specs.programme, &office.languages[0]);
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut info = vec![
            ("Source-Organization", line(programme.publisher.get(language))),
            ("External-Description", line(programme.title.get(language))),
            ("External-Identifier", line(&format!("{} {period} edition {}", office.id, self.edition))),
            ("Bagging-Date", self.issued.to_string()),
            (bag::OFFICE, line(office.name.get(language))),
            (bag::PERIOD, line(period)),
            (bag::EDITION, self.edition.to_string()),
        ];
        info.extend(specs.offices.sender.clone().map(|sender| ("Contact-Email", sender)));
        info.into_iter().filter(|(_, value)| !value.is_empty()).map(|(label, value)| (label.to_owned(), value)).collect()
    }
}

/// The languages of a package, with the path of the page in each; the first one is opened first.
fn pages<'a>(languages: &[&'a Language]) -> Vec<(&'a Language, String)> {
    let page = |(position, language): (usize, &&'a Language)| {
        let path = if position == 0 { "index.html".to_owned() } else { format!("index.{}.html", language.code) };
        (*language, path)
    };
    languages.iter().enumerate().map(page).collect()
}

/// Texts in several languages, one below the other.
fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.map(str::trim_end).collect::<Vec<_>>().join("\n\n----\n\n")
}

/// The file with the line to be sent back.
fn receipt_text(languages: &[&Language], receipt: &Receipt) -> String {
    let how = languages.iter().map(|language| language.labels.get("deliver_receipt").map_or("", String::as_str));
    let how: String = how.map(|words| format!("{words}\r\n\r\n")).collect();
    // The byte order mark lets old editors show all letters; they also want both signs at the end of a line.
    format!("\u{feff}{how}{receipt}\r\n")
}
