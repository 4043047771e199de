// Operations that move values: each is an index, the place in the input from which an output's value comes, or -1 for a
// constant. Forwards they gather, backwards they scatter.

function gathered(input, index, shape, constant = 0) {
  const out = new Tensor(shape), x = input.data, y = out.data;
  for (let place = 0; place < index.length; place++) y[place] = index[place] < 0 ? constant : x[index[place]];
  return out;
}

function scattered(gradient, index, length) {
  const result = new Float32Array(length);
  for (let place = 0; place < index.length; place++) if (index[place] >= 0) result[index[place]] += gradient[place];
  return result;
}

// The index of an output of that shape whose place (a, b, ...) is at start + a * steps[0] + b * steps[1] + ...
function walk(shape, steps, start = 0) {
  const index = new Int32Array(count(shape)), at = new Array(shape.length).fill(0);
  let place = start;
  for (let n = 0; n < index.length; n++) {
    index[n] = place;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += steps[axis];
      if (++at[axis] < shape[axis]) break;
      place -= steps[axis] * shape[axis];
      at[axis] = 0;
    }
  }
  return index;
}

// An operation that is `view(args)`: the output's shape and its index.
function rearranging(name, view, inputName = "self") {
  OPERATIONS[name] = {
    run(args) {
      const { shape, index, constant } = view(args);
      return gathered(args[inputName], index, shape, constant);
    },
    back(gradient, args) {
      const input = args[inputName];
      return [[input, scattered(gradient, view(args).index, input.data.length)]];
    },
  };
}

function sameOrder(input, shape) {
  const unknown = shape.indexOf(-1);
  const whole = shape.map((length) => length);
  if (unknown >= 0) whole[unknown] = input.data.length / -count(shape);
  return { shape: whole, index: walk(whole, strides(whole)) };
}

for (const name of ["view", "reshape"]) rearranging(name, (args) => sameOrder(args.self, args.shape || args.size));

rearranging("flatten", ({ self, start_dim: start, end_dim: end }) => {
  const rank = self.shape.length, first = axisOf(start, rank), last = axisOf(end, rank);
  return sameOrder(self, [...self.shape.slice(0, first), -1, ...self.shape.slice(last + 1)]);
});

rearranging("unsqueeze", ({ self, dim }) => {
  const shape = [...self.shape];
  shape.splice(axisOf(dim, shape.length + 1), 0, 1);
  return sameOrder(self, shape);
});

rearranging("squeeze", ({ self, dim }) => {
  const dims = dim === undefined ? self.shape.map((_, axis) => axis) : [].concat(dim);
  const gone = new Set(dims.map((axis) => axisOf(axis, self.shape.length)));
  return sameOrder(self, self.shape.filter((length, axis) => length !== 1 || !gone.has(axis)));
});

rearranging("permute", ({ self, dims }) => {
  const order = dims.map((axis) => axisOf(axis, dims.length)), steps = strides(self.shape);
  const shape = order.map((axis) => self.shape[axis]);
  return { shape, index: walk(shape, order.map((axis) => steps[axis])) };
});

rearranging("transpose", ({ self, dim0, dim1 }) => {
  const order = self.shape.map((_, axis) => axis), a = axisOf(dim0, order.length), b = axisOf(dim1, order.length);
  [order[a], order[b]] = [order[b], order[a]];
  const shape = order.map((axis) => self.shape[axis]), steps = strides(self.shape);
  return { shape, index: walk(shape, order.map((axis) => steps[axis])) };
});

function broadcastSteps(from, to) {
  const steps = strides(from), lead = to.length - from.length;
  return to.map((length, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : steps[axis - lead]));
}

rearranging("expand", ({ self, size }) => {
  const lead = size.length - self.shape.length;
  const shape = size.map((length, axis) => (length === -1 ? self.shape[axis - lead] : length));
  return { shape, index: walk(shape, broadcastSteps(self.shape, shape)) };
});

rearranging("flip", ({ self, dims }) => {
  const steps = strides(self.shape);
  let start = 0;
  for (const dim of dims.map((axis) => axisOf(axis, steps.length))) {
    start += steps[dim] * (self.shape[dim] - 1);
    steps[dim] = -steps[dim];
  }
  return { shape: self.shape, index: walk(self.shape, steps, start) };
});

function cut(self, dim, start, end, step = 1) {
  const axis = axisOf(dim, self.shape.length), length = self.shape[axis], steps = strides(self.shape);
  const clip = (place) => Math.max(0, Math.min(length, place < 0 ? place + length : place));
  const from = clip(start ?? 0), to = clip(end ?? length);
  const shape = [...self.shape], begin = from * steps[axis];
  shape[axis] = Math.max(0, Math.ceil((to - from) / step));
  steps[axis] *= step;
  return { shape, index: walk(shape, steps, begin) };
}

