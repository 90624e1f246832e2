/**
 * <tenure-calendar>: an empty place pressed begins something new there; what stands in it is dragged, stretched at its
 * foot, or moved with Alt and the arrows (Alt and Shift stretch). A finger holds it for a moment first. What was moved
 * stands there at once; the server answers with the calendar as it is, also when it refuses.
 */
import htmx from "htmx.org";
import { fragment } from "./fragment.js";
import { toast } from "./toasts.js";

const STEP = 15;
const USUAL = 60;
const SLACK = 4; // pixels that a click may wander
const HOLD = 350; // milliseconds until a finger has hold of an entry
const DAY = 86_400_000;
const MINUTE = 60_000;
const FOOT = 7;
const ENTRIES = ".cal-entry, .cal-todo, .cal-line";

/** The wall clock counts here as if it were in UTC: what a day of 23 hours makes of it is the server's to know. */
const read = (text) => Date.parse(`${text}Z`);
const write = (time) => new Date(time).toISOString().slice(0, 16);

class Calendar extends HTMLElement {
  #drag = null;
  #justMoved = false;

  connectedCallback() {
    this.addEventListener("pointerdown", (event) => this.#down(event));
    this.addEventListener("pointermove", (event) => this.#moved(event));
    this.addEventListener("pointerup", (event) => this.#up(event));
    this.addEventListener("pointercancel", () => this.#drop());
    this.addEventListener("touchmove", (event) => this.#drag?.has && event.preventDefault(), { passive: false });
    this.addEventListener("contextmenu", (event) => this.#drag?.touch && event.preventDefault());
    this.addEventListener("dragstart", (event) => event.preventDefault());
    this.addEventListener("click", (event) => this.#click(event), true);
    this.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("keydown", (this.listen = (event) => event.key === "Escape" && this.#drop(true)));
    this.#scroll();
    this.tick = setInterval(() => this.#now(), MINUTE);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.listen);
    clearInterval(this.tick);
  }

  get #grid() {
    return this.querySelector("#calendar");
  }

  get #main() {
    return this.closest("main");
  }

  /** Where one was; at first an hour before the doors open. */
  #scroll() {
    const main = this.#main;
    const grid = this.querySelector(".cal-grid");
    if (!main || !grid) return;
    const opens = Math.max(0, this.#opens() - 60);
    let kept = null;
    try {
      kept = sessionStorage.getItem("calendar-scroll");
      main.addEventListener("scrollend", () => sessionStorage.setItem("calendar-scroll", String(main.scrollTop)));
    } catch {
      // without storage it begins at the opening each time
    }
    main.scrollTop = kept ? Number(kept) : (opens / 1440) * grid.offsetHeight;
  }

  /** The minute at which the first of the shown days opens. */
  #opens() {
    const ends = [...this.querySelectorAll(".cal-day .cal-closed:first-of-type")].map((part) => minuteAt(part, part.offsetTop + part.offsetHeight));
    return Math.min(8 * 60, ...ends.filter((minute) => minute > 0 && minute < 1440));
  }

  #now() {
    const line = this.querySelector(".cal-now");
    if (line) line.style.insetBlockStart = `calc(var(--minute) * ${nowMinute(line)})`;
  }

  // --- pointers -------------------------------------------------------------------------------------------------

  #down(event) {
    if (event.button !== 0 || this.#drag) return;
    const entry = event.target.closest(ENTRIES);
    if (entry ? !entry.hasAttribute("data-movable") : event.target.closest("a, button") || !this.dataset.create) return;
    const touch = event.pointerType !== "mouse";
    if (!entry && touch) return; // a tap creates by its click
    const place = event.target.closest("[data-day]");
    if (!place) return;
    this.#drag = { entry, place, touch, x: event.clientX, y: event.clientY, has: false, pointer: event.pointerId, onFoot: isFoot(entry, event) };
    if (touch) this.#drag.timer = setTimeout(() => this.#take(), HOLD);
  }

  /** From here on the pointer is ours. */
  #take() {
    const drag = this.#drag;
    if (!drag) return;
    drag.has = true;
    try {
      this.setPointerCapture(drag.pointer);
    } catch {
      // the pointer left meanwhile
    }
    drag.entry?.classList.add("dragged");
    if (drag.touch) navigator.vibrate?.(10);
  }

  #moved(event) {
    const drag = this.#drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > SLACK;
    if (!drag.has) {
      if (!far) return;
      if (drag.touch) return this.#drop(); // it scrolls
      this.#take();
    }
    if (drag.entry) this.#carry(event);
    else this.#stretchNew(event);
  }

  #carry(event) {
    const { entry, place, y } = this.#drag;
    const under = this.#placeAt(event);
    const minutes = entry.matches(".cal-entry") ? snapped(minuteAt(place, event.clientY - y)) : 0;
    const days = this.#drag.onFoot || !under ? 0 : (read(`${under.dataset.day}T00:00`) - read(`${place.dataset.day}T00:00`)) / DAY;
    Object.assign(this.#drag, { days, minutes });
    for (const other of this.querySelectorAll(".over")) other.classList.remove("over");
    if (entry.matches(".cal-entry")) show(entry, { days, minutes, width: under && place !== under ? under.offsetLeft - place.offsetLeft : 0, onFoot: this.#drag.onFoot });
    else under?.classList.add("over");
  }

  /** The day under the pointer, of the same sort as where the drag began. */
  #placeAt(event) {
    const sort = this.#drag.place.classList[0];
    return document.elementsFromPoint(event.clientX, event.clientY).find((element) => element.matches(`.${sort}[data-day]`));
  }

  #stretchNew(event) {
    const drag = this.#drag;
    if (!drag.place.matches(".cal-day")) return;
    const top = drag.place.getBoundingClientRect().top;
    const from = floored(minuteAt(drag.place, drag.y - top));
    const until = Math.min(1440, Math.max(from + STEP, snapped(minuteAt(drag.place, event.clientY - top))));
    if (!drag.ghost) {
      drag.ghost = document.createElement("div");
      drag.ghost.className = "cal-ghost";
      drag.place.append(drag.ghost);
    }
    drag.range = [from, until];
    drag.ghost.textContent = `${clock(from)} – ${clock(until)}`;
    drag.ghost.style.insetBlockStart = `calc(var(--minute) * ${from})`;
    drag.ghost.style.blockSize = `calc(var(--minute) * ${until - from})`;
  }

  #up(event) {
    const drag = this.#drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    clearTimeout(drag.timer);
    this.#drag = null;
    if (!drag.has) return;
    this.#justMoved = true;
    setTimeout(() => (this.#justMoved = false), 50);
    drag.entry?.classList.remove("dragged");
    for (const other of this.querySelectorAll(".over")) other.classList.remove("over");
    if (drag.range) {
      drag.ghost.remove();
      this.#create(drag.place.dataset.day, ...drag.range);
    } else if (drag.entry) this.#put(drag.entry, drag.days ?? 0, drag.onFoot ? 0 : (drag.minutes ?? 0), drag.onFoot ? (drag.minutes ?? 0) : 0);
  }

  #drop(back = false) {
    const drag = this.#drag;
    if (!drag) return;
    clearTimeout(drag.timer);
    this.#drag = null;
    drag.ghost?.remove();
    drag.entry?.classList.remove("dragged");
    if (drag.entry && (back || drag.has)) drag.entry.removeAttribute("style");
    if (back) this.#justMoved = true;
  }

  /** A press on an empty place begins something there; the one that ends a drag does nothing. */
  #click(event) {
    if (this.#justMoved) {
      this.#justMoved = false;
      event.preventDefault();
      return event.stopPropagation();
    }
    const place = event.target.closest("[data-day]");
    if (!place || !this.dataset.create || event.target.closest("a, button")) return;
    if (!place.matches(".cal-day")) return this.#create(place.dataset.day);
    const from = floored(minuteAt(place, event.clientY - place.getBoundingClientRect().top), 30);
    this.#create(place.dataset.day, from, Math.min(1440, from + USUAL));
  }

  #create(day, from = null, until = null) {
    const asked = new URLSearchParams({ kind: from === null ? "task" : "meeting" });
    if (from === null) asked.set("due_on", day);
    else {
      asked.set("starts_at", write(read(`${day}T00:00`) + from * MINUTE));
      asked.set("ends_at", write(read(`${day}T00:00`) + until * MINUTE));
    }
    document.querySelector("tenure-dialog")?.open(`${this.dataset.create}?${asked}`);
  }

  // --- keys -----------------------------------------------------------------------------------------------------

  #key(event) {
    const entry = event.target.closest(ENTRIES);
    if (!entry?.hasAttribute("data-movable") || !event.altKey || event.ctrlKey || event.metaKey) return;
    const days = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
    const minutes = entry.matches(".cal-entry") ? ({ ArrowUp: -STEP, ArrowDown: STEP }[event.key] ?? 0) : 0;
    if (!days && !minutes) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.shiftKey) this.#put(entry, 0, 0, minutes);
    else this.#put(entry, days, minutes, 0);
  }

