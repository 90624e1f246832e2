/** <tenure-stages>: the rows of a pipeline's form, which grow by a template and are put in order; the order is sent along. */
class Stages extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.#click(event.target.closest("button")));
    this.#number();
  }

  get #rows() {
    return [...this.querySelectorAll("[data-stages] > .stage-row")];
  }

  #click(button) {
    const row = button?.closest(".stage-row");
    if (button?.hasAttribute("data-add-stage")) this.#add();
    else if (button?.hasAttribute("data-remove")) row.remove();
    else if (button?.hasAttribute("data-up")) row.previousElementSibling?.before(row);
    else if (button?.hasAttribute("data-down") && !row.nextElementSibling?.classList.contains("end")) row.nextElementSibling?.after(row);
    else return;
    this.#number();
    button.focus();
  }

  #add() {
    const total = this.closest("form").querySelector("[name$=TOTAL_FORMS]");
    const holder = document.createElement("template");
    holder.innerHTML = this.querySelector("template").innerHTML.replaceAll("__prefix__", total.value);
    const row = holder.content.firstElementChild;
    total.value = Number(total.value) + 1;
    const end = this.querySelector("[data-stages] > .end");
    if (end) end.before(row);
    else this.querySelector("[data-stages]").append(row);
    this.#number();
    row.querySelector("input:not([type=hidden])").focus();
  }

  #number() {
    for (const [index, row] of this.#rows.entries()) row.querySelector("[name$=-position]").value = index;
  }
}

customElements.define("tenure-stages", Stages);
