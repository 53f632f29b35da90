#!/usr/bin/env bash
# Judges bags with `bagit.py` of the Library of Congress: packages that esep wrote must be valid, on the bags of `tests/bags/` it must agree
# with what esep says of them, and esep must call its bags whole. Then esep judges every bag of the library's conformance suite.
#
#     tests/judges/bags.sh [PACKAGE.zip]…     packages of `private/deliveries/` and of `cargo test --test verify` when left out
#
# Exit 0: all agree. 1: something does not.
#
# Not a part of the tests: it needs Python 3.9 or later with venv, and takes bagit from PyPI, once, into the folder JUDGE
# (`~/.cache/esep-bags` when not set), and the suite with git, once, from the repository SUITE (that of the library when not set). Where the
# suite cannot be had, it says so and judges the rest.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=${JUDGE:-$HOME/.cache/esep-bags}
version=1.9.0
source=${SUITE:-https://github.com/LibraryOfCongress/bagit-conformance-suite.git}
commit=9ab48705c06664f9f419ca740c728c9f89a61e7c

if ! "$venv/bin/python" -c "import importlib.metadata as m; assert m.version('bagit') == '$version'" 2>/dev/null; then
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps "bagit==$version"
fi
suite=$venv/suite-$commit
if [ ! -d "$suite" ]; then
    rm -rf "$venv/suite.git" "$suite.part"
    if GIT_TERMINAL_PROMPT=0 git clone --quiet --bare "$source" "$venv/suite.git"; then
        mkdir "$suite.part"
        git -C "$venv/suite.git" -c core.autocrlf=false archive "$commit" | tar -x -C "$suite.part"
        mv "$suite.part" "$suite"
    else
        echo "the conformance suite is not judged: it cannot be had from $source; SUITE may name a copy of its repository" >&2
    fi
fi
(cd "$here/../.." && cargo build --quiet)
exec "$venv/bin/python" "$here/bags.py" "$here/../../target/debug/esep" "$here/.." "$suite" "$@"
