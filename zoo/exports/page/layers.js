// The operations of the forward pass as a list, and the counts of one of them.

const KINDS = {
  adaptive_avg_pool2d: "average pooling", avg_pool2d: "average pooling", batch_norm: "batch normalization", cat: "concatenation",
  conv2d: "convolution", conv_transpose2d: "transposed convolution", div: "division", embedding: "table lookup",
  hardtanh: "clamp", log_softmax: "log softmax", max_pool2d: "max pooling", mul: "multiplication", pad: "padding",
  relu: "ReLU", add: "addition", sub: "subtraction", upsample_bilinear2d: "bilinear upsampling",
  upsample_nearest2d: "nearest upsampling", to: "conversion",
};

function titleOf(name) {
  const operation = OPERATION_BY_NAME.get(name);
  if (!operation) return "input";
  return `${operation.layer ? `${operation.layer} ` : ""}${KINDS[operation.op] || operation.op.replaceAll("_", " ")}`;
}

function listLayers() {
  const list = find("layers"), names = [NETWORK.graph.input, ...NETWORK.graph.operations.map(({ name }) => name)];
  list.replaceChildren();
  for (const name of names) {
    const maps = mapsOf(name);
    if (!maps) continue;
    const shape = `${maps.channels} × ${maps.height} × ${maps.width}`;
    const button = element("button", { type: "button", "aria-current": String(name === state.shown) },
      titleOf(name), element("small", {}, shape));
    button.addEventListener("click", () => show(name));
    button.dataset.name = name;
    list.append(button);
  }
}

function show(name) {
  state.shown = name;
  state.channel = 0;
  for (const button of find("layers").children) button.setAttribute("aria-current", String(button.dataset.name === name));
  changed("layer");
}

// A cost at the current size: its terms are [coefficient, exponent of H, exponent of W].
function valueOf(cost) {
  const [height, width] = state.pass.padded;
  if (cost.terms) return cost.terms.reduce((sum, [factor, h, w]) => sum + factor * height ** h * width ** w, 0);
  return null;
}

function showFacts() {
  const operation = OPERATION_BY_NAME.get(state.shown), maps = mapsOf(state.shown);
  find("layer-title").textContent = titleOf(state.shown);
  const costs = operation && isLastOfLayer(operation) ? DATA.costs[operation.layer] : null;
  const rows = [["shape", `${maps.channels} × ${maps.height} × ${maps.width}`, ""]];
  if (costs) {
    const [height, width] = state.pass.padded;
    for (const [column, label] of [["weights", "weights"], ["biases", "biases"], ["outputs", "outputs"],
      ["connections", `multiply-adds at ${height} × ${width}`]]) {
      const fixed = column === "weights" || column === "biases" ? costs[column].value : null;
      const value = valueOf(costs[column]) ?? fixed;
      if (value !== null) rows.push([label, value.toLocaleString("en-US"), costs[column].formula || ""]);
    }
  }
  const body = element("tbody");
  for (const [label, value, formula] of rows) {
    body.append(element("tr", {}, element("th", { scope: "row" }, label), element("td", {}, value),
      element("td", {}, formula && formula !== value ? `= ${formula}` : "")));
  }
  find("layer-facts").replaceChildren(element("table", {}, body));
}

function isLastOfLayer({ name, layer }) {
  return NETWORK.graph.operations.filter((other) => other.layer === layer).at(-1).name === name;
}
