/**
 * The built-in people, so few and so small that all stages are over in seconds: it learns little; that it
 * runs is the point.
 */
export const smallTraining = {
  imageSize: 16,
  partitionCount: 2,
  workers: 2,
  checkpointSeconds: 0.05,
  walkers: { identities: 3, trainSessions: 12, validationSessions: 3, testSessions: 3, framesPerSession: 6 },
  full: { widths: [6, 8, 12], optimizer: { epochs: 3, batchSize: 64 } },
  generalist: { widths: [4, 6, 8], optimizer: { epochs: 3, batchSize: 64 } },
  partition: { optimizer: { epochs: 2, batchSize: 64 } },
  encoder: { epochs: 12, scenesPerBatch: 4, framesPerScene: 16 },
  delta: { optimizer: { epochs: 1, batchSize: 64 } },
  gate: {
    streamFrames: 200,
    reportFrames: 500,
    recordedSessions: 2,
    // One of each: recorded, drawn, of places that nobody knows, and without scenes.
    localities: [
      { kind: 'single', meanLength: 16, recorded: true },
      { kind: 'pairs', meanLength: 100 },
      { kind: 'places', meanLength: 10 },
      { kind: 'iid', meanLength: 1 },
    ],
    leastBeliefs: [0.4, 0.9],
  },
} as const
