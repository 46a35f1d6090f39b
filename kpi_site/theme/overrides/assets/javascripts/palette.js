/* Puts the chosen colours on before anything is drawn: it stands behind the theme's switch. */
"use strict";
{
  const chosen = __md_get("__palette")?.color;
  if (chosen) {
    let colours = chosen;
    if (chosen.media === "(prefers-color-scheme)") {
      const scheme = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
      const media = `(prefers-color-scheme: ${scheme})`;
      const option = document.querySelector(`[data-md-color-media='${media}']`);
      const named = (name) => [name, option.getAttribute(`data-md-color-${name}`)];
      if (option) colours = Object.fromEntries(["media", "scheme", "primary", "accent"].map(named));
    }
    for (const [name, value] of Object.entries(colours)) {
      document.body.setAttribute(`data-md-color-${name}`, value);
    }
  }
}
