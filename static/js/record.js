/** <tenure-record>: e edits, n, l and m write, j and k go to the next and previous record; panels as a tab when narrow. */
import { isTaken } from "./keys.js";

class RecordPage extends HTMLElement {
  #listen = (event) => this.#key(event);

  connectedCallback() {
    document.addEventListener("keydown", this.#listen);
    this.addEventListener("click", (event) => {
      const tab = event.target.closest("[data-pane]");
      if (tab) this.#pane(tab);
    });
    this.querySelector(".value-strip")?.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (link?.pathname === location.pathname && this.#why(link.hash.slice(1))) event.preventDefault();
    });
    this.addEventListener("toggle", (event) => this.#opened(event.target), true);
    if (location.hash.startsWith("#why-")) this.#why(location.hash.slice(1));
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.#listen);
  }

  /** On a narrow screen a column is a tab: pressed it shows, pressed again the page's own tab comes back. */
  #pane(tab) {
    this.dataset.was ??= this.dataset.tab;
    this.dataset.tab = this.dataset.tab === tab.dataset.pane ? this.dataset.was : tab.dataset.pane;
    for (const other of this.querySelectorAll("[data-pane]")) {
      other.setAttribute("aria-pressed", String(other.dataset.pane === this.dataset.tab));
    }
  }

  /** What opens to be written in has the caret. */
  #opened(details) {
    if (details.open && details.matches(".tag-add")) details.querySelector("input:not([type=hidden])")?.focus();
  }

  /** A figure of the strip opens its explanation in the value panel; says whether there is one. */
  #why(id) {
    const explanation = document.getElementById(id);
    if (!explanation) return false;
    const tab = this.querySelector('[data-pane="panels"]');
    if (tab?.checkVisibility() && this.dataset.tab !== "panels") this.#pane(tab);
    if ("open" in explanation) explanation.open = true;
    explanation.scrollIntoView({ block: "nearest" });
    return true;
  }

  #key(event) {
    if (isTaken(event)) return;
    if (event.key === "e") this.#edit();
    else if (event.key === "n") this.querySelector("tenure-composer")?.start("note");
    else if (event.key === "l") this.querySelector("tenure-composer")?.start("call");
    else if (event.key === "m") this.querySelector("[data-email]")?.click();
    else if (event.key === "j") document.querySelector(".page-bar a[rel=next]")?.click();
    else if (event.key === "k") document.querySelector(".page-bar a[rel=prev]")?.click();
    else return;
    event.preventDefault();
  }

  /** The property under focus, else the first. */
  #edit() {
    const focused = document.activeElement?.closest(".property")?.querySelector("[data-property]");
    const target = focused ?? this.querySelector("[data-property]") ?? document.querySelector("[data-edit]");
    target?.click();
  }
}

customElements.define("tenure-record", RecordPage);
