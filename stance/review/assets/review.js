// Keys, the list of actors, and text selected in the article. Every page works without it; it only saves the mouse.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const typing = (e) => e.target.closest("input:not([type=checkbox]), textarea, select");

  // Once is enough: a second press while the first is on its way would judge the next statement.
  let sent = false;
  document.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  addEventListener("pageshow", () => { sent = false; });

  // The statement in sight
  const article = $("article");
  for (const box of document.querySelectorAll(".article")) {
    const first = box.querySelector("mark.content");
    if (first) box.scrollTop += first.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
  }

  // Leaders: one line is the current one
  const lines = [...document.querySelectorAll(".list-review > li")];
  let here = lines.findIndex((line) => `#${line.id}` === location.hash);
  if (here >= 0 && lines[here].classList.contains("judged")) here = Math.min(here + 1, lines.length - 1);
  const stand = (index, scroll = true) => {
    if (!lines[index]) return;
    lines[here]?.classList.remove("here");
    here = index;
    lines[here].classList.add("here");
    lines[here].focus({ preventScroll: true });
    if (scroll) lines[here].scrollIntoView({ block: "nearest" });
  };
  if (lines.length) stand(Math.max(here, 0), here >= 0);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(event)) { event.target.blur(); return; }
    if (typing(event)) return;
    if (lines.length && ["j", "ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      stand(here + (event.key === "ArrowUp" ? -1 : 1));
      return;
    }
    const where = lines.length ? lines[here] : document;
    const button = where?.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (button) {
      event.preventDefault();
      if (button.dataset.focus) $(button.dataset.focus).focus(); else button.click();
    } else if (event.key === "e" && $("note")) {
      event.preventDefault();
      $("note").focus();
    } else if (event.key === "c" && $("codebook")) {
      $("codebook").open = !$("codebook").open;
      $("codebook").scrollIntoView({ block: "nearest" });
    }
  });
  for (const button of document.querySelectorAll("[data-focus]")) {
    button.addEventListener("click", () => $(button.dataset.focus).focus());
  }

  // Speakers from the registry
  for (const input of document.querySelectorAll("input.actor")) {
    const list = $(input.getAttribute("aria-controls"));
    let at = -1, asked = 0;
    const show = (open) => { list.hidden = !open; input.setAttribute("aria-expanded", String(open)); };
    const mark = (index) => {
      at = index;
      [...list.children].forEach((li, i) => li.setAttribute("aria-selected", String(i === at)));
      if (list.children[at]) input.setAttribute("aria-activedescendant", list.children[at].id);
      else input.removeAttribute("aria-activedescendant");
    };
    const choose = (li) => { input.value = `${li.dataset.name} [${li.dataset.id}]`; show(false); input.blur(); };
    input.addEventListener("input", async () => {
      const mine = ++asked, query = input.value.trim();
      if (!query || query === "?") { show(false); return; }
      const answer = await fetch(`/actors?q=${encodeURIComponent(query)}&on=${input.dataset.on}`);
      if (mine !== asked || !answer.ok) return;
      const found = await answer.json();
      list.replaceChildren(...found.map((actor, i) => {
        const li = document.createElement("li");
        li.id = `${list.id}-${i}`;
        li.setAttribute("role", "option");
        li.dataset.id = actor.id;
        li.dataset.name = actor.name;
        li.textContent = actor.name;
        const small = document.createElement("small");
        small.textContent = [actor.office, actor.country, actor.kind].filter(Boolean).join(", ");
        li.append(small);
        li.addEventListener("mousedown", (event) => { event.preventDefault(); choose(li); });
        return li;
      }));
      show(found.length > 0);
      mark(found.length ? 0 : -1);
    });
    input.addEventListener("keydown", (event) => {
      const count = list.children.length;
      if (list.hidden || !count) {
        if (event.key === "Enter") { event.preventDefault(); if (!input.value.trim()) input.value = "?"; input.blur(); }
        return;
      }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        mark((at + (event.key === "ArrowDown" ? 1 : count - 1)) % count);
      } else if (event.key === "Enter") {
        event.preventDefault();
        choose(list.children[Math.max(at, 0)]);
      } else if (event.key === "Escape") {
        show(false);
      }
    });
    input.addEventListener("blur", () => show(false));
  }

  // What was said, by selection. Offsets are code points of the article.
  const field = $("span-field");
  if (!article || !field) return;
  field.hidden = false;
  const spans = $("spans"), chosen = $("chosen");
  const points = (text) => { let n = 0; for (const _ of text) n++; return n; };
  const selected = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!article.contains(range.startContainer) || !article.contains(range.endContainer)) return null;
    const before = document.createRange();
    before.setStart(article, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const text = range.toString(), kept = text.trim();
    if (!kept) return null;
    const start = Number(article.dataset.start) + points(before.toString()) + points(text.slice(0, text.indexOf(kept)));
    return [start, start + points(kept)];
  };
  const whole = Array.from(article.textContent);
  const draw = () => {
    const list = JSON.parse(spans.value || "[]");
    const from = Number(article.dataset.start);
    chosen.hidden = !list.length;
    chosen.textContent = list.map(([a, b]) => whole.slice(a - from, b - from).join("")).join(" … ");
    $("reset-selection").hidden = !list.length;
  };
  let last = null;  // a click on a button may lose the selection
  const look = () => { last = selected() ?? last; };
  document.addEventListener("selectionchange", () => {
    look();
    $("use-selection").disabled = $("add-selection").disabled = !last;
  });
  $("use-selection").addEventListener("click", () => { look(); if (last) { spans.value = JSON.stringify([last]); draw(); } });
  $("add-selection").addEventListener("click", () => {
    look();  // a key may come before the browser has told of the selection
    if (!last) return;
    const list = JSON.parse(spans.value || "[]").filter(([a, b]) => b <= last[0] || last[1] <= a);
    spans.value = JSON.stringify([...list, last].sort((p, q) => p[0] - q[0]));
    draw();
  });
  $("reset-selection").addEventListener("click", () => { spans.value = ""; draw(); });
  draw();
})();
