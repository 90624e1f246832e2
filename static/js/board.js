/**
 * <tenure-board>: cards in columns. A card is dragged, or moved with Alt and an arrow; the column's value is written
 * into its field at once, the server's answer is the truth, and a failure puts the card back. Enter opens, Space peeks.
 */
import htmx from "htmx.org";
import { fragment } from "./fragment.js";
import { toast } from "./toasts.js";

class Board extends HTMLElement {
  #dragged = null;

  connectedCallback() {
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("click", (event) => {
      if (!event.target.closest("a")) document.querySelector("tenure-peek")?.show(event.target.closest(".board-card"), { slide: true });
    });
    if (!this.hasAttribute("data-can-move")) return;
    this.addEventListener("dragstart", (event) => (this.#dragged = event.target.closest(".board-card")));
    this.addEventListener("dragover", (event) => {
      const column = event.target.closest(".board-column");
      if (!this.#dragged || !column) return;
      event.preventDefault();
      for (const other of this.querySelectorAll(".board-column")) other.classList.toggle("over", other === column);
    });
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      this.#move(this.#dragged, event.target.closest(".board-column"));
    });
    this.addEventListener("dragend", () => {
      this.#dragged = null;
      for (const column of this.querySelectorAll(".over")) column.classList.remove("over");
    });
  }

  #key(event) {
    const card = event.target.closest(".board-card");
    if (!card || event.target !== card) return;
    if (event.altKey && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
      event.preventDefault();
      const columns = [...this.querySelectorAll(".board-column")];
      const at = columns.indexOf(card.closest(".board-column"));
      this.#move(card, columns[at + (event.key === "ArrowRight" ? 1 : -1)]);
    } else if (event.key === "Enter") card.querySelector("a")?.click();
    else if (event.key === " ") {
      event.preventDefault();
      document.querySelector("tenure-peek")?.toggle(card);
    }
  }

  async #move(card, column) {
    const before = card?.closest(".board-column");
    if (!card || !column || column === before || !this.hasAttribute("data-can-move")) return;
    const next = card.nextElementSibling;
    column.querySelector("ol").prepend(card);
    card.focus();
    const address = `/lists/${this.dataset.kind}/records/${card.dataset.id}/fields/${encodeURIComponent(this.dataset.field)}/`;
    const token = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
    const response = await fragment(address, { method: "POST", body: new URLSearchParams({ value: column.dataset.value }), headers: { "X-CSRFToken": token, "HX-Current-URL": location.href } });
    if (!response.ok) {
      before.querySelector("ol").insertBefore(card, next);
      return toast({ message: response.status === 403 ? "forbidden" : "failed", tone: "error" });
    }
    const told = JSON.parse(response.headers.get("HX-Trigger") ?? "{}").toast;
    if (told) toast(told);
    htmx.ajax("GET", location.href, { target: "#results", swap: "outerHTML" });
  }
}

customElements.define("tenure-board", Board);
