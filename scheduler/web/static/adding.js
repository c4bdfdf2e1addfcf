// A preview of a site under way: shown as far as it is, and whole when it is over.
"use strict";

const LOOK = 1000;  // ms between two looks

async function look() {
  const shown = document.getElementById("preview");
  if (!("waiting" in shown.dataset)) return;
  try {
    const answer = await fetch(location.href, {headers: {Accept: "text/html"}});
    if (!answer.ok || answer.redirected) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    shown.replaceWith(page.getElementById("preview"));
    tellTimes(document);
  } catch {
    // the service is away, or restarts; it is asked again
  }
  setTimeout(look, LOOK);
}

setTimeout(look, LOOK);
