#!/usr/bin/env bash
# Validates job.yaml against the schemas of Kubernetes, offline and strictly, and sees that what must agree in it agrees.
#
#     tests/cluster/kubernetes.sh
#
# Takes kubernetes-validate from PyPI, pinned and once, into the folder KUBERNETES (`~/.cache/esep-kubernetes` when not set); Python 3.10 with
# venv. Exit 0: valid. 1: not valid. 2: could not run.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${KUBERNETES:-$HOME/.cache/esep-kubernetes}
if [ ! -e "$cache/ready" ]; then
    python3 -m venv "$cache" || exit 2
    "$cache/bin/pip" install --quiet kubernetes-validate==1.37.0 || exit 2
    touch "$cache/ready"
fi
fault() { echo "$1" >&2; exit 1; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# `podFailurePolicy` and `backoffLimitPerIndex` are stable from these versions on.
for version in 1.33 1.37; do
    "$cache/bin/kubernetes-validate" --strict --quiet -k $version "$here/job.yaml" || fault "not valid for Kubernetes $version"
done
# The judge must see a fault where there is one.
sed 's/backoffLimitPerIndex/backoffLimitForIndex/' "$here/job.yaml" >"$place/wrong.yaml"
! "$cache/bin/kubernetes-validate" --strict --quiet -k 1.37 "$place/wrong.yaml" >/dev/null 2>&1 || fault "the judge does not see an unknown key"
sed 's/completions: 20/completions: many/' "$here/job.yaml" >"$place/wrong.yaml"
! "$cache/bin/kubernetes-validate" --strict --quiet -k 1.37 "$place/wrong.yaml" >/dev/null 2>&1 || fault "the judge does not see a wrong type"

"$cache/bin/python" - "$here/job.yaml" <<'PYTHON'
import sys, yaml
shards, merge, policy = yaml.safe_load_all(open(sys.argv[1]))
pods = [job["spec"]["template"]["spec"] for job in (shards, merge)]
container = pods[0]["containers"][0]
assert {"name": "SHARDS", "value": str(shards["spec"]["completions"])} in container["env"], "SHARDS is not `completions`"
assert pods[0]["containers"][0]["image"] == pods[1]["containers"][0]["image"], "two images"
rule = shards["spec"]["podFailurePolicy"]["rules"][0]["onExitCodes"]
assert rule["containerName"] == container["name"], "the rule is for another container"
for job, pod in zip((shards, merge), pods):
    assert policy["spec"]["podSelector"]["matchLabels"].items() <= job["spec"]["template"]["metadata"]["labels"].items(), "the network is open"
    assert {mount["name"] for mount in pod["containers"][0]["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}, "volumes"
    security = pod["containers"][0]["securityContext"]
    assert security["readOnlyRootFilesystem"] and not security["allowPrivilegeEscalation"] and pod["securityContext"]["runAsNonRoot"]
PYTHON
echo "job.yaml is valid for Kubernetes 1.33 and 1.37"
