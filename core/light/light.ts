import * as z from 'zod/mini'

const channels = (least: number, most: number) => {
  const one = z.number().check(z.minimum(least), z.maximum(most))
  return z.tuple([one, one, one])
}

/**
 * What makes the pictures of a place look like those that a bundle was trained on: x ↦ gain · x + offset for
 * each of red, green and blue, x on the 0–1 scale. Dusk, a lamp and haze are such changes, to a first order.
 */
export const lightSchema = z.object({ gain: channels(0.05, 20), offset: channels(-10, 10) })
export type Light = z.infer<typeof lightSchema>

/**
 * RGB bytes in another light, as new bytes: phone, edge and trainer see the same ones. What leaves the scale
 * is cut off.
 */
export function inLight(rgb: Uint8Array, { gain, offset }: Light): Uint8Array<ArrayBuffer> {
  // A table a channel: a picture has more pixels than there are bytes.
  const tables = ([0, 1, 2] as const).map((channel) =>
    Uint8ClampedArray.from({ length: 256 }, (_, value) => gain[channel] * value + 255 * offset[channel]),
  )
  const lit = new Uint8Array(rgb.length)
  for (const [channel, table] of tables.entries())
    for (let index = channel; index < rgb.length; index += 3) lit[index] = table[rgb[index] ?? 0] ?? 0
  return lit
}

/** How a picture is looked at: in a light, or as it is. */
export type Lighting = Light | undefined

/** What a network said, and how strange the picture was to it. */
export interface Look {
  readonly strangeness: number
}

export const leastStrange = <Seen extends Look>(one: Seen, other: Seen): Seen =>
  other.strangeness < one.strangeness ? other : one

/**
 * Looks at a picture in one light after the other until it is not strange, and else takes the least strange
 * look. No light makes a picture known that is none of the network's: the bound is the same for all.
 *
 * @param lightings one at least
 */
export function lookInLights<Seen extends Look>(
  [first, ...others]: readonly [Lighting, ...Lighting[]],
  mostStrange: number,
  look: (lighting: Lighting) => Seen,
): Seen {
  let best = look(first)
  for (const lighting of others) {
    if (best.strangeness <= mostStrange) break
    best = leastStrange(best, look(lighting))
  }
  return best
}
