//! `esep check`: all that is wrong with a project, or what was chosen of it. The exit code is that of all findings.

use std::borrow::Cow;
use std::collections::BTreeMap;

use esep::diagnostic::{self, Diagnostic, Rule, Severity, any_error};
use esep::project::{Computed, Project};
use esep::region::{RegionCode, RegionIndex};
use esep::spec::Specs;
use esep::wording;

use super::arguments::{Arguments, Check, CheckFormat};
use super::choose::{Chosen, languages, unknown};
use super::output::{self, counted, interpretations, say, tally};
use super::{MOST_OF_A_KIND, Stop, opened};

pub fn run(arguments: &Arguments, options: &Check) -> Result<(), Stop> {
    let project = opened(arguments)?;
    let (wanted, others) = parted(options, &project)?;
    let mut rest = "";
    if options.interpreted {
        interpretations(&project, options.format)?;
    } else if print_findings(arguments, options, &project, &wanted)? < wanted.len() {
        rest = "; `--all` prints each";
    }
    if !arguments.quiet {
        let files = project.sources.inputs.values().flatten().count();
        say(&format!(
            "{} and {} checked: {}{rest}",
            counted(project.sources.specs.len(), "specification"),
            counted(files, "workbook"),
            tally(&project.diagnostics)
        ));
        if let Some(computed) = &project.computed {
            say(computed.balance().lines().trim_end());
        }
    }
    // Where errors decide the exit code, nobody is left without a word of them.
    if !others.is_empty() && (!arguments.quiet || any_error(&others)) {
        let names_places = !options.choice.period.is_empty() || !options.choice.region.is_empty();
        let general = others.iter().filter(|found| names_places && !is_input(found) && found.concern.regions.is_empty());
        let general: Vec<Diagnostic> = general.filter(|found| period(found).is_none()).cloned().collect();
        let whole = match general.is_empty() {
            true => String::new(),
            false => format!("; about no period and region of their own: {}, see `esep check` without a choice", tally(&general)),
        };
        say(&format!("not printed, as they are outside of the choice: {}{whole}", tally(&others)));
    }
    if any_error(&project.diagnostics) { Err(Stop::WrongFiles) } else { Ok(()) }
}

/// The findings that are chosen, and the others.
fn parted<'a>(options: &Check, project: &'a Project) -> Result<(Cow<'a, [Diagnostic]>, Vec<Diagnostic>), Stop> {
    let Check { choice, rule, severity, .. } = options;
    let names_places = !choice.period.is_empty() || !choice.region.is_empty();
    if !names_places && rule.is_empty() && severity.is_empty() {
        return Ok((Cow::Borrowed(&project.diagnostics), Vec::new()));
    }
    let specs = project.computed.as_ref().map(|computed| &computed.specs);
    if specs.is_none() && names_places {
        say("esep: periods and regions cannot be chosen while the specifications cannot be used: they are not looked at");
    }
    let chosen = specs.map(|specs| Chosen::new(specs, choice)).transpose()?.unwrap_or_default();
    known_rules(rule, specs)?;
    let choosing = project.computed.as_ref().map(|computed| Choosing {
        specs: &computed.specs,
        chosen,
        senders: if choice.region.is_empty() { BTreeMap::new() } else { computed.senders() },
    });
    let is_wanted = |found: &&Diagnostic| {
        (severity.is_empty() || severity.iter().any(|&severity| Severity::from(severity) == found.severity))
            && (rule.is_empty() || rule.iter().any(|rule| rule == found.name() || rule == found.rule.name()))
            && choosing.as_ref().is_none_or(|choosing| choosing.has(found))
    };
    let (wanted, others): (Vec<&Diagnostic>, Vec<&Diagnostic>) = project.diagnostics.iter().partition(is_wanted);
    Ok((wanted.into_iter().cloned().collect(), others.into_iter().cloned().collect()))
}

/// Checks that there are rules, or checks of the project, with these names.
fn known_rules(names: &[String], specs: Option<&Specs>) -> Result<(), Stop> {
    let checks = || specs.into_iter().flat_map(|specs| &specs.checks).map(|check| check.id.as_ref());
    let known = || Rule::ALL.iter().map(|rule| rule.name()).chain(checks());
    // Without specifications nobody knows which checks there are.
    let strange = names.iter().filter(|_| specs.is_some()).find(|name| !known().any(|known| known == name.as_str()));
    strange.map_or(Ok(()), |name| Err(unknown("rule", name, known())))
}

/// Which findings are about a chosen period and region.
struct Choosing<'a> {
    specs: &'a Specs,
    chosen: Chosen,
    /// Whose rows each file of inputs holds.
    senders: BTreeMap<&'a str, RegionIndex>,
}

impl Choosing<'_> {
    /// Whether a finding is about a chosen period and region. One that tells of none is about those of its file, and about any where nobody
    /// knows of whom the file is.
    fn has(&self, found: &Diagnostic) -> bool {
        let Self { specs, chosen, senders } = self;
        let hierarchy = &specs.hierarchy;
        let is_of = |id: &str| chosen.periods.iter().any(|&period| specs.period(period).id == id);
        let is_of_period = || match period(found) {
            Some(period) => is_of(period),
            None => is_input(found),
        };
        let is_of_region = || {
            let told = found.concern.regions.iter().filter_map(|code| hierarchy.find(&RegionCode::new(code.as_ref())));
            let told: Vec<RegionIndex> = told.collect();
            match senders.get(found.place.file().as_str()) {
                _ if !told.is_empty() => chosen.has_any(specs, told),
                Some(&sender) => {
                    chosen.has_any(specs, [sender]) || chosen.regions.iter().any(|&inner| hierarchy.contains(sender, inner))
                }
                None => is_input(found),
            }
        };
        (chosen.periods.is_empty() || is_of_period()) && (chosen.regions.is_empty() || is_of_region())
    }
}

/// Whether a finding is about what somebody sent.
fn is_input(found: &Diagnostic) -> bool {
    found.place.file().as_str().starts_with("inputs/")
}

/// The period that a finding tells of, or that of its folder.
fn period(found: &Diagnostic) -> Option<&str> {
    let folder = || Some(found.place.file().as_str().strip_prefix("inputs/")?.split_once('/')?.0);
    found.concern.period.as_deref().or_else(folder)
}

/// Prints findings, and returns as how many.
fn print_findings(arguments: &Arguments, options: &Check, project: &Project, wanted: &[Diagnostic]) -> Result<usize, Stop> {
    let words = match (&options.language, &project.computed) {
        (Some(code), Some(Computed { specs, languages: known, .. })) => {
            known.get(&languages(specs, std::slice::from_ref(code))?[0]).map(|language| (specs, language))
        }
        (Some(_), None) | (None, _) => None,
    };
    let folded;
    let shown: Vec<&Diagnostic> = if options.all {
        wanted.iter().collect()
    } else {
        folded = diagnostic::folded(wanted, MOST_OF_A_KIND);
        folded.iter().map(|found| &**found).collect()
    };
    let errors_only = matches!(options.format, CheckFormat::Text) && arguments.quiet;
    let printed = shown.iter().filter(|found| !errors_only || found.severity == Severity::Error);
    let worded = printed.map(|&found| match words {
        Some((specs, language)) => Cow::Owned(wording::worded(specs, language, found)),
        None => Cow::Borrowed(found),
    });
    output::findings(project, options.format, words.map(|(_, language)| language), worded)?;
    Ok(shown.len())
}
