/* What the files of a site say, read without a browser: links, downloads, numbers. Every check answers { name, told, faults }. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { attribute, children, elements, inherited, key, words } from "./release.mjs";

const blank = /[\s\u00a0\u2009\u202f]/g;
const decimals = (text) => (text.split(".")[1] ?? "").length;
const spoken = (count) => count.toLocaleString("en");

/**
 * A number as it is printed: its size, its digits after the decimal sign, the sign of "less than" before it, the unit and the marks after
 * it. A text without digits is none; one with digits that is not a number is odd.
 */
export function printed(text, decimal) {
  const parts = text.replace(blank, "").match(/^([<>]?)([-−–+]?)([\d.,]+)(\D*)$/);
  if (!parts) return /\d/.test(text) ? { odd: true } : null;
  const [, bound, sign, figure, rest] = parts;
  const plain = figure.replace(decimal, "·").replaceAll(/[.,]/g, "").replace("·", ".");
  return { size: (sign && sign !== "+" ? -1 : 1) * Number(plain), digits: decimals(plain), bound, rest };
}

/** Whether a printed text tells a value of the results: the same number, rounded as printed, and no number where there is none. */
export function same(text, value, decimal) {
  const number = printed(text, decimal);
  if (!value) return number === null;
  if (!number || number.odd) return false;
  const away = Math.abs(number.size - Number(value));
  if (number.bound) return away <= 10 ** -number.digits;
  return away <= (decimals(value) > number.digits ? 0.5 * 10 ** -number.digits : 0) + 1e-9;
}

/**
 * Every reference leads to a file, every fragment to a place in it; every page is reached from the first one by links alone, and leads to
 * itself in the other languages.
 */
export function links(release) {
  const faults = [];
  const places = new Map();
  const wanted = [];
  const leads = new Map();
  let count = 0;
  let outside = 0;
  for (const page of release.pages) {
    const here = new Set();
    const on = new Set();
    for (const node of elements(release.tree(page))) {
      const id = attribute(node, "id");
      if (id !== undefined && here.has(id)) faults.push(`${page}: two places with the id "${id}"`);
      if (id !== undefined) here.add(id);
      for (const name of ["href", "src"]) {
        const reference = attribute(node, name);
        if (reference === undefined) continue;
        count++;
        if (/^[a-z]+:/i.test(reference)) {
          outside++;
          if (node.tagName !== "a") faults.push(`${page}: <${node.tagName}> needs the network: ${reference}`);
          continue;
        }
        const [path, fragment] = reference.split("#");
        const target = path ? release.target(page, path) : `site/${page}`;
        if (target.startsWith("..") || !release.file(target)) faults.push(`${page}: no file for ${reference}`);
        else if (fragment !== undefined) wanted.push([page, reference, target, decodeURIComponent(fragment)]);
        if (node.tagName === "a" && target.startsWith("site/")) on.add(target.slice("site/".length));
      }
    }
    places.set(`site/${page}`, here);
    leads.set(page, on);
  }
  for (const [page, reference, target, place] of wanted)
    if (!places.get(target)?.has(place)) faults.push(`${page}: no such place: ${reference}`);
  const reached = new Set(["index.html"]);
  for (const page of reached) for (const next of leads.get(page) ?? []) if (leads.has(next)) reached.add(next);
  for (const page of release.pages) if (!reached.has(page)) faults.push(`${page}: no way of links from index.html`);
  for (const page of release.pages.filter((page) => page.includes("/"))) {
    for (const language of release.languages) {
      const other = page.replace(/^[^/]+/, language);
      if (other !== page && !leads.get(page).has(other)) faults.push(`${page}: no link to ${other}`);
    }
  }
  const told =
    `${spoken(count)} references on ${release.pages.length} pages, ${spoken(wanted.length)} to a place in a page, ` +
    `${outside} to the outside; ${reached.size} pages reached from the first by links`;
  return { name: "links", told, faults };
}

