import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Hex } from '../../core/bundle/hash.ts'
import type { BlobRef } from '../../core/bundle/blob-ref.ts'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import { graphSchemaVersion } from '../../core/bundle/schema-version.ts'
import { encodeWeights } from '../../core/bundle/weights.ts'
import { planNetwork } from '../../core/network/plan.ts'
import { networkSpecSchema } from '../../core/network/spec.ts'
import { createRandom } from '../../core/random.ts'
import type { SampleBundle } from '../../core/testing/sample-bundle.ts'
import { examineModel } from '../../onnx/examine-model.ts'
import { startRuntime } from '../../onnx/runtime.ts'
import { wrapExamined } from '../../onnx/wrap-classifier.ts'
import { temporaryFolder } from './bundle-folder.ts'

/**
 * The sample with an ONNX model as its full model, which reads larger pictures than the device's networks,
 * and a licence beside it.
 *
 * @param model of three outputs; the sample's fourth class is its first once more
 */
export async function withBrought(sample: SampleBundle, model: Uint8Array): Promise<SampleBundle> {
  const { manifest } = sample
  const temporary = await temporaryFolder()
  const path = join(temporary.folder, 'model.onnx')
  await writeFile(path, model)
  const examined = await examineModel(await startRuntime(), path, { input: {} }).finally(() =>
    temporary.remove(),
  )
  const blobs = new Map(sample.blobs)
  const store = async (bytes: Uint8Array): Promise<BlobRef> => {
    const blob = new Uint8Array(bytes)
    const sha256 = await sha256Hex(blob)
    blobs.set(sha256, blob)
    return { bytes: blob.byteLength, sha256 }
  }
  const { size, isBatched } = examined.input
  const classes = [0, 1, 2, 0]
  const spec = networkSpecSchema.parse({
    inputShape: [examined.features],
    layers: [
      { kind: 'dense', name: 'z', units: 8, activation: 'relu' },
      { kind: 'dense', name: 'code', units: manifest.partitions.length },
    ],
  })
  const random = createRandom(31)
  const weights = planNetwork(spec).tensors.map(({ name, shape, size: count }) => ({
    name,
    shape,
    values: Float32Array.from({ length: count }, () => random.normal() * 0.5),
  }))
  return {
    manifest: parseManifest({
      ...manifest,
      schemaVersion: graphSchemaVersion,
      networks: {
        ...manifest.networks,
        full: {
          kind: 'onnx',
          input: { width: size, height: size, channels: 3, mean: [0, 0, 0], std: [1, 1, 1] },
          features: examined.features,
          outputs: classes.length,
          isBatched,
          megaMacs: examined.measures.megaMacs,
          activationBytes: examined.measures.activationBytes,
        },
        encoder: { trunk: 'full', spec },
      },
      full: {
        ...manifest.full,
        whole: await store(wrapExamined(examined, { order: 'rgb', classes, isProbabilities: false })),
        licence: await store(new TextEncoder().encode('You may do with it what you like.\n')),
      },
      encoder: { whole: await store(encodeWeights(spec, weights)) },
    }),
    blobs,
  }
}
