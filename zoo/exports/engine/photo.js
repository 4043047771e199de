// Photos: what the network sees of one, and pictures from its logits, in the steps of `zoo predict`.
// A picture here is { width, height, data }: planes of levels 0 to 255, three of them unless it is grey.

function greyOf({ width, height, data }) {
  const plane = width * height, grey = new Float32Array(plane);
  for (let at = 0; at < plane; at++) {
    grey[at] = Math.floor((data[at] + data[at + plane] + data[at + 2 * plane] + 1) / 3);
  }
  return { width, height, data: grey };
}

// For each output along one axis: the first input and the weights, of a triangle as wide as the reduction.
function triangles(length, outputs) {
  const scale = length / outputs, support = Math.max(scale, 1);
  return Array.from({ length: outputs }, (_, place) => {
    const center = scale * (place + 0.5), first = Math.max(0, Math.floor(center - support + 0.5));
    const last = Math.min(length, Math.floor(center + support + 0.5)), weights = [];
    for (let at = first; at < last; at++) weights.push(Math.max(0, 1 - Math.abs((at - center + 0.5) / support)));
    const sum = weights.reduce((a, b) => a + b, 0);
    return [first, weights.map((weight) => weight / sum)];
  });
}

// Keys (1981), Cubic Convolution Interpolation, with a = -0.75, which torch uses.
function cubics(length, outputs) {
  const near = (t) => (1.25 * t - 2.25) * t * t + 1, far = (t) => ((-0.75 * t + 3.75) * t - 6) * t + 3;
  return Array.from({ length: outputs }, (_, place) => {
    const at = (length / outputs) * (place + 0.5) - 0.5, first = Math.floor(at), t = at - first;
    return [first - 1, [far(t + 1), near(t), near(1 - t), far(2 - t)]];
  });
}

// Two neighbors, linearly; what `align_corners=False` means in torch.
function linears(length, outputs) {
  return Array.from({ length: outputs }, (_, place) => {
    const at = Math.max(0, (length / outputs) * (place + 0.5) - 0.5), first = Math.floor(at);
    return [first, [1 - (at - first), at - first]];
  });
}

// Planes at another size: along rows, then along columns. Places outside repeat the border.
function resized(data, planes, height, width, tall, wide, taps) {
  const columns = taps(width, wide), rows = taps(height, tall);
  const half = new Float32Array(planes * height * wide), out = new Float32Array(planes * tall * wide);
  for (let row = 0; row < planes * height; row++) {
    for (let x = 0; x < wide; x++) {
      const [first, weights] = columns[x];
      let sum = 0;
      for (let k = 0; k < weights.length; k++) {
        sum += weights[k] * data[row * width + Math.min(width - 1, Math.max(0, first + k))];
      }
      half[row * wide + x] = sum;
    }
  }
  for (let c = 0; c < planes; c++) {
    for (let y = 0; y < tall; y++) {
      const [first, weights] = rows[y], to = (c * tall + y) * wide;
      for (let k = 0; k < weights.length; k++) {
        const from = (c * height + Math.min(height - 1, Math.max(0, first + k))) * wide, weight = weights[k];
        for (let x = 0; x < wide; x++) out[to + x] += weight * half[from + x];
      }
    }
  }
  return out;
}

// What the network sees: grey if it has one channel, with the shorter side that the task asks for.
function visible(picture, channels, task) {
  const source = channels === 1 ? greyOf(picture) : picture, shorter = Math.min(source.width, source.height);
  const scale = task.enlarges ? task.short_side / shorter : Math.min(1, task.short_side / shorter);
  const height = Math.max(1, rounded(source.height * scale)), width = Math.max(1, rounded(source.width * scale));
  const data = resized(source.data, channels, source.height, source.width, height, width, triangles);
  return { width, height, data: data.map((level) => Math.min(255, Math.max(0, rounded(level)))) };
}

// Probabilities of all classes at one place, softened by a temperature; 0 leaves only the most likely class.
function probabilities(logits, classes, plane, at, temperature = 1) {
  let best = 0;
  for (let k = 1; k < classes; k++) if (logits[k * plane + at] > logits[best * plane + at]) best = k;
  if (temperature === 0) return Array.from({ length: classes }, (_, k) => (k === best ? 1 : 0));
  const top = logits[best * plane + at];
  const raised = Array.from({ length: classes }, (_, k) => Math.exp((logits[k * plane + at] - top) / temperature));
  const sum = raised.reduce((a, b) => a + b, 0);
  return raised.map((value) => value / sum);
}

