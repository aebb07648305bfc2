import { describe, expect, it } from 'vitest'
import { streamLogCsv, streamLogJson } from './export.ts'
import type { FrameRecord } from './frame-record.ts'
import { StreamLog } from './stream-log.ts'

const frame: FrameRecord = {
  index: 0,
  name: 'street, "north"/1.png',
  trueLabel: null,
  label: '=1+1',
  certainty: 0.5,
  runnersUp: [],
  sureness: 'certain',
  entropyNats: 0.25,
  thresholdNats: 0.2,
  outcome: 'miss',
  network: 'full',
  answeredBy: 'edge',
  edgeEntropyNats: 0.1,
  latencyMs: 12.5,
  localLatencyMs: 2,
  switchedTo: 'p1',
  bytesUp: 768,
  bytesDown: 300,
}

describe('streamLogCsv', () => {
  it('quotes what needs quotes, leaves what is unknown empty, and disarms formulas', async () => {
    const [header, line, end] = (await streamLogCsv([frame])).join('').split('\r\n')
    expect(header).toBe(
      'index,name,trueLabel,label,certainty,sureness,entropyNats,thresholdNats,outcome,network,answeredBy,edgeEntropyNats,latencyMs,localLatencyMs,switchedTo,bytesUp,bytesDown',
    )
    expect(line).toBe(
      '0,"street, ""north""/1.png",,\'=1+1,0.5,certain,0.25,0.2,miss,full,edge,0.1,12.5,2,p1,768,300',
    )
    expect(end).toBe('')
  })
})

describe('streamLogJson', () => {
  it('comes back as it was', async () => {
    const log = new StreamLog()
    log.add(frame)
    const exported = {
      bundle: 'sample',
      settings: { cache: 2 },
      frames: log.frames(),
      totals: { ...log.totals(), ...log.latencies() },
    }
    expect(JSON.parse((await streamLogJson(exported)).join(''))).toEqual(JSON.parse(JSON.stringify(exported)))
    expect(JSON.parse((await streamLogJson(exported)).join(''))).toMatchObject({
      bundle: 'sample',
      frames: [frame],
      totals: { misses: 1 },
    })
  })
})
