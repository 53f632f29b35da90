#!/usr/bin/env bash
# The old release cannot be removed: the new one is published with a warning, and the exit code is good.
. "$(dirname "$0")/common.sh"
"$esep" -q build --date $one
folder="out/2025/en/20 South Province"
if [ "$(id -u)" = 0 ]; then
    chattr +i "$folder" 2>/dev/null || { echo "unremovable: passed over, this disk knows no such files"; exit 0; }
    trap 'chattr -R -i "$work" 2>/dev/null; rm -rf "$work"' EXIT
else
    chmod 555 "$folder"
    trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
fi
ends 0 'warning: cannot remove `out/.esep-2025' "$esep" build --date $other
diff -rq out/2025 ../other/2025 || fail "the new one is not published"
ends 0 'warning: cannot remove `out/.esep-2025' "$esep" build --date $one
diff -rq out/2025 ../one/2025 || fail "the newest one is not published"
[ "$(id -u)" != 0 ] || chattr -R -i out
[ "$(id -u)" = 0 ] || chmod -R u+w out
"$esep" -q build --date $one
clean out "once it can be removed"
echo "unremovable: published with a warning"
