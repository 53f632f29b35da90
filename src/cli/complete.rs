//! What may stand on a command line, for shells that ask while it is typed: commands, options, and the names that the project knows. A shell
//! prints whatever it is told into that line, so what cannot be read of the project is left out in silence.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap_complete::Shell;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};
use esep::diagnostic::Rule;
use esep::language::Localized;
use esep::sources;
use esep::spec::{self, Specs};

use super::{arguments, built_in, explain, verify};

/// A shell that asks sets this variable.
const VARIABLE: &str = "ESEP_COMPLETE";

/// Names with what they stand for.
type Names<'a> = Vec<(&'a str, Option<&'a Localized>)>;

/// Answers the shell that asks; `None` where none does.
pub fn answer() -> Option<ExitCode> {
    let folder = std::env::current_dir().ok();
    let shell = CompleteEnv::with_factory(arguments::command).var(VARIABLE);
    match shell.try_complete(std::env::args_os(), folder.as_deref()) {
        Ok(asked) => asked.then_some(ExitCode::SUCCESS),
        Err(_) => Some(ExitCode::from(2)),
    }
}

/// The script by which a shell asks.
pub fn script(shell: Shell) -> String {
    let shells = Shells::builtins();
    let asks = shells.completer(&shell.to_string()).expect("every shell that can be named has a script");
    let mut script = Vec::new();
    asks.write_registration(VARIABLE, "esep", "esep", "esep", &mut script).expect("memory takes all that is written");
    if shell == Shell::Zsh {
        // zsh reads the file `_esep` when it asks for the first time, and takes that for the answer.
        script.extend(b"\nif [ \"$funcstack[1]\" = _esep ]; then _clap_dynamic_completer_esep \"$@\"; fi\n");
    }
    String::from_utf8_lossy(&script).into_owned()
}

pub fn regions() -> ArgValueCandidates {
    of_project(|specs| specs.hierarchy.all().map(|(_, region)| (region.code.as_str(), Some(&region.name))).collect())
}

pub fn periods() -> ArgValueCandidates {
    of_project(|specs| specs.programme.periods.iter().map(|period| (period.id.as_str(), Some(&period.name))).collect())
}

pub fn levels() -> ArgValueCandidates {
    of_project(|specs| specs.programme.levels.iter().map(|level| (level.id.as_str(), Some(&level.plural))).collect())
}

pub fn languages() -> ArgValueCandidates {
    of_project(|specs| specs.programme.languages.iter().map(|code| (code.as_str(), None)).collect())
}

pub fn indicators() -> ArgValueCandidates {
    of_project(|specs| specs.indicators.iter().map(|indicator| (indicator.id.as_str(), Some(&indicator.short))).collect())
}

pub fn offices() -> ArgValueCandidates {
    of_project(|specs| specs.offices.all.iter().map(|office| (office.id.as_str(), Some(&office.name))).collect())
}

/// Rules, and the checks of the project.
pub fn rules() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let rules = Rule::ALL.iter().map(|&rule| candidate(rule.name(), &explain::about(rule)));
        let checks = names(|specs| specs.checks.iter().map(|check| (check.id.as_ref(), check.title.as_ref())).collect());
        rules.chain(checks).collect()
    })
}

/// The languages that the program brings along.
pub fn own_languages() -> ArgValueCandidates {
    ArgValueCandidates::new(|| verify::languages(&sources::house_languages()).map(|code| candidate(code, "")).collect())
}

pub fn pages() -> ArgValueCandidates {
    ArgValueCandidates::new(|| sources::pages().iter().map(|(name, page)| candidate(name, built_in::title(page))).collect())
}

pub fn templates() -> ArgValueCandidates {
    ArgValueCandidates::new(|| sources::house_templates().keys().map(|name| candidate(name, "")).collect())
}

pub fn commands() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let program = arguments::command();
        let about = |command: &clap::Command| command.get_about().map(ToString::to_string).unwrap_or_default();
        program.get_subcommands().map(|command| candidate(command.get_name(), &about(command))).collect()
    })
}

fn of_project(list: fn(&Specs) -> Names<'_>) -> ArgValueCandidates {
    ArgValueCandidates::new(move || names(list))
}

/// Names of the project in the order of its files; none where its specifications are too broken.
fn names(list: fn(&Specs) -> Names<'_>) -> Vec<CompletionCandidate> {
    let mut unsaid = Vec::new();
    let files = sources::specifications(&project(), &mut unsaid).unwrap_or_default();
    let Some(specs) = spec::load(&files, &mut unsaid) else { return Vec::new() };
    let language = specs.programme.publish.first();
    let about =
        |text: Option<&Localized>| text.zip(language).map_or_else(String::new, |(text, language)| text.get(language).to_owned());
    list(&specs).into_iter().filter(|(name, _)| is_word(name)).map(|(name, text)| candidate(name, &about(text))).collect()
}

/// The folder of the project that the words name which are typed so far.
fn project() -> PathBuf {
    let words = std::env::args_os().skip_while(|word| word != OsStr::new("--")).skip(1);
    let typed = arguments::command().ignore_errors(true).try_get_matches_from(words).ok();
    let named = typed.and_then(|typed| typed.get_one::<PathBuf>("project").cloned()).unwrap_or_else(|| PathBuf::from("."));
    // The shell has not put the home folder in place of the sign yet.
    match (named.strip_prefix("~"), std::env::home_dir()) {
        (Ok(inside), Some(home)) => home.join(inside),
        _ => named,
    }
}

/// Whether a name is one word in every shell, of which nothing else could be made: it comes into the line as it is.
fn is_word(name: &str) -> bool {
    name.starts_with(char::is_alphanumeric) && name.chars().all(|sign| sign.is_alphanumeric() || "-_.,+/".contains(sign))
}

fn candidate(name: &str, about: &str) -> CompletionCandidate {
    CompletionCandidate::new(name).help((!about.is_empty()).then(|| about.to_owned().into()))
}
