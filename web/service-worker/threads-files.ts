import type { AppFile } from './app-files.ts'

export const threadsCacheName = 'cachenet-threads'

/**
 * Whether a file of the app is one of those that only more threads than one need: worker, glue, a thread's
 * script, WebAssembly.
 */
export const isThreadsFile = ({ url }: Pick<AppFile, 'url'>): boolean =>
  /^assets\/(main-threaded|kernel-thread|tfjs-backend-wasm-threaded-simd)-/.test(url)
