import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

it(
  'npm start builds the app, serves it, and stops in order at SIGTERM, all of it',
  { timeout: 300_000 },
  async () => {
    const child = spawn(
      'npm',
      ['start', '--', '--port', '0', '--host', '127.0.0.1', '--drain-seconds', '0'],
      {
        cwd: root,
        env: { ...process.env, NO_COLOR: '1' },
        // A group of its own, so that nothing of it is left behind where the test fails.
        detached: true,
      },
    )
    onTestFinished(() => {
      try {
        process.kill(-(child.pid ?? 0), 'SIGKILL')
      } catch {
        // It has ended, as it should.
      }
    })
    let out = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (out += chunk.toString()))
    await expect.poll(() => out, { timeout: 240_000 }).toMatch(/http:\/\/127\.0\.0\.1:\d+/)
    const [origin = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(out) ?? []
    expect(await (await fetch(origin)).text()).toContain('CacheNet')
    expect((await fetch(`${origin}/readyz`)).status).toBe(200)
    const exit = once(child, 'exit').then(([code]) => code as number | null)
    const askedAt = performance.now()
    child.kill('SIGTERM')
    expect(await exit).toBe(0)
    expect(performance.now() - askedAt).toBeLessThan(10_000)
    await expect(fetch(`${origin}/healthz`)).rejects.toThrow()
  },
)
