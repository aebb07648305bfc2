// eslint-disable-next-line import-x/no-restricted-paths -- its address, and nothing of what is in it
import threadedScriptUrl from '../../inference-worker/main-threaded.ts?worker&url'
// eslint-disable-next-line import-x/no-restricted-paths -- its address, and nothing of what is in it
import scriptUrl from '../../inference-worker/main.ts?worker&url'
import { inferenceWorkerName } from '../../messages/inference-worker-name.ts'

/**
 * Starts the inference worker: one classic script where the app is built, modules on the development server.
 */
export const createInferenceWorker = (threads: number): Worker =>
  new Worker(threads > 1 ? threadedScriptUrl : scriptUrl, {
    name: inferenceWorkerName(threads),
    type: import.meta.env.DEV ? 'module' : 'classic',
  })