/** Whether a number of bytes is told by a size in a unit; less than one of a unit is told as one. */
const told = (bytes, unit, { size, digits }) =>
  Math.abs(bytes / unit - size) <= 0.5 * 10 ** -digits + 1e-9 || (bytes < unit && unit > 1 && size === 1);

/** The size and SHA-256 printed beside every download are those of the file and of the manifest. */
export function downloads(release) {
  const faults = [];
  const units = new Map();
  let count = 0;
  for (const page of release.pages) {
    const tree = release.tree(page);
    const decimal = attribute([...elements(tree, "html")][0], "data-decimal") ?? ".";
    for (const row of elements(tree, "tr")) {
      const cells = children(row, "th", "td");
      const hash = cells.find((cell) => attribute(cell, "class")?.split(" ").includes("hash"));
      const link = hash && [...elements(row, "a")][0];
      if (!link) continue;
      count++;
      const path = release.target(page, attribute(link, "href"));
      const file = release.file(path);
      const listed = release.listed.get(path);
      const sum = words(hash).replace(blank, "");
      if (!file || file.sha256 !== sum) faults.push(`${page}: the SHA-256 printed for ${path} is not the file's`);
      if (!listed || listed.sha256 !== sum || listed.size !== file?.size)
        faults.push(`${page}: the manifest tells another file ${path}`);
      const size = cells.map((cell) => printed(words(cell), decimal)).find((number) => number && !number.odd && number.rest);
      const power = size && [0, 1, 2, 3].find((power) => told(file?.size ?? 0, 1000 ** power, size));
      const unit = `${page.split("/")[0]} ${size?.rest}`;
      if (power === undefined || (units.get(unit) ?? power) !== power)
        faults.push(`${page}: the size printed for ${path} is not ${file?.size} bytes`);
      else units.set(unit, power);
    }
  }
  if (!count) faults.push("no page offers a download");
  return { name: "downloads", told: `${spoken(count)} downloads with size and SHA-256`, faults };
}

/** The manifest lists every file of the site, and no other, with its size and SHA-256. */
export function listing(release) {
  const faults = [];
  const there = new Set(release.files.map((path) => `site/${path}`));
  for (const path of there) {
    const [file, listed] = [release.file(path), release.listed.get(path)];
    if (listed?.size !== file.size || listed?.sha256 !== file.sha256) faults.push(`${path}: not as the manifest lists it`);
  }
  for (const path of release.listed.keys())
    if (path.startsWith("site/") && !there.has(path)) faults.push(`${path}: listed, and not there`);
  return { name: "manifest", told: `${spoken(there.size)} files of the site, as listed`, faults };
}

/** Every `data/<code>.csv` is the region's part of the results, line by line; the search knows all regions and their values. */
export function tables(release) {
  const faults = [];
  const [head, ...lines] = release.lines;
  const column = head.split(",").indexOf("region");
  const parts = new Map();
  for (const line of lines) {
    const code = line.split(",")[column];
    parts.set(code, [...(parts.get(code) ?? []), line]);
  }
  const files = release.files.filter((path) => /^data\/.*\.csv$/.test(path));
  for (const path of files) {
    const code = path.slice("data/".length, -".csv".length);
    if (release.read(`site/${path}`).trimEnd() !== [head, ...(parts.get(code) ?? [])].join("\n"))
      faults.push(`${path}: not the region's lines of results.csv`);
  }
  let values = 0;
  for (const language of release.languages) {
    const decimal = attribute([...elements(release.tree(`${language}/index.html`), "html")][0], "data-decimal") ?? ".";
    const { indicators, regions } = release.regions(language);
    for (const region of regions) {
      if (!release.file(`site/${language}/${region.page}`)) faults.push(`${language}/regions.js: no page ${region.page}`);
      if (!parts.has(region.code)) faults.push(`${language}/regions.js: no region ${region.code} in the results`);
      region.values.forEach((text, position) => {
        values++;
        const row = release.byKey.get(key(indicators[position], region.code));
        if (!same(text, row?.value, decimal))
          faults.push(`${language}/regions.js: ${indicators[position]} of ${region.code} is "${text}", not ${row?.value}`);
      });
    }
    const known = new Set(regions.map((region) => `${language}/${region.page}`));
    for (const page of release.pages)
      if (page.startsWith(`${language}/region/`) && !known.has(page))
        faults.push(`${language}/regions.js: does not find ${page}`);
  }
  return { name: "tables", told: `${files.length} CSV files, ${spoken(values)} values known to the search`, faults };
}

