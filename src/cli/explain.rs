//! `esep explain`: what a rule looks at, why, and what to do; or all rules, as `docs/rules.md` groups them.

use esep::diagnostic::{Rule, Severity};
use esep::language::{Language, Localized};
use esep::spec::checks::Check;
use esep::{project, sources, spec};

use super::Stop;
use super::arguments::Arguments;
use super::choose::unknown;
use super::output::print;
use super::verify;

/// The page with all rules: a heading `#` above each group, a heading `##` above each rule.
const PAGE: &str = "rules";

pub fn run(arguments: &Arguments, rule: Option<&str>, language: Option<&str>) -> Result<(), Stop> {
    let language = language.map(|code| verify::language(code, LABELS)).transpose()?;
    let voice = Voice(language.as_ref());
    if let Some(rule) = rule.and_then(|name| Rule::ALL.iter().find(|rule| rule.name() == name)) {
        return print(&format!("{}{}\n", voice.head(rule.name(), rule.severity(), None), section(*rule)));
    }
    // Where there is a project, the checks that it declares are listed too.
    let mut found = Vec::new();
    let files = sources::specifications(&arguments.project, &mut found).map_err(project::Error::from)?;
    let checks = spec::load(&files, &mut found).map_or_else(Vec::new, |specs| specs.checks);
    let Some(name) = rule else { return print(&table(&voice, &checks)) };
    let Some(check) = checks.iter().find(|check| check.id.as_ref() == name) else {
        let names = Rule::ALL.iter().map(|rule| rule.name()).chain(checks.iter().map(|check| check.id.as_ref()));
        return Err(unknown("rule", name, names));
    };
    let file = files.iter().find(|file| file.name == check.file).map_or("", |file| file.text.as_str());
    let lines = file.lines().filter(|line| !line.starts_with("# yaml-language-server:"));
    let declaration: String = lines.map(|line| format!("{line}\n")).collect();
    print(&format!(
        "{}## {name}\n\nThe project declares this check in `{}`:\n\n```yaml\n{declaration}```\n\nIts kind is `{}`. {}\n",
        voice.head(name, check.severity, check.title.as_ref()),
        check.file,
        check.kind.name(),
        check.kind.explanation()
    ))
}

/// The labels that titles and severities are taken from.
const LABELS: &[&str] = &["severity_error", "severity_warning", "severity_note", "explain_english"];

/// Titles and severities in the language that was asked for; `None` is English, in the words of the page.
struct Voice<'a>(Option<&'a Language>);

impl Voice<'_> {
    fn label(&self, key: &str) -> Option<&str> {
        self.0.and_then(|language| language.labels.get(key)).map(String::as_str)
    }

    /// What a rule or a check is called, where the language has a title.
    fn title<'b>(&'b self, name: &str, own: Option<&'b Localized>) -> Option<&'b str> {
        let own = self.0.zip(own).map(|(language, own)| own.get(&language.code));
        own.or_else(|| self.label(&format!("rule_{name}")))
    }

    fn severity(&self, severity: Severity) -> &str {
        self.label(&format!("severity_{}", severity.name())).unwrap_or(severity.name())
    }

    /// Title and severity above an English text, and that it is in English; empty where English was asked for.
    fn head(&self, name: &str, severity: Severity, own: Option<&Localized>) -> String {
        let Some(english) = self.label("explain_english") else { return String::new() };
        format!("{} ({})\n{english}\n\n", self.title(name, own).unwrap_or(name), self.severity(severity))
    }
}

/// The section of a rule, without the heading of the group behind it.
fn section(rule: Rule) -> String {
    let own = lines(rule.explanation()).take_while(|(is_prose, line)| !is_prose || !line.starts_with("# "));
    own.map(|(_, line)| line).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// The lines of a page, each with whether it stands in no block of an example.
fn lines(page: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut is_example = false;
    page.lines().map(move |line| {
        is_example ^= line.starts_with("```");
        (!is_example, line)
    })
}

/// All rules by what they are about, and the checks of the project.
fn table(voice: &Voice<'_>, checks: &[Check]) -> String {
    let checks: Vec<Line<'_>> = checks.iter().map(|check| Line::of_check(voice, check)).collect();
    let mut groups: Vec<(&str, Vec<Line<'_>>)> = Vec::new();
    for (_, line) in lines(sources::pages().get(PAGE).expect("the page is built in")).filter(|(is_prose, _)| *is_prose) {
        let rule = line.strip_prefix("## ").and_then(|name| Rule::ALL.iter().find(|rule| rule.name() == name));
        if let Some((rule, (_, lines))) = rule.zip(groups.last_mut()) {
            lines.push(Line::of_rule(voice, *rule));
        } else if let Some(group) = line.strip_prefix("# ") {
            groups.push((group, Vec::new()));
        }
    }
    groups.push(("Declared by this project", checks));
    groups.retain(|(_, lines)| !lines.is_empty());
    let all = || groups.iter().flat_map(|(_, lines)| lines);
    let width = all().map(|line| line.name.chars().count()).max().unwrap_or_default();
    let next = all().map(|line| line.severity.chars().count()).max().unwrap_or_default();
    let text = |(group, lines): &(&str, Vec<Line<'_>>)| {
        let line = |Line { name, severity, about }: &Line<'_>| format!("  {name:width$}  {severity:next$}  {about}\n");
        format!("{group}\n{}", lines.iter().map(line).collect::<String>())
    };
    let texts: Vec<String> = groups.iter().map(text).collect();
    let english = voice.label("explain_english").map_or_else(String::new, |words| format!("{words}\n"));
    format!("{}\n{english}`esep explain RULE` tells what a rule looks at, why, and what to do.\n", texts.join("\n"))
}

/// A line of the table.
struct Line<'a> {
    name: String,
    severity: &'a str,
    about: String,
}

impl<'a> Line<'a> {
    fn of_rule(voice: &'a Voice<'_>, rule: Rule) -> Self {
        let about = voice.title(rule.name(), None).map_or_else(|| about(rule), str::to_owned);
        Self { name: rule.name().to_owned(), severity: voice.severity(rule.severity()), about }
    }

    fn of_check(voice: &'a Voice<'_>, check: &'a Check) -> Self {
        let kind = || format!("a check of the kind `{}` in `{}`", check.kind.name(), check.file);
        let title = voice.title(check.id.as_ref(), check.title.as_ref()).map(str::to_owned);
        Self { name: check.id.as_ref().to_owned(), severity: voice.severity(check.severity), about: title.unwrap_or_else(kind) }
    }
}

/// What a rule finds, in a sentence: the one behind the severity with which its section begins.
pub fn about(rule: Rule) -> String {
    let paragraphs: Vec<&str> = rule.explanation().split("\n\n").collect();
    let first = paragraphs.get(1).map_or_else(String::new, |paragraph| paragraph.replace('\n', " "));
    first.split_once(". ").map_or(first.clone(), |(_, about)| about.trim_end_matches('.').to_owned())
}
