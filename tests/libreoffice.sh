#!/usr/bin/env bash
# Takes filled-in forms through LibreOffice as .ods and .xls and back to .xlsx: intake must find nothing, and the same numbers.
#
# Not a part of the tests: LibreOffice must be installed (`soffice` on the path; Debian: libreoffice-calc).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v soffice >/dev/null || { echo "LibreOffice is needed: no soffice on the path" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The test makes forms, fills them in and leaves its project.
ESEP_KEEP="$work/project" cargo test --quiet --test answers a_form_that_was_filled_in >/dev/null
esep="$PWD/$(find target/debug -maxdepth 1 -name esep -type f)"
inputs="$work/project/inputs/2030"

# What intake makes of the forms as they are now: findings must be none; the numbers go to standard output.
numbers() {
    "$esep" check --project "$work/project" >&2 || { echo "intake found faults in $1" >&2; exit 1; }
    "$esep" check --project "$work/project" 2>&1 | grep -q 'nothing found' || { echo "intake found something in $1" >&2; exit 1; }
    "$esep" results --project "$work/project" --period 2030
}

# Converts the forms in the inputs to another format, which takes their place.
convert() {
    for form in "$inputs"/*."$1"; do
        soffice -env:UserInstallation="file://$work/profile" --headless --convert-to "$2" --outdir "$inputs" "$form" >/dev/null 2>&1
        rm "$form"
    done
}

numbers "the filled-in forms" >"$work/expected"
from=xlsx
for to in ods xls xlsx; do
    convert "$from" "$to"
    numbers "the .$to made of the .$from" >"$work/actual"
    diff "$work/expected" "$work/actual"
    echo "$from -> $to: the same numbers, nothing found"
    from=$to
done
