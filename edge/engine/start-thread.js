// The first file of an inference thread. Threads do not inherit the loader that lets Node run TypeScript, so it is
// registered here, in plain JavaScript, before the thread's own module is loaded.
import { workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
await import(workerData.module)
