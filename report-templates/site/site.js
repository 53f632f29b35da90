/* What pages do with scripts: finding a region, sorting and filtering tables, choosing a map, comparing regions. Without scripts everything
   stands on the pages all the same. `esep` is made by `regions.js`. */
"use strict";
(function () {
  const root = document.documentElement;
  const words = root.dataset;
  root.classList.add("scripts");

  /* One form for all spellings of a name: capitals, accents, blanks and marks of direction do not count. */
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\p{M}\u200e\u200f\u2066-\u2069]/gu, "").replace(/[\s ]+/g, " ").trim();
  const element = (tag, attributes, ...children) => {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...children);
    return made;
  };
  const regions = typeof esep === "undefined" ? [] : esep.regions;
  regions.forEach((region) => {
    region.keys = [region.name].concat(region.other).map(plain);
  });

  /* Regions one of whose names has a word that begins so; those whose name itself begins so come first. */
  function matching(text) {
    const wanted = plain(text);
    if (!wanted) return [];
    const grade = (region) => {
      const found = region.keys.map((key) => key.startsWith(wanted) ? 0 : (" " + key).includes(" " + wanted) ? 1 : 2);
      return Math.min(...found);
    };
    const graded = regions.map((region) => [grade(region), region]).filter(([grade]) => grade < 2);
    return graded.sort((left, right) => left[0] - right[0]).map(([, region]) => region);
  }

  function search(input, list, status) {
    let shown = [];
    let at = 0;
    const go = (region) => { window.location.href = words.home + region.page; };
    const mark = () => {
      [...list.children].forEach((option, position) => option.setAttribute("aria-selected", String(position === at)));
      if (shown.length) input.setAttribute("aria-activedescendant", "found-" + at);
      else input.removeAttribute("aria-activedescendant");
    };
    const update = () => {
      shown = matching(input.value).slice(0, 8);
      at = 0;
      list.replaceChildren(...shown.map((region, position) => {
        const option = element("li", { role: "option", id: "found-" + position }, region.name);
        option.addEventListener("mousedown", () => go(region));
        return option;
      }));
      list.hidden = !shown.length;
      input.setAttribute("aria-expanded", String(shown.length > 0));
      status.textContent = input.value.trim() && !shown.length ? status.dataset.words : "";
      mark();
    };
    input.addEventListener("input", update);
    input.addEventListener("blur", () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); });
    input.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && shown.length) {
        at = (at + step + shown.length) % shown.length;
        mark();
        event.preventDefault();
      } else if (event.key === "Enter" && shown.length) {
        go(shown[at]);
      } else if (event.key === "Escape") {
        input.value = "";
        update();
      }
    });
  }

  /* A number as it is printed, for sorting: of several the first. What is no number comes last. */
  function size(text) {
    const grouped = (sign) => sign === words.decimal ? sign : "";
    const bare = text.replace(/\s/g, "").replace(/(?<=\d)[,.'’](?=\d{3}(?!\d))/g, grouped);
    const found = bare.match(/([-−–]?)(\d+)(?:(\D)(\d+))?/);
    if (!found) return null;
    const [, minus, whole, sign, decimals] = found;
    return (minus ? -1 : 1) * Number.parseFloat(sign === words.decimal ? whole + "." + decimals : whole);
  }

  function sortable(table) {
    const body = table.tBodies[0];
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      if (head.tagName !== "TH") return;
      const button = element("button", { type: "button" }, ...head.childNodes);
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const was = head.getAttribute("aria-sort");
        const up = column === 0 ? was !== "ascending" : was === "descending";
        [...table.tHead.rows[0].cells].forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const order = (left, right) => {
          const [one, other] = [left, right].map((row) => row.cells[column].textContent);
          if (column === 0) return one.localeCompare(other, root.lang) * (up ? 1 : -1);
          const [first, second] = [size(one), size(other)];
          if (first === null || second === null) return (first === null) - (second === null);
          return (first - second) * (up ? 1 : -1);
        };
        body.append(...[...body.rows].sort(order));
      });
    });
    if (body.rows.length > 9) filtered(table, body);
  }

  function filtered(table, body) {
    const input = element("input", { type: "search", autocomplete: "off" });
    input.addEventListener("input", () => {
      const wanted = plain(input.value);
      [...body.rows].forEach((row) => { row.hidden = !plain(row.cells[0].textContent).includes(wanted); });
    });
    const of = element("span", { class: "unseen" }, table.caption ? table.caption.textContent : "");
    table.parentElement.before(element("p", { class: "filter" }, element("label", {}, words.filter + " ", of, input)));
  }

  function maps(select) {
    const show = () => document.querySelectorAll(".map").forEach((map) => { map.hidden = map.id !== select.value; });
    select.addEventListener("change", show);
    show();
  }

  function compare(table, input, list, status) {
    const columns = [...table.tHead.rows[0].cells].slice(1).map((head) => esep.indicators.indexOf(head.dataset.indicator));
    const chosen = table.createTBody();
    list.append(...regions.map((region) => element("option", { value: region.name })));
    const add = () => {
      const wanted = plain(input.value);
      const region = regions.find((region) => region.keys[0] === wanted) || matching(input.value)[0];
      const known = region && [...chosen.rows].some((row) => row.dataset.region === region.code);
      status.textContent = region ? region.name : status.dataset.words;
      if (!region || known) return;
      const remove = element("button", { type: "button", class: "plain" }, status.dataset.remove);
      const head = element("th", { scope: "row" }, element("a", { href: words.home + region.page }, region.name), " ", remove);
      const row = element("tr", { "data-region": region.code }, head);
      row.append(...columns.map((column) => element("td", {}, column < 0 ? "" : region.values[column])));
      remove.setAttribute("aria-label", status.dataset.remove + ": " + region.name);
      remove.addEventListener("click", () => { row.remove(); input.focus(); });
      chosen.append(row);
      input.value = "";
    };
    document.getElementById("add").addEventListener("click", add);
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); add(); } });
  }

  const get = (id) => document.getElementById(id);
  if (get("find")) search(get("find"), get("found"), get("none"));
  document.querySelectorAll("table.sortable").forEach(sortable);
  if (get("map")) maps(get("map"));
  if (get("matrix") && get("other")) compare(get("matrix"), get("other"), get("others"), get("told"));
  /* What is folded is printed, too. */
  window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
})();
