import { rgbaToRgb } from '../../core/image/preprocess.ts'
import type { Random } from '../../core/random.ts'
import { createWalker, type Walker } from '../../core/walkers/body.ts'
import { renderWalker, walkSeconds } from '../../core/walkers/render.ts'
import type { Session } from '../../core/walkers/session.ts'
import { allocateSplit, type Split } from './dataset.ts'

/** Draws people who walk into the images of a split, one after the other. */
export class WalkPainter {
  readonly images: Split
  readonly #size: number
  readonly #walkers = new Map<number, Walker>()
  #next = 0

  /** @param size of an image, in pixels */
  constructor(count: number, size: number) {
    this.images = allocateSplit(count, size)
    this.#size = size
  }

  walkerOf(identity: number): Walker {
    const walker = this.#walkers.get(identity) ?? createWalker(identity)
    this.#walkers.set(identity, walker)
    return walker
  }

  /** @param time since the walk began, in seconds */
  paint(session: Session, time: number): void {
    const size = this.#size
    const picture = renderWalker({ walker: this.walkerOf(session.identity), session, time, size })
    this.images.pixels.set(rgbaToRgb(picture), this.#next * size * size * 3)
    this.images.labels[this.#next++] = session.identity
  }
}

export interface WalkOptions {
  readonly framesPerSession: number
  readonly size: number
  readonly random: Random
  readonly onImage: () => void
}

/**
 * Frames of each session, spread over the whole walk with a jitter, so that every pose and distance comes up.
 */
export function paintWalks(
  sessions: readonly Session[],
  { framesPerSession, size, random, onImage }: WalkOptions,
): Split {
  const painter = new WalkPainter(sessions.length * framesPerSession, size)
  for (const session of sessions) {
    const seconds = walkSeconds(painter.walkerOf(session.identity))
    for (let frame = 0; frame < framesPerSession; frame++) {
      painter.paint(session, ((frame + random.next()) / framesPerSession) * seconds)
      onImage()
    }
  }
  return painter.images
}
