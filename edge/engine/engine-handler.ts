import { createEngine, type EngineChoice } from './create-engine.ts'
import { createTaskHandler, type EngineTask, type EngineTaskReply } from './engine-task.ts'

/** What an inference process does its tasks with. */
export const createHandler = async (
  choice: EngineChoice,
): Promise<(task: EngineTask) => Promise<EngineTaskReply>> => createTaskHandler(await createEngine(choice))
