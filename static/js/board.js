/**
 * <tenure-board>: cards in columns. A card is dragged (mouse, or a long press), moved with Alt and an arrow, or by its
 * menu; it moves at once, the server's answer is the truth, and a failure puts it back with the reason. A place at the
 * foot (won, lost) opens the dialog that asks what is still needed. Enter opens, Space peeks. A board with data-stamp
 * asks every few seconds whether others changed something.
 */
import htmx from "htmx.org";
import { CardDrag } from "./card_drag.js";
import { fragment } from "./fragment.js";
import { toast } from "./toasts.js";

const LOOK_SECONDS = 8;

class Board extends HTMLElement {
  #card = null;
  #timer = 0;
  #drag = null;
  #moving = 0;

  connectedCallback() {
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("click", (event) => this.#click(event));
    for (const more of this.querySelectorAll("[data-more]")) this.#watch(more);
    if (this.hasAttribute("data-stamp")) this.#timer = setInterval(() => this.#look(), LOOK_SECONDS * 1000);
    if (!this.hasAttribute("data-can-move")) return;
    this.#drag = new CardDrag(this, {
      began: () => this.#ends(true),
      over: (place) => this.#mark(place),
      dropped: (card, place) => (this.#ends(false), this.#drop(card, place)),
    });
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    this.#drag?.stop();
  }

  // --- opening ------------------------------------------------------------------------------------------------

  #click(event) {
    const button = event.target.closest("[data-card-menu]");
    if (button) return this.#menu(button);
    const choice = event.target.closest(".board-menu .menu-item");
    if (choice) return this.#chosen(choice);
    const more = event.target.closest("[data-more]");
    if (more) return (event.preventDefault(), this.#more(more));
    const card = event.target.closest(".board-card");
    if (!card || event.target.closest("a, button") || this.#drag?.justDragged) return;
    document.querySelector("tenure-peek")?.show(card, { slide: true });
  }

  #key(event) {
    const card = event.target.closest(".board-card");
    if (!card || event.target !== card) return;
    if (event.altKey && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
      event.preventDefault();
      const columns = [...this.querySelectorAll(".board-column")];
      const at = columns.indexOf(card.closest(".board-column"));
      this.#move(card, columns[at + (event.key === "ArrowRight" ? 1 : -1)]);
    } else if (["ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      (event.key === "ArrowDown" ? card.nextElementSibling : card.previousElementSibling)?.focus();
    } else if (event.key === "Enter") card.querySelector("a")?.click();
    else if (event.key === " ") {
      event.preventDefault();
      document.querySelector("tenure-peek")?.toggle(card);
    }
  }

  // --- moving -------------------------------------------------------------------------------------------------

  #menu(button) {
    this.#card = button.closest(".board-card");
    const menu = this.querySelector(".board-menu");
    const here = this.#card.closest(".board-column").dataset.value;
    menu.replaceChildren(this.querySelector("[data-menu]").content.cloneNode(true));
    for (const item of menu.querySelectorAll("[data-to]")) item.hidden = item.dataset.to === here;
    menu.showPopover({ source: button });
    const box = button.getBoundingClientRect();
    menu.style.setProperty("inset", "auto");
    menu.style.setProperty("left", `${Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8))}px`);
    menu.style.setProperty("top", `${Math.max(8, Math.min(box.bottom, innerHeight - menu.offsetHeight - 8))}px`);
    menu.querySelector(".menu-item:not([hidden])")?.focus();
  }

  #chosen(choice) {
    this.querySelector(".board-menu").hidePopover();
    const place = choice.dataset.end ? choice : this.querySelector(`.board-column[data-value="${choice.dataset.to}"]`);
    this.#drop(this.#card, place);
  }

  #ends(shown) {
    const ends = this.querySelector(".board-ends");
    if (ends) ends.hidden = !shown;
    if (!shown) this.#mark(null);
  }

  #mark(place) {
    for (const other of this.querySelectorAll(".board-column, .board-end")) other.classList.toggle("over", other === place);
  }

  #drop(card, place) {
    if (!place) return;
    if (!place.dataset.end) return this.#move(card, place);
    document.querySelector("tenure-dialog")?.open(place.dataset.end.replace("/0/", `/${card.dataset.id}/`));
  }

  async #move(card, column) {
    const before = card?.closest(".board-column");
    if (!card || !column || column === before || !this.hasAttribute("data-can-move")) return;
    const next = card.nextElementSibling;
    column.querySelector("ol").prepend(card);
    card.focus();
    this.#moving += 1;
    const response = await this.#send(card, column.dataset.value).catch(() => null);
    this.#moving -= 1;
    if (!response?.ok) {
      before.querySelector("ol").insertBefore(card, next);
      await this.#refused(response);
      return;
    }
    const told = JSON.parse(response.headers.get("HX-Trigger") ?? "{}").toast;
    if (told) toast(told);
    await this.#refresh(location.href);
  }

  #send(card, value) {
    const token = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
    const body = new URLSearchParams({ value, version: card.dataset.version });
    const headers = { "X-CSRFToken": token, "HX-Current-URL": location.href };
    return fragment(this.dataset.move.replace("/0/", `/${card.dataset.id}/`), { method: "POST", body, headers });
  }

  async #refused(response) {
    if (response?.status === 401) return;
    const isText = response?.headers.get("Content-Type")?.startsWith("text/plain");
    if (isText) toast({ text: await response.text(), tone: "error" });
    else toast({ message: response?.status === 403 ? "forbidden" : "failed", tone: "error" });
    if (response?.status === 409) await this.#refresh(location.href);
  }

  // --- what others do, and what is further down ---------------------------------------------------------------

  #look() {
    const busy = document.hidden || this.#moving || this.#drag?.isDragging || this.querySelector(":popover-open");
    if (busy) return;
    const address = new URL(location.href);
    address.searchParams.set("stamp", this.dataset.stamp);
    this.#refresh(address);
  }

  /** The board as the server has it now, without losing the place or the focus. */
  async #refresh(address) {
    const response = await fragment(address).catch(() => null);
    if (!response?.ok || response.status === 204 || this.#drag?.isDragging) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("tenure-board");
    if (!fresh) return location.reload();
    const places = [...this.querySelectorAll(".board-column > ol")].map((list) => list.scrollTop);
    const focused = document.activeElement?.closest?.(".board-card")?.dataset.id;
    this.replaceChildren(...fresh.childNodes);
    if (fresh.dataset.stamp) this.dataset.stamp = fresh.dataset.stamp;
    htmx.process(this);
    for (const [index, list] of this.querySelectorAll(".board-column > ol").entries()) list.scrollTop = places[index] ?? 0;
    for (const more of this.querySelectorAll("[data-more]")) this.#watch(more);
    if (focused) this.querySelector(`.board-card[data-id="${focused}"]`)?.focus({ preventScroll: true });
  }

  /** The next cards come when the end of a column is scrolled into sight. */
  #watch(more) {
    const list = more.closest("ol");
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry.isIntersecting || list.scrollTop === 0) return;
        observer.disconnect();
        this.#more(more);
      },
      { root: list, rootMargin: "200px" },
    );
    observer.observe(more);
  }

  async #more(more) {
    const response = await fragment(more.href).catch(() => null);
    if (!response?.ok) return toast({ message: "failed", tone: "error" });
    const holder = document.createElement("template");
    holder.innerHTML = await response.text();
    const next = holder.content.querySelector("[data-more]");
    more.closest("li").replaceWith(holder.content);
    if (next) this.#watch(next);
  }
}

customElements.define("tenure-board", Board);
