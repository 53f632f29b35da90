"""The way of a release to offices, judged with programs that are not ours. See delivery.sh.

- `packages`: bagit.py and `esep verify` call every package whole; time and memory of `esep deliver` are printed.
- `canaries`: no package holds anything of a region that is not its office's. Canaries are the number of every document, which is printed in it,
  the code of every region in tables and workbooks, and the number of every organisation, which is put behind its name in all that is sent.
- `tables`: the list of offices as a workbook and as a table of text, of programs that are not ours, gives the same packages.
- `flips`: a changed byte of a file is found by bagit.py and by `esep verify`, both name the file; of the ZIP, by `esep verify`.
- `mails`: every mail goes through an SMTP server and is read by Python; what is attached, joined where it was split, is the package.
- `sftp`: the list for `sftp -b` run twice against an SFTP server leaves the same tree twice.
- `pades`: a report that pyhanko signs (PAdES) is PDF/UA-1 and PDF/A-3a for veraPDF.
- `minisign`: minisign accepts what `esep sign` signs.
- `offline`: without any network, `deliver`, `sign`, `outbox` and `verify` do the same, to the byte.
- `cose`: pycose accepts the signed code of each report, and it names the document, its edition and the hash of its region's lines.
- `qr`: the code on the first page of each report names the document, and the hash of its region's lines of `results.csv`.
"""

import asyncio
import base64
import csv
import email
import email.policy
import hashlib
import io
import json
import os
import re
import shutil
import smtplib
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import bagit
import base45
import cbor2
import openpyxl
import yaml
from pycose.keys import OKPKey
from pycose.messages import Sign1Message

PERIOD = "2025"
DELIVERIES = f"private/deliveries/{PERIOD}"
OUTBOX = f"private/outbox/{PERIOD}"
GETS = ["report", "below", "workbooks", "table", "answer", "form"]


