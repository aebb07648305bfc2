import { parseBlobPath, apiPaths } from '../../core/wire/frames.ts'
import type { RequestEntry } from '../../edge/deps.ts'

export interface EdgeCounts {
  /** Frames that the edge answered. */
  readonly frames: number
  /** Frames that it refused. */
  readonly refused: number
  /** Blobs that it sent, without those that a browser had already. */
  readonly blobs: number
}

export interface EdgeCounter {
  readonly counts: EdgeCounts
  readonly onRequest: (entry: RequestEntry) => void
}

/** Counts at the edge what the page says of itself. */
export function createEdgeCounter(): EdgeCounter {
  const counts = { frames: 0, refused: 0, blobs: 0 }
  const framesPath = new RegExp(`^${apiPaths.frames('[^/]+')}$`)
  return {
    counts,
    onRequest({ method, path, status }) {
      if (method === 'POST' && framesPath.test(path)) {
        if (status === 200) counts.frames++
        else counts.refused++
      }
      if (method === 'GET' && parseBlobPath(path) !== undefined && status === 200) counts.blobs++
    },
  }
}
