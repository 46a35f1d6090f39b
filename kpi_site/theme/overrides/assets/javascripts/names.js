/* Landmarks are few, and each has a name of its own. The theme puts a nameless one around every
 * code's copy button, and published reports, which stay as they are, have one around each table.
 */
"use strict";
{
  const name = () => {
    for (const box of document.querySelectorAll("nav.md-code__nav")) box.setAttribute("role", "none");
  };
  const watch = new MutationObserver(name);
  for (const code of document.querySelectorAll("pre")) watch.observe(code, { childList: true });
  for (const table of document.querySelectorAll(".kpi-scroll[role=region]")) {
    table.setAttribute("role", "group");
  }
}
