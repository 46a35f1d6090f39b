/* Opens the tabs that the reader chose last, on any page, and the one that the address names. */
"use strict";
{
  const chosen = __md_get("__tabs");
  if (Array.isArray(chosen)) {
    for (const labels of document.querySelectorAll(".tabbed-set > .tabbed-labels")) {
      const label = chosen
        .map((text) => [...labels.children].find((one) => one.innerText.trim() === text))
        .find(Boolean);
      if (label) document.getElementById(label.htmlFor).checked = true;
    }
  }
  const named = document.getElementById(location.hash.slice(1));
  if (named?.name?.startsWith("__tabbed_")) named.checked = true;
}
