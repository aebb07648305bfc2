import { wait } from '../within.ts'

/** A camera that another app took away delivers nothing any more, nor does a video that has ended: look up again after a while. */
const patienceMs = 500

/** The next picture that a video delivers; where the browser cannot say when that is, a moment later. */
export function nextPicture(signal: AbortSignal, video: HTMLVideoElement): Promise<void> {
  if (!('requestVideoFrameCallback' in video)) return wait(signal, 33)
  return new Promise((resolve) => {
    const patience = setTimeout(resolve, patienceMs)
    video.requestVideoFrameCallback(() => {
      clearTimeout(patience)
      resolve()
    })
  })
}
