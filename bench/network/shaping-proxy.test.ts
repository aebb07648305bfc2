import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random.ts'
import { networkProfiles, type NetworkProfile } from './profiles.ts'
import { arrivalOf } from './shaped-pipe.ts'
import { startShapingProxy, type ShapingProxy } from './shaping-proxy.ts'

const quiet: NetworkProfile = {
  roundTripMs: 0,
  jitterMs: 0,
  bitsPerSecond: Infinity,
  lossRate: 0,
  stallMs: 0,
}

/** Answers each message with as many bytes as its first four say. */
async function startAnswering(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('data', (data) => socket.write(Buffer.alloc(data.readUInt32BE(0), 7)))
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function ask(socket: Socket, answerBytes: number): Promise<number> {
  const request = Buffer.alloc(4)
  request.writeUInt32BE(answerBytes)
  const startMs = performance.now()
  socket.write(request)
  let received = 0
  await new Promise<void>((resolve) => {
    const take = (data: Buffer): void => {
      received += data.length
      expect(data.every((byte) => byte === 7)).toBe(true)
      if (received < answerBytes) return
      socket.off('data', take)
      resolve()
    }
    socket.on('data', take)
  })
  expect(received).toBe(answerBytes)
  return performance.now() - startMs
}

describe('startShapingProxy', () => {
  let server: Server
  let proxy: ShapingProxy
  let socket: Socket

  beforeEach(async () => {
    server = await startAnswering()
    proxy = await startShapingProxy((server.address() as AddressInfo).port)
    socket = connect({ port: proxy.port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
  })
  afterEach(async () => {
    socket.destroy()
    await proxy.close()
    server.close()
  })

  it('never answers before the round trip is over', async () => {
    await ask(socket, 1)
    proxy.setProfile({ ...quiet, roundTripMs: 60 })
    const times: number[] = []
    for (let turn = 0; turn < 10; turn++) times.push(await ask(socket, 1))
    // A timer may fire half a millisecond early, each way.
    expect(Math.min(...times)).toBeGreaterThan(58)
  })

  it('sends no faster than the bandwidth', async () => {
    proxy.setProfile({ ...quiet, bitsPerSecond: 8e6 })
    // 200 kB at 1 MB/s.
    const ms = await ask(socket, 200_000)
    expect(ms).toBeGreaterThan(195)
  })

  it('counts bytes, both ways', async () => {
    await ask(socket, 50_000)
    expect(proxy.bytes).toEqual({ up: 4, down: 50_000 })
    proxy.resetBytes()
    expect(proxy.bytes).toEqual({ up: 0, down: 0 })
  })

  it('cuts what is open where there is no network, and takes nothing new', async () => {
    const closed = once(socket, 'close')
    proxy.setProfile(networkProfiles.offline)
    await closed
    const late = connect({ port: proxy.port, host: '127.0.0.1' })
    late.on('error', () => undefined)
    await once(late, 'close')
    expect(proxy.bytes.up).toBe(0)
  })
})

describe('arrivalOf', () => {
  const at = (profile: Partial<NetworkProfile>, bytes: number, freeAtMs = 0) =>
    arrivalOf(bytes, 100, freeAtMs, { ...quiet, ...profile }, createRandom(1))

  it('adds half a round trip', () =>
    expect(at({ roundTripMs: 20 }, 3072)).toEqual({ freeAtMs: 100, arrivesAtMs: 110 }))

  it('waits for the link, and for its bandwidth', () => {
    expect(at({ bitsPerSecond: 1.6e6 }, 2000).arrivesAtMs).toBeCloseTo(110)
    expect(at({ bitsPerSecond: 1.6e6 }, 2000, 130).arrivesAtMs).toBeCloseTo(140)
  })

  it('stalls as often as packets are lost', () => {
    const random = createRandom(3)
    const profile = { ...quiet, lossRate: 0.01, stallMs: 200 }
    const stalled = Array.from(
      { length: 20_000 },
      () => arrivalOf(3000, 0, 0, profile, random).arrivesAtMs,
    ).filter((ms) => ms >= 200).length
    // Three packets each.
    expect(stalled / 20_000).toBeGreaterThan(0.025)
    expect(stalled / 20_000).toBeLessThan(0.035)
  })

  it('jitters around the delay, never into the past', () => {
    const random = createRandom(4)
    const delays = Array.from(
      { length: 10_000 },
      () => arrivalOf(1, 0, 0, { ...quiet, roundTripMs: 20, jitterMs: 2 }, random).arrivesAtMs,
    )
    const mean = delays.reduce((sum, value) => sum + value, 0) / delays.length
    expect(mean).toBeCloseTo(10, 0)
    expect(
      Math.sqrt(delays.reduce((sum, value) => sum + (value - mean) ** 2, 0) / delays.length),
    ).toBeCloseTo(2, 0)
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0)
  })
})
