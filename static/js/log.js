/** <tenure-log>: a form whose text is saved by Enter; Shift and Enter begins a new line. */
class Log extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
      if (!event.target.matches("textarea") || event.target.getAttribute("aria-expanded") === "true") return;
      event.preventDefault();
      event.target.form.requestSubmit();
    });
  }
}

customElements.define("tenure-log", Log);
