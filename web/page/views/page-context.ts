import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { App } from '../app.ts'
import type { Install } from '../platform/install.ts'
import type { Playback } from '../stream/playback.ts'
import type { LookedAt } from '../state/screen.ts'

export interface PageParts extends LookedAt {
  readonly app: App
  readonly playback: Playback
  readonly install: Install
}

export const PageContext = createContext<PageParts | undefined>(undefined)

/** What every view works with. */
export function usePage(): PageParts {
  const parts = useContext(PageContext)
  if (parts === undefined) throw new Error('a view was rendered outside the page')
  return parts
}
