// The camera: frames as they come, explained and painted over, as many in a second as the network allows.
import { colorTable, painted } from "./painting.js";
import { unpacked } from "./values.js";
import { announce, element } from "./elements.js";
import { Boxes } from "./boxes.js";
import { frame } from "./asking.js";
import { button, field, ProblemPlace } from "./fields.js";

const width = 320;

export class Camera {
  constructor(colorMaps, network) {
    Object.assign(this, { problems: new ProblemPlace(), network });
    this.look = {
      isSigned: () => false, colors: colorTable(colorMaps.find(map => !map.isDiverging)), threshold: 0, pixels: "over",
      diverging: colorTable(colorMaps.find(map => map.isDiverging)), opacity: 0.5,
    };
    this.video = element("video", { muted: true, playsinline: true, hidden: true });
    this.methods = element("input", { value: "grad-cam", spellcheck: "false", autocomplete: "off", "data-control": "camera-methods" });
    this.target = element("input", { list: "classes", placeholder: "what the network sees", autocomplete: "off", "data-control": "camera-target" });
    this.toggle = button("Start the camera", () => this.isRunning ? this.stop() : this.start(), { class: "primary", "data-control": "camera" });
    this.pin = button("Pin this class", () => this.pinned(), { class: "tool", hidden: true, "data-control": "pin" });
    this.rate = element("output", { class: "rate", "data-control": "rate" });
    this.says = element("p", { class: "says" });
    this.views = element("div", { class: "camera-views" });
    this.element = element("section", { class: "row camera", "aria-labelledby": "camera" },
      element("header", {}, element("h2", { id: "camera" }, "Camera"),
        element("p", { class: "about" }, "Frames stay between this browser and the server, are explained as they come, and kept nowhere.")),
      element("div", { class: "form" }, field("Methods, one or two", this.methods), field("Class", this.target),
        element("div", { class: "actions" }, this.toggle, this.pin, this.rate)),
      this.problems.element, this.says, this.views, this.video);
    addEventListener("pagehide", () => this.stop());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.stop(); });
  }

  async start() {
    this.problems.clear();
    try {
      if (!navigator.mediaDevices) throw new Error("this browser gives pages from here no camera: open the page as 127.0.0.1, or behind https");
      const stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 }, frameRate: { ideal: 60 } }, audio: false });
      this.video.srcObject = stream;
      await this.video.play();
    } catch (error) { return this.problems.tell(Object.assign(new Error(`there is no camera: ${error.message}`), { status: 0 })); }
    this.ended = new AbortController();
    this.isRunning = true;
    this.toggle.textContent = "Stop";
    this.times = [];
    this.painted = 0;
    this.sent = 0;
    // While the server is busy with one frame, the next waits there and a third is painted: the network never does.
    await Promise.all([this.loop(), this.loop(), this.loop()]);
  }

  stop() {
    if (!this.isRunning) return;
    this.isRunning = false;
    this.ended.abort();
    for (const track of this.video.srcObject?.getTracks() ?? []) track.stop();
    this.video.srcObject = null;
    this.toggle.textContent = "Start the camera";
    announce("The camera is off");
  }

  pinned() {
    if (this.seen === undefined) return;
    this.target.value = this.target.value ? "" : String(this.seen);
    this.pin.textContent = this.target.value ? "Follow what the network sees" : "Pin this class";
  }

  async loop() {
    while (this.isRunning) {
      try {
        const picture = this.grab(), number = ++this.sent;
        const query = { network: this.network(), methods: this.methods.value || "grad-cam", width: picture.width, height: picture.height };
        if (this.target.value) query.target = this.target.value;
        const answer = await frame(picture.samples, query, this.ended.signal);
        if (number > this.painted) {
          this.painted = number;
          await this.paint(picture, answer);
        }
      } catch (error) {
        if (error.name !== "AbortError") {
          this.problems.tell(error);
          this.stop();
        }
      }
    }
  }

  grab() {
    const height = Math.round(width * this.video.videoHeight / this.video.videoWidth);
    const canvas = this.canvas ??= document.createElement("canvas");
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(this.video, 0, 0, width, height);
    return { width, height, samples: context.getImageData(0, 0, width, height).data };
  }

  async paint(picture, { panels, seconds }) {
    picture.geometry = panels.geometry;
    for (const [i, panel] of panels.panels.entries()) {
      const view = this.views.children[i] ?? this.newView(), canvas = view.canvas;
      if (canvas.width !== picture.width || canvas.height !== picture.height) [canvas.width, canvas.height] = [picture.width, picture.height];
      view.lastChild.textContent = panel.error ? `${panel.title}: ${panel.error}` : panel.title;
      canvas.setAttribute("aria-label", `${panel.title}, ${panels.title}`);
      let samples = picture.samples;
      if (!panel.error) {
        panel.numbers = await unpacked(panel.values);
        if (panel.sizes) panel.sizeNumbers = await unpacked(panel.sizes);
        if (panel.evidenceScale > 0) samples = painted(panel, this.look, picture);
      }
      canvas.getContext("2d").putImageData(new ImageData(samples, picture.width, picture.height), 0, 0);
      view.boxes.show([], panels.box);
    }
    while (this.views.children.length > panels.panels.length) this.views.lastChild.remove();
    const [first] = panels.predictions;
    this.seen = first?.label ?? first?.index;
    this.pin.hidden = first === undefined;
    this.says.textContent = panels.title;
    this.count(seconds);
  }

  newView() {
    const canvas = element("canvas", { role: "img" }), boxes = new Boxes();
    const view = element("figure", {}, element("div", { class: "shown" }, canvas, boxes.element), element("figcaption", {}));
    this.views.append(view);
    return Object.assign(view, { canvas, boxes });
  }

  /** Frames per second, and how much of the time is the network's, over the last two seconds. */
  count(seconds) {
    const now = performance.now();
    this.times.push({ now, network: seconds.network });
    while (this.times[0].now < now - 2000) this.times.shift();
    const span = (now - this.times[0].now) / 1000, counted = this.times.slice(1);
    if (span < 0.5) return;
    this.framesPerSecond = counted.length / span;
    this.networkShare = counted.reduce((sum, each) => sum + each.network, 0) / span;
    this.rate.textContent = `${this.framesPerSecond.toFixed(1)} frames per second · ${Math.round(100 * this.networkShare)} % network`;
  }
}
