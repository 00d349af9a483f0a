// Suggestions while a question is typed: the combobox of the ARIA Authoring Practices, around any question field.
// Without this file, or while the server does not answer, the field is a plain one.
"use strict";

(() => {
  const FIELDS = '.st-key-ask_query input, .stHtml form.kb-search input[type="search"]';
  const PAUSE_MS = 90;
  const SHORTEST = 2;
  const MOST_KEPT = 200;
  const MOST_RECENT = 4;
  const words = document.currentScript.dataset;
  const known = new Map();
  let field = null, list = null, options = [], active = -1, timer = 0, request = null, status = null;
  let popular = null, tabbed = false;

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
      list = document.createElement("div");
      list.id = "kb-suggestions";
      list.className = "kb-suggestions";
      list.hidden = true;
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", words.label);
    }
    const home = input.closest(".st-key-ask_query, .kb-search-field") || input.parentElement;
    if (list.parentElement !== home) home.append(list);
  }

  // What is shown stays: no list that is still on its way replaces it.
  function settle() {
    clearTimeout(timer);
    request?.abort();
  }

  function close() {
    settle();
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
    if (!input.value) return recall(input);
    if (typed.length < SHORTEST) return close();
    let found = known.get(typed);
    if (!found) {
      const mine = (request = new AbortController());
      try {
        const lang = document.documentElement.lang;
        const reply = await fetch(`/api/suggest?${new URLSearchParams({ text: typed, lang })}`, { signal: mine.signal });
        if (!reply.ok) return close();
        found = await reply.json();
      } catch {
        if (!mine.signal.aborted) close(); // the server is away: the field works by itself
        return;
      }
      if (known.size >= MOST_KEPT) known.clear();
      known.set(typed, found);
    }
    if (document.activeElement === input && input.value.trim() === typed) show(input, typed, found);
  }

  function show(input, typed, found) {
    const others = found.suggestions.filter((s) => s.text.toLowerCase() !== typed.toLowerCase());
    if (!others.length) { say(""); return close(); }
    options = others.map((s) => made(s, marked(s.text, typed)));
    open(input, options, found.announcement);
    list.dataset.typed = typed;
  }

  function made({ kind, text, address = "" }, shown) {
    const option = document.createElement("div");
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    Object.assign(option.dataset, { kind, address, text });
    option.append(shown);
    if (kind === "article") {
      const mark = document.createElement("span");
      mark.className = "kb-suggestion-kind";
      mark.textContent = words.article;
      option.append(" ", mark);
    }
    return option;
  }

  function open(input, content, announcement) {
    field = input;
    place(input);
    active = -1;
    options.forEach((option, n) => { option.id = `kb-suggestion-${n}`; });
    delete list.dataset.typed;
    list.replaceChildren(...content);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
    say(announcement);
  }

  // ---- an empty field: this tab's own questions, and what is asked and read most
  async function recall(input, announcement = "") {
    const often = await mostPopular();
    if (document.activeElement !== input || input.value) return;
    const mine = (window.kbRecent?.list() || []).slice(0, MOST_RECENT);
    const recent = mine.map((text) => ({ kind: "question", text, address: `/?${new URLSearchParams({ q: text })}` }));
    const asked = new Set(mine.map(folded));
    const others = often.filter((s) => !asked.has(folded(s.text)));
    if (!recent.length && !others.length) { say(announcement); return close(); }
    options = [];
    const clear = [{ kind: "forget", text: words.forget }];
    const groups = [[words.recent, recent.length ? [...recent, ...clear] : []], [words.popular, others]];
    const content = groups.filter(([, all]) => all.length).map(([label, all]) => group(label, all));
    const count = recent.length + others.length;
    open(input, content, announcement || (count === 1 ? words.countOne : words.countMany).replace("{count}", count));
  }

  function group(label, all) {
    const part = document.createElement("div");
    part.setAttribute("role", "group");
    part.setAttribute("aria-label", label);
    const heading = document.createElement("div");
    heading.className = "kb-suggestion-group";
    heading.setAttribute("aria-hidden", "true");
    heading.textContent = label;
    const mine = all.map((s) => made(s, s.text));
    options.push(...mine);
    part.append(heading, ...mine);
    return part;
  }

  async function mostPopular() {
    try {
      popular ||= fetch(`/api/popular?${new URLSearchParams({ lang: document.documentElement.lang })}`);
      const reply = await popular;
      return reply.ok ? (await reply.clone().json()).suggestions : [];
    } catch {
      popular = null; // the server is away: this tab's own questions are there
      return [];
    }
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
    if (kind === "forget") {
      window.kbRecent.forget();
      close();
      recall(input, words.forgotten);
      return;
    }
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
      settle();
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

  // An empty field shows them to those who go there by themselves: the start page, which gives it the focus, stays free.
  addEventListener("keydown", (event) => { tabbed = event.key === "Tab"; }, true);
  addEventListener("keyup", () => { tabbed = false; }, true);
  document.addEventListener("focusin", (event) => {
    if (tabbed && isField(event.target) && !event.target.value) recall(event.target);
  });

  document.addEventListener("focusout", (event) => { if (isField(event.target)) close(); }, true);
  // The field keeps the focus while an option is pressed.
  document.addEventListener("mousedown", (event) => { if (list?.contains(event.target)) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    const option = event.target instanceof Element && event.target.closest("#kb-suggestions [role=option]");
    if (option) choose(option);
    else if (isField(event.target) && !event.target.value) recall(event.target);
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
