// Fields of the form, and where problems are told.
import { announce, element } from "./elements.js";

/** A field under its label. */
export function field(label, input, ...more) {
  return element("label", { class: "field" }, element("span", { class: "label" }, label), input, ...more);
}

export function button(words, click, attributes = {}) { return element("button", { type: "button", onclick: click, ...attributes }, words); }

/** Words that can be clicked instead of typed. */
export function chips(label, words, click) {
  return element("div", { class: "chips", role: "group", "aria-label": label },
    words.map(([text, title, value]) => button(text, () => click(value ?? text), { class: "chip", title })));
}

/** A place for what went wrong; expressions keep their lines, so that carets point where they should. */
export class ProblemPlace {
  constructor() { this.element = element("pre", { class: "problem", role: "alert", hidden: true }); }

  tell(error) {
    if (error?.name === "AbortError") return;
    this.element.textContent = error ? error.message : "";
    this.element.hidden = !error;
    if (error && !(error instanceof Error && error.status !== undefined)) console.error(error);
  }

  clear() { this.tell(null); }
}

/** How far something has come. */
export class ProgressPlace {
  constructor() {
    this.bar = element("progress", { "aria-label": "How far the methods have come" });
    this.words = element("span", {});
    this.element = element("div", { class: "progress", hidden: true }, this.bar, this.words);
  }

  begin(words) {
    this.element.hidden = false;
    this.bar.removeAttribute("value");
    this.words.textContent = words;
  }

  hear(news) {
    if (news.waits !== undefined) {
      this.words.textContent = news.waits === 0 ? "at work" : news.waits === 1 ? "one request is before yours" : `${news.waits} requests are before yours`;
    }
    if (news.works) {
      [this.bar.max, this.bar.value] = [news.works.total, news.works.passes];
      this.words.textContent = `${news.works.passes} of ${news.works.total} passes`;
    }
  }

  end(words = "") {
    this.element.hidden = true;
    if (words) announce(words);
  }
}
