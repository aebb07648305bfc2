import { createRandom } from '../../core/random.ts'
import { drawStranger } from '../../core/strangers/draw-stranger.ts'
import { smallSize } from './small-bundle.ts'

/** Pictures that come and go, as people do: some frames of each, with some noise. */
export function* comers(
  pictures: readonly Uint8Array[],
  count: number,
  seed: string,
): Generator<Uint8Array<ArrayBuffer>> {
  const random = createRandom(seed)
  for (let at = 0; at < count; at++) {
    const picture = pictures[Math.floor(at / 8) % pictures.length] ?? new Uint8Array()
    const rgb = new Uint8Array(picture.length)
    for (const [index, value] of picture.entries())
      rgb[index] = Math.max(0, Math.min(255, value + (random.next() - 0.5) * 8))
    yield rgb
  }
}

export const picture = (name: string): Uint8Array => drawStranger('cells', name, smallSize)

/**
 * Some pictures of which the full model says different things.
 *
 * @param ask what it says of one: the index of a class
 */
export async function differentPictures(
  ask: (rgb: Uint8Array<ArrayBuffer>) => Promise<number>,
): Promise<Uint8Array[]> {
  const byClass = new Map<number, Uint8Array>()
  for (let tries = 0; tries < 200 && byClass.size < 3; tries++) {
    const [rgb] = comers([picture(`shown ${tries}`)], 1, 'probe')
    if (rgb === undefined) continue
    const classIndex = await ask(rgb)
    if (!byClass.has(classIndex)) byClass.set(classIndex, picture(`shown ${tries}`))
  }
  return [...byClass.values()]
}
