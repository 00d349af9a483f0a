// Tells the server what came of the question a page belongs to, where no page is asked for: an agent was contacted, a part of
// another article was unfolded. Without it nothing is missing but that.
"use strict";
(() => {
  const unfolded = new Set();

  function tell(event) {
    const asked = document.querySelector("[data-query-id]")?.dataset.queryId;
    if (!asked) return;
    const body = JSON.stringify({ query_id: asked, ...event });
    // keepalive: the page may be left for the telephone at once.
    fetch("/api/feedback", { method: "POST", headers: { "Content-Type": "application/json" }, body, keepalive: true }).catch(() => {});
  }

  document.addEventListener("click", (event) => {
    const way = event.target instanceof Element && event.target.closest('.stHtml a[href^="tel:"], .stHtml [data-contact]');
    if (way) tell({ event: "contacted" });
  });

  // The event does not rise, so it is caught on its way down. Folding and unfolding again is nothing new.
  document.addEventListener("toggle", (event) => {
    const part = event.target;
    if (!(part instanceof HTMLDetailsElement) || !part.open || !part.matches(".stHtml details[data-expand]")) return;
    const asked = document.querySelector("[data-query-id]")?.dataset.queryId;
    const once = `${asked} ${part.dataset.expand}`;
    if (unfolded.has(once)) return;
    unfolded.add(once);
    tell({ event: "expanded", article_id: part.dataset.expand });
  }, true);
})();
