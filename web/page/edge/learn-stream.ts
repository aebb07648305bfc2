import type { ReadonlySignal } from '@preact/signals'
import type { BundleList } from '../../../core/wire/frames.ts'
import type { Settings } from '../state/settings-schema.ts'

/** Names the frames of this page as one stream: drawn anew with each start, so that it names nobody. */
export function drawStreamName(): string {
  const words = crypto.getRandomValues(new Uint32Array(3))
  return Array.from(words, (word) => word.toString(36)).join('')
}

/**
 * Whether the edge that frames go to learns places for a bundle. The list is of the edge that the page came
 * from; another one says nothing here, and is never sent what it does not know.
 */
export const learnsPlaces = (
  list: BundleList | undefined,
  bundleId: string,
  { edgeUrl }: Pick<Settings, 'edgeUrl'>,
): boolean => edgeUrl === '' && list?.bundles.find(({ id }) => id === bundleId)?.learns === true

/**
 * What a frame is sent with while the person has it learned from; undefined while not, and to an edge that
 * does not learn this bundle.
 */
export function createLearnStream(
  settings: ReadonlySignal<Pick<Settings, 'edgeUrl' | 'isLearningPlace'>>,
  list: ReadonlySignal<BundleList | undefined>,
  bundleId: string,
): () => string | undefined {
  let name: string | undefined
  return () => {
    const isWanted = settings.value.isLearningPlace && learnsPlaces(list.value, bundleId, settings.value)
    return isWanted ? (name ??= drawStreamName()) : undefined
  }
}
