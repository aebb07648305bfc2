import { apiPaths, rawFrameType } from '../../core/wire/frames.ts'
import { bundleId, sha256 } from './parameters.ts'
import { binary, guarded, json, refusals } from './responses.ts'

/** Bundles, their manifests and their blobs. */
export const bundlePaths = {
  [apiPaths.bundles]: {
    get: {
      operationId: 'listBundles',
      summary: 'Bundles that this edge serves',
      responses: { '200': json('The list', 'BundleList'), ...refusals(guarded) },
    },
  },
  [apiPaths.manifest('{bundleId}')]: {
    get: {
      operationId: 'manifest',
      summary: 'Manifest of a bundle, with a strong ETag',
      parameters: [bundleId],
      responses: {
        '200': json('The manifest', 'Manifest'),
        '304': { description: 'Not changed' },
        ...refusals([...guarded, 'bundle-unknown']),
      },
    },
  },
  [apiPaths.blob('{bundleId}', '{sha256}')]: {
    get: {
      operationId: 'blob',
      summary: 'Weights; they never change, and may be kept for ever',
      parameters: [bundleId, sha256],
      responses: {
        '200': { description: 'The bytes', content: { [rawFrameType]: binary } },
        '304': { description: 'Not changed' },
        ...refusals([...guarded, 'bundle-unknown', 'blob-unknown']),
      },
    },
  },
}
