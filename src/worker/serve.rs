//! The life of a worker, on its own side of the pipe.

use std::io::{ErrorKind, Read, Result, Write};

use super::frame::{receive, send};

/// The head of a request is no longer.
const LARGEST_HEAD: u64 = 1 << 24;

/// Takes a kit from `input`, then requests, each a head and a body, and writes the answers to `output` until there are no more. The
/// process keeps to so many bytes of memory, and ends with the one that started it.
///
/// # Errors
/// When the other side is gone or says what has no sense.
pub fn serve<A: FnMut(&[u8], Vec<u8>) -> Result<Vec<u8>>>(
    memory: u64,
    mut input: impl Read,
    mut output: impl Write,
    equip: impl FnOnce(Vec<u8>) -> Result<A>,
) -> Result<()> {
    // What breaks the worker is reported to the other side, not to the terminal.
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

/// The next message; `None` where the other side has no more.
fn next(input: &mut impl Read, most: u64) -> Result<Option<Vec<u8>>> {
    match receive(input, most) {
        Ok(message) => Ok(Some(message)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// Lets this process end when the one that started it does, however that ends: work without end would keep it.
fn end_with_parent() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Signal, set_parent_process_death_signal};
        // Where the system refuses it, the bounds of the work remain.
        let _ = set_parent_process_death_signal(Some(Signal::KILL));
    }
}

/// Keeps this process to so many bytes of address space, and from leaving a copy of it on the disk when it breaks down.
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

/// Keeps this process to so many bytes of address space, where the system can.
#[cfg(not(unix))]
fn restrict(_memory: u64) -> Result<()> {
    Ok(())
}
