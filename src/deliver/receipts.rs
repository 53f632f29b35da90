//! Who has confirmed which package, who has not; and mails to those who have not.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;
use serde::Serialize;

use super::mail::Mail;
use super::parcels::{Error, Parcels};
use super::receipt::{Garbled, Receipt};
use super::replies::Reply;
use crate::release::{FileEntry, Shelf};
use crate::table::is_formula;

/// How the offices stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The period's name in files.
    pub period: String,
    /// The edition that was sent.
    pub edition: u32,
    /// The day of the release: since then confirmations are waited for.
    pub issued: String,
    /// The offices, in the order in which they stand in the packages.
    pub offices: Vec<Row>,
    /// What came and confirms none of these packages.
    pub others: Vec<Other>,
}

/// How an office stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its name in files.
    pub office: String,
    /// Its name in letters.
    pub name: String,
    /// Whether it has confirmed this edition.
    pub confirmed: bool,
    /// The day of the first confirmation, where that is known.
    pub on: Option<String>,
    /// Who sent it.
    pub from: Option<String>,
    /// The file that it stands in.
    pub file: Option<String>,
    /// The latest earlier edition that it confirmed, where it has not confirmed this one.
    pub earlier: Option<u32>,
    /// The last day for the confirmation.
    pub due: Option<String>,
    /// Whether that day is over; `None` where nothing tells which day it is.
    pub late: Option<bool>,
}

/// Something that came and confirms nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Other {
    /// The file that it stands in.
    pub file: String,
    /// What stands there.
    pub receipt: String,
    /// Who sent it.
    pub from: Option<String>,
    /// Why it does not count.
    pub why: &'static str,
}

/// Counts what came. `today` tells which day it is, where somebody said it.
pub fn count(parcels: &Parcels, replies: &[Reply], today: Option<Date>) -> Standing {
    let mut confirmed: BTreeMap<&str, &Reply> = BTreeMap::new();
    let mut earlier: BTreeMap<&str, u32> = BTreeMap::new();
    let mut others = Vec::new();
    for reply in replies {
        let other = |receipt: String, why| Other { file: reply.file.clone(), receipt, from: reply.from.clone(), why };
        let receipt = match &reply.receipt {
            Ok(receipt) => receipt,
            Err(Garbled(text)) => {
                others.push(other(text.clone(), "it is not whole"));
                continue;
            }
        };
        match judged(parcels, receipt) {
            Judged::Confirms(office) => {
                let first = confirmed.entry(office).or_insert(reply);
                // One whose day is known is better than one whose day is not, and the first of them best.
                if reply.day.is_some_and(|day| first.day.is_none_or(|known| day < known)) {
                    *first = reply;
                }
            }
            Judged::Earlier(office) => {
                let known = earlier.entry(office).or_insert(receipt.edition);
                *known = receipt.edition.max(*known);
            }
            Judged::Strange(why) => others.push(other(receipt.to_string(), why)),
        }
    }
    let row = |parcel: &super::parcels::Parcel| {
        let reply = confirmed.get(parcel.office.as_str());
        let due: Option<Date> = parcel.due.as_deref().and_then(|day| day.parse().ok());
        Row {
            office: parcel.office.clone(),
            name: parcel.name.clone(),
            confirmed: reply.is_some(),
            on: reply.and_then(|reply| reply.day).map(|day| day.to_string()),
            from: reply.and_then(|reply| reply.from.clone()),
            file: reply.map(|reply| reply.file.clone()),
            earlier: if reply.is_some() { None } else { earlier.get(parcel.office.as_str()).copied() },
            due: parcel.due.clone(),
            late: if reply.is_some() { Some(false) } else { today.zip(due).map(|(today, due)| today > due) },
        }
    };
    Standing {
        period: parcels.period.clone(),
        edition: parcels.edition,
        issued: parcels.issued.clone(),
        offices: parcels.parcels.iter().map(row).collect(),
        others,
    }
}

enum Judged<'a> {
    Confirms(&'a str),
    Earlier(&'a str),
    Strange(&'static str),
}

fn judged<'a>(parcels: &'a Parcels, receipt: &Receipt) -> Judged<'a> {
    let Some(parcel) = parcels.parcels.iter().find(|parcel| parcel.office == receipt.office) else {
        return Judged::Strange("there is no package for this office");
    };
    if receipt.period != parcels.period {
        return Judged::Strange("it is of another period");
    }
    match receipt.edition.cmp(&parcels.edition) {
        std::cmp::Ordering::Less => Judged::Earlier(&parcel.office),
        std::cmp::Ordering::Greater => Judged::Strange("there is no such edition yet"),
        std::cmp::Ordering::Equal if receipt.code == parcel.code => Judged::Confirms(&parcel.office),
        std::cmp::Ordering::Equal => Judged::Strange("its code is not that of the package"),
    }
}

