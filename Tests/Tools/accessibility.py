"""What pages owe to people who do not see all of them, asked of a page that a browser has open."""

import json

ACCESS = """(([operable, words]) => {
  const nameless = [...document.querySelectorAll(operable)].filter(each =>
    !(each.getAttribute("aria-label") || each.textContent.trim() || each.closest("label")?.textContent.trim()));
  const light = color => { const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map(s => s / 255).map(s => s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const root = document.documentElement, pale = [];
  for (const theme of ["light", "dark"]) {
    root.dataset.theme = theme;
    const paper = light(getComputedStyle(document.body).backgroundColor);
    for (const each of document.querySelectorAll(words)) {
      const ink = light(getComputedStyle(each).color), ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
      if (ratio < 4.5) pale.push(`${theme} ${each.className || each.tagName} ${ratio.toFixed(1)}`);
    }
  }
  root.dataset.theme = "auto";
  const ids = [...document.querySelectorAll("[aria-labelledby]")].filter(each => !document.getElementById(each.getAttribute("aria-labelledby")));
  return { nameless: nameless.map(each => each.outerHTML.slice(0, 80)), pale: [...new Set(pale)], ids: ids.length };
})"""


def check_access(failures, browser, operable, words):
    """Whether all that `operable` selects has a name, and all that `words` does a contrast of 4.5, by day and by night."""
    found = browser.run(f"{ACCESS}({json.dumps([operable, words])})")
    failures.expect(not found["nameless"] and found["ids"] == 0, f"everything to operate has a name {found['nameless']}")
    failures.expect(not found["pale"], f"words have a contrast of 4.5 and more {found['pale']}")
