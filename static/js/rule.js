/**
 * <tenure-rule>: the builder of a rule. It edits the tree as plain data and draws it again when its shape changes;
 * the server reads it, counts it and says what is wrong with it, each fault at its place.
 */
import { element, icon, select } from "./dom.js";
import { fragment } from "./fragment.js";
import { valueEditor } from "./rule_values.js";

const DELAY = 350;

class Rule extends HTMLElement {
  #catalogue = {};
  #beside = new Map();
  #untouched = new WeakSet();
  #tree = { all: [] };
  #places = new Map();
  #timer = 0;
  #request = new AbortController();
  /** As a part of a form the rule is written here; else it is shown in the list. */
  #input = null;

  connectedCallback() {
    this.#input = this.querySelector(":scope > input[type=hidden]");
    this.#catalogue = JSON.parse(this.querySelector("#rule-catalogue").textContent);
    this.#tree = grouped(JSON.parse(this.querySelector("#rule-tree").textContent));
    const isNew = !parts(this.#tree).length;
    if (isNew && !this.#input) parts(this.#tree).push(this.#condition(this.#catalogue));
    this.querySelector("[data-apply]")?.addEventListener("click", () => this.#show(this.#text()));
    this.querySelector("[data-clear]")?.addEventListener("click", () => this.#show(""));
    this.#draw();
    if (isNew) clearTimeout(this.#timer); // nothing was asked yet, so nothing is wrong yet
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#request.abort();
  }

  #condition(catalogue) {
    const field = catalogue.fields[0];
    const made = { field: field.key, op: this.#catalogue.operatorsOf[field.type][0] };
    this.#untouched.add(made);
    return made;
  }

  #draw() {
    this.#places.clear();
    const root = this.querySelector("[data-root]");
    const at = placeOfFocus(root);
    root.replaceChildren(this.#group(this.#tree, this.#catalogue, [], null));
    if (at >= 0) setTimeout(() => controls(root)[at]?.focus()); // once the parts about other records stand too
    this.#changed();
  }

  // --- groups ---------------------------------------------------------------------------------------------

  #group(node, catalogue, place, remove) {
    const list = parts(node);
    const inside = node.not ? [...place, 0] : place;
    const op = select({ "aria-label": this.dataset.operator, onchange: (event) => this.#turn(node, event.target.value) }, OPS.map((key) => [key, this.dataset[key]]), opOf(node));
    const rows = list.map((part, index) => this.#part(part, catalogue, [...inside, index], () => (list.splice(index, 1), this.#draw())));
    const add = (made) => () => (list.push(made()), this.#draw());
    return element("fieldset", { class: "rule-group" },
      element("legend", {}, op, ...(remove ? [this.#remover(remove)] : [])),
      ...rows,
      element("div", { class: "cluster" },
        this.#adder(this.dataset.add, add(() => this.#condition(catalogue))),
        ...(inside.length < 6 ? [this.#adder(this.dataset.addGroup, add(() => ({ any: [this.#condition(catalogue)] })))] : [])));
  }

  #turn(node, op) {
    const list = parts(node);
    for (const name of Object.keys(node)) delete node[name];
    Object.assign(node, op === "none" ? { not: { any: list } } : op === "notAll" ? { not: { all: list } } : { [op]: list });
    this.#draw(); // the places of its parts are others
  }

  #adder(label, act) {
    return element("button", { type: "button", class: "button quiet", onclick: act }, icon("plus"), label);
  }

  #remover(act) {
    return element("button", { type: "button", class: "button quiet square", "aria-label": this.dataset.remove, onclick: act }, icon("x"));
  }

  // --- parts ------------------------------------------------------------------------------------------------

  #part(part, catalogue, place, remove) {
    if (parts(part)) return this.#group(part, catalogue, place, remove);
    const row = part.related ? this.#relatedRow(part, catalogue, place, remove) : this.#fieldRow(part, catalogue, remove);
    this.#places.set(place.join("."), { row, part });
    return row;
  }

  #fieldRow(condition, catalogue, remove) {
    const field = catalogue.fields.find((item) => item.key === condition.field) ?? { key: condition.field, label: condition.field, type: "text" };
    const operators = this.#catalogue.operatorsOf[field.type];
    if (!operators.includes(condition.op)) condition.op = operators[0];
    const op = select({ "aria-label": this.dataset.operator, onchange: (event) => ((condition.op = event.target.value), this.#draw()) }, operators.map((key) => [key, this.#catalogue.operators[key].label]), condition.op);
    const takes = this.#catalogue.operators[condition.op].takes;
    const value = valueEditor(condition, field, takes, this.#around(condition, catalogue));
    return element("div", { class: "rule-row" }, this.#chooser(condition, catalogue), op, value, this.#remover(remove), element("p", { class: "error-text", hidden: true }));
  }

  #around(condition, catalogue) {
    const lists = this.dataset.lists.replace(this.dataset.kind, catalogue.kind).replace("catalogue/", "options/");
    return { words: this.dataset, periods: this.#catalogue.periods, options: (field, query) => `${lists}${encodeURIComponent(field)}/?${query}`, changed: () => (this.#untouched.delete(condition), this.#changed()) };
  }

  /** Which field, or which records that hang on this one. */
  #chooser(part, catalogue) {
    const group = (label, items, mark) => element("optgroup", { label }, ...items.map((item) => element("option", { value: mark + item.key }, item.label)));
    const made = element("select", { "aria-label": this.dataset.field }, group(this.dataset.fields, catalogue.fields, "field:"), ...(catalogue.related.length ? [group(this.dataset.related, catalogue.related, "related:")] : []));
    const chosen = part.related ? `related:${part.related}` : `field:${part.field}`;
    if (![...made.options].some((option) => option.value === chosen)) made.append(element("option", { value: chosen }, `${part.field ?? part.related} (${this.dataset.gone})`));
    made.value = chosen;
    made.addEventListener("change", () => {
      const [what, key] = made.value.split(/:(.*)/s);
      for (const name of Object.keys(part)) delete part[name];
      Object.assign(part, what === "field" ? { field: key, op: "" } : { related: key, op: "some" });
      this.#draw();
    });
    return made;
  }

  // --- records that hang on this one ------------------------------------------------------------------------------

  #relatedRow(part, catalogue, place, remove) {
    const operators = Object.entries(this.#catalogue.relatedOperators);
    const op = select({ "aria-label": this.dataset.operator, onchange: (event) => ((part.op = event.target.value), this.#draw()) }, operators.map(([key, { label }]) => [key, label]), part.op);
    const measure = this.#catalogue.relatedOperators[part.op]?.measure;
    const row = element("div", { class: "rule-row related" }, this.#chooser(part, catalogue), op);
    if (measure) row.append(element("input", { type: "number", min: 0, step: "any", class: "short", "aria-label": this.dataset.value, value: part.value ?? "", oninput: (event) => ((part.value = event.target.value), this.#changed()) }));
    else delete part.value;
    const where = element("div", { class: "rule-where" });
    row.append(this.#remover(remove), element("p", { class: "error-text", hidden: true }), where);
    this.#fillWhere(part, catalogue, place, measure, op, where);
    return row;
  }

  async #fillWhere(part, catalogue, place, measure, op, where) {
    const related = catalogue.related.find((item) => item.key === part.related);
    if (!related) return;
    const beside = await this.#catalogueOf(related.kind);
    if (!where.isConnected) return;
    if (measure === "sum") {
      const summed = beside.fields.filter((field) => field.sums).map((field) => [field.key, field.label]);
      part.of ??= summed[0]?.[0];
      op.after(select({ "aria-label": this.dataset.of, onchange: (event) => ((part.of = event.target.value), this.#changed()) }, summed, part.of));
    } else delete part.of;
    if (part.where) {
      part.where = grouped(part.where);
      where.append(element("span", { class: "quiet" }, this.dataset.where), this.#group(part.where, beside, [...place, 0], () => (delete part.where, this.#draw())));
    } else where.append(this.#adder(this.dataset.where, () => ((part.where = { all: [this.#condition(beside)] }), this.#draw())));
    this.#changed();
  }

  async #catalogueOf(kind) {
    if (!this.#beside.has(kind)) {
      const response = await fragment(this.dataset.lists.replace(this.dataset.kind, kind));
      this.#beside.set(kind, response.ok ? await response.json() : { kind, fields: [], related: [] });
    }
    return this.#beside.get(kind);
  }

  // --- asking the server ------------------------------------------------------------------------------------------

  #text() {
    return parts(this.#tree).length ? JSON.stringify(this.#tree) : "";
  }

  #query(rule) {
    const query = new URLSearchParams(this.#input ? "" : location.search);
    for (const name of ["after", "before", "rule"]) query.delete(name);
    if (rule || query.get("view")) query.set("rule", rule);
    return query;
  }

  #changed() {
    if (this.#input) this.#input.value = this.#text();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#count(), DELAY);
  }

  /** The count of a sample at once, then the exact one. */
  async #count() {
    this.#request.abort();
    this.#request = new AbortController();
    const query = this.#query(this.#text());
    try {
      const answer = await this.#ask(query);
      this.#say(answer);
      if (answer.count && !answer.is_exact) {
        query.set("exact", "1");
        this.#say(await this.#ask(query));
      }
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  async #ask(query) {
    const response = await fragment(`${this.dataset.count}?${query}`, { signal: this.#request.signal });
    return response.ok ? response.json() : {};
  }

  #say({ reading = "", count = "", problems = [] }) {
    this.querySelector("[data-reading]").textContent = problems.length ? "" : reading;
    this.querySelector("[data-count-text]").textContent = count;
    const apply = this.querySelector("[data-apply]");
    if (apply) apply.disabled = problems.length > 0;
    for (const text of this.querySelectorAll(".error-text")) text.hidden = true;
    for (const { place, text } of problems) {
      const { row, part } = this.#places.get(place.join(".")) ?? {};
      const target = this.#untouched.has(part) ? null : row?.querySelector(":scope > .error-text"); // no reproach before the first word
      if (target) Object.assign(target, { hidden: false, textContent: text });
      else this.querySelector("[data-reading]").textContent = text;
    }
  }

  #show(rule) {
    location.assign(`${this.dataset.list}?${this.#query(rule)}`);
  }
}

const controls = (root) => [...root.querySelectorAll("select, input, button, summary")];

/** The count of controls before the focused one. A button that adds gives way to the first control of what it adds. */
function placeOfFocus(root) {
  const focused = document.activeElement;
  return controls(root).indexOf(focused.closest(".cluster")?.querySelector("button") ?? focused);
}

const OPS = ["all", "any", "none", "notAll"];
const parts = (node) => (node.not ?? node).all ?? (node.not ?? node).any;
const opOf = (node) => (node.not ? (node.not.any ? "none" : "notAll") : node.all ? "all" : "any");

/** A single condition stands in a group of its own, so that another can be added beside it. */
function grouped(node) {
  const tidy = negations(node);
  return parts(tidy) ? tidy : { all: Object.keys(tidy).length ? [tidy] : [] };
}

/** What is turned round is always a group: "not this" reads as "none of these" with one part. */
function negations(node) {
  const list = parts(node);
  if (list) return list.splice(0, list.length, ...list.map(negations)), node;
  return node.not ? { not: { any: [negations(node.not)] } } : node;
}

customElements.define("tenure-rule", Rule);
