// Folders of photographs, a page at a time: what the network sees in each, and a click to explain it.
import { percent } from "./values.js";
import { announce, element } from "./elements.js";
import { ask, read } from "./asking.js";
import { button, field, ProblemPlace } from "./fields.js";

const count = 24;

/** The view of the folders; `network()` names the network, and `chosen` is told of a photograph that is clicked. */
export class Folder {
  constructor(folders, network, chosen) {
    Object.assign(this, { folders, problems: new ProblemPlace(), network, chosen, from: 0, total: 0, isOpen: false });
    const again = () => { this.from = 0; this.show(); };
    this.which = element("select", { "data-control": "folder", onchange: again }, folders.map(each => element("option", { value: each.name }, each.name)));
    this.find = element("input", { type: "search", spellcheck: "false", autocomplete: "off", placeholder: "all of them", "data-control": "find", onchange: again });
    this.back = button("← Previous", () => this.turn(-count), { class: "tool", "data-control": "previous" });
    this.next = button("Next →", () => this.turn(count), { class: "tool", "data-control": "next" });
    this.place = element("output", { class: "quiet", "data-control": "place" });
    this.list = element("ul", { class: "photos" });
    this.element = element("section", { class: "row", "aria-labelledby": "folder" },
      element("header", {}, element("h2", { id: "folder" }, "Photographs"),
        element("p", { class: "about" }, "What the network sees in each. Click one to explain it.")),
      element("div", { class: "pager" }, folders.length > 1 ? field("Folder", this.which) : null, field("Name", this.find),
        element("div", { class: "actions" }, this.back, this.place, this.next)),
      this.problems.element, this.list);
  }

  /** Another part of the folder. */
  turn(step) {
    this.from = Math.max(0, Math.min(this.from + step, this.total - 1));
    this.show();
    this.element.scrollIntoView({ block: "start" });
  }

  /** Nobody looks any longer. */
  close() {
    this.isOpen = false;
    this.asking?.abort();
  }

  /** Somebody looks, or another network does. */
  open() {
    this.isOpen = true;
    this.show();
  }

  async show() {
    if (!this.isOpen) return;
    this.asking?.abort();
    const { signal } = this.asking = new AbortController();
    this.isReady = false;
    this.problems.clear();
    try {
      const query = new URLSearchParams({ from: this.from, count });
      if (this.find.value.trim()) query.set("find", this.find.value.trim());
      const page = await read(`api/folders/${encodeURIComponent(this.which.value || this.folders[0].name)}?${query}`, signal);
      this.total = page.total;
      const last = page.from + page.photographs.length;
      this.place.textContent = page.total === 0 ? (this.find.value ? "no photograph of this name" : "no photographs") : `${page.from + 1}–${last} of ${page.total}`;
      [this.back.disabled, this.next.disabled] = [page.from === 0, last >= page.total];
      const cards = page.photographs.map(each => this.card(each));
      this.list.replaceChildren(...cards.map(card => element("li", {}, card.button)));
      announce(this.place.textContent);
      // Two at a time: the network is busy while the next is read.
      await Promise.all([this.look(cards, signal), this.look(cards, signal)]);
      this.isReady = !signal.aborted;
    } catch (error) { this.problems.tell(error); }
  }

  card({ image, name }) {
    const says = element("span", { class: "sees quiet" }, "…");
    const picture = element("img", { src: `api/thumbnail?image=${encodeURIComponent(image)}`, alt: "", loading: "lazy", decoding: "async" });
    picture.addEventListener("error", () => picture.replaceWith(element("span", { class: "blank", "aria-hidden": "true" }, "?")));
    const made = button(null, () => this.chosen(image), { class: "photo", "data-image": image, title: name });
    made.replaceChildren(picture, element("span", { class: "name" }, name), says);
    return { image, says, button: made };
  }

  /** Asks about the photographs that nobody has asked about yet. */
  async look(cards, signal) {
    for (let card; !signal.aborted && (card = cards.find(each => !each.isAsked));) {
      card.isAsked = true;
      try {
        const answer = await ask("api/predict", { network: this.network(), image: card.image, top: 1 }, signal);
        card.says.replaceChildren(...words(answer));
      } catch (error) {
        if (error.name === "AbortError") return;
        card.says.textContent = error.message;
        card.button.classList.add("refused");
        if (error.status === 0) throw error;
      }
    }
  }
}

/** What a network says of a photograph, in a line. */
function words({ predictions: [first], boxes }) {
  if (boxes) {
    if (!boxes.length) return ["nothing found"];
    const counts = new Map();
    for (const box of boxes) counts.set(box.label ?? `class ${box.index}`, (counts.get(box.label ?? `class ${box.index}`) ?? 0) + 1);
    return [[...counts].slice(0, 4).map(([name, number]) => number > 1 ? `${number} × ${name}` : name).join(", ") + (counts.size > 4 ? " …" : "")];
  }
  if (!first) return ["–"];
  const share = first.share ?? first.probability;
  return [`${first.label ?? first.side ?? `class ${first.index}`} `, share === undefined ? "" : element("span", { class: "number" }, percent(share))];
}
