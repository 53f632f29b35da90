#!/usr/bin/env bash
# Judges `esep trace` with a script that is not ours in spirit: it opens the cells that traces name with openpyxl and the csv module, applies
# the rules that they print, and compares sums, values and coverage with `results.csv`, for every number of 20 documents chosen by chance.
#
#     tests/judges/trace.sh RELEASE [SEED]     the folder of a period, such as `out/2025`
#
# Exit 0: all agree. 1: something does not.
#
# Not a part of the tests: it needs Python 3.10 or later with venv, LibreOffice (`soffice`) for .ods files, and takes openpyxl from PyPI,
# once, into the folder JUDGE (`~/.cache/esep-judge` when not set).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=${JUDGE:-$HOME/.cache/esep-judge}
version=3.1.5

[ $# -gt 0 ] || { echo "usage: $0 RELEASE [SEED]" >&2; exit 2; }
if ! "$venv/bin/python" -c "import importlib.metadata as m; assert m.version('openpyxl') == '$version'" 2>/dev/null; then
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: "openpyxl==$version" et-xmlfile==2.0.0
fi
(cd "$here/../.." && cargo build --quiet)
exec "$venv/bin/python" "$here/trace.py" "$here/../../target/debug/esep" "$here/../.." "$@"
