// Small helpers for the application's pages. Without this file every link and form still works, by a full page load.
"use strict";
// Read by Streamlit's own scripts, which run after this one: without it they look for the server below each page first.
window.__streamlit = { BACKEND_BASE_URL: `${location.origin}/`, MAIN_PAGE_BASE_URL: `${location.origin}/` };

(() => {
  const PAGES = new Set(["/", "/article", "/browse", "/bill", "/contact", "/privacy"]);
  const PATIENCE_MS = 15000;
  const HOLD_MS = 3000;
  let waiting = null;
  let announced = "";

  // ---- anchors: the heading is drawn long after the browser has looked for it.
  function stopWaiting() {
    if (!waiting) return;
    waiting.observer.disconnect();
    removeEventListener("scroll", waiting.look, true);
    clearTimeout(waiting.timer);
    waiting = null;
  }

  function findAnchor(url) {
    const id = decodeURIComponent(url.hash.slice(1));
    const wanted = url.searchParams.get("id") || "";
    const article = document.querySelector(`[data-article="${CSS.escape(wanted)}"]`);
    const target = article && document.getElementById(id);
    return target && article.contains(target) ? target : null;
  }

  function reach(url) {
    const target = findAnchor(url);
    if (!target) return false;
    target.setAttribute("tabindex", "-1");
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "start" });
    document.documentElement.dataset.reached = target.id;
    mark(target);
    return true;
  }

  // What was looked for is highlighted, from its heading to the next one. The browser's :target is for what was there
  // when the page was loaded.
  function mark(heading) {
    document.querySelectorAll(".kb-reached").forEach((part) => part.classList.remove("kb-reached"));
    let part = heading;
    do {
      part.classList.add("kb-reached");
      part = part.nextElementSibling;
    } while (part && !/^H[1-6]$/.test(part.tagName));
  }

  function isInView(target) {
    const { top } = target.getBoundingClientRect();
    return top >= -1 && top < innerHeight;
  }

  // The heading is waited for, and then held for a while: a page is drawn in several goes, and Streamlit scrolls to the
  // top when it has drawn the last of them.
  function scrollWhenDrawn() {
    stopWaiting();
    const url = new URL(location.href);
    if (url.hash.length < 2) return;
    const look = () => {
      const target = findAnchor(url);
      if (!target || (waiting.reached === target && isInView(target))) return;
      reach(url);
      if (!waiting.reached) { clearTimeout(waiting.timer); waiting.timer = setTimeout(stopWaiting, HOLD_MS); }
      waiting.reached = target;
    };
    waiting = { look, observer: new MutationObserver(look), timer: setTimeout(stopWaiting, PATIENCE_MS), reached: null };
    waiting.observer.observe(document.body, { childList: true, subtree: true });
    addEventListener("scroll", look, true);
    look();
  }
  // A reader who does something first is not pulled away.
  for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) addEventListener(kind, stopWaiting, { passive: true });

  // ---- focus: on the start page the field is what everybody came for.
  function focusField() {
    const typing = document.querySelector(".st-key-ask_query input");
    if (typing && [null, document.body].includes(document.activeElement)) typing.focus({ preventScroll: true });
    return Boolean(typing);
  }

  function focusFieldWhenDrawn() {
    if (location.pathname !== "/" || location.search.includes("q=") || focusField()) return;
    const observer = new MutationObserver(() => { if (focusField()) observer.disconnect(); });
    observer.observe(document.body, { childList: true, subtree: true });
    setTimeout(() => observer.disconnect(), PATIENCE_MS);
  }

  // ---- focus: whoever followed a link by keyboard or ear goes on at the new page's heading.
  function focusNextHeading() {
    const before = document.querySelector("h1");
    const observer = new MutationObserver(() => {
      const heading = document.querySelector("h1");
      if (!heading || heading === before) return;
      heading.setAttribute("tabindex", "-1");
      heading.focus({ preventScroll: true });
      observer.disconnect();
    });
    observer.observe(document.body, { childList: true, subtree: true });
    setTimeout(() => observer.disconnect(), PATIENCE_MS);
  }

  // ---- links between pages: the same visit goes on instead of loading everything anew.
  function isOurs(url) {
    return url.origin === location.origin && PAGES.has(url.pathname);
  }

  // What is a page of its own to its reader, although the path may be the same; a filter is not.
  function pageOf(url) {
    return JSON.stringify([url.pathname, ...["view", "gap", "id", "lesson", "place"].map((name) => url.searchParams.get(name))]);
  }

  function go(url, isOther = false) {
    const same = url.pathname === location.pathname && url.search === location.search;
    if (same && url.hash) { history.pushState(null, "", url); scrollWhenDrawn(); return; }
    const otherPage = isOther || pageOf(url) !== pageOf(new URL(location.href)) || url.pathname === "/article";
    history.pushState(null, "", url);
    dispatchEvent(new PopStateEvent("popstate", { state: null }));
    if (url.hash) return;
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
    if (url.pathname === "/" && !url.searchParams.has("q")) { document.activeElement?.blur(); focusFieldWhenDrawn(); return; }
    if (otherPage) focusNextHeading();
  }
  window.kbGo = go;

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element && event.target.closest(".stHtml a[href]");
    if (!link || link.target || link.hreflang || link.hasAttribute("download")) return;
    const url = new URL(link.href);
    const sameVisit = "sameVisit" in link.dataset && url.origin === location.origin;
    if (!sameVisit && !isOurs(url)) return;
    event.preventDefault();
    go(url, link.dataset.sameVisit === "page");
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches(".stHtml form.kb-search, .stHtml form[data-same-visit]")) return;
    event.preventDefault();
    const url = new URL(form.action);
    const given = [...new FormData(form)];
    // A choice that was not made is not in the address; a question that was not typed is.
    const said = "sameVisit" in form.dataset ? given.filter(([, value]) => value !== "") : given;
    url.search = new URLSearchParams(said).toString();
    go(url);
  });

  // ---- buttons below an article
  async function copy(text) {
    if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea"); // plain http in a local network has no clipboard
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element && event.target.closest(".stHtml button[data-copy], .stHtml button[data-print]");
    if (!button) return;
    if ("print" in button.dataset) { print(); return; }
    const address = new URL(button.dataset.copy, location.origin);
    address.hash = location.hash;
    await copy(address.href);
    button.dataset.label ||= button.textContent;
    button.textContent = button.dataset.copied;
    say(button.dataset.copied);
    setTimeout(() => { button.textContent = button.dataset.label; }, 4000);
  });

  // ---- announcements: a live region that is never redrawn, so that a screen reader hears each new reply.
  function announce() {
    const region = document.getElementById("kb-status");
    if (!region) return;
    const text = document.querySelector("[data-announce]")?.dataset.announce || "";
    if (announced !== text) say(announced = text);
  }
  // ---- parts drawn anew on their own: reading goes on there, and what they say is heard.
  function attend() {
    const part = document.querySelector("[data-focus]:not([tabindex])");
    if (!part) return;
    part.setAttribute("tabindex", "-1");
    part.focus({ preventScroll: true });
    if (part.dataset.say) say(part.dataset.say);
  }

  // ---- a question in another language turns the page into it; screen readers and suggestions read it here.
  function followLanguage() {
    const drawn = document.querySelector(".kb-top[data-language]")?.dataset.language;
    if (drawn && document.documentElement.lang !== drawn) document.documentElement.lang = drawn;
  }

  function say(text) {
    document.getElementById("kb-status")?.replaceChildren(text);
  }

  addEventListener("popstate", scrollWhenDrawn);
  addEventListener("hashchange", scrollWhenDrawn);
  new MutationObserver(() => { announce(); attend(); followLanguage(); }).observe(document.getElementById("root"), { childList: true, subtree: true });
  scrollWhenDrawn();
  focusFieldWhenDrawn();
})();
