/**
 * <tenure-inline-edit>: the editor of one property. Focus on arrival; Enter saves, Esc cancels; focus comes back.
 * With `data-long` Enter begins a new line of the text, as in the composer.
 */
class InlineEdit extends HTMLElement {
  #row = "";

  connectedCallback() {
    const field = this.querySelector("select, textarea, input:not([type=hidden])");
    field?.focus();
    if (this.hasAttribute("data-long")) field?.setSelectionRange(field.value.length, field.value.length);
    else if (field?.matches("input, textarea") && field.type !== "date") field.select?.();
    const error = this.querySelector(".error-text");
    if (error && field) {
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", error.id);
    }
    this.addEventListener("keydown", (event) => this.#key(event));
    this.#row = this.closest(".property")?.id ?? "";
  }

  /** When the editor gives way to the value again, the focus stays in the row. */
  disconnectedCallback() {
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) document.getElementById(this.#row)?.querySelector("a")?.focus();
    });
  }

  #key(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.querySelector("[data-cancel]")?.click();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.matches(this.hasAttribute("data-long") ? "input, select" : "input, select, textarea")) {
      event.preventDefault();
      this.querySelector("form").requestSubmit();
    }
  }
}

customElements.define("tenure-inline-edit", InlineEdit);
