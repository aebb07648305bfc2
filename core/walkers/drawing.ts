import type { Walker } from './body.ts'
import type { Pose } from './gait.ts'
import type { Lens } from './lens.ts'
import type { Raster, Rgb } from './raster.ts'
import type { Session } from './session.ts'

/** One person at one moment, and what is needed to draw them. */
export interface Drawing {
  readonly raster: Raster
  readonly walker: Walker
  readonly session: Session
  readonly pose: Pose
  readonly lens: Lens
  /** Brightening of what faces right, by the light of the session; negative: left. */
  readonly shade: number
  readonly isBlinking: boolean
  readonly lit: (color: Rgb) => Rgb
}