function classesOf(logits, classes, plane) {
  const out = new Uint8Array(plane);
  for (let at = 0; at < plane; at++) {
    for (let k = 1; k < classes; k++) if (logits[k * plane + at] > logits[out[at] * plane + at]) out[at] = k;
  }
  return out;
}

// sRGB and CIE Lab under the illuminant D65, with the constants of scikit-image.
const WHITE = [0.95047, 1, 1.08883];
const XYZ_OF_RGB = [[0.412453, 0.35758, 0.180423], [0.212671, 0.71516, 0.072169], [0.019334, 0.119193, 0.950227]];
const RGB_OF_XYZ = inverse(XYZ_OF_RGB);

function inverse([[a, b, c], [d, e, f], [g, h, i]]) {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ].map((row) => row.map((value) => value / determinant));
}

function labOf(rgb) {
  const linear = rgb.map((level) => level / 255).map((v) => (v > 0.04045 ? ((v + 0.055) / 1.055) ** 2.4 : v / 12.92));
  const [x, y, z] = XYZ_OF_RGB.map((row, n) => row.reduce((sum, share, k) => sum + share * linear[k], 0) / WHITE[n])
    .map((v) => (v > 0.008856 ? Math.cbrt(v) : 7.787 * v + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function rgbOf(lightness, a, b) {
  const y = (lightness + 16) / 116, xyz = [a / 500 + y, y, Math.max(0, y - b / 200)]
    .map((f, n) => (f > 0.2068966 ? f ** 3 : (f - 16 / 116) / 7.787) * WHITE[n]);
  return RGB_OF_XYZ.map((row) => {
    const v = row[0] * xyz[0] + row[1] * xyz[1] + row[2] * xyz[2];
    return rounded(255 * Math.min(1, Math.max(0, v > 0.0031308 ? 1.055 * v ** (1 / 2.4) - 0.055 : 12.92 * v)));
  });
}

// All of the share for the class whose expected difference from the truth is least.
function leastDifference(shares, differences) {
  const expected = differences[0].map((_, c) => shares.reduce((sum, p, k) => sum + p * differences[k][c], 0));
  const best = expected.indexOf(Math.min(...expected));
  return shares.map((_, k) => (k === best ? 1 : 0));
}

// The lightness of the photo, and the mean color that the probabilities give, enlarged; see Zhang et al. (2016).
// Without a temperature, the color of the least expected difference is taken.
function colorized(picture, seen, logits, palette, temperature, differences) {
  const lab = palette.map(labOf), classes = palette.length, plane = seen.width * seen.height;
  const small = new Float32Array(2 * plane);
  for (let at = 0; at < plane; at++) {
    const shares = temperature === null
      ? leastDifference(probabilities(logits, classes, plane, at), differences)
      : probabilities(logits, classes, plane, at, temperature);
    shares.forEach((p, k) => {
      small[at] += p * lab[k][1];
      small[at + plane] += p * lab[k][2];
    });
  }
  const { width, height, data: grey } = greyOf(picture), pixels = width * height;
  const color = resized(small, 2, seen.height, seen.width, height, width, cubics);
  const lightness = Array.from({ length: 256 }, (_, level) => labOf([level, level, level])[0]);
  const out = new Uint8ClampedArray(3 * pixels);
  for (let at = 0; at < pixels; at++) {
    const [r, g, b] = rgbOf(lightness[grey[at]], color[at], color[at + pixels]);
    out[at] = r;
    out[at + pixels] = g;
    out[at + 2 * pixels] = b;
  }
  return { width, height, data: out };
}

// The classes of a photo at its own size.
function segmented(picture, seen, logits, classes) {
  const large = resized(logits, classes, seen.height, seen.width, picture.height, picture.width, linears);
  return classesOf(large, classes, picture.width * picture.height);
}

// The photo with everything but the background tinted in the colors of its classes.
function overlaid({ width, height, data }, chosen, colors, tint) {
  const out = Uint8ClampedArray.from(data), plane = width * height;
  for (let at = 0; at < plane; at++) {
    if (!chosen[at]) continue;
    for (let c = 0; c < 3; c++) out[at + c * plane] = data[at + c * plane] * (1 - tint) + colors[chosen[at]][c] * tint;
  }
  return { width, height, data: out };
}
