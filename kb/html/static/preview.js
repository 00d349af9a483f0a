// The preview's own script: waits for a saved file, then shows the page anew without losing the reader's place.
"use strict";
(() => {
  const RETRY_MS = 500;
  const status = document.querySelector(".kb-preview-status");
  let revision = document.querySelector('meta[name="kb-revision"]').content;
  let waiting = null;

  async function redraw() {
    const reply = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    revision = page.querySelector('meta[name="kb-revision"]').content;
    const drawn = document.getElementById("main"), fresh = page.getElementById("main");
    document.title = page.title;
    if (drawn.innerHTML === fresh.innerHTML) return;
    drawn.replaceChildren(...fresh.childNodes);
    status.textContent = status.dataset.updated.replace("{time}", new Date().toLocaleTimeString());
  }

  async function follow() {
    // A tab in the background waits for nothing: browsers allow six connections to a server, and there may be more tabs.
    while (document.visibilityState === "visible") {
      waiting = new AbortController();
      try {
        const reply = await fetch(`/preview/changes?since=${revision}`, { cache: "no-store", signal: waiting.signal });
        const newest = String((await reply.json()).revision);
        if (newest !== revision) await redraw();
        if (status.textContent === status.dataset.lost) status.textContent = "";
      } catch (error) {
        if (error.name === "AbortError") return;
        status.textContent = status.dataset.lost;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  document.addEventListener("visibilitychange", () => {
    waiting?.abort();
    follow();
  });
  follow();
})();
