//! Paths of the typesetter's files. Typst keeps every path for ever, and can keep 65,535 of them.

use typst::syntax::{FileId, RootedPath, VirtualPath, VirtualRoot};

/// The id of a path. Ids are kept for ever, 65,535 in all, so every document uses the same few paths.
pub fn file_id(path: &str) -> FileId {
    virtual_path(path).expect("a plain relative path").intern()
}

/// A path as templates write it; `None` for a path with signs that they cannot write.
pub fn virtual_path(path: &str) -> Option<RootedPath> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).ok()?))
}
