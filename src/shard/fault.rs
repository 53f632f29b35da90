//! Why archives are not joined, in words for the person who brought them.

use crate::diagnostic::list_some;

/// What is wrong with an archive, or with all of them together. Archives are named by their paths.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The system does not let it be read.
    #[error("`{archive}` cannot be read: {reason}; see to it that it can")]
    Unreadable {
        /// The archive.
        archive: String,
        /// What the system says.
        reason: String,
    },
    /// It is cut off, or something else.
    #[error(
        "`{archive}` is not the whole archive of a part: {reason}; copy it anew, or make it anew with `esep build --shard` or `esep sheets --shard`"
    )]
    NotWhole {
        /// The archive.
        archive: String,
        /// What is wrong.
        reason: String,
    },
    /// Files in it are not what was written.
    #[error("`{archive}` was changed after it was made: {}; copy it anew, or make the part anew", list_some(files))]
    Altered {
        /// The archive.
        archive: String,
        /// The paths of the files.
        files: Vec<String>,
    },
    /// Something else was asked for.
    #[error("`{archive}` does not belong to `{first}`: it was made with another {}; make both with the same options", what.join(", "))]
    OtherOptions {
        /// The archive.
        archive: String,
        /// The one that it is compared with.
        first: String,
        /// What was asked for in another way.
        what: Vec<&'static str>,
    },
    /// Another program made it.
    #[error(
        "`{archive}` was made by another program ({theirs}) than this one ({ours}); use a copy of one program file on all machines"
    )]
    OtherProgram {
        /// The archive.
        archive: String,
        /// The program that made it.
        theirs: String,
        /// This program.
        ours: String,
    },
    /// It was made from other files.
    #[error(
        "`{archive}` was made from other files than those of this project: {files}; give all machines the same project folder, and make the part anew"
    )]
    OtherFiles {
        /// The archive.
        archive: String,
        /// Which files, in words.
        files: String,
    },
    /// The machine understood the same files otherwise.
    #[error(
        "`{archive}` was made from the same files, but the findings about them were others: compare what `esep check --all` prints on both machines; perhaps one could not read a file in its bounds of time and memory"
    )]
    OtherFindings {
        /// The archive.
        archive: String,
    },
    /// Two archives are one part and differ.
    #[error(
        "`{archive}` and `{other}` are both part {number} and differ in {}; find out which is right, and leave the other one out",
        list_some(files)
    )]
    Differing {
        /// An archive.
        archive: String,
        /// The other one.
        other: String,
        /// Which part they are.
        number: u32,
        /// In which files they differ.
        files: Vec<String>,
    },
    /// A part is not there.
    #[error("part {number} of {of} is missing: bring `{name}`, or make it with `--shard {number}/{of}`")]
    Missing {
        /// Which part.
        number: u32,
        /// How many there are.
        of: u32,
        /// The name that its archive has.
        name: String,
    },
}
