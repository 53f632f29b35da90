#!/usr/bin/env bash
# Makes the pictures that gallery.md and the README show: a page of each kind of document, and every chart with its edge cases; and the sample
# of a whole report.
# Needs pdftoppm (poppler) and convert (ImageMagick).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo test --test gallery
rm -f docs/images/gallery-*.png
for family in ranked-dots bars bullet trends tile-map shares gap-ladder; do
  # Families in turn in one of the three languages.
  case $family in ranked-dots | shares | gap-ladder) language=kk ;; bars | trends | tile-map) language=ru ;; *) language=en ;; esac
  pdftoppm -r 100 -png "target/tmp/gallery-$family-$language.pdf" "target/tmp/page-$family"
  for page in target/tmp/page-"$family"-*.png; do
    picture="docs/images/gallery-${page##*/page-}"
    # The empty rest of a page is cut off.
    convert "$page" -gravity north -chop 0x70 -gravity south -chop 0x80 -gravity center -trim +repage -bordercolor white -border 12 +dither -colors 48 -define png:exclude-chunks=date,time "$picture"
    rm "$page"
  done
done

# A page of each kind of document.
pages=target/tmp/pages
rm -rf "$pages"*
cargo run -q -- build --quiet --region 620000000 --language ru --language kk --language en --out "$pages"
cargo run -q -- build --quiet --level republic --language ru --out "$pages-top"
cargo run -q -- build --quiet --region 620000000 --level oblast --language ru --audience internal --out "$pages-internal"
cargo run -q -- sheets --quiet --unit 000039100008 --language ru --out "$pages-units"
# picture NAME PAGE FILE
picture() {
  pdftoppm -r 75 -f "$2" -l "$2" -singlefile -png "$3" "target/tmp/$1"
  convert "target/tmp/$1.png" +dither -colors 64 -define png:exclude-chunks=date,time "docs/images/$1.png"
}
oblast=("$pages"/2025/ru/*)
picture page 1 "${oblast[0]}"/622*.pdf
picture page-english 1 "$pages"/2025/en/*/622*.pdf
cp "$pages"/2025/en/*/622*.pdf docs/samples/district-report.pdf
picture page-around 3 "$pages"/2025/kk/*/622*.pdf
picture page-regional 8 "${oblast[0]}"/620*.pdf
# The report beside it has a shorter name.
picture page-protocol 2 "$(ls "$pages-internal"/2025/ru/*/620*.pdf | awk '{ print length, $0 }' | sort -n | tail -1 | cut -d' ' -f2-)"
picture page-brief 2 "$pages-top"/2025/ru/*.pdf
picture page-national 19 "$pages-top"/2025/ru/*.pdf
picture page-unit 1 "$(find "$pages-units" -name '*.pdf')"
ls -l docs/images/*.png
