import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { SceneChoice } from '../../../core/gate/gate.ts'
import { CacheNetError, type ErrorCode } from '../../../core/wire/errors.ts'
import { rawFrameType, type FrameAnswer } from '../../../core/wire/frames.ts'
import { bytesOfFrame, typeOfFrame, type SentFrame } from '../../../core/wire/sent-frame.ts'
import type { Classification, RawImage } from '../../messages/inference.ts'
import { answerFrame } from './answer-frame.ts'
import { applyEvent, type FrameAudience } from './apply-event.ts'
import { pageClock, type FrameBundle, type FrameCollaborators } from './frame-collaborators.ts'
import type { FrameEvent } from './frame-event.ts'
import { liveFrame, patienceMs } from './frame-life.ts'
import type { SeenBy } from './stream-scene.ts'
import type { FrameRecord } from '../stream-log/frame-record.ts'
import type { SourceFrame } from '../sources/source.ts'

const { signal } = new AbortController()
const classNames = ['ant', 'bee']
const image: RawImage = { width: 1, height: 1, rgba: new Uint8ClampedArray(4) }
const frame: SourceFrame = { image, picture: () => image, name: 'bee/1.png', trueLabel: 'bee' }

const hit: Classification = {
  outcome: 'hit',
  network: 'p1',
  classIndex: 1,
  entropyNats: 0.1,
  probabilities: new Float32Array([0.125, 0.875]),
  ownCertainty: 0.875,
  ownEntropyNats: 0.1,
  probes: [{ network: 'p1', entropyNats: 0.1 }],
  residents: ['p1', 'p0'],
  timings: { pixelsMs: 0.1, inferenceMs: 1 },
  // A gradient: a picture of something.
  rgb: Uint8Array.from({ length: 8 * 8 * 3 }, (_, index) => (Math.floor(index / 3) % 8) * 30),
}
const miss: Classification = { ...hit, outcome: 'miss', entropyNats: 0.6 }
const edgeAnswer: FrameAnswer = {
  classIndex: 0,
  label: 'ant',
  probabilities: [0.75, 0.25],
  entropyNats: 0.5,
  code: [1, 0, 0],
  partition: { id: 'p2', whole: { bytes: 5000, sha256: 'b'.repeat(64) } },
  answeredBy: 'full',
  timings: { decodeMs: 0, queueMs: 0, inferenceMs: 1 },
}

let now: number
let happened: string[]
let local: () => Promise<Classification>
let edge: () => Promise<FrameAnswer>
let download: Promise<number>
let late: { index: number; bytes: number }[]
let provisional: FrameRecord[]
let added: FrameRecord[]
let learned: FrameRecord['outcome'][]
let hitsNoted: number
let revised: FrameRecord[]
let isEdgeBusy: boolean
let place: 'edge' | 'device' = 'edge'
let isAudited: boolean
let maxProbes: number
let factors: Float32Array<ArrayBuffer> | undefined
let lastFactors: Float32Array<ArrayBuffer> | undefined
let seen: number[][]
let seenBy: SeenBy[]
let isNovel: boolean
let choice: SceneChoice | undefined
let isTestDue: boolean
let checked: boolean[] = []
let pictured: () => Promise<SentFrame>

