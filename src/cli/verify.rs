//! `esep verify`: what came, judged without a project and without a network.

use std::collections::BTreeMap;
use std::path::Path;

use esep::deliver::keys::Key;
use esep::deliver::tell;
use esep::deliver::verify::{Trust, Verdict, judge};
use esep::language::{self, Language, LanguageCode};
use esep::sources::{self, TextFile};

use super::arguments::{CheckFormat, Verify};
use super::choose::unknown;
use super::output::{print, say};
use super::{Stop, signing};

/// The language of the answer when none is named.
const USUAL: &str = "en";

pub fn run(options: &Verify) -> Result<(), Stop> {
    let language = language(options.language.as_deref().unwrap_or(USUAL), &tell::labels())?;
    let keys = options.key.iter().map(|key| named(key)).collect::<Result<Vec<Key>, Stop>>()?;
    let trust = Trust { keys, editions: options.editions.clone(), code: options.code.clone() };
    let (mut verdicts, mut unseen) = (Vec::new(), Vec::new());
    for path in &options.paths {
        match judge(path, &trust) {
            Ok(verdict) => verdicts.push(verdict),
            Err(error) => unseen.push(error.to_string()),
        }
    }
    print(&match options.format {
        CheckFormat::Text => verdicts.iter().map(|verdict| tell::text(&language, &trust, verdict)).collect(),
        CheckFormat::Json => json(&trust, &verdicts),
    })?;
    let last = unseen.pop();
    unseen.iter().for_each(|reason| say(&format!("esep: {reason}")));
    match last {
        Some(reason) => Err(Stop::CannotRun(reason)),
        None if verdicts.iter().all(|verdict| verdict.is_good(&trust.keys)) => Ok(()),
        None => Err(Stop::WrongFiles),
    }
}

/// Verdicts as data.
fn json(trust: &Trust, verdicts: &[Verdict]) -> String {
    let all: Vec<serde_json::Value> = verdicts
        .iter()
        .map(|verdict| {
            let mut object = serde_json::to_value(verdict).expect("plain data");
            object["whole"] = verdict.is_whole().into();
            object["judgement"] = serde_json::to_value(verdict.judgement()).expect("plain data");
            object["good"] = verdict.is_good(&trust.keys).into();
            object
        })
        .collect();
    serde_json::to_string_pretty(&all).expect("plain data") + "\n"
}

/// A key by its file, or the key itself.
fn named(key: &str) -> Result<Key, Stop> {
    if let Ok(key) = Key::read(key) {
        return Ok(key);
    }
    Key::read(&signing::text(Path::new(key))?).map_err(|error| Stop::CannotRun(format!("cannot use the key `{key}`: {error}")))
}

/// The codes of the languages that the program brings along, from its files.
pub fn languages(files: &BTreeMap<String, TextFile>) -> impl Iterator<Item = &str> {
    files.keys().filter_map(|path| path.strip_prefix("languages/")?.strip_suffix(".yaml"))
}

/// A language that the program brings along, with these labels.
pub fn language(code: &str, labels: &[&str]) -> Result<Language, Stop> {
    let files = sources::house_languages();
    let codes: Vec<&str> = languages(&files).collect();
    if !codes.contains(&code) {
        return Err(unknown("language", code, codes));
    }
    let (wanted, mut found) = (LanguageCode::new(code), Vec::new());
    let mut read: BTreeMap<LanguageCode, Language> =
        language::load(std::slice::from_ref(&wanted), labels, (&files, &files), [], &mut found);
    read.remove(&wanted).ok_or_else(|| Stop::CannotRun(format!("the language `{code}` cannot be read")))
}
