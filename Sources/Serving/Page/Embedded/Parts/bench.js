// The form: which photograph, which network, what is asked, and by which methods.
import { percent } from "./values.js";
import { announce, element } from "./elements.js";
import { ask, file, follow, Problem, read, send, sendNetwork } from "./asking.js";
import { button, chips, field, ProblemPlace, ProgressPlace } from "./fields.js";
import { Boxes } from "./boxes.js";
import { explanations } from "./explanations.js";

const sets = [["fast", "those without passes of their own"], ["cams", "class activation maps"], ["gradients", ""], ["propagation", "relevance propagation"],
  ["perturbation", "occlusion and others of many passes"], ["transformers", "those that follow attention"], ["controls", "what says nothing of the network"]];

/** What files of networks end in. */
const networkEnding = /\.(onnx|keras|h5|pt2|pth|pt|safetensors)$/i;

export class Bench {
  /** `networkBytes` is how large a network may be that is sent, zero where none is taken. */
  constructor(networks, methods, networkBytes) {
    Object.assign(this, { networks, methods, networkBytes, problems: new ProblemPlace(), progress: new ProgressPlace(), image: null });
    const input = attributes => element("input", { spellcheck: "false", autocomplete: "off", ...attributes });
    this.network = element("select", { "data-control": "network", onchange: () => this.open() }, networks.map(each => element("option", { value: each.name }, each.name)));
    this.target = input({ list: "classes", placeholder: "the network’s own answer", "data-control": "target", onchange: () => this.asked() });
    this.box = input({ placeholder: "the likeliest", "data-control": "box", onchange: () => this.asked() });
    this.region = input({ placeholder: "where the class is predicted", "data-control": "region", onchange: () => this.asked() });
    this.text = input({ class: "code", "data-control": "methods" });
    this.layer = input({ placeholder: "the network’s own choice", list: "layers", "data-control": "layer" });
    this.check = element("input", { type: "checkbox", "data-control": "check" });
    this.classes = element("datalist", { id: "classes" });
    this.layers = element("datalist", { id: "layers" });
    this.found = element("div", { class: "found" });
    this.chooser = element("input", { type: "file", accept: `image/*,.tif,.tiff,.heic${networkBytes ? ",.onnx,.keras,.h5,.pt2,.pth,.pt,.safetensors" : ""}`, class: "offscreen", "data-control": "file", "aria-label": "Photograph", onchange: () => this.take(this.chooser.files[0]) });
    this.drop = element("div", { class: "drop" });
    this.run = button("Explain", () => this.explain(), { class: "primary", "data-control": "explain", disabled: true });
    this.cancel = button("Cancel", () => this.working?.abort(), { class: "tool", hidden: true, "data-control": "cancel" });
    // A box of the picture is explained when it is clicked.
    this.boxes = new Boxes(box => {
      this.box.value = String(box.number);
      this.asked();
      this.explain();
    });
    this.results = element("div", { class: "results" });
    this.fields = {
      network: field("Network", this.network),
      box: field("Box: a number of the list, or left,top,right,bottom", this.box),
      region: field("Region: left,top,right,bottom or x,y in pixels, or ‘all’", this.region),
    };
    this.element = element("section", { class: "bench", "aria-label": "What is explained" }, this.drop, element("div", { class: "form" },
      this.fields.network,
      field("Class: a name, a number, top:3, or A - B; several with ;", this.target, this.classes), this.fields.box, this.fields.region, this.found,
      field("Methods, separated by commas", this.text), this.catalogue(),
      field("Layer, for methods that were given none", this.layer, this.layers),
      element("label", { class: "tick" }, this.check, "Check each map against another class and random weights"),
      element("div", { class: "actions" }, this.run, this.cancel, this.progress.element), this.problems.element));
    this.fields.network.hidden = networks.length < 2;
    this.listen();
    this.fill();
  }

  /** Lists of what there is, to click rather than type. */
  catalogue() {
    const add = text => {
      const now = this.text.value.trim();
      this.text.value = now ? `${now}, ${text}` : text;
    };
    return element("details", {}, element("summary", {}, `All ${this.methods.length} methods`),
      chips("Families", sets.map(([name, title]) => [name, title]), add),
      chips("Methods", this.methods.map(each => [each.title, `${each.identifier}: ${each.summary}`, each.identifier]), add));
  }