const failing = (code: ErrorCode): Promise<never> => Promise.reject(new CacheNetError(code, 'no'))
const bundle: FrameBundle = {
  classNames,
  inputWidth: 8,
  outputsOf: () => 2,
  partitionOf: (id) =>
    id === undefined ? undefined : { id, whole: { bytes: 5000, sha256: 'b'.repeat(64) } },
}
const asking: FrameCollaborators = {
  bundle,
  scene: {
    factors: () => factors,
    see(answered, _factors, by) {
      seen.push([...Array.from(answered)])
      seenBy.push(by)
    },
    isNovel: (_raw, isStrange = isNovel) => isStrange,
    choice: () => choice,
    isTestDue: () => isTestDue,
  },
  gate: {
    thresholdAlone: () => 0.4,
    settings: () => ({
      thresholdNats: 0.3,
      generalistThresholdNats: 0.2,
      maxProbes,
      order: 'recent-first',
      asksGeneralist: false,
    }),
  },
  classify: async (_signal, _image, gate, { isKept = false, classFactors }) => {
    lastFactors = classFactors
    happened.push(`classify at ${gate.thresholdNats}${isKept ? ', kept' : ''}`)
    now += 2
    return local()
  },
  picture: (_signal, number) => {
    happened.push(`picture of frame ${number}`)
    return pictured()
  },
  fullModel: {
    isBusy: () => isEdgeBusy,
    noteChecked: (isAlike) => void checked.push(isAlike),
    answer: async (_signal, sent, takesPartition) => {
      const type = typeOfFrame(sent) === rawFrameType ? '' : ` of ${typeOfFrame(sent)}`
      happened.push(
        `edge gets ${bytesOfFrame(sent).length} bytes${type}${takesPartition ? '' : ', no partition wanted'}`,
      )
      const answer = await edge()
      now += 40
      return { answer, answeredBy: place, bytesUp: 3, bytesDown: 300 }
    },
  },
  clock: { ...pageClock, nowMs: () => now },
}
const audience: FrameAudience = {
  bundle,
  streamView: {
    showProvisional: (record) => void provisional.push(record),
    add: (record) => void added.push(record),
    revise: (record) => void revised.push(record),
    addBytesDown: (index, bytes) => void late.push({ index, bytes }),
  },
  stage: { show: () => undefined },
  gate: { learn: (record) => void learned.push(record.outcome) },
  partitions: {
    used: (id) => void happened.push(`used ${id}`),
    want(_signal, { id }, { inlineDelta, isWholeAwaited = false } = {}) {
      const how = inlineDelta === undefined ? '' : ' by its delta'
      happened.push(`want ${id}${how}${isWholeAwaited ? ' as a whole' : ''}`)
      return download
    },
    prefetch(_signal, id) {
      happened.push(`expect ${id}`)
      return Promise.resolve(0)
    },
  },
  edge: {
    noteHit() {
      hitsNoted++
    },
  },
  auditor: {
    isDrawn: () => isAudited,
    audit(_signal, sent, classIndex) {
      happened.push(`audit ${bytesOfFrame(sent).length} bytes, class ${classIndex}`)
      return Promise.resolve()
    },
  },
  lastUses: { note: () => undefined },
  notices: { dismiss: () => undefined },
  residents: () => [],
  mayPrefetch: () => true,
  onAnswered: () => undefined,
  showsProvisional: true,
}

/** A frame's whole life, with what follows from it; the answer that the view was given. */
async function answer(isLossless = false, isWholeAwaited = isLossless): Promise<FrameRecord> {
  const before = added.length
  const life = liveFrame(signal, frame, { index: 7, isLossless }, asking)
  await answerFrame(life, (event) => applyEvent(signal, event, { frame, isWholeAwaited }, audience))
  const record = added[before]
  if (record === undefined) throw new Error('the frame has no answer')
  return record
}

beforeEach(() => {
  now = 0
  happened = []
  late = []
  provisional = []
  added = []
  learned = []
  hitsNoted = 0
  revised = []
  isEdgeBusy = false
  place = 'edge'
  isAudited = false
  maxProbes = 1
  factors = undefined
  lastFactors = undefined
  seen = []
  seenBy = []
  isNovel = false
  choice = undefined
  isTestDue = false
  checked = []
  local = () => Promise.resolve(hit)
  edge = () => Promise.resolve(edgeAnswer)
  download = Promise.resolve(0)
})

