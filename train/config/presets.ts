import { CacheNetError } from '../../core/wire/errors.ts'
import { scaleToData } from './scale-to-data.ts'
import { startFromBase, type BaseSizes } from './start-from-base.ts'
import { parseConfig, type OptimizerSettings, type TrainingConfig } from './schema.ts'

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

export const presetNames = ['walkers', 'folder', 'cifar10', 'cifar100', 'people', 'world'] as const
export type PresetName = (typeof presetNames)[number]

/** The preset of that name. Throws `config-invalid` where there is none. */
export function parsePreset(name: string): PresetName {
  const found = presetNames.find((preset) => preset === name)
  if (found === undefined)
    throw new CacheNetError(
      'config-invalid',
      `There is no preset ${name}. Choose one of ${presetNames.join(', ')}.`,
      { preset: name },
    )
  return found
}

type DeepPartial<T> = {
  [Key in keyof T]?: T[Key] extends readonly unknown[]
    ? T[Key]
    : T[Key] extends object
      ? DeepPartial<T[Key]>
      : T[Key]
}

const presets: Record<PresetName, DeepPartial<TrainingConfig>> = {
  walkers: {
    // Many short recordings rather than few long ones: clothes and places must not be learnt by heart.
    walkers: { trainSessions: 96, validationSessions: 12, testSessions: 16, framesPerSession: 4 },
    full: { optimizer: { epochs: 8, batchSize: 256, learningRate: 1.5, shiftRate: 32 } },
    generalist: {
      widths: [8, 24, 32],
      optimizer: { epochs: 10, batchSize: 256, learningRate: 1.5, shiftRate: 32 },
    },
    partition: { optimizer: { epochs: 12, batchSize: 256, shiftRate: 32 } },
    delta: { optimizer: { epochs: 12, batchSize: 256, shiftRate: 32 } },
    encoder: { epochs: 20 },
    gate: {
      streamKind: 'single',
      localities: [
        // People walk towards a camera: what it shows changes slowly, and a mistake about it lasts.
        { kind: 'single', meanLength: 64, recorded: true },
        { kind: 'single', meanLength: 16, recorded: true },
        { kind: 'pairs', meanLength: 100 },
        { kind: 'places', meanLength: 100 },
        { kind: 'places', meanLength: 10 },
        { kind: 'iid', meanLength: 1 },
      ],
      // Three times as many as the images are of: a threshold where few are wrong hangs on those few.
      recordedSessions: 36,
    },
  },
  folder: {
    full: { optimizer: { epochs: 8 } },
    generalist: { optimizer: { epochs: 10 } },
    partition: { optimizer: { epochs: 4 } },
    encoder: { epochs: 6 },
  },
  cifar10: {
    full: { widths: [64, 256, 256], optimizer: { epochs: 16 }, cutoutPixels: 12 },
    // 8 MMACs; many epochs, since a small network learns from its teacher for long (README: the size, found).
    generalist: { widths: [16, 48, 64], optimizer: { epochs: 48 } },
    partition: { optimizer: { epochs: 12 }, loss: { outsideWeight: 0.5 } },
    delta: { optimizer: { epochs: 3 } },
    encoder: { epochs: 6 },
  },
  people: {
    partitionCount: 12,
    full: {
      widths: [48, 160, 192],
      optimizer: { epochs: 6, batchSize: 256, learningRate: 1.5, shiftRate: 32 },
    },
    generalist: {
      widths: [8, 24, 32],
      optimizer: { epochs: 16, batchSize: 256, learningRate: 1.5, shiftRate: 32 },
    },
    partition: { optimizer: { epochs: 12, batchSize: 256, shiftRate: 32 } },
    delta: { optimizer: { epochs: 6, batchSize: 256, shiftRate: 32 } },
    gate: {
      localities: [
        // Cameras that stay: what they show changes slowly, and a mistake about it lasts.
        { kind: 'places', meanLength: 64, recorded: true },
        { kind: 'single', meanLength: 100 },
        { kind: 'places', meanLength: 100 },
        { kind: 'places', meanLength: 10 },
        { kind: 'iid', meanLength: 1 },
      ],
    },
  },
  cifar100: {
    partitionCount: 11,
    full: {
      widths: [64, 256, 256],
      optimizer: { epochs: 12 },
      loss: { labelSmoothing: 0.1 },
      cutoutPixels: 8,
    },
    // 14.8 MMACs: with 8.4 the device answered 51 instead of 68 % of places100 (docs/decisions/0038).
    generalist: { widths: [24, 64, 96], optimizer: { epochs: 24 } },
    partition: { optimizer: { epochs: 10 } },
    delta: { optimizer: { epochs: 3 } },
    encoder: { epochs: 6 },
  },
  world: {
    // Each place of each domain: eleven of photographs, eight scripts, four sites of people.
    partitionCount: 23,
    augment: { mirror: false },
    // Small batches: with 512 images a step and half the width the full model was right on 46 % of the test
    // images.
    full: {
      widths: [48, 160, 192],
      optimizer: { epochs: 6, batchSize: 256, learningRate: 0.5 },
      loss: { labelSmoothing: 0.1 },
      cutoutPixels: 6,
    },
    generalist: { optimizer: { epochs: 6 } },
    // With fewer recordings each person is seen too seldom beside the photographs.
    world: { people: { trainSessions: 48 } },
    // A script has 4,000 images and a site of people 1,200: in passes over them a partition would see next to
    // nothing.
    partition: { optimizer: { epochs: 4, leastSteps: 260, batchSize: 256, shiftRate: 32 } },
    delta: { isTrained: false },
    encoder: { epochs: 4 },
    // With 402 classes each setting that is tried takes minutes.
    gate: { leastBeliefs: [0.6], keepShares: [1], strangersCertain: 0.05 },
  },
}

