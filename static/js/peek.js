/**
 * <tenure-peek>: a record beside its list. Loads `<row link>peek/`; follows the list's cursor while open;
 * Esc closes and the focus goes back to where it was.
 */
import htmx from "htmx.org";
import { fragment } from "./fragment.js";

class Peek extends HTMLElement {
  #request = new AbortController();
  #cameFrom = null;
  #row = null;

  connectedCallback() {
    document.addEventListener("tenure:cursor", (event) => {
      if (this.hasAttribute("open")) this.show(event.detail.row);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.hasAttribute("open") && !document.querySelector("dialog[open]")) this.close();
    });
    document.addEventListener("dialogdone", () => this.hasAttribute("open") && this.show(this.#row));
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-close-peek]")) this.close();
    });
  }

  /** @param {Element | undefined} row */
  toggle(row) {
    if (this.hasAttribute("open")) this.close();
    else this.show(row);
  }

  /** @param {Element | undefined} row @param {{slide?: boolean}} options motion only when a pointer asked for it */
  async show(row, { slide = false } = {}) {
    const address = row?.querySelector("a[href]")?.getAttribute("href");
    if (!address || !row.closest("[data-peek]")) return;
    this.#row = row;
    if (!this.hasAttribute("open")) this.#cameFrom = document.activeElement;
    this.toggleAttribute("data-slide", slide && !this.hasAttribute("open"));
    this.#request.abort();
    this.#request = new AbortController();
    try {
      const response = await fragment(`${address}peek/`, { signal: this.#request.signal });
      if (!response.ok) return this.close();
      this.innerHTML = await response.text();
      this.#addWhy(row);
      this.setAttribute("open", "");
      htmx.process(this);
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  /** In a list with a rule the record says why it is in it. */
  #addWhy(row) {
    const link = row.closest("tenure-list")?.querySelector("template[data-why]")?.content.firstElementChild.cloneNode(true);
    if (!link) return;
    link.setAttribute("href", link.getAttribute("href").replace("/records/0/", `/records/${row.dataset.id}/`));
    const place = this.querySelector(".peek-bar .end");
    place?.before(link);
  }

  close() {
    this.#request.abort();
    this.removeAttribute("open");
    this.replaceChildren();
    this.#cameFrom?.focus?.({ preventScroll: true });
  }
}

customElements.define("tenure-peek", Peek);
