/** The public page of a quote: tells that it is being read, prints, and keeps a button from being pressed twice. */
const SECONDS_READ = 2;

/** Once in a tab, after a moment in sight: programs that only fetch the page are no readers. */
function tellOpened(page) {
  const path = `/q/${page.dataset.token}/opened/`;
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!token) return;
  const tell = () => {
    if (document.visibilityState === "visible") fetch(path, { method: "POST", headers: { "X-CSRFToken": token }, keepalive: true });
    else document.addEventListener("visibilitychange", tell, { once: true });
  };
  setTimeout(tell, SECONDS_READ * 1000);
}

const page = document.querySelector("[data-token]");
if (page) tellOpened(page);

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    form.querySelector("[type=submit]")?.setAttribute("aria-busy", "true");
  });
}

/** Coming back by the browser's history, the form can be sent again. */
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[type=submit]")?.removeAttribute("aria-busy");
  }
});
