/* What a site does in a browser, over `file://` and with the network off. Every check answers { name, told, faults }. */
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { printed } from "./written.mjs";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** A telephone, a screen enlarged twice, a screen. */
const SIZES = {
  320: { width: 320, height: 640 },
  "200%": { width: 640, height: 400, scale: 2 },
  1280: { width: 1280, height: 800 },
};
/** Keys that finding a region may take, from the first page of a language. */
const KEYS = 6;
const axe = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const spoken = (count) => count.toLocaleString("en");

export function launch(executablePath) {
  const closed = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--no-first-run", ...closed] });
}

/** The pages of a release in a browser, and all that they complain of. */
export class Visit {
  constructor(browser, release) {
    Object.assign(this, { browser, release, faults: [], requests: 0 });
  }

  address(page) {
    return pathToFileURL(join(this.release.site, page)).href;
  }

  /** A new tab at a size; what it complains of becomes a fault. */
  async tab({ width = 1280, height = 800, scale = 1, ...options } = {}) {
    const context = await this.browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale, ...options });
    await context.setOffline(true);
    const tab = await context.newPage();
    const here = () => decodeURI(tab.url()).split("/site/")[1] ?? tab.url();
    tab.on(
      "console",
      (message) => message.type() === "error" && this.faults.push(`${here()}: the console tells: ${message.text()}`),
    );
    tab.on("pageerror", (fault) => this.faults.push(`${here()}: an error in a script: ${fault.message}`));
    tab.on("requestfailed", (request) => this.faults.push(`${here()}: cannot be read: ${request.url()}`));
    tab.on("request", (request) => {
      this.requests++;
      if (!request.url().startsWith("file:")) this.faults.push(`${here()}: asks for ${request.url()}`);
    });
    return tab;
  }

  /** Does something with every page, in two tabs at a time. */
  async each(pages, options, act) {
    const left = [...pages];
    const work = async () => {
      const tab = await this.tab(options);
      for (let page = left.shift(); page !== undefined; page = left.shift()) {
        await tab.goto(this.address(page));
        await act(tab, page);
      }
      await tab.context().close();
    };
    await Promise.all([work(), work()]);
  }
}

const unfold = (tab) => tab.evaluate(() => document.querySelectorAll("details").forEach((part) => part.setAttribute("open", "")));
/** By how many pixels a page is wider than the screen. */
const sideways = (tab) => tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Every page opens without a complaint, asks for nothing but files, and never scrolls sideways on a telephone. */
export async function opening(visit) {
  const faults = [];
  await visit.each(visit.release.pages, SIZES[320], async (tab, page) => {
    const over = await sideways(tab);
    if (over > 0) faults.push(`${page}: ${over} px wider than a screen of 320 px`);
  });
  return {
    name: "opening",
    told: `${visit.release.pages.length} pages at 320 px, ${faults.length} wider than the screen`,
    faults,
  };
}

/** No page of any kind breaks a rule of WCAG 2.2 AA or of good practice, at any size, with all that folds unfolded. */
export async function accessibility(visit, kinds) {
  const faults = [];
  let passed = 0;
  for (const [size, options] of Object.entries(SIZES)) {
    await visit.each(kinds, options, async (tab, page) => {
      await unfold(tab);
      await tab.evaluate(axe);
      const { violations, passes } = await tab.evaluate(
        (values) => window.axe.run(document, { runOnly: { type: "tag", values }, preload: false, resultTypes: ["violations"] }),
        RULES,
      );
      passed += passes.length;
      for (const { id, nodes } of violations)
        faults.push(`${page} at ${size}: ${id}, ${nodes.length} times, first ${nodes[0].html.slice(0, 200)}`);
      const over = await sideways(tab);
      if (over > 0) faults.push(`${page} at ${size}: scrolls sideways by ${over} px when unfolded`);
    });
  }
  const sizes = Object.keys(SIZES).join(", ");
  const told = `${kinds.length} pages of all kinds at ${sizes}: ${faults.length} violations, ${spoken(passed)} rules passed`;
  return { name: "accessibility", told, faults };
}

