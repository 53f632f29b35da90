//! `esep approve`: what a region approves, as an entry of `approvals.yaml`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use esep::edition::{self, Ledger};
use esep::release::{Holding, Kept};
use esep::sources::RESULTS;
use esep::spec::{Programme, approvals};

use super::arguments::{Approve, Arguments};
use super::choose::{codes, period, regions};
use super::output::{print, say};
use super::{Stop, opened};

pub fn run(arguments: &Arguments, options: &Approve) -> Result<(), Stop> {
    let project = opened(arguments)?;
    let Some(computed) = &project.computed else { return Err(Stop::WrongFiles) };
    let specs = &computed.specs;
    let newest = || Some(PathBuf::from("out").join(&specs.period(computed.latest()?).id));
    let Some(place) = options.release.clone().or_else(newest).map(|place| arguments.project.join(place)) else {
        return Err(Stop::CannotRun("there is no release yet; make one with `esep build`".into()));
    };
    let release = Kept::open(&place, Holding::Reports)?;
    let id = release.period().unwrap_or_default().to_owned();
    let csv = String::from_utf8_lossy(&release.read(RESULTS)?).into_owned();
    let numbers = Ledger::read(&csv, &id).unwrap_or_default();
    let chosen = regions(specs, std::slice::from_ref(&options.region))?;
    let own = specs.hierarchy.region(chosen[0]);
    let code = own.code.as_str();
    let id_of = period(specs, &id)?;
    if !own.exists_on(specs.period(id_of).date) {
        return Err(Stop::CannotRun(format!("the region `{code}` does not exist in the period `{id}`")));
    }
    let manifest: serde_json::Value = serde_json::from_str(release.manifest()).unwrap_or_default();
    let blocked = manifest["blocked"].as_array().into_iter().flatten();
    if blocked.filter_map(|entry| entry["region"].as_str()).any(|blocked| blocked == code) {
        return Err(Stop::CannotRun(format!(
            "errors block the report of the region `{code}`; `esep check` tells them, and its numbers are approved once they are mended"
        )));
    }
    let Some(hashes) = edition::hashes(specs, id_of, chosen[0], &numbers) else {
        let level = &specs.level(specs.hierarchy.region(chosen[0]).level).id;
        return Err(Stop::CannotRun(format!(
            "regions of the level `{level}` approve no numbers; write `approves: true` at the level in `programme.yaml`"
        )));
    };
    if hashes.is_empty() {
        return Err(Stop::CannotRun(format!("`{}` tells no numbers of the region `{code}`", place.display())));
    }
    let without = codes(specs, &options.without)?;
    let mut text = format!("  - period: {}\n    region: {}\n", quoted(&id), quoted(code));
    let mut put = |key: &str, value: String| {
        let line = format!("    {key}: {value}");
        writeln!(text, "{}", line.trim_end()).expect("memory does not fail");
    };
    put("by", localized(&specs.programme, &options.by)?);
    put("date", options.date.to_string());
    if !options.remark.is_empty() {
        put("remark", localized(&specs.programme, &options.remark)?);
    }
    if !without.is_empty() {
        let codes: Vec<String> = without.iter().map(|code| quoted(code)).collect();
        put("without", format!("[{}]", codes.join(", ")));
    }
    put("numbers", String::new());
    for (indicator, hash) in hashes {
        writeln!(text, "      {}: {hash}", quoted(&indicator)).expect("memory does not fail");
    }
    if !arguments.quiet {
        say(&format!("the entry below belongs under `approvals:` in `{}`", approvals::FILE));
    }
    print(&text)
}

/// A text in every language of the programme, as YAML: given as `<language>=<text>`, or once for all.
fn localized(programme: &Programme, given: &[String]) -> Result<String, Stop> {
    let mut texts: BTreeMap<&str, &str> = BTreeMap::new();
    for text in given {
        let tagged = text.split_once('=').filter(|(code, _)| programme.languages.iter().any(|own| own.as_str() == *code));
        match tagged {
            Some((code, text)) => {
                texts.insert(code, text);
            }
            None => texts.extend(programme.languages.iter().map(|code| (code.as_str(), text.as_str()))),
        }
    }
    if given.iter().any(|text| text.split_once('=').map_or(text.as_str(), |(_, text)| text).trim().is_empty()) {
        return Err(Stop::CannotRun("expected a text, found none; write who approves as `--by \"post and name\"`".into()));
    }
    let lacking: Vec<&str> =
        programme.languages.iter().map(|code| code.as_str()).filter(|code| !texts.contains_key(code)).collect();
    if !lacking.is_empty() {
        return Err(Stop::CannotRun(format!("a text is missing in {}; give it as `{}=…`", lacking.join(", "), lacking[0])));
    }
    let entries: Vec<String> = texts.iter().map(|(code, text)| format!("{code}: {}", quoted(text))).collect();
    Ok(format!("{{ {} }}", entries.join(", ")))
}

/// A text in quotes, as YAML and JSON read it.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text is plain data")
}
