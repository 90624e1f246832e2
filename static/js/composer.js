import { saveByEnter } from "./enter.js";

/**
 * <tenure-composer>: n and l put the caret here with the right kind chosen; Ctrl+Enter saves (keys.js), and of a call
 * Enter alone, so that a call is logged with two keys.
 * What is written is kept for this tab under `data-draft` until it was sent.
 */
class Composer extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", () => this.#keep());
    this.addEventListener("keydown", (event) => {
      if (this.querySelector("[name=kind]:checked")?.value === "call") saveByEnter(event);
    });
    if (this.hasAttribute("data-email-sent")) forgetEmail(this);
    else if (!this.hasAttribute("data-closed") && emailBegun(this)) this.#openEmail();
    if (this.hasAttribute("data-sent")) this.#forget();
    else if (!this.querySelector("textarea").value) this.#restore();
  }

  /** Once htmx knows the link. */
  #openEmail() {
    const open = () => setTimeout(() => this.querySelector("[data-email]")?.click());
    if (document.readyState === "complete") open();
    else window.addEventListener("load", open, { once: true });
  }

  /** @param {string} kind note, call, meeting or task */
  start(kind) {
    const choice = this.querySelector(`[name=kind][value="${kind}"]`);
    if (choice) choice.checked = true;
    this.querySelector("textarea")?.focus();
  }

  get #fields() {
    return [...this.querySelector("form").elements].filter((field) => field.name && field.type !== "hidden");
  }

  #keep() {
    if (!this.querySelector("textarea").value.trim()) return this.#forget();
    const written = this.#fields.filter((field) => field.type !== "radio" || field.checked);
    stored((storage) => {
      storage.setItem(this.dataset.draft, JSON.stringify(written.map(({ name, value }) => [name, value])));
    });
  }

  #restore() {
    const kept = stored((storage) => JSON.parse(storage.getItem(this.dataset.draft)));
    for (const [name, value] of kept ?? []) {
      const field = this.#fields.find((other) => other.name === name && (other.type !== "radio" || other.value === value));
      if (field?.type === "radio") field.checked = true;
      else if (field) field.value = value;
    }
  }

  #forget() {
    stored((storage) => storage.removeItem(this.dataset.draft));
  }
}

/** A mail that was begun and not sent is open again when the page is. */
function emailBegun(composer) {
  return stored((storage) => storage.getItem(`email-${composer.dataset.draft}`));
}

function forgetEmail(composer) {
  stored((storage) => storage.removeItem(`email-${composer.dataset.draft}`));
}

/** Storage may be full or switched off in this browser: then a draft lives as long as its page. */
function stored(action) {
  try {
    return action(sessionStorage);
  } catch {
    return null;
  }
}

/** A new entry brings the heading of its day along: of two equal ones the first stays, and nothing is "empty" any more. */
document.addEventListener("htmx:after:settle", () => {
  const timeline = document.getElementById("timeline");
  const seen = new Set();
  for (const day of timeline?.querySelectorAll(".timeline-day") ?? []) {
    if (seen.has(day.textContent)) day.remove();
    seen.add(day.textContent);
  }
  if (timeline?.querySelector(".entry")) timeline.querySelector(".empty")?.remove();
});

customElements.define("tenure-composer", Composer);
