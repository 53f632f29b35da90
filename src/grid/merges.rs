//! Merged cells that can be seen: all within the used range, none over another.

use serde::{Deserialize, Serialize};

/// A rectangle of merged cells; rows and columns of the whole sheet, from 0, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// Its first row.
    pub first_row: u32,
    /// Its first column.
    pub first_column: u32,
    /// Its last row.
    pub last_row: u32,
    /// Its last column.
    pub last_column: u32,
}

/// The merges whose first cell lies in the used range, cut to it, ordered by their first column and row. A merge that lies over an earlier
/// one is left out: no spreadsheet program writes it, and a small file could hold any number of them.
pub fn seen(merges: Vec<Merge>, first: (u32, u32), last: (u32, u32)) -> Vec<Merge> {
    let mut merges: Vec<Merge> = merges
        .into_iter()
        .filter(|merge| (first.0..=last.0).contains(&merge.first_row) && (first.1..=last.1).contains(&merge.first_column))
        .map(|merge| Merge { last_row: merge.last_row.min(last.0), last_column: merge.last_column.min(last.1), ..merge })
        .filter(|merge| merge.first_row < merge.last_row || merge.first_column < merge.last_column)
        .collect();
    merges.sort_unstable_by_key(|merge| (merge.first_row, merge.first_column, merge.last_row, merge.last_column));
    merges.dedup();
    // For each column, the row (counted from 1) down to which it is covered.
    let mut taken = vec![0_u32; (last.1 - first.1) as usize + 1];
    merges.retain(|merge| {
        let columns = &mut taken[(merge.first_column - first.1) as usize..=(merge.last_column - first.1) as usize];
        let free = columns.iter().all(|taken| *taken <= merge.first_row);
        if free {
            columns.fill(merge.last_row + 1);
        }
        free
    });
    merges.sort_unstable_by_key(|merge| (merge.first_column, merge.first_row));
    merges
}

/// The merge that begins in a column and covers a row; `merges` come from [`seen`].
pub fn over(merges: &[Merge], row: u32, column: u32) -> Option<&Merge> {
    let behind = merges.partition_point(|merge| (merge.first_column, merge.first_row) <= (column, row));
    merges[..behind].last().filter(|merge| merge.first_column == column && row <= merge.last_row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merge([first_row, first_column, last_row, last_column]: [u32; 4]) -> Merge {
        Merge { first_row, first_column, last_row, last_column }
    }

    #[test]
    fn merges_are_cut_to_what_is_used_and_lie_over_no_other() {
        let merges = [[5, 1, 9, 1], [0, 0, 3, 9], [2, 2, 2, 3], [2, 3, 2, 3], [2, 3, 4, 4], [9, 9, 12, 12], [5, 0, 70_000, 0]];
        let seen = seen(merges.map(merge).to_vec(), (2, 0), (8, 4));
        assert_eq!(seen, [[5, 0, 8, 0], [5, 1, 8, 1], [2, 2, 2, 3]].map(merge));
        assert_eq!(over(&seen, 7, 1), Some(&merge([5, 1, 8, 1])));
        assert_eq!(over(&seen, 2, 3), None);
        assert_eq!(over(&seen, 4, 0), None);
    }

    #[test]
    fn any_number_of_merges_costs_little() {
        let all = vec![merge([0, 0, 41, 16_383]); 200_000];
        assert_eq!(seen(all, (0, 0), (41, 9)), [merge([0, 0, 41, 9])]);
        let shifted = (0..20_000).map(|row| merge([row, 0, row + 50_000, 16_383])).collect();
        assert_eq!(seen(shifted, (0, 0), (99, 16_383)).len(), 1);
    }
}
