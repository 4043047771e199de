// Start: connect everything, and show the first sample.

listenToResult();
listenToAnswer();
listenToMaps();
listenToPlaces();
listenForPictures(use);
listSamples(DATA.samples, use);
