/** A page that came back begins at its first fault, or else at what was asked for (data-arrive; the innermost counts). */
const fault = document.querySelector("main [aria-invalid=true]");
const asked = [...document.querySelectorAll("main [data-arrive]")].at(-1);
const place = fault ?? asked;

place?.scrollIntoView({ block: place === asked ? "start" : "center" });
(fault ?? asked?.querySelector("input:not([type=hidden]), select, textarea") ?? asked)?.focus({ preventScroll: true });
