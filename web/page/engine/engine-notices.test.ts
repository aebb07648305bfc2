import { describe, expect, it } from 'vitest'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { createNotices } from '../state/notices.ts'
import { createEngineNotices } from './engine-notices.ts'

const broken = new CacheNetError('worker-crashed', 'It broke.')

function create() {
  const notices = createNotices()
  const threads: number[] = []
  const engine = createEngineNotices({ notices, onThreads: (count) => void threads.push(count) })
  return { engine, threads, list: () => notices.list.value }
}

describe('createEngineNotices', () => {
  it('tells of a breakdown for a hundred frames, counted from the last one', () => {
    const { engine, list } = create()
    const answer = (frames: number): void => {
      for (let frame = 0; frame < frames; frame++) engine.onAnswered()
    }
    engine.onRestart(broken)
    answer(60)
    engine.onRestart(broken)
    answer(99)
    expect(list()).toMatchObject([{ about: 'worker', code: 'worker-crashed' }])
    answer(1)
    expect(list()).toEqual([])
  })

  it('tells on how many threads it goes on, after that is remembered', () => {
    const { engine, threads, list } = create()
    engine.onThreadsFailure(broken, 1)
    expect(threads).toEqual([1])
    expect(list()).toMatchObject([{ about: 'threads', kind: 'warning', code: 'worker-crashed' }])
    expect(list()[0]?.message).toContain('go on with one.')
  })
})
