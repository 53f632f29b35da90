#!/usr/bin/env bash
# Killed at each step of the swap, with and without an exchange in one step. Needs strace.
. "$(dirname "$0")/common.sh"
command -v strace >/dev/null || { echo "swap: passed over, strace is not there"; exit 0; }
"$esep" -q build --date $one

# Runs a build under strace, which does something to its calls to the system.
traced() { (strace -f -qq -o ../trace "$@" "$esep" -q build --date $other || true) 2>/dev/null; }

# What is killed at a call has not done it.
traced -e trace=renameat2 -e inject=renameat2:signal=KILL
diff -rq out/2025 ../one/2025 || fail "before the exchange: not the old one"
ends 2 'unknown region' "$esep" -q build --region none
clean out "before the exchange"

# After the exchange the old one is removed.
traced -e trace=unlinkat,unlink,rmdir -e inject=unlinkat:signal=KILL:when=1
whole out "while the old one is removed"
ends 2 'unknown region' "$esep" -q build --region none
clean out "while the old one is removed"

"$esep" -q build --date $one
for step in 1 2; do
    traced -e trace=renameat2,rename -e inject=renameat2:error=EINVAL -e inject=rename:signal=KILL:when=$step
    ends 2 'unknown region' "$esep" build --region none
    [ $step = 1 ] || grep -q 'a run before was interrupted' ../said || fail "nothing is said of the recovery"
    diff -rq out/2025 ../one/2025 || fail "two steps, killed at $step: not the old one"
    clean out "two steps, killed at $step"
done
traced -e trace=renameat2 -e inject=renameat2:error=EINVAL
diff -rq out/2025 ../other/2025 || fail "two steps: not the new one"
clean out "two steps"
echo "swap: killed at each step, whole each time"
