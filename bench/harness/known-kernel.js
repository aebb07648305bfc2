// How long a fixed piece of arithmetic takes, one time a line in milliseconds: what a slowed-down CPU is
// checked with. Half of the runs follow one another at once, half come after a pause, since a device mostly
// waits.
import { performance } from 'node:perf_hooks'
import process from 'node:process'

const runs = Number(process.argv[2])
const cell = new Int32Array(new SharedArrayBuffer(4))
const kernel = () => {
  let sum = 0
  for (let index = 0; index < 400_000; index++) sum += Math.sqrt(index)
  return sum
}
for (let warmUp = 0; warmUp < 100; warmUp++) kernel()
for (let run = 0; run < runs; run++) {
  if (run % 2 === 0) Atomics.wait(cell, 0, 0, 5)
  const startMs = performance.now()
  kernel()
  process.stdout.write(`${(performance.now() - startMs).toFixed(4)}\n`)
}
