import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'

const schema = z.strictObject({
  times: z.record(z.string(), z.array(z.number().positive())),
  peakRssMiB: z.number().positive(),
})

/** Milliseconds by what was measured, and the most memory that the process held. */
export type Measurement = z.infer<typeof schema>

export type MeasurementName = 'full' | 'partition' | 'stock' | 'scaling'

const limitMinutes = 30

/** Runs one measurement in a process of its own. */
export async function runMeasurement(name: MeasurementName, rounds: number): Promise<Measurement> {
  const script = fileURLToPath(new URL('./measure.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', script, name, String(rounds)],
    { timeout: limitMinutes * 60_000 },
  )
  return schema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''))
}