  listen() {
    const over = event => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      this.drop.classList.toggle("over", event.type !== "dragleave" && event.type !== "drop");
      if (event.type === "drop") this.take(event.dataTransfer.files[0]);
    };
    for (const type of ["dragenter", "dragover", "dragleave", "drop"]) addEventListener(type, over);
    addEventListener("paste", event => { if (event.clipboardData.files.length) this.take(event.clipboardData.files[0]); });
    for (const each of [this.text, this.layer]) each.addEventListener("keydown", event => { if (event.key === "Enter") this.explain(); });
  }

  /** What stands in the place for the photograph. */
  fill() {
    const { picture } = this, scenes = this.description?.scenes ?? [];
    this.drop.replaceChildren(...[
      picture ? element("div", { class: "shown" }, element("img", { src: picture.source, alt: picture.name }), this.boxes.element) : element("p", {}, this.networkBytes ? "Drop a photograph or a network here, paste a photograph, or" : "Drop a photograph here, paste one, or"),
      button(picture ? "Another photograph" : "Choose a photograph", () => this.chooser.click(), { class: "tool" }), this.chooser,
      scenes.length ? chips("Scenes", scenes.map(name => [name, "A scene that the demo network knows"]), name => this.choose(`scene:${name}`)) : null,
    ].filter(Boolean));
  }

  /** Opens the network that is chosen. */
  async open() {
    await this.doing("opening the network", async signal => {
      this.description = null;
      const network = await read(`api/networks/${encodeURIComponent(this.network.value)}`, signal);
      this.description = network;
      this.classes.replaceChildren(...(network.names ?? []).map(name => element("option", { value: name })));
      this.layers.replaceChildren(...network.layers.filter(layer => layer.suitability === "suitable").map(layer => element("option", { value: layer.name })));
      this.text.placeholder = network.standard.join(", ");
      this.fields.box.hidden = network.answers !== "boxes";
      this.fields.region.hidden = network.answers !== "places";
      [this.target.value, this.box.value, this.region.value, this.layer.value] = ["", "", "", ""];
      if (this.image?.startsWith("scene:") && !network.scenes.includes(this.image.slice(6))) [this.image, this.picture] = [null, null];
      this.fill();
      this.opened?.(network);
      if (this.image) await this.look(signal);
    });
  }

  async take(photograph) {
    if (!photograph) return;
    if (networkEnding.test(photograph.name ?? "")) return this.takeNetwork(photograph);
    await this.doing("sending the photograph", async signal => {
      const { image } = await send(photograph, signal);
      this.image = image;
      await this.look(signal);
    });
  }

  async takeNetwork(file) {
    const megabytes = count => `${Math.round(count / 1e6)} MB`;
    if (!this.networkBytes) return this.problems.tell(new Problem("this server takes no networks: start it with --accept-models, or name the network with --model", 403));
    if (file.size > this.networkBytes) return this.problems.tell(new Problem(`${file.name} has ${megabytes(file.size)}, and at most ${megabytes(this.networkBytes)} are taken (--model-size)`, 413));
    let name;
    await this.doing("sending the network, and opening it", async signal => { ({ name } = await sendNetwork(file, signal)); });
    if (!name) return;
    this.networks = await read("api/networks");
    this.network.replaceChildren(...this.networks.map(each => element("option", { value: each.name }, each.name)));
    this.network.value = name;
    this.fields.network.hidden = this.networks.length < 2;
    await this.open();
  }

  async choose(image) {
    await this.doing("looking", async signal => {
      this.image = image;
      await this.look(signal);
    });
  }

  /** What is asked at the moment. */
  question() {
    const several = text => text.split(";").map(each => each.trim()).filter(Boolean);
    return {
      network: this.network.value || undefined, image: this.image, targets: several(this.target.value),
      boxes: this.fields.box.hidden ? undefined : several(this.box.value),
      region: this.fields.region.hidden ? undefined : this.region.value || undefined,
    };
  }

  /** Shows the network the photograph. */
  async look(signal) {
    const answer = await ask("api/predict", { ...this.question(), format: "page", top: 5 }, signal);
    this.picture = answer.picture;
    this.fill();
    this.mark();
    const { predictions, boxes } = answer.report;
    const name = each => each.label ?? each.side ?? `class ${each.index}`;
    const words = (boxes?.length ? boxes.slice(0, 12).map(box => [`${box.number} ${name(box)} ${percent(box.probability)}`, "Explain this box", box.number])
      : predictions.map(each => [`${name(each)} ${percent(each.share ?? each.probability ?? 0)}`, "Explain this class", each.label ?? each.index]));
    this.found.replaceChildren(element("span", { class: "label" }, boxes?.length ? "Boxes found" : "What the network sees"),
      chips("What the network sees", words, value => {
        (boxes?.length ? this.box : this.target).value = String(value);
        this.asked();
      }));
    this.run.disabled = false;
    this.seen?.(this.picture);
    announce(`The network sees ${words.map(([text]) => text).join(", ")}`);
  }

  /** Something else is asked about the same photograph. */
  asked() {
    if (!this.picture) return;
    this.mark();
    this.seen?.(this.picture);
  }

  /** Draws the boxes with the one that is asked about. */
  mark() {
    const boxes = this.picture?.boxes ?? [], number = Number(this.box.value.split(";")[0]);
    this.boxes.show(boxes, boxes.find(box => box.number === number));
  }

  /** Does something that may be cancelled; what was under way is. */
  async doing(words, body) {
    this.working?.abort();
    const working = this.working = new AbortController();
    this.problems.clear();
    this.progress.begin(words);
    this.cancel.hidden = false;
    try { await body(working.signal); } catch (error) { this.problems.tell(error); } finally {
      if (this.working === working) {
        this.progress.end(working.signal.aborted ? "Cancelled" : "");
        this.cancel.hidden = true;
        this.working = null;
      }
    }
  }

  get whole() {
    return { ...this.question(), methods: this.text.value || undefined, layer: this.layer.value || undefined, check: this.check.checked };
  }

  /** Explains the photograph, and shows what comes of it. */
  async explain() {
    if (!this.image) return;
    await this.doing("waiting for a turn", async signal => {
      const question = this.whole;
      const page = await follow("api/explain", { ...question, format: "page" }, news => this.progress.hear(news), signal);
      this.content?.end();
      this.content = explanations(page);
      this.results.replaceChildren(this.saving(question), ...this.content.elements);
      announce(`${page.rows.length === 1 ? "One target" : `${page.rows.length} targets`} explained`);
      this.results.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    });
  }

  /** Files of what is shown. */
  saving(question) {
    const save = ending => this.doing("writing the file", async signal => {
      const address = URL.createObjectURL(await file("api/explain", { ...question, format: ending }, signal));
      element("a", { href: address, download: `limn.${ending}` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 10000);
    });
    return element("div", { class: "saving" }, element("span", { class: "label" }, "Save"),
      [["html", "Page"], ["png", "Sheet"], ["pdf", "PDF"], ["json", "Report"], ["npz", "Arrays"]].map(([ending, words]) =>
        button(words, () => save(ending), { class: "tool", "data-save": ending })));
  }
}
