/** <tenure-drop>: a file field one can also drop a file on; shows what was chosen. */
class DropZone extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input[type=file]");
    const zone = this.querySelector(".drop-zone");
    if (!field || !zone) return;
    for (const name of ["dragover", "dragleave", "drop"]) {
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        zone.toggleAttribute("data-over", name === "dragover");
      });
    }
    zone.addEventListener("drop", (event) => {
      field.files = event.dataTransfer.files;
    });
  }
}

customElements.define("tenure-drop", DropZone);
