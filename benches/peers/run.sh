#!/usr/bin/env bash
# esep beside what one would take instead: reports of all regions of the demonstration, with tables, charts, alternative texts and tags.
#
#     benches/peers/run.sh ESEP [OUT]
#
# ESEP is the program (an optimised one: `cargo build --profile dist`); OUT is a folder for reports and figures (`/tmp/esep-peers`). The table
# stands in OUT/figures.md and OUT/figures.csv. README.md beside this file says what the columns are and what differs between the reports.
#
# Needs Python 3.10 with venv, and of Debian: fop, fonts-noto-core, libpango-1.0-0, libpangoft2-1.0-0, poppler-utils, openjdk-17-jre-headless,
# libjaxb-java. Takes Python packages from PyPI, pinned and once, into the folder PEERS (`~/.cache/esep-peers` when not set).
#
# JOBS=2     how many reports are made at once
# EVERY=1    slow programs make one of so many regions of each level only
# JUDGED=12  how many reports of each program veraPDF looks at
# ONLY=…     names of programs, where not all are to run
# TYPST=…    the command `typst`; without it its row is left out
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 1 ] || { sed -n '2,/^set/p' "$0" | grep '^#' >&2; exit 2; }
esep=$(realpath "$1")
out=${2:-/tmp/esep-peers}
cache=${PEERS:-$HOME/.cache/esep-peers}
jobs=${JOBS:-2} every=${EVERY:-1} judged=${JUDGED:-12}
only=${ONLY:-esep-numbers esep typst typst-processes typst-command weasyprint weasyprint-a fop fop-processes}

missing=""
for package in fop fonts-noto-core libpango-1.0-0 libpangoft2-1.0-0 poppler-utils openjdk-17-jre-headless libjaxb-java; do
    [ "$(dpkg-query -Wf '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
done
[ -z "$missing" ] || { echo "packages are missing: apt-get install$missing" >&2; exit 2; }
if [ ! -e "$cache/venv/ready" ]; then
    python3 -m venv "$cache/venv"
    "$cache/venv/bin/pip" install --quiet -r "$here/requirements.txt"
    touch "$cache/venv/ready"
fi
python=$cache/venv/bin/python

rm -rf "$out"
mkdir -p "$out/data"
# What the peers get: all numbers of all periods, and their names. Not measured.
"$esep" results --quiet --project "$here/../.." >"$out/data/results.csv"
"$esep" build --quiet --project "$here/../.." --no-site --language en --level republic --out "$out/data" 2>"$out/data/build.log" || { tail -n 5 "$out/data/build.log" >&2; exit 2; }
release=$(dirname "$(ls "$out"/data/*/results.json)")

measure() {
    local name=$1; shift
    echo "$name …" >&2
    "$python" "$here/measure.py" "$name" "$out/figures.jsonl" -- "$@" || echo "$name failed" >&2
}
for name in $only; do
    case $name in
    # Reading, checking, computing and withholding alone, which only esep does: the part of its time in which no page is made.
    esep-numbers) measure "$name" "$esep" results --quiet --cache-size 0 --project "$here/../.." >/dev/null ;;
    esep) measure "$name" "$esep" build --quiet --project "$here/../.." --no-site --cache-size 0 --language en --jobs "$jobs" --out "$out/esep" ;;
    typst) measure "$name" "$python" "$here/pages.py" "$name" "$release" "$out/data/results.csv" "$out/$name" --jobs "$jobs" ;;
    typst-command) [ -n "${TYPST:-}" ] || continue
        measure "$name" "$python" "$here/pages.py" "$name" "$release" "$out/data/results.csv" "$out/$name" --jobs "$jobs" --every "$every" ;;
    *) measure "$name" "$python" "$here/pages.py" "$name" "$release" "$out/data/results.csv" "$out/$name" --jobs "$jobs" --every "$every" ;;
    esac
done

# Reports of all lengths: the longest, and so many of the list by size, evenly.
for name in $only; do
    [ -d "$out/$name" ] || continue
    sample=$(mktemp -d)
    find "$out/$name" -name '*.pdf' -printf '%s\t%p\n' | sort -rn | cut -f2 >"$sample/all"
    total=$(wc -l <"$sample/all")
    awk -v n="$total" -v k="$judged" 'int((NR - 1) * k / n) != int((NR - 2) * k / n) || NR == 1' "$sample/all" | while read -r path; do
        cp "$path" "$sample/$(basename "$path" | cut -c1-9).pdf"
    done
    "$here/../../tests/verapdf.sh" "$sample" >"$out/$name.judged" || true
    rm -r "$sample"
done
"$python" "$here/table.py" "$out"
