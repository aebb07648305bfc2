import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { CacheNetError } from '../../core/wire/errors.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import { mostPlaceFileBytes, placeIdPattern, renamePlaceSchema } from '../../core/wire/places.ts'
import type { EdgeDeps } from '../deps.ts'
import type { Learning } from '../learning/learning.ts'
import { learningOff } from '../learning/open-learning.ts'

/** A name is short. */
const mostBodyBytes = 4096

const placeIdOf = (c: Context): string => {
  const id = c.req.param('placeId') ?? ''
  if (placeIdPattern.test(id)) return id
  throw new CacheNetError('place-unknown', 'That is not the id of a place.', {})
}

async function nameOf(c: Context): Promise<string> {
  const invalid = (): CacheNetError =>
    new CacheNetError('request-invalid', 'The body is JSON with a name of 1 to 60 characters.', {})
  const length = Number(c.req.header('Content-Length') ?? NaN)
  if (!(length <= mostBodyBytes)) throw invalid()
  const parsed = renamePlaceSchema.safeParse(await c.req.json().catch(() => undefined))
  if (!parsed.success) throw invalid()
  return parsed.data.name
}

const limitPlaceFile = bodyLimit({
  maxSize: mostPlaceFileBytes,
  onError(c) {
    // What is left of the body would be taken for the next request.
    c.header('Connection', 'close')
    throw new CacheNetError(
      'request-invalid',
      `A file of a place has at most ${mostPlaceFileBytes / 2 ** 20} MiB.`,
      {},
    )
  },
})

/** What the edge keeps and learned of places: to be seen, named, carried and forgotten. */
export function placeRoutes({ bundles: store, learning }: Pick<EdgeDeps, 'bundles' | 'learning'>): Hono {
  const app = new Hono()
  const fresh = { 'Cache-Control': 'no-store' }
  const bundleIdOf = (c: Context): string => store.get(c.req.param('bundleId') ?? '').manifest.id
  const required = (bundleId: string): Learning => {
    if (learning?.learns(bundleId) === true) return learning
    throw learningOff(bundleId)
  }

  app.get(apiPaths.places(':bundleId'), async (c) => {
    const bundleId = bundleIdOf(c)
    return c.json(await required(bundleId).list(bundleId), 200, fresh)
  })
  app.delete(apiPaths.places(':bundleId'), async (c) => {
    const bundleId = bundleIdOf(c)
    await required(bundleId).forgetAll(bundleId)
    return c.body(null, 204, fresh)
  })
  app.post(apiPaths.places(':bundleId'), limitPlaceFile, async (c) => {
    const bundleId = bundleIdOf(c)
    const learns = required(bundleId)
    const content: unknown = await c.req.json().catch(() => undefined)
    return c.json({ id: await learns.importPlace(bundleId, content) }, 201, fresh)
  })
  app.get(apiPaths.place(':bundleId', ':placeId'), async (c) => {
    const bundleId = bundleIdOf(c)
    const placeId = placeIdOf(c)
    const file = await required(bundleId).exportPlace(bundleId, placeId)
    const name = `${bundleId}-${placeId}.json`
    return c.json(file, 200, { ...fresh, 'Content-Disposition': `attachment; filename="${name}"` })
  })
  app.get(apiPaths.placeReport(':bundleId', ':placeId'), async (c) => {
    const bundleId = bundleIdOf(c)
    return c.json(await required(bundleId).report(bundleId, placeIdOf(c)), 200, fresh)
  })
  app.get(apiPaths.placePictures(':bundleId', ':placeId'), async (c) => {
    const bundleId = bundleIdOf(c)
    return c.json({ pictures: await required(bundleId).pictures(bundleId, placeIdOf(c)) }, 200, fresh)
  })
  app.patch(apiPaths.place(':bundleId', ':placeId'), async (c) => {
    const bundleId = bundleIdOf(c)
    await required(bundleId).rename(bundleId, placeIdOf(c), await nameOf(c))
    return c.body(null, 204, fresh)
  })
  app.delete(apiPaths.place(':bundleId', ':placeId'), async (c) => {
    const bundleId = bundleIdOf(c)
    await required(bundleId).forget(bundleId, placeIdOf(c))
    return c.body(null, 204, fresh)
  })
  return app
}