  // --- writing --------------------------------------------------------------------------------------------------

  /** Moves by days and minutes, or moves the end alone. */
  async #put(entry, days, minutes, longer) {
    if (!days && !minutes && !longer) return entry.removeAttribute("style");
    const { id, version, starts, ends, due } = entry.dataset;
    const values = new URLSearchParams({ version });
    if (due) values.set("due_on", write(read(`${due}T00:00`) + days * DAY).slice(0, 10));
    else {
      const shift = days * DAY + minutes * MINUTE;
      values.set("starts_at", write(read(starts) + shift));
      values.set("ends_at", write(Math.max(read(starts) + STEP * MINUTE, read(ends) + longer * MINUTE) + shift));
    }
    if (!due && entry.matches(".cal-entry")) show(entry, { days: 0, minutes: longer || minutes, width: null, onFoot: Boolean(longer) });
    entry.setAttribute("aria-busy", "true");
    const address = `${this.dataset.move.replace("/0/", `/${id}/`)}?${this.#grid.dataset.window}`;
    const token = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
    const response = await fragment(address, { method: "POST", body: values, headers: { "X-CSRFToken": token } }).catch(() => null);
    if (!response || ![200, 409, 422].includes(response.status)) {
      entry.removeAttribute("style");
      entry.removeAttribute("aria-busy");
      if (response?.status !== 401) toast({ message: response ? (response.status === 403 ? "forbidden" : "failed") : "offline", tone: "error" });
      return;
    }
    this.#replace(await response.text(), entry.id);
    const told = JSON.parse(response.headers.get("HX-Trigger") ?? "{}").toast;
    if (told) toast(told);
  }

  #replace(html, focus) {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    const fresh = holder.content.firstElementChild;
    this.#grid.replaceWith(fresh);
    htmx.process(fresh);
    document.getElementById(focus)?.focus({ preventScroll: true });
  }
}

