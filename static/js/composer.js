/** <tenure-composer>: n and l put the caret here with the right kind chosen; Ctrl+Enter saves (keys.js). */
class Composer extends HTMLElement {
  /** @param {string} kind note, call, meeting or task */
  start(kind) {
    const choice = this.querySelector(`[name=kind][value="${kind}"]`);
    if (choice) choice.checked = true;
    this.querySelector("textarea")?.focus();
  }
}

customElements.define("tenure-composer", Composer);
