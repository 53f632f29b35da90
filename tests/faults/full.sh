#!/usr/bin/env bash
# A disk that is full, at many sizes: exit code 2, the release of before stays, nothing is left. Needs the right to mount.
. "$(dirname "$0")/common.sh"
mkdir out
mount -t tmpfs -o size=64m none out 2>/dev/null || { echo "full: passed over, mounting is not allowed"; exit 0; }
trap 'umount "$work/project/out" "$work/project/new" 2>/dev/null; rm -rf "$work"' EXIT
"$esep" -q build --date $one
used=$(du -sk out | cut -f1)
for more in 0 4 16 64 256 $((used / 2)) $((used - 16)); do
    mount -o "remount,size=$((used + more))k" out
    ends 2 'No space left on device' "$esep" -q build --date $other
    diff -rq out/2025 ../one/2025 || fail "$more KB left: the release is not that of before"
    clean out "$more KB left"
done
mount -o remount,size=64m out
"$esep" -q build --date $other
umount out
mkdir new
for size in 4 12 24 40; do
    mount -t tmpfs -o size=${size}k none new
    ends 2 'No space left on device' "$esep" -q new new
    [ -z "$(ls -A new)" ] || fail "$size KB: half a project is left: $(ls -A new)"
    ends 2 'No space left on device' "$esep" -q new new/deep
    [ -z "$(ls -A new)" ] || fail "$size KB: half a project is left in a folder: $(ls -A new)"
    mount -o remount,size=1m new
    "$esep" -q new new
    umount new
done
echo "full: at 7 sizes the release of before stayed; at 4 sizes a new project left nothing"
