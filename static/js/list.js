/**
 * <tenure-list>: a cursor on the rows of a list. j and k or the arrows move it, Enter opens the row's link, Space peeks,
 * x selects. A list with <template data-selection> shows that bar while rows are selected.
 */
import htmx from "htmx.org";
import { isTaken } from "./keys.js";
import { addHandles } from "./list_head.js";

class List extends HTMLElement {
  #at = -1;
  #listen = (event) => this.#key(event);

  connectedCallback() {
    document.addEventListener("keydown", this.#listen);
    this.addEventListener("click", (event) => this.#clicked(event));
    addHandles(this);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.#listen);
  }

  get rows() {
    return [...this.querySelectorAll("[data-id]")];
  }

  get current() {
    return this.rows[this.#at];
  }

  /** Moves the cursor by some rows and tells the peek. */
  move(step) {
    const rows = this.rows;
    if (!rows.length) return;
    this.#place(Math.max(0, Math.min(rows.length - 1, this.#at + step)));
    this.dispatchEvent(new CustomEvent("tenure:cursor", { bubbles: true, detail: { row: this.current } }));
  }

  #place(index) {
    this.current?.classList.remove("cursor");
    this.#at = index;
    this.current?.classList.add("cursor");
    this.current?.scrollIntoView({ block: "nearest" });
  }

  /** A click beside the links of a row peeks, as Space does; a link stays a link. */
  #clicked(event) {
    const row = event.target.closest("[data-id]");
    if (!row || event.target.closest("a, button, input, select, label, form") || getSelection()?.toString()) return;
    this.#place(this.rows.indexOf(row));
    document.querySelector("tenure-peek")?.show(row, { slide: true });
  }

  #key(event) {
    if (isTaken(event)) return;
    const onControl = event.target.closest?.("a, button, summary");
    if (event.key === "j" || event.key === "ArrowDown") this.move(1);
    else if (event.key === "k" || event.key === "ArrowUp") this.move(-1);
    else if (event.key === "Enter" && !onControl) this.current?.querySelector("a[href]")?.click();
    else if (event.key === " " && !onControl) this.#peek();
    else if (event.key === "x") this.#select();
    else return;
    event.preventDefault();
  }

  #peek() {
    if (!this.current) this.move(1);
    document.querySelector("tenure-peek")?.toggle(this.current);
  }

  #select() {
    if (!this.querySelector("template[data-selection]")) return;
    this.current?.classList.toggle("selected");
    this.#showSelection();
  }

  #showSelection() {
    const selected = this.querySelectorAll("[data-id].selected");
    let bar = this.querySelector(".selection-bar");
    if (!selected.length) return bar?.remove();
    if (!bar) {
      this.append(this.querySelector("template[data-selection]").content.cloneNode(true));
      bar = this.querySelector(".selection-bar");
      bar.addEventListener("click", (event) => this.#act(event.target.closest("button")));
    }
    bar.querySelector("output").textContent = selected.length;
  }

  /** A bar's button posts the ids of the selected rows; without an address it clears the selection. */
  #act(button) {
    if (!button) return;
    const selected = [...this.querySelectorAll("[data-id].selected")];
    const ids = new URLSearchParams(selected.map((row) => ["id", row.dataset.id]));
    for (const row of selected) row.classList.remove("selected");
    if (button.dataset.post) htmx.ajax("POST", `${button.dataset.post}?${ids}`, { source: this, swap: "none" });
    this.#showSelection();
  }
}

customElements.define("tenure-list", List);
