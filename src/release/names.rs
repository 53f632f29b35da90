//! Names of files that every file system takes, and of which none takes two for one.

use std::collections::{BTreeMap, HashSet};

use super::Error;
use crate::language::LanguageCode;
use crate::letters::{composed, is_unseen};
use crate::region::{Hierarchy, RegionIndex};
use crate::sources::is_device;

/// The longest name of a file, in bytes, that file systems take.
const LONGEST: usize = 255;
/// Names that are made of other names are cut here, so that a number, words and an ending can be added.
const USUAL: usize = 200;
/// What is left of added words at the least, in bytes.
const SHORTEST: usize = 8;
/// The room for a number before a name that is taken.
const NUMBER: usize = "(99999) ".len();
/// The longest ending that is added.
const ENDING: usize = ".xlsx".len();

/// Paths that no file system takes for one another, even if it ignores capitals or parts marks from letters.
#[derive(Debug, Default)]
pub struct Taken(HashSet<String>);

impl Taken {
    /// Takes a path and gives it back; when it is taken already, a number is put before the name of the file.
    pub fn take(&mut self, path: &str) -> String {
        let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (&path[..=folder.len()], name));
        let numbered = (2..).map(|number| format!("{folder}({number}) {name}"));
        let mut paths = std::iter::once(path.to_owned()).chain(numbered);
        paths.find(|path| self.0.insert(folded(path))).expect("numbers do not end")
    }
}

/// One form for all paths that some file system takes for the same.
fn folded(path: &str) -> String {
    // Upper case first: some systems take `ß` for `ss`.
    composed(&path.to_uppercase().to_lowercase()).into_owned()
}

/// Checks that no file system takes two of these paths for one.
///
/// # Errors
/// The first two paths that could be taken for one.
pub fn distinct<'a>(paths: impl IntoIterator<Item = &'a str>) -> Result<(), Error> {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for path in paths {
        if let Some(first) = known.insert(folded(path), path) {
            return Err(Error::SamePath { path: path.into(), first: first.into() });
        }
    }
    Ok(())
}

/// The paths of documents about regions: a folder for every region that holds others, and names that sort by code. Each region has a path
/// of its own, whatever signs are in codes and names.
#[derive(Debug)]
pub struct Paths<'a> {
    hierarchy: &'a Hierarchy,
    /// The name of each region in paths, by language.
    names: BTreeMap<&'a LanguageCode, Vec<String>>,
}

impl<'a> Paths<'a> {
    /// The paths in these languages.
    pub fn new(hierarchy: &'a Hierarchy, languages: &'a [LanguageCode]) -> Self {
        let mut order: Vec<RegionIndex> = hierarchy.all().map(|(index, _)| index).collect();
        order.sort_by_key(|&index| &hierarchy.region(index).code);
        let names = languages.iter().map(|language| {
            let mut taken = Taken::default();
            let mut names = vec![String::new(); order.len()];
            for &index in &order {
                let region = hierarchy.region(index);
                names[index.0] = taken.take(&file_name(&format!("{} {}", region.code, region.name.get(language))));
            }
            (language, names)
        });
        Self { hierarchy, names: names.collect() }
    }

    /// The name of a region in paths.
    fn name(&self, language: &LanguageCode, region: RegionIndex) -> &str {
        self.names.get(language).map_or("", |names| &names[region.0])
    }

    /// The path of a document about a region. `additions` say which document it is and for whom; where there is no room for all of
    /// them, the first ones are cut.
    pub fn report(&self, language: &LanguageCode, region: RegionIndex, additions: &[&str]) -> String {
        let holds_others = self.hierarchy.within(region).len() > 1;
        let folders = self.folders(language, region, |index| index != region || holds_others);
        format!("{folders}/{}.pdf", with_additions(self.name(language, region), additions))
    }

    /// The path of the sheet of a unit in a region, with a folder for every region below the top; `addition` says for whom it is.
    pub fn sheet(&self, language: &LanguageCode, region: RegionIndex, unit: &str, addition: &str) -> String {
        let folders = self.folders(language, region, |_| true);
        format!("{folders}/{}.pdf", with_additions(&file_name(unit), &[addition]))
    }

