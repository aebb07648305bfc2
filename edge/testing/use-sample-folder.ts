import { afterAll, beforeAll } from 'vitest'
import { createSampleBundle, type SampleBundle } from '../../core/testing/sample-bundle.ts'
import { temporaryFolder, writeBundle } from './bundle-folder.ts'

/**
 * A folder of bundles with a small one in it, for all tests of a `describe` or a file. There while they run.
 */
export function useSampleFolder(): { readonly folder: string; readonly sample: SampleBundle } {
  let made: { readonly folder: string; readonly sample: SampleBundle } | undefined
  let remove: (() => Promise<void>) | undefined
  beforeAll(async () => {
    const place = await temporaryFolder()
    remove = place.remove
    const sample = await createSampleBundle()
    await writeBundle(place.folder, sample)
    made = { folder: place.folder, sample }
  })
  afterAll(() => remove?.())
  const there = (): NonNullable<typeof made> => {
    if (made === undefined) throw new Error('The sample is there while tests run.')
    return made
  }
  return {
    get folder() {
      return there().folder
    },
    get sample() {
      return there().sample
    },
  }
}
