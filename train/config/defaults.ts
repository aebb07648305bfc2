import type { OptimizerSettings, TrainingConfig } from './schema.ts'

/**
 * After airbench (Jordan 2024), whose peak is 1.5 for 1024 images: behind ReLU, and not GELU, that diverges
 * on photographs.
 */
const optimizer: OptimizerSettings = {
  epochs: 4,
  leastSteps: 0,
  batchSize: 512,
  microBatchSize: 128,
  learningRate: 0.75,
  momentum: 0.85,
  weightDecay: 0.00133,
  kernelRate: 1,
  shiftRate: 16,
  gainRate: 0,
  headRate: 1,
  schedule: { warmStart: 0.2, peakAt: 0.25, coldEnd: 0.02 },
  averageDecay: 0.97,
  statisticsDecay: 0.6,
}

/** Every default, in one place. Presets say only what differs. */
export const defaults: TrainingConfig = {
  seed: 1,
  workers: 2,
  checkpointSeconds: 60,
  imageSize: 32,
  validationShare: 0.1,
  walkers: {
    identities: 24,
    trainSessions: 24,
    validationSessions: 4,
    testSessions: 6,
    framesPerSession: 24,
  },
  people: {
    identities: 226,
    sites: 12,
    trainSessions: 28,
    validationSessions: 4,
    testSessions: 6,
    framesPerSession: 4,
  },
  world: {
    people: {
      identities: 60,
      sites: 4,
      trainSessions: 20,
      validationSessions: 4,
      testSessions: 6,
      framesPerSession: 4,
    },
    copies: 8,
  },
  augment: {
    mirror: true,
    shiftPixels: 2,
    rotationDegrees: 0,
    brightness: 0,
    contrast: 0,
    saturation: 0,
    mixup: 0,
  },
  earlyStop: { checks: 0, patience: 5 },
  partitionCount: 4,
  full: {
    widths: [32, 96, 128],
    optimizer,
    loss: {
      labelSmoothing: 0.2,
      distillation: 0,
      distillationTemperature: 1,
      distillsShown: false,
      outsideWeight: 0,
      outsideShare: 0,
    },
    cutoutPixels: 0,
  },
  generalist: {
    widths: [12, 32, 48],
    optimizer,
    loss: {
      labelSmoothing: 0.1,
      distillation: 0.7,
      distillationTemperature: 2,
      distillsShown: false,
      outsideWeight: 0,
      outsideShare: 0,
    },
    cutoutPixels: 0,
  },
  partition: {
    // A quarter of the peak: it starts from the trained generalist.
    optimizer: {
      ...optimizer,
      epochs: 3,
      learningRate: 0.5,
      schedule: { warmStart: 0.3, peakAt: 0.2, coldEnd: 0.01 },
    },
    loss: {
      labelSmoothing: 0.05,
      distillation: 0.5,
      distillationTemperature: 2,
      distillsShown: false,
      outsideWeight: 0.3,
      outsideShare: 0.4,
    },
    cutoutPixels: 0,
  },
  delta: {
    isTrained: true,
    optimizer: {
      ...optimizer,
      epochs: 4,
      learningRate: 0.5,
      kernelRate: 0,
      gainRate: 4,
      schedule: { warmStart: 0.3, peakAt: 0.2, coldEnd: 0.01 },
    },
  },
  encoder: {
    latentSize: 32,
    hiddenSize: 128,
    epochs: 12,
    seedOffset: 0,
    scenesPerBatch: 16,
    framesPerScene: 32,
    learningRate: 0.002,
    lambda: 5,
    codePriorScale: 3,
    reconstruction: 1,
    mutualInformation: 0.3,
    region: 1,
    rampShare: 0.1,
  },
  gate: {
    streamKind: 'places',
    streamLength: 100,
    streamFrames: 20_000,
    // Long enough that chance scenes do not decide: of 100 frames each, 10,000 frames are but 100 scenes.
    reportFrames: 30_000,
    cacheEntries: 2,
    mostProbes: 2,
    localities: [
      { kind: 'single', meanLength: 100 },
      { kind: 'places', meanLength: 100 },
      { kind: 'places', meanLength: 30 },
      { kind: 'places', meanLength: 10 },
      { kind: 'pairs', meanLength: 100 },
      { kind: 'iid', meanLength: 1 },
    ],
    keepShares: [1, 0.6],
    // Known scenes, and for those that are not a memory of the last frames.
    scenePriors: [{ memoryFrames: 20, surpriseChance: 0.05, knowsScenes: true }],
    knownSceneSurprise: 0.02,
    leastBeliefs: [0.4, 0.7, 0.9],
    testEvery: 60,
    strangersCertain: 0.06,
    knownStrange: 0.01,
    accuracyTolerance: 0.01,
    reserve: 0.1,
  },
  search: {
    // About 2, 3, 5, 8 and 15 million multiply-accumulates at 32x32.
    ladder: [
      [6, 16, 24],
      [8, 24, 32],
      [12, 32, 48],
      [16, 48, 64],
      [24, 64, 96],
    ],
    partitionCounts: [4, 2, 6, 8],
    epochsShare: 0.5,
    patience: 1.2,
    device: { gigaflops: 10, edgeGigaflops: 100, overheadMs: 0.4, roundTripMs: 20 },
  },
}
