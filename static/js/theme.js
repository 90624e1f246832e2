/** Runs before the first paint: the reader's theme, density and folded navigation, so that nothing flashes or moves. */
const { dataset } = document.documentElement;
for (const name of ["theme", "density", "nav", "keys"]) {
  let value = null;
  try {
    value = localStorage.getItem(`tenure-${name}`);
  } catch {
    // Storage is switched off in this browser: the defaults hold.
  }
  if (value) dataset[name] = value;
}
