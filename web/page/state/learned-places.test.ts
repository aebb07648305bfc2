import { describe, expect, it } from 'vitest'
import { createEdgeApi } from '../../../core/client/edge-api.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { apiPaths } from '../../../core/wire/frames.ts'
import type { PlaceReport } from '../../../core/wire/place-report.ts'
import type { PlaceList } from '../../../core/wire/places.ts'
import { createLearnedPlaces, type LearnedPlaces } from './learned-places.ts'

const { signal } = new AbortController()
const hall: PlaceList['places'][number] = {
  id: 'place-1',
  name: 'hall',
  frames: 12,
  bytes: 3000,
  stage: 'gathering',
  framesMissing: 388,
}

/** An edge that has places, over the real client. */
function open(answerTo: (request: Request) => Response | undefined = () => undefined): {
  places: LearnedPlaces
  requests: string[]
} {
  const requests: string[] = []
  let kept = [hall, { ...hall, id: 'place-2' }]
  const answer = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(
      new URL(input instanceof Request ? input.url : input, 'http://edge.test'),
      init,
    )
    requests.push(`${request.method} ${new URL(request.url).pathname}`)
    const special = answerTo(request)
    if (special !== undefined) return special
    const { pathname } = new URL(request.url)
    if (request.method === 'GET') return Response.json({ places: kept } satisfies PlaceList)
    if (request.method === 'PATCH') {
      const { name } = (await request.json()) as { name: string }
      kept = kept.map((place) => (pathname.endsWith(place.id) ? { ...place, name } : place))
    } else kept = kept.filter(({ id }) => pathname !== apiPaths.places('b') && !pathname.endsWith(id))
    return new Response(null, { status: 204 })
  }
  return { requests, places: createLearnedPlaces(createEdgeApi({ baseUrl: '', fetch: answer }), 'b') }
}

describe('learned places', () => {
  it('are what the edge says', async () => {
    const { places } = open()
    expect(places.list.value).toBeUndefined()
    await places.refresh(signal)
    expect(places.list.value?.places.map(({ id }) => id)).toEqual(['place-1', 'place-2'])
    expect(places.trouble.value).toBeUndefined()
  })

  it('are renamed, and forgotten one by one or all, and then asked for again', async () => {
    const { places, requests } = open()
    await places.rename(signal, 'place-2', 'yard')
    expect(places.list.value?.places[1]?.name).toBe('yard')
    await places.forget(signal, 'place-1')
    expect(places.list.value?.places.map(({ id }) => id)).toEqual(['place-2'])
    await places.forget(signal)
    expect(places.list.value?.places).toEqual([])
    expect(requests.filter((line) => line.startsWith('DELETE'))).toEqual([
      `DELETE ${apiPaths.place('b', 'place-1')}`,
      `DELETE ${apiPaths.places('b')}`,
    ])
  })

  it('stay as they were where the edge refuses, and say why', async () => {
    const error = new CacheNetError('storage-failed', 'The folder cannot be written.')
    const { places } = open((request) =>
      request.method === 'DELETE' ? Response.json(error.toBody(), { status: error.status }) : undefined,
    )
    await places.refresh(signal)
    await places.forget(signal, 'place-1')
    expect(places.trouble.value).toBe('The folder cannot be written.')
    expect(places.list.value?.places).toHaveLength(2)
    expect(places.isBusy.value).toBe(false)
    await places.refresh(signal)
    expect(places.trouble.value).toBeUndefined()
  })

  it('have pictures, one place after the other; none where the edge has none or fails', async () => {
    const picture = { at: '2026-11-30T08:00:00.000Z', png: 'AAAA' }
    const { places, requests } = open(({ url }) => {
      if (!url.endsWith('/pictures')) return undefined
      return url.includes('place-2')
        ? Response.json(new CacheNetError('place-unknown', 'Gone.').toBody(), { status: 404 })
        : Response.json({ pictures: [picture] })
    })
    const leaving = new AbortController()
    const first = places.pictures(signal, 'place-1')
    const second = places.pictures(signal, 'place-2')
    const left = places.pictures(leaving.signal, 'place-3')
    leaving.abort()
    expect(await first).toEqual([picture])
    expect(await second).toEqual([])
    expect(await left).toEqual([])
    expect(requests).toEqual([
      `GET ${apiPaths.placePictures('b', 'place-1')}`,
      `GET ${apiPaths.placePictures('b', 'place-2')}`,
    ])
    expect(places.trouble.value).toBeUndefined()
  })

  it('are reported on as the edge does, and not where it refuses', async () => {
    const report: PlaceReport = {
      place: hall,
      at: '2026-11-30T08:00:00.000Z',
      checks: { answers: 0, unlike: 0 },
      classes: [],
      bundle: { id: 'b', createdAt: '2026-11-30T08:00:00.000Z', manifestSha256: 'ab' },
    }
    const { places } = open(({ url }) => {
      if (url.endsWith('place-1/report')) return Response.json(report)
      const gone = new CacheNetError('place-unknown', 'Gone.')
      return Response.json(gone.toBody(), { status: gone.status })
    })
    expect(await places.report(signal, 'place-1')).toEqual(report)
    await expect(places.report(signal, 'place-2')).rejects.toMatchObject({ code: 'place-unknown' })
  })

  it('says nothing of a view that was left', async () => {
    const { places } = open()
    const leaving = new AbortController()
    leaving.abort()
    await places.refresh(leaving.signal)
    expect(places.trouble.value).toBeUndefined()
  })
})
