// Questions to the server, and its answers.

/** Why a question was not answered, in the server's own sentence. */
export class Problem extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

async function problem(response) {
  let sentence = `the server answers ${response.status}`;
  try { sentence = (await response.json()).problem ?? sentence; } catch { /* Not one of its own answers. */ }
  return new Problem(sentence, response.status);
}

async function fetched(address, options) {
  let response;
  try { response = await fetch(address, options); } catch (error) {
    throw error.name === "AbortError" ? error : new Problem("the server does not answer: is it still running?", 0);
  }
  if (!response.ok) throw await problem(response);
  return response;
}

/** What stands at an address. */
export async function read(address, signal) { return (await fetched(address, { signal })).json(); }

function posting(question, signal, more = {}) {
  return { method: "POST", headers: { "Content-Type": "application/json", ...more }, body: JSON.stringify(question), signal };
}

/** The answer to a question. */
export async function ask(address, question, signal) { return (await fetched(address, posting(question, signal))).json(); }

/** The file that a question makes. */
export async function file(address, question, signal) { return (await fetched(address, posting(question, signal))).blob(); }

/** The answer to a question, and before it what becomes of it: `heard` is told. */
export async function follow(address, question, heard, signal) {
  const response = await fetched(address, posting(question, signal, { Accept: "application/x-ndjson" }));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const pieces = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Problem("the server ended before it had answered", 0);
    let start = 0, end;
    while ((end = value.indexOf("\n", start)) >= 0) {
      const line = JSON.parse(pieces.splice(0).join("") + value.slice(start, end));
      if (line.problem !== undefined) throw new Problem(line.problem, line.status);
      if (line.result !== undefined) return line.result;
      heard(line);
      start = end + 1;
    }
    pieces.push(value.slice(start));
  }
}

async function sent(file, address, signal) {
  return (await fetched(`${address}?name=${encodeURIComponent(file.name ?? "photograph")}`, {
    method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file, signal,
  })).json();
}

/** Sends a photograph; its number comes back. */
export function send(photograph, signal) { return sent(photograph, "api/photographs", signal); }

/** Sends a network; its name here comes back. */
export function sendNetwork(network, signal) { return sent(network, "api/networks", signal); }

/** What methods make of a camera's frame: its pixels, four bytes each. */
export async function frame(pixels, query, signal) {
  return (await fetched(`api/frame?${new URLSearchParams(query)}`, {
    // As a blob: browsers hand those over at once, and copy arrays from process to process.
    method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: new Blob([pixels]), signal,
  })).json();
}
