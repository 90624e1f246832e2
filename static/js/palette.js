/** <tenure-palette>: Cmd/Ctrl-K. Records come from the server, pages and actions from what this page links to. */
const DELAY = 120;

class Palette extends HTMLElement {
  #dialog = this.querySelector("dialog");
  #input = this.querySelector("input");
  #list = this.querySelector("[role=listbox]");
  #empty = this.querySelector(".palette-empty");
  #labels = this.querySelector("template").dataset;
  #request = new AbortController();
  #timer = 0;

  connectedCallback() {
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-open-palette]")) this.open();
    });
    this.#input.addEventListener("input", () => this.#search());
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
  }

  open() {
    if (this.#dialog.open) return this.#dialog.close();
    this.#input.value = "";
    this.#show("");
    this.#dialog.showModal();
    this.#input.focus();
  }

  #search() {
    clearTimeout(this.#timer);
    const words = this.#input.value.trim();
    if (words.length < 2) return this.#show("");
    this.#timer = setTimeout(() => this.#fetch(words), DELAY);
  }

  async #fetch(words) {
    this.#request.abort();
    this.#request = new AbortController();
    const address = `${this.dataset.search}?q=${encodeURIComponent(words)}`;
    try {
      const options = { headers: { "HX-Request": "true" }, signal: this.#request.signal };
      const response = await fetch(address, options);
      if (response.ok) this.#show(await response.text());
    } catch (error) {
      if (error.name !== "AbortError") this.#show("");
    }
  }

  /** The server's groups first, then the pages and actions whose name holds the words. */
  #show(fragment) {
    this.#list.innerHTML = fragment;
    const words = this.#input.value.trim().toLowerCase();
    this.#group(this.#labels.labelPages, document.querySelectorAll(".nav-items a"), words);
    this.#group(this.#labels.labelActions, document.querySelectorAll("[data-create], [data-edit], [data-fold-nav], [data-open-keys]"), words);
    const items = this.#items();
    for (const [index, item] of items.entries()) {
      item.id = `palette-item-${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("tabindex", "-1");
    }
    this.#empty.hidden = items.length > 0;
    this.#select(0);
  }

  #group(label, sources, words) {
    const matching = [...sources].filter((source) => nameOf(source).toLowerCase().includes(words));
    if (!matching.length) return;
    const title = document.createElement("div");
    title.className = "palette-group";
    title.role = "presentation";
    title.textContent = label;
    this.#list.append(title, ...matching.map((source) => this.#item(source)));
  }

  #item(source) {
    const item = document.createElement(source.href ? "a" : "button");
    item.className = "palette-item";
    if (source.href) item.href = source.href;
    else item.addEventListener("click", () => (this.#dialog.close(), source.click()));
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = nameOf(source);
    const icon = source.querySelector("svg")?.cloneNode(true);
    item.append(...(icon ? [icon, name] : [name]));
    return item;
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

  #key(event) {
    const items = this.#items();
    const current = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") this.#select(current + 1);
    else if (event.key === "ArrowUp") this.#select(current - 1);
    else if (event.key === "Enter") items[current]?.click();
    else return;
    event.preventDefault();
  }
}

function nameOf(source) {
  return (source.querySelector(".label, span") ?? source).textContent.trim() || source.title;
}

customElements.define("tenure-palette", Palette);
