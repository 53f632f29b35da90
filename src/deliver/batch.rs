//! A list of commands for `sftp -b`: packages are put on a server under a name of their own first, so nobody fetches half of one, and running
//! the list again leaves what a first run left.

use std::fmt::Write;

/// A file to be put on a server.
pub struct Upload {
    /// Its path here.
    pub from: String,
    /// The folder on the server.
    pub folder: String,
    /// Its name there.
    pub name: String,
}

/// The commands, a line each.
pub fn commands(uploads: &[Upload]) -> String {
    let mut text = String::new();
    let mut folders: Vec<&str> = uploads.iter().map(|upload| upload.folder.as_str()).collect();
    folders.sort_unstable();
    folders.dedup();
    for folder in folders {
        // Where a command has a dash before it, its failure ends nothing: the folder may be there.
        writeln!(text, "-mkdir {}", quoted(folder)).expect("memory does not fail");
    }
    for Upload { from, folder, name } in uploads {
        let (there, begun) = (quoted(&format!("{folder}/{name}")), quoted(&format!("{folder}/.{name}.part")));
        // Some servers do not rename over what is there.
        write!(text, "put {} {begun}\n-rm {there}\nrename {begun} {there}\n", quoted(from)).expect("memory does not fail");
    }
    text
}

/// A path in quotes; signs of patterns have no meaning there. No sign of control stands in it.
fn quoted(path: &str) -> String {
    format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_renamed_once_it_is_there() {
        let upload =
            |folder: &str, name: &str| Upload { from: format!("south/{name}"), folder: folder.into(), name: name.into() };
        let text = commands(&[upload("/in/Оңтүстік және \"а\"", "south-2025-1.zip"), upload("/in", "b.zip")]);
        assert_eq!(
            text,
            "-mkdir \"/in\"\n-mkdir \"/in/Оңтүстік және \\\"а\\\"\"\n\
             put \"south/south-2025-1.zip\" \"/in/Оңтүстік және \\\"а\\\"/.south-2025-1.zip.part\"\n\
             -rm \"/in/Оңтүстік және \\\"а\\\"/south-2025-1.zip\"\n\
             rename \"/in/Оңтүстік және \\\"а\\\"/.south-2025-1.zip.part\" \"/in/Оңтүстік және \\\"а\\\"/south-2025-1.zip\"\n\
             put \"south/b.zip\" \"/in/.b.zip.part\"\n-rm \"/in/b.zip\"\nrename \"/in/.b.zip.part\" \"/in/b.zip\"\n"
        );
    }
}
