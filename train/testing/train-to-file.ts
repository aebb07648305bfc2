import { writeFile } from 'node:fs/promises'
import { runTraining } from '../parallel/pool.ts'
import { readCheckpoint, writeCheckpoint } from '../run/checkpoint.ts'
import { barsJob, startOf } from './bars-job.ts'

// train-to-file.ts CHECKPOINT RESULT [KILL_AFTER_MS]: trains `barsJob` with a checkpoint behind every step,
// goes on from one that is there, and writes the weights to RESULT at the end. Where asked it kills itself,
// so many milliseconds behind its third step: steps wait for this thread to write their checkpoints, so that
// it cannot be too late, however slow the machine.

const [checkpoint, result, killAfterMs] = process.argv.slice(2) as [string, string, string?]
const job = barsJob()
const state = startOf(job)
const arrays = [state.vector, state.momentum, state.average]
const firstStep = (await readCheckpoint(checkpoint, arrays)) ?? 0
process.stdout.write(String(firstStep))
await runTraining(new AbortController().signal, job, state, {
  workers: 2,
  firstStep,
  checkpointSeconds: 0,
  onStep: ({ step }) => {
    if (step === firstStep + 3 && killAfterMs !== undefined)
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(killAfterMs))
  },
  onCheckpoint: (step) => writeCheckpoint(checkpoint, step, arrays),
})
await writeFile(result, Buffer.concat(arrays.map((array) => new Uint8Array(array.buffer))))
