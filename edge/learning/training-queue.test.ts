import { describe, expect, it } from 'vitest'
import { createTrainingQueue } from './training-queue.ts'

const untilEnded = (signal: AbortSignal): Promise<void> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('ended')))
  })

describe('the queue of trainings', () => {
  it('runs one at a time, in order, each key once', async () => {
    const queue = createTrainingQueue(4, () => undefined)
    const order: string[] = []
    let running = 0
    const work = (name: string) => async (): Promise<void> => {
      expect(++running).toBe(1)
      await Promise.resolve()
      order.push(name)
      running--
    }
    expect(queue.add('a', work('a'))).toBe(true)
    expect(queue.add('b', work('b'))).toBe(true)
    expect(queue.add('b', work('again'))).toBe(false)
    await queue.idle()
    expect(order).toEqual(['a', 'b'])
  })

  it('takes no more than may wait', async () => {
    const queue = createTrainingQueue(1, () => undefined)
    expect(queue.add('a', untilEnded)).toBe(true)
    expect(queue.add('b', untilEnded)).toBe(true)
    expect(queue.add('c', untilEnded)).toBe(false)
    await queue.close()
  })

  it('ends what is cancelled, and goes on with the next', async () => {
    const queue = createTrainingQueue(4, (thrown) => {
      throw thrown
    })
    let isDone = false
    queue.add('a', untilEnded)
    queue.add('b', () => {
      isDone = true
      return Promise.resolve()
    })
    await queue.cancel('a')
    await queue.idle()
    expect(isDone).toBe(true)
    expect(queue.has('a')).toBe(false)
  })

  it('says what failed, and works on', async () => {
    const failures: unknown[] = []
    const queue = createTrainingQueue(4, (thrown) => failures.push(thrown))
    const fault = new Error('fault')
    queue.add('a', () => Promise.reject(fault))
    await queue.idle()
    expect(failures).toEqual([fault])
    expect(queue.add('a', () => Promise.resolve())).toBe(true)
    await queue.idle()
  })
})
