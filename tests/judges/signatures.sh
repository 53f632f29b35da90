#!/usr/bin/env bash
# Judges keys and signatures with `minisign` itself (Debian: minisign): it must accept what `esep sign` makes, refuse it for a changed file,
# and esep must accept what minisign makes.
#
#     tests/judges/signatures.sh
#
# Exit 0: all agree. 1: something does not.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command -v minisign >/dev/null || { echo "minisign is not there (Debian: apt-get install minisign)" >&2; exit 2; }
(cd "$here/../.." && cargo build --quiet)
esep=$here/../../target/debug/esep
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"

fault() { echo "$1" >&2; exit 1; }

echo "first" > a.txt
echo "secret words" > password
"$esep" --quiet keys open --no-password
"$esep" --quiet keys locked --password-file password
for pair in open locked; do
    locked=(); [ $pair = open ] || locked=(--password-file password)
    "$esep" --quiet sign a.txt --key $pair/esep.key "${locked[@]}" --date 2025-09-01
    minisign -Vqm a.txt -p $pair/esep.pub || fault "minisign refuses a signature of esep ($pair key)"
    minisign -VQm a.txt -p $pair/esep.pub | grep -q "^esep: file; file a.txt; sha256 [0-9a-f]\{64\}; date 2025-09-01$" || fault "the comment is another"
    cp a.txt b.txt; cp a.txt.minisig b.txt.minisig; echo more >> b.txt
    ! minisign -Vqm b.txt -p $pair/esep.pub 2>/dev/null || fault "minisign accepts a signature of another file"
    ! "$esep" verify b.txt --key $pair/esep.pub >/dev/null || fault "esep accepts a signature of another file"
    # What minisign signs with our key, esep accepts.
    (cat password; echo) | minisign -Sm a.txt -s $pair/esep.key >/dev/null 2>&1 || fault "minisign does not read a secret key of esep ($pair key)"
    "$esep" verify a.txt --key $pair/esep.pub >/dev/null || fault "esep refuses a signature of minisign ($pair key)"
done
minisign -GW -p theirs.pub -s theirs.key >/dev/null
minisign -Sm a.txt -s theirs.key >/dev/null
"$esep" verify a.txt --key theirs.pub >/dev/null || fault "esep refuses a key of minisign"
"$esep" --quiet sign a.txt --key theirs.key
minisign -Vqm a.txt -p theirs.pub || fault "minisign refuses what esep signs with a key of minisign"
echo "esep and minisign agree"
