/* Makes <figure class="kpi-chart" data-spec="…"> answer its reader.
 *
 * A chart is a picture that stands in the page. When a reader points at it, touches it or asks
 * for it by its button, the bundle that lies beside this file is loaded, with the chart's spec,
 * and draws it in the picture's place, as high as the picture. Where that cannot be, the
 * picture stays. Nothing is loaded but the bundle, the specs and the scripts of this site.
 */
(() => {
  "use strict";

  const here = document.currentScript.src;
  const beside = (name) => import(new URL(name, here).href);
  const NARROW = 540; // pixels: a narrower view has a picture of its own
  const WORDS = {}; // language -> its words; the build puts them here
  const TIP = "vg-tooltip-element"; // in a window it has to lie inside that
  const figures = new WeakMap(); // figure -> { spec, result, drawing, height, wide }
  let near = null;

  const refuse = () => Promise.reject(new Error("charts load nothing"));
  const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse, options: {} };

  const token = (name) =>
    getComputedStyle(document.body).getPropertyValue(`--kpi-${name}`).trim();

  /* The config of a spec with the colours of the page's scheme. */
  const themed = (spec) => {
    const styles = Object.keys(spec.config.style); // kpi-<token>
    const text = token("text");
    const quiet = token("text-quiet");
    return {
      ...spec.config,
      font: getComputedStyle(document.body).fontFamily,
      style: Object.fromEntries(styles.map((style) => [style, { color: token(style.slice(4)) }])),
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

  /* A chart as wide as its view; with a height, as high as that. Small multiples fill no room
   * by themselves: as many stand beside each other as in the picture. */
  const AROUND = { width: 60, between: 24, height: 68 }; // of panels: axis, gap, head and axis
  const fitted = (spec, width, height) => {
    if (!spec.facet) {
      return height ? { ...spec, height, autosize: { type: "fit", contains: "padding" } } : spec;
    }
    const count = spec.params.find(({ name }) => name === "memberLabels").value.length;
    const columns = Math.min(width < NARROW ? 2 : 3, count);
    const cell = Math.floor((width - AROUND.width) / columns) - AROUND.between;
    const high = height / Math.ceil(count / columns) - AROUND.height;
    const size = { width: cell, height: Math.max(Math.floor(high), 40) || spec.spec.height };
    const header = { ...spec.facet.header, labelLimit: cell };
    return { ...spec, columns, facet: { ...spec.facet, header }, spec: { ...spec.spec, ...size } };
  };

  /* What the reader has chosen stays chosen when the chart is drawn again, or for a slide. */
  const chosen = (spec, figure) => {
    const drawn = figures.get(figure).result?.view;
    return spec.params.map((p) => (p.bind && drawn ? { ...p, value: drawn.signal(p.name) } : p));
  };

  const prepared = (spec, width, figure, height) => {
    const own = { ...fitted(spec, width, height), config: themed(spec) };
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

  const embed = async (view, spec, bind) => {
    const { vegaEmbed } = await beside("vega.js");
    return vegaEmbed(view, spec, {
      mode: "vega-lite",
      ast: true,
      actions: false,
      renderer: "svg",
      loader,
      bind,
      defaultStyle: false, // charts.css has what a chart needs of it: a page's policy
      tooltip: { theme: "kpi", disableDefaultStyle: true }, // may forbid styles in it
      logLevel: 1,
    });
  };

  const viewOf = (figure) => figure.querySelector(".kpi-chart__view");
  const handOf = (figure) => figure.querySelector(".kpi-chart__hand");

  /* The chart comes where the picture was; what the reader can choose, where the button was. */
  const replace = async (figure, state) => {
    const spec = await specOf(figure);
    const [old, hand] = [viewOf(figure), handOf(figure)];
    state.height ??= old.getBoundingClientRect().height;
    const view = document.createElement("div");
    view.className = "kpi-chart__view kpi-chart__view--coming";
    view.style.minHeight = `${state.height}px`;
    old.after(view);
    const choices = document.createElement("div");
    try {
      const own = prepared(spec, view.clientWidth, figure, state.height);
      const result = await embed(view, own, choices);
      name(view, spec.description);
      state.result?.finalize();
      state.result = result;
    } catch (error) {
      view.remove();
      throw error;
    }
    const held = hand.contains(document.activeElement);
    old.remove();
    view.className = "kpi-chart__view kpi-chart__view--drawn";
    hand.replaceChildren(...choices.childNodes);
    if (held) keep(hand.querySelector("select") ?? view);
  };

  /* The keyboard's place, whose button is gone. */
  const keep = (place) => {
    if (!place.matches("select")) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };

  const draw = (figure) => {
    const state = figures.get(figure);
    if (!state) return Promise.resolve();
    state.drawing ??= replace(figure, state).finally(() => (state.drawing = null));
    return state.drawing;
  };

  const tell = (error) => console.warn("kpi-chart", error);

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

  /* The picture that fits the view: a narrow one comes with the spec. */
  const fit = async (figure) => {
    const state = figures.get(figure);
    const view = viewOf(figure);
    state.wide ??= view.querySelector(".kpi-svg");
    if (state.result || !state.wide) return;
    if (view.clientWidth >= NARROW) {
      view.replaceChildren(state.wide);
      return;
    }
    const { narrow } = (await specOf(figure)).usermeta.kpi;
    if (!narrow || state.result) return;
    view.innerHTML = narrow;
    const named = state.wide.querySelector("title");
    if (named) view.firstElementChild.prepend(named.cloneNode(true));
    for (const told of ["role", "aria-label", "tabindex"]) view.removeAttribute(told);
  };

  /* A picture that is wider than the screen scrolls, by the keyboard too. */
  const reach = (figure) => {
    const view = viewOf(figure);
    if (view.scrollWidth <= view.clientWidth) return;
    view.tabIndex = 0;
    view.setAttribute("role", "group");
    view.setAttribute("aria-label", figure.querySelector("figcaption").textContent);
  };

  /* What taking a chart away needs of it (take.js). */
  const chart = (figure) => ({
    figure,
    token,
    spec: () => specOf(figure),
    picture: figures.get(figure).wide ?? viewOf(figure).querySelector(".kpi-svg"),
    drawn: Boolean(figures.get(figure).result),
    /* The chart as the reader has it, drawn anew into ``view``. */
    anew: async (view, more) => {
      const spec = await specOf(figure);
      return embed(view, { ...prepared(spec, view.clientWidth, figure), ...more });
    },
  });

  const made = (tag, given, ...inside) => {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(given)) element.setAttribute(key, value);
    element.append(...inside);
    return element;
  };
  const wordsOf = (figure) => {
    const language = figure.closest("[lang]")?.lang.split("-")[0];
    return WORDS[language] ?? Object.values(WORDS)[0];
  };

  /* What a reader can take away, by a menu beside the chart's title. */
  const WAYS = ["png", "svg", "csv", "link"];
  const menuOf = (words) => {
    const name = { "aria-label": words.name, title: words.name };
    const ways = WAYS.map((way) =>
      made("li", {}, made("button", { type: "button", "data-way": way }, words[way])),
    );
    return made(
      "div",
      { class: "kpi-chart__menu" },
      made("button", { type: "button", "aria-expanded": false, ...name }, "⋯"),
      made("ul", { hidden: "" }, ...ways),
      made("span", { role: "status" }),
    );
  };

  const serve = (figure) => {
    const words = wordsOf(figure);
    const menu = menuOf(words);
    const [button, list, status] = menu.children;
    const show = (open) => {
      list.hidden = !open;
      button.setAttribute("aria-expanded", open);
      if (open) status.textContent = "";
    };
    const failed = (error) => {
      status.textContent = words.failed;
      tell(error);
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
        const { ways } = await beside("take.js");
        await ways[way](chart(figure));
        if (way === "link") status.textContent = words.copied;
      } catch (error) {
        failed(error);
      }
    });
    figure.querySelector("figcaption").after(menu);
    const hand = made("button", { type: "button" }, words.explore);
    hand.addEventListener("click", () => draw(figure).catch(failed));
    handOf(figure).append(hand);
    const asked = () => {
      figure.removeEventListener("pointermove", pointed);
      figure.removeEventListener("pointerdown", pointed);
      draw(figure).catch(tell);
    };
    /* A page that scrolls under a pointer at rest is not pointing. */
    const pointed = (event) => {
      const moved = event.type === "pointerdown" || event.movementX || event.movementY;
      if (moved && event.target.closest(".kpi-chart__view")) asked();
    };
    figure.addEventListener("pointermove", pointed);
    figure.addEventListener("pointerdown", pointed);
  };

  /* A report has small pictures. What each shows is opened large and at work, from the file of
   * its edition: a figure like any other, in a window above the page. */
  const open = async (small, place, name) => {
    place.charts ??= read(place.dataset.kpiCharts);
    const { close, kinds, charts } = await place.charts;
    const { kind, own, figure: html } = charts[name];
    const box = document.createElement("dialog");
    box.className = "kpi-chart-window";
    box.innerHTML = html;
    const figure = box.querySelector("figure");
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: close, className: "kpi-chart-window__close" });
    button.addEventListener("click", () => box.close());
    box.prepend(button);
    box.setAttribute("aria-label", figure.querySelector("figcaption").textContent);
    small.removeAttribute("id"); // the address is that of the open one meanwhile
    box.addEventListener("close", () => {
      small.id = figure.id;
      figures.get(figure).result?.finalize();
      box.remove();
    });
    box.append(document.getElementById(TIP) ?? Object.assign(document.createElement("div"), { id: TIP }));
    document.body.append(box);
    figures.set(figure, { spec: { ...kinds[kind], ...own }, height: Math.min(360, innerHeight / 2) });
    serve(figure);
    box.showModal();
    await draw(figure);
  };

  const reports = () => {
    const place = document.querySelector("[data-kpi-charts]");
    if (!place) return;
    for (const small of document.querySelectorAll(".kpi-minis > figure")) {
      const name = small.querySelector("a")?.href.match(/\/indicators\/([^/]+)\/$/)?.[1];
      const picture = small.querySelector("svg");
      if (!name || !picture || small.querySelector("button")) continue;
      small.id ||= `chart-${name}-trend`;
      const button = document.createElement("button");
      const words = `${place.dataset.explore} · ${small.querySelector("a").textContent}`;
      Object.assign(button, { type: "button", textContent: "⋯", title: words });
      button.setAttribute("aria-label", words);
      const show = () => open(small, place, name).catch(tell);
      button.addEventListener("click", show);
      picture.addEventListener("click", show);
      small.append(button);
    }
    const at = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (at?.matches(".kpi-minis > figure")) at.scrollIntoView({ block: "center" });
  };

  const all = () => [...document.querySelectorAll("figure.kpi-chart[data-spec$='.json']")];
  const drawn = () =>
    [...document.querySelectorAll("figure.kpi-chart")].filter((at) => figures.get(at)?.result);

  const start = () => {
    near?.disconnect();
    near = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          if (!isIntersecting) continue;
          near.unobserve(target);
          fit(target).catch(tell);
        }
      },
      { rootMargin: "300px" },
    );
    for (const figure of all()) {
      if (!figures.has(figure)) {
        figures.set(figure, {});
        serve(figure);
        reach(figure);
      }
      if (!figures.get(figure).result) near.observe(figure);
    }
    reports();
  };

  const redraw = () => drawn().forEach((figure) => draw(figure).catch(tell));

  /* Small multiples follow a change of the window's width; the others do by themselves. */
  let width = innerWidth;
  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (innerWidth === width) return;
      width = innerWidth;
      start();
      drawn()
        .filter((figure) => figures.get(figure).spec.facet)
        .forEach((figure) => draw(figure).catch(tell));
    }, 200);
  });

  new MutationObserver(redraw).observe(document.body, {
    attributeFilter: ["data-md-color-scheme"],
  });

  if (window.document$) window.document$.subscribe(start);
  else if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
