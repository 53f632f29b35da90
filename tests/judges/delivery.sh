#!/usr/bin/env bash
# Judges the way of a release to offices with programs that are not ours, on the demonstration: 20 offices of the first level below the top,
# whose list is written here, with addresses at example.org. What is looked at stands at the head of `delivery.py`.
#
#     tests/judges/delivery.sh [STEP]…     all steps when left out
#
# Exit 0: all is as it should be. 1: something is not.
#
# Not a part of the tests: the release alone takes minutes. It needs Python 3.11 or later with venv, what `tests/verapdf.sh` needs, and the
# commands `minisign`, `sftp`, `pdftotext`, `pdftoppm` and `unshare` (Debian: minisign, openssh-client, poppler-utils, util-linux). Packages
# come from PyPI, once, into the folder JUDGE (`~/.cache/esep-delivery` when not set). With WORK, the project stands in that folder and is
# left there; a release that is there is not made again.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=${JUDGE:-$HOME/.cache/esep-delivery}
pins="base45==0.4.4 cbor2==5.6.5 pycose==1.1.0 aiosmtpd==1.4.6 asyncssh==2.24.1 bagit==1.9.0 openpyxl==3.1.5 pyhanko==0.38.0 PyYAML==6.0.2 zxing-cpp==3.1.1 pillow==12.0.0"

for command in minisign sftp pdftotext pdftoppm unshare java; do
    command -v $command >/dev/null || { echo "\`$command\` is not there; the head of this file says what is needed" >&2; exit 2; }
done
if [ "$(cat "$venv/pins" 2>/dev/null)" != "$pins" ]; then
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
    # shellcheck disable=SC2086
    "$venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: --no-binary bagit $pins
    echo "$pins" >"$venv/pins"
fi
(cd "$here/../.." && cargo build --quiet)
work=${WORK:-}
if [ -z "$work" ]; then
    work=$(mktemp -d)
    trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
fi
"$venv/bin/python" "$here/delivery.py" "$here/../../target/debug/esep" "$here/../.." "$work" "$@"
