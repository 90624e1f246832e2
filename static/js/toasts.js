/**
 * <tenure-toasts>: at most three messages at the foot of the page. A message may carry "undo:/address/" in its tags:
 * the button, or `z`, posts there. htmx answers send one by the header HX-Trigger: {"toast": {...}}.
 */
import htmx from "htmx.org";

const SECONDS = 8;
const MOST = 3;

/** @typedef {{text?: string, message?: string, tone?: string, undo?: string, link?: {url: string, label: string}, stays?: boolean}} Toast */

class Toasts extends HTMLElement {
  connectedCallback() {
    for (const element of this.querySelectorAll(".toast")) this.#arm(element, undoAddress(element.dataset.tags));
  }

  /** @param {Toast} options text, or the name of one of the element's own messages */
  show({ text, message, tone = "success", undo = "", link = null, stays = false }) {
    const element = document.createElement("div");
    element.className = `toast ${tone}`;
    const paragraph = document.createElement("p");
    paragraph.textContent = text ?? this.dataset[message] ?? "";
    element.append(paragraph);
    if (link) element.append(this.#link(link));
    this.append(element);
    this.#arm(element, undo, { inPlace: true, stays });
    return element;
  }

  /** The session ended while the page was open: what was typed stays, and the way back leads here. */
  signedOut() {
    if (this.querySelector(".toast.signed-out")) return;
    const here = encodeURIComponent(location.pathname + location.search);
    const link = { url: `${this.dataset.signIn}?next=${here}`, label: this.dataset.signInLabel };
    this.show({ message: "signedOut", tone: "error", link, stays: true }).classList.add("signed-out");
  }

  /** Posts the newest undo that still stands; says whether there was one. */
  undo() {
    const button = [...this.querySelectorAll("[data-undo]")].at(-1);
    button?.click();
    return Boolean(button);
  }

  /** `inPlace`: the write was a fragment's, so its undo is one too; else undo leads to a page. */
  #arm(element, undo, { inPlace = false, stays = false } = {}) {
    const takeBack = () => (element.remove(), inPlace ? this.#swap(undo) : this.#post(undo));
    if (undo) element.append(this.#button(this.dataset.undoLabel, takeBack, true));
    const close = this.#button("×", () => element.remove());
    close.setAttribute("aria-label", this.dataset.closeLabel);
    element.append(close);
    while (this.querySelectorAll(".toast").length > MOST) this.querySelector(".toast").remove();
    if (!stays) this.#expire(element);
  }

  #expire(element) {
    let timer = setTimeout(() => element.remove(), SECONDS * 1000);
    element.addEventListener("pointerenter", () => clearTimeout(timer));
    element.addEventListener("focusin", () => clearTimeout(timer));
    element.addEventListener("pointerleave", () => (timer = setTimeout(() => element.remove(), 3000)));
  }

  #link({ url, label }) {
    const link = document.createElement("a");
    link.className = "button";
    link.href = url;
    link.textContent = label;
    return link;
  }

  #button(label, action, isUndo = false) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = isUndo ? "button" : "button quiet square";
    button.textContent = label;
    button.toggleAttribute("data-undo", isUndo);
    button.addEventListener("click", action);
    return button;
  }

  get #token() {
    return JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
  }

  /** The server answers with the elements as they stand again; what is not on this page is loaded anew. */
  async #swap(address) {
    const headers = { "HX-Request": "true", "X-CSRFToken": this.#token };
    const response = await fetch(address, { method: "POST", headers }).catch(() => null);
    if (response?.status === 401) return this.signedOut();
    if (!response?.ok) return this.show(told(response) ?? { message: "failed", tone: "error" });
    const holder = document.createElement("template");
    holder.innerHTML = (await response.text()).trim();
    const answers = [...holder.content.children];
    const here = answers.map((fresh) => document.getElementById(fresh.id));
    if (!answers.length || here.includes(null)) return location.reload();
    for (const [place, fresh] of answers.entries()) {
      here[place].replaceWith(fresh);
      htmx.process(fresh);
    }
  }

  /** A plain form post: undo leads to the page that shows what came back. */
  #post(address) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = address;
    const token = document.createElement("input");
    token.type = "hidden";
    token.name = "csrfmiddlewaretoken";
    token.value = this.#token;
    form.append(token);
    document.body.append(form);
    form.submit();
  }
}

/** The address in tags such as "success undo:/customers/7/restore/". */
function undoAddress(tags = "") {
  return tags.split(" ").find((tag) => tag.startsWith("undo:"))?.slice(5) ?? "";
}

/** What a refusal says itself. */
function told(response) {
  return JSON.parse(response?.headers.get("HX-Trigger") ?? "{}").toast;
}

/** @param {Toast} options */
export function toast(options) {
  document.querySelector("tenure-toasts")?.show(options);
}

export function signedOut() {
  document.querySelector("tenure-toasts")?.signedOut();
}

customElements.define("tenure-toasts", Toasts);
document.addEventListener("toast", (event) => toast(event.detail));
