/**
 * <tenure-chart kind="line">: a chart with its table. Holds <script type="application/json"> (a data block, not code)
 * and a plain <table>. The chart library is fetched when the first chart comes into view.
 */
class Chart extends HTMLElement {
  #chart;
  #library;
  #table = this.querySelector("table");
  #plot = document.createElement("div");
  #draw = () => this.#render();
  #resize = new ResizeObserver(() => this.#chart?.resize());
  #watch = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) this.#start();
  });

  connectedCallback() {
    this.#plot.className = "plot";
    this.#plot.role = "img";
    this.#plot.ariaLabel = this.getAttribute("label") ?? "";
    if (this.#table) {
      this.#table.hidden = true;
      this.append(this.#toggle());
    }
    this.append(this.#plot);
    this.#watch.observe(this);
    document.addEventListener("tenure:theme", this.#draw);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.#draw);
  }

  disconnectedCallback() {
    this.#watch.disconnect();
    this.#resize.disconnect();
    this.#chart?.dispose();
    document.removeEventListener("tenure:theme", this.#draw);
    matchMedia("(prefers-color-scheme: dark)").removeEventListener("change", this.#draw);
  }

  async #start() {
    this.#watch.disconnect();
    this.#library = await import("./charts.js");
    this.#render();
    this.#resize.observe(this);
  }

  #render() {
    if (!this.#library || !this.isConnected) return;
    this.#chart?.dispose();
    const data = JSON.parse(this.querySelector('script[type="application/json"]').textContent);
    this.#chart = this.#library.draw(this.#plot, this.getAttribute("kind"), data);
    this.#chart.on("click", ({ data: point }) => point?.url && location.assign(point.url));
  }

  #toggle() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet chart-toggle";
    button.textContent = this.getAttribute("table-label") ?? "Show as table";
    button.ariaPressed = "false";
    button.addEventListener("click", () => {
      const show = this.dataset.view !== "table";
      this.dataset.view = show ? "table" : "plot";
      button.ariaPressed = String(show);
      this.#table.hidden = !show;
      this.#plot.hidden = show;
      this.#chart?.resize();
    });
    return button;
  }
}

customElements.define("tenure-chart", Chart);
