//! The program: arguments in, an exit code out. 0: fine; 1: the files are wrong; 2: could not run.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
