/** The navigation folds; menus open beside their button; key hints fit the machine. */
import { remember } from "./theme_choice.js";

const GAP = 4;

document.querySelector("[data-fold-nav]")?.addEventListener("click", () => {
  remember("nav", document.documentElement.dataset.nav === "folded" ? "" : "folded");
});

if (/Mac|iPhone|iPad/.test(navigator.platform)) {
  for (const hint of document.querySelectorAll("[data-mod]")) hint.textContent = `⌘ ${hint.dataset.mod}`;
}

/** Menus live in the top layer; they stand below their button, or above it near the foot of the window. */
document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (event.newState !== "open" || !menu.classList?.contains("menu")) return;
    const button = document.querySelector(`[popovertarget="${menu.id}"]`)?.getBoundingClientRect();
    if (!button) return;
    const { offsetWidth: width, offsetHeight: height } = menu;
    const left = Math.max(GAP, Math.min(button.left, innerWidth - width - 2 * GAP));
    const below = button.bottom + GAP;
    const top = below + height > innerHeight ? Math.max(GAP, button.top - height - GAP) : below;
    Object.assign(menu.style, { left: `${left}px`, top: `${top}px` });
  },
  true,
);
