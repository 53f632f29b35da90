#!/usr/bin/env bash
# Judges a release written as a linear system (JJ format of tau-ARGUS) with pytauargus,
# a program that is not ours: is every withheld cell safe, and did we withhold too much?
#
#   disclosure.sh FILE.jj [--minutes 5] [--ratio 1.3] [--venv DIR]
#
# Exit 0: safe and close to the optimum. 1: an unsafe cell, or too many withheld. 2: no verdict.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=target/tools/disclosure
arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    --venv) venv=$2; shift 2 ;;
    *) arguments+=("$1"); shift ;;
  esac
done

if ! "$venv/bin/python" -c 'import importlib.metadata as m; assert m.version("pytauargus") == "0.6.0"' 2>/dev/null; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: pytauargus==0.6.0
fi
exec "$venv/bin/python" "$here/disclosure.py" "${arguments[@]}"
