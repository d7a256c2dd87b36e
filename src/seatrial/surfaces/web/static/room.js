"use strict";
// The review room's own: time that is really spent here, lines by click, units and answers by key.

const room = document.getElementById("room");
const session = `/session/${room.dataset.session}`;
const BEAT = 5000, IDLE = 60000;
let lastMove = Date.now(), lastBeat = Date.now(), lastLine = "", answer = 0;
const seen = new Set();

// A line's place goes into the field of lines that was used last.
let field = document.querySelector("[data-lines]");
document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-lines]")) field = event.target;
  const question = event.target.closest(".question");
  if (question) field = question.querySelector("[data-lines]") || field;
  const read = event.target.closest("[data-answer]");
  if (read) answer = Number(read.dataset.answer);
});

document.querySelector(".code").addEventListener("click", (event) => {
  const line = event.target.closest("[data-line]");
  if (!line || String(getSelection())) return;
  document.querySelector(".l.current")?.classList.remove("current");
  line.classList.add("current");
  lastLine = line.dataset.line;
  if (!event.target.closest(".n") || !field) return;
  event.preventDefault();
  const known = field.value.split(/[\s,]+/).filter(Boolean);
  if (field.id === "remark-line") field.value = lastLine;
  else if (!known.includes(lastLine)) field.value = [...known, lastLine].join(", ");
});

// Time counts while the page is visible and somebody moves; the server never counts more than has passed for it.
for (const kind of ["pointermove", "keydown", "scroll", "pointerdown"]) {
  document.addEventListener(kind, () => { lastMove = Date.now(); }, { passive: true, capture: true });
}

const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) seen.add(entry.target.dataset.unit);
});
document.querySelectorAll("[data-unit]").forEach((one) => watcher.observe(one));

async function beat() {
  const now = Date.now(), passed = (now - lastBeat) / 1000;
  lastBeat = now;
  if (document.visibilityState !== "visible" || now - lastMove > IDLE) return;
  const body = new URLSearchParams({ csrf: room.dataset.csrf, seconds: passed.toFixed(1) });
  seen.forEach((unit) => body.append("unit", unit));
  const done = await fetch(`${session}/watch`, { method: "POST", body }).catch(() => null);
  if (!done || !done.ok) return;
  room.dataset.seconds = Number(room.dataset.seconds) + passed;
  document.getElementById("pace").textContent = `${spell(room.dataset.seconds)} of at least ${spell(room.dataset.floor)}`;
}

function spell(seconds) {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

if (["predict", "judge"].includes(room.dataset.stage)) setInterval(beat, BEAT);

// What was typed survives an accident: kept in this tab alone until the form is sent.
const predict = document.querySelector(`form[action$="/predict"]`);
if (predict) {
  const fields = [...predict.querySelectorAll("textarea, [data-lines]")];
  fields.forEach((one, n) => {
    one.value = sessionStorage.getItem(`${session}/${n}`) || one.value;
    one.addEventListener("input", () => sessionStorage.setItem(`${session}/${n}`, one.value));
  });
  predict.addEventListener("submit", () => fields.forEach((_, n) => sessionStorage.removeItem(`${session}/${n}`)));
}

function unit(by) {
  const heads = [...document.querySelectorAll("[data-unit]")];
  const top = heads.findIndex((one) => one.getBoundingClientRect().top > 80);
  const at = by > 0 ? (top < 0 ? heads.length - 1 : top) : (top < 0 ? heads.length : top) - 2;
  const next = heads[Math.min(Math.max(at, 0), heads.length - 1)];
  if (next) { next.scrollIntoView({ block: "start" }); location.replace(`#${next.id}`); }
}

function toQuestion(number) {
  const there = document.getElementById(`question-${number}`);
  (there?.querySelector("textarea") || there)?.focus();
  there?.scrollIntoView({ block: "nearest" });
}

function remark() {
  const line = document.getElementById("remark-line");
  if (!line) return;
  line.value = lastLine || line.value;
  (line.value ? document.getElementById("remark-text") : line).focus();
}

const keys = {
  n: () => unit(1), p: () => unit(-1), 1: () => toQuestion(0), 2: () => toQuestion(1), 3: () => toQuestion(2), e: remark,
  v: () => document.getElementById("other-view")?.click(),
  u: () => { const box = document.querySelector("#give-up details"); if (box) { box.open = true; document.getElementById("give-up-what").focus(); } },
  w: () => keep("w"), x: () => keep("x"),
};

function keep(key) {
  document.querySelector(`#question-${answer} [data-keep="${key}"]`)?.requestSubmit();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  if (Object.hasOwn(keys, event.key)) { event.preventDefault(); keys[event.key](); }
});
