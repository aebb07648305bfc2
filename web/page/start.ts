import { apiPaths } from '../../core/wire/api-paths.ts'
import { fetchAhead } from './fetch-ahead.ts'
import { safeStorage } from './safe-storage.ts'
import { createLastBundle } from './state/last-bundle.ts'
import { createInferenceWorker } from './workers/create-inference-worker.ts'

// The first script of the page, and a small one: what takes long is begun before the rest of the page is read.

let worker: Worker | undefined = createInferenceWorker()

const bundleId = new URLSearchParams(location.search).get('bundle') ?? createLastBundle(safeStorage()).read()
if (bundleId !== null && /^[a-z0-9][a-z0-9-]*$/.test(bundleId)) fetchAhead(apiPaths.manifest(bundleId))
fetchAhead(apiPaths.bundles)

/** The worker that was started with the page; another one each time after that. */
export function takeInferenceWorker(): Worker {
  const first = worker ?? createInferenceWorker()
  worker = undefined
  return first
}
