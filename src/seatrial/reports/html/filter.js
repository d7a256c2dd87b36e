"use strict";
// Shows only the findings that the reader asks for, and opens the one that a link names. Without it the page shows everything.
(() => {
  const bar = document.getElementById("filters");
  if (!bar) return;
  const all = [...document.querySelectorAll(".rule .finding")];
  const blocks = [...document.querySelectorAll(".rule, .quality")];
  const chips = [...bar.querySelectorAll("input[name=quality]")];
  const [file, sure, level, count] = ["file", "sure", "level", "count"].map((id) => document.getElementById(id));

  function apply() {
    const qualities = chips.filter((chip) => chip.checked).map((chip) => chip.value);
    const part = file.value.trim().toLowerCase();
    let shown = 0;
    for (const one of all) {
      const wanted =
        (!qualities.length || qualities.includes(one.dataset.quality)) &&
        (!part || one.dataset.files.toLowerCase().includes(part)) &&
        Math.round(one.dataset.confidence * 100) >= Number(sure.value);
      one.hidden = !wanted;
      shown += wanted;
    }
    for (const block of blocks) block.hidden = !block.querySelector(".finding:not([hidden])");
    level.textContent = `${sure.value} %`;
    count.textContent = shown === all.length ? `${shown} shown` : `${shown} of ${all.length} shown`;
  }

  function reveal() {
    const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const finding = named && named.closest("details");
    if (!finding) return;
    if (finding.hidden) {
      bar.reset();
      apply();
    }
    finding.open = true;
    named.scrollIntoView();
  }

  bar.hidden = false;
  bar.addEventListener("input", apply);
  bar.addEventListener("reset", () => setTimeout(apply));
  bar.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.matches("input")) return;
    event.preventDefault();
    file.focus();
  });
  window.addEventListener("hashchange", reveal);
  apply();
  reveal();
})();
