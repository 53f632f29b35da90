//! What the system tells of processes, and how many files it lets them have (proc(5), Linux). On systems that do not tell, nothing is
//! known.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::digest::sha256_of;

/// Linux counts processor time in hundredths of a second on every machine.
const TICK: Duration = Duration::from_millis(10);

/// The processor time that a process has taken; `None` where the system does not tell.
pub fn processor_time(process: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is a name in brackets, which may hold anything; the times are the 14th and the 15th field.
    let mut fields = stat[stat.rfind(')')? + 1..].split_ascii_whitespace().skip(11);
    let ticks = fields.next()?.parse::<u32>().ok()?.checked_add(fields.next()?.parse().ok()?)?;
    Some(TICK * ticks)
}

/// The memory that a process has for itself, in bytes, without the files that it shares with others; `None` where the system does not tell.
pub fn own_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?.trim().strip_suffix(" kB")?;
    kibibytes.parse::<u64>().ok()?.checked_mul(1024)
}

/// Opens a file `count` times at once. While the caller holds the result, it knows that so many files can be open.
///
/// # Errors
/// When the system refuses it.
pub fn hold_open(path: &Path, count: usize) -> std::io::Result<Vec<File>> {
    (0..count).map(|_| File::open(path)).collect()
}

/// What tells a program file from every other one that ever stood there: version, size, and when it was written; `None` where the system does not
/// say.
pub fn make(program: &Path) -> Option<String> {
    let file = std::fs::metadata(program).ok()?;
    let written = file.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?.as_nanos();
    Some(format!("{} {} {written}", env!("CARGO_PKG_VERSION"), file.len()))
}

/// The SHA-256 of a program file, which is the same on every machine that has the same program; `None` where it cannot be read.
pub fn fingerprint(program: &Path) -> Option<String> {
    let file = File::open(program).ok()?;
    sha256_of(file).ok().map(|(hash, _)| hash)
}

/// The path of this very program. Linux has a path that stays valid when the program's file is replaced or removed.
pub fn program() -> Option<PathBuf> {
    let running = Path::new("/proc/self/exe");
    if cfg!(target_os = "linux") && running.exists() { Some(running.to_owned()) } else { std::env::current_exe().ok() }
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn linux_tells_what_memory_and_time_a_process_takes() {
        use super::{own_memory, processor_time};

        let own = std::process::id();
        let held = std::hint::black_box(vec![1_u8; 64 << 20]);
        assert!(own_memory(own).expect("it is told") >= held.len() as u64);
        drop(held);
        assert!(processor_time(own).is_some());
        assert_eq!((own_memory(u32::MAX), processor_time(u32::MAX)), (None, None));
    }
}
