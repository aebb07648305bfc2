import type { ReadonlySignal } from '@preact/signals'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { App } from '../app.ts'
import type { Install } from '../platform/install.ts'
import type { Playback } from '../stream/playback.ts'
import type { Screen } from '../state/screen.ts'

export interface PageParts {
  readonly app: App
  readonly playback: Playback
  readonly install: Install
  readonly screen: ReadonlySignal<Screen>
}

export const PageContext = createContext<PageParts | undefined>(undefined)

/** What every view works with. */
export function usePage(): PageParts {
  const parts = useContext(PageContext)
  if (parts === undefined) throw new Error('a view was rendered outside the page')
  return parts
}
