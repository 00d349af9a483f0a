// The help center's search box on another site. Settings: docs/embed.md. No cookie, no storage, nothing of others.
"use strict";

(() => {
  const WORDS = {/*words*/};
  const PAUSE_MS = 120, SHORTEST = 2, LONGEST = 2000;
  const tag = document.currentScript;
  if (!tag) return console.error("embed.js: load it by a plain script tag, not as a module.");
  const set = tag.dataset, home = new URL(tag.src).origin;
  const lang = [set.lang, tag.closest("[lang]")?.lang, "en"].map((l) => (l ?? "").slice(0, 2).toLowerCase()).find((l) => WORDS[l]);
  const words = WORDS[lang];
  const level = Math.min(5, Math.max(2, Number(set.heading) || 2));
  let options = [], active = -1, timer = 0, looking = null, asking = 0;

  // ---- what it is made of; texts are never HTML
  function make(name, attributes = {}, ...content) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) if (value != null) made.setAttribute(key, value);
    made.append(...content);
    return made;
  }
  const link = (text, path, event, about) => {
    const made = make("a", { href: home + path }, text);
    if (event) made.addEventListener("click", () => tell(event, about));
    return made;
  };
  const articlePath = (hit) =>
    `/article?id=${encodeURIComponent(hit.article_id)}${hit.anchor ? "#" + encodeURIComponent(hit.anchor) : ""}`;

  const list = make("ul", { id: "list", role: "listbox", "aria-label": words.suggestions, hidden: "" });
  const field = make("input", {
    id: "field", type: "search", name: "q", maxlength: LONGEST, autocomplete: "off", enterkeyhint: "search",
    placeholder: set.placeholder, "aria-describedby": "leave-out",
  });
  const form = make("form", { role: "search", "aria-label": set.label || words.label },
    make("label", { for: "field" }, set.label || words.label),
    make("div", { class: "row" }, make("div", { class: "field" }, field, list), make("button", { type: "submit" }, words.ask)),
  );
  const status = make("p", { role: "status", class: "away" });
  const reply = make("div", { class: "reply", hidden: "" });
  const box = make("div", { class: `box ${["light", "dark"].includes(set.theme) ? set.theme : ""}`, lang }, form,
    make("p", { id: "leave-out", class: "small" }, words.leave_out + " ", link(words.kept, "/privacy")), status, reply);

  const sheet = new CSSStyleSheet(); // allowed by a policy that forbids inline styles
  sheet.replaceSync(`
    :host { display: block; }
    .box { --ink: light-dark(#1d2a30, #e7edee); --soft: light-dark(#4d5d64, #b3c0c4); --paper: light-dark(#fff, #1a2327);
      --edge: light-dark(#7b8a8f, #6f8188); --wash: light-dark(#eaf3f3, #17302f);
      --accent: var(--kb-embed-accent, light-dark(#0b5d66, #7fcfd2)); --on: var(--kb-embed-on-accent, light-dark(#fff, #0d2326));
      color-scheme: light dark; box-sizing: border-box; padding: 1rem; border-radius: .75rem; border: 1px solid var(--edge);
      background: var(--paper); color: var(--ink); font: inherit; line-height: 1.5; text-align: start; overflow-wrap: anywhere; }
    .box.light { color-scheme: light; } .box.dark { color-scheme: dark; }
    label { display: block; margin: 0 0 .4rem; font-weight: 600; }
    .row { display: flex; flex-wrap: wrap; gap: .5rem; }
    .field { position: relative; flex: 1 1 14rem; min-width: 0; }
    input, button { box-sizing: border-box; min-height: 2.75rem; padding: 0 .9rem; border-radius: .5rem; font: inherit; }
    input { width: 100%; border: 1px solid var(--edge); background: var(--paper); color: var(--ink); }
    input::placeholder { color: var(--soft); opacity: 1; }
    button { border: 1px solid var(--accent); background: var(--accent); color: var(--on); font-weight: 600; cursor: pointer; }
    .reply button { margin: 0 .5rem .25rem 0; background: none; color: var(--accent); }
    a { color: var(--accent); text-underline-offset: .15em; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    [hidden] { display: none !important; }
    ul[role] { position: absolute; z-index: 9; inset-inline: 0; top: 100%; margin: .25rem 0 0; padding: .25rem; list-style: none;
      max-height: 20rem; overflow: auto; border: 1px solid var(--edge); border-radius: .5rem; background: var(--paper); }
    [role=option] { padding: .6rem .65rem; border-radius: .35rem; cursor: pointer; }
    [role=option]:hover, [aria-selected=true] { background: var(--wash); }
    [aria-selected=true] { outline: 2px solid var(--accent); outline-offset: -2px; }
    .kind, .small { color: var(--soft); font-size: .9em; } .small { margin: .5rem 0 0; }
    .text { white-space: pre-line; }
    .reply { margin-top: 1rem; } .reply > :first-child { margin-top: 0; }
    h2, h3, h4, h5, h6 { margin: 1rem 0 .4rem; font-size: 1.15em; line-height: 1.3; }
    .reply li { padding: .2rem 0; }
    .away { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    @media (forced-colors: active) { [aria-selected=true] { outline-color: Highlight; } }
  `);

  // ---- the help center
  async function get(path, body, signal) {
    const sent = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
    const response = await fetch(home + path, { ...sent, signal, credentials: "omit", referrerPolicy: "no-referrer" });
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  }
  // Sent even if the page is left at once.
  function tell(event, { query_id, article_id = "" }) {
    navigator.sendBeacon?.(`${home}/api/feedback`, JSON.stringify({ query_id, event, article_id }));
  }
  function say(text) {
    if (status.textContent !== text) status.textContent = text;
  }

  // ---- suggestions: the combobox of the ARIA Authoring Practices
  function settle() { // what is shown stays: no list that is still on its way replaces it
    clearTimeout(timer);
    looking?.abort();
  }
  function close() {
    settle();
    list.hidden = true;
    options = [];
    active = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }
  async function look() {
    const typed = field.value.trim();
    settle();
    if (typed.length < SHORTEST) return close();
    const mine = (looking = new AbortController());
    try {
      const found = await get(`/api/suggest?${new URLSearchParams({ text: typed, lang })}`, null, mine.signal);
      if (field.value.trim() === typed && box.getRootNode().activeElement === field) offer(found);
    } catch {
      if (!mine.signal.aborted) close(); // the help center is away: the field works by itself
    }
  }
  function offer(found) {
    close();
    if (!found.suggestions.length) return say("");
    options = found.suggestions.map((each, n) => {
      const option = make("li", { id: `option-${n}`, role: "option", "aria-selected": "false" }, each.text);
      if (each.kind === "article") option.append(" ", make("span", { class: "kind" }, words.article));
      option.addEventListener("click", () => choose(each));
      option.chosen = each;
      return option;
    });
    list.replaceChildren(...options);
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    say(found.announcement);
  }
  function move(to) {
    active = to < -1 ? options.length - 1 : to >= options.length ? -1 : to; // -1 is the field itself
    options.forEach((option, n) => option.setAttribute("aria-selected", String(n === active)));
    if (active < 0) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", options[active].id);
    options[active].scrollIntoView({ block: "nearest" });
  }
  function choose(each) {
    close();
    if (each.kind === "article") return location.assign(home + each.address);
    field.value = each.text;
    ask();
  }
  if (set.suggest !== "off") {
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-controls": "list",
    })) field.setAttribute(name, value);
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, PAUSE_MS); });
    field.addEventListener("blur", close);
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const down = event.key === "ArrowDown", open = !list.hidden;
      if (down || event.key === "ArrowUp") {
        event.preventDefault();
        if (!open) return look();
        settle();
        move(down ? active + 1 : active - 1);
      } else if (event.key === "Enter" && active >= 0) {
        event.preventDefault();
        choose(options[active].chosen);
      } else if (event.key === "Escape" && open) {
        event.preventDefault();
        close();
      }
    });
  }

  // ---- an answer
  const heading = (text, deeper = 0) => make(`h${level + deeper}`, {}, text);
  const paragraph = (text) => make("p", { class: "text" }, text);
  const plain = (markdown) => markdown.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/(\*\*|__|[*`])/g, "");
  const agent = (about) => make("p", {}, link(words.agent, "/contact", "contact_opened", about));

  function helpful(about) {
    const asked = make("p", {}, words.helpful + " ");
    for (const [text, event] of [[words.yes, "helpful"], [words.no, "not_helpful"]]) {
      const button = make("button", { type: "button" }, text);
      button.addEventListener("click", async () => {
        const done = await get("/api/feedback", { ...about, event }).then(() => words.thanks, () => words.not_recorded);
        asked.replaceChildren(done);
        say(done);
        if (event === "not_helpful") asked.after(agent(about));
      });
      asked.append(button);
    }
    return asked;
  }
  function answered(answer) {
    const hit = answer.hits[0], about = { query_id: answer.query_id, article_id: hit.article_id };
    const shown = [heading(hit.title)];
    if (hit.direct_answer) shown.push(paragraph(hit.direct_answer));
    if (hit.passage !== hit.direct_answer) shown.push(heading(hit.heading, 1), paragraph(hit.passage));
    return [...shown, make("p", {}, link(words.whole, articlePath(hit), "opened", about)), helpful(about)];
  }
  function unsure(answer) {
    const items = answer.choices.map((id) => answer.hits.find((hit) => hit.article_id === id)).filter(Boolean)
      .map((hit) => make("li", {}, link(hit.title, articlePath(hit), "chose", { query_id: answer.query_id, article_id: hit.article_id })));
    const none = make("button", { type: "button" }, words.none_of_these);
    none.addEventListener("click", () => { tell("none_of_these", answer); show(handOver(answer)); });
    return [heading(words.which), make("ul", {}, ...items), none];
  }
  function handOver(answer) {
    tell("contact_shown", answer);
    const sign = answer.signpost;
    if (answer.reason === "elsewhere") {
      const named = sign?.names.length ? [paragraph(`${words.about} ${sign.names.join(", ")}.`)] : [];
      return [heading(sign?.title || words.elsewhere), ...named, ...(sign?.text ? [paragraph(plain(sign.text))] : []), agent(answer)];
    }
    return [heading(answer.reason === "agent" ? words.agent_title : words.no_answer), agent(answer)];
  }
  function show(parts) {
    reply.replaceChildren(...parts);
    reply.hidden = false;
    reply.removeAttribute("aria-busy");
    say(parts[0].textContent);
  }
  async function ask() {
    const text = field.value.trim(), turn = ++asking;
    close();
    if (!text) { say(words.empty); return field.focus(); }
    reply.setAttribute("aria-busy", "true");
    say(words.looking);
    let parts;
    try {
      // On an English page the question's own words decide, unless the site chose a language.
      const answer = await get(lang === "en" && !set.lang ? "/api/ask" : `/api/ask?lang=${lang}`, { text });
      const kinds = { answered, clarify: unsure };
      parts = (kinds[answer.outcome] ?? handOver)(answer);
    } catch {
      parts = [make("p", {}, words.away), make("p", {}, link(words.ask_there, `/?lang=${lang}`))];
    }
    if (turn === asking) show(parts); // not if another question was asked meanwhile
  }
  form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });

  function place() {
    const target = set.target ? document.querySelector(set.target) : null;
    if (set.target && !target) return console.error(`embed.js: nothing on this page matches data-target "${set.target}".`);
    const host = make("div", { class: "kb-embed" });
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(box);
    if (target) target.append(host); else if (tag.closest("body")) tag.after(host); else document.body.append(host);
  }
  if (document.readyState === "loading" && (set.target || !tag.closest("body"))) addEventListener("DOMContentLoaded", place, { once: true });
  else place();
})();
