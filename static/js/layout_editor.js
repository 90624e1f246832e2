/**
 * <tenure-layout>: arranges a record's page. A row is dragged by its grip (mouse or finger) or moved with the arrow keys
 * on it, from one group to the next; hidden rows stand beside. What results is written into the hidden inputs as JSON.
 */
class LayoutEditor extends HTMLElement {
  #dragged = null;

  connectedCallback() {
    this.addEventListener("pointerdown", (event) => this.#grab(event));
    this.addEventListener("pointermove", (event) => this.#drag(event));
    for (const end of ["pointerup", "pointercancel"]) this.addEventListener(end, () => this.#drop());
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("click", (event) => this.#click(event.target.closest("button")));
    this.addEventListener("input", () => this.#write());
    document.querySelector(".settings-body > .tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #grab(event) {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button || this.querySelector("fieldset").disabled) return;
    grip.setPointerCapture(event.pointerId);
    this.#dragged = rowOf(grip);
    this.#dragged.classList.add("dragged");
  }

  #drag(event) {
    if (!this.#dragged) return;
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const list = this.#listAt(under);
    if (!list || !mayStand(this.#dragged, list)) return;
    const other = [...list.children].find((row) => row.contains(under));
    if (other === this.#dragged) return;
    if (!other) return list.contains(this.#dragged) ? undefined : list.append(this.#dragged);
    const box = other.getBoundingClientRect();
    other[event.clientY < box.top + box.height / 2 ? "before" : "after"](this.#dragged);
  }

  /** The list below the pointer that takes rows of this kind; the head of a group stands for its list. */
  #listAt(under) {
    const kind = this.#dragged.parentElement.dataset.rows;
    const list = under?.closest(`[data-rows="${kind}"]`) ?? under?.closest(".layout-group")?.querySelector(`[data-rows="${kind}"]`);
    return list && this.contains(list) ? list : null;
  }

  #drop() {
    if (!this.#dragged) return;
    this.#dragged.classList.remove("dragged");
    this.#dragged = null;
    this.#write();
  }

  #key(event) {
    const grip = event.target.closest("[data-grip]");
    if (!grip || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const row = rowOf(grip);
    if (event.key === "ArrowUp") this.#up(row);
    else this.#down(row);
    grip.focus();
    this.#write();
    this.#say(row);
  }

  #up(row) {
    if (row.previousElementSibling) row.previousElementSibling.before(row);
    else this.#neighbour(row, -1)?.append(row);
  }

  #down(row) {
    if (row.nextElementSibling) row.nextElementSibling.after(row);
    else this.#neighbour(row, 1)?.prepend(row);
  }

  /** The list before or after the one of the row; what is hidden is not among them. */
  #neighbour(row, step) {
    const lists = [...this.querySelectorAll(`[data-rows="${row.parentElement.dataset.rows}"]:not([data-hidden])`)].filter((list) => mayStand(row, list));
    return lists[lists.indexOf(row.parentElement) + step];
  }

  #click(button) {
    if (!button) return;
    const row = button.closest(".layout-row");
    if (button.matches("[data-hide]")) this.#put(row, this.querySelector("[data-hidden]"), "[data-show]");
    else if (button.matches("[data-show]")) this.#put(row, this.#lastGroup(), "[data-hide]");
    else if (button.matches("[data-add-group]")) this.#add().querySelector("[data-title]").focus();
    else if (button.matches("[data-delete-group]")) this.#delete(button.closest("[data-group]"));
    else return;
    this.#write();
  }

  #put(row, list, button) {
    list.append(row);
    row.scrollIntoView({ block: "nearest" });
    row.querySelector(button).focus();
    this.#say(row);
  }

  #lastGroup() {
    const groups = this.querySelectorAll("[data-group]");
    return (groups[groups.length - 1] ?? this.#add()).querySelector("[data-rows]");
  }

  #add() {
    const made = this.querySelector("template").content.querySelector("[data-group]").cloneNode(true);
    this.querySelector('[data-rows="groups"]').append(made);
    return made;
  }

  /** Its properties stand below "More"; those that only a group can show are hidden. */
  #delete(group) {
    for (const row of [...group.querySelectorAll(".layout-row")]) {
      this.querySelector(row.hasAttribute("data-optional") ? "[data-hidden]" : "[data-rest]").append(row);
    }
    const next = group.nextElementSibling ?? group.previousElementSibling;
    group.remove();
    (next?.querySelector("[data-title]") ?? this.querySelector("[data-add-group]")).focus();
  }

  #write() {
    const groups = [...this.querySelectorAll("[data-group]")].map((group) => ({
      title: group.querySelector("[data-title]").value,
      fields: keys(group.querySelector("[data-rows]")),
      folded: group.querySelector("[data-folded]").checked,
    }));
    this.#putJson("properties", { groups, hidden: keys(this.querySelector("[data-hidden]")) });
    for (const name of ["tabs", "panels"]) {
      const list = this.querySelector(`[data-rows="${name}"]`);
      if (list) this.#putJson(name, { shown: keys(list, ":has([data-shown]:checked)"), hidden: keys(list, ":has([data-shown]:not(:checked))") });
    }
  }

  #putJson(name, value) {
    this.querySelector(`input[name="${name}"]`).value = JSON.stringify(value);
  }

  /** Where a row stands now, for those who do not see it. */
  #say(row) {
    const list = row.parentElement;
    const head = list.closest(".layout-group");
    const place = head?.querySelector("[data-title]")?.value || head?.querySelector("h3")?.textContent || this.dataset.unnamed;
    const said = { name: row.dataset.name ?? row.querySelector("[data-title]")?.value, place, number: [...list.children].indexOf(row) + 1, count: list.children.length };
    this.querySelector("[data-said]").textContent = this.dataset.moved.replace(/%\((\w+)\)s/g, (_, key) => said[key]);
  }
}

function rowOf(grip) {
  return grip.closest(".layout-row") ?? grip.closest("[data-group]");
}

function mayStand(row, list) {
  return list.dataset.rows === row.parentElement.dataset.rows && !(list.hasAttribute("data-rest") && row.hasAttribute("data-optional"));
}

function keys(list, which = "") {
  return [...list.querySelectorAll(`.layout-row${which}`)].map((row) => row.dataset.key);
}

customElements.define("tenure-layout", LayoutEditor);
