/** Building elements without a line for each attribute. */

/**
 * @param {string} tag
 * @param {Record<string, unknown>} attributes `on...` are listeners, booleans are set or left out
 * @param {...(Node | string)} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A <select> of [value, label] pairs; groups are [label, pairs]. */
export function select(attributes, pairs, chosen) {
  const made = element("select", attributes, ...pairs.map(([value, label]) => element("option", { value }, label)));
  made.value = chosen ?? made.options[0]?.value ?? "";
  return made;
}

/** An icon of the sprite, for elements that a script makes. */
export function icon(name) {
  const holder = document.createElement("template");
  holder.innerHTML = `<svg class="icon" aria-hidden="true" width="16" height="16"><use href="${sprite()}#${name}"></use></svg>`;
  return holder.content.firstChild;
}

function sprite() {
  return document.querySelector("svg.icon use")?.getAttribute("href").split("#")[0] ?? "";
}
