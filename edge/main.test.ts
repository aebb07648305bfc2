import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { apiPaths, rawFrameType } from '../core/wire/frames.ts'
import { useSampleFolder } from './testing/use-sample-folder.ts'
import { randomRgb } from './testing/engine-samples.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))

interface Running {
  readonly child: ChildProcess
  readonly out: () => string
  readonly err: () => string
  readonly exit: Promise<number | null>
}

/** The command as people start it, in a process of its own. */
function runEdge(args: readonly string[], environment: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    env: { ...process.env, NO_COLOR: '1', CACHENET_THREADS: '1', ...environment },
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    child,
    out: () => out,
    err: () => err,
    exit: once(child, 'exit').then(([code]) => code as number | null),
  }
}

describe('npm run edge', { timeout: 120_000 }, () => {
  const bundles = useSampleFolder()

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'says where it is, answers there, and stops in order at %s',
    async (signal) => {
      const running = runEdge(['--port', '0', '--host', '127.0.0.1', '--page', bundles.folder], {
        CACHENET_BUNDLES: bundles.folder,
      })
      await expect.poll(running.out, { timeout: 60_000 }).toContain('http://127.0.0.1:')
      expect(running.out()).toContain('npm run build')
      // No phone reaches it there.
      expect(running.out()).not.toMatch(/[█▀▄]{5}/)
      const [origin = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(running.out()) ?? []
      const init = {
        method: 'POST',
        headers: { 'Content-Type': rawFrameType },
        body: randomRgb(bundles.sample.manifest),
      }
      expect((await fetch(origin + apiPaths.frames('sample'), init)).status).toBe(200)
      // As after Ctrl+C: from the terminal, and again from whatever started it.
      running.child.kill(signal)
      running.child.kill(signal)
      expect(await running.exit).toBe(0)
      expect(running.err()).toContain(signal)
    },
  )

  it('stops in order, and takes its engine along, where npm that started it is told to', async () => {
    const child = spawn(
      'npm',
      [
        'run',
        '--silent',
        'edge',
        '--',
        '--port',
        '0',
        '--host',
        '127.0.0.1',
        '--bundles',
        bundles.folder,
        '--drain-seconds',
        '0',
        '--stop-seconds',
        '0',
      ],
      { cwd: root, env: { ...process.env, NO_COLOR: '1', CACHENET_THREADS: '1' } },
    )
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    onTestFinished(() => void child.kill('SIGKILL'))
    await expect.poll(() => out, { timeout: 60_000 }).toContain('http://127.0.0.1:')
    const [origin = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(out) ?? []
    expect((await fetch(`${origin}/readyz`)).status).toBe(200)
    const exit = once(child, 'exit').then(([code]) => code as number | null)
    child.kill('SIGTERM')
    expect(await exit).toBe(0)
    await expect(fetch(`${origin}/healthz`)).rejects.toThrow()
  })

  it('answers on while nobody reads its log, and stops', async () => {
    const running = runEdge([
      '--port',
      '0',
      '--host',
      '127.0.0.1',
      '--bundles',
      bundles.folder,
      '--log-level',
      'debug',
      '--drain-seconds',
      '0',
      '--rate-limit',
      '0',
    ])
    await expect.poll(running.out, { timeout: 60_000 }).toContain('http://127.0.0.1:')
    const [origin = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(running.out()) ?? []
    running.child.stderr?.pause()
    // Some megabytes of lines, where a pipe takes 64 kB.
    for (let turn = 0; turn < 100; turn++) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => fetch(`${origin}/${'x'.repeat(1_000)}`)),
      )
      await Promise.all(answers.map((answer) => answer.arrayBuffer()))
    }
    expect((await fetch(`${origin}/healthz`)).status).toBe(200)
    running.child.kill('SIGTERM')
    expect(await running.exit).toBe(0)
  })

  it('asks for its token, and lets it into no log', async () => {
    const token = 'secret-of-16-letters'
    const running = runEdge(
      ['--port', '0', '--host', '127.0.0.1', '--bundles', bundles.folder, '--log-level', 'trace'],
      { CACHENET_TOKEN: token },
    )
    await expect.poll(running.out, { timeout: 60_000 }).toContain('http://127.0.0.1:')
    const [origin = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(running.out()) ?? []
    expect((await fetch(origin + apiPaths.bundles)).status).toBe(401)
    expect(
      (await fetch(origin + apiPaths.bundles, { headers: { Authorization: `Bearer ${token}` } })).status,
    ).toBe(200)
    expect(
      (
        await fetch(origin + apiPaths.session, {
          method: 'POST',
          headers: { Authorization: `Bearer ${token}` },
        })
      ).status,
    ).toBe(204)
    expect(running.err()).toContain('"token":"(set)"')
    expect(running.err() + running.out()).not.toContain(token)
  })

  it('makes a token, keeps it, and carries it to phones by its code alone', async () => {
    const file = join(bundles.folder, '.token')
    const running = runEdge([
      '--port',
      '0',
      '--host',
      '0.0.0.0',
      '--bundles',
      bundles.folder,
      '--token',
      'auto',
      '--token-file',
      file,
      '--log-level',
      'trace',
    ])
    await expect.poll(running.out, { timeout: 60_000 }).toContain('http://localhost:')
    const [, port = ''] = /http:\/\/localhost:(\d+)/.exec(running.out()) ?? []
    const token = (await readFile(file, 'utf8')).trim()
    const asked = (authorization: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}${apiPaths.bundles}`, {
        headers: { Authorization: `Bearer ${authorization}` },
      })
    expect((await asked('auto')).status).toBe(401)
    expect((await asked(token)).status).toBe(200)
    expect(running.out() + running.err()).not.toContain(token)
  })

  it('says at once that a port is taken, before it loads anything', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const running = runEdge(['--port', String(port), '--host', '127.0.0.1', '--bundles', bundles.folder])
    expect(await running.exit).toBe(1)
    expect(running.err()).toContain(`Port ${port} is taken`)
    expect(running.err()).not.toMatch(/serves the bundle|frames are answered by/)
  })

  it('teaches what it can do', async () => {
    const running = runEdge(['--help'])
    expect(await running.exit).toBe(0)
    for (const word of ['--port', '--bundles', '--default-bundle', 'CACHENET_PORT', 'EXAMPLES'])
      expect(running.out()).toContain(word)
  })

  it('ends with 1 and says what to do where a flag, the bundles or the default are wrong', async () => {
    const wrong = [
      { running: runEdge(['--port', 'http']), says: '--port must be a whole number' },
      { running: runEdge(['--bundles', `${bundles.folder}/nothing`]), says: 'npm run train' },
      {
        running: runEdge(['--bundles', bundles.folder, '--default-bundle', 'nobody']),
        says: 'there are: sample',
      },
    ]
    for (const { running, says } of wrong) {
      expect(await running.exit).toBe(1)
      expect(running.err()).toContain(says)
      expect(running.err()).not.toContain('    at ')
    }
  })
})
