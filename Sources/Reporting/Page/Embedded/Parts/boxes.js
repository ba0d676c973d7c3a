// A detector's boxes, drawn over a picture.
import { percent } from "./values.js";
import { element } from "./elements.js";

/** What a box is called: `2 dog 87.3 %`. */
export function boxName(box) { return `${box.number === undefined ? "" : `${box.number} `}${box.name} ${percent(box.probability)}`; }

/** Whether two are the same box. */
export function isSameBox(a, b) { return Boolean(a && b) && ["left", "top", "right", "bottom", "name"].every(key => a[key] === b[key]); }

/** Boxes over a picture, one of them the one that is explained; `choose` is told of one that is clicked. */
export class Boxes {
  constructor(choose) {
    this.choose = choose;
    this.element = element("div", { class: choose ? "boxes choice" : "boxes" });
  }

  /** Draws these boxes, `asked` before all others. */
  show(boxes, asked) {
    // The likeliest lie above the others.
    this.boxes = [...boxes].reverse().filter(box => !isSameBox(box, asked)).concat(asked ? [asked] : []);
    this.element.replaceChildren(...this.boxes.map(box => {
      const kind = box === asked ? "box asked" : "box", name = boxName(box);
      const label = element("span", {}, box === asked ? name : box.number === undefined ? box.name : String(box.number));
      if (!this.choose) return element("div", { class: kind, title: name }, label);
      return element("button", {
        type: "button", class: kind, title: name, "aria-label": `Explain box ${name}`, "aria-pressed": String(box === asked),
        onclick: () => this.choose(box), "data-box": box.number,
      }, label);
    }));
    this.place();
  }

  /** Puts them where they lie, on a picture that may be enlarged. */
  place({ scale, left, top } = { scale: 1, left: 0, top: 0 }) {
    const share = number => `${100 * scale * number}%`;
    for (const [i, box] of (this.boxes ?? []).entries()) {
      Object.assign(this.element.children[i].style, {
        left: share(box.left - left), top: share(box.top - top), width: share(box.right - box.left), height: share(box.bottom - box.top),
      });
    }
  }
}
