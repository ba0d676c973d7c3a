// The page of a server: a photograph or the camera, explained as it is asked.
import { element } from "./elements.js";
import { keysButton, themeButton } from "./tools.js";
import { read } from "./asking.js";
import { Bench } from "./bench.js";
import { Camera } from "./camera.js";
import { Depth } from "./depth.js";
import { Folder } from "./folder.js";

const main = document.getElementById("page");

/** What can be looked at, one at a time; `choose(name)` turns to it. */
function tabs(photograph, folder, camera) {
  const places = { photograph, camera: [camera.element], ...(folder && { folder: [folder.element] }) };
  const names = [["photograph", "Photograph"], ...(folder ? [["folder", "Folder"]] : []), ["camera", "Camera"]];
  const buttons = names.map(([name, words]) => element("button", {
    type: "button", "data-tab": name, onclick: () => choose(name),
  }, words));
  const choose = name => {
    if (name !== "camera") camera.stop();
    if (name === "folder") folder.open(); else folder?.close();
    for (const each of buttons) each.setAttribute("aria-pressed", String(each.dataset.tab === name));
    for (const [key, elements] of Object.entries(places)) for (const each of elements) each.classList.toggle("away", key !== name);
  };
  choose("photograph");
  return { choose, element: element("div", { class: "segments", role: "group", "aria-label": "What is looked at" }, buttons) };
}

async function build() {
  const [networks, { methods, version }, colorMaps, folders, { limits }] = await Promise.all(["networks", "methods", "colormaps", "folders", "status"].map(name => read(`api/${name}`)));
  const bench = new Bench(networks, methods, limits.networkBytes);
  const depth = new Depth(colorMaps, bench.problems, () => bench.question(), layer => { bench.layer.value = layer ?? ""; });
  const camera = new Camera(colorMaps, () => bench.network.value);
  const folder = folders.length ? new Folder(folders, () => bench.network.value, image => {
    choice.choose("photograph");
    scrollTo({ top: 0 });
    bench.choose(image);
  }) : null;
  const title = element("p", { class: "about" });
  bench.opened = network => {
    title.textContent = `${network.title}, input ${network.input.join(" × ")}${network.preprocessing ? `, ${network.preprocessing}` : ""}`;
    depth.show(network);
    folder?.show();
  };
  bench.seen = picture => depth.take(picture);
  const choice = tabs([bench.element, depth.element, bench.results], folder, camera);
  main.replaceChildren(
    element("header", { class: "head" }, element("div", {}, element("h1", {}, "Where does the network look?"), title),
      element("div", { class: "tools" }, choice.element, themeButton(), keysButton())),
    bench.element, ...(folder ? [folder.element] : []), camera.element, depth.element, bench.results,
    element("footer", { class: "foot quiet" }, `Limn ${version} · `, element("a", { href: "api/openapi.json" }, "what programs can ask")));
  await bench.open();
  /** For scripts that drive the page. */
  globalThis.limn = { bench, depth, camera, folder };
}

build().catch(error => {
  main.replaceChildren(element("h1", {}, "Limn"), element("pre", { class: "problem", role: "alert" }, error.message));
});
