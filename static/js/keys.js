/** <tenure-keys>: single keys of the whole program. They never fire inside a field and can be switched off. */
const SEQUENCE_MS = 1200;
const FIELDS = "input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]";

/** Whether a key pressed now belongs to a field, a dialog or the browser, not to us. */
export function isTaken(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
  if (document.documentElement.dataset.keys === "off") return true;
  return Boolean(event.target.closest?.(FIELDS) || document.querySelector("dialog[open]"));
}

class Keys extends HTMLElement {
  #sequenceUntil = 0;

  connectedCallback() {
    document.addEventListener("keydown", (event) => this.#command(event));
    document.addEventListener("keydown", (event) => this.#single(event));
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-open-keys]")) this.#sheet();
    });
  }

  /** Only what works on this page: a part with `data-when` needs an element of that kind. */
  #sheet() {
    for (const part of this.querySelectorAll("[data-when]")) part.hidden = !document.querySelector(part.dataset.when);
    this.querySelector("dialog").showModal();
  }

  /** With Ctrl or Cmd: also inside a field. */
  #command(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.key.toLowerCase() === "k" && !event.shiftKey) {
      event.preventDefault();
      document.querySelector("tenure-palette")?.open();
    } else if (event.key === "Enter") {
      event.target.closest?.("form")?.requestSubmit();
    }
  }

  #single(event) {
    if (isTaken(event)) return;
    if (this.#sequenceUntil > Date.now()) {
      this.#sequenceUntil = 0;
      return this.#press(event, `[data-shortcut="${CSS.escape(event.key)}"]`);
    }
    if (event.key === "g") this.#sequenceUntil = Date.now() + SEQUENCE_MS;
    else if (event.key === "/") this.#find(event);
    else if (event.key === "c") this.#press(event, "[data-create]") || this.#create();
    else if (event.key === "l" && !document.querySelector("tenure-composer")) this.#press(event, "[data-call]");
    else if (event.key === "z") document.querySelector("tenure-toasts")?.undo();
    else if (event.key === "?") this.#sheet();
    else if (event.key === "Escape") document.activeElement?.blur();
  }

  #press(event, selector) {
    const element = document.querySelector(selector);
    if (!element) return false;
    event.preventDefault();
    element.click();
    return true;
  }

  /** Where the page itself creates nothing. */
  #create() {
    if (this.dataset.createUrl) location.assign(this.dataset.createUrl);
  }

  /** The list's own search field, else the palette. */
  #find(event) {
    event.preventDefault();
    const field = document.querySelector("[data-list-search]");
    if (field) field.select();
    else document.querySelector("tenure-palette")?.open();
  }
}

customElements.define("tenure-keys", Keys);
