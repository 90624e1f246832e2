/** <tenure-picker>: a record's id, found by typing its name. The hits are those of the search, of one kind. */
const DELAY = 150;

class Picker extends HTMLElement {
  #shown = this.querySelector("input[type=search]");
  #hidden = this.querySelector("input[type=hidden]");
  #hits = this.querySelector(".picker-hits");
  #request = new AbortController();
  #timer = 0;
  #at = 0;

  connectedCallback() {
    this.#shown.addEventListener("input", () => this.#typed());
    this.#shown.addEventListener("keydown", (event) => this.#key(event));
    this.#shown.addEventListener("blur", () => setTimeout(() => this.#close(), 150));
    this.#hits.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.#choose(event.target.closest("[role=option]"));
    });
  }

  #typed() {
    this.#hidden.value = "";
    clearTimeout(this.#timer);
    const words = this.#shown.value.trim();
    if (words.length < 2) return this.#close();
    this.#timer = setTimeout(() => this.#fetch(words), DELAY);
  }

  async #fetch(words) {
    this.#request.abort();
    this.#request = new AbortController();
    try {
      const address = `${this.dataset.search}?type=${this.dataset.type}&q=${encodeURIComponent(words)}`;
      const response = await fetch(address, { headers: { "HX-Request": "true" }, signal: this.#request.signal });
      if (response.ok) this.#show(await response.text());
    } catch (error) {
      if (error.name !== "AbortError") this.#close();
    }
  }

  #show(fragment) {
    const holder = document.createElement("template");
    holder.innerHTML = fragment;
    const found = [...holder.content.querySelectorAll(`[data-type="${CSS.escape(this.dataset.type)}"]`)];
    this.#hits.replaceChildren(...found.map((hit, index) => this.#option(hit, index)));
    this.#hits.hidden = !found.length;
    this.#shown.setAttribute("aria-expanded", String(found.length > 0));
    this.#mark(0);
  }

  #option(hit, index) {
    const option = document.createElement("span");
    option.className = "palette-item";
    option.role = "option";
    option.id = `${this.#hits.id}-${index}`;
    option.dataset.id = hit.dataset.id;
    option.append(...hit.querySelectorAll(".name, .detail"));
    return option;
  }

  #mark(index) {
    const options = [...this.#hits.children];
    this.#at = options.length ? (index + options.length) % options.length : 0;
    for (const [place, option] of options.entries()) option.setAttribute("aria-selected", String(place === this.#at));
    if (options.length) this.#shown.setAttribute("aria-activedescendant", options[this.#at].id);
  }

  #choose(option) {
    if (!option) return;
    this.#shown.value = option.querySelector(".name").textContent;
    this.#hidden.value = option.dataset.id;
    this.#close();
  }

  #close() {
    this.#hits.hidden = true;
    this.#shown.setAttribute("aria-expanded", "false");
    this.#shown.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    if (this.#hits.hidden) return;
    if (event.key === "ArrowDown") this.#mark(this.#at + 1);
    else if (event.key === "ArrowUp") this.#mark(this.#at - 1);
    else if (event.key === "Enter") this.#choose(this.#hits.children[this.#at]);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

customElements.define("tenure-picker", Picker);
