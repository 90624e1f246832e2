/**
 * <tenure-lines>: lines of a form that grow by a template, with a running total. The server computes the real one.
 * A chosen product brings its price in the order's currency; a price typed by hand stays.
 */
import { fragment } from "./fragment.js";

class Lines extends HTMLElement {
  #total = this.querySelector("[name$=TOTAL_FORMS]");
  #pause = 0;

  connectedCallback() {
    this.querySelector("[data-add-line]").addEventListener("click", () => this.#add());
    this.addEventListener("input", (event) => this.#typed(event.target));
    this.addEventListener("change", (event) => this.#removed(event.target));
    this.addEventListener("tenure:picked", (event) => this.#price(event.target.closest(".order-line")));
    for (const field of this.#head()) field?.addEventListener("change", () => this.#reprice());
    for (const field of this.querySelectorAll("[name$=-DELETE]:checked")) this.#removed(field);
    this.#sum();
  }

  /** Day, currency and customer, on which prices depend. */
  #head() {
    return ["placed_on", "currency", "customer"].map((name) => this.closest("form").elements[name]);
  }

  #add() {
    const index = this.#total.value;
    const holder = document.createElement("template");
    holder.innerHTML = this.querySelector("template").innerHTML.replaceAll("__prefix__", index);
    this.querySelector("[data-lines]").append(holder.content);
    this.#total.value = Number(index) + 1;
    this.querySelector("[data-lines] > :last-child")?.querySelector("input:not([type=hidden])")?.focus();
  }

  #typed(field) {
    if (field.name?.endsWith("-unit_amount")) delete field.dataset.listed;
    if (field.name?.endsWith("-quantity")) this.#pricedAnew(field.closest(".order-line"));
    this.#sum();
  }

  /** A line that is taken out stays in the form, unseen; there is always one to write on. */
  #removed(field) {
    if (!field.name?.endsWith("-DELETE")) return;
    field.closest(".order-line").classList.toggle("removed", field.checked);
    if (!this.querySelector("[data-lines] > .order-line:not(.removed)")) this.#add();
    this.#sum();
  }

  /** Another quantity may have another price: asked once the typing pauses. */
  #pricedAnew(line) {
    clearTimeout(this.#pause);
    if (line.querySelector("[data-listed]")) this.#pause = setTimeout(() => this.#price(line), 300);
  }

  #reprice() {
    for (const line of this.querySelectorAll(".order-line:has([data-listed])")) this.#price(line);
    this.#sum();
  }

  async #price(line) {
    const field = line?.querySelector("[name$=-unit_amount]");
    const product = line?.querySelector("input[type=hidden][name$=-product]")?.value;
    if (!product || (field.value && !("listed" in field.dataset))) return;
    const [day, currency] = this.#head().map((element) => element?.value ?? "");
    const customer = this.closest("form").elements.customer?.value ?? this.dataset.customer ?? "";
    const quantity = line.querySelector("[name$=-quantity]")?.value || "1";
    const query = new URLSearchParams({ placed_on: day, currency, customer, quantity });
    const response = await fragment(`${this.dataset.price.replace("/0/", `/${product}/`)}?${query}`).catch(() => null);
    const price = response?.ok ? (await response.json()).unit_amount : null;
    field.value = price ?? "";
    field.dataset.listed = "";
    this.#sum();
  }

  #sum() {
    let sum = 0;
    for (const line of this.querySelectorAll(".order-line:not(.removed)")) {
      const number = (name) => Number(line.querySelector(`[name$="-${name}"]`)?.value || 0);
      sum += number("quantity") * number("unit_amount") * (1 - number("discount_rate") / 100);
    }
    const currency = this.#head()[1]?.value;
    const options = currency ? { style: "currency", currency } : {};
    this.querySelector("output").textContent = sum.toLocaleString(document.documentElement.lang, options);
  }
}

customElements.define("tenure-lines", Lines);
