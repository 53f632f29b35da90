#!/usr/bin/env bash
# SIGTERM and SIGINT at random moments: it ends by the signal or has published before, the release is whole, nothing is left.
. "$(dirname "$0")/common.sh"
"$esep" -q build --date $one
for time in $(seq "${1:-20}"); do
    signal=$([ $((time % 2)) = 0 ] && echo INT || echo TERM)
    wanted=$([ $signal = INT ] && echo 130 || echo 143)
    "$esep" -q build --date $([ $((time % 4)) -lt 2 ] && echo $one || echo $other) 2>/dev/null &
    process=$!
    # A program that has only just begun has nothing to clear away.
    until [ -e out/.esep-lock ]; do :; done
    sleep "$((RANDOM % 2)).$(printf %03d $((RANDOM % 1000)))"
    kill -$signal $process 2>/dev/null || true
    code=0
    wait $process 2>/dev/null || code=$?
    [ $code = 0 ] || [ $code = $wanted ] || fail "$signal: exit code $code"
    whole out "after $signal"
    clean out "after $signal"
done
echo "signals: whole and clean each time"
