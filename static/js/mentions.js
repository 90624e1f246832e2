/**
 * Naming colleagues: in a <textarea data-mentions="address"> typing @ offers those who may see the record. Arrows,
 * Enter or Tab choose, Esc closes. The text says “@Name”; the ids that were chosen stand in the form's field `mentions`.
 */
import { fragment } from "./fragment.js";

const DELAY = 120;
const BEGUN = /(?:^|[\s(])@([\p{L}\p{N}][\p{L}\p{N}.'’ -]{0,40})?$/u;
const GAP = 4;

class Hits {
  #list = document.createElement("div");
  #field = null;
  #request = new AbortController();
  #timer = 0;
  #at = 0;
  #blank = -1; // where the caret stood after a name was chosen

  constructor() {
    this.#list.className = "menu mention-hits";
    this.#list.id = "mention-hits";
    this.#list.popover = "manual";
    this.#list.role = "listbox";
    this.#list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.#choose(event.target.closest("[data-id]"));
    });
  }

  /** What was typed since the @ before the caret; null when there is none. */
  #begun(field) {
    if (field.selectionStart !== field.selectionEnd) return null;
    const found = BEGUN.exec(field.value.slice(0, field.selectionStart));
    return found ? (found[1] ?? "") : null;
  }

  typed(field) {
    clearTimeout(this.#timer);
    this.#tidy(field);
    const words = this.#begun(field);
    // two blanks, or a name that nobody has: this is no name any more
    if (words === null || /\s\s|\s\S+\s\S+\s$/.test(words)) return this.close();
    this.#timer = setTimeout(() => this.#fetch(field, words), DELAY);
  }

  async #fetch(field, words) {
    this.#request.abort();
    this.#request = new AbortController();
    const part = field.form?.querySelector("[data-part]:checked")?.dataset.part ?? "";
    const address = `${field.dataset.mentions}&part=${encodeURIComponent(part)}&q=${encodeURIComponent(words)}`;
    try {
      const response = await fragment(address, { signal: this.#request.signal });
      if (response.ok) this.#show(field, await response.text(), words);
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  #show(field, html, words) {
    if (document.activeElement !== field || this.#begun(field) !== words) return;
    this.#field = field;
    this.#list.innerHTML = html;
    this.#list.ariaLabel = field.dataset.mentionsLabel ?? "";
    const options = [...this.#list.querySelectorAll("[role=option]")];
    if (!options.some((option) => option.dataset.id) && words.includes(" ")) return this.close();
    for (const [index, option] of options.entries()) option.id = `mention-hit-${index}`;
    if (!this.#list.isConnected) document.getElementById("main").append(this.#list);
    this.#list.showPopover();
    this.#place();
    field.setAttribute("aria-controls", this.#list.id);
    field.setAttribute("aria-autocomplete", "list");
    this.#mark(0);
  }

  /** Below the field, or above it near the foot of the window. */
  #place() {
    const { left, top, bottom } = this.#field.getBoundingClientRect();
    const { offsetHeight: height, offsetWidth: width } = this.#list;
    const above = bottom + GAP + height > innerHeight;
    const at = { left: Math.max(GAP, Math.min(left, innerWidth - width - GAP)), top: above ? top - height - GAP : bottom + GAP };
    Object.assign(this.#list.style, { left: `${at.left}px`, top: `${Math.max(GAP, at.top)}px` });
  }

  get #options() {
    return [...this.#list.querySelectorAll("[data-id]")];
  }

  #mark(index) {
    const options = this.#options;
    if (!options.length) return this.#field.removeAttribute("aria-activedescendant");
    this.#at = (index + options.length) % options.length;
    for (const [place, option] of options.entries()) option.setAttribute("aria-selected", String(place === this.#at));
    options[this.#at].scrollIntoView({ block: "nearest" });
    this.#field.setAttribute("aria-activedescendant", options[this.#at].id);
  }

  #choose(option) {
    if (!option) return;
    const field = this.#field;
    const start = field.selectionStart - this.#begun(field).length;
    field.setRangeText(`${option.dataset.name} `, start, field.selectionStart, "end");
    const chosen = field.form?.elements.mentions;
    if (chosen) chosen.value = [...new Set([...chosen.value.split(",").filter(Boolean), option.dataset.id])].join(",");
    this.close();
    this.#blank = field.selectionStart;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** The blank after a chosen name gives way to a full stop, a comma and the like. */
  #tidy(field) {
    const at = field.selectionStart;
    if (at === this.#blank) return;
    if (at === this.#blank + 1 && /[.,;:!?)]/.test(field.value[at - 1])) field.setRangeText(field.value[at - 1], at - 2, at, "end");
    this.#blank = -1;
  }

  close() {
    clearTimeout(this.#timer);
    this.#request.abort();
    if (!this.#field) return;
    if (this.#list.isConnected) this.#list.hidePopover();
    for (const name of ["aria-controls", "aria-activedescendant"]) this.#field.removeAttribute(name);
    this.#field = null;
  }

  /** Before the field's own keys: Ctrl+Enter still sends. */
  key(event) {
    if (!this.#field || event.target !== this.#field || event.ctrlKey || event.metaKey || event.isComposing) return;
    const option = this.#options[this.#at];
    if (event.key === "ArrowDown") this.#mark(this.#at + 1);
    else if (event.key === "ArrowUp") this.#mark(this.#at - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && option && !event.shiftKey) this.#choose(option);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

const hits = new Hits();
const isNaming = (element) => element?.matches?.("textarea[data-mentions]");
document.addEventListener("input", (event) => isNaming(event.target) && hits.typed(event.target));
document.addEventListener("keydown", (event) => hits.key(event), true);
document.addEventListener("focusout", (event) => isNaming(event.target) && hits.close());
