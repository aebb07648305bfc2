import { beforeEach, describe, expect, it } from 'vitest'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { createPlayer, type Player } from './player.ts'
import type { FrameSource, SourceFrame } from '../sources/source.ts'
import { wait } from '../platform/within.ts'

const image = { width: 1, height: 1, rgba: new Uint8ClampedArray(4) }
const frame = (name: string): SourceFrame => ({ image, picture: () => image, name, trueLabel: null })

let happened: string[]
let onAnswer: (name: string, signal: AbortSignal) => Promise<void>
let player: Player

function source(names: readonly string[], { isLossless = true, endless = false } = {}): FrameSource {
  return {
    kind: 'demo',
    isLossless,
    async *frames(signal) {
      try {
        for (const name of names) yield frame(name)
        while (endless) {
          await wait(signal, 1)
          yield frame('more')
        }
      } finally {
        happened.push('released')
      }
    },
  }
}

beforeEach(() => {
  happened = []
  onAnswer = () => Promise.resolve()
  player = createPlayer({
    onStart: () => void happened.push('start'),
    onEnd: () => void happened.push(`end while ${player.state.value}`),
    onFailure: ({ code }) => void happened.push(`failed ${code}`),
    answer: async (signal, { name }, { index }) => {
      happened.push(`answer ${name} as ${index}`)
      await onAnswer(name, signal)
    },
  })
})

describe('Player', () => {
  it('answers one frame after the other, to the end', async () => {
    expect(player.state.value).toBe('idle')
    const states: string[] = []
    onAnswer = () => Promise.resolve(void states.push(player.state.value))
    await player.play(source(['a', 'b']))
    expect(states).toEqual(['playing', 'playing'])
    expect(player.state.value).toBe('ended')
    expect(happened).toEqual(['start', 'answer a as 0', 'answer b as 1', 'released', 'end while playing'])
  })

  it('stops in the middle, and leaves nothing running', async () => {
    const playing = player.play(source(['a'], { endless: true }))
    await new Promise((resolve) => setTimeout(resolve, 10))
    await player.stop()
    await playing
    expect(player.state.value).toBe('stopped')
    expect(happened.slice(-2)).toEqual(['released', 'end while playing'])
  })

  it('stops while an answer is awaited', async () => {
    onAnswer = (_name, signal) => wait(signal, 60_000)
    const playing = player.play(source(['a', 'b']))
    await new Promise((resolve) => setTimeout(resolve, 5))
    await player.stop()
    await playing
    expect(player.state.value).toBe('stopped')
    expect(happened).not.toContain('answer b as 1')
  })

  it('leaves nothing at the signal of its stream, however often it is paused', async () => {
    const open = new Set<unknown>()
    onAnswer = (_name, signal) => {
      if (open.size === 0) {
        const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
        signal.addEventListener = (...args: Parameters<typeof add>) => {
          open.add(args[1])
          add(...args)
        }
        signal.removeEventListener = (...args: Parameters<typeof remove>) => {
          open.delete(args[1])
          remove(...args)
        }
      }
      return Promise.resolve()
    }
    const playing = player.play(source(['a'], { endless: true }))
    for (let turn = 0; turn < 20; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      player.pause()
      await new Promise((resolve) => setTimeout(resolve, 5))
      player.resume()
    }
    // What is waited for right now, and no more.
    expect(open.size).toBeLessThanOrEqual(2)
    await player.stop()
    await playing
  })

  it('goes on after a frame that a broken worker lost, and does not count it', async () => {
    onAnswer = (name) =>
      name === 'a' ? Promise.reject(new CacheNetError('worker-crashed', 'no')) : Promise.resolve()
    await player.play(source(['a', 'b']))
    expect(player.state.value).toBe('ended')
    expect(happened).toContain('answer b as 0')
  })

  it('fails with the reason where it cannot go on', async () => {
    onAnswer = () => Promise.reject(new CacheNetError('engine-failed', 'no'))
    await player.play(source(['a', 'b']))
    expect(player.state.value).toBe('failed')
    expect(happened.slice(-3)).toEqual(['released', 'failed engine-failed', 'end while playing'])
  })

  it('lets the last of several choices play, and only that one', async () => {
    const first = player.play(source(['a'], { endless: true }))
    await new Promise((resolve) => setTimeout(resolve, 5))
    happened = []
    const second = player.play(source(['b']))
    const third = player.play(source(['c']))
    await Promise.all([first, second, third])
    expect(
      happened.filter((event) => event.startsWith('answer') && !event.startsWith('answer more')),
    ).toEqual(['answer c as 0'])
    expect(player.state.value).toBe('ended')
  })

  it('takes a stop for the last word, also over a choice that still waits for the stream before it', async () => {
    const first = player.play(source(['a'], { endless: true }))
    await new Promise((resolve) => setTimeout(resolve, 5))
    happened = []
    const second = player.play(source(['b']))
    await player.stop()
    await Promise.all([first, second])
    expect(happened.filter((event) => event.startsWith('answer b'))).toEqual([])
    expect(player.state.value).toBe('stopped')
  })

  it('stops where an answer does not listen', async () => {
    onAnswer = () => new Promise(() => undefined)
    const playing = player.play(source(['a', 'b']))
    await new Promise((resolve) => setTimeout(resolve, 5))
    await player.stop()
    await playing
    expect(player.state.value).toBe('stopped')
  })
})