function isFoot(entry, event) {
  return Boolean(entry?.matches(".cal-entry") && entry.getBoundingClientRect().bottom - event.clientY <= FOOT);
}

/** Pixels of a day's column as minutes. */
function minuteAt(part, pixels) {
  return (pixels / part.closest(".cal-grid, .calendar").querySelector(".cal-day").offsetHeight) * 1440;
}

function snapped(minutes, step = STEP) {
  return Math.round(minutes / step) * step;
}

function floored(minutes, step = STEP) {
  return Math.max(0, Math.floor(minutes / step) * step);
}

function clock(minute) {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** Where an entry would stand. */
function show(entry, { minutes, width, onFoot }) {
  if (onFoot) entry.style.blockSize = `calc((var(--lh) * 60 + var(--lm) + ${minutes}) * var(--minute))`;
  else entry.style.translate = `${width ?? 0}px calc(var(--minute) * ${minutes})`;
}

/** The line of the present goes on by the clock of the page, from where the server put it. */
function nowMinute(line) {
  line.dataset.since ??= String(Date.now() - MINUTE);
  const style = getComputedStyle(line);
  return Number(style.getPropertyValue("--h")) * 60 + Number(style.getPropertyValue("--m")) + (Date.now() - Number(line.dataset.since)) / MINUTE;
}

customElements.define("tenure-calendar", Calendar);
