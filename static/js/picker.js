/**
 * <tenure-picker>: a record's id, found by typing its name. The hits are those of the search, of one kind.
 * A choice is told by the event "tenure:picked" with the id and the name of the record.
 */
import { fragment } from "./fragment.js";

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
      this.#choose(event.target.closest("[data-id]"));
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
      const response = await fragment(address, { signal: this.#request.signal });
      if (response.ok) this.#show(await response.text());
    } catch (error) {
      if (error.name !== "AbortError") this.#close();
    }
  }

  #show(html) {
    if (document.activeElement !== this.#shown) return;
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const found = [...holder.content.querySelectorAll(`[data-type="${CSS.escape(this.dataset.type)}"]`)];
    this.#hits.replaceChildren(...(found.length ? found.map((hit, index) => this.#option(hit, index)) : [this.#nothing()]));
    this.#hits.hidden = false;
    this.#shown.setAttribute("aria-expanded", "true");
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

  /** Says that there is no hit; it cannot be chosen. */
  #nothing() {
    const option = document.createElement("span");
    option.className = "picker-nothing";
    option.role = "option";
    option.id = `${this.#hits.id}-nothing`;
    option.ariaDisabled = "true";
    option.textContent = this.dataset.empty ?? "";
    return option;
  }

  #mark(index) {
    const options = [...this.#hits.children];
    this.#at = (index + options.length) % options.length;
    for (const [place, option] of options.entries()) option.setAttribute("aria-selected", String(place === this.#at));
    this.#shown.setAttribute("aria-activedescendant", options[this.#at].id);
  }

  #choose(option) {
    if (!option?.dataset.id) return;
    const name = option.querySelector(".name").textContent;
    this.#shown.value = name;
    this.#hidden.value = option.dataset.id;
    this.#close();
    const detail = { id: option.dataset.id, name };
    this.dispatchEvent(new CustomEvent("tenure:picked", { bubbles: true, detail }));
  }

  #close() {
    this.#hits.hidden = true;
    this.#shown.setAttribute("aria-expanded", "false");
    this.#shown.removeAttribute("aria-activedescendant");
  }

  /** Enter never sends a form whose field holds words that name nothing. */
  #key(event) {
    const unresolved = this.#shown.value.trim() && !this.#hidden.value;
    const { hidden } = this.#hits;
    if (event.key === "ArrowDown" && !hidden) this.#mark(this.#at + 1);
    else if (event.key === "ArrowUp" && !hidden) this.#mark(this.#at - 1);
    else if (event.key === "Enter" && !hidden) this.#choose(this.#hits.children[this.#at]);
    else if (event.key === "Escape" && !hidden) this.#close();
    else if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !unresolved) return;
    event.preventDefault();
    event.stopPropagation();
  }
}

customElements.define("tenure-picker", Picker);
