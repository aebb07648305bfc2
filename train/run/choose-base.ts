import { CacheNetError } from '../../core/wire/errors.ts'
import { isScaled, type PresetName } from '../config/presets.ts'
import { mostForBase, type BaseSizes } from '../config/start-from-base.ts'
import { readBase, type BaseBundle } from '../models/base-bundle.ts'

/** Where ids of bundles are looked up. */
const releasedBundles = 'public/bundles'

/** What small sets of photographs begin with; docs/lab says what others bring. */
const usualBase = 'cifar10'

export const sizesOf = ({ id, full, generalist }: BaseBundle): BaseSizes => ({
  id,
  imageSize: full.architecture.size,
  full: full.architecture.widths,
  generalist: generalist.architecture.widths,
})

/**
 * The bundle that `--from` names; undefined where it names none. Throws as `readBase` does.
 *
 * @param from the flag as it was given
 */
export const namedBase = async (from: string | undefined): Promise<BaseBundle | undefined> =>
  from === undefined || from === 'none' ? undefined : readBase(from, releasedBundles)

export interface ChosenBase {
  readonly base: BaseBundle | undefined
  /** One sentence for the person, where there is anything to say. */
  readonly says: string | undefined
}

export interface BaseChoice {
  readonly preset: PresetName
  /** Training images that there are. */
  readonly images: number
  /** Whether sizes that a person has set, or a full model that is taken over, leave no choice. */
  readonly hasOwnSizes: (base: BaseSizes) => boolean
}

/**
 * What a training begins with where nobody has said it: a released bundle, for the few images of a preset
 * that follows their number.
 */
export async function usualBaseFor({ preset, images, hasOwnSizes }: BaseChoice): Promise<ChosenBase> {
  if (!isScaled(preset) || images > mostForBase) return { base: undefined, says: undefined }
  const few = `${images} images are few`
  let base: BaseBundle
  try {
    base = await readBase(usualBase, releasedBundles)
  } catch (thrown) {
    if (!(thrown instanceof CacheNetError)) throw thrown
    return {
      base: undefined,
      says: `${few}, and there is no ${releasedBundles}/${usualBase} to begin with: training begins from scratch.`,
    }
  }
  if (hasOwnSizes(sizesOf(base)))
    return {
      base: undefined,
      says: `${few}, but your settings have other sizes than the bundle ${usualBase}: training begins from scratch.`,
    }
  return {
    base,
    says: `${few}: training begins with the trunks of the bundle ${usualBase} (photographs). --from names another, --from none begins from scratch.`,
  }
}
