import { sharedParameter } from '../../messages/shared-files.ts'
import type { Playback } from '../stream/playback.ts'
import { takeSharedFiles } from '../platform/shared-files.ts'

/**
 * What the app was opened for: files that another app shared, or a shortcut of its icon (`?play=demo`,
 * `?play=camera`).
 */
export async function playAtStart(playback: Playback, parameters: URLSearchParams): Promise<void> {
  const play = parameters.get('play')
  if (play === null && !parameters.has(sharedParameter)) return
  // A reload shall not do it again.
  const rest = new URLSearchParams(
    [...parameters].filter(([name]) => name !== 'play' && name !== sharedParameter),
  )
  history.replaceState(
    null,
    '',
    `${location.pathname}${rest.size > 0 ? `?${rest.toString()}` : ''}${location.hash}`,
  )
  const files = await takeSharedFiles(parameters)
  if (files.length > 0) await playback.playFiles(files, 'images')
  else if (play === 'demo') await playback.playDemo()
  else if (play === 'camera') await playback.playCamera()
}