type Tree = Record<string, unknown>

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function merge(base: unknown, change: unknown): unknown {
  if (!isTree(base) || !isTree(change)) return change
  const changed = Object.entries(change).map(([key, value]): [string, unknown] => [
    key,
    Object.hasOwn(base, key) ? merge(base[key], value) : value,
  ])
  // From entries: a key called __proto__ is a key like any other, and refused like any that there is not.
  return Object.fromEntries([...Object.entries(base), ...changed])
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** `full.optimizer.epochs=4` → { full: { optimizer: { epochs: 4 } } } */
function parseAssignment(assignment: string): Tree {
  const at = assignment.indexOf('=')
  if (at < 1)
    throw new CacheNetError(
      'config-invalid',
      `--set takes key=value, and "${assignment}" has no key or no "=".`,
      { assignment },
    )
  const keys = assignment.slice(0, at).split('.')
  return keys.reduceRight<unknown>(
    (value, key) => ({ [key]: value }),
    readValue(assignment.slice(at + 1)),
  ) as Tree
}

/**
 * Presets whose batches, epochs and partitions follow the number of images: those for data that nobody has
 * tuned them for.
 */
export const isScaled = (preset: PresetName): boolean => preset === 'folder'

/**
 * Defaults, then the preset, then the config file, then `--set key.path=value`, each over the one before; the
 * result is checked.
 *
 * @param trainImages for presets that follow their number; without it they are as for 50,000
 * @param base that the networks begin with: they have its sizes
 */
export function resolveConfig(
  preset: PresetName,
  file: unknown,
  assignments: readonly string[],
  trainImages?: number,
  base?: BaseSizes,
): TrainingConfig {
  const scaled = trainImages === undefined || !isScaled(preset) ? [] : [scaleToData(trainImages)]
  const layers: unknown[] = [
    presets[preset],
    ...scaled,
    ...(base === undefined ? [] : [startFromBase(base, isScaled(preset) ? trainImages : undefined)]),
    ...(file === undefined ? [] : [file]),
    ...assignments.map(parseAssignment),
  ]
  return parseConfig(layers.reduce<unknown>(merge, defaults))
}

/** Settings that have no default, by their names. */
const withoutDefault: ReadonlySet<string> = new Set([
  'recordedSessions',
  'family',
  'widths',
  'width',
  'depth',
  'recorded',
  'knowsScenes',
])

/**
 * What of a stored config is still a setting: what earlier programs had besides decides over nothing any
 * more.
 */
function stillKnown(base: unknown, stored: unknown): unknown {
  if (!isTree(base) || !isTree(stored)) return stored
  return Object.fromEntries(
    Object.entries(stored).flatMap(([key, value]) =>
      key in base ? [[key, stillKnown(base[key], value)]] : withoutDefault.has(key) ? [[key, value]] : [],
    ),
  )
}

/**
 * A config that was stored with a bundle, and assignments over it: keys that it does not know yet have their
 * defaults, which change nothing of what it says; keys that are no settings any more are left out.
 */
export const restoreConfig = (stored: unknown, assignments: readonly string[] = []): TrainingConfig =>
  parseConfig(
    [stillKnown(defaults, stored), ...assignments.map(parseAssignment)].reduce<unknown>(merge, defaults),
  )
