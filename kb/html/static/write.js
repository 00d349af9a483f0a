// The field in which staff write an article: what is typed is saved in the pauses, lines with findings are marked, and
// a finding leads to its line. Without this file the field is saved when it is left, and nothing else is missing.
"use strict";

(() => {
  const FIELD = '[class*="st-key-write_text_"] textarea';
  const PAUSE_MS = 900;
  const KEPT = "kb-writing:";
  const LOOK_MS = 300;
  let field = null, marks = null, marked = null, timer = 0, known = "", inserted = "";

  const desk = () => document.querySelector("[data-writing]");
  const keptAs = () => (desk() ? KEPT + desk().dataset.writing : "");
  const asideAs = () => `${keptAs()}:aside`;

  // ---- what is not saved yet is kept by this window, also while signing in again; what it finds there when the page
  // opens is set aside until somebody decides about it
  function kept(key = keptAs()) {
    try { return sessionStorage.getItem(key); } catch { return null; } // forbidden: the window keeps nothing
  }

  function keep(text, key = keptAs()) {
    try { sessionStorage.setItem(key, text); } catch { /* full or forbidden: saving goes on */ }
  }

  function forget(key = keptAs()) {
    try { sessionStorage.removeItem(key); } catch { /* forbidden: there is nothing to forget */ }
  }

  // Adler-32, by which the page says which text is saved; line ends at the end don't count.
  function sum(text) {
    let [a, b] = [1, 0];
    for (const byte of new TextEncoder().encode(text.replace(/\n+$/, ""))) { a = (a + byte) % 65521; b = (b + a) % 65521; }
    return String(b * 65536 + a);
  }

  // ---- saving: the field sends what it holds on Ctrl+Enter, and so in every pause
  function save() {
    clearTimeout(timer);
    if (!field?.isConnected || kept() !== field.value) return;
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", ctrlKey: true, bubbles: true, cancelable: true }));
  }

  function typed() {
    clearTimeout(timer);
    const isSaved = sum(field.value) === desk()?.dataset.sum;
    if (isSaved) forget();
    else { keep(field.value); timer = setTimeout(save, PAUSE_MS); }
    tell(!isSaved);
    drawMarks();
  }

  function tell(isWaiting) {
    const said = document.querySelector("[data-saved]");
    if (!said) return;
    said.dataset.text ??= said.textContent;
    said.textContent = isWaiting ? said.dataset.waiting : said.dataset.text;
  }

  function write(text, at) {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (at !== undefined) field.setSelectionRange(at, at);
  }

  // ---- lines with findings: the same text behind the field, with those lines colored
  function drawMarks() {
    const home = field?.parentElement;
    if (!home) return;
    if (!marks?.isConnected || marks.parentElement !== home) {
      marks = document.createElement("div");
      marks.className = "kb-lines";
      marks.setAttribute("aria-hidden", "true");
      home.prepend(marks);
      new ResizeObserver(drawMarks).observe(field);
    }
    marked = field.value;
    const wrong = new Map((desk()?.dataset.lines || "").split(" ").filter(Boolean).map((mark) => mark.split(":")));
    const style = getComputedStyle(field);
    for (const name of ["font", "letterSpacing", "lineHeight", "padding", "tabSize"]) marks.style[name] = style[name];
    marks.style.width = `${field.clientWidth}px`;
    marks.style.height = `${field.clientHeight}px`;
    marks.style.top = `${field.offsetTop}px`;
    marks.replaceChildren(...field.value.split("\n").map((text, n) => {
      const line = document.createElement("div");
      line.textContent = text || "\u200b";
      if (wrong.has(String(n + 1))) line.className = `kb-typed kb-typed-${wrong.get(String(n + 1))}`;
      return line;
    }));
    marks.scrollTop = field.scrollTop;
  }

  function goTo(line, column) {
    if (!field) return;
    const lines = field.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    const end = start + (lines[line - 1] ?? "").length;
    field.focus();
    field.setSelectionRange(Math.min(start + column - 1, end), end);
    const shown = marks?.children[line - 1];
    if (shown) field.scrollTop = Math.max(0, shown.offsetTop - field.clientHeight / 3);
    field.scrollIntoView({ block: "nearest" });
  }

  // ---- a line that the server gives, put where the cursor was
  function insert() {
    const given = document.querySelector("[data-insert]");
    if (!given || given.dataset.insertId === inserted || !field) return;
    inserted = given.dataset.insertId;
    const at = field.selectionStart || field.value.length;
    const [before, after] = [field.value.slice(0, at).replace(/\n*$/, ""), field.value.slice(at).replace(/^\n*/, "")];
    const start = `${before}\n\n${given.dataset.insert}\n`;
    write(after ? `${start}\n${after}` : start, start.length);
    save();
  }

  // ---- what a run has drawn
  function adopt(found) {
    field = found;
    if (field.dataset.adopted) return;
    field.dataset.adopted = "yes";
    field.spellcheck = true;
    field.addEventListener("input", typed);
    field.addEventListener("scroll", () => { if (marks) marks.scrollTop = field.scrollTop; }, { passive: true });
  }

  function look() {
    nameUpload();
    const found = document.querySelector(FIELD), place = desk();
    if (!found || !place) { field = null; known = ""; return; }
    const isNew = found !== field;
    adopt(found);
    const isOther = known.split(" ")[0] !== place.dataset.writing;
    if (isOther || isNew) setAside();
    const notice = document.querySelector("[data-kept]");
    if (notice) notice.hidden = kept(asideAs()) === null;
    insert();
    const state = ["writing", "number", "sum", "lines"].map((name) => place.dataset[name]).join(" ");
    if (state === known && !isNew) return;
    known = state;
    if (kept() !== null && sum(kept()) === place.dataset.sum) forget(); // it is saved, and nothing was typed since
    tell(kept() !== null);
    drawMarks();
  }

  // Streamlit calls the place of an upload a decoration, although it has a name and takes the focus.
  function nameUpload() {
    for (const place of document.querySelectorAll('[data-testid="stFileUploaderDropzone"][role="presentation"]')) place.setAttribute("role", "group");
  }

  function setAside() {
    const waiting = kept();
    if (waiting === null) return;
    if (waiting !== field.value) keep(waiting, asideAs());
    forget();
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest(".stHtml button");
    if (!button) return;
    if (button.dataset.line) goTo(Number(button.dataset.line), Number(button.dataset.column || 1));
    if (!("keptTake" in button.dataset) && !("keptDrop" in button.dataset)) return;
    const waiting = kept(asideAs());
    forget(asideAs());
    button.closest("[data-kept]").hidden = true;
    if ("keptTake" in button.dataset && waiting !== null && field) { write(waiting); save(); field.focus(); }
  });

  addEventListener("beforeunload", (event) => {
    if (!field?.isConnected || kept() !== field.value) return;
    save();
    event.preventDefault();
  });

  // The page gives the field its text after drawing it, and again after a fix; no event says so.
  setInterval(() => { if (field?.isConnected && field.value !== marked) drawMarks(); }, LOOK_MS);
  new MutationObserver(look).observe(document.getElementById("root"), { childList: true, subtree: true, attributes: true, attributeFilter: ["data-number", "data-lines", "data-writing", "data-insert-id"] });
  look();
})();
