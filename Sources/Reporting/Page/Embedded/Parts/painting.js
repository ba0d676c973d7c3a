// Numbers as colors: the library's own arithmetic, so that every pixel is the one it draws.
import { frame, placement, projected } from "./geometry.js";

/** A color map's colors as numbers, `0xRRGGBB`. */
export function colorTable(map) {
  return { ...map, table: Uint32Array.from({ length: 256 }, (_, i) => parseInt(map.colors.slice(6 * i, 6 * i + 6), 16)) };
}

const gray = Uint32Array.from({ length: 256 }, (_, i) => i * 0x10101);

/** The place of a number in a table of 256. */
function index(value) {
  return value > 0 ? Math.trunc(Math.fround(Math.fround(Math.min(value, 1) * 255) + 0.5)) : 0;
}

/** An attribution scaled for the eye: 0…1 where evidence is shown, −1…1 where signs are. */
export function shown(panel, signed) {
  const full = signed ? panel.signedScale : panel.evidenceScale;
  const numbers = !signed && panel.kind === "pixels" ? panel.sizeNumbers ?? panel.numbers.map(Math.abs) : panel.numbers;
  if (!(full > 0)) return new Float32Array(numbers.length);
  return numbers.map(value => Math.min(Math.max(Math.fround(value / full), signed ? -1 : 0), 1));
}

/** What a panel looks like, as samples of its picture: four to a pixel. */
export function painted(panel, look, picture) {
  const over = panel.kind === "map" || look.pixels === "over";
  if (!over && look.pixels === "texture" && panel.textureSamples) {
    return placed(panel.textureSamples, panel.values, picture);
  }
  const signed = look.isSigned(panel), key = `${signed} ${over}`;
  if (panel.painting?.key !== key) {
    panel.painting = { key, values: shown(panel, signed) };
    if (panel.kind === "map") {
      Object.assign(panel.painting, projected(panel.painting.values, panel.values.height, panel.values.width, picture));
    } else if (over) {
      Object.assign(panel.painting, spread(panel.painting.values, panel.values, picture));
    }
  }
  const { values, seen } = panel.painting;
  if (over) return overlay(values, seen, look, picture);
  const colors = signed ? look.diverging.table : gray, samples = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    const value = Math.abs(values[i]) < look.threshold ? 0 : values[i];
    write(samples, 4 * i, colors[index(signed ? Math.fround(Math.fround(value * 0.5) + 0.5) : value)]);
  }
  return placed(samples, panel.values, picture);
}

function write(samples, i, color) {
  samples[i] = color >> 16;
  samples[i + 1] = color >> 8 & 255;
  samples[i + 2] = color & 255;
  samples[i + 3] = 255;
}

/** A map over the photograph, with what the network never saw pale. */
function overlay(values, seen, look, picture) {
  const beneath = picture.samples, samples = new Uint8ClampedArray(beneath.length);
  const { table, isDiverging } = look.colors;
  const ours = Math.round(Math.fround(look.opacity) * 256), theirs = 256 - ours;
  for (let i = 0, t = 0; t < samples.length; i++, t += 4) {
    const value = values[i];
    samples[t + 3] = 255;
    if (Math.abs(value) < look.threshold) {
      for (let c = 0; c < 3; c++) samples[t + c] = beneath[t + c];
      continue;
    }
    const color = table[index(isDiverging ? Math.fround(Math.fround(value * 0.5) + 0.5) : value)];
    samples[t] = (color >> 16) * ours + beneath[t] * theirs + 128 >> 8;
    samples[t + 1] = (color >> 8 & 255) * ours + beneath[t + 1] * theirs + 128 >> 8;
    samples[t + 2] = (color & 255) * ours + beneath[t + 2] * theirs + 128 >> 8;
  }
  return marked(samples, seen, picture);
}

/** Pixels of the input where they lie on the picture, as numbers. */
function spread(numbers, plane, picture) {
  const { columns, rows } = placement(picture, plane.height, plane.width);
  const values = new Float32Array(picture.width * picture.height);
  for (let y = rows.start; y < rows.end; y++) {
    const source = rows.pixels[y - rows.start] * plane.width;
    let target = y * picture.width + columns.start;
    for (const x of columns.pixels) values[target++] = numbers[source + x];
  }
  return { values, seen: { left: columns.start, right: columns.end, top: rows.start, bottom: rows.end } };
}

