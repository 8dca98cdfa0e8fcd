// Keeps the timeline current: reads the page again and puts in what changed.
(function () {
  "use strict";
  let last = "";
  async function refresh() {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      const text = await answer.text();
      if (!answer.ok || text === last) return;
      last = text;
      const next = new DOMParser().parseFromString(text, "text/html").getElementById("live");
      const old = document.getElementById("live");
      for (const post of next.querySelectorAll("article")) {
        if (!document.getElementById(post.id)) post.classList.add("fresh");
      }
      if (!old.contains(document.activeElement)) old.replaceWith(next);
    } catch (e) {
      // The server is away for a moment; the next round tries again.
    }
  }
  setInterval(refresh, 2000);
})();
