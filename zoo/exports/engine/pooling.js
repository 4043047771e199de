// Pooling, and resizing by nearest neighbor and bilinearly.

// The rows (or columns) that each output's window covers: [first, last + 1, taps counted in an average].
function windows(length, outputs, kernel, stride, padding) {
  return Array.from({ length: outputs }, (_, place) => {
    const start = place * stride - padding;
    return [Math.max(0, start), Math.min(length, start + kernel), Math.min(start + kernel, length + padding) - start];
  });
}

function pooledLength(length, kernel, stride, padding, ceil) {
  const outputs = (ceil ? Math.ceil : Math.floor)((length + 2 * padding - kernel) / stride) + 1;
  return ceil && (outputs - 1) * stride >= length + padding ? outputs - 1 : outputs; // no window starts in the padding
}

function poolingWindows(args) {
  const [, , height, width] = args.self.shape, kernel = pair(args.kernel_size), stride = pair(args.stride, kernel);
  const padding = pair(args.padding, [0, 0]);
  if (pair(args.dilation, [1, 1]).some((step) => step !== 1)) throw new Error("dilated pooling is not implemented");
  return [height, width].map((length, axis) => {
    const outputs = pooledLength(length, kernel[axis], stride[axis], padding[axis], args.ceil_mode);
    return windows(length, outputs, kernel[axis], stride[axis], padding[axis]);
  });
}

function adaptiveWindows({ self, output_size: size }) {
  return self.shape.slice(2).map((length, axis) => {
    const outputs = pair(size)[axis] ?? length;
    return Array.from({ length: outputs }, (_, place) => {
      const first = Math.floor((place * length) / outputs), last = Math.ceil(((place + 1) * length) / outputs);
      return [first, last, last - first];
    });
  });
}

// Calls visit(output place, input place, taps) for everything in every window.
function overWindows(input, [rows, columns], visit) {
  const [, channels, height, width] = input.shape;
  for (let c = 0, out = 0; c < channels; c++) {
    for (const [top, bottom, tall] of rows) {
      for (const [left, right, wide] of columns) {
        for (let y = top; y < bottom; y++) {
          for (let x = left; x < right; x++) visit(out, (c * height + y) * width + x, tall * wide);
        }
        out++;
      }
    }
  }
}

function pooledShape(input, [rows, columns]) {
  return [1, input.shape[1], rows.length, columns.length];
}

function largest(input, spans) {
  const out = new Tensor(pooledShape(input, spans)), from = new Int32Array(out.data.length).fill(-1), x = input.data;
  overWindows(input, spans, (place, at) => {
    if (from[place] < 0 || x[at] > x[from[place]]) from[place] = at;
  });
  from.forEach((at, place) => (out.data[place] = x[at]));
  return { out, from };
}

OPERATIONS.max_pool2d = {
  run: (args) => largest(args.self, poolingWindows(args)).out,
  back(gradient, args, output, structural) {
    const spans = poolingWindows(args);
    if (structural) return [[args.self, everywhere(gradient, args.self, spans)]];
    return [[args.self, scattered(gradient, largest(args.self, spans).from, args.self.data.length)]];
  },
};

function everywhere(gradient, input, spans) {
  const result = new Float32Array(input.data.length);
  overWindows(input, spans, (place, at) => (result[at] += gradient[place]));
  return result;
}

function averaging(name, spansOf, divisor) {
  OPERATIONS[name] = {
    run(args) {
      const spans = spansOf(args), out = new Tensor(pooledShape(args.self, spans)), sums = new Float64Array(out.data.length);
      const share = divisor(args, args.self, spans);
      overWindows(args.self, spans, (place, at, taps) => (sums[place] += args.self.data[at] / share(place, taps)));
      out.data.set(sums);
      return out;
    },
    back(gradient, args) {
      const result = new Float32Array(args.self.data.length), spans = spansOf(args);
      const share = divisor(args, args.self, spans);
      overWindows(args.self, spans, (place, at, taps) => (result[at] += gradient[place] / share(place, taps)));
      return [[args.self, result]];
    },
  };
}

averaging("adaptive_avg_pool2d", adaptiveWindows, () => (place, taps) => taps);
averaging("avg_pool2d", poolingWindows, (args, input, spans) => {
  if (args.divisor_override) return () => args.divisor_override;
  if (args.count_include_pad !== false) return (place, taps) => taps;
  const inside = new Int32Array(count(pooledShape(input, spans)));
  overWindows(input, spans, (place) => inside[place]++);
  return (place) => inside[place];
});

// Resizing: [output length, input step per output step], as torch computes it.
function scales({ input, output_size: size, scale_factors: factors, align_corners: aligned }) {
  return input.shape.slice(2).map((length, axis) => {
    const outputs = size ? size[axis] : Math.floor(length * factors[axis]);
    if (aligned) return [outputs, outputs > 1 ? (length - 1) / (outputs - 1) : 0];
    return [outputs, Math.fround(factors ? 1 / factors[axis] : length / outputs)];
  });
}

rearranging("upsample_nearest2d", (args) => {
  const [, channels, height, width] = args.input.shape, [rows, columns] = scales(args);
  const sources = [[rows, height], [columns, width]].map(([[outputs, step], length]) =>
    Int32Array.from({ length: outputs }, (_, place) => Math.min(Math.floor(Math.fround(place * step)), length - 1)));
  const shape = [1, channels, rows[0], columns[0]], index = new Int32Array(count(shape));
  let place = 0;
  for (let c = 0; c < channels; c++) {
    for (const y of sources[0]) for (const x of sources[1]) index[place++] = (c * height + y) * width + x;
  }
  return { shape, index };
}, "input");

// Two neighbors and the second one's share, for every output along one axis.
function neighbors([outputs, step], length, aligned) {
  return Array.from({ length: outputs }, (_, place) => {
    const at = aligned ? place * step : Math.max(0, Math.fround(step * (place + 0.5) - 0.5));
    const first = Math.min(Math.floor(at), length - 1);
    return [first, Math.min(first + 1, length - 1), at - first];
  });
}

function overNeighbors(args, visit) {
  const [, channels, height, width] = args.input.shape, [rows, columns] = scales(args);
  const ys = neighbors(rows, height, args.align_corners), xs = neighbors(columns, width, args.align_corners);
  for (let c = 0, place = 0; c < channels; c++) {
    const plane = c * height * width;
    for (const [top, bottom, down] of ys) {
      for (const [left, right, across] of xs) {
        const a = plane + top * width, b = plane + bottom * width;
        visit(place++, [a + left, a + right, b + left, b + right],
          [(1 - down) * (1 - across), (1 - down) * across, down * (1 - across), down * across]);
      }
    }
  }
}

OPERATIONS.upsample_bilinear2d = {
  run(args) {
    const [rows, columns] = scales(args), out = new Tensor([1, args.input.shape[1], rows[0], columns[0]]);
    const x = args.input.data;
    overNeighbors(args, (place, [a, b, c, d], [p, q, r, s]) => {
      out.data[place] = p * x[a] + q * x[b] + r * x[c] + s * x[d];
    });
    return out;
  },
  back(gradient, args) {
    const result = new Float32Array(args.input.data.length);
    overNeighbors(args, (place, from, shares) => {
      if (gradient[place]) from.forEach((at, n) => (result[at] += gradient[place] * shares[n]));
    });
    return [[args.input, result]];
  },
};
