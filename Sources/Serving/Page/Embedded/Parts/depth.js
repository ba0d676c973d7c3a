// One method on the layers of a network, from the first to the last: it answers while the slider is dragged.
import { compact } from "./values.js";
import { element } from "./elements.js";
import { State } from "./controls.js";
import { Lens, View } from "./view.js";
import { ask } from "./asking.js";
import { field } from "./fields.js";

/** The slider with its panel. `question()` is what is asked at the moment; `chosen` is told of a layer that is settled on. */
export class Depth {
  constructor(colorMaps, problems, question, chosen) {
    Object.assign(this, { problems, question, chosen, state: new State({ colorMaps, methods: [], rows: [] }) });
    this.slider = element("input", { type: "range", min: 0, value: 0, "data-control": "depth", "aria-label": "Layer, from the first to the last" });
    this.method = element("input", { value: "grad-cam", spellcheck: "false", autocomplete: "off", "data-control": "depth-method" });
    this.name = element("strong", {});
    this.about = element("span", { class: "quiet" });
    this.place = element("div", { class: "depth-view" });
    this.use = element("button", { type: "button", class: "tool", "data-control": "use-layer", onclick: () => this.chosen(this.layer?.name) }, "Use this layer for all methods");
    this.element = element("section", { class: "row depth", "aria-labelledby": "depth", hidden: true },
      element("header", {}, element("h2", { id: "depth" }, "Through the layers"),
        element("p", { class: "about" }, "What one method shows on each layer, from edges to objects. Drag.")),
      element("div", { class: "depth-grid" }, this.place,
        element("div", { class: "depth-controls" }, field("Method", this.method), field("Layer", this.slider),
          element("p", {}, this.name), element("p", {}, this.about), this.use)));
    this.slider.addEventListener("input", () => this.moved());
    this.method.addEventListener("change", () => this.refresh());
  }

  get layer() { return this.layers?.[Number(this.slider.value)]; }

  /** Another network: its layers. */
  show(network) {
    this.layers = network.layers.filter(layer => layer.suitability === "suitable");
    this.slider.max = Math.max(0, this.layers.length - 1);
    const own = this.layers.findIndex(layer => layer.name === network.layer);
    this.slider.value = own < 0 ? this.layers.length - 1 : own;
  }

  /** Another picture, as the page shows it. */
  take(picture) {
    this.picture = picture;
    this.view = null;
    this.element.hidden = !picture || !this.layers?.length;
    if (picture) this.refresh();
  }

  moved() {
    const { layer } = this;
    if (!layer) return;
    this.name.textContent = layer.name;
    this.about.textContent = `${layer.operator}, ${layer.shape.join(" × ")} · ${Number(this.slider.value) + 1} of ${this.layers.length}`;
    this.slider.setAttribute("aria-valuetext", layer.name);
    this.refresh();
  }

  /** Asks for the map at hand; while one is on its way, the latest wish is kept and the others are dropped. */
  async refresh() {
    if (!this.picture || !this.layer) return;
    this.isStale = true;
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      while (this.isStale) {
        this.isStale = false;
        const wish = this.layer, start = performance.now();
        const answer = await ask("api/map", { ...this.question(), methods: this.method.value, layer: wish.name });
        await this.paint(answer.panels, wish, performance.now() - start);
      }
      this.problems.clear();
    } catch (error) { this.problems.tell(error); } finally { this.isAsking = false; }
  }

  async paint(panels, layer, milliseconds) {
    const [panel] = panels.panels;
    this.name.textContent = layer.name;
    this.about.textContent = `${layer.operator}, ${layer.shape.join(" × ")} · ${this.layers.indexOf(layer) + 1} of ${this.layers.length} · ${Math.round(milliseconds)} ms`;
    if (panel.error) throw Object.assign(new Error(panel.error), { status: 422 });
    if (!this.view) {
      this.view = new View({ title: panels.title, box: panels.box }, panel, this.picture, new Lens(), this.state);
      this.place.replaceChildren(this.view.frame, this.view.scaleBar);
    } else { Object.assign(this.view, { panel, loading: null, row: { title: panels.title, box: panels.box } }); }
    await this.view.paint(true);
    this.place.dataset.layer = layer.name;
    this.place.dataset.range = panel.range.map(compact).join(" … ");
  }
}
