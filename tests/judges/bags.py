"""Validates bags with bagit.py, and compares its word and that of the conformance suite with what esep says. See bags.sh."""

import hashlib
import json
import logging
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from pathlib import Path

import bagit

# What bagit.py lets pass and RFC 8493 does not, or the other way round; each with the reason.
DIFFERENT = {
    "incomplete-a-file-is-listed-by-one-manifest-only": "bagit.py asks for a file in any manifest",
    "invalid-a-line-without-a-checksum": "bagit.py passes over lines that it cannot read",
    "invalid-a-tag-manifest-lists-a-tag-manifest": "bagit.py lets a tag manifest list any file",
    "invalid-oxum-twice": "bagit.py takes the last of two equal elements",
    "invalid-the-declaration-has-another-order": "bagit.py reads the two lines in any order",
    "invalid-the-declaration-has-three-lines": "bagit.py reads more lines",
    "unproven-of-md5-alone": "bagit.py computes MD5",
    "valid-with-letters-that-are-taken-apart": "bagit.py opens a file only under the name that the manifest spells",
    "valid-with-names-that-are-encoded": "bagit.py does not know `%25` for the percent sign (RFC 8493, 2.1.3)",
}

# What esep finds in bags of the suite that are to be valid; each with the reason. docs/verify.md tells of them.
DECLINED = {
    "v0.96/valid/holey-bag": ([], "the files of the suite's `fetch.txt` are there"),
    "v0.97/valid/holey-bag": ([], "the files of the suite's `fetch.txt` are there"),
    "v0.97/warning/duplicate-file-with-different-case": (["missing"], "where capitals matter, there is no such file"),
    "v0.97/warning/special-system-files": (["missing"], "the repository of the suite lacks the file `.DS_Store`"),
}

# Checksums that esep computes, and those that it does not: they prove nothing, or nobody uses them.
STRONG = {"sha256", "sha512"}
OTHER = {"md5", "sha1", "sha224", "sha384"}


def is_valid(folder):
    try:
        return bagit.Bag(str(folder)).is_valid()
    except (bagit.BagError, LookupError, UnicodeError):
        return False


class Judge:
    def __init__(self, esep):
        self.esep = Path(esep).resolve()
        self.faults = 0

    def fault(self, text):
        print(text)
        self.faults += 1

    def says(self, bag):
        """Whether esep calls a bag whole, and the kinds of faults that it names."""
        done = subprocess.run([self.esep, "verify", bag, "--format", "json"], capture_output=True, text=True)
        if done.returncode == 2:
            return False, ["nothing to judge"]
        [found] = json.loads(done.stdout)
        if found["whole"] != (done.returncode == 0):
            self.fault(f"{bag}: exit code {done.returncode}")
        return found["whole"], sorted({fault["kind"] for fault in found["faults"]})


def algorithm(name):
    found = re.fullmatch(r"(?:tag)?manifest-([a-z0-9]+)\.txt", name)
    return found and found.group(1)


def twin(bag, place):
    """A copy of a bag with SHA-256 for the checksums that esep does not compute: right ones for right ones, wrong ones for wrong ones."""
    shutil.copytree(bag, place, symlinks=True)
    declared = re.search(rb"Encoding:\s*(\S+)", (bag / "bagit.txt").read_bytes())
    encoding = declared.group(1).decode() if declared else "utf-8"
    lists = [path for path in sorted(bag.glob("*manifest-*.txt")) if algorithm(path.name) in OTHER]
    # Payload manifests come first: tag manifests list them.
    for path in sorted(lists, key=lambda path: path.name.startswith("tag")):
        kind = algorithm(path.name)

        def anew(line):
            parts = re.fullmatch(r"(\s*)([0-9a-fA-F]+)(\s+)(.*?)(\r?\n?)", line, re.S)
            if not parts:
                return line
            before, told, between, name, end = parts.groups()
            plain = name.removeprefix("*").removeprefix("./")
            plain = re.sub("%(25|0[aA]|0[dD])", lambda sign: chr(int(sign.group(1), 16)), plain)
            forms = [name, plain] + [unicodedata.normalize(form, plain) for form in ("NFC", "NFD")]
            found = next((form for form in forms if len(form) < 250 and ".." not in form and (bag / form).is_file()), None)
            new = hashlib.sha256(b"").hexdigest()
            if found:
                is_right = hashlib.new(kind, (bag / found).read_bytes()).hexdigest() == told.lower()
                if algorithm(found) == kind:
                    found = name = found.replace(f"-{kind}.", "-sha256.")
                new = hashlib.sha256((place / found).read_bytes() + (b"" if is_right else b"wrong")).hexdigest()
            return before + new + between + name + end

        text = path.read_bytes().decode(encoding)
        (place / path.name).unlink()
        whole = "".join(anew(line) for line in text.splitlines(keepends=True))
        (place / path.name.replace(f"-{kind}.", "-sha256.")).write_bytes(whole.encode(encoding))


