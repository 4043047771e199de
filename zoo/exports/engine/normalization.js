// Normalization as in evaluation mode, sums, softmax, matrix products and tables.

function batchNorm({ input, weight, bias, running_mean: mean, running_var: variance, eps }) {
  return Array.from({ length: input.shape[1] }, (_, c) => {
    const scale = (weight ? weight.data[c] : 1) / Math.sqrt(variance.data[c] + eps);
    return [scale, (bias ? bias.data[c] : 0) - mean.data[c] * scale];
  });
}

OPERATIONS.batch_norm = {
  run(args) {
    const out = new Tensor(args.input.shape), plane = count(out.shape.slice(2)), x = args.input.data;
    batchNorm(args).forEach(([scale, shift], c) => {
      for (let place = c * plane; place < (c + 1) * plane; place++) out.data[place] = x[place] * scale + shift;
    });
    return out;
  },
  back(gradient, args, output, structural) {
    const plane = count(output.shape.slice(2)), by = batchNorm(args);
    const slope = (place) => (structural ? 1 : by[Math.floor(place / plane)][0]);
    return [[args.input, gradient.map((g, place) => g * slope(place))]];
  },
};

// Normalization of blocks that lie together in memory: mean 0 and variance 1, then a weight and a bias for each place.
function blockwise(name, plan) {
  OPERATIONS[name] = {
    run(args) {
      const { length, affine, eps } = plan(args), out = new Tensor(args.input.shape);
      for (let start = 0; start < out.data.length; start += length) {
        const { mean, deviation } = moments(args.input.data, start, length, eps);
        for (let place = start; place < start + length; place++) {
          const [scale, shift] = affine(place);
          out.data[place] = ((args.input.data[place] - mean) / deviation) * scale + shift;
        }
      }
      return out;
    },
    back(gradient, args, output, structural) {
      const { length, affine, eps } = plan(args), result = new Float32Array(gradient.length), x = args.input.data;
      for (let start = 0; start < result.length; start += length) {
        const { mean, deviation } = moments(x, start, length, eps);
        let sum = 0, along = 0;
        for (let place = start; place < start + length; place++) {
          const g = gradient[place] * (structural ? 1 : affine(place)[0]);
          sum += g;
          along += (g * (x[place] - mean)) / deviation;
        }
        for (let place = start; place < start + length; place++) {
          const g = gradient[place] * (structural ? 1 : affine(place)[0]);
          const x0 = (x[place] - mean) / deviation;
          result[place] = structural ? sum : (g - sum / length - (x0 * along) / length) / deviation;
        }
      }
      return [[args.input, result]];
    },
  };
}

function moments(x, start, length, eps) {
  let mean = 0, variance = 0;
  for (let place = start; place < start + length; place++) mean += x[place] / length;
  for (let place = start; place < start + length; place++) variance += (x[place] - mean) ** 2 / length;
  return { mean, deviation: Math.sqrt(variance + eps) };
}

function affineBy({ weight, bias }, channel) {
  return (place) => [weight ? weight.data[channel(place)] : 1, bias ? bias.data[channel(place)] : 0];
}

function channelOf(input) {
  const plane = count(input.shape.slice(2));
  return (place) => Math.floor(place / plane) % input.shape[1];
}

blockwise("group_norm", (args) => {
  const { input, num_groups: groups, eps } = args;
  return { length: input.data.length / groups, affine: affineBy(args, channelOf(input)), eps };
});
blockwise("instance_norm", (args) => {
  const { input, eps } = args;
  return { length: count(input.shape.slice(2)), affine: affineBy(args, channelOf(input)), eps };
});
blockwise("layer_norm", (args) => {
  const length = count(args.normalized_shape);
  return { length, affine: affineBy(args, (place) => place % length), eps: args.eps };
});

// Sums over axes.

function reducing(name, divisor) {
  const index = ({ self, dim }) => {
    const gone = new Set((dim === undefined || dim === null || dim.length === 0 ? self.shape.map((_, axis) => axis) : dim)
      .map((axis) => axisOf(axis, self.shape.length)));
    const kept = self.shape.map((length, axis) => (gone.has(axis) ? 1 : length));
    return { gone, kept, places: walk(self.shape, broadcastSteps(kept, self.shape)) };
  };
  OPERATIONS[name] = {
    run(args) {
      const { gone, kept, places } = index(args), sums = new Float64Array(count(kept));
      places.forEach((to, from) => (sums[to] += args.self.data[from]));
      const shape = args.keepdim ? kept : kept.filter((_, axis) => !gone.has(axis));
      return new Tensor(shape, Float32Array.from(sums, (sum) => sum / divisor(args.self.data.length / sums.length)));
    },
    back(gradient, args) {
      const { kept, places } = index(args), terms = args.self.data.length / count(kept);
      return [[args.self, Float32Array.from(places, (to) => gradient[to] / divisor(terms))]];
    },
  };
}

reducing("mean", (terms) => terms);
reducing("sum", () => 1);

