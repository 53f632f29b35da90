#!/usr/bin/env bash
# The program is removed, and another one put in its place, while it runs: it goes on as if nothing had happened.
. "$(dirname "$0")/common.sh"
for what in removed replaced; do
    cp "$esep" "$work/program"
    : >../watched
    "$work/program" watch --out ../proof.pdf 2>../watched &
    process=$!
    until grep -q 'pages in' ../watched; do kill -0 $process || fail "it ended: $(cat ../watched)"; sleep 0.1; done
    rm "$work/program"
    [ $what = removed ] || { printf '#!/bin/sh\nexit 1\n' >"$work/program" && chmod +x "$work/program"; }
    touch inputs/2025/*
    until [ "$(grep -c 'pages in' ../watched)" = 2 ]; do kill -0 $process || fail "$what: it ended: $(cat ../watched)"; sleep 0.1; done
    kill -TERM $process
    wait $process 2>/dev/null || true
    [ ! -e "$work/.esep-proof.pdf.lock" ] || fail "$what: the lock is left over"
done
echo "replaced: it goes on"
