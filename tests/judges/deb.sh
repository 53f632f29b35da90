#!/usr/bin/env bash
# Installs a Debian package of esep in an empty Debian 12 and works there as somebody does who has nothing else: a new project, its reports, a
# man page, completions, removal.
#
#     tests/judges/deb.sh target/debian/esep_*.deb
#
# Needs root and Debian's `mmdebstrap`; the empty Debian comes from Debian's mirror (MIRROR, `http://deb.debian.org/debian` when not set), once,
# into the folder DEBIAN (`~/.cache/esep-debian` when not set). `lintian`, where it is there, looks at the package, too. Exit 0: all is well. 1: it
# is not. 2: could not run.
set -euo pipefail
package=$(realpath "${1:?which package?}")
base=${DEBIAN:-$HOME/.cache/esep-debian}
if [ ! -e "$base/bookworm.tar" ]; then
    mkdir -p "$base"
    # `man` and two shells, to read and to complete. Nothing else that a bare Debian lacks.
    mmdebstrap --quiet --variant=minbase --include=man-db,fish,zsh bookworm "$base/new.tar" \
        "${MIRROR:-http://deb.debian.org/debian}" || exit 2
    mv "$base/new.tar" "$base/bookworm.tar"
fi
fault() { echo "$1" >&2; exit 1; }
if command -v lintian >/dev/null; then
    # Libraries are inside on purpose, and there is no changelog in the form of Debian.
    lintian --allow-root --fail-on error --suppress-tags embedded-library,no-changelog,wrong-name-for-upstream-changelog "$package" || fault "lintian finds errors"
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
tar -xf "$base/bookworm.tar" -C "$root"
cp "$package" "$root/tmp/esep.deb"
cat >"$root/tmp/work" <<'WORK'
set -euo pipefail
export HOME=/tmp LC_ALL=C.UTF-8 MANWIDTH=80 PAGER=cat
dpkg --install /tmp/esep.deb
cd /tmp
esep --version
esep new project
esep build --project project
esep check --project project
man esep | grep -q 'indicator-specs' || { echo "man esep says nothing"; exit 1; }
for page in /usr/share/man/man1/esep*; do
    name=$(basename "$page" .1.gz)
    # groff tells what it does not understand.
    said=$(man --warnings=all "$name" 2>&1 >/tmp/page) || { echo "man $name: $said"; exit 1; }
    [ -z "$said" ] && [ -s /tmp/page ] || { echo "man $name: $said"; exit 1; }
done
echo "$(ls /usr/share/man/man1/esep* | wc -l) man pages"
bash -c '. /usr/share/bash-completion/completions/esep
    COMP_WORDS=(esep --project project build --region ""); COMP_CWORD=5; _clap_complete_esep esep "" --region
    [ "${#COMPREPLY[@]}" -gt 1 ]' || { echo "bash completes nothing"; exit 1; }
fish -c 'complete --do-complete "esep check --rule zero-d"' | grep -q zero-denominator || { echo "fish completes nothing"; exit 1; }
zsh -c 'autoload -U compinit; compinit -D -d /tmp/dump; [ "$_comps[esep]" = _esep ]' || { echo "zsh knows no completions"; exit 1; }
dpkg --remove esep
[ ! -e /usr/bin/esep ] && [ -d project/indicator-specs ]
WORK
# The workers of the program look at /proc.
mount --bind /proc "$root/proc"
trap 'umount "$root/proc"; rm -rf "$root"' EXIT
chroot "$root" /bin/bash /tmp/work || fault "the package does not do"
find "$root/tmp/out" -name '*.pdf' | grep -q . || fault "no report was made"
echo "$(basename "$package"): installed, used and removed in an empty Debian 12"
