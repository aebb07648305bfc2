import { signal } from '@preact/signals'
import { beforeEach, describe, expect, it } from 'vitest'
import { CacheNetError, type ErrorCode } from '../../../core/wire/errors.ts'
import type { FrameAnswer } from '../../../core/wire/frames.ts'
import type { EdgeState } from '../edge/edge-client.ts'
import type { FullModelState } from '../full-model/device-full-model.ts'
import { createFullModelDesk, type FullModelDesk } from './full-model-desk.ts'

const never = new AbortController().signal
const rgb = new Uint8Array(3)
const answer: FrameAnswer = {
  classIndex: 0,
  label: 'ant',
  probabilities: [1, 0],
  entropyNats: 0,
  code: [],
  answeredBy: 'full',
  timings: { decodeMs: 0, queueMs: 0, inferenceMs: 1 },
}

let now: number
let edgeMs: number
let deviceMs: number
let edgeFailure: ErrorCode | undefined
let deviceFailure: ErrorCode | undefined
let offered: number
let isLearning: boolean
let notices: string[]
const edgeState = signal<EdgeState>('online')
const modelState = signal<FullModelState>('absent')
let desk: FullModelDesk

function answerAfter(tookMs: number, failure: ErrorCode | undefined): Promise<FrameAnswer> {
  now += tookMs
  return failure === undefined ? Promise.resolve(answer) : Promise.reject(new CacheNetError(failure, 'no'))
}

beforeEach(() => {
  now = 1_000
  edgeMs = 90
  deviceMs = 30
  edgeFailure = deviceFailure = undefined
  offered = 0
  isLearning = false
  notices = []
  edgeState.value = 'online'
  modelState.value = 'absent'
  const opened = {
    edge: {
      state: edgeState,
      isLearnedFrom: () => isLearning,
      noteChecked: () => undefined,
      answer: async () => ({ answer: await answerAfter(edgeMs, edgeFailure), bytesUp: 3, bytesDown: 300 }),
    },
    fullModel: {
      state: modelState,
      offer: () => {
        offered++
      },
      answer: () => answerAfter(deviceMs, deviceFailure),
    },
  }
  desk = createFullModelDesk({
    opened: () => opened,
    notices: {
      showError: (about) => void notices.push(about),
      dismiss: () => undefined,
    },
    nowMs: () => now,
  })
})

const ask = async (times = 1): Promise<string[]> => {
  const places: string[] = []
  for (let time = 0; time < times; time++) places.push((await desk.answer(never, rgb, true)).answeredBy)
  return places
}

describe('the desk of the full model', () => {
  it('offers it with every answer of the edge, and goes on asking the edge until it is here', async () => {
    expect(await ask(4)).toEqual(['edge', 'edge', 'edge', 'edge'])
    expect(offered).toBe(4)
    modelState.value = 'ready'
    expect(await ask(2)).toEqual(['device', 'device'])
    expect(offered).toBe(4)
  })

  it('asks the edge while it is to learn this place, and this device where the edge is away', async () => {
    modelState.value = 'ready'
    isLearning = true
    expect(await ask(3)).toEqual(['edge', 'edge', 'edge'])
    edgeState.value = 'offline'
    expect(await ask()).toEqual(['device'])
  })

  it('sends nothing where the full model is here', async () => {
    await ask()
    modelState.value = 'ready'
    expect(await desk.answer(never, rgb, true)).toMatchObject({
      bytesUp: 0,
      bytesDown: 0,
      answeredBy: 'device',
    })
  })

  it('asks the edge where that is faster than this device', async () => {
    edgeMs = 20
    modelState.value = 'ready'
    expect(await ask(3)).toEqual(['edge', 'device', 'edge'])
  })

  it('answers with no edge at all', async () => {
    edgeState.value = 'offline'
    edgeFailure = 'edge-unreachable'
    expect(desk.isNear()).toBe(false)
    await expect(ask()).rejects.toMatchObject({ code: 'edge-unreachable' })
    modelState.value = 'ready'
    expect(desk.isNear()).toBe(true)
    expect(await ask()).toEqual(['device'])
  })

  it('asks the edge about a frame that the full model breaks down over, and gives no frame up that was called off', async () => {
    await ask()
    modelState.value = 'ready'
    deviceFailure = 'worker-crashed'
    expect(await ask()).toEqual(['edge'])
    deviceFailure = 'aborted'
    await expect(ask()).rejects.toMatchObject({ code: 'aborted' })
    expect(desk.isBusy()).toBe(false)
  })

  it('answers here what the edge fails to answer, before anybody knows that it is away', async () => {
    modelState.value = 'ready'
    edgeFailure = 'edge-answer-invalid'
    expect(await ask()).toEqual(['device'])
    deviceFailure = 'worker-crashed'
    await expect(ask()).rejects.toMatchObject({ code: 'edge-answer-invalid' })
    edgeFailure = 'aborted'
    await expect(ask()).rejects.toMatchObject({ code: 'aborted' })
  })

  it('says where the edge lets nobody in', async () => {
    edgeFailure = 'unauthorized'
    await expect(ask()).rejects.toMatchObject({ code: 'unauthorized' })
    expect(notices).toEqual(['access'])
  })
})
