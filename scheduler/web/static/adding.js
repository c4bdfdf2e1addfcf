// A preview of a site under way: shown as far as it is, and whole when it is over.
"use strict";

{
  const LOOK = 1000;  // ms between two looks

  // Whoever is in the middle of it keeps their place until it is over.
  function show(fresh) {
    const shown = document.getElementById("preview"), isInside = shown.contains(document.activeElement);
    const told = document.getElementById("told");
    if (told.textContent !== fresh.dataset.told) told.textContent = fresh.dataset.told;
    if (isInside && "waiting" in fresh.dataset) return;
    shown.replaceWith(fresh);
    if (isInside) fresh.focus();
    tellTimes(document);
  }

  async function look() {
    const shown = document.getElementById("preview");
    if (!("waiting" in shown.dataset)) return;
    try {
      const answer = await fetch(location.href, {headers: {Accept: "text/html"}});
      if (!answer.ok || answer.redirected) return location.reload();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      show(page.getElementById("preview"));
    } catch {
      // the service is away, or restarts; it is asked again
    }
    setTimeout(look, LOOK);
  }

  setTimeout(look, LOOK);
}
