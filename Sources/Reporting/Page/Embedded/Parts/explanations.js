// Explanations on the page: made once from their numbers, painted as people scroll, and the rest when nothing else is to do.
import { announce } from "./elements.js";
import { arrange, rows } from "./rows.js";
import { methodBar, State, toolbar } from "./controls.js";
import { evaluation } from "./evaluation.js";
import { facts } from "./facts.js";

/** What stands on the page below its head, with what there is to drive it; `end()` before other numbers take its place. */
export function explanations(page) {
  const state = new State(page), { sections, views, lenses } = rows(page, state), ended = new AbortController();
  const elements = [
    ...(page.rows.length ? [toolbar(page, state, lenses), methodBar(page, state)] : []),
    ...(page.evaluation ? evaluation(page.evaluation) : []), ...sections, facts(page, state),
  ];
  const paintAll = always => Promise.all(views.map(view => view.paint(always)));
  const paintRest = restPainter(views, ended.signal);
  arrange(sections, state.order, state.hidden);
  listen(state, sections, views, () => paintAll().then(paintRest), ended.signal);
  paintRest();
  return { page, state, views, lenses, paintAll, elements, end: () => ended.abort() };
}

/** Paints, once nothing else is to be done, what nobody has seen yet: printers do not scroll. */
function restPainter(views, signal) {
  const idle = () => new Promise(done => (globalThis.requestIdleCallback ?? (work => setTimeout(work, 50)))(done));
  let isPainting = false;
  return async () => {
    if (isPainting) return;
    isPainting = true;
    for (let view; !signal.aborted && (view = views.find(view => view.isStale));) {
      await idle();
      if (view.isStale) await view.paint(true);
    }
    isPainting = false;
  };
}

function listen(state, sections, views, paintAll, signal) {
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
  signal.addEventListener("abort", () => seen.disconnect());
  addEventListener("resize", () => views.forEach(view => view.place()), { signal });
  addEventListener("beforeprint", () => views.forEach(view => { if (view.isStale) view.paint(true); }), { signal });
  addEventListener("keydown", event => {
    if (event.target.matches?.("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "o" && !event.repeat) state.set({ original: true });
    if (event.key === "s") {
      state.set({ signed: !state.signed });
      announce(state.signed ? "Signed" : "Evidence");
    }
  }, { signal });
  addEventListener("keyup", event => { if (event.key === "o") state.set({ original: false }); }, { signal });
}
