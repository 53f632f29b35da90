//! What the system tells of processes and lets them have: where it does not tell, nothing is known (proc(5), Linux).

use std::fs::File;
use std::path::Path;
use std::time::Duration;

/// Linux tells times in hundredths of a second, whatever the machine.
const TICK: Duration = Duration::from_millis(10);

/// The processor time that a process, or a thread, has taken; by its path below `/proc`.
pub fn processor_time(path: &str) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{path}/stat")).ok()?;
    // The second field is a name in brackets, in which anything may stand; the times are the 14th and the 15th.
    let mut fields = stat[stat.rfind(')')? + 1..].split_ascii_whitespace().skip(11);
    let ticks = fields.next()?.parse::<u32>().ok()?.checked_add(fields.next()?.parse().ok()?)?;
    Some(TICK * ticks)
}

/// The path of this thread below `/proc`.
pub fn own_thread() -> Option<String> {
    std::fs::read_link("/proc/thread-self").ok()?.into_os_string().into_string().ok()
}

/// The memory that this process takes, in bytes.
pub fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1 << 10)
}

/// Opens a file so many times at once: whoever has the answer knows that so many files can be open beside it.
///
/// # Errors
/// When the system refuses it.
pub fn hold_open(path: &Path, count: usize) -> std::io::Result<Vec<File>> {
    (0..count).map(|_| File::open(path)).collect()
}
