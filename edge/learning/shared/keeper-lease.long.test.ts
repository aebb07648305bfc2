import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startRedis, type RedisProcess } from '../../testing/redis-process.ts'
import { createKeeperLease, type KeeperLease } from './keeper-lease.ts'

const leaseMs = 400

describe('the lease of the keeper', () => {
  let server: RedisProcess
  let redis: Redis
  let first: KeeperLease
  let second: KeeperLease

  beforeAll(async () => {
    server = await startRedis()
    redis = new Redis(server.url)
  })
  afterAll(async () => {
    redis.disconnect()
    await server.remove()
  })
  beforeEach(async () => {
    await redis.flushall()
    ;[first, second] = [
      createKeeperLease(redis, 'lease', leaseMs),
      createKeeperLease(redis, 'lease', leaseMs),
    ]
  })

  it('is one edge’s until it gives it back', async () => {
    expect(await first.take()).toBe(true)
    expect(await second.take()).toBe(false)
    expect([first.isHeld(), second.isHeld()]).toEqual([true, false])
    await first.confirm()
    await expect(second.confirm()).rejects.toMatchObject({ code: 'aborted' })
    // Who does not have it cannot give it back.
    await second.release()
    expect(await second.take()).toBe(false)
    await first.release()
    expect(first.isHeld()).toBe(false)
    expect(await second.take()).toBe(true)
  })

  it('goes on for as long as it is renewed', async () => {
    await first.take()
    for (let turn = 0; turn < 6; turn++) {
      await pause(leaseMs / 4)
      expect(await first.renew()).toBe(true)
    }
    expect(await second.take()).toBe(false)
  })

  it('runs out by itself, for its holder before anybody else can take it', async () => {
    await first.take()
    let wasHeldByBoth = false
    await expect
      .poll(
        async () => {
          const isTaken = await second.take()
          wasHeldByBoth ||= isTaken && first.isHeld()
          return isTaken
        },
        { interval: 5 },
      )
      .toBe(true)
    expect(wasHeldByBoth).toBe(false)
    expect(await first.renew()).toBe(false)
    await expect(first.confirm()).rejects.toMatchObject({ code: 'aborted' })
    await first.release()
    expect(second.isHeld()).toBe(true)
  })
})
