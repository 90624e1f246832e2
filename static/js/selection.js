/**
 * The selection of a list: boxes of its rows, a range with Shift, the whole page, or all results. While something is
 * selected the bar of <template data-selection> offers what can be done with it.
 */
import htmx from "htmx.org";

export class Selection {
  #list;
  #last = null;
  #all = false;

  /** @param {HTMLElement} list the <tenure-list> */
  constructor(list) {
    this.#list = list;
    list.addEventListener("change", (event) => this.#changed(event));
    list.addEventListener("click", (event) => this.#clicked(event));
  }

  get #boxes() {
    return [...this.#list.querySelectorAll("tbody .check-cell input")];
  }

  get #ids() {
    return this.#boxes.filter((box) => box.checked).map((box) => box.closest("[data-id]").dataset.id);
  }

  /** The key x: the row under the cursor. */
  toggle(row) {
    const box = row?.querySelector(".check-cell input");
    if (!box) return;
    box.checked = !box.checked;
    this.#show();
  }

  /** Opens the form of an action, as the keys do; says whether there was a selection and such an action. */
  act(key) {
    const button = this.#list.querySelector(`.selection-bar [data-key="${key}"]`);
    button?.click();
    return Boolean(button);
  }

  clear() {
    for (const box of this.#list.querySelectorAll(".check-cell input")) box.checked = false;
    this.#show();
  }

  #changed(event) {
    if (event.target.matches("[data-select-page]")) for (const box of this.#boxes) box.checked = event.target.checked;
    else if (!event.target.closest(".check-cell")) return;
    this.#show();
  }

  #clicked(event) {
    const box = event.target.closest("tbody .check-cell input");
    if (box) return this.#range(event, box);
    const button = event.target.closest(".selection-bar button");
    if (!button) return;
    if (button.hasAttribute("data-select-all")) this.#selectAll();
    else if (button.hasAttribute("data-clear")) this.clear();
    else if (button.dataset.export) this.#post(button.dataset.export);
    else if ("atOnce" in button.dataset && !this.#all) this.#post(button.dataset.bulk);
    else if (button.dataset.bulk) document.querySelector("tenure-dialog").open(this.#address(button.dataset.bulk));
  }

  #range(event, box) {
    const boxes = this.#boxes;
    if (event.shiftKey && this.#last) {
      const [from, to] = [boxes.indexOf(this.#last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
    }
    this.#last = box;
    this.#show();
  }

  #selectAll() {
    for (const box of this.#boxes) box.checked = true;
    this.#show();
    this.#all = true;
    this.#say();
  }

  #show() {
    this.#all = false;
    const count = this.#ids.length;
    for (const box of this.#boxes) box.closest("tr").classList.toggle("selected", box.checked);
    this.#list.querySelector("table.list")?.classList.toggle("selecting", count > 0);
    const bar = this.#list.querySelector(".selection-bar");
    if (!count) return bar?.remove();
    if (!bar) this.#list.append(this.#list.querySelector("template[data-selection]").content.cloneNode(true));
    this.#say();
  }

  #say() {
    const bar = this.#list.querySelector(".selection-bar");
    if (!bar) return;
    bar.querySelector("output").textContent = this.#all ? "" : this.#ids.length;
    bar.querySelector("[data-some]").hidden = this.#all;
    bar.querySelector("[data-every]").hidden = !this.#all;
    const selectAll = bar.querySelector("[data-select-all]");
    if (selectAll) selectAll.hidden = this.#all || this.#ids.length < this.#boxes.length;
  }

  /** The address of an action: the list's own parameters and what is selected of it. */
  #address(path) {
    const query = new URLSearchParams(location.search);
    for (const name of ["after", "before"]) query.delete(name);
    if (this.#all) query.set("all", "1");
    else for (const id of this.#ids) query.append("id", id);
    return `${path}?${query}`;
  }

  #post(path) {
    htmx.ajax("POST", this.#address(path), { source: this.#list, swap: "none" });
  }
}
