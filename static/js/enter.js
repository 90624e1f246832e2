/** Enter in a text saves its form; Shift and Enter begins a new line. A menu of names that is open has Enter first. */
export function saveByEnter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
  if (!event.target.matches("textarea") || document.querySelector("#mention-hits:popover-open")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
}
