/**
 * <tenure-toasts>: messages at the foot of the page. A message may carry "undo:/address/" in its tags:
 * the button, or `z`, posts there. htmx answers send one by the header HX-Trigger: {"toast": {...}}.
 */
const SECONDS = 8;

/** @typedef {{text?: string, message?: string, tone?: string, undo?: string}} Toast */

class Toasts extends HTMLElement {
  connectedCallback() {
    for (const element of this.querySelectorAll(".toast")) this.#arm(element, undoAddress(element.dataset.tags));
  }

  /** @param {Toast} options text, or the name of one of the element's own messages */
  show({ text, message, tone = "success", undo = "" }) {
    const element = document.createElement("div");
    element.className = `toast ${tone}`;
    const paragraph = document.createElement("p");
    paragraph.textContent = text ?? this.dataset[message] ?? "";
    element.append(paragraph);
    this.append(element);
    this.#arm(element, undo);
  }

  /** Posts the newest undo that still stands; says whether there was one. */
  undo() {
    const button = [...this.querySelectorAll("[data-undo]")].at(-1);
    button?.click();
    return Boolean(button);
  }

  #arm(element, undo) {
    if (undo) element.append(this.#button(this.dataset.undoLabel, () => this.#post(element, undo), true));
    const close = this.#button("×", () => element.remove());
    close.setAttribute("aria-label", this.dataset.closeLabel);
    element.append(close);
    let timer = setTimeout(() => element.remove(), SECONDS * 1000);
    element.addEventListener("pointerenter", () => clearTimeout(timer));
    element.addEventListener("focusin", () => clearTimeout(timer));
    element.addEventListener("pointerleave", () => (timer = setTimeout(() => element.remove(), 3000)));
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

  /** A plain form post: undo leads to a whole page that shows what came back. */
  #post(element, address) {
    element.remove();
    const form = document.createElement("form");
    form.method = "post";
    form.action = address;
    const token = document.createElement("input");
    token.type = "hidden";
    token.name = "csrfmiddlewaretoken";
    token.value = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
    form.append(token);
    document.body.append(form);
    form.submit();
  }
}

/** The address in tags such as "success undo:/customers/7/restore/". */
function undoAddress(tags = "") {
  return tags.split(" ").find((tag) => tag.startsWith("undo:"))?.slice(5) ?? "";
}

/** @param {Toast} options */
export function toast(options) {
  document.querySelector("tenure-toasts")?.show(options);
}

customElements.define("tenure-toasts", Toasts);
document.addEventListener("toast", (event) => toast(event.detail));
