/** <tenure-copy>: a button that copies the text beside it. */
class Copy extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button.addEventListener("click", async () => {
      const field = this.querySelector("input");
      field.select();
      if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
      else document.execCommand("copy"); // without https there is no clipboard
      button.querySelector("span").textContent = button.dataset.copied;
    });
  }
}

customElements.define("tenure-copy", Copy);
