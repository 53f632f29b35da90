//! How headers are spelt: every spelling of a dataset, and the field that a stack of texts names.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::diagnostic::FileName;
use crate::grid::Script;
use crate::spec::{Dataset, FieldIndex, FieldKind, Specs, fold_header};

/// Signs that a dataset may write between a caption and the header below it.
const SEPARATORS: [&str; 5] = [" / ", " ", ", ", ": ", " – "];

/// All texts that may stand over the columns of a table, folded.
pub fn all_headers(specs: &Specs) -> Arc<HashSet<String>> {
    Arc::new(specs.datasets.iter().flat_map(headers).collect())
}

/// How a table of text of this name is written; `headers` are those of [`all_headers`].
pub fn script(specs: &Specs, headers: &Arc<HashSet<String>>, file: &FileName) -> Script {
    // Columns are passed over only where one dataset alone can stand in the file.
    let mut of_file = specs.datasets.iter().filter(|dataset| dataset.excerpt.is_of(file));
    let ignored = match (of_file.next(), of_file.next()) {
        (Some(only), None) => only.excerpt.ignored.clone(),
        _ => Vec::new(),
    };
    Script { encoding: specs.programme.encoding, headers: headers.clone(), ignored }
}

/// All texts that may stand over the columns that a dataset reads, folded: headers and parts of them, and captions.
fn headers(dataset: &Dataset) -> Vec<String> {
    let parts = dataset.spellings.keys().flat_map(|spelling| spelling.split(" / ")).map(fold_header);
    let values = dataset.excerpt.captions.iter().flat_map(|&field| match &dataset.field(field).kind {
        FieldKind::Category(values) => values.as_slice(),
        _ => &[],
    });
    let captions = values.flat_map(|value| value.words.iter().map(|(word, _)| fold_header(word)));
    let periods =
        dataset.excerpt.period.iter().filter(|period| period.column.is_none()).flat_map(|period| period.words.keys().cloned());
    let further = dataset.excerpt.headers().chain(&dataset.replaces).chain(dataset.spellings.keys()).cloned();
    further.chain(parts).chain(captions).chain(periods).collect()
}

/// A field that a header names, and whether it was found only by leaving out captions above the header.
pub type Named = (FieldIndex, bool);

/// The field that captions and header name together; captions are left out from the top until a field is found.
pub fn named(spellings: &HashMap<String, FieldIndex>, stack: &[&str]) -> Option<Named> {
    for start in 0..stack.len() {
        let field = match &stack[start..] {
            [only] => spellings.get(*only),
            rest => SEPARATORS.iter().find_map(|separator| spellings.get(&rest.join(separator))),
        };
        if let Some(&field) = field {
            return Some((field, start > 0));
        }
    }
    None
}

/// The signs of a header that say what is measured. A share or a sum of money is never a count, a change is not the number itself, and numbers
/// above a bound are not numbers below it, whatever the letters beside the signs. All other signs say nothing.
pub fn signs(text: &str) -> String {
    let is_bounded = text.contains(|letter: char| letter.is_ascii_digit());
    let says = |letter: &char| match letter {
        '%' | '٪' | '％' | '‰' | '‱' | '$' | '¢' | '£' | '¤' | '¥' | '\u{20a0}'..='\u{20cf}' => true,
        // What is not it, is about it, or changes it.
        '≠' | '¬' | '≈' | '~' | '±' | '+' => true,
        '<' | '>' | '≤' | '≥' => is_bounded,
        _ => false,
    };
    text.chars().filter(says).collect()
}
