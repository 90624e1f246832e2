/** <tenure-field-choice>: of many controls only those of the chosen `field` (or of the choice in `data-name`) are shown and sent. */
class FieldChoice extends HTMLElement {
  connectedCallback() {
    const name = this.dataset.name ?? "field";
    const chooser = this.querySelector(`select[name=${name}], select[name$="-${name}"]`);
    const show = () => {
      for (const part of this.querySelectorAll("[data-for]")) {
        part.hidden = part.dataset.for !== chooser.value;
        for (const control of part.querySelectorAll("input, select, textarea")) control.disabled = part.hidden;
      }
    };
    if (chooser.options.length === 1) chooser.closest(".field").hidden = true;
    chooser.addEventListener("change", show);
    show();
  }
}

customElements.define("tenure-field-choice", FieldChoice);
