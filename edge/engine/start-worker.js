// The first file of an inference thread of the pool. Threads do not inherit the loader that lets Node run TypeScript, so
// it is registered here, in plain JavaScript, before the module that does the work is loaded.
import { workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
const { handle } = await import(workerData.module)
export default handle
