// A network: the graph's operations, run one after another over weights that come as base64.

function bytesOf(base64) {
  const text = atob(base64), bytes = new Uint8Array(text.length);
  for (let place = 0; place < text.length; place++) bytes[place] = text.charCodeAt(place);
  return bytes;
}

// The value of 16 bits of IEEE 754 half precision.
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : (fraction / 1024) * 2 ** -14);
}

function valuesOf(buffer, type, start, length) {
  if (type === "fp32") return new Float32Array(buffer.slice(start, start + 4 * length));
  const bits = new Uint16Array(buffer.slice(start, start + 2 * length));
  if (type === "fp16") return Float32Array.from(bits, half);
  return new Float32Array(Uint32Array.from(bits, (upper) => upper << 16).buffer); // bf16: the upper half of fp32
}

function unpack({ tensors, base64 }) {
  const { buffer } = bytesOf(base64);
  return new Map(tensors.map(({ name, shape, type, start }) =>
    [name, new Tensor(shape, valuesOf(buffer, type, start, count(shape)))]));
}

class Network {
  constructor(graph, weights) {
    this.graph = graph;
    this.weights = unpack(weights);
  }

  input(levels, height, width) {
    return new Tensor([1, this.graph.channels, height, width], Float32Array.from(levels));
  }

  // Runs the network on an input and returns a `Pass`.
  // `silenced` names inputs of joins that count as zero: "cat:1" is the second one of the operation cat.
  // `pause` is awaited between operations, so that the page stays responsive.
  async run(input, { silenced = new Set(), pause = null } = {}) {
    const pass = new Pass(this, input, silenced);
    for (const operation of this.graph.operations) {
      pass.step(operation);
      if (pause) await pause();
    }
    return pass;
  }
}

// What one forward pass computed.
class Pass {
  constructor(network, input, silenced) {
    this.network = network;
    this.silenced = silenced;
    this.size = input.shape.slice(2); // of the picture
    this.padded = this.size.map((length) => Math.ceil(length / network.graph.multiple) * network.graph.multiple);
    this.values = new Map([[network.graph.input, input]]);
    this.args = new Map();
  }

  step(operation) {
    const args = this.resolve(operation.args);
    for (const tag of this.silenced) {
      const [name, number] = tag.split(":");
      if (name === operation.name) silence(args, Number(number));
    }
    this.args.set(operation.name, args);
    this.values.set(operation.name, OPERATIONS[operation.op].run(args));
  }

  resolve(value) {
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map((item) => this.resolve(item));
    if ("node" in value) return this.values.get(value.node);
    if ("weight" in value && typeof value.weight === "string") return this.network.weights.get(value.weight);
    if ("of" in value) return (this.scale(value.of) * value.times[0]) / value.times[1];
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolve(item)]));
  }

  scale(of) {
    const [h, w] = this.size, [H, W] = this.padded;
    return { h, w, H, W, hw: h * w, HW: H * W, "H-h": H - h, "W-w": W - w }[of];
  }

  get logits() {
    return this.values.get(this.network.graph.output);
  }

  // Gradients of a weighted sum of one operation's values, by operation; structurally, what they depend on.
  gradients(name, seed, structural = false) {
    const found = new Map([[this.values.get(name), seed]]);
    const operations = this.network.graph.operations;
    const start = operations.findIndex((operation) => operation.name === name);
    for (const { name: here, op } of operations.slice(0, start + 1).reverse()) {
      const output = this.values.get(here), gradient = found.get(output), { back } = OPERATIONS[op];
      if (!gradient || !back) continue;
      for (const [tensor, part] of back(gradient, this.args.get(here), output, structural)) {
        const known = found.get(tensor), sum = known ? known.map((g, place) => g + part[place]) : part;
        found.set(tensor, structural ? sum.map((g) => (g > 0 ? 1 : 0)) : sum);
      }
    }
    const named = new Map();
    for (const [key, value] of this.values) if (found.has(value)) named.set(key, found.get(value));
    return named;
  }
}

function silence(args, number) {
  const zeros = (tensor) => new Tensor(tensor.shape);
  if (args.tensors) args.tensors = args.tensors.map((tensor, place) => (place === number ? zeros(tensor) : tensor));
  else if (number === 0) args.self = zeros(args.self);
  else args.other = zeros(args.other);
}
