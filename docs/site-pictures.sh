#!/usr/bin/env bash
# Makes the pictures of pages for a browser that site.md shows. Needs chromium and convert (ImageMagick).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

release=target/tmp/site-pictures
rm -rf "$release"
cargo run -q -- build --quiet --out "$release"
pages=$PWD/$release/2025/site
# picture NAME PAGE WIDTH HEIGHT
picture() {
  profile=$(mktemp -d)
  # Without a network, the browser must not look for updates.
  chromium --headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run \
    --hide-scrollbars --user-data-dir="$profile" --window-size="$3,$4" --screenshot="target/tmp/$1.png" "file://$pages/$2" 2>/dev/null
  convert "target/tmp/$1.png" +dither -colors 64 -define png:exclude-chunks=date,time "docs/images/$1.png"
  rm -rf "$profile"
}
picture site-home ru/index.html 1200 1500
picture site-region kk/region/351000000.html 1200 2000
picture site-indicator ru/indicator/2.2.html 1200 1700
picture site-narrow ru/region/351000000.html 400 1200
