import { z } from 'zod'
import { CacheNetError } from '../../core/wire/errors.ts'
import { gateSchema } from './gate-schema.ts'
import { count, share, weight } from './numbers.ts'
import { searchSchema } from './search-schema.ts'

const optimizerSchema = z.strictObject({
  /** Passes over the images; a fraction stops within the last one. */
  epochs: z.number().positive(),
  /**
   * As many steps at least, whatever `epochs` says: a region of few images needs more passes than one of
   * many. 0: `epochs` decides.
   */
  leastSteps: z.int().nonnegative(),
  batchSize: count,
  /** Images that one thread runs at a time: bounds memory, and is the batch of the batch norm. */
  microBatchSize: count,
  /** For a batch of 1024; scaled linearly with the batch size. */
  learningRate: z.number().positive(),
  /** Nesterov. */
  momentum: z.number().min(0).lt(1),
  weightDecay: weight,
  /**
   * Factors on the learning rate: kernels, shifts and biases, gains, the head's kernel. 0: not
   * trained.
   */
  kernelRate: weight,
  shiftRate: weight,
  gainRate: weight,
  headRate: weight,
  /**
   * Triangular: starts at `warmStart` of the peak, peaks at `peakAt` of the run, ends at `coldEnd` of the
   * peak.
   */
  schedule: z.strictObject({ warmStart: share, peakAt: z.number().gt(0).lt(1), coldEnd: share }),
  /** Per step: of the averaged weights that are evaluated, and of the norms' running statistics. */
  averageDecay: z.number().min(0).lt(1),
  statisticsDecay: z.number().min(0).lt(1),
})
export type OptimizerSettings = z.infer<typeof optimizerSchema>

const lossSchema = z.strictObject({
  labelSmoothing: share,
  /** δ: share of the loss that follows the full model's soft labels instead of the true ones. */
  distillation: share,
  distillationTemperature: z.number().positive(),
  /**
   * Whether the full model is asked about each image as the network sees it, moved, turned and mixed (Beyer
   * et al. 2022), which costs its forward pass at every step; otherwise once about the image as it is.
   */
  distillsShown: z.boolean(),
  /** Weight of the entropy-outside term, and the share of each batch that comes from outside the region. */
  outsideWeight: weight,
  outsideShare: z.number().min(0).lt(1),
  /**
   * Of that, the share of pictures that show none of the classes, drawn (outlier exposure, Hendrycks, Mazeika
   * & Dietterich 2019); a network of all classes is shown nothing else from outside. Left out: none.
   */
  strangerShare: share.optional(),
})
export type PartitionLossSettings = z.infer<typeof lossSchema>

const augmentSchema = z.strictObject({
  mirror: z.boolean(),
  /** Largest shift in pixels, borders reflected. */
  shiftPixels: z.int().min(0).max(8),
  /** Largest angle that an image is turned by, either way, in degrees. */
  rotationDegrees: z.number().min(0).max(45),
  /**
   * Colour: largest change of each, as a share, so that 0.3 is a factor between 0.7 and 1.3. Contrast is
   * about the mean of all images, saturation about each pixel's own grey.
   */
  brightness: z.number().min(0).lt(1),
  contrast: z.number().min(0).lt(1),
  saturation: z.number().min(0).max(1),
  /**
   * Mixup (Zhang et al. 2018): shares of two images are drawn from Beta(mixup, mixup), and so are those of
   * their labels. 0: none.
   */
  mixup: z.number().min(0).max(2),
})
export type AugmentSettings = z.infer<typeof augmentSchema>

/**
 * Early stopping: a network is asked about the validation images now and then, and of all its weights then
 * the best are kept (least cross-entropy).
 */
const earlyStopSchema = z.strictObject({
  /** How often in a training, evenly. 0: never, and the last weights are kept. */
  checks: z.int().min(0).max(1000),
  /** So many checks without a better one end the training. */
  patience: count,
})
export type EarlyStopSettings = z.infer<typeof earlyStopSchema>

const networkStageSchema = z.strictObject({
  /** `plain` (the default): 3x3 convolutions. `separable`: inverted residuals of depthwise ones. */
  family: z.enum(['plain', 'separable']).optional(),
  /** Of the plain family: channels of the three stages. */
  widths: z.tuple([count, count, count]),
  /** Of the separable family: a factor on all channels (1), and blocks of each of its four stages (2). */
  width: z.number().gt(0).max(4).optional(),
  depth: z.int().min(1).max(5).optional(),
  optimizer: optimizerSchema,
  loss: lossSchema,
  /**
   * Side of a square that is blanked at a random place of each image (cutout, DeVries & Taylor 2017); 0:
   * none. For a network that is large enough to learn its images by heart.
   */
  cutoutPixels: z.int().min(0).max(128),
})
export type NetworkStageSettings = z.infer<typeof networkStageSchema>

