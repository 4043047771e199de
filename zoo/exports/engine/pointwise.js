// Functions of single values, and of pairs. Each unary function stands with its derivative.

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

// To the nearest integer, halves to the even one, as torch does.
function rounded(value) {
  const whole = Math.floor(value), rest = value - whole;
  return rest > 0.5 || (rest === 0.5 && whole % 2) ? whole + 1 : whole;
}

// The error function, Abramowitz and Stegun (1964), formula 7.1.26: its error is below 1.5e-7.
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const sum = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
}

const between = (low, high) => [(x) => Math.min(high, Math.max(low, x)), (x) => (x > low && x < high ? 1 : 0)];

function geluOf({ approximate }) {
  const slope = (x) => 0.5 * (1 + erf(x / Math.SQRT2)) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
  if (approximate !== "tanh") return [(x) => 0.5 * x * (1 + erf(x / Math.SQRT2)), slope];
  return [(x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))), slope];
}

// From an operation's arguments to [function, derivative].
const UNARY = {
  abs: () => [Math.abs, Math.sign],
  clamp: ({ min, max }) => between(min ?? -Infinity, max ?? Infinity),
  elu: ({ alpha, scale }) => [
    (x) => scale * (x > 0 ? x : alpha * Math.expm1(x)), (x) => scale * (x > 0 ? 1 : alpha * Math.exp(x))],
  exp: () => [Math.exp, Math.exp],
  gelu: geluOf,
  hardsigmoid: () => [(x) => Math.min(1, Math.max(0, x / 6 + 0.5)), (x) => (x > -3 && x < 3 ? 1 / 6 : 0)],
  hardswish: () => [
    (x) => x * Math.min(1, Math.max(0, x / 6 + 0.5)), (x) => (x < -3 ? 0 : x > 3 ? 1 : x / 3 + 0.5)],
  hardtanh: ({ min_val: low, max_val: high }) => between(low, high),
  leaky_relu: ({ negative_slope: slope }) => [(x) => (x > 0 ? x : slope * x), (x) => (x > 0 ? 1 : slope)],
  log: () => [Math.log, (x) => 1 / x],
  neg: () => [(x) => -x, () => -1],
  pow: ({ exponent }) => [(x) => x ** exponent, (x) => exponent * x ** (exponent - 1)],
  reciprocal: () => [(x) => 1 / x, (x) => -1 / (x * x)],
  relu: () => [(x) => (x > 0 ? x : 0), (x) => (x > 0 ? 1 : 0)],
  relu6: () => between(0, 6),
  round: () => [rounded, () => 0],
  rsqrt: () => [(x) => 1 / Math.sqrt(x), (x) => -0.5 * x ** -1.5],
  sigmoid: () => [sigmoid, (x) => sigmoid(x) * (1 - sigmoid(x))],
  silu: () => [(x) => x * sigmoid(x), (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x)))],
  softplus: ({ beta, threshold }) => [
    (x) => (x * beta > threshold ? x : Math.log1p(Math.exp(x * beta)) / beta), (x) => sigmoid(x * beta)],
  sqrt: () => [Math.sqrt, (x) => 0.5 / Math.sqrt(x)],
  tanh: () => [Math.tanh, (x) => 1 - Math.tanh(x) ** 2],
  to: ({ dtype }) => (dtype === "int" ? [Math.trunc, () => 0] : [(x) => x, () => 1]),
};

for (const [name, make] of Object.entries(UNARY)) {
  OPERATIONS[name] = {
    run(args) {
      const [f] = make(args);
      return new Tensor(args.self.shape, args.self.data.map(f));
    },
    back(gradient, args, output, structural) {
      if (structural) return [[args.self, gradient]];
      const [, derivative] = make(args), x = args.self.data;
      return [[args.self, gradient.map((g, place) => (g === 0 ? 0 : g * derivative(x[place])))]];
    },
  };
}

// f(a, b), its derivative by a, and by b.
const BINARY = {
  add: ({ alpha = 1 }) => [(a, b) => a + alpha * b, () => 1, () => alpha],
  div: () => [(a, b) => a / b, (a, b) => 1 / b, (a, b) => -a / (b * b)],
  maximum: () => [Math.max, (a, b) => (a >= b ? 1 : 0), (a, b) => (b > a ? 1 : 0)],
  minimum: () => [Math.min, (a, b) => (a <= b ? 1 : 0), (a, b) => (b < a ? 1 : 0)],
  mul: () => [(a, b) => a * b, (a, b) => b, (a) => a],
  rsub: ({ alpha = 1 }) => [(a, b) => b - alpha * a, () => -alpha, () => 1],
  sub: ({ alpha = 1 }) => [(a, b) => a - alpha * b, () => 1, () => -alpha],
};

function operands({ self, other }) {
  const [a, b] = [self, other].map((value) => (value instanceof Tensor ? value : new Tensor([], Float32Array.of(value))));
  const rank = Math.max(a.shape.length, b.shape.length);
  const long = (shape) => [...new Array(rank - shape.length).fill(1), ...shape];
  const shape = long(a.shape).map((length, axis) => Math.max(length, long(b.shape)[axis]));
  const places = (t) => (t.data.length === count(shape) ? null : walk(shape, broadcastSteps(t.shape, shape)));
  return { a, b, shape, fromA: places(a), fromB: places(b) };
}

for (const [name, make] of Object.entries(BINARY)) {
  OPERATIONS[name] = {
    run(args) {
      const { a, b, shape, fromA, fromB } = operands(args), [f] = make(args), out = new Tensor(shape);
      for (let place = 0; place < out.data.length; place++) {
        out.data[place] = f(a.data[fromA ? fromA[place] : place], b.data[fromB ? fromB[place] : place]);
      }
      return out;
    },
    back(gradient, args, output, structural) {
      const { a, b, fromA, fromB } = operands(args), [, byA, byB] = make(args);
      const result = [[a, new Float32Array(a.data.length)], [b, new Float32Array(b.data.length)]];
      for (let place = 0; place < gradient.length; place++) {
        const g = gradient[place];
        if (g === 0) continue;
        const at = fromA ? fromA[place] : place, bt = fromB ? fromB[place] : place;
        result[0][1][at] += structural ? 1 : g * byA(a.data[at], b.data[bt]);
        result[1][1][bt] += structural ? 1 : g * byB(a.data[at], b.data[bt]);
      }
      return result;
    },
  };
}

// Constants.

const FILLED = {
  arange: ({ start = 0, end, step = 1 }) => [[Math.ceil((end - start) / step)], (place) => start + place * step],
  full: ({ size, fill_value: value }) => [size, () => value],
  full_like: ({ self, fill_value: value }) => [self.shape, () => value],
  linspace: ({ start, end, steps }) => [
    [steps],
    // From both ends, as torch does.
    (place) => (steps === 1 ? start : place < steps / 2
      ? start + (place * (end - start)) / (steps - 1)
      : end - ((steps - 1 - place) * (end - start)) / (steps - 1))],
  ones: ({ size }) => [size, () => 1],
  ones_like: ({ self }) => [self.shape, () => 1],
  zeros: ({ size }) => [size, () => 0],
  zeros_like: ({ self }) => [self.shape, () => 0],
};

for (const [name, make] of Object.entries(FILLED)) {
  OPERATIONS[name] = {
    run(args) {
      const [shape, value] = make(args);
      return new Tensor(shape, Float32Array.from({ length: count(shape) }, (_, place) => value(place)));
    },
    back: () => [],
  };
}
