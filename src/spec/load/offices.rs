//! `offices.yaml`: whom packages of a release go to. All faults of all entries are found in one pass.

use super::checks::Targets;
use super::{Frame, Known, Loader};
use crate::diagnostic::{Diagnostic, FileName, Rule, did_you_mean_or_list};
use crate::language::LanguageCode;
use crate::period;
use crate::sources::TextFile;
use crate::spec::Specs;
use crate::spec::offices::{
    Channel, Due, FILE, Office, Offices, Piece, RawChannel, RawOffice, RawOffices, is_address, is_folder, is_id,
};
use crate::yaml::{self, Spanned};

/// The longest time for a confirmation, in days.
const LONGEST: u16 = 3650;

/// The offices of a list that is no part of the project, as it is written in `file`; what is wrong with it goes to `diagnostics`.
pub fn offices(raw: &RawOffices, file: &FileName, specs: &Specs, diagnostics: &mut Vec<Diagnostic>) -> Offices {
    let frame = Frame { programme: &specs.programme, whole: true };
    let known = Known { frame, datasets: &specs.datasets, all_datasets_read: specs.whole };
    let targets = Targets {
        known: &known,
        indicators: &specs.indicators,
        all_indicators_read: true,
        hierarchy: Some(&specs.hierarchy),
        all_regions_read: true,
    };
    Loader { file, languages: specs.programme.languages.clone(), diagnostics }.list(raw, targets)
}