/** The columns of a table, as its head declares them. */
function columns(head) {
  return children(head, "th", "td").flatMap((cell) => {
    const indicator = attribute(cell, "data-indicator");
    const column = {
      field: attribute(cell, "data-column") ?? (indicator === undefined ? undefined : "value"),
      period: attribute(cell, "data-period"),
      indicator,
      region: attribute(cell, "data-region"),
    };
    return Array(Number(attribute(cell, "colspan") ?? 1)).fill(column);
  });
}

/** The region that an element's link leads to. */
function linked(release, page, node) {
  const link = node && [...elements(node, "a")][0];
  const target = link && release.target(page, (attribute(link, "href") ?? "").split("#")[0]);
  return target?.match(/^site\/[^/]+\/region\/(.+)\.html$/)?.[1];
}

/** Every number of a page with the row of the results it stands for: { field, indicator, region, slice, period, text }. */
function* figures(release, page, tree) {
  for (const grid of elements(tree, "table")) {
    const head = [...elements(grid, "thead")].flatMap((part) => children(part, "tr"))[0];
    const heads = head ? columns(head) : [];
    if (!heads.some((column) => column.field || column.period)) continue;
    for (const row of children(grid, "tbody").flatMap((body) => children(body, "tr"))) {
      const cells = children(row, "th", "td").flatMap((cell) => Array(Number(attribute(cell, "colspan") ?? 1)).fill(cell));
      // A line over several columns heads a group or tells the target.
      if (cells[0] === cells[1]) continue;
      for (const [position, column] of heads.entries()) {
        if ((!column.field && !column.period) || !cells[position]) continue;
        yield {
          field: column.field ?? "value",
          period: column.period,
          indicator: column.indicator ?? inherited(row, "data-indicator"),
          region:
            column.region ?? attribute(row, "data-region") ?? linked(release, page, cells[0]) ?? inherited(grid, "data-region"),
          slice: attribute(row, "data-slice") ?? "",
          text: words(cells[position]).trim(),
        };
      }
    }
  }
  for (const list of elements(tree, "ul")) {
    if (attribute(list, "class") !== "tiles") continue;
    for (const tile of children(list, "li")) {
      const inner = [...elements(tile)];
      const region = linked(release, page, tile) ?? inner.map((node) => attribute(node, "data-region")).find(Boolean);
      yield {
        field: "value",
        indicator: inherited(list, "data-indicator"),
        region,
        slice: "",
        text: words(inner.find((node) => node.tagName === "b")),
      };
    }
  }
  // Numbers that stand in a text.
  for (const node of elements(tree, "b")) {
    const field = attribute(node, "data-column");
    if (field)
      yield {
        field,
        indicator: inherited(node, "data-indicator"),
        region: inherited(node, "data-region"),
        slice: "",
        text: words(node),
      };
  }
}

/** The shares of answers of a row, in percent: of the units of its denominator and of its numerator where the two differ. */
const shares = (row) =>
  [
    [row.answered, row.expected],
    [row.numerator_answered, row.numerator_expected],
  ].map(([some, all]) => (Number(all) ? `${(100 * some) / all}` : ""));

