/**
 * <tenure-columns>: the menu of columns. A box shows or hides a column, the arrows move it; a menu that names its
 * content (`data-load`) fetches it when it opens. Widths are dragged at the edges of the head: see list_head.js.
 */
import { fragment } from "./fragment.js";

class Columns extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => this.#moveTo(event.target.closest("li"), event.target.checked));
    this.addEventListener("click", (event) => {
      const item = event.target.closest("li");
      if (event.target.closest("[data-up]") && !item.previousElementSibling?.hasAttribute("data-fixed")) item.previousElementSibling?.before(item);
      else if (event.target.closest("[data-down]")) item.nextElementSibling?.after(item);
      event.target.closest("button")?.focus();
    });
  }

  #moveTo(item, shown) {
    this.querySelector(shown ? "[data-shown]" : "[data-rest]")[shown ? "append" : "prepend"](item);
    item.querySelector("input").focus();
  }
}

customElements.define("tenure-columns", Columns);

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-load][popovertarget]");
  if (!button) return;
  const menu = document.getElementById(button.getAttribute("popovertarget"));
  const response = await fragment(button.dataset.load + location.search);
  if (response.ok) menu.innerHTML = await response.text();
});
