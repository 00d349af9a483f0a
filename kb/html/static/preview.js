// The preview's own script: waits for a saved file, then shows the page anew without losing the reader's place.
"use strict";
(() => {
  const RETRY_MS = 500;
  const status = document.querySelector(".kb-preview-status");
  let revision = document.querySelector('meta[name="kb-revision"]').content;
  let waiting = null;

  const find = document.getElementById("kb-find");
  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

  // Shows only the articles that have every word of the field in their title, name or topic.
  function narrow() {
    if (!find) return;
    const wanted = plain(find.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const group of document.querySelectorAll(".kb-group")) {
      const topic = group.querySelector("h2").textContent;
      let left = 0;
      for (const item of group.querySelectorAll("[data-article]")) {
        const said = plain(`${item.querySelector("a").textContent} ${item.dataset.path} ${topic}`);
        item.hidden = !wanted.every((word) => said.includes(word));
        left += !item.hidden;
      }
      group.hidden = wanted.length > 0 && left === 0;
      if (group.localName === "details") {
        // What the field unfolds is folded again when it is empty; what the reader unfolded stays.
        group.dataset.byReader ??= String(group.open);
        group.open = wanted.length > 0 ? left > 0 : group.dataset.byReader === "true";
        if (wanted.length === 0) delete group.dataset.byReader;
      }
      shown += left;
    }
    document.getElementById("kb-none-found").hidden = wanted.length === 0 || shown > 0;
  }

  async function redraw() {
    const reply = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    revision = page.querySelector('meta[name="kb-revision"]').content;
    const drawn = document.getElementById("main"), fresh = page.getElementById("main");
    document.title = page.title;
    if (drawn.innerHTML === fresh.innerHTML) return;
    const folds = [...drawn.querySelectorAll("details")];
    const open = folds.filter((fold) => (fold.dataset.byReader ?? String(fold.open)) === "true").map((fold) => fold.id);
    drawn.replaceChildren(...fresh.childNodes);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    narrow();
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

  function unfold() {
    const aim = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (aim?.localName === "details") aim.open = true;
  }

  addEventListener("hashchange", unfold);
  unfold();
  find?.addEventListener("input", narrow);
  narrow(); // a reloaded page keeps what was typed
  document.addEventListener("visibilitychange", () => {
    waiting?.abort();
    follow();
  });
  follow();
})();
