/**
 * <tenure-bell>: the count of unread notifications, kept fresh by asking now and then, and the menu below it.
 * A followed link ([data-note-link], here or on the page of notifications) makes its line read.
 */
import { fragment } from "./fragment.js";
import { toast } from "./toasts.js";

const FIRST_PAUSE = 20_000;
const LONGEST_PAUSE = 300_000;
const GROWTH = 1.5;

class Bell extends HTMLElement {
  #button = this.querySelector("button");
  #badge = this.querySelector(".bell-count");
  #menu = this.querySelector("[popover]");
  #pause = FIRST_PAUSE;
  #timer = 0;
  #shown = () => this.#woken();

  connectedCallback() {
    this.#menu.addEventListener("toggle", (event) => event.newState === "open" && this.#load());
    this.#menu.addEventListener("submit", (event) => this.#submitted(event));
    document.addEventListener("click", this.#followed);
    document.addEventListener("auxclick", this.#followed);
    document.addEventListener("visibilitychange", this.#shown);
    this.#wait();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    document.removeEventListener("click", this.#followed);
    document.removeEventListener("auxclick", this.#followed);
    document.removeEventListener("visibilitychange", this.#shown);
  }

  /** A tab that nobody sees asks nothing; whoever comes back is answered at once. */
  #woken() {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    this.#pause = FIRST_PAUSE;
    this.#ask();
  }

  #wait() {
    clearTimeout(this.#timer);
    if (!document.hidden) this.#timer = setTimeout(() => this.#ask(), this.#pause);
    this.#pause = Math.min(this.#pause * GROWTH, LONGEST_PAUSE);
  }

  /** Silent: who was signed out is told by what they do next, and a server that rests is asked again later. */
  async #ask() {
    try {
      const response = await fetch(this.dataset.count, { headers: { "HX-Request": "true" } });
      if (response.status === 401) return;
      if (response.ok) this.tell((await response.json()).unread);
    } catch {
      // no connection: the next question may find one
    }
    this.#wait();
  }

  /** @param {string} unread how many, as the server says it */
  tell(unread) {
    if (this.#badge.textContent !== unread) this.#pause = FIRST_PAUSE;
    this.#badge.textContent = unread;
    this.#badge.hidden = !unread;
    const { label, unreadLabel } = this.dataset;
    this.#button.setAttribute("aria-label", unread ? `${label}, ${unread} ${unreadLabel}` : label);
  }

  async #load() {
    try {
      const response = await fragment(this.dataset.menu);
      if (!response.ok) return;
      this.#menu.innerHTML = await response.text();
      this.#menu.dispatchEvent(new CustomEvent("tenure:filled", { bubbles: true }));
    } catch {
      toast({ message: "offline", tone: "error" });
    }
  }

  /** Marking one line or all of them, without leaving the page. */
  async #submitted(event) {
    const form = event.target;
    if (!form.matches("[data-read-one], [data-read-all]")) return;
    event.preventDefault();
    const response = await this.#post(form.getAttribute("action"), new FormData(form)).catch(() => null);
    if (!response?.ok) return response?.status !== 401 && toast({ message: "failed", tone: "error" });
    this.tell((await response.json()).unread);
    const said = JSON.parse(response.headers.get("HX-Trigger") ?? "{}").toast;
    if (said && form.matches("[data-read-all]")) toast(said);
    await this.#load();
    this.#menu.querySelector(form.matches("[data-read-one]") ? `[data-note="${form.elements.id.value}"] button` : "a")?.focus();
  }

  #post(address, body, options = {}) {
    const token = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
    return fragment(address, { method: "POST", body, headers: { "X-CSRFToken": token }, ...options });
  }

  #followed = (event) => {
    const line = event.target.closest?.("[data-note-link]")?.closest("[data-note]");
    if (!line || event.button > 1) return;
    // the page may be left at once: the browser sends it all the same
    this.#post(this.dataset.read, new URLSearchParams({ id: line.dataset.note }), { keepalive: true })
      .then(async (response) => response.ok && this.tell((await response.json()).unread))
      .catch(() => undefined);
    line.classList.remove("unread");
  };
}

customElements.define("tenure-bell", Bell);

/** A select that sends its form when it changes; the button beside it is for those without scripts. */
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});
