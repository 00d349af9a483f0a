// The sample bill: choosing a part keeps the page where it is, and the keyboard goes on at the part that was chosen.
// Without this file each part is a link that opens the page anew.
"use strict";

(() => {
  const PATIENCE_MS = 10000;

  function link(part) {
    return document.querySelector(`.kb-bill-list a[data-part="${CSS.escape(part)}"]`);
  }

  // After the page has drawn the choice: show it, and put the focus on it unless the page has just been opened.
  function settle(selected, part, focus) {
    function done() {
      const bill = document.querySelector(".kb-bill");
      if (!bill || bill.dataset.selected !== selected) return false;
      const target = link(part);
      if (!target) return true;
      if (focus) target.focus({ preventScroll: true });
      const item = target.closest("li").getBoundingClientRect();
      if (item.top < 0 || item.top > innerHeight * 0.6) target.closest("li").scrollIntoView({ block: "start" });
      return true;
    }
    if (done()) return;
    const observer = new MutationObserver(() => { if (done()) observer.disconnect(); });
    observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-selected"] });
    setTimeout(() => observer.disconnect(), PATIENCE_MS);
  }

  document.addEventListener("click", (event) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const chosen = event.target instanceof Element && event.target.closest(".stHtml a[data-part]");
    if (!chosen || location.pathname !== "/bill") return;
    event.preventDefault(); // before kb.js, which would go to the top of the page
    const url = new URL(chosen.getAttribute("href"), location.href);
    history.pushState(null, "", url);
    dispatchEvent(new PopStateEvent("popstate", { state: null }));
    settle(url.searchParams.get("part") || "", chosen.dataset.part, true);
  }, true);

  const opened = new URL(location.href);
  const part = opened.searchParams.get("part");
  if (opened.pathname === "/bill" && part) settle(part, part, false);
})();
