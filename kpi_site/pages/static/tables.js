/* Sorts a table of indicators by its heads, groups it by the unit of each, and shows the rows that
 * a count of levels counts.
 *
 * Without this script the table stays as it is, and a count leads to the first row that it counts.
 */
(() => {
  "use strict";

  const key = (row, column) => {
    const cell = row.cells[column];
    return cell?.dataset.v ?? cell?.textContent.trim() ?? "";
  };

  const compare = (a, b) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    const numbers = [Number(a), Number(b)];
    if (numbers.every(Number.isFinite)) return numbers[0] - numbers[1];
    return a.localeCompare(b, document.documentElement.lang);
  };

  // Before each group stands a row with its name.
  const grouped = (body, column) => {
    let last = null;
    for (const row of [...body.rows]) {
      const name = key(row, column);
      if (name !== last) {
        const head = document.createElement("th");
        head.scope = "rowgroup";
        head.colSpan = row.cells.length;
        head.textContent = name || "—";
        const line = document.createElement("tr");
        line.className = "kpi-group";
        line.append(head);
        row.before(line);
        last = name;
      }
    }
  };

  // A group of which no row is shown has no name either.
  const tidied = (body) => {
    for (const line of body.querySelectorAll(".kpi-group")) {
      let next = line.nextElementSibling;
      let count = 0;
      for (; next && next.className !== "kpi-group"; next = next.nextElementSibling) count += !next.hidden;
      line.hidden = count === 0;
    }
  };

  const sortable = (table) => {
    const body = table.tBodies[0];
    const given = [...body.rows];
    for (const head of table.tHead.rows[0].cells) {
      if (!("sort" in head.dataset)) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "kpi-sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const was = head.getAttribute("aria-sort");
        for (const line of body.querySelectorAll(".kpi-group")) line.remove();
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        if (was === "descending") {
          body.append(...given); // as it came
          return;
        }
        const sign = was === "ascending" ? -1 : 1;
        head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
        const at = head.cellIndex;
        body.append(...given.slice().sort((a, b) => sign * compare(key(a, at), key(b, at))));
        if (head.dataset.sort === "group") grouped(body, at);
        tidied(body);
      });
    }
  };

  const filtered = (table) => {
    const rows = [...table.tBodies[0].rows];
    const counts = [...document.querySelectorAll(".kpi-levels a")];
    const show = (level) => {
      for (const row of rows) row.hidden = level !== "" && row.dataset.level !== level;
      tidied(table.tBodies[0]);
      for (const count of counts) {
        if (level !== "" && count.hash === `#status-${level}`) count.setAttribute("aria-current", "true");
        else count.removeAttribute("aria-current");
      }
    };
    const chosen = () => /^#status-(\w+)$/.exec(location.hash)?.[1] ?? "";
    for (const count of counts) {
      count.addEventListener("click", (event) => {
        if (count.getAttribute("aria-current") !== "true") return;
        event.preventDefault(); // a second time: all of them again
        history.replaceState(null, "", location.pathname + location.search);
        show("");
      });
    }
    addEventListener("hashchange", () => show(chosen()));
    show(chosen());
  };

  const start = () => {
    for (const table of document.querySelectorAll("table[data-kpi-table]")) {
      sortable(table);
      filtered(table);
    }
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