describe('the life of a frame', () => {
  it('fetches the partition that the scene asks for, while the device answers by another', async () => {
    choice = { id: 'p0' }
    await answer()
    expect(happened).toContain('want p0')
    happened = []
    choice = { id: 'p1' }
    await answer()
    expect(happened).not.toContain('want p1')
  })

  it('takes the scene’s word before the edge’s, and the delta only where it is of that partition', async () => {
    local = () => Promise.resolve(miss)
    edge = () =>
      Promise.resolve({ ...edgeAnswer, inlineDelta: { id: 'p2', sha256: 'c'.repeat(64), bytes: 'AAAA' } })
    choice = { id: 'p0' }
    await answer(true)
    choice = { id: 'p2' }
    await answer(true)
    choice = { id: undefined }
    await answer(true)
    expect(happened.filter((event) => event.startsWith('want'))).toEqual([
      'want p0 as a whole',
      'want p2 by its delta as a whole',
    ])
  })

  it('sends a hit to the edge where it is time to test what is believed of the scene', async () => {
    local = () => Promise.resolve(hit)
    isTestDue = true
    expect(await answer(true)).toMatchObject({ outcome: 'miss', answeredBy: 'edge' })
    edge = () => Promise.resolve({ ...edgeAnswer, classIndex: 1, probabilities: [0.25, 0.75] })
    await answer(true)
    // What came of it is told: the device had said bee.
    expect(checked).toEqual([false, true])
    // Another frame is with the edge: it will tell.
    isEdgeBusy = true
    expect(await answer()).toMatchObject({ outcome: 'hit' })
  })

  it('tells of nothing checked where the device was not certain', async () => {
    local = () => Promise.resolve(miss)
    isTestDue = true
    await answer(true)
    expect(checked).toEqual([])
  })

  it('leaves a hit to the threshold where no scene had a say, and still does not call it certain', async () => {
    isNovel = true
    expect(await answer()).toMatchObject({ outcome: 'hit', answeredBy: 'device', sureness: 'none' })
  })

  it('has nothing certain to say of what is strange to its networks', async () => {
    local = () => Promise.resolve({ ...miss, isStrange: true })
    edge = () => Promise.reject(new CacheNetError('edge-unreachable', 'no'))
    expect(await answer(true)).toMatchObject({ outcome: 'uncertain', sureness: 'none' })
  })

  it('answers a hit here, and asks nobody else', async () => {
    expect(await answer()).toEqual({
      index: 7,
      name: 'bee/1.png',
      trueLabel: 'bee',
      label: 'bee',
      certainty: 0.875,
      runnersUp: [],
      sureness: 'certain',
      entropyNats: 0.1,
      thresholdNats: 0.3,
      outcome: 'hit',
      network: 'p1',
      answeredBy: 'device',
      edgeEntropyNats: null,
      latencyMs: 2,
      localLatencyMs: 2,
      switchedTo: null,
      bytesUp: 0,
      bytesDown: 0,
    })
    expect(happened).toEqual(['classify at 0.3', 'used p1'])
    expect(provisional).toEqual([])
    expect(learned).toEqual(['hit'])
    expect(hitsNoted).toBe(1)
  })

  it('says of an answer by the full model here whose it is', async () => {
    local = () => Promise.resolve(miss)
    place = 'device'
    expect(await answer()).toMatchObject({ outcome: 'miss', answeredBy: 'device', network: 'full' })
  })

  it('logs the threshold that the generalist is held to, where it was the generalist', async () => {
    local = () => Promise.resolve({ ...hit, network: 'generalist' })
    expect((await answer()).thresholdNats).toBe(0.2)
  })

  it('shows the device’s answer to a miss at once, then takes the edge’s and the partition it names', async () => {
    local = () => Promise.resolve(miss)
    expect(await answer()).toMatchObject({
      label: 'ant',
      certainty: 0.4375,
      sureness: 'unsure',
      entropyNats: 0.6,
      outcome: 'miss',
      network: 'full',
      answeredBy: 'edge',
      edgeEntropyNats: 0.5,
      latencyMs: 42,
      localLatencyMs: 2,
      switchedTo: 'p2',
      bytesUp: 3,
      bytesDown: 300,
    })
    expect(provisional).toMatchObject([{ label: 'bee', outcome: 'uncertain', answeredBy: 'device' }])
    expect(happened).toEqual(['classify at 0.3', 'edge gets 192 bytes', 'want p2'])
  })

  it('has device and edge answer under what the scene makes of each class, and the scene learn from either', async () => {
    factors = Float32Array.from([0.25, 1.75])
    await answer()
    expect(lastFactors).toBe(factors)
    expect(seen).toEqual([[0.125, 0.875]])
    local = () => Promise.resolve(miss)
    // The full model alone says ant, 3 to 1; the scene says bee, 7 to 1.
    expect(await answer()).toMatchObject({
      label: 'bee',
      certainty: expect.closeTo(0.375, 5) as number,
      answeredBy: 'edge',
    })
    expect(seen[1]).toEqual([0.3, 0.7].map((share) => expect.closeTo(share, 5) as number))
    edge = () => failing('edge-unreachable')
    await answer()
    expect(seen[2]).toEqual([0.125, 0.875])
  })

  it('shows the certainty of the network, and not what the scene has made of it', async () => {
    // The network gives bee 85 %; with what the scene makes of it, 98 %.
    factors = Float32Array.from([0.25, 1.75])
    local = () =>
      Promise.resolve({
        ...hit,
        ownCertainty: 0.85,
        ownEntropyNats: 0.42,
        probabilities: Float32Array.from([0.0246, 0.9754]),
      })
    expect(await answer()).toMatchObject({
      label: 'bee',
      outcome: 'hit',
      certainty: expect.closeTo(0.85, 3) as number,
      sureness: 'likely',
    })
  })

  it('asks the edge of what fits nothing, however certain the scene has made the device', async () => {
    factors = Float32Array.from([0.25, 1.75])
    isNovel = true
    local = () => Promise.resolve(hit)
    expect(await answer()).toMatchObject({
      outcome: 'miss',
      answeredBy: 'edge',
      sureness: 'none',
      // The scene has made the other one likelier.
      runnersUp: ['ant'],
    })
    edge = () => failing('edge-unreachable')
    expect(await answer()).toMatchObject({ label: 'bee', outcome: 'uncertain', sureness: 'none' })
  })

  it('sends a picture where the full model reads another size, of misses and of audits', async () => {
    pictured = () => Promise.resolve({ type: 'image/webp', bytes: new Uint8Array(77) })
    local = () => Promise.resolve({ ...miss, frame: 5 })
    expect(await answer()).toMatchObject({ outcome: 'miss', answeredBy: 'edge' })
    expect(happened.slice(1, 3)).toEqual(['picture of frame 5', 'edge gets 77 bytes of image/webp'])
    happened = []
    isAudited = true
    local = () => Promise.resolve({ ...hit, frame: 6 })
    await answer()
    expect(happened.filter((one) => /picture|audit/.test(one))).toEqual([
      'picture of frame 6',
      'audit 77 bytes, class 1',
    ])
  })

  it('stands by its own answer where the picture of a frame cannot be had', async () => {
    pictured = () => failing('frame-empty')
    local = () => Promise.resolve({ ...miss, frame: 5 })
    expect(await answer()).toMatchObject({ outcome: 'uncertain', answeredBy: 'device' })
    expect(happened.join()).not.toContain('edge gets')
  })

  it('knows nothing of one colour, whoever is certain of it, and the scene learns nothing from it', async () => {
    factors = Float32Array.from([0.25, 1.75])
    local = () =>
      Promise.resolve({
        ...hit,
        probabilities: Float32Array.from([0, 1]),
        rgb: new Uint8Array(8 * 8 * 3).fill(90),
      })
    edge = () => Promise.resolve({ ...edgeAnswer, classIndex: 1, probabilities: [0, 1] })
    expect(await answer()).toMatchObject({ outcome: 'miss', answeredBy: 'edge', sureness: 'none' })
    expect(seen).toEqual([])
  })

  it('has the full model say what the scene may learn from, where the device finds everything strange', async () => {
    factors = Float32Array.from([0.25, 1.75])
    local = () => Promise.resolve({ ...miss, isStrange: true })
    edge = () => Promise.resolve({ ...edgeAnswer, isStrange: false })
    await answer()
    edge = () => Promise.resolve({ ...edgeAnswer, isStrange: true })
    await answer()
    edge = () => Promise.resolve(edgeAnswer)
    await answer()
    edge = () => failing('edge-unreachable')
    await answer()
    expect(seenBy.map(({ isFromEdge, isNovel: isStrange }) => [isFromEdge, isStrange])).toEqual([
      [true, false],
      [true, true],
      // A bundle that does not say what is strange: the device's word.
      [true, true],
      [false, true],
    ])
  })

  it('is certain of the edge’s answer where the device says nothing against it', async () => {
    local = () => Promise.resolve({ ...miss, probabilities: Float32Array.from([0.9, 0.1]), classIndex: 0 })
    edge = () => Promise.resolve({ ...edgeAnswer, probabilities: [0.999, 0.001] })
    expect(await answer()).toMatchObject({ label: 'ant', certainty: 0.999, sureness: 'certain' })
    local = () => Promise.resolve({ ...miss, probabilities: Float32Array.from([0.1, 0.9]) })
    expect(await answer()).toMatchObject({
      label: 'ant',
      certainty: expect.closeTo(0.55, 2) as number,
      sureness: 'unsure',
    })
  })

  it('counts no switch where the named partition is the most recent already', async () => {
    local = () => Promise.resolve({ ...miss, residents: ['p2'] })
    expect((await answer()).switchedTo).toBeNull()
    expect(happened).toContain('want p2')
  })

  it('fetches no partition while the gate asks none', async () => {
    maxProbes = 0
    local = () => Promise.resolve(miss)
    expect(await answer()).toMatchObject({ label: 'ant', answeredBy: 'edge', switchedTo: null })
    expect(happened).toEqual(['classify at 0.3', 'edge gets 192 bytes, no partition wanted'])
  })

  it('names the partition where the edge answered with one', async () => {
    local = () => Promise.resolve(miss)
    edge = () => Promise.resolve({ ...edgeAnswer, answeredBy: 'partition' })
    expect((await answer()).network).toBe('p2')
  })

  it('does not wait for a download, and counts its bytes when it is there', async () => {
    local = () => Promise.resolve(miss)
    let arrive: (bytes: number) => void = () => undefined
    download = new Promise((resolve) => (arrive = resolve))
    expect((await answer()).bytesDown).toBe(300)
    expect(late).toEqual([])
    arrive(5000)
    await vi.waitFor(() => expect(late).toEqual([{ index: 7, bytes: 5000 }]))
  })

  it('waits for the download where the source is lossless, so that a replay can be repeated', async () => {
    local = () => Promise.resolve(miss)
    let arrive: (bytes: number) => void = () => undefined
    download = new Promise((resolve) => (arrive = resolve))
    let isAnswered = false
    const answered = answer(true).then((record) => {
      isAnswered = true
      return record
    })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(isAnswered).toBe(false)
    arrive(5000)
    expect(await answered).toMatchObject({ bytesDown: 5300, latencyMs: 42 })
    expect(late).toEqual([])
  })

  it('lets a lossless stream go on where nobody waits for the whole', async () => {
    local = () => Promise.resolve(miss)
    let arrive: (bytes: number) => void = () => undefined
    download = new Promise((resolve) => (arrive = resolve))
    const record = await answer(true, false)
    expect(record).toMatchObject({ outcome: 'miss', bytesDown: 300 })
    expect(late).toEqual([])
    arrive(5000)
    await vi.waitFor(() => expect(late).toEqual([{ index: 7, bytes: 5000 }]))
  })

  it('answers uncertain where the edge does not answer, for whatever reason', async () => {
    local = () => Promise.resolve(miss)
    for (const code of [
      'edge-unreachable',
      'edge-timeout',
      'edge-answer-invalid',
      'frame-size-wrong',
    ] as const) {
      edge = () => failing(code)
      expect(await answer()).toMatchObject({
        label: 'bee',
        outcome: 'uncertain',
        answeredBy: 'device',
        network: 'p1',
        bytesUp: 0,
      })
    }
    expect(happened).not.toContain('want p2')
  })

  it('stops when it is called off', async () => {
    local = () => Promise.resolve(miss)
    edge = () => failing('aborted')
    await expect(answer()).rejects.toMatchObject({ code: 'aborted' })
  })

  it('sends a frame of a lossless source once more where the worker broke down over it', async () => {
    let tries = 0
    local = () => (tries++ === 0 ? failing('worker-crashed') : Promise.resolve(hit))
    expect((await answer(true)).outcome).toBe('hit')
    expect(happened.slice(0, 2)).toEqual(['classify at 0.3, kept', 'classify at 0.3, kept'])
  })

  it('gives a frame of a live source up where the worker broke down over it', async () => {
    local = () => failing('worker-crashed')
    await expect(answer()).rejects.toMatchObject({ code: 'worker-crashed' })
    expect(happened).toEqual(['classify at 0.3'])
  })

  it('does not hold a live stream up for a slow edge: the device’s answer stands until the edge’s comes', async () => {
    local = () => Promise.resolve(miss)
    let arrive: () => void = () => undefined
    edge = () => new Promise((resolve) => (arrive = () => resolve(edgeAnswer)))
    expect(await answer()).toMatchObject({ label: 'bee', outcome: 'uncertain' })
    expect(revised).toEqual([])
    arrive()
    await expect
      .poll(() => revised)
      .toMatchObject([{ index: 7, label: 'ant', outcome: 'miss', switchedTo: 'p2' }])
    expect(learned).toEqual(['uncertain', 'miss'])
    expect(happened).toContain('want p2')
  })

  it('waits for a slow edge where no frame may be lost', async () => {
    local = () => Promise.resolve(miss)
    edge = () => new Promise((resolve) => setTimeout(() => resolve(edgeAnswer), patienceMs + 50))
    expect(await answer(true)).toMatchObject({ outcome: 'miss' })
    expect(happened).toContain('want p2 as a whole')
  })

  it('sends one frame of a live stream at a time', async () => {
    local = () => Promise.resolve(miss)
    isEdgeBusy = true
    expect(await answer()).toMatchObject({ outcome: 'uncertain' })
    expect(happened).toEqual(['classify at 0.3'])
    expect((await answer(true)).outcome).toBe('miss')
  })

  it('passes on the delta that came along, and who is likely next', async () => {
    local = () => Promise.resolve(miss)
    edge = () =>
      Promise.resolve({
        ...edgeAnswer,
        inlineDelta: { id: 'p2', sha256: 'c'.repeat(64), bytes: 'AAAA' },
        likelyNext: { id: 'p3' },
      })
    await answer()
    expect(happened.slice(-2)).toEqual(['want p2 by its delta', 'expect p3'])
  })

  it('has the edge look at a hit that was drawn, and answers it all the same', async () => {
    isAudited = true
    local = () => Promise.resolve(hit)
    expect(await answer()).toMatchObject({ outcome: 'hit', bytesUp: 0 })
    expect(happened).toEqual(['classify at 0.3', 'used p1', 'audit 192 bytes, class 1'])
  })

  it('copes with a bundle that has no partitions', async () => {
    local = () => Promise.resolve({ ...miss, network: 'generalist', residents: [] })
    const { partition: _partition, ...bare } = edgeAnswer
    edge = () => Promise.resolve({ ...bare, code: [] })
    expect(await answer()).toMatchObject({ outcome: 'miss', network: 'full', switchedTo: null })
    expect(happened.filter((event) => event.startsWith('want'))).toEqual([])
  })

  it('is a value: its events say all that follows, and nothing has happened yet', async () => {
    local = () => Promise.resolve(miss)
    edge = () => new Promise((resolve) => setTimeout(() => resolve(edgeAnswer), patienceMs + 50))
    const events: FrameEvent[] = []
    for await (const event of liveFrame(signal, frame, { index: 7, isLossless: false }, asking))
      events.push(event)
    expect(events).toMatchObject([
      { kind: 'provisional', record: { label: 'bee', outcome: 'uncertain' } },
      { kind: 'answered', record: { label: 'bee', outcome: 'uncertain' } },
      { kind: 'revised', record: { label: 'ant', outcome: 'miss' }, wanted: { partition: { id: 'p2' } } },
    ])
    expect(added).toEqual([])
    expect(happened).toEqual(['classify at 0.3', 'edge gets 192 bytes'])
  })

  it('tells nobody of an answer that comes when the stream has been stopped', async () => {
    const stopped = new AbortController()
    stopped.abort()
    const life = liveFrame(signal, frame, { index: 7, isLossless: false }, asking)
    await answerFrame(life, (event) =>
      applyEvent(stopped.signal, event, { frame, isWholeAwaited: false }, audience),
    )
    expect(added).toEqual([])
    expect(learned).toEqual([])
  })
})
