// Keeps one CPU busy for all but a share of the time, in turns of about two milliseconds: run at a real-time
// priority on the CPU of another program, it makes that CPU slower for it, whether the program works or
// waits. Plain JavaScript, started as a process.
import { performance } from 'node:perf_hooks'
import process from 'node:process'

const share = Number(process.argv[2])
const turnMs = 2
const cell = new Int32Array(new SharedArrayBuffer(4))
// Whoever started it may be gone without having ended it; a CPU must not stay slow for that.
const parent = process.ppid
for (let turn = 0; ; turn++) {
  const startMs = performance.now()
  Atomics.wait(cell, 0, 0, turnMs * share)
  const idleMs = performance.now() - startMs
  const untilMs = startMs + idleMs / share
  while (performance.now() < untilMs);
  if (turn % 500 === 0 && process.ppid !== parent) process.exit(0)
}
