// What a page must have for people who do not see it, or not well. Gives back what is wrong, as texts.
// Contrast: WCAG 2.2, 1.4.3 (4.5 to 1). Names: 4.1.2. Read by test_browser.py, and run in the page.
() => {
  const shown = (one) => one.checkVisibility();
  const named = (one) =>
    one.innerText || one.ariaLabel || one.labels?.length || one.getAttribute("aria-labelledby") || "";

  const controls = "a, button, input:not([type=hidden]), select, textarea, [role=img], [role=region]";
  const nameless = [...document.querySelectorAll(controls)]
    .filter((one) => shown(one) && !String(named(one)).trim())
    .map((one) => `without a name: ${one.outerHTML}`);

  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  const twice = ids.filter((id, n) => ids.indexOf(id) < n).map((id) => `twice: ${id}`);

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    const part = (v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    return [0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b), a];
  };
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const [found, opacity] = light(getComputedStyle(one).backgroundColor);
      if (opacity > 250) return found;
    }
    return 1;
  };
  const pale = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const one = walker.currentNode.parentElement;
    if (!text || !shown(one) || one.closest("svg, script, style, noscript, .skip, option")) continue;
    const [front] = light(getComputedStyle(one).color);
    const back = behind(one);
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (ratio < 4.5) pale.push(`pale, ${ratio.toFixed(2)}: ${one.className} ${text.slice(0, 40)}`);
  }
  return [...nameless, ...twice, ...pale];
}
