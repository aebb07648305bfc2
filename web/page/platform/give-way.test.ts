import { expect, it } from 'vitest'
import { createGiveWay } from './give-way.ts'

it('hands the task over once it has been kept for a moment, and not before', async () => {
  let [now, handedOver] = [0, 0]
  const giveWay = createGiveWay({
    nowMs: () => now,
    handOver: () => {
      handedOver++
      return Promise.resolve()
    },
  })
  await giveWay()
  expect(handedOver).toBe(1)
  for (let step = 0; step < 100; step++) {
    now += 0.5
    await giveWay()
  }
  expect(handedOver).toBe(26)
})

it('lets in what waits already: timers and messages', async () => {
  let now = 0
  const giveWay = createGiveWay({ nowMs: () => (now += 10) })
  const happened: string[] = []
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => happened.push('message')
  setTimeout(() => happened.push('timer'), 0)
  port2.postMessage(null)
  for (let step = 0; step < 1_000_000 && happened.length < 2; step++) await giveWay()
  expect(happened.sort()).toEqual(['message', 'timer'])
  port1.close()
})
