/**
 * <tenure-dialog>: the page's one dialog for small forms. A link with data-dialog opens in it what its address answers;
 * data-here adds the parameters that the page has now. Without a script the link leads to a page.
 */
import htmx from "htmx.org";
import { fragment } from "./fragment.js";
import { toast } from "./toasts.js";

class Dialog extends HTMLElement {
  #dialog = this.querySelector("dialog");
  #content = this.querySelector(".dialog-content");
  /** A click beside the form closes it only while nothing was typed or chosen in it. */
  #touched = false;

  connectedCallback() {
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-dialog]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.open(addressOf(link), link.dataset.dialog);
    });
    this.addEventListener("click", (event) => {
      const beside = event.target === this.#dialog && !this.#touched;
      if (!event.target.closest("[data-close-dialog]") && !beside) return;
      event.preventDefault();
      this.close();
    });
    document.addEventListener("dialogdone", () => this.close()); // what was asked for is done (an answer's HX-Trigger)
    for (const name of ["input", "change"]) this.addEventListener(name, () => (this.#touched = true));
    this.#dialog.addEventListener("close", () => this.#content.replaceChildren());
  }

  /** @param {string} address @param {string} size "wide" or nothing */
  async open(address, size = "") {
    const response = await fragment(address);
    if (response.status === 401) return;
    if (!response.ok) return toast({ message: response.status === 403 ? "forbidden" : response.status === 404 ? "missing" : "failed", tone: "error" });
    this.#dialog.classList.toggle("wide", size === "wide");
    this.#content.innerHTML = await response.text();
    this.#touched = false;
    htmx.process(this.#content);
    document.querySelectorAll(":popover-open").forEach((menu) => menu.hidePopover());
    await ready(this.#content);
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#content.querySelector("[autofocus], .dialog-body :is(input:not([type=hidden]), select, textarea)")?.focus();
  }

  close() {
    this.#dialog.close();
  }
}

/** Elements whose program is still on its way do nothing yet: a key pressed at once would be lost. */
function ready(content) {
  const names = [...content.querySelectorAll(":not(:defined)")].map((element) => element.localName);
  const late = new Promise((resolve) => setTimeout(resolve, 1500));
  return Promise.race([Promise.all(names.map((name) => customElements.whenDefined(name))), late]);
}

function addressOf(link) {
  return link.hasAttribute("data-here") ? link.pathname + location.search : link.href;
}

customElements.define("tenure-dialog", Dialog);