rearranging("slice", ({ self, dim, start, end, step }) => cut(self, dim, start, end, step));
rearranging("narrow", ({ self, dim, start, length }) => cut(self, dim, start, start + length));
rearranging("select", ({ self, dim, index }) => {
  const axis = axisOf(dim, self.shape.length), place = axisOf(index, self.shape[axis]);
  const part = cut(self, axis, place, place + 1);
  return { shape: part.shape.filter((_, other) => other !== axis), index: part.index };
});

rearranging("pad", ({ self, pad, mode, value }) => {
  const rank = self.shape.length, before = new Array(rank).fill(0), shape = [...self.shape];
  for (let pairs = 0; pairs < pad.length / 2; pairs++) {
    before[rank - 1 - pairs] = pad[2 * pairs];
    shape[rank - 1 - pairs] += pad[2 * pairs] + pad[2 * pairs + 1];
  }
  const places = shape.map((length, axis) =>
    Int32Array.from({ length }, (_, place) => sourceOf(place - before[axis], self.shape[axis], mode)),
  );
  const index = new Int32Array(count(shape)), steps = strides(shape), from = strides(self.shape);
  for (let place = 0; place < index.length; place++) {
    let at = 0;
    for (let axis = 0, rest = place; axis < rank && at >= 0; axis++) {
      const source = places[axis][Math.floor(rest / steps[axis])];
      rest %= steps[axis];
      at = source < 0 ? -1 : at + source * from[axis];
    }
    index[place] = at;
  }
  return { shape, index, constant: value ?? 0 };
});

// Where a place outside gets its value from.
function sourceOf(place, length, mode) {
  if (place >= 0 && place < length) return place;
  if (mode === "replicate") return place < 0 ? 0 : length - 1;
  if (mode === "reflect") return place < 0 ? -place : 2 * (length - 1) - place;
  if (mode === "circular") return (place + length) % length;
  return -1;
}

// Cutting into several tensors, and joining.

function pieces(self, lengths, dim) {
  let start = 0;
  return lengths.map((length) => {
    const { shape, index } = cut(self, dim, start, start + length);
    start += length;
    return { tensor: gathered(self, index, shape), index };
  });
}

function splitting(name, lengthsOf) {
  OPERATIONS[name] = {
    run(args) {
      const parts = pieces(args.self, lengthsOf(args), args.dim);
      return parts.map(({ tensor, index }) => Object.assign(tensor, { source: args.self, index }));
    },
  };
}

function equalParts(self, dim, length) {
  const whole = self.shape[axisOf(dim, self.shape.length)];
  return Array.from({ length: Math.ceil(whole / length) }, (_, part) => Math.min(length, whole - part * length));
}

splitting("split", ({ self, split_size: length, dim }) => equalParts(self, dim, length));
splitting("split_with_sizes", ({ split_sizes: lengths }) => lengths);
splitting("chunk", ({ self, chunks, dim }) => {
  const whole = self.shape[axisOf(dim, self.shape.length)];
  return equalParts(self, dim, Math.ceil(whole / chunks));
});

OPERATIONS.getitem = {
  run: ({ self, index }) => self[index],
  back: (gradient, { self, index }) => {
    const { source, index: places } = self[index];
    return [[source, scattered(gradient, places, source.data.length)]];
  },
};

OPERATIONS.cat = {
  run({ tensors, dim }) {
    const axis = axisOf(dim, tensors[0].shape.length), shape = [...tensors[0].shape];
    shape[axis] = tensors.reduce((sum, tensor) => sum + tensor.shape[axis], 0);
    const out = new Tensor(shape), row = count(shape.slice(axis)), rows = count(shape.slice(0, axis));
    let start = 0;
    for (const { data } of tensors) {
      const length = data.length / rows;
      for (let r = 0; r < rows; r++) out.data.set(data.subarray(r * length, (r + 1) * length), r * row + start);
      start += length;
    }
    return out;
  },
  back(gradient, { tensors, dim }, output) {
    const axis = axisOf(dim, output.shape.length), rows = count(output.shape.slice(0, axis));
    const row = gradient.length / rows;
    let start = 0;
    return tensors.map((tensor) => {
      const part = new Float32Array(tensor.data.length), length = part.length / rows;
      for (let r = 0; r < rows; r++) {
        part.set(gradient.subarray(r * row + start, r * row + start + length), r * length);
      }
      start += length;
      return [tensor, part];
    });
  },
};
