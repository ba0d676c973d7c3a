// The page of a server: a photograph or the camera, explained as it is asked.
import { element } from "./elements.js";
import { keysButton, themeButton } from "./tools.js";
import { read } from "./asking.js";
import { Bench } from "./bench.js";
import { Camera } from "./camera.js";
import { Depth } from "./depth.js";

const main = document.getElementById("page");

function tabs(photograph, camera) {
  const places = { photograph: photograph.flat(), camera: [camera.element] };
  const buttons = [["photograph", "Photograph"], ["camera", "Camera"]].map(([name, words]) => element("button", {
    type: "button", "data-tab": name, onclick: () => choose(name),
  }, words));
  const choose = name => {
    if (name !== "camera") camera.stop();
    for (const each of buttons) each.setAttribute("aria-pressed", String(each.dataset.tab === name));
    for (const [key, elements] of Object.entries(places)) for (const each of elements) each.classList.toggle("away", key !== name);
  };
  choose("photograph");
  return element("div", { class: "segments", role: "group", "aria-label": "What is looked at" }, buttons);
}

async function build() {
  const [networks, { methods, version }, colorMaps] = await Promise.all([read("api/networks"), read("api/methods"), read("api/colormaps")]);
  const bench = new Bench(networks, methods);
  const depth = new Depth(colorMaps, bench.problems, () => bench.question(), layer => { bench.layer.value = layer ?? ""; });
  const camera = new Camera(colorMaps, bench.problems, () => bench.network.value);
  const title = element("p", { class: "about" });
  bench.opened = network => {
    title.textContent = `${network.title}, input ${network.input.join(" × ")}${network.preprocessing ? `, ${network.preprocessing}` : ""}`;
    depth.show(network);
  };
  bench.seen = picture => depth.take(picture);
  const choice = tabs([bench.element, depth.element, bench.results], camera);
  main.replaceChildren(
    element("header", { class: "head" }, element("div", {}, element("h1", {}, "Where does the network look?"), title),
      element("div", { class: "tools" }, choice, themeButton(), keysButton())),
    bench.element, camera.element, depth.element, bench.results,
    element("footer", { class: "foot quiet" }, `Limn ${version} · `, element("a", { href: "api/openapi.json" }, "what programs can ask")));
  await bench.open();
  /** For scripts that drive the page. */
  globalThis.limn = { bench, depth, camera };
}

build().catch(error => {
  main.replaceChildren(element("h1", {}, "Limn"), element("pre", { class: "problem", role: "alert" }, error.message));
});
