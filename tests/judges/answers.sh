#!/usr/bin/env bash
# Judges `esep answer` after LibreOffice: the offices of the demonstration are answered, LibreOffice opens and saves every answer, and they
# are answered again. What is looked at stands at the head of `answers.py`.
#
#     tests/judges/answers.sh
#
# Exit 0: all is as it should be. 1: something is not.
#
# Not a part of the tests: it needs LibreOffice (`soffice` on the path; Debian: libreoffice-calc) and Python 3.10 or later with venv, and
# takes openpyxl from PyPI, once, into the folder JUDGE (`~/.cache/esep-judge` when not set). With WORK, the project stands in that folder
# and is left there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=${JUDGE:-$HOME/.cache/esep-judge}
version=3.1.5

command -v soffice >/dev/null || { echo "LibreOffice is needed: no soffice on the path" >&2; exit 2; }
if ! "$venv/bin/python" -c "import importlib.metadata as m; assert m.version('openpyxl') == '$version'" 2>/dev/null; then
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: "openpyxl==$version" et-xmlfile==2.0.0
fi
(cd "$here/../.." && cargo build --quiet)
work=${WORK:-}
if [ -z "$work" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
"$venv/bin/python" "$here/answers.py" "$here/../../target/debug/esep" "$here/../.." "$work"
