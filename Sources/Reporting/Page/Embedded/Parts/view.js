// One panel: what a method made of a picture, painted, zoomed and read out.
import { compact, unpacked } from "./values.js";
import { valueAt, placement } from "./geometry.js";
import { lit, painted } from "./painting.js";
import { announce, element } from "./elements.js";
import { Boxes } from "./boxes.js";

/** A picture's samples, once they are asked for. */
async function samplesOf(picture) {
  picture.loading ??= (async () => {
    const { context } = await loaded(picture.source, picture.width, picture.height);
    picture.samples = context.getImageData(0, 0, picture.width, picture.height).data;
  })();
  await picture.loading;
}

async function loaded(source, width, height) {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = element("canvas", { width: width ?? image.naturalWidth, height: height ?? image.naturalHeight });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  return { context, width: canvas.width, height: canvas.height };
}

/** Everything that panels of one picture share: how far it is enlarged, and where somebody points. */
export class Lens {
  scale = 1;
  left = 0;
  top = 0;
  views = new Set();

  /** Enlarges by a factor around a point, in shares of the picture's extent on the screen. */
  zoom(factor, x = 0.5, y = 0.5) {
    const scale = Math.min(Math.max(this.scale * factor, 1), 32);
    this.left += x / this.scale - x / scale;
    this.top += y / this.scale - y / scale;
    this.scale = scale;
    this.moved();
  }

  /** Shifts what is seen by shares of the picture's extent on the screen. */
  shift(x, y) {
    this.left -= x / this.scale;
    this.top -= y / this.scale;
    this.moved();
  }

  reset() {
    [this.scale, this.left, this.top] = [1, 0, 0];
    this.moved();
  }

  moved() {
    this.left = Math.min(Math.max(this.left, 0), 1 - 1 / this.scale);
    this.top = Math.min(Math.max(this.top, 0), 1 - 1 / this.scale);
    for (const view of this.views) view.place();
    document.dispatchEvent(new CustomEvent("zoomed", { detail: this }));
  }

  /** Points at a pixel of the picture in all panels, or at none. */
  point(at) {
    this.at = at;
    for (const view of this.views) view.read();
  }
}

/** A panel on the page; without a method, the original. */
export class View {
  constructor(row, panel, picture, lens, state) {
    Object.assign(this, { row, panel, picture, lens, state, isStale: true, isSeen: false });
    this.canvas = element("canvas", { width: picture.width, height: picture.height });
    this.boxes = new Boxes();
    this.cross = element("i", { class: "cross", hidden: true });
    this.message = element("div", { class: "message", hidden: true });
    this.frame = element("div", {
      class: "view", tabindex: 0, role: "img", style: this.extent, "aria-label": this.name,
    }, this.canvas, this.boxes.element, this.cross, this.message, this.badge);
    this.frame.view = this;
    this.reading = element("output", { class: "reading" });
    this.scaleBar = element("div", { class: "scale", "aria-hidden": "true", hidden: !panel });
    this.figure = element("figure", { class: panel ? "panel" : "panel original", "data-method": panel?.method },
      element("figcaption", {}, element("span", { class: "title", title: panel?.method }, panel ? panel.title : "Original"), this.hideButton),
      this.frame, this.scaleBar,
      element("div", { class: "under" }, element("span", { class: "place" }, this.caption), this.reading), this.checks,
      panel?.remarks?.length ? element("p", { class: "remark" }, panel.remarks.join("; ")) : null);
    lens.views.add(this);
    this.listen();
  }

  get name() { return this.panel ? `${this.panel.title}, ${this.row.title}` : `Original, ${this.picture.name}`; }
  get caption() {
    return this.panel ? this.panel.caption
      : this.picture.extent + (this.row.regionName ? ` · explained in ${this.row.regionName}` : "");
  }
  get hideButton() {
    if (!this.panel) return null;
    return element("button", {
      type: "button", class: "hide", "aria-label": `Hide ${this.panel.title}`, title: "Hide this method",
      onclick: () => this.state.toggle(this.panel.method),
    }, "×");
  }
  /** As wide as there is room, but no picture higher than most screens. */
  get extent() {
    const { width, height } = this.picture;
    return `aspect-ratio: ${width} / ${height}` + (height > 2 * width ? `; max-width: ${Math.max(24, Math.round(560 * width / height))}px` : "");
  }
  get badge() {
    return this.panel?.status && this.panel.status !== "ok" ? element("span", { class: "badge" }, this.panel.status) : null;
  }
  get checks() {
    const checks = (this.panel?.checks ?? []).map(check => element("span", {
      class: `check ${grade(check.similarity)}`, title: `${check.meaning}: ${similarity(check)}`,
    }, `${check.letter} ${similarity(check)}`));
    return checks.length ? element("div", { class: "checks" }, checks) : null;
  }

