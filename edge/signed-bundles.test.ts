import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createSampleBundle, type SampleBundle } from '../core/testing/sample-bundle.ts'
import { sampleKey } from '../core/testing/sample-key.ts'
import { apiPaths, bundleListSchema } from '../core/wire/frames.ts'
import { startEdge, type RunningEdge } from './start-edge.ts'
import { temporaryFolder, writeBundle } from './testing/bundle-folder.ts'

const key = sampleKey(1)
const stranger = sampleKey(2)

interface Logged {
  readonly level: number
  readonly code?: string
  readonly bundle?: string
  readonly msg: string
}

describe('an edge that knows whose bundles it serves', () => {
  let folder: string
  let good: SampleBundle
  let other: SampleBundle
  let lines: Logged[]

  beforeEach(async () => {
    const temporary = await temporaryFolder()
    ;({ folder } = temporary)
    onTestFinished(temporary.remove)
    good = await createSampleBundle({ id: 'good' })
    other = await createSampleBundle({ id: 'other', seed: 2 })
    lines = []
  })

  const start = async (
    keys: ReadonlySet<string> | undefined = new Set([key.publicKey]),
  ): Promise<RunningEdge> => {
    const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line) as Logged) })
    const edge = await startEdge({
      port: 0,
      host: '127.0.0.1',
      threads: 1,
      bundlesFolder: folder,
      pageFolder: join(folder, 'no-page'),
      keys,
      log,
      reloadMs: 20,
    })
    onTestFinished(() => edge.close())
    return edge
  }
  const refusals = (): Logged[] => lines.filter(({ level }) => level >= 50)
  const served = async ({ origin }: RunningEdge): Promise<string[]> =>
    bundleListSchema.parse(await (await fetch(origin + apiPaths.bundles)).json()).bundles.map(({ id }) => id)
  const manifestText = async ({ origin }: RunningEdge, id = 'good'): Promise<string> =>
    (await fetch(origin + apiPaths.manifest(id))).text()
  const manifestFile = (id: string): string => join(folder, id, 'manifest.json')
  const alter = async (id: string): Promise<void> => {
    const text = await readFile(manifestFile(id), 'utf8')
    await writeFile(manifestFile(id), text.replace('"bee"', '"wee"'))
  }

  it.each([
    ['bundle-unsigned', 'npm run keys -- sign', () => writeBundle(folder, other)],
    [
      'bundle-key-changed',
      'is signed with the key',
      () => writeBundle(folder, other, { key: stranger, atMs: 0 }),
    ],
    [
      'bundle-signature-invalid',
      'was altered after it was signed',
      async () => {
        await writeBundle(folder, other, { key, atMs: 0 })
        await alter('other')
      },
    ],
  ])('refuses at its start what is %s, and says why', async (code, why, write) => {
    await writeBundle(folder, good, { key, atMs: 0 })
    await write()
    const edge = await start()
    expect(await served(edge)).toEqual(['good'])
    expect(refusals()).toMatchObject([{ code, bundle: 'other', msg: expect.stringContaining(why) as string }])
  })

  it('goes on with the version before where a new one is not signed as it should be, and takes the next that is', async () => {
    await writeBundle(folder, good, { key, atMs: 1_000_000 })
    const edge = await start()
    const before = await manifestText(edge)
    const next = await createSampleBundle({ id: 'good', seed: 3 })

    await writeBundle(folder, next)
    const refusal = {
      code: 'bundle-unsigned',
      msg: expect.stringContaining('its version before goes on being served') as string,
    }
    // Said again where it is seen while it is still being written.
    await vi.waitFor(() => expect(refusals()).toContainEqual(expect.objectContaining(refusal)), 20_000)
    expect(await manifestText(edge)).toBe(before)

    await writeBundle(folder, next, { key: stranger, atMs: 2_000_000 })
    await vi.waitFor(() => expect(refusals().map(({ code }) => code)).toContain('bundle-key-changed'), 20_000)
    expect(await manifestText(edge)).toBe(before)

    await writeBundle(folder, next, { key, atMs: 2_000_000 })
    await vi.waitFor(
      async () => expect(await manifestText(edge)).toBe(await readFile(manifestFile('good'), 'utf8')),
      20_000,
    )
    expect((await fetch(`${edge.origin}/readyz`)).status).toBe(200)
  })

  it('does not start where it has nothing that is signed', async () => {
    await writeBundle(folder, good)
    await expect(start()).rejects.toMatchObject({ code: 'config-invalid' })
    expect(refusals()).toMatchObject([{ code: 'bundle-unsigned' }])
  })

  it('takes whatever it finds where nobody named a key', async () => {
    await writeBundle(folder, good)
    await writeBundle(folder, other, { key: stranger, atMs: 0 })
    await alter('other')
    const log = pino({ level: 'silent' })
    const edge = await startEdge({
      port: 0,
      host: '127.0.0.1',
      threads: 1,
      bundlesFolder: folder,
      pageFolder: folder,
      log,
    })
    onTestFinished(() => edge.close())
    expect(await served(edge)).toEqual(['good', 'other'])
  })
})