/** Every number on every page is that of the results; a number of an earlier period is the same wherever it stands. */
export function numbers(release) {
  const faults = [];
  const earlier = new Map();
  const marks = new Map();
  const seen = new Set();
  const changes = [];
  let compared = 0;
  let absent = 0;
  let unmatched = 0;
  for (const page of release.pages) {
    const tree = release.tree(page);
    const decimal = attribute([...elements(tree, "html")][0], "data-decimal") ?? ".";
    for (const { field, period, indicator, region, slice, text } of figures(release, page, tree)) {
      const name = key(indicator, region, slice);
      if (period && period !== release.manifest.period) {
        const number = printed(text, decimal);
        const told = number ? `${number.size}` : "";
        const before = earlier.get(`${period}|${name}`);
        if (number && before !== undefined && before !== told)
          faults.push(`${page}: ${name} of ${period} is ${told} here and ${before} elsewhere`);
        if (number) earlier.set(`${period}|${name}`, told);
        continue;
      }
      const row = release.byKey.get(name);
      if (!row) {
        unmatched++;
        if (!slice || /\d/.test(text)) faults.push(`${page}: ${field} of ${name} is "${text}", and the results do not know it`);
        continue;
      }
      compared++;
      seen.add(name);
      if (field === "change") changes.push([page, name, text, printed(text, decimal)]);
      if (field === "target" && !same(text, `${row.target ?? ""}`, decimal))
        faults.push(`${page}: the target of ${name} is "${text}", not ${row.target}`);
      if (field === "coverage" && !shares(row).some((share) => same(text, share, decimal)))
        faults.push(`${page}: the coverage of ${name} is "${text}", not ${shares(row).filter(Boolean).join(" or ")}`);
      if (!["value", "numerator", "denominator"].includes(field)) continue;
      if (!row[field]) absent++;
      if (!same(text, row[field], decimal)) faults.push(`${page}: ${field} of ${name} is "${text}", not "${row[field]}"`);
      if (field === "value" && !row.value) {
        const mark = `${page.split("/")[0]} ${text.replace(blank, "")}`;
        if (!text.trim()) faults.push(`${page}: ${name} is ${row.missing}, and nothing is printed`);
        else if ((marks.get(mark) ?? row.missing) !== row.missing)
          faults.push(`${page}: "${text}" stands for ${row.missing} and for ${marks.get(mark)}`);
        else marks.set(mark, row.missing);
      }
    }
  }
  for (const [page, name, text, change] of changes) {
    const [now, before] = [release.byKey.get(name).value, earlier.get(`${release.previous}|${name}`)];
    // Both values are rounded as they are printed, so their difference may be one last digit away from that of the exact ones.
    if (
      change &&
      now &&
      before !== undefined &&
      Math.abs(Number(now) - Number(before) - change.size) > 10 ** -change.digits + 1e-9
    )
      faults.push(`${page}: ${name} is said to have changed by ${text}, from ${before} to ${now}`);
  }
  if (!compared) faults.push("no number was compared");
  const whole = release.rows.filter((row) => !row.slice);
  const unseen = whole.filter((row) => !seen.has(key(row.indicator, row.region))).length;
  const told =
    `${spoken(compared)} numbers are those of results.csv (${spoken(absent)} of them missing and marked so), ${unmatched} without a row; ` +
    `${spoken(earlier.size)} earlier numbers agree; ${unseen} of ${spoken(whole.length)} whole values stand on no page`;
  return { name: "numbers", told, faults };
}

