//! For whom something is made.

/// For whom something is made. It decides what is let through, where it stands, and what is printed on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// Everybody: it is published.
    #[default]
    Public,
    /// Those who work with the data. It is never published, and every file of it says so.
    Internal,
}

impl Audience {
    /// Its name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Audience::Public => "public",
            Audience::Internal => "internal",
        }
    }

    /// What stands at the end of the names of tables; nothing where they are for everybody.
    pub fn suffix(self) -> &'static str {
        match self {
            Audience::Public => "",
            Audience::Internal => "-internal",
        }
    }
}
