//! The hierarchy of regions: codes, names, levels, and what lies within what on a given day.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::ops::Range;

use jiff::civil::Date;

use crate::language::{CaseForm, Localized, Noun};

/// A region's code in the project's own scheme.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode(String);

impl RegionCode {
    /// Any text can be a code; the registry says which exist.
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A level of the hierarchy; the top is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LevelIndex(pub usize);

/// A level's names.
#[derive(Clone, Debug)]
pub struct Level {
    /// Its name in the specifications and on the command line.
    pub id: String,
    /// The name for one region of the level: "Облыс".
    pub name: Localized,
    /// The name for all regions of the level: "Облыстар".
    pub plural: Localized,
    /// The noun by which its regions are counted in sentences; where it is `None`, the language's word for a region.
    pub noun: Option<Noun>,
    /// Who is responsible for the measures in a region of the level.
    pub responsible: Option<Localized>,
    /// The folder with the templates of their reports, where the programme names one.
    pub report: Option<String>,
    /// Whether its regions approve their numbers.
    pub approves: bool,
}

/// A region's position in the [`Hierarchy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionIndex(pub usize);

/// A region.
#[derive(Clone, Debug)]
pub struct Region {
    /// Its code.
    pub code: RegionCode,
    /// Its level.
    pub level: LevelIndex,
    /// The region that it lies in; `None` for the top.
    pub parent: Option<RegionIndex>,
    /// Its name.
    pub name: Localized,
    /// A short form of the name, for maps.
    pub short: Option<Localized>,
    /// Other spellings found in files.
    pub aliases: Vec<String>,
    /// Forms of its name in cases, where the rules of a language would give a wrong one.
    pub cases: Vec<CaseForm>,
    /// Row and column on the map of tiles, from 1.
    pub tile: Option<(u8, u8)>,
    /// The first day of its existence.
    pub from: Option<Date>,
    /// The first day after its existence.
    pub to: Option<Date>,
}

impl Region {
    /// Whether the region exists on that day.
    pub fn exists_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day < to)
    }
}

/// All regions. Invariant: the only top comes first, and every region is followed by all regions within it.
#[derive(Clone, Debug)]
pub struct Hierarchy {
    regions: Vec<Region>,
    ends: Vec<usize>,
    by_code: HashMap<RegionCode, RegionIndex>,
}

/// Why regions form no hierarchy; positions are those in the given list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Every region has a parent.
    NoTop,
    /// These have no parent, and only one region may have none.
    SeveralTops(Vec<usize>),
    /// These form a circle, each lying within the next.
    Cycle(Vec<usize>),
}

impl Hierarchy {
    /// Orders regions given in any order; `parent` holds the parent's position in the given list.
    ///
    /// # Errors
    /// When the regions do not form one tree.
    pub fn new(regions: Vec<Region>) -> Result<Self, Broken> {
        let mut below: Vec<Vec<usize>> = vec![Vec::new(); regions.len()];
        let mut tops = Vec::new();
        for (position, region) in regions.iter().enumerate() {
            match region.parent {
                Some(parent) => below[parent.0].push(position),
                None => tops.push(position),
            }
        }
        let top = match tops.as_slice() {
            [] => return Err(Broken::NoTop),
            [top] => *top,
            _ => return Err(Broken::SeveralTops(tops)),
        };
        // Regions are ordered depth first, so that those within a region follow it; with a list of open ones instead of recursion, so that
        // no input overflows the stack.
        let mut order = Vec::with_capacity(regions.len());
        let mut open = vec![top];
        while let Some(position) = open.pop() {
            order.push(position);
            open.extend(below[position].iter().rev());
        }
        let mut place = vec![usize::MAX; regions.len()];
        for (index, &position) in order.iter().enumerate() {
            place[position] = index;
        }
        if order.len() < regions.len() {
            return Err(Broken::Cycle(cycles(&regions, &place)));
        }
        let mut sorted: Vec<Region> = order.iter().map(|&position| regions[position].clone()).collect();
        for region in &mut sorted {
            region.parent = region.parent.map(|parent| RegionIndex(place[parent.0]));
        }
        let mut ends: Vec<usize> = (1..=sorted.len()).collect();
        for index in (1..sorted.len()).rev() {
            let parent = sorted[index].parent.expect("only the top has no parent").0;
            ends[parent] = ends[parent].max(ends[index]);
        }
        let by_code = sorted.iter().enumerate().map(|(index, region)| (region.code.clone(), RegionIndex(index))).collect();
        Ok(Self { regions: sorted, ends, by_code })
    }

    /// The region that holds all others.
    pub fn top(&self) -> RegionIndex {
        RegionIndex(0)
    }

    /// How many regions there are, on whatever days they exist.
    pub fn len(&self) -> usize {
        self.regions.len()
    }

    /// Always false: there is a top.
    pub fn is_empty(&self) -> bool {
        self.regions.is_empty()
    }

