// What changes on a page without being loaded anew: progress as it is told, buttons, and times in the reader's words.
// Every page works without it.
"use strict";

const numbers = new Intl.NumberFormat("en");
const WORDS = JSON.parse(document.querySelector("meta[name=words]").content);  // in the language of the page
const SIZES = [86400, 3600, 60, 1];  // of a unit, in seconds
const SOON = 400, LATER = 3000, IDLE = 30000;  // ms until the parts of a page are asked for again
const LOG_READ = 1500;  // ms between two looks at a log
const LOG_SHOWN = 2_000_000;  // characters of a log that a page keeps

function worded(text, values = {}) {
  return (WORDS.said[text] ?? text).replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}

function duration(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} ${WORDS.units.at(-1)}`;
  let rest = Math.round(seconds);
  const parts = [];
  for (const [at, size] of SIZES.entries()) {
    const number = Math.floor(rest / size);
    rest %= size;
    if (number || parts.length) parts.push(number ? `${number} ${WORDS.units[at]}` : "");
    if (parts.length === 2) break;
  }
  return parts.filter(Boolean).join(" ");
}

function tellTimes(root) {
  for (const time of root.querySelectorAll("time:not([data-as-is])")) {
    const at = new Date(time.dateTime);
    const local = `${at.toLocaleDateString("sv")} ${at.toLocaleTimeString("sv")}`;
    if (!("distance" in time.dataset)) {
      time.textContent = local;
      continue;
    }
    const seconds = (at - Date.now()) / 1000;
    time.title = local;
    time.textContent = Math.abs(seconds) < 1 || seconds < 0 && "due" in time.dataset ? worded("now")
      : worded(seconds > 0 ? "in %(time)s" : "%(time)s ago", {time: duration(Math.abs(seconds))});
  }
}

function tellElapsed() {
  for (const run of document.querySelectorAll("[data-run][data-started]")) {
    if (run.dataset.ended) continue;
    const seconds = Math.max(0, (Date.now() - new Date(run.dataset.started)) / 1000);
    run.querySelector("[data-field=elapsed]").textContent = duration(seconds);
  }
}

// Parts: what the server would show now takes the place of what it showed.

let refreshing = null;

function refreshIn(delay) {
  clearTimeout(refreshing);
  refreshing = setTimeout(refresh, delay);
}

async function refresh() {
  refreshIn(IDLE);
  if (document.hidden || !document.querySelector("[data-part]")) return;
  let answer;
  try {
    answer = await fetch(location.href, {headers: {Accept: "text/html"}});
  } catch {
    return;  // the service is away; the stream tells of that
  }
  if (answer.redirected) location.reload();  // the session is over
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh || part.contains(document.activeElement) && document.activeElement.matches("input, select")) continue;
    replace(part, fresh);
  }
  tellTimes(document);
}

function replace(part, fresh) {
  const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
  part.replaceChildren(...fresh.childNodes);
  part.toggleAttribute("data-part", "part" in fresh.dataset);
  if (focused) part.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
}

// Progress: what the stream tells.

function showRun(run) {
  const list = document.querySelector("[data-live]");
  if (!list || list.dataset.live && list.dataset.live !== run.id) return;
  if (list.dataset.site && list.dataset.site !== run.site) return;
  let item = list.querySelector(`[data-run="${CSS.escape(run.id)}"]`);
  if (!item) {
    const template = document.getElementById("run-template");
    if (!template || run.state !== "running") return;
    item = template.content.firstElementChild.cloneNode(true);
    item.dataset.run = run.id;
    item.dataset.started = run.started_at;
    list.append(item);
    refreshIn(SOON);
  }
  fill(item, run);
}

function dropped(reason) {
  const parts = reason.match(/^(article|teaser) (\w+): (.+)$/s);
  return parts ? worded("%(item)s %(verdict)s: %(code)s", {item: worded(parts[1]), verdict: worded(parts[2]), code: parts[3]}) : reason;
}

function fill(item, run) {
  const field = name => item.querySelector(`[data-field=${name}]`);
  field("site").textContent = run.site;
  field("site").href = `/runs/${encodeURIComponent(run.id)}`;
  field("state").textContent = worded(run.state);
  field("state").className = `badge ${run.state}`;
  for (const name of ["pages", "accepted", "failed", "remaining"]) field(name).textContent = numbers.format(run[name]);
  field("rate").textContent = run.rate.toFixed(1);
  field("drops").textContent = numbers.format(run.dropped.reduce((sum, drop) => sum + drop.count, 0));
  const done = run.articles + run.failed;
  field("bar").max = Math.max(1, done + run.remaining);
  field("bar").value = done;
  field("dropped").replaceChildren(...run.dropped.map(drop => {
    const line = document.createElement("li"), count = document.createElement("b");
    count.textContent = numbers.format(drop.count);
    line.append(`${dropped(drop.reason)} `, count);
    return line;
  }));
  if (run.state !== "running") {
    item.dataset.ended = run.ended_at;
    field("elapsed").textContent = duration(run.elapsed);
  }
}

// A log: what is written to it while its run goes on is put to its end, which stays in sight for who looks at it.

let wasRunning = false;

async function followLog() {
  const log = document.querySelector(".log[data-end]"), isRunning = document.querySelector("[data-live]") !== null;
  if (log && (isRunning || wasRunning) && !document.hidden) await readOn(log).catch(() => {});
  wasRunning = isRunning;
  setTimeout(followLog, LOG_READ);
}

async function readOn(log) {
  let start;
  do {
    start = log.dataset.end;
    const answer = await fetch(`${log.dataset.log}?start=${start}`);
    if (!answer.ok) return;
    const isAtEnd = log.scrollTop + log.clientHeight > log.scrollHeight - 40;
    log.append(await answer.text());
    log.dataset.end = answer.headers.get("Log-End");
    forgetHead(log);
    if (isAtEnd) log.scrollTo(0, 1e9);
  } while (log.dataset.end !== start);  // an answer has a piece, and may not be the last
}

function forgetHead(log) {
  let length = [...log.childNodes].reduce((sum, piece) => sum + piece.length, 0);
  while (length > LOG_SHOWN && log.childNodes.length > 1) {
    length -= log.firstChild.length;
    log.firstChild.remove();
  }
}

let stream = null;

function follow() {
  const told = document.getElementById("link-state");
  stream = new EventSource("/api/live");
  stream.onopen = () => { if (told) told.textContent = ""; };
  stream.onerror = () => {
    if (told) told.textContent = worded("connection lost; trying again");
    if (stream.readyState === EventSource.CLOSED) setTimeout(follow, LATER);
  };
  stream.addEventListener("snapshot", event => {
    const runs = JSON.parse(event.data).runs, known = new Set(runs.map(run => run.id));
    runs.forEach(showRun);
    const isOver = [...document.querySelectorAll("[data-live] [data-run]")].some(item => !known.has(item.dataset.run));
    if (isOver) refreshIn(SOON);
  });
  stream.addEventListener("run", event => showRun(JSON.parse(event.data)));
  stream.addEventListener("end", event => { showRun(JSON.parse(event.data)); refreshIn(SOON); });
}

// Buttons: what a form asks for, without leaving the page.

async function ask(form) {
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const token = document.querySelector("meta[name=form-token]").content;
    const answer = await fetch(form.dataset.action, {method: "POST", headers: {"X-Form-Token": token}});
    if (!answer.ok) alert((await answer.json()).error);
  } catch {
    alert(worded("The service does not answer."));
  }
  button.disabled = false;
  await refresh();
  refreshIn(LATER);  // by then the service has obeyed
}

document.addEventListener("submit", event => {
  if (!event.target.dataset.action) return;
  event.preventDefault();
  ask(event.target);
});
addEventListener("pagehide", () => stream?.close());
document.addEventListener("visibilitychange", () => { if (!document.hidden) refreshIn(SOON); });

tellTimes(document);
document.querySelector(".log")?.scrollTo(0, 1e9);
if (document.querySelector("[data-part]")) {
  refreshIn(IDLE);
  setInterval(tellElapsed, 1000);
  if (document.querySelector(".log, #log")) followLog();
  setInterval(() => tellTimes(document), 10000);
  if (document.querySelector("[data-live], #runs")) follow();
}
