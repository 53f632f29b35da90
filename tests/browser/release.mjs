/* A release as it lies on the disk: its tables, its manifest, the pages of its site. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parse } from "parse5";

/** A table with a head, as objects; fields in quotes may hold commas, quotes and ends of lines. */
export function table(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ",") rows.push([]);
  }
  const [head, ...body] = rows.filter((row) => row.length === rows[0].length);
  return body.map((row) => Object.fromEntries(head.map((name, column) => [name, row[column]])));
}

/** Which number: the key of a row of the results. */
export const key = (indicator, region, slice = "") => [indicator, region, slice].join("|");

/* What a tree of a page answers. */
export const attribute = (node, name) => node.attrs?.find((one) => one.name === name)?.value;
export const words = (node) => (node.nodeName === "#text" ? node.value : (node.childNodes ?? []).map(words).join(""));
export const children = (node, ...names) => (node?.childNodes ?? []).filter((child) => names.includes(child.nodeName));
export function* elements(node, ...names) {
  for (const child of node.childNodes ?? []) {
    if (child.tagName && (!names.length || names.includes(child.tagName))) yield child;
    yield* elements(child, ...names);
  }
}
/** The nearest value of an attribute, on the element itself or above it. */
export function inherited(node, name) {
  for (let at = node; at; at = at.parentNode) {
    const value = attribute(at, name);
    if (value !== undefined) return value;
  }
}

export class Release {
  constructor(folder) {
    this.folder = resolve(folder);
    this.site = join(this.folder, "site");
    this.manifest = JSON.parse(this.read("manifest.json"));
    this.results = JSON.parse(this.read("results.json"));
    this.lines = this.read("results.csv").trimEnd().split("\n");
    const period = this.manifest.period;
    this.rows = table(this.read("results.csv")).filter((row) => row.period === period);
    this.byKey = new Map(this.rows.map((row) => [key(row.indicator, row.region, row.slice), row]));
    for (const { indicator, region, slice, target } of this.results.rows) {
      const row = this.byKey.get(key(indicator, region, slice));
      if (row) row.target = target;
    }
    const periods = this.results.periods.map((one) => one.id);
    this.previous = periods[periods.indexOf(period) - 1];
    this.files = readdirSync(this.site, { recursive: true })
      .map(String)
      .filter((path) => statSync(join(this.site, path)).isFile())
      .sort();
    this.pages = this.files.filter((path) => path.endsWith(".html"));
    this.languages = [...new Set(this.pages.filter((path) => path.includes("/")).map((path) => path.split("/")[0]))];
    this.listed = new Map(
      Object.values(this.manifest)
        .filter(Array.isArray)
        .flat()
        .filter((entry) => entry.path && entry.sha256)
        .map((entry) => [entry.path, entry]),
    );
    this.known = new Map();
  }

  read(path) {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** The tree of a page. */
  tree(page) {
    return parse(this.read(join("site", page)));
  }

  /** The path, from the folder of the release, of what a reference on a page leads to. */
  target(page, reference) {
    return relative(this.folder, resolve(this.site, dirname(page), decodeURIComponent(reference)));
  }

  /** Size and SHA-256 of a file, or nothing when there is none. */
  file(path) {
    if (!this.known.has(path)) {
      const full = join(this.folder, path);
      const there = existsSync(full) && statSync(full).isFile();
      const bytes = there ? readFileSync(full) : null;
      this.known.set(path, there ? { size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") } : null);
    }
    return this.known.get(path);
  }

  /** What the search of a language knows: `esep` of its `regions.js`. */
  regions(language) {
    return JSON.parse(
      this.read(`site/${language}/regions.js`)
        .replace(/^\s*var esep\s*=\s*/, "")
        .replace(/;\s*$/, ""),
    );
  }

  /**
   * One page of every kind in every language: those that stand alone; of regions the first of each level, the one with the fewest
   * values and the heaviest; of indicators the first of each section, the heaviest and the lightest.
   */
  kinds() {
    const values = new Map();
    for (const row of this.rows) if (!row.slice && row.value) values.set(row.region, (values.get(row.region) ?? 0) + 1);
    const kinds = new Set(["index.html"]);
    for (const language of this.languages) {
      const within = (folder) => this.pages.filter((page) => page.startsWith(`${language}/${folder}/`));
      const byWeight = (pages) => pages.toSorted((one, other) => this.file(`site/${one}`).size - this.file(`site/${other}`).size);
      const codes = within("region").map((page) => page.split("/").at(-1).slice(0, -".html".length));
      const fewest = codes.toSorted((one, other) => (values.get(one) ?? 0) - (values.get(other) ?? 0))[0];
      const firsts = this.results.levels.map(
        (level) => this.results.regions.find((region) => region.level === level.id && codes.includes(region.code))?.code,
      );
      const regions = [...firsts, fewest].filter(Boolean).map((code) => `${language}/region/${code}.html`);
      const leads = this.results.sections.map(
        (section) => this.results.indicators.find((indicator) => indicator.section === section.id)?.id,
      );
      const indicators = leads.filter(Boolean).map((id) => `${language}/indicator/${id}.html`);
      const weighed = [
        byWeight(within("region")).at(-1),
        byWeight(within("indicator")).at(-1),
        byWeight(within("indicator"))[0],
      ].filter(Boolean);
      const alone = this.pages.filter((page) => page.startsWith(`${language}/`) && page.split("/").length === 2);
      [...alone, ...regions, ...indicators, ...weighed]
        .filter((page) => this.pages.includes(page))
        .forEach((page) => kinds.add(page));
    }
    return [...kinds];
  }
}
