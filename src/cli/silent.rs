//! `esep silent`: the units that did not report, each with its key.

use esep::check::SilentUnit;
use esep::protect::Audience;
use esep::table::{self, Silent};

use super::arguments::{Arguments, ListFormat, Silent as Options};
use super::choose::Chosen;
use super::output::{counted, print, say};
use super::{Stop, opened, specified};

pub fn run(arguments: &Arguments, options: &Options) -> Result<(), Stop> {
    let project = opened(arguments)?;
    let computed = specified(&project, Audience::Internal)?.computed;
    let specs = &computed.specs;
    let chosen = Chosen::new(specs, &options.choice)?;
    let (mut units, mut unknown) = computed.silent_units();
    units.retain(|unit: &SilentUnit| chosen.has(specs, unit.period, unit.region));
    unknown.retain(|(period, _)| chosen.periods.is_empty() || chosen.periods.contains(period));
    let rows = table::silent(specs, &specs.programme.publish[0], &units);
    print(&match options.format {
        ListFormat::Text => text(&rows),
        ListFormat::Csv => table::silent_csv(&rows),
        ListFormat::Json => serde_json::to_string_pretty(&rows).expect("plain data") + "\n",
    })?;
    if !arguments.quiet {
        if specs.datasets.iter().any(|dataset| dataset.expected.is_some() || dataset.level.is_some()) {
            say(&format!("{} did not report", counted(rows.len(), "unit")));
        } else {
            say("no dataset names a register (`expected`) or a level, so nothing tells who should report");
        }
    }
    for &(period, dataset) in &unknown {
        let (period, dataset) = (&specs.period(period).id, &specs.dataset(dataset).id);
        say(&format!(
            "esep: of `{dataset}` nobody knows who did not report for `{period}`: a file was not read, or a row has no key; see `esep check`"
        ));
    }
    if unknown.is_empty() { Ok(()) } else { Err(Stop::WrongFiles) }
}

/// The rows below headings for period, dataset and region.
fn text(rows: &[Silent]) -> String {
    let mut text = String::new();
    let of = |row: &Silent| (row.period.clone(), row.dataset.clone(), row.region.clone());
    for group in rows.chunk_by(|left, right| of(left) == of(right)) {
        let Silent { period, dataset, region, region_name, .. } = &group[0];
        let count = counted(group.len(), "unit");
        text.push_str(&format!("{count} of `{region}` ({region_name}) did not send `{dataset}` for `{period}`:\n"));
        let width = group.iter().map(|row| row.key.chars().count()).max().unwrap_or_default();
        group.iter().for_each(|row| text.push_str(&format!("  {:width$}  {}\n", row.key, row.unit)));
    }
    text
}
