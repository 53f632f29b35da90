//! The commands and their options, as `--help` tells them.

use std::convert::Infallible;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use esep::diagnostic::Severity;
use esep::letters::composed;
use esep::protect::Audience;
use esep::shard::Share;
use esep::spec::offices::is_address;
use jiff::civil::Date;

use super::complete;

/// The heading of the options that several commands have.
const GENERAL: &str = "General options";

/// Official monitoring reports from indicator specifications and spreadsheets.
///
/// A project is a folder with `indicator-specs/`, `inputs/<period>/` and, where the house's own templates do not do,
/// `report-templates/`. Exit code: 0 fine, 1 the files are wrong, 2 could not run.
#[derive(Parser)]
#[command(version, max_term_width = 100, arg_required_else_help = true)]
pub struct Arguments {
    /// The project's folder
    #[arg(long, global = true, help_heading = GENERAL, default_value = ".", value_name = "DIR")]
    pub project: PathBuf,
    /// Print errors only
    #[arg(long, short, global = true, help_heading = GENERAL)]
    pub quiet: bool,
    /// The bound on the processor time of reading one file, in seconds; 20 when left out
    #[arg(long, global = true, help_heading = GENERAL, value_name = "SECONDS")]
    pub file_seconds: Option<f32>,
    /// The bound on the memory of reading one file, in MB; 1024 when left out
    #[arg(long, global = true, help_heading = GENERAL, value_name = "MB")]
    pub file_memory: Option<u64>,
    /// The bound on the memory of what is read of all files together, in MB; 4096 when left out
    #[arg(long, global = true, help_heading = GENERAL, value_name = "MB")]
    pub inputs_memory: Option<u64>,
    /// The bound on the processor time of making one document, in seconds; 300 when left out
    #[arg(long, global = true, help_heading = GENERAL, value_name = "SECONDS")]
    pub document_seconds: Option<f32>,
    /// The bound on the memory of making one document, in MB; 4096 when left out
    #[arg(long, global = true, help_heading = GENERAL, value_name = "MB")]
    pub document_memory: Option<u64>,
    /// Where documents, pages and the contents of workbooks are kept from one run to the next, so that nothing is made twice; it may be deleted
    /// at any time. `private/cache` of the project when left out
    #[arg(long, global = true, help_heading = GENERAL, value_name = "DIR")]
    pub cache: Option<PathBuf>,
    /// The most that is kept there, in MB; 2048 when left out, and 0 keeps nothing
    #[arg(long, global = true, help_heading = GENERAL, value_name = "MB")]
    pub cache_size: Option<u64>,
    /// Print what the program is made of, and under which terms
    #[arg(long, exclusive = true)]
    pub licences: bool,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The program's command line. The help of a command shows the general options that do something for it.
pub fn command() -> clap::Command {
    let command = Arguments::command();
    let general: Vec<clap::Arg> = command.get_arguments().filter(|option| option.is_global_set()).cloned().collect();
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    names.iter().fold(command, |command, name| {
        let idle = general.iter().filter(|option| !serves(option.get_id().as_str(), name));
        let hidden: Vec<clap::Arg> = idle.map(|option| option.clone().hide(true)).collect();
        command.mut_subcommand(name, |command| command.args(hidden))
    })
}

/// Whether a general option does something for a command.
fn serves(option: &str, command: &str) -> bool {
    let makes_documents = matches!(command, "build" | "merge" | "sheets" | "deliver" | "watch");
    let reads_inputs = makes_documents
        || matches!(
            command,
            "check" | "changes" | "silent" | "results" | "compare" | "approve" | "trace" | "answer" | "forms" | "disclosure"
        );
    match option {
        "project" => reads_inputs || matches!(command, "explain" | "keys" | "outbox" | "receipts"),
        "quiet" => {
            reads_inputs && command != "watch"
                || matches!(command, "keys" | "sign" | "outbox" | "receipts" | "templates" | "man" | "new")
        }
        "document_seconds" | "document_memory" => makes_documents,
        _ => reads_inputs,
    }
}

#[derive(Subcommand)]
pub enum Command {
    /// Make the reports of a period: one PDF for every region and language
    Build(Build),
    /// Join the parts that `esep build --shard` or `esep sheets --shard` made, to the same bytes that one run would have made. The project, the
    /// program and the options are those of the parts; else, and where a part is missing or damaged, nothing is joined
    Merge(Merge),
    /// Say all that is wrong with specifications and inputs
    Check(Check),
    /// Print what later submissions of a period have changed: each cell, what stood there, what stands there now
    Changes {
        #[command(flatten)]
        choice: Choice,
        /// How changes are printed
        #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
        format: CheckFormat,
    },
    /// List the units of the registers that did not report, each with its key
    Silent(Silent),
    /// Print every number
    Results(Results),
    /// Tell how two releases of a period differ: every number, place and mark, and every file. A project stands for the release that it
    /// would make, so that a changed definition can be looked at before it is approved
    Compare(Compare),
    /// Write what a region approves, as an entry of `indicator-specs/approvals.yaml`: who, when, and the hashes of the numbers that a release
    /// tells of it. The entry is printed; nothing is changed
    Approve(Approve),
    /// Tell where a number comes from, or where a cell goes to. From a number: its definition, every row behind it with the cells that
    /// decided, and every row that is left out with the reason; from a cell: every number that rests on it. The answer holds what offices sent
    /// and is not for publication
    Trace(Trace),
    /// Make the offices' own workbooks with comments and colour on the cells with findings, and a list of these
    Answer {
        #[command(flatten)]
        choice: Choice,
        /// A language of the answers; repeatable; those of the office in `indicator-specs/offices.yaml` when left out, or all languages of the
        /// reports
        #[arg(long, value_name = "CODE", value_parser = typed, add = complete::languages())]
        language: Vec<String>,
        /// Where they stand, in a folder for each period, for their owner alone; they take the place of those before
        #[arg(long, value_name = "DIR", default_value = "private/answers")]
        out: PathBuf,
        /// Let the answers of some regions take the place of all; files that others put there go too
        #[arg(long)]
        replace: bool,
    },
    /// Make the workbooks that offices fill in: one for each region right below the top
    Forms(Forms),
    /// Make the sheets that go to the units themselves, never into a release: a page for each with its own answers
    Sheets(Sheets),
    /// Write down what releases withhold for confidentiality, for those who answer for them: a workbook with every number that is withheld,
    /// why, for whose sake and which values it could have, and the linear system of all counts for other programs
    Disclosure(Disclosure),
    /// Make a pair of keys for signing what goes out: one for everybody, and one for its owner alone. Nothing is overwritten
    Keys(Keys),
    /// Sign what goes out, with a signature beside it that `esep verify` and minisign check: a file, each package in a folder, or a release
    Sign(Sign),
    /// Judge what came, without a project and without a network: what it is, whether it is whole, who signed it, and whether a later
    /// edition has taken its place. Exit code: 0 whole and, where keys are named, signed by one of them; 1 not so; 2 could not look
    Verify(Verify),
    /// Make a package for each office of `indicator-specs/offices.yaml`: what a release has for it, a covering letter, a page that leads to
    /// the files, and a line that the office sends back
    Deliver(Deliver),
    /// Make of packages what is sent: mails as files (`.eml`), a list of commands for `sftp -b`, a folder for each office. Nothing is sent
    Outbox(Outbox),
    /// Tell which offices have confirmed their package, from what they sent back, and which have not
    Receipts(Receipts),
    /// Make one report again and again, whenever a file of the project changes; a broken template leaves the last good one
    Watch(Watch),
    /// Print the JSON Schema of a specification file, for editors; of all of them as one object when none is named
    Schema {
        /// Of which file
        #[arg(value_enum)]
        file: Option<SchemaFile>,
    },
    /// Tell what a rule looks at, why, and what to do; without a rule, list all of them by what they are about
    Explain {
        /// The rule's name as printed in a finding
        #[arg(value_parser = typed, add = complete::rules())]
        rule: Option<String>,
        /// The language of the titles and severities, such as `ru`; the texts stay in English, and so does everything when left out
        #[arg(long, value_name = "CODE", add = complete::own_languages())]
        language: Option<String>,
    },
    /// Print a page of the documentation; without a name, list the pages
    Docs {
        /// The page, such as `rules`
        #[arg(value_parser = typed, add = complete::pages())]
        page: Option<String>,
    },
    /// Print a template, style or language file that the program brings along; without a name, list them. A file of the same path in
    /// `report-templates/` of a project takes its place
    Templates {
        /// The file, such as `theme.typ`
        #[arg(value_parser = typed, add = complete::templates())]
        name: Option<String>,
        /// Write all of them into this folder, which is empty or missing
        #[arg(long, value_name = "DIR", conflicts_with = "name")]
        out: Option<PathBuf>,
    },
    /// Write a small working project into an empty folder
    New {
        /// The folder
        folder: PathBuf,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print a man page of the program or of a command, to be read with `man -l -`
    Man {
        /// The command; the whole program when left out
        #[arg(value_name = "COMMAND", value_parser = typed, add = complete::commands())]
        name: Option<String>,
        /// Write all pages into this folder, which is empty or missing
        #[arg(long, value_name = "DIR", conflicts_with = "name")]
        out: Option<PathBuf>,
    },
}

/// What is chosen of periods and regions.
#[derive(Args)]
pub struct Choice {
    /// The period; repeatable; all of them when left out
    #[arg(long, value_name = "PERIOD", value_parser = typed, add = complete::periods())]
    pub period: Vec<String>,
    /// A region by its code or name, with everything below it; repeatable
    #[arg(long, value_name = "REGION", value_parser = typed, add = complete::regions())]
    pub region: Vec<String>,
}

#[derive(Args)]
pub struct Silent {
    #[command(flatten)]
    pub choice: Choice,
    /// How they are printed
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
}

#[derive(Args)]
pub struct Build {
    /// The period; the last one with data when left out
    #[arg(long, value_name = "PERIOD", value_parser = typed, add = complete::periods())]
    pub period: Option<String>,
    /// A region by its code or name, with everything below it; repeatable
    #[arg(long, value_name = "REGION", value_parser = typed, add = complete::regions())]
    pub region: Vec<String>,
    /// A level of the hierarchy; repeatable
    #[arg(long, value_name = "LEVEL", value_parser = typed, add = complete::levels())]
    pub level: Vec<String>,
    /// A language of the programme; repeatable
    #[arg(long, value_name = "CODE", value_parser = typed, add = complete::languages())]
    pub language: Vec<String>,
    /// For whom: everybody, or those who work with the data, who get the reliability protocols too and may not publish anything of it
    #[arg(long, value_enum, default_value_t)]
    pub audience: AudienceName,
    /// Where releases stand; a release takes the place of the one before for the same period. `out` when left out,
    /// `private/reports` for internal ones
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Let a release of some reports take the place of one of all; files that others put there go too
    #[arg(long)]
    pub replace: bool,
    /// How many reports are made at once; as many as there are processors when left out
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// The day printed on the reports (YYYY-MM-DD); the period's own when left out
    #[arg(long, value_name = "DAY", value_parser = esep::period::day)]
    pub date: Option<Date>,
    /// Leave out the pages for a browser (`site/`)
    #[arg(long)]
    pub no_site: bool,
    /// Keep what each report is typeset from, in `<period>-sources` beside the release: the text that its template made, its model and the
    /// fixed words (JSON), and its table; for those who work on templates
    #[arg(long, conflicts_with = "shard")]
    pub keep_sources: bool,
    /// Make only one part of N, as an archive in the folder `--out`, for `esep merge`: so a release is made on several machines
    #[arg(long, value_name = "K/N", requires = "out", conflicts_with = "replace")]
    pub shard: Option<Share>,
}

#[derive(Args)]
pub struct Merge {
    /// The archives of all parts; a part may be there twice
    #[arg(required = true, value_name = "ARCHIVE")]
    pub archives: Vec<PathBuf>,
    /// Where the whole stands; where `esep build` or `esep sheets` would put it when left out
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Let some take the place of all; files that others put there go too
    #[arg(long)]
    pub replace: bool,
    /// How many are made at once of what the parts could not make; as many as there are processors when left out
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
}

#[derive(Args)]
pub struct Check {
    #[command(flatten)]
    pub choice: Choice,
    /// Print the findings of this rule, or of this check of the project, only; repeatable
    #[arg(long, value_name = "RULE", value_parser = typed, add = complete::rules())]
    pub rule: Vec<String>,
    /// Print findings of this severity only; repeatable
    #[arg(long, value_enum)]
    pub severity: Vec<SeverityName>,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
    /// Print every finding; else those of a kind beyond 50 in a file are counted
    #[arg(long)]
    pub all: bool,
    /// The language of what the project words itself; the first one of the reports when left out
    #[arg(long, value_name = "CODE", value_parser = typed, add = complete::languages())]
    pub language: Option<String>,
    /// Print instead what was understood as more, or as less, than it says: each place, what stands there, what it was
    /// taken for
    #[arg(long, conflicts_with_all = ["period", "region", "rule", "severity"])]
    pub interpreted: bool,
}

#[derive(Args)]
pub struct Watch {
    /// The region by its code or name; the first one that holds no others when left out
    #[arg(long, value_name = "REGION", value_parser = typed, add = complete::regions())]
    pub region: Option<String>,
    /// The language; the first one of the reports when left out
    #[arg(long, value_name = "CODE", value_parser = typed, add = complete::languages())]
    pub language: Option<String>,
    /// For whom: everybody when left out, or those who work with the data
    #[arg(long, value_enum, conflicts_with = "unit")]
    pub audience: Option<AudienceName>,
    /// The reliability protocol in place of the report; it is internal
    #[arg(long, conflicts_with = "unit")]
    pub protocol: bool,
    /// The sheet of the unit with this key in place of the report
    #[arg(long, value_name = "KEY", conflicts_with = "region", value_parser = typed)]
    pub unit: Option<String>,
    /// Where the report stands; `out/watch.pdf` when left out, `private/watch.pdf` for a sheet and what is internal
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Args)]
pub struct Forms {
    /// The period to collect for; the one after the last with data when left out
    #[arg(long, value_name = "PERIOD", value_parser = typed, add = complete::periods())]
    pub period: Option<String>,
    /// A region by its code or name; repeatable; all right below the top when left out
    #[arg(long, value_name = "REGION", value_parser = typed, add = complete::regions())]
    pub region: Vec<String>,
    /// The one language of the workbooks; all languages of the reports when left out, with lists in the first of them
    #[arg(long, value_name = "CODE", value_parser = typed, add = complete::languages())]
    pub language: Option<String>,
    /// Where they stand, in a folder for the period, for their owner alone; they take the place of those before
    #[arg(long, value_name = "DIR", default_value = "private/forms")]
    pub out: PathBuf,
    /// Let some take the place of all; files that others put there go too
    #[arg(long)]
    pub replace: bool,
}

#[derive(Args)]
pub struct Sheets {
    /// The period; the last one with data when left out
    #[arg(long, value_name = "PERIOD", value_parser = typed, add = complete::periods())]
    pub period: Option<String>,
    /// A region by its code or name, with everything below it; repeatable
    #[arg(long, value_name = "REGION", value_parser = typed, add = complete::regions())]
    pub region: Vec<String>,
    /// A unit's key; of several fields, their answers joined by `, `, regions and categories by their codes; repeatable
    #[arg(long, value_name = "KEY", value_parser = typed)]
    pub unit: Vec<String>,
    /// A language of the programme; repeatable
    #[arg(long, value_name = "CODE", value_parser = typed, add = complete::languages())]
    pub language: Vec<String>,
    /// Where they stand, in a folder for the period, for their owner alone; they take the place of those before. `private/sheets` when left
    /// out
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Let some take the place of all; files that others put there go too
    #[arg(long)]
    pub replace: bool,
    /// How many are made at once; as many as there are processors when left out
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Keep what each sheet is typeset from, in `<period>-sources` beside the folder of the period: the text that its template made, its model
    /// and the fixed words (JSON); for those who work on templates
    #[arg(long, conflicts_with = "shard")]
    pub keep_sources: bool,
    /// Make only one part of N, as an archive in the folder `--out`, for `esep merge`: so sheets are made on several machines
    #[arg(long, value_name = "K/N", requires = "out", conflicts_with = "replace")]
    pub shard: Option<Share>,
}

#[derive(Args)]
pub struct Disclosure {
    /// The period; all with data when left out
    #[arg(long, value_name = "PERIOD", value_parser = typed, add = complete::periods())]
    pub period: Option<String>,
    /// The language; the first one of the reports when left out
    #[arg(long, value_name = "CODE", value_parser = typed, add = complete::languages())]
    pub language: Option<String>,
    /// Where it stands, in a folder for each period, for its owner alone; it takes the place of what stood there before
    #[arg(long, value_name = "DIR", default_value = "private/disclosure")]
    pub out: PathBuf,
    /// Let files go that others put there
    #[arg(long)]
    pub replace: bool,
}

#[derive(Args)]
pub struct Keys {
    /// The folder that they go to, as `esep.pub` and `esep.key`
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    #[command(flatten)]
    pub password: Password,
    /// Protect the secret key by no password
    #[arg(long, conflicts_with = "password_file")]
    pub no_password: bool,
}

#[derive(Args)]
pub struct Password {
    /// A file whose first line is the password of the secret key; it is asked for when left out
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

#[derive(Args)]
pub struct Sign {
    /// A file, a folder of packages, or a release; repeatable
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The file of the secret key
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    #[command(flatten)]
    pub password: Password,
    /// A day that is signed with it (YYYY-MM-DD); none when left out
    #[arg(long, value_name = "DAY", value_parser = esep::period::day)]
    pub date: Option<Date>,
    /// Write the signed check codes of a release's reports to the output, as `indicator-specs/codes.yaml`, and sign nothing else
    #[arg(long, conflicts_with = "date")]
    pub codes: bool,
}

#[derive(Args)]
pub struct Verify {
    /// A package, its folder, a release, or a file of one; repeatable
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// A public key that is trusted: its file, or the key itself; repeatable
    #[arg(long, value_name = "PUB")]
    pub key: Vec<String>,
    /// A list of editions that is newer than the one that came along
    #[arg(long, value_name = "FILE")]
    pub editions: Option<PathBuf>,
    /// The check code of a print, as the code on its cover says or as it stands in words beside it: whether its numbers are those of the release
    #[arg(long, value_name = "TEXT")]
    pub code: Option<String>,
    /// The language of the answer; English when left out
    #[arg(long, value_name = "CODE", value_parser = typed, add = complete::own_languages())]
    pub language: Option<String>,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
}

#[derive(Args)]
pub struct Deliver {
    /// The period; that of `--release`, or else the last one with data, when left out
    #[arg(long, value_name = "PERIOD", value_parser = typed, add = complete::periods())]
    pub period: Option<String>,
    /// The list of offices: YAML, or a workbook or table of text with a row for each office; `indicator-specs/offices.yaml` when left out
    #[arg(long, value_name = "FILE")]
    pub offices: Option<PathBuf>,
    /// The address that mails come from, with `--offices`; the list's own, or that of `indicator-specs/offices.yaml`, when left out
    #[arg(long, value_name = "ADDRESS", requires = "offices", value_parser = address)]
    pub sender: Option<String>,
    /// An office's id; repeatable; all of them when left out
    #[arg(long, value_name = "ID", value_parser = typed, add = complete::offices())]
    pub office: Vec<String>,
    /// Make packages of a later edition also for offices of which no document and no number is new in it
    #[arg(long)]
    pub everyone: bool,
    /// The release; `out/<period>` when left out
    #[arg(long, value_name = "DIR")]
    pub release: Option<PathBuf>,
    /// The internal release with the protocols; `private/reports/<period>` when left out
    #[arg(long, value_name = "DIR")]
    pub protocols: Option<PathBuf>,
    /// The offices' workbooks with marks; `private/answers/<period>` when left out
    #[arg(long, value_name = "DIR")]
    pub answers: Option<PathBuf>,
    /// The workbooks to be filled in; those of the next period, `private/forms/<period>`, when left out
    #[arg(long, value_name = "DIR")]
    pub forms: Option<PathBuf>,
    /// The sheets of units; `private/sheets/<period>` when left out
    #[arg(long, value_name = "DIR")]
    pub sheets: Option<PathBuf>,
    /// Where the packages stand, in a folder for the period, for their owner alone; they take the place of those before
    #[arg(long, value_name = "DIR", default_value = "private/deliveries")]
    pub out: PathBuf,
    /// Let some take the place of all; files that others put there go too
    #[arg(long)]
    pub replace: bool,
}

#[derive(Args)]
pub struct Outbox {
    /// The folder of the packages, such as `private/deliveries/2025`
    #[arg(value_name = "DELIVERY")]
    pub delivery: PathBuf,
    /// The most MB of a mail; a larger package comes in several mails
    #[arg(long, value_name = "MB", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub mail_size: u64,
    /// Where packages that are too large for a mail can be fetched: an address that the name of the package is put behind
    #[arg(long, value_name = "URL", value_parser = link)]
    pub link: Option<String>,
    /// The day of the mails (YYYY-MM-DD); that of the release when left out
    #[arg(long, value_name = "DAY", value_parser = esep::period::day)]
    pub date: Option<Date>,
    /// Where it stands, in a folder for the period, for its owner alone; it takes the place of what stood there before
    #[arg(long, value_name = "DIR", default_value = "private/outbox")]
    pub out: PathBuf,
    /// Let some take the place of all; files that others put there go too
    #[arg(long)]
    pub replace: bool,
}

#[derive(Args)]
pub struct Receipts {
    /// The folder of the packages, such as `private/deliveries/2025`
    #[arg(value_name = "DELIVERY")]
    pub delivery: PathBuf,
    /// What came back: texts, mails (`.eml`), boxes of mails (`.mbox`), lists (`.csv`)
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
    /// Make mails to those who have not confirmed, in a folder for the period there
    #[arg(long, value_name = "DIR")]
    pub reminders: Option<PathBuf>,
    /// Which day it is (YYYY-MM-DD): then it is told who is late, and reminders have this day
    #[arg(long, value_name = "DAY", value_parser = esep::period::day)]
    pub date: Option<Date>,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum ListFormat {
    Text,
    Csv,
    Json,
}

#[derive(Args)]
pub struct Results {
    /// The period; repeatable; all of them when left out
    #[arg(long, value_name = "PERIOD", value_parser = typed, add = complete::periods())]
    pub period: Vec<String>,
    /// A region by its code or name, with everything below it; repeatable
    #[arg(long, value_name = "REGION", value_parser = typed, add = complete::regions())]
    pub region: Vec<String>,
    /// A level of the hierarchy; repeatable
    #[arg(long, value_name = "LEVEL", value_parser = typed, add = complete::levels())]
    pub level: Vec<String>,
    /// An indicator's number; repeatable
    #[arg(long, value_name = "INDICATOR", value_parser = typed, add = complete::indicators())]
    pub indicator: Vec<String>,
    /// The language of the regions' names; the first one of the reports when left out
    #[arg(long, value_name = "CODE", value_parser = typed, add = complete::languages())]
    pub language: Option<String>,
    /// For whom: everybody, or those who work with the data
    #[arg(long, value_enum, default_value_t)]
    pub audience: AudienceName,
    /// How numbers are printed
    #[arg(long, value_enum, default_value_t = ResultsFormat::Csv)]
    pub format: ResultsFormat,
}

#[derive(Args)]
pub struct Compare {
    /// The earlier release, or a project
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The later release, or a project
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// The period; that of the releases when left out, of two projects the last one with data
    #[arg(long, value_name = "PERIOD", value_parser = typed, add = complete::periods())]
    pub period: Option<String>,
    /// How differences are told
    #[arg(long, value_enum, default_value_t = CompareFormat::Text)]
    pub format: CompareFormat,
    /// A file in place of the screen
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Args)]
pub struct Approve {
    /// The release whose numbers are approved; `out/<period>` of the last period with data when left out
    #[arg(value_name = "RELEASE")]
    pub release: Option<PathBuf>,
    /// The region by its code or name
    #[arg(long, value_name = "REGION", value_parser = typed, add = complete::regions())]
    pub region: String,
    /// Who approves: post and name as they are printed, for each language as `LANGUAGE=TEXT`, or once for all; repeatable
    #[arg(long, value_name = "TEXT", required = true)]
    pub by: Vec<String>,
    /// The day of the approval (YYYY-MM-DD)
    #[arg(long, value_name = "DAY", value_parser = esep::period::day)]
    pub date: Date,
    /// A remark that is printed with the approval, in the same form; repeatable
    #[arg(long, value_name = "TEXT")]
    pub remark: Vec<String>,
    /// A region within, by its code or name, whose approval is not waited for; repeatable
    #[arg(long, value_name = "REGION", value_parser = typed, add = complete::regions())]
    pub without: Vec<String>,
}

/// How differences are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// A workbook, with `--output`
    Xlsx,
}

#[derive(Args)]
pub struct Trace {
    /// The indicator's number
    #[arg(value_name = "INDICATOR", value_parser = typed, add = complete::indicators(), required_unless_present_any = ["cell", "all"])]
    pub indicator: Option<String>,
    /// Every number of the region in place of one: as JSON, an object a line
    #[arg(long, conflicts_with_all = ["indicator", "slice", "part", "change", "cell"])]
    pub all: bool,
    /// In place of a number, a place in the inputs of which every number is told that rests on it: `inputs/2025/north.xlsx!Sheet!H17`, of
    /// a text table `inputs/2025/north.csv!H17`; `…!17` means a whole row, a path alone the whole file
    #[arg(long, value_name = "PLACE", value_parser = typed,
        conflicts_with_all = ["indicator", "slice", "part", "change", "period", "region"])]
    pub cell: Option<String>,
    /// Tell instead what the change since an earlier period is made of: which units answered differently, came and went; since the period
    /// before when none is named
    #[arg(long, value_name = "PERIOD", value_parser = typed, add = complete::periods(), num_args = 0..=1, default_missing_value = "")]
    pub change: Option<String>,
    /// The region by its code or name; the top region when left out
    #[arg(long, value_name = "REGION", value_parser = typed, add = complete::regions())]
    pub region: Option<String>,
    /// The period; the last one with data when left out
    #[arg(long, value_name = "PERIOD", value_parser = typed, add = complete::periods())]
    pub period: Option<String>,
    /// A group of a breakdown, such as `kind=school`; nothing behind `=` for those that did not state it
    #[arg(long, value_name = "FIELD=VALUE", value_parser = typed)]
    pub slice: Option<String>,
    /// A numerator printed apart
    #[arg(long, value_name = "PART", value_parser = typed, conflicts_with = "slice")]
    pub part: Option<String>,
    /// The language of names and conditions; the first one of the reports when left out
    #[arg(long, value_name = "CODE", value_parser = typed, add = complete::languages())]
    pub language: Option<String>,
    /// For whom: those who work with the data when left out; everybody is told what the number is and, where it is withheld, why
    #[arg(long, value_enum, default_value_t = AudienceName::Internal)]
    pub audience: AudienceName,
    /// How it is printed; as CSV, the rows with a line for each of their cells; a workbook, with links to the cells, needs `--output`
    #[arg(long, value_enum, default_value_t = TraceFormat::Text)]
    pub format: TraceFormat,
    /// The file that it goes to, in place of the screen; for its owner alone
    #[arg(long, visible_alias = "out", value_name = "FILE", required_if_eq("format", "xlsx"))]
    pub output: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TraceFormat {
    Text,
    Json,
    Csv,
    Xlsx,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum AudienceName {
    #[default]
    Public,
    Internal,
}

impl From<AudienceName> for Audience {
    fn from(name: AudienceName) -> Self {
        match name {
            AudienceName::Public => Audience::Public,
            AudienceName::Internal => Audience::Internal,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SeverityName {
    Error,
    Warning,
    Note,
}

impl From<SeverityName> for Severity {
    fn from(name: SeverityName) -> Self {
        match name {
            SeverityName::Error => Severity::Error,
            SeverityName::Warning => Severity::Warning,
            SeverityName::Note => Severity::Note,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub enum CheckFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum ResultsFormat {
    Csv,
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum SchemaFile {
    Programme,
    Regions,
    Dataset,
    Indicator,
    Check,
    Series,
    Waivers,
    Offices,
    Approvals,
    Codes,
}

/// A name as it was typed, each letter and its marks as one sign: so are those of the project.
fn typed(text: &str) -> Result<String, Infallible> {
    Ok(composed(text).into_owned())
}

/// An address of mail.
fn address(text: &str) -> Result<String, String> {
    if is_address(text) { Ok(text.to_owned()) } else { Err("expected an address such as name@example.org".into()) }
}

/// An address of the web on one line.
fn link(text: &str) -> Result<String, String> {
    let is_plain = text.chars().all(|sign| sign.is_ascii_graphic());
    let has_scheme = text.split_once("://").is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty());
    if is_plain && has_scheme {
        Ok(text.to_owned())
    } else {
        Err("expected an address such as https://example.org/packages".into())
    }
}
