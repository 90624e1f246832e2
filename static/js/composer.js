/** <tenure-composer>: n and l put the caret here with the right kind chosen; Ctrl+Enter saves (keys.js). */
class Composer extends HTMLElement {
  /** @param {string} kind note, call, meeting or task */
  start(kind) {
    const choice = this.querySelector(`[name=kind][value="${kind}"]`);
    if (choice) choice.checked = true;
    this.querySelector("textarea")?.focus();
  }
}

/** A new entry brings the heading of its day along: of two equal ones the first stays, and nothing is "empty" any more. */
document.addEventListener("htmx:after:settle", () => {
  const timeline = document.getElementById("timeline");
  const seen = new Set();
  for (const day of timeline?.querySelectorAll(".timeline-day") ?? []) {
    if (seen.has(day.textContent)) day.remove();
    seen.add(day.textContent);
  }
  if (timeline?.querySelector(".entry")) timeline.querySelector(".empty")?.remove();
});

customElements.define("tenure-composer", Composer);
