// The rows of the page: a picture and a target each, with a panel for every method.
import { percent, compact } from "./values.js";
import { element } from "./elements.js";
import { Lens, View } from "./view.js";
import { boxName, isSameBox } from "./boxes.js";

/** All rows, and the views in them. */
export function rows(page, state) {
  const lenses = page.pictures.map(() => new Lens()), views = [];
  const sections = page.rows.map((row, index) => {
    const heading = element("h2", { id: `row-${index}` }, row.title);
    if (row.refusal) {
      return element("section", { class: "row", "aria-labelledby": heading.id },
        element("header", {}, heading, element("p", { class: "about" }, row.subtitle)),
        element("p", { class: "refusal" }, row.refusal));
    }
    const picture = page.pictures[row.picture], lens = lenses[row.picture];
    const original = new View(row, null, picture, lens, state);
    const panels = row.panels.map(panel => panel.error ? missing(panel, picture, state) : new View(row, panel, picture, lens, state));
    views.push(original, ...panels.filter(panel => panel instanceof View));
    const about = [picture.name, row.subtitle].filter(Boolean).join(" · ");
    const section = element("section", { class: "row", "aria-labelledby": heading.id },
      element("header", {}, heading, element("p", { class: "about" }, about), picture.boxes ? boxList(row, picture) : ranking(row)),
      element("div", { class: "grid" }, original.figure, panels.map(panel => panel.figure)));
    section.figures = new Map(row.panels.map((panel, i) => [panel.method, panels[i].figure]));
    return section;
  });
  return { sections, views, lenses };
}

/** A method that does not apply, with the reason. */
function missing(panel, picture, state) {
  const hide = element("button", {
    type: "button", class: "hide", "aria-label": `Hide ${panel.title}`, title: "Hide this method",
    onclick: () => state.toggle(panel.method),
  }, "×");
  return {
    figure: element("figure", { class: "panel missing", "data-method": panel.method },
      element("figcaption", {}, element("span", { class: "title" }, panel.title), hide),
      element("div", { class: "view", style: `aspect-ratio: ${picture.width} / ${picture.height}` },
        element("div", { class: "message" }, element("strong", {}, "not applicable"), panel.error))),
  };
}

/** What a detector found in the picture. */
function boxList(row, picture) {
  if (!picture.boxes.length) return null;
  const most = 24, shown = picture.boxes.slice(0, most), more = picture.boxes.length - shown.length;
  return element("ol", { class: "ranking", "aria-label": "The boxes that the network found" },
    shown.map(box => element("li", { class: isSameBox(box, row.box) ? "target" : null },
      element("span", { class: "meter", style: `--share: ${box.probability}` }), element("span", { class: "number" }, boxName(box)))),
    more ? element("li", {}, `and ${more} more`) : null);
}

/** What the network takes the picture for. */
function ranking(row) {
  if (!row.predictions?.length) return null;
  return element("ol", { class: "ranking", "aria-label": "What the network takes the picture for" },
    row.predictions.map(each => {
      const name = each.label ?? (each.side ? each.side : each.probability === undefined ? `number ${each.index}` : `class ${each.index}`);
      const share = each.share ?? each.probability;
      const value = share === undefined ? compact(each.value ?? 0) : percent(share);
      return element("li", { class: row.title.startsWith(name) ? "target" : null },
        element("span", { class: "meter", style: `--share: ${share === undefined ? 0 : Math.max(0, Math.min(1, share))}` }),
        element("span", {}, name), element("span", { class: "number" }, value));
    }));
}

/** Puts the panels of each row in an order, the hidden ones out of sight. */
export function arrange(sections, order, hidden) {
  for (const section of sections) {
    if (!section.figures) continue;
    const grid = section.querySelector(".grid");
    for (const method of order) {
      const figure = section.figures.get(method);
      if (!figure) continue;
      figure.hidden = hidden.has(method);
      grid.append(figure);
    }
  }
}
