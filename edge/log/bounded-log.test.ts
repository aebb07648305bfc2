import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { createBoundedLog } from './bounded-log.ts'

it('drops what a reader that stalls does not take, says how much, and holds no more than it may', async () => {
  const written: string[] = []
  let takeUp = (): void => undefined
  const stalled = new Promise<void>((resolve) => (takeUp = resolve))
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString())
      void stalled.then(() => done())
    },
  })
  const log = createBoundedLog(stream, 1_000)
  for (let line = 0; line < 1_000; line++) log.write(`${line}\n`)
  expect(stream.writableLength).toBeLessThanOrEqual(1_000)
  await log.flush(30)
  takeUp()
  await log.flush(10_000)
  log.write('last\n')
  await log.flush(10_000)
  expect(written[0]).toBe('0\n')
  expect(written.at(-1)).toBe('last\n')
  const { dropped } = JSON.parse(written.at(-2) ?? '{}') as { dropped: number }
  expect(dropped).toBe(1_000 - (written.length - 2))
})

it('does not mind a reader that went away', async () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) })
  const log = createBoundedLog(stream)
  for (let line = 0; line < 10; line++) {
    log.write('line\n')
    await new Promise((resolve) => setImmediate(resolve))
  }
  await log.flush(10_000)
})

it('never blocks a process whose stderr nobody reads, and lets it end', async () => {
  const module = new URL('./bounded-log.ts', import.meta.url).href
  const script = `const { createBoundedLog, streamOf } = await import(${JSON.stringify(module)})
    const log = createBoundedLog(streamOf(2))
    for (let line = 0; line < 50_000; line++) log.write('x'.repeat(99) + '\\n')
    await log.flush(50)
    process.stdout.write('done')
    process.exit(0)`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stderr.pause()
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  const [code] = (await once(child, 'exit')) as [number | null]
  expect([code, out]).toEqual([0, 'done'])
})
