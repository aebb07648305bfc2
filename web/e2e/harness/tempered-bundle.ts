import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { writeBundle } from '../../../edge/testing/bundle-folder.ts'

/**
 * So cold a softmax is certain of everything: no frame ever leaves the page. So warm a one is certain of
 * nothing.
 */
export const temperatures = { sure: 1e-5, unsure: 1e3 } as const

/** Writes a sample bundle that is certain of every frame, or of none, and knows the people of the demo. */
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
