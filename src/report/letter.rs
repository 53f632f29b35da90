//! The covering letter of a package for an office: what is inside, what has changed, what to do, by when, whom to ask. The document, the
//! page, the plain text and the mails have the same words.

use std::fmt::Write;

use jiff::civil::Date;

use super::model::{Letter, LetterLanguage, LetterLine};
use super::{Material, front};
use crate::language::{Language, fill, punctuation};
use crate::spec::offices::{Office, Piece};
use crate::words;

/// The labels that every language needs for letters, apart from those that their templates use.
pub const LABELS: &[&str] = &[
    "deliver_title",
    "deliver_lead",
    "deliver_edition",
    "deliver_contents",
    "deliver_many",
    "deliver_report",
    "deliver_below",
    "deliver_workbooks",
    "deliver_table",
    "deliver_protocol",
    "deliver_answer",
    "deliver_form",
    "deliver_sheets",
    "deliver_changes",
    "deliver_more_changes",
    "deliver_todo",
    "deliver_step_open",
    "deliver_step_private",
    "deliver_step_answer",
    "deliver_step_answer_due",
    "deliver_step_form",
    "deliver_step_confirm",
    "deliver_step_due",
    "deliver_ask",
    "deliver_subject",
    "deliver_part",
    "deliver_parts",
    "deliver_link",
    "deliver_receipt",
    "deliver_remind_subject",
    "deliver_remind",
    "deliver_remind_due",
];

/// More files of a kind are told in one line.
const MOST_FILES: usize = 24;

/// What a letter is about.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The office.
    pub office: &'a Office,
    /// The number of the edition, from 1.
    pub edition: u32,
    /// The day of the release.
    pub issued: Date,
    /// The last day for the confirmation.
    pub due: Option<Date>,
    /// What has changed since the last edition, in the letter's language.
    pub changes: &'a [String],
    /// The files of the package: what each is, its path and its size.
    pub files: &'a [(Piece, String, usize)],
}

/// The texts of mails about a package. `{part}`, `{parts}` and `{link}` in them are filled in when the mails are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailTexts {
    /// The subject of the mail with the package.
    pub subject: String,
    /// Which of several mails it is.
    pub part: String,
    /// What to do with several mails.
    pub parts: String,
    /// Where to fetch what is too large.
    pub link: String,
    /// The subject of a reminder.
    pub reminder_subject: String,
    /// What a reminder says.
    pub reminder: String,
}

/// Writes the letter. `pages` are the languages of the package with the path of the page of each.
pub fn write(material: Material<'_>, language: &Language, subject: Subject<'_>, pages: &[(&Language, String)]) -> Letter {
    let Subject { office, edition, issued, due, changes, files } = subject;
    let words = Words { material, language, subject };
    let name = office.name.get(&language.code).to_owned();
    let mut front = front(Material { date: Some(issued), ..material }, language);
    front.subtitle = Some(words.label("deliver_title").to_owned());
    front.number = language.isolated(format!("{}-{}-{edition}", office.id, front.period.id));
    front.region.name.clone_from(&name);
    front.facts.clear();
    let mut steps = vec!["deliver_step_open"];
    let holds = |wanted: fn(Piece) -> bool| files.iter().any(|(piece, ..)| wanted(*piece));
    // Names of files may tell of single units.
    let is_private = holds(Piece::is_private);
    let private = is_private.then(|| words.label("audience_internal").to_owned());
    let preliminary = material.is_preliminary().then(|| words.label("preliminary").to_owned());
    let lines: Vec<String> = private.into_iter().chain(preliminary).collect();
    front.audience = (!lines.is_empty()).then(|| lines.join(". "));
    steps.extend(is_private.then_some("deliver_step_private"));
    let by = words.corrections_due().map_or("deliver_step_answer", |_| "deliver_step_answer_due");
    steps.extend(holds(|piece| piece == Piece::Answer).then_some(by));
    steps.extend(holds(|piece| piece == Piece::Form).then_some("deliver_step_form"));
    steps.push(if due.is_some() { "deliver_step_due" } else { "deliver_step_confirm" });
    let here = |(other, path): &(&Language, String)| LetterLanguage {
        code: other.code.as_str().to_owned(),
        name: other.name.clone(),
        path: path.clone(),
        here: other.code == language.code,
    };
    Letter {
        office: name,
        lead: ["deliver_lead", "deliver_edition"].map(|label| words.filled(label)).into(),
        contents: words.contents(),
        files: files.iter().map(|(piece, path, size)| words.line(*piece, path, *size)).collect(),
        changes: changes.to_vec(),
        steps: steps.into_iter().map(|label| words.filled(label)).collect(),
        ask: material.specs.programme.contact.as_ref().map(|contact| contact.get(&language.code).to_owned()),
        languages: if pages.len() > 1 { pages.iter().map(here).collect() } else { Vec::new() },
        front,
    }
}

