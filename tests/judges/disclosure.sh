#!/usr/bin/env bash
# Judges what is withheld with a program that is not ours (pytauargus, the solvers of τ-ARGUS): is every withheld count safe, and is not
# much more withheld than must be? The system is `private/disclosure/<period>/system.jj`, which `esep disclosure` writes.
#
#     tests/judges/disclosure.sh FILE.jj [--minutes 5] [--ratio 1.3] [--differences FILE]
#
# Exit 0: safe and close to the optimum. 1: an unsafe count, or too much withheld. 2: no verdict.
#
# Not a part of the tests: it needs Python 3.10 or later with venv, and takes pytauargus from PyPI, once, into the folder JUDGE
# (`~/.cache/esep-judge` when not set).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=${JUDGE:-$HOME/.cache/esep-judge}
version=0.6.0

[ $# -gt 0 ] || { echo "usage: $0 FILE.jj [--minutes N] [--ratio R] [--differences FILE]" >&2; exit 2; }
if ! "$venv/bin/python" -c "import importlib.metadata as m; assert m.version('pytauargus') == '$version'" 2>/dev/null; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: "pytauargus==$version"
fi
exec "$venv/bin/python" "$here/disclosure.py" "$@"
