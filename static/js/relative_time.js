/** <relative-time datetime="...">: "4 minutes ago", kept fresh; the text inside holds until then. */
const STEPS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const format = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });

class RelativeTime extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    this.#show();
    this.#timer = setInterval(() => this.#show(), 60_000);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  #show() {
    const seconds = (Date.parse(this.getAttribute("datetime")) - Date.now()) / 1000;
    if (Number.isNaN(seconds)) return;
    const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ["minute", 60];
    this.textContent = format.format(Math.trunc(seconds / size), unit);
  }
}

customElements.define("relative-time", RelativeTime);
