#!/usr/bin/env bash
# Two builds at once, with different process ids and, each in a container's namespace, with the same: one publishes, the other says why
# it does not. Needs the right to make namespaces for the second part.
. "$(dirname "$0")/common.sh"
together() {
    first=0 second=0
    "$@" "$esep" -q build --date $one 2>../first & a=$!
    "$@" "$esep" -q build --date $other 2>../second & b=$!
    wait $a || first=$?
    wait $b || second=$?
    [ $((first + second)) = 2 ] || fail "exit codes $first and $second: $(cat ../first ../second)"
    grep -q 'another esep is writing in `out`' ../first ../second || fail "not said why: $(cat ../first ../second)"
    whole out "two at once"
    clean out "two at once"
}
for time in 1 2 3; do together env; done
if unshare -pf true 2>/dev/null; then
    for time in 1 2 3; do together unshare -pf --mount-proc; done
    echo "two: one of two published, with different and with equal process ids"
else
    echo "two: one of two published, with different process ids; namespaces are not allowed"
fi
