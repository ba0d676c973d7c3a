// Buttons in the head of the page: its colors, and what keys do.
import { element } from "./elements.js";

function help() {
  const keys = [
    ["O", "while held: the photograph itself"], ["S", "evidence, or signs too"], ["Double-click", "zoom in, and out again"],
    ["Ctrl + wheel", "zoom; then drag to move"], ["Tab, arrows", "a panel, and the pixel read out; with Shift ten at a time"],
    ["+ − 0", "zoom at that pixel, and back"],
  ];
  const dialog = element("dialog", { "aria-labelledby": "help" }, element("h2", { id: "help" }, "Keys"),
    element("dl", {}, keys.flatMap(([key, words]) => [element("dt", {}, element("kbd", {}, key)), element("dd", {}, words)])),
    element("form", { method: "dialog" }, element("button", { class: "tool" }, "Close")));
  document.body.append(dialog);
  return dialog;
}

/** Auto, light and dark in turn. */
export function themeButton() {
  const root = document.documentElement, names = { auto: "Auto", light: "Light", dark: "Dark" };
  const button = element("button", { type: "button", class: "tool" });
  const set = theme => {
    root.dataset.theme = theme;
    button.textContent = names[theme];
    button.setAttribute("aria-label", `Colours of the page: ${names[theme]}`);
  };
  button.addEventListener("click", () => set({ auto: "light", light: "dark", dark: "auto" }[root.dataset.theme]));
  set("auto");
  return button;
}

/** Shows what keys do. */
export function keysButton() {
  const keys = help();
  return element("button", { type: "button", class: "tool", "aria-label": "Keys", onclick: () => keys.showModal() }, "Keys");
}