  /** Makes the numbers ready that are painted. */
  async load() {
    this.loading ??= (async () => {
      await samplesOf(this.picture);
      const { panel, row } = this;
      if (row.region && !row.region.numbers) row.region.numbers = await unpacked(row.region);
      if (!panel) return;
      panel.numbers = await unpacked(panel.values);
      if (panel.sizes) panel.sizeNumbers = await unpacked(panel.sizes);
      if (panel.texture) {
        const { context, width, height } = await loaded(panel.texture);
        panel.textureSamples = context.getImageData(0, 0, width, height).data;
      }
      this.frame.setAttribute("aria-label", this.described());
    })();
    await this.loading;
  }

  /** Paints anew, now or when somebody sees it. */
  async paint(always = false) {
    if (!always && !this.isSeen) { this.isStale = true; return; }
    this.isStale = false;
    await this.load();
    const { state, panel, picture } = this, isEmpty = panel && !(state.fullScale(panel) > 0);
    const samples = !panel ? lit(this.row.region, picture)
      : state.original || isEmpty ? picture.samples : painted(panel, state.look, picture);
    this.canvas.getContext("2d").putImageData(new ImageData(samples, picture.width, picture.height), 0, 0);
    this.message.hidden = !isEmpty || state.original;
    if (isEmpty) this.message.replaceChildren(element("strong", {}, panel.status), panel.hint ?? "");
    this.rule();
    this.boxes.show(panel ? [] : this.picture.boxes ?? [], this.row.box);
    this.place();
    this.read();
    this.frame.dataset.painted = "";
  }

  /** The colors with what they mean in numbers. */
  rule() {
    const { state, panel } = this;
    if (!panel) return;
    const full = state.fullScale(panel), colors = state.barColors(panel);
    this.scaleBar.hidden = !(full > 0) || !colors;
    if (this.scaleBar.hidden) return;
    this.scaleBar.replaceChildren(
      element("span", {}, state.isSigned(panel) ? compact(-full) : "0"), element("i", { style: `background: ${colors}` }),
      element("span", {}, compact(full)));
  }

  place() {
    const { scale, left, top } = this.lens;
    this.canvas.style.transform = scale === 1 ? "" : `scale(${scale}) translate(${-100 * left}%, ${-100 * top}%)`;
    this.boxes.place(this.lens);
    this.frame.classList.toggle("zoomed", scale > 1);
    this.canvas.style.imageRendering = this.frame.clientWidth * scale > 2 * this.picture.width ? "pixelated" : "";
    this.point();
  }

  point() {
    const at = this.lens.at, { scale, left, top } = this.lens;
    this.cross.hidden = !at;
    if (!at) return;
    this.cross.style.left = `${100 * scale * ((at.x + 0.5) / this.picture.width - left)}%`;
    this.cross.style.top = `${100 * scale * ((at.y + 0.5) / this.picture.height - top)}%`;
  }

  /** What the panel says at the pixel pointed at. */
  read() {
    this.point();
    this.reading.textContent = this.lens.at ? this.wordsAt(this.lens.at) : this.restingWords;
  }

  get restingWords() { return this.panel ? `${compact(this.panel.range[0])} … ${compact(this.panel.range[1])}` : ""; }

  wordsAt({ x, y }) {
    const { panel, picture } = this;
    if (!panel) return `x ${this.originalX(x)}, y ${this.originalY(y)}`;
    if (!panel.numbers) return "";
    const { height, width } = panel.values;
    if (panel.kind === "map") {
      const found = valueAt(panel.numbers, height, width, picture, x, y);
      return found ? `${compact(found.value)} · cell ${found.column}, ${found.row}` : "not seen";
    }
    const { columns, rows } = placement(picture, height, width);
    if (x < columns.start || x >= columns.end || y < rows.start || y >= rows.end) return "not seen";
    const i = rows.pixels[y - rows.start] * width + columns.pixels[x - columns.start];
    const size = panel.sizeNumbers ? ` · size ${compact(panel.sizeNumbers[i])}` : "";
    return compact(panel.numbers[i]) + size;
  }

