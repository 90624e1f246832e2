/**
 * Dragging the cards of a board with a mouse, a pen or a finger: a mouse drags at once, a finger after a long press,
 * so that it can still scroll. A copy of the card follows the pointer; near the edge the board scrolls along.
 */
const PRESS_MS = 300;
const SLACK = 6;
const EDGE = 48;

export class CardDrag {
  #card = null;
  #ghost = null;
  #start = null;
  #press = 0;
  #scroll = 0;
  #at = { x: 0, y: 0 };
  #ended = 0;
  #stop = new AbortController();

  /** @param {HTMLElement} board @param {{began: () => void, over: (place: Element | null) => void, dropped: (card: Element, place: Element | null) => void}} tells */
  constructor(board, tells) {
    this.board = board;
    this.tells = tells;
    const options = { signal: this.#stop.signal };
    board.addEventListener("pointerdown", (event) => this.#down(event), options);
    document.addEventListener("pointermove", (event) => this.#pointer(event), options);
    document.addEventListener("pointerup", (event) => this.#end(event, true), options);
    document.addEventListener("pointercancel", (event) => this.#end(event, false), options);
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#end(event, false), options);
    board.addEventListener("dragstart", (event) => event.preventDefault(), options);
    board.addEventListener("contextmenu", (event) => this.isDragging && event.preventDefault(), options);
    board.addEventListener("touchmove", (event) => this.isDragging && event.preventDefault(), { passive: false, ...options });
  }

  get isDragging() {
    return this.#ghost !== null;
  }

  /** A click that only ends a drag opens nothing. */
  get justDragged() {
    return performance.now() - this.#ended < 300;
  }

  stop() {
    this.#clear();
    this.#stop.abort();
  }

  #down(event) {
    const card = event.target.closest(".board-card");
    if (!card || event.button !== 0 || event.target.closest("button")) return;
    this.#card = card;
    this.#start = this.#at = { x: event.clientX, y: event.clientY };
    if (event.pointerType !== "mouse") this.#press = setTimeout(() => this.#begin(), PRESS_MS);
  }

  #pointer(event) {
    if (!this.#card) return;
    this.#at = { x: event.clientX, y: event.clientY };
    const moved = Math.hypot(this.#at.x - this.#start.x, this.#at.y - this.#start.y) > SLACK;
    if (!this.#ghost && moved && event.pointerType !== "mouse") return this.#clear();
    if (!this.#ghost && moved) this.#begin();
    if (this.#ghost) this.#follow();
  }

  #begin() {
    const box = this.#card.getBoundingClientRect();
    this.#ghost = this.#card.cloneNode(true);
    this.#ghost.classList.add("card-ghost");
    this.#ghost.style.setProperty("width", `${box.width}px`);
    this.#ghost.setAttribute("aria-hidden", "true");
    this.board.append(this.#ghost);
    this.#card.classList.add("dragged");
    this.#offset = { x: this.#start.x - box.left, y: this.#start.y - box.top };
    document.getSelection()?.removeAllRanges();
    this.tells.began();
    this.#follow();
    this.#scroll = requestAnimationFrame(() => this.#along());
  }

  #offset = { x: 0, y: 0 };

  #follow() {
    const x = this.#at.x - this.#offset.x;
    const y = this.#at.y - this.#offset.y;
    this.#ghost.style.setProperty("translate", `${x}px ${y}px`);
    this.tells.over(this.#place());
  }

  #place() {
    return document.elementFromPoint(this.#at.x, this.#at.y)?.closest(".board-column, .board-end") ?? null;
  }

  /** Scroll the board while the pointer is at its side. */
  #along() {
    if (!this.#ghost) return;
    const box = this.board.getBoundingClientRect();
    if (this.#at.x > box.right - EDGE) this.board.scrollLeft += 12;
    else if (this.#at.x < box.left + EDGE) this.board.scrollLeft -= 12;
    this.#scroll = requestAnimationFrame(() => this.#along());
  }

  #end(event, isDrop) {
    if (!this.#card) return;
    const card = this.#card;
    const dragged = this.isDragging;
    const place = dragged && isDrop ? this.#place() : null;
    this.#clear();
    if (!dragged) return;
    this.#ended = performance.now();
    event.preventDefault();
    this.tells.dropped(card, place);
  }

  #clear() {
    clearTimeout(this.#press);
    cancelAnimationFrame(this.#scroll);
    this.#ghost?.remove();
    this.#card?.classList.remove("dragged");
    this.#ghost = this.#card = null;
  }
}
