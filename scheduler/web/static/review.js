// The quarantine, worked by keyboard: one article is current; what is done to it needs no reload, and is undone as fast.
"use strict";

{
  const queue = document.getElementById("queue"), said = document.getElementById("said");
  const keys = document.getElementById("keys"), useKeys = document.getElementById("use-keys");
  const total = document.getElementById("total"), bareTitle = document.title.replace(/^\([\d,]+\) /, "");
  const counted = new Intl.NumberFormat("en");
  const KEPT = "winnow.review.keys";  // in this browser: "off" where single keys are not wanted
  const done = [];  // what was done on this page: the review, its article, and the one that stood behind it
  let working = Promise.resolve();

  // The current article.

  const cases = () => [...(queue?.children ?? [])];
  const current = () => queue?.querySelector("[aria-current]");

  function choose(article) {
    current()?.removeAttribute("aria-current");
    if (!article) return;
    article.setAttribute("aria-current", "true");
    article.focus({preventScroll: true});
    article.scrollIntoView({block: "nearest"});
  }

  function move(step) {
    const all = cases(), at = all.indexOf(current());
    choose(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))]);
  }

  function toggleText() {
    const text = current()?.querySelector("details");
    if (text) text.open = !text.open;
  }

  function open() {
    const link = current()?.querySelector("h2 a");
    if (link) location.assign(link.href);
  }

  // What is done.

  async function post(address) {
    const token = document.querySelector("meta[name=form-token]")?.content ?? "";
    try {
      const answer = await fetch(address, {method: "POST", headers: {"X-Form-Token": token}});
      const told = await answer.json();
      return answer.ok ? told : {error: told.error ?? said.dataset.away};
    } catch {
      return {error: said.dataset.away};
    }
  }

  function say(words, review) {
    said.querySelector("[role=status]").textContent = words;
    said.toggleAttribute("data-empty", !words);
    said.querySelector(":scope > form")?.remove();
    if (!review) return;
    const form = said.querySelector("template").content.firstElementChild.cloneNode(true);
    form.dataset.undo = review;
    said.append(form);
  }

  function sentence(deed, title) {
    return queue.dataset[deed].replace("{title}", title);
  }

  function count(change) {
    const left = Math.max(0, Number(total.textContent.replaceAll(",", "")) + change);
    total.textContent = counted.format(left);
    document.title = left ? `(${counted.format(left)}) ${bareTitle}` : bareTitle;
    return left;
  }

  async function act(article, deed) {
    if (!article?.isConnected || !article.querySelector(`[data-deed=${deed}]`)) return;
    const review = await post(`/api/articles/${encodeURIComponent(article.dataset.article)}/${deed}?seen=quarantined`);
    if (review.error) return say(review.error);
    const behind = article.nextElementSibling, before = article.previousElementSibling;
    done.push({review: review.id, article, behind});
    article.remove();
    article.removeAttribute("aria-current");
    choose(behind ?? before);
    const left = count(-1);
    say(sentence(deed === "restore" ? "restored" : "condemned", review.title), review.id);
    if (cases().length) return;
    if (left) location.assign(withDid(queue.dataset.first, review.id));  // the rest of the queue
    else document.getElementById("empty").hidden = false;
  }

  async function undo(review) {
    if (!review) return;
    const told = await post(`/api/reviews/${encodeURIComponent(review)}/undo`);
    if (told.error) return say(told.error);
    const at = done.findIndex(each => each.review === review);
    if (at < 0) return location.assign(withDid(location.pathname + location.search, review));
    const [{article, behind}] = done.splice(at, 1);
    queue.insertBefore(article, behind?.isConnected ? behind : null);
    document.getElementById("empty").hidden = true;
    count(+1);
    choose(article);
    say(sentence("undone", told.title), done.at(-1)?.review);
  }

  const lastDone = () => done.at(-1)?.review ?? said.querySelector(":scope > form")?.dataset.undo;

  function withDid(address, review) {
    const to = new URL(address, location.origin);
    to.searchParams.set("did", review);
    return to.href;
  }

  function inTurn(work) {
    working = working.then(work);  // keys that come faster than answers wait for them
  }

  // Keys: only where nobody types, only alone, and only where they are wanted.

  const KEYS = {
    j: () => move(+1), k: () => move(-1), ArrowDown: () => move(+1), ArrowUp: () => move(-1),
    o: open, t: toggleText, r: () => inTurn(() => act(current(), "restore")),
    c: () => inTurn(() => act(current(), "condemn")), u: () => inTurn(() => undo(lastDone())),
    "?": () => { keys.open = !keys.open; if (keys.open) keys.querySelector("summary").focus(); },
  };

  function pressed(event) {
    if (!useKeys.checked || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const isOnControl = event.target.closest("a, button, summary");
    const key = event.key === "Enter" && !isOnControl && current() ? "o" : event.key;
    if (!Object.hasOwn(KEYS, key) || (event.shiftKey && key !== "?") || (event.repeat && "rcu".includes(key))) return;
    event.preventDefault();
    KEYS[key]();
  }

  function obeyChoice() {
    document.documentElement.classList.toggle("keys", useKeys.checked);
  }

  document.addEventListener("keydown", pressed);
  document.addEventListener("focusin", event => {
    const article = event.target.closest?.(".case");
    if (article && article !== current()) {
      current()?.removeAttribute("aria-current");
      article.setAttribute("aria-current", "true");
    }
  });
  document.addEventListener("submit", event => {
    const {deed, undo: review} = event.target.dataset;
    if (!deed && !review) return;
    event.preventDefault();
    inTurn(() => deed ? act(event.target.closest(".case"), deed) : undo(review));
  });
  useKeys.addEventListener("change", () => {
    try { localStorage.setItem(KEPT, useKeys.checked ? "on" : "off"); } catch { /* a browser that keeps nothing */ }
    obeyChoice();
  });
  try { useKeys.checked = localStorage.getItem(KEPT) !== "off"; } catch { /* likewise */ }
  keys.hidden = false;
  obeyChoice();
  cases()[0]?.setAttribute("aria-current", "true");
}