const encoderSchema = z.strictObject({
  /** Sizes of z and of the layers between. z̄ has one value a partition. */
  latentSize: count,
  hiddenSize: count,
  epochs: count,
  /** Added to the run's seed: another code on the same networks. */
  seedOffset: z.int().nonnegative(),
  scenesPerBatch: count,
  framesPerScene: count,
  learningRate: z.number().positive(),
  /**
   * InfoVAE (Zhao et al. 2019) with α = 1, both levels: weight of the MMD² to the prior. The per-sample KL
   * has none, and the encoder is deterministic.
   */
  lambda: weight,
  /** Standard deviation of the prior of z̄: large enough that softmax(z̄) can decide. */
  codePriorScale: z.number().positive(),
  /** Weight of each level's reconstruction error, averaged over its values. */
  reconstruction: weight,
  /** I(x;k) = H(E c) − E H(c): even areas, decided codes. */
  mutualInformation: weight,
  /** Cross-entropy of c(x) against the region of its scene: what stays together keeps its partition. */
  region: weight,
  /**
   * Share of the training over which information and region grow from nothing: reconstruction finds its feet
   * first.
   */
  rampShare: share,
})
export type EncoderSettings = z.infer<typeof encoderSchema>

const peopleSchema = z.strictObject({
  identities: count,
  sites: count,
  trainSessions: count,
  validationSessions: count,
  testSessions: count,
  framesPerSession: count,
})

export const configSchema = z.strictObject({
  seed: z.int(),
  /** Threads that train together. Part of the result: batch norm sees each thread's images. */
  workers: z.int().min(1).max(64),
  checkpointSeconds: z.number().positive(),
  /** Side of the square images that the networks read. */
  imageSize: z.int().min(16).max(256),
  /** Share of the training images held out for every choice. */
  validationShare: z.number().gt(0).lt(0.5),
  /**
   * `walkers` only: people, sessions of each and frames of a session; training, validation and test sessions
   * are apart.
   */
  walkers: z.strictObject({
    identities: count,
    trainSessions: count,
    validationSessions: count,
    testSessions: count,
    framesPerSession: count,
  }),
  /**
   * `people` only: as `walkers`, at so many sites; everybody is pictured in so many sessions at each of
   * theirs.
   */
  people: peopleSchema,
  /**
   * `world` only: its people, and how often each training image of a character is shown, as written and as
   * other hands might have written it.
   */
  world: z.strictObject({ people: peopleSchema, copies: count }),
  augment: augmentSchema,
  /** Of full model and generalist; partitions and encoder are trained to their end. */
  earlyStop: earlyStopSchema,
  /**
   * At most so many partitions: where the data knows fewer places, one for each. 0: the generalist alone,
   * without encoder and partitions.
   */
  partitionCount: z
    .int()
    .min(0)
    .max(64)
    .refine((count) => count !== 1, 'one partition would be the generalist: 0, or 2 and more'),
  full: networkStageSchema,
  generalist: networkStageSchema,
  /**
   * Starts from the generalist where it has its size (the default), and otherwise from another network that
   * knows all classes.
   */
  partition: networkStageSchema.extend({ widths: networkStageSchema.shape.widths.optional() }),
  /**
   * The generator: a partition as a difference from the generalist (gains, shifts and head), with its loss.
   * Only partitions of the generalist's size have one.
   */
  delta: z.strictObject({ isTrained: z.boolean(), optimizer: optimizerSchema }),
  encoder: encoderSchema,
  gate: gateSchema,
  search: searchSchema,
})
export type TrainingConfig = z.infer<typeof configSchema>

/**
 * What decides over the weights. The gate is calibrated anew each time, so a run may be resumed with other
 * settings of it.
 */
export function trainedSettings({
  gate: _gate,
  search: _search,
  ...trained
}: TrainingConfig): Omit<TrainingConfig, 'gate' | 'search'> {
  return trained
}

/**
 * Reads a config from outside; an unknown key, a missing one or a value out of range is `config-invalid`,
 * named by its path.
 */
export function parseConfig(value: unknown): TrainingConfig {
  const parsed = configSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'config'}: ${issue.message}`)
  throw new CacheNetError('config-invalid', `The training config is wrong. ${issues.join('; ')}.`, { issues })
}
