#!/usr/bin/env bash
# How esep grows: documents a minute and peak memory, of the demonstration cut to some sizes, of sheets, and of parts that are joined.
#
#     benches/scale.sh ESEP [OUT]
#
# ESEP is the program (an optimised one: `cargo build --profile dist`); OUT is a folder for figures (`/tmp/esep-scale`). The tables stand in
# OUT/scale.md, all figures in OUT/figures.jsonl. Nothing is taken from a cache. On an idle machine it takes some twenty minutes for two cores.
#
# Parts run one after the other, each with all cores, so their times are those that machines of this kind would take side by side: the longest
# part, then the joining.
#
# JOBS=…            how many documents are made at once; as many as there are processors when not set
# REGIONS="1 3 all" how many regions right below the top the demonstration is cut to, each with all within it
# UNITS="…"         how many sheets; `100 1000 5000 10000` when not set
# SHARDS="1 2 4"    numbers of parts
# DEMONSTRATION=…   the program that makes the inputs; built when not set
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 1 ] || { sed -n '2,/^set/p' "$0" | grep '^#' >&2; exit 2; }
esep=$(realpath "$1")
out=${2:-/tmp/esep-scale}
project=$(realpath "$here/..")
jobs=${JOBS:-$(nproc)}
rm -rf "$out"; mkdir -p "$out"
figures=$out/figures.jsonl

measure() { python3 "$here/peers/measure.py" "$1" "$figures" -- "${@:2}" >&2; }
documents() { find "$1" -name '*.pdf' | wc -l; }
# One line of a table: NAME DOCUMENTS of the last measurement.
line() {
    tail -n 1 "$figures" | python3 -c '
import json, sys
told, name, count = json.loads(sys.stdin.readline()), sys.argv[1], int(sys.argv[2])
wall, peak = told["wall"], told["peak_mb"]
print(f"| {name} | {count} | {wall:.0f} s | {60 * count / wall:.0f} | {peak:.0f} |")' "$1" "$2" >>"$out/scale.md"
}
head() { printf '\n| %s | documents | wall time | a minute | peak MB |\n| --- | --- | --- | --- | --- |\n' "$1" >>"$out/scale.md"; }
common=(--project "$project" --quiet --cache-size 0)

head "the demonstration"
# The regions right below the top.
mapfile -t codes < <("$esep" results --quiet --project "$project" --format json | python3 -c '
import json, sys
rows = json.load(sys.stdin)
levels = list(dict.fromkeys(row["level"] for row in rows))
print(*dict.fromkeys(row["region"] for row in rows if row["level"] == levels[1]), sep="\n")')
for size in ${REGIONS:-1 3 all}; do
    cut=()
    [ "$size" = all ] || for code in "${codes[@]:0:$size}"; do cut+=(--region "$code"); done
    measure "build-$size" "$esep" build "${common[@]}" --jobs "$jobs" "${cut[@]}" --out "$out/build-$size" || true
    line "$size" "$(documents "$out/build-$size")"
done

head "sheets"
mkdir "$out/many"
for part in indicator-specs report-templates inputs; do cp -r "$project/$part" "$out/many/"; done
for units in ${UNITS:-100 1000 5000 10000}; do
    (cd "$project" && ${DEMONSTRATION:-cargo run --quiet --example demonstration --} --project "$out/many" --organisations "$units") >&2
    measure "sheets-$units" "$esep" sheets --project "$out/many" --quiet --cache-size 0 --jobs "$jobs" --language ru --out "$out/sheets-$units" || true
    line "$units organisations" "$(documents "$out/sheets-$units")"
    rm -rf "$out/sheets-$units"
done

head "parts"
for of in ${SHARDS:-1 2 4}; do
    for ((number = 1; number <= of; number++)); do
        measure "shard-$number-of-$of" "$esep" build "${common[@]}" --jobs "$jobs" --shard "$number/$of" --out "$out/parts-$of"
        line "part $number of $of" "$(unzip -Z1 "$out/parts-$of"/*-shard-"$number"-of-"$of".zip | grep -c '\.pdf$')"
    done
    measure "merge-$of" "$esep" merge "${common[@]}" --out "$out/merged-$of" "$out/parts-$of"/*.zip
    line "joining $of" "$(documents "$out/merged-$of")"
    diff -r "$out/build-all" "$out/merged-$of" >&2
done
cat "$out/scale.md"
