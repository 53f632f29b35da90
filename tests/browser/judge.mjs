/* Judges the site of a release: one line a check, then its faults. `node judge.mjs RELEASE`; 1 when a check fails. */
import { fileURLToPath } from "node:url";
import { Release } from "./release.mjs";
import * as driven from "./driven.mjs";
import * as written from "./written.mjs";

const [folder] = process.argv.slice(2);
const { CHROMIUM = "/usr/bin/chromium", SHOTS } = process.env;
/** As many faults of a check are told. */
const SHOWN = 20;
let failed = false;

function tell({ name, told, faults: all, notes = [] }) {
  const faults = [...new Set(all)].sort();
  failed ||= faults.length > 0;
  console.log(`${faults.length ? "FAIL" : "ok  "} ${name}: ${told}`);
  faults.slice(0, SHOWN).forEach((fault) => console.log(`     ${fault}`));
  if (faults.length > SHOWN) console.log(`     and ${faults.length - SHOWN} more`);
  notes.forEach((note) => console.log(`     (${note})`));
}

const release = new Release(folder);
const kinds = release.kinds();
const markup = written.markup(release, fileURLToPath(import.meta.resolve("vnu-jar/build/dist/vnu.jar")));
const { links, listing, downloads, tables, numbers, sentences, weights } = written;
for (const check of [links, listing, downloads, tables, numbers, sentences, weights]) tell(check(release));
tell(await markup);

const browser = await driven.launch(CHROMIUM);
const visit = new driven.Visit(browser, release);
tell(await driven.opening(visit));
tell(await driven.accessibility(visit, kinds));
tell(await driven.finding(visit));
tell(await driven.scriptless(visit, kinds));
tell(await driven.tools(visit, kinds));
if (SHOTS) tell(await driven.pictures(visit, kinds, SHOTS));
tell(driven.complaints(visit));
await browser.close();
process.exit(failed ? 1 : 0);
