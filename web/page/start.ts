import { tokenInFragment } from '../../core/client/token-in-fragment.ts'
import { apiPaths } from '../../core/wire/api-paths.ts'
import { fetchAhead } from './fetch-ahead.ts'
import { safeStorage } from './safe-storage.ts'
import { createLastBundle } from './state/last-bundle.ts'
import { createInferenceWorker } from './workers/create-inference-worker.ts'

// The first script of the page, and a small one: what takes long is begun before the rest of the page is read.

let worker: Worker | undefined = createInferenceWorker()

// A token that is handed over has to open the session before anything else is asked for.
const isLetIn = tokenInFragment(location.hash) === undefined
const bundleId = new URLSearchParams(location.search).get('bundle') ?? createLastBundle(safeStorage()).read()
if (isLetIn && bundleId !== null && /^[a-z0-9][a-z0-9-]*$/.test(bundleId)) fetchAhead(apiPaths.manifest(bundleId))
if (isLetIn) fetchAhead(apiPaths.bundles)

/** The worker that was started with the page; another one each time after that. */
export function takeInferenceWorker(): Worker {
  const first = worker ?? createInferenceWorker()
  worker = undefined
  return first
}
