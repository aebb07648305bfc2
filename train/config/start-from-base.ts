import { CacheNetError } from '../../core/wire/errors.ts'
import { batchFor } from './scale-to-data.ts'
import type { AugmentSettings, EarlyStopSettings, OptimizerSettings, TrainingConfig } from './schema.ts'

type Widths = Readonly<TrainingConfig['full']['widths']>

/** What the networks of a base look like, and so those that begin with their trunks. */
export interface BaseSizes {
  readonly id: string
  readonly imageSize: number
  readonly full: Widths
  readonly generalist: Widths
}

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
  readonly optimizer?: Partial<OptimizerSettings>
}

/**
 * With so many training images at most a folder begins with the trunks of a released bundle, and is trained
 * as was measured on such sets (docs/lab, few pictures). With more the base gives sizes and trunks alone.
 */
export const mostForBase = 2000

/** A full model that knows something needs fewer images than a fresh one: so many are shown to it. */
const shownToFull = 5_000
const [leastEpochs, mostEpochs] = [8, 100]
/**
 * Rate of a step of the full model at its peak, higher than from scratch: with a quarter of it the new head
 * stays behind (47 % for 55 %).
 */
const fullStepRate = 0.3125

/** Settings of a training that begins with these trunks, for so many images; undefined: not known yet. */
export function startFromBase(
  { imageSize, full, generalist }: BaseSizes,
  images: number | undefined,
): StartedSettings {
  if (images === undefined || images > mostForBase)
    return { imageSize, full: { widths: full }, generalist: { widths: generalist } }
  const epochs = Math.max(leastEpochs, Math.min(mostEpochs, Math.round(shownToFull / images)))
  const learningRate = Number(((fullStepRate * 1024) / batchFor(images)).toPrecision(3))
  return {
    imageSize,
    full: { widths: full, optimizer: { epochs, learningRate } },
    generalist: { widths: generalist, optimizer: { shiftRate: 4 } },
    augment: { rotationDegrees: 10 },
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
    'full.family': [full.family ?? 'plain', 'plain'],
    'generalist.family': [generalist.family ?? 'plain', 'plain'],
    'full.widths': [full.widths, base.full],
    'generalist.widths': [generalist.widths, base.generalist],
  }
  return Object.entries(wanted).flatMap(([key, [own, its]]) =>
    JSON.stringify(own) === JSON.stringify(its)
      ? []
      : [`${key}=${typeof its === 'string' ? its : JSON.stringify(its)}`],
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
