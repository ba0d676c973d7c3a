// The page: made once from its data, painted as people scroll.
import { announce, element } from "./elements.js";
import { arrange, rows } from "./rows.js";
import { methodBar, State, toolbar } from "./controls.js";
import { evaluation } from "./evaluation.js";
import { facts } from "./facts.js";

const page = JSON.parse(document.getElementById("data").textContent);
const state = new State(page);
const { sections, views, lenses } = rows(page, state);

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

function themeButton() {
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

function build() {
  const keys = help();
  const main = document.getElementById("page");
  main.replaceChildren(
    element("header", { class: "head" },
      element("div", {}, element("h1", {}, page.title), element("p", { class: "about" }, page.subtitle)),
      element("div", { class: "tools" }, themeButton(), page.rows.length ? element("button", {
        type: "button", class: "tool", "aria-label": "Keys", onclick: () => keys.showModal(),
      }, "Keys") : null)),
    ...(page.rows.length ? [toolbar(page, state, lenses), methodBar(page, state)] : []),
    ...(page.evaluation ? evaluation(page.evaluation) : []), ...sections, facts(page, state));
}

function paintAll(always) { return Promise.all(views.map(view => view.paint(always))); }

function listen() {
  let isWaiting = false;
  state.addEventListener("look", () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => { isWaiting = false; paintAll(); });
  });
  state.addEventListener("arrangement", () => arrange(sections, state.order, state.hidden));
  const seen = new IntersectionObserver(changes => {
    for (const { target, isIntersecting } of changes) {
      target.view.isSeen = isIntersecting;
      if (isIntersecting && target.view.isStale) target.view.paint();
    }
  }, { rootMargin: "300px" });
  for (const view of views) seen.observe(view.frame);
  addEventListener("resize", () => views.forEach(view => view.place()));
  addEventListener("beforeprint", () => paintAll(true));
  addEventListener("keydown", event => {
    if (event.target.matches?.("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "o" && !event.repeat) state.set({ original: true });
    if (event.key === "s") {
      state.set({ signed: !state.signed });
      announce(state.signed ? "Signed" : "Evidence");
    }
  });
  addEventListener("keyup", event => { if (event.key === "o") state.set({ original: false }); });
}

// In a notebook's cell there is less room.
document.documentElement.classList.toggle("framed", window.parent !== window);
build();
arrange(sections, state.order, state.hidden);
listen();
/** For scripts that drive the page: everything painted, and what there is. */
globalThis.limn = { page, state, views, lenses, paintAll };
