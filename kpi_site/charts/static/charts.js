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

  const prepared = (spec, figure, view) => {
    const own = { ...fitted(spec, view.clientWidth), config: themed(spec) };
    if (figure.querySelector("figcaption")) delete own.title; // the page says it already
    return own;
  };

  const read = async (address) => {
    const response = await fetch(new URL(address, document.baseURI));
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    return response.json();
  };

  const draw = async (figure) => {
    const state = figures.get(figure);
    if (!state || state.drawing) return state?.drawing;
    state.drawing = (async () => {
      const [{ vegaEmbed }, spec] = await Promise.all([
        load(),
        state.spec ?? read(figure.dataset.spec),
      ]);
      state.spec = spec;
      const view = document.createElement("div");
      view.className = "kpi-chart__view kpi-chart__view--drawn";
      const old = figure.querySelector(".kpi-chart__view");
      view.style.visibility = "hidden";
      old.after(view);
      try {
        const result = await vegaEmbed(view, prepared(spec, figure, view), {
          mode: "vega-lite",
          ast: true,
          actions: false,
          renderer: "svg",
          loader,
          defaultStyle: false, // charts.css has what a chart needs of it: a page's policy
          tooltip: { theme: "kpi", disableDefaultStyle: true }, // may forbid styles in it
          logLevel: 1,
        });
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
      if (!figures.has(figure)) figures.set(figure, {});
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
