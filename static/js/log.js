/** <tenure-log>: a form whose text is saved by Enter. */
import { saveByEnter } from "./enter.js";

class Log extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", saveByEnter);
  }
}

customElements.define("tenure-log", Log);
