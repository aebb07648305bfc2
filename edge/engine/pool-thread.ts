import { workerData } from 'node:worker_threads'
import { createEngine, type EngineChoice } from './create-engine.ts'
import { createTaskHandler } from './engine-task.ts'

// Runs in each thread of the pool.

const { choice } = workerData as { choice: EngineChoice }
export const handle = createTaskHandler(await createEngine(choice))