/** A picture of the input where it lies on the photograph, its pixels visible as such. */
function placed(samples, plane, picture) {
  const f = frame(picture);
  const across = Math.max(1, Math.round(f.right - f.left)), down = Math.max(1, Math.round(f.bottom - f.top));
  if (across < plane.width || down < plane.height) {
    const width = Math.min(across, plane.width), height = Math.min(down, plane.height);
    return placed(reduced(samples, plane, width, height), { width, height }, picture);
  }
  const { columns, rows } = placement(picture, plane.height, plane.width);
  const canvas = new Uint8ClampedArray(picture.samples);
  for (let y = rows.start; y < rows.end; y++) {
    const row = rows.pixels[y - rows.start] * plane.width;
    let target = 4 * (y * picture.width + columns.start);
    for (const x of columns.pixels) {
      const source = 4 * (row + x);
      for (let c = 0; c < 3; c++) canvas[target + c] = samples[source + c];
      target += 4;
    }
  }
  return marked(canvas, { left: columns.start, right: columns.end, top: rows.start, bottom: rows.end }, picture);
}

/** For every sample of a shorter line, the samples of a longer one that it covers, with weights that sum to one. */
function areas(length, count) {
  const step = length / count;
  return Array.from({ length: count }, (_, i) => {
    const start = i * step, end = Math.min((i + 1) * step, length), list = [];
    for (let s = Math.trunc(start); s < Math.min(Math.ceil(end), length); s++) {
      list.push([s, Math.fround((Math.min(end, s + 1) - Math.max(start, s)) / step)]);
    }
    return list;
  });
}

/** A smaller copy, each pixel the mean of the area it covers. */
function reduced(samples, plane, width, height) {
  const across = areas(plane.width, width), down = areas(plane.height, height), round = Math.fround;
  const result = new Uint8ClampedArray(4 * width * height), row = new Float32Array(4 * plane.width);
  for (let y = 0; y < height; y++) {
    row.fill(0);
    for (const [source, weight] of down[y]) {
      const start = 4 * source * plane.width;
      for (let i = 0; i < row.length; i++) row[i] += round(weight * samples[start + i]);
    }
    for (let x = 0; x < width; x++) {
      const t = 4 * (y * width + x);
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (const [source, weight] of across[x]) sum = round(sum + round(weight * row[4 * source + c]));
        result[t + c] = Math.trunc(round(sum + 0.5));
      }
      result[t + 3] = 255;
    }
  }
  return result;
}

/** Shows what the network never saw gray and pale, and draws a line where its view begins. */
function marked(samples, seen, picture) {
  const { width, height, samples: beneath } = picture, { left, right, top, bottom } = seen;
  if (left === 0 && right === width && top === 0 && bottom === height) return samples;
  const thickness = Math.max(1, Math.trunc((Math.max(width, height) + 200) / 400));
  const hasLine = left < right && top < bottom;
  for (let y = 0; y < height; y++) {
    const near = hasLine && y >= top - thickness && y < bottom + thickness, inside = y >= top && y < bottom;
    for (let x = 0; x < width; x++) {
      if (inside && x >= left && x < right) { x = right - 1; continue; }
      const t = 4 * (y * width + x);
      const luma = beneath[t] * 77 + beneath[t + 1] * 150 + beneath[t + 2] * 29 + 128 >> 8;
      const isLine = near && x >= left - thickness && x < right + thickness;
      samples[t] = samples[t + 1] = samples[t + 2] = isLine ? 64 : luma * 102 + 232 * 154 + 128 >> 8;
    }
  }
  return samples;
}

/** The photograph with all but the places of a region in the dark. */
export function lit(region, picture) {
  if (!region) return picture.samples;
  const most = Math.max(region.numbers.reduce((most, value) => Math.max(most, value), 0), 1.17549435e-38);
  const light = projected(region.numbers.map(value => value / most), region.height, region.width, picture).values;
  return picture.samples.map((sample, i) =>
    i % 4 === 3 ? 255 : Math.trunc(Math.fround(sample * Math.fround(Math.fround(0.3) + Math.fround(Math.fround(0.7) * light[i >> 2])))));
}