def conformance(judge, suite):
    """Every bag of the conformance suite, judged by esep."""
    bags = sorted(path for path in suite.glob("v*/*/*") if path.is_dir())
    twins = 0
    for bag in bags:
        name = bag.relative_to(suite).as_posix()
        kinds = {algorithm(path.name) for path in bag.glob("*manifest-*.txt")} - {None}
        with tempfile.TemporaryDirectory() as folder:
            judged = bag
            if not kinds & STRONG and (bag / "bagit.txt").is_file():
                whole, found = judge.says(bag)
                if whole or not any(kind in found for kind in ("algorithm", "declaration")):
                    judge.fault(f"{name}: nothing that esep computes proves it, and it says {found or 'whole'}")
                judged = Path(folder) / bag.name
                twin(bag, judged)
                twins += 1
            whole, found = judge.says(judged)
        category = bag.parent.name
        expected, _ = DECLINED.get(name, ([], ""))
        if category in ("valid", "warning"):
            if found != expected or whole == bool(expected):
                judge.fault(f"{name}: expected {expected or 'whole'}, esep says {found or 'whole'}")
        elif whole or not set(found) - {"algorithm", "encoding"}:
            judge.fault(f"{name}: not to be valid, and esep says {found or 'whole'}")
    print(f"{len(bags)} bags of the conformance suite judged, {twins} of them with SHA-256 for what esep does not compute")
    if not bags:
        judge.fault("the conformance suite has no bags")


def made_by_bagit(judge):
    """Bags that bagit.py makes are whole, and not any more once a byte of any file is another."""
    count = 0
    for algorithms in (["sha256"], ["sha512"], ["sha256", "sha512"], ["md5", "sha256"], ["sha1", "sha512"], ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]):
        with tempfile.TemporaryDirectory() as folder:
            bag = Path(folder) / "bag"
            for name, text in {"a.txt": "one", "два слова/отчёт.csv": "x;y\n", "deep/er/b": "", "line\nend": "two"}.items():
                path = bag / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            bagit.make_bag(str(bag), {"Contact-Name": "Ы" * 100, "Source-Organization": ["one", "two"]}, checksums=algorithms)
            whole, found = judge.says(bag)
            count += 1
            if not whole:
                judge.fault(f"a bag of bagit.py with {algorithms}: {found}")
            for path in sorted(path for path in bag.rglob("*") if path.is_file() and path.stat().st_size):
                before = path.read_bytes()
                path.write_bytes(bytes([before[0] ^ 1]) + before[1:])
                count += 1
                # No list holds the checksum of a tag manifest: it is found by what it lists.
                if judge.says(bag)[0] and not path.name.startswith("tagmanifest-"):
                    judge.fault(f"a bag of bagit.py with {algorithms}: a changed byte of {path.name!r} is not found")
                path.write_bytes(before)
    print(f"{count} bags of bagit.py judged")


def main(esep, tests, suite, packages):
    logging.disable(logging.CRITICAL)
    judge = Judge(esep)
    tests = Path(tests).resolve()
    bags = sorted(path for path in (tests / "bags").iterdir() if path.is_dir())
    for case in bags:
        valid = is_valid(case / "bag")
        expected = case.name.startswith("valid-")
        if valid != expected and case.name not in DIFFERENT:
            judge.fault(f"{case.name}: bagit.py says {'valid' if valid else 'not valid'}")
        if valid == expected and case.name in DIFFERENT:
            judge.fault(f"{case.name}: bagit.py agrees now, take it out of the list of differences")
    found = [Path(package) for package in packages]
    if not found:
        root = tests.parent
        found = sorted((root / "target/tmp").glob("*.zip")) + sorted((root / "private/deliveries").glob("*/*.zip"))
    for package in found:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(package) as archive:
            archive.extractall(folder)
            tops = list(Path(folder).iterdir())
            if len(tops) != 1 or not is_valid(tops[0]):
                judge.fault(f"{package}: not valid")
    print(f"{len(bags)} bags and {len(found)} packages judged by bagit.py, {len(DIFFERENT)} known differences")
    made_by_bagit(judge)
    if Path(suite).is_dir():
        conformance(judge, Path(suite))
    print(f"{judge.faults} faults")
    return 1 if judge.faults or not found else 0


sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
