//! Checks what readers need who cannot see a document, as far as the standards and their validators do not ask for it.
//!
//! PDF/UA-1 asks for tags and text alternatives. It accepts a guessed language, a table without header cells, and a text alternative that
//! says nothing, that equals another picture's, or that only repeats the caption.

use typst::diag::SourceDiagnostic;
use typst::foundations::{Content, NativeElement, Packed, Selector, StyleChain};
use typst::introspection::Introspector;
use typst::math::EquationElem;
use typst::model::{Document, FigureElem, TableChild, TableElem, TableItem};
use typst::pdf::TableCellKind;
use typst::syntax::Span;
use typst::visualize::ImageElem;
use typst_layout::PagedDocument;

/// All breaches, in the order of the checks and then of the pages.
pub fn breaches(document: &PagedDocument) -> Vec<SourceDiagnostic> {
    let mut breaches = Vec::new();
    if !document.info().locale.is_custom() {
        breaches.push(
            SourceDiagnostic::error(Span::detached(), "expected a document with a language, found none")
                .with_hint("write `set text(lang: …)` before any content"),
        );
    }
    let introspector = document.introspector();
    breaches.extend(all::<TableElem>(introspector.as_ref()).iter().filter(|table| !has_header(table)).map(|table| {
        SourceDiagnostic::error(table.span(), "expected a table with header cells, found none")
            .with_hint("put its first row into `table.header(…)`")
    }));
    alternatives(introspector.as_ref(), &mut breaches);
    breaches
}

fn all<T: NativeElement>(introspector: &dyn Introspector) -> Vec<Packed<T>> {
    let found = introspector.query(&Selector::Elem(T::ELEM, None));
    found.into_iter().filter_map(|content| content.into_packed::<T>().ok()).collect()
}

fn has_header(table: &Packed<TableElem>) -> bool {
    let heads = |item: &TableItem| match item {
        TableItem::Cell(cell) => {
            matches!(cell.kind.get(StyleChain::default()).custom(), Some(TableCellKind::Header(..)))
        }
        TableItem::HLine(_) | TableItem::VLine(_) => false,
    };
    table.children.iter().any(|child| match child {
        TableChild::Header(header) => header.children.iter().any(|item| matches!(item, TableItem::Cell(_))),
        TableChild::Footer(footer) => footer.children.iter().any(heads),
        TableChild::Item(item) => heads(item),
    })
}

/// A picture, or anything else with a text alternative.
struct Picture {
    alternative: String,
    caption: Option<String>,
    content: Content,
}

fn alternatives(introspector: &dyn Introspector, breaches: &mut Vec<SourceDiagnostic>) {
    let none = StyleChain::default();
    let figures = all::<FigureElem>(introspector).into_iter().filter_map(|figure| {
        let caption = figure.caption.get_ref(none).as_ref().map(|caption| plain(&caption.body.plain_text()));
        let alternative = plain(figure.alt.get_ref(none).as_ref()?);
        Some(Picture { alternative, caption, content: figure.pack() })
    });
    let images = all::<ImageElem>(introspector).into_iter().filter_map(|image| {
        let alternative = plain(image.alt.get_ref(none).as_ref()?);
        Some(Picture { alternative, caption: None, content: image.pack() })
    });
    let equations = all::<EquationElem>(introspector).into_iter().filter_map(|equation| {
        let alternative = plain(equation.alt.get_ref(none).as_ref()?);
        Some(Picture { alternative, caption: None, content: equation.pack() })
    });
    let pictures: Vec<Picture> = figures.chain(images).chain(equations).collect();
    for (position, picture) in pictures.iter().enumerate() {
        let breach = |message: &str, hint: &str| SourceDiagnostic::error(picture.content.span(), message).with_hint(hint);
        if picture.alternative.is_empty() {
            breaches.push(breach("expected a text alternative, found an empty one", "say in `alt` what the picture shows"));
        } else if picture.caption.as_ref() == Some(&picture.alternative) {
            breaches.push(breach(
                "expected a text alternative that says more than the caption, found the caption again",
                "say in `alt` what the picture shows; the caption is read out too",
            ));
        } else if pictures[..position].iter().any(|other| other.alternative == picture.alternative && !is_same(other, picture)) {
            breaches.push(breach(
                "expected a text alternative of its own, found that of another picture",
                "say in `alt` what this picture shows",
            ));
        }
    }
}

/// Whether both are the same picture at several places, such as an emblem.
fn is_same(one: &Picture, other: &Picture) -> bool {
    one.content.span() == other.content.span() && one.content == other.content
}

/// Words as they are heard: how many blanks part them does not count.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::engine::Engine;
    use super::*;

    /// The breaches in a document with this text, in the order found.
    fn found(text: &str) -> Vec<String> {
        let engine = Engine::new(&BTreeMap::new(), &BTreeMap::new(), &[]);
        let document = engine.pages_of(text.to_owned()).expect("the text can be set");
        breaches(&document).iter().map(|breach| breach.message.to_string()).collect()
    }

    /// The same for a document in this language.
    fn found_in(text: &str) -> Vec<String> {
        found(&format!("#set text(lang: \"en\")\n{text}"))
    }

    #[test]
    fn a_document_has_a_language() {
        assert_eq!(found("Text"), ["expected a document with a language, found none"]);
        assert!(found_in("Text").is_empty());
        assert!(found("#let page(body) = { set text(lang: \"en\"); body }\n#show: page\nText").is_empty());
    }

    #[test]
    fn a_table_has_header_cells() {
        assert_eq!(found_in("#table(columns: 2)[a][b][c][d]"), ["expected a table with header cells, found none"]);
        assert!(found_in("#table(columns: 2, table.header[a][b], [c], [d])").is_empty());
        assert!(found_in("#table(columns: 2, pdf.header-cell(scope: \"row\")[a], [b])").is_empty());
        // A grid is layout, and no table.
        assert!(found_in("#grid(columns: 2)[a][b]").is_empty());
    }

    #[test]
    fn a_text_alternative_says_something() {
        let wrong = ["expected a text alternative, found an empty one"];
        assert_eq!(found_in("#figure(alt: \" \", rect())"), wrong);
        assert_eq!(found_in("#math.equation(alt: \"\", $x$)"), wrong);
        assert!(found_in("#figure(alt: \"a square\", rect())").is_empty());
    }

    #[test]
    fn a_text_alternative_is_not_the_caption() {
        assert_eq!(
            found_in("#figure(alt: \"Sales by  year\", caption: [Sales by *year*], rect())"),
            ["expected a text alternative that says more than the caption, found the caption again"]
        );
        assert!(found_in("#figure(alt: \"2024: 3; 2025: 4\", caption: [Sales by year], rect())").is_empty());
    }

    #[test]
    fn two_pictures_have_two_text_alternatives() {
        assert_eq!(
            found_in("#figure(alt: \"a shape\", rect())\n#figure(alt: \"a shape\", circle())"),
            ["expected a text alternative of its own, found that of another picture"]
        );
        assert!(found_in("#let emblem = figure(alt: \"the emblem\", rect())\n#emblem\n#emblem").is_empty());
    }
}
