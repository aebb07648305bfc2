import { CacheNetError } from '../../core/wire/errors.ts'
import type { TrainingConfig } from './schema.ts'

type Widths = TrainingConfig['full']['widths']

/** What the networks of a base look like, and so those that begin with their trunks. */
export interface BaseSizes {
  readonly id: string
  readonly imageSize: number
  readonly full: Widths
  readonly generalist: Widths
}

interface StartedSettings {
  readonly imageSize: number
  readonly full: { readonly widths: Widths }
  readonly generalist: { readonly widths: Widths }
}

/** Settings that a base brings with it; whatever a person sets goes before them. */
export const startFromBase = ({ imageSize, full, generalist }: BaseSizes): StartedSettings => ({
  imageSize,
  full: { widths: full },
  generalist: { widths: generalist },
})

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
