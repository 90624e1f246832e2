/** <tenure-rows>: rows of a form that grow by a template and are put in order; the order is sent along.
 *
 * `data-add-row` adds one, with what the button's value says chosen in it; rows of the class "end" stay last.
 */
class Rows extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.#click(event.target.closest("button")));
    this.#number();
  }

  get #rows() {
    return [...this.querySelector("[data-rows]").children];
  }

  #click(button) {
    const row = this.#rows.find((one) => one.contains(button));
    if (button?.hasAttribute("data-add-row")) this.#add(button.value);
    else if (button?.hasAttribute("data-remove")) row.remove();
    else if (button?.hasAttribute("data-up")) row.previousElementSibling?.before(row);
    else if (button?.hasAttribute("data-down") && !row.nextElementSibling?.classList.contains("end")) row.nextElementSibling?.after(row);
    else return;
    this.#number();
    if (button.isConnected) button.focus();
  }

  #add(choice) {
    const total = this.closest("form").querySelector("[name$=TOTAL_FORMS]");
    const holder = document.createElement("template");
    holder.innerHTML = this.querySelector("template").innerHTML.replaceAll("__prefix__", total.value);
    const row = holder.content.firstElementChild;
    total.value = Number(total.value) + 1;
    const end = this.querySelector("[data-rows] > .end");
    if (end) end.before(row);
    else this.querySelector("[data-rows]").append(row);
    if (choice) row.querySelector("select").value = choice;
    this.#number();
    row.querySelector("input:not([type=hidden]), textarea").focus();
  }

  #number() {
    for (const [index, row] of this.#rows.entries()) {
      row.querySelector("[name$=-position]").value = index;
      const shown = row.querySelector("[data-number]");
      if (shown) shown.textContent = index + 1;
    }
  }
}

customElements.define("tenure-rows", Rows);
