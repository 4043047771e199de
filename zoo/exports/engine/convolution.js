// Convolutions in plain typed arrays. A picture is padded once; then four output channels at a time are summed row by
// row, so that every value that is loaded is used four times, and in kernels three wide twelve times. Small maps with
// many channels go window by window instead.

function padded(x, channels, height, width, [top, left], [bottom, right]) {
  if (!(top || left || bottom || right)) return x;
  const wide = width + left + right, tall = height + top + bottom;
  const out = new Float32Array(channels * tall * wide);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const from = (c * height + y) * width;
      out.set(x.subarray(from, from + width), (c * tall + y + top) * wide + left);
    }
  }
  return out;
}

function convolutionShape(input, weight, { stride, padding, dilation }) {
  const [, , height, width] = input.shape, [outputs, , kh, kw] = weight.shape;
  return [
    1, outputs,
    Math.floor((height + 2 * padding[0] - dilation[0] * (kh - 1) - 1) / stride[0]) + 1,
    Math.floor((width + 2 * padding[1] - dilation[1] * (kw - 1) - 1) / stride[1]) + 1,
  ];
}

function geometryOf(args) {
  const kernel = args.weight.shape.slice(2);
  const dilation = pair(args.dilation, [1, 1]);
  const same = kernel.map((k, axis) => (dilation[axis] * (k - 1)) >> 1);
  const padding = args.padding === "valid" ? [0, 0] : args.padding === "same" ? same : pair(args.padding, [0, 0]);
  return { stride: pair(args.stride, [1, 1]), padding, dilation, groups: args.groups || 1 };
}

function convolve(input, weight, bias, geometry) {
  const shape = convolutionShape(input, weight, geometry), plane = shape[2] * shape[3];
  const out = new Float32Array(shape[1] * plane);
  if (bias) for (let o = 0; o < shape[1]; o++) out.fill(bias.data[o], o * plane, (o + 1) * plane);
  const byWindow = geometry.groups === 1 && plane < SMALL_PLANE;
  (byWindow ? windowByWindow : rowByRow)(input, weight, geometry, shape, out);
  return new Tensor(shape, out);
}

// Maps of fewer places than this are computed window by window; their rows are too short to be worth a loop.
const SMALL_PLANE = 256;

function rowByRow(input, weight, { stride, padding, dilation, groups }, [, , rows, columns], out) {
  const [, channels, height, width] = input.shape, [outputs, perGroup, kh, kw] = weight.shape;
  const x = padded(input.data, channels, height, width, padding, padding), w = weight.data;
  const wide = width + 2 * padding[1], tall = height + 2 * padding[0], plane = rows * columns;
  const kernel = perGroup * kh * kw, step = stride[0] * wide, each = outputs / groups;
  const three = kw === 3 && stride[1] === 1 && dilation[1] === 1;
  for (let o = 0; o < outputs; ) {
    const group = Math.floor(o / each), four = (group + 1) * each - o >= 4, first = o * plane;
    for (let c = 0; c < perGroup; c++) {
      for (let i = 0; i < kh; i++) {
        const row = ((group * perGroup + c) * tall + i * dilation[0]) * wide, tap = o * kernel + (c * kh + i) * kw;
        if (four && three) rowsOfThree(x, w, out, row, tap, step, rows, columns, first, plane, kernel);
        else {
          for (let j = 0; j < kw; j++) {
            const from = row + j * dilation[1];
            if (four) fourOutputs(x, w, out, from, tap + j, step, stride[1], rows, columns, first, plane, kernel);
            else oneOutput(x, w[tap + j], out, from, step, stride[1], rows, columns, first);
          }
        }
      }
    }
    o += four ? 4 : 1;
  }
}

