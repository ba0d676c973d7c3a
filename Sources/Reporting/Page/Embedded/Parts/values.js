// Numbers: as the program packed them, and as people read them.

/** The bytes of a plane. */
async function bytesOf({ data, isPlain }) {
  const packed = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
  if (isPlain) return packed;
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The numbers of a plane, row by row. */
export async function unpacked(plane) {
  const bytes = await bytesOf(plane), count = plane.height * plane.width;
  const values = new Float32Array(count);
  if (plane.step === undefined) {
    const words = new Uint32Array(values.buffer);
    for (let i = 0; i < count; i++) {
      words[i] = bytes[i] | bytes[i + count] << 8 | bytes[i + 2 * count] << 16 | bytes[i + 3 * count] << 24;
    }
    return values;
  }
  let number = 0;
  for (let i = 0; i < count; i++) {
    const word = bytes[i] | bytes[i + count] << 8;
    number = (word + (plane.isDifferences && i % plane.width ? number : 0)) << 16 >> 16;
    values[i] = number * plane.step;
  }
  return values;
}

/** Three significant digits, with a true minus: `0.0123`, `−4.5`, `1.2e−5`. */
export function compact(number) {
  if (typeof number === "string") return number;
  if (number === 0) return "0";
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "not a number" : number < 0 ? "−∞" : "∞";
  const size = Math.abs(number);
  const text = size >= 1e-4 && size < 1e5
    ? String(Number(size.toPrecision(3)))
    : size.toExponential(2).replace(/\.?0+e/, "e").replace("e-", "e−").replace("e+", "e");
  return (number < 0 ? "−" : "") + text;
}

/** A share of one as a percentage: `87.3 %`. */
export function percent(share) {
  const number = share * 100;
  if (number > 0 && number < 0.1) return "< 0.1 %";
  if (number > 99.9 && number < 100) return "> 99.9 %";
  return number.toFixed(1) + " %";
}
