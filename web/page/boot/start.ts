import { tokenInFragment } from '../../../core/client/token-in-fragment.ts'
import { apiPaths } from '../../../core/wire/api-paths.ts'
import { fetchAhead } from './fetch-ahead.ts'
import { safeStorage } from '../platform/safe-storage.ts'
import { watchStart } from './start-again.ts'
import { createLastBundle } from '../state/last-bundle.ts'
import { threadsAtStart } from '../state/threads-at-start.ts'
import { createInferenceWorker } from '../engine/create-inference-worker.ts'

// The first script of the page, and a small one: what takes long is begun before the rest of the page is
// read.

watchStart({ document })

const threadsOfFirst = threadsAtStart(safeStorage(), new URLSearchParams(location.search))
let worker: Worker | undefined = createInferenceWorker(threadsOfFirst)

// A token that is handed over has to open the session before anything else is asked for.
const isLetIn = tokenInFragment(location.hash) === undefined
const bundleId = new URLSearchParams(location.search).get('bundle') ?? createLastBundle(safeStorage()).read()
if (isLetIn && bundleId !== null && /^[a-z0-9][a-z0-9-]*$/.test(bundleId))
  fetchAhead(apiPaths.manifest(bundleId))
if (isLetIn) fetchAhead(apiPaths.bundles)

/**
 * The worker that was started with the page, if it is one with so many threads; another one each time after
 * that.
 */
export function takeInferenceWorker(threads: number): Worker {
  const first = worker
  worker = undefined
  if (first !== undefined && threads === threadsOfFirst) return first
  first?.terminate()
  return createInferenceWorker(threads)
}
