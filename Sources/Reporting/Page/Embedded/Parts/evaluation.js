// What came of an evaluation: a table to sort, and a chart for each metric.
import { compact } from "./values.js";
import { element } from "./elements.js";
import { curvePlot, dotPlot, hue, legend } from "./plots.js";

/** All of an evaluation. */
export function evaluation(found) {
  const names = found.methods.map(method => method.title);
  const seen = found.photographs === 1 ? "one photograph" : `${found.photographs} photographs`;
  const targets = found.targets === 1 ? "one target" : `${found.targets} targets`;
  return [
    element("section", { class: "row", "aria-labelledby": "standings" },
      element("header", {}, element("h2", { id: "standings" }, "Which map to believe"),
        element("p", { class: "about" }, `${seen}, ${targets}; means, and between which numbers they lie with a probability of 95 %`)),
      element("div", { class: "scrolling", tabindex: 0, role: "region", "aria-label": "Means of all methods by all metrics" }, table(found, names))),
    ...found.metrics.map((metric, i) => chart(metric, names, i)),
  ];
}

/** Methods by metrics; a click on a heading sorts by it, the best first. */
function table(found, names) {
  const body = element("tbody");
  const lines = found.methods.map((method, i) => element("tr", {},
    element("th", { scope: "row" }, element("i", { class: "swatch", style: `background: ${hue(i)}` }), method.title),
    found.metrics.map(metric => cell(metric.report.standings[i]))));
  const headings = [];
  const sort = (column, order) => {
    headings.forEach((heading, i) => heading.setAttribute("aria-sort", i === column ? "ascending" : "none"));
    body.replaceChildren(...order.map(i => lines[i]));
  };
  const given = names.map((_, i) => i);
  headings.push(heading("Method", "in the order given", () => sort(0, given)));
  found.metrics.forEach((metric, k) => headings.push(heading(metric.report.title, `${metric.report.better} is better`, () => {
    const rank = i => metric.report.standings[i].rank ?? Infinity;
    sort(k + 1, given.toSorted((a, b) => rank(a) - rank(b)));
  })));
  sort(0, given);
  return element("table", { class: "standings" }, element("thead", {}, element("tr", {}, headings)), body);
}

function heading(words, note, click) {
  return element("th", { scope: "col" }, element("button", { type: "button", onclick: click, title: `Sort: ${words}, the best first` },
    words, element("small", {}, note)));
}

function cell(standing) {
  if (standing.mean === undefined) return element("td", { class: "undefined", title: standing.reason ?? "" }, "–");
  const interval = standing.interval ? `${compact(standing.interval[0])} … ${compact(standing.interval[1])}` : "";
  return element("td", { class: standing.comparison, title: `${standing.comparison}${interval ? `; ${interval}` : ""}` },
    compact(standing.mean), element("small", {}, `${standing.rank}.`),
    interval ? element("small", { class: "interval" }, interval) : null);
}

function chart(metric, names, index) {
  const { report, curves } = metric;
  const card = element("section", { class: "row metric", "aria-labelledby": `metric-${index}` },
    element("header", {}, element("h2", { id: `metric-${index}` }, report.title),
      element("p", { class: "about" }, `${report.better} is better · ${report.family} · ${metric.citation}`),
      element("p", {}, metric.summary)),
    element("p", { class: "verdict" }, report.verdict));
  const plots = element("div", { class: "plots" }, dotPlot(names, report.standings, `${report.title}: the mean of each method`));
  const kinds = curves.find(list => list.length) ?? [];
  kinds.forEach((first, place) => plots.append(element("figure", {},
    curvePlot(names, curves.map(list => list[place]), `${first.name}: the mean curve of each method`),
    element("figcaption", {}, `${first.values} by ${first.places}, the mean of each method`))));
  card.append(plots);
  if (kinds.length) card.append(legend(names, plots));
  return card;
}