class Judge:
    def __init__(self, esep, home, work):
        self.esep, self.home, self.work = Path(esep).resolve(), Path(home).resolve(), Path(work).resolve()
        self.faults = 0
        regions = yaml.safe_load((self.home / "indicator-specs/regions.yaml").read_text(encoding="utf-8"))["regions"]
        self.regions = {region["code"]: region for region in regions}
        [self.top] = [code for code, region in self.regions.items() if "parent" not in region]

    def fault(self, text):
        print(f"FAULT {text}", flush=True)
        self.faults += 1

    def holds(self, true, text):
        if not true:
            self.fault(text)

    def run(self, *arguments, code=0, offline=False):
        """Runs esep in the project; without a network where `offline`."""
        command = [str(self.esep), *map(str, arguments)]
        if offline:
            command = ["unshare", "--map-root-user", "--net", *command]
        begun = time.monotonic()
        process = subprocess.Popen(command, cwd=self.work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        told = process.stdout.read().decode("utf-8", "replace")
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds, self.memory = time.monotonic() - begun, usage.ru_maxrss // 1024
        if code is not None and process.returncode != code:
            self.fault(f"`esep {' '.join(map(str, arguments))}`: exit code {process.returncode}\n{told}")
        return told

    def above(self, code):
        """The region of the first level below the top that a region lies in; the top itself for the top."""
        while self.regions[code].get("parent", self.top) != self.top:
            code = self.regions[code]["parent"]
        return code

    def offices(self):
        """The codes of the regions that have an office."""
        return [code for code, region in self.regions.items() if region.get("parent") == self.top]

    def office(self, code):
        return f"office-{code}"

    def packages(self):
        found = sorted((self.work / DELIVERIES).glob("*.zip"))
        if len(found) != len(self.offices()):
            self.fault(f"{len(found)} packages for {len(self.offices())} offices")
        return found

    def unpacked(self, package, folder):
        with zipfile.ZipFile(package) as archive:
            archive.extractall(folder)
        [top] = Path(folder).iterdir()
        return top

    # The project

    def prepare(self):
        """The demonstration with a canary in the name of every organisation, its list of offices, and all that packages hold."""
        if not (self.work / "indicator-specs").exists():
            for folder in ("indicator-specs", "inputs", "report-templates"):
                shutil.copytree(self.home / folder, self.work / folder)
            for path in sorted((self.work / "inputs" / PERIOD).rglob("*")):
                if path.is_file():
                    plant(path)
        channels = [
            "channel: mail, addresses: [{id}@example.org, deputy.{id}@example.org]",
            "channel: sftp, path: '/incoming/{id} и другие'",
            "channel: folder",
        ]
        lines = ["sender: statistics@example.org", "offices:"]
        for number, code in enumerate(self.offices()):
            office = self.office(code)
            name = json.dumps(self.regions[code]["name"], ensure_ascii=False)
            how = channels[number % 3].format(id=office)
            lines.append(f"  - {{ id: {office}, name: {name}, regions: ['{code}'], languages: [kk, ru], {how}, gets: [{', '.join(GETS)}], due: 14 }}")
        (self.work / "indicator-specs/offices.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        if not (self.work / f"out/{PERIOD}/manifest.json").exists():
            for command in (["build", "--quiet", "--no-site", "--period", PERIOD], ["answer", "--quiet"], ["forms", "--quiet"]):
                print(f"esep {' '.join(command)} …", flush=True)
                self.run(*command)
                print(f"  {self.seconds:.0f} s, {self.memory} MB", flush=True)
        told = self.run("deliver", "--quiet")
        self.told = f"esep deliver: {self.seconds:.1f} s, {self.memory} MB at most"
        if told:
            print(told)


BIN = re.compile(r"\b\d{12}\b")


def canary(number):
    """What is put behind the name of an organisation."""
    return f" {number}"


def plant(path):
    """Puts the number of every organisation behind its name; in rows of which the first cell is a number of twelve digits and the second a name."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        for sheet in book:
            for row in sheet.iter_rows(max_col=2):
                number, name = [cell.value for cell in row] + [None] * (2 - len(row))
                if BIN.fullmatch(str(number or "")) and name:
                    row[1].value = f"{name}{canary(number)}"
        book.save(path)
    elif path.suffix == ".csv":
        text = path.read_bytes().decode("cp1251")
        text = re.sub(r"(?m)^(\d{12});([^;\r\n]+)", lambda row: f"{row[1]};{row[2]}{canary(row[1])}", text)
        path.write_bytes(text.encode("cp1251"))
    elif path.suffix == ".ods":
        with zipfile.ZipFile(path) as archive:
            files = [(info, archive.read(info)) for info in archive.infolist()]
        with zipfile.ZipFile(path, "w") as archive:
            for info, data in files:
                if info.filename == "content.xml":
                    cell = r"<table:table-cell[^>]*><text:p>{}</text:p></table:table-cell>"
                    pattern = f"({cell.format('([0-9]{12})')})({cell.format('([^<]+)')})"
                    put = lambda row: row[1] + row[3].replace(f">{row[4]}<", f">{row[4]}{canary(row[2])}<")
                    data = re.sub(pattern, put, data.decode()).encode()
                archive.writestr(info, data)
    else:
        raise SystemExit(f"no way to put canaries into {path}")


def text_of(path):
    """All words of a file, whatever its kind."""
    if path.suffix == ".pdf":
        return subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode("utf-8", "replace")
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            return "\n".join(re.sub(r"<[^>]*>", "\n", archive.read(name).decode("utf-8", "replace")) for name in archive.namelist())
    return path.read_bytes().decode("utf-8")


def bagit_says(bag):
    """Everything that bagit.py says against a bag; nothing where it is valid."""
    done = subprocess.run([sys.executable, "-m", "bagit", "--validate", bag], capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr or "not valid"


def packages(judge):
    print(f"  {judge.told}")
    total = 0
    for package in judge.packages():
        total += package.stat().st_size
        told = judge.run("verify", package)
        judge.holds("Whole." in told, f"{package.name}: {told}")
        with tempfile.TemporaryDirectory() as folder:
            bag = judge.unpacked(package, folder)
            judge.holds(not bagit_says(bag), f"{package.name}: {bagit_says(bag)}")
            judge.run("verify", bag)
    print(f"  {len(judge.packages())} packages, {total / 1e6:.0f} MB")


def owners(judge):
    """For the number of every organisation, the regions of the first level that report it."""
    first = {}
    for code in judge.offices():
        region = judge.regions[code]
        for name in [*region["name"].values(), *region.get("aliases", [])]:
            first.setdefault(name.casefold(), code)
    found = {}
    for path in sorted((judge.work / "inputs" / PERIOD).rglob("*.xlsx")) + sorted((judge.work / "inputs" / PERIOD).rglob("*.csv")):
        if path.suffix == ".xlsx":
            rows = [row for sheet in openpyxl.load_workbook(path, read_only=True) for row in sheet.iter_rows(max_col=3, values_only=True)]
        else:
            rows = csv.reader(io.StringIO(path.read_bytes().decode("cp1251")), delimiter=";")
        for row in rows:
            if len(row) >= 3 and BIN.fullmatch(str(row[0] or "")):
                code = first.get(str(row[2] or "").strip().casefold())
                if code:
                    found.setdefault(str(row[0]), set()).add(code)
    return found


def canaries(judge):
    numbers = owners(judge)
    of_document, of_region = re.compile(rf"\b(\d{{9}})-{PERIOD}\b"), re.compile(r"\b\d{9}\b")
    release = json.loads((judge.work / f"out/{PERIOD}/manifest.json").read_text(encoding="utf-8"))
    region_of = {entry["sha256"]: entry["region"] for entry in release["reports"] + release["companions"]}
    documents, organisations, files = set(), set(), 0
    for code, package in zip(sorted(judge.offices()), judge.packages()):
        judge.holds(code in package.name, f"{package.name} is not that of {code}")
        own = {region for region in judge.regions if judge.above(region) == code}
        with tempfile.TemporaryDirectory() as folder:
            bag = judge.unpacked(package, folder)
            for path in sorted(path for path in bag.rglob("*") if path.is_file()):
                name = f"{package.name}: {path.relative_to(bag)}"
                files += 1
                if path.suffix in (".pdf", ".xlsx"):
                    region = region_of.get(hashlib.sha256(path.read_bytes()).hexdigest(), code)
                    judge.holds(region in own, f"{name} is a document of {region}")
                text = text_of(path)
                told = set(of_document.findall(text))
                # Every report names the one in which the definitions stand: that of the top.
                judge.holds(told <= own | {judge.top}, f"{name} has the number of a document of {sorted(told - own)}")
                documents |= told & own
                codes = set(of_region.findall(text)) & judge.regions.keys()
                judge.holds(codes <= own | {judge.top}, f"{name} has the codes {sorted(codes - own)}")
                found = {number for number in BIN.findall(text) if number in numbers}
                strange = {number for number in found if code not in numbers[number]}
                judge.holds(not strange, f"{name} has organisations of others: {sorted(strange)[:3]}")
                organisations |= found
                if path.name == "results.csv":
                    rows = list(csv.DictReader(io.StringIO(text)))
                    strange = {row["region"] for row in rows} - own
                    judge.holds(rows and not strange, f"{name} has rows of {sorted(strange)}")
                    missing = own - {row["region"] for row in rows}
                    judge.holds(not missing, f"{name} has no rows of {sorted(missing)}")
    # A search that finds nothing anywhere proves nothing.
    unseen = judge.regions.keys() - documents - {judge.top}
    judge.holds(not unseen, f"the documents of {sorted(unseen)} are in no package")
    judge.holds(len(organisations) > len(numbers) / 2, f"only {len(organisations)} of {len(numbers)} organisations are named anywhere")
    print(f"  {files} files, {len(documents)} of {len(judge.regions)} documents and {len(organisations)} of {len(numbers)} organisations, each in its office's package alone")


def tables(judge):
    listed = yaml.safe_load((judge.work / "indicator-specs/offices.yaml").read_text(encoding="utf-8"))["offices"]
    heads = ["Код получателя", "name_kk", "name.ru", "Name (en)", "Коды территорий", "languages", "Адреса", "Способ отправки", "path", "Состав", "due"]
    rows = [
        [
            office["id"],
            *(office["name"][language] for language in ("kk", "ru", "en")),
            *("; ".join(office[key]) for key in ("regions", "languages")),
            ", ".join(office.get("addresses", [])),
            {"mail": "почта", "folder": "қалта"}.get(office["channel"], office["channel"]),
            office.get("path"),
            "\n".join(office["gets"]),
            office["due"],
        ]
        for office in listed
    ]
    with tempfile.TemporaryDirectory() as folder:
        book = openpyxl.Workbook()
        book.active.append(["Получатели"])
        for row in [heads, *rows]:
            book.active.append(row)
        book.save(Path(folder) / "offices.xlsx")
        lines = [heads, *([str(cell or "").replace("\n", "; ") for cell in row] for row in rows)]
        for name, encoding, separator in (("offices.csv", "utf-8-sig", ";"), ("offices.txt", "utf-16", "\t")):
            with (Path(folder) / name).open("w", encoding=encoding, newline="") as file:
                csv.writer(file, delimiter=separator).writerows(lines)
        for name in ("offices.xlsx", "offices.csv", "offices.txt"):
            place = Path(folder) / f"of-{name}"
            judge.run("deliver", "--quiet", "--offices", Path(folder) / name, "--out", place)
            for package in judge.packages():
                again = place / PERIOD / package.name
                judge.holds(again.exists() and again.read_bytes() == package.read_bytes(), f"{name}: {package.name} is another")
    print(f"  {len(rows)} offices")


def flips(judge):
    count = 0
    for package in judge.packages()[:2]:
        with tempfile.TemporaryDirectory() as folder:
            bag = judge.unpacked(package, folder)
            chosen = {}
            for path in sorted(path for path in bag.rglob("*") if path.is_file()):
                chosen.setdefault((path.parent.relative_to(bag).parts[:2], path.suffix, path.name if path.parent == bag else ""), path)
            for path in chosen.values():
                before = path.read_bytes()
                inside = path.relative_to(bag).as_posix()
                for place in sorted({0, len(before) // 3, len(before) // 2, len(before) - 1}):
                    changed = bytearray(before)
                    changed[place] ^= 1
                    path.write_bytes(changed)
                    count += 1
                    for who, told in ("esep", judge.run("verify", bag, code=1)), ("bagit.py", bagit_says(bag)):
                        # A changed list is told by the files that it lists: no list has the checksum of a tag manifest, of which bagit.py
                        # passes over lines that it cannot read, and bagit.py looks at checksums when all files are there.
                        is_list = "manifest-" in inside and (who == "bagit.py" or inside.startswith("tag"))
                        judge.holds(told or inside.startswith("tag"), f"{who} lets a changed byte {place} of {inside} pass")
                        judge.holds(is_list or inside in told, f"{who} does not name {inside}, byte {place}: {told}")
                path.write_bytes(before)
            judge.run("verify", bag)
            # In the ZIP: the seal tells of every byte, and a file is named where the byte is one of its.
            whole, place = package.read_bytes(), Path(folder) / package.name
            with zipfile.ZipFile(package) as archive:
                infos = archive.infolist()
            for position in [len(whole) * step // 23 for step in range(23)] + [len(whole) - 1]:
                changed = bytearray(whole)
                changed[position] ^= 1
                place.write_bytes(changed)
                count += 1
                told = judge.run("verify", place, code=1)
                starts = ((info, info.header_offset + 30 + len(info.filename.encode())) for info in infos)
                hit = next((info for info, start in starts if start <= position < start + info.compress_size), None)
                judge.holds(hit is None or hit.filename.split("/", 1)[1] in told, f"byte {position} of {package.name}: {told}")
    print(f"  {count} changed bytes found")


class Kept:
    """Keeps what an SMTP server gets."""

    def __init__(self):
        self.envelopes = []

    async def handle_DATA(self, server, session, envelope):
        self.envelopes.append(envelope)
        return "250 OK"


def mails(judge):
    from aiosmtpd.controller import Controller

    def files(data):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}

    for megabytes in (20, 3):
        with tempfile.TemporaryDirectory() as out:
            judge.run("outbox", "--quiet", DELIVERIES, "--out", out, "--mail-size", megabytes)
            kept = Kept()
            server = Controller(kept, hostname="127.0.0.1", port=free_port(), data_size_limit=1 << 30)
            server.start()
            try:
                sent = sorted(Path(out).rglob("*.eml"))
                parts = {}
                for path in sent:
                    raw = path.read_bytes()
                    head = email.message_from_bytes(raw, policy=email.policy.default)
                    to = [address.addr_spec for address in head["To"].addresses]
                    office = path.parent.name
                    judge.holds(to == [f"{office}@example.org", f"deputy.{office}@example.org"], f"{path.name} goes to {to}")
                    with smtplib.SMTP("127.0.0.1", server.port) as client:
                        judge.holds(not client.sendmail(head["From"].addresses[0].addr_spec, to, raw), f"{path.name}: somebody was refused")
                    envelope = kept.envelopes.pop()
                    judge.holds(envelope.rcpt_tos == to, f"{path.name}: the server has {envelope.rcpt_tos}")
                    came = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
                    body = came.get_body().get_content()
                    judge.holds(len(body) > 100 and not came.defects, f"{path.name}: {came.defects}")
                    parts.setdefault(office, []).extend((part.get_filename(), part.get_payload(decode=True)) for part in came.iter_attachments())
                    judge.holds(len(raw) <= megabytes * 1_000_000, f"{path.name} has {len(raw)} bytes")
            finally:
                server.stop()
            for office, attached in sorted(parts.items()):
                [package] = (judge.work / DELIVERIES).glob(f"{office}-*.zip")
                archives = [(name, data) for name, data in attached if name.endswith(".zip")]
                if len(archives) == 1 and archives[0][0] == package.name:
                    judge.holds(archives[0][1] == package.read_bytes(), f"{office}: the attachment is not the package")
                    continue
                joined = {}
                for _, data in archives:
                    for name, inside in files(data).items():
                        judge.holds(name not in joined, f"{office}: {name} comes twice")
                        joined[name] = inside
                judge.holds(joined == files(package.read_bytes()), f"{office}: the parts are not the package")
            mailed = [code for number, code in enumerate(judge.offices()) if number % 3 == 0]
            judge.holds(sorted(parts) == sorted(map(judge.office, mailed)), f"mails for {sorted(parts)}")
            print(f"  {len(sent)} mails to {len(parts)} offices, of {megabytes} MB at most")


def free_port():
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def sftp(judge):
    import asyncssh

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        server, outbox = folder / "server", folder / "outbox"
        (server / "incoming").mkdir(parents=True)
        judge.run("outbox", "--quiet", DELIVERIES, "--out", outbox)
        outbox = outbox / PERIOD
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(str(folder / "key"))
        key.write_public_key(str(folder / "key.pub"))
        (folder / "key").chmod(0o600)

        def tree():
            return {path.relative_to(server).as_posix(): path.read_bytes() if path.is_file() else None for path in server.rglob("*")}

        async def all_runs():
            listening = await asyncssh.listen(
                "127.0.0.1",
                0,
                server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
                authorized_client_keys=str(folder / "key.pub"),
                sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(server).encode()),
            )
            trees = []
            for attempt in range(3):
                if attempt == 2:
                    # Somebody was cut off in the middle of a package.
                    for path in list(server.rglob("*.zip")):
                        path.with_name(f".{path.name}.part").write_bytes(path.read_bytes()[:1000])
                options = ["-oStrictHostKeyChecking=no", "-oUserKnownHostsFile=/dev/null", "-oIdentitiesOnly=yes", "-oLogLevel=ERROR"]
                done = await asyncio.create_subprocess_exec(
                    "sftp", "-F", "none", *options, "-i", str(folder / "key"), "-P", str(listening.get_port()), "-b", "sftp.batch", "office@127.0.0.1",
                    cwd=outbox, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                )
                told, _ = await done.communicate()
                judge.holds(done.returncode == 0, f"sftp: exit code {done.returncode}\n{told.decode()}")
                trees.append(tree())
            listening.close()
            return trees

        trees = asyncio.run(all_runs())
        expected = {}
        for number, code in enumerate(judge.offices()):
            if number % 3 == 1:
                office = judge.office(code)
                [package] = (judge.work / DELIVERIES).glob(f"{office}-*.zip")
                expected[f"incoming/{office} и другие/{package.name}"] = package.read_bytes()
        for attempt, there in enumerate(trees):
            files = {path: data for path, data in there.items() if data is not None}
            judge.holds(files == expected, f"run {attempt + 1} leaves {sorted(files)}")
        judge.holds(trees[0] == trees[1] == trees[2], "runs leave different trees")
        print(f"  {len(expected)} packages on the server after each of {len(trees)} runs")


def pades(judge):
    from datetime import datetime, timedelta, timezone

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A judge of deliveries")])
        now = datetime.now(timezone.utc)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
        certificate = builder.add_extension(usage, critical=True).sign(key, hashes.SHA256())
        (folder / "key.pem").write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        signer = signers.SimpleSigner.load(str(folder / "key.pem"), str(folder / "certificate.pem"))
        signed = folder / "signed"
        signed.mkdir()
        reports = sorted((judge.work / f"out/{PERIOD}").rglob("*.pdf"))
        for report in (reports[0], reports[len(reports) // 2], reports[-1]):
            with report.open("rb") as source, (signed / report.name).open("wb") as target:
                told = signers.PdfSignatureMetadata(field_name="Signature", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")
                signers.sign_pdf(IncrementalPdfFileWriter(source), told, signer=signer, output=target)
            with (signed / report.name).open("rb") as source:
                context = ValidationContext(trust_roots=[signer.signing_cert])
                status = validate_pdf_signature(PdfFileReader(source).embedded_signatures[0], context)
                judge.holds(status.bottom_line, f"{report.name}: {status.summary()}")
            judge.holds((signed / report.name).read_bytes().startswith(report.read_bytes()), f"{report.name}: what was signed is another")
        done = subprocess.run([judge.home / "tests/verapdf.sh", signed], capture_output=True, text=True)
        judge.holds(done.returncode == 0, f"veraPDF: {done.stdout}{done.stderr}")
        print(f"  {done.stdout.strip()}")


def minisign(judge):
    keys = judge.work / "private/keys"
    if not keys.exists():
        judge.run("keys", "private/keys", "--no-password")
    judge.run("sign", DELIVERIES, "--key", "private/keys/esep.key", "--date", "2026-02-01")
    signed = judge.packages() + [judge.work / f"out/{PERIOD}/manifest.json"]
    judge.run("sign", f"out/{PERIOD}", "--key", "private/keys/esep.key")
    for path in signed:
        done = subprocess.run(["minisign", "-Vm", path, "-p", keys / "esep.pub"], capture_output=True, text=True)
        judge.holds(done.returncode == 0, f"minisign: {path.name}: {done.stdout}{done.stderr}")
        sum = hashlib.sha256(path.read_bytes()).hexdigest()
        judge.holds(f"file {path.name}; sha256 {sum}" in done.stdout, f"minisign tells of {path.name}: {done.stdout}")
    with tempfile.TemporaryDirectory() as folder:
        changed = Path(folder) / signed[0].name
        shutil.copy(signed[0], changed)
        shutil.copy(f"{signed[0]}.minisig", folder)
        changed.write_bytes(changed.read_bytes()[:-1])
        done = subprocess.run(["minisign", "-Vm", changed, "-p", keys / "esep.pub"], capture_output=True)
        judge.holds(done.returncode != 0, "minisign accepts a signature of another file")
    print(f"  {len(signed)} signatures accepted")


def cose(judge):
    keys = judge.work / "private/keys"
    if not keys.exists():
        judge.run("keys", "private/keys", "--no-password")
    public = base64.b64decode((keys / "esep.pub").read_text().splitlines()[1])
    signed = yaml.safe_load(judge.run("sign", f"out/{PERIOD}", "--codes", "--key", "private/keys/esep.key"))
    judge.holds(base64.b64decode(signed["key"]) == public, "the file of codes names another key")
    table = judge.work / f"out/{PERIOD}/results.csv"
    for code in signed["codes"]:
        message = Sign1Message.decode(base45.b45decode(code.removeprefix("ESEP1:")))
        message.key = OKPKey(crv="ED25519", x=public[10:])
        number, edition, seal = cbor2.loads(message.payload)
        region = number.removesuffix(f"-{PERIOD}")
        known = hashlib.sha256(lines_of_region(table, region)).digest()[:16]
        judge.holds(message.verify_signature() and (edition, seal) == (1, known), f"{number}: another signature, edition or hash")
    print(f"  {len(signed['codes'])} signed codes accepted")


def offline(judge):
    def tree(folder):
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file()}

    probe = "import socket; socket.create_connection(('127.0.0.1', 9))"
    done = subprocess.run(["unshare", "--map-root-user", "--net", sys.executable, "-c", probe], capture_output=True, text=True)
    judge.holds("unreachable" in done.stderr, f"there is a network without one: {done.stderr}")
    if not (judge.work / "private/keys").exists():
        judge.run("keys", "private/keys", "--no-password")
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for without in (False, True):
            place = Path(folder) / ("offline" if without else "online")
            judge.run("deliver", "--quiet", "--out", place / "deliveries", offline=without)
            unsigned = tree(place / "deliveries")
            judge.run("outbox", "--quiet", place / "deliveries" / PERIOD, "--out", place / "outbox", offline=without)
            told = [judge.run("verify", path, offline=without) for path in sorted((place / "deliveries" / PERIOD).glob("*.zip"))]
            judge.run("sign", "--quiet", place / "deliveries" / PERIOD, "--key", "private/keys/esep.key", offline=without)
            signed = tree(place / "deliveries")
            # Two signatures of a file differ; they are judged by what they are of.
            judge.holds({path: data for path, data in signed.items() if not path.endswith(".minisig")} == unsigned, "signing changes packages")
            for path in sorted((place / "deliveries" / PERIOD).glob("*.zip")):
                done = subprocess.run(["minisign", "-Vqm", path, "-p", judge.work / "private/keys/esep.pub"])
                judge.holds(done.returncode == 0, f"minisign refuses {path.name}")
                told.append(judge.run("verify", path, "--key", "private/keys/esep.pub", offline=without))
            told = [text.replace(str(place), "") for text in told]
            found[without] = (unsigned, sorted(signed), tree(place / "outbox"), told)
        for what, online, off in zip(("packages", "signatures", "outbox", "verdicts"), found[False], found[True]):
            judge.holds(online and online == off, f"{what} differ without a network")
        print(f"  {len(found[True][0])} files of packages, {len(found[True][2])} of the outbox, {len(found[True][3])} verdicts are the same")


def code_on_page(report):
    """The texts of the QR codes on the first page of a report."""
    import zxingcpp
    from PIL import Image

    page = subprocess.run(["pdftoppm", "-r", "200", "-f", "1", "-l", "1", "-png", report], capture_output=True, check=True).stdout
    return [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(page))) if code.format == zxingcpp.BarcodeFormat.QRCode]


def lines_of_region(table, region):
    """The lines of `results.csv` of a region, as they stand there, with their ends, without the header."""
    own = []
    for line in table.read_bytes().splitlines(keepends=True)[1:]:
        [row] = csv.reader([line.decode("utf-8")])
        if row[2] == region:
            own.append(line)
    return b"".join(own)


def qr(judge):
    """The code is `ESEP <document number> ED <edition> SHA256 <32 hex digits>`: the beginning of the hash of the region's lines of `results.csv`."""
    out = judge.work / f"out/{PERIOD}"
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    reports = [entry for entry in manifest["reports"] if entry["kind"] == "report"]
    read = 0
    for entry in reports[:: max(1, len(reports) // 40)]:
        codes = [text for text in code_on_page(out / entry["path"]) if text.startswith("ESEP ")]
        if len(codes) != 1:
            judge.fault(f"{entry['path']}: expected one code on the first page, found {codes}")
            continue
        parts = re.fullmatch(r"ESEP (\S+) ED ([0-9]+) SHA256 ([0-9A-F]{32})", codes[0])
        if not parts:
            judge.fault(f"{entry['path']}: the code says `{codes[0]}`")
            continue
        number, edition, hash = parts.groups()
        expected = hashlib.sha256(lines_of_region(out / "results.csv", entry["region"])).hexdigest()[:32].upper()
        judge.holds(number == f"{entry['region']}-{manifest['period']}", f"{entry['path']}: the code is that of {number}")
        judge.holds(number in text_of(out / entry["path"]), f"{entry['path']}: the number {number} is not printed")
        judge.holds(int(edition) == entry["edition"], f"{entry['path']}: edition {edition} in the code, {entry['edition']} in the manifest")
        judge.holds(hash == expected, f"{entry['path']}: the hash in the code is not that of its lines of results.csv")
        read += 1
    print(f"  {read} codes read")


STEPS = {step.__name__: step for step in (packages, canaries, tables, flips, mails, sftp, pades, minisign, cose, offline, qr)}


def main(esep, home, work, *steps):
    unknown = [step for step in steps if step not in STEPS]
    if unknown:
        raise SystemExit(f"no step {', '.join(unknown)}; there are {', '.join(STEPS)}")
    judge = Judge(esep, home, work)
    judge.prepare()
    for name in steps or STEPS:
        before = judge.faults
        begun = time.monotonic()
        print(name, flush=True)
        STEPS[name](judge)
        print(f"  {'as it should be' if judge.faults == before else 'NOT as it should be'}, {time.monotonic() - begun:.0f} s", flush=True)
    print(f"{judge.faults} faults")
    return 1 if judge.faults else 0


sys.exit(main(*sys.argv[1:]))
