// What people turn: how attributions are colored, and which methods are seen in which order.
import { colorTable } from "./painting.js";
import { announce, element } from "./elements.js";

/** What has been chosen; listeners are told of each change. */
export class State extends EventTarget {
  hidden = new Set();
  threshold = 0;
  original = false;
  sort = "given";

  constructor(page) {
    super();
    this.page = page;
    this.maps = page.colorMaps.map(colorTable);
    const first = this.maps.find(map => map.name === page.style?.colorMap) ?? this.maps[0];
    this.signed = first?.isDiverging ?? false;
    this.evidenceMap = first?.isDiverging ? this.maps.find(map => !map.isDiverging) : first;
    this.signedMap = first?.isDiverging ? first : this.maps.find(map => map.isDiverging);
    this.opacity = page.style?.opacity ?? 0.5;
    // Pixels may be shown by their signs where maps are not.
    this.pixels = { texture: "texture", signed: this.signed ? "own" : "signs" }[page.style?.pixels] ?? "own";
  }

  get colors() { return this.signed ? this.signedMap : this.evidenceMap; }

  get look() {
    return {
      isSigned: panel => this.isSigned(panel), colors: this.colors, diverging: this.maps.find(map => map.name === "diverging"),
      opacity: this.opacity, threshold: this.threshold, pixels: this.pixels,
    };
  }

  /** Whether a panel shows what speaks against the target, too. */
  isSigned(panel) { return this.signed || (panel.kind === "pixels" && this.pixels === "signs"); }

  /** What full intensity stands for in a panel. */
  fullScale(panel) { return this.isSigned(panel) ? panel.signedScale : panel.evidenceScale; }

  /** The colors of a panel's bar as CSS has them; `null` for a texture, which has no numbers. */
  barColors(panel) {
    const isOwn = panel.kind === "pixels" && this.pixels !== "over";
    if (isOwn && this.pixels === "texture" && panel.texture) return null;
    if (isOwn && !this.isSigned(panel)) return "linear-gradient(to right, #000, #fff)";
    const table = (isOwn ? this.look.diverging : this.colors).table;
    return `linear-gradient(to right, ${Array.from({ length: 17 }, (_, i) =>
      "#" + table[Math.round(i * 255 / 16)].toString(16).padStart(6, "0")).join(", ")})`;
  }

  set(changes) {
    Object.assign(this, changes);
    this.dispatchEvent(new Event("look"));
  }

  toggle(method) {
    if (this.hidden.has(method)) this.hidden.delete(method); else this.hidden.add(method);
    this.dispatchEvent(new Event("arrangement"));
  }

  /** Methods in the order chosen. */
  get order() {
    const given = this.page.methods.map(method => method.expression);
    if (this.sort === "given") return given;
    if (this.sort === "name") return given.toSorted((a, b) => a.localeCompare(b, "en"));
    const key = new Map(given.map(method => [method, this.mean(method, this.sort)]));
    return given.toSorted((a, b) => key.get(a) - key.get(b));
  }

  /** A check's similarity of a method over all rows; the unknown last. */
  mean(method, letter) {
    const found = this.page.rows.flatMap(row => row.panels).filter(panel => panel.method === method)
      .flatMap(panel => panel.checks).filter(check => check.letter === letter && check.similarity !== undefined);
    return found.length ? found.reduce((sum, check) => sum + check.similarity, 0) / found.length : 2;
  }
}

function slider(label, value, most, words, change) {
  const output = element("output", {}, words(value));
  const input = element("input", {
    type: "range", min: 0, max: most, value: Math.round(value * most), "aria-label": label, "data-control": label.toLowerCase(),
    oninput: event => {
      const number = event.target.value / most;
      output.textContent = words(number);
      event.target.setAttribute("aria-valuetext", words(number));
      change(number);
    },
  });
  return element("label", { class: "control slider" }, element("span", { class: "label" }, label, output), input);
}

function choice(label, options, selected, change) {
  const select = element("select", { "aria-label": label, "data-control": label.toLowerCase(), onchange: event => change(event.target.value) },
    options.map(([value, words]) => element("option", { value, selected: value === selected }, words)));
  return { select, control: element("label", { class: "control" }, element("span", { class: "label" }, label), select) };
}

const whole = share => `${Math.round(share * 100)} %`;

