// How the page was made, and whom to cite.
import { copying, element } from "./elements.js";

/** What stands below all rows. */
export function facts(page, state) {
  const list = element("ol", { class: "citations" });
  const shown = () => page.methods.filter(method => !state.hidden.has(method.expression));
  const fill = () => list.replaceChildren(...entries(shown()).map(entry =>
    element("li", {}, element("strong", {}, entry.name), ". ", linked(entry.citation))));
  state.addEventListener("arrangement", fill);
  fill();
  return element("div", { class: "facts" },
    element("section", { "aria-labelledby": "made" }, element("h2", { id: "made" }, "How this was made"),
      page.command ? element("div", { class: "command" }, element("code", { tabindex: 0 }, page.command), copying("Copy", () => page.command)) : null,
      element("p", {}, `Limn ${page.versions.limn}, oneDNN ${page.versions.oneDNN}. ${page.subtitle[0].toUpperCase() + page.subtitle.slice(1)}.`),
      page.footer.map(line => element("p", { class: "quiet" }, line)),
      precision(page),
      page.notes.length ? element("ul", { class: "notes", "aria-label": "Notes" }, page.notes.map(note => element("li", {}, note))) : null),
    element("section", { "aria-labelledby": "sources" },
      element("h2", { id: "sources" }, "Methods shown", copying("Copy citations", () => entries(shown()).map(each => `${each.name}. ${each.citation}`).join("\n"))),
      list));
}

/** Each source once, in the order of the methods. */
function entries(methods) {
  const found = new Map();
  for (const source of methods.flatMap(method => method.sources)) if (!found.has(source.name)) found.set(source.name, source);
  return [...found.values()];
}

/** A citation whose number in an archive leads there. */
function linked(citation) {
  const parts = citation.split(/(arXiv:\d{4}\.\d{4,5}|doi:\S+[^\s.,;])/);
  return parts.map((part, i) => {
    if (i % 2 === 0) return part;
    const [kind, number] = [part.slice(0, part.indexOf(":")), part.slice(part.indexOf(":") + 1)];
    return element("a", { href: (kind === "doi" ? "https://doi.org/" : "https://arxiv.org/abs/") + number, rel: "noreferrer" }, part);
  });
}

/** How exactly the page holds the numbers it shows. */
function precision(page) {
  const planes = page.rows.flatMap(row => row.panels).flatMap(panel =>
    [[panel.values, panel.signedScale], [panel.sizes, panel.evidenceScale]]).filter(([plane, scale]) => plane?.step !== undefined && scale > 0);
  if (!page.rows.length) return null;
  const worst = planes.reduce((most, [plane, scale]) => Math.max(most, plane.step / scale / 2), 0);
  const rounded = worst === 0 ? "" : ` Those of single pixels are rounded by at most ${(100 * worst).toPrecision(1)} % of full intensity.`;
  return element("p", { class: "quiet" },
    `Colours, threshold and readings are computed here from the signed values, not from pictures of them.${rounded}`);
}
