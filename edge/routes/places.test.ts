import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import sharp from 'sharp'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { apiPaths, auditHeader, rawFrameType } from '../../core/wire/frames.ts'
import { mostPlacePictures, placePicturesSchema } from '../../core/wire/place-pictures.ts'
import { placeReportSchema } from '../../core/wire/place-report.ts'
import { learnHeader, placeListSchema, type PlaceList } from '../../core/wire/places.ts'
import type { BundleStore } from '../bundles/store.ts'
import type { Learning } from '../learning/learning.ts'
import { openLearning } from '../learning/open-learning.ts'
import type { Publishing } from '../learning/publish-version.ts'
import { temporaryFolder } from '../testing/bundle-folder.ts'
import { openTestApp, type OpenTestApp } from '../testing/test-app.ts'

const frame = new Uint8Array(16 * 16 * 3).fill(90)
const quiet = {
  bundles: ['sample'],
  framesNeeded: 60,
  limits: { mostFrames: 100, mostBytes: 2 ** 20, mostAgeMs: 60_000 },
  trainer: 'none.ts',
  trainLimitMs: 1000,
  log: pino({ level: 'silent' }),
}

describe('places of a bundle that an edge learns', () => {
  let edge: OpenTestApp
  let learning: Learning
  let folder: string

  const publishingOf = (store: BundleStore): Publishing => ({ store, bundlesFolder: folder, key: undefined })

  beforeEach(async () => {
    const temporary = await temporaryFolder()
    folder = join(temporary.folder, 'places')
    let opening: Promise<Learning> | undefined
    let opened: Learning | undefined
    edge = await openTestApp(({ bundles: store, log }) => {
      opening = openLearning({
        ...quiet,
        folder,
        showsFrames: true,
        publishing: publishingOf(store),
        log,
      })
      // The app is made before it is open.
      const later = (): Learning => {
        if (opened === undefined) throw new Error('It is open before the first request.')
        return opened
      }
      return {
        learning: {
          isKeeper: true,
          framesLost: 0,
          learns: (id) => later().learns(id),
          keep: (kept) => later().keep(kept),
          list: (id) => later().list(id),
          report: (...what) => later().report(...what),
          pictures: (...what) => later().pictures(...what),
          rename: (...what) => later().rename(...what),
          exportPlace: (...what) => later().exportPlace(...what),
          importPlace: (...what) => later().importPlace(...what),
          forget: (...what) => later().forget(...what),
          forgetAll: (id) => later().forgetAll(id),
          settled: () => later().settled(),
          close: () => later().close(),
        },
      }
    })
    if (opening === undefined) throw new Error('The app was made.')
    learning = opened = await opening
    onTestFinished(async () => {
      await learning.close()
      await edge.close()
      await temporary.remove()
    })
  })

  const send = (headers: Record<string, string>, bundle = 'sample'): Promise<Response> =>
    Promise.resolve(
      edge.app.request(apiPaths.frames(bundle), {
        method: 'POST',
        headers: { 'Content-Type': rawFrameType, ...headers },
        body: frame,
      }),
    )
  const list = async (): Promise<PlaceList> => {
    await learning.settled()
    return placeListSchema.parse(await (await edge.app.request(apiPaths.places('sample'))).json())
  }
  const codeOf = async (response: Response): Promise<string> =>
    ((await response.json()) as { error: { code: string } }).error.code
  const change = (path: string, method: string, body?: string): Promise<Response> =>
    Promise.resolve(
      edge.app.request(path, {
        method,
        ...(body === undefined
          ? {}
          : { body, headers: { 'Content-Type': 'application/json', 'Content-Length': String(body.length) } }),
      }),
    )

  it('keeps frames of those who said so, misses and audits, and of nobody else', async () => {
    await send({})
    expect((await list()).places).toEqual([])
    await send({ [learnHeader]: 'phone1' })
    await send({ [learnHeader]: 'phone1', [auditHeader]: '0' })
    await send({ [learnHeader]: 'phone1' }, 'own')
    expect((await list()).places).toMatchObject([
      { id: 'place-1', name: 'Place 1', frames: 2, stage: 'gathering', framesMissing: 58 },
    ])
    expect(await codeOf(await send({ [learnHeader]: 'not a stream!' }))).toBe('request-invalid')
    expect(edge.logged.map((line) => JSON.stringify(line)).join()).not.toContain('phone1')
  })

  it('says plainly why nothing is learned', async () => {
    expect((await list()).trouble).toContain('an older program trained it')
  })

  it('tells phones in the list of bundles which one it learns', async () => {
    const { bundles } = (await (await edge.app.request(apiPaths.bundles)).json()) as {
      bundles: { id: string; learns?: boolean }[]
    }
    expect(bundles.filter(({ learns }) => learns === true).map(({ id }) => id)).toEqual(['sample'])
  })

  it('renames a place, and forgets it with its frames', async () => {
    await send({ [learnHeader]: 'a' })
    await send({ [learnHeader]: 'b' })
    expect((await list()).places).toHaveLength(2)
    const path = apiPaths.place('sample', 'place-2')
    expect((await change(path, 'PATCH', JSON.stringify({ name: '  kitchen ' }))).status).toBe(204)
    expect((await list()).places[1]?.name).toBe('kitchen')
    expect((await change(path, 'DELETE')).status).toBe(204)
    expect((await list()).places.map(({ id }) => id)).toEqual(['place-1'])
    const [full] = await readdir(join(folder, 'sample'))
    expect(await readdir(join(folder, 'sample', full ?? '', 'frames'))).toEqual(['place-1'])
    expect(await readFile(join(folder, 'sample', full ?? '', 'places.json'), 'utf8')).not.toContain('kitchen')
    expect((await change(apiPaths.places('sample'), 'DELETE')).status).toBe(204)
    expect((await list()).places).toEqual([])
  })

  it('reports what is known of a place, and nothing that is not', async () => {
    await send({ [learnHeader]: 'a' })
    await learning.settled()
    const response = await edge.app.request(apiPaths.placeReport('sample', 'place-1'))
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    const report = placeReportSchema.parse(await response.json())
    expect(report).toMatchObject({
      place: { id: 'place-1', frames: 1, stage: 'gathering' },
      kept: { visits: 1 },
      checks: { answers: 0, unlike: 0 },
      bundle: { id: 'sample' },
    })
    expect(report.learnedFrom).toBeUndefined()
    expect(report.tried).toBeUndefined()
    const shares = report.classes.map(({ share }) => share)
    expect(shares).toEqual([...shares].sort((a, b) => b - a))
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 1)
  })

  it('shows a few of its frames to who asks for them, as they are kept', async () => {
    for (let count = 0; count < mostPlacePictures + 3; count++) await send({ [learnHeader]: 'a' })
    await learning.settled()
    const path = apiPaths.placePictures('sample', 'place-1')
    const pictures = async () =>
      placePicturesSchema.parse(await (await edge.app.request(path)).json()).pictures
    const shown = await pictures()
    expect(shown).toHaveLength(mostPlacePictures)
    expect((await edge.app.request(path)).headers.get('Cache-Control')).toBe('no-store')
    const { data, info } = await sharp(Buffer.from(shown[0]?.png ?? '', 'base64'))
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect(info).toMatchObject({ width: 16, height: 16, channels: 3 })
    expect(new Uint8Array(data)).toEqual(frame)
    // Damaged, or deleted by somebody: the others are shown.
    const [full] = await readdir(join(folder, 'sample'))
    const frames = join(folder, 'sample', full ?? '', 'frames', 'place-1')
    const [first, ...others] = (await readdir(frames)).sort()
    await writeFile(join(frames, first ?? ''), 'no frame')
    expect(await pictures()).toHaveLength(mostPlacePictures - 1)
    for (const other of others) await rm(join(frames, other))
    expect(await pictures()).toEqual([])
  })

  it('shows none of its frames where the host has not said so', async () => {
    await send({ [learnHeader]: 'a' })
    await learning.close()
    const { store } = edge
    const again = await openLearning({ ...quiet, folder, publishing: publishingOf(store) })
    onTestFinished(() => again.close())
    expect((await again.list('sample')).places).toMatchObject([{ id: 'place-1', frames: 1 }])
    expect(await again.pictures('sample', 'place-1')).toEqual([])
  })

  it('refuses with stable codes', async () => {
    expect(await codeOf(await change(apiPaths.places('own'), 'GET'))).toBe('learning-off')
    expect(await codeOf(await change(apiPaths.places('none'), 'GET'))).toBe('bundle-unknown')
    expect(await codeOf(await change(apiPaths.place('sample', 'place-7'), 'DELETE'))).toBe('place-unknown')
    for (const ofPlace of [apiPaths.placeReport, apiPaths.placePictures]) {
      expect(await codeOf(await change(ofPlace('sample', 'place-7'), 'GET'))).toBe('place-unknown')
      expect(await codeOf(await change(ofPlace('sample', 'hall'), 'GET'))).toBe('place-unknown')
      expect(await codeOf(await change(ofPlace('own', 'place-1'), 'GET'))).toBe('learning-off')
    }
    expect(await codeOf(await change(apiPaths.place('sample', '..'), 'DELETE'))).not.toBe('internal')
    await send({ [learnHeader]: 'a' })
    await learning.settled()
    const path = apiPaths.place('sample', 'place-1')
    for (const body of ['{}', 'no', JSON.stringify({ name: 'x'.repeat(61) }), 'x'.repeat(5000)])
      expect(await codeOf(await change(path, 'PATCH', body))).toBe('request-invalid')
  })

  it('deletes what was kept with the answers of another full model', async () => {
    await mkdir(join(folder, 'sample', 'older'), { recursive: true })
    const { store } = edge
    const again = await openLearning({ ...quiet, folder, publishing: publishingOf(store) })
    expect(await readdir(join(folder, 'sample'))).not.toContain('older')
    await again.close()
  })
})
