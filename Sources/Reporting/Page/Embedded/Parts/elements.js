// Elements of the page, made in one line each.

/** An element with attributes, listeners (`onclick`) and children; what is `null`, `undefined` or `false` is left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter(child => child !== undefined && child !== null && child !== false));
  return made;
}

const space = "http://www.w3.org/2000/svg";

/** The same of a drawing. */
export function drawing(name, attributes = {}, ...children) {
  const made = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter(Boolean));
  return made;
}

/** Tells people who listen rather than look. */
export function announce(text) { document.getElementById("spoken").textContent = text; }

/** A button that puts a text where it can be pasted from, and says so. */
export function copying(label, text) {
  const button = element("button", { type: "button", class: "copy" }, label);
  button.addEventListener("click", async () => {
    await copied(text());
    button.textContent = "Copied";
    announce("Copied");
    setTimeout(() => { button.textContent = label; }, 1600);
  });
  return button;
}

async function copied(text) {
  try { await navigator.clipboard.writeText(text); } catch {
    // Pages opened from a file or a mail may not use the clipboard by themselves.
    const area = element("textarea", { class: "offscreen", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
