/** The head of a list: dragging an edge makes its column wider, kept on the server; columns out of sight are hinted at. */
import { element } from "./dom.js";
import { fragment } from "./fragment.js";

const NARROWEST = 64;
const WIDEST = 640;

/** @param {HTMLElement} list the <tenure-list> whose table gets handles */
export function addHandles(list) {
  const table = list.querySelector("table.list");
  if (!table || !matchMedia("(pointer: fine)").matches) return;
  const columns = [...table.querySelectorAll("col[data-col]")];
  const heads = [...table.querySelectorAll("thead th")].slice(1);
  heads.forEach((head, index) => {
    if (!head.querySelector(".resize")) head.append(element("span", { class: "resize", "aria-hidden": "true", onpointerdown: (event) => drag(event, list, table, columns, heads, index) }));
  });
}

/** @param {HTMLElement} list which gets `data-more` while there are columns to the right of what is seen */
export function hintAtMore(list) {
  const area = list.querySelector(".list-scroll");
  if (!area) return;
  const look = () => list.toggleAttribute("data-more", area.scrollWidth - area.clientWidth - Math.abs(area.scrollLeft) > 8);
  area.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(area);
}

function drag(event, list, table, columns, heads, index) {
  event.preventDefault();
  const handle = event.target;
  const start = event.clientX;
  const widths = heads.map((head) => Math.round(head.getBoundingClientRect().width));
  const before = widths[index];
  const follow = ({ clientX }) => {
    widths[index] = Math.max(NARROWEST, Math.min(WIDEST, before + clientX - start));
    columns.forEach((column, place) => column.setAttribute("width", widths[place]));
    table.setAttribute("width", widths.reduce((sum, width) => sum + width, 40));
  };
  const end = () => {
    handle.removeEventListener("pointermove", follow);
    keep(list, columns, widths);
  };
  handle.setPointerCapture(event.pointerId);
  handle.addEventListener("pointermove", follow);
  handle.addEventListener("pointerup", end, { once: true });
}

function keep(list, columns, widths) {
  const body = new URLSearchParams({
    columns: JSON.stringify(columns.map((column, index) => [column.dataset.col, widths[index]])),
    query: location.search.slice(1),
  });
  const token = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
  fragment(list.dataset.columns, { method: "POST", body, headers: { "X-CSRFToken": token } });
}