/** From the first page of a language a region is found in few keys: Tab to the search, first letters of a word of its name, Enter. */
export async function finding(visit) {
  const faults = [];
  const told = [];
  const tab = await visit.tab();
  for (const language of visit.release.languages) {
    const { regions } = visit.release.regions(language);
    const home = visit.address(`${language}/index.html`);
    const levels = new Map(visit.release.results.regions.map((region) => [region.code, region.level]));
    const firsts = visit.release.results.levels
      .map((level) => regions.find((region) => levels.get(region.code) === level.id))
      .filter(Boolean);
    for (const region of [...firsts, regions.at(-1)]) {
      for (const [by, spellings] of [
        ["its name", [region.name]],
        ["another spelling", region.other],
      ]) {
        const keys = await quickest(tab, home, region, spellings, visit.address(`${language}/${region.page}`));
        if (!keys) faults.push(`${language}: ${region.name} is not found by ${by} in ${KEYS} keys`);
      }
    }
    await tab.goto(home);
    const asked = regions.map((region) => ({ name: region.name, spellings: [region.name, ...region.other] }));
    const { lost, quick } = await tab.evaluate(
      ([regions, letters]) => {
        const input = document.getElementById("find");
        const found = (text) => {
          input.value = text;
          input.dispatchEvent(new Event("input"));
          return [...document.querySelectorAll("#found [role=option]")].map((option) => option.textContent);
        };
        const lost = regions.flatMap(({ name, spellings }) =>
          spellings.filter((spelling) => !found(spelling).includes(name)).map((spelling) => `${name} by "${spelling}"`),
        );
        const starts = (spelling) =>
          spelling.split(/[\s(]+/).flatMap((word) => Array.from({ length: letters }, (_, count) => word.slice(0, count + 1)));
        const near = ({ name, spellings }) =>
          spellings.flatMap(starts).some((start) => {
            const place = found(start).indexOf(name);
            return place >= 0 && start.length + place <= letters;
          });
        return { lost, quick: regions.filter(near).length };
      },
      [asked, KEYS - 3],
    );
    lost.forEach((one) => faults.push(`${language}: the search does not list ${one}`));
    const spellings = asked.reduce((sum, region) => sum + region.spellings.length, 0);
    told.push(`${language}: ${spellings} spellings of ${regions.length} regions, ${quick} regions within ${KEYS} keys`);
  }
  await tab.context().close();
  return { name: "finding", told: told.join("; "), faults };
}

/** The keys of the shortest way to a region by one of the spellings, pressed one by one; nothing when there is none. */
async function quickest(tab, home, region, spellings, address) {
  const starts = spellings
    .flatMap((spelling) => spelling.split(/[\s(]+/))
    .filter((word) => word.length > 2)
    .map((word) => word.slice(0, KEYS - 3).toLowerCase());
  for (const start of new Set(starts)) {
    await tab.goto(home);
    let keys = 0;
    const press = async (name) => {
      keys++;
      await tab.keyboard.press(name);
    };
    while (keys < 3 && (await tab.evaluate(() => document.activeElement.id)) !== "find") await press("Tab");
    for (const letter of start) {
      keys++;
      await tab.keyboard.insertText(letter);
      const place = await tab.evaluate(
        (name) => [...document.querySelectorAll("#found [role=option]")].findIndex((option) => option.textContent === name),
        region.name,
      );
      if (place < 0 || keys + place + 1 > KEYS) continue;
      for (let step = 0; step < place; step++) await press("ArrowDown");
      const told = await tab.evaluate(
        () => document.getElementById(document.activeElement.getAttribute("aria-activedescendant"))?.textContent,
      );
      await press("Enter");
      await tab.waitForURL(address, { timeout: 5000 }).catch(() => {});
      return told === region.name && tab.url() === address ? keys : null;
    }
  }
  return null;
}

/** Without scripts the same cells stand on the pages, no control that would do nothing is seen, and paper shows what is folded. */
export async function scriptless(visit, kinds) {
  const faults = [];
  const read = async (options) => {
    const pages = new Map();
    await visit.each(kinds, options, async (tab, page) => {
      pages.set(
        page,
        await tab.evaluate(() =>
          [...document.querySelectorAll("th, td, .tiles li")].map((cell) => cell.textContent.trim()).sort(),
        ),
      );
      if (options.javaScriptEnabled !== false) return;
      const idle = await tab.evaluate(
        () => [...document.querySelectorAll(".scripted, button, input, select")].filter((node) => node.checkVisibility()).length,
      );
      if (idle) faults.push(`${page}: ${idle} controls are seen that do nothing without scripts`);
      const hidden = await tab.evaluate(
        () =>
          [...document.querySelectorAll("main .map, main table")].filter(
            (node) => !node.closest("details") && !node.checkVisibility(),
          ).length,
      );
      if (hidden) faults.push(`${page}: ${hidden} maps and tables are hidden without scripts`);
      await tab.emulateMedia({ media: "print" });
      const folded = await tab.evaluate(
        () => [...document.querySelectorAll("details > :not(summary)")].filter((node) => !node.checkVisibility()).length,
      );
      if (folded) faults.push(`${page}: ${folded} folded parts are not printed`);
      await tab.emulateMedia({ media: "screen" });
    });
    return pages;
  };
  const [without, scripted] = [await read({ javaScriptEnabled: false }), await read({})];
  let cells = 0;
  for (const page of kinds) {
    cells += without.get(page).length;
    if (without.get(page).join("\n") !== scripted.get(page).join("\n"))
      faults.push(`${page}: other cells without scripts than with them`);
  }
  return {
    name: "scripts off",
    told: `${spoken(cells)} cells of ${kinds.length} pages are the same with scripts and without; all that folds is printed`,
    faults,
  };
}

/** Sorting, filtering, the choice of a map and the comparison, by keys alone. */
export async function tools(visit, kinds) {
  const faults = [];
  const count = { columns: 0, filters: 0, maps: 0, comparisons: 0 };
  const within = kinds.filter((page) => page.includes("/"));
  await visit.each(within, SIZES[1280], async (tab, page) => {
    const fault = (text) => faults.push(`${page}: ${text}`);
    await unfold(tab);
    const tried = {
      columns: await sorting(tab, fault),
      filters: await filtering(tab, fault),
      maps: await choosing(tab, fault),
      comparisons: await comparing(tab, fault, visit.release.regions(page.split("/")[0]), page),
    };
    for (const [name, times] of Object.entries(tried)) count[name] += times;
  });
  const { columns, filters, maps, comparisons } = count;
  const told = `${columns} columns sorted both ways, ${filters} tables filtered, ${maps} maps chosen, ${comparisons} regions compared, by keys`;
  return { name: "tools", told, faults };
}

/** Sorts the first table of the page, and the last, by every column and both ways; tells how many columns. */
async function sorting(tab, fault) {
  const tables = tab.locator("table.sortable");
  const total = await tables.count();
  const decimal = await tab.evaluate(() => document.documentElement.dataset.decimal);
  let columns = 0;
  for (const position of new Set(total ? [0, total - 1] : [])) {
    const table = tables.nth(position);
    const heads = table.locator("thead th");
    for (let at = 0; at < (await heads.count()); at++) {
      columns++;
      const head = heads.nth(at);
      await head.locator("button").focus();
      const told = new Set();
      for (const press of ["first", "second"]) {
        await tab.keyboard.press("Enter");
        const { sort, texts, alphabet } = await head.evaluate((head) => {
          const texts = [...head.closest("table").tBodies[0].rows].map((row) => row.cells[head.cellIndex].textContent.trim());
          // Not every browser knows the alphabet of every language; its own order is asked for.
          const alphabet = texts.toSorted((one, other) => one.localeCompare(other, document.documentElement.lang));
          return { sort: head.getAttribute("aria-sort"), texts, alphabet };
        });
        told.add(sort);
        const order = texts.map((text) => (at === 0 ? { size: alphabet.indexOf(text) } : printed(text, decimal)));
        const odd = order.findIndex((one) => one?.odd);
        if (odd >= 0) {
          fault(`column ${at + 1} holds what cannot be sorted as a number: "${texts[odd]}"`);
          break;
        }
        const present = texts.filter((_, place) => order[place] !== null);
        const numbers = order.filter((one) => one !== null);
        const turned = sort === "descending" ? -1 : 1;
        const wrong = numbers.findIndex((one, place) => place > 0 && turned * (numbers[place - 1].size - one.size) > 0);
        if (wrong > 0)
          fault(`column ${at + 1}, ${press} press, ${sort}: "${present[wrong - 1]}" stands before "${present[wrong]}"`);
        if (order.slice(0, numbers.length).includes(null))
          fault(`column ${at + 1}, ${sort}: what has no number does not come last`);
      }
      if (!told.has("ascending") || !told.has("descending")) fault(`column ${at + 1} is sorted one way only`);
    }
  }
  return columns;
}

/** Filters the first table that can be filtered by the beginning of the name in its last row, then takes the filter away. */
async function filtering(tab, fault) {
  const input = tab.locator(".filter input").first();
  const longest = await tab
    .locator("table.sortable")
    .evaluateAll((all) => Math.max(0, ...all.map((table) => table.tBodies[0].rows.length)));
  if (!(await input.count())) return longest > 20 ? (fault(`a table of ${longest} rows has no filter`) ?? 0) : 0;
  const state = () =>
    input.evaluate((input) => {
      const rows = [...input.closest(".filter").nextElementSibling.querySelector("table").tBodies[0].rows];
      return { names: rows.map((row) => row.cells[0].textContent.trim()), seen: rows.map((row) => row.checkVisibility()) };
    });
  const { names } = await state();
  const wanted = names.at(-1).slice(0, 5).toLowerCase();
  await input.focus();
  await tab.keyboard.insertText(wanted);
  const { seen } = await state();
  names.forEach((name, place) => {
    if (seen[place] !== name.toLowerCase().includes(wanted))
      fault(`filtered by "${wanted}", the row "${name}" is ${seen[place] ? "seen" : "hidden"}`);
  });
  await tab.keyboard.press("Control+A");
  await tab.keyboard.press("Delete");
  if ((await state()).seen.includes(false)) fault("rows stay hidden when the filter is taken away");
  return 1;
}

/** Goes through the maps of the page; exactly the chosen one is seen. */
async function choosing(tab, fault) {
  const select = tab.locator("#map");
  if (!(await select.count())) return 0;
  await select.focus();
  const total = await tab.locator("#map option").count();
  for (let place = 0; place < total; place++) {
    if (place) await tab.keyboard.press("ArrowDown");
    const { seen, chosen } = await select.evaluate((select) => ({
      seen: [...document.querySelectorAll(".map")].filter((map) => map.checkVisibility()).map((map) => map.id),
      chosen: select.options[select.selectedIndex].value,
    }));
    if (seen.join() !== chosen || (await tab.evaluate(() => document.getElementById("map").selectedIndex)) !== place)
      fault(`map ${place + 1} of ${total}: chosen ${chosen}, seen ${seen}`);
  }
  return total;
}

/** Adds a region to the comparison, compares its cells with what the search knows, asks for one there is not, removes the first. */
async function comparing(tab, fault, { indicators, regions }, page) {
  const input = tab.locator("#other");
  if (!(await input.count())) return 0;
  const region = regions.findLast((region) => !page.endsWith(region.page));
  await input.focus();
  await tab.keyboard.insertText(region.name);
  await tab.keyboard.press("Enter");
  const row = tab.locator(`#matrix tr[data-region="${region.code}"]`).last();
  const columns = await tab
    .locator("#matrix thead th")
    .evaluateAll((heads) => heads.slice(1).map((head) => head.dataset.indicator));
  if (!(await row.count())) return fault(`${region.name} is not added to the comparison`) ?? 1;
  const cells = await row.locator("td").allTextContents();
  if (cells.join("|") !== columns.map((id) => region.values[indicators.indexOf(id)]).join("|"))
    fault(`${region.name} is compared by other values: ${cells.join(" ")}`);
  await tab.keyboard.insertText("0000");
  await tab.keyboard.press("Enter");
  if (!(await tab.locator("#told").textContent())) fault("nothing is told of a region that there is not");
  await row.locator("button").focus();
  await tab.keyboard.press("Enter");
  if (await row.count()) fault(`${region.name} stays in the comparison`);
  if ((await tab.evaluate(() => document.activeElement.id)) !== "other") fault("the focus is lost when a region is removed");
  return 1;
}

/** Pictures of every kind of page for people to look at: on a telephone, on a screen, in forced colours, on paper. */
export async function pictures(visit, kinds, folder) {
  await mkdir(folder, { recursive: true });
  const path = (page, what) => join(folder, `${page.replaceAll("/", "-").replace(/\.html$/, "")}-${what}`);
  await visit.each(kinds, { ...SIZES[320], scale: 2 }, (tab, page) =>
    tab.screenshot({ path: path(page, "320.png"), fullPage: true }),
  );
  await visit.each(kinds, SIZES[1280], async (tab, page) => {
    await tab.screenshot({ path: path(page, "1280.png"), fullPage: true });
    await tab.emulateMedia({ forcedColors: "active", colorScheme: "dark" });
    await tab.screenshot({ path: path(page, "forced.png"), fullPage: true });
    await tab.emulateMedia({ forcedColors: null, colorScheme: null });
    await tab.pdf({ path: path(page, "print.pdf"), format: "A4" });
  });
  return { name: "pictures", told: `${kinds.length * 4} in ${folder}`, faults: [] };
}

/** What all tabs complained of. */
export function complaints({ requests, faults }) {
  const told = `${spoken(requests)} requests, for files only, with the network off; ${faults.length} complaints of the console and of scripts`;
  return { name: "file://", told, faults };
}
