// The page: made once from its data.
import { element } from "./elements.js";
import { explanations } from "./explanations.js";
import { keysButton, themeButton } from "./tools.js";

const page = JSON.parse(document.getElementById("data").textContent);
const content = explanations(page);

// In a notebook's cell there is less room.
document.documentElement.classList.toggle("framed", window.parent !== window);
document.getElementById("page").replaceChildren(
  element("header", { class: "head" },
    element("div", {}, element("h1", {}, page.title), element("p", { class: "about" }, page.subtitle)),
    element("div", { class: "tools" }, themeButton(), page.rows.length ? keysButton() : null)),
  ...content.elements);
/** For scripts that drive the page: everything painted, and what there is. */
globalThis.limn = content;
