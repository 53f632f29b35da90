//! Checks that a document which is not for everybody says so, on every page and in its metadata, whatever its templates are.

use typst::diag::SourceDiagnostic;
use typst::layout::{Frame, FrameItem};
use typst::model::Document;
use typst::syntax::Span;
use typst_layout::PagedDocument;

/// What a document lacks that must say these words: the first page without them, and the description.
pub fn breaches(document: &PagedDocument, words: &str) -> Vec<SourceDiagnostic> {
    let mut breaches = Vec::new();
    let breach = |message: String, hint: &str| SourceDiagnostic::error(Span::detached(), message).with_hint(hint);
    let wanted = joined(words);
    if let Some(page) = document.pages().iter().position(|page| !joined(&text(&page.frame)).contains(&wanted)) {
        breaches.push(breach(
            format!("expected “{words}” on every page, found page {} without it", page + 1),
            "print `data.audience`, as `for-whom` of `parts.typ` does",
        ));
    }
    if document.info().description.as_deref() != Some(words) {
        breaches.push(breach(
            format!("expected “{words}” in the description of the document, found something else"),
            "write `set document(description: data.audience)`",
        ));
    }
    breaches
}

/// What stands on a page, in the order in which it is drawn.
fn text(frame: &Frame) -> String {
    let pieces = frame.items().map(|(_, item)| match item {
        FrameItem::Group(group) => text(&group.frame),
        FrameItem::Text(text) => text.text.to_string(),
        FrameItem::Shape(..) | FrameItem::Image(..) | FrameItem::Link(..) | FrameItem::Tag(_) => String::new(),
    });
    pieces.collect()
}

/// Letters alone: lines end anywhere.
fn joined(text: &str) -> String {
    text.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::engine::Engine;
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let engine = Engine::new(&BTreeMap::new(), &BTreeMap::new(), &[]);
        let document = engine.pages_of(text.to_owned()).expect("the text can be set");
        breaches(&document, "Not for you").iter().map(|breach| breach.message.to_string()).collect()
    }

    #[test]
    fn it_is_said_on_every_page_and_in_the_metadata() {
        let described = "#set document(description: \"Not for you\")\n";
        let headed = "#set page(header: [Not *for* you])\n";
        assert!(found(&format!("{described}{headed}One#pagebreak()Two")).is_empty());
        assert!(found(&format!("{described}#box(width: 1pt)[Not for you]")).is_empty(), "it may stand on several lines");
        let page = "expected “Not for you” on every page, found page 2 without it";
        assert_eq!(found(&format!("{described}Not for you#pagebreak()Two")), [page]);
        let description = "expected “Not for you” in the description of the document, found something else";
        assert_eq!(found(&format!("{headed}One")), [description]);
    }
}
