import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { installedEngines } from './create-engine.ts'
import { startEngine } from './start-engine.ts'

const logTo = (lines: Record<string, unknown>[]): pino.Logger =>
  pino(
    { level: 'info' },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  )

it('takes the fastest that is installed, and says which in the log', async () => {
  const lines: Record<string, unknown>[] = []
  const engine = await startEngine({ log: logTo(lines), threads: 1 })
  onTestFinished(() => engine.close())
  expect(engine.name).toBe(installedEngines()[0])
  expect(lines).toEqual([expect.objectContaining({ engine: engine.name, slots: 1, threadsPerBatch: 1 })])
})

it('takes the one that is asked for, and shares the threads out', async () => {
  const engine = await startEngine({ log: logTo([]), wish: 'tfjs-wasm', threads: 2 })
  onTestFinished(() => engine.close())
  expect(engine).toMatchObject({ name: 'tfjs-wasm', slots: 2 })
})
