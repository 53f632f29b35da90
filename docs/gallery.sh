#!/usr/bin/env bash
# Sets the gallery of charts and makes the pictures that gallery.md shows. Needs pdftoppm (poppler) and convert (ImageMagick).
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
    convert "$page" -gravity north -chop 0x70 -gravity south -chop 0x80 -gravity center -trim +repage -bordercolor white -border 12 +dither -colors 48 "$picture"
    rm "$page"
  done
done
ls -l docs/images/gallery-*.png
