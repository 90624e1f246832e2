/** The values behind an operator: each editor writes into the condition and says that it changed. */
import { element, select } from "./dom.js";
import { fragment } from "./fragment.js";

const UNITS = ["day", "week", "month", "year"];

/**
 * @param {{field: string, op: string, value: unknown}} condition
 * @param {{type: string, options?: string[][]}} field
 * @param {string} takes
 * @param {{words: DOMStringMap, periods: string[][], options: (field: string, query: string) => string, changed: () => void}} around
 */
export function valueEditor(condition, field, takes, around) {
  const editors = { nothing, text, number, numbers, day, days, length, period, keys };
  return editors[takes](condition, field, around);
}

function input(type, value, around, write, more = {}) {
  return element("input", { type, value: value ?? "", "aria-label": around.words.value, oninput: (event) => (write(event.target.value), around.changed()), ...more });
}

function nothing(condition) {
  delete condition.value;
  return element("span");
}

function text(condition, _field, around) {
  if (typeof condition.value !== "string") condition.value = "";
  return input("text", condition.value, around, (value) => (condition.value = value));
}

/** People type per cent where the rule holds a share. */
const scale = (field) => (field.type === "share" ? 100 : 1);
const shown = (value, field) => (value === "" || value === undefined || value === null ? "" : String(Math.round(Number(value) * scale(field) * 1e6) / 1e6));
const stored = (value, field) => (value === "" ? "" : field.type === "share" ? Number(value) / 100 : value);

function numeral(value, field, around, write) {
  const box = input("number", shown(value, field), around, (typed) => write(stored(typed, field)), { step: "any" });
  return field.type === "share" ? element("span", { class: "with-unit" }, box, "%") : box;
}

function number(condition, field, around) {
  if (Array.isArray(condition.value) || typeof condition.value === "object") condition.value = "";
  return numeral(condition.value, field, around, (value) => (condition.value = value));
}

function numbers(condition, field, around) {
  if (!Array.isArray(condition.value) || condition.value.length !== 2) condition.value = ["", ""];
  const boxes = [0, 1].map((index) => numeral(condition.value[index], field, around, (value) => (condition.value[index] = value)));
  return element("span", { class: "pair" }, boxes[0], around.words.and, boxes[1]);
}

function day(condition, _field, around) {
  if (typeof condition.value !== "string") condition.value = "";
  return input("date", condition.value, around, (value) => (condition.value = value));
}

function days(condition, _field, around) {
  if (!Array.isArray(condition.value) || condition.value.length !== 2) condition.value = ["", ""];
  const boxes = [0, 1].map((index) => input("date", condition.value[index], around, (value) => (condition.value[index] = value)));
  return element("span", { class: "pair" }, boxes[0], around.words.and, boxes[1]);
}

function length(condition, _field, around) {
  if (typeof condition.value !== "object" || !condition.value?.unit) condition.value = { count: 30, unit: "day" };
  const count = input("number", condition.value.count, around, (value) => (condition.value.count = Number(value)), { min: 0, class: "short" });
  const unit = select({ "aria-label": around.words.value, onchange: (event) => ((condition.value.unit = event.target.value), around.changed()) }, UNITS.map((name) => [name, around.words[name]]), condition.value.unit);
  return element("span", { class: "pair" }, count, unit);
}

function period(condition, _field, around) {
  if (!around.periods.some(([key]) => key === condition.value)) condition.value = "this_month";
  return select({ "aria-label": around.words.value, onchange: (event) => ((condition.value = event.target.value), around.changed()) }, around.periods, condition.value);
}

/** Several choices: boxes in a menu; many are found by typing. */
function keys(condition, field, around) {
  if (!Array.isArray(condition.value)) condition.value = [];
  const names = new Map((field.options ?? []).map(([key, label]) => [key, label]));
  if (field.type === "person") names.set("me", around.words.me);
  const summary = element("summary", {});
  const list = element("ul", { role: "list" });
  const say = () => (summary.textContent = condition.value.map((key) => names.get(String(key)) ?? around.words.gone).join(", ") || around.words.choose);

  const box = ([key, label]) => {
    names.set(key, label);
    const checked = condition.value.map(String).includes(key);
    const toggle = (event) => {
      condition.value = event.target.checked ? [...condition.value, key] : condition.value.filter((item) => String(item) !== key);
      say();
      around.changed();
    };
    return element("li", {}, element("label", {}, element("input", { type: "checkbox", checked, onchange: toggle }), element("span", { class: "truncate" }, label)));
  };
  const show = (pairs) => list.replaceChildren(...(pairs.length ? pairs.map(box) : [element("li", { class: "quiet" }, around.words.nothing)]));
  const ask = async (query) => {
    const response = await fragment(around.options(condition.field, query));
    return response.ok ? (await response.json()).options : [];
  };

  const search = element("input", { type: "search", placeholder: around.words.search, "aria-label": around.words.search, oninput: async () => {
    const wanted = search.value.trim().toLowerCase();
    const known = [...names].filter(([, label]) => label.toLowerCase().includes(wanted));
    show(field.options ? known : await ask(`q=${encodeURIComponent(search.value)}`));
  } });
  const begin = async () => {
    const missing = condition.value.filter((key) => !names.has(String(key)));
    if (missing.length) for (const [key, label] of await ask(missing.map((key) => `key=${encodeURIComponent(key)}`).join("&"))) names.set(key, label);
    say();
    show(field.options || condition.value.length ? [...names] : await ask("q="));
  };
  say();
  begin();
  const close = (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.preventDefault(); // the menu closes, not the dialog around it with all that was built
    menu.open = false;
    summary.focus();
  };
  const menu = element("details", { class: "multi", onkeydown: close }, summary, element("div", { class: "multi-menu" }, ...(names.size > 8 || !field.options ? [search] : []), list));
  return menu;
}
