// Tells the server that an agent was contacted from a page that belongs to a question. Without it nothing is missing but that.
"use strict";
(() => {
  document.addEventListener("click", (event) => {
    const way = event.target instanceof Element && event.target.closest('.stHtml a[href^="tel:"], .stHtml [data-contact]');
    const asked = document.querySelector("[data-query-id]")?.dataset.queryId;
    if (!way || !asked) return;
    const body = JSON.stringify({ query_id: asked, event: "contacted" });
    // keepalive: the page may be left for the telephone at once.
    fetch("/api/feedback", { method: "POST", headers: { "Content-Type": "application/json" }, body, keepalive: true }).catch(() => {});
  });
})();
