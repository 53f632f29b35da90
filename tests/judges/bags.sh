#!/usr/bin/env bash
# Judges bags with `bagit.py` of the Library of Congress: packages that esep wrote must be valid, and on the bags of `tests/bags/` it must
# agree with what esep says of them.
#
#     tests/judges/bags.sh [PACKAGE.zip]…     packages of `private/deliveries/` and of `cargo test --test verify` when left out
#
# Exit 0: all agree. 1: something does not.
#
# Not a part of the tests: it needs Python 3.9 or later with venv, and takes bagit from PyPI, once, into the folder JUDGE
# (`~/.cache/esep-bags` when not set).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=${JUDGE:-$HOME/.cache/esep-bags}
version=1.9.0

if ! "$venv/bin/python" -c "import importlib.metadata as m; assert m.version('bagit') == '$version'" 2>/dev/null; then
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps "bagit==$version"
fi
exec "$venv/bin/python" "$here/bags.py" "$here/.." "$@"
