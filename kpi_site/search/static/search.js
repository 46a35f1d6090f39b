/* The search box. Engine and index are fetched when a reader turns to it, never before. */
"use strict";
{
  const ENGINE = ["search/minisearch.js", "search/engine.js", "search/index.js"];
  const MOST = 40;
  const here = document.currentScript.src; // …/assets/search.js
  const root = new URL("..", here);
  const box = document.querySelector("[data-kpi-search]");
  const toggle = document.getElementById("__search");
  if (box && toggle) start();

  function start() {
    const input = box.querySelector("input");
    const meta = box.querySelector(".kpi-search-meta");
    const list = box.querySelector("ol");
    const output = box.querySelector(".md-search__output");
    const hint = meta.textContent;
    let engine = null;
    let waiting = 0;

    let ours = false;
    const open = (wanted) => { if (toggle.checked !== wanted) { ours = true; toggle.click(); ours = false; } };
    const links = () => [...list.querySelectorAll("a")];

    function load() {
      engine ||= scripts().catch((error) => { engine = null; throw error; });
      return engine;
    }

    async function scripts() {
      await Promise.all(ENGINE.map((name) => new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.async = false; // in this order
        script.src = new URL(name, here);
        script.onload = resolve;
        script.onerror = () => { script.remove(); reject(new Error(name)); };
        document.head.append(script);
      })));
      return kpiSearch.engine;
    }

    async function show() {
      const typed = input.value.trim();
      if (!typed) { list.replaceChildren(); say(hint); return; }
      const mine = ++waiting;
      try {
        const loading = setTimeout(() => say(box.dataset.loading), 150);
        const ready = await load().finally(() => clearTimeout(loading));
        if (mine !== waiting) return; // something else was typed meanwhile
        const { total, hits } = ready.search(typed, MOST);
        const { words } = ready.data;
        const text = total === 0 ? words.found_none : total === 1 ? words.found_one : total > MOST ? words.found_first : words.found_some;
        list.replaceChildren(...hits.map((hit) => entry(hit, ready, typed)));
        output.firstElementChild.scrollTop = 0;
        if (total || ready.full) say(text.replace("{0}", total === 0 ? typed : total).replace("{1}", MOST));
        if (!ready.full) ready.whole.then(() => { if (mine === waiting && !list.contains(document.activeElement)) show(); });
      } catch (error) {
        list.replaceChildren();
        say(box.dataset.broken);
        console.error(error);
      }
    }

    function say(text) { if (meta.textContent !== text) meta.textContent = text; }

    const ahead = () => { load().catch(() => {}); }; // while the hand is still on its way
    input.addEventListener("focus", () => { open(true); ahead(); });
    input.addEventListener("pointerenter", ahead);
    input.addEventListener("input", show);
    box.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
    box.querySelector("button").addEventListener("click", () => { input.value = ""; input.focus(); show(); });
    toggle.addEventListener("change", () => {
      /* The theme closes whatever is open a moment after a page has come, also on who types already. */
      if (!toggle.checked && !ours && document.activeElement === input) { queueMicrotask(() => open(true)); return; }
      output.inert = !toggle.checked; // what is closed has no links for the tabulator
      if (toggle.checked) input.focus();
      else leave();
    });
    output.inert = !toggle.checked;
    list.addEventListener("click", (event) => { if (event.target.closest("a") && !event.ctrlKey && !event.metaKey) open(false); });

    function leave() {
      if (box.contains(document.activeElement)) document.activeElement.blur();
    }

    /* Who leaves it with the tabulator leaves it closed. */
    box.addEventListener("focusout", (event) => {
      const to = event.relatedTarget;
      if (to && !box.contains(to)) open(false);
    });

    box.addEventListener("keydown", (event) => {
      if (event.isComposing) return; // Enter takes a word of the input method
      const all = links();
      const at = all.indexOf(document.activeElement);
      if (event.key === "Escape") { open(false); input.blur(); }
      else if (event.key === "ArrowDown" && all.length) (all[at + 1] || all[0]).focus();
      else if (event.key === "ArrowUp" && at >= 0) (all[at - 1] || input).focus();
      else if (event.key === "Home" && at >= 0) all[0].focus();
      else if (event.key === "End" && at >= 0) all[all.length - 1].focus();
      else if (event.key === "Enter" && at < 0 && all.length) all[0].click();
      else if (at >= 0 && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) { input.focus(); return; }
      else return;
      event.preventDefault();
      event.stopPropagation();
    });

    document.addEventListener("keydown", (event) => {
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
      const typing = event.target.closest("input, textarea, select, [contenteditable]");
      if (plain && !typing && ["/", "s", "f"].includes(event.key)) {
        event.preventDefault();
        open(true);
        input.focus();
        input.select();
      }
    });

    /* An address with ?q= opens the search: for bookmarks and links from elsewhere. */
    const asked = new URLSearchParams(location.search).get("q");
    if (asked) { input.value = asked; input.focus(); show(); }
  }

  function entry({ page, as, column, at }, engine, typed) {
    const section = at === undefined ? null : page.h[at];
    const made = (tag, name, ...parts) => {
      const node = document.createElement(tag);
      if (name) node.className = name;
      node.append(...parts);
      return node;
    };
    const link = made("a", "kpi-hit");
    link.href = new URL(page.u, root) + (section ? `#${encodeURIComponent(section[1])}` : "");
    const title = made("span", "kpi-hit-name", ...marked(page.n, engine, typed));
    if (section) title.append(made("span", "kpi-hit-section", " › ", ...marked(section[0], engine, typed)));
    const kind = made("span", "kpi-hit-kind", engine.data.kinds[page.k]);
    link.append(made("span", "kpi-hit-head", title, " ", kind));
    const figure = [];
    if (page.v) figure.push(made("b", "", page.v));
    if (page.s) {
      const status = made("span", "kpi-hit-status");
      if (page.m) {
        const mark = made("i", "", page.m);
        mark.setAttribute("aria-hidden", "true");
        status.append(mark, " ");
      }
      status.append(page.s);
      figure.push(status);
    }
    if (page.w) figure.push(made("small", "", page.w));
    const { words } = engine.data;
    const said = [];
    if (as && !title.querySelector("mark")) said.push(made("span", "", words.found_as.replace("{0}", as)));
    if (column) said.push(made("span", "", words.found_column.replace("{0}", column)));
    const unit = engine.unit(page);
    const parts = [...(unit ? [made("span", "", unit)] : []), ...figure, ...said];
    if (parts.length) link.append(made("span", "kpi-hit-more", ...parts.flatMap((part) => [part, " "])));
    return made("li", "", link);
  }

  /* The text in pieces, with what was typed marked where it stands in these very letters. */
  function marked(text, engine, typed) {
    const sought = engine.plain(typed);
    const at = sought.length ? engine.plain(text).indexOf(sought) : -1;
    if (at < 0 || engine.plain(text).length !== text.length) return [text];
    const mark = document.createElement("mark");
    mark.textContent = text.slice(at, at + sought.length);
    return [text.slice(0, at), mark, text.slice(at + sought.length)];
  }
}
