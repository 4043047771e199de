// How one value is computed, with its real numbers: the window, the kernel and the sum.

function showSum() {
  const box = find("sum"), { place } = state;
  box.replaceChildren();
  if (!place || place.name !== state.shown) {
    box.append(element("p", { class: "faint" }, "Point at a value of the map to see how it is computed."));
    return;
  }
  const operation = OPERATION_BY_NAME.get(place.name), value = valueAt(place);
  const where = `row ${place.y}, column ${place.x}`;
  box.append(element("h4", {}, `Map ${place.channel}, ${where}: ${number(value)}`));
  const explain = EXPLAINED[operation?.op];
  if (explain) box.append(...explain(state.pass.args.get(place.name), place, value));
  const field = state.field.get(NETWORK.graph.input);
  if (field) box.append(element("p", {}, extentOf(field)));
}

function valueAt({ name, channel, x, y }) {
  const maps = mapsOf(name);
  return maps.data[channel * maps.plane + y * maps.width + x];
}

// The size of a receptive field in the input.
function extentOf(field) {
  const [tall, wide] = state.pass.size, mask = anyPlane(field, tall * wide);
  let left = wide, right = -1, top = tall, bottom = -1, pixels = 0;
  mask.forEach((inside, at) => {
    if (!inside) return;
    const x = at % wide, y = Math.floor(at / wide);
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    pixels++;
  });
  if (!pixels) return "It depends on no pixel of the input.";
  return `It depends on ${pixels.toLocaleString("en-US")} pixels of the input: rows ${top} to ${bottom}, `
    + `columns ${left} to ${right}.`;
}

function grid(rows, outside = () => false) {
  const body = element("tbody");
  rows.forEach((row, i) => {
    const line = element("tr");
    row.forEach((value, j) => line.append(element("td", outside(i, j) ? { class: "outside" } : {}, number(value))));
    body.append(line);
  });
  return element("table", { class: "grid" }, body);
}

// The window of one input channel that a convolution or a pooling reads; null where it lies in the padding.
function windowOf(tensor, channel, place, kernel, stride, padding, dilation) {
  const [, , height, width] = tensor.shape;
  return Array.from({ length: kernel[0] }, (_, i) => Array.from({ length: kernel[1] }, (_, j) => {
    const y = place.y * stride[0] - padding[0] + i * dilation[0], x = place.x * stride[1] - padding[1] + j * dilation[1];
    return y < 0 || x < 0 || y >= height || x >= width ? null : tensor.data[(channel * height + y) * width + x];
  }));
}

function explainConvolution(args, place, value) {
  const { input, weight, bias } = args, { stride, padding, dilation, groups } = geometryOf(args);
  const [outputs, perGroup, kh, kw] = weight.shape, first = Math.floor(place.channel / (outputs / groups)) * perGroup;
  const channels = Array.from({ length: perGroup }, (_, c) => {
    const pixels = windowOf(input, first + c, place, [kh, kw], stride, padding, dilation);
    const from = (place.channel * perGroup + c) * kh * kw;
    const kernel = Array.from({ length: kh }, (_, i) => Array.from(weight.data.subarray(from + i * kw, from + (i + 1) * kw)));
    const sum = pixels.flat().reduce((total, pixel, k) => total + (pixel ?? 0) * kernel.flat()[k], 0);
    return { channel: first + c, pixels, kernel, sum };
  });
  const order = [...channels].sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum));
  const select = element("select", { "aria-label": "Input channel" });
  for (const { channel, sum } of order) select.append(element("option", { value: String(channel) }, `${channel} (${number(sum)})`));
  const tables = element("div", { class: "grids" });
  const fill = () => {
    const { pixels, kernel, sum } = channels.find(({ channel }) => String(channel) === select.value);
    tables.replaceChildren(
      grid(pixels.map((row) => row.map((pixel) => pixel ?? 0)), (i, j) => pixels[i][j] === null),
      "×", grid(kernel), `= ${number(sum)}`);
  };
  select.addEventListener("change", fill);
  fill();
  const terms = order.slice(0, 6).map(({ channel, sum }) => `${number(sum)} (channel ${channel})`);
  const rest = order.slice(6).reduce((total, { sum }) => total + sum, 0);
  const more = order.length > 6 ? ` + ${number(rest)} (the other ${order.length - 6} channels)` : "";
  const offset = bias ? ` + ${number(bias.data[place.channel])} (bias)` : "";
  return [
    element("p", {}, element("label", {}, "Window × kernel in input channel ", select)), tables,
    element("p", {}, `Sum: ${terms.join(" + ")}${more}${offset} = ${number(value)}`),
  ];
}

function explainPooling(args, place, value) {
  const kernel = pair(args.kernel_size), stride = pair(args.stride, kernel), padding = pair(args.padding, [0, 0]);
  const pixels = windowOf(args.self, place.channel, place, kernel, stride, padding, [1, 1]);
  const rows = pixels.map((row) => row.map((pixel) => pixel ?? -Infinity));
  return [element("p", {}, "The largest of"), element("div", { class: "grids" }, grid(rows), `= ${number(value)}`)];
}

function explainNormalization(args, place, value) {
  const c = place.channel, { input, weight, bias, running_mean: mean, running_var: variance, eps } = args;
  const x = input.data[(c * input.shape[2] + place.y) * input.shape[3] + place.x];
  return [element("p", {}, `(${number(x)} − ${number(mean.data[c])}) / √(${number(variance.data[c])} + ${eps}) `
    + `× ${number(weight ? weight.data[c] : 1)} + ${number(bias ? bias.data[c] : 0)} = ${number(value)}`)];
}

function explainFunction(args, place, value) {
  const { shape, data } = args.self, x = data[(place.channel * shape[2] + place.y) * shape[3] + place.x];
  return [element("p", {}, `${number(x)} becomes ${number(value)}`)];
}

const EXPLAINED = {
  conv2d: explainConvolution,
  max_pool2d: explainPooling,
  batch_norm: explainNormalization,
  ...Object.fromEntries(Object.keys(UNARY).map((name) => [name, explainFunction])),
};

function listenToPlaces() {
  onChange((part) => part !== "look" && showSum());
}