    /// The name of the workbook that a region's office fills in; names sort by code.
    pub fn form(&self, language: &LanguageCode, region: RegionIndex) -> String {
        format!("{}.xlsx", self.name(language, region))
    }

    /// The folder of a language, with one below it for each region from the top down to `region` that has a folder.
    fn folders(&self, language: &LanguageCode, region: RegionIndex, has_folder: impl Fn(RegionIndex) -> bool) -> String {
        let above = self.hierarchy.upwards(region).filter(|&index| index != self.hierarchy.top() && has_folder(index));
        let mut folders: Vec<&str> = above.map(|index| self.name(language, index)).collect();
        // Some language codes are names of devices.
        let outermost = file_name(language.as_str());
        folders.push(&outermost);
        folders.reverse();
        folders.join("/")
    }
}

/// The names of pages with these keys: of letters that every address takes as they are, one for each key.
pub fn page_names<'a>(keys: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = Taken::default();
    keys.into_iter().map(|key| taken.take(&file_name(key)).replace(['#', '%', '?', '&', ' '], "-")).collect()
}

/// A name of a file with words behind it: `10 North. Data reliability protocol`.
fn with_additions(name: &str, additions: &[&str]) -> String {
    const POINT: &str = ". ";
    let mut room = LONGEST.saturating_sub(name.len() + NUMBER + ENDING);
    let mut words = Vec::new();
    for (before, addition) in additions.iter().enumerate().rev() {
        let most = room.saturating_sub(POINT.len() + before * (POINT.len() + SHORTEST));
        words.push(cut(addition, most));
        room = room.saturating_sub(words.last().map_or(0, String::len) + POINT.len());
    }
    words.push(name.to_owned());
    words.reverse();
    words.join(POINT)
}

/// The path of the workbook beside a document.
pub fn workbook_path(report: &str) -> String {
    format!("{}.xlsx", report.strip_suffix(".pdf").unwrap_or(report))
}

/// A name that every file system takes, cut to the usual length.
fn file_name(name: &str) -> String {
    cut(name, USUAL)
}

/// A name that every file system takes, of at most `most` bytes: without separators, signs of special meaning, invisible signs, and signs
/// that turn the order of the letters around. It is cut at its end, since codes stand first.
fn cut(name: &str, most: usize) -> String {
    let seen = composed(name).chars().filter_map(printed).collect::<String>();
    let mut end = seen.len().min(most);
    while !seen.is_char_boundary(end) {
        end -= 1;
    }
    let name = seen[..end].trim_matches([' ', '.']);
    if name.is_empty() || is_device(name) { format!("-{name}") } else { name.to_owned() }
}

/// A letter as it stands in names of files; `None` for one that is left out.
fn printed(letter: char) -> Option<char> {
    match letter {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => Some('-'),
        '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        // Embeddings, overrides and isolates; marks between lines; tags.
        '\u{202a}'..='\u{202e}' | '\u{2065}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => None,
        letter if letter.is_control() || is_unseen(letter) => None,
        letter => Some(letter),
    }
}

