import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Manifest } from '../core/bundle/manifest.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
let folder = ''

async function paint(className: string, count: number): Promise<void> {
  await mkdir(join(folder, 'data', className), { recursive: true })
  for (let image = 0; image < count; image++) {
    const background = { r: (image * 7) % 256, g: className.length * 9, b: 80 }
    await sharp({ create: { width: 16, height: 16, channels: 3, background } })
      .png()
      .toFile(join(folder, 'data', className, `${image}.png`))
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-command-'))
  await paint('constructor', 10)
  await paint('__proto__', 10)
  await writeFile(join(folder, 'file'), '')
})
afterAll(() => rm(folder, { recursive: true }))

/** Everything so small that a run is over in seconds. */
const tiny = ['full', 'generalist']
  .map((stage) => `${stage}.widths=[4,4,8] ${stage}.optimizer.epochs=1`)
  .join(' ')

const quickGate = 'gate.streamFrames=200 gate.reportFrames=500'

interface Ended {
  readonly code: number
  readonly output: string
}

/** `npm run train -- folder`, as it is typed, in a home of its own. */
async function train(...args: string[]): Promise<Ended> {
  const where = ['--data', join(folder, 'data'), '--run', join(folder, 'run')]
  const all = [
    '--import',
    'tsx',
    main,
    'folder',
    ...where.filter((_, index) => !args.includes(where[index - (index % 2)]!)),
    ...args,
  ]
  const options = { env: { ...process.env, HOME: folder }, timeout: 240_000 }
  return promisify(execFile)(process.execPath, all, options).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: unknown) => {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
      return { code, output: stdout + stderr }
    },
  )
}

describe('npm run train -- folder', { timeout: 900_000 }, () => {
  const isStack = /\n {4}at |node:internal/

  it.each([
    [
      'a name that no bundle can have',
      () => ['--id', '../x'],
      /No bundle can be called "\.\.\/x".*Nothing was started.*\[config-invalid\]/s,
    ],
    [
      'a place for bundles that cannot be written',
      () => ['--out', join(folder, 'file')],
      /cannot be written.*--out.*\[storage-failed\]/s,
    ],
    ['a flag that was given twice', () => ['--id', 'a', '--id', 'b'], /--id was given more than once/],
    ['a run that is not there', () => ['--resume'], /no run to resume/],
    ['a base that is not there', () => ['--from', 'no-such'], /no bundle no-such.*--from none/],
    [
      'sizes that the base has not',
      () => ['--from', 'cifar10', '--set', 'full.widths=[4,4,8]'],
      /other sizes than yours.*--set "full.widths=\[64,256,256\]"/,
    ],
  ])('refuses %s before it reads an image', async (_, args, message) => {
    const { code, output } = await train(...args())
    expect(output).toMatch(message)
    expect(output).not.toMatch(isStack)
    expect(output).not.toContain('images')
    expect(code).toBe(1)
    expect(await readdir(folder)).not.toContain('run')
  })

  it('trains two small classes with names that every object has, and says how to go on with it or begin anew', async () => {
    const out = [
      '--out',
      join(folder, 'bundles'),
      '--set',
      tiny,
      '--set',
      'imageSize=16 workers=1',
      '--set',
      quickGate,
    ]
    const first = await train(...out)
    expect(first.output).not.toMatch(isStack)
    expect(first.output).toContain('too few for partitions')
    expect(first.output).toContain('Few images to learn from')
    expect(first).toMatchObject({ code: 0, output: expect.stringContaining('2 classes') as string })
    expect(await readdir(join(folder, 'bundles', 'folder'))).toContain('manifest.json')
    expect(first.output).toMatch(/images are few, but your settings have other sizes than the bundle cifar10/)

    // Ten images a class, two classes, with the trunks of a base: its sizes are taken unasked.
    const base = ['--from', join(folder, 'bundles', 'folder')]
    const [run, epochs] = [join(folder, 'started'), 'full.optimizer.epochs=1 generalist.optimizer.epochs=1']
    const more = ['--out', join(folder, 'bundles'), '--id', 'started', '--run', run]
    const settings = ['--set', `${epochs} workers=1 ${quickGate}`]
    const started = await train(...more, ...base, ...settings)
    expect(started.output).not.toMatch(isStack)
    expect(started).toMatchObject({ code: 0, output: expect.stringContaining('Bundle started') as string })
    const { networks, training } = JSON.parse(
      await readFile(join(folder, 'bundles', 'started', 'manifest.json'), 'utf8'),
    ) as Pick<Manifest, 'networks' | 'training'>
    expect(networks.full).toMatchObject({ inputShape: [16, 16, 3] })
    expect(training.command).toContain('--from folder')
    const otherwise = await train(...more, '--from', 'none', '--resume', ...settings)
    expect(otherwise.output).toMatch(/It began with the bundle folder.*would now begin from scratch/)

    const again = await train(...out)
    expect(again.output).toMatch(/--resume goes on with it, --anew throws it away/)
    expect(again.code).toBe(1)
    const changed = await train(...out, '--set', 'seed=2', '--resume')
    expect(changed.output).toMatch(/seed was 1 and is 2.*--anew in place of --resume/s)

    await paint('two', 2)
    const few = await train(...out, '--id', 'other', '--run', join(folder, 'other'))
    expect(few.output).toMatch(/two: none to train on.*\[dataset-invalid\]/s)
    expect(few.output).not.toMatch(isStack)
    expect(await readdir(folder)).not.toContain('other')
  })
})
