// Says under a question field how long the question is, once it nears the length that is read, and that its end is left out.
"use strict";
(() => {
  const FIELDS = '.st-key-ask_query input, .stHtml form.kb-search input[type="search"]';
  const MOST = 2000;
  const SHOWN_FROM = 1800;
  const words = document.currentScript.dataset;
  const note = document.createElement("p");
  note.className = "kb-length";
  note.setAttribute("role", "status");

  function say(input) {
    const length = input.value.trim().length;
    const isFull = length > MOST || (length === MOST && input.maxLength === MOST);
    const text = isFull ? words.onlyFirst : words.length.replace("{count}", length.toLocaleString("en-US"));
    const home = input.closest(".st-key-ask_query, .kb-search-field");
    if (note.parentElement !== home) home?.append(note);
    note.textContent = length < SHOWN_FROM ? "" : text;
  }

  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.matches(FIELDS)) say(event.target);
  }, true);
})();
