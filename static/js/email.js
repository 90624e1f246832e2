/** The files that were chosen last. */
let chosen = null;

/**
 * <tenure-email>: the composer of mails. What is written is kept for this tab under `data-draft` until it is sent; a
 * template fills subject and text, and asks before it takes the place of what is written.
 */
class EmailComposer extends HTMLElement {
  #filled = ""; // what the page or a template put there, not the writer

  connectedCallback() {
    this.#filled = this.#text.value;
    if (this.hasAttribute("data-given")) this.#keep();
    else this.#restore();
    this.addEventListener("input", () => this.#keep());
    this.addEventListener("change", (event) => {
      if (event.target.matches("[data-template]")) this.#choose(event.target);
      if (event.target.matches("[type=file]")) this.#name(event.target);
    });
    this.addEventListener("click", (event) => {
      const answer = event.target.closest("[data-answer]");
      if (answer) this.#answer(answer.dataset.answer);
    });
    this.#takeFiles();
    this.#begin();
  }

  /** Chosen files are still chosen when the form comes back refused. */
  #takeFiles() {
    const input = this.querySelector("[type=file]");
    const refused = this.querySelector(".error-text");
    if (!refused || chosen?.draft !== this.dataset.draft) return void (chosen = null);
    input.files = chosen.files;
    this.#name(input);
  }

  get #text() {
    return this.querySelector("textarea");
  }

  get #subject() {
    return this.querySelector("[name=subject]");
  }

  get #reply() {
    return this.querySelector("[name=reply]");
  }

  /** The caret where writing goes on: at the fault, in an empty subject, else above what is quoted. */
  #begin() {
    const wrong = this.querySelector("[aria-invalid]");
    const target = wrong ?? (this.#subject.value ? this.#text : this.#subject);
    target.focus();
    if (target === this.#text && !wrong) target.setSelectionRange(0, 0);
  }

  #keep() {
    const to = [...this.querySelectorAll("[name=to]:checked")].map((box) => box.value);
    const draft = { subject: this.#subject.value, text: this.#text.value, to, reply: this.#reply.value };
    const nothing = !draft.subject && (!draft.text.trim() || draft.text === this.#filled) && !draft.reply;
    stored((storage) => {
      if (nothing) storage.removeItem(this.dataset.draft);
      else storage.setItem(this.dataset.draft, JSON.stringify(draft));
    });
  }

  #restore() {
    const kept = stored((storage) => JSON.parse(storage.getItem(this.dataset.draft)));
    if (!kept) return;
    this.#subject.value = kept.subject;
    this.#text.value = kept.text;
    this.#reply.value = kept.reply;
    for (const box of this.querySelectorAll("[name=to]")) box.checked = kept.to.includes(box.value);
  }

  #name(input) {
    chosen = { draft: this.dataset.draft, files: input.files };
    this.querySelector("[data-files]").textContent = [...input.files].map((file) => file.name).join(", ");
  }

  async #choose(select) {
    if (!select.value) return;
    const about = this.querySelector("[name=about]").value;
    const address = `${select.dataset.url.replace(/0\/$/, `${select.value}/`)}?about=${encodeURIComponent(about)}`;
    const response = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    const found = await response?.json().catch(() => null);
    select.value = "";
    if (!found || found.error) return this.#tell(found?.error ?? "");
    this.found = found;
    const written = this.#text.value.trim() && this.#text.value !== this.#filled;
    if (written || this.#subject.value) this.#ask(true);
    else this.#fill(found.text);
  }

  #ask(shown) {
    this.querySelector("[data-ask]").hidden = !shown;
    if (shown) this.querySelector("[data-answer]").focus();
  }

  #answer(answer) {
    this.#ask(false);
    if (answer === "replace") this.#fill(this.found.text);
    else if (answer === "above") this.#fill(`${this.found.text}\n\n${this.#text.value.trim()}`, this.#subject.value);
    this.#text.focus();
  }

  #fill(text, subject = "") {
    this.#subject.value = subject || this.found.subject || this.#subject.value;
    this.#text.value = text;
    this.#filled = text;
    this.#keep();
    this.#tell(this.found.gaps.length ? `${this.querySelector("[data-gaps]").dataset.text} ${this.found.gaps.join(", ")}` : "");
    const gap = text.indexOf("[[");
    this.#text.focus();
    if (gap >= 0) this.#text.setSelectionRange(gap, text.indexOf("]]", gap) + 2);
  }

  #tell(text) {
    const place = this.querySelector("[data-gaps]");
    place.textContent = text;
    place.hidden = !text;
  }
}

/** Storage may be full or switched off in this browser: then a draft lives as long as its page. */
function stored(action) {
  try {
    return action(sessionStorage);
  } catch {
    return null;
  }
}

customElements.define("tenure-email", EmailComposer);
