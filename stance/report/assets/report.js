"use strict";
// Filters, sorting, theme, for the report and for a leader's own page. Each is complete without any of this; controls
// are unhidden here, where they work.
(() => {
  const data = JSON.parse(document.getElementById("report-data").textContent);
  const STANCES = ["support", "oppose", "undecided"]; // as numbered by records.STANCES
  const form = document.getElementById("filters");
  const body = document.getElementById("rows");
  const rows = body ? [...body.rows] : [];
  // "Košice" is found by "kosice"
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const count = (n, noun) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;

  function readFilters() {
    const field = (name) => form.elements[name]?.value ?? "";
    return {
      text: fold(field("text").trim()), item: field("aid"), recipient: field("recipient"), stance: field("stance"),
      since: field("since"), until: field("until"), confidence: field("confidence"), review: field("review"),
    };
  }

  // The numbers of the statements that pass; the order of fields is that of leaders._statement_data.
  function chosen(leader, f) {
    const named = !f.text || fold(leader.search).includes(f.text);
    return leader.statements.flatMap(([stance, items, recipient, day, review, , confidence, speaker], n) => {
      const passes = (named || (speaker && fold(speaker).includes(f.text)))
        && (!f.item || items.includes(f.item)) && (!f.recipient || recipient === f.recipient)
        && (!f.stance || STANCES[stance] === f.stance) && (!f.review || review === Number(f.review))
        && confidence >= f.confidence
        && (!f.since || (day && day >= f.since)) && (!f.until || (day && day <= f.until));
      return passes ? [n] : [];
    });
  }

  function drawRow(row, leader, numbers, f) {
    const placed = leader.places[f.item];
    const axis = row.querySelector(".axis");
    if (axis) {
      axis.setAttribute("class", `axis ${placed ? placed.lean : ""}`);
      axis.setAttribute("aria-label", placed ? placed.words : "not scored");
      axis.toggleAttribute("hidden", !placed);
      if (placed) {
        axis.querySelector(".band").setAttribute("x", `${placed.left}%`);
        axis.querySelector(".band").setAttribute("width", `${placed.width}%`);
        axis.querySelector(".dot").setAttribute("cx", `${placed.x}%`);
      }
    }
    row.querySelector(".score").textContent = placed ? placed.number : "–";
    const counted = numbers.filter((n) => leader.statements[n][5]);
    const all = leader.statements.filter((s) => s[5]).length;
    const value = row.querySelector(".count .value");
    const part = counted.length < all;
    value.textContent = part ? `${counted.length} of ${all}` : value.dataset.all;
    const parts = { oppose: 0, undecided: 0, support: 0 };
    for (const n of counted) parts[STANCES[leader.statements[n][0]]] += 1;
    drawCounts(row.querySelector(".split"), parts);
    Object.assign(leader, { shownScore: placed ? placed.score : null, shownCount: counted.length });
  }

  function drawCounts(cell, parts) {
    const bar = cell.querySelector(".bar");
    if (!bar) return;
    const total = Math.max(1, parts.oppose + parts.undecided + parts.support);
    let x = 0;
    for (const [stance, n] of Object.entries(parts)) {
      const rect = bar.querySelector(`.${stance}`);
      rect.setAttribute("x", `${x}%`);
      rect.setAttribute("width", `${(100 * n) / total}%`);
      cell.querySelector(`.counts .${stance} b`).textContent = n;
      x += (100 * n) / total;
    }
    bar.setAttribute("aria-label", `${parts.support} support, ${parts.undecided} undecided, ${parts.oppose} oppose`);
  }

  function drawEvidence(section, numbers, narrowed) {
    const shown = new Set(numbers.map(String));
    for (const item of section.querySelectorAll(".statement")) item.hidden = !shown.has(item.dataset.n);
    const more = section.querySelector(".more");
    if (!more) return;
    const inside = more.querySelectorAll(".statement:not([hidden])").length;
    more.hidden = !inside;
    more.querySelector("summary .value").textContent = inside;
    // Where only folded statements pass, an empty section would look like an error.
    if (narrowed && inside && !section.querySelector(".evidence:not(.more *) > .statement:not([hidden])")) more.open = true;
  }

  function apply() {
    const f = readFilters();
    const narrowed = Object.entries(f).some(([name, value]) => name !== "text" && value);
    let leaders = 0;
    let statements = 0;
    const passed = new Map();
    for (const [id, leader] of Object.entries(data)) {
      passed.set(id, chosen(leader, f));
      statements += passed.get(id).length;
    }
    for (const element of document.querySelectorAll("[data-leader]")) {
      const id = element.dataset.leader;
      const numbers = passed.get(id);
      const named = !f.text || fold(data[id].search).includes(f.text);
      // A leader without statements stays as long as only the name is asked for.
      const bare = !data[id].statements.length && named && !narrowed;
      element.hidden = !numbers.length && !bare;
      if (body?.contains(element)) {
        drawRow(element, data[id], numbers, f);
        leaders += element.hidden ? 0 : 1;
      } else if (element.matches("section")) {
        drawEvidence(element, numbers, narrowed || f.text);
        element.hidden &&= Boolean(body); // a leader's own page keeps its leader
      } else if (element.matches("li")) {
        const shown = new Set(numbers.map(String));
        for (const mark of element.querySelectorAll(".mark")) {
          mark.toggleAttribute("hidden", !mark.dataset.n.split(" ").some((n) => shown.has(n)));
        }
      }
    }
    const item = form.elements.aid; // not "item": that is a method of every collection
    const axisName = document.getElementById("axis-name");
    if (axisName) axisName.textContent = f.item ? `Position on ${item.selectedOptions[0].text}` : "Position";
    const scope = document.getElementById("scope");
    scope.hidden = !narrowed || !body;
    scope.textContent = f.item
      ? `Scores and intervals are those on ${item.selectedOptions[0].text.toLowerCase()}, from all statements about it.`
      : "Scores and intervals rest on all statements; only the counts follow the filters.";
    const said = count(statements, "statement");
    document.getElementById("shown").textContent = body ? `${count(leaders, "leader")}, ${said}` : said;
    const nothing = document.getElementById("nothing");
    if (nothing) nothing.hidden = leaders > 0;
    sort();
  }

  const KEYS = {
    name: (leader) => leader.name,
    score: (leader) => leader.shownScore,
    count: (leader) => leader.shownCount,
    last: (leader) => leader.last || null,
  };

  function sort() {
    if (!body) return;
    const [key, sign] = form.elements.sort.value.split(":");
    const value = (row) => KEYS[key](data[row.dataset.leader]);
    const order = (a, b) => (typeof a === "string" ? a.localeCompare(b, "en") : a - b) * sign;
    rows.sort((r, s) => {
      const [a, b] = [value(r), value(s)];
      // What has no value comes last, whichever way the rest goes.
      if (a === null || b === null) return (a === null) - (b === null);
      return order(a, b) || KEYS.name(data[r.dataset.leader]).localeCompare(KEYS.name(data[s.dataset.leader]), "en");
    });
    body.append(...rows);
    for (const head of document.querySelectorAll("th[data-sort]")) {
      if (head.dataset.sort === key) head.setAttribute("aria-sort", sign === "1" ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
  }

  function makeSortButtons() {
    for (const head of document.querySelectorAll("th[data-sort]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const key = head.dataset.sort;
        const [now, sign] = form.elements.sort.value.split(":");
        const first = key === "name" ? 1 : -1;
        form.elements.sort.value = `${key}:${now === key ? -sign : first}`;
        sort();
      });
    }
  }

  function makeTheme() {
    const button = document.getElementById("theme");
    const root = document.documentElement;
    // Storage is refused on some file: pages; the choice then lasts as long as the page.
    const stored = (write) => {
      try { return write ? localStorage.setItem("stance-theme", write) : localStorage.getItem("stance-theme"); } catch { return null; }
    };
    const show = (theme) => {
      root.dataset.theme = theme;
      button.setAttribute("aria-pressed", String(theme === "dark"));
    };
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const before = stored();
    if (before === "dark" || before === "light") show(before);
    else button.setAttribute("aria-pressed", String(system === "dark"));
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = (root.dataset.theme || system) === "dark" ? "light" : "dark";
      show(next);
      stored(next);
    });
  }

  // A mark on a time strip leads to its first statement that is shown.
  function openMark(event) {
    const mark = event.target.closest(".mark");
    if (!mark) return;
    const strip = mark.closest("[data-leader]");
    const section = document.getElementById(strip.dataset.leader);
    if (!section) { // the leader has a page of its own
      location.href = strip.querySelector("a").href;
      return;
    }
    const found = mark.dataset.n.split(" ").map((n) => section.querySelector(`.statement[data-n="${n}"]:not([hidden])`));
    const statement = found.find(Boolean);
    if (!statement) return;
    const fold = statement.closest("details");
    if (fold) fold.open = true;
    location.hash = statement.id;
  }

  for (const value of document.querySelectorAll(".count .value")) value.dataset.all = value.textContent;
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply)); // the fields are cleared after this event
  const unfold = document.getElementById("unfold");
  unfold?.addEventListener("click", () => {
    const folds = [...document.querySelectorAll("details.more")];
    const open = !folds.every((fold) => fold.open);
    for (const fold of folds) fold.open = open;
    unfold.textContent = open ? "Fold evidence" : "Unfold all evidence";
  });
  document.addEventListener("click", openMark);
  makeSortButtons();
  makeTheme();
  apply();
})();
