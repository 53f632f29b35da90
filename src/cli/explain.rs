//! `esep explain`: what a rule looks at, why, and what to do; or all rules, as `docs/rules.md` groups them.

use esep::diagnostic::Rule;
use esep::spec::checks::Check;
use esep::{project, sources, spec};

use super::Stop;
use super::arguments::Arguments;
use super::choose::unknown;
use super::output::print;

/// The page with all rules: a heading `#` above each group, a heading `##` above each rule.
const PAGE: &str = "rules";

pub fn run(arguments: &Arguments, rule: Option<&str>) -> Result<(), Stop> {
    if let Some(rule) = rule.and_then(|name| Rule::ALL.iter().find(|rule| rule.name() == name)) {
        return print(&format!("{}\n", section(*rule)));
    }
    // Where there is a project, the checks that it declares are listed too.
    let (sources, mut found) = sources::read(&arguments.project).map_err(project::Error::from)?;
    let checks = spec::load(&sources.specs, &mut found).map_or_else(Vec::new, |specs| specs.checks);
    let Some(name) = rule else { return print(&table(&checks)) };
    let Some(check) = checks.iter().find(|check| check.id.as_ref() == name) else {
        let names = Rule::ALL.iter().map(|rule| rule.name()).chain(checks.iter().map(|check| check.id.as_ref()));
        return Err(unknown("rule", name, names));
    };
    let file = sources.specs.iter().find(|file| file.name == check.file).map_or("", |file| file.text.as_str());
    let lines = file.lines().filter(|line| !line.starts_with("# yaml-language-server:"));
    let declaration: String = lines.map(|line| format!("{line}\n")).collect();
    print(&format!(
        "## {name}\n\nThe project declares this check in `{}`:\n\n```yaml\n{declaration}```\n\nIts kind is `{}`. {}\n",
        check.file,
        check.kind.name(),
        check.kind.explanation()
    ))
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
fn table(checks: &[Check]) -> String {
    let checks: Vec<Line> = checks.iter().map(Line::of_check).collect();
    let mut groups: Vec<(&str, Vec<Line>)> = Vec::new();
    for (_, line) in lines(sources::pages().get(PAGE).expect("the page is built in")).filter(|(is_prose, _)| *is_prose) {
        let rule = line.strip_prefix("## ").and_then(|name| Rule::ALL.iter().find(|rule| rule.name() == name));
        if let Some((rule, (_, lines))) = rule.zip(groups.last_mut()) {
            lines.push(Line::of_rule(*rule));
        } else if let Some(group) = line.strip_prefix("# ") {
            groups.push((group, Vec::new()));
        }
    }
    groups.push(("Declared by this project", checks));
    groups.retain(|(_, lines)| !lines.is_empty());
    let width = groups.iter().flat_map(|(_, lines)| lines).map(|line| line.name.chars().count()).max().unwrap_or_default();
    let text = |(group, lines): (&str, Vec<Line>)| {
        let lines: String =
            lines.iter().map(|Line { name, severity, about }| format!("  {name:width$}  {severity:7}  {about}\n")).collect();
        format!("{group}\n{lines}")
    };
    let groups: Vec<String> = groups.into_iter().map(text).collect();
    format!("{}\n`esep explain RULE` tells what a rule looks at, why, and what to do.\n", groups.join("\n"))
}

/// A line of the table.
struct Line {
    name: String,
    severity: &'static str,
    about: String,
}

impl Line {
    fn of_rule(rule: Rule) -> Self {
        Self { name: rule.name().to_owned(), severity: rule.severity().name(), about: about(rule) }
    }

    fn of_check(check: &Check) -> Self {
        let about = format!("a check of the kind `{}` in `{}`", check.kind.name(), check.file);
        Self { name: check.id.as_ref().to_owned(), severity: check.severity.name(), about }
    }
}

/// What a rule finds, in a sentence: the one behind the severity with which its section begins.
fn about(rule: Rule) -> String {
    let paragraphs: Vec<&str> = rule.explanation().split("\n\n").collect();
    let first = paragraphs.get(1).map_or_else(String::new, |paragraph| paragraph.replace('\n', " "));
    first.split_once(". ").map_or(first.clone(), |(_, about)| about.trim_end_matches('.').to_owned())
}