  originalX(x) { return Math.trunc((x + 0.5) * this.picture.geometry.originalWidth / this.picture.width); }
  originalY(y) { return Math.trunc((y + 0.5) * this.picture.geometry.originalHeight / this.picture.height); }

  /** For people who do not see it: where it is strongest. */
  described() {
    const { panel } = this, numbers = panel.sizeNumbers ?? panel.numbers;
    let best = 0;
    for (let i = 1; i < numbers.length; i++) if (numbers[i] > numbers[best]) best = i;
    const { width, height } = panel.values;
    const words = (share, names) => names[Math.min(2, Math.trunc(share * 3))];
    const down = words((Math.trunc(best / width) + 0.5) / height, ["top", "middle", "bottom"]);
    const across = words((best % width + 0.5) / width, ["left", "centre", "right"]);
    return `${this.name}: strongest at the ${down} ${across}, ${compact(numbers[best])}; `
      + `values from ${compact(panel.range[0])} to ${compact(panel.range[1])}`;
  }

  /** The pixel of the picture under a point of the screen. */
  pixel(event) {
    const box = this.frame.getBoundingClientRect(), { scale, left, top } = this.lens;
    const x = ((event.clientX - box.left) / box.width / scale + left) * this.picture.width;
    const y = ((event.clientY - box.top) / box.height / scale + top) * this.picture.height;
    return this.bounded(Math.trunc(x), Math.trunc(y));
  }

  bounded(x, y) {
    return { x: Math.min(Math.max(x, 0), this.picture.width - 1), y: Math.min(Math.max(y, 0), this.picture.height - 1) };
  }

  share(event) {
    const box = this.frame.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  listen() {
    const { frame, lens } = this;
    frame.addEventListener("pointermove", event => {
      if (this.grip && lens.scale > 1) {
        const box = frame.getBoundingClientRect();
        lens.shift((event.clientX - this.grip.x) / box.width, (event.clientY - this.grip.y) / box.height);
        this.grip = { x: event.clientX, y: event.clientY };
      }
      lens.point(this.pixel(event));
    });
    frame.addEventListener("pointerleave", () => { if (document.activeElement !== frame) lens.point(null); });
    frame.addEventListener("pointerdown", event => {
      this.grip = { x: event.clientX, y: event.clientY };
      if (lens.scale > 1) frame.setPointerCapture(event.pointerId);
    });
    for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, () => { this.grip = null; });
    frame.addEventListener("dblclick", event => {
      if (lens.scale > 1 && !event.shiftKey) lens.reset(); else lens.zoom(3, ...this.share(event));
    });
    frame.addEventListener("wheel", event => {
      // A plain wheel scrolls the page until somebody has zoomed on purpose.
      if (!event.ctrlKey && !event.metaKey && lens.scale === 1) return;
      event.preventDefault();
      lens.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), ...this.share(event));
    }, { passive: false });
    frame.addEventListener("blur", () => lens.point(null));
    frame.addEventListener("keydown", event => this.press(event));
  }

  press(event) {
    const step = event.shiftKey ? 10 : 1, moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const { lens, picture } = this, move = moves[event.key];
    const at = lens.at ?? { x: picture.width >> 1, y: picture.height >> 1 };
    if (move) {
      lens.point(this.bounded(at.x + move[0] * step, at.y + move[1] * step));
      announce(this.reading.textContent);
    } else if (event.key === "+" || event.key === "=" || event.key === "-") {
      const x = ((at.x + 0.5) / picture.width - lens.left) * lens.scale, y = ((at.y + 0.5) / picture.height - lens.top) * lens.scale;
      lens.zoom(event.key === "-" ? 1 / 1.5 : 1.5, x, y);
    } else if (event.key === "0") { lens.reset(); } else { return; }
    event.preventDefault();
  }
}

/** How a similarity is judged: good, doubtful, bad, or not known. */
export function grade(similarity) {
  return similarity === undefined ? "unknown" : similarity > 0.9 ? "bad" : similarity > 0.5 ? "doubtful" : "good";
}

function similarity(check) { return check.similarity === undefined ? "–" : check.similarity.toFixed(2).replace("-", "−"); }
