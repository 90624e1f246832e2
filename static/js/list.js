/**
 * <tenure-list>: a cursor on the rows of a list. j and k or the arrows move it, Enter opens the row's link, Space peeks,
 * x selects, a assigns the selection, e edits the cell or record.
 */
import htmx from "htmx.org";
import { isTaken } from "./keys.js";
import { addHandles, hintAtMore } from "./list_head.js";
import { Selection } from "./selection.js";

/** Milliseconds in which a second click still edits instead of peeking. */
const DOUBLE_CLICK = 220;

class List extends HTMLElement {
  #at = -1;
  #selection = null;
  #peeking = 0;
  #listen = (event) => this.#key(event);

  connectedCallback() {
    document.addEventListener("keydown", this.#listen);
    this.addEventListener("click", (event) => this.#clicked(event));
    this.addEventListener("dblclick", (event) => {
      clearTimeout(this.#peeking);
      this.#edit(event.target.closest("td[data-field]"));
    });
    addHandles(this);
    hintAtMore(this);
    if (this.querySelector("template[data-selection]")) this.#selection = new Selection(this);
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

  /** A click beside the links of a row peeks, as Space does; a link stays a link, and a cell waits for a second click. */
  #clicked(event) {
    const row = event.target.closest("[data-id]");
    if (!row || event.target.closest("a, button, input, select, label, form") || getSelection()?.toString()) return;
    this.#place(this.rows.indexOf(row));
    clearTimeout(this.#peeking);
    const peek = () => document.querySelector("tenure-peek")?.show(row, { slide: true });
    if (!event.target.closest("td[data-field]")) peek();
    else if (event.detail === 1) this.#peeking = setTimeout(peek, DOUBLE_CLICK);
  }

  #key(event) {
    if (isTaken(event)) return;
    const onControl = event.target.closest?.("a, button, summary");
    if (event.key === "j" || event.key === "ArrowDown") this.move(1);
    else if (event.key === "k" || event.key === "ArrowUp") this.move(-1);
    else if (event.key === "Enter" && !onControl) this.current?.querySelector("a[href]")?.click();
    else if (event.key === " " && !onControl) this.#peek();
    else if (event.key === "x") this.#selection?.toggle(this.current);
    else if (event.key === "a" && this.#selection?.act("assign")) event.stopImmediatePropagation();
    else if (event.key === "e" && this.current) this.#edit(this.current.querySelector("td[data-field]:not(.main-cell)"));
    else if (event.key === "Escape" && this.querySelector(".selection-bar")) this.#selection.clear();
    else return;
    event.preventDefault();
  }

  /** The editor of a cell in its place; one that may not be edited says so. */
  #edit(cell) {
    if (!cell || cell.querySelector("tenure-inline-edit")) return;
    const row = cell.closest("[data-id]");
    getSelection()?.removeAllRanges();
    document.querySelector("tenure-peek")?.close?.();
    document.activeElement?.blur(); // else htmx gives the focus back to what had it, away from the editor
    const address = `/lists/${this.dataset.kind}/records/${row.dataset.id}/fields/${encodeURIComponent(cell.dataset.field)}/`;
    htmx.ajax("GET", address, { target: cell, swap: "innerHTML" });
  }

  #peek() {
    if (!this.current) this.move(1);
    document.querySelector("tenure-peek")?.toggle(this.current);
  }
}

customElements.define("tenure-list", List);