/** Every value in the sentences about an indicator stands in a table beside them, or is the share of answers. */
export function sentences(release) {
  const faults = [];
  let count = 0;
  for (const page of release.pages) {
    const tree = release.tree(page);
    const decimal = attribute([...elements(tree, "html")][0], "data-decimal") ?? ".";
    for (const part of elements(tree, "section", "div")) {
      const indicator = attribute(part, "data-indicator");
      const told = [...elements(part, "p")].filter((node) => !/\b(muted|filter|choose)\b/.test(attribute(node, "class") ?? ""));
      if (indicator === undefined || !told.length) continue;
      const cells = [...elements(part, "td")]
        .map((cell) => printed(words(cell), decimal))
        .filter((number) => number && !number.odd);
      const row = release.byKey.get(key(indicator, inherited(part, "data-region")));
      const answers = row ? shares(row).filter(Boolean).map(Number) : [];
      const units = [...new Set(cells.map((number) => number.rest.replace(/[°*⁺]/g, "")).filter(Boolean))];
      if (!units.length) continue;
      const follows = units.map((unit) => unit.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
      const valued = new RegExp(`[\\d\u00a0\u202f]*\\d(?:[${decimal}]\\d+)?(?=[ \u00a0\u202f]?(?:${follows}))`, "g");
      for (const [text] of told.flatMap((node) => [...words(node).matchAll(valued)])) {
        count++;
        const { size, digits } = printed(text, decimal);
        const near = (other, away) => Math.abs(other - size) <= away;
        if (
          cells.some((cell) => near(Math.abs(cell.size), 1e-9)) ||
          answers.some((share) => near(share, 0.5 * 10 ** -digits + 1e-9))
        )
          continue;
        faults.push(`${page}: ${indicator}: a sentence tells ${text}, and no table beside it does`);
      }
    }
  }
  return { name: "sentences", told: `${spoken(count)} values in sentences stand in the tables beside them`, faults };
}

/** All pages and styles are without an error for the validator of the W3C. */
export async function markup(release, jar) {
  const paths = release.files.filter((path) => /\.(html|css)$/.test(path)).map((path) => join(release.site, path));
  const report = await new Promise((done, failed) => {
    const options = ["-Xss4m", "-jar", jar, "--format", "json", "--also-check-css", "--exit-zero-always", "--stdout", ...paths];
    execFile("java", options, { maxBuffer: 2 ** 28 }, (fault, out) => (fault ? failed(fault) : done(JSON.parse(out))));
  });
  const errors = report.messages.filter((message) => message.type !== "info");
  const faults = errors.map(
    ({ url, lastLine, message, extract = "" }) =>
      `${url.split("/site/")[1]}:${lastLine ?? ""}: ${message} ${extract.trim().replace(/\s+/g, " ")}`,
  );
  const warnings = new Map();
  for (const { type, message } of report.messages) if (type === "info") warnings.set(message, (warnings.get(message) ?? 0) + 1);
  const listed = [...warnings].sort((one, other) => other[1] - one[1]).map(([message, count]) => `${count} × ${message}`);
  return {
    name: "markup",
    told: `${paths.length} pages and styles, ${errors.length} errors, ${report.messages.length - errors.length} warnings`,
    faults,
    notes: listed,
  };
}

/** What a page and the whole may weigh, in thousands of bytes. */
const LIMITS = { home: 200, region: 150, site: 40_000 };

export function weights(release) {
  const faults = [];
  const weigh = (paths) => Math.max(0, ...paths.map((path) => release.file(`site/${path}`).size / 1000));
  const homes = release.languages.map((language) => `${language}/index.html`);
  // All that a browser reads for a page of a language.
  const shared = (language) =>
    ["site.js", "style.css", "theme.css", `${language}/regions.js`].reduce((sum, path) => sum + weigh([path]), 0);
  const home = Math.max(...homes.map((page) => weigh([page]) + shared(page.split("/")[0])));
  const region = weigh(release.pages.filter((page) => page.split("/")[1] === "region"));
  const site = release.files.reduce((sum, path) => sum + weigh([path]), 0);
  for (const [name, weight] of Object.entries({ home, region, site }))
    if (weight > LIMITS[name]) faults.push(`${name}: ${weight.toFixed(0)} kB, more than ${LIMITS[name]} kB`);
  const told =
    `home with all it reads ${home.toFixed(0)} kB, heaviest region ${region.toFixed(0)} kB, ` +
    `${release.files.length} files ${(site / 1000).toFixed(1)} MB`;
  return { name: "weights", told, faults };
}
