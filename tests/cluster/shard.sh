#!/usr/bin/env bash
# Makes one shard of a release: the K-th of N, as one archive in the folder OUT. What a task of a cluster runs.
#
#     tests/cluster/shard.sh K N OUT [OPTION…]     further options are those of `esep build`; ESEP names the program
set -euo pipefail
exec "${ESEP:-esep}" build --quiet --shard "$1/$2" --out "$3" "${@:4}"
