/**
 * <tenure-palette>: Cmd/Ctrl-K. Records, pages and actions come from the server, the last two when it is first opened.
 * What begins with the words stands above the records, what only holds them below.
 */
import { fragment } from "./fragment.js";

const DELAY = 120;

class Palette extends HTMLElement {
  #dialog = this.querySelector("dialog");
  #input = this.querySelector("input");
  #list = this.querySelector("[role=listbox]");
  #empty = this.querySelector(".palette-empty");
  #offers = []; // templates of links and buttons
  #loading = Promise.resolve(); // until they are there
  #request = new AbortController();
  #timer = 0;
  #recent = "";
  #records = ""; // what is shown of them
  #waiting = false; // for the answer to what was typed
  #enter = false; // pressed meanwhile

  connectedCallback() {
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-open-palette]")) this.open();
    });
    this.#input.addEventListener("input", () => this.#search());
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
    this.#dialog.addEventListener("click", (event) => this.#clicked(event));
  }

  open() {
    if (this.#dialog.open) return this.#dialog.close();
    this.#input.value = "";
    this.#search();
    this.#dialog.showModal();
    this.#input.focus();
    if (!this.#offers.length) this.#loading = this.#load();
    this.#remember();
  }

  /** The pages and actions: what was shown before they came is shown anew with them. */
  async #load() {
    const response = await fragment(this.dataset.offers).catch(() => null);
    const holder = document.createElement("template");
    holder.innerHTML = response?.ok ? await response.text() : "";
    this.#offers = [...holder.content.querySelectorAll("template")];
    if (this.#dialog.open && !this.#waiting) this.#show(this.#records);
  }

  /** Before anything is typed: the favourites and what was looked at last. */
  async #remember() {
    if (!this.dataset.recent) return;
    const response = await fragment(this.dataset.recent).catch(() => null);
    this.#recent = response?.ok ? await response.text() : "";
    if (this.#dialog.open && !this.#input.value.trim()) this.#show(this.#recent);
  }

  #search() {
    clearTimeout(this.#timer);
    this.#request.abort();
    this.#enter = false;
    const words = this.#input.value.trim();
    if (words.length < 2) return this.#show(words ? "" : this.#recent);
    this.#waiting = true;
    this.#timer = setTimeout(() => this.#fetch(words), DELAY);
  }

  async #fetch(words) {
    this.#request = new AbortController();
    try {
      const address = `${this.dataset.search}?q=${encodeURIComponent(words)}`;
      const response = await fragment(address, { signal: this.#request.signal });
      const records = response.ok ? await response.text() : "";
      await this.#loading;
      if (!this.#request.signal.aborted) this.#show(records);
    } catch (error) {
      if (error.name !== "AbortError") this.#show("");
    }
  }

  #show(records) {
    this.#records = records;
    const words = this.#input.value.trim().toLowerCase();
    const begins = (name) => name.startsWith(words);
    const holds = (name) => !begins(name) && name.includes(words);
    const holder = document.createElement("template");
    holder.innerHTML = records;
    const named = words ? [...this.#groups(begins), holder.content, ...this.#groups(holds)] : [holder.content, ...this.#groups(begins)];
    this.#list.replaceChildren(...named);
    const items = this.#items();
    for (const [index, item] of items.entries()) {
      item.id = `palette-item-${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("tabindex", "-1");
    }
    this.#empty.hidden = items.length > 0;
    this.#select(0);
    this.#waiting = false;
    if (this.#enter) items[0]?.click();
    this.#enter = false;
  }

  /** The pages, then the actions, whose names match and whose control this page has. */
  #groups(matches) {
    return this.#offers.flatMap((offer) => {
      const matching = [...offer.content.children].filter((item) => matches(nameOf(item)) && isThere(item));
      return matching.length ? [heading(offer.dataset.label), ...matching.map(copyOf)] : [];
    });
  }

  #items() {
    return [...this.#list.querySelectorAll(".palette-item")];
  }

  #select(index) {
    const items = this.#items();
    for (const item of items) item.setAttribute("aria-selected", "false");
    const chosen = items[(index + items.length) % items.length];
    chosen?.setAttribute("aria-selected", "true");
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) this.#input.setAttribute("aria-activedescendant", chosen.id);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  /** Beside the dialog closes it; an action presses its control. */
  #clicked(event) {
    if (event.target === this.#dialog) return this.#dialog.close();
    const { press } = event.target.closest(".palette-item")?.dataset ?? {};
    if (!press) return;
    this.#dialog.close();
    document.querySelector(press)?.click();
  }

  /** Esc closes at once, whatever stands in the field, and closes nothing else. */
  #key(event) {
    const items = this.#items();
    const current = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") this.#select(current + 1);
    else if (event.key === "ArrowUp") this.#select(current - 1);
    else if (event.key === "Enter" && this.#waiting) this.#enter = true;
    else if (event.key === "Enter") items[current]?.click();
    else if (event.key === "Escape") this.#dialog.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function nameOf(item) {
  return item.querySelector(".name").textContent.trim().toLowerCase();
}

function isThere(item) {
  return !item.dataset.press || document.querySelector(item.dataset.press) !== null;
}

function copyOf(item) {
  const copy = item.cloneNode(true);
  copy.className = "palette-item";
  return copy;
}

function heading(text) {
  const title = document.createElement("div");
  title.className = "palette-group";
  title.setAttribute("role", "presentation");
  title.textContent = text;
  return title;
}

customElements.define("tenure-palette", Palette);
