// eslint-disable-next-line import-x/no-restricted-paths -- its address, and nothing of what is in it
import scriptUrl from '../../inference-worker/main.ts?worker&url'

/** Starts the inference worker: one classic script where the app is built, modules on the development server. */
export const createInferenceWorker = (): Worker => new Worker(scriptUrl, { name: 'inference', type: import.meta.env.DEV ? 'module' : 'classic' })
