# Read by the scripts beside it: a small project, two releases of it that differ, and what must hold of any other.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
esep=${ESEP:-$here/../../target/debug/esep}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$esep" -q new "$work/project"
cd "$work/project"
one=2026-01-01
other=2026-02-02
"$esep" -q build --date $one --out ../one
"$esep" -q build --date $other --out ../other

fail() {
    echo "FAILED: $*" >&2
    ls -lA out >&2 || true
    exit 1
}

# The release in a folder is all of one of the two.
whole() {
    diff -rq "$1/2025" ../one/2025 >/dev/null 2>&1 || diff -rq "$1/2025" ../other/2025 >/dev/null 2>&1 || fail "$2: the release is torn"
}

# Nothing but the release is left in a folder.
clean() {
    [ "$(ls -A "$1")" = 2025 ] || fail "$2: something is left over"
}

# A command ends with this exit code, and says this to stderr.
ends() {
    code=0
    wanted=$1 said=$2
    shift 2
    "$@" 2>../said || code=$?
    [ "$code" = "$wanted" ] || fail "exit code $code and not $wanted: $* ($(cat ../said))"
    grep -q -e "$said" ../said || fail "nothing of \`$said\` in: $(cat ../said)"
    ! grep -q panicked ../said || fail "a panic: $(cat ../said)"
}
