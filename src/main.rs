//! The program: arguments in, an exit code out. 0: fine; 1: the files are wrong; 2: could not run.

mod cli;

use std::process::ExitCode;

/// Typesetting makes and drops many small values.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
