import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { writeBundle } from '../../../edge/testing/bundle-folder.ts'

/**
 * So cold a softmax is certain of everything: no frame ever leaves the page. So warm a one is certain of
 * nothing. Between them it depends on the threshold.
 */
export const temperatures = { sure: 1e-5, unsure: 1e3, keen: 0.3 } as const

/** Writes a sample bundle that is as certain as that of every frame, and knows the people of the demo. */
export async function writeTemperedBundle(folder: string, id: keyof typeof temperatures): Promise<void> {
  const { manifest, blobs } = await createSampleBundle({ id })
  await writeBundle(folder, {
    blobs,
    manifest: {
      ...manifest,
      classNames: ['Alex', 'Blake', 'Casey', 'Devon'],
      generalist: { ...manifest.generalist, temperature: temperatures[id] },
    },
  })
}
