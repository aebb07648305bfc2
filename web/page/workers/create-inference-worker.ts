// eslint-disable-next-line import-x/no-restricted-paths -- its address, and nothing of what is in it
import scriptUrl from '../../inference-worker/main.ts?worker&url'

/**
 * Starts the inference worker. Built, its script is imported by a first one (`public/inference-worker.js`): a browser keeps the compiled code of
 * imported scripts only. The development server has modules, which start by themselves.
 */
export const createInferenceWorker = (): Worker =>
  import.meta.env.DEV ? new Worker(scriptUrl, { type: 'module', name: 'inference' }) : new Worker('/inference-worker.js', { name: scriptUrl })
