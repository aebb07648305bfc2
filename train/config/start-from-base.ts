import { CacheNetError } from '../../core/wire/errors.ts'
import type {
  AugmentSettings,
  EarlyStopSettings,
  OptimizerSettings,
  PartitionLossSettings,
  TrainingConfig,
} from './schema.ts'

type Widths = Readonly<TrainingConfig['full']['widths']>

/** What the networks of a base look like, and so those that begin with their trunks. */
export interface BaseSizes {
  readonly id: string
  readonly imageSize: number
  readonly full: Widths
  readonly generalist: Widths
}

type Stage = 'full' | 'generalist'

/** Settings that a base brings with it; whatever a person sets goes before them. */
export interface StartedSettings {
  readonly imageSize: number
  readonly full: StartedStage
  readonly generalist: StartedStage
  readonly augment?: Partial<AugmentSettings>
  readonly earlyStop?: EarlyStopSettings
}

interface StartedStage {
  readonly widths: Widths
  readonly optimizer?: Pick<OptimizerSettings, 'batchSize' | 'epochs' | 'learningRate'>
  readonly loss?: Partial<PartitionLossSettings>
}

/**
 * With so many training images at most a folder begins with the trunks of a released bundle, and is trained
 * as was measured on such sets (docs/lab, few pictures). With more the base gives sizes and trunks alone.
 */
export const mostForBase = 2000

/** A trunk that knows something needs fewer images than a fresh one; shown to each network: */
const shown: Record<Stage, number> = { full: 5_000, generalist: 14_000 }
const mostEpochs = 100
const leastEpochs = 8
/** Norms of few images are noisy: two threads have 32 each; with 8 a network was 5 points worse. */
const batchSize = 64
/** A batch takes it as one of 1024 takes a sixteenth: higher than from scratch, for the head is new. */
const learningRate = 10

function stageFor(stage: Stage, images: number): Required<Pick<StartedStage, 'optimizer'>> {
  const epochs = Math.max(leastEpochs, Math.min(mostEpochs, Math.round(shown[stage] / images)))
  return { optimizer: { batchSize: Math.min(batchSize, images), epochs, learningRate } }
}

/** Settings of a training that begins with these trunks, for so many images; undefined: not known yet. */
export function startFromBase(
  { imageSize, full, generalist }: BaseSizes,
  images: number | undefined,
): StartedSettings {
  const sizes = { imageSize, full: { widths: full }, generalist: { widths: generalist } }
  if (images === undefined || images > mostForBase) return sizes
  return {
    imageSize,
    full: { widths: full, ...stageFor('full', images) },
    generalist: {
      widths: generalist,
      ...stageFor('generalist', images),
      loss: { distillsShown: true },
    },
    augment: { rotationDegrees: 12, brightness: 0.2, contrast: 0.2, mixup: 0.2 },
    earlyStop: { checks: 10, patience: 4 },
  }
}

/** What of the sizes a base does not share, as settings that it would take; empty where all is alike. */
export function otherSizes(
  { imageSize, full, generalist }: Pick<TrainingConfig, 'imageSize' | 'full' | 'generalist'>,
  base: BaseSizes,
): string[] {
  const wanted = {
    imageSize: [imageSize, base.imageSize],
    'full.widths': [full.widths, base.full],
    'generalist.widths': [generalist.widths, base.generalist],
  }
  return Object.entries(wanted).flatMap(([key, [own, its]]) =>
    JSON.stringify(own) === JSON.stringify(its) ? [] : [`${key}=${JSON.stringify(its)}`],
  )
}

/** Throws `config-invalid` where the networks of a training cannot begin with the trunks of this base. */
export function requireBaseSizes(config: TrainingConfig, base: BaseSizes): void {
  const settings = otherSizes(config, base)
  if (settings.length === 0) return
  throw new CacheNetError(
    'config-invalid',
    `The networks of the bundle ${base.id} have other sizes than yours: leave these settings away, or give them as --set "${settings.join(' ')}". --from none begins from scratch. Nothing was started.`,
    { from: base.id, settings },
  )
}
