import { defaultSettings, type EdgeSettings } from './settings-schema.ts'

/** How much of a frame is taken. */
export interface FrameLimits {
  readonly maxBodyBytes: number
  /** Of an encoded image. */
  readonly maxPixels: number
  /** Longest that a body may take to arrive. */
  readonly bodyTimeoutMs: number
  /**
   * Frames that are here and not answered; bodies on their way have limits of their own
   * (`frames/body-room.ts`).
   */
  readonly maxFramesInFlight: number
}

export const frameLimitsOf = (settings: EdgeSettings): FrameLimits => ({
  maxBodyBytes: settings['max-body-bytes'],
  maxPixels: settings['max-pixels'],
  bodyTimeoutMs: settings['body-timeout-seconds'] * 1000,
  // Frames in the queue, and about as many again on their way in or out.
  maxFramesInFlight: 2 * settings['max-queued'],
})

export const defaultFrameLimits = frameLimitsOf(defaultSettings)
