import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * Starts a TypeScript module as a worker thread. Node 20 does not hand its module hooks on to threads, so the
 * thread registers them for itself before it imports the module.
 */
export function startThread(module: URL, options: WorkerOptions): Worker {
  const boot = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(module.href)}) })`
  return new Worker(boot, { ...options, eval: true })
}
