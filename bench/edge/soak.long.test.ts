import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { apiPaths, rawFrameType } from '../../core/wire/frames.ts'
import { startEdgeProcess } from '../../edge/testing/edge-process.ts'
import { recordReliability } from '../../test/reliability/record-reliability.ts'
import { quantile } from '../harness/spread.ts'
import { medianSlope, residentBytes, type Sample } from './memory-slope.ts'
import { SoakLoad, type SoakWindow } from './soak-load.ts'

// An edge with the released bundles for SOAK_MINUTES (10): in cycles of a minute its capacity is measured,
// then it gets 80 % of that, five times as much for five seconds, and 80 % again.

const minutes = Number(process.env['SOAK_MINUTES'] ?? 10)
const bundles = fileURLToPath(new URL('../../public/bundles', import.meta.url))
const frameBytes = 32 * 32 * 3
/** What the memory of all processes together may grow, by the median slope after the first third. */
const mostBytesPerMinute = 2 * 2 ** 20
/**
 * Behind a burst the median may be three times what it was before, or so much more: the machine has other
 * work.
 */
const back = { times: 3, ms: 50 }

function frameRequest(port: number): Buffer {
  const head = `POST ${apiPaths.frames('walkers')} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: ${rawFrameType}\r\nContent-Length: ${frameBytes}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), Buffer.alloc(frameBytes, 90)])
}

it(
  `an edge at 80 % of its capacity with bursts of five times as much stays as it was for ${minutes} minutes`,
  { timeout: 3_600_000 },
  async () => {
    const edge = await startEdgeProcess([
      '--bundles',
      bundles,
      '--rate-limit',
      '0',
      '--drain-seconds',
      '0',
      '--threads',
      '1',
      '--log-level',
      'error',
    ])
    onTestFinished(() => void edge.stop())
    const pid = edge.child.pid ?? 0
    const load = await SoakLoad.open(edge.port, frameRequest(edge.port), 200)
    onTestFinished(() => load.close())

    const beganAt = performance.now()
    const since = (): number => (performance.now() - beganAt) / 60_000
    const memory: Sample[] = []
    const sampling = setInterval(
      () => void residentBytes(pid).then((value) => memory.push({ minutes: since(), value })),
      4_000,
    )
    onTestFinished(() => clearInterval(sampling))

    const windows: SoakWindow[] = []
    const cycles: { capacity: number; before: number; behind: number; refused: number; unsent: number }[] = []
    while (since() < minutes) {
      const capacity = await load.capacity(32, 5)
      const steady = 0.8 * capacity
      const before = await load.run(steady, 20)
      const burst = await load.run(5 * steady, 5)
      const settling = await load.run(steady, 10)
      const behind = await load.run(steady, 20)
      windows.push(before, burst, settling, behind)
      const median = ({ latenciesMs }: SoakWindow): number => quantile(latenciesMs, 0.5)
      cycles.push({
        capacity,
        before: median(before),
        behind: median(behind),
        refused: burst.refused,
        unsent: burst.unsent,
      })
    }
    const soakMinutes = Math.floor(since() * 10) / 10
    clearInterval(sampling)

    const faults = windows.flatMap((window) => window.faults)
    const late = cycles.filter(
      ({ before, behind }) => behind > Math.max(back.times * before, before + back.ms),
    )
    const bytesPerMinute = medianSlope(memory.filter(({ minutes: at }) => at > soakMinutes / 3))
    const sent = windows.reduce((sum, window) => sum + window.sent, 0)
    const refused = windows.reduce((sum, window) => sum + window.refused, 0)
    const rounded = cycles.map((cycle) =>
      Object.fromEntries(Object.entries(cycle).map(([key, value]) => [key, Math.round(value * 10) / 10])),
    )
    const megabytes = memory.map(({ value }) => Math.round(value / 2 ** 20))
    await recordReliability(
      'soak',
      { soakMinutes },
      {
        sent,
        refused,
        faults: faults.length,
        late: late.length,
        kibPerMinute: Math.round(bytesPerMinute / 1024),
        mostMiB: Math.max(...megabytes),
        cycles: rounded,
      },
    )
    expect(faults).toEqual([])
    expect(late).toEqual([])
    expect(bytesPerMinute).toBeLessThan(mostBytesPerMinute)
    expect(edge.child.exitCode).toBeNull()
    expect(edge.err()).not.toMatch(/"level":(50|60)/)
  },
)
