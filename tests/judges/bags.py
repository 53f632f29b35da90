"""Validates bags with bagit.py, and compares its word with what esep says. See bags.sh."""

import logging
import sys
import tempfile
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
    "unproven-in-another-encoding": "bagit.py reads every encoding of Python",
    "unproven-of-md5-alone": "bagit.py computes MD5",
    "valid-with-names-that-are-encoded": "bagit.py does not know `%25` for the percent sign (RFC 8493, 2.1.3)",
}


def is_valid(folder):
    try:
        return bagit.Bag(str(folder)).is_valid()
    except bagit.BagError:
        return False


def main(tests, packages):
    logging.disable(logging.CRITICAL)
    faults = 0
    tests = Path(tests).resolve()
    bags = sorted(path for path in (tests / "bags").iterdir() if path.is_dir())
    for case in bags:
        valid = is_valid(case / "bag")
        expected = case.name.startswith("valid-")
        if valid != expected and case.name not in DIFFERENT:
            print(f"{case.name}: bagit.py says {'valid' if valid else 'not valid'}")
            faults += 1
        if valid == expected and case.name in DIFFERENT:
            print(f"{case.name}: bagit.py agrees now, take it out of the list of differences")
            faults += 1
    found = [Path(package) for package in packages]
    if not found:
        root = tests.parent
        found = sorted((root / "target/tmp").glob("*.zip")) + sorted((root / "private/deliveries").glob("*/*.zip"))
    for package in found:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(package) as archive:
            archive.extractall(folder)
            tops = list(Path(folder).iterdir())
            if len(tops) != 1 or not is_valid(tops[0]):
                print(f"{package}: not valid")
                faults += 1
    print(f"{len(bags)} bags and {len(found)} packages judged, {len(DIFFERENT)} known differences, {faults} faults")
    return 1 if faults or not found else 0


sys.exit(main(sys.argv[1], sys.argv[2:]))
