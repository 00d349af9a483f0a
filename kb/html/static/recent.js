// The questions of this tab. They are in its own storage: never sent, and gone when it is closed or they are cleared.
"use strict";

(() => {
  const KEY = "kb.recent";
  const MOST_KEPT = 10;
  const MOST_SHOWN = 5;
  let unstored = []; // where the browser allows no storage, as long as the page is loaded
  let seen = "";

  function list() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEY) || "[]");
      return Array.isArray(kept) ? kept.filter((text) => typeof text === "string") : [];
    } catch {
      return unstored;
    }
  }

  function keep(questions) {
    unstored = questions.slice(0, MOST_KEPT);
    try {
      sessionStorage.setItem(KEY, JSON.stringify(unstored));
    } catch {
      return; // storage is full or not allowed: they are kept in memory
    }
  }

  function forget() {
    keep([]);
    fill();
  }

  // ---- the section below an answer and on the start page, which the server sends empty
  function fill() {
    const section = document.querySelector("section[data-recent]");
    if (!section) return;
    const asked = section.dataset.asked;
    if (asked && asked !== seen) keep([asked, ...list().filter((text) => text !== asked)]);
    seen = asked;
    const shown = list().filter((text) => text !== asked).slice(0, MOST_SHOWN);
    const state = String(shown.length && JSON.stringify(shown));
    if (section.dataset.shown === state) return;
    section.dataset.shown = state;
    section.hidden = !shown.length;
    section.querySelector("ul").replaceChildren(...shown.map(link));
  }

  function link(text) {
    const item = document.createElement("li");
    const anchor = document.createElement("a");
    anchor.href = `/?${new URLSearchParams({ q: text })}`;
    anchor.textContent = text.length > 80 ? `${text.slice(0, 80).trimEnd()}…` : text;
    item.append(anchor);
    return item;
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button[data-forget]");
    if (!button) return;
    forget();
    document.getElementById("kb-status")?.replaceChildren(button.dataset.forget);
    document.querySelector(".st-key-ask_query input")?.focus();
  });

  window.kbRecent = { list, forget };
  new MutationObserver(fill).observe(document.getElementById("root"), { childList: true, subtree: true });
  fill();
})();
