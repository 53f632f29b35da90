//! What the system tells of processes and lets them have: where it does not tell, nothing is known (proc(5), Linux).

use std::fs::File;
use std::path::Path;
use std::time::Duration;

/// Linux tells times in hundredths of a second, whatever the machine.
const TICK: Duration = Duration::from_millis(10);

/// The processor time that a process has taken.
pub fn processor_time(process: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is a name in brackets, in which anything may stand; the times are the 14th and the 15th.
    let mut fields = stat[stat.rfind(')')? + 1..].split_ascii_whitespace().skip(11);
    let ticks = fields.next()?.parse::<u32>().ok()?.checked_add(fields.next()?.parse().ok()?)?;
    Some(TICK * ticks)
}

/// Opens a file so many times at once: whoever has the answer knows that so many files can be open beside it.
///
/// # Errors
/// When the system refuses it.
pub fn hold_open(path: &Path, count: usize) -> std::io::Result<Vec<File>> {
    (0..count).map(|_| File::open(path)).collect()
}
