/** <tenure-theme>: theme, row height and single-key shortcuts; kept in this browser and applied early by theme.js. */
const root = document.documentElement;

/** @param {string} name @param {string} value */
export function remember(name, value) {
  if (value) root.dataset[name] = value;
  else delete root.dataset[name];
  try {
    if (value) localStorage.setItem(`tenure-${name}`, value);
    else localStorage.removeItem(`tenure-${name}`);
  } catch {
    // Storage is switched off: the choice holds for this page.
  }
}

class ThemeChoice extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.#choose(event.target.closest("button")));
    this.#show();
  }

  #choose(button) {
    if (!button) return;
    const { themeChoice, densityChoice, keysChoice } = button.dataset;
    if (themeChoice !== undefined) remember("theme", themeChoice);
    if (densityChoice) remember("density", root.dataset.density === densityChoice ? "" : densityChoice);
    if (keysChoice !== undefined) remember("keys", root.dataset.keys === "off" ? "" : "off");
    this.#show();
    document.dispatchEvent(new CustomEvent("tenure:theme"));
  }

  #show() {
    for (const button of this.querySelectorAll("button")) {
      const { themeChoice, densityChoice } = button.dataset;
      let on = root.dataset.keys !== "off";
      if (themeChoice !== undefined) on = (root.dataset.theme ?? "") === themeChoice;
      if (densityChoice) on = root.dataset.density === densityChoice;
      button.setAttribute("aria-pressed", String(on));
    }
  }
}

customElements.define("tenure-theme", ThemeChoice);
