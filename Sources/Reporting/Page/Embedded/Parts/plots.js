// Drawings of numbers: means with their intervals, and curves.
import { compact } from "./values.js";
import { drawing, element } from "./elements.js";

/** Colors that tell methods apart, also for people who do not see all of them (Okabe and Ito, 2008). */
const hues = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#6a3d9a", "#8c510a", "#7f7f7f", "#b2182b", "#1b7837", "#999933"];

/** The color of the method of this number. */
export function hue(index) { return hues[index % hues.length]; }

/** How far apart about `count` round numbers lie. */
function spacing(low, high, count) {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map(factor => factor * power).find(step => step >= rough) ?? rough;
}

/** Round numbers that an axis shows. */
function ticks(low, high, count = 5) {
  const step = spacing(low, high, count), found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) found.push(Number((i * step).toPrecision(12)));
  return found;
}

/** Means as dots, the intervals that hold them as bars: a line for each method. */
export function dotPlot(names, standings, title) {
  const known = standings.flatMap(each => [each.mean, ...(each.interval ?? [])]).filter(number => Number.isFinite(number));
  if (!known.length) return null;
  let [low, high] = [Math.min(...known), Math.max(...known)];
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const pad = (high - low) * 0.06, width = 560, left = 170, line = 26, right = 70;
  [low, high] = [low - pad, high + pad];
  const x = number => left + (number - low) / (high - low) * (width - left - right);
  const height = names.length * line + 30, bottom = names.length * line + 6;
  const marks = ticks(low, high).flatMap(tick => [
    drawing("line", { x1: x(tick), x2: x(tick), y1: 2, y2: bottom, class: "gridline" }),
    text(x(tick), bottom + 16, compact(tick), "middle", "tick")]);
  names.forEach((name, i) => {
    const y = i * line + line / 2 + 2, standing = standings[i];
    marks.push(text(left - 12, y + 4, shortened(name, 24), "end", "name"));
    if (!Number.isFinite(standing.mean)) { marks.push(text(left + 4, y + 4, "undefined", "start", "tick")); return; }
    if (standing.interval) {
      marks.push(drawing("line", { x1: x(standing.interval[0]), x2: x(standing.interval[1]), y1: y, y2: y, stroke: hue(i), "stroke-width": 3, "stroke-linecap": "round", opacity: 0.45 }));
    }
    marks.push(drawing("circle", { cx: x(standing.mean), cy: y, r: standing.comparison === "best" ? 5.5 : 4.5, fill: hue(i) }),
      text(width - right + 10, y + 4, compact(standing.mean), "start", standing.comparison === "best" ? "value best" : "value"));
  });
  return drawing("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title, class: "plot" }, marks);
}

/** The mean curves of all methods over one axis. */
export function curvePlot(names, curves, title) {
  const first = curves.find(Boolean), width = 560, height = 270, left = 54, right = 14, top = 10, bottom = 44;
  if (!first) return null;
  const all = curves.filter(Boolean), xs = all.flatMap(curve => curve.x), ys = all.flatMap(curve => curve.y).filter(Number.isFinite);
  let [low, high] = [Math.min(...ys, 0), Math.max(...ys)];
  if (low === high) high = low + 1;
  // Up to the next round number, so that the highest point can be read.
  high = spacing(low, high, 4) * Math.ceil(high / spacing(low, high, 4) - 1e-9);
  const [start, end] = [Math.min(...xs), Math.max(...xs)];
  const x = number => left + (number - start) / (end - start || 1) * (width - left - right);
  const y = number => top + (high - number) / (high - low) * (height - top - bottom);
  const marks = [
    ...ticks(low, high, 4).flatMap(tick => [
      drawing("line", { x1: left, x2: width - right, y1: y(tick), y2: y(tick), class: "gridline" }), text(left - 8, y(tick) + 4, compact(tick), "end", "tick")]),
    ...ticks(start, end, 6).map(tick => text(x(tick), height - bottom + 18, compact(tick), "middle", "tick")),
    text((left + width - right) / 2, height - 6, first.places, "middle", "axis"),
  ];
  curves.forEach((curve, i) => {
    if (!curve) return;
    const points = Array.from(curve.x, (place, k) => `${x(place).toFixed(1)},${y(curve.y[k]).toFixed(1)}`).join(" ");
    marks.push(drawing("polyline", { points, stroke: hue(i), class: "curve", "data-series": i }, drawing("title", {}, names[i])));
  });
  return drawing("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title, class: "plot" }, marks);
}

/** The methods with their colors; pointing at one dims the curves of the others. */
export function legend(names, container) {
  const dim = series => container.querySelectorAll(".curve").forEach(curve =>
    curve.classList.toggle("dimmed", series !== null && curve.dataset.series !== String(series)));
  return element("ul", { class: "legend" }, names.map((name, i) => element("li", {
    onpointerenter: () => dim(i), onpointerleave: () => dim(null),
  }, element("i", { style: `background: ${hue(i)}` }), name)));
}

function text(x, y, words, anchor, kind) { return drawing("text", { x, y, "text-anchor": anchor, class: kind }, words); }

function shortened(name, most) { return name.length > most ? name.slice(0, most - 1) + "…" : name; }
