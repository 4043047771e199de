// Feature maps and kernels of the operation that is shown.

const MAPS_AT_FIRST = 48;

function showMaps(all = false) {
  const maps = mapsOf(state.shown), largest = largestOf(maps.data), box = find("maps");
  box.replaceChildren();
  const count = all ? maps.channels : Math.min(maps.channels, MAPS_AT_FIRST);
  for (let channel = 0; channel < count; channel++) {
    const canvas = element("canvas"), values = maps.data.subarray(channel * maps.plane, (channel + 1) * maps.plane);
    drawMap(canvas, values, maps.width, maps.height, largest, 64);
    canvas.style.width = "56px";
    const button = element("button", { type: "button", "aria-label": `Map ${channel}`,
      "aria-pressed": String(channel === state.channel) }, canvas);
    button.addEventListener("click", () => {
      state.channel = channel;
      changed("layer");
    });
    box.append(button);
  }
  if (count < maps.channels) {
    const more = element("button", { type: "button" }, `Show all ${maps.channels}`);
    more.addEventListener("click", () => showMaps(true));
    box.append(more);
  }
}

function showMap() {
  const maps = mapsOf(state.shown), { channel, place } = state, canvas = find("map");
  const values = maps.data.subarray(channel * maps.plane, (channel + 1) * maps.plane), largest = largestOf(maps.data);
  drawMap(canvas, values, maps.width, maps.height, largest, 320);
  const field = place && place.name !== state.shown && state.field.get(state.shown);
  if (field) drawOutline(canvas, anyPlane(field, maps.plane), maps.width, maps.height);
  if (place && place.name === state.shown) drawPlace(canvas, place.x, place.y, maps.width);
  find("map-caption").textContent = `Map ${channel}: orange is above zero, blue below; full color is ${number(largest)}. `
    + (field ? "Outlined: what the value that you pointed at depends on." : "Point at a value.");
}

function showKernels() {
  const operation = OPERATION_BY_NAME.get(state.shown), box = find("kernels");
  box.replaceChildren();
  if (operation?.op !== "conv2d") return;
  const { weight } = state.pass.args.get(state.shown), [, inputs, height, width] = weight.shape;
  if (height * width === 1) return;
  const largest = largestOf(weight.data), row = element("div", { class: "kernels" }), count = Math.min(inputs, 64);
  for (let c = 0; c < count; c++) {
    const canvas = element("canvas"), from = (state.channel * inputs + c) * height * width;
    drawMap(canvas, weight.data.subarray(from, from + height * width), width, height, largest, 40);
    row.append(canvas);
  }
  const which = count < inputs ? `the first ${count} of ${inputs}` : `all ${inputs}`;
  box.append(element("h4", {}, `Kernels of map ${state.channel}: ${which} input channels`), row);
}

function listenToMaps() {
  const size = () => [mapsOf(state.shown).width, mapsOf(state.shown).height];
  const at = () => (state.place?.name === state.shown ? [state.place.x, state.place.y] : null);
  pointable(find("map"), size, at, (x, y) => point(state.shown, state.channel, x, y));
  onChange((part) => {
    if (part === "look") return;
    if (part === "answer") {
      state.shown ??= firstConvolution();
      listLayers();
    }
    if (part === "answer" || part === "layer") {
      showFacts();
      showMaps();
      showKernels();
    }
    showMap();
  });
}

function firstConvolution() {
  const operations = NETWORK.graph.operations;
  return (operations.find(({ op }) => op === "conv2d") || operations.at(-1)).name;
}
