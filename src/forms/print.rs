//! How a table is printed: so wide that it can be read, on as many pages side by side as it needs, each with the columns that say what a
//! row is about.

use rust_xlsxwriter::{Worksheet, XlsxError};

/// The width of a lying A4 page between its margins, in pixels of the screen, less a sixth: a program without the font of the workbook takes
/// another one, and makes columns so much wider.
const PAGE: usize = 870;
/// The margins at the sides, in inches.
const MARGIN: f64 = 0.4;
/// Text that is printed smaller than in this part of its size, in percent, cannot be read …
const LEAST: usize = 60;
/// … and programs print no smaller than this.
const SMALLEST: usize = 10;

/// Divides a table for printing; `widths` are those of its columns in letters, of which the first `repeated` stand on every page.
pub fn set(sheet: &mut Worksheet, widths: &[usize], repeated: usize) -> Result<(), XlsxError> {
    let (scale, breaks) = division(&pixels(widths), repeated);
    sheet.set_landscape().set_paper_size(9).set_print_scale(scale as u16);
    sheet.set_margins(MARGIN, MARGIN, 0.5, 0.6, 0.3, 0.3).set_footer("&L&A&R&P / &N");
    if !breaks.is_empty() {
        let breaks: Vec<u32> = breaks.iter().map(|&column| column as u32).collect();
        sheet.set_vertical_page_breaks(&breaks)?.set_page_order(true);
        if let Some(last) = repeated.checked_sub(1) {
            sheet.set_repeat_columns(0, last as u16)?;
        }
    }
    Ok(())
}

/// Whether a table takes several pages side by side.
pub fn is_divided(widths: &[usize], repeated: usize) -> bool {
    !division(&pixels(widths), repeated).1.is_empty()
}

fn pixels(widths: &[usize]) -> Vec<usize> {
    widths.iter().map(|letters| letters * 7 + 5).collect()
}

/// The scale of a table in percent, and the columns at which a page begins; pages are about equally wide.
fn division(widths: &[usize], repeated: usize) -> (usize, Vec<usize>) {
    let (fixed, rest) = widths.split_at(repeated.min(widths.len()));
    let fixed: usize = fixed.iter().sum();
    let widest = rest.iter().copied().max().unwrap_or(0);
    let room = (PAGE * 100 / LEAST).saturating_sub(fixed).max(widest);
    let pages = groups(rest, room).len();
    // The narrowest room that takes no more pages.
    let (mut low, mut high) = (widest, room);
    while low < high {
        let middle = usize::midpoint(low, high);
        if groups(rest, middle).len() > pages { low = middle + 1 } else { high = middle }
    }
    let groups = groups(rest, low);
    let whole = fixed + groups.iter().map(|group| rest[group.clone()].iter().sum()).max().unwrap_or(0);
    let scale = (PAGE * 100 / whole.max(1)).clamp(SMALLEST, 100);
    (scale, groups.iter().skip(1).map(|group| group.start + repeated).collect())
}

/// The columns in groups of neighbours, none of which is wider than `room`, unless it has one column.
fn groups(widths: &[usize], room: usize) -> Vec<std::ops::Range<usize>> {
    let (mut groups, mut start, mut whole) = (Vec::new(), 0, 0);
    for (column, width) in widths.iter().enumerate() {
        if column > start && whole + width > room {
            groups.push(start..column);
            (start, whole) = (column, 0);
        }
        whole += width;
    }
    groups.push(start..widths.len());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_table_is_printed_on_one_page() {
        assert_eq!(division(&[100, 300, 100], 2), (100, vec![]));
        assert_eq!(division(&[400, 500, 260], 2), (75, vec![]));
        assert_eq!(division(&[], 0), (100, vec![]));
    }

    #[test]
    fn a_wide_table_is_printed_on_pages_of_about_the_same_width() {
        // Nine columns fit, and twelve are printed: six and six, not nine and three.
        let widths: Vec<usize> = [400, 100].into_iter().chain([100; 12]).collect();
        assert_eq!(division(&widths, 2), (79, vec![8]));
    }

    #[test]
    fn columns_wider_than_a_page_are_made_smaller() {
        assert_eq!(division(&[100, 4000, 100], 1), (21, vec![2]));
        assert_eq!(division(&[20_000, 100], 2), (10, vec![]));
    }
}
