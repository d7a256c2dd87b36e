"use strict";
// Keys that work on every page. Pages read and forms work without any of this.

const help = document.getElementById("help");
const button = document.getElementById("help-button");
button.hidden = false;
button.addEventListener("click", () => help.showModal());

const rows = () => [...document.querySelectorAll("[data-row]")];
let going = false;

function step(by) {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
}

function isTyping(target) {
  return target.closest("input, textarea, select, dialog") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && isTyping(event.target) && !help.open) { event.target.blur(); return; }
  if (isTyping(event.target)) return;
  const link = going && document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
  going = !going && event.key === "g";
  if (link) { event.preventDefault(); link.click(); return; }
  if (event.key === "?") { event.preventDefault(); help.showModal(); }
  else if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
});