/// A path whose names every file system takes; the ending of the file stays.
pub fn safe_path(path: &str) -> String {
    let (path, ending) = match path.rsplit_once('.') {
        Some((path, ending)) if ending.len() <= 5 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            (path, Some(ending))
        }
        Some(_) | None => (path, None),
    };
    let safe: Vec<String> = path.split('/').map(file_name).collect();
    ending.map_or_else(|| safe.join("/"), |ending| format!("{}.{ending}", safe.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Localized;
    use crate::region::{LevelIndex, Region, RegionCode};

    #[test]
    fn names_of_files_are_safe_everywhere() {
        for (name, safe) in [
            ("01/2 г. «A»: B?", "01-2 г. «A»- B-"),
            ("..\\evil.", "-evil"),
            ("..", "-"),
            ("con", "-con"),
            ("COM1.x", "-COM1.x"),
            ("lpt².x", "-lpt².x"),
            ("nul .txt", "-nul .txt"),
            ("CONTENTS", "CONTENTS"),
            ("10 North. ", "10 North"),
        ] {
            assert_eq!(file_name(name), safe);
        }
        assert!(file_name(&"ә".repeat(300)).len() <= 200);
    }

    #[test]
    fn what_cannot_be_seen_or_turns_letters_around_stands_in_no_name() {
        // Seen as `10 annexe.pdf` where the mark is obeyed.
        assert_eq!(file_name("10 ann\u{202e}fdp.exe"), "10 annfdp.exe");
        assert_eq!(file_name("10\tA\u{7}b\u{200f}\u{2067}\r\n"), "10 Ab");
        assert_eq!(file_name("\u{202d}\u{200b}"), "-");
    }

    #[test]
    fn a_language_that_is_called_like_a_device_has_a_folder() {
        let con = LanguageCode::new("con");
        let top = Region {
            code: RegionCode::new("nul"),
            level: LevelIndex(0),
            parent: None,
            name: Localized::new(vec![(con.clone(), "AUX".into())]),
            short: None,
            aliases: Vec::new(),
            cases: Vec::new(),
            tile: None,
            from: None,
            to: None,
        };
        let hierarchy = Hierarchy::new(vec![top]).expect("one region is a tree");
        let languages = [con];
        let paths = Paths::new(&hierarchy, &languages);
        assert_eq!(paths.report(&languages[0], RegionIndex(0), &[]), "-con/nul AUX.pdf");
    }

    #[test]
    fn no_two_files_have_names_that_a_system_takes_for_one() {
        let mut taken = Taken::default();
        let paths = ["a/Й.pdf", "a/и\u{306}.pdf", "a/b.pdf", "A/B.pdf", "A/B.pdf", "b.pdf", "Maß.pdf", "MASS.pdf"];
        let expected =
            ["a/Й.pdf", "a/(2) и\u{306}.pdf", "a/b.pdf", "A/(2) B.pdf", "A/(3) B.pdf", "b.pdf", "Maß.pdf", "(2) MASS.pdf"];
        assert_eq!(paths.map(|path| taken.take(path)), expected);
        assert!(distinct(["a/Й.pdf", "a/и\u{306}.pdf"]).is_err());
        assert!(distinct(["a/b.pdf", "b.pdf"]).is_ok());
    }

    #[test]
    fn names_that_were_cut_stay_distinct() {
        let mut taken = Taken::default();
        let names: Vec<String> =
            ["x", "y", "z"].map(|end| taken.take(&file_name(&format!("10 {}{end}", "ә".repeat(300))))).into();
        assert!(names.iter().all(|name| name.contains("10 ә") && name.len() + ENDING <= LONGEST), "{names:?}");
        assert!(names[1].starts_with("(2) ") && names[2].starts_with("(3) "), "{names:?}");
    }

    #[test]
    fn for_whom_a_file_is_stands_in_its_name_however_long_the_rest_is() {
        let additions = ["Data reliability protocol", "Not for publication"];
        assert_eq!(with_additions("10 North", &additions), "10 North. Data reliability protocol. Not for publication");
        assert_eq!(with_additions("10 North", &[]), "10 North");
        let long = file_name(&format!("10 {}", "ә".repeat(300)));
        let name = with_additions(&long, &additions);
        assert!(
            name.ends_with("ә. Data reliability pro. Not for publication") && name.len() + NUMBER + ENDING <= LONGEST,
            "{name}"
        );
        let endless = "ә".repeat(300);
        let name = with_additions(&long, &[&endless, &endless]);
        assert!(name.contains("ә. әәәә. ә") && name.len() + NUMBER + ENDING <= LONGEST, "{name}");
    }

    #[test]
    fn a_path_keeps_its_ending() {
        let long = format!("{}.xlsx", "ә".repeat(200));
        let safe = safe_path(&format!("2025-11-03/{long}"));
        assert!(safe.starts_with("2025-11-03/ә") && safe.ends_with("ә.xlsx") && safe.len() < 255, "{safe}");
        assert_eq!(safe_path("a:b/con.csv.xlsx"), "a-b/-con.csv.xlsx");
        assert_eq!(safe_path("v1.2/north"), "v1.2/north");
    }
}
