import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { createEdgeApi } from '../../core/client/edge-api.ts'
import { frameBytes } from '../../core/image/preprocess.ts'
import { temporaryFolder } from '../testing/bundle-folder.ts'
import { carryOut } from '../testing/dockerfile.ts'
import { freePort } from '../testing/free-port.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const project = join(here, '..', '..')
const execute = promisify(execFile)

it('builds in a clean directory what starts, is healthy, answers frames and serves the page, from files that nobody may write', async () => {
  const { folder, remove } = await temporaryFolder()
  onTestFinished(remove)
  // What is committed and what is about to be: no leftovers of this checkout.
  const context = join(folder, 'context')
  const { stdout: files } = await execute('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: project,
    maxBuffer: 2 ** 26,
  })
  const archive = spawn('bash', ['-c', `mkdir -p '${context}' && tar -c -T - | tar -x -C '${context}'`], {
    cwd: project,
  })
  archive.stdin.end(files)
  await once(archive, 'exit')

  const stage = await carryOut(await readFile(join(here, 'Dockerfile'), 'utf8'), context, folder)
  expect(stage.user).toBe('node')
  await execute('chmod', ['-R', 'a-w', stage.root])
  await execute('chmod', ['a+rx', folder])
  onTestFinished(async () => {
    await execute('chmod', ['-R', 'u+w', stage.root])
  })

  const port = await freePort()
  const isRoot = process.getuid?.() === 0
  const env = {
    PATH: process.env['PATH'] ?? '',
    ...stage.env,
    CACHENET_PORT: String(port),
    CACHENET_HOST: '127.0.0.1',
  }
  const [program = '', ...args] = stage.command
  // As somebody who is not the owner of the files, as in the image.
  const start = (words: readonly string[]): ReturnType<typeof spawn> =>
    spawn(program, words, { cwd: stage.workdir, env, ...(isRoot ? { uid: 65534, gid: 65534 } : {}) })
  const edge = start(args)
  let log = ''
  edge.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()))
  onTestFinished(() => void edge.kill('SIGKILL'))
  const health = async (): Promise<number> => {
    const check = start(stage.healthcheck.slice(1))
    const [code] = (await once(check, 'exit')) as [number]
    return code
  }
  expect(await health()).toBe(1)
  await expect.poll(health, { timeout: 120_000, interval: 500, message: log }).toBe(0)

  const { signal } = new AbortController()
  const api = createEdgeApi({ baseUrl: `http://127.0.0.1:${port}` })
  const { defaultBundle } = await api.listBundles(signal)
  const manifest = await api.manifest(signal, defaultBundle)
  const { value } = await api.answerFrame(signal, defaultBundle, new Uint8Array(frameBytes(manifest.input)))
  expect(manifest.classNames).toContain(value.label)
  const page = await fetch(`http://127.0.0.1:${port}/`)
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<title>')])
  const ready = (await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()) as { engine: string }
  expect(ready.engine).toBe('onnxruntime')

  edge.kill('SIGTERM')
  expect((await once(edge, 'exit'))[0]).toBe(0)
})
