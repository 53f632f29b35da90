//! A verdict in the words of a language.

use super::verify::{Signed, Trust, Verdict, What};
use super::{Fault, FaultKind, Judgement, Later, Print};
use crate::diagnostic::visible;
use crate::language::{Language, fill};

/// The labels that a language needs besides those of the faults.
pub const LABELS: &[&str] = &[
    "verify_what_package",
    "verify_what_release",
    "verify_what_folder",
    "verify_what_bag",
    "verify_what_listed",
    "verify_what_file",
    "verify_period",
    "verify_edition",
    "verify_whole",
    "verify_not_whole",
    "verify_not_checked",
    "verify_signed",
    "verify_signed_unnamed",
    "verify_signed_wrong",
    "verify_signed_unreadable",
    "verify_signed_nobody",
    "verify_latest",
    "verify_superseded",
    "verify_superseded_on",
    "verify_list_disbelieved",
    "verify_list_unknown",
    "verify_of_whole",
    "verify_code_signed",
    "verify_code_signed_unnamed",
    "verify_code_signed_wrong",
];

/// All labels that a language needs.
pub fn labels() -> Vec<&'static str> {
    LABELS.iter().chain(Print::LABELS).copied().chain(FaultKind::ALL.iter().map(|kind| kind.label())).collect()
}

/// A verdict as lines of text.
pub fn text(language: &Language, trust: &Trust, verdict: &Verdict) -> String {
    let voice = Voice(language);
    let mut lines = vec![format!("{}: {}", visible(&verdict.path), voice.what(verdict))];
    if verdict.faults.is_empty() {
        lines.push(voice.say("verify_whole", &[("count", &language.whole(verdict.files as i128))]));
    } else {
        let is_checked = verdict.judgement() != Judgement::Unproven;
        lines.push(voice.say(if is_checked { "verify_not_whole" } else { "verify_not_checked" }, &[]));
        lines.extend(verdict.faults.iter().map(|fault| format!("  {}", voice.fault(fault))));
    }
    lines.push(voice.signed(&verdict.signed));
    lines.extend(voice.later(verdict, trust));
    lines.extend(verdict.print.map(|print| voice.say(print.label(), &[])));
    lines.extend(verdict.print_signed.as_ref().and_then(|signed| voice.print_signed(signed)));
    lines.join("\n  ") + "\n"
}

struct Voice<'a>(&'a Language);

impl Voice<'_> {
    /// A sentence with what it tells of.
    fn say(&self, label: &str, facts: &[(&str, &str)]) -> String {
        let text = self.0.labels.get(label).map_or(label, String::as_str);
        fill(text, |name| facts.iter().find(|(known, _)| *known == name).map(|(_, fact)| visible(fact)))
    }

    fn what(&self, verdict: &Verdict) -> String {
        let is_release = verdict.holds.as_deref().is_none_or(|holds| holds == "reports");
        let (label, fact) = match verdict.what {
            What::Package => ("verify_what_package", ("office", verdict.office.as_deref())),
            What::Release if is_release => ("verify_what_release", ("holds", None)),
            What::Release => ("verify_what_folder", ("holds", verdict.holds.as_deref())),
            What::Bag => ("verify_what_bag", ("holds", None)),
            What::Listed => ("verify_what_listed", ("list", verdict.listed_in.as_deref())),
            What::File => ("verify_what_file", ("list", None)),
        };
        let mut parts = vec![self.say(label, &[(fact.0, fact.1.unwrap_or_default())])];
        parts.extend(verdict.period.iter().map(|period| self.say("verify_period", &[("period", period)])));
        parts.extend(verdict.edition.map(|edition| self.say("verify_edition", &[("edition", &edition.to_string())])));
        parts.join(", ")
    }

    fn fault(&self, fault: &Fault) -> String {
        let whole = self.say("verify_of_whole", &[]);
        let file = if fault.file.is_empty() { &whole } else { &fault.file };
        self.say(fault.kind.label(), &[("file", file), ("detail", &fault.detail)])
    }

    fn signed(&self, signed: &Signed) -> String {
        match signed {
            Signed::Nobody => self.say("verify_signed_nobody", &[]),
            Signed::Named { id, comment } => self.say("verify_signed", &[("id", id), ("comment", comment)]),
            Signed::Unnamed { id } => self.say("verify_signed_unnamed", &[("id", id)]),
            Signed::Wrong { id } => self.say("verify_signed_wrong", &[("id", id)]),
            Signed::Unreadable => self.say("verify_signed_unreadable", &[]),
        }
    }

    /// By whom the check code of a print is signed.
    fn print_signed(&self, signed: &Signed) -> Option<String> {
        let (label, id) = match signed {
            Signed::Named { id, .. } => ("verify_code_signed", id),
            Signed::Unnamed { id } => ("verify_code_signed_unnamed", id),
            Signed::Wrong { id } => ("verify_code_signed_wrong", id),
            Signed::Nobody | Signed::Unreadable => return None,
        };
        Some(self.say(label, &[("id", id)]))
    }

    /// Whether a later edition has taken its place; nothing of what has no editions.
    fn later(&self, verdict: &Verdict, trust: &Trust) -> Option<String> {
        Some(match &verdict.later {
            Later::Unknown if verdict.edition.is_none() && trust.editions.is_none() => return None,
            Later::Unknown => self.say("verify_list_unknown", &[]),
            Later::Disbelieved => self.say("verify_list_disbelieved", &[]),
            Later::Latest { .. } => self.say("verify_latest", &[]),
            Later::Superseded { edition, issued: None } => self.say("verify_superseded", &[("edition", &edition.to_string())]),
            Later::Superseded { edition, issued: Some(day) } => {
                let day = crate::period::day(day).map_or_else(|_| day.clone(), |day| self.0.date(day));
                self.say("verify_superseded_on", &[("edition", &edition.to_string()), ("day", &day)])
            }
        })
    }
}