// Three neighboring taps of four output channels.
function rowsOfThree(x, w, out, row, tap, step, rows, columns, first, plane, kernel) {
  const a0 = w[tap], a1 = w[tap + 1], a2 = w[tap + 2];
  const b0 = w[tap + kernel], b1 = w[tap + kernel + 1], b2 = w[tap + kernel + 2];
  const c0 = w[tap + 2 * kernel], c1 = w[tap + 2 * kernel + 1], c2 = w[tap + 2 * kernel + 2];
  const d0 = w[tap + 3 * kernel], d1 = w[tap + 3 * kernel + 1], d2 = w[tap + 3 * kernel + 2];
  for (let y = 0; y < rows; y++) {
    let s = row + y * step, u = x[s], v = x[s + 1];
    s += 2;
    for (let a = first + y * columns, end = a + columns; a < end; a++, s++) {
      const t = x[s], b = a + plane, c = b + plane, d = c + plane;
      out[a] += a0 * u + a1 * v + a2 * t;
      out[b] += b0 * u + b1 * v + b2 * t;
      out[c] += c0 * u + c1 * v + c2 * t;
      out[d] += d0 * u + d1 * v + d2 * t;
      u = v;
      v = t;
    }
  }
}

// One tap of four output channels.
function fourOutputs(x, w, out, row, tap, step, stride, rows, columns, first, plane, kernel) {
  const wa = w[tap], wb = w[tap + kernel], wc = w[tap + 2 * kernel], wd = w[tap + 3 * kernel];
  for (let y = 0; y < rows; y++) {
    for (let s = row + y * step, a = first + y * columns, end = a + columns; a < end; a++, s += stride) {
      const t = x[s], b = a + plane, c = b + plane;
      out[a] += wa * t;
      out[b] += wb * t;
      out[c] += wc * t;
      out[c + plane] += wd * t;
    }
  }
}

// One tap of one output channel.
function oneOutput(x, weight, out, row, step, stride, rows, columns, first) {
  for (let y = 0; y < rows; y++) {
    for (let s = row + y * step, a = first + y * columns, end = a + columns; a < end; a++, s += stride) {
      out[a] += weight * x[s];
    }
  }
}

// Every window written out as a row, then multiplied with four kernels at a time.
function windowByWindow(input, weight, geometry, [, outputs, rows, columns], out) {
  const kernel = count(weight.shape.slice(1)), plane = rows * columns, w = weight.data;
  const windows = unfolded(input, weight, geometry, rows, columns);
  for (let at = 0; at < plane; at++) {
    const window = windows.subarray(at * kernel, (at + 1) * kernel);
    let o = 0;
    for (; o + 4 <= outputs; o += 4) {
      let a = 0, b = 0, c = 0, d = 0, k0 = o * kernel, k1 = k0 + kernel, k2 = k1 + kernel, k3 = k2 + kernel;
      for (let k = 0; k < kernel; k++) {
        const t = window[k];
        a += t * w[k0++];
        b += t * w[k1++];
        c += t * w[k2++];
        d += t * w[k3++];
      }
      const place = o * plane + at;
      out[place] += a;
      out[place + plane] += b;
      out[place + 2 * plane] += c;
      out[place + 3 * plane] += d;
    }
    for (; o < outputs; o++) for (let k = 0; k < kernel; k++) out[o * plane + at] += window[k] * w[o * kernel + k];
  }
}

function unfolded(input, weight, { stride, padding, dilation }, rows, columns) {
  const [, channels, height, width] = input.shape, [, , kh, kw] = weight.shape, kernel = channels * kh * kw;
  const windows = new Float32Array(rows * columns * kernel);
  for (let c = 0, k = 0; c < channels; c++) {
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++, k++) {
        for (let p = 0; p < rows; p++) {
          const y = p * stride[0] - padding[0] + i * dilation[0];
          if (y < 0 || y >= height) continue;
          for (let q = 0; q < columns; q++) {
            const x = q * stride[1] - padding[1] + j * dilation[1];
            if (x >= 0 && x < width) windows[(p * columns + q) * kernel + k] = input.data[(c * height + y) * width + x];
          }
        }
      }
    }
  }
  return windows;
}

