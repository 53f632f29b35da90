#!/usr/bin/env bash
# kill -9 at random moments, half of them while it publishes: the release is whole after each, and the next start leaves nothing over.
. "$(dirname "$0")/common.sh"
times=${1:-100}
"$esep" -q build --date $one
for time in $(seq "$times"); do
    day=$([ $((time % 2)) = 0 ] && echo $one || echo $other)
    "$esep" -q build --date "$day" 2>/dev/null &
    process=$!
    if [ $((time % 4)) -lt 2 ]; then
        sleep "$((RANDOM % 2)).$(printf %03d $((RANDOM % 1000)))"
    else
        # The manifest comes last.
        until [ -e out/.esep-2025.new-1/manifest.json ] || ! kill -0 $process 2>/dev/null; do :; done
        sleep "0.0$(printf %02d $((RANDOM % 60)))"
    fi
    kill -9 $process 2>/dev/null || true
    wait $process 2>/dev/null || true
    whole out "after kill $time"
    # A start that publishes nothing.
    ends 2 'unknown region' "$esep" -q build --region none
    whole out "after the start behind kill $time"
    clean out "after the start behind kill $time"
done
echo "kill: $times times killed, whole each time"