/// How the offices stand, for people.
pub fn text(standing: &Standing) -> String {
    let Standing { period, edition, issued, offices, others } = standing;
    let confirmed = offices.iter().filter(|row| row.confirmed).count();
    let mut text = format!("{period}, edition {edition}: {confirmed} of {} confirmed\n", offices.len());
    for row in offices {
        let told = if row.confirmed {
            let on = row.on.as_ref().map_or(String::new(), |day| format!(" on {day}"));
            let from = row.from.as_ref().map_or(String::new(), |from| format!(" by {from}"));
            format!("confirmed{on}{from}")
        } else {
            let due = row.due.as_ref().map_or(String::new(), |due| format!(", due {due}"));
            let late = if row.late == Some(true) { ", late" } else { "" };
            let earlier = row.earlier.map_or(String::new(), |edition| format!(", confirmed edition {edition} only"));
            format!("not confirmed since {issued}{due}{late}{earlier}")
        };
        text.push_str(&format!("{} ({}): {told}\n", row.office, row.name));
    }
    for other in others {
        let from = other.from.as_ref().map_or(String::new(), |from| format!(", from {from}"));
        text.push_str(&format!("not counted: `{}` in `{}`{from}: {}\n", other.receipt, other.file, other.why));
    }
    // What strangers wrote goes to a terminal.
    text.chars().filter(|sign| *sign == '\n' || !sign.is_control()).collect()
}

/// How the offices stand, as a table: UTF-8, commas, LF. No text in it can act as a formula in a spreadsheet program.
pub fn csv(standing: &Standing) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = ["office", "name", "period", "edition", "state", "since", "due", "late", "from", "file"];
    writer.write_record(head).expect("memory does not fail");
    let edition = standing.edition.to_string();
    for row in &standing.offices {
        let (state, since) =
            if row.confirmed { ("confirmed", row.on.as_deref()) } else { ("not confirmed", Some(standing.issued.as_str())) };
        let late = row.late.map_or("", |late| if late { "yes" } else { "no" });
        let [due, from, file] = [&row.due, &row.from, &row.file].map(|text| text.as_deref().unwrap_or_default());
        let cells = [&row.office, &row.name, &standing.period, &edition, state, since.unwrap_or_default(), due, late, from, file];
        let inert = cells.map(|cell| if is_formula(cell) { format!("'{cell}") } else { cell.to_owned() });
        writer.write_record(inert).expect("memory does not fail");
    }
    let bytes = writer.into_inner().expect("memory does not fail");
    String::from_utf8(bytes).expect("text went in")
}

/// How the offices stand, for other programs.
pub fn json(standing: &Standing) -> String {
    serde_json::to_string_pretty(standing).expect("plain data") + "\n"
}

/// What was made of reminders.
#[derive(Debug, Default)]
pub struct Reminders {
    /// Their folder; `None` when there are none.
    pub place: Option<PathBuf>,
    /// How many there are.
    pub count: usize,
    /// The offices that have no address.
    pub unreachable: Vec<String>,
}

/// Makes a mail to each office that has not confirmed, and swaps them in as the folder of their period.
///
/// # Errors
/// When something cannot be written.
pub fn remind(parcels: &Parcels, standing: &Standing, day: Option<Date>, shelf: &Shelf) -> Result<Reminders, Error> {
    let staging = shelf.begin_edition(&parcels.period, parcels.edition, true)?;
    let (mut entries, mut reminders) = (Vec::new(), Reminders::default());
    let waiting = parcels.parcels.iter().zip(&standing.offices).filter(|(_, row)| !row.confirmed);
    for (parcel, _) in waiting {
        let Some(sender) = &parcels.sender_of(parcel).filter(|_| !parcel.addresses.is_empty()) else {
            reminders.unreachable.push(parcel.office.clone());
            continue;
        };
        let day = day.unwrap_or(parcels.issued());
        let mail = Mail {
            id: format!("{}.{}.{}.reminder.{day}", parcel.office, parcel.code, parcels.edition),
            sender,
            to: (&parcel.name, &parcel.addresses),
            subject: parcel.words.reminder_subject.clone(),
            text: parcel.words.reminder.clone(),
            day,
            attached: Vec::new(),
        };
        let (path, bytes) = (format!("{}.eml", parcel.office), mail.write());
        staging.write(&path, &bytes)?;
        entries.push(FileEntry::new(path, &bytes));
    }
    reminders.count = entries.len();
    // Those of before are out of date now, even where there are no new ones.
    if entries.is_empty() {
        staging.publish_if_any(&[])?;
    } else {
        reminders.place = Some(staging.publish_files(&entries, true)?);
    }
    Ok(reminders)
}