// What every window read is written to it: weight times gradient. Gradients of single outputs are mostly zero.
function convolutionBack(gradient, input, weight, outShape, geometry, structural) {
  const { stride, padding, dilation, groups } = geometry;
  const [, channels, height, width] = input.shape, [outputs, perGroup, kh, kw] = weight.shape;
  const [, , rows, columns] = outShape, plane = rows * columns, outputsPerGroup = outputs / groups;
  const result = new Float32Array(input.data.length), w = weight.data;
  const source = structural ? anyChannel(gradient, groups, outputsPerGroup, plane) : gradient;
  const sources = structural ? groups : outputs;
  for (let o = 0; o < sources; o++) {
    const first = (structural ? o : Math.floor(o / outputsPerGroup)) * perGroup;
    for (let at = 0; at < plane; at++) {
      const g = source[o * plane + at];
      if (g === 0) continue;
      const top = Math.floor(at / columns) * stride[0] - padding[0], left = (at % columns) * stride[1] - padding[1];
      for (let i = 0; i < kh; i++) {
        const y = top + i * dilation[0];
        if (y < 0 || y >= height) continue;
        for (let j = 0; j < kw; j++) {
          const x = left + j * dilation[1];
          if (x < 0 || x >= width) continue;
          for (let c = 0, k = (o * perGroup * kh + i) * kw + j; c < perGroup; c++, k += kh * kw) {
            result[((first + c) * height + y) * width + x] += structural ? 1 : g * w[k];
          }
        }
      }
    }
  }
  return result;
}

function anyChannel(gradient, groups, each, plane) {
  const any = new Float32Array(groups * plane);
  for (let index = 0; index < gradient.length; index++) {
    if (gradient[index] > 0) any[Math.floor(index / (each * plane)) * plane + (index % plane)] = 1;
  }
  return any;
}

OPERATIONS.conv2d = {
  run: (args) => convolve(args.input, args.weight, args.bias, geometryOf(args)),
  back: (gradient, args, output, structural) => [
    [args.input, convolutionBack(gradient, args.input, args.weight, output.shape, geometryOf(args), structural)],
  ],
};

// A transposed convolution is a convolution of the input with zeros in between, by the kernel turned half around.
function spread(args) {
  const { input, weight } = args, [, channels, height, width] = input.shape, [, perGroup, kh, kw] = weight.shape;
  const stride = pair(args.stride, [1, 1]), padding = pair(args.padding, [0, 0]), groups = args.groups || 1;
  const dilation = pair(args.dilation, [1, 1]), extra = pair(args.output_padding, [0, 0]);
  const before = [dilation[0] * (kh - 1) - padding[0], dilation[1] * (kw - 1) - padding[1]];
  const tall = (height - 1) * stride[0] + 1 + 2 * before[0] + extra[0];
  const wide = (width - 1) * stride[1] + 1 + 2 * before[1] + extra[1];
  const index = new Int32Array(channels * tall * wide).fill(-1);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const row = y * stride[0] + before[0], column = x * stride[1] + before[1];
        if (row < 0 || row >= tall || column < 0 || column >= wide) continue; // padding may cut off
        index[(c * tall + row) * wide + column] = (c * height + y) * width + x;
      }
    }
  }
  const turned = new Tensor([perGroup * groups, channels / groups, kh, kw]), taps = kh * kw, ins = channels / groups;
  for (let c = 0; c < channels; c++) {
    const group = Math.floor(c / ins);
    for (let o = 0; o < perGroup; o++) {
      for (let k = 0; k < taps; k++) {
        const to = ((group * perGroup + o) * ins + (c % ins)) * taps + taps - 1 - k;
        turned.data[to] = weight.data[(c * perGroup + o) * taps + k];
      }
    }
  }
  const geometry = { stride: [1, 1], padding: [0, 0], dilation, groups };
  return { index, shape: [1, channels, tall, wide], turned, geometry };
}

OPERATIONS.conv_transpose2d = {
  run(args) {
    const { index, shape, turned, geometry } = spread(args);
    return convolve(gathered(args.input, index, shape), turned, args.bias, geometry);
  },
  back(gradient, args, output, structural) {
    const { index, shape, turned, geometry } = spread(args);
    const between = convolutionBack(gradient, new Tensor(shape), turned, output.shape, geometry, structural);
    return [[args.input, scattered(between, index, args.input.data.length)]];
  },
};
