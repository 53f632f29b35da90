//! Ways between the files of a release.

/// The way from a file to another one.
pub fn way(from: &str, to: &str) -> String {
    let (from, to): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    let folders = from.len() - 1;
    let shared = from[..folders].iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n("..", folders - shared);
    up.chain(to[shared..].iter().copied()).collect::<Vec<&str>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_goes_up_no_farther_than_it_must() {
        assert_eq!(way("ru/a/b.pdf", "ru/c.pdf"), "../c.pdf");
        assert_eq!(way("site/ru/index.html", "site/ru/region/1.html"), "region/1.html");
        assert_eq!(way("site/ru/region/1.html", "kk/a.pdf"), "../../../kk/a.pdf");
    }
}
