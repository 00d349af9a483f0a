// Suggestions while a question is typed: the combobox of the ARIA Authoring Practices, around any question field.
// Without this file, or while the server does not answer, the field is a plain one.
"use strict";

(() => {
  const FIELDS = '.st-key-ask_query input, .stHtml form.kb-search input[type="search"]';
  const PAUSE_MS = 90;
  const SHORTEST = 2;
  const MOST_KEPT = 200;
  const words = document.currentScript.dataset;
  const known = new Map();
  let field = null, list = null, options = [], active = -1, timer = 0, request = null, status = null;

  // ---- the field: a combobox from the moment it is drawn
  function adopt(input) {
    if (input.getAttribute("role") === "combobox") return;
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false",
      "aria-controls": "kb-suggestions", autocomplete: "off", spellcheck: "true", enterkeyhint: "search",
    })) input.setAttribute(name, value);
    place(input);
  }

  function place(input) {
    if (!list) {
      list = document.createElement("ul");
      list.id = "kb-suggestions";
      list.className = "kb-suggestions";
      list.hidden = true;
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", words.label);
    }
    const home = input.closest(".st-key-ask_query, .kb-search-field") || input.parentElement;
    if (list.parentElement !== home) home.append(list);
  }

  function close() {
    clearTimeout(timer);
    request?.abort();
    if (!list || list.hidden) return;
    list.hidden = true;
    options = [];
    active = -1;
    field?.setAttribute("aria-expanded", "false");
    field?.removeAttribute("aria-activedescendant");
  }

  // ---- what is offered
  async function look(input) {
    const typed = input.value.trim();
    request?.abort();
    if (typed.length < SHORTEST) return close();
    let found = known.get(typed);
    if (!found) {
      request = new AbortController();
      try {
        const lang = document.documentElement.lang;
        const reply = await fetch(`/api/suggest?${new URLSearchParams({ text: typed, lang })}`, { signal: request.signal });
        if (!reply.ok) return close();
        found = await reply.json();
      } catch {
        return close(); // aborted by the next letter, or the server is away: the field works by itself
      }
      if (known.size >= MOST_KEPT) known.clear();
      known.set(typed, found);
    }
    if (document.activeElement === input && input.value.trim() === typed) show(input, typed, found);
  }

  function show(input, typed, found) {
    const others = found.suggestions.filter((s) => s.text.toLowerCase() !== typed.toLowerCase());
    if (!others.length) { say(""); return close(); }
    field = input;
    place(input);
    active = -1;
    options = others.map((s, n) => {
      const option = document.createElement("li");
      option.id = `kb-suggestion-${n}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.kind = s.kind;
      option.dataset.address = s.address;
      option.dataset.text = s.text;
      option.append(marked(s.text, typed));
      if (s.kind === "article") {
        const kind = document.createElement("span");
        kind.className = "kb-suggestion-kind";
        kind.textContent = words.article;
        option.append(" ", kind);
      }
      return option;
    });
    list.replaceChildren(...options);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
    say(found.announcement);
  }

  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  function marked(text, typed) {
    // The last word may be a single letter, the beginning of one.
    const begins = folded(typed).split(/[^\p{L}\p{N}]+/u).filter((word, n, all) => word.length > 1 || (word && n === all.length - 1));
    const shown = document.createElement("span");
    for (const part of text.split(/(?<![\p{L}\p{N}])(?=[\p{L}\p{N}])/u)) {
      const begin = begins.filter((word) => folded(part).startsWith(word)).sort((a, b) => b.length - a.length)[0];
      if (!begin) { shown.append(part); continue; }
      const bold = document.createElement("b");
      bold.textContent = part.slice(0, begin.length);
      shown.append(bold, part.slice(begin.length));
    }
    return shown;
  }

  function say(text) {
    if (status.textContent !== text) status.textContent = text;
  }

  // ---- choosing
  function move(to) {
    active = (to + options.length + 1) % (options.length + 1); // one place more than options: the field itself
    if (active === options.length) active = -1;
    options.forEach((option, n) => option.setAttribute("aria-selected", String(n === active)));
    if (active < 0) { field.removeAttribute("aria-activedescendant"); return; }
    field.setAttribute("aria-activedescendant", options[active].id);
    options[active].scrollIntoView({ block: "nearest" });
  }

  function choose(option) {
    const { kind, address, text } = option.dataset;
    const input = field;
    close();
    if (kind === "question" && input.closest(".st-key-ask_query")) ask(input, text);
    else window.kbGo(new URL(address, location.origin));
  }

  // As if it had been typed, so that Streamlit's field knows what stands in it.
  function ask(input, text) {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, text);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", keyCode: 13, bubbles: true }));
    input.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", code: "Enter", keyCode: 13, charCode: 13, bubbles: true }));
  }

  function isField(target) {
    return target instanceof HTMLInputElement && target.matches(FIELDS);
  }

  // In the capture phase: Streamlit must not take an Enter that chooses for one that asks.
  document.addEventListener("keydown", (event) => {
    if (!isField(event.target) || event.isComposing) return;
    const open = list && !list.hidden && field === event.target;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) { look(event.target); return; }
      move(event.key === "ArrowDown" ? active + 1 : active < 0 ? options.length - 1 : active - 1);
    } else if (event.key === "Enter" && open && active >= 0) {
      event.preventDefault();
      event.stopPropagation();
      choose(options[active]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" || event.key === "Tab") {
      close();
    }
  }, true);

  document.addEventListener("input", (event) => {
    if (!isField(event.target) || !event.isTrusted) return;
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MS, event.target);
  }, true);

  document.addEventListener("focusout", (event) => { if (isField(event.target)) close(); }, true);
  // The field keeps the focus while an option is pressed.
  document.addEventListener("mousedown", (event) => { if (list?.contains(event.target)) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    const option = event.target instanceof Element && event.target.closest("#kb-suggestions [role=option]");
    if (option) choose(option);
  });
  addEventListener("popstate", close);

  status = document.createElement("div");
  status.id = "kb-suggest-status";
  status.className = "kb-away";
  status.setAttribute("role", "status");
  document.body.append(status);
  const adoptAll = () => document.querySelectorAll(FIELDS).forEach(adopt);
  new MutationObserver(adoptAll).observe(document.getElementById("root"), { childList: true, subtree: true });
  adoptAll();
})();
