/** A record's page notes, once it is looked at, that its reader was there: a GET never writes, so a small POST does. */
import { fragment } from "./fragment.js";

async function note(form) {
  const body = new FormData(form);
  body.delete("remove");
  const address = form.dataset.visit;
  form.removeAttribute("data-visit");
  try {
    const response = await fragment(address, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": body.get("csrfmiddlewaretoken") } });
    if (response.ok) document.querySelector("tenure-bell")?.tell((await response.json()).unread);
  } catch {
    // a visit that nobody noted is no loss
  }
}

function look() {
  const form = document.querySelector("[data-visit]");
  if (!form || document.hidden) return;
  document.removeEventListener("visibilitychange", look);
  (window.requestIdleCallback ?? setTimeout)(() => note(form));
}

document.addEventListener("visibilitychange", look);
look();
