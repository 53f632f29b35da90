//! `esep docs`, `esep templates` and `esep man`: what the program brings along, to be read and to be copied.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use esep::release::{self, begin_project};
use esep::sources;

use super::Stop;
use super::arguments::{self, Arguments};
use super::choose::unknown;
use super::output::{counted, print, say};

/// The folder of a project whose files take the place of the built-in ones.
const TEMPLATES: &str = "report-templates/";

/// Prints a page of the documentation, or the list of all pages with their titles.
pub fn page(name: Option<&str>) -> Result<(), Stop> {
    let pages = sources::pages();
    let Some(name) = name else {
        let width = pages.keys().map(|name| name.len()).max().unwrap_or_default();
        let lines = pages.iter().map(|(name, text)| format!("{name:width$}  {}\n", title(text)));
        return print(&(lines.collect::<String>() + "\n`esep docs PAGE` prints a page.\n"));
    };
    let wanted = name.strip_prefix("docs/").unwrap_or(name);
    let wanted = wanted.strip_suffix(".md").unwrap_or(wanted);
    print(pages.get(wanted).ok_or_else(|| unknown("page", name, pages.keys().copied()))?)
}

/// What a page is called.
pub fn title(page: &str) -> &str {
    page.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default()
}

/// Prints a built-in file of `report-templates/`, or the list of all of them; or writes them all into a folder.
pub fn template(arguments: &Arguments, name: Option<&str>, out: Option<&Path>) -> Result<(), Stop> {
    let files = sources::house_templates();
    if let Some(out) = out {
        let files = files.iter().map(|(path, file)| (path.into(), file.text.as_str())).collect();
        return write(arguments, out, "templates", files, "; keep those that you change, the others stay those of the program");
    }
    let Some(name) = name else {
        let list: String = files.keys().map(|path| format!("{path}\n")).collect();
        if !arguments.quiet {
            say("`esep templates NAME` prints one of these, `esep templates --out DIR` writes all of them");
        }
        return print(&list);
    };
    let wanted = name.strip_prefix(TEMPLATES).unwrap_or(name);
    let file = files.get(wanted).ok_or_else(|| unknown("template", name, files.keys().map(String::as_str)))?;
    print(&file.text)
}

/// Prints the man page of the program or of a command; or writes all of them into a folder.
pub fn man(arguments: &Arguments, name: Option<&str>, out: Option<&Path>) -> Result<(), Stop> {
    let mut program = arguments::command().disable_help_subcommand(true);
    program.build();
    if let Some(out) = out {
        let commands = std::iter::once(&program).chain(program.get_subcommands());
        let pages: Vec<(String, String)> = commands.map(man_page).collect();
        let files = pages.iter().map(|(file, text)| (file.into(), text.as_str())).collect();
        return write(arguments, out, "man pages", files, "");
    }
    let command = match name {
        Some(name) => {
            let known = program.get_subcommands().map(clap::Command::get_name);
            program.find_subcommand(name).ok_or_else(|| unknown("command", name, known))?
        }
        None => &program,
    };
    print(&man_page(command).1)
}

/// A man page: the name of its file and its text.
fn man_page(command: &clap::Command) -> (String, String) {
    // No day: an empty argument must be written out, or the next one takes its place.
    let page = clap_mangen::Man::new(command.clone()).date("\"\"").source(concat!("esep ", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    page.render(&mut text).expect("memory takes all that is written");
    (page.get_filename(), String::from_utf8_lossy(&text).into_owned())
}

/// Writes files into a folder that is empty or missing, and says so.
fn write(arguments: &Arguments, out: &Path, what: &str, files: BTreeMap<PathBuf, &str>, hint: &str) -> Result<(), Stop> {
    let all: Vec<(PathBuf, &str)> = files.into_iter().collect();
    begin_project(out, &all).map_err(|error| match error {
        release::Error::NotEmpty { path } => {
            Stop::CannotRun(format!("cannot write the {what} into `{}`: the folder is not empty", path.display()))
        }
        other => other.into(),
    })?;
    if !arguments.quiet {
        say(&format!("{} in `{}`{hint}", counted(all.len(), "file"), out.display()));
    }
    Ok(())
}
