//! `esep keys` and `esep sign`: keys, and signatures beside what goes out.

use std::path::Path;

use esep::check_code::CheckCode;
use esep::deliver::keys::{self, Signer};
use esep::deliver::sign::{self, targets};
use esep::release::{put_keys, small};

use super::Stop;
use super::arguments::{Arguments, Keys, Password, Sign};
use super::output::{counted, print, say};

/// The names of a pair of keys.
const PAIR: [&str; 2] = ["esep.pub", "esep.key"];
/// The most bytes of a file with a key or a password.
const SMALL: u64 = 1 << 16;

impl From<keys::Error> for Stop {
    fn from(error: keys::Error) -> Self {
        Stop::CannotRun(error.to_string())
    }
}

impl From<sign::Error> for Stop {
    fn from(error: sign::Error) -> Self {
        match error {
            sign::Error::NotWhole { .. } => {
                say(&format!("esep: {error}"));
                Stop::WrongFiles
            }
            sign::Error::Look(_)
            | sign::Error::Nothing { .. }
            | sign::Error::NoCodes { .. }
            | sign::Error::Key { .. }
            | sign::Error::Write(_) => Stop::CannotRun(error.to_string()),
        }
    }
}

/// Makes a pair of keys.
pub fn keys(arguments: &Arguments, options: &Keys) -> Result<(), Stop> {
    let password = if options.no_password { None } else { Some(new_password(&options.password)?) };
    let pair = keys::pair(password)?;
    let [public, secret] = put_keys(&options.folder, &arguments.project, (PAIR[0], &pair.public), (PAIR[1], &pair.secret))?;
    if !arguments.quiet {
        say(&format!("the key {}: give `{}` to everybody, keep `{}` to yourself", pair.id, public.display(), secret.display()));
    }
    Ok(())
}

/// Signs what stands at each path. Nothing is signed when something of it is not whole.
pub fn sign(arguments: &Arguments, options: &Sign) -> Result<(), Stop> {
    let (mut found, mut codes) = (Vec::new(), Vec::new());
    for path in &options.paths {
        if options.codes { codes.extend(sign::codes(path)?) } else { found.extend(targets(path)?) }
    }
    let key = text(&options.key)?;
    let failed = |error: Stop| match error {
        Stop::CannotRun(reason) => Stop::CannotRun(format!("cannot use the key `{}`: {reason}", options.key.display())),
        Stop::WrongFiles => Stop::WrongFiles,
    };
    let signer = Signer::open(&key, || password(&options.password, "the password of the key: ")).map_err(failed)?;
    if options.codes {
        return print(&codes_file(&signer, codes)?);
    }
    for target in &found {
        sign::sign(target, &signer, options.date)?;
    }
    if !arguments.quiet {
        say(&format!("{} signed with the key {}", counted(found.len(), "file"), signer.id()));
    }
    Ok(())
}

/// The text of `codes.yaml`.
fn codes_file(signer: &Signer, codes: Vec<CheckCode>) -> Result<String, Stop> {
    let lines = signer.codes(codes)?.into_iter().map(|signed| format!("  - \"{}\"\n", signed.text));
    Ok(format!("key: {}\ncodes:\n{}", signer.public()?, lines.collect::<String>()))
}

/// A new password: from its file, or asked for twice.
fn new_password(options: &Password) -> Result<String, Stop> {
    let first = password(options, "a password for the secret key: ")?;
    if first.is_empty() {
        return Err(Stop::CannotRun("the password is empty; choose another one, or `--no-password`".into()));
    }
    if options.password_file.is_none() && password(options, "the same once more: ")? != first {
        return Err(Stop::CannotRun("the two passwords differ; no keys are made".into()));
    }
    Ok(first)
}

/// The password: from its file, or asked for.
fn password(options: &Password, prompt: &str) -> Result<String, Stop> {
    match &options.password_file {
        Some(file) => Ok(text(file)?.lines().next().unwrap_or_default().to_owned()),
        None => rpassword::prompt_password(prompt).map_err(|error| {
            Stop::CannotRun(format!(
                "cannot ask for the password: {error}; write it into a file and name that with `--password-file`"
            ))
        }),
    }
}

/// The text of a small file.
pub fn text(path: &Path) -> Result<String, Stop> {
    let unread = |error: &dyn std::fmt::Display| Stop::CannotRun(format!("cannot read `{}`: {error}", path.display()));
    let bytes = small(path, SMALL).map_err(|error| unread(&error))?.ok_or_else(|| unread(&"there is no such file"))?;
    String::from_utf8(bytes).map_err(|_| unread(&"expected text"))
}
