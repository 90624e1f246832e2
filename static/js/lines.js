/** <tenure-lines>: lines of a form that grow by a template, with a running total. The server computes the real one. */
class Lines extends HTMLElement {
  #total = this.querySelector("[name$=TOTAL_FORMS]");

  connectedCallback() {
    this.querySelector("[data-add-line]").addEventListener("click", () => this.#add());
    this.addEventListener("input", () => this.#sum());
    this.addEventListener("change", (event) => this.#removed(event.target));
    this.#sum();
  }

  #add() {
    const index = this.#total.value;
    const holder = document.createElement("template");
    holder.innerHTML = this.querySelector("template").innerHTML.replaceAll("__prefix__", index);
    this.querySelector("[data-lines]").append(holder.content);
    this.#total.value = Number(index) + 1;
    this.querySelector("[data-lines] > :last-child")?.querySelector("select, input:not([type=hidden])")?.focus();
  }

  #removed(field) {
    if (field.name?.endsWith("DELETE")) field.closest(".order-line").classList.toggle("removed", field.checked);
    this.#sum();
  }

  #sum() {
    let sum = 0;
    for (const line of this.querySelectorAll(".order-line:not(.removed)")) {
      const number = (name) => Number(line.querySelector(`[name$="-${name}"]`)?.value || 0);
      sum += number("quantity") * number("unit_amount") * (1 - number("discount_rate") / 100);
    }
    const currency = document.querySelector("[name=currency]")?.value || "USD";
    const options = /^[A-Za-z]{3}$/.test(currency) ? { style: "currency", currency } : {};
    this.querySelector("output").textContent = sum.toLocaleString(document.documentElement.lang, options);
  }
}

customElements.define("tenure-lines", Lines);
