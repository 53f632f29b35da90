#!/usr/bin/env bash
# All of them; the number of kills may follow.
set -eu
cd "$(dirname "$0")"
./kill.sh "${1:-100}"
for script in signals swap two full unremovable scarce replaced; do ./$script.sh; done
