/* Draws <figure class="kpi-chart" data-spec="…"> with the bundle that lies beside this file.
 *
 * The bundle is loaded when the first chart comes near the view. Until a chart is drawn, and
 * where it cannot be, the picture and the table of the page stay as they are. Nothing is
 * loaded but the bundle and the specs of this site.
 */
(() => {
  "use strict";

  const here = document.currentScript.src;
  const figures = new WeakMap(); // figure -> { result, drawing }
  let bundle = null;
  let seen = null;

  const load = () => {
    bundle ??= import(new URL("vega.js", here).href);
    return bundle;
  };

  const refuse = () => Promise.reject(new Error("charts load nothing"));
  const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse, options: {} };

  const token = (name) =>
    getComputedStyle(document.body).getPropertyValue(`--kpi-${name}`).trim();

  /* The config of a spec with the colours of the page's scheme. */
  const themed = (spec) => {
    const styles = Object.entries(spec.usermeta?.kpi?.styles ?? {});
    const text = token("text");
    const quiet = token("text-quiet");
    return {
      ...spec.config,
      font: getComputedStyle(document.body).fontFamily,
      style: Object.fromEntries(styles.map(([style, name]) => [style, { color: token(name) }])),
      range: { ordinal: [1, 2, 3, 4, 5, 6].map((n) => token(`part-${n}`)) },
      text: { fill: text },
      title: { ...spec.config.title, color: text },
      header: { ...spec.config.header, labelColor: text },
      axis: {
        ...spec.config.axis,
        labelColor: quiet,
        domainColor: quiet,
        tickColor: quiet,
        gridColor: token("grid"),
      },
    };
  };

  /* Small multiples do not fill a container by themselves: choose columns and width. */
  const fitted = (spec, width) => {
    if (!spec.facet) return spec;
    const count = spec.params.find(({ name }) => name === "memberLabels").value.length;
    const most = Math.max(width < 300 ? 1 : 2, Math.floor(width / 220));
    const columns = Math.ceil(count / Math.ceil(count / most)) || 1; // rows of like length
    const cell = Math.floor((width - 60) / columns) - 24;
    const header = { ...spec.facet.header, labelLimit: cell };
    const facet = { ...spec.facet, header };
    return { ...spec, columns, facet, spec: { ...spec.spec, width: cell } };
  };

  /* What the reader has chosen stays chosen when the chart is drawn again, or for a slide. */
  const chosen = (spec, figure) => {
    const drawn = figures.get(figure).result?.view;
    return spec.params.map((p) => (p.bind && drawn ? { ...p, value: drawn.signal(p.name) } : p));
  };

  const prepared = (spec, view, figure) => {
    const own = { ...fitted(spec, view.clientWidth), config: themed(spec) };
    own.params = chosen(spec, figure);
    delete own.title; // the page says it already
    return own;
  };

  const read = async (address) => {
    const response = await fetch(new URL(address, document.baseURI));
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    return response.json();
  };

  const specOf = async (figure) => {
    const state = figures.get(figure);
    state.spec ??= await read(figure.dataset.spec);
    return state.spec;
  };

  const embed = async (view, spec) => {
    const { vegaEmbed } = await load();
    return vegaEmbed(view, spec, {
      mode: "vega-lite",
      ast: true,
      actions: false,
      renderer: "svg",
      loader,
      defaultStyle: false, // charts.css has what a chart needs of it: a page's policy
      tooltip: { theme: "kpi", disableDefaultStyle: true }, // may forbid styles in it
      logLevel: 1,
    });
  };

  const draw = async (figure) => {
    const state = figures.get(figure);
    if (!state || state.drawing) return state?.drawing;
    state.drawing = (async () => {
      const [spec] = await Promise.all([specOf(figure), load()]);
      const view = document.createElement("div");
      view.className = "kpi-chart__view kpi-chart__view--drawn";
      const old = figure.querySelector(".kpi-chart__view");
      view.style.visibility = "hidden";
      old.after(view);
      try {
        const result = await embed(view, prepared(spec, view, figure));
        name(view, spec.description);
        state.result?.finalize();
        state.result = result;
        old.remove();
        view.style.visibility = "";
      } catch (error) {
        view.remove();
        throw error;
      }
    })();
    try {
      await state.drawing;
    } catch (error) {
      console.warn("kpi-chart", error);
    } finally {
      state.drawing = null;
    }
  };

  /* One name for the whole picture; its single marks would only be noise when read out. */
  const name = (view, description) => {
    const svg = view.querySelector("svg");
    for (const part of svg.querySelectorAll("[aria-label], [role]")) {
      part.removeAttribute("aria-label");
      part.removeAttribute("aria-roledescription");
      part.removeAttribute("role");
    }
    view.removeAttribute("aria-label");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", description);
  };

  /* Taking a chart away. A picture of it is drawn anew, as wide as a slide wants it, with its
   * title and note inside, on the colour of the page. */
  const SLIDE = 800;

  const lines = (words, font) => {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = font;
    const found = [""];
    for (const part of words.trim().match(/[\u3000-\u9fff\uff00-\uffef]|\s+|[^\s\u3000-\u9fff\uff00-\uffef]+/gu) ?? []) {
      const longer = found.at(-1) + part;
      if (pen.measureText(longer.trim()).width <= SLIDE - 24 || !found.at(-1)) found.push(found.pop() + part);
      else found.push(part.trim());
    }
    return found.map((line) => line.trim());
  };

  /* As other programs read colours: #rrggbb, or rgba(). */
  const plain = (colour) => {
    const pen = document.createElement("canvas").getContext("2d");
    pen.fillStyle = colour;
    return pen.fillStyle;
  };

  const slide = async (figure, use) => {
    const spec = await specOf(figure);
    const view = document.createElement("div");
    view.className = "kpi-chart__slide";
    view.setAttribute("aria-hidden", "true");
    document.body.append(view);
    try {
      const family = getComputedStyle(document.body).fontFamily;
      const note = figure.querySelector(".kpi-legend")?.textContent ?? "";
      const own = prepared(spec, view, figure);
      own.title = {
        text: lines(figure.querySelector("figcaption").textContent, `600 15px ${family}`),
        subtitle: note ? lines(note, `12px ${family}`) : "",
        fontSize: 15, subtitleFontSize: 12, subtitlePadding: 6, subtitleColor: token("text-quiet"), frame: "bounds",
      };
      own.padding = 12;
      const paper = getComputedStyle(document.body).backgroundColor;
      own.background = paper === "rgba(0, 0, 0, 0)" ? "#ffffff" : plain(paper);
      const result = await embed(view, own);
      try {
        return await use(result.view);
      } finally {
        result.finalize();
      }
    } finally {
      view.remove();
    }
  };

  const save = (figure, kind, blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${figure.id.replace(/^chart-/, "")}.${kind}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  const copy = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = document.createElement("textarea"); // a site without https has no clipboard
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    if (!done) throw new Error("copying was refused");
  };

  const ways = {
    png: (figure) =>
      slide(figure, async (view) => {
        const canvas = await view.toCanvas(2);
        save(figure, "png", await new Promise((done) => canvas.toBlob(done)));
      }),
    svg: (figure) =>
      slide(figure, async (view) =>
        save(figure, "svg", new Blob([await view.toSVG()], { type: "image/svg+xml" })),
      ),
    csv: async (figure) => {
      const { csv } = (await specOf(figure)).usermeta.kpi;
      save(figure, "csv", new Blob(["\ufeff", csv], { type: "text/csv;charset=utf-8" }));
    },
    link: (figure) => copy(`${location.href.split("#")[0]}#${figure.id}`),
  };

  const serve = (figure) => {
    const menu = figure.querySelector(".kpi-chart__menu");
    const [button, list, status] = menu.children;
    const show = (open) => {
      list.hidden = !open;
      button.setAttribute("aria-expanded", open);
      if (open) status.textContent = "";
    };
    button.addEventListener("click", () => show(list.hidden));
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || list.hidden) return;
      show(false);
      button.focus();
    });
    menu.addEventListener("focusout", ({ relatedTarget }) => {
      if (!menu.contains(relatedTarget)) show(false);
    });
    list.addEventListener("click", async ({ target }) => {
      const way = target.dataset.way;
      if (!way) return;
      button.focus();
      show(false);
      try {
        await ways[way](figure);
        if (way === "link") status.textContent = status.dataset.copied;
      } catch (error) {
        status.textContent = status.dataset.failed;
        console.warn("kpi-chart", error);
      }
    });
    menu.hidden = false;
  };

  const all = () => [...document.querySelectorAll("figure.kpi-chart[data-spec$='.json']")];
  const drawn = () => all().filter((figure) => figures.get(figure)?.result);

  const start = () => {
    seen?.disconnect();
    seen = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          if (!isIntersecting) continue;
          seen.unobserve(target);
          draw(target);
        }
      },
      { rootMargin: "300px" },
    );
    for (const figure of all()) {
      if (!figures.has(figure)) {
        figures.set(figure, {});
        serve(figure);
      }
      if (!figures.get(figure).result) seen.observe(figure);
    }
  };

  const redraw = () => drawn().forEach(draw);

  /* Small multiples follow a change of the window's width; the others do by themselves. */
  let width = innerWidth;
  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (innerWidth === width) return;
      width = innerWidth;
      drawn()
        .filter((figure) => figures.get(figure).spec.facet)
        .forEach(draw);
    }, 200);
  });

  new MutationObserver(redraw).observe(document.body, {
    attributeFilter: ["data-md-color-scheme"],
  });
  addEventListener("beforeprint", () => all().forEach(draw));

  if (window.document$) window.document$.subscribe(start);
  else if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
