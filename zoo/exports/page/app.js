// Start: connect everything, and show the first sample.

listenToResult();
listenToAnswer();
listenToMaps();
listenToPlaces();
listenForPictures(use);
listSamples(DATA.samples, use);

// For the console.
globalThis.zoo = { network: NETWORK, state, visible, pictureFrom, use, point, compute };
