//! `codes.yaml`: signed check codes. What nobody has signed does not get to a cover.

use super::Loader;
use crate::check_code::{PublicHalf, SignedCode};
use crate::diagnostic::{Place, Rule};
use crate::sources::TextFile;
use crate::spec::codes::{Code, FILE, RawCodes};
use crate::yaml;

impl Loader<'_> {
    /// The signed check codes; none where there is no file.
    pub(super) fn codes(&mut self, files: &[TextFile]) -> Vec<Code> {
        let mut codes: Vec<Code> = Vec::new();
        for file in files.iter().filter(|file| file.is_yaml_of(FILE)) {
            let Some(parsed) = yaml::parse::<RawCodes>(file, self.diagnostics) else { continue };
            let mut loader = self.at(&file.name);
            let raw = &parsed.value;
            let Some(key) = PublicHalf::read(&raw.key.value) else {
                let message = format!("expected a public key, found `{}`", raw.key.value);
                loader.report(Rule::InvalidSpecification, raw.key.span, message).hint = Some(
                    "`esep sign --codes` writes the whole file; its key is the second line of the file with the public key"
                        .into(),
                );
                continue;
            };
            for text in &raw.codes.0 {
                let signed = SignedCode::read(&text.value).filter(|signed| signed.is_by(&key));
                let Some(signed) = signed else {
                    let message = format!("`{}` is no check code that was signed with the key `{}`", text.value, raw.key.value);
                    loader.report(Rule::InvalidSpecification, text.span, message).hint =
                        Some("`esep sign --codes` writes the codes; copy them as they are".into());
                    continue;
                };
                if codes.iter().any(|known| known.signed.code.is_of_same(&signed.code)) {
                    let message = format!("the report {}, edition {}, has two codes", signed.code.number, signed.code.edition);
                    loader.report(Rule::DuplicateName, text.span, message).hint = Some("leave the later one".into());
                    continue;
                }
                codes.push(Code { signed, place: Place::Text { file: loader.file.clone(), span: text.span } });
            }
        }
        codes
    }
}
