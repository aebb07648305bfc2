import { writeFile } from 'node:fs/promises'
import { runTraining } from '../parallel/pool.ts'
import { readCheckpoint, writeCheckpoint } from '../run/checkpoint.ts'
import { barsJob, startOf } from './bars-job.ts'

// A process to be killed: trains `barsJob` with a checkpoint at CHECKPOINT after every step, goes on from one that is there, and

const [checkpoint, result] = process.argv.slice(2) as [string, string]
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
    if (step === firstStep + 3 && killAfterMs !== undefined) setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(killAfterMs))
  },
  onCheckpoint: (step) => writeCheckpoint(checkpoint, step, arrays),
})
await writeFile(result, Buffer.concat(arrays.map((array) => new Uint8Array(array.buffer))))