impl Loader<'_> {
    /// The offices of the project; none where there is no file.
    pub(super) fn offices(&mut self, files: &[TextFile], targets: Targets<'_>) -> Offices {
        let mut offices = Offices::default();
        for file in files.iter().filter(|file| file.is_yaml_of(FILE)) {
            if let Some(parsed) = yaml::parse(file, self.diagnostics) {
                offices = self.at(&file.name).list(&parsed.value, targets);
            }
        }
        offices
    }

    fn list(&mut self, raw: &RawOffices, targets: Targets<'_>) -> Offices {
        self.distinct("the office", raw.offices.0.iter().map(|office| &office.id));
        let sender = raw.sender.as_ref().and_then(|sender| self.address(sender));
        let mailed = raw.offices.0.iter().find(|office| office.channel.value == RawChannel::Mail);
        if let (None, Some(mailed)) = (&raw.sender, mailed) {
            let message = "expected the address that mails come from, found none";
            self.report(Rule::InvalidSpecification, mailed.channel.span, message).hint =
                Some("write it at the top of `offices.yaml` as `sender: name@example.org`, or name it with `--sender`".into());
        }
        Offices { sender, all: raw.offices.0.iter().filter_map(|office| self.office(office, targets)).collect() }
    }

    /// An office; `None` where something is missing without which nothing can be sent to it. That has been reported.
    fn office(&mut self, raw: &RawOffice, targets: Targets<'_>) -> Option<Office> {
        let id = &raw.id;
        if !is_id(&id.value) {
            let message = format!("expected a name of small letters, digits and `-`, found `{}`", id.value);
            self.report(Rule::InvalidSpecification, id.span, message).hint =
                Some("the name stands in names of files and in receipts, such as `north-office`".into());
        }
        let name = self.text(&raw.name);
        self.distinct("the region", &raw.regions.0);
        self.distinct("the language", &raw.languages.0);
        self.distinct("the address", &raw.addresses.0);
        let regions: Vec<_> = raw.regions.0.iter().map(|code| self.region(code, targets)).collect();
        if raw.regions.0.is_empty() {
            self.wanting(id, "the codes of its regions", "name them in `regions`");
        }
        let publish = &targets.known.frame.programme.publish;
        let languages: Vec<_> = raw.languages.0.iter().map(|language| self.language_of(language, publish)).collect();
        let addresses: Vec<_> = raw.addresses.0.iter().map(|address| self.address(address)).collect();
        if raw.channel.value == RawChannel::Mail && raw.addresses.0.is_empty() {
            self.wanting(id, "the addresses that its mails go to", "name them in `addresses`, such as `name@example.org`");
        }
        let channel = self.channel(raw);
        let gets: Vec<Piece> = raw.gets.0.iter().map(|piece| piece.value).collect();
        if gets.is_empty() {
            self.wanting(id, "what its package holds", "name it in `gets`, such as `report` and `workbooks`");
        }
        if let Some(workbooks) = raw.gets.0.iter().find(|piece| piece.value == Piece::Workbooks)
            && !gets.contains(&Piece::Report)
            && !gets.contains(&Piece::Below)
        {
            let message = "expected reports that the workbooks belong to, found none";
            self.report(Rule::InvalidSpecification, workbooks.span, message).hint = Some("add `report` or `below`".into());
        }
        let due = raw.due.as_ref().map(|due| self.due(due));
        let languages: Vec<LanguageCode> = languages.into_iter().collect::<Option<_>>()?;
        Some(Office {
            id: id.value.clone(),
            name,
            regions: regions.into_iter().collect::<Option<_>>()?,
            languages: if languages.is_empty() { publish.clone() } else { languages },
            addresses: addresses.into_iter().collect::<Option<_>>()?,
            channel: channel?,
            gets,
            due: due.flatten(),
        })
    }

    fn wanting(&mut self, id: &Spanned<String>, what: &str, hint: &'static str) {
        let message = format!("expected {what} for the office `{}`, found none", id.value);
        self.report(Rule::InvalidSpecification, id.span, message).hint = Some(hint.into());
    }

    /// A language that reports are made in.
    fn language_of(&mut self, raw: &Spanned<String>, publish: &[LanguageCode]) -> Option<LanguageCode> {
        let found = publish.iter().find(|code| code.as_str() == raw.value).cloned();
        if found.is_none() {
            let message = format!("no reports are made in the language `{}`", raw.value);
            let hint = did_you_mean_or_list(&raw.value, publish.iter().map(LanguageCode::as_str));
            self.report(Rule::UnknownLanguage, raw.span, message).hint = hint.map(Into::into);
        }
        found
    }

    fn address(&mut self, raw: &Spanned<String>) -> Option<String> {
        if is_address(&raw.value) {
            return Some(raw.value.clone());
        }
        let message = format!("expected an address such as `name@example.org`, found `{}`", raw.value);
        self.report(Rule::InvalidSpecification, raw.span, message).hint =
            Some("write one address for each entry, without a name; a domain of other letters as `xn--…`".into());
        None
    }

    fn channel(&mut self, raw: &RawOffice) -> Option<Channel> {
        match (raw.channel.value, &raw.path) {
            (RawChannel::Mail, None) => Some(Channel::Mail),
            (RawChannel::Folder, None) => Some(Channel::Folder),
            (RawChannel::Sftp, None) => {
                self.wanting(&raw.id, "the folder on the server", "name it in `path`, such as `/incoming/north`");
                None
            }
            (RawChannel::Sftp, Some(path)) => {
                let path_of = path.value.trim_end_matches('/');
                if !is_folder(path_of) {
                    let message = format!(
                        "expected a folder on the server such as `/incoming/north`, found `{}`",
                        path.value.escape_debug()
                    );
                    self.report(Rule::InvalidSpecification, path.span, message);
                    return None;
                }
                Some(Channel::Sftp(path_of.to_owned()))
            }
            (RawChannel::Mail | RawChannel::Folder, Some(path)) => {
                self.report(Rule::InvalidSpecification, path.span, "only the channel `sftp` has a `path`").hint =
                    Some("leave it out, or choose the channel `sftp`".into());
                None
            }
        }
    }

    fn due(&mut self, raw: &Spanned<String>) -> Option<Due> {
        let days = raw.value.parse().ok().filter(|days| (1..=LONGEST).contains(days)).map(Due::After);
        let due = days.or_else(|| period::day(&raw.value).ok().map(Due::Day));
        if due.is_none() {
            let message = format!("expected a day as YYYY-MM-DD, or a number of days from 1 to {LONGEST}, found `{}`", raw.value);
            self.report(Rule::InvalidSpecification, raw.span, message);
        }
        due
    }
}