    /// The names that have declared forms in cases.
    pub fn irregular(&self) -> impl Iterator<Item = (&Localized, &CaseForm)> {
        self.regions.iter().flat_map(|region| region.cases.iter().map(|form| (&region.name, form)))
    }

    /// The region at a position.
    pub fn region(&self, index: RegionIndex) -> &Region {
        &self.regions[index.0]
    }

    /// All regions; each comes before the regions within it.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = (RegionIndex, &Region)> {
        self.regions.iter().enumerate().map(|(index, region)| (RegionIndex(index), region))
    }

    /// The region with a code.
    pub fn find(&self, code: &RegionCode) -> Option<RegionIndex> {
        self.by_code.get(code).copied()
    }

    /// The positions of a region and of all regions within it.
    pub fn within(&self, index: RegionIndex) -> Range<usize> {
        index.0..self.ends[index.0]
    }

    /// Whether `inner` is `outer` or lies within it.
    pub fn contains(&self, outer: RegionIndex, inner: RegionIndex) -> bool {
        self.within(outer).contains(&inner.0)
    }

    /// The codes of some regions and of all within them.
    pub fn codes_within(&self, outer: &[RegionIndex]) -> BTreeSet<String> {
        let is_within = |inner: RegionIndex| outer.iter().any(|&outer| self.contains(outer, inner));
        self.all().filter(|(index, _)| is_within(*index)).map(|(_, region)| region.code.as_str().to_owned()).collect()
    }

    /// The regions right below a region that exist on a day.
    pub fn children(&self, index: RegionIndex, day: Date) -> Vec<RegionIndex> {
        self.within(index)
            .map(RegionIndex)
            .filter(|&child| self.region(child).parent == Some(index) && self.region(child).exists_on(day))
            .collect()
    }

    /// What each region lies in, in the order of [`all`](Self::all): the shape of the hierarchy, without its names.
    pub fn parents(&self) -> Vec<Option<RegionIndex>> {
        self.regions.iter().map(|region| region.parent).collect()
    }

    /// Adds the value of each region to that of its parent, so that every region ends with the sum over itself and all regions within it;
    /// `values` has one value for each region.
    pub fn add_up<T>(&self, values: &mut [T], add: impl Fn(&mut T, &T)) {
        for index in (1..self.regions.len()).rev() {
            let parent = self.regions[index].parent.expect("only the top has no parent").0;
            let (above, below) = values.split_at_mut(index);
            add(&mut above[parent], &below[0]);
        }
    }

    /// The region, its parent, and so on up to the top.
    pub fn upwards(&self, index: RegionIndex) -> impl Iterator<Item = RegionIndex> {
        std::iter::successors(Some(index), |&index| self.region(index).parent)
    }
}

/// The regions on circles of parents. Regions without a `place` are on a circle, or below one.
fn cycles(regions: &[Region], place: &[usize]) -> Vec<usize> {
    let mut visit = vec![0; regions.len()];
    let mut cycles = Vec::new();
    for start in (0..regions.len()).filter(|&position| place[position] == usize::MAX) {
        let mut position = start;
        while visit[position] == 0 {
            visit[position] = start + 1;
            position = regions[position].parent.expect("only the top has no parent").0;
        }
        // This region was met before on the same walk, so the circle begins here.
        let entry = position;
        while visit[position] == start + 1 {
            visit[position] = usize::MAX;
            cycles.push(position);
            position = regions[position].parent.expect("only the top has no parent").0;
            if position == entry {
                break;
            }
        }
    }
    cycles.sort_unstable();
    cycles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(code: &str, parent: Option<usize>) -> Region {
        Region {
            code: RegionCode::new(code),
            level: LevelIndex(0),
            parent: parent.map(RegionIndex),
            name: Localized::default(),
            short: None,
            aliases: Vec::new(),
            cases: Vec::new(),
            tile: None,
            from: None,
            to: None,
        }
    }

    #[test]
    fn what_lies_within_a_region_follows_it() {
        let list =
            vec![region("a1", Some(3)), region("b", Some(2)), region("top", None), region("a", Some(2)), region("a2", Some(3))];
        let hierarchy = Hierarchy::new(list).expect("one tree");
        let codes: Vec<_> = hierarchy.all().map(|(_, region)| region.code.as_str()).collect();
        assert_eq!(codes, ["top", "b", "a", "a1", "a2"]);
        let a = hierarchy.find(&RegionCode::new("a")).expect("known");
        assert_eq!(hierarchy.within(a), 2..5);
        assert_eq!(hierarchy.within(hierarchy.top()), 0..5);
    }

    #[test]
    fn a_cycle_is_named() {
        let list = vec![region("top", None), region("a", Some(2)), region("b", Some(1)), region("below", Some(2))];
        assert_eq!(Hierarchy::new(list).err(), Some(Broken::Cycle(vec![1, 2])));
    }

    #[test]
    fn two_tops_are_named() {
        assert_eq!(Hierarchy::new(vec![region("a", None), region("b", None)]).err(), Some(Broken::SeveralTops(vec![0, 1])));
    }
}
