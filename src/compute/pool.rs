//! Cells of an indicator that are the same are kept once: in most periods nothing came of most groups of most regions.

use std::collections::HashSet;
use std::sync::Arc;

use super::Cell;
use crate::region::RegionIndex;

/// The cells of a region, by slice. Results share cells, and share those of a whole region with the results that they were made from.
pub(super) type Slices = Arc<[Arc<Cell>]>;

/// The cells that are kept.
#[derive(Default)]
pub(super) struct Pool {
    cells: HashSet<Arc<Cell>>,
    /// The last one: the next one is often the same.
    last: Option<Arc<Cell>>,
}

impl Pool {
    /// Keeps the cells of a region.
    pub fn keep(&mut self, cells: impl IntoIterator<Item = Cell>) -> Slices {
        cells.into_iter().map(|cell| self.one(cell)).collect()
    }

    fn one(&mut self, cell: Cell) -> Arc<Cell> {
        if let Some(last) = self.last.as_ref().filter(|last| ***last == cell) {
            return Arc::clone(last);
        }
        let kept = self.cells.get(&cell).map(Arc::clone).unwrap_or_else(|| {
            let cell = Arc::new(cell);
            self.cells.insert(Arc::clone(&cell));
            cell
        });
        self.last = Some(Arc::clone(&kept));
        kept
    }
}

/// Changes the cells of the regions for which this holds; those that are the same afterwards are kept once.
pub(super) fn change(regions: &mut [Slices], holds: impl Fn(RegionIndex) -> bool, change: impl Fn(&mut Cell)) {
    let mut pool = Pool::default();
    let changed = |cell: &Arc<Cell>| {
        let mut cell = Cell::clone(cell);
        change(&mut cell);
        cell
    };
    for (_, slices) in regions.iter_mut().enumerate().filter(|(region, _)| holds(RegionIndex(*region))) {
        *slices = pool.keep(slices.iter().map(changed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(numerator: i64) -> Cell {
        Cell { numerator, ..Cell::default() }
    }

    /// The positions of the cells that are kept, each at its first one.
    fn firsts(regions: &[Slices]) -> Vec<usize> {
        let cells: Vec<&Arc<Cell>> = regions.iter().flat_map(|slices| slices.iter()).collect();
        let first = |cell: &Arc<Cell>| cells.iter().position(|other| Arc::ptr_eq(cell, other)).expect("a cell is among its own");
        cells.iter().map(|cell| first(cell)).collect()
    }

    #[test]
    fn cells_of_all_regions_that_are_the_same_are_kept_once() {
        let mut pool = Pool::default();
        let regions = [[1, 0], [0, 2], [1, 1]].map(|cells| pool.keep(cells.map(cell)));
        assert_eq!(firsts(&regions), [0, 1, 1, 3, 0, 0]);
        assert_eq!(regions.map(|slices| slices.iter().map(|cell| cell.numerator).collect::<Vec<_>>()), [[1, 0], [0, 2], [1, 1]]);
    }

    #[test]
    fn cells_that_are_the_same_after_a_change_are_kept_once() {
        let mut pool = Pool::default();
        let mut regions = [[1, 2], [3, 4], [1, 2]].map(|cells| pool.keep(cells.map(cell)));
        let before = regions.clone();
        change(&mut regions, |region| region != RegionIndex(2), |cell| cell.numerator %= 2);
        let numerators = |regions: &[Slices]| -> Vec<i64> {
            regions.iter().flat_map(|slices| slices.iter()).map(|cell| cell.numerator).collect()
        };
        assert_eq!(numerators(&regions), [1, 0, 1, 0, 1, 2]);
        assert_eq!(firsts(&regions), [0, 1, 0, 1, 4, 5]);
        // Whoever had the cells before has them still.
        assert_eq!(numerators(&before), [1, 2, 3, 4, 1, 2]);
        assert!(Arc::ptr_eq(&before[2], &regions[2]));
    }
}
