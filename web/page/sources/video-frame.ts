import { CacheNetError } from '../../../core/wire/errors.ts'
import { wait } from '../platform/within.ts'

/**
 * A camera that another app took away delivers nothing any more, nor does a video that has ended: look up
 * again after a while.
 */
const patienceMs = 500

/**
 * The next picture that a video delivers; where the browser cannot say when that is, a moment later. Rejects
 * with `aborted`.
 */
export function nextPicture(signal: AbortSignal, video: HTMLVideoElement): Promise<void> {
  if (!('requestVideoFrameCallback' in video)) return wait(signal, 33)
  return new Promise((resolve, reject) => {
    const callOff = (): void => settle(() => reject(new CacheNetError('aborted', 'It was called off.')))
    const settle = (end: () => void): void => {
      clearTimeout(patience)
      video.cancelVideoFrameCallback(asked)
      signal.removeEventListener('abort', callOff)
      end()
    }
    const patience = setTimeout(() => settle(resolve), patienceMs)
    const asked = video.requestVideoFrameCallback(() => settle(resolve))
    if (signal.aborted) callOff()
    else signal.addEventListener('abort', callOff, { once: true })
  })
}
