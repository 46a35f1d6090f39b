/* Taking a chart away: as a picture, as its numbers, as its address. charts.js loads this when
 * a reader asks for it.
 *
 * A picture is as wide as a slide wants it, with the chart's title and note inside, on the
 * colour of the page. It is made of the picture that stands in the page; of a chart that the
 * reader has at work, with what is chosen there, it is drawn anew.
 */
const SLIDE = 800;
const EDGE = 12;
const NAMES = 15; // pixels of a title's letters
const NOTES = 12;

const family = () => getComputedStyle(document.body).fontFamily;
const measured = (font) => {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  return (words) => pen.measureText(words.trim()).width;
};

/* Words in lines as wide as a slide. */
const lines = (words, font) => {
  const width = measured(font);
  const found = [""];
  const parts = /[\u3000-\u9fff\uff00-\uffef]|\s+|[^\s\u3000-\u9fff\uff00-\uffef]+/gu;
  for (const part of words.trim().match(parts) ?? []) {
    const fits = width(found.at(-1) + part) <= SLIDE - 2 * EDGE || !found.at(-1);
    found.push(fits ? found.pop() + part : part.trim());
  }
  return found.map((line) => line.trim());
};

const told = ({ figure }) => {
  const note = figure.querySelector(".kpi-legend")?.textContent ?? "";
  return {
    title: lines(figure.querySelector("figcaption").textContent, `600 ${NAMES}px ${family()}`),
    note: note ? lines(note, `${NOTES}px ${family()}`) : [],
  };
};

/* As other programs read colours: #rrggbb, or rgba(). */
const plain = (colour) => {
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = colour;
  return pen.fillStyle;
};

const paper = () => {
  const found = getComputedStyle(document.body).backgroundColor;
  return found === "rgba(0, 0, 0, 0)" ? "#ffffff" : plain(found);
};

const aside = async (use) => {
  const place = document.createElement("div");
  place.className = "kpi-chart__slide";
  place.setAttribute("aria-hidden", "true");
  document.body.append(place);
  try {
    return await use(place);
  } finally {
    place.remove();
  }
};

/* An element of SVG; a text where ``words`` are given. */
const element = (name, given, words) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(given)) made.setAttribute(key, value);
  if (words !== undefined) made.textContent = words;
  return made;
};

const SHAPE = ["fill-opacity", "stroke-opacity", "stroke-width", "stroke-dasharray", "stroke-linecap"];
const TEXT = ["font-size", "font-weight", "text-anchor"];

/* A copy of a picture that needs no style sheet: what each part looks like stands on it. */
const alone = (picture) => {
  const copy = picture.cloneNode(true);
  const parts = copy.querySelectorAll("path, rect, circle, line, text");
  picture.querySelectorAll("path, rect, circle, line, text").forEach((each, n) => {
    const style = getComputedStyle(each);
    for (const key of ["fill", "stroke"]) {
      const value = style.getPropertyValue(key);
      parts[n].setAttribute(key, value === "none" ? value : plain(value));
    }
    for (const key of each.matches("text") ? TEXT : SHAPE) {
      parts[n].setAttribute(key, style.getPropertyValue(key));
    }
    parts[n].removeAttribute("class");
  });
  copy.removeAttribute("class");
  return copy;
};

/* The picture with its title and note, as text of SVG. */
const slideOf = (chart) =>
  aside((place) => {
    const shown = place.appendChild(chart.picture.cloneNode(true));
    const picture = alone(shown);
    const [, , across, down] = picture.getAttribute("viewBox").split(" ").map(Number);
    const { title, note } = told(chart);
    const top = 2 * EDGE + title.length * (NAMES + 3) + note.length * (NOTES + 3);
    const wide = SLIDE - 2 * EDGE;
    const high = Math.ceil((wide / across) * down);
    const size = { width: SLIDE, height: top + high + EDGE };
    const slide = element("svg", { xmlns: "http://www.w3.org/2000/svg", ...size, viewBox: `0 0 ${size.width} ${size.height}`, "font-family": family() });
    slide.append(element("rect", { ...size, fill: paper() }));
    let y = EDGE;
    for (const words of title) {
      y += NAMES + 3;
      slide.append(element("text", { x: EDGE, y, fill: plain(chart.token("text")), "font-size": NAMES, "font-weight": 600 }, words));
    }
    for (const words of note) {
      y += NOTES + 3;
      slide.append(element("text", { x: EDGE, y, fill: plain(chart.token("text-quiet")), "font-size": NOTES }, words));
    }
    for (const [key, value] of Object.entries({ x: EDGE, y: top, width: wide, height: high })) {
      picture.setAttribute(key, value);
    }
    slide.append(picture);
    return new XMLSerializer().serializeToString(slide);
  });

/* The chart as the reader has it, drawn anew for a slide. */
const drawnOf = (chart) =>
  aside(async (place) => {
    const { title, note } = told(chart);
    const result = await chart.anew(place, {
      title: {
        text: title, subtitle: note, fontSize: NAMES, subtitleFontSize: NOTES, subtitlePadding: 6,
        subtitleColor: chart.token("text-quiet"), frame: "bounds",
      },
      padding: EDGE,
      background: paper(),
    });
    try {
      return await result.view.toSVG();
    } finally {
      result.finalize();
    }
  });

const svgOf = (chart) => (chart.drawn || !chart.picture ? drawnOf(chart) : slideOf(chart));

/* A picture in pixels, twice as many as the screen of the slide has. */
const pngOf = async (svg) => {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * 2;
  canvas.height = image.naturalHeight * 2;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done));
};

const save = ({ figure }, kind, blob) => {
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

export const ways = {
  png: async (chart) => save(chart, "png", await pngOf(await svgOf(chart))),
  svg: async (chart) => save(chart, "svg", new Blob([await svgOf(chart)], { type: "image/svg+xml" })),
  csv: async (chart) => {
    const { csv } = (await chart.spec()).usermeta.kpi;
    save(chart, "csv", new Blob(["\ufeff", csv], { type: "text/csv;charset=utf-8" }));
  },
  link: ({ figure }) => copy(`${location.href.split("#")[0]}#${figure.id}`),
};
