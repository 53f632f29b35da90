//! The counts of a period as a linear system in the JJ format of τ-ARGUS, for a judge from outside.

use std::fmt::Write;

use super::lock::Protected;

/// How far the upper bound of a count lies beyond the largest one.
const ROOM: i64 = 10;

/// The system: for each count its value, what withholding it costs, whether it is published (`s`), withheld for its own sake (`u`) or for the
/// sake of others (`m`), between which bounds readers know it to lie, and how far below and above the value they must believe it possible;
/// then the equations. Counts that are printed nowhere are withheld at no cost.
pub fn text(protected: &Protected) -> String {
    let Protected { system, proposal, .. } = protected;
    let most = system.counts.iter().map(|counted| counted.value).max().unwrap_or(0).saturating_mul(2) + ROOM;
    let mut text = format!("0\n{}\n", system.counts.len());
    for (count, counted) in system.counts.iter().enumerate() {
        let is_withheld = (proposal.withheld[count] || !counted.is_printed()) && !counted.is_out;
        let status = match (is_withheld, counted.is_small) {
            (false, _) => 's',
            (true, true) => 'u',
            (true, false) => 'm',
        };
        let witness = proposal.witnesses.get(&(count, None)).filter(|_| counted.is_small);
        let (below, above) = witness.map_or((0, 0), |witness| witness.reach(count));
        let least = if counted.value < 0 { -most } else { 0 };
        let weight = i64::from(counted.is_printed());
        writeln!(text, "{count} {} {weight} {status} {least} {most} {below} {above} 0", counted.value).expect("a text takes all");
    }
    writeln!(text, "{}", system.equations.len()).expect("a text takes all");
    for equation in &system.equations {
        write!(text, "0 {} :", equation.0.len()).expect("a text takes all");
        equation.0.iter().for_each(|(count, factor)| write!(text, " {count} ({factor})").expect("a text takes all"));
        text.push('\n');
    }
    text
}