/** The row of controls above all panels. */
export function toolbar(page, state, lenses) {
  const panels = page.rows.flatMap(row => row.panels);
  const modes = [["evidence", "Evidence", "What speaks for the target"], ["signed", "Signed", "What speaks for it and what against"]];
  const buttons = modes.map(([value, words, title]) => element("button", {
    type: "button", title, "data-mode": value, "aria-pressed": String((value === "signed") === state.signed),
    onclick: () => state.set({ signed: value === "signed" }),
  }, words));
  const colors = choice("Colours", [], "", name => {
    const map = state.maps.find(map => map.name === name);
    state.set(map.isDiverging ? { signedMap: map } : { evidenceMap: map });
  });
  const preview = element("i", { class: "preview", "aria-hidden": "true" });
  colors.control.append(preview);
  const refresh = () => {
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String((i === 1) === state.signed)));
    colors.select.replaceChildren(...state.maps.filter(map => map.isDiverging === state.signed).map(map =>
      element("option", { value: map.name, selected: map === state.colors }, map.name)));
    preview.style.background = state.barColors({ kind: "map" });
  };
  state.addEventListener("look", refresh);
  refresh();
  const hasPixels = panels.some(panel => panel.kind === "pixels"), hasTexture = panels.some(panel => panel.texture);
  const pixels = choice("Pixel methods", [
    ["own", "as pictures"], ["signs", "as pictures, signed"], ["over", "over the photograph"], ...(hasTexture ? [["texture", "as texture"]] : []),
  ], state.pixels, value => state.set({ pixels: value }));
  const original = element("button", {
    type: "button", class: "tool", "data-control": "original", "aria-pressed": "false", title: "Hold O to see the photograph itself",
    onclick: () => state.set({ original: !state.original }),
  }, "Original", element("kbd", {}, "O"));
  state.addEventListener("look", () => original.setAttribute("aria-pressed", String(state.original)));
  return element("div", { class: "toolbar", role: "toolbar", "aria-label": "How attributions are shown" },
    element("div", { class: "control" }, element("span", { class: "label" }, "Show"),
      element("div", { class: "segments", role: "group", "aria-label": "Show" }, buttons)),
    colors.control,
    slider("Opacity", state.opacity, 100, whole, opacity => state.set({ opacity })),
    slider("Threshold", state.threshold, 100, whole, threshold => state.set({ threshold })),
    hasPixels ? pixels.control : null,
    slider("Size", 0.3, 100, () => "", size => document.documentElement.style.setProperty("--panel", `${Math.round(150 + size * 500)}px`)),
    element("div", { class: "control" }, element("span", { class: "label" }, "Compare"), original),
    zoomControl(lenses));
}

function zoomControl(lenses) {
  const each = change => () => lenses.forEach(change);
  const reading = element("output", {}, "1 ×");
  document.addEventListener("zoomed", event => { reading.textContent = `${event.detail.scale.toFixed(1).replace(".0", "")} ×`; });
  const button = (words, title, click) => element("button", { type: "button", title, "aria-label": title, onclick: click }, words);
  return element("div", { class: "control" }, element("span", { class: "label" }, "Zoom", reading),
    element("div", { class: "segments", role: "group", "aria-label": "Zoom" },
      button("−", "Zoom out", each(lens => lens.zoom(1 / 1.5))), button("1:1", "The whole picture", each(lens => lens.reset())),
      button("+", "Zoom in", each(lens => lens.zoom(1.5)))));
}

/** The methods, each to be hidden and shown, and their order. */
export function methodBar(page, state) {
  const chips = page.methods.map(method => element("button", {
    type: "button", class: "chip", "aria-pressed": "true", "data-chip": method.expression, title: method.expression,
    onclick: () => {
      state.toggle(method.expression);
      announce(`${method.title} ${state.hidden.has(method.expression) ? "hidden" : "shown"}`);
    },
  }, method.title));
  const hasChecks = page.rows.some(row => row.panels.some(panel => panel.checks.length));
  const sort = choice("Order", [
    ["given", "as given"], ["name", "by name"],
    ...(hasChecks ? [["C", "least like another class"], ["W", "least like random weights"]] : []),
  ], state.sort, value => {
    state.sort = value;
    state.dispatchEvent(new Event("arrangement"));
  });
  const all = element("button", {
    type: "button", class: "all", onclick: () => {
      state.hidden.clear();
      state.dispatchEvent(new Event("arrangement"));
    },
  }, "show all");
  const refresh = () => {
    chips.forEach((chip, i) => chip.setAttribute("aria-pressed", String(!state.hidden.has(page.methods[i].expression))));
    all.hidden = state.hidden.size === 0;
  };
  state.addEventListener("arrangement", refresh);
  refresh();
  return element("div", { class: "methods" },
    element("div", { class: "chips", role: "group", "aria-label": "Methods shown" }, chips, all), page.methods.length > 1 ? sort.control : null);
}
