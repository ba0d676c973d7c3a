// Where attributions lie on the photograph: the library's own arithmetic, in single precision where it has that.

/** One axis: which pixels of the picture the network saw, and for each the two cells it mixes with the second's share. */
function stretch(cells, input, origin, resized, display) {
  const firstPixel = point =>
    Math.min(Math.max(Math.ceil((point + origin) * display / resized - 0.5), 0), display);
  let start = firstPixel(0), end = firstPixel(input);
  if (start >= end) {
    start = Math.min(Math.max(Math.trunc((2 * origin + input) * display / (2 * resized)), 0), display - 1);
    end = start + 1;
  }
  const first = new Int32Array(end - start), second = new Int32Array(end - start), share = new Float32Array(end - start);
  for (let pixel = start; pixel < end; pixel++) {
    const cell = ((pixel + 0.5) * resized / display - origin) * cells / input - 0.5;
    const inside = Math.min(Math.max(cell, 0), cells - 1), i = pixel - start;
    first[i] = Math.trunc(inside);
    second[i] = Math.min(first[i] + 1, cells - 1);
    share[i] = inside - first[i];
  }
  return { start, end, first, second, share };
}

/** Both axes of a grid over a picture. */
function axes(picture, height, width) {
  const g = picture.geometry;
  return {
    columns: stretch(width, g.inputWidth, g.left, g.resizedWidth, picture.width),
    rows: stretch(height, g.inputHeight, g.top, g.resizedHeight, picture.height),
  };
}

/** A map on a grid, brought onto the picture by half-pixel bilinear interpolation; zero where nothing was seen. */
export function projected(map, height, width, picture) {
  const { columns, rows } = axes(picture, height, width);
  const values = new Float32Array(picture.width * picture.height), line = new Float32Array(width);
  const round = Math.fround;
  for (let y = rows.start; y < rows.end; y++) {
    const i = y - rows.start, upper = rows.first[i] * width, lower = rows.second[i] * width, share = rows.share[i];
    for (let x = 0; x < width; x++) {
      line[x] = map[upper + x] + round(round(map[lower + x] - map[upper + x]) * share);
    }
    let target = y * picture.width + columns.start;
    for (let k = 0; k < columns.share.length; k++) {
      const left = line[columns.first[k]];
      values[target++] = left + round(round(line[columns.second[k]] - left) * columns.share[k]);
    }
  }
  return { values, seen: { left: columns.start, right: columns.end, top: rows.start, bottom: rows.end } };
}

/** What a map says at one pixel of the picture, with the cell it lies in; `null` where the network saw nothing. */
export function valueAt(map, height, width, picture, x, y) {
  const { columns, rows } = axes(picture, height, width);
  if (x < columns.start || x >= columns.end || y < rows.start || y >= rows.end) return null;
  const i = x - columns.start, j = y - rows.start;
  const mix = row => {
    const left = map[row * width + columns.first[i]];
    return left + (map[row * width + columns.second[i]] - left) * columns.share[i];
  };
  const upper = mix(rows.first[j]);
  return {
    value: upper + (mix(rows.second[j]) - upper) * rows.share[j],
    column: columns.share[i] < 0.5 ? columns.first[i] : columns.second[i],
    row: rows.share[j] < 0.5 ? rows.first[j] : rows.second[j],
  };
}

/** Where the network's input lies on the picture, in its pixels. */
export function frame(picture) {
  const g = picture.geometry;
  const across = picture.width / g.originalWidth, down = picture.height / g.originalHeight;
  return {
    left: g.left * g.originalWidth / g.resizedWidth * across,
    top: g.top * g.originalHeight / g.resizedHeight * down,
    right: (g.inputWidth + g.left) * g.originalWidth / g.resizedWidth * across,
    bottom: (g.inputHeight + g.top) * g.originalHeight / g.resizedHeight * down,
  };
}

/** For each pixel of the picture along one axis that lies in the frame, the pixel of the input it shows. */
function sources(start, end, limit, count) {
  const lower = Math.max(0, Math.ceil(start - 0.5)), upper = Math.min(limit, Math.ceil(end - 0.5));
  const pixels = [];
  for (let i = lower; i < upper; i++) {
    pixels.push(Math.min(Math.trunc((i + 0.5 - start) / (end - start) * count), count - 1));
  }
  return { start: lower < upper ? lower : 0, end: lower < upper ? upper : 0, pixels };
}

/** Which pixels of an input of this extent a picture shows, each as it is. */
export function placement(picture, height, width) {
  const f = frame(picture);
  return {
    columns: sources(f.left, f.right, picture.width, width),
    rows: sources(f.top, f.bottom, picture.height, height),
  };
}