/// The letter as plain text, in its language.
pub fn text(letter: &Letter, language: &Language) -> String {
    let mut text = format!("{}\n{}\n\n", letter.front.publisher, letter.front.title);
    if let Some(audience) = &letter.front.audience {
        writeln!(text, "{audience}\n").expect("memory does not fail");
    }
    let label = |key: &str| language.labels.get(key).map_or("", String::as_str);
    let mut put = |line: &str| writeln!(text, "{line}").expect("memory does not fail");
    for paragraph in &letter.lead {
        put(paragraph);
    }
    let mut list = |heading: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            put(&format!("\n{}\n", label(heading)));
            lines.iter().for_each(|line| put(line));
        }
    };
    let content = |line: &LetterLine| format!("- {}: {}, {}", line.kind, line.name, line.size);
    list("deliver_contents", letter.contents.iter().map(content).collect());
    list("deliver_changes", letter.changes.iter().map(|change| format!("- {change}")).collect());
    list("deliver_todo", letter.steps.iter().zip(1..).map(|(step, number)| format!("{number}. {step}")).collect());
    list("deliver_ask", letter.ask.iter().cloned().collect());
    // In plain text there is nothing that lines could break at.
    text.replace('\u{a0}', " ")
}

/// The texts of the mails about a package.
pub fn mail_texts(material: Material<'_>, language: &Language, subject: Subject<'_>) -> MailTexts {
    let words = Words { material, language, subject };
    let own = |label: &str| words.label(label).to_owned();
    let mut reminder = words.filled("deliver_remind");
    if subject.due.is_some() {
        reminder = format!("{reminder}\n{}", words.filled("deliver_remind_due"));
    }
    if let Some(contact) = &material.specs.programme.contact {
        reminder = format!("{reminder}\n\n{}: {}", words.label("deliver_ask"), contact.get(&language.code));
    }
    MailTexts {
        subject: words.filled("deliver_subject"),
        part: own("deliver_part"),
        parts: own("deliver_parts"),
        link: own("deliver_link"),
        reminder_subject: words.filled("deliver_remind_subject"),
        reminder,
    }
}

struct Words<'a> {
    material: Material<'a>,
    language: &'a Language,
    subject: Subject<'a>,
}

impl Words<'_> {
    fn label(&self, key: &str) -> &str {
        self.language.labels.get(key).map_or("", String::as_str)
    }

    /// A label with what is known of the package.
    fn filled(&self, key: &str) -> String {
        let (programme, code) = (&self.material.specs.programme, &self.language.code);
        let Subject { office, edition, issued, due, .. } = self.subject;
        let words = fill(self.label(key), |name| match name {
            "title" => Some(programme.title.get(code).to_owned()),
            "office" => Some(office.name.get(code).to_owned()),
            "period" => Some(self.material.specs.period(self.material.period).name.get(code).to_owned()),
            "edition" => Some(edition.to_string()),
            "date" => Some(self.language.date(issued)),
            "due" => due.map(|due| self.language.date(due)),
            "corrections_due" => self.corrections_due().map(|due| self.language.date(due)),
            _ => None,
        });
        punctuation::stops(&words)
    }

    /// By when corrections are to come, where that is still ahead.
    fn corrections_due(&self) -> Option<Date> {
        self.material.specs.period(self.material.period).due.filter(|due| *due >= self.subject.issued)
    }

    fn line(&self, piece: Piece, path: &str, size: usize) -> LetterLine {
        let name = path.rsplit('/').next().unwrap_or(path);
        LetterLine {
            path: path.to_owned(),
            name: name.to_owned(),
            kind: self.kind(piece).to_owned(),
            size: words::size(self.language, size),
        }
    }

    /// The files, with one line for many of a kind.
    fn contents(&self) -> Vec<LetterLine> {
        let of_kind = |files: &[(Piece, String, usize)]| -> Vec<LetterLine> {
            if files.len() <= MOST_FILES {
                return files.iter().map(|(piece, path, size)| self.line(*piece, path, *size)).collect();
            }
            let name = self.label("deliver_many").replace("{}", &self.language.whole(files.len() as i128));
            let size = files.iter().map(|(.., size)| size).sum();
            vec![LetterLine { name, ..self.line(files[0].0, "", size) }]
        };
        self.subject.files.chunk_by(|(left, ..), (right, ..)| left == right).flat_map(of_kind).collect()
    }

    fn kind(&self, piece: Piece) -> &str {
        self.label(match piece {
            Piece::Report => "deliver_report",
            Piece::Below => "deliver_below",
            Piece::Workbooks => "deliver_workbooks",
            Piece::Table => "deliver_table",
            Piece::Protocol => "deliver_protocol",
            Piece::Answer => "deliver_answer",
            Piece::Form => "deliver_form",
            Piece::Sheets => "deliver_sheets",
        })
    }
}