// Softmax along an axis: its values lie `step` apart.
function alongAxis(self, dim, visit) {
  const axis = axisOf(dim, self.shape.length), step = strides(self.shape)[axis], length = self.shape[axis];
  for (let start = 0; start < self.data.length; start++) {
    if (Math.floor(start / step) % length === 0) visit(start, step, length);
  }
}

function softmaxLike(name, logarithmic) {
  OPERATIONS[name] = {
    run({ self, dim }) {
      const out = new Tensor(self.shape), x = self.data;
      alongAxis(self, dim, (start, step, length) => {
        let top = -Infinity, sum = 0;
        for (let k = 0; k < length; k++) top = Math.max(top, x[start + k * step]);
        for (let k = 0; k < length; k++) sum += Math.exp(x[start + k * step] - top);
        for (let k = 0; k < length; k++) {
          const at = start + k * step;
          out.data[at] = logarithmic ? x[at] - top - Math.log(sum) : Math.exp(x[at] - top) / sum;
        }
      });
      return out;
    },
    back(gradient, { self, dim }, output, structural) {
      const result = new Float32Array(gradient.length);
      alongAxis(self, dim, (start, step, length) => {
        let sum = 0;
        for (let k = 0; k < length; k++) {
          const at = start + k * step;
          sum += gradient[at] * (logarithmic || structural ? 1 : output.data[at]);
        }
        for (let k = 0; k < length; k++) {
          const at = start + k * step, p = logarithmic ? Math.exp(output.data[at]) : output.data[at];
          result[at] = structural ? sum : logarithmic ? gradient[at] - p * sum : p * (gradient[at] - sum);
        }
      });
      return [[self, result]];
    },
  };
}

softmaxLike("softmax", false);
softmaxLike("log_softmax", true);

OPERATIONS.linear = {
  run({ input, weight, bias }) {
    const [outputs, inputs] = weight.shape, rows = input.data.length / inputs;
    const out = new Tensor([...input.shape.slice(0, -1), outputs]);
    for (let r = 0; r < rows; r++) {
      for (let o = 0; o < outputs; o++) {
        let sum = bias ? bias.data[o] : 0;
        for (let i = 0; i < inputs; i++) sum += input.data[r * inputs + i] * weight.data[o * inputs + i];
        out.data[r * outputs + o] = sum;
      }
    }
    return out;
  },
  back(gradient, { input, weight }, output, structural) {
    const [outputs, inputs] = weight.shape, result = new Float32Array(input.data.length);
    gradient.forEach((g, place) => {
      if (g === 0) return;
      const row = Math.floor(place / outputs) * inputs, o = (place % outputs) * inputs;
      for (let i = 0; i < inputs; i++) result[row + i] += structural ? 1 : g * weight.data[o + i];
    });
    return [[input, result]];
  },
};

// (..., M, K) @ (..., K, N), of equal leading axes.
function product(a, b, m, k, n) {
  const out = new Float32Array((a.length / (m * k)) * m * n);
  for (let batch = 0; batch < out.length / (m * n); batch++) {
    for (let r = 0; r < m; r++) {
      for (let i = 0; i < k; i++) {
        const value = a[(batch * m + r) * k + i];
        if (value === 0) continue;
        for (let c = 0; c < n; c++) out[(batch * m + r) * n + c] += value * b[(batch * k + i) * n + c];
      }
    }
  }
  return out;
}

function turned(x, rows, columns) {
  const out = new Float32Array(x.length), plane = rows * columns;
  for (let place = 0; place < x.length; place++) {
    const inside = place % plane;
    out[place - inside + (inside % columns) * rows + Math.floor(inside / columns)] = x[place];
  }
  return out;
}

OPERATIONS.matmul = {
  run({ self, other }) {
    const [m, k] = self.shape.slice(-2), n = other.shape.at(-1);
    return new Tensor([...self.shape.slice(0, -1), n], product(self.data, other.data, m, k, n));
  },
  back(gradient, { self, other }, output, structural) {
    const [m, k] = self.shape.slice(-2), n = other.shape.at(-1);
    const [a, b] = [self, other].map((tensor) => (structural ? tensor.data.map(() => 1) : tensor.data));
    return [
      [self, product(gradient, turned(b, k, n), m, n, k)],
      [other, product(turned(a, m, k), gradient, k, m, n)],
    ];
  },
};

OPERATIONS.embedding = {
  run({ weight, indices }) {
    const width = weight.shape[1], out = new Tensor([...indices.shape, width]);
    indices.data.forEach((row, place) => {
      out.data.set(weight.data.subarray(row * width, (row + 1) * width), place * width);
    });
    return out;
  },
  // A table has no derivative by the number of its row, but the row depends on it.
  back(gradient, { weight, indices }, output, structural) {
    const width = weight.shape[1], result = new Float32Array(indices.data.length);
    if (structural) gradient.forEach((g, place) => (result[Math.floor(place / width)] += g));
    return [[indices, result]];
  },
};
