//! Which sheet a workbook opens with.

use quick_xml::events::Event;

use super::Unmarkable;
use super::package::Package;
use super::xml;

/// Lets a workbook open with the sheet in `part`. Of the other sheets none stays selected: what is typed goes into all selected sheets.
/// The sheet's own part says itself that it is selected. Where somebody has opened several windows, the first is meant.
pub fn open_with(package: &mut Package, book: &str, part: &str) -> Result<(), Unmarkable> {
    let relations = package.relations(book)?;
    let text = package.text(book)?;
    let sheets = xml::elements(&text, "sheet")?;
    let parts = sheets.iter().map(|tag| {
        let id = xml::first_attribute(tag, "id")?;
        Some(relations.iter().find(|relation| relation.id == id)?.target.as_str())
    });
    let parts: Vec<Option<&str>> = parts.collect();
    let Some(position) = parts.iter().position(|found| *found == Some(part)) else { return Ok(()) };
    package.set(book, turned_to(&text, position)?)?;
    for other in parts.into_iter().flatten().filter(|other| *other != part) {
        if package.has(other) {
            let text = package.text(other)?;
            let unselected = unselected(&text)?;
            if unselected != text {
                package.set(other, unselected)?;
            }
        }
    }
    Ok(())
}

/// The workbook's part, opening with the sheet at `position`, which is shown even if it was hidden.
fn turned_to(book: &str, position: usize) -> Result<String, Unmarkable> {
    let at = position.to_string();
    let has_views = !xml::elements(book, "workbookView")?.is_empty();
    let (mut out, mut views, mut sheets) = (String::with_capacity(book.len() + 64), 0, 0);
    xml::tokens(book, |token| {
        let (start, is_empty) = match &token.event {
            Event::Start(start) => (start, false),
            Event::Empty(start) => (start, true),
            _ => {
                out.push_str(token.raw);
                return Ok(());
            }
        };
        match (token.depth, &*xml::name(start)) {
            (2, "workbookView") => {
                views += 1;
                if views == 1 {
                    out.push_str(&xml::tag(start, &[("activeTab", &at)], is_empty));
                    return Ok(());
                }
            }
            (1, "sheets") if !has_views => {
                let prefix = xml::prefix(start);
                out.push_str(&format!("<{prefix}bookViews><{prefix}workbookView activeTab=\"{at}\"/></{prefix}bookViews>"));
            }
            (2, "sheet") => {
                sheets += 1;
                if sheets == position + 1 && xml::attribute(start, "state").is_some() {
                    out.push_str(&xml::tag(start, &[("state", "visible")], is_empty));
                    return Ok(());
                }
            }
            _ => {}
        }
        out.push_str(token.raw);
        Ok(())
    })?;
    Ok(out)
}

/// A sheet's part without its being selected in the first window.
fn unselected(sheet: &str) -> Result<String, Unmarkable> {
    let mut out = String::with_capacity(sheet.len());
    xml::tokens(sheet, |token| {
        let (start, is_empty) = match &token.event {
            Event::Start(start) => (start, false),
            Event::Empty(start) => (start, true),
            _ => {
                out.push_str(token.raw);
                return Ok(());
            }
        };
        let is = |name: &str, no: &[&str]| xml::attribute(start, name).is_some_and(|value| !no.contains(&value.as_str()));
        if token.depth == 2
            && xml::name(start) == "sheetView"
            && is("tabSelected", &["0", "false"])
            && !is("workbookViewId", &["0"])
        {
            out.push_str(&xml::tag(start, &[("tabSelected", "0")], is_empty));
        } else {
            out.push_str(token.raw);
        }
        Ok(())
    })?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_window_opens_with_the_sheet() {
        let book = "<workbook><bookViews><workbookView activeTab=\"0\" firstSheet=\"1\"/><workbookView activeTab=\"1\"/></bookViews>\
                    <sheets><sheet name=\"a\"/><sheet name=\"b\"/><sheet name=\"c\" state=\"hidden\"/></sheets></workbook>";
        let turned = turned_to(book, 2).expect("turned");
        assert!(turned.contains("<workbookView firstSheet=\"1\" activeTab=\"2\"/><workbookView activeTab=\"1\"/>"), "{turned}");
        assert!(turned.contains("<sheet name=\"a\"/><sheet name=\"b\"/><sheet name=\"c\" state=\"visible\"/>"), "{turned}");
    }

    #[test]
    fn a_workbook_without_a_window_gets_one() {
        let book = "<x:workbook><x:workbookPr/><x:sheets><x:sheet name=\"a\"/></x:sheets></x:workbook>";
        let turned = turned_to(book, 0).expect("turned");
        assert!(turned.contains("<x:bookViews><x:workbookView activeTab=\"0\"/></x:bookViews><x:sheets>"), "{turned}");
    }

    #[test]
    fn only_the_selection_of_the_first_window_goes() {
        let sheet = "<worksheet><sheetViews><sheetView tabSelected=\"true\" workbookViewId=\"0\"><selection/></sheetView>\
                     <sheetView tabSelected=\"1\" workbookViewId=\"1\"/></sheetViews><sheetData/></worksheet>";
        let changed = unselected(sheet).expect("changed");
        assert!(changed.contains("<sheetView workbookViewId=\"0\" tabSelected=\"0\"><selection/>"), "{changed}");
        assert!(changed.contains("<sheetView tabSelected=\"1\" workbookViewId=\"1\"/>"), "{changed}");
        let other = sheet.replace("true", "false");
        assert_eq!(unselected(&other).expect("unchanged"), other);
    }
}
