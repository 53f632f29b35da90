//! esep turns indicator specifications and spreadsheets into official monitoring reports: one PDF for every region and language.
//!
//! A value passes through stages, one way, and each stage is a function of what came before:
//!
//! ```text
//! Sources -> Specs -> Data -> Results -> Published -> Reports -> Documents -> Release
//!  (disk)    (YAML)  (cells) (numbers)  (the door)   (words)   (PDF bytes)   (disk)
//! ```
//!
//! `ARCHITECTURE.md` tells what each module may rely on. The modules below stand in reading order: each uses only those above.

pub mod check_code;
pub mod digest;
pub mod letters;
pub mod process;
pub mod threads;
pub mod worker;

pub mod value;

pub mod diagnostic;
pub mod sources;
pub mod yaml;

pub mod language;

pub mod period;
pub mod region;

pub mod spec;

pub mod grid;

pub mod dataset;

pub mod intake;

pub mod compute;

pub mod check;
pub mod wording;

pub mod protect;

pub mod numbers;
pub mod words;

pub mod edition;

pub mod report;
pub mod site;
pub mod table;

pub mod workbook;

pub mod trace;

pub mod answer;
pub mod forms;

pub mod companion;

pub mod disclosure;

pub mod typeset;

pub mod release;
pub mod shard;

pub mod project;

pub mod press;

pub mod deliver;
