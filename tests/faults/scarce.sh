#!/usr/bin/env bash
# Few open files, few processes and threads: it works, or says with exit code 2 what it lacks. Never a panic, never a release that is torn.
. "$(dirname "$0")/common.sh"
"$esep" -q build --date $one
# Runs a build within a bound; the shell's own part in it has no say.
bound() {
    what=$1 most=$2
    shift 2
    code=0
    ( ulimit "$what" "$most" 2>/dev/null; exec "$@" 2>../said ) || code=$?
    [ $code = 0 ] || [ $code = 2 ] || fail "ulimit $what $most: exit code $code: $(cat ../said)"
    ! grep -q panicked ../said || fail "ulimit $what $most: a panic: $(cat ../said)"
    [ $code = 0 ] || grep -q -i -e 'too many open files' -e 'temporarily unavailable' ../said || fail "not said: $(cat ../said)"
    whole out "ulimit $what $most"
}
for most in 5 6 7 8 9 10 12 14 16 20 24 28 32 36 40 48 64; do bound -n $most "$esep" -q build --date $other; done
if [ "$(id -u)" = 0 ]; then
    # Root has no such bound; somebody else has, who must be able to come here.
    user=61803
    chmod 755 "$work"
    chown -R $user "$work"
    as="setpriv --reuid=$user --regid=$user --clear-groups"
else
    as=env
fi
program=$work/esep
cp "$esep" "$program"
for most in $(seq 1 12); do bound -u "$most" $as "$program" -q build --date $one; done
bound -u 64 $as "$program" -q build --date $one
[ $code = 0 ] || fail "64 processes are enough: $(cat ../said)"
echo "scarce: it works or says what it lacks"
