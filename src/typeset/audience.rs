//! Checks that a document which is not for everybody says so, on every page and in its metadata, whatever its templates are.

use typst::diag::SourceDiagnostic;
use typst::layout::{Abs, Frame, FrameItem};
use typst::model::Document;
use typst::syntax::Span;
use typst_layout::PagedDocument;

/// What a document lacks that must say these words: the first page without them, and the description.
pub fn breaches(document: &PagedDocument, words: &str) -> Vec<SourceDiagnostic> {
    let mut breaches = Vec::new();
    let breach = |message: String, hint: &str| SourceDiagnostic::error(Span::detached(), message).with_hint(hint);
    let wanted = joined(words);
    if let Some(page) = document.pages().iter().position(|page| !is_said(&wanted, &page.frame)) {
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

/// Whether these letters stand on a page one after the other, lines being read in either direction.
fn is_said(wanted: &str, frame: &Frame) -> bool {
    let mut pieces = Vec::new();
    collect(frame, Abs::zero(), &mut pieces);
    let lines = || pieces.chunk_by(|piece, next| (piece.height - next.height).abs() < piece.size / 2.0);
    let read = |pieces: &mut dyn Iterator<Item = &Piece<'_>>| pieces.map(|piece| joined(piece.text)).collect::<String>();
    read(&mut pieces.iter()).contains(wanted) || read(&mut lines().flat_map(|line| line.iter().rev())).contains(wanted)
}

/// Letters of one font. The pieces of a line are drawn from left to right, in whichever direction its words run.
struct Piece<'a> {
    text: &'a str,
    /// How far down the page they stand; marks stand a little above or below their letters.
    height: Abs,
    size: Abs,
}

/// The pieces of text on a page, in the order in which they are drawn.
fn collect<'a>(frame: &'a Frame, above: Abs, pieces: &mut Vec<Piece<'a>>) {
    for (place, item) in frame.items() {
        let height = above + place.y;
        match item {
            FrameItem::Group(group) => collect(&group.frame, height, pieces),
            // A mark without a width of its own is told with the letter that it stands over.
            FrameItem::Text(text) if text.width() > Abs::zero() => {
                pieces.push(Piece { text: &text.text, height, size: text.size });
            }
            FrameItem::Text(_) | FrameItem::Shape(..) | FrameItem::Image(..) | FrameItem::Link(..) | FrameItem::Tag(_) => {}
        }
    }
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

    #[test]
    fn words_that_run_from_right_to_left_may_be_of_several_fonts() {
        // The first font has blanks and signs, the second one Arabic letters: each word is a piece of its own.
        let words = "لا يُنشر. للعاملين بالبيانات";
        let set = format!(
            "#set document(description: \"{words}\")\n#set text(lang: \"ar\", font: (\"Libertinus Serif\", \"DejaVu Sans Mono\"))\n"
        );
        let engine = Engine::new(&BTreeMap::new(), &BTreeMap::new(), &[]);
        let document = |body: &str| engine.pages_of(format!("{set}{body}")).expect("the text can be set");
        assert!(breaches(&document(words), words).is_empty());
        assert!(breaches(&document(&format!("#box(width: 2cm)[{words}]")), words).is_empty());
        assert_eq!(breaches(&document("بالبيانات للعاملين"), words).len(), 1);
    }
}
