//! A worker from start to end, on its own side of the pipe.

use std::io::{ErrorKind, Read, Result, Write};

use super::frame::{receive, send};

/// The largest head of a request, in bytes.
const LARGEST_HEAD: u64 = 1 << 24;

/// Takes a kit from `input`, then requests (each a head and a body), and writes the answers to `output` until no more requests come. The
/// process keeps to `memory` bytes, and ends with the process that started it.
///
/// # Errors
/// When the other side is gone, or sends something that makes no sense.
pub fn serve<A: FnMut(&[u8], Vec<u8>) -> Result<Vec<u8>>>(
    memory: u64,
    mut input: impl Read,
    mut output: impl Write,
    equip: impl FnOnce(Vec<u8>) -> Result<A>,
) -> Result<()> {
    // The other side reports what breaks the worker; the terminal shows nothing.
    std::panic::set_hook(Box::new(|_| {}));
    end_with_parent();
    restrict(memory)?;
    let Some(kit) = next(&mut input, u64::MAX)? else { return Ok(()) };
    let mut answer = equip(kit)?;
    send(&mut output, &[])?;
    output.flush()?;
    while let Some(head) = next(&mut input, LARGEST_HEAD)? {
        let body = receive(&mut input, u64::MAX)?;
        send(&mut output, &answer(&head, body)?)?;
        output.flush()?;
    }
    Ok(())
}

/// The next message; `None` when the other side has sent all.
fn next(input: &mut impl Read, most: u64) -> Result<Option<Vec<u8>>> {
    match receive(input, most) {
        Ok(message) => Ok(Some(message)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes this process end with the one that started it, however that one ends; endless work would outlive it.
fn end_with_parent() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Signal, set_parent_process_death_signal};
        // Where the system refuses this, the bounds of the work remain.
        let _ = set_parent_process_death_signal(Some(Signal::KILL));
    }
}

/// Bounds the address space of this process, and keeps it from writing a core dump.
#[cfg(unix)]
fn restrict(memory: u64) -> Result<()> {
    use rlimit::Resource;
    let (_, hardest) = Resource::AS.get()?;
    let memory = memory.min(hardest);
    // Some systems have no such bound; the bound of time remains.
    let _ = Resource::AS.set(memory, memory);
    let _ = Resource::CORE.set(0, 0);
    Ok(())
}

/// Bounds the address space of this process, where the system can.
#[cfg(not(unix))]
fn restrict(_memory: u64) -> Result<()> {
    Ok(())
}
