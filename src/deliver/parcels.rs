//! What a folder of packages says of itself: whom each package is for, how it is sent, the words of its mails. Who sends and who counts
//! confirmations need nothing beside it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::release::{self, Holding, Kept};
use crate::spec::offices::{Channel, is_address, is_folder, is_id};

/// The packages of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcels {
    /// The period's name in files.
    #[serde(skip_serializing)]
    pub period: String,
    /// The number of the edition, from 1.
    pub edition: u32,
    /// The day of the release.
    pub issued: String,
    /// The address that mails are sent from, and the name beside it.
    pub sender: Option<Sender>,
    /// The packages, in the order of the offices.
    pub parcels: Vec<Parcel>,
}

/// Who sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// The name.
    pub name: String,
    /// The address.
    pub address: String,
}

/// A package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// The office's name in files and receipts.
    pub office: String,
    /// The office's name in letters.
    pub name: String,
    /// The path of the package in the folder.
    pub package: String,
    /// What its receipt must tell: the first 16 digits of the checksum of its files.
    pub code: String,
    /// The name of who sends it, as the office reads it; that of the sender where older packages tell none.
    #[serde(default)]
    pub sender: Option<String>,
    /// How it is sent.
    pub channel: Channel,
    /// Where mails go.
    pub addresses: Vec<String>,
    /// The last day for the confirmation.
    pub due: Option<String>,
    /// The words of its mails.
    pub words: MailWords,
}

/// The words of the mails about a package, in all languages of its office. `{part}`, `{parts}` and `{link}` are filled in later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailWords {
    /// The subject of the mail with the package.
    pub subject: String,
    /// The covering letter.
    pub letter: String,
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

/// The manifest of a folder of packages makes no sense.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot use `{place}`: its `manifest.json` does not tell of packages as this version of esep writes it ({detail}); make it anew with `esep deliver`"
)]
pub struct Unreadable {
    place: String,
    detail: String,
}

/// Why a folder of packages cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] release::Error),
    /// Its manifest makes no sense.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

impl Parcels {
    /// Reads what a folder says of itself.
    ///
    /// # Errors
    /// When it holds no packages.
    pub fn open(place: &std::path::Path) -> Result<(Kept, Self), Error> {
        let kept = Kept::open(place, Holding::Deliveries)?;
        let unreadable = |detail: String| Unreadable { place: place.display().to_string(), detail };
        let parcels: Self = serde_json::from_str(kept.manifest()).map_err(|error| unreadable(error.to_string()))?;
        match parcels.fault() {
            None => Ok((kept, parcels)),
            Some(fault) => Err(unreadable(fault).into()),
        }
    }

    /// What makes no sense in it: names of offices become names of folders, addresses stand in heads of mails, folders in commands.
    fn fault(&self) -> Option<String> {
        let of_parcel = |parcel: &Parcel| {
            let is_channel = match &parcel.channel {
                Channel::Sftp(folder) => is_folder(folder),
                Channel::Mail | Channel::Folder => true,
            };
            let is_sound = is_id(&parcel.office) && is_channel && parcel.addresses.iter().all(|address| is_address(address));
            (!is_sound).then(|| format!("the office `{}`, its addresses or its channel", parcel.office.escape_debug()))
        };
        let is_sender = self.sender.as_ref().is_none_or(|sender| is_address(&sender.address));
        if self.day().is_none() || !is_sender {
            return Some("its day or its sender".to_owned());
        }
        self.parcels.iter().find_map(of_parcel)
    }

    /// What the manifest tells of the packages, beside the list of files.
    pub fn told(&self) -> Map<String, Value> {
        match serde_json::to_value(self).expect("packages are plain data") {
            Value::Object(told) => told,
            other => unreachable!("a structure is an object: {other}"),
        }
    }

    fn day(&self) -> Option<Date> {
        self.issued.parse().ok()
    }

    /// Who sends a package, as its office reads it.
    pub fn sender_of(&self, parcel: &Parcel) -> Option<Sender> {
        let sender = self.sender.clone()?;
        Some(Sender { name: parcel.sender.clone().unwrap_or(sender.name), ..sender })
    }

    /// The day of the release.
    pub fn issued(&self) -> Date {
        self.day().expect("it was read as a day, or made of one")
    }
}
