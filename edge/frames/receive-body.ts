import type { Context } from 'hono'
import type { BodyPlace, BodyRoom } from './body-room.ts'
import { readBody, type BodyLimits } from './read-body.ts'

/**
 * Reads a body in its place among those that are on their way, and holds its bytes until `answer` is done
 * with it.
 */
export async function receiveBody<Result>(
  c: Context,
  room: BodyRoom,
  client: string,
  limits: BodyLimits,
  answer: (body: Uint8Array) => Promise<Result>,
): Promise<Result> {
  const announced = Math.min(Number(c.req.header('Content-Length') ?? 0), limits.maxBodyBytes)
  let place: BodyPlace
  try {
    place = room.enter(client, announced)
  } catch (refused) {
    // Its body is not read.
    c.header('Connection', 'close')
    throw refused
  }
  try {
    const body = await readBody(c, limits, (bytes) => place.grow(bytes))
    place.arrived()
    return await answer(body)
  } finally {
    place.leave()
  }
}
