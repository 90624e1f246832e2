/** What holds for every htmx request: short addresses, optimistic one-field writes, failures said in a toast. */
import { signedOut, toast } from "./toasts.js";

const MESSAGES = { 403: "forbidden", 404: "missing", 429: "busy" };

document.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  if (request.method !== "GET" || !request.body?.entries) return;
  for (const [name, value] of [...request.body.entries()]) if (value === "") request.body.delete(name);
});

/** A reversible one-field write shows at once; the server's fragment is the truth, a failure takes it back. */
document.addEventListener("htmx:before:request", (event) => {
  const { sourceElement } = event.detail.ctx;
  const name = sourceElement.dataset?.optimistic;
  if (name) sourceElement.closest("li, tr")?.classList.toggle(name);
});

function takeBack(element) {
  const name = element?.dataset?.optimistic;
  if (name) element.closest("li, tr")?.classList.toggle(name);
}

document.addEventListener("htmx:response:error", (event) => {
  const { response, sourceElement } = event.detail.ctx;
  if ([400, 409, 412, 422].includes(response.status)) return;
  takeBack(sourceElement);
  if (response.status === 401) return signedOut();
  toast({ message: MESSAGES[response.status] ?? "failed", tone: "error" });
});

document.addEventListener("htmx:error", (event) => {
  const { ctx, error } = event.detail;
  if (!ctx?.request || ctx.response) return;
  takeBack(ctx.sourceElement);
  if (error?.name !== "AbortError") toast({ message: "offline", tone: "error" });
});
