/** Custom elements whose program is fetched when the first of them stands in the page. */
const PARTS = {
  "tenure-board": () => import("./board.js"),
  "tenure-calendar": () => import("./calendar.js"),
  "tenure-chart": () => import("./chart.js"),
  "tenure-copy": () => import("./copy.js"),
  "tenure-drop": () => import("./drop_zone.js"),
  "tenure-email": () => import("./email.js"),
  "tenure-field-choice": () => import("./field_choice.js"),
  "tenure-layout": () => import("./layout_editor.js"),
  "tenure-lines": () => import("./lines.js"),
  "tenure-log": () => import("./log.js"),
  "tenure-rows": () => import("./rows.js"),
  "tenure-rule": () => import("./rule.js"),
};

function load() {
  for (const [name, program] of Object.entries(PARTS)) if (document.querySelector(`${name}:not(:defined)`)) program();
}

new MutationObserver(load).observe(document.documentElement, { childList: true, subtree: true });
load();
